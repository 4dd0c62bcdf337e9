/* The activity log. */
#include "core/activity.h"

#include "base/clock.h"
#include "core/events.h"
#include "json/writer.h"

#define AF(kind_, member_) F(struct activity, kind_, member_, .column = #member_)
SHAPE(activity_shape, "Activity", struct activity, "An entry of the activity log", AF(T_INT, id),
      AF(T_TIME, at), AF(T_TEXT, type), AF(T_TEXT, status), AF(T_JSON, details));

struct err activity_add(struct db_conn *tx, const char *type, const char *status, const char *details)
{
    BUF(payload);
    int64_t id;
    TRY(db_get_int(tx, &id,
                   "INSERT INTO activity (at, type, status, details) VALUES ($1, $2, $3, $4) RETURNING id",
                   "ittt", time_now_us(), type, status, details));
    struct jw w = jw_to(&payload);
    jw_object(&w);
    jw_kv_text(&w, "type", type);
    jw_kv_text(&w, "status", status);
    if (details)
        jw_kv_raw(&w, "details", details);
    jw_end(&w);
    return event_append(tx, EVENT_ACTIVITY, id, payload.data);
}

static void add_where(struct buf *sql, struct arena *a, struct db_values *v, const struct activity_filter *f)
{
    buf_puts(sql, " WHERE 1 = 1");
    if (f->type) {
        values_text(a, v, f->type);
        buf_printf(sql, " AND type = $%zu", v->count);
    }
    if (f->status) {
        values_text(a, v, f->status);
        buf_printf(sql, " AND status = $%zu", v->count);
    }
    if (f->from_us != TIME_NONE) {
        values_int(a, v, f->from_us);
        buf_printf(sql, " AND at >= $%zu", v->count);
    }
    if (f->to_us != TIME_NONE) {
        values_int(a, v, f->to_us);
        buf_printf(sql, " AND at <= $%zu", v->count);
    }
}

struct err activity_read(struct db_conn *conn, struct arena *a, const struct activity_filter *filter,
                         struct activity_list *ret)
{
    BUF(sql);
    ROWS(rows);
    struct db_values values = {0};
    buf_puts(&sql, "SELECT ");
    db_columns(&sql, &activity_shape, NULL);
    buf_puts(&sql, " FROM activity");
    add_where(&sql, a, &values, filter);
    values_int(a, &values, filter->limit == INT_NONE ? INT64_MAX : filter->limit);
    values_int(a, &values, filter->offset);
    buf_printf(&sql, " ORDER BY at DESC, id DESC LIMIT $%zu OFFSET $%zu", values.count - 1, values.count);
    TRY(db_query_values(conn, &rows, sql.data, &values));
    while (rows_next(&rows))
        rows_fill(&rows, a, &activity_shape, 0, arena_push(a, ret));
    return rows_end(&rows);
}

struct err activity_count(struct db_conn *conn, struct arena *a, const struct activity_filter *filter,
                          int64_t *ret_count)
{
    BUF(sql);
    ROWS(rows);
    struct db_values values = {0};
    buf_puts(&sql, "SELECT COUNT(*) FROM activity");
    add_where(&sql, a, &values, filter);
    TRY(db_query_values(conn, &rows, sql.data, &values));
    int64_t count = rows_next(&rows) ? rows_int(&rows, 0) : 0;
    TRY(rows_end(&rows));
    *ret_count = count;
    return OK;
}
