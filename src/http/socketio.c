/* Socket.IO: sessions, the packet protocol, heartbeats. */
#include "http/socketio_internal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "http/ws.h"
#include "json/writer.h"

/* A client that was told to go has this long before its session is ended. */
#define KICK_US SECONDS_US

/* --- the table of sessions ----------------------------------------------------------------------- */

static unsigned bucket_of(const char *sid)
{
    unsigned hash = 2166136261u;
    for (; *sid; sid++)
        hash = (hash ^ (unsigned char)*sid) * 16777619u;
    return hash % SOCKETIO_BUCKETS;
}

struct socketio_connection *session_create(struct socketio *io, const struct http_request *req)
{
    struct socketio_connection *c = calloc(1, sizeof(*c));
    CHECK(c != NULL);
    atomic_init(&c->refs, 2);
    c->io = io;
    token_make(c->sid);
    pthread_mutex_init(&c->call_lock, NULL);
    pthread_mutex_init(&c->lock, NULL);
    c->created_us = c->pinged_us = time_monotonic_us();
    c->user = io->callbacks.open ? io->callbacks.open(io->callbacks.context, req) : NULL;
    struct socketio_connection **bucket = &io->buckets[bucket_of(c->sid)];
    pthread_mutex_lock(&io->lock);
    c->next = *bucket;
    *bucket = c;
    pthread_mutex_unlock(&io->lock);
    return c;
}

struct socketio_connection *session_find(struct socketio *io, const char *sid)
{
    pthread_mutex_lock(&io->lock);
    struct socketio_connection *c = io->buckets[bucket_of(sid)];
    while (c && strcmp(c->sid, sid) != 0)
        c = c->next;
    if (c)
        socketio_ref(c);
    pthread_mutex_unlock(&io->lock);
    return c;
}

static void take_out(struct socketio_connection *c)
{
    struct socketio *io = c->io;
    pthread_mutex_lock(&io->lock);
    struct socketio_connection **at = &io->buckets[bucket_of(c->sid)];
    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    pthread_mutex_unlock(&io->lock);
}

struct socketio_connection *socketio_ref(struct socketio_connection *c)
{
    atomic_fetch_add(&c->refs, 1);
    return c;
}

void socketio_unref(struct socketio_connection *c)
{
    if (!c || atomic_fetch_sub(&c->refs, 1) != 1)
        return;
    buf_finish(&c->queue);
    pthread_mutex_destroy(&c->lock);
    pthread_mutex_destroy(&c->call_lock);
    free(c);
}

const char *socketio_id(const struct socketio_connection *c)
{
    return c->id;
}

/* --- sending ------------------------------------------------------------------------------------ */

void session_flush_poll(struct socketio_connection *c)
{
    if (!c->poll || c->queue.len == 0)
        return;
    http_stream_write(c->poll, c->queue.data, c->queue.len);
    http_stream_end(c->poll);
    c->poll = NULL;
    buf_clear(&c->queue);
}

void session_release_poll(struct socketio_connection *c)
{
    if (!c->poll)
        return;
    if (c->queue.len == 0)
        buf_putc(&c->queue, EIO_NOOP);
    session_flush_poll(c);
}

/* Under lock. `frame` is the same text, encoded, or NULL. */
static void send_locked(struct socketio_connection *c, const char *text, size_t len,
                        struct ws_message *frame)
{
    if (c->gone)
        return;
    if (c->ws && frame) {
        ws_send_message(c->ws, frame);
    } else if (c->ws) {
        ws_send_text(c->ws, text, len);
    } else if (c->queue.len > WS_QUEUE_BYTES) {
        /* Dropped like a slow socket: the heartbeat ends the session. */
        c->kicked_us = 1;
    } else {
        if (c->queue.len)
            buf_putc(&c->queue, EIO_SEPARATOR);
        buf_append(&c->queue, text, len);
        session_flush_poll(c);
    }
}

void session_send(struct socketio_connection *c, const char *text, size_t len)
{
    pthread_mutex_lock(&c->lock);
    send_locked(c, text, len, NULL);
    pthread_mutex_unlock(&c->lock);
}

