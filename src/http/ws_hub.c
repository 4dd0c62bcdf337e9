/* The one thread that owns all upgraded sockets. */
#include "http/ws_hub.h"

#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

#define READ_BYTES ((size_t)64 * 1024)
#define PING_US    (30 * SECONDS_US)
/* Two pings went unanswered, and some. */
#define DEAD_US (75 * SECONDS_US)
/* How long the peer may take to answer our close frame. */
#define CLOSE_US  (5 * SECONDS_US)
#define LINGER_US (2 * SECONDS_US)
#define TICK_US   SECONDS_US
#define SLICES    64

struct ws_hub {
    pthread_t thread;
    int epoll_fd;
    int wake_fd;
    /* thread only */
    struct ws *sockets;
    int64_t next_tick_us;
    unsigned char *buffer;
    /* any thread */
    atomic_int count;
    /* under lock */
    pthread_mutex_t lock;
    struct ws *dirty;
    struct ws *arrived;
    bool woken;
    bool stopping;
    bool ending;
    /* under stream_lock, which is held around the streams' callbacks */
    pthread_mutex_t stream_lock;
    struct ws_hub_stream *streams;
    uint64_t next_stream_id;
    bool streams_stopping;
};

/* Streams are known to epoll by an odd number, sockets by their (even) address, the wake-up by 0. */
#define STREAM_TAG 1u

/* --- waking ------------------------------------------------------------------------------------- */

static void ring(struct ws_hub *hub)
{
    uint64_t one = 1;
    ssize_t done = write(hub->wake_fd, &one, sizeof(one));
    (void)done; /* fails only when the counter is full: then it is readable anyway */
}

/* Under lock: true when the caller shall ring() after unlocking. */
static bool set_woken(struct ws_hub *hub)
{
    bool first = !hub->woken;
    hub->woken = true;
    return first;
}

void ws_hub_wake(struct ws_hub *hub, struct ws *ws)
{
    pthread_mutex_lock(&hub->lock);
    ws->next_dirty = hub->dirty;
    hub->dirty = ws;
    if (set_woken(hub))
        ring(hub);
    pthread_mutex_unlock(&hub->lock);
}

void ws_hub_adopt(struct ws_hub *hub, int fd, const void *extra, size_t extra_len,
                  struct MHD_UpgradeResponseHandle *handle, const struct ws_callbacks *callbacks,
                  void *user)
{
    struct ws *ws = ws_create(callbacks, user);
    ws->fd = fd;
    ws->handle = handle;
    ws->extra_len = extra_len;
    if (extra_len) {
        ws->extra = malloc(extra_len);
        CHECK(ws->extra != NULL);
        memcpy(ws->extra, extra, extra_len);
    }
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    pthread_mutex_lock(&hub->lock);
    bool taken = !hub->ending;
    if (taken) {
        ws->hub = hub;
        ws->next = hub->arrived;
        hub->arrived = ws;
        atomic_fetch_add(&hub->count, 1);
        if (set_woken(hub))
            ring(hub);
    }
    pthread_mutex_unlock(&hub->lock);
    if (!taken) {
        callbacks->closed(NULL, user);
        ws_unref(ws);
        MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE);
    }
}

/* --- one socket --------------------------------------------------------------------------------- */

/* Ends a socket: nothing may touch it afterwards but holders of references. */
static void cut(struct ws_hub *hub, struct ws *ws)
{
    epoll_ctl(hub->epoll_fd, EPOLL_CTL_DEL, ws->fd, NULL);
    if (ws->previous)
        ws->previous->next = ws->next;
    else
        hub->sockets = ws->next;
    if (ws->next)
        ws->next->previous = ws->previous;
    ws_abandon(ws);
    ws->callbacks->closed(ws, ws->user);
    MHD_upgrade_action(ws->handle, MHD_UPGRADE_ACTION_CLOSE);
    ws->fd = -1;
    atomic_fetch_sub(&hub->count, 1);
    ws_unref(ws);
}

