/* From a request to a call and back: routing, CORS, limits, login, decoding, errors. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "api/common/router.h"
#include "api/common/pages.h"
#include "api/common/surface.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/log.h"
#include "core/limiter.h"
#include "core/settings.h"

#define DEFAULT_MAX_BODY   (1u << 20)
#define DEFAULT_MAX_UPLOAD (INT64_C(512) << 20)

/* Strong enough for If-None-Match: FNV-1a over the bytes, with their number. */
static const char *bytes_etag(struct arena *a, const char *data, size_t len)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)data[i]) * UINT64_C(1099511628211);
    return arena_printf(a, "\"%llx-%zx\"", (unsigned long long)hash, len);
}

/* --- errors ------------------------------------------------------------------------------------ */

static void log_failure(const struct call *call, const struct err *e, int status)
{
    if (status < 500 || e->kind == ERR_UNFINISHED || e->kind == ERR_UNCONFIGURED)
        return;
    LOG(LOG_WARN, call->api->name, "call", "path=%s status=%d err=%s code=%s msg=%s",
        Q(call->req->raw_path), status, err_kind_name(e->kind), e->code ? e->code : "-", Q(e->msg));
}

static void answer_error(struct call *call, struct err e)
{
    struct http_response *resp = call->resp;
    buf_clear(&resp->body);
    call->replying = call->enveloped = false;
    resp->status = api_status(call->api, e.kind);
    resp->content_type = call->api->json_type ? call->api->json_type : "application/json";
    if (e.kind == ERR_UNAUTHENTICATED)
        call_header(call, "WWW-Authenticate", "Bearer");
    struct mistakes none = {0};
    bool validation = e.code && strcmp(e.code, "validation_failed") == 0;
    call->writer = jw_to(&resp->body);
    call->writer.time_style = call->api->time_style;
    call->api->write_error(call, &e, validation ? &call->mistakes : &none);
    log_failure(call, &e, resp->status);
}

/* --- CORS --------------------------------------------------------------------------------------- */

static bool origin_allowed(struct call *call, const char *origin)
{
    if (!call->api->cors_setting)
        return false;
    const char *const *list =
        settings_list(call->core->settings, call->arena, call->api->cors_setting);
    for (; list && *list; list++) {
        if (strcmp(*list, "*") == 0 || strcasecmp(*list, origin) == 0)
            return true;
    }
    return false;
}

static void add_cors(struct call *call)
{
    const char *origin = http_header(call->req, "Origin");
    if (!origin)
        return;
    call_header(call, "Vary", "Origin");
    if (!origin_allowed(call, origin))
        return;
    call_header(call, "Access-Control-Allow-Origin", origin);
    call_header(call, "Access-Control-Allow-Credentials", "true");
    call_header(call, "Access-Control-Expose-Headers",
                "X-Password-Change-Required, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, "
                "X-RateLimit-Reset, ETag, Content-Range, Accept-Ranges, X-Request-ID");
}

static const char *allowed_methods(struct arena *a, unsigned allowed)
{
    BUF(out);
    if (allowed & (1u << HTTP_GET))
        allowed |= 1u << HTTP_HEAD;
    for (int m = 0; m < HTTP_OTHER; m++) {
        if (allowed & (1u << m))
            buf_printf(&out, "%s%s", out.len ? ", " : "", http_method_name((enum http_method)m));
    }
    buf_printf(&out, "%sOPTIONS", out.len ? ", " : "");
    return arena_strdup(a, out.data);
}

static void answer_options(struct call *call, unsigned allowed)
{
    bool preflight = http_header(call->req, "Origin") &&
                     http_header(call->req, "Access-Control-Request-Method");
    call_header(call, "Allow", allowed_methods(call->arena, allowed));
    if (preflight) {
        const char *headers = http_header(call->req, "Access-Control-Request-Headers");
        call_header(call, "Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE, OPTIONS");
        if (headers)
            call_header(call, "Access-Control-Allow-Headers", headers);
        call_header(call, "Access-Control-Max-Age", "600");
    }
    int status = call->api->preflight_status;
    IGNORE(call_empty(call, status ? status : 204)); /* cannot fail */
}

/* --- credentials --------------------------------------------------------------------------------- */

