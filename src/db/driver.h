/*
 * Inside of db/: what db.c, the drivers and their helpers share. Nobody else includes this.
 *
 * A `struct db_conn` is a thread's handle: every thread that touches a database has two, one for
 * reading and one for its transaction. What it talks through is the driver's link (sqlite3 * or
 * PGconn * with a statement cache). SQLite: a reader keeps its own link, the writer handle borrows
 * the only writing link. PostgreSQL: both borrow from one bounded pool, a reader for the length of
 * one query.
 *
 * Errors are written into the handle (conn_fail), so their text stays valid until its next use.
 */
#ifndef MEDLEY_DB_DRIVER_H
#define MEDLEY_DB_DRIVER_H

#include <pthread.h>
#include <stdatomic.h>

#include "db/db.h"

/* Enough for "UNIQUE constraint failed: ..." with a few long column names. */
#define DB_MESSAGE_BYTES 512
#define DB_FIELD_BYTES   128
/* db_exec and friends; lists built at run time (db_exec_values) may be longer. */
#define DB_ARGS_MAX 128

struct after_commit {
    struct after_commit *next;
    void (*fn)(void *);
    void *data;
    int depth; /* savepoints that were open */
};

struct db_conn {
    struct db *db;
    void *link; /* driver's; NULL while nothing is borrowed or open */
    bool writer;
    int open_rows;
    /* --- of the transaction (writer handles only) --- */
    bool in_tx;
    int savepoints;     /* open now */
    bool touched;       /* changed something that db_generation() counts */
    struct err failure; /* the first one; everything until the rollback repeats it */
    struct after_commit *after_first;
    struct after_commit **after_last;
    /* --- text of the last error --- */
    char message[DB_MESSAGE_BYTES];
    char field[DB_FIELD_BYTES];
};

struct db_ops {
    struct err (*open)(struct db *db, const struct db_options *options);
    void (*close)(struct db *db);
    /* Lends a link to conn with a transaction open on it; commit and rollback take it back,
     * whatever the outcome. */
    struct err (*begin)(struct db_conn *conn);
    struct err (*commit)(struct db_conn *conn);
    void (*rollback)(struct db_conn *conn);
    /* Closes what a finished thread's reader kept. */
    void (*reader_end)(struct db_conn *conn);
    struct err (*backup)(struct db_conn *conn, const char *path);
    /* Runs up to the first row. `copy`: the values may go away before the rows are finished. */
    struct err (*run)(struct db_conn *conn, const char *sql, const struct db_value *values,
                      size_t count, bool copy, struct rows *rows);
    struct err (*script)(struct db_conn *conn, const char *sql);
    /* Moves to the next row; false at the end or with rows->failure set. */
    bool (*next)(struct rows *rows);
    void (*finish)(struct rows *rows);
    /* Rows changed by a statement that ran to its end. */
    int64_t (*changed)(const struct rows *rows);
    bool (*is_null)(const struct rows *rows, int column);
    int64_t (*get_int)(const struct rows *rows, int column);
    double (*get_real)(const struct rows *rows, int column);
    const char *(*get_text)(const struct rows *rows, int column, size_t *ret_len);
};
extern const struct db_ops db_sqlite_ops;
extern const struct db_ops db_postgres_ops;

struct db {
    const struct db_ops *ops;
    enum db_driver driver;
    void *native; /* driver's */
    pthread_key_t thread_key;
    pthread_mutex_t lock;
    struct db_thread *threads; /* under lock */
    void (*signal)(void *context); /* under lock */
    void *signal_context;          /* under lock */
    /* --- tests only (db/fault.h) --- */
    _Atomic int64_t fault_in; /* the statement that makes this reach zero fails; 0: off */
    const char *fault_prefix;
    /* --- changes (db_generation) --- */
    const char *const *quiet_tables; /* NULL: none */
    _Atomic uint64_t generation;
    atomic_int committing; /* touched transactions between their COMMIT and its being counted */
    /* --- counters --- */
    _Atomic int64_t transactions;
    _Atomic int64_t flushes;
};

/* Copies the texts into the handle; `field` may be NULL. */
struct err conn_fail(struct db_conn *conn, enum err_kind kind, const char *code, const char *field,
                     const char *message) MUST_CHECK;
/* The same error with its texts copied into another handle. */
struct err conn_repeat(struct db_conn *conn, struct err e) MUST_CHECK;
/* A failing statement dooms the transaction around it. Returns e. */
struct err conn_settle(struct db_conn *conn, struct err e) MUST_CHECK;
/* True when a test asked this statement to fail. */
bool fault_hits(struct db *db, const char *sql);
struct err fault_error(struct db_conn *conn) MUST_CHECK;

/* Turns the arguments after `types` into values; "no value" becomes type 'n'. Returns their number.
 */
size_t values_collect(const char *types, va_list args, struct db_value out[DB_ARGS_MAX]);

/* --- prepared statements of one link (statements.c) ------------------------------------------- */

/* Per link; the least recently used one makes room. About 3 KB of memory each on SQLite. */
#define DB_STATEMENTS_MAX 128

struct db_stmt {
    char *sql;
    uint64_t hash;
    void *native; /* sqlite3_stmt *; NULL on PostgreSQL */
    uint64_t number;
    bool busy;   /* rows are being read from it */
    bool cached; /* false: a second copy, closed after use */
    int pending; /* SQLite: result of a step that rows_next has not consumed */
    struct db_stmt *hash_next;
    struct db_stmt *newer;
    struct db_stmt *older;
};

struct statements {
    struct db_stmt *buckets[DB_STATEMENTS_MAX];
    struct db_stmt *newest;
    struct db_stmt *oldest;
    size_t count;
    uint64_t numbered;
};

/* The cached statement of this text, now the newest; NULL when there is none. */
struct db_stmt *statements_find(struct statements *s, const char *sql);
/* A fresh statement without native part; not in the cache yet. */
struct db_stmt *statement_make(struct statements *s, const char *sql);
void statements_add(struct statements *s, struct db_stmt *stmt);
/* Takes out the oldest idle one when the cache is full, for the driver to close; else NULL. */
struct db_stmt *statements_evict(struct statements *s);
/* Takes one out, any order; NULL when empty. */
struct db_stmt *statements_pop(struct statements *s);
void statements_remove(struct statements *s, struct db_stmt *stmt);
void statement_free(struct db_stmt *stmt);

#endif
