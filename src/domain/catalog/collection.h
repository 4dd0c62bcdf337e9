/*
 * Collections: named, ordered lists of videos.
 *
 * Names that differ only in case are one collection. Creating one of a deleted collection's name brings
 * it back. A video added without a position goes to the end.
 *
 * Errors: ERR_NOT_FOUND "collection_not_found" / "video_not_found" (field: the id), ERR_CONFLICT
 * "unique_violation" when another collection has the name.
 */
#ifndef MEDLEY_DOMAIN_CATALOG_COLLECTION_H
#define MEDLEY_DOMAIN_CATALOG_COLLECTION_H

#include "db/db.h"
#include "domain/catalog/catalog.h"
#include "model/collection.h"

/* Made, or the one that is there with its description replaced. */
struct err catalog_collection_put(struct db_conn *tx, struct arena *a, const char *name,
                                  const char *description, int64_t *ret_id) MUST_CHECK;
/* `which`: bits by the place in collection_shape; name and description count. */
struct err catalog_collection_update(struct db_conn *tx, struct arena *a, int64_t id,
                                     const struct collection *changed,
                                     const struct presence *which) MUST_CHECK;
struct err catalog_collection_trash(struct db_conn *tx, struct arena *a, int64_t id) MUST_CHECK;
struct err catalog_collection_get(struct db_conn *conn, struct arena *a, int64_t id, bool include_deleted,
                                  struct collection *ret_collection) MUST_CHECK;

struct collection_filter {
    const char *name; /* part of it, any case; NULL: all */
    bool include_deleted;
    struct catalog_window window;
};
struct collection_list {
    VEC(struct collection)
};
/* By name. */
struct err catalog_collection_list(struct db_conn *conn, struct arena *a,
                                   const struct collection_filter *filter,
                                   struct collection_list *ret_list, int64_t *ret_total) MUST_CHECK;

/* position INT_NONE: at the end; of a video that is in it already: it stays where it is. */
struct err catalog_collection_add(struct db_conn *tx, struct arena *a, int64_t id, int64_t video_id,
                                  int64_t position) MUST_CHECK;
/* One that is not in it is fine. */
struct err catalog_collection_remove(struct db_conn *tx, struct arena *a, int64_t id,
                                     int64_t video_id) MUST_CHECK;

#endif
