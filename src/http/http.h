/*
 * The HTTP protocol and nothing else: no route, no JSON, no login.
 *
 * http_server_create() starts libmicrohttpd's epoll threads. For every request it calls, on one of those
 * threads, handler->begin() once the headers are in: it may answer at once (error, redirect, 413) or say
 * what to do with the body. When the body is complete handler->handle() fills the response; with
 * plan.blocking it runs on the blocking pool while the connection is suspended, so it may wait.
 *
 * Everything in a request lives in req->arena until the reply has been sent; then handler->finish() is
 * called and the arena is freed. Header names and values, paths and query texts are valid UTF-8 without
 * control bytes: anything else was answered 400 before begin().
 *
 * A request whose query or headers cannot be used, or whose body's length is ambiguous, comes to
 * handler->refuse() with what could be read; what libmicrohttpd cannot parse at all it answers itself.
 *
 * Limits: request line + headers 24 KiB (431), body by plan (413), multipart parts go to temporary files
 * in options.temp_dir, never to memory. A client that sends nothing for idle_timeout_s is closed, and one that
 * has not sent a whole head after head_timeout_s.
 */
#ifndef MEDLEY_HTTP_HTTP_H
#define MEDLEY_HTTP_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_OTHER,
    HTTP_METHOD_COUNT
};
const char *http_method_name(enum http_method method);

struct http_pair {
    const char *name;
    const char *value;
};

/* One part of a multipart body. Fields without a file name are small and in memory. */
struct http_part {
    const char *name;
    const char *file_name; /* as sent, base name only; NULL for plain fields */
    const char *content_type;
    const char *value;     /* plain field, at most 64 KiB */
    const char *temp_path; /* file: removed after the request unless taken (renamed) */
    int64_t size;
};

struct http_request {
    struct arena *arena;
    enum http_method method;
    const char *method_text;
    const char *raw_path; /* still percent-encoded, without the query; starts with '/' */
    const struct http_pair *query; /* decoded, in order, repeated keys kept */
    size_t query_count;
    const char *body; /* plan.max_body > 0 and not multipart; NUL-terminated */
    size_t body_len;
    const struct http_part *parts;
    size_t part_count;
    const char *peer;     /* who called, as text: "127.0.0.1"; the socket's address, or what trusted proxies say */
    const char *listener; /* options.name of the listener it came in on */
    int64_t started_us;   /* time_monotonic_us() */
    char id[17];          /* request id: 16 hexadecimal digits, or the client's X-Request-ID when sane */
    void *user;           /* the handler's own, from begin to finish */
    struct http_exchange *exchange;
};

/* NULL when absent. Case-insensitive name. Lives as long as the request. */
const char *http_header(const struct http_request *req, const char *name);
const char *http_cookie(const struct http_request *req, const char *name);
/* First value of a query parameter, or NULL. */
const char *http_query(const struct http_request *req, const char *name);

/* Undoes percent-encoding (and '+' when asked). NULL when an escape is malformed or the result is not
 * UTF-8 or holds control bytes. Any thread. */
char *http_decode(struct arena *a, const char *s, size_t len, bool plus_is_space);
/* "a=1&b=2", as in a query or an application/x-www-form-urlencoded body. ERR_INVALID "bad_query". */
struct err http_form_parse(struct arena *a, const char *text, size_t len,
                           const struct http_pair **ret_pairs, size_t *ret_count) MUST_CHECK;

struct http_plan {
    bool answered;     /* begin() filled the response; handle() is not called */
    bool blocking;     /* run handle() on the blocking pool */
    bool multipart;    /* parse multipart/form-data into parts */
    size_t max_body;   /* bytes kept in memory, larger is refused with ERR_TOO_LARGE; 0: a body of up to
                          64 KiB is read and thrown away */
    int64_t max_upload; /* bytes of all files of a multipart body */
};

#define HTTP_MAX_HEADERS 24

struct http_stream;
struct ws;
struct ws_callbacks;
struct ws_message;

struct http_response {
    int status; /* 0 until set */
    const char *content_type; /* NULL: no header */
    struct buf body;
    struct http_pair headers[HTTP_MAX_HEADERS];
    size_t header_count;
    bool no_compress;
    /* A file instead of body: set by http_reply_file. */
    int file_fd; /* -1: none; closed by the server */
    int64_t file_size;
    const char *etag;     /* quoted, as sent; NULL: made from size and mtime for files */
    int64_t modified_us;  /* TIME_NONE: unknown */
    /* Protocol changes: set by http_reply_websocket / http_reply_stream. */
    const struct ws_callbacks *ws;
    const char *ws_protocol;
    void *ws_user;
    void (*stream_open)(struct http_stream *stream, void *user);
    void (*stream_close)(struct http_stream *stream, void *user);
    void *stream_user;
};

/* Name is a literal; the value is copied into the request's arena. Refuses (drops) values with CR/LF. */
void http_add_header(struct http_request *req, struct http_response *resp, const char *name,
                     const char *value);
/* Answers with the bytes of an open regular file by sendfile: Range (single, suffix, several as
 * multipart/byteranges up to 16, unsatisfiable -> 416), If-Range, If-None-Match, If-Modified-Since,
 * If-Match, HEAD. Takes the descriptor, also when it fails. A tag or time of one's own goes into `resp`
 * before the call. Fails with ERR_RANGE (Content-Range has been added), ERR_PRECONDITION, and
 * ERR_NOT_FOUND when it is not a regular file. */
