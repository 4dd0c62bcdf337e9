/*
 * Server-sent events for the page: every event row as it is committed. A client that comes back with
 * Last-Event-ID first gets what it missed (at most CATCH_UP rows; more, and it is told to reload). Each event
 * comes once: what was caught up on and is still on its way through the bus is known by its id. (Not by the
 * highest id: on PostgreSQL a lower one may be committed later.)
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "api/web/web.h"
#include "base/clock.h"
#include "core/events.h"

#define CATCH_UP    1000
#define MAX_CLIENTS 2000

struct client {
    struct client *next;
    struct http_stream *stream;
    struct core *core;
    int64_t after_id; /* -1: only what happens from now on */
    int64_t *seen;    /* ids that it has caught up on, ascending */
    size_t seen_count;
};

static struct {
    pthread_mutex_t lock;
    struct client *clients; /* under lock */
    int count;              /* under lock */
} live = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void format_event(struct buf *out, const struct event *event)
{
    struct jw w = jw_to(out);
    buf_printf(out, "id: %lld\nevent: %s\ndata: ", (long long)event->id,
               words_name(&event_words, (int)event->kind));
    jw_object(&w);
    jw_kv_text(&w, "event_type", words_name(&event_words, (int)event->kind));
    jw_kv_time(&w, "timestamp", event->at_us);
    jw_kv_raw(&w, "payload", event->payload);
    jw_end(&w);
    buf_puts(out, "\n\n");
}

static bool has_seen(const struct client *c, int64_t id)
{
    size_t low = 0, high = c->seen_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->seen[middle] == id)
            return true;
        if (c->seen[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static void on_event(void *context, const struct event *event)
{
    (void)context;
    BUF(text);
    format_event(&text, event);
    pthread_mutex_lock(&live.lock);
    for (struct client *c = live.clients; c; c = c->next) {
        if (!has_seen(c, event->id))
            http_stream_write(c->stream, text.data, text.len);
    }
    pthread_mutex_unlock(&live.lock);
}

void web_live_start(struct core *core)
{
    bus_subscribe(core->bus, on_event, NULL);
}

/* Sends what was committed since, but for what was sent already. False when that is too much. */
static bool catch_up(struct client *c)
{
    SCRATCH(a);
    BUF(text);
    struct event_list list = {0};
    struct err e = events_after(db_reader(c->core->db), &a, c->after_id, CATCH_UP + 1, &list);
    if (failed(e) || list.count > CATCH_UP)
        return false;
    int64_t *ids = malloc((list.count + 1) * sizeof(*ids));
    CHECK(ids != NULL);
    for (size_t i = 0; i < list.count; i++) {
        ids[i] = list.items[i].id;
        if (!has_seen(c, ids[i]))
            format_event(&text, &list.items[i]);
    }
    free(c->seen);
    c->seen = ids;
    c->seen_count = list.count;
    if (text.len)
        http_stream_write(c->stream, text.data, text.len);
    return true;
}

/* Most of it before, and under the lock what came meanwhile: no event of the bus can come in between. */
static void opened(struct http_stream *stream, void *user)
{
    struct client *c = user;
    static const char hello[] = "retry: 2000\nevent: hello\ndata: {}\n\n";
    static const char reload[] = "event: reload\ndata: {}\n\n";
    c->stream = stream;
    http_stream_write(stream, hello, sizeof(hello) - 1);
    bool caught_up = c->after_id < 0 || catch_up(c);
    pthread_mutex_lock(&live.lock);
    if (c->after_id >= 0 && caught_up)
        caught_up = catch_up(c);
    c->next = live.clients;
    live.clients = c;
    live.count++;
    pthread_mutex_unlock(&live.lock);
    if (!caught_up)
        http_stream_write(stream, reload, sizeof(reload) - 1);
}

static void closed(struct http_stream *stream, void *user)
{
    struct client *gone = user;
    (void)stream;
    pthread_mutex_lock(&live.lock);
    for (struct client **at = &live.clients; *at; at = &(*at)->next) {
        if (*at == gone) {
            *at = gone->next;
            live.count--;
            break;
        }
    }
    pthread_mutex_unlock(&live.lock);
    free(gone->seen);
    free(gone);
}

static struct err get_events(struct call *call)
{
    const char *last = http_header(call->req, "Last-Event-ID");
    if (!last) /* a page that opens a new stream cannot set the header */
        last = http_query(call->req, "last_event_id");
    int64_t after;
    pthread_mutex_lock(&live.lock);
    bool full = live.count >= MAX_CLIENTS;
    pthread_mutex_unlock(&live.lock);
    if (full)
        return err_make(ERR_BUSY, "too_many_streams", "Too many live connections");
    struct client *c = calloc(1, sizeof(*c));
    CHECK(c != NULL);
    c->core = call->core;
    c->after_id = last && text_to_int(last, &after) && after >= 0 ? after : -1;
    http_reply_stream(call->req, call->resp, opened, closed, c);
    call->replying = true;
    return OK;
}

ROUTES(web_live_routes, {HTTP_GET, "/api/events", "Live", "Every event as it happens (server-sent events)",
                         get_events, .access = ACCESS_MEDIA, .flags = ROUTE_ANY_JSON});
