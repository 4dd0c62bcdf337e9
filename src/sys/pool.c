/* A bounded pool of worker threads. */
#include "sys/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

struct work {
    void (*fn)(void *);
    void *data;
};

struct pool {
    char name[16];
    pthread_t *threads;
    size_t thread_count;
    size_t queue_max;
    pthread_mutex_t lock;
    pthread_cond_t submitted;
    pthread_cond_t idle;
    /* --- under lock --- */
    struct work *queue; /* a ring of queue_max */
    size_t first;
    size_t queued;
    size_t running;
    bool ending;
};

/* Under lock: sleeps until there is work; false when the pool ends and none is left. */
static bool take_work(struct pool *pool, struct work *ret_work)
{
    while (pool->queued == 0 && !pool->ending)
        pthread_cond_wait(&pool->submitted, &pool->lock);
    if (pool->queued == 0)
        return false;
    *ret_work = pool->queue[pool->first];
    pool->first = (pool->first + 1) % pool->queue_max;
    pool->queued--;
    pool->running++;
    return true;
}

static void *run_worker(void *data)
{
    struct pool *pool = data;
    struct work work;
    pthread_setname_np(pthread_self(), pool->name);
    pthread_mutex_lock(&pool->lock);
    while (take_work(pool, &work)) {
        pthread_mutex_unlock(&pool->lock);
        work.fn(work.data);
        pthread_mutex_lock(&pool->lock);
        pool->running--;
        if (pool->queued == 0 && pool->running == 0)
            pthread_cond_broadcast(&pool->idle);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* Signals are for the main thread. */
static int start_thread(struct pool *pool)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int number = pthread_create(&pool->threads[pool->thread_count], NULL, run_worker, pool);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return number;
}

struct err pool_create(const char *name, size_t threads, size_t queue_max, struct pool **ret_pool)
{
    CHECK(threads > 0 && queue_max > 0);
    struct pool *pool = calloc(1, sizeof(*pool));
    CHECK(pool != NULL);
    snprintf(pool->name, sizeof(pool->name), "%s", name);
    pool->queue_max = queue_max;
    pool->queue = calloc(queue_max, sizeof(*pool->queue));
    pool->threads = calloc(threads, sizeof(*pool->threads));
    CHECK(pool->queue && pool->threads);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->submitted, NULL);
    pthread_cond_init(&pool->idle, NULL);
    for (; pool->thread_count < threads; pool->thread_count++) {
        if (start_thread(pool) != 0) {
            pool_destroy(pool);
            return err_make(ERR_STORAGE, "no_thread", "The system gives no more threads.");
        }
    }
    *ret_pool = pool;
    return OK;
}

struct err pool_submit(struct pool *pool, void (*fn)(void *), void *data)
{
    pthread_mutex_lock(&pool->lock);
    bool full = pool->queued == pool->queue_max;
    if (!full) {
        pool->queue[(pool->first + pool->queued) % pool->queue_max] = (struct work){fn, data};
        pool->queued++;
        pthread_cond_signal(&pool->submitted);
    }
    pthread_mutex_unlock(&pool->lock);
    return full ? err_make(ERR_BUSY, "pool_full", "Too much is waiting already; try again later.")
                : OK;
}

void pool_drain(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    while (pool->queued > 0 || pool->running > 0)
        pthread_cond_wait(&pool->idle, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}

size_t pool_queued(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    size_t queued = pool->queued;
    pthread_mutex_unlock(&pool->lock);
    return queued;
}

void pool_destroy(struct pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->ending = true;
    pthread_cond_broadcast(&pool->submitted);
    pthread_mutex_unlock(&pool->lock);
    for (size_t i = 0; i < pool->thread_count; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->idle);
    pthread_cond_destroy(&pool->submitted);
    pthread_mutex_destroy(&pool->lock);
    free(pool->threads);
    free(pool->queue);
    free(pool);
}