struct err http_reply_file(struct http_request *req, struct http_response *resp, int fd,
                           const char *content_type) MUST_CHECK;
/* The media type for a file name: "video/mp4", else "application/octet-stream". */
const char *http_content_type(const char *file_name);

/* --- server-sent events and other endless replies ---------------------------------------------- */

/* Answers 200 text/event-stream; `open` runs once on a server thread when the reply has started, `close`
 * exactly once when the client is gone or the server stops; with NULL when `open` was never reached
 * (HEAD, or the client left before). Silent streams get a comment every 15 s (not when the handler sets
 * another content_type afterwards). Between open and close
 * means just that: `close` takes the stream out of its users' reach before it returns. */
void http_reply_stream(struct http_request *req, struct http_response *resp,
                       void (*open)(struct http_stream *, void *),
                       void (*close)(struct http_stream *, void *), void *user);
/* Any thread, between open and close. Copies. A reader more than 1 MiB behind is dropped. */
void http_stream_write(struct http_stream *stream, const void *data, size_t len);
void http_stream_end(struct http_stream *stream);

/* --- WebSocket (RFC 6455, wslay) --------------------------------------------------------------- */

struct ws_callbacks {
    /* All on the one socket thread: must not block. `ws` is valid from open to close. */
    void (*open)(struct ws *ws, void *user);
    void (*text)(struct ws *ws, void *user, const char *data, size_t len); /* NUL-terminated UTF-8 */
    void (*binary)(struct ws *ws, void *user, const void *data, size_t len); /* NULL: closed 1003 */
    /* Exactly once, last; also (on any thread, `ws` NULL) when the client left before open. */
    void (*closed)(struct ws *ws, void *user);
    /* Optional: called about every second, for handshake deadlines and keep-alives. */
    void (*tick)(struct ws *ws, void *user, int64_t now_us);
    /* Optional: the server stops and will send a close frame (1001) after this. */
    void (*stopping)(struct ws *ws, void *user);
};
#define WS_MAX_MESSAGE_BYTES (1u << 20)

/* Checks the upgrade headers: ERR_INVALID "not_websocket" when the request is not one (`user` is then
 * still the caller's). A version other than 13 is answered 426, a stopping server answers 503; closed()
 * follows. `protocol` is confirmed when the client offers it; NULL: none. */
struct err http_reply_websocket(struct http_request *req, struct http_response *resp,
                                const struct ws_callbacks *callbacks, const char *protocol,
                                void *user) MUST_CHECK;
/* Any thread; copies; queued. A reader more than 1 MiB behind is dropped, never waited for. Between the
 * last ws_unref and closed() the socket may be gone: the calls are then harmless. */
void ws_send_text(struct ws *ws, const char *data, size_t len);
/* The same for many sockets: framed and copied once. The creator unrefs it when all have it. */
struct ws_message *ws_message_create(const char *data, size_t len);
struct ws_message *ws_message_ref(struct ws_message *message);
void ws_message_unref(struct ws_message *message);
void ws_send_message(struct ws *ws, struct ws_message *message);
/* Sends a close frame after what is queued. */
void ws_close(struct ws *ws, uint16_t code, const char *reason);
/* Keeps the handle (not the connection) alive beyond closed(). */
struct ws *ws_ref(struct ws *ws);
void ws_unref(struct ws *ws);

/* --- the server --------------------------------------------------------------------------------- */

struct http_handler {
    struct http_plan (*begin)(void *context, struct http_request *req, struct http_response *resp);
    void (*handle)(void *context, struct http_request *req, struct http_response *resp);
    /* The request was refused before handle(): malformed head (also before begin()), body too large,
     * broken multipart, ERR_STORAGE, ERR_BUSY (pool full). Fill the reply; a plain one is made when the
     * status stays 0. Any of the server's threads. NULL: plain replies. */
    void (*refuse)(void *context, struct http_request *req, struct http_response *resp, struct err e);
    /* The reply was sent or the client left (status 0: before there was one; bytes 0: while it was being
     * sent); for the log. A WebSocket is finished (101) when it opens. */
    void (*finish)(void *context, struct http_request *req, int status, int64_t bytes);
    void *context;
};

struct http_options {
    const char *name;        /* of this listener */
    const char *listen;      /* "127.0.0.1:8000", "[::1]:8000", "0.0.0.0:0" (0: any free port) */
    int threads;             /* 0: one per core */
    int blocking_threads;    /* 0: 8 */
    int max_connections;     /* 0: 10000 */
    int idle_timeout_s;      /* 0: 30 */
    int head_timeout_s;      /* 0: PATIENCE_HEAD_S */
    int trusted_proxies;     /* how many in front of us add to X-Forwarded-For; 0: it is not looked at */
    const char *temp_dir;
};

struct http_server;
struct err http_server_create(struct arena *a, const struct http_options *options,
                              const struct http_handler *handler,
                              struct http_server **ret_server) MUST_CHECK;
/* "127.0.0.1:43211": the real address. Lives as long as the server. */
const char *http_server_address(const struct http_server *server);
/* Stops accepting, closes sockets (1001) and streams, lets running requests finish for at most grace_ms
 * and then cuts them. Handlers on the blocking pool cannot be cut: it returns when the last one has. */
void http_server_destroy(struct http_server *server, int grace_ms);

#endif
