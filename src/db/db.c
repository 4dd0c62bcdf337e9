/* The driver-independent half: databases, the handles of threads, transactions and running
 * statements. */
#include "db/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/driver.h"
#include "db/fault.h"

/* What one thread holds of one database. */
struct db_thread {
    struct db *db;
    struct db_conn reader;
    struct db_conn writer;
    struct db_thread *prev;
    struct db_thread *next;
};

/* --- errors ----------------------------------------------------------------------------------- */

struct err conn_fail(struct db_conn *conn, enum err_kind kind, const char *code, const char *field,
                     const char *message)
{
    if (message != conn->message)
        snprintf(conn->message, sizeof(conn->message), "%s", message ? message : "");
    /* libpq ends its messages with a newline. */
    conn->message[strcspn(conn->message, "\n")] = '\0';
    struct err e = err_make(kind, code, conn->message);
    if (field) {
        if (field != conn->field)
            snprintf(conn->field, sizeof(conn->field), "%s", field);
        e.field = conn->field;
    }
    return e;
}

struct err conn_repeat(struct db_conn *conn, struct err e)
{
    return failed(e) ? conn_fail(conn, e.kind, e.code, e.field, e.msg) : e;
}

struct err conn_settle(struct db_conn *conn, struct err e)
{
    if (failed(e) && conn->in_tx && !failed(conn->failure))
        conn->failure = e;
    return e;
}

void db_fault(struct db *db, int64_t nth, const char *prefix)
{
    db->fault_prefix = prefix;
    atomic_store(&db->fault_in, nth);
}

bool db_fault_pending(const struct db *db)
{
    return atomic_load(&db->fault_in) > 0;
}

bool fault_hits(struct db *db, const char *sql)
{
    if (atomic_load_explicit(&db->fault_in, memory_order_relaxed) <= 0)
        return false;
    const char *prefix = db->fault_prefix;
    if (prefix ? strncmp(sql, prefix, strlen(prefix)) != 0 : strncmp(sql, "ROLLBACK", 8) == 0)
        return false;
    return atomic_fetch_sub(&db->fault_in, 1) == 1;
}

struct err fault_error(struct db_conn *conn)
{
    return conn_fail(conn, ERR_STORAGE, "db_error", NULL, "a test made this statement fail");
}

/* --- opening, threads ------------------------------------------------------------------------- */

static void thread_free(struct db_thread *thread)
{
    CHECK(!thread->writer.in_tx);
    thread->db->ops->reader_end(&thread->reader);
    free(thread);
}

/* A thread that used the database has ended. */
static void thread_ended(void *data)
{
    struct db_thread *thread = data;
    struct db *db = thread->db;
    pthread_mutex_lock(&db->lock);
    if (thread->prev)
        thread->prev->next = thread->next;
    else
        db->threads = thread->next;
    if (thread->next)
        thread->next->prev = thread->prev;
    pthread_mutex_unlock(&db->lock);
    thread_free(thread);
}

static struct db_thread *thread_of(struct db *db)
{
    struct db_thread *thread = pthread_getspecific(db->thread_key);
    if (thread)
        return thread;
    thread = calloc(1, sizeof(*thread));
    CHECK(thread != NULL);
    thread->db = db;
    thread->reader.db = db;
    thread->writer.db = db;
    thread->writer.writer = true;
    pthread_mutex_lock(&db->lock);
    thread->next = db->threads;
    if (thread->next)
        thread->next->prev = thread;
    db->threads = thread;
    pthread_mutex_unlock(&db->lock);
    CHECK(pthread_setspecific(db->thread_key, thread) == 0);
    return thread;
}

static bool is_postgres_url(const char *url)
{
    return strncmp(url, "postgresql://", 13) == 0 || strncmp(url, "postgres://", 11) == 0;
}

static void db_free(struct db *db)
{
    pthread_key_delete(db->thread_key);
    pthread_mutex_destroy(&db->lock);
    free(db);
}

/* Far from those of the databases opened before. */
static uint64_t first_generation(void)
{
    static _Atomic uint64_t opened;
    return (atomic_fetch_add(&opened, 1) + 1) << 40;
}

