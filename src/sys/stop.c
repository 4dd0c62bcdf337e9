/* A cancellation flag that can be waited on. */
#include "sys/stop.h"

#include <errno.h>
#include <time.h>

#include "base/clock.h"

void stop_init(struct stop *stop)
{
    pthread_condattr_t attributes;
    pthread_mutex_init(&stop->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&stop->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    atomic_init(&stop->raised, false);
}

void stop_finish(struct stop *stop)
{
    pthread_cond_destroy(&stop->changed);
    pthread_mutex_destroy(&stop->lock);
}

void stop_raise(struct stop *stop)
{
    pthread_mutex_lock(&stop->lock);
    atomic_store(&stop->raised, true);
    pthread_cond_broadcast(&stop->changed);
    pthread_mutex_unlock(&stop->lock);
}

bool stop_raised(const struct stop *stop)
{
    return stop && atomic_load_explicit(&stop->raised, memory_order_acquire);
}

bool stop_wait(struct stop *stop, int64_t ms)
{
    int64_t until_us = time_monotonic_us() + ms * 1000;
    struct timespec until = {.tv_sec = until_us / SECONDS_US,
                             .tv_nsec = until_us % SECONDS_US * 1000};
    int result = 0;
    pthread_mutex_lock(&stop->lock);
    while (!atomic_load(&stop->raised) && result != ETIMEDOUT) {
        if (ms < 0)
            pthread_cond_wait(&stop->changed, &stop->lock);
        else
            result = pthread_cond_timedwait(&stop->changed, &stop->lock, &until);
    }
    bool raised = atomic_load(&stop->raised);
    pthread_mutex_unlock(&stop->lock);
    return raised;
}
