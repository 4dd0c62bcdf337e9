/* Copying all rows of one database into another. */
#include "db/transfer.h"

#include <string.h>

#define FETCH_ROWS      500 /* at a time from PostgreSQL's cursor */
#define VALUES_MAX      900 /* of one INSERT: SQLite's oldest limit is 999 */
#define INSERT_ROWS_MAX 50

struct column {
    const char *name;
    char type; /* as db_exec takes it: i, r, t */
};
struct table {
    const char *name;
    struct {
        VEC(struct column)
    } columns;
    bool numbered; /* has an automatic id */
};
struct tables {
    VEC(struct table)
};

/* --- what there is ------------------------------------------------------------------------------------------ */

static bool is_listed(const char *name, const char *const *list)
{
    for (; list && *list; list++) {
        if (strcmp(name, *list) == 0)
            return true;
    }
    return false;
}

static char letter_of(const char *declared)
{
    return strcmp(declared, "INTEGER") == 0 ? 'i' : strcmp(declared, "REAL") == 0 ? 'r' : 't';
}

static struct err read_columns(struct db_conn *sqlite, struct arena *a, struct table *table)
{
    ROWS(rows);
    TRY(db_query(sqlite, &rows, "SELECT name, type, pk FROM pragma_table_info($1) ORDER BY cid", "t", table->name));
    while (rows_next(&rows)) {
        struct column column = {rows_text(&rows, a, 0), letter_of(rows_text(&rows, a, 1))};
        if (rows_int(&rows, 2) == 1 && column.type == 'i' && strcmp(column.name, "id") == 0)
            table->numbered = true;
        *arena_push(a, &table->columns) = column;
    }
    return rows_end(&rows);
}

/* In the order of their making: a table comes after those that it refers to. */
static struct err read_tables(struct db_conn *sqlite, struct arena *a, const char *const *skip, struct tables *ret)
{
    struct tables tables = {0};
    {
        ROWS(rows);
        TRY(db_query(sqlite, &rows,
                     "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
                     " AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name <> 'schema_version'"
                     " ORDER BY (SELECT rowid FROM sqlite_schema s WHERE s.name = pragma_table_list.name)",
                     ""));
        while (rows_next(&rows)) {
            const char *name = rows_text(&rows, a, 0);
            if (!is_listed(name, skip))
                *arena_push(a, &tables) = (struct table){.name = name};
        }
        TRY(rows_end(&rows));
    }
    for (size_t i = 0; i < tables.count; i++)
        TRY(read_columns(sqlite, a, &tables.items[i]));
    *ret = tables;
    return OK;
}

static struct err check_versions(struct db_conn *from, struct db_conn *to)
{
    static const char sql[] = "SELECT MAX(version) FROM schema_version";
    int64_t have, want;
    TRY(db_get_int(from, &have, sql, ""));
    TRY(db_get_int(to, &want, sql, ""));
    return have == want ? OK
                        : err_make(ERR_CONFLICT, "schema_differs", "The two databases have different schema versions");
}

/* --- copying ------------------------------------------------------------------------------------------------ */

static void put_names(struct buf *sql, const struct table *table)
{
    for (size_t i = 0; i < table->columns.count; i++)
        buf_printf(sql, "%s%s", i ? ", " : "", table->columns.items[i].name);
}

struct batch {
    struct db_conn *to;
    const struct table *table;
    struct arena arena; /* of the values; finished with each flush */
    struct db_values values;
    size_t rows;
    size_t rows_max;
};

static struct err flush(struct batch *b)
{
    BUF(sql);
    size_t parameter = 0;
    if (!b->rows)
        return OK;
    buf_printf(&sql, "INSERT INTO %s (", b->table->name);
    put_names(&sql, b->table);
    buf_puts(&sql, ") VALUES ");
    for (size_t row = 0; row < b->rows; row++) {
        buf_puts(&sql, row ? ", (" : "(");
        for (size_t i = 0; i < b->table->columns.count; i++)
            buf_printf(&sql, "%s$%zu", i ? ", " : "", ++parameter);
        buf_putc(&sql, ')');
    }
    struct err e = db_exec_values(b->to, sql.data, &b->values, NULL);
    arena_finish(&b->arena);
    b->values = (struct db_values){0};
    b->rows = 0;
    return e;
}

