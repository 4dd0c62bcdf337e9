/*
 * Threads for handlers that wait. A bounded queue in front: a full pool says no at once, so that a slow
 * upstream turns into quick 503s instead of a growing line. Jobs are embedded in their owner and belong
 * to the pool from pool_submit() until their run() starts.
 */
#ifndef MEDLEY_HTTP_POOL_H
#define MEDLEY_HTTP_POOL_H

#include <stdbool.h>

struct pool;

struct pool_job {
    struct pool_job *next;
    /* Runs once. `stopping`: the pool ends, do not begin work, only let go. */
    void (*run)(struct pool_job *job, bool stopping);
};

/* NULL when a thread could not be started. */
struct pool *pool_create(int threads, int queue_limit);
/* False when the queue is full or the pool is stopping; run() is then not called. */
bool pool_submit(struct pool *pool, struct pool_job *job);
/* Waits for running jobs; queued ones are run with stopping = true; later ones are refused. NULL is
 * fine for both. */
void pool_stop(struct pool *pool);
void pool_destroy(struct pool *pool);

#endif
