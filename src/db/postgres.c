/*
 * The PostgreSQL driver: statements, values, rows, transactions and what its errors mean.
 *
 * Everything travels as text except bytes, which are sent in binary and come back in hexadecimal.
 * The whole result of a query is in memory, so a reader gives its link back before the first row is
 * read.
 */
#include "db/postgres.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of pg_catalog.pg_type; never changes. */
#define BYTEA_OID 17

struct pg_rows {
    PGresult *result;
    unsigned char *bytes; /* the decoded column of the last rows_peek */
};

/* --- errors ----------------------------------------------------------------------------------- */

static const struct {
    const char *state; /* a whole SQLSTATE or its class */
    enum err_kind kind;
    const char *code;
} state_errors[] = {
    {"23505", ERR_CONFLICT,      "unique_violation"     },
    {"23503", ERR_UNPROCESSABLE, "foreign_key_violation"},
    {"23001", ERR_UNPROCESSABLE, "foreign_key_violation"},
    {"23502", ERR_UNPROCESSABLE, "not_null_violation"   },
    {"23514", ERR_UNPROCESSABLE, "check_violation"      },
    {"22021", ERR_INVALID,       "bad_text"             },
    {"40",    ERR_BUSY,          "db_busy"              }, /* serialization failure, deadlock */
    {"55P03", ERR_BUSY,          "db_busy"              }, /* lock_timeout */
    {"53300", ERR_BUSY,          "db_busy"              }, /* too many connections */
    {"0A000", ERR_BUSY,          "db_busy"              }, /* stale plan: prepared anew next time */
    {"53100", ERR_STORAGE,       "disk_full"            },
    {"54",    ERR_TOO_LARGE,     "value_too_large"      },
    {"57014", ERR_CANCELLED,     "db_cancelled"         },
    {"57P",   ERR_STORAGE,       "db_away"              }, /* shutting down or starting */
    {"25006", ERR_STORAGE,       "db_read_only"         },
};

/* "Key (name, kind)=(a, b) already exists." -> "name,kind"; any language has the parentheses. */
static bool detail_columns(const char *detail, char field[DB_FIELD_BYTES])
{
    const char *start = detail ? strchr(detail, '(') : NULL;
    const char *end = start ? strstr(start, ")=(") : NULL;
    size_t len = 0;
    if (!end || memchr(start + 1, '(', (size_t)(end - start - 1)))
        return false; /* an expression: the index says more */
    for (const char *at = start + 1; at < end && len + 1 < DB_FIELD_BYTES; at++) {
        if (*at != ' ' && *at != '"')
            field[len++] = *at;
    }
    field[len] = '\0';
    return len > 0;
}

static const char *field_of(const PGresult *result, char field[DB_FIELD_BYTES])
{
    const char *column = PQresultErrorField(result, PG_DIAG_COLUMN_NAME);
    if (column)
        return column;
    if (detail_columns(PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL), field))
        return field;
    return PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
}

/* The session's statements are not what the cache thinks (a migration, a connection multiplexer).
 */
static void forget_statements(struct pg_link *link)
{
    PQclear(PQexec(link->handle, "DEALLOCATE ALL"));
    for (struct db_stmt *stmt; (stmt = statements_pop(&link->statements)) != NULL;)
        statement_free(stmt);
}

static struct err link_error(struct pg_link *link, struct db_conn *conn, const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    char field[DB_FIELD_BYTES];
    if (PQstatus(link->handle) != CONNECTION_OK || !state)
        return conn_fail(conn, ERR_STORAGE, "db_away", NULL,
                         message ? message : PQerrorMessage(link->handle));
    if (strcmp(state, "0A000") == 0 || strcmp(state, "26000") == 0)
        forget_statements(link);
    for (size_t i = 0; i < sizeof(state_errors) / sizeof(state_errors[0]); i++) {
        if (strncmp(state, state_errors[i].state, strlen(state_errors[i].state)) == 0) {
            bool integrity = strncmp(state, "23", 2) == 0;
            return conn_fail(conn, state_errors[i].kind, state_errors[i].code,
                             integrity ? field_of(result, field) : NULL, message);
        }
    }
    return conn_fail(conn, ERR_STORAGE, "db_error", NULL, message);
}

