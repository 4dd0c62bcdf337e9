/* Transfers, on a thread of their own. */
#include "net/engine.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/guard.h"

#define IDLE_MS            1000
/* How often a waiting caller looks at its own flag. */
#define LOOK_MS            100
#define CONNECT_MAX_MS     10000
#define HEADERS_MAX_BYTES  (64u << 10)
#define CONNECTIONS_KEPT   32L

/* --- callbacks, on the engine's thread --------------------------------------------------------------------- */

/* Asked with the resolved address, so that no name can turn into another one in between. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct transfer *t = context;
    (void)purpose;
    if (address_is_private(&address->addr)) {
        t->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t receive_body(char *data, size_t size, size_t count, void *context)
{
    struct transfer *t = context;
    buf_append(&t->body, data, size * count);
    return t->body.overflowed ? 0 : size * count;
}

/* Those of the last answer: a 100 Continue may come before it. */
static size_t receive_header(char *data, size_t size, size_t count, void *context)
{
    struct transfer *t = context;
    if (size * count >= 5 && strncmp(data, "HTTP/", 5) == 0)
        buf_clear(&t->headers);
    buf_append(&t->headers, data, size * count);
    return t->headers.overflowed ? 0 : size * count;
}

/* --- the thread ---------------------------------------------------------------------------------------------- */

static void finish(struct engine *engine, struct transfer *t, CURLcode code)
{
    curl_multi_remove_handle(engine->multi, t->curl);
    pthread_mutex_lock(&engine->lock);
    t->code = code;
    t->done = true;
    pthread_cond_signal(&t->changed);
    pthread_mutex_unlock(&engine->lock);
}

/* New ones begin; those that nobody waits for any more end. True when the engine stops. */
static bool take_orders(struct engine *engine, struct transfer **active)
{
    pthread_mutex_lock(&engine->lock);
    struct transfer *fresh = engine->incoming;
    bool stopping = engine->stopping;
    engine->incoming = NULL;
    pthread_mutex_unlock(&engine->lock);
    for (struct transfer *t = fresh, *next; t; t = next) {
        next = t->next;
        t->next = *active;
        *active = t;
        curl_multi_add_handle(engine->multi, t->curl);
    }
    for (struct transfer **at = active; *at;) {
        struct transfer *t = *at;
        pthread_mutex_lock(&engine->lock);
        bool ends = stopping || t->stop;
        pthread_mutex_unlock(&engine->lock);
        if (ends) {
            *at = t->next;
            finish(engine, t, CURLE_ABORTED_BY_CALLBACK);
        } else {
            at = &t->next;
        }
    }
    return stopping;
}

static void take_results(struct engine *engine, struct transfer **active)
{
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(engine->multi, &left))) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURL *curl = message->easy_handle;
        CURLcode code = message->data.result;
        for (struct transfer **at = active; *at; at = &(*at)->next) {
            struct transfer *t = *at;
            if (t->curl != curl)
                continue;
            *at = t->next;
            finish(engine, t, code);
            break;
        }
    }
}

static void *work(void *context)
{
    struct engine *engine = context;
    struct transfer *active = NULL;
    int running;
    while (!take_orders(engine, &active)) {
        curl_multi_perform(engine->multi, &running);
        take_results(engine, &active);
        curl_multi_poll(engine->multi, NULL, 0, IDLE_MS, NULL);
    }
    return NULL;
}

struct err engine_start(struct engine *engine, bool guarded)
{
    *engine = (struct engine){.guarded = guarded, .multi = curl_multi_init()};
    CHECK(engine->multi != NULL);
    curl_multi_setopt(engine->multi, CURLMOPT_MAXCONNECTS, CONNECTIONS_KEPT);
    pthread_mutex_init(&engine->lock, NULL);
    int wrong = pthread_create(&engine->thread, NULL, work, engine);
    if (!wrong)
        return OK;
    pthread_mutex_destroy(&engine->lock);
    curl_multi_cleanup(engine->multi);
    return err_make(ERR_STORAGE, "no_thread", "The system has no thread to give");
}

void engine_stop(struct engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    engine->stopping = true;
    pthread_mutex_unlock(&engine->lock);
    curl_multi_wakeup(engine->multi);
}

void engine_finish(struct engine *engine)
{
    engine_stop(engine);
    pthread_join(engine->thread, NULL);
    curl_multi_cleanup(engine->multi);
    pthread_mutex_destroy(&engine->lock);
}

