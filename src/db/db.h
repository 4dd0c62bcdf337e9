/*
 * One SQL text over SQLite and PostgreSQL.
 *
 * Statements use $1, $2 ... and the common dialect: RETURNING, ON CONFLICT DO UPDATE, CAST, LIMIT,
 * CTEs, window functions. Booleans are 0/1 integers, times are integers of microseconds, JSON is
 * text. Where the dialects differ a caller asks db_driver(). Migrations spell column types with
 * macros (db/migrate.h).
 *
 * Connections. A `struct db_conn` belongs to one thread at a time. db_reader() is the calling
 * thread's own read connection, opened on first use and kept; it never waits for a writer.
 * db_begin() lends a write transaction: on SQLite the one writer, lent in turn, with group commit
 * (transactions that queue up share one fsync; each is a savepoint, so one that fails takes nobody
 * along; none is acknowledged before the shared COMMIT is on disk); on PostgreSQL a pooled
 * connection. A thread inside a transaction must not begin another (checked). Prepared statements
 * are cached per connection by text.
 *
 * A failed statement dooms its transaction: the statements after it and db_commit() repeat the
 * failure (PostgreSQL works that way; SQLite is made to). To go on after a failure that you expect,
 * put a savepoint around it. A rows object over SQLite streams and must be finished before the
 * transaction ends (declare TX before ROWS); over PostgreSQL the whole result is in memory, so give
 * big lists a LIMIT.
 *
 * Failures: ERR_CONFLICT "unique_violation" (field: the columns, "a" or "a,b", or the index),
 * ERR_UNPROCESSABLE "foreign_key_violation", "not_null_violation", "check_violation" (field: the
 * column when known), ERR_BUSY "db_busy" (lock, deadlock, serialization, pool exhausted),
 * ERR_INVALID "bad_text" (not UTF-8), ERR_STORAGE "db_error", "disk_full", "db_away" (server gone;
 * the next use reconnects; a commit that fails so may or may not have been kept). Messages live in
 * the connection until its next use; copy to keep.
 *
 * Declare foreign keys immediate (the default), so that the statement at fault is the one that
 * fails.
 *
 *     TX(tx);
 *     TRY(db_begin(db, &tx));
 *     TRY(db_exec(tx.conn, "UPDATE video SET title = $1 WHERE id = $2", "ti", title, id));
 *     TRY(db_commit(&tx));              // leaving the scope without it rolls back
 *
 *     ROWS(rows);
 *     TRY(db_query(db_reader(db), &rows, "SELECT id, name FROM tag WHERE id > $1", "i", after));
 *     while (rows_next(&rows))
 *         add(rows_int(&rows, 0), rows_text(&rows, arena, 1));
 *     TRY(rows_end(&rows));
 */
#ifndef MEDLEY_DB_DB_H
#define MEDLEY_DB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/desc.h"
#include "base/err.h"

struct db;
struct db_conn;
struct db_stmt;

enum db_driver { DB_SQLITE, DB_POSTGRES };

struct db_options {
    const char *url;     /* "postgresql://..." or a file path (SQLite) */
    int max_connections; /* PostgreSQL: of this process; 0: 20 */
    int busy_timeout_ms; /* 0: 10 s */
};

/* Opens the database (creates a SQLite file), without migrating. Thread-safe object; close once. A
 * failure's message stays valid until this thread's next db_open. */
struct err db_open(const struct db_options *options, struct db **ret_db) MUST_CHECK;
/* Every rows and transaction must be finished and no other thread inside or ending. Closes the
 * connections of all threads. NULL is fine. */
void db_close(struct db *db);
enum db_driver db_driver(const struct db *db);
/* The driver behind a connection. */
enum db_driver db_conn_driver(const struct db_conn *conn);

/* The calling thread's read connection. Never NULL: an opening failure is reported by the first
 * query. Inside this thread's transaction it returns the transaction's connection, so reads see its
 * writes. */
struct db_conn *db_reader(struct db *db);

/* SQLite: writes a consistent, compact copy to a new file (it must not exist), while others go on.
 * On PostgreSQL ERR_UNSUPPORTED: pg_dump does that. */
struct err db_backup(struct db *db, const char *path) MUST_CHECK;

struct db_stats {
    int64_t transactions; /* committed */
    int64_t flushes;      /* COMMITs they took together: group commit makes it fewer */
};
void db_stats(const struct db *db, struct db_stats *ret_stats);

struct db_tx {
    struct db *db;
    struct db_conn *conn; /* valid between begin and commit/rollback */
};
struct err db_begin(struct db *db, struct db_tx *ret_tx) MUST_CHECK;
/* On success everything is durable, then the after-commit calls run. On failure nothing was kept.
 */
struct err db_commit(struct db_tx *tx) MUST_CHECK;
void db_rollback(struct db_tx *tx); /* harmless when finished */
/* Runs fn(data) on this thread after the enclosing transaction is durable; dropped on rollback.
 * `data` must live until then. `conn` must be inside a transaction. */
void db_after_commit(struct db_conn *conn, void (*fn)(void *), void *data);
bool db_in_transaction(const struct db_conn *conn);
/* One listener for the whole process: after the commit of each transaction that called db_signal(), fn
 * runs on the committing thread. It must not block or use the database. NULL takes it away. */
void db_on_signal(struct db *db, void (*fn)(void *context), void *context);
void db_signal(struct db_conn *conn);

/*
 * Noticing changes, for caches of what was read. db_generation() is another number after each commit that
 * may have changed a row, whichever way (statements are looked at as they run; nobody has to remember to
 * tell). Ask before reading: what was read then is true as long as the number is the same. 0 while such a
 * commit is under way: it may be visible already, so neither keep nor use anything kept. Numbers of two
 * databases of one process differ.
 *
 * Tables whose rows no cache shows (the queue, events, tokens) may be named once, after db_open; the array
 * stays the caller's and lives as long. Commits of other processes (PostgreSQL) are not seen here: whoever
 * hears of one says db_changed_elsewhere(), and caches keep nothing for long.
 */
