/*
 * A fixed number of threads working through a bounded queue, oldest first.
 *
 * Whoever creates the pool destroys it, from a thread outside of it. Any thread submits, also one
 * of the pool's own. A full queue refuses (ERR_BUSY "pool_full"): the caller answers "busy" instead
 * of piling up work. A submitted function always runs exactly once, also when the pool is destroyed
 * right after; long ones look at their own stop flag.
 */
#ifndef MEDLEY_SYS_POOL_H
#define MEDLEY_SYS_POOL_H

#include <stddef.h>

#include "base/err.h"

struct pool;

/* `name` (at most 15 bytes) shows up in ps and debuggers. ERR_STORAGE "no_thread" when the system
 * has none to give. */
struct err pool_create(const char *name, size_t threads, size_t queue_max,
                       struct pool **ret_pool) MUST_CHECK;
struct err pool_submit(struct pool *pool, void (*fn)(void *), void *data) MUST_CHECK;
/* Waits until nothing is queued or running. Not from one of its own threads. */
void pool_drain(struct pool *pool);
/* Number of functions queued, not counting those that run. */
size_t pool_queued(struct pool *pool);
/* Runs what is queued, then ends the threads. NULL is fine. */
void pool_destroy(struct pool *pool);

#endif