static void want_write(struct ws_hub *hub, struct ws *ws, bool wanted)
{
    if (ws->wants_write == wanted)
        return;
    ws->wants_write = wanted;
    struct epoll_event event = {.events = EPOLLIN | (wanted ? (uint32_t)EPOLLOUT : 0),
                                .data.u64 = (uint64_t)(uintptr_t)ws};
    epoll_ctl(hub->epoll_fd, EPOLL_CTL_MOD, ws->fd, &event);
}

enum flush_result { FLUSHED, FLUSH_BLOCKED, FLUSH_FAILED };

static enum flush_result flush(struct ws *ws)
{
    for (;;) {
        struct iovec slices[SLICES];
        int count = ws_output(ws, slices, SLICES);
        if (count == 0)
            return FLUSHED;
        struct msghdr message = {.msg_iov = slices, .msg_iovlen = (size_t)count};
        ssize_t sent = sendmsg(ws->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK ? FLUSH_BLOCKED : FLUSH_FAILED;
        ws_output_done(ws, (size_t)sent);
    }
}

/* Our close frame is out. The peer that had closed first waits for us to go; one that has not answered
 * yet is given time; one that broke the protocol is no longer read, but a reset must not overtake the
 * close frame, so what it still sends is thrown away until it goes. */
static bool closing_step(struct ws *ws, int64_t now_us)
{
    if (ws_close_received(ws))
        return false;
    if (ws->deadline_us == 0)
        ws->deadline_us = now_us + CLOSE_US;
    if (!ws->lingering && !ws_reads(ws)) {
        shutdown(ws->fd, SHUT_WR);
        ws->lingering = true;
        ws->deadline_us = now_us + LINGER_US;
    }
    return true;
}

/* Sends what can be sent. False when the socket is finished: the caller cuts it. */
static bool pump(struct ws_hub *hub, struct ws *ws, int64_t now_us)
{
    ws_prepare_output(ws);
    pthread_mutex_lock(&ws->lock);
    bool overflowed = ws->overflowed;
    pthread_mutex_unlock(&ws->lock);
    if (overflowed)
        return false;
    enum flush_result result = flush(ws);
    if (result == FLUSH_FAILED)
        return false;
    want_write(hub, ws, result == FLUSH_BLOCKED);
    if (ws->close_sent && ws->deadline_us == 0)
        ws->deadline_us = now_us + CLOSE_US;
    return result == FLUSH_BLOCKED || !ws->close_sent || closing_step(ws, now_us);
}

/* False when the peer has gone or must go. */
static bool read_some(struct ws_hub *hub, struct ws *ws, int64_t now_us)
{
    /* A few rounds, then the others' turn: epoll reports what is left again. */
    for (int round = 0; round < 4; round++) {
        ssize_t got = recv(ws->fd, hub->buffer, READ_BYTES, MSG_DONTWAIT);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return true;
        if (got <= 0)
            return false;
        ws->heard_us = now_us;
        if (!ws->lingering)
            ws_feed(ws, hub->buffer, (size_t)got);
        if ((size_t)got < READ_BYTES)
            return true;
    }
    return true;
}

static void on_socket(struct ws_hub *hub, struct ws *ws, uint32_t events, int64_t now_us)
{
    bool alive = true;
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        alive = read_some(hub, ws, now_us);
    if (!alive || !pump(hub, ws, now_us))
        cut(hub, ws);
}

static void arrive(struct ws_hub *hub, struct ws *ws, int64_t now_us)
{
    ws->previous = NULL;
    ws->next = hub->sockets;
    if (hub->sockets)
        hub->sockets->previous = ws;
    hub->sockets = ws;
    ws->heard_us = now_us;
    ws->pinged_us = now_us;
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uint64_t)(uintptr_t)ws};
    bool alive = epoll_ctl(hub->epoll_fd, EPOLL_CTL_ADD, ws->fd, &event) == 0;
    ws->callbacks->open(ws, ws->user);
    if (alive && ws->extra_len)
        ws_feed(ws, ws->extra, ws->extra_len);
    free(ws->extra);
    ws->extra = NULL;
    if (!alive || !pump(hub, ws, now_us))
        cut(hub, ws);
}

