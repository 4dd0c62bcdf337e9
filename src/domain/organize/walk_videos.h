/*
 * Videos by page for what goes over all of them: by id after the last one, so that nothing is skipped or
 * seen twice when rows come and go meanwhile, and no page is slower than the first. With their relations.
 * Any thread.
 */
#ifndef MEDLEY_DOMAIN_ORGANIZE_WALK_VIDEOS_H
#define MEDLEY_DOMAIN_ORGANIZE_WALK_VIDEOS_H

#include "db/db.h"
#include "domain/catalog/video_list.h"

#define WALK_VIDEOS_PAGE 100

/* The next ones after *after_id (0: from the first), which moves on. An empty list: there are no more. */
struct err videos_after(struct db_conn *conn, struct arena *a, int64_t *after_id, bool include_deleted,
                        struct video_list *ret_list) MUST_CHECK;
/* These, in this order; unknown ones are left out. At most WALK_VIDEOS_PAGE ids at a time. */
struct err videos_of_ids(struct db_conn *conn, struct arena *a, const int64_t *ids, size_t count,
                         bool include_deleted, struct video_list *ret_list) MUST_CHECK;

/* Either of the two, page by page: `ids` NULL is everything. */
struct video_walk {
    const int64_t *ids;
    size_t count;
    bool include_deleted;
    /* private */
    size_t at;
    int64_t after_id;
};
struct err video_walk_next(struct db_conn *conn, struct arena *a, struct video_walk *walk,
                           struct video_list *ret_list, bool *ret_more) MUST_CHECK;

#endif
