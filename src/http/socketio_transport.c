/* Socket.IO: long-polling, WebSocket, and the upgrade from one to the other. */
#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "http/socketio_internal.h"
#include "http/ws.h"
#include "json/writer.h"

static const char polling_type[] = "text/plain; charset=UTF-8";

/* --- errors ------------------------------------------------------------------------------------- */

enum eio_error {
    EIO_UNKNOWN_TRANSPORT = 0,
    EIO_UNKNOWN_SESSION = 1,
    EIO_BAD_METHOD = 2,
    EIO_BAD_REQUEST = 3,
    EIO_BAD_VERSION = 5,
};

static void reply_error(struct http_response *resp, enum eio_error code)
{
    static const char *const messages[] = {
        [EIO_UNKNOWN_TRANSPORT] = "Transport unknown",
        [EIO_UNKNOWN_SESSION] = "Session ID unknown",
        [EIO_BAD_METHOD] = "Bad handshake method",
        [EIO_BAD_REQUEST] = "Bad request",
        [EIO_BAD_VERSION] = "Unsupported protocol version",
    };
    resp->status = 400;
    resp->content_type = "application/json";
    struct jw w = jw_to(&resp->body);
    jw_object(&w);
    jw_kv_int(&w, "code", code);
    jw_kv_text(&w, "message", messages[code]);
    jw_end(&w);
}

/* --- WebSocket ---------------------------------------------------------------------------------- */

/* What a socket knows: its session, and whether it still has to take over from polling. */
struct io_socket {
    struct socketio_connection *c;
    bool probe;
};

static void on_open(struct ws *ws, void *user)
{
    struct io_socket *s = user;
    if (s->probe)
        return;
    BUF(packet);
    session_write_open(s->c, false, &packet);
    pthread_mutex_lock(&s->c->lock);
    ws_send_text(ws, packet.data, packet.len);
    if (s->c->gone)
        ws_close(ws, 1000, NULL);
    else
        s->c->ws = ws_ref(ws);
    pthread_mutex_unlock(&s->c->lock);
}

/* Under lock: the socket is the transport from here on; what waited for a poll goes out on it. */
static void take_over(struct socketio_connection *c, struct ws *ws)
{
    session_release_poll(c);
    c->ws = ws_ref(ws);
    c->probing = c->upgrading = false;
    for (char *p = c->queue.data, *stop = p + c->queue.len; p < stop;) {
        char *end = memchr(p, EIO_SEPARATOR, (size_t)(stop - p));
        if (!end)
            end = stop;
        ws_send_text(ws, p, (size_t)(end - p));
        p = end + 1;
    }
    buf_clear(&c->queue);
}

static void on_probe(struct ws *ws, struct io_socket *s, const char *data)
{
    struct socketio_connection *c = s->c;
    bool good = false;
    pthread_mutex_lock(&c->lock);
    if (!c->gone && !c->upgrading && strcmp(data, "2probe") == 0) {
        good = true;
        c->upgrading = true;
        ws_send_text(ws, "3probe", 6);
        session_release_poll(c);
    } else if (!c->gone && c->upgrading && strcmp(data, "5") == 0) {
        good = true;
        s->probe = false;
        take_over(c, ws);
    }
    pthread_mutex_unlock(&c->lock);
    if (!good)
        ws_close(ws, 1002, NULL);
}

static void on_text(struct ws *ws, void *user, const char *data, size_t len)
{
    struct io_socket *s = user;
    if (len > SOCKETIO_MAX_PAYLOAD)
        ws_close(ws, 1009, NULL);
    else if (s->probe)
        on_probe(ws, s, data);
    else if (!session_receive(s->c, data, len))
        ws_close(ws, 1000, NULL);
}

static void on_closed(struct ws *ws, void *user)
{
    (void)ws;
    struct io_socket *s = user;
    if (s->probe) {
        /* Polling goes on as if nothing had happened. */
        pthread_mutex_lock(&s->c->lock);
        s->c->probing = s->c->upgrading = false;
        pthread_mutex_unlock(&s->c->lock);
    } else {
        session_end(s->c);
    }
    socketio_unref(s->c);
    free(s);
}

static const struct ws_callbacks socket_callbacks = {
    .open = on_open, .text = on_text, .closed = on_closed};

/* Takes the reference. */
static void reply_socket(struct http_request *req, struct http_response *resp,
                         struct socketio_connection *c, bool probe)
{
    struct io_socket *s = calloc(1, sizeof(*s));
    CHECK(s != NULL);
    *s = (struct io_socket){c, probe};
    if (!failed(http_reply_websocket(req, resp, &socket_callbacks, NULL, s)))
        return;
    on_closed(NULL, s);
    reply_error(resp, EIO_BAD_REQUEST);
}

static void open_socket(struct socketio *io, struct http_request *req, struct http_response *resp)
{
    /* Checked before there is a session, so that plain requests do not make one. */
    if (!http_header(req, "Sec-WebSocket-Version")) {
        reply_error(resp, EIO_BAD_REQUEST);
        return;
    }
    reply_socket(req, resp, session_create(io, req), false);
}