uint64_t db_generation(const struct db *db);
uint64_t db_conn_generation(const struct db_conn *conn);
void db_quiet_tables(struct db *db, const char *const *tables);
void db_changed_elsewhere(struct db *db);
/*
 * A part of a transaction that may fail alone:
 *
 *     SAVEPOINT(part);
 *     TRY(db_savepoint(tx.conn, &part));
 *     struct err e = db_exec(tx.conn, "INSERT ...", ...);
 *     if (!failed(e))
 *         TRY(db_savepoint_keep(&part));    // leaving the scope without it undoes the part
 */
struct db_savepoint {
    struct db_conn *conn;
    int depth;
};
struct err db_savepoint(struct db_conn *conn, struct db_savepoint *ret_savepoint) MUST_CHECK;
struct err db_savepoint_keep(struct db_savepoint *savepoint) MUST_CHECK;
void db_savepoint_undo(struct db_savepoint *savepoint); /* harmless when finished */
#define SAVEPOINT(name) __attribute__((cleanup(db_savepoint_undo))) struct db_savepoint name = {0}
#define TX(name)        __attribute__((cleanup(db_rollback))) struct db_tx name = {0}

/*
 * Parameters follow a type letter each:
 *   i int64_t (INT_NONE: NULL)   t const char * (NULL: NULL)   r double (NAN: NULL)
 *   b int8_t/bool as int (BOOL_NONE: NULL)   e int enum index (ENUM_NONE: NULL)   n nothing: NULL
 *   z const void *, size_t: bytes
 */
struct err db_exec(struct db_conn *conn, const char *sql, const char *types, ...) MUST_CHECK;
/* The same, with the number of rows changed. */
struct err db_exec_n(struct db_conn *conn, int64_t *ret_changed, const char *sql, const char *types,
                     ...) MUST_CHECK;
/* Runs several statements separated by semicolons, without parameters (migrations). */
struct err db_script(struct db_conn *conn, const char *sql) MUST_CHECK;

struct db_value {
    char type; /* as above */
    union {
        int64_t i;
        double r;
        const char *t;
        struct {
            const void *data;
            size_t len;
        } z;
    };
};
/* For statements built at run time: the list holds the parameters in order. */
struct db_values {
    VEC(struct db_value)
};
void values_int(struct arena *a, struct db_values *v, int64_t value);
void values_text(struct arena *a, struct db_values *v, const char *value);
void values_real(struct arena *a, struct db_values *v, double value);
void values_bytes(struct arena *a, struct db_values *v, const void *data, size_t len);

struct rows {
    struct db_conn *conn;
    struct db_stmt *stmt;
    void *state;
    struct err failure;
    bool done;
    int64_t index;
};
#define ROWS(name) __attribute__((cleanup(rows_finish))) struct rows name = {0}

struct err db_query(struct db_conn *conn, struct rows *ret_rows, const char *sql, const char *types,
                    ...) MUST_CHECK;
struct err db_query_values(struct db_conn *conn, struct rows *ret_rows, const char *sql,
                           const struct db_values *values) MUST_CHECK;
struct err db_exec_values(struct db_conn *conn, const char *sql, const struct db_values *values,
                          int64_t *ret_changed) MUST_CHECK;
/* Advances; false at the end or on failure (rows_end tells which). */
bool rows_next(struct rows *rows);
struct err rows_end(struct rows *rows) MUST_CHECK;
void rows_finish(struct rows *rows);
bool rows_is_null(const struct rows *rows, int column);
int64_t rows_int(const struct rows *rows, int column); /* INT_NONE for NULL */
double rows_real(const struct rows *rows, int column); /* NAN for NULL */
int8_t rows_bool(const struct rows *rows, int column); /* BOOL_NONE for NULL */
/* Copied into the arena; NULL for NULL. */
const char *rows_text(const struct rows *rows, struct arena *a, int column);
/* The text without a copy: valid until rows_next. */
const char *rows_peek(const struct rows *rows, int column, size_t *ret_len);

/* One integer from one row: INT_NONE when there is no row or it is NULL. */
struct err db_get_int(struct db_conn *conn, int64_t *ret_value, const char *sql, const char *types,
                      ...) MUST_CHECK;

/* --- shapes ----------------------------------------------------------------------------------- */

/* Appends "v.id, v.title, ..." for every field with a column, in order. `prefix` may be NULL. */
void db_columns(struct buf *sql, const struct shape *entity, const char *prefix);
/* Reads the columns starting at `first_column` into the struct, in db_columns order. Fields without
 * a column are set to "no value". */
void rows_fill(const struct rows *rows, struct arena *a, const struct shape *entity,
               int first_column, void *ret_object);
/* INSERT of all columns that are not "no value", except `id` when it is none; returns the new id.
 */
struct err db_insert(struct db_conn *conn, struct arena *a, const char *table,
                     const struct shape *entity, const void *object, int64_t *ret_id) MUST_CHECK;
/* UPDATE of the columns whose bit is set in `which`, "no value" as NULL. ERR_NOT_FOUND when no row.
 */
struct err db_update(struct db_conn *conn, struct arena *a, const char *table,
                     const struct shape *entity, int64_t id, const void *object,
                     const struct presence *which) MUST_CHECK;
/* SELECT by id into the struct. ERR_NOT_FOUND "row_not_found" when there is none. */
struct err db_get(struct db_conn *conn, struct arena *a, const char *table,
                  const struct shape *entity, int64_t id, void *ret_object) MUST_CHECK;

#endif
