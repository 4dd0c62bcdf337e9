/* SignalR's JSON hub protocol over WebSocket. */
#include "http/signalr_internal.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "http/token.h"
#include "json/decode.h"
#include "json/writer.h"

#define RECORD_END '\x1e'
/* The limit of the original server. */
#define MESSAGE_BYTES ((size_t)32 * 1024)
/* Tokens that wait for their socket; the oldest goes first. */
#define MAX_WAITING 10000

enum message_type {
    TYPE_INVOCATION = 1,
    TYPE_STREAM_ITEM = 2,
    TYPE_COMPLETION = 3,
    TYPE_STREAM_INVOCATION = 4,
    TYPE_CANCEL = 5,
    TYPE_PING = 6,
    TYPE_CLOSE = 7,
};

struct signalr_connection {
    struct signalr *hub;
    char id[TOKEN_TEXT_BYTES];
    char token[TOKEN_TEXT_BYTES];
    char *note;
    void *user;
    /* under hub->lock */
    struct signalr_connection *next;
    bool claimed;
    int64_t expires_us;
    /* socket thread only */
    struct ws *ws;
    bool ready; /* the handshake is through */
    bool ended; /* what still arrives is ignored */
    struct buf pending;
    int64_t opened_us;
    int64_t heard_us;
    int64_t pinged_us;
};

struct signalr {
    struct signalr_callbacks callbacks;
    struct signalr_options options;
    pthread_mutex_t lock;
    /* under lock: newest first */
    struct signalr_connection *connections;
    size_t waiting;
};

/* --- the hub's list ----------------------------------------------------------------------------- */

static int or_default(int value, int fallback)
{
    return value > 0 ? value : fallback;
}

struct signalr *signalr_create(const struct signalr_callbacks *callbacks,
                               const struct signalr_options *options)
{
    struct signalr *hub = calloc(1, sizeof(*hub));
    CHECK(hub != NULL);
    hub->callbacks = *callbacks;
    if (options)
        hub->options = *options;
    hub->options.handshake_ms = or_default(hub->options.handshake_ms, 15000);
    hub->options.silence_ms = or_default(hub->options.silence_ms, 30000);
    hub->options.ping_ms = or_default(hub->options.ping_ms, 15000);
    hub->options.token_ms = or_default(hub->options.token_ms, 15000);
    pthread_mutex_init(&hub->lock, NULL);
    return hub;
}

static void connection_free(struct signalr_connection *c)
{
    buf_finish(&c->pending);
    free(c->note);
    free(c);
}

void signalr_destroy(struct signalr *hub)
{
    if (!hub)
        return;
    while (hub->connections) {
        struct signalr_connection *c = hub->connections;
        hub->connections = c->next;
        connection_free(c);
    }
    pthread_mutex_destroy(&hub->lock);
    free(hub);
}

/* Under lock: drops tokens that nobody has claimed in time. */
static void drop_expired(struct signalr *hub, int64_t now_us)
{
    for (struct signalr_connection **at = &hub->connections; *at;) {
        struct signalr_connection *c = *at;
        if (c->claimed || (c->expires_us > now_us && hub->waiting <= MAX_WAITING)) {
            at = &c->next;
            continue;
        }
        *at = c->next;
        hub->waiting--;
        connection_free(c);
    }
}

static struct signalr_connection *connection_create(struct signalr *hub, const char *note)
{
    struct signalr_connection *c = calloc(1, sizeof(*c));
    CHECK(c != NULL);
    c->hub = hub;
    token_make(c->id);
    token_make(c->token);
    c->note = note ? strdup(note) : NULL;
    return c;
}

static void insert(struct signalr *hub, struct signalr_connection *c)
{
    pthread_mutex_lock(&hub->lock);
    drop_expired(hub, time_monotonic_us());
    c->next = hub->connections;
    hub->connections = c;
    hub->waiting += !c->claimed;
    pthread_mutex_unlock(&hub->lock);
}

static void take_out(struct signalr_connection *c)
{
    struct signalr *hub = c->hub;
    pthread_mutex_lock(&hub->lock);
    struct signalr_connection **at = &hub->connections;
    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    pthread_mutex_unlock(&hub->lock);
}

static struct err claim(struct signalr *hub, const char *token, struct signalr_connection **ret)
{
    struct err e = err_make(ERR_NOT_FOUND, "no_connection", "There is no such connection");
    pthread_mutex_lock(&hub->lock);
    drop_expired(hub, time_monotonic_us());
    for (struct signalr_connection *c = hub->connections; c; c = c->next) {
        if (strcmp(c->token, token) != 0)
            continue;
        e = c->claimed ? err_make(ERR_CONFLICT, "connected", "The connection has a socket already")
                       : OK;
        if (!c->claimed)
            hub->waiting--;
        c->claimed = true;
        *ret = c;
        break;
    }
    pthread_mutex_unlock(&hub->lock);
    return e;
}

/* --- negotiate ---------------------------------------------------------------------------------- */

