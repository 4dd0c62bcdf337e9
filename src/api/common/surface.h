/* Private to api/common: the mounts that surface.c builds and serve.c uses. */
#ifndef MEDLEY_API_COMMON_SURFACE_H
#define MEDLEY_API_COMMON_SURFACE_H

#include "api/common/call.h"
#include "api/common/metrics.h"
#include "api/common/remember.h"
#include "api/common/router.h"

struct mount {
    const char *prefix;         /* "" at the root */
    struct router *router;
    const struct api *fallback; /* whose error shape an unknown path gets */
};

struct surface {
    struct core *core;
    const struct api *const *apis;
    struct mount root;
    struct mount *mounts;
    size_t mount_count;
    struct metrics *metrics;
    struct remembered *remembered;
    struct root *pages; /* of the client that this listener is for; NULL: none */
};

/* Percent-encodes everything but unreserved characters. */
void url_encode(struct buf *out, const char *text);

#endif
