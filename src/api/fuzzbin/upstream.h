/* What the routes that ask outside services share (contract 2.11 to 2.13). */
#ifndef MEDLEY_API_FUZZBIN_UPSTREAM_H
#define MEDLEY_API_FUZZBIN_UPSTREAM_H

#include "api/fuzzbin/fuzzbin.h"
#include "providers/provider.h"

/* A handler asks with the patience of a person in front of a page. */
static inline struct asker call_asker(struct call *call)
{
    return (struct asker){.core = call->core, .arena = call->arena};
}

/* A service's failure as this document answers it: a missing setting 503, an unknown record 404, anything
 * else `status` (502 for IMVDb and Discogs, 503 for Spotify). OK when it was replied to. */
struct err fuzzbin_upstream(struct call *call, struct err e, int status) MUST_CHECK;

#endif
