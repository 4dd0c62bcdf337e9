/*
 * The one SQLite connection that writes: lent in turn, with group commit.
 *
 * Threads that want to write stand in a queue. Whoever has the turn runs its statements; when it
 * commits and others are waiting, it leaves its work inside the open SQLite transaction (the
 * batch), hands the turn on and sleeps. The last one in line, or the one that fills the batch, runs
 * the shared COMMIT, one fsync, and wakes all members with its result. While it syncs, the next
 * batch gathers in the queue.
 *
 * The first transaction of a batch is alone in it, so undoing it is ROLLBACK; each later one is a
 * savepoint. Some failures (disk full, I/O) make SQLite roll back everything: then all members
 * fail, which is true, and none was acknowledged.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "db/sqlite.h"

/* Bounds on how long the first member of a batch waits for the sync. */
#define BATCH_MAX_MEMBERS 64
#define BATCH_MAX_US      INT64_C(5000)
/* A batch is held open for late comers for this part of what a sync costs, within these bounds. */
#define GATHER_PART   8
#define GATHER_MIN_US 50
#define GATHER_MAX_US 1000

/* A thread that waits, for the turn or for its batch. Lives on that thread's stack. */
struct waiter {
    struct waiter *next;
    struct db_conn *conn;
    pthread_cond_t wake;
    bool granted;
    bool done;
    struct err result;
};

struct sqlite_writer {
    struct db *db;
    int wait_ms;
    pthread_mutex_t lock;
    /* --- under lock --- */
    bool taken; /* somebody has the turn */
    struct waiter *queue;
    struct waiter **queue_end;
    struct waiter *members; /* committed into the batch, newest first */
    int member_count;
    int last_member_count;  /* of the batch before */
    int64_t sync_us;        /* how long its COMMIT took */
    pthread_cond_t arrived; /* somebody joined the queue */
    /* --- of the thread that has the turn --- */
    struct sqlite_link *link;
    bool open; /* a SQLite transaction is open; at the start of a turn: it holds members */
    int64_t opened_us;
};

