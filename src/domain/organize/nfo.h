/*
 * NFO files of music videos, written in step with the library (document 000, section 9).
 *
 * "<base>.nfo" lies at the row's nfo_file_path, else beside the video file; "artist.nfo" in the folder of
 * the artist that the path pattern names (its first folder with {artist}). A file is written under a
 * temporary name, synced and renamed, and only when its bytes change; the row then names it, and the scan's
 * row of it (media_file) knows it, so that a scan does not read back what was just written.
 * Featured artists are written as nfo.featured_artists.* says.
 *
 * Who calls it: the end of a download (nfo_generate, artist_nfo_keep); whatever changes a year's tag or
 * renames a video that has an NFO (nfo_keep); the exports. A move that runs meanwhile wins: what was written
 * at the old place is written again at the new one.
 *
 * Failures: ERR_NOT_FOUND "video_not_found"; ERR_INVALID "outside_library", "not_an_nfo" (the row names
 * something else: it is not written over); ERR_STORAGE, ERR_DENIED,
 * ERR_NOT_FOUND of the disk. Blocking. Any thread outside a transaction.
 */
#ifndef MEDLEY_DOMAIN_ORGANIZE_NFO_H
#define MEDLEY_DOMAIN_ORGANIZE_NFO_H

#include "base/buf.h"
#include "core/core.h"
#include "db/db.h"
#include "model/video.h"

struct nfo_policy {
    bool featured;          /* nfo.featured_artists.enabled */
    bool featured_in_title; /* else in the artist */
};
struct nfo_policy nfo_policy_of(struct core *core);
/* The file's bytes. `video` with its relations. */
void nfo_text(struct buf *to, const struct video *video, const struct nfo_policy *policy);

enum nfo_outcome {
    NFO_NO_PATH,   /* neither an NFO's nor a file's path: nothing to do */
    NFO_KEPT,      /* there, and not to be written over */
    NFO_UNCHANGED, /* there, with these bytes */
    NFO_WRITTEN,
};
struct nfo_done {
    int64_t video_id;
    const char *path; /* absolute; NULL: NFO_NO_PATH */
    enum nfo_outcome outcome;
    int64_t size;
    int64_t modified_us;
};
/* The disk alone, without the database: `video` with its relations. Any number of threads. */
struct err nfo_put(struct core *core, struct arena *a, const struct video *video, const struct nfo_policy *policy,
                   bool overwrite, struct nfo_done *ret_done) MUST_CHECK;
/* After it, against moves: when the files went elsewhere meanwhile, what was written at the old place goes
 * and is written again at the new one. */
struct err nfo_settle(struct core *core, struct arena *a, const struct video *video, const struct nfo_policy *policy,
                      bool overwrite, struct nfo_done *done) MUST_CHECK;
/* The rows of many, after that. */
struct err nfo_note(struct core *core, struct db_conn *tx, struct arena *a, const struct nfo_done *done,
                    size_t count) MUST_CHECK;
/* Both, for one video; *ret_path may be NULL. */
struct err nfo_generate(struct core *core, struct arena *a, int64_t video_id, struct nfo_done *ret_done) MUST_CHECK;
/* In step with a change: only when nfo.write_musicvideo_nfo is on and the video has an NFO on disk.
 * *ret_written counts one more file when it was written; may be NULL. */
struct err nfo_keep(struct core *core, struct arena *a, int64_t video_id, int64_t *ret_written) MUST_CHECK;

/* The folder, absolute, that artist.nfo of this video belongs in; NULL: the pattern has none, or the video
 * lies elsewhere. */
struct err artist_folder(struct core *core, struct db_conn *conn, struct arena *a, const struct video *video,
                         const char **ret_folder) MUST_CHECK;
/* Writes artist.nfo into the folder when there is none, or one of another name (`always`: or of other
 * bytes). NFO_KEPT: it has the right name. */
struct err artist_nfo_put(struct core *core, struct arena *a, const char *folder, const char *name, bool always,
                          enum nfo_outcome *ret_outcome) MUST_CHECK;
/* The rule of job import_organize: with nfo.write_artist_nfo, artist.nfo is made or repaired; a video with an
 * artist's name and no primary artist gets one linked. */
struct err artist_nfo_keep(struct core *core, struct arena *a, int64_t video_id, enum nfo_outcome *ret_outcome)
    MUST_CHECK;
/* The name for artist.nfo: the first primary artist, else the artist as credited; NULL: neither. */
const char *artist_name_of(const struct video *video);

#endif