static bool takes_access_token(const struct call *call)
{
    const char *path = call->api->token_path;
    return !path || strncmp(call->route->path, path, strlen(path)) == 0 ||
           call->route->access == ACCESS_MEDIA;
}

static const char *credential(const struct call *call)
{
    const char *header = http_header(call->req, "Authorization");
    if (header && strncasecmp(header, "Bearer ", 7) == 0 && header[7])
        return header + 7;
    const char *key = http_header(call->req, "X-API-Key");
    if (key && *key)
        return key;
    key = http_query(call->req, "api_key");
    if (key && *key)
        return key;
    key = takes_access_token(call) ? http_query(call->req, "access_token") : NULL;
    if (key && *key)
        return key;
    if (call->route->access == ACCESS_MEDIA) {
        key = http_query(call->req, "token");
        if (key && *key)
            return key;
    }
    return NULL;
}

static bool api_is_open(struct call *call)
{
    const char *const *open = settings_list(call->core->settings, call->arena, "auth.open");
    for (; open && *open; open++) {
        if (strcmp(*open, call->api->name) == 0)
            return true;
    }
    return false;
}

static struct err check_access(struct call *call)
{
    enum access access = call->route->access;
    call->who = (struct identity){.kind = IDENTITY_ANONYMOUS, .user_id = INT_NONE, .name = "anonymous"};
    if (access == ACCESS_PUBLIC || access == ACCESS_SOCKET)
        return OK;
    const char *presented = credential(call);
    if (!presented) {
        if (access == ACCESS_OPTIONAL || api_is_open(call))
            return OK;
        return err_make(ERR_UNAUTHENTICATED, "auth_required", "Authentication required");
    }
    struct err e = auth_check(call->core->auth, call->arena, presented, &call->who);
    if (failed(e) && (access == ACCESS_OPTIONAL || api_is_open(call))) {
        call->who = (struct identity){.kind = IDENTITY_ANONYMOUS, .user_id = INT_NONE, .name = "anonymous"};
        return OK;
    }
    return e;
}

/* --- rate limits --------------------------------------------------------------------------------- */

static void add_limit_headers(struct call *call, const struct limit_state *state)
{
    char number[24];
    snprintf(number, sizeof(number), "%lld", (long long)state->limit);
    call_header(call, "X-RateLimit-Limit", number);
    snprintf(number, sizeof(number), "%lld", (long long)state->remaining);
    call_header(call, "X-RateLimit-Remaining", number);
    snprintf(number, sizeof(number), "%lld", (long long)state->reset_at_s);
    call_header(call, "X-RateLimit-Reset", number);
}

static bool take(struct call *call, const struct rate_bucket *bucket, struct limit_state *state)
{
    int64_t per_minute = settings_int(call->core->settings, bucket->setting);
    if (per_minute <= 0)
        return true;
    const char *key = arena_printf(call->arena, "%s.%s", call->api->name, bucket->name);
    struct limit_state mine;
    bool allowed = limiter_take(call->core->limiter, key, call->req->peer, per_minute,
                                time_now_us(), &mine);
    /* The strictest bucket that applies owns the headers. */
    if (state->limit == 0 || !allowed || mine.remaining < state->remaining)
        *state = mine;
    return allowed;
}

static struct err check_limits(struct call *call)
{
    const struct rate_bucket *buckets = call->api->buckets;
    if (!buckets)
        return OK;
    struct limit_state state = {0};
    bool allowed = take(call, &buckets[0], &state);
    for (const struct rate_bucket *b = buckets + 1; allowed && call->route->bucket && b->name; b++) {
        if (strcmp(b->name, call->route->bucket) == 0)
            allowed = take(call, b, &state);
    }
    if (state.limit)
        add_limit_headers(call, &state);
    if (allowed)
        return OK;
    char seconds[24];
    snprintf(seconds, sizeof(seconds), "%lld", (long long)state.retry_s);
    call_header(call, "Retry-After", seconds);
    return err_make(ERR_THROTTLED, "rate_limited", "Too many requests");
}

/* --- begin: everything that needs no body ---------------------------------------------------------- */