/* Takes the result: OK when the command (or query) succeeded. */
static struct err check_command(struct pg_link *link, struct db_conn *conn, PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    struct err e = OK;
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
        e = link_error(link, conn, result);
    PQclear(result);
    return e;
}

/* --- statements ------------------------------------------------------------------------------- */

static void statement_name(const struct db_stmt *stmt, char name[32])
{
    snprintf(name, 32, "s%llu", (unsigned long long)stmt->number);
}

static void make_room(struct pg_link *link)
{
    struct db_stmt *oldest = statements_evict(&link->statements);
    if (!oldest)
        return;
    char name[32], sql[64];
    statement_name(oldest, name);
    snprintf(sql, sizeof(sql), "DEALLOCATE %s", name);
    PQclear(PQexec(link->handle, sql));
    statement_free(oldest);
}

static struct err prepared(struct pg_link *link, struct db_conn *conn, const char *sql,
                           char name[32])
{
    struct db_stmt *stmt = statements_find(&link->statements, sql);
    if (stmt) {
        statement_name(stmt, name);
        return OK;
    }
    make_room(link);
    stmt = statement_make(&link->statements, sql);
    statement_name(stmt, name);
    struct err e = check_command(link, conn, PQprepare(link->handle, name, sql, 0, NULL));
    if (failed(e))
        statement_free(stmt);
    else
        statements_add(&link->statements, stmt);
    return e;
}

struct arguments {
    const char **values;
    int *lengths;
    int *formats;
};

static struct arguments encode(struct arena *a, const struct db_value *values, size_t count)
{
    struct arguments args = {arena_array(a, const char *, count + 1),
                             arena_array(a, int, count + 1), arena_array(a, int, count + 1)};
    for (size_t i = 0; i < count; i++) {
        const struct db_value *value = &values[i];
        switch (value->type) {
        case 'i':
            args.values[i] = arena_printf(a, "%lld", (long long)value->i);
            break;
        case 'r':
            args.values[i] = arena_printf(a, "%.17g", value->r);
            break;
        case 't':
            args.values[i] = value->t;
            break;
        case 'z':
            CHECK(value->z.len <= INT32_MAX);
            args.values[i] = value->z.data;
            args.lengths[i] = (int)value->z.len;
            args.formats[i] = 1;
            break;
        default:
            break; /* NULL */
        }
    }
    return args;
}

static struct err execute(struct pg_link *link, struct db_conn *conn, const char *sql,
                          const struct db_value *values, size_t count, PGresult **ret_result)
{
    SCRATCH(scratch);
    char name[32];
    TRY(prepared(link, conn, sql, name));
    struct arguments args = encode(&scratch, values, count);
    PGresult *result =
        PQexecPrepared(link->handle, name, (int)count, args.values, args.lengths, args.formats, 0);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        struct err e = link_error(link, conn, result);
        PQclear(result);
        return e;
    }
    *ret_result = result;
    return OK;
}

/* A transaction has its link; a reader borrows one for this query. */
static struct err borrow(struct db_conn *conn, struct pg_link **ret_link)
{
    if (conn->link) {
        *ret_link = conn->link;
        return OK;
    }
    return pg_pool_take(conn->db->native, conn, ret_link);
}

static void give_back(struct db_conn *conn, struct pg_link *link)
{
    if (!conn->link)
        pg_pool_give(conn->db->native, link);
}

static struct err run(struct db_conn *conn, const char *sql, const struct db_value *values,
                      size_t count, bool copy, struct rows *rows)
{
    (void)copy;
    struct pg_link *link;
    PGresult *result = NULL;
    TRY(borrow(conn, &link));
    struct err e = execute(link, conn, sql, values, count, &result);
    give_back(conn, link);
    TRY(e);
    struct pg_rows *state = calloc(1, sizeof(*state));
    CHECK(state != NULL);
    state->result = result;
    *rows = (struct rows){.conn = conn, .state = state, .index = -1};
    return OK;
}

static struct err script(struct db_conn *conn, const char *sql)
{
    struct pg_link *link;
    TRY(borrow(conn, &link));
    struct err e = check_command(link, conn, PQexec(link->handle, sql));
    give_back(conn, link);
    return e;
}

/* --- rows ------------------------------------------------------------------------------------- */

static const PGresult *result_of(const struct rows *rows)
{
    const struct pg_rows *state = rows->state;
    return state->result;
}

