/*
 * How many requests an address may still make: a sliding minute per (bucket, address), in memory.
 * At most LIMITER_MAX_ADDRESSES are tracked; the one that was quiet longest makes room. Any thread.
 */
#ifndef MEDLEY_CORE_LIMITER_H
#define MEDLEY_CORE_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

#define LIMITER_MAX_ADDRESSES 10000

struct limiter;
struct limiter *limiter_create(void);
void limiter_destroy(struct limiter *limiter);

struct limit_state {
    int64_t limit;
    int64_t remaining;  /* after this request */
    int64_t reset_at_s; /* wall clock: when the whole window is free again */
    int64_t retry_s;    /* when refused: seconds until one more is allowed, at least 1 */
};
/* Counts one request; false when it is over the limit (then it is not counted). */
bool limiter_take(struct limiter *limiter, const char *bucket, const char *address,
                  int64_t per_minute, int64_t now_us, struct limit_state *ret_state);

#endif
