/* Reading the rows of a query. */
#include <math.h>
#include <string.h>

#include "db/driver.h"

bool rows_next(struct rows *rows)
{
    if (!rows->conn || rows->done)
        return false;
    if (rows->conn->db->ops->next(rows)) {
        rows->index++;
        return true;
    }
    rows->done = true;
    rows->failure = conn_settle(rows->conn, rows->failure);
    return false;
}

struct err rows_end(struct rows *rows)
{
    struct err e = rows->failure;
    rows_finish(rows);
    return e;
}

void rows_finish(struct rows *rows)
{
    if (rows->conn) {
        rows->conn->open_rows--;
        rows->conn->db->ops->finish(rows);
    }
    *rows = (struct rows){0};
}

bool rows_is_null(const struct rows *rows, int column)
{
    return rows->conn->db->ops->is_null(rows, column);
}

int64_t rows_int(const struct rows *rows, int column)
{
    const struct db_ops *ops = rows->conn->db->ops;
    return ops->is_null(rows, column) ? INT_NONE : ops->get_int(rows, column);
}

double rows_real(const struct rows *rows, int column)
{
    const struct db_ops *ops = rows->conn->db->ops;
    return ops->is_null(rows, column) ? (double)NAN : ops->get_real(rows, column);
}

int8_t rows_bool(const struct rows *rows, int column)
{
    const struct db_ops *ops = rows->conn->db->ops;
    return ops->is_null(rows, column) ? BOOL_NONE : (int8_t)(ops->get_int(rows, column) != 0);
}

const char *rows_peek(const struct rows *rows, int column, size_t *ret_len)
{
    const struct db_ops *ops = rows->conn->db->ops;
    size_t len = 0;
    const char *text = ops->is_null(rows, column) ? NULL : ops->get_text(rows, column, &len);
    if (ret_len)
        *ret_len = len;
    return text;
}

const char *rows_text(const struct rows *rows, struct arena *a, int column)
{
    size_t len;
    const char *text = rows_peek(rows, column, &len);
    return text ? arena_strndup(a, text, len) : NULL;
}