static void tick_socket(struct ws_hub *hub, struct ws *ws, int64_t now_us)
{
    if (now_us - ws->heard_us > DEAD_US || (ws->deadline_us && now_us > ws->deadline_us)) {
        cut(hub, ws);
        return;
    }
    if (ws->close_sent)
        return;
    if (now_us - ws->pinged_us >= PING_US) {
        ws->pinged_us = now_us;
        ws_ping(ws);
    }
    if (ws->callbacks->tick)
        ws->callbacks->tick(ws, ws->user, now_us);
    if (!pump(hub, ws, now_us))
        cut(hub, ws);
}

/* --- streams ------------------------------------------------------------------------------------ */

void ws_hub_watch(struct ws_hub *hub, struct ws_hub_stream *stream, int fd)
{
    pthread_mutex_lock(&hub->stream_lock);
    stream->id = ++hub->next_stream_id;
    stream->fd = fd;
    stream->previous = NULL;
    stream->next = hub->streams;
    if (hub->streams)
        hub->streams->previous = stream;
    hub->streams = stream;
    /* Only the end of the connection: what it sends is libmicrohttpd's to read. */
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLONESHOT,
                                .data.u64 = stream->id << 1 | STREAM_TAG};
    if (epoll_ctl(hub->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
        stream->fd = -1;
    if (hub->streams_stopping)
        stream->on_event(stream, WS_HUB_STREAM_STOP, 0);
    pthread_mutex_unlock(&hub->stream_lock);
}

void ws_hub_unwatch(struct ws_hub *hub, struct ws_hub_stream *stream)
{
    pthread_mutex_lock(&hub->stream_lock);
    if (stream->fd >= 0)
        epoll_ctl(hub->epoll_fd, EPOLL_CTL_DEL, stream->fd, NULL);
    if (stream->previous)
        stream->previous->next = stream->next;
    else
        hub->streams = stream->next;
    if (stream->next)
        stream->next->previous = stream->previous;
    pthread_mutex_unlock(&hub->stream_lock);
}

/* `id` 0: all of them. */
static void tell_streams(struct ws_hub *hub, enum ws_hub_stream_event event, uint64_t id,
                         int64_t now_us)
{
    pthread_mutex_lock(&hub->stream_lock);
    if (event == WS_HUB_STREAM_STOP)
        hub->streams_stopping = true;
    for (struct ws_hub_stream *s = hub->streams; s; s = s->next)
        if (id == 0 || s->id == id)
            s->on_event(s, event, now_us);
    pthread_mutex_unlock(&hub->stream_lock);
}

/* --- the thread --------------------------------------------------------------------------------- */

static void take_arrivals(struct ws_hub *hub, struct ws *arrived, int64_t now_us)
{
    while (arrived) {
        struct ws *ws = arrived;
        arrived = ws->next;
        arrive(hub, ws, now_us);
    }
}

static void pump_dirty(struct ws_hub *hub, struct ws *dirty, int64_t now_us)
{
    while (dirty) {
        struct ws *ws = dirty;
        dirty = ws->next_dirty;
        pthread_mutex_lock(&ws->lock);
        ws->dirty = false;
        bool gone = ws->gone;
        pthread_mutex_unlock(&ws->lock);
        if (!gone && !pump(hub, ws, now_us))
            cut(hub, ws);
        ws_unref(ws);
    }
}

static void close_all(struct ws_hub *hub)
{
    for (struct ws *ws = hub->sockets; ws; ws = ws->next) {
        if (ws->callbacks->stopping && !ws->told_stopping)
            ws->callbacks->stopping(ws, ws->user);
        ws->told_stopping = true;
        ws_close(ws, WSLAY_CODE_GOING_AWAY, "the server is stopping");
    }
}

/* Handles what other threads have left. False when the thread shall end. */
static bool take_orders(struct ws_hub *hub, int64_t now_us)
{
    pthread_mutex_lock(&hub->lock);
    struct ws *dirty = hub->dirty, *arrived = hub->arrived;
    bool stopping = hub->stopping, ending = hub->ending;
    hub->dirty = NULL;
    hub->arrived = NULL;
    hub->woken = false;
    pthread_mutex_unlock(&hub->lock);
    take_arrivals(hub, arrived, now_us);
    pump_dirty(hub, dirty, now_us);
    if (stopping)
        close_all(hub);
    return !ending;
}

static void tick(struct ws_hub *hub, int64_t now_us)
{
    if (now_us < hub->next_tick_us)
        return;
    hub->next_tick_us = now_us + TICK_US;
    for (struct ws *ws = hub->sockets, *next; ws; ws = next) {
        next = ws->next;
        tick_socket(hub, ws, now_us);
    }
    tell_streams(hub, WS_HUB_STREAM_TICK, 0, now_us);
}

static void on_event(struct ws_hub *hub, const struct epoll_event *event, int64_t now_us)
{
    uint64_t count;
    if (event->data.u64 == 0) {
        ssize_t got = read(hub->wake_fd, &count, sizeof(count));
        (void)got; /* only resets the counter */
    } else if (event->data.u64 & STREAM_TAG) {
        tell_streams(hub, WS_HUB_STREAM_GONE, event->data.u64 >> 1, now_us);
    } else {
        /* Each socket appears once per batch and is cut only by its own event, so the address is
         * still good. */
        on_socket(hub, (struct ws *)(uintptr_t)event->data.u64, event->events, now_us);
    }
}

static void *run(void *data)
{
    struct ws_hub *hub = data;
    bool running = true;
    while (running) {
        struct epoll_event events[128];
        int64_t wait_us = hub->next_tick_us - time_monotonic_us();
        int wait_ms = wait_us <= 0 ? 0 : (int)(wait_us / 1000) + 1;
        int count = epoll_wait(hub->epoll_fd, events, 128, wait_ms);
        int64_t now_us = time_monotonic_us();
        for (int i = 0; i < count; i++)
            on_event(hub, &events[i], now_us);
        running = take_orders(hub, now_us);
        tick(hub, now_us);
    }
    take_orders(hub, time_monotonic_us());
    while (hub->sockets)
        cut(hub, hub->sockets);
    return NULL;
}

static bool start_thread(struct ws_hub *hub)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&hub->thread, NULL, run, hub) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static void free_hub(struct ws_hub *hub)
{
    if (hub->epoll_fd >= 0)
        close(hub->epoll_fd);
    if (hub->wake_fd >= 0)
        close(hub->wake_fd);
    pthread_mutex_destroy(&hub->lock);
    pthread_mutex_destroy(&hub->stream_lock);
    free(hub->buffer);
    free(hub);
}

