/* All videos, page by page. */
#include "domain/organize/walk_videos.h"

#include "domain/catalog/relations.h"

static struct err read_list(struct rows *rows, struct arena *a, struct video_list *list)
{
    while (rows_next(rows)) {
        struct video *video = arena_push(a, list);
        video_clear(video);
        rows_fill(rows, a, &video_shape, 0, video);
    }
    return rows_end(rows);
}

struct err videos_after(struct db_conn *conn, struct arena *a, int64_t *after_id, bool include_deleted,
                        struct video_list *ret_list)
{
    struct video_list list = {0};
    BUF(sql);
    {
        ROWS(rows);
        buf_puts(&sql, "SELECT ");
        db_columns(&sql, &video_shape, NULL);
        buf_puts(&sql, " FROM video WHERE id > $1 AND is_deleted <= $2 ORDER BY id LIMIT $3");
        TRY(db_query(conn, &rows, sql.data, "iii", *after_id, (int64_t)include_deleted, (int64_t)WALK_VIDEOS_PAGE));
        TRY(read_list(&rows, a, &list));
    }
    TRY(catalog_load_relations(conn, a, list.items, list.count));
    if (list.count)
        *after_id = list.items[list.count - 1].id;
    *ret_list = list;
    return OK;
}

static void put_in_order(struct arena *a, struct video_list *list, const int64_t *ids, size_t count)
{
    struct video_list sorted = {0};
    for (size_t i = 0; i < count; i++) {
        for (size_t n = 0; n < list->count; n++) {
            if (list->items[n].id == ids[i])
                *arena_push(a, &sorted) = list->items[n];
        }
    }
    *list = sorted;
}

struct err videos_of_ids(struct db_conn *conn, struct arena *a, const int64_t *ids, size_t count,
                         bool include_deleted, struct video_list *ret_list)
{
    struct video_list list = {0};
    struct db_values values = {0};
    BUF(sql);
    {
        ROWS(rows);
        values_int(a, &values, include_deleted);
        buf_puts(&sql, "SELECT ");
        db_columns(&sql, &video_shape, NULL);
        buf_puts(&sql, " FROM video WHERE is_deleted <= $1 AND id IN ");
        catalog_put_ids(a, &sql, &values, ids, count);
        TRY(db_query_values(conn, &rows, sql.data, &values));
        TRY(read_list(&rows, a, &list));
    }
    TRY(catalog_load_relations(conn, a, list.items, list.count));
    put_in_order(a, &list, ids, count);
    *ret_list = list;
    return OK;
}

struct err video_walk_next(struct db_conn *conn, struct arena *a, struct video_walk *walk,
                           struct video_list *ret_list, bool *ret_more)
{
    if (!walk->ids) {
        TRY(videos_after(conn, a, &walk->after_id, walk->include_deleted, ret_list));
        *ret_more = ret_list->count > 0;
        return OK;
    }
    size_t left = walk->count - walk->at;
    size_t count = left < WALK_VIDEOS_PAGE ? left : WALK_VIDEOS_PAGE;
    *ret_list = (struct video_list){0};
    if (count)
        TRY(videos_of_ids(conn, a, walk->ids + walk->at, count, walk->include_deleted, ret_list));
    walk->at += count;
    *ret_more = count > 0;
    return OK;
}
