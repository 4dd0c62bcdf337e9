/* Pictures beside the media. */
#include "domain/movies/asset.h"

#include <string.h>

#include "base/clock.h"
#include "db/query.h"
#include "domain/movies/show.h"
#include "media/names.h"

/* --- reading ------------------------------------------------------------------------------------------ */

static struct err select_assets(struct db_conn *conn, struct arena *a, const char *rest,
                                const struct db_values *values, struct asset_list *ret)
{
    BUF(sql);
    ROWS(rows);
    buf_puts(&sql, "SELECT ");
    db_columns(&sql, &asset_shape, NULL);
    buf_printf(&sql, " FROM asset WHERE %s", rest);
    TRY(db_query_values(conn, &rows, sql.data, values));
    while (rows_next(&rows))
        rows_fill(&rows, a, &asset_shape, 0, arena_push(a, ret));
    return rows_end(&rows);
}

static struct err first(const struct asset_list *list, struct asset *ret)
{
    if (!list->count)
        return err_make(ERR_NOT_FOUND, "asset_not_found", "Asset not found");
    *ret = list->items[0];
    return OK;
}

struct err assets_of(struct db_conn *conn, struct arena *a, enum item_type type, const int64_t *ids, size_t count,
                     struct asset_list *ret)
{
    BUF(rest);
    struct db_values values = {0};
    if (!count)
        return OK;
    values_int(a, &values, type);
    buf_puts(&rest, "item_type = $1 AND missing_since IS NULL AND item_id IN (");
    query_ids(a, &rest, &values, ids, count);
    buf_puts(&rest, ") ORDER BY item_id, type, rank, id");
    return select_assets(conn, a, rest.data, &values, ret);
}

struct err asset_by_hash(struct db_conn *conn, struct arena *a, const char *hash, struct asset *ret)
{
    struct asset_list list = {0};
    struct db_values values = {0};
    values_text(a, &values, hash);
    TRY(select_assets(conn, a, "hash = $1 ORDER BY missing_since IS NOT NULL, id LIMIT 1", &values, &list));
    return first(&list, ret);
}

struct err asset_get(struct db_conn *conn, struct arena *a, int64_t id, struct asset *ret)
{
    struct asset_list list = {0};
    struct db_values values = {0};
    values_int(a, &values, id);
    TRY(select_assets(conn, a, "id = $1", &values, &list));
    return first(&list, ret);
}

struct err asset_first(struct db_conn *conn, struct arena *a, enum item_type type, int64_t id,
                       enum asset_type asset_type, struct asset *ret)
{
    struct asset_list list = {0};
    struct db_values values = {0};
    values_int(a, &values, type);
    values_int(a, &values, id);
    values_int(a, &values, asset_type);
    TRY(select_assets(conn, a,
                      "item_type = $1 AND item_id = $2 AND type = $3 AND missing_since IS NULL"
                      " ORDER BY rank, id LIMIT 1",
                      &values, &list));
    return first(&list, ret);
}

/* --- finding the item ----------------------------------------------------------------------------------- */

struct owner {
    int64_t type;
    int64_t id;
};

/* The video of the same name in the same folder. Equal names, so that the index answers. */
static struct err owner_of_base(struct db_conn *tx, struct arena *a, const struct asset *asset, struct owner *ret)
{
    static const char *const endings[] = {"mkv", "mp4", "avi", "mov", "m4v", "webm", "ts", "m2ts", "wmv",
                                          "mpg", "mpeg", "flv", "ogv", "3gp", "vob", "divx"};
    BUF(sql);
    ROWS(rows);
    struct db_values values = {0};
    values_int(a, &values, asset->library_id);
    values_text(a, &values, asset->folder);
    buf_puts(&sql, "SELECT movie_id, episode_id FROM media_file WHERE library_id = $1 AND folder = $2 AND name IN (");
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        values_text(a, &values, arena_printf(a, "%s.%s", asset->base, endings[i]));
        buf_printf(&sql, "%s$%zu", i ? "," : "", values.count);
    }
    buf_puts(&sql, ") AND (movie_id IS NOT NULL OR episode_id IS NOT NULL) ORDER BY id LIMIT 1");
    TRY(db_query_values(tx, &rows, sql.data, &values));
    if (rows_next(&rows)) {
        bool movie = !rows_is_null(&rows, 0);
        *ret = (struct owner){movie ? ITEM_MOVIE : ITEM_EPISODE, rows_int(&rows, movie ? 0 : 1)};
    }
    return rows_end(&rows);
}

/* "poster.jpg" is the movie's whose folder this is, unless several share it. */
static struct err owner_movie(struct db_conn *tx, const struct asset *asset, struct owner *ret)
{
    ROWS(rows);
    TRY(db_query(tx, &rows,
                 "SELECT MIN(id), COUNT(*) FROM movie WHERE library_id = $1 AND folder = $2 AND deleted_at IS NULL",
                 "it", asset->library_id, asset->folder));
    if (rows_next(&rows) && rows_int(&rows, 1) == 1)
        *ret = (struct owner){ITEM_MOVIE, rows_int(&rows, 0)};
    return rows_end(&rows);
}

static struct err find_season(struct db_conn *tx, int64_t library_id, const char *folder, int64_t number,
                              struct owner *ret)
{
    int64_t id;
    TRY(db_get_int(tx, &id,
                   "SELECT s.id FROM season s JOIN tv_show h ON h.id = s.show_id"
                   " WHERE h.library_id = $1 AND h.folder = $2 AND s.number = $3",
                   "iti", library_id, folder, number));
    if (id != INT_NONE)
        *ret = (struct owner){ITEM_SEASON, id};
    return OK;
}

