/*
 * From a path to a route: a tree of segments, built once, read by any thread. Looking up a path costs one
 * step per segment, whatever the number of routes.
 */
#ifndef MEDLEY_API_COMMON_ROUTER_H
#define MEDLEY_API_COMMON_ROUTER_H

#include "api/common/call.h"

struct router;

/* Lives in the arena. */
struct router *router_create(struct arena *a);
/* Adds a row. A second row for the same method and path is ignored and reported by returning false: at
 * the root the first API wins. */
bool router_add(struct router *router, const struct api *api, const struct route *route);

/* Unknown paths right below this literal path are answered in this API's shape, whoever else has paths
 * there. Nothing happens when no row has the path as a start. */
void router_own(struct router *router, const char *path, const struct api *api);

struct match {
    const struct api *api;     /* of the route, or of the nearest known path */
    const struct route *route; /* NULL: 404 or 405 */
    bool path_known;           /* 405: `allowed` says which methods */
    unsigned allowed;          /* bit per enum http_method */
    bool other_slash;          /* found only with the final slash added or removed */
    bool bad_int;              /* an {x:int} got something else: path[bad_index] */
    size_t bad_index;
    struct path_value path[CALL_MAX_PATH_VALUES];
    size_t path_count;
};
/* `path` is percent-encoded, starting with '/'. HEAD finds GET. Values live in the arena. */
void router_find(const struct router *router, struct arena *a, enum http_method method,
                 const char *path, struct match *ret_match);

#endif