static void condition_init(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

static void waiter_init(struct waiter *me, struct db_conn *conn)
{
    *me = (struct waiter){.conn = conn};
    condition_init(&me->wake);
}

static struct timespec time_at(int64_t monotonic_us)
{
    return (struct timespec){.tv_sec = monotonic_us / SECONDS_US,
                             .tv_nsec = monotonic_us % SECONDS_US * 1000};
}

/* --- the turn --------------------------------------------------------------------------------- */

static void queue_remove(struct sqlite_writer *w, struct waiter *me)
{
    struct waiter **at = &w->queue;
    while (*at != me)
        at = &(*at)->next;
    *at = me->next;
    if (!me->next)
        w->queue_end = at;
}

static bool wait_in_queue(struct sqlite_writer *w, struct db_conn *conn)
{
    struct timespec deadline = time_at(time_monotonic_us() + (int64_t)w->wait_ms * 1000);
    struct waiter me;
    waiter_init(&me, conn);
    *w->queue_end = &me;
    w->queue_end = &me.next;
    pthread_cond_signal(&w->arrived);
    int result = 0;
    while (!me.granted && result != ETIMEDOUT)
        result = pthread_cond_timedwait(&me.wake, &w->lock, &deadline);
    if (!me.granted)
        queue_remove(w, &me);
    pthread_cond_destroy(&me.wake);
    return me.granted;
}

static struct err take_turn(struct sqlite_writer *w, struct db_conn *conn)
{
    bool granted = true;
    pthread_mutex_lock(&w->lock);
    if (w->taken)
        granted = wait_in_queue(w, conn);
    else
        w->taken = true;
    pthread_mutex_unlock(&w->lock);
    if (!granted)
        return conn_fail(conn, ERR_BUSY, "db_busy", NULL, "other writers kept the database busy");
    return OK;
}

/* Under lock. */
static void pass_turn(struct sqlite_writer *w)
{
    struct waiter *first = w->queue;
    if (!first) {
        w->taken = false;
        return;
    }
    queue_remove(w, first);
    first->granted = true;
    pthread_cond_signal(&first->wake);
}

/* --- the batch -------------------------------------------------------------------------------- */

static struct err control(struct sqlite_writer *w, struct db_conn *conn, const char *sql)
{
    if (fault_hits(w->db, sql))
        return fault_error(conn);
    return sqlite_link_exec(w->link, conn, sql);
}

/* True when SQLite rolled back by itself and took the whole batch along. */
static bool batch_lost(const struct sqlite_writer *w)
{
    return w->open && sqlite3_get_autocommit(w->link->handle);
}

static void roll_back_all(struct sqlite_writer *w, struct db_conn *conn)
{
    /* Cannot fail in a way that leaves anything: what is not in the log's commit record is gone. */
    if (!sqlite3_get_autocommit(w->link->handle))
        IGNORE(sqlite_link_exec(w->link, conn, "ROLLBACK"));
}

/* The shared COMMIT. `reason`: what the thread with the turn died of, if it did. */
static struct err close_batch(struct sqlite_writer *w, struct db_conn *conn, struct err reason)
{
    struct err e = OK;
    if (batch_lost(w)) {
        e = failed(reason) ? reason
                           : conn_fail(conn, ERR_STORAGE, "db_error", NULL,
                                       "the database rolled back by itself");
    } else if (w->open) {
        int64_t before_us = time_monotonic_us();
        e = control(w, conn, "COMMIT");
        if (failed(e))
            roll_back_all(w, conn);
        w->sync_us = time_monotonic_us() - before_us;
        atomic_fetch_add_explicit(&w->db->flushes, 1, memory_order_relaxed);
    }
    w->open = false;
    return e;
}

/* Under lock: the writers of the last batch were all woken at once and are likely on their way
 * back. Without a moment for them the first one to arrive would sync alone, every second time.
 * Worth it only where a sync is slow. */
static void gather(struct sqlite_writer *w)
{
    int64_t moment_us = w->sync_us / GATHER_PART;
    if (moment_us < GATHER_MIN_US || w->last_member_count < 2 || !w->open)
        return;
    moment_us = moment_us > GATHER_MAX_US ? GATHER_MAX_US : moment_us;
    struct timespec until = time_at(w->opened_us + moment_us);
    int result = 0;
    while (!w->queue && w->member_count < w->last_member_count && result != ETIMEDOUT)
        result = pthread_cond_timedwait(&w->arrived, &w->lock, &until);
}

/* Under lock: tells every member how the shared COMMIT went. */
static void wake_members(struct sqlite_writer *w, struct err result)
{
    for (struct waiter *member = w->members, *next; member; member = next) {
        next = member->next;
        member->result = conn_repeat(member->conn, result);
        member->done = true;
        pthread_cond_signal(&member->wake);
    }
    w->members = NULL;
    w->last_member_count = w->member_count;
    w->member_count = 0;
}

/* Under lock, at the end of a turn: commit now, or let the next in line join? */
static bool must_close(const struct sqlite_writer *w)
{
    return !w->queue || w->member_count >= BATCH_MAX_MEMBERS || batch_lost(w) ||
           (w->open && time_monotonic_us() - w->opened_us >= BATCH_MAX_US);
}

/* Gives the turn back. `me`: this thread's place in the batch, NULL after a rollback. */
static void end_turn(struct sqlite_writer *w, struct db_conn *conn, struct waiter *me,
                     struct err reason)
{
    pthread_mutex_lock(&w->lock);
    if (me) {
        me->next = w->members;
        w->members = me;
        w->member_count++;
        gather(w);
    }
    if (must_close(w)) {
        pthread_mutex_unlock(&w->lock);
        struct err result = close_batch(w, conn, reason);
        pthread_mutex_lock(&w->lock);
        wake_members(w, result);
    }
    pass_turn(w);
    while (me && !me->done)
        pthread_cond_wait(&me->wake, &w->lock);
    pthread_mutex_unlock(&w->lock);
}

/* --- transactions ----------------------------------------------------------------------------- */

struct err sqlite_begin(struct db_conn *conn)
{
    struct sqlite_db *sqlite = conn->db->native;
    struct sqlite_writer *w = sqlite->writer;
    TRY(take_turn(w, conn));
    bool first = !w->open;
    struct err e = control(w, conn, first ? "BEGIN IMMEDIATE" : "SAVEPOINT member");
    if (failed(e)) {
        end_turn(w, conn, NULL, e);
        return e;
    }
    if (first) {
        w->open = true;
        w->opened_us = time_monotonic_us();
    }
    conn->link = w->link;
    return OK;
}

/* With the turn. No lock: only the thread with the turn adds members. */
static void undo(struct sqlite_writer *w, struct db_conn *conn)
{
    if (batch_lost(w))
        return;
    if (w->member_count == 0) {
        roll_back_all(w, conn);
        w->open = false;
        return;
    }
    struct err e = sqlite_link_exec(w->link, conn, "ROLLBACK TO member");
    if (!failed(e))
        e = sqlite_link_exec(w->link, conn, "RELEASE member");
    if (failed(e))
        roll_back_all(w, conn); /* the batch is lost; close_batch tells the members */
}

void sqlite_rollback(struct db_conn *conn)
{
    struct sqlite_db *sqlite = conn->db->native;
    struct sqlite_writer *w = sqlite->writer;
    struct err reason = conn->failure;
    conn->link = NULL;
    undo(w, conn);
    end_turn(w, conn, NULL, reason);
}

/* Leaves this thread's work in the batch. */
static struct err join_batch(struct sqlite_writer *w, struct db_conn *conn)
{
    int unresolved = 0;
    int high_water;
    sqlite3_db_status(w->link->handle, SQLITE_DBSTATUS_DEFERRED_FKS, &unresolved, &high_water, 0);
    if (unresolved) /* would fail the shared COMMIT */
        return conn_fail(conn, ERR_UNPROCESSABLE, "foreign_key_violation", NULL,
                         "FOREIGN KEY constraint failed");
    return w->member_count == 0 ? OK : control(w, conn, "RELEASE member");
}

struct err sqlite_commit(struct db_conn *conn)
{
    struct sqlite_db *sqlite = conn->db->native;
    struct sqlite_writer *w = sqlite->writer;
    struct err e = join_batch(w, conn);
    conn->link = NULL;
    if (failed(e)) {
        undo(w, conn);
        end_turn(w, conn, NULL, e);
        return e;
    }
    struct waiter me;
    waiter_init(&me, conn);
    end_turn(w, conn, &me, OK);
    pthread_cond_destroy(&me.wake);
    return me.result;
}

/* --- databases -------------------------------------------------------------------------------- */

struct err sqlite_writer_open(struct db *db, struct db_conn *conn)
{
    struct sqlite_db *sqlite = db->native;
    struct sqlite_link *link;
    TRY(sqlite_link_open(conn, sqlite->path, sqlite->busy_timeout_ms, true, &link));
    struct sqlite_writer *w = calloc(1, sizeof(*w));
    CHECK(w != NULL);
    w->db = db;
    w->wait_ms = sqlite->busy_timeout_ms;
    w->link = link;
    w->queue_end = &w->queue;
    pthread_mutex_init(&w->lock, NULL);
    condition_init(&w->arrived);
    sqlite->writer = w;
    return OK;
}

void sqlite_writer_close(struct sqlite_writer *w)
{
    CHECK(!w->taken && !w->queue);
    sqlite_link_close(w->link);
    pthread_cond_destroy(&w->arrived);
    pthread_mutex_destroy(&w->lock);
    free(w);
}
