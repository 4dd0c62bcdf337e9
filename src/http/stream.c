/* Server-sent events: a reply whose end nobody knows. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "http/internal.h"

/* A reader further behind is dropped. */
#define STREAM_QUEUE_BYTES ((size_t)1024 * 1024)
/* Proxies cut connections that are silent for 30 to 60 seconds. */
#define STREAM_PING_US (15 * SECONDS_US)

struct http_stream {
    struct http_exchange *exchange; /* until stream_destroy() */
    struct ws_hub_stream watch;     /* the socket thread's view */
    bool pings;                     /* comments mean something to the reader */
    pthread_mutex_t lock;
    /* under lock */
    struct buf queue;
    size_t taken;      /* bytes of the queue that were sent */
    int64_t wrote_us;
    bool suspended;
    bool ended;
    bool lost; /* client gone or too slow */
    int fd;    /* the connection's, while it is watched */
};

static void wake(struct http_stream *s)
{
    if (!s->suspended)
        return;
    s->suspended = false;
    MHD_resume_connection(s->exchange->connection);
}

/* The connection's thread may be waiting for the client to read: the shutdown wakes it. */
static void drop(struct http_stream *s)
{
    s->lost = true;
    if (s->fd >= 0)
        shutdown(s->fd, SHUT_RDWR);
}

void http_stream_write(struct http_stream *stream, const void *data, size_t len)
{
    pthread_mutex_lock(&stream->lock);
    if (!stream->ended && !stream->lost) {
        if (stream->queue.len - stream->taken > STREAM_QUEUE_BYTES)
            drop(stream);
        else
            buf_append(&stream->queue, data, len);
        stream->wrote_us = time_monotonic_us();
        wake(stream);
    }
    pthread_mutex_unlock(&stream->lock);
}

void http_stream_end(struct http_stream *stream)
{
    pthread_mutex_lock(&stream->lock);
    stream->ended = true;
    wake(stream);
    pthread_mutex_unlock(&stream->lock);
}

static void on_watch(struct ws_hub_stream *watch, enum ws_hub_stream_event event, int64_t now_us)
{
    struct http_stream *s =
        (struct http_stream *)(void *)((char *)watch - offsetof(struct http_stream, watch));
    if (event == WS_HUB_STREAM_STOP) {
        http_stream_end(s);
        return;
    }
    pthread_mutex_lock(&s->lock);
    if (event == WS_HUB_STREAM_GONE) {
        s->lost = true;
        wake(s);
    } else if (s->pings && now_us - s->wrote_us >= STREAM_PING_US && !s->ended && !s->lost) {
        buf_puts(&s->queue, ":\n\n");
        s->wrote_us = now_us;
        wake(s);
    }
    pthread_mutex_unlock(&s->lock);
}

/* Runs on the connection's thread, so no one else starts it. */
static void start(struct http_stream *s)
{
    struct http_exchange *x = s->exchange;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    s->fd = info ? info->connect_fd : -1;
    s->watch.on_event = on_watch;
    x->resp.stream_open(s, x->resp.stream_user);
    ws_hub_watch(x->server->hub, &s->watch, s->fd);
}

static ssize_t take(struct http_stream *s, char *to, size_t max)
{
    size_t len = s->queue.len - s->taken;
    if (s->lost)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (len == 0 && s->ended)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (len == 0) {
        s->suspended = true;
        MHD_suspend_connection(s->exchange->connection);
        return 0;
    }
    len = len < max ? len : max;
    memcpy(to, s->queue.data + s->taken, len);
    s->taken += len;
    s->exchange->reply_bytes += (int64_t)len;
    if (s->taken == s->queue.len) {
        buf_clear(&s->queue);
        s->taken = 0;
    } else if (s->taken > s->queue.len / 2) {
        /* A reader that is always a little behind must not grow the queue for ever. */
        s->queue.len -= s->taken;
        memmove(s->queue.data, s->queue.data + s->taken, s->queue.len + 1);
        s->taken = 0;
    }
    return (ssize_t)len;
}

static ssize_t read_stream(void *data, uint64_t position, char *to, size_t max)
{
    (void)position;
    struct http_stream *s = data;
    if (!s->watch.on_event)
        start(s);
    pthread_mutex_lock(&s->lock);
    ssize_t result = take(s, to, max);
    pthread_mutex_unlock(&s->lock);
    return result;
}

struct MHD_Response *stream_response(struct http_exchange *x)
{
    struct http_stream *s = calloc(1, sizeof(*s));
    CHECK(s != NULL);
    pthread_mutex_init(&s->lock, NULL);
    s->exchange = x;
    s->fd = -1;
    s->pings = x->resp.content_type && strcmp(x->resp.content_type, "text/event-stream") == 0;
    s->wrote_us = time_monotonic_us();
    x->stream = s;
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, (size_t)16 * 1024, read_stream, s,
                                             NULL);
}

void stream_destroy(struct http_stream *stream)
{
    struct http_exchange *x = stream->exchange;
    if (stream->watch.on_event)
        ws_hub_unwatch(x->server->hub, &stream->watch);
    if (x->resp.stream_close)
        x->resp.stream_close(stream->watch.on_event ? stream : NULL, x->resp.stream_user);
    pthread_mutex_destroy(&stream->lock);
    buf_finish(&stream->queue);
    free(stream);
    x->stream = NULL;
}

void http_reply_stream(struct http_request *req, struct http_response *resp,
                       void (*open)(struct http_stream *, void *),
                       void (*close)(struct http_stream *, void *), void *user)
{
    resp->status = 200;
    resp->content_type = "text/event-stream";
    http_add_header(req, resp, "Cache-Control", "no-cache");
    http_add_header(req, resp, "X-Accel-Buffering", "no");
    resp->stream_open = open;
    resp->stream_close = close;
    resp->stream_user = user;
}
