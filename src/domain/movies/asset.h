/*
 * Pictures of movies, shows, seasons and episodes that lie beside the media (document 004, 16.3.3).
 *
 * A scan hands each picture to asset_store(). When its item is known already, it belongs to it; otherwise it
 * waits in its folder until assets_adopt() is called for that folder, which whoever stores an item does.
 */
#ifndef MEDLEY_DOMAIN_MOVIES_ASSET_H
#define MEDLEY_DOMAIN_MOVIES_ASSET_H

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "model/asset.h"

struct asset_list {
    VEC(struct asset)
};

/* What a picture's name says: false when it is no picture of a movie or show. Fills type, base, number and
 * season_number. `path` is relative to the library. */
bool asset_name_read(struct arena *a, const char *path, struct asset *ret_asset);

/* Of many items of one type: ordered by item, type, rank. Without files that are gone. One query. */
struct err assets_of(struct db_conn *conn, struct arena *a, enum item_type type, const int64_t *ids, size_t count,
                     struct asset_list *ret) MUST_CHECK;
/* The picture with these bytes whose file is there. ERR_NOT_FOUND "asset_not_found". */
struct err asset_by_hash(struct db_conn *conn, struct arena *a, const char *hash, struct asset *ret) MUST_CHECK;
struct err asset_get(struct db_conn *conn, struct arena *a, int64_t id, struct asset *ret) MUST_CHECK;
/* The best of a type, or ERR_NOT_FOUND. */
struct err asset_first(struct db_conn *conn, struct arena *a, enum item_type type, int64_t id,
                       enum asset_type asset_type, struct asset *ret) MUST_CHECK;

/* Whose files in this folder have this stem; with stem "" whose folder it is (a movie's own folder, a show's, a
 * season's). *ret_type and *ret_id stay INT_NONE when nobody's. */
struct err item_beside(struct db_conn *conn, struct arena *a, int64_t library_id, const char *folder,
                       const char *stem, int64_t *ret_type, int64_t *ret_id) MUST_CHECK;
/* Inserts, or replaces the row of the same library and path; finds its item. */
struct err asset_store(struct db_conn *tx, struct arena *a, struct asset *asset) MUST_CHECK;
/* Looks for the items of the pictures in this folder that have none: of the plain ones ("poster.jpg") and of
 * those named after this video ("Heat-poster.jpg", base "Heat"). */
struct err assets_adopt(struct db_conn *tx, struct arena *a, int64_t library_id, const char *folder,
                        const char *base) MUST_CHECK;
struct err asset_set_missing(struct db_conn *tx, struct arena *a, int64_t library_id, const char *path, bool gone)
    MUST_CHECK;

#endif