static const struct mount *mount_for(const struct surface *surface, const char *path,
                                     const char **ret_rest)
{
    for (size_t i = 0; i < surface->mount_count; i++) {
        const struct mount *m = &surface->mounts[i];
        size_t len = strlen(m->prefix);
        if (strncasecmp(path, m->prefix, len) == 0 && (path[len] == '/' || !path[len])) {
            *ret_rest = path[len] ? path + len : "/";
            return m;
        }
    }
    *ret_rest = path;
    return &surface->root;
}

static struct err bad_path_value(struct call *call, const struct path_value *value)
{
    struct mistake *m = mistake_add(call->arena, &call->mistakes, MISTAKE_PARSE, "path");
    m->type = T_INT;
    m->input = value->text;
    m->path[m->path_len++] = (struct path_step){value->name, 0};
    return call_invalid(call);
}

static struct err check_path(struct call *call, const struct match *match)
{
    if (match->bad_int)
        return bad_path_value(call, &match->path[match->bad_index]);
    for (size_t i = 0; call->api->positive_ids && i < call->path_count; i++) {
        /* Season 0 is a season; a row 0 is not a row. */
        bool names_row = strcmp(call->path[i].name, "id") == 0;
        if (names_row && call->path[i].is_number && call->path[i].number < 1)
            return bad_path_value(call, &call->path[i]);
    }
    return OK;
}

static struct err not_routed(struct call *call, const struct match *match)
{
    if (match->path_known && !call->api->method_404) {
        call_header(call, "Allow", allowed_methods(call->arena, match->allowed));
        return err_make(ERR_METHOD, "method_not_allowed", "Method Not Allowed");
    }
    return err_make(ERR_NOT_FOUND, "route_not_found", "Not Found");
}

static struct err redirect_slash(struct call *call, const char *path)
{
    size_t len = strlen(path);
    const char *query = strchr(call->req->raw_path, '?');
    const char *other = path[len - 1] == '/' ? arena_strndup(call->arena, path, len - 1)
                                             : arena_printf(call->arena, "%s/", path);
    BUF(location);
    buf_printf(&location, "%s%s", call->base_path, other);
    for (size_t i = 0; !query && i < call->req->query_count; i++) {
        buf_putc(&location, i ? '&' : '?');
        url_encode(&location, call->req->query[i].name);
        buf_putc(&location, '=');
        url_encode(&location, call->req->query[i].value);
    }
    return call_redirect(call, 307, arena_strdup(call->arena, location.data));
}

static struct err admit(struct call *call, const struct match *match)
{
    if (!call->route)
        return not_routed(call, match);
    TRY(check_limits(call));
    TRY(check_access(call));
    return check_path(call, match);
}

static struct http_plan plan_for(const struct call *call)
{
    const struct route *route = call->route;
    bool has_body = route->body || call->req->method == HTTP_POST ||
                    call->req->method == HTTP_PUT || call->req->method == HTTP_PATCH ||
                    call->req->method == HTTP_DELETE;
    size_t max_body = route->max_body ? route->max_body
                      : call->api->max_body ? call->api->max_body
                                            : DEFAULT_MAX_BODY;
    return (struct http_plan){
        .blocking = (route->flags & ROUTE_BLOCKING) != 0,
        .multipart = (route->flags & ROUTE_MULTIPART) != 0,
        .max_body = has_body ? max_body : 0,
        .max_upload = route->max_body ? (int64_t)route->max_body : DEFAULT_MAX_UPLOAD,
    };
}

static struct http_plan surface_begin(void *context, struct http_request *req,
                                      struct http_response *resp)
{
    const struct surface *surface = context;
    struct call *call = arena_new(req->arena, struct call);
    *call = (struct call){.core = surface->core, .arena = req->arena, .req = req, .resp = resp};
    req->user = call;
    const char *path;
    const struct mount *mount = mount_for(surface, req->raw_path, &path);
    call->base_path = mount->prefix;
    if (surface->pages && mount == &surface->root && pages_answer(call, surface->pages, path))
        return (struct http_plan){.answered = true};
    struct match match;
    router_find(mount->router, call->arena, req->method, path, &match);
    call->api = match.api ? match.api : mount->fallback;
    call->route = match.route;
    memcpy(call->path, match.path, sizeof(call->path));
    call->path_count = match.path_count;
    add_cors(call);
    if (req->method == HTTP_OPTIONS && !match.route) {
        answer_options(call, match.allowed);
        return (struct http_plan){.answered = true};
    }
    if (call->route && match.other_slash && call->api->redirect_slash) {
        IGNORE(redirect_slash(call, path)); /* cannot fail */
        return (struct http_plan){.answered = true};
    }
    struct err e = admit(call, &match);
    if (failed(e)) {
        answer_error(call, e);
        return (struct http_plan){.answered = true};
    }
    return plan_for(call);
}