struct err db_open(const struct db_options *options, struct db **ret_db)
{
    CHECK(options->url != NULL);
    struct db_options chosen = *options;
    if (chosen.max_connections <= 0)
        chosen.max_connections = 20;
    if (chosen.busy_timeout_ms <= 0)
        chosen.busy_timeout_ms = 10000;
    struct db *db = calloc(1, sizeof(*db));
    CHECK(db != NULL);
    db->driver = is_postgres_url(chosen.url) ? DB_POSTGRES : DB_SQLITE;
    atomic_init(&db->generation, first_generation());
    db->ops = db->driver == DB_POSTGRES ? &db_postgres_ops : &db_sqlite_ops;
    pthread_mutex_init(&db->lock, NULL);
    CHECK(pthread_key_create(&db->thread_key, thread_ended) == 0);
    struct err e = db->ops->open(db, &chosen);
    if (failed(e)) {
        db_free(db);
        return e;
    }
    *ret_db = db;
    return OK;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    while (db->threads) {
        struct db_thread *thread = db->threads;
        db->threads = thread->next;
        thread_free(thread);
    }
    db->ops->close(db);
    db_free(db);
}

enum db_driver db_driver(const struct db *db)
{
    return db->driver;
}

enum db_driver db_conn_driver(const struct db_conn *conn)
{
    return conn->db->driver;
}

struct db_conn *db_reader(struct db *db)
{
    struct db_thread *thread = thread_of(db);
    return thread->writer.in_tx ? &thread->writer : &thread->reader;
}

struct err db_backup(struct db *db, const char *path)
{
    return db->ops->backup(&thread_of(db)->reader, path);
}

void db_stats(const struct db *db, struct db_stats *ret_stats)
{
    ret_stats->transactions = atomic_load(&db->transactions);
    ret_stats->flushes = atomic_load(&db->flushes);
}

/* --- changes ---------------------------------------------------------------------------------- */

uint64_t db_generation(const struct db *db)
{
    return atomic_load(&db->committing) ? 0 : atomic_load(&db->generation);
}

uint64_t db_conn_generation(const struct db_conn *conn)
{
    return db_generation(conn->db);
}

void db_quiet_tables(struct db *db, const char *const *tables)
{
    db->quiet_tables = tables;
}

void db_changed_elsewhere(struct db *db)
{
    atomic_fetch_add(&db->generation, 1);
}

static bool is_quiet(const struct db *db, const char *table)
{
    size_t len = strcspn(table, " (;\n");
    for (const char *const *quiet = db->quiet_tables; quiet && *quiet; quiet++) {
        if (strncmp(*quiet, table, len) == 0 && !(*quiet)[len])
            return true;
    }
    return false;
}

/* "FOR UPDATE" locks, and "DO UPDATE" belongs to an INSERT that is looked at. */
static bool is_clause(const char *sql, const char *verb)
{
    return (verb - sql >= 4 && strncmp(verb - 4, "FOR ", 4) == 0) ||
           (verb - sql >= 3 && strncmp(verb - 3, "DO ", 3) == 0);
}

/* A doubt counts as a change: it costs a cached reply, no more. */
static bool changes_something(const struct db *db, const char *sql)
{
    static const char *const verbs[] = {"INSERT INTO ", "UPDATE ", "DELETE FROM "};
    bool writes = false;
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        for (const char *at = sql; (at = strstr(at, verbs[i])) != NULL; at++) {
            if (is_clause(sql, at))
                continue;
            if (!is_quiet(db, at + strlen(verbs[i])))
                return true;
            writes = true;
        }
    }
    return !writes && strncmp(sql, "SELECT ", 7) != 0 && strncmp(sql, "WITH ", 5) != 0 &&
           strncmp(sql, "SAVEPOINT", 9) != 0 && strncmp(sql, "RELEASE", 7) != 0;
}

/* --- transactions ----------------------------------------------------------------------------- */

struct err db_begin(struct db *db, struct db_tx *ret_tx)
{
    struct db_conn *conn = &thread_of(db)->writer;
    CHECK(!conn->in_tx);
    TRY(db->ops->begin(conn));
    conn->in_tx = true;
    conn->savepoints = 0;
    conn->touched = false;
    conn->failure = OK;
    conn->after_first = NULL;
    conn->after_last = &conn->after_first;
    *ret_tx = (struct db_tx){.db = db, .conn = conn};
    return OK;
}

