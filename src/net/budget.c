/* Token buckets, and the figures of a service. */
#include "net/budget.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "net/engine.h"

/* How often a waiting caller looks at its own flag. */
#define LOOK_MS 100
/* A stated limit that differs by less is the one we have. */
#define LIMIT_SLACK 0.1

static double burst_of(const struct net_service *row)
{
    return row->burst > 0 ? row->burst : 1;
}

void budget_init(struct budget *b, const struct net_service *row)
{
    pthread_condattr_t monotonic;
    *b = (struct budget){
        .row = row,
        .per_minute = row->per_minute,
        .tokens = burst_of(row),
        .filled_us = time_monotonic_us(),
        .stats = {.name = row->name, .last_error_us = TIME_NONE},
    };
    pthread_mutex_init(&b->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&b->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

void budget_finish(struct budget *b)
{
    pthread_cond_destroy(&b->changed);
    pthread_mutex_destroy(&b->lock);
}

void budget_stop(struct budget *b)
{
    pthread_mutex_lock(&b->lock);
    b->stopped = true;
    pthread_cond_broadcast(&b->changed);
    pthread_mutex_unlock(&b->lock);
}

/* --- waiting, with the lock held ------------------------------------------------------------------------------ */

static void sleep_ms(struct budget *b, int64_t ms)
{
    struct timespec at;
    int64_t ns = (ms < 1 ? 1 : ms > LOOK_MS ? LOOK_MS : ms) * 1000000;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += (at.tv_nsec + ns) / 1000000000;
    at.tv_nsec = (at.tv_nsec + ns) % 1000000000;
    pthread_cond_timedwait(&b->changed, &b->lock, &at);
}

static bool is_stopped(const struct budget *b, const struct patience *p)
{
    return b->stopped || is_raised(p->cancelled);
}

static struct err cancelled(void)
{
    return err_make(ERR_CANCELLED, "cancelled", "The request was cancelled");
}

static void refill(struct budget *b, int64_t now)
{
    double most = burst_of(b->row);
    b->tokens += (double)(now - b->filled_us) * b->per_minute / 60e6;
    if (b->tokens > most)
        b->tokens = most;
    b->filled_us = now;
}

/* Milliseconds until a turn may be had; 0: now. */
static int64_t turn_in(struct budget *b, int64_t now)
{
    if (b->parked_until_us > now)
        return (b->parked_until_us - now) / 1000 + 1;
    if (b->row->at_once > 0 && b->stats.active >= b->row->at_once)
        return LOOK_MS;
    if (b->per_minute <= 0)
        return 0;
    refill(b, now);
    return b->tokens >= 1 ? 0 : (int64_t)((1 - b->tokens) * 60e3 / b->per_minute) + 1;
}

static struct err no_turn(const struct budget *b, struct arena *a, int64_t ms)
{
    return err_f(a, ERR_UPSTREAM, "upstream_throttled", "%s takes no more requests for the next %lld s",
                 b->row->name, (long long)(ms + 999) / 1000);
}

struct err budget_enter(struct budget *b, struct arena *a, const struct patience *p)
{
    struct err e = OK;
    bool waited = false;
    pthread_mutex_lock(&b->lock);
    for (;;) {
        int64_t now = time_monotonic_us();
        int64_t ms = turn_in(b, now);
        bool parked = b->parked_until_us > now;
        if (is_stopped(b, p))
            e = cancelled();
        else if ((parked && ms > NET_PAUSE_MAX_MS) || (ms > 0 && ms > (p->until_us - now) / 1000))
            e = no_turn(b, a, ms);
        if (failed(e) || ms == 0)
            break;
        b->stats.waits += !waited;
        waited = true;
        sleep_ms(b, ms);
    }
    if (!failed(e)) {
        b->tokens -= b->per_minute > 0;
        b->stats.active++;
    }
    pthread_mutex_unlock(&b->lock);
    return e;
}

struct err budget_pause(struct budget *b, const struct patience *p, int64_t ms)
{
    int64_t until = time_monotonic_us() + ms * 1000;
    pthread_mutex_lock(&b->lock);
    bool stopped = is_stopped(b, p);
    for (int64_t now; !stopped && (now = time_monotonic_us()) < until; stopped = is_stopped(b, p))
        sleep_ms(b, (until - now) / 1000 + 1);
    pthread_mutex_unlock(&b->lock);
    return stopped ? cancelled() : OK;
}

/* --- what a service says of itself ---------------------------------------------------------------------------- */

static double number_in(struct arena *a, const struct net_reply *reply, const char *header)
{
    const char *text = header ? net_header(a, reply, header) : NULL;
    char *end;
    double value = text ? strtod(text, &end) : -1;
    return text && end != text ? value : -1;
}

static void follow(struct budget *b, struct arena *a, const struct net_reply *reply)
{
    double limit = number_in(a, reply, b->row->limit_header);
    double left = number_in(a, reply, b->row->left_header);
    if (limit > 0 && (limit < b->per_minute * (1 - LIMIT_SLACK) || limit > b->per_minute * (1 + LIMIT_SLACK)))
        b->per_minute = limit;
    if (left >= 0 && left < b->tokens)
        b->tokens = left;
}

static void remember(struct budget *b, const char *text)
{
    b->stats.errors++;
    b->stats.last_error_us = time_now_us();
    snprintf(b->stats.last_error, sizeof(b->stats.last_error), "%s", text);
}

void budget_leave(struct budget *b, struct arena *a, const struct net_reply *reply, const struct err *failure,
                  int64_t took_us)
{
    pthread_mutex_lock(&b->lock);
    b->stats.active--;
    b->stats.requests++;
    b->stats.latency_us += took_us;
    b->stats.last_latency_us = took_us;
    if (reply)
        follow(b, a, reply);
    if (!reply && failure->kind != ERR_CANCELLED)
        remember(b, failure->msg);
    else if (reply && reply->status >= 400 && reply->status != 404)
        remember(b, arena_printf(a, "HTTP %d", reply->status));
    pthread_cond_broadcast(&b->changed);
    pthread_mutex_unlock(&b->lock);
}

void budget_park(struct budget *b, int64_t ms)
{
    int64_t until = time_monotonic_us() + ms * 1000;
    pthread_mutex_lock(&b->lock);
    if (until > b->parked_until_us)
        b->parked_until_us = until;
    pthread_mutex_unlock(&b->lock);
}

struct err budget_parked(struct budget *b, struct arena *a, int64_t ms)
{
    return no_turn(b, a, ms);
}

void budget_count(struct budget *b, int64_t *counter)
{
    pthread_mutex_lock(&b->lock);
    (*counter)++;
    pthread_mutex_unlock(&b->lock);
}

void budget_read(struct budget *b, struct net_stats *ret)
{
    pthread_mutex_lock(&b->lock);
    int64_t now = time_monotonic_us();
    refill(b, now);
    *ret = b->stats;
    ret->at_once = b->row->at_once;
    ret->tokens = b->tokens;
    ret->burst = burst_of(b->row);
    ret->parked_until_us =
        b->parked_until_us > now ? time_now_us() + (b->parked_until_us - now) : TIME_NONE;
    pthread_mutex_unlock(&b->lock);
}