/* --- handle: the body, the handler, the reply ------------------------------------------------------ */

static bool is_json_type(const char *type)
{
    return !type || strncasecmp(type, "application/json", 16) == 0 || strstr(type, "+json");
}

/* Member names in the shape's spelling, for an API that reads them in any case. */
static json_t *fold_keys(struct call *call, const struct shape *shape, json_t *value)
{
    const char *key;
    json_t *member;
    json_t *folded = json_object();
    json_object_foreach (value, key, member) {
        const char *name = key;
        for (size_t i = 0; i < shape->count; i++) {
            if (strcasecmp(shape->fields[i].name, key) == 0)
                name = shape->fields[i].name;
        }
        json_object_set(folded, name, member);
    }
    arena_defer(call->arena, (void (*)(void *))(void *)json_decref, folded);
    return folded;
}

static void decode_body(struct call *call)
{
    const struct route *route = call->route;
    if (!route->body && !(route->flags & (ROUTE_ANY_JSON | ROUTE_BODY_LIST)))
        return;
    bool absent = call->req->body_len == 0;
    const char *text = absent && (route->flags & ROUTE_OPTIONAL_BODY) ? "{}" : call->req->body;
    if (absent && !(route->flags & ROUTE_OPTIONAL_BODY)) {
        if (route->body || (route->flags & ROUTE_BODY_LIST))
            mistake_add(call->arena, &call->mistakes, MISTAKE_MISSING, "body");
        return;
    }
    call->json = json_read(call->arena, text, absent ? 2 : call->req->body_len, "body", &call->mistakes);
    if (!call->json || !route->body)
        return;
    if (call->api->fold_keys && json_is_object(call->json))
        call->json = fold_keys(call, route->body, call->json);
    struct decode_options options = {
        .where = "body",
        .lenient_numbers = call->api->lenient_numbers,
        .all_optional = (route->flags & ROUTE_PATCH) != 0,
    };
    call->body = arena_alloc(call->arena, route->body->size);
    shape_decode(call->arena, route->body, call->json, &options, &call->mistakes, call->body,
                 &call->body_present);
}

static void decode_query(struct call *call)
{
    const struct shape *shape = call->route->query;
    if (!shape)
        return;
    const struct http_request *req = call->req;
    struct text_pair *pairs = arena_array(call->arena, struct text_pair, req->query_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < req->query_count; i++) {
        if (call->api->empty_is_absent && !*req->query[i].value)
            continue;
        pairs[count++] = (struct text_pair){req->query[i].name, req->query[i].value};
    }
    call->query = arena_alloc(call->arena, shape->size);
    shape_decode_pairs(call->arena, shape, pairs, count, "query", &call->mistakes, call->query,
                       &call->query_present);
}

static struct err decode(struct call *call)
{
    decode_query(call);
    if (!(call->route->flags & (ROUTE_MULTIPART | ROUTE_RAW_BODY))) {
        const char *type = http_header(call->req, "Content-Type");
        if (call->api->strict_type && call->req->body_len && call->route->body && !is_json_type(type))
            return err_make(ERR_UNSUPPORTED, "content_type", "Content-Type must be application/json");
        decode_body(call);
    }
    return call->mistakes.count ? call_invalid(call) : OK;
}

static void finish_reply(struct call *call)
{
    struct http_response *resp = call->resp;
    if (call->enveloped)
        call->api->close_envelope(call, &call->writer);
    if (!resp->status)
        resp->status = call->route->status ? call->route->status : 200;
    if (!(call->route->flags & ROUTE_CACHE) || resp->status != 200)
        return;
    resp->etag = bytes_etag(call->arena, resp->body.data ? resp->body.data : "", resp->body.len);
    call_header(call, "Cache-Control", "private, max-age=3600");
    const char *known = http_header(call->req, "If-None-Match");
    if (known && strstr(known, resp->etag)) {
        buf_clear(&resp->body);
        resp->status = 304;
    }
}

