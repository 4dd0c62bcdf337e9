/* One WebSocket: wslay parses what comes in; what goes out is framed once and queued. */
#include "http/ws.h"

#include <stdlib.h>
#include <string.h>

#include "http/ws_hub.h"

#define MAX_FRAGMENTS 4096

/* --- messages ----------------------------------------------------------------------------------- */

static struct ws_message *raw_create(size_t len)
{
    struct ws_message *message = malloc(sizeof(*message) + len);
    CHECK(message != NULL);
    atomic_init(&message->refs, 1);
    message->len = len;
    return message;
}

/* Server frames are not masked, so one encoding serves every receiver. */
static struct ws_message *frame_create(int opcode, const void *data, size_t len)
{
    size_t head = len < 126 ? 2 : len < 65536 ? 4 : 10;
    struct ws_message *message = raw_create(head + len);
    unsigned char *p = message->data;
    p[0] = (unsigned char)(0x80 | opcode);
    p[1] = (unsigned char)(head == 2 ? len : head == 4 ? 126 : 127);
    for (size_t i = 2; i < head; i++)
        p[i] = (unsigned char)(len >> (8 * (head - 1 - i)));
    if (len)
        memcpy(p + head, data, len);
    return message;
}

struct ws_message *ws_message_create(const char *data, size_t len)
{
    return frame_create(WSLAY_TEXT_FRAME, data, len);
}

struct ws_message *ws_message_ref(struct ws_message *message)
{
    atomic_fetch_add(&message->refs, 1);
    return message;
}

void ws_message_unref(struct ws_message *message)
{
    if (message && atomic_fetch_sub(&message->refs, 1) == 1)
        free(message);
}

/* --- the queue ---------------------------------------------------------------------------------- */

/* Takes the reference. */
static void push(struct ws *ws, struct ws_message *message)
{
    struct ws_node *node = malloc(sizeof(*node));
    CHECK(node != NULL);
    *node = (struct ws_node){message, NULL};
    if (ws->last)
        ws->last->next = node;
    else
        ws->first = node;
    ws->last = node;
    ws->queued_bytes += message->len;
}

static struct ws_message *pop(struct ws *ws)
{
    struct ws_node *node = ws->first;
    struct ws_message *message = node->message;
    ws->first = node->next;
    if (!ws->first)
        ws->last = NULL;
    ws->queued_bytes -= message->len;
    free(node);
    return message;
}

/* Hands the socket to its hub. Under lock, and only while it is not gone: the hub marks every socket
 * gone before it ends, so it is still there. */
static void mark_dirty(struct ws *ws)
{
    if (ws->dirty || !ws->hub)
        return;
    ws->dirty = true;
    ws_hub_wake(ws->hub, ws_ref(ws));
}

void ws_send_message(struct ws *ws, struct ws_message *message)
{
    pthread_mutex_lock(&ws->lock);
    if (!ws->gone && !ws->close_asked && !ws->overflowed) {
        if (ws->queued_bytes > WS_QUEUE_BYTES)
            ws->overflowed = true;
        else
            push(ws, ws_message_ref(message));
        mark_dirty(ws);
    }
    pthread_mutex_unlock(&ws->lock);
}

void ws_send_text(struct ws *ws, const char *data, size_t len)
{
    struct ws_message *message = ws_message_create(data, len);
    ws_send_message(ws, message);
    ws_message_unref(message);
}

void ws_close(struct ws *ws, uint16_t code, const char *reason)
{
    pthread_mutex_lock(&ws->lock);
    if (!ws->gone && !ws->close_asked) {
        ws->close_asked = true;
        ws->close_code = code;
        snprintf(ws->close_reason, sizeof(ws->close_reason), "%s", reason ? reason : "");
        mark_dirty(ws);
    }
    pthread_mutex_unlock(&ws->lock);
}

