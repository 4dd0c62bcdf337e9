/* Collections. */
#include "domain/catalog/collection.h"

#include <string.h>

#include "base/clock.h"
#include "base/fold.h"
#include "domain/catalog/text.h"
#include "domain/catalog/video.h"

static struct err not_found(struct arena *a, int64_t id)
{
    return catalog_missing(a, "collection_not_found", "Collection %lld not found", id);
}

/* --- changing ------------------------------------------------------------------------------------------- */

struct err catalog_collection_put(struct db_conn *tx, struct arena *a, const char *name,
                                  const char *description, int64_t *ret_id)
{
    TRY(db_get_int(tx, ret_id,
                   "INSERT INTO collection (name, name_key, name_fold, description, created_at, updated_at)"
                   " VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (name_key) DO UPDATE SET"
                   " description = excluded.description, updated_at = excluded.updated_at,"
                   " is_deleted = 0, deleted_at = NULL RETURNING id",
                   "tttti", name, text_lower(a, name), fold(a, name), description, time_now_us()));
    return OK;
}

static struct err rename_to(struct db_conn *tx, struct arena *a, int64_t id, const char *name)
{
    struct err e = db_exec(tx, "UPDATE collection SET name = $1, name_key = $2, name_fold = $3 WHERE id = $4",
                           "ttti", name, text_lower(a, name), fold(a, name), id);
    return catalog_clash(a, e, "collection");
}

struct err catalog_collection_update(struct db_conn *tx, struct arena *a, int64_t id,
                                     const struct collection *changed, const struct presence *which)
{
    bool name = shape_has(&collection_shape, which, "name");
    bool description = shape_has(&collection_shape, which, "description");
    TRY(catalog_collection_get(tx, a, id, false, &(struct collection){0}));
    if (name)
        TRY(rename_to(tx, a, id, changed->name));
    if (description)
        TRY(db_exec(tx, "UPDATE collection SET description = $1 WHERE id = $2", "ti", changed->description,
                    id));
    if (name || description)
        TRY(db_exec(tx, "UPDATE collection SET updated_at = $1 WHERE id = $2", "ii", time_now_us(), id));
    return OK;
}

struct err catalog_collection_trash(struct db_conn *tx, struct arena *a, int64_t id)
{
    int64_t changed;
    TRY(db_exec_n(tx, &changed,
                  "UPDATE collection SET is_deleted = 1, deleted_at = $1 WHERE id = $2 AND is_deleted = 0",
                  "ii", time_now_us(), id));
    return changed ? OK : not_found(a, id);
}

/* --- reading -------------------------------------------------------------------------------------------- */

#define VIDEO_COUNT                                                                                \
    "(SELECT COUNT(*) FROM video_collection vc JOIN video v ON v.id = vc.video_id"                 \
    " WHERE vc.collection_id = c.id AND v.is_deleted = 0)"

static void read_collection(const struct rows *rows, struct arena *a, struct collection *ret)
{
    rows_fill(rows, a, &collection_shape, 0, ret);
    ret->video_count = rows_int(rows, (int)collection_shape.count - 1);
}

struct err catalog_collection_get(struct db_conn *conn, struct arena *a, int64_t id, bool include_deleted,
                                  struct collection *ret_collection)
{
    BUF(sql);
    ROWS(rows);
    struct collection collection;
    buf_puts(&sql, "SELECT ");
    db_columns(&sql, &collection_shape, "c");
    buf_puts(&sql, ", " VIDEO_COUNT " FROM collection c WHERE c.id = $1");
    TRY(db_query(conn, &rows, sql.data, "i", id));
    bool found = rows_next(&rows);
    if (found)
        read_collection(&rows, a, &collection);
    TRY(rows_end(&rows));
    if (!found || (collection.is_deleted == 1 && !include_deleted))
        return not_found(a, id);
    *ret_collection = collection;
    return OK;
}

static void put_where(struct arena *a, struct buf *sql, struct db_values *values,
                      const struct collection_filter *filter)
{
    const char *pattern = catalog_like(a, filter->name);
    buf_puts(sql, " FROM collection c WHERE 1 = 1");
    if (!filter->include_deleted)
        buf_puts(sql, " AND c.is_deleted = 0");
    if (pattern) {
        values_text(a, values, pattern);
        buf_printf(sql, " AND c.name_fold LIKE $%zu ESCAPE '\\'", values->count);
    }
}

static struct err count(struct db_conn *conn, struct arena *a, const struct collection_filter *filter,
                        int64_t *ret_total)
{
    BUF(sql);
    ROWS(rows);
    struct db_values values = {0};
    buf_puts(&sql, "SELECT COUNT(*)");
    put_where(a, &sql, &values, filter);
    TRY(db_query_values(conn, &rows, sql.data, &values));
    if (rows_next(&rows))
        *ret_total = rows_int(&rows, 0);
    return rows_end(&rows);
}

struct err catalog_collection_list(struct db_conn *conn, struct arena *a,
                                   const struct collection_filter *filter,
                                   struct collection_list *ret_list, int64_t *ret_total)
{
    BUF(sql);
    ROWS(rows);
    struct db_values values = {0};
    struct collection_list list = {0};
    TRY(count(conn, a, filter, ret_total));
    buf_puts(&sql, "SELECT ");
    db_columns(&sql, &collection_shape, "c");
    buf_puts(&sql, ", " VIDEO_COUNT);
    put_where(a, &sql, &values, filter);
    values_int(a, &values, window_limit(&filter->window));
    values_int(a, &values, filter->window.offset);
    buf_printf(&sql, " ORDER BY c.name, c.id LIMIT $%zu OFFSET $%zu", values.count - 1, values.count);
    TRY(db_query_values(conn, &rows, sql.data, &values));
    while (rows_next(&rows))
        read_collection(&rows, a, arena_push(a, &list));
    TRY(rows_end(&rows));
    *ret_list = list;
    return OK;
}

/* --- videos in it --------------------------------------------------------------------------------------- */

static struct err check_both(struct db_conn *tx, struct arena *a, int64_t id, int64_t video_id)
{
    TRY(catalog_collection_get(tx, a, id, false, &(struct collection){0}));
    return catalog_video_check(tx, a, video_id, false);
}

struct err catalog_collection_add(struct db_conn *tx, struct arena *a, int64_t id, int64_t video_id,
                                  int64_t position)
{
    int64_t last;
    TRY(check_both(tx, a, id, video_id));
    TRY(db_get_int(tx, &last, "SELECT MAX(position) FROM video_collection WHERE collection_id = $1", "i",
                   id));
    int64_t place = position != INT_NONE ? position : last == INT_NONE ? 0 : last + 1;
    TRY(db_exec(tx,
                position == INT_NONE
                    ? "INSERT INTO video_collection (video_id, collection_id, position, added_at)"
                      " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
                    : "INSERT INTO video_collection (video_id, collection_id, position, added_at)"
                      " VALUES ($1, $2, $3, $4) ON CONFLICT (video_id, collection_id)"
                      " DO UPDATE SET position = excluded.position",
                "iiii", video_id, id, place, time_now_us()));
    return catalog_video_tell_word(tx, video_id, "collections");
}

struct err catalog_collection_remove(struct db_conn *tx, struct arena *a, int64_t id, int64_t video_id)
{
    int64_t changed;
    TRY(check_both(tx, a, id, video_id));
    TRY(db_exec_n(tx, &changed, "DELETE FROM video_collection WHERE collection_id = $1 AND video_id = $2",
                  "ii", id, video_id));
    if (!changed)
        return OK;
    return catalog_video_tell_word(tx, video_id, "collections");
}