struct socketio_message *socketio_message_create(const char *event, const char *arguments)
{
    struct socketio_message *message = calloc(1, sizeof(*message));
    CHECK(message != NULL);
    sio_head(&message->text, SIO_EVENT, "/", -1);
    struct jw w = jw_to(&message->text);
    jw_array(&w);
    jw_text(&w, event);
    if (arguments)
        jw_raw(&w, arguments);
    jw_end(&w);
    message->frame = ws_message_create(message->text.data, message->text.len);
    return message;
}

void socketio_message_free(struct socketio_message *message)
{
    if (!message)
        return;
    ws_message_unref(message->frame);
    buf_finish(&message->text);
    free(message);
}

void socketio_send(struct socketio_connection *c, const struct socketio_message *message)
{
    pthread_mutex_lock(&c->lock);
    if (c->live)
        send_locked(c, message->text.data, message->text.len, message->frame);
    pthread_mutex_unlock(&c->lock);
}

void socketio_emit(struct socketio_connection *c, const char *event, const char *arguments)
{
    struct socketio_message *message = socketio_message_create(event, arguments);
    socketio_send(c, message);
    socketio_message_free(message);
}

void socketio_disconnect(struct socketio_connection *c)
{
    static const char packet[] = {EIO_MESSAGE, SIO_DISCONNECT};
    pthread_mutex_lock(&c->lock);
    if (!c->gone && c->kicked_us == 0) {
        send_locked(c, packet, sizeof(packet), NULL);
        c->live = false;
        c->kicked_us = time_monotonic_us();
        if (c->ws)
            ws_close(c->ws, 1000, NULL);
    }
    pthread_mutex_unlock(&c->lock);
}

/* --- the protocol ------------------------------------------------------------------------------- */

void session_write_open(const struct socketio_connection *c, bool can_upgrade, struct buf *out)
{
    buf_putc(out, EIO_OPEN);
    struct jw w = jw_to(out);
    jw_object(&w);
    jw_kv_text(&w, "sid", c->sid);
    jw_key(&w, "upgrades");
    jw_array(&w);
    if (can_upgrade)
        jw_text(&w, "websocket");
    jw_end(&w);
    jw_kv_int(&w, "pingInterval", c->io->options.ping_interval_ms);
    jw_kv_int(&w, "pingTimeout", c->io->options.ping_timeout_ms);
    jw_kv_int(&w, "maxPayload", SOCKETIO_MAX_PAYLOAD);
    jw_end(&w);
}

static void send_refusal(struct socketio_connection *c, const char *name_space,
                         const struct socketio_refusal *refusal)
{
    BUF(packet);
    sio_head(&packet, SIO_CONNECT_ERROR, name_space, -1);
    struct jw w = jw_to(&packet);
    jw_object(&w);
    jw_kv_text(&w, "message", refusal->message ? refusal->message : "refused");
    if (refusal->data)
        jw_kv_raw(&w, "data", refusal->data);
    jw_end(&w);
    session_send(c, packet.data, packet.len);
}

static void join(struct socketio_connection *c)
{
    token_make(c->id);
    c->joined = true;
    BUF(packet);
    sio_head(&packet, SIO_CONNECT, "/", -1);
    struct jw w = jw_to(&packet);
    jw_object(&w);
    jw_kv_text(&w, "sid", c->id);
    jw_end(&w);
    pthread_mutex_lock(&c->lock);
    send_locked(c, packet.data, packet.len, NULL);
    c->live = true;
    c->connected_once = true;
    pthread_mutex_unlock(&c->lock);
    c->io->callbacks.connected(c, c->user);
}

static void on_connect(struct socketio_connection *c, struct arena *a,
                       const struct sio_packet *packet)
{
    struct socketio_refusal refusal = {0};
    if (strcmp(packet->name_space, "/") != 0) {
        refusal.message = "Invalid namespace";
        send_refusal(c, packet->name_space, &refusal);
    } else if (!c->joined) {
        if (c->io->callbacks.connect(c->user, a, packet->data, &refusal))
            join(c);
        else
            send_refusal(c, "/", &refusal);
    }
}

