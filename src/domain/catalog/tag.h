/*
 * Tags and their links to videos.
 *
 * A tag's identity is its name in lower case (or, with keep_case, the name as given); it keeps the
 * spelling it was first given. `usage_count` is kept with the links. A tag whose last link goes is
 * deleted with it; one that was made and never used stays.
 *
 * Errors: ERR_NOT_FOUND "tag_not_found" / "video_not_found" (field: the id); ERR_INVALID "tag_in_use".
 */
#ifndef MEDLEY_DOMAIN_CATALOG_TAG_H
#define MEDLEY_DOMAIN_CATALOG_TAG_H

#include "db/db.h"
#include "domain/catalog/catalog.h"
#include "model/tag.h"
#include "model/video.h"

struct tag_names {
    const char *const *names; /* NULL-terminated; NULL: none. Blank ones are skipped, doubles are one. */
    int source;               /* enum tag_source */
    bool keep_case;
};

/* Links to tags by name (several lists at once), made when needed; a link that is there keeps its source.
 * Writes neither the search index nor an event: the video functions call it. */
struct err catalog_tags_link(struct db_conn *tx, struct arena *a, int64_t video_id,
                             const struct tag_names *names, size_t count) MUST_CHECK;
struct err catalog_tags_unlink_all(struct db_conn *tx, struct arena *a, int64_t video_id) MUST_CHECK;

/* The same with index and event. `replace`: every other link goes, and kept ones take the source. */
struct err catalog_video_set_tags(struct db_conn *tx, struct arena *a, int64_t video_id,
                                  const struct tag_names *names, bool replace) MUST_CHECK;
/* One link by ids; both must exist. A link more, or one less than there is, is fine. */
struct err catalog_tag_link(struct db_conn *tx, struct arena *a, int64_t tag_id, int64_t video_id,
                            int source) MUST_CHECK;
struct err catalog_tag_unlink(struct db_conn *tx, struct arena *a, int64_t tag_id,
                              int64_t video_id) MUST_CHECK;

/* The tag of this name; made when there is none. */
struct err catalog_tag_put(struct db_conn *tx, struct arena *a, const char *name, bool keep_case,
                           struct tag *ret_tag) MUST_CHECK;
struct err catalog_tag_get(struct db_conn *conn, struct arena *a, int64_t id, struct tag *ret_tag) MUST_CHECK;
/* Without `force` only a tag that no video has. */
struct err catalog_tag_delete(struct db_conn *tx, struct arena *a, int64_t id, bool force) MUST_CHECK;

struct tag_filter {
    const char *name; /* part of it, any case; NULL: all */
    int64_t min_usage_count;
    bool by_usage;    /* most used first; else by name */
    struct catalog_window window;
};
struct tag_list {
    VEC(struct tag)
};
struct err catalog_tag_list(struct db_conn *conn, struct arena *a, const struct tag_filter *filter,
                            struct tag_list *ret_list, int64_t *ret_total) MUST_CHECK;
/* Of one video, by name. */
struct err catalog_video_tags(struct db_conn *conn, struct arena *a, int64_t video_id,
                              struct tag_list *ret_list) MUST_CHECK;

/* --- decade tags ------------------------------------------------------------------------------------------ */

struct decade_policy {
    bool enabled;
    const char *format; /* "{decade}s"; {decade} is two digits */
    const char *former; /* a format whose tags go, too; NULL: none */
    bool keep_case;
};
/* 1991 -> "90s"; NULL for a year outside 1900..2100 or a format without {decade}. */
const char *decade_tag(struct arena *a, int64_t year, const char *format);
/* True when a tag's name is one that the format makes; NULL format: any of the usual ones (90, 90s,
 * decade-90, 1990, 1990s). */
bool decade_tag_matches(const char *name, const char *format);
struct decade_change {
    int64_t videos; /* looked at */
    int64_t added;
    int64_t removed;
    struct {
        VEC(int64_t)
    } changed; /* videos whose tags are others now; in the arena of the call */
};
/* Brings the automatic decade tag of a video in line with its year (INT_NONE: none); manual tags are
 * never touched. Counts into `change`. */
struct err catalog_video_sync_decade(struct db_conn *tx, struct arena *a, int64_t video_id, int64_t year,
                                     const struct decade_policy *policy,
                                     struct decade_change *change) MUST_CHECK;
/* The same for the next `limit` videos that have a year and are not deleted, by id after *after_id;
 * moves it on. At the end it is INT_NONE. */
struct err catalog_sync_decades(struct db_conn *tx, struct arena *a, int64_t limit,
                                const struct decade_policy *policy, int64_t *after_id,
                                struct decade_change *change) MUST_CHECK;

#endif
