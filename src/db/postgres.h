/*
 * Inside of db/: the two halves of the PostgreSQL driver, the pool of links (postgres_pool.c) and
 * the statements that run on them (postgres.c).
 */
#ifndef MEDLEY_DB_POSTGRES_H
#define MEDLEY_DB_POSTGRES_H

#include <libpq-fe.h>

#include "db/driver.h"

/* One connection. Used by one thread at a time. */
struct pg_link {
    PGconn *handle;
    struct statements statements;
    unsigned generation;
    struct pg_link *next; /* in the pool */
};

struct pg_pool;

/* Connects, or not: ask PQstatus. Never NULL; PQfinish it. */
PGconn *pg_connect(const char *url);
const char *pg_pool_url(const struct pg_pool *pool);

struct pg_pool *pg_pool_make(const struct db_options *options);
void pg_pool_free(struct pg_pool *pool);
/* Lends an idle link, or opens one, or waits for one. */
struct err pg_pool_take(struct pg_pool *pool, struct db_conn *conn,
                        struct pg_link **ret_link) MUST_CHECK;
/* Takes it back; a broken one is closed, and so are all that were opened before it broke. */
void pg_pool_give(struct pg_pool *pool, struct pg_link *link);

#endif
