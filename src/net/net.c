/* Requests to outside services: cache, turn, attempts, redirects. */
#include "net/net.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/ids.h"
#include "net/budget.h"
#include "net/cache.h"
#include "net/engine.h"

#define DEFAULT_TIMEOUT_MS  30000
#define DEFAULT_PATIENCE_MS 60000
#define DEFAULT_ATTEMPTS    3
#define DEFAULT_PAUSE_MS    1000
#define DEFAULT_CACHE_BYTES (32u << 20)

struct net {
    struct engine engines[2]; /* trusted, guarded */
    struct cache *cache;
    char *user_agent;
    struct budget *budgets;
    size_t budget_count;
};

/* --- life ------------------------------------------------------------------------------------------------------ */

static void start_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

struct err net_create(const struct net_options *options, struct net **ret)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start_curl);
    struct net *net = calloc(1, sizeof(*net));
    CHECK(net != NULL);
    struct err e = engine_start(&net->engines[0], false);
    if (!failed(e)) {
        e = engine_start(&net->engines[1], true);
        if (failed(e))
            engine_finish(&net->engines[0]);
    }
    if (failed(e)) {
        free(net);
        return e;
    }
    while (options->services && options->services[net->budget_count])
        net->budget_count++;
    net->budgets = calloc(net->budget_count + 1, sizeof(struct budget));
    net->user_agent = strdup(options->user_agent ? options->user_agent : "Medley");
    CHECK(net->budgets && net->user_agent);
    for (size_t i = 0; i < net->budget_count; i++)
        budget_init(&net->budgets[i], options->services[i]);
    net->cache = cache_create(options->cache_bytes ? options->cache_bytes : DEFAULT_CACHE_BYTES);
    *ret = net;
    return OK;
}

void net_stop(struct net *net)
{
    if (!net)
        return;
    for (size_t i = 0; i < net->budget_count; i++)
        budget_stop(&net->budgets[i]);
    for (size_t i = 0; i < 2; i++)
        engine_stop(&net->engines[i]);
}

void net_destroy(struct net *net)
{
    if (!net)
        return;
    for (size_t i = 0; i < 2; i++)
        engine_finish(&net->engines[i]);
    for (size_t i = 0; i < net->budget_count; i++)
        budget_finish(&net->budgets[i]);
    cache_destroy(net->cache);
    free(net->budgets);
    free(net->user_agent);
    free(net);
}

static struct budget *budget_of(struct net *net, const struct net_service *service)
{
    for (size_t i = 0; i < net->budget_count; i++) {
        if (net->budgets[i].row == service)
            return &net->budgets[i];
    }
    CHECK(service == NULL); /* its row was not given to net_create() */
    return NULL;
}

bool net_stats(struct net *net, const char *service, struct net_stats *ret_stats)
{
    for (size_t i = 0; i < net->budget_count; i++) {
        if (strcmp(net->budgets[i].row->name, service) == 0) {
            budget_read(&net->budgets[i], ret_stats);
            return true;
        }
    }
    return false;
}

/* --- addresses ------------------------------------------------------------------------------------------------- */

static bool same_part(CURLU *a, CURLU *b, CURLUPart part)
{
    char *left = NULL, *right = NULL;
    bool same = !curl_url_get(a, part, &left, CURLU_DEFAULT_PORT) &&
                !curl_url_get(b, part, &right, CURLU_DEFAULT_PORT) && strcasecmp(left, right) == 0;
    curl_free(left);
    curl_free(right);
    return same;
}

bool url_same_origin(const char *a, const char *b)
{
    CURLU *left = curl_url();
    CURLU *right = curl_url();
    CHECK(left && right);
    bool same = a && b && !curl_url_set(left, CURLUPART_URL, a, 0) && !curl_url_set(right, CURLUPART_URL, b, 0) &&
                same_part(left, right, CURLUPART_SCHEME) && same_part(left, right, CURLUPART_HOST) &&
                same_part(left, right, CURLUPART_PORT);
    curl_url_cleanup(left);
    curl_url_cleanup(right);
    return same;
}