struct ws_hub *ws_hub_create(void)
{
    struct ws_hub *hub = calloc(1, sizeof(*hub));
    CHECK(hub != NULL);
    hub->buffer = malloc(READ_BYTES);
    CHECK(hub->buffer != NULL);
    pthread_mutex_init(&hub->lock, NULL);
    pthread_mutex_init(&hub->stream_lock, NULL);
    hub->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    hub->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    hub->next_tick_us = time_monotonic_us() + TICK_US;
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = 0};
    if (hub->epoll_fd >= 0 && hub->wake_fd >= 0 &&
        epoll_ctl(hub->epoll_fd, EPOLL_CTL_ADD, hub->wake_fd, &event) == 0 && start_thread(hub))
        return hub;
    free_hub(hub);
    return NULL;
}

static void order(struct ws_hub *hub, bool ending)
{
    pthread_mutex_lock(&hub->lock);
    hub->stopping = true;
    hub->ending = hub->ending || ending;
    if (set_woken(hub))
        ring(hub);
    pthread_mutex_unlock(&hub->lock);
}

void ws_hub_stop(struct ws_hub *hub)
{
    order(hub, false);
    tell_streams(hub, WS_HUB_STREAM_STOP, 0, time_monotonic_us());
}

int ws_hub_count(struct ws_hub *hub)
{
    return atomic_load(&hub->count);
}

void ws_hub_end(struct ws_hub *hub)
{
    if (!hub)
        return;
    order(hub, true);
    pthread_join(hub->thread, NULL);
}

void ws_hub_destroy(struct ws_hub *hub)
{
    if (!hub)
        return;
    /* Sockets that were dirty when they were cut still wait in the list. */
    pump_dirty(hub, hub->dirty, 0);
    free_hub(hub);
}
