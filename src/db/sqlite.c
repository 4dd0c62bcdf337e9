/* The SQLite driver: connections, statements, values, rows and what its errors mean. */
#include "db/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Pages in memory, per connection: the kernel caches the file anyway, and an idle server stays
 * small. */
#define READER_CACHE_KIB 1024
#define WRITER_CACHE_KIB 4096
/* The write-ahead log shrinks back to this after a burst. */
#define WAL_KEEP_BYTES "8388608"

/* --- errors ----------------------------------------------------------------------------------- */

static const struct {
    int result; /* primary or extended */
    enum err_kind kind;
    const char *code;
} result_errors[] = {
    {SQLITE_CONSTRAINT_UNIQUE,     ERR_CONFLICT,      "unique_violation"     },
    {SQLITE_CONSTRAINT_PRIMARYKEY, ERR_CONFLICT,      "unique_violation"     },
    {SQLITE_CONSTRAINT_ROWID,      ERR_CONFLICT,      "unique_violation"     },
    {SQLITE_CONSTRAINT_FOREIGNKEY, ERR_UNPROCESSABLE, "foreign_key_violation"},
    {SQLITE_CONSTRAINT_NOTNULL,    ERR_UNPROCESSABLE, "not_null_violation"   },
    {SQLITE_CONSTRAINT_CHECK,      ERR_UNPROCESSABLE, "check_violation"      },
    {SQLITE_BUSY,                  ERR_BUSY,          "db_busy"              },
    {SQLITE_LOCKED,                ERR_BUSY,          "db_busy"              },
    {SQLITE_INTERRUPT,             ERR_CANCELLED,     "db_cancelled"         },
    {SQLITE_TOOBIG,                ERR_TOO_LARGE,     "value_too_large"      },
    {SQLITE_READONLY,              ERR_STORAGE,       "db_read_only"         },
    {SQLITE_FULL,                  ERR_STORAGE,       "disk_full"            },
};

/* "UNIQUE constraint failed: tag.name, tag.kind" -> "name,kind"; "... index 'x'" -> "x". */
static bool constraint_field(const char *message, char field[DB_FIELD_BYTES])
{
    const char *at = strstr(message, "constraint failed: ");
    size_t len = 0;
    if (!at)
        return false;
    at += strlen("constraint failed: ");
    const char *quoted = strncmp(at, "index '", 7) == 0 ? at + 7 : NULL;
    while (*at && len + 1 < DB_FIELD_BYTES) {
        size_t word = quoted ? strcspn(quoted, "'") : strcspn(at, ",");
        const char *start = quoted ? quoted : at;
        const char *dot = quoted ? NULL : memchr(start, '.', word);
        const char *end = start + word;
        start = dot ? dot + 1 : start;
        for (; start < end && len + 1 < DB_FIELD_BYTES; start++)
            field[len++] = *start;
        if (quoted || *end != ',' || len + 1 >= DB_FIELD_BYTES)
            break;
        field[len++] = ',';
        at = end + 1 + strspn(end + 1, " ");
    }
    field[len] = '\0';
    return len > 0;
}

/* SQLite itself knows ENOSPC (SQLITE_FULL); a quota or a file size limit ends the same way for a
 * person. sqlite3_system_errno() does not cover the write-ahead log, hence errno; step() clears it
 * before.
 * */
static bool is_full(int result)
{
    return (result & 0xff) == SQLITE_IOERR &&
           (errno == ENOSPC || errno == EDQUOT || errno == EFBIG);
}

static struct err link_error(struct sqlite_link *link, struct db_conn *conn)
{
    int result = sqlite3_extended_errcode(link->handle);
    const char *message = sqlite3_errmsg(link->handle);
    char field[DB_FIELD_BYTES];
    bool named = (result & 0xff) == SQLITE_CONSTRAINT && result != SQLITE_CONSTRAINT_CHECK &&
                 constraint_field(message, field);
    if (is_full(result))
        return conn_fail(conn, ERR_STORAGE, "disk_full", NULL, message);
    for (size_t i = 0; i < sizeof(result_errors) / sizeof(result_errors[0]); i++) {
        if (result == result_errors[i].result || (result & 0xff) == result_errors[i].result)
            return conn_fail(conn, result_errors[i].kind, result_errors[i].code,
                             named ? field : NULL, message);
    }
    return conn_fail(conn, ERR_STORAGE, "db_error", NULL, message);
}