static bool next(struct rows *rows)
{
    return rows->index + 1 < PQntuples(result_of(rows));
}

static void finish(struct rows *rows)
{
    struct pg_rows *state = rows->state;
    PQclear(state->result);
    PQfreemem(state->bytes);
    free(state);
}

static int64_t changed(const struct rows *rows)
{
    PGresult *result = ((struct pg_rows *)rows->state)->result;
    if (strncmp(PQcmdStatus(result), "SELECT", 6) == 0)
        return 0;
    return strtoll(PQcmdTuples(result), NULL, 10);
}

static const char *text_at(const struct rows *rows, int column)
{
    return PQgetvalue(result_of(rows), (int)rows->index, column);
}

static bool is_null(const struct rows *rows, int column)
{
    return PQgetisnull(result_of(rows), (int)rows->index, column);
}

static int64_t get_int(const struct rows *rows, int column)
{
    const char *text = text_at(rows, column);
    return text[0] == 't' ? 1 : strtoll(text, NULL, 10); /* "t" and "f": a comparison */
}

static double get_real(const struct rows *rows, int column)
{
    return strtod(text_at(rows, column), NULL);
}

static const char *get_text(const struct rows *rows, int column, size_t *ret_len)
{
    struct pg_rows *state = rows->state;
    const char *text = text_at(rows, column);
    if (PQftype(state->result, column) != BYTEA_OID) {
        *ret_len = (size_t)PQgetlength(state->result, (int)rows->index, column);
        return text;
    }
    PQfreemem(state->bytes);
    state->bytes = PQunescapeBytea((const unsigned char *)text, ret_len);
    CHECK(state->bytes != NULL);
    return (const char *)state->bytes;
}

/* --- transactions ----------------------------------------------------------------------------- */

/* BEGIN, COMMIT: not worth preparing. */
static struct err control(struct pg_link *link, struct db_conn *conn, const char *sql)
{
    if (fault_hits(conn->db, sql))
        return fault_error(conn);
    return check_command(link, conn, PQexec(link->handle, sql));
}

static void end_transaction(struct db_conn *conn)
{
    struct pg_link *link = conn->link;
    conn->link = NULL;
    if (PQtransactionStatus(link->handle) != PQTRANS_IDLE)
        PQclear(PQexec(link->handle, "ROLLBACK"));
    pg_pool_give(conn->db->native, link);
}

static struct err begin(struct db_conn *conn)
{
    struct pg_link *link;
    TRY(pg_pool_take(conn->db->native, conn, &link));
    conn->link = link;
    struct err e = control(link, conn, "BEGIN READ WRITE");
    if (failed(e))
        end_transaction(conn);
    return e;
}

static struct err commit(struct db_conn *conn)
{
    struct err e = control(conn->link, conn, "COMMIT");
    atomic_fetch_add_explicit(&conn->db->flushes, 1, memory_order_relaxed);
    end_transaction(conn);
    return e;
}

static void rollback(struct db_conn *conn)
{
    end_transaction(conn);
}

/* --- databases -------------------------------------------------------------------------------- */

static struct err postgres_open(struct db *db, const struct db_options *options)
{
    static _Thread_local struct db_conn opener; /* keeps the message of a failure */
    struct pg_pool *pool = pg_pool_make(options);
    struct pg_link *link;
    struct err e = pg_pool_take(pool, &opener, &link);
    if (failed(e)) {
        pg_pool_free(pool);
        return e;
    }
    pg_pool_give(pool, link);
    db->native = pool;
    return OK;
}

static void postgres_close(struct db *db)
{
    pg_pool_free(db->native);
}

static struct err backup(struct db_conn *conn, const char *path)
{
    (void)path;
    return conn_fail(conn, ERR_UNSUPPORTED, "backup_unsupported", NULL,
                     "PostgreSQL is backed up with pg_dump");
}

static void reader_end(struct db_conn *conn)
{
    (void)conn; /* readers keep nothing */
}

const struct db_ops db_postgres_ops = {
    .open = postgres_open,
    .close = postgres_close,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .reader_end = reader_end,
    .backup = backup,
    .run = run,
    .script = script,
    .next = next,
    .finish = finish,
    .changed = changed,
    .is_null = is_null,
    .get_int = get_int,
    .get_real = get_real,
    .get_text = get_text,
};
