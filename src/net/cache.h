/*
 * Answers of outside services, kept in memory for a while: at most so many bytes together, the one that was
 * not asked for longest goes first. Private to net/; any thread.
 */
#ifndef MEDLEY_NET_CACHE_H
#define MEDLEY_NET_CACHE_H

#include "net/net.h"

struct cache;
struct cache *cache_create(size_t max_bytes);
void cache_destroy(struct cache *cache);
/* False when there is none, or it is too old. The reply is copied into the arena. */
bool cache_get(struct cache *cache, struct arena *a, const char *key, struct net_reply *ret_reply);
/* One larger than an eighth of the cache is not kept. */
void cache_put(struct cache *cache, const char *key, const struct net_reply *reply, int life_s);

#endif
