/*
 * What the files of src/http share: the server, and the exchange (one request with its reply).
 *
 * An exchange belongs to one thread at a time: the libmicrohttpd thread of its connection, or, while
 * the connection is suspended, the blocking pool's thread that runs its handler. Handing over happens
 * in MHD_suspend_connection() / MHD_resume_connection(), which order memory.
 */
#ifndef MEDLEY_HTTP_INTERNAL_H
#define MEDLEY_HTTP_INTERNAL_H

#include <microhttpd.h>
#include <stdatomic.h>

#include "http/http.h"
#include "http/multipart.h"
#include "http/patience.h"
#include "sys/pool.h"
#include "http/range.h"
#include "http/ws_hub.h"

/* Request line and headers together; the rest of the connection's pool is for the reply's headers.
 * libmicrohttpd clears the whole pool after each request: 64 KiB cost a fifth of a small request. */
#define HEAD_LIMIT_BYTES      (24u * 1024u)
#define CONNECTION_POOL_BYTES ((size_t)32 * 1024)
/* A body that nobody wants is read up to here, so that the client sees the reply; beyond, the
 * connection is cut. */
#define DRAIN_LIMIT_BYTES (32ll * 1024 * 1024)
/* What a plan with max_body 0 tolerates before 413. */
#define IGNORED_BODY_BYTES (64ll * 1024)
/* A paused player keeps its download open this long. */
#define FILE_TIMEOUT_S 300u
/* Smaller replies do not gain from gzip. */
#define COMPRESS_MIN_BYTES 1024u

enum exchange_state {
    EXCHANGE_LINE,     /* the request line was seen */
    EXCHANGE_BODY,     /* begin() wants the body */
    EXCHANGE_ANSWERED, /* the response is filled; what is left of the body is thrown away */
    EXCHANGE_WORKING,  /* suspended, on the blocking pool */
    EXCHANGE_QUEUED,   /* given to libmicrohttpd */
};

struct http_exchange {
    struct http_request req;
    struct http_response resp;
    struct http_plan plan;
    struct arena arena;
    struct http_server *server;
    struct MHD_Connection *connection;
    enum exchange_state state;
    const char *target; /* of the request line, as sent */
    struct {
        VEC(struct http_pair)
    } headers;
    size_t head_bytes;
    int64_t content_length; /* -1: chunked */
    bool expects_continue;
    bool unframed; /* nobody knows where the body ends */
    bool sends_file;
    bool active; /* counted in server->active */
    bool done;   /* finish() was called */
    struct buf body;
    struct multipart *multipart;
    int64_t received_bytes;
    const struct http_range *ranges;
    size_t range_count;
    struct http_stream *stream;
    bool ws_adopted; /* the socket thread has taken the callbacks */
    struct MHD_Response *reply;
    int64_t reply_bytes;
};

struct http_server {
    struct http_handler handler;
    struct MHD_Daemon *daemon;
    struct pool *pool;
    struct ws_hub *hub;
    struct patience *patience;
    const char *name;
    const char *temp_dir;
    const char *address;
    int listen_fd;
    unsigned idle_timeout_s;
    int trusted_proxies;
    uint64_t id_seed;
    atomic_uint_fast64_t next_id;
    atomic_int active; /* exchanges between begin() and finish() */
    atomic_bool stopping;
    atomic_bool letting_go; /* what still waits for the blocking pool is answered 503 */
};

/* request.c: fills x->req from the connection; fails with ERR_INVALID, ERR_TOO_LARGE (of the head). */
struct err request_build(struct http_exchange *x, const char *method) MUST_CHECK;

/* response.c: turns x->resp into x->reply. Any thread. */
void response_prepare(struct http_exchange *x);
/* Fills a reply for an error through handler->refuse, or plainly when that leaves no status. */
void response_refuse(struct http_exchange *x, struct err e);

/* Closes the file of a response that will not be sent. */
void http_response_drop_file(struct http_response *resp);

/* compress.c */
bool accepts_gzip(const char *accept_encoding);
bool compressible(const char *content_type);
/* False when it did not get smaller; `out` is then unchanged. */
bool gzip_buffer(const struct buf *in, struct buf *out);

/* file.c: the libmicrohttpd response for x->resp.file_fd. Takes the descriptor. */
struct MHD_Response *file_response(struct http_exchange *x);
/* True when `list` (If-Match, If-None-Match) names `etag` or is "*". */
bool etag_listed(const char *list, const char *etag, bool weak_is_enough);

/* stream.c */
struct MHD_Response *stream_response(struct http_exchange *x);
void stream_destroy(struct http_stream *stream);

/* handshake.c */
struct MHD_Response *websocket_response(struct http_exchange *x);

/* exchange.c: libmicrohttpd's callbacks. */
void *exchange_on_line(void *server, const char *uri, struct MHD_Connection *connection);
enum MHD_Result exchange_on_request(void *server, struct MHD_Connection *connection, const char *url,
                                    const char *method, const char *version, const char *upload,
                                    size_t *upload_size, void **state);
void exchange_on_completed(void *server, struct MHD_Connection *connection, void **state,
                           enum MHD_RequestTerminationCode how);
/* Tells the handler that it is over and frees what the request held; the shell stays. */
void exchange_finish(struct http_exchange *x, int status, int64_t bytes);

#endif
