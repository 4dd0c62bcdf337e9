/*
 * Artists and their links to videos.
 *
 * A name is an artist's identity (exact). A soft-deleted artist is hidden from videos but keeps its links;
 * creating one of the same name brings it back.
 *
 * Errors: ERR_NOT_FOUND "artist_not_found" / "video_not_found" (field: the id), ERR_CONFLICT
 * "unique_violation" (field: the column).
 */
#ifndef MEDLEY_DOMAIN_CATALOG_ARTIST_H
#define MEDLEY_DOMAIN_CATALOG_ARTIST_H

#include "db/db.h"
#include "domain/catalog/catalog.h"
#include "model/artist.h"

/* The id of the artist with this name; made or brought back when needed. */
struct err catalog_artist_ensure(struct db_conn *tx, struct arena *a, const char *name,
                                 int64_t *ret_id) MUST_CHECK;
/* The same with details: those that are given ("no value" is not) overwrite. */
struct err catalog_artist_put(struct db_conn *tx, struct arena *a, const struct artist *artist,
                              int64_t *ret_id) MUST_CHECK;
/* `which`: bits by the place in artist_shape; id, times and deletion are left alone. */
struct err catalog_artist_update(struct db_conn *tx, struct arena *a, int64_t id,
                                 const struct artist *changed, const struct presence *which) MUST_CHECK;
struct err catalog_artist_trash(struct db_conn *tx, struct arena *a, int64_t id) MUST_CHECK;

struct err catalog_artist_get(struct db_conn *conn, struct arena *a, int64_t id, bool include_deleted,
                              struct artist *ret_artist) MUST_CHECK;

struct artist_filter {
    const char *name; /* part of it, any case; NULL: all */
    bool include_deleted;
    struct catalog_window window;
};
struct artist_list {
    VEC(struct artist)
};
/* By name. */
struct err catalog_artist_list(struct db_conn *conn, struct arena *a, const struct artist_filter *filter,
                               struct artist_list *ret_list, int64_t *ret_total) MUST_CHECK;

/* A link that is there already stays as it is. */
struct err catalog_artist_link(struct db_conn *tx, struct arena *a, int64_t artist_id, int64_t video_id,
                               int role, int64_t position) MUST_CHECK;
/* In every role; none is fine. */
struct err catalog_artist_unlink(struct db_conn *tx, struct arena *a, int64_t artist_id,
                                 int64_t video_id) MUST_CHECK;

#endif