static void write_transports(struct jw *w)
{
    jw_key(w, "availableTransports");
    jw_array(w);
    jw_object(w);
    jw_kv_text(w, "transport", "WebSockets");
    jw_key(w, "transferFormats");
    jw_array(w);
    jw_text(w, "Text");
    jw_end(w);
    jw_end(w);
    jw_end(w);
}

void signalr_negotiate(struct signalr *hub, struct http_request *req, struct http_response *resp,
                       const char *note)
{
    const char *version = http_query(req, "negotiateVersion");
    bool has_token = version && strtol(version, NULL, 10) >= 1;
    struct signalr_connection *c = connection_create(hub, note);
    c->expires_us = time_monotonic_us() + hub->options.token_ms * INT64_C(1000);
    /* Old clients know the id only, so there it is the secret as well. */
    if (!has_token)
        memcpy(c->token, c->id, sizeof(c->id));
    resp->status = 200;
    resp->content_type = "application/json";
    struct jw w = jw_to(&resp->body);
    jw_object(&w);
    jw_kv_int(&w, "negotiateVersion", has_token);
    jw_kv_text(&w, "connectionId", c->id);
    if (has_token)
        jw_kv_text(&w, "connectionToken", c->token);
    write_transports(&w);
    jw_end(&w);
    insert(hub, c);
}

/* --- sending ------------------------------------------------------------------------------------ */

const char *signalr_note(const struct signalr_connection *c)
{
    return c->note;
}

const char *signalr_id(const struct signalr_connection *c)
{
    return c->id;
}

struct ws *signalr_socket(const struct signalr_connection *c)
{
    return c->ws;
}

static void send_record(struct signalr_connection *c, struct buf *record)
{
    buf_putc(record, RECORD_END);
    ws_send_text(c->ws, record->data, record->len);
}

struct ws_message *signalr_message(const char *target, const char *arguments)
{
    BUF(record);
    buf_puts(&record, "{\"type\":1,\"target\":");
    struct jw w = jw_to(&record);
    jw_text(&w, target);
    buf_puts(&record, ",\"arguments\":[");
    buf_puts(&record, arguments);
    buf_puts(&record, "]}\x1e");
    return ws_message_create(record.data, record.len);
}

void signalr_send(struct signalr_connection *c, const char *target, const char *arguments)
{
    struct ws_message *message = signalr_message(target, arguments);
    ws_send_message(c->ws, message);
    ws_message_unref(message);
}

static void send_close(struct signalr_connection *c, const char *error, bool allow_reconnect)
{
    BUF(record);
    struct jw w = jw_to(&record);
    jw_object(&w);
    jw_kv_int(&w, "type", TYPE_CLOSE);
    if (error)
        jw_kv_text(&w, "error", error);
    if (allow_reconnect)
        jw_kv_bool(&w, "allowReconnect", true);
    jw_end(&w);
    send_record(c, &record);
}

void signalr_close(struct signalr_connection *c, const char *error)
{
    send_close(c, error, false);
    ws_close(c->ws, 1000, NULL);
}

/* The protocol was broken: whatever follows is ignored. */
static void end(struct signalr_connection *c, const char *error)
{
    c->ended = true;
    signalr_close(c, error);
}

/* --- receiving ---------------------------------------------------------------------------------- */

static void complete(struct signalr_connection *c, const json_t *id, struct err e,
                     const struct buf *result)
{
    if (!json_is_string(id))
        return;
    BUF(record);
    struct jw w = jw_to(&record);
    jw_object(&w);
    jw_kv_int(&w, "type", TYPE_COMPLETION);
    jw_kv_text(&w, "invocationId", json_string_value(id));
    if (failed(e))
        jw_kv_text(&w, "error", e.msg ? e.msg : e.code);
    else
        jw_kv_raw(&w, "result", result->len ? result->data : NULL);
    jw_end(&w);
    send_record(c, &record);
}

static void on_invocation(struct signalr_connection *c, struct arena *a, const json_t *message,
                          bool streaming)
{
    const char *target = json_string_value(json_object_get(message, "target"));
    const json_t *arguments = json_object_get(message, "arguments");
    const json_t *id = json_object_get(message, "invocationId");
    if (!target || !json_is_array(arguments)) {
        end(c, "An invocation lacks its target or arguments.");
        return;
    }
    BUF(result);
    struct err e;
    if (streaming || !c->hub->callbacks.invoke)
        e = err_f(a, ERR_NOT_FOUND, "no_method", "Unknown hub method '%s'", target);
    else
        e = c->hub->callbacks.invoke(c, c->user, a, target, arguments, &result);
    complete(c, id, e, &result);
}

static void on_message(struct signalr_connection *c, struct arena *a, const json_t *message)
{
    const json_t *type = json_object_get(message, "type");
    if (!json_is_integer(type)) {
        end(c, "A message has no type.");
        return;
    }
    switch (json_integer_value(type)) {
    case TYPE_INVOCATION:
        on_invocation(c, a, message, false);
        break;
    case TYPE_STREAM_INVOCATION:
        on_invocation(c, a, message, true);
        break;
    case TYPE_CLOSE:
        c->ended = true;
        ws_close(c->ws, 1000, NULL);
        break;
    default:
        /* Items, completions, cancellations and pings need no answer; unknown types are the future's. */
        break;
    }
}

