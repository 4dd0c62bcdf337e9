/*
 * A thread that moves bytes: libcurl's multi interface, with the connections that it keeps.
 *
 * Private to net/. The caller's thread fills a transfer, and waits in engine_run() while the engine's thread
 * works on it. There are two engines: connections of guarded requests and of trusted ones never mix.
 */
#ifndef MEDLEY_NET_ENGINE_H
#define MEDLEY_NET_ENGINE_H

#include <curl/curl.h>
#include <pthread.h>

#include "base/buf.h"
#include "net/net.h"

struct engine {
    bool guarded;
    CURLM *multi;
    pthread_t thread;
    pthread_mutex_t lock;
    struct transfer *incoming; /* under lock, like `stopping` and the transfers' `done` and `stop` */
    bool stopping;
};

struct transfer {
    /* set by the caller, then the engine's thread's until `done` */
    CURL *curl;
    struct buf body;
    struct buf headers;
    char reason[CURL_ERROR_SIZE];
    CURLcode code;
    bool refused; /* the address is private */
    /* under the engine's lock */
    pthread_cond_t changed;
    bool done;
    bool stop;
    struct transfer *next;
};

struct err engine_start(struct engine *engine, bool guarded) MUST_CHECK;
/* Transfers that are under way end as if cancelled. */
void engine_stop(struct engine *engine);
void engine_finish(struct engine *engine);

/* A caller's wish to stop. */
static inline bool is_raised(const volatile bool *flag)
{
    return flag && __atomic_load_n(flag, __ATOMIC_RELAXED);
}

struct engine_order {
    const char *method;
    const char *url;
    const char *user_agent;
    const char *const *headers; /* NULL: none */
    const char *body;
    size_t max_bytes;
    int timeout_ms;
    const volatile bool *cancelled;
};
/* Sends one request and waits. ERR_* as net/net.h says. */
struct err engine_run(struct engine *engine, struct arena *a, const struct engine_order *order,
                      struct net_reply *ret_reply) MUST_CHECK;

#endif
