/*
 * Playlists as files: M3U, CSV, JSON (document 000, 16.3).
 *
 * The file goes below the library (relative paths) or the data folder, and only there: resolved by the
 * kernel, written whole under a temporary name, missing folders made. An existing file is replaced when it
 * is a playlist by its ending (.m3u .m3u8 .csv .json .txt); others, and names of the server's own, are
 * refused, so that no film and no settings file is ever written over. Text of the library stands in the file
 * as it is; line breaks, which would break M3U, become spaces there, and a file whose path has one is left
 * out of it.
 *
 * Failures: ERR_INVALID "outside_library", "not_a_playlist". Blocking. Any thread.
 */
#ifndef MEDLEY_DOMAIN_ORGANIZE_PLAYLIST_H
#define MEDLEY_DOMAIN_ORGANIZE_PLAYLIST_H

#include "base/desc.h"
#include "core/core.h"
#include "db/db.h"

enum playlist_format { PLAYLIST_M3U, PLAYLIST_CSV, PLAYLIST_JSON };
extern const struct words playlist_format_words;

struct playlist {
    const char *name;
    const char *path;
    int format;         /* enum playlist_format */
    const int64_t *ids; /* NULL: all, by creation */
    size_t id_count;
    bool include_deleted;
};
struct err playlist_write(struct core *core, struct arena *a, const struct playlist *playlist, int64_t *ret_tracks,
                          const char **ret_path) MUST_CHECK;

#endif