static struct err owner_show(struct db_conn *tx, struct arena *a, const struct asset *asset, struct owner *ret)
{
    int64_t id;
    if (asset->season_number != INT_NONE)
        return find_season(tx, asset->library_id, asset->folder, asset->season_number, ret);
    TRY(db_get_int(tx, &id,
                   "SELECT id FROM tv_show WHERE library_id = $1 AND folder = $2 AND deleted_at IS NULL"
                   " ORDER BY id LIMIT 1",
                   "it", asset->library_id, asset->folder));
    if (id != INT_NONE) {
        *ret = (struct owner){ITEM_SHOW, id};
        return OK;
    }
    const char *slash = strrchr(asset->folder, '/');
    int64_t season = slash ? name_season_of_folder(slash + 1) : -1;
    if (season < 0)
        return OK;
    return find_season(tx, asset->library_id, arena_strndup(a, asset->folder, (size_t)(slash - asset->folder)),
                       season, ret);
}

/* Base-named pictures before plain ones, then by number. */
static struct err rank_again(struct db_conn *tx, const struct owner *owner, int type)
{
    return db_exec(tx,
                   "UPDATE asset AS x SET rank = 1 + (SELECT COUNT(*) FROM asset b WHERE b.item_type = x.item_type"
                   " AND b.item_id = x.item_id AND b.type = x.type AND b.missing_since IS NULL AND"
                   " (b.number, CASE WHEN b.base = '' THEN 1 ELSE 0 END, b.id)"
                   " < (x.number, CASE WHEN x.base = '' THEN 1 ELSE 0 END, x.id))"
                   " WHERE x.item_type = $1 AND x.item_id = $2 AND x.type = $3",
                   "iii", owner->type, owner->id, (int64_t)type);
}

static struct err look_beside(struct db_conn *tx, struct arena *a, const struct asset *asset, struct owner *ret)
{
    if (*asset->base)
        return owner_of_base(tx, a, asset, ret);
    if (asset->season_number == INT_NONE)
        TRY(owner_movie(tx, asset, ret));
    return ret->id == INT_NONE ? owner_show(tx, a, asset, ret) : OK;
}

struct err item_beside(struct db_conn *conn, struct arena *a, int64_t library_id, const char *folder,
                       const char *stem, int64_t *ret_type, int64_t *ret_id)
{
    struct owner owner = {INT_NONE, INT_NONE};
    struct asset place = {.library_id = library_id, .folder = folder, .base = stem, .season_number = INT_NONE};
    TRY(look_beside(conn, a, &place, &owner));
    *ret_type = owner.type;
    *ret_id = owner.id;
    return OK;
}

static struct err find_owner(struct db_conn *tx, struct arena *a, const struct asset *asset)
{
    struct owner owner = {INT_NONE, INT_NONE};
    TRY(look_beside(tx, a, asset, &owner));
    if (owner.id == INT_NONE)
        return OK;
    TRY(db_exec(tx, "UPDATE asset SET item_type = $1, item_id = $2 WHERE id = $3", "iii", owner.type, owner.id,
                asset->id));
    return rank_again(tx, &owner, asset->type);
}

/* --- storing ------------------------------------------------------------------------------------------ */

struct err asset_store(struct db_conn *tx, struct arena *a, struct asset *asset)
{
    int64_t known;
    TRY(db_get_int(tx, &known, "SELECT id FROM asset WHERE library_id = $1 AND path = $2", "it", asset->library_id,
                   asset->path));
    asset->discovered_at = time_now_us();
    asset->rank = 1;
    asset->locked = 0;
    asset->missing_since = TIME_NONE;
    if (known == INT_NONE) {
        TRY(db_insert(tx, a, "asset", &asset_shape, asset, &asset->id));
        return find_owner(tx, a, asset);
    }
    asset->id = known;
    TRY(db_exec(tx,
                "UPDATE asset SET hash = $1, file_size = $2, width = $3, height = $4, format = $5,"
                " missing_since = NULL WHERE id = $6",
                "tiiiti", asset->hash, asset->file_size, asset->width, asset->height, asset->format, known));
    return find_owner(tx, a, asset);
}

struct err assets_adopt(struct db_conn *tx, struct arena *a, int64_t library_id, const char *folder,
                        const char *base)
{
    struct asset_list list = {0};
    struct db_values values = {0};
    values_int(a, &values, library_id);
    values_text(a, &values, folder);
    values_text(a, &values, base);
    TRY(select_assets(tx, a,
                      "library_id = $1 AND folder = $2 AND base IN ('', $3) AND item_id IS NULL"
                      " ORDER BY id LIMIT 1000",
                      &values, &list));
    for (size_t i = 0; i < list.count; i++)
        TRY(find_owner(tx, a, &list.items[i]));
    return OK;
}

struct err asset_set_missing(struct db_conn *tx, struct arena *a, int64_t library_id, const char *path, bool gone)
{
    struct asset_list list = {0};
    struct db_values values = {0};
    values_int(a, &values, library_id);
    values_text(a, &values, path);
    TRY(select_assets(tx, a, "library_id = $1 AND path = $2", &values, &list));
    if (!list.count)
        return OK;
    struct asset *asset = &list.items[0];
    TRY(db_exec(tx, "UPDATE asset SET missing_since = $1 WHERE id = $2", "ii", gone ? time_now_us() : TIME_NONE,
                asset->id));
    if (asset->item_id == INT_NONE)
        return OK;
    struct owner owner = {asset->item_type, asset->item_id};
    return rank_again(tx, &owner, asset->type);
}
