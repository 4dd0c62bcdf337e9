/*
 * Where a music video is at home: the library folder that holds its file, or, for a file that is not in
 * one (or not there yet), the library of music videos at library_dir, else the first one. From it come
 * the places of the organizer and of the trash. Records live in the caller's arena. Any thread.
 */
#ifndef MEDLEY_DOMAIN_ORGANIZE_HOME_H
#define MEDLEY_DOMAIN_ORGANIZE_HOME_H

#include "core/core.h"
#include "db/db.h"
#include "domain/files/place.h"
#include "domain/library/library.h"
#include "model/video.h"

struct home {
    struct library library; /* id INT_NONE: a media folder without a library row */
    const char *relative;   /* of the path asked for, within the library; NULL: it is not in it */
};
/* `path` absolute or NULL. ERR_UNCONFIGURED "no_library" without any media folder. */
struct err home_of(struct core *core, struct db_conn *conn, struct arena *a, const char *path,
                   struct home *ret_home) MUST_CHECK;
/* A path within the home's library, checked to lie beneath the media folders. */
struct err home_place(struct core *core, struct arena *a, const struct home *home, const char *relative,
                      struct place *ret_place) MUST_CHECK;
/* The trash folder: absolute, beneath the media folders (trash.trash_dir, relative to the library). */
const char *home_trash(struct core *core, struct arena *a, const struct home *home);

/* The place of a file that a row names, as people send it: ERR_INVALID "outside_library" when it is
 * outside the media folders, or a file of the server's own (".medley-root"). */
struct err library_place(struct core *core, struct arena *a, const char *path, struct place *ret_place) MUST_CHECK;
/* The same for a file that comes from a download: in the data folder, or beneath the media folders. */
struct err arrival_place(struct core *core, struct arena *a, const char *path, struct place *ret_place) MUST_CHECK;
/* Whether there is a regular file. While its library is away nobody can tell: ERR_BUSY "library_offline". */
struct err place_has_file(struct core *core, struct arena *a, const struct place *place, bool *ret_there,
                          struct stat *ret_stat) MUST_CHECK;

/* Rows of files are written in turn with the batches of scans, which lock the same rows in another order
 * (PostgreSQL; SQLite has one writer). First in the transaction. */
struct err libraries_in_turn(struct db_conn *tx) MUST_CHECK;
/* Of a file below the media folders as it is now; INT_NONE: there is none. `path` may be NULL. */
int64_t size_on_disk(struct core *core, struct arena *a, const char *path);
/* ".nfo" or ".xml": a row may name anything, and what is no NFO is neither written over nor moved as one. */
bool is_nfo_name(const char *path);
/* The NFO that goes wherever the video's file goes: the one that the row names, else the one beside the file
 * when no other video names it. It need not be there: whoever moves it looks when the time has come. NULL:
 * it is no NFO, or outside the media folders. */
struct err video_nfo(struct core *core, struct db_conn *conn, struct arena *a, const struct video *video,
                     const char **ret_path) MUST_CHECK;

#endif