static void probe_socket(struct socketio_connection *c, struct http_request *req,
                         struct http_response *resp)
{
    pthread_mutex_lock(&c->lock);
    bool free_to_probe = !c->ws && !c->gone && !c->probing;
    if (free_to_probe)
        c->probing = true;
    pthread_mutex_unlock(&c->lock);
    if (free_to_probe)
        reply_socket(req, resp, socketio_ref(c), true);
    else
        reply_error(resp, EIO_BAD_REQUEST);
}

/* --- polling ------------------------------------------------------------------------------------ */

static void on_poll_open(struct http_stream *stream, void *user)
{
    struct socketio_connection *c = user;
    pthread_mutex_lock(&c->lock);
    c->poll_arriving = false;
    c->poll = stream;
    if (c->gone || c->ws || c->upgrading)
        session_release_poll(c);
    else
        session_flush_poll(c);
    pthread_mutex_unlock(&c->lock);
}

static void on_poll_close(struct http_stream *stream, void *user)
{
    struct socketio_connection *c = user;
    pthread_mutex_lock(&c->lock);
    if (!stream)
        c->poll_arriving = false;
    if (stream && c->poll == stream)
        c->poll = NULL;
    pthread_mutex_unlock(&c->lock);
    socketio_unref(c);
}

static void reply_text(struct http_response *resp, const char *text, size_t len)
{
    resp->status = 200;
    resp->content_type = polling_type;
    resp->no_compress = true;
    buf_append(&resp->body, text, len);
}

/* Two polls at once are a client that has lost track. */
static void poll_session(struct socketio_connection *c, struct http_request *req,
                         struct http_response *resp)
{
    pthread_mutex_lock(&c->lock);
    bool overlap = c->ws || c->gone || c->poll || c->poll_arriving;
    bool wait = false;
    if (!overlap && c->queue.len) {
        reply_text(resp, c->queue.data, c->queue.len);
        buf_clear(&c->queue);
    } else if (!overlap && c->upgrading) {
        reply_text(resp, "6", 1);
    } else if (!overlap) {
        wait = c->poll_arriving = true;
    }
    pthread_mutex_unlock(&c->lock);
    if (wait) {
        http_reply_stream(req, resp, on_poll_open, on_poll_close, socketio_ref(c));
        resp->content_type = polling_type;
    } else if (overlap) {
        reply_error(resp, EIO_BAD_REQUEST);
        session_end(c);
    }
}

enum payload { PAYLOAD_GOOD, PAYLOAD_CLOSES, PAYLOAD_BAD };

static enum payload receive_payload(struct socketio_connection *c, const char *body, size_t len)
{
    for (const char *p = body, *stop = body + len; p < stop;) {
        const char *end = memchr(p, EIO_SEPARATOR, (size_t)(stop - p));
        if (!end)
            end = stop;
        if (end - p == 1 && *p == EIO_CLOSE)
            return PAYLOAD_CLOSES;
        if (!session_receive(c, p, (size_t)(end - p)))
            return PAYLOAD_BAD;
        p = end + 1;
    }
    return PAYLOAD_GOOD;
}

static void post_session(struct socketio_connection *c, struct http_request *req,
                         struct http_response *resp)
{
    pthread_mutex_lock(&c->lock);
    bool mine = !c->ws && !c->gone;
    pthread_mutex_unlock(&c->lock);
    if (!mine || req->body_len == 0 || !utf8_valid(req->body, req->body_len)) {
        reply_error(resp, EIO_BAD_REQUEST);
        return;
    }
    enum payload payload = receive_payload(c, req->body, req->body_len);
    if (payload != PAYLOAD_GOOD)
        session_end(c);
    if (payload == PAYLOAD_BAD)
        reply_error(resp, EIO_BAD_REQUEST);
    else
        reply_text(resp, "ok", 2);
}

static void open_polling(struct socketio *io, struct http_request *req, struct http_response *resp)
{
    struct socketio_connection *c = session_create(io, req);
    BUF(packet);
    session_write_open(c, true, &packet);
    reply_text(resp, packet.data, packet.len);
    socketio_unref(c);
}

/* --- requests ----------------------------------------------------------------------------------- */

static void handle_session(struct socketio *io, const char *sid, bool socket,
                           struct http_request *req, struct http_response *resp)
{
    struct socketio_connection *c = session_find(io, sid);
    if (!c)
        reply_error(resp, EIO_UNKNOWN_SESSION);
    else if (socket)
        probe_socket(c, req, resp);
    else if (req->method == HTTP_GET)
        poll_session(c, req, resp);
    else
        post_session(c, req, resp);
    socketio_unref(c);
}

void socketio_handle(struct socketio *io, struct http_request *req, struct http_response *resp)
{
    const char *transport = http_query(req, "transport");
    const char *version = http_query(req, "EIO");
    const char *sid = http_query(req, "sid");
    bool socket = transport && strcmp(transport, "websocket") == 0;
    if (!transport || (!socket && strcmp(transport, "polling") != 0))
        reply_error(resp, EIO_UNKNOWN_TRANSPORT);
    else if (!version || strcmp(version, "4") != 0)
        reply_error(resp, EIO_BAD_VERSION);
    else if (req->method != HTTP_GET && (req->method != HTTP_POST || !sid || socket))
        reply_error(resp, EIO_BAD_METHOD);
    else if (sid)
        handle_session(io, sid, socket, req, resp);
    else if (socket)
        open_socket(io, req, resp);
    else
        open_polling(io, req, resp);
}