/* Where a Location leads, seen from `base`; NULL when it is none. */
static const char *resolve(struct arena *a, const char *base, const char *location)
{
    CURLU *url = curl_url();
    char *out = NULL;
    CHECK(url != NULL);
    if (!curl_url_set(url, CURLUPART_URL, base, 0) && !curl_url_set(url, CURLUPART_URL, location, 0))
        curl_url_get(url, CURLUPART_URL, &out, 0);
    const char *kept = arena_strdup(a, out);
    curl_free(out);
    curl_url_cleanup(url);
    return kept;
}

const char *net_header(struct arena *a, const struct net_reply *reply, const char *name)
{
    size_t len = strlen(name);
    const char *found = NULL;
    for (const char *line = reply->headers; line && *line;) {
        size_t size = strcspn(line, "\r\n");
        if (size > len && line[len] == ':' && strncasecmp(line, name, len) == 0) {
            size_t skip = len + 1 + strspn(line + len + 1, " \t");
            found = skip <= size ? arena_strndup(a, line + skip, size - skip) : "";
        }
        line += size;
        line += strspn(line, "\r\n");
    }
    return found;
}

/* --- one attempt ----------------------------------------------------------------------------------------------- */

static bool is_read(const struct net_request *r)
{
    return r->method ? strcmp(r->method, "GET") == 0 || strcmp(r->method, "HEAD") == 0 : !r->body;
}

static bool is_redirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static int attempt_ms(const struct net_request *r, const struct patience *p)
{
    int64_t wanted = r->timeout_ms > 0 ? r->timeout_ms : DEFAULT_TIMEOUT_MS;
    int64_t left = p->until_us == INT64_MAX ? wanted : (p->until_us - time_monotonic_us()) / 1000;
    return left < 1 ? 1 : left < wanted ? (int)left : (int)wanted;
}

static struct err follow(struct net *net, struct arena *a, const struct net_request *r, const struct patience *p,
                         struct net_reply *ret)
{
    const char *url = r->url;
    struct net_reply reply;
    for (int hop = 0;; hop++) {
        bool home = hop == 0 || url_same_origin(url, r->url);
        /* A redirect away from a trusted address is another service's answer. */
        bool guard = (r->guard || !home) && !url_same_origin(url, r->trusted);
        struct engine_order order = {
            .method = r->method,
            .url = url,
            .user_agent = net->user_agent,
            .headers = home ? r->headers : NULL,
            .body = r->body,
            .max_bytes = r->max_bytes ? r->max_bytes : NET_BODY_MAX_BYTES,
            .timeout_ms = attempt_ms(r, p),
            .cancelled = r->cancelled,
        };
        TRY(engine_run(&net->engines[guard], a, &order, &reply));
        if (hop >= r->redirects || !is_redirect(reply.status) || !is_read(r))
            break;
        const char *location = net_header(a, &reply, "Location");
        url = location ? resolve(a, url, location) : NULL;
        if (!url)
            break;
    }
    *ret = reply;
    return OK;
}

static struct err attempt(struct net *net, struct budget *b, struct arena *a, const struct net_request *r,
                          const struct patience *p, struct net_reply *ret)
{
    int64_t started;
    if (!b)
        return follow(net, a, r, p, ret);
    TRY(budget_enter(b, a, p));
    started = time_monotonic_us();
    struct err e = follow(net, a, r, p, ret);
    budget_leave(b, a, failed(e) ? NULL : ret, &e, time_monotonic_us() - started);
    return e;
}

/* --- trying again ---------------------------------------------------------------------------------------------- */

static bool may_repeat(const struct net_request *r)
{
    static const char *const methods[] = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"};
    const char *method = r->method ? r->method : r->body ? "POST" : "GET";
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        if (strcmp(method, methods[i]) == 0)
            return true;
    }
    return r->repeatable;
}

static bool is_passing(const struct err *e, const struct net_reply *reply)
{
    if (failed(*e))
        return e->kind == ERR_TIMEOUT || (e->kind == ERR_UPSTREAM && strcmp(e->code, "upstream_away") == 0);
    return reply->status == 408 || reply->status == 429 || reply->status == 500 ||
           (reply->status >= 502 && reply->status <= 504);
}