/* --- the caller's side ---------------------------------------------------------------------------------------- */

static void set_options(struct engine *engine, const struct engine_order *o, struct transfer *t)
{
    CURL *curl = t->curl;
    long connect_ms = o->timeout_ms < CONNECT_MAX_MS ? o->timeout_ms : CONNECT_MAX_MS;
    curl_easy_setopt(curl, CURLOPT_URL, o->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    /* A name server that does not answer must not hold up the thread when its caller gives up. */
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)o->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, t->reason);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, o->user_agent);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, receive_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, t);
    if (engine->guarded) {
        curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
        curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, t);
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
    }
    if (o->body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(o->body));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, o->body);
    }
    if (o->method && strcmp(o->method, "HEAD") == 0)
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    else if (o->method)
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, o->method);
}

static struct timespec soon(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_nsec += LOOK_MS * 1000000L;
    if (at.tv_nsec >= 1000000000L) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000L;
    }
    return at;
}

static void wait_for(struct engine *engine, struct transfer *t, const volatile bool *cancelled)
{
    pthread_mutex_lock(&engine->lock);
    t->next = engine->incoming;
    engine->incoming = t;
    t->stop = engine->stopping;
    t->done = engine->stopping; /* its thread may be gone */
    if (t->done) {
        engine->incoming = t->next;
        t->code = CURLE_ABORTED_BY_CALLBACK;
    }
    curl_multi_wakeup(engine->multi);
    while (!t->done) {
        struct timespec at = soon();
        pthread_cond_timedwait(&t->changed, &engine->lock, &at);
        if (is_raised(cancelled) && !t->stop) {
            t->stop = true;
            curl_multi_wakeup(engine->multi);
        }
    }
    pthread_mutex_unlock(&engine->lock);
}

static struct err explain(struct arena *a, const struct transfer *t)
{
    if (t->refused)
        return err_make(ERR_DENIED, "address_refused", "The address is private; save it in the settings first");
    if (t->body.overflowed || t->headers.overflowed)
        return err_make(ERR_TOO_LARGE, "upstream_too_large", "The answer is too large");
    const char *text = *t->reason ? t->reason : curl_easy_strerror(t->code);
    switch (t->code) {
    case CURLE_ABORTED_BY_CALLBACK:
        return err_make(ERR_CANCELLED, "cancelled", "The request was cancelled");
    case CURLE_OPERATION_TIMEDOUT:
        return err_f(a, ERR_TIMEOUT, "upstream_timeout", "%s", text);
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return err_f(a, ERR_INVALID, "bad_url", "%s", text);
    default:
        return err_f(a, ERR_UPSTREAM, "upstream_away", "%s", text);
    }
}

static const char *kept(struct arena *a, const struct buf *b)
{
    return arena_strndup(a, b->data ? b->data : "", b->len);
}

static void take_reply(struct arena *a, const struct transfer *t, const char *url, struct net_reply *ret)
{
    long status = 0;
    const char *type = NULL;
    curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(t->curl, CURLINFO_CONTENT_TYPE, &type);
    *ret = (struct net_reply){
        .status = (int)status,
        .body = kept(a, &t->body),
        .len = t->body.len,
        .content_type = arena_strdup(a, type),
        .url = arena_strdup(a, url),
        .headers = kept(a, &t->headers),
    };
}

static void init_changed(pthread_cond_t *cond)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

struct err engine_run(struct engine *engine, struct arena *a, const struct engine_order *order,
                      struct net_reply *ret_reply)
{
    struct transfer t = {.body = {.limit = order->max_bytes}, .headers = {.limit = HEADERS_MAX_BYTES}};
    struct curl_slist *headers = NULL;
    struct err e = OK;
    t.curl = curl_easy_init();
    CHECK(t.curl != NULL);
    init_changed(&t.changed);
    for (const char *const *h = order->headers; h && *h; h++)
        headers = curl_slist_append(headers, *h);
    set_options(engine, order, &t);
    curl_easy_setopt(t.curl, CURLOPT_HTTPHEADER, headers);
    wait_for(engine, &t, order->cancelled);
    if (t.code == CURLE_OK)
        take_reply(a, &t, order->url, ret_reply);
    else
        e = explain(a, &t);
    curl_easy_cleanup(t.curl);
    curl_slist_free_all(headers);
    pthread_cond_destroy(&t.changed);
    buf_finish(&t.body);
    buf_finish(&t.headers);
    return e;
}