static void leave(struct socketio_connection *c)
{
    if (!c->joined)
        return;
    c->joined = false;
    pthread_mutex_lock(&c->lock);
    c->live = false;
    pthread_mutex_unlock(&c->lock);
    c->io->callbacks.disconnected(c, c->user);
}

static void on_event(struct socketio_connection *c, struct arena *a,
                     const struct sio_packet *packet)
{
    BUF(ack);
    bool answer = packet->ack_id >= 0;
    c->io->callbacks.event(c, c->user, a, json_string_value(json_array_get(packet->data, 0)),
                           packet->data, answer ? &ack : NULL);
    if (!answer)
        return;
    BUF(reply);
    sio_head(&reply, SIO_ACK, "/", packet->ack_id);
    buf_putc(&reply, '[');
    buf_append(&reply, ack.data, ack.len);
    buf_putc(&reply, ']');
    session_send(c, reply.data, reply.len);
}

static bool on_message(struct socketio_connection *c, const char *text, size_t len)
{
    SCRATCH(a);
    struct sio_packet packet;
    if (failed(sio_parse(&a, text, len, &packet)))
        return false;
    if (packet.type == SIO_CONNECT) {
        on_connect(c, &a, &packet);
        return true;
    }
    if (!c->joined || strcmp(packet.name_space, "/") != 0)
        return false;
    if (packet.type == SIO_DISCONNECT)
        leave(c);
    else if (packet.type == SIO_EVENT)
        on_event(c, &a, &packet);
    return true;
}

static bool receive_locked(struct socketio_connection *c, const char *text, size_t len)
{
    switch (len ? text[0] : 0) {
    case EIO_MESSAGE:
        return on_message(c, text + 1, len - 1);
    case EIO_PONG:
        pthread_mutex_lock(&c->lock);
        c->ping_sent = false;
        pthread_mutex_unlock(&c->lock);
        return true;
    case EIO_PING:
    case EIO_UPGRADE:
    case EIO_NOOP:
        return true;
    default:
        return false;
    }
}

bool session_receive(struct socketio_connection *c, const char *text, size_t len)
{
    pthread_mutex_lock(&c->lock);
    bool kicked = c->kicked_us != 0;
    pthread_mutex_unlock(&c->lock);
    pthread_mutex_lock(&c->call_lock);
    bool good = c->ended || kicked || receive_locked(c, text, len);
    pthread_mutex_unlock(&c->call_lock);
    return good;
}

void session_end(struct socketio_connection *c)
{
    pthread_mutex_lock(&c->call_lock);
    bool ended = c->ended;
    c->ended = true;
    if (!ended)
        leave(c);
    pthread_mutex_unlock(&c->call_lock);
    if (ended)
        return;
    pthread_mutex_lock(&c->lock);
    c->gone = true;
    struct ws *ws = c->ws;
    c->ws = NULL;
    if (c->poll && c->queue.len == 0)
        buf_putc(&c->queue, EIO_CLOSE);
    session_flush_poll(c);
    pthread_mutex_unlock(&c->lock);
    if (ws)
        ws_close(ws, 1000, NULL);
    ws_unref(ws);
    take_out(c);
    if (c->io->callbacks.closed)
        c->io->callbacks.closed(c->user);
    socketio_unref(c);
}

/* --- heartbeats --------------------------------------------------------------------------------- */

/* True when the session has to end. */
static bool beat(struct socketio_connection *c, int64_t now_us)
{
    static const char ping[] = {EIO_PING};
    const struct socketio_options *o = &c->io->options;
    pthread_mutex_lock(&c->lock);
    int64_t silent_us = now_us - c->pinged_us;
    bool over = (c->kicked_us && now_us - c->kicked_us > KICK_US) ||
                (!c->connected_once &&
                 now_us - c->created_us > o->connect_timeout_ms * INT64_C(1000)) ||
                (c->ping_sent && silent_us > o->ping_timeout_ms * INT64_C(1000));
    if (!over && !c->ping_sent && silent_us >= o->ping_interval_ms * INT64_C(1000)) {
        send_locked(c, ping, sizeof(ping), NULL);
        c->ping_sent = true;
        c->pinged_us = now_us;
    }
    pthread_mutex_unlock(&c->lock);
    return over;
}

