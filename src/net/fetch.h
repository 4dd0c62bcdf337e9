/*
 * One HTTP request to an outside service, blocking: for jobs and blocking handlers only. Any thread.
 *
 * Only http and https. Redirects are not followed. With `guard` the connection is refused when the name
 * resolves to a loopback, private or link-local address: for addresses that came in a request or in another
 * service's answer. Addresses from settings are trusted.
 *
 * Failures: ERR_TIMEOUT "upstream_timeout"; ERR_DENIED "address_refused"; ERR_TOO_LARGE
 * "upstream_too_large"; ERR_INVALID "bad_url"; ERR_UPSTREAM "upstream_away" with libcurl's reason. A status
 * of 400 and above is an answer, not a failure.
 */
#ifndef MEDLEY_NET_FETCH_H
#define MEDLEY_NET_FETCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

#define FETCH_MAX_BYTES (8u << 20)

struct fetch_request {
    const char *method;          /* NULL: GET, or POST with a body */
    const char *url;
    const char *const *headers;  /* "Name: value", NULL-terminated; NULL: none */
    const char *body;            /* NULL: none */
    int timeout_ms;              /* 0: 30 s */
    bool guard;
};
struct fetch_reply {
    int status;
    const char *body; /* NUL-terminated; lives in the arena */
    size_t len;
    const char *content_type;
};
struct err fetch(struct arena *a, const struct fetch_request *request, struct fetch_reply *ret_reply)
    MUST_CHECK;

#endif
