/*
 * What the kinds share that bring songs into the library from services: import_spotify, the two batches,
 * import_add_single, import, metadata_enrich and metadata_refresh.
 *
 * Each goes through a list. Every item is one transaction, in which the video, the download that follows and
 * the place in the list (struct song_list, saved) are written together: a killed process goes on with the
 * next item, and nothing is stored or queued twice. An item that fails is noted and passed over.
 */
#ifndef MEDLEY_WORK_SONGS_H
#define MEDLEY_WORK_SONGS_H

#include "core/core.h"
#include "core/jobs.h"
#include "domain/intake/song.h"
#include "json/writer.h"
#include "providers/provider.h"

/* A job asks with all patience, until it is cancelled. */
struct asker job_asker(struct job_run *run, struct arena *a);
struct song_policy job_song_policy(struct job_run *run, struct arena *a, int status, const char *reason);

/* --- the list ---------------------------------------------------------------------------------------------------- */

#define SONG_FAILURES_SHOWN 10

struct song_list {
    struct job_run *run;
    int64_t total;
    const char *lost_host; /* URL of a picture whose host could not be reached: it is not asked again in this run */
    /* saved */
    int64_t next;
    int64_t done;    /* imported, enriched ... */
    int64_t skipped;
    int64_t failed;
    int64_t downloads;
    const char *failures; /* JSON list of {"track_id", "name", "error"}; the first SONG_FAILURES_SHOWN */
};
/* Where the run before has left it. */
void song_list_resume(struct song_list *list, struct job_run *run);

enum song_outcome { SONG_DONE, SONG_SKIPPED };
struct song_step {
    struct song_list *list;
    struct arena *arena; /* of this item */
    const void *item;
    const void *context;
    const char *id;   /* for people: what it is; NULL: the number */
    const char *name;
    int64_t picture_of;      /* a video whose picture is to be fetched afterwards; INT_NONE: none */
    const char *picture_url;
    const char *picture_trust;
    int64_t queued;          /* downloads that it has queued */
};
/* The work on one item. `prepare` asks the services, outside of any transaction; `store` writes. Either may
 * be NULL. */
struct song_verbs {
    struct err (*prepare)(struct song_step *step);
    struct err (*store)(struct song_step *step, struct db_conn *tx, enum song_outcome *ret_outcome);
    const char *doing; /* "Importing" */
};
/* One item, from its beginning to its place in the list. Fails only when the job is to end. */
struct err song_list_step(struct song_list *list, const struct song_verbs *verbs, const void *item,
                          const void *context, const char *id, const char *name) MUST_CHECK;
/* Of the result: "failed_tracks" and the like. */
void song_list_failures(const struct song_list *list, struct jw *w, const char *key);

/* --- what follows an import -------------------------------------------------------------------------------------- */

/* Queues a download of the video, unless it has a file, and marks it queued. `kind` is "import_download" or
 * "download_youtube". ret_uuid: of the job; NULL: none was needed. */
struct err song_queue_download(struct job_run *run, struct db_conn *tx, struct arena *a, const char *kind,
                               int64_t video_id, const char *youtube_id, const char *youtube_url,
                               const char **ret_uuid) MUST_CHECK;
/* Best effort; ERR_CANCELLED when the job is to end. ret_away: its host could not be reached. */
struct err song_picture(struct job_run *run, struct arena *a, int64_t video_id, const char *url,
                        const char *trusted, bool *ret_away) MUST_CHECK;

#endif
