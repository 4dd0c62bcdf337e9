/*
 * Music videos: made, changed, found, deleted.
 *
 * A video is one row of `video`, its history of states, its links to artists, collections and tags, and
 * its entry in the search index; every function here keeps these in step in the caller's transaction.
 *
 * Soft deletion keeps the row (is_deleted, deleted_at) and takes it out of the search index; ids at
 * outside services (imvdb, youtube, vimeo) stay taken. Permanent deletion takes the links along, and tags
 * that nothing else uses. Files are not touched by either.
 *
 *     struct video_new fresh;
 *     catalog_video_new(&fresh);
 *     fresh.video.title = "Jóga"; fresh.video.artist = "Björk";
 *     fresh.primary = (const char *const[]){"Björk", NULL};
 *     TRY(catalog_video_import(tx.conn, a, &fresh, &id));
 *
 * Errors: ERR_NOT_FOUND "video_not_found" (field: the id); ERR_CONFLICT "unique_violation" (field: the
 * column) when another video has the same outside id.
 */
#ifndef MEDLEY_DOMAIN_CATALOG_VIDEO_H
#define MEDLEY_DOMAIN_CATALOG_VIDEO_H

#include "db/db.h"
#include "media/info.h"
#include "model/video.h"

/* A video that comes with its relations: written with few statements. */
struct video_new {
    struct video video;           /* id and times are given by the catalog */
    const char *const *primary;   /* artists, NULL-terminated; NULL: none */
    const char *const *featured;
    const char *const *tags;
    const char *const *auto_tags; /* decade tags and the like */
    bool tags_keep_case;          /* tags that differ in case are different (tags.normalize off) */
    const char *reason;           /* of the first row of its history; NULL: "Initial creation" */
    const char *changed_by;
    bool quiet;                   /* no event: a bulk import tells once, when it is done */
};
void catalog_video_new(struct video_new *fresh);
struct err catalog_video_import(struct db_conn *tx, struct arena *a, const struct video_new *fresh,
                                int64_t *ret_id) MUST_CHECK;
/* The same without relations. */
struct err catalog_video_create(struct db_conn *tx, struct arena *a, const struct video *video,
                                int64_t *ret_id) MUST_CHECK;

/* Without its lists (domain/catalog/relations.h loads them). */
struct err catalog_video_get(struct db_conn *conn, struct arena *a, int64_t id, bool include_deleted,
                             struct video *ret_video) MUST_CHECK;
/* ERR_NOT_FOUND unless there is such a video, deleted or not as asked. */
struct err catalog_video_check(struct db_conn *conn, struct arena *a, int64_t id,
                               bool include_deleted) MUST_CHECK;

/* Changes the columns whose bit (enum video_field) is set in `which`, and updated_at. `status` and the
 * columns of deletion have verbs of their own and are left alone. Tells with an event. */
struct err catalog_video_update(struct db_conn *tx, struct arena *a, int64_t id,
                                const struct video *changed, const struct presence *which) MUST_CHECK;

/* Looked at anew, with nothing to change: only updated_at. Quiet. */
struct err catalog_video_touch(struct db_conn *tx, int64_t id) MUST_CHECK;

/* What a probe found. Fills duration, size, codecs ... of the struct and says which in `ret_which`. */
void catalog_video_take_media(struct arena *a, struct video *video, const struct media_info *info,
                              struct presence *ret_which);
/* The same into the row; quiet, and updated_at stays. file_size 0: unknown. */
struct err catalog_video_set_media(struct db_conn *tx, struct arena *a, int64_t id,
                                   const struct media_info *info, int64_t file_size) MUST_CHECK;

/* The same status again is nothing. `metadata` is a JSON object or NULL; changed_by NULL: "api". */
struct err catalog_video_set_status(struct db_conn *tx, struct arena *a, int64_t id, int status,
                                    const char *reason, const char *changed_by,
                                    const char *metadata) MUST_CHECK;
struct status_change {
    int64_t id;
    int64_t video_id;
    int old_status; /* ENUM_NONE for the first */
    int new_status;
    const char *reason;
    int64_t changed_at;
    const char *changed_by;
    const char *metadata;
};
struct status_changes {
    VEC(struct status_change)
};
/* Newest first. */
struct err catalog_video_history(struct db_conn *conn, struct arena *a, int64_t id,
                                 struct status_changes *ret_list) MUST_CHECK;

/* Replaces the links. Unknown artists are made, deleted ones come back. Lists are NULL-terminated. */
struct err catalog_video_set_artists(struct db_conn *tx, struct arena *a, int64_t id,
                                     const char *const *primary, const char *const *featured) MUST_CHECK;

struct err catalog_video_trash(struct db_conn *tx, struct arena *a, int64_t id) MUST_CHECK;
struct err catalog_video_restore(struct db_conn *tx, struct arena *a, int64_t id) MUST_CHECK;
struct err catalog_video_delete(struct db_conn *tx, struct arena *a, int64_t id) MUST_CHECK;

/* INT_NONE when there is none. By the absolute path of the video file; deleted ones count too. */
struct err catalog_video_find_by_path(struct db_conn *conn, const char *path, int64_t *ret_id) MUST_CHECK;
struct err catalog_video_find_by_nfo(struct db_conn *conn, const char *path, int64_t *ret_id) MUST_CHECK;
/* One that is not deleted, with the same artist and title but for case, accents, punctuation and guest
 * artists ("One" is not "One More Time"). */
struct err catalog_video_find_by_artist_title(struct db_conn *conn, struct arena *a, const char *artist,
                                              const char *title, int64_t *ret_id) MUST_CHECK;
/* Any that holds this id at a service, deleted or not. `field` is VIDEO_FIELD_imvdb_video_id,
 * VIDEO_FIELD_youtube_id or VIDEO_FIELD_vimeo_id. */
struct err catalog_video_find_by_service(struct db_conn *conn, enum video_field field, const char *value,
                                         int64_t *ret_id) MUST_CHECK;

/* EVENT_VIDEO_UPDATED naming the changed fields; thumbnail_s: when the picture was made, 0: it was not. */
struct err catalog_video_tell(struct db_conn *tx, int64_t id, const struct presence *which,
                              int64_t thumbnail_s) MUST_CHECK;
/* The same after a file was read anew: "file_properties". */
struct err catalog_video_tell_media(struct db_conn *tx, int64_t id, int64_t thumbnail_s) MUST_CHECK;
/* The same for what is no column: "tags", "artists", "collections". */
struct err catalog_video_tell_word(struct db_conn *tx, int64_t id, const char *word) MUST_CHECK;

#endif
