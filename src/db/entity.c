/* Rows of tables as structs: SQL built from the columns of a shape. */
#include <stdio.h>
#include <string.h>

#include "db/driver.h"

/* Lists and objects live in tables of their own. */
static bool is_stored(const struct field *f)
{
    return f->column && f->type != T_LIST && f->type != T_OBJECT;
}

static void value_of(struct arena *a, struct db_values *v, const struct field *f,
                     const void *object)
{
    const void *member = field_at(f, object);
    if (field_is_none(f, object)) {
        values_int(a, v, INT_NONE);
        return;
    }
    switch (f->type) {
    case T_BOOL:
        values_int(a, v, *(const int8_t *)member);
        break;
    case T_ENUM:
        values_int(a, v, *(const int *)member);
        break;
    case T_REAL:
        values_real(a, v, *(const double *)member);
        break;
    case T_TEXT:
    case T_JSON:
        values_text(a, v, *(const char *const *)member);
        break;
    default:
        values_int(a, v, *(const int64_t *)member);
        break;
    }
}

static void read_field(const struct rows *rows, struct arena *a, const struct field *f, int column,
                       void *object)
{
    void *member = field_at(f, object);
    switch (f->type) {
    case T_BOOL:
        *(int8_t *)member = rows_bool(rows, column);
        break;
    case T_ENUM: {
        int64_t word = rows_int(rows, column);
        bool known = word >= 0 && (f->words ? (uint64_t)word < f->words->count : word <= INT32_MAX);
        *(int *)member = known ? (int)word : ENUM_NONE;
        break;
    }
    case T_REAL:
        *(double *)member = rows_real(rows, column);
        break;
    case T_TEXT:
    case T_JSON:
        *(const char **)member = rows_text(rows, a, column);
        break;
    default:
        *(int64_t *)member = rows_int(rows, column);
        break;
    }
}

void db_columns(struct buf *sql, const struct shape *entity, const char *prefix)
{
    const char *separator = "";
    for (size_t i = 0; i < entity->count; i++) {
        const struct field *f = &entity->fields[i];
        if (!is_stored(f))
            continue;
        buf_puts(sql, separator);
        if (prefix) {
            buf_puts(sql, prefix);
            buf_putc(sql, '.');
        }
        buf_puts(sql, f->column);
        separator = ", ";
    }
}

void rows_fill(const struct rows *rows, struct arena *a, const struct shape *entity,
               int first_column, void *ret_object)
{
    shape_clear(entity, ret_object);
    int column = first_column;
    for (size_t i = 0; i < entity->count; i++) {
        if (is_stored(&entity->fields[i]))
            read_field(rows, a, &entity->fields[i], column++, ret_object);
    }
}

/* A row with a given id (a restored backup) must not be followed by an automatic one with the same.
 */
static struct err skip_id(struct db_conn *conn, const char *table)
{
    if (db_conn_driver(conn) != DB_POSTGRES)
        return OK; /* AUTOINCREMENT notices by itself */
    BUF(sql);
    buf_printf(
        &sql,
        "SELECT setval(s.name, GREATEST((SELECT MAX(id) FROM %s), nextval(s.name))) "
        "FROM (SELECT pg_get_serial_sequence('%s', 'id') AS name) s WHERE s.name IS NOT NULL",
        table, table);
    return db_exec(conn, sql.data, "");
}

struct err db_insert(struct db_conn *conn, struct arena *a, const char *table,
                     const struct shape *entity, const void *object, int64_t *ret_id)
{
    BUF(sql);
    struct db_values values = {0};
    bool gives_id = false;
    buf_printf(&sql, "INSERT INTO %s ", table);
    for (size_t i = 0; i < entity->count; i++) {
        const struct field *f = &entity->fields[i];
        if (!is_stored(f) || field_is_none(f, object))
            continue;
        gives_id = gives_id || strcmp(f->column, "id") == 0;
        buf_printf(&sql, "%s%s", values.count == 0 ? "(" : ", ", f->column);
        value_of(a, &values, f, object);
    }
    buf_puts(&sql, values.count == 0 ? "DEFAULT VALUES" : ") VALUES (");
    for (size_t i = 1; i <= values.count; i++)
        buf_printf(&sql, "%s$%zu", i == 1 ? "" : ", ", i);
    buf_puts(&sql, values.count == 0 ? " RETURNING id" : ") RETURNING id");
    int64_t id;
    ROWS(rows);
    TRY(db_query_values(conn, &rows, sql.data, &values));
    id = rows_next(&rows) ? rows_int(&rows, 0) : INT_NONE;
    TRY(rows_end(&rows));
    if (gives_id)
        TRY(skip_id(conn, table));
    if (ret_id)
        *ret_id = id;
    return OK;
}

static struct err row_not_found(struct db_conn *conn, const char *table)
{
    char message[160];
    snprintf(message, sizeof(message), "There is no such row in %s.", table);
    return conn_fail(conn, ERR_NOT_FOUND, "row_not_found", NULL, message);
}

struct err db_update(struct db_conn *conn, struct arena *a, const char *table,
                     const struct shape *entity, int64_t id, const void *object,
                     const struct presence *which)
{
    BUF(sql);
    struct db_values values = {0};
    buf_printf(&sql, "UPDATE %s SET ", table);
    for (size_t i = 0; i < entity->count; i++) {
        const struct field *f = &entity->fields[i];
        if (!is_stored(f) || !is_present(which, i) || strcmp(f->column, "id") == 0)
            continue;
        value_of(a, &values, f, object);
        buf_printf(&sql, "%s%s = $%zu", values.count == 1 ? "" : ", ", f->column, values.count);
    }
    if (values.count == 0) /* nothing to change, but the answer is the same */
        buf_puts(&sql, "id = id");
    values_int(a, &values, id);
    buf_printf(&sql, " WHERE id = $%zu", values.count);
    int64_t changed;
    TRY(db_exec_values(conn, sql.data, &values, &changed));
    return changed > 0 ? OK : row_not_found(conn, table);
}

struct err db_get(struct db_conn *conn, struct arena *a, const char *table,
                  const struct shape *entity, int64_t id, void *ret_object)
{
    BUF(sql);
    buf_puts(&sql, "SELECT ");
    db_columns(&sql, entity, NULL);
    buf_printf(&sql, " FROM %s WHERE id = $1", table);
    ROWS(rows);
    TRY(db_query(conn, &rows, sql.data, "i", id));
    if (rows_next(&rows)) {
        rows_fill(&rows, a, entity, 0, ret_object);
        return OK;
    }
    TRY(rows.failure);
    return row_not_found(conn, table);
}
