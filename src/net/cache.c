/* Kept answers: a hash table, threaded by a list from the newest use to the oldest. */
#include "net/cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define BUCKETS 1024

struct entry {
    struct entry *chain;
    struct entry *newer;
    struct entry *older;
    int64_t until_us; /* monotonic */
    size_t len;
    size_t bytes;
    char *key; /* these four in one piece with the entry */
    char *type;
    char *url;
    char *body;
};

struct cache {
    pthread_mutex_t lock; /* everything below */
    size_t max_bytes;
    size_t bytes;
    struct entry *newest;
    struct entry *oldest;
    struct entry *buckets[BUCKETS];
};

static struct entry **bucket_of(struct cache *c, const char *key)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (const char *p = key; *p; p++)
        hash = (hash ^ (unsigned char)*p) * UINT64_C(1099511628211);
    return &c->buckets[hash % BUCKETS];
}

static void unlink_use(struct cache *c, struct entry *e)
{
    *(e->newer ? &e->newer->older : &c->newest) = e->older;
    *(e->older ? &e->older->newer : &c->oldest) = e->newer;
}

static void link_newest(struct cache *c, struct entry *e)
{
    e->newer = NULL;
    e->older = c->newest;
    *(c->newest ? &c->newest->newer : &c->oldest) = e;
    c->newest = e;
}

static void drop(struct cache *c, struct entry *e)
{
    struct entry **at = bucket_of(c, e->key);
    while (*at != e)
        at = &(*at)->chain;
    *at = e->chain;
    unlink_use(c, e);
    c->bytes -= e->bytes;
    free(e);
}

static struct entry *find(struct cache *c, const char *key)
{
    struct entry *e = *bucket_of(c, key);
    while (e && strcmp(e->key, key) != 0)
        e = e->chain;
    return e;
}

struct cache *cache_create(size_t max_bytes)
{
    struct cache *c = calloc(1, sizeof(*c));
    CHECK(c != NULL);
    c->max_bytes = max_bytes;
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

void cache_destroy(struct cache *c)
{
    if (!c)
        return;
    while (c->oldest)
        drop(c, c->oldest);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

bool cache_get(struct cache *c, struct arena *a, const char *key, struct net_reply *ret)
{
    pthread_mutex_lock(&c->lock);
    struct entry *e = find(c, key);
    if (e && e->until_us <= time_monotonic_us()) {
        drop(c, e);
        e = NULL;
    }
    if (e) {
        unlink_use(c, e);
        link_newest(c, e);
        *ret = (struct net_reply){
            .status = 200,
            .body = arena_strndup(a, e->body, e->len),
            .len = e->len,
            .content_type = *e->type ? arena_strdup(a, e->type) : NULL,
            .url = arena_strdup(a, e->url),
            .headers = "",
            .cached = true,
        };
    }
    pthread_mutex_unlock(&c->lock);
    return e != NULL;
}

static char *place(char **at, const char *text, size_t len)
{
    char *start = *at;
    memcpy(start, text, len);
    start[len] = 0;
    *at = start + len + 1;
    return start;
}

static struct entry *make(const char *key, const struct net_reply *reply)
{
    const char *type = reply->content_type ? reply->content_type : "";
    const char *url = reply->url ? reply->url : "";
    size_t bytes = sizeof(struct entry) + strlen(key) + strlen(type) + strlen(url) + reply->len + 4;
    struct entry *e = calloc(1, bytes);
    CHECK(e != NULL);
    char *at = (char *)(e + 1);
    e->bytes = bytes;
    e->len = reply->len;
    e->key = place(&at, key, strlen(key));
    e->type = place(&at, type, strlen(type));
    e->url = place(&at, url, strlen(url));
    e->body = place(&at, reply->body, reply->len);
    return e;
}

void cache_put(struct cache *c, const char *key, const struct net_reply *reply, int life_s)
{
    if (reply->len > c->max_bytes / 8)
        return;
    struct entry *e = make(key, reply);
    e->until_us = time_monotonic_us() + life_s * SECONDS_US;
    pthread_mutex_lock(&c->lock);
    struct entry *old = find(c, key);
    if (old)
        drop(c, old);
    while (c->oldest && c->bytes + e->bytes > c->max_bytes)
        drop(c, c->oldest);
    struct entry **bucket = bucket_of(c, key);
    e->chain = *bucket;
    *bucket = e;
    link_newest(c, e);
    c->bytes += e->bytes;
    pthread_mutex_unlock(&c->lock);
}
