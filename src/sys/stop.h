/*
 * A cancellation flag that can be waited on: "sleep two seconds unless told to stop".
 *
 * The owner embeds it (stop_init, stop_finish), any thread raises or asks. Raised stays raised.
 * Waiting uses the monotonic clock. stop_finish only when nobody waits any more.
 */
#ifndef MEDLEY_SYS_STOP_H
#define MEDLEY_SYS_STOP_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct stop {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    _Atomic bool raised;
};

void stop_init(struct stop *stop);
void stop_finish(struct stop *stop);
void stop_raise(struct stop *stop);
/* NULL is never raised. One atomic load: cheap enough for inner loops. */
bool stop_raised(const struct stop *stop);
/* Sleeps until raised or `ms` have passed (negative: for ever). True when raised. */
bool stop_wait(struct stop *stop, int64_t ms);

#endif