/* --- links ------------------------------------------------------------------------------------ */

static struct err run_pragmas(struct sqlite_link *link, struct db_conn *conn, bool writer)
{
    char pragmas[512];
    snprintf(pragmas, sizeof(pragmas),
             "%sPRAGMA foreign_keys=ON; PRAGMA case_sensitive_like=ON; PRAGMA synchronous=FULL;"
             "PRAGMA cache_size=-%d; PRAGMA mmap_size=0; PRAGMA journal_size_limit=" WAL_KEEP_BYTES
             ";%s",
             writer ? "PRAGMA journal_mode=WAL;" : "", writer ? WRITER_CACHE_KIB : READER_CACHE_KIB,
             writer ? "" : "PRAGMA query_only=ON;");
    if (sqlite3_exec(link->handle, pragmas, NULL, NULL, NULL) != SQLITE_OK)
        return link_error(link, conn);
    return OK;
}

/* A new database is for its owner only: it holds password hashes. The log takes over the mode. Only a
 * file that was not there is touched: closing any other would drop this process's locks on it. */
static void make_private(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
}

struct err sqlite_link_open(struct db_conn *conn, const char *path, int busy_timeout_ms,
                            bool writer, struct sqlite_link **ret_link)
{
    /* Readers open read-write too: the first one after a crash may have to recover the log. */
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (writer ? SQLITE_OPEN_CREATE : 0);
    struct sqlite_link *link = calloc(1, sizeof(*link));
    CHECK(link != NULL);
    if (writer && path[0] == '/')
        make_private(path);
    int result = sqlite3_open_v2(path, &link->handle, flags, NULL);
    CHECK(link->handle != NULL); /* out of memory */
    struct err e = result == SQLITE_OK ? OK : link_error(link, conn);
    if (!failed(e)) {
        sqlite3_extended_result_codes(link->handle, 1);
        sqlite3_busy_timeout(link->handle, busy_timeout_ms);
        /* "title" must be a column, as PostgreSQL says, never a text by accident. */
        sqlite3_db_config(link->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
        sqlite3_db_config(link->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
        sqlite3_db_config(link->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        e = run_pragmas(link, conn, writer);
        if (!failed(e) && !sqlite_rank_register(link->handle))
            e = conn_fail(conn, ERR_STORAGE, "db_error", NULL, "this SQLite has no full-text search (FTS5)");
    }
    if (failed(e)) {
        sqlite_link_close(link);
        return e;
    }
    *ret_link = link;
    return OK;
}

void sqlite_link_close(struct sqlite_link *link)
{
    if (!link)
        return;
    for (struct db_stmt *stmt; (stmt = statements_pop(&link->statements)) != NULL;) {
        CHECK(!stmt->busy);
        sqlite3_finalize(stmt->native);
        statement_free(stmt);
    }
    CHECK(sqlite3_close(link->handle) == SQLITE_OK); /* rows are still open */
    free(link);
}

/* A thread's reader is opened when it first asks. */
static struct err link_of(struct db_conn *conn, struct sqlite_link **ret_link)
{
    if (!conn->link) {
        const struct sqlite_db *sqlite = conn->db->native;
        struct sqlite_link *link;
        TRY(sqlite_link_open(conn, sqlite->path, sqlite->busy_timeout_ms, false, &link));
        conn->link = link;
    }
    *ret_link = conn->link;
    return OK;
}

/* --- statements ------------------------------------------------------------------------------- */

/* The end of a literal, quoted name or comment that starts at `sql`; NULL when none starts there.
 */
static const char *skip_quoted(const char *sql)
{
    if (*sql == '\'' || *sql == '"') {
        const char *end = strchr(sql + 1, *sql);
        return end ? end + 1 : sql + strlen(sql);
    }
    if (sql[0] == '-' && sql[1] == '-')
        return sql + strcspn(sql, "\n");
    if (sql[0] == '/' && sql[1] == '*') {
        const char *end = strstr(sql + 2, "*/");
        return end ? end + 2 : sql + strlen(sql);
    }
    return NULL;
}

/* $2 is a *name* in SQLite, numbered by first appearance; ?2 is what PostgreSQL means by $2. */
static void number_parameters(struct buf *out, const char *sql)
{
    while (*sql) {
        const char *end = skip_quoted(sql);
        if (end) {
            buf_append(out, sql, (size_t)(end - sql));
            sql = end;
        } else {
            buf_putc(out, sql[0] == '$' && sql[1] >= '1' && sql[1] <= '9' ? '?' : sql[0]);
            sql++;
        }
    }
}

static void statement_close(struct db_stmt *stmt)
{
    sqlite3_finalize(stmt->native);
    statement_free(stmt);
}

static struct err prepare(struct sqlite_link *link, struct db_conn *conn, const char *sql,
                          struct db_stmt **ret_stmt)
{
    BUF(text);
    number_parameters(&text, sql);
    sqlite3_stmt *native = NULL;
    int result = sqlite3_prepare_v3(link->handle, text.data ? text.data : "", (int)text.len + 1,
                                    SQLITE_PREPARE_PERSISTENT, &native, NULL);
    if (result != SQLITE_OK)
        return link_error(link, conn);
    if (!native)
        return conn_fail(conn, ERR_STORAGE, "db_error", NULL, "empty statement");
    *ret_stmt = statement_make(&link->statements, sql);
    (*ret_stmt)->native = native;
    return OK;
}

static struct err take_statement(struct sqlite_link *link, struct db_conn *conn, const char *sql,
                                 struct db_stmt **ret_stmt)
{
    struct db_stmt *stmt = statements_find(&link->statements, sql);
    if (!stmt || stmt->busy) {
        bool known = stmt != NULL; /* a loop inside a loop: a second copy for the inner one */
        TRY(prepare(link, conn, sql, &stmt));
        if (!known) {
            struct db_stmt *oldest = statements_evict(&link->statements);
            if (oldest)
                statement_close(oldest);
            statements_add(&link->statements, stmt);
        }
    }
    stmt->busy = true;
    *ret_stmt = stmt;
    return OK;
}

static void give_statement(struct db_stmt *stmt)
{
    stmt->busy = false;
    if (!stmt->cached) {
        statement_close(stmt);
        return;
    }
    sqlite3_reset(stmt->native);
    sqlite3_clear_bindings(stmt->native);
}

static int bind(sqlite3_stmt *native, int at, const struct db_value *value,
                sqlite3_destructor_type keep)
{
    switch (value->type) {
    case 'i':
        return sqlite3_bind_int64(native, at, value->i);
    case 'r':
        return sqlite3_bind_double(native, at, value->r);
    case 't':
        return sqlite3_bind_text(native, at, value->t, -1, keep);
    case 'z':
        return sqlite3_bind_blob64(native, at, value->z.data, value->z.len, keep);
    default:
        return sqlite3_bind_null(native, at);
    }
}

static struct err bind_all(struct sqlite_link *link, struct db_conn *conn, struct db_stmt *stmt,
                           const struct db_value *values, size_t count, bool copy)
{
    int wanted = sqlite3_bind_parameter_count(stmt->native);
    if ((size_t)wanted != count) {
        char message[96];
        snprintf(message, sizeof(message), "%zu parameters given, the statement has %d", count,
                 wanted);
        return conn_fail(conn, ERR_STORAGE, "db_error", NULL, message);
    }
    for (size_t i = 0; i < count; i++) {
        if (bind(stmt->native, (int)i + 1, &values[i], copy ? SQLITE_TRANSIENT : SQLITE_STATIC))
            return link_error(link, conn);
    }
    return OK;
}

static int step(struct db_stmt *stmt)
{
    errno = 0; /* see is_full */
    return sqlite3_step(stmt->native);
}

struct err sqlite_link_exec(struct sqlite_link *link, struct db_conn *conn, const char *sql)
{
    struct db_stmt *stmt;
    TRY(take_statement(link, conn, sql, &stmt));
    struct err e = step(stmt) == SQLITE_DONE ? OK : link_error(link, conn);
    give_statement(stmt);
    return e;
}

static struct err run(struct db_conn *conn, const char *sql, const struct db_value *values,
                      size_t count, bool copy, struct rows *rows)
{
    struct sqlite_link *link;
    struct db_stmt *stmt;
    TRY(link_of(conn, &link));
    TRY(take_statement(link, conn, sql, &stmt));
    struct err e = bind_all(link, conn, stmt, values, count, copy);
    if (!failed(e)) {
        stmt->pending = step(stmt);
        if (stmt->pending != SQLITE_ROW && stmt->pending != SQLITE_DONE)
            e = link_error(link, conn);
    }
    if (failed(e)) {
        give_statement(stmt);
        return e;
    }
    *rows = (struct rows){.conn = conn, .stmt = stmt, .state = link, .index = -1};
    return OK;
}

static struct err script(struct db_conn *conn, const char *sql)
{
    struct sqlite_link *link;
    TRY(link_of(conn, &link));
    return sqlite3_exec(link->handle, sql, NULL, NULL, NULL) == SQLITE_OK ? OK
                                                                          : link_error(link, conn);
}

/* --- rows ------------------------------------------------------------------------------------- */

static bool next(struct rows *rows)
{
    struct db_stmt *stmt = rows->stmt;
    int result = rows->index < 0 ? stmt->pending : step(stmt);
    if (result == SQLITE_ROW)
        return true;
    if (result != SQLITE_DONE)
        rows->failure = link_error(rows->state, rows->conn);
    return false;
}

static void finish(struct rows *rows)
{
    give_statement(rows->stmt);
}

static int64_t changed(const struct rows *rows)
{
    const struct sqlite_link *link = rows->state;
    return sqlite3_stmt_readonly(rows->stmt->native) ? 0 : sqlite3_changes64(link->handle);
}

static bool is_null(const struct rows *rows, int column)
{
    return sqlite3_column_type(rows->stmt->native, column) == SQLITE_NULL;
}

static int64_t get_int(const struct rows *rows, int column)
{
    return sqlite3_column_int64(rows->stmt->native, column);
}

static double get_real(const struct rows *rows, int column)
{
    return sqlite3_column_double(rows->stmt->native, column);
}

static const char *get_text(const struct rows *rows, int column, size_t *ret_len)
{
    sqlite3_stmt *native = rows->stmt->native;
    bool bytes = sqlite3_column_type(native, column) == SQLITE_BLOB;
    const char *text = bytes ? sqlite3_column_blob(native, column)
                             : (const char *)sqlite3_column_text(native, column);
    *ret_len = (size_t)sqlite3_column_bytes(native, column);
    return text ? text : ""; /* an empty blob */
}

/* --- databases -------------------------------------------------------------------------------- */

/* Counting its memory costs SQLite a lock shared by all threads for each allocation. */
static void configure(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static struct err sqlite_open(struct db *db, const struct db_options *options)
{
    static pthread_once_t configured = PTHREAD_ONCE_INIT;
    pthread_once(&configured, configure);
    static _Thread_local struct db_conn opener; /* keeps the message of a failure */
    struct sqlite_db *sqlite = calloc(1, sizeof(*sqlite));
    CHECK(sqlite != NULL);
    sqlite->path = strdup(options->url);
    CHECK(sqlite->path != NULL);
    sqlite->busy_timeout_ms = options->busy_timeout_ms;
    db->native = sqlite;
    struct err e = sqlite_writer_open(db, &opener);
    if (failed(e)) {
        free(sqlite->path);
        free(sqlite);
    }
    return e;
}

static void sqlite_close(struct db *db)
{
    struct sqlite_db *sqlite = db->native;
    sqlite_writer_close(sqlite->writer);
    free(sqlite->path);
    free(sqlite);
}

/* The copy must be on disk before anybody relies on it. */
static struct err sync_file(struct db_conn *conn, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool synced = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return synced ? OK : conn_fail(conn, ERR_STORAGE, "db_error", NULL, "cannot sync the copy");
}

/* A connection of its own: a reader may not write anywhere, and the writer has better things to do.
 */
static struct err backup(struct db_conn *conn, const char *path)
{
    const struct sqlite_db *sqlite = conn->db->native;
    struct sqlite_link *link;
    struct db_conn own = {.db = conn->db};
    struct rows rows;
    TRY(sqlite_link_open(conn, sqlite->path, sqlite->busy_timeout_ms, true, &link));
    own.link = link;
    struct err e =
        run(&own, "VACUUM INTO $1", &(struct db_value){.type = 't', .t = path}, 1, false, &rows);
    if (!failed(e))
        finish(&rows);
    e = conn_repeat(conn, e);
    sqlite_link_close(link);
    return failed(e) ? e : sync_file(conn, path);
}

static void reader_end(struct db_conn *conn)
{
    sqlite_link_close(conn->link);
    conn->link = NULL;
}

const struct db_ops db_sqlite_ops = {
    .open = sqlite_open,
    .close = sqlite_close,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
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
