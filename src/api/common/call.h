/*
 * One request on its way through an API.
 *
 * serve.c makes a call from a request and its route: credentials are checked, path values, query and body
 * are decoded into the row's shapes, so a handler starts with valid structs and is about ten lines. It
 * returns OK after replying, or an error that the API's own table and writer turn into a reply. Everything
 * lives in call->arena until the reply is sent. A handler runs on one thread: an HTTP thread, or a
 * blocking one where the row says ROUTE_BLOCKING; only then may it wait.
 */
#ifndef MEDLEY_API_COMMON_CALL_H
#define MEDLEY_API_COMMON_CALL_H

#include "api/common/route.h"
#include "base/arena.h"
#include "core/auth.h"
#include "core/core.h"
#include "db/db.h"

#define CALL_MAX_PATH_VALUES 6

struct path_value {
    const char *name;
    const char *text;   /* decoded */
    int64_t number;     /* int parameters */
    bool is_number;
};

struct page {
    int64_t number;     /* 1-based */
    int64_t size;
    int64_t total;
    bool known;         /* set by call_page */
};

struct call {
    struct core *core;
    struct arena *arena;
    struct http_request *req;
    struct http_response *resp;
    const struct api *api;
    const struct route *route;
    const char *base_path;      /* "" at the root, "/fuzzbin" under the prefix: for links and cookies */
    struct identity who;
    struct path_value path[CALL_MAX_PATH_VALUES];
    size_t path_count;
    void *query;                /* of route->query's struct */
    struct presence query_present;
    void *body;                 /* of route->body's struct */
    struct presence body_present;
    json_t *json;               /* the parsed body, also when there is no shape */
    struct mistakes mistakes;
    struct page page;
    struct jw writer;
    bool replying;
    bool enveloped;
};

/* The calling thread's read connection. */
struct db_conn *call_db(struct call *call);
/* Path values by name; CHECKed to exist in the row. */
int64_t call_id(const struct call *call, const char *name);
const char *call_text(const struct call *call, const char *name);
bool call_has(const struct call *call, const char *body_field);

/* --- replying ------------------------------------------------------------------------------------ */

/* Starts the reply (status of the row, envelope) and returns the writer; serve.c ends it. */
struct jw *call_json(struct call *call);
/* The usual reply: one object in the row's reply shape. */
struct err call_reply(struct call *call, const void *object);
struct err call_reply_as(struct call *call, const struct shape *shape, const void *object);
/* A plain array of objects of the row's reply shape. */
struct err call_list(struct call *call, const void *items, size_t count);
/* The API's page around items; call->page number and size are set by the handler or call_paging(). */
struct err call_page(struct call *call, const void *items, size_t count, int64_t total);
/* 204 and the like. */
struct err call_empty(struct call *call, int status);
/* {"key": text} replies */
struct err call_redirect(struct call *call, int status, const char *location);
void call_status(struct call *call, int status);
void call_header(struct call *call, const char *name, const char *value);
/* A mistake found by the handler itself; then return call_invalid(call). */
struct err call_mistake(struct call *call, const char *where, const char *field, const char *text)
    MUST_CHECK;
/* ERR_INVALID "validation_failed" with the collected mistakes. */
struct err call_invalid(struct call *call) MUST_CHECK;
/* The handler of documented rows that are not built yet: 501. */
struct err call_unfinished(struct call *call);

/* SQL LIMIT/OFFSET from call->page. */
static inline int64_t page_offset(const struct page *page)
{
    return (page->number - 1) * page->size;
}
static inline int64_t page_count(const struct page *page)
{
    return page->size > 0 ? (page->total + page->size - 1) / page->size : 0;
}

/* --- the server's side ---------------------------------------------------------------------------- */

struct surface;
struct root;
/* Builds the routers: the root over all APIs, and one per prefix. `apis` is NULL-terminated; `only` (or
 * NULL) names the one API that this listener serves at its root, without the others. */
struct err surface_create(struct arena *a, struct core *core, const struct api *const *apis,
                          const char *only, struct surface **ret_surface) MUST_CHECK;
/* A folder with a client's built pages (pages.h); before serving. */
void surface_set_pages(struct surface *surface, struct root *folder);
struct http_handler surface_handler(struct surface *surface);
/* OpenAPI 3.1 of one API, or (NULL) of all at the root, into `out`. */
void surface_openapi(const struct surface *surface, const struct api *api, struct buf *out);
/* One line per route: method, path, api, access, summary (medley dump routes). */
void surface_dump(const struct surface *surface, struct buf *out);
const struct api *const *surface_apis(const struct surface *surface);

/* The status for an error in an API: its own table, then the common one. */
int api_status(const struct api *api, enum err_kind kind);

#endif
