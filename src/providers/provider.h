/*
 * What the providers share: who asks, addresses, answers.
 *
 * A provider is one file of this folder for one outside service: plain functions that return the service's
 * own plain records, over net/net.h. None knows another. Each takes a `struct asker`, which says with what
 * patience it may wait: a job brings its cancel flag and waits as long as it takes, a request's handler waits
 * for a minute.
 *
 * Failures: ERR_UNCONFIGURED "not_configured" (field: the setting that is missing); ERR_NOT_FOUND
 * "upstream_not_found" when the service has no such record; ERR_CANCELLED; any other failure of the service
 * is ERR_UPSTREAM: "upstream_away", "upstream_timeout", "upstream_throttled", "upstream_refused"
 * (credentials), "upstream_failed" (its status), "upstream_garbage" (no JSON), "upstream_too_large".
 *
 * Blocking: jobs and blocking handlers only. Any thread. Records live in the asker's arena.
 */
#ifndef MEDLEY_PROVIDERS_PROVIDER_H
#define MEDLEY_PROVIDERS_PROVIDER_H

#include <jansson.h>

#include "core/core.h"
#include "net/net.h"

struct asker {
    struct core *core;
    struct arena *arena;
    const volatile bool *cancelled; /* NULL: never */
    int patience_ms;                /* of each question; 0: a minute, negative: no limit */
};

/* One service. Its address is the setting providers.<service's name>.base_url. */
struct provider {
    const struct net_service *service;
    const char *title; /* "IMVDb" */
};

/* A setting without which the service cannot be asked; blank and "YOUR_..." count as missing. */
struct err provider_need(const struct asker *by, const struct provider *provider, const char *key,
                         const char **ret_value) MUST_CHECK;
/* NULL when it is missing in that sense. */
const char *provider_setting(const struct asker *by, const char *key);

/* Address and path joined, then name=value pairs, NULL at the end; a pair whose value is NULL is left out.
 * Parts of the path that come from data go through provider_segment(). */
const char *provider_url(const struct asker *by, const struct provider *provider, const char *path, ...)
    __attribute__((sentinel));
/* Percent-encoded. */
const char *provider_segment(struct arena *a, const char *text);
/* A number as text; NULL for INT_NONE. */
const char *provider_number(struct arena *a, int64_t value);

struct provider_request {
    const char *method;
    const char *url;
    const char *const *headers; /* NULL: none; Accept is added */
    const char *body;
    bool repeatable;
};
/* Any answer; only failures of the connection fail. */
struct err provider_send(const struct asker *by, const struct provider *provider,
                         const struct provider_request *request, struct net_reply *ret_reply) MUST_CHECK;
/* What an answer means: an error for a status of 400 and above or a body that is no JSON. */
struct err provider_judge(const struct asker *by, const struct provider *provider, const struct net_reply *reply,
                          json_t **ret_json) MUST_CHECK;
/* GET, judged. */
struct err provider_get(const struct asker *by, const struct provider *provider, const char *url,
                        const char *const *headers, json_t **ret_json) MUST_CHECK;

#endif
