/* The bounded pool of PostgreSQL connections of this process. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "db/postgres.h"

struct pg_pool {
    char *url;
    int busy_timeout_ms;
    int max_links;
    pthread_mutex_t lock;
    pthread_cond_t returned;
    /* --- under lock --- */
    struct pg_link *idle; /* most recently used first: its statements are prepared */
    int links;            /* open or being opened */
    unsigned generation;  /* raised when the server went away: older links are closed */
};

static void ignore_notice(void *data, const char *message)
{
    (void)data;
    (void)message;
}

static void link_close(struct pg_link *link)
{
    for (struct db_stmt *stmt; (stmt = statements_pop(&link->statements)) != NULL;)
        statement_free(stmt);
    PQfinish(link->handle);
    free(link);
}

/* Outside of "BEGIN READ WRITE" a session cannot write, as a reader on SQLite cannot. */
static bool prepare_session(const struct pg_pool *pool, PGconn *handle)
{
    char sql[256];
    snprintf(sql, sizeof(sql),
             "SET default_transaction_read_only = on; SET lock_timeout = %d;"
             "SET client_min_messages = warning; SET standard_conforming_strings = on;"
             "SET extra_float_digits = 1",
             pool->busy_timeout_ms);
    PGresult *result = PQexec(handle, sql);
    bool ok = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return ok;
}

PGconn *pg_connect(const char *url)
{
    /* What stands before dbname gives way to the URL, what stands after it wins. */
    const char *const names[] = {"connect_timeout", "application_name", "tcp_user_timeout",
                                 "dbname",          "client_encoding",  NULL};
    const char *const values[] = {"5", "medley", "15000", url, "UTF8", NULL};
    PGconn *handle = PQconnectdbParams(names, values, 1);
    CHECK(handle != NULL); /* out of memory */
    PQsetNoticeProcessor(handle, ignore_notice, NULL);
    return handle;
}

const char *pg_pool_url(const struct pg_pool *pool)
{
    return pool->url;
}

static struct err link_open(struct pg_pool *pool, struct db_conn *conn, struct pg_link **ret_link)
{
    PGconn *handle = pg_connect(pool->url);
    if (PQstatus(handle) != CONNECTION_OK || !prepare_session(pool, handle)) {
        struct err e = conn_fail(conn, ERR_STORAGE, "db_away", NULL, PQerrorMessage(handle));
        PQfinish(handle);
        return e;
    }
    struct pg_link *link = calloc(1, sizeof(*link));
    CHECK(link != NULL);
    link->handle = handle;
    *ret_link = link;
    return OK;
}

/* A server that went away left its last words and an end of file: noticed here, no query has to
 * fail for it. Other readable data (a changed parameter) is swallowed. */
static bool is_stale(struct pg_link *link)
{
    struct pollfd socket = {.fd = PQsocket(link->handle), .events = POLLIN};
    while (poll(&socket, 1, 0) > 0) {
        if (!PQconsumeInput(link->handle))
            return true;
    }
    return PQstatus(link->handle) != CONNECTION_OK;
}

/* Under lock: an idle link, or NULL with the right to open one, or NULL without. */
static struct pg_link *take_idle(struct pg_pool *pool, bool *ret_may_open)
{
    struct pg_link *link = pool->idle;
    if (link)
        pool->idle = link->next;
    *ret_may_open = !link && pool->links < pool->max_links;
    if (*ret_may_open)
        pool->links++;
    return link;
}

static struct timespec deadline_in(int ms)
{
    int64_t us = time_monotonic_us() + (int64_t)ms * 1000;
    return (struct timespec){.tv_sec = us / SECONDS_US, .tv_nsec = us % SECONDS_US * 1000};
}

/* Waits for an idle link or a free place; false when neither came in time. */
static bool wait_for_place(struct pg_pool *pool, struct pg_link **ret_link)
{
    struct timespec deadline = deadline_in(pool->busy_timeout_ms);
    bool may_open;
    int result = 0;
    pthread_mutex_lock(&pool->lock);
    while (!(*ret_link = take_idle(pool, &may_open)) && !may_open && result != ETIMEDOUT)
        result = pthread_cond_timedwait(&pool->returned, &pool->lock, &deadline);
    pthread_mutex_unlock(&pool->lock);
    return *ret_link || may_open;
}

/* A link is gone, and with it its place. */
static void leave_place(struct pg_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->links--;
    pthread_cond_signal(&pool->returned);
    pthread_mutex_unlock(&pool->lock);
}

struct err pg_pool_take(struct pg_pool *pool, struct db_conn *conn, struct pg_link **ret_link)
{
    struct pg_link *link;
    for (;;) {
        if (!wait_for_place(pool, &link))
            return conn_fail(conn, ERR_BUSY, "db_busy", NULL,
                             "all database connections are in use");
        if (!link)
            break;
        if (!is_stale(link)) {
            *ret_link = link;
            return OK;
        }
        link_close(link);
        leave_place(pool);
    }
    pthread_mutex_lock(&pool->lock);
    unsigned generation = pool->generation;
    pthread_mutex_unlock(&pool->lock);
    struct err e = link_open(pool, conn, &link);
    if (failed(e)) {
        leave_place(pool);
        return e;
    }
    link->generation = generation;
    *ret_link = link;
    return OK;
}

void pg_pool_give(struct pg_pool *pool, struct pg_link *link)
{
    bool broken = PQstatus(link->handle) != CONNECTION_OK;
    bool idle = PQtransactionStatus(link->handle) == PQTRANS_IDLE;
    struct pg_link *dropped = NULL;
    pthread_mutex_lock(&pool->lock);
    if (broken && link->generation == pool->generation) {
        pool->generation++;
        dropped = pool->idle;
        pool->idle = NULL;
    }
    bool keep = idle && !broken && link->generation == pool->generation;
    link->next = keep ? pool->idle : dropped;
    *(keep ? &pool->idle : &dropped) = link;
    for (struct pg_link *gone = dropped; gone; gone = gone->next)
        pool->links--;
    pthread_cond_broadcast(&pool->returned);
    pthread_mutex_unlock(&pool->lock);
    while (dropped) {
        struct pg_link *gone = dropped;
        dropped = gone->next;
        link_close(gone);
    }
}

struct pg_pool *pg_pool_make(const struct db_options *options)
{
    struct pg_pool *pool = calloc(1, sizeof(*pool));
    CHECK(pool != NULL);
    pool->url = strdup(options->url);
    CHECK(pool->url != NULL);
    pool->busy_timeout_ms = options->busy_timeout_ms;
    pool->max_links = options->max_connections;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&pool->returned, &attributes);
    pthread_condattr_destroy(&attributes);
    return pool;
}

void pg_pool_free(struct pg_pool *pool)
{
    for (struct pg_link *link = pool->idle, *next; link; link = next) {
        next = link->next;
        pool->links--;
        link_close(link);
    }
    CHECK(pool->links == 0);
    pthread_cond_destroy(&pool->returned);
    pthread_mutex_destroy(&pool->lock);
    free(pool->url);
    free(pool);
}