static void answer(struct call *call)
{
    struct err e = decode(call);
    if (!failed(e))
        e = call->route->handle ? call->route->handle(call) : call_unfinished(call);
    if (failed(e))
        answer_error(call, e);
    else
        finish_reply(call);
}

/* What decides the reply; credentials in the query do not. */
static const char *remember_key(struct call *call)
{
    BUF(key);
    const struct http_request *req = call->req;
    buf_printf(&key, "%s %s", call->api->name, req->raw_path);
    for (size_t i = 0; i < req->query_count; i++) {
        const char *name = req->query[i].name;
        if (strcmp(name, "api_key") == 0 || strcmp(name, "access_token") == 0)
            continue;
        buf_putc(&key, i ? '&' : '?');
        url_encode(&key, name);
        buf_putc(&key, '=');
        url_encode(&key, req->query[i].value);
    }
    return arena_strndup(call->arena, key.data, key.len);
}

/* Grows with each change of what such replies show; 0: it may be changing now. Both parts only grow, so
 * their sum is the same only while both are. */
static uint64_t remember_generation(const struct core *core)
{
    uint64_t generation = db_generation(core->db);
    if (!generation)
        return 0;
    /* Another process may write without our hearing of it at once. */
    if (db_driver(core->db) == DB_POSTGRES)
        generation += (uint64_t)(time_monotonic_us() / REMEMBER_SHARED_US);
    return generation + settings_generation(core->settings);
}

static void answer_remembered(const struct surface *surface, struct call *call)
{
    struct http_response *resp = call->resp;
    uint64_t generation = remember_generation(call->core);
    const char *key = generation ? remember_key(call) : NULL;
    size_t headers = resp->header_count;
    if (key && remember_find(surface->remembered, key, generation, &resp->body)) {
        resp->status = 200;
        resp->content_type = call->api->json_type ? call->api->json_type : "application/json";
        return;
    }
    answer(call);
    if (key && resp->status == 200 && resp->header_count == headers && resp->body.data)
        remember_keep(surface->remembered, key, generation, resp->body.data, resp->body.len);
}

static void surface_handle(void *context, struct http_request *req, struct http_response *resp)
{
    const struct surface *surface = context;
    struct call *call = req->user;
    call->resp = resp;
    log_scope(arena_printf(call->arena, "req=%s", req->id));
    if (call->route->flags & ROUTE_REMEMBER)
        answer_remembered(surface, call);
    else
        answer(call);
    log_scope(NULL);
}

/* Whose error shape it is, for a request that was refused before it was routed. */
static const struct api *nearest_api(const struct surface *surface, struct http_request *req)
{
    const char *path;
    struct match match;
    if (!req->raw_path || req->raw_path[0] != '/')
        return surface->root.fallback;
    const struct mount *mount = mount_for(surface, req->raw_path, &path);
    router_find(mount->router, req->arena, req->method, path, &match);
    return match.api ? match.api : mount->fallback;
}

static void surface_refuse(void *context, struct http_request *req, struct http_response *resp,
                           struct err e)
{
    const struct surface *surface = context;
    struct call *call = req->user;
    if (!call) {
        call = arena_new(req->arena, struct call);
        *call = (struct call){.core = surface->core, .arena = req->arena, .req = req};
        call->api = nearest_api(surface, req);
        req->user = call;
    }
    call->resp = resp;
    answer_error(call, e);
}

static void surface_finish(void *context, struct http_request *req, int status, int64_t bytes)
{
    struct surface *surface = context;
    const struct call *call = req->user;
    const char *name = call && call->api ? call->api->name : "-";
    int64_t took_us = time_monotonic_us() - req->started_us;
    metrics_request(surface->metrics, status, took_us);
    LOG(LOG_DEBUG, "http", "request", "req=%s api=%s method=%s path=%s status=%d bytes=%lld us=%lld",
        req->id, name, req->method_text, Q(req->raw_path), status, (long long)bytes,
        (long long)took_us);
}

struct http_handler surface_handler(struct surface *surface)
{
    return (struct http_handler){
        .begin = surface_begin,
        .handle = surface_handle,
        .refuse = surface_refuse,
        .finish = surface_finish,
        .context = surface,
    };
}
