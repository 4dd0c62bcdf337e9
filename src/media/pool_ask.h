/* One raw exchange with a worker of the pool. Private to src/media; the tests of the sandbox use it
 * to send requests that only their own worker knows. */
#ifndef MEDLEY_MEDIA_POOL_ASK_H
#define MEDLEY_MEDIA_POOL_ASK_H

#include "base/err.h"
#include "media/wire.h"

struct arena;
struct media_pool;

/* Fills in magic, size and time limit of the request. */
struct err media_pool_ask(struct media_pool *pool, struct arena *a, int fd,
                          struct wire_request *request, struct wire_reply *ret_reply,
                          void **ret_payload) MUST_CHECK;

#endif