static struct err may_run(struct db_conn *conn, const char *sql)
{
    /* PostgreSQL refuses everything after a failure; SQLite is made to. */
    TRY(conn->failure);
    if (conn->in_tx && !conn->touched)
        conn->touched = changes_something(conn->db, sql);
    if (fault_hits(conn->db, sql))
        return conn_settle(conn, fault_error(conn));
    return OK;
}

bool db_in_transaction(const struct db_conn *conn)
{
    return conn->in_tx;
}

void db_after_commit(struct db_conn *conn, void (*fn)(void *), void *data)
{
    CHECK(conn->in_tx);
    struct after_commit *call = calloc(1, sizeof(*call));
    CHECK(call != NULL);
    *call = (struct after_commit){.fn = fn, .data = data, .depth = conn->savepoints};
    *conn->after_last = call;
    conn->after_last = &call->next;
}

void db_on_signal(struct db *db, void (*fn)(void *context), void *context)
{
    pthread_mutex_lock(&db->lock);
    db->signal = fn;
    db->signal_context = context;
    pthread_mutex_unlock(&db->lock);
}

/* The lock is held meanwhile, so that nobody is called after db_on_signal(NULL) has returned. */
static void run_signal(void *data)
{
    struct db *db = data;
    pthread_mutex_lock(&db->lock);
    if (db->signal)
        db->signal(db->signal_context);
    pthread_mutex_unlock(&db->lock);
}

void db_signal(struct db_conn *conn)
{
    db_after_commit(conn, run_signal, conn->db);
}

static void after_run(struct after_commit *list, bool run)
{
    while (list) {
        struct after_commit *call = list;
        list = call->next;
        if (run)
            call->fn(call->data);
        free(call);
    }
}

/* Ends the transaction for this thread; the calls are no longer the handle's, so they may begin
 * anew. */
static struct after_commit *tx_detach(struct db_tx *tx)
{
    struct db_conn *conn = tx->conn;
    struct after_commit *list = conn->after_first;
    conn->after_first = NULL;
    conn->in_tx = false;
    *tx = (struct db_tx){0};
    return list;
}

/* Counts as a change whatever comes back: a commit that failed may have been kept. */
static struct err commit_counted(struct db_conn *conn)
{
    struct db *db = conn->db;
    if (!conn->touched)
        return db->ops->commit(conn);
    atomic_fetch_add(&db->committing, 1);
    struct err e = db->ops->commit(conn);
    atomic_fetch_add(&db->generation, 1);
    atomic_fetch_sub(&db->committing, 1);
    return e;
}

struct err db_commit(struct db_tx *tx)
{
    struct db_conn *conn = tx->conn;
    CHECK(conn != NULL && conn->in_tx && conn->savepoints == 0 && conn->open_rows == 0);
    struct err e = conn->failure;
    if (failed(e))
        conn->db->ops->rollback(conn);
    else
        e = commit_counted(conn);
    if (!failed(e))
        atomic_fetch_add_explicit(&conn->db->transactions, 1, memory_order_relaxed);
    after_run(tx_detach(tx), !failed(e));
    return e;
}

void db_rollback(struct db_tx *tx)
{
    if (!tx->conn)
        return;
    CHECK(tx->conn->open_rows == 0); /* declare TX before ROWS */
    tx->conn->db->ops->rollback(tx->conn);
    after_run(tx_detach(tx), false);
}

static struct err savepoint_script(struct db_conn *conn, const char *verb, int depth)
{
    char sql[64];
    snprintf(sql, sizeof(sql), "%s sp%d", verb, depth);
    return conn->db->ops->script(conn, sql);
}

struct err db_savepoint(struct db_conn *conn, struct db_savepoint *ret_savepoint)
{
    CHECK(conn->in_tx);
    TRY(may_run(conn, "SAVEPOINT"));
    TRY(conn_settle(conn, savepoint_script(conn, "SAVEPOINT", conn->savepoints + 1)));
    *ret_savepoint = (struct db_savepoint){.conn = conn, .depth = ++conn->savepoints};
    return OK;
}

struct err db_savepoint_keep(struct db_savepoint *savepoint)
{
    struct db_conn *conn = savepoint->conn;
    CHECK(conn != NULL && conn->savepoints == savepoint->depth);
    TRY(may_run(conn, "RELEASE"));
    TRY(conn_settle(conn, savepoint_script(conn, "RELEASE", savepoint->depth)));
    conn->savepoints--;
    for (struct after_commit *call = conn->after_first; call; call = call->next) {
        if (call->depth > conn->savepoints)
            call->depth = conn->savepoints;
    }
    *savepoint = (struct db_savepoint){0};
    return OK;
}