static void refuse_handshake(struct signalr_connection *c, const char *error)
{
    BUF(record);
    struct jw w = jw_to(&record);
    jw_object(&w);
    jw_kv_text(&w, "error", error);
    jw_end(&w);
    send_record(c, &record);
    c->ended = true;
    ws_close(c->ws, 1000, NULL);
}

static void on_handshake(struct signalr_connection *c, const json_t *message)
{
    const char *protocol = json_string_value(json_object_get(message, "protocol"));
    const json_t *version = json_object_get(message, "version");
    if (!protocol || strcmp(protocol, "json") != 0) {
        refuse_handshake(c, "Only the protocol 'json' is spoken here.");
    } else if (!json_is_integer(version) || json_integer_value(version) < 0 ||
               json_integer_value(version) > 1) {
        refuse_handshake(c, "Only version 1 of the protocol is spoken here.");
    } else {
        ws_send_text(c->ws, "{}\x1e", 3);
        c->ready = true;
        c->hub->callbacks.connected(c, c->user);
    }
}

static void on_record(struct signalr_connection *c, const char *text, size_t len)
{
    SCRATCH(a);
    struct mistakes mistakes = {0};
    const json_t *message = json_read(&a, text, len, "message", &mistakes);
    if (json_is_object(message) && c->ready)
        on_message(c, &a, message);
    else if (json_is_object(message))
        on_handshake(c, message);
    else if (c->ready)
        end(c, "A message is not a JSON object.");
    else
        refuse_handshake(c, "The handshake is not a JSON object.");
}

static void on_text(struct ws *ws, void *user, const char *data, size_t len)
{
    (void)ws;
    struct signalr_connection *c = user;
    c->heard_us = time_monotonic_us();
    buf_append(&c->pending, data, len);
    char *start = c->pending.data, *stop = start + c->pending.len, *record_end;
    while (!c->ended && (record_end = memchr(start, RECORD_END, (size_t)(stop - start)))) {
        if ((size_t)(record_end - start) > MESSAGE_BYTES)
            break;
        on_record(c, start, (size_t)(record_end - start));
        start = record_end + 1;
    }
    c->pending.len = (size_t)(stop - start);
    memmove(c->pending.data, start, c->pending.len);
    if (c->pending.len > MESSAGE_BYTES && !c->ended)
        end(c, "The message is too large.");
    if (c->ended)
        buf_clear(&c->pending);
}

/* --- the socket --------------------------------------------------------------------------------- */

static void on_open(struct ws *ws, void *user)
{
    struct signalr_connection *c = user;
    c->ws = ws_ref(ws);
    c->opened_us = c->heard_us = c->pinged_us = time_monotonic_us();
}

static void on_tick(struct ws *ws, void *user, int64_t now_us)
{
    struct signalr_connection *c = user;
    const struct signalr_options *o = &c->hub->options;
    if (c->ended)
        return;
    if (!c->ready && now_us - c->opened_us > o->handshake_ms * INT64_C(1000)) {
        refuse_handshake(c, "The handshake took too long.");
    } else if (now_us - c->heard_us > o->silence_ms * INT64_C(1000)) {
        end(c, "The client was silent for too long.");
    } else if (c->ready && now_us - c->pinged_us >= o->ping_ms * INT64_C(1000)) {
        c->pinged_us = now_us;
        ws_send_text(ws, "{\"type\":6}\x1e", 11);
    }
}

static void on_stopping(struct ws *ws, void *user)
{
    (void)ws;
    struct signalr_connection *c = user;
    if (c->ready && !c->ended)
        send_close(c, NULL, true);
}

static void on_closed(struct ws *ws, void *user)
{
    (void)ws;
    struct signalr_connection *c = user;
    c->hub->callbacks.disconnected(c->ready ? c : NULL, c->user);
    ws_unref(c->ws);
    take_out(c);
    connection_free(c);
}

const struct ws_callbacks signalr_socket_callbacks = {
    .open = on_open,
    .text = on_text,
    .closed = on_closed,
    .tick = on_tick,
    .stopping = on_stopping,
};

struct signalr_connection *signalr_connection_for(struct signalr *hub, void *user)
{
    struct signalr_connection *c = connection_create(hub, NULL);
    c->user = user;
    c->claimed = true;
    insert(hub, c);
    return c;
}

struct err signalr_accept(struct signalr *hub, struct http_request *req, struct http_response *resp,
                          void *user)
{
    const char *token = http_query(req, "id");
    struct signalr_connection *c = NULL;
    if (token)
        TRY(claim(hub, token, &c));
    else
        c = signalr_connection_for(hub, user);
    c->user = user;
    struct err e = http_reply_websocket(req, resp, &signalr_socket_callbacks, NULL, c);
    if (failed(e)) {
        /* The token is used up, as it would be by a socket that breaks at once. */
        take_out(c);
        connection_free(c);
    }
    return e;
}
