/*
 * The one HTTP client for outside services: everything that leaves this process over HTTP goes through
 * net_send().
 *
 * A service is a row (struct net_service): its rate budget, how many requests run at once, how long answers
 * are kept. The rows are given once, at net_create(); from then on net_send() does for every request of that
 * service, in whatever thread: look into the cache, wait for its turn, send on a kept connection, try again
 * with growing pauses after 408, 429, 5xx and network failures, and count. A request without a service has
 * no budget, no cache, and is tried once.
 *
 * Blocking: for jobs and blocking handlers only. Any number of threads. A wait (for a turn, for a pause, for
 * the answer) ends within a tenth of a second of *cancelled, net_stop(), or the end of the caller's patience.
 *
 * "Retry-After" of up to NET_PAUSE_MAX_MS is waited for, by every request of that service. A longer one parks
 * the service: this request and those after it fail at once, until the time is over.
 *
 * Addresses from settings are trusted. With `guard` a request is refused when the name resolves to a
 * loopback, private or link-local address, unless `trusted` (a URL from a setting) has the same origin. A
 * guarded request never travels on a connection that a trusted one opened, nor through a proxy. Redirects are
 * answers unless `redirects` says how many are followed (GET and HEAD); every hop is guarded the same way,
 * and one to another origin loses the request's own headers.
 *
 * Failures: ERR_CANCELLED "cancelled"; ERR_UPSTREAM "upstream_throttled" (the service is parked, or no turn
 * came in time) and "upstream_away" (with the reason); ERR_TIMEOUT "upstream_timeout"; ERR_TOO_LARGE
 * "upstream_too_large"; ERR_DENIED "address_refused"; ERR_INVALID "bad_url". A status of 400 and above is an
 * answer, not a failure.
 *
 *     static const struct net_service imvdb = {"imvdb", .per_minute = 1000, .burst = 50, .at_once = 10};
 *     struct net_reply reply;
 *     TRY(net_send(core->net, a, &(struct net_request){.service = &imvdb, .url = url}, &reply));
 */
#ifndef MEDLEY_NET_NET_H
#define MEDLEY_NET_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

#define NET_BODY_MAX_BYTES (8u << 20)
/* Longest pause that is waited out inside net_send(); what is longer parks the service. */
#define NET_PAUSE_MAX_MS 10000
/* A service that asks for more is asked again after this. */
#define NET_PARK_MAX_S (24 * 3600)

struct net_service {
    const char *name;
    double per_minute;    /* tokens that come back; 0: no budget */
    int burst;            /* tokens at most; 0: 1 */
    int at_once;          /* requests under way; 0: any number */
    int cache_s;          /* how long a GET's answer of 200 is kept; 0: not */
    int attempts;         /* 0: 3 */
    int pause_ms;         /* before the second attempt, doubling; 0: 1000 */
    /* Headers in which the service states its limit (requests a minute) and what is left of it; NULL: none.
     * The budget follows them. */
    const char *limit_header;
    const char *left_header;
};

struct net;
struct net_options {
    const struct net_service *const *services; /* NULL-terminated rows; they outlive the client */
    const char *user_agent;                    /* copied */
    size_t cache_bytes;                        /* 0: 32 MiB */
};
struct err net_create(const struct net_options *options, struct net **ret_net) MUST_CHECK;
/* Ends every wait with ERR_CANCELLED, now and from now on. */
void net_stop(struct net *net);
/* When no thread is inside any more. NULL is fine. */
void net_destroy(struct net *net);

struct net_request {
    const struct net_service *service; /* NULL: none */
    const char *method;                /* NULL: GET, or POST with a body */
    const char *url;
    const char *const *headers;        /* "Name: value", NULL-terminated; NULL: none */
    const char *body;                  /* NULL: none */
    int timeout_ms;                    /* of one attempt; 0: 30 s */
    int patience_ms;                   /* of everything together; 0: 60 s, negative: no limit */
    size_t max_bytes;                  /* of the decoded body; 0: NET_BODY_MAX_BYTES */
    int redirects;
    bool guard;
    const char *trusted;
    bool repeatable;                   /* a POST or PATCH that may be sent twice */
    bool fresh;                        /* not from the cache */
    const volatile bool *cancelled;    /* NULL: never */
};

struct net_reply {
    int status;
    const char *body; /* NUL-terminated; lives in the arena, as everything here */
    size_t len;
    const char *content_type;
    const char *url;     /* that answered: after redirects */
    const char *headers; /* as they came, one per line; "" from the cache */
    bool cached;
};
struct err net_send(struct net *net, struct arena *a, const struct net_request *request,
                    struct net_reply *ret_reply) MUST_CHECK;
/* The last header of that name, any case; NULL when there is none. */
const char *net_header(struct arena *a, const struct net_reply *reply, const char *name);

struct net_stats {
    const char *name;
    int64_t requests;    /* sent, repeats included */
    int64_t errors;      /* failures, and answers of 400 and above, but for 404 */
    int64_t retries;
    int64_t cache_hits;
    int64_t waits;       /* requests that had to wait for their turn */
    int64_t latency_us;  /* of all together */
    int64_t last_latency_us;
    char last_error[160]; /* "" when there was none */
    int64_t last_error_us; /* wall clock; TIME_NONE */
    int64_t parked_until_us; /* wall clock; TIME_NONE: not parked */
    int active;
    int at_once;
    double tokens;
    double burst;
};
/* False when there is no such service. */
bool net_stats(struct net *net, const char *service, struct net_stats *ret_stats);

/* True when both are http(s) URLs of the same scheme, host and port. */
bool url_same_origin(const char *a, const char *b);

#endif