int ws_output(struct ws *ws, struct iovec *slices, int max)
{
    int count = 0;
    pthread_mutex_lock(&ws->lock);
    for (struct ws_node *n = ws->first; n && count < max; n = n->next) {
        size_t skip = count ? 0 : ws->head_sent;
        slices[count++] = (struct iovec){n->message->data + skip, n->message->len - skip};
    }
    pthread_mutex_unlock(&ws->lock);
    return count;
}

bool ws_output_done(struct ws *ws, size_t len)
{
    pthread_mutex_lock(&ws->lock);
    ws->head_sent += len;
    while (ws->first && ws->head_sent >= ws->first->message->len) {
        ws->head_sent -= ws->first->message->len;
        ws_message_unref(pop(ws));
    }
    bool empty = !ws->first;
    pthread_mutex_unlock(&ws->lock);
    return empty;
}

void ws_abandon(struct ws *ws)
{
    pthread_mutex_lock(&ws->lock);
    ws->gone = true;
    while (ws->first)
        ws_message_unref(pop(ws));
    pthread_mutex_unlock(&ws->lock);
}

/* --- wslay -------------------------------------------------------------------------------------- */

static ssize_t on_recv(wslay_event_context_ptr ctx, uint8_t *to, size_t len, int flags, void *user)
{
    (void)flags;
    struct ws *ws = user;
    if (ws->in_len == 0) {
        wslay_event_set_error(ctx, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    len = len < ws->in_len ? len : ws->in_len;
    memcpy(to, ws->in, len);
    ws->in += len;
    ws->in_len -= len;
    return (ssize_t)len;
}

/* wslay's own frames (pong, close) come in pieces, which must stay together in the queue. */
static ssize_t on_send(wslay_event_context_ptr ctx, const uint8_t *data, size_t len, int flags,
                       void *user)
{
    (void)ctx;
    (void)flags;
    struct ws *ws = user;
    buf_append(&ws->own, data, len);
    return (ssize_t)len;
}

static void queue_own_frames(struct ws *ws)
{
    if (ws->own.len == 0)
        return;
    struct ws_message *message = raw_create(ws->own.len);
    memcpy(message->data, ws->own.data, ws->own.len);
    buf_clear(&ws->own);
    pthread_mutex_lock(&ws->lock);
    if (ws->queued_bytes > WS_QUEUE_BYTES)
        ws->overflowed = true;
    push(ws, message);
    /* Nothing may follow a close frame. */
    if (ws->close_sent)
        ws->close_asked = true;
    pthread_mutex_unlock(&ws->lock);
}

/* wslay keeps some bytes for each fragment, so even empty ones must end somewhere. */
static void on_frame_start(wslay_event_context_ptr ctx,
                           const struct wslay_event_on_frame_recv_start_arg *arg, void *user)
{
    struct ws *ws = user;
    if (wslay_is_ctrl_frame(arg->opcode))
        return;
    ws->fragments = arg->opcode == WSLAY_CONTINUATION_FRAME ? ws->fragments + 1 : 0;
    if (ws->fragments > MAX_FRAGMENTS)
        wslay_event_shutdown_read(ctx);
}

static void on_text(struct ws *ws, const char *data, size_t len)
{
    char *copy = malloc(len + 1);
    CHECK(copy != NULL);
    if (len)
        memcpy(copy, data, len);
    copy[len] = 0;
    ws->callbacks->text(ws, ws->user, copy, len);
    free(copy);
}

static void on_message(wslay_event_context_ptr ctx, const struct wslay_event_on_msg_recv_arg *arg,
                       void *user)
{
    (void)ctx;
    struct ws *ws = user;
    pthread_mutex_lock(&ws->lock);
    bool closing = ws->close_asked;
    pthread_mutex_unlock(&ws->lock);
    if (closing)
        return;
    if (arg->opcode == WSLAY_TEXT_FRAME)
        on_text(ws, (const char *)arg->msg, arg->msg_length);
    else if (arg->opcode == WSLAY_BINARY_FRAME && ws->callbacks->binary)
        ws->callbacks->binary(ws, ws->user, arg->msg, arg->msg_length);
    else if (arg->opcode == WSLAY_BINARY_FRAME)
        ws_close(ws, WSLAY_CODE_UNSUPPORTED_DATA, "binary messages are not taken");
}

struct ws *ws_create(const struct ws_callbacks *callbacks, void *user)
{
    static const struct wslay_event_callbacks frame_callbacks = {
        .recv_callback = on_recv,
        .send_callback = on_send,
        .on_frame_recv_start_callback = on_frame_start,
        .on_msg_recv_callback = on_message,
    };
    struct ws *ws = calloc(1, sizeof(*ws));
    CHECK(ws != NULL);
    atomic_init(&ws->refs, 1);
    pthread_mutex_init(&ws->lock, NULL);
    ws->callbacks = callbacks;
    ws->user = user;
    ws->fd = -1;
    CHECK(wslay_event_context_server_init(&ws->frames, &frame_callbacks, ws) == 0);
    wslay_event_config_set_max_recv_msg_length(ws->frames, WS_MAX_MESSAGE_BYTES);
    return ws;
}

struct ws *ws_ref(struct ws *ws)
{
    atomic_fetch_add(&ws->refs, 1);
    return ws;
}

void ws_unref(struct ws *ws)
{
    if (!ws || atomic_fetch_sub(&ws->refs, 1) != 1)
        return;
    ws_abandon(ws);
    if (ws->frames)
        wslay_event_context_free(ws->frames);
    pthread_mutex_destroy(&ws->lock);
    buf_finish(&ws->own);
    free(ws->extra);
    free(ws);
}

void ws_prepare_output(struct ws *ws)
{
    if (ws->failed)
        return;
    pthread_mutex_lock(&ws->lock);
    bool close_now = ws->close_asked && !ws->close_sent;
    uint16_t code = ws->close_code;
    pthread_mutex_unlock(&ws->lock);
    if (close_now && !wslay_event_get_close_sent(ws->frames))
        wslay_event_queue_close(ws->frames, code, (const uint8_t *)ws->close_reason,
                                strlen(ws->close_reason));
    /* on_send() takes everything, so there is no failure to look at. */
    if (wslay_event_want_write(ws->frames))
        wslay_event_send(ws->frames);
    ws->close_sent = wslay_event_get_close_sent(ws->frames);
    queue_own_frames(ws);
}

void ws_ping(struct ws *ws)
{
    struct wslay_event_msg ping = {.opcode = WSLAY_PING};
    wslay_event_queue_msg(ws->frames, &ping);
    ws_prepare_output(ws);
}

/* Ends the connection in wslay's place, which would send a close without a code. */
static void fail(struct ws *ws, unsigned code)
{
    const unsigned char frame[] = {0x88, 2, (unsigned char)(code >> 8), (unsigned char)code};
    ws->failed = true;
    if (ws->close_sent)
        return;
    ws->close_sent = true;
    buf_clear(&ws->own);
    buf_append(&ws->own, frame, sizeof(frame));
    queue_own_frames(ws);
}

void ws_feed(struct ws *ws, const void *data, size_t len)
{
    ws->in = data;
    ws->in_len = len;
    while (ws->in_len && ws_reads(ws))
        if (wslay_event_recv(ws->frames) != 0)
            fail(ws, WSLAY_CODE_PROTOCOL_ERROR);
    if (ws->fragments > MAX_FRAGMENTS && !ws->failed)
        fail(ws, WSLAY_CODE_POLICY_VIOLATION);
    ws->in_len = 0;
    ws_prepare_output(ws);
}

bool ws_reads(const struct ws *ws)
{
    return !ws->failed && wslay_event_want_read(ws->frames);
}

bool ws_close_received(const struct ws *ws)
{
    return wslay_event_get_close_received(ws->frames);
}