/* References to all sessions, so that they can be looked at without the table's lock. */
static struct socketio_connection **snapshot(struct socketio *io, size_t *ret_count)
{
    size_t count = 0, capacity = 0;
    struct socketio_connection **list = NULL;
    pthread_mutex_lock(&io->lock);
    for (unsigned i = 0; i < SOCKETIO_BUCKETS; i++) {
        for (struct socketio_connection *c = io->buckets[i]; c; c = c->next) {
            if (count == capacity) {
                capacity = capacity ? capacity * 2 : 64;
                list = realloc(list, capacity * sizeof(*list));
                CHECK(list != NULL);
            }
            list[count++] = socketio_ref(c);
        }
    }
    pthread_mutex_unlock(&io->lock);
    *ret_count = count;
    return list;
}

static void visit_all(struct socketio *io, bool end_all)
{
    size_t count;
    struct socketio_connection **list = snapshot(io, &count);
    int64_t now_us = time_monotonic_us();
    for (size_t i = 0; i < count; i++) {
        if (end_all || beat(list[i], now_us))
            session_end(list[i]);
        socketio_unref(list[i]);
    }
    free(list);
}

/* Half the shortest interval, but neither busy nor sleepy. */
static int64_t pause_ms(const struct socketio_options *o)
{
    int64_t shortest = o->ping_interval_ms < o->ping_timeout_ms ? o->ping_interval_ms
                                                                : o->ping_timeout_ms;
    shortest /= 4;
    return shortest < 20 ? 20 : shortest > 1000 ? 1000 : shortest;
}

static void *run_heart(void *data)
{
    struct socketio *io = data;
    int64_t pause_us = pause_ms(&io->options) * 1000;
    pthread_mutex_lock(&io->lock);
    while (!io->stopping) {
        int64_t until_us = time_monotonic_us() + pause_us;
        struct timespec until = {.tv_sec = until_us / SECONDS_US,
                                 .tv_nsec = (long)(until_us % SECONDS_US) * 1000};
        if (pthread_cond_timedwait(&io->stop, &io->lock, &until) != ETIMEDOUT)
            continue;
        pthread_mutex_unlock(&io->lock);
        visit_all(io, false);
        pthread_mutex_lock(&io->lock);
    }
    pthread_mutex_unlock(&io->lock);
    return NULL;
}

static int or_default(int value, int fallback)
{
    return value > 0 ? value : fallback;
}

struct socketio *socketio_create(const struct socketio_callbacks *callbacks,
                                 const struct socketio_options *options)
{
    struct socketio *io = calloc(1, sizeof(*io));
    CHECK(io != NULL);
    io->callbacks = *callbacks;
    if (options)
        io->options = *options;
    io->options.ping_interval_ms = or_default(io->options.ping_interval_ms, 25000);
    io->options.ping_timeout_ms = or_default(io->options.ping_timeout_ms, 20000);
    io->options.connect_timeout_ms = or_default(io->options.connect_timeout_ms, 45000);
    pthread_mutex_init(&io->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&io->stop, &monotonic);
    pthread_condattr_destroy(&monotonic);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    CHECK(pthread_create(&io->heart, NULL, run_heart, io) == 0);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return io;
}

void socketio_destroy(struct socketio *io)
{
    if (!io)
        return;
    pthread_mutex_lock(&io->lock);
    io->stopping = true;
    pthread_cond_signal(&io->stop);
    pthread_mutex_unlock(&io->lock);
    pthread_join(io->heart, NULL);
    visit_all(io, true);
    pthread_cond_destroy(&io->stop);
    pthread_mutex_destroy(&io->lock);
    free(io);
}
