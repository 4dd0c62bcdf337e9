/*
 * Turns: how often and how many at once a service may be asked, and what came of it.
 *
 * Private to net/. One per service; any thread. Tokens come back steadily (net_service.per_minute); a turn
 * takes one. What a service says of its own limits replaces ours.
 */
#ifndef MEDLEY_NET_BUDGET_H
#define MEDLEY_NET_BUDGET_H

#include <pthread.h>

#include "net/net.h"

struct budget {
    const struct net_service *row;
    pthread_mutex_t lock; /* everything below */
    pthread_cond_t changed;
    bool stopped;
    double per_minute;
    double tokens;
    int64_t filled_us;       /* monotonic: when `tokens` was right */
    int64_t parked_until_us; /* monotonic; 0: not parked */
    struct net_stats stats;
};

void budget_init(struct budget *b, const struct net_service *row);
void budget_stop(struct budget *b);
void budget_finish(struct budget *b);

struct patience {
    int64_t until_us; /* monotonic; INT64_MAX: no limit */
    const volatile bool *cancelled;
};
/* Waits for a turn; every success is followed by budget_leave(). */
struct err budget_enter(struct budget *b, struct arena *a, const struct patience *p) MUST_CHECK;
/* `reply` is NULL after a failure. */
void budget_leave(struct budget *b, struct arena *a, const struct net_reply *reply, const struct err *failure,
                  int64_t took_us);
/* No turns for so long. */
void budget_park(struct budget *b, int64_t ms);
struct err budget_parked(struct budget *b, struct arena *a, int64_t ms) MUST_CHECK;
/* Sleeps. ERR_CANCELLED when told to stop. */
struct err budget_pause(struct budget *b, const struct patience *p, int64_t ms) MUST_CHECK;
void budget_count(struct budget *b, int64_t *counter);
void budget_read(struct budget *b, struct net_stats *ret_stats);

#endif
