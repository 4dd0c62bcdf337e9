/* Replies kept as bytes: a hash table whose entries are also a list by last use. */
#include "api/common/remember.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define BUCKETS 4096 /* single rows: five thousand of them fit */

struct entry {
    struct entry *hash_next;
    struct entry *newer;
    struct entry *older;
    uint64_t hash;
    uint64_t generation;
    atomic_int holders; /* the table, and whoever copies the bytes outside the lock */
    size_t key_len;
    size_t len;
    char bytes[]; /* the key with its NUL, then the reply */
};

struct remembered {
    pthread_mutex_t lock;
    /* under the lock */
    struct entry *buckets[BUCKETS];
    struct entry *newest;
    struct entry *oldest;
    size_t used_bytes;
    size_t max_bytes;
};

static uint64_t hash_key(const char *key, size_t len)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)key[i]) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 32;
}

static size_t size_of(const struct entry *e)
{
    return sizeof(*e) + e->key_len + 1 + e->len;
}

static void unref(struct entry *e)
{
    if (atomic_fetch_sub(&e->holders, 1) == 1)
        free(e);
}

/* --- under the lock ------------------------------------------------------------------------------------- */

static struct entry **place_of(struct remembered *r, const char *key, size_t key_len, uint64_t hash)
{
    struct entry **at = &r->buckets[hash % BUCKETS];
    while (*at && ((*at)->hash != hash || (*at)->key_len != key_len || memcmp((*at)->bytes, key, key_len) != 0))
        at = &(*at)->hash_next;
    return at;
}

static void unlink_age(struct remembered *r, struct entry *e)
{
    *(e->newer ? &e->newer->older : &r->newest) = e->older;
    *(e->older ? &e->older->newer : &r->oldest) = e->newer;
}

static void push_age(struct remembered *r, struct entry *e)
{
    e->newer = NULL;
    e->older = r->newest;
    *(r->newest ? &r->newest->newer : &r->oldest) = e;
    r->newest = e;
}

static void drop(struct remembered *r, struct entry **at)
{
    struct entry *e = *at;
    *at = e->hash_next;
    unlink_age(r, e);
    r->used_bytes -= size_of(e);
    unref(e);
}

static void make_room(struct remembered *r, size_t bytes)
{
    while (r->oldest && r->used_bytes + bytes > r->max_bytes)
        drop(r, place_of(r, r->oldest->bytes, r->oldest->key_len, r->oldest->hash));
}

/* --- public --------------------------------------------------------------------------------------------- */

struct remembered *remember_create(size_t max_bytes)
{
    struct remembered *r = calloc(1, sizeof(*r));
    CHECK(r != NULL);
    pthread_mutex_init(&r->lock, NULL);
    r->max_bytes = max_bytes;
    return r;
}

void remember_destroy(struct remembered *r)
{
    if (!r)
        return;
    while (r->oldest)
        drop(r, place_of(r, r->oldest->bytes, r->oldest->key_len, r->oldest->hash));
    pthread_mutex_destroy(&r->lock);
    free(r);
}

bool remember_find(struct remembered *r, const char *key, uint64_t generation, struct buf *out)
{
    size_t key_len = strlen(key);
    uint64_t hash = hash_key(key, key_len);
    pthread_mutex_lock(&r->lock);
    struct entry **at = place_of(r, key, key_len, hash);
    struct entry *e = *at;
    if (e && e->generation != generation) {
        drop(r, at);
        e = NULL;
    } else if (e) {
        unlink_age(r, e);
        push_age(r, e);
        atomic_fetch_add(&e->holders, 1);
    }
    pthread_mutex_unlock(&r->lock);
    if (!e)
        return false;
    buf_append(out, e->bytes + e->key_len + 1, e->len);
    unref(e);
    return true;
}

void remember_keep(struct remembered *r, const char *key, uint64_t generation, const char *data, size_t len)
{
    size_t key_len = strlen(key);
    size_t bytes = sizeof(struct entry) + key_len + 1 + len;
    if (bytes > r->max_bytes / 8)
        return;
    struct entry *e = malloc(bytes);
    CHECK(e != NULL);
    *e = (struct entry){.hash = hash_key(key, key_len), .generation = generation, .key_len = key_len, .len = len};
    atomic_init(&e->holders, 1);
    memcpy(e->bytes, key, key_len + 1);
    memcpy(e->bytes + key_len + 1, data, len);
    pthread_mutex_lock(&r->lock);
    struct entry **at = place_of(r, key, key_len, e->hash);
    if (*at)
        drop(r, at);
    make_room(r, bytes);
    at = &r->buckets[e->hash % BUCKETS];
    e->hash_next = *at;
    *at = e;
    push_age(r, e);
    r->used_bytes += bytes;
    pthread_mutex_unlock(&r->lock);
}