/* Retry-After in milliseconds: a number of seconds, or a date; -1: none. */
static int64_t asked_pause_ms(struct arena *a, const struct net_reply *reply)
{
    const char *text = net_header(a, reply, "Retry-After");
    char *end;
    int64_t at;
    if (!text)
        return -1;
    double seconds = strtod(text, &end);
    if (end == text || *end) {
        if (!time_parse(text, &at))
            return -1;
        seconds = (double)(at - time_now_us()) / 1e6;
    }
    if (!(seconds > 0))
        return 0;
    return seconds > NET_PARK_MAX_S ? NET_PARK_MAX_S * INT64_C(1000) : (int64_t)(seconds * 1000);
}

/* Doubling, at most NET_PAUSE_MAX_MS, and half of it left to chance: jobs that fail together come back apart. */
static int64_t own_pause_ms(const struct net_service *row, int done)
{
    int64_t ms = row->pause_ms > 0 ? row->pause_ms : DEFAULT_PAUSE_MS;
    for (int i = 1; i < done && ms < NET_PAUSE_MAX_MS; i++)
        ms *= 2;
    if (ms > NET_PAUSE_MAX_MS)
        ms = NET_PAUSE_MAX_MS;
    return ms / 2 + (int64_t)(random_u64() % (uint64_t)(ms / 2 + 1));
}

/* How long to wait before the next attempt; ERR_UPSTREAM when the service wants to be left alone. */
static struct err next_pause(struct budget *b, struct arena *a, const struct net_reply *reply, int done,
                             int64_t *ret_ms)
{
    int64_t asked = reply ? asked_pause_ms(a, reply) : -1;
    if (asked >= 0)
        budget_park(b, asked);
    if (asked > NET_PAUSE_MAX_MS)
        return budget_parked(b, a, asked);
    *ret_ms = asked >= 0 ? asked : own_pause_ms(b->row, done);
    return OK;
}

static struct err send_patiently(struct net *net, struct budget *b, struct arena *a, const struct net_request *r,
                                 const struct patience *p, struct net_reply *ret)
{
    int attempts = b->row->attempts > 0 ? b->row->attempts : DEFAULT_ATTEMPTS;
    for (int done = 1;; done++) {
        int64_t ms = 0;
        struct err e = attempt(net, b, a, r, p, ret);
        if (!is_passing(&e, ret))
            return e;
        TRY(next_pause(b, a, failed(e) ? NULL : ret, done, &ms));
        bool late = p->until_us != INT64_MAX && time_monotonic_us() + ms * 1000 >= p->until_us;
        if (done >= attempts || late || !may_repeat(r))
            return e;
        TRY(budget_pause(b, p, ms));
        budget_count(b, &b->stats.retries);
    }
}

/* --- all of it ------------------------------------------------------------------------------------------------- */

/* Answers depend on the address and on who asks. */
static const char *cache_key(struct arena *a, const struct net_request *r)
{
    BUF(key);
    buf_puts(&key, r->url);
    for (const char *const *h = r->headers; h && *h; h++)
        buf_printf(&key, "\n%s", *h);
    return arena_strndup(a, key.data, key.len);
}

struct err net_send(struct net *net, struct arena *a, const struct net_request *request,
                    struct net_reply *ret_reply)
{
    struct budget *b = budget_of(net, request->service);
    int patience_ms = request->patience_ms ? request->patience_ms : DEFAULT_PATIENCE_MS;
    struct patience p = {
        .until_us = patience_ms < 0 ? INT64_MAX : time_monotonic_us() + patience_ms * INT64_C(1000),
        .cancelled = request->cancelled,
    };
    struct net_reply reply = {0};
    if (!b) {
        TRY(attempt(net, NULL, a, request, &p, &reply));
        *ret_reply = reply;
        return OK;
    }
    bool keeps = b->row->cache_s > 0 && !request->body && (!request->method || strcmp(request->method, "GET") == 0);
    const char *key = keeps ? cache_key(a, request) : NULL;
    if (key && !request->fresh && cache_get(net->cache, a, key, &reply)) {
        budget_count(b, &b->stats.cache_hits);
    } else {
        TRY(send_patiently(net, b, a, request, &p, &reply));
        if (key && reply.status == 200)
            cache_put(net->cache, key, &reply, b->row->cache_s);
    }
    *ret_reply = reply;
    return OK;
}