/* Forgets what was to run after the commit of the part that is undone. */
static void after_drop(struct db_conn *conn, int depth)
{
    struct after_commit **at = &conn->after_first;
    while (*at && (*at)->depth < depth)
        at = &(*at)->next;
    after_run(*at, false);
    *at = NULL;
    conn->after_last = at;
}

void db_savepoint_undo(struct db_savepoint *savepoint)
{
    struct db_conn *conn = savepoint->conn;
    if (!conn)
        return;
    CHECK(conn->in_tx && conn->savepoints == savepoint->depth);
    after_drop(conn, savepoint->depth);
    struct err before = conn->failure;
    struct err e = savepoint_script(conn, "ROLLBACK TO", savepoint->depth);
    if (!failed(e))
        e = savepoint_script(conn, "RELEASE", savepoint->depth);
    /* A transaction that cannot go back stays doomed. */
    conn->failure = failed(e) && failed(before) ? before : e;
    conn->savepoints--;
    *savepoint = (struct db_savepoint){0};
}

/* --- statements ------------------------------------------------------------------------------- */

static struct err exec_values(struct db_conn *conn, const char *sql, const struct db_value *values,
                              size_t count, int64_t *ret_changed)
{
    const struct db_ops *ops = conn->db->ops;
    struct rows rows = {0};
    TRY(may_run(conn, sql));
    TRY(conn_settle(conn, ops->run(conn, sql, values, count, false, &rows)));
    while (ops->next(&rows))
        rows.index++;
    struct err e = conn_settle(conn, rows.failure);
    if (!failed(e) && ret_changed)
        *ret_changed = ops->changed(&rows);
    ops->finish(&rows);
    return e;
}

struct err db_exec(struct db_conn *conn, const char *sql, const char *types, ...)
{
    struct db_value values[DB_ARGS_MAX];
    va_list args;
    va_start(args, types);
    size_t count = values_collect(types, args, values);
    va_end(args);
    return exec_values(conn, sql, values, count, NULL);
}

struct err db_exec_n(struct db_conn *conn, int64_t *ret_changed, const char *sql, const char *types,
                     ...)
{
    struct db_value values[DB_ARGS_MAX];
    va_list args;
    va_start(args, types);
    size_t count = values_collect(types, args, values);
    va_end(args);
    return exec_values(conn, sql, values, count, ret_changed);
}

struct err db_exec_values(struct db_conn *conn, const char *sql, const struct db_values *values,
                          int64_t *ret_changed)
{
    return exec_values(conn, sql, values->items, values->count, ret_changed);
}

struct err db_script(struct db_conn *conn, const char *sql)
{
    TRY(may_run(conn, sql));
    return conn_settle(conn, conn->db->ops->script(conn, sql));
}

static struct err query_values(struct db_conn *conn, struct rows *ret_rows, const char *sql,
                               const struct db_value *values, size_t count)
{
    struct rows rows = {0};
    TRY(may_run(conn, sql));
    TRY(conn_settle(conn, conn->db->ops->run(conn, sql, values, count, true, &rows)));
    conn->open_rows++;
    *ret_rows = rows;
    return OK;
}

struct err db_query(struct db_conn *conn, struct rows *ret_rows, const char *sql, const char *types,
                    ...)
{
    struct db_value values[DB_ARGS_MAX];
    va_list args;
    va_start(args, types);
    size_t count = values_collect(types, args, values);
    va_end(args);
    return query_values(conn, ret_rows, sql, values, count);
}

struct err db_query_values(struct db_conn *conn, struct rows *ret_rows, const char *sql,
                           const struct db_values *values)
{
    return query_values(conn, ret_rows, sql, values->items, values->count);
}

struct err db_get_int(struct db_conn *conn, int64_t *ret_value, const char *sql, const char *types,
                      ...)
{
    struct db_value values[DB_ARGS_MAX];
    va_list args;
    va_start(args, types);
    size_t count = values_collect(types, args, values);
    va_end(args);
    ROWS(rows);
    TRY(query_values(conn, &rows, sql, values, count));
    int64_t value = rows_next(&rows) ? rows_int(&rows, 0) : INT_NONE;
    TRY(rows.failure);
    *ret_value = value;
    return OK;
}
