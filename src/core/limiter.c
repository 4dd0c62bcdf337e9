/* A sliding minute in twelve slices of five seconds per address and bucket. */
#include "core/limiter.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"

#define SLICES   12
#define SLICE_S  (60 / SLICES)
#define BINS     4096u /* chains stay short at LIMITER_MAX_ADDRESSES */
#define KEY_SIZE 80

struct entry {
    struct entry *next_in_bin;
    struct entry *newer;
    struct entry *older;
    char key[KEY_SIZE];
    uint32_t bin;
    int64_t slice; /* number of the newest slice */
    uint32_t counts[SLICES];
};

struct limiter {
    pthread_mutex_t lock;
    /* protected by lock */
    struct entry *bins[BINS];
    struct entry *newest;
    struct entry *oldest;
    size_t count;
};

struct limiter *limiter_create(void)
{
    struct limiter *l = calloc(1, sizeof(*l));
    CHECK(l != NULL);
    pthread_mutex_init(&l->lock, NULL);
    return l;
}

void limiter_destroy(struct limiter *l)
{
    if (!l)
        return;
    for (struct entry *e = l->oldest; e;) {
        struct entry *newer = e->newer;
        free(e);
        e = newer;
    }
    pthread_mutex_destroy(&l->lock);
    free(l);
}

static uint32_t bin_of(const char *key)
{
    uint32_t hash = 2166136261u;
    for (; *key; key++)
        hash = (hash ^ (unsigned char)*key) * 16777619u;
    return hash % BINS;
}

static void detach(struct limiter *l, struct entry *e)
{
    *(e->newer ? &e->newer->older : &l->newest) = e->older;
    *(e->older ? &e->older->newer : &l->oldest) = e->newer;
    e->newer = e->older = NULL;
}

static void attach_newest(struct limiter *l, struct entry *e)
{
    e->older = l->newest;
    e->newer = NULL;
    if (l->newest)
        l->newest->newer = e;
    else
        l->oldest = e;
    l->newest = e;
}

static void evict_oldest(struct limiter *l)
{
    struct entry *e = l->oldest;
    struct entry **at = &l->bins[e->bin];
    while (*at != e)
        at = &(*at)->next_in_bin;
    *at = e->next_in_bin;
    detach(l, e);
    free(e);
    l->count--;
}

static struct entry *find_or_add(struct limiter *l, const char *key)
{
    uint32_t bin = bin_of(key);
    for (struct entry *e = l->bins[bin]; e; e = e->next_in_bin) {
        if (strcmp(e->key, key) == 0) {
            detach(l, e);
            attach_newest(l, e);
            return e;
        }
    }
    if (l->count == LIMITER_MAX_ADDRESSES)
        evict_oldest(l);
    struct entry *e = calloc(1, sizeof(*e));
    CHECK(e != NULL);
    snprintf(e->key, sizeof(e->key), "%s", key);
    e->bin = bin;
    e->next_in_bin = l->bins[bin];
    l->bins[bin] = e;
    attach_newest(l, e);
    l->count++;
    return e;
}

/* Forgets the slices that left the window. */
static void slide(struct entry *e, int64_t slice)
{
    int64_t gone = slice - e->slice;
    if (gone < 0 || gone >= SLICES) {
        memset(e->counts, 0, sizeof(e->counts));
    } else {
        for (int64_t i = 1; i <= gone; i++)
            e->counts[(e->slice + i) % SLICES] = 0;
    }
    e->slice = slice;
}

static int64_t used(const struct entry *e)
{
    int64_t sum = 0;
    for (int i = 0; i < SLICES; i++)
        sum += e->counts[i];
    return sum;
}

/* Seconds until the oldest non-empty slice leaves the window. */
static int64_t wait_s(const struct entry *e, int64_t now_s)
{
    for (int64_t age = SLICES - 1; age >= 0; age--) {
        if (e->counts[(e->slice - age + SLICES * 2) % SLICES])
            return (e->slice - age + SLICES) * SLICE_S - now_s;
    }
    return 1;
}

bool limiter_take(struct limiter *l, const char *bucket, const char *address, int64_t per_minute,
                  int64_t now_us, struct limit_state *ret_state)
{
    char key[KEY_SIZE];
    snprintf(key, sizeof(key), "%s %s", bucket, address);
    int64_t now_s = now_us / SECONDS_US;
    pthread_mutex_lock(&l->lock);
    struct entry *e = find_or_add(l, key);
    slide(e, now_s / SLICE_S);
    int64_t before = used(e);
    bool allowed = before < per_minute;
    if (allowed)
        e->counts[e->slice % SLICES]++;
    int64_t wait = allowed ? 0 : wait_s(e, now_s);
    pthread_mutex_unlock(&l->lock);
    *ret_state = (struct limit_state){
        .limit = per_minute,
        .remaining = allowed ? per_minute - before - 1 : 0,
        .reset_at_s = (now_s / SLICE_S + SLICES) * SLICE_S,
        .retry_s = wait > 1 ? wait : 1,
    };
    return allowed;
}