static struct err take_row(struct batch *b, const struct rows *rows)
{
    for (size_t i = 0; i < b->table->columns.count; i++) {
        switch (b->table->columns.items[i].type) {
        case 'i':
            values_int(&b->arena, &b->values, rows_int(rows, (int)i));
            break;
        case 'r':
            values_real(&b->arena, &b->values, rows_real(rows, (int)i));
            break;
        default:
            values_text(&b->arena, &b->values, rows_text(rows, &b->arena, (int)i));
        }
    }
    b->rows++;
    return b->rows == b->rows_max ? flush(b) : OK;
}

static struct err take_rows(struct batch *b, struct db_conn *from, const char *sql, int64_t *ret_count)
{
    int64_t count = 0;
    ROWS(rows);
    TRY(db_query(from, &rows, sql, ""));
    while (rows_next(&rows)) {
        TRY(take_row(b, &rows));
        count++;
    }
    *ret_count = count;
    return rows_end(&rows);
}

static struct err take_table(struct batch *b, struct db_conn *from)
{
    BUF(sql);
    int64_t count;
    bool by_cursor = db_conn_driver(from) == DB_POSTGRES;
    buf_puts(&sql, by_cursor ? "DECLARE transfer NO SCROLL CURSOR FOR SELECT " : "SELECT ");
    put_names(&sql, b->table);
    buf_printf(&sql, " FROM %s", b->table->name);
    if (!by_cursor) {
        TRY(take_rows(b, from, sql.data, &count));
        return flush(b);
    }
    TRY(db_script(from, sql.data));
    do {
        buf_clear(&sql);
        buf_printf(&sql, "FETCH %d FROM transfer", FETCH_ROWS);
        TRY(take_rows(b, from, sql.data, &count));
    } while (count == FETCH_ROWS);
    TRY(db_script(from, "CLOSE transfer"));
    return flush(b);
}

static struct err copy_table(struct db_conn *from, struct db_conn *to, const struct table *table)
{
    struct batch b = {.to = to, .table = table};
    size_t columns = table->columns.count;
    b.rows_max = VALUES_MAX / columns < INSERT_ROWS_MAX ? VALUES_MAX / columns : INSERT_ROWS_MAX;
    struct err e = take_table(&b, from);
    arena_finish(&b.arena);
    return e;
}

/* What refers goes before what it refers to. */
static struct err empty(struct db_conn *to, const struct tables *tables, const char *const *skip)
{
    BUF(sql);
    for (; skip && *skip; skip++)
        buf_printf(&sql, "DELETE FROM %s;", *skip);
    for (size_t i = tables->count; i-- > 0;)
        buf_printf(&sql, "DELETE FROM %s;", tables->items[i].name);
    return db_script(to, sql.data);
}

/* PostgreSQL counts apart from the rows; SQLite sees what is inserted. */
static struct err continue_numbers(struct db_conn *to, const struct tables *tables)
{
    BUF(sql);
    if (db_conn_driver(to) != DB_POSTGRES)
        return OK;
    for (size_t i = 0; i < tables->count; i++) {
        const char *name = tables->items[i].name;
        if (tables->items[i].numbered)
            buf_printf(&sql,
                       "SELECT setval(pg_get_serial_sequence('%s', 'id'), COALESCE(MAX(id), 0) + 1, false)"
                       " FROM %s WHERE pg_get_serial_sequence('%s', 'id') IS NOT NULL;",
                       name, name, name);
    }
    return db_script(to, sql.data);
}

static struct err copy_all(struct db_conn *from, struct db_conn *to, struct arena *a, const char *const *skip)
{
    struct tables tables;
    TRY(check_versions(from, to));
    TRY(read_tables(db_conn_driver(from) == DB_SQLITE ? from : to, a, skip, &tables));
    TRY(empty(to, &tables, skip));
    for (size_t i = 0; i < tables.count; i++)
        TRY(copy_table(from, to, &tables.items[i]));
    return continue_numbers(to, &tables);
}

struct err db_transfer(struct db *from, struct db *to, struct arena *a, const char *const *skip,
                       struct err (*finish)(struct db_conn *tx, void *data), void *data)
{
    TX(source);
    TX(target);
    /* A transaction on the source too: PostgreSQL shows one moment within it. It is rolled back. */
    TRY(db_begin(from, &source));
    if (db_driver(from) == DB_POSTGRES)
        TRY(db_script(source.conn, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"));
    TRY(db_begin(to, &target));
    TRY(copy_all(source.conn, target.conn, a, skip));
    if (finish)
        TRY(finish(target.conn, data));
    return db_commit(&target);
}
