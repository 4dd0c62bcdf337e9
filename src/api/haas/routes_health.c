/* Liveness (contract, section 11). The root's /health is document 000's. */
#include "api/haas/haas.h"

static struct err healthy(struct call *call, bool good)
{
    struct http_response *resp = call->resp;
    call_header(call, "Cache-Control", "no-store, no-cache");
    call_status(call, good ? 200 : 503);
    resp->content_type = "text/plain";
    buf_puts(&resp->body, good ? "Healthy" : "Unhealthy");
    call->replying = true;
    return OK;
}

static struct err health(struct call *call)
{
    int64_t one;
    return healthy(call, !failed(db_get_int(call_db(call), &one, "SELECT 1", "")));
}

static struct err alive(struct call *call)
{
    return healthy(call, true);
}

#define TAG "Health"
ROUTES(haas_health_routes,
       {HTTP_GET, "/health", TAG, "Whether the server and its database work", health,
        .access = ACCESS_PUBLIC, .flags = ROUTE_PREFIX_ONLY | ROUTE_ANY_JSON},
       {HTTP_GET, "/alive", TAG, "Whether the server answers", alive, .access = ACCESS_PUBLIC,
        .flags = ROUTE_PREFIX_ONLY | ROUTE_ANY_JSON});
