/*
 * Routes are rows, and an API is a table of them.
 *
 * A row states method, path, who may call, query and body shape, reply shape, status, flags, handler and
 * a one-line summary. Routing, authentication, validation, OpenAPI, the docs page and the reply check in
 * the tests all read the same row; nothing about an endpoint is written anywhere else.
 *
 * Paths: literal segments and {name:type}. Types: int (a number; anything else is reported as that API
 * reports a bad path value), uuid, text (default), rest (everything that follows, slashes included; last).
 * Where two rows differ only in the type at one place, the value decides: digits go to int, a UUID to
 * uuid, anything else to text. Literal segments come before parameters. A path that ends in "/" is that
 * path; the other spelling redirects (307) or is accepted, as the API says.
 */
#ifndef MEDLEY_API_COMMON_ROUTE_H
#define MEDLEY_API_COMMON_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/desc.h"
#include "base/err.h"
#include "http/http.h"
#include "json/decode.h"
#include "json/writer.h"

struct call;
struct core;

enum access {
    ACCESS_USER,        /* a signed-in user or an API key (the default: closed) */
    ACCESS_PUBLIC,      /* anybody */
    ACCESS_OPTIONAL,    /* anybody; who is called is known when credentials are there */
    ACCESS_MEDIA,       /* ACCESS_USER, and ?token= is taken too: <video> and <img> cannot send headers */
    ACCESS_SOCKET,      /* checked by the handler in its protocol's own handshake */
};

enum route_flag {
    ROUTE_BLOCKING = 1 << 0,    /* may wait: upstream, files; runs on the blocking pool */
    ROUTE_MULTIPART = 1 << 1,   /* body is multipart/form-data; parts in call->req->parts */
    ROUTE_RAW_BODY = 1 << 2,    /* body is not JSON; call->req->body */
    ROUTE_OPTIONAL_BODY = 1 << 3, /* an absent body is {} */
    ROUTE_PATCH = 1 << 4,       /* body fields are all optional; presence says which came */
    ROUTE_PREFIX_ONLY = 1 << 5, /* served under /<system> only: outside the document */
    ROUTE_UNDOCUMENTED = 1 << 6, /* not in OpenAPI (aliases) */
    ROUTE_UNFINISHED = 1 << 7,  /* documented, answers 501 until it is built; handle may be NULL */
    ROUTE_BARE = 1 << 8,        /* reply without the API's envelope */
    ROUTE_LIST = 1 << 9,        /* the reply is an array of `reply` */
    ROUTE_PAGE = 1 << 10,       /* the reply is the API's page of `reply` */
    ROUTE_CACHE = 1 << 11,      /* reply gets an ETag of its bytes and 304 on If-None-Match */
    ROUTE_ANY_JSON = 1 << 12,   /* reply has no fixed shape */
    ROUTE_EVERYWHERE = 1 << 14,  /* a row of the page's API that every prefix serves too */
    ROUTE_BODY_LIST = 1 << 13,  /* the body is a JSON array; the handler reads call->json */
    ROUTE_REMEMBER = 1 << 15,   /* path, query, settings and the database (but model/schema.c's quiet
                                   tables) alone decide the reply: neither who asks nor when. remember.h */
};

struct route {
    enum http_method method;
    const char *path;
    const char *tag;             /* heading in the docs */
    const char *summary;
    struct err (*handle)(struct call *call);
    const struct shape *query;
    const struct shape *body;
    const struct shape *reply;
    int status;                  /* 0: 200 */
    enum access access;
    uint32_t flags;
    const char *bucket;          /* rate-limit bucket; NULL: the API's default */
    size_t max_body;             /* 0: the API's */
};

/* A table of rows, one per routes_<resource>.c. */
struct route_table {
    const struct route *rows;
    size_t count;
};
#define ROUTES(variable_, ...)                                                                     \
    static const struct route variable_##_rows[] = {__VA_ARGS__};                                  \
    const struct route_table variable_ = {variable_##_rows,                                        \
                                          sizeof(variable_##_rows) / sizeof(struct route)}

/* Which status an error kind has in one API. */
struct kind_status {
    enum err_kind kind;
    int status;
};

struct rate_bucket {
    const char *name;
    const char *setting; /* key of requests per minute; 0 switches it off */
};

struct api {
    const char *name;    /* "fuzzbin": prefix /fuzzbin, openapi /fuzzbin/openapi.json, auth.open word */
    const char *title;
    const char *version;
    const char *document; /* "000" */
    const struct route_table *const *tables; /* NULL-terminated */
    /* Writes the error body in this API's shape. `status` is set already and may be changed. `mistakes`
     * is empty unless e.code is "validation_failed". */
    void (*write_error)(struct call *call, const struct err *e, const struct mistakes *mistakes);
    /* Opens and closes the envelope around a reply; NULL: none. */
    void (*open_envelope)(struct call *call, struct jw *w);
    void (*close_envelope)(struct call *call, struct jw *w);
    /* Writes a page (call->page) around items that `write_items` writes; NULL: the items alone. */
    void (*write_page)(struct call *call, struct jw *w, void (*write_items)(struct call *, struct jw *, void *),
                       void *items);
    const struct kind_status *statuses; /* ends with ERR_NONE; kinds not named get the common status */
    const struct rate_bucket *buckets;  /* ends with NULL name; the first is the default; NULL: none */
    const char *owns;        /* "/api/v1": unknown paths below it at the root are this API's; NULL: none */
    const char *cors_setting; /* key of the list of allowed origins */
    size_t max_body;         /* 0: 1 MiB */
    bool redirect_slash;     /* 307 to the other spelling; false: accept both */
    bool ignore_case;        /* literal path segments match in any case */
    bool lenient_numbers;    /* digit strings are numbers in bodies */
    bool strict_type;        /* a JSON body must be called application/json (415) */
    bool fold_keys;          /* body member names match in any case */
    bool positive_ids;       /* an {id:int} of 0 or less is malformed */
    bool method_404;         /* a wrong method is 404, not 405 */
    bool empty_is_absent;    /* ?x= counts as not given */
    const char *token_path;  /* ?access_token= counts only for routes that begin so; NULL: everywhere */
    const char *json_type;   /* NULL: application/json */
    int preflight_status;    /* of an OPTIONS reply; 0: 204 */
    enum jw_time_style time_style;
};

#endif
