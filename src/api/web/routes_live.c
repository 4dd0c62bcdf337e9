/*
 * Server-sent events for the page: every event row as it is committed. A client that comes back with
 * Last-Event-ID first gets what it missed (at most CATCH_UP rows; more, and it is told to reload).
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

static void on_event(void *context, const struct event *event)
{
    (void)context;
    BUF(text);
    format_event(&text, event);
    pthread_mutex_lock(&live.lock);
    for (struct client *c = live.clients; c; c = c->next)
        http_stream_write(c->stream, text.data, text.len);
    pthread_mutex_unlock(&live.lock);
}

void web_live_start(struct core *core)
{
    bus_subscribe(core->bus, on_event, NULL);
}

static void send_missed(struct client *c)
{
    SCRATCH(a);
    BUF(text);
    struct event_list list = {0};
    struct err e = events_after(db_reader(c->core->db), &a, c->after_id, CATCH_UP + 1, &list);
    if (failed(e) || list.count > CATCH_UP) {
        buf_puts(&text, "event: reload\ndata: {}\n\n");
    } else {
        for (size_t i = 0; i < list.count; i++)
            format_event(&text, &list.items[i]);
    }
    if (text.len)
        http_stream_write(c->stream, text.data, text.len);
}

static void opened(struct http_stream *stream, void *user)
{
    struct client *c = user;
    static const char hello[] = "retry: 2000\nevent: hello\ndata: {}\n\n";
    c->stream = stream;
    http_stream_write(stream, hello, sizeof(hello) - 1);
    /* Registered first: an event may then come twice, never not at all, and ids tell. */
    pthread_mutex_lock(&live.lock);
    c->next = live.clients;
    live.clients = c;
    live.count++;
    pthread_mutex_unlock(&live.lock);
    if (c->after_id >= 0)
        send_missed(c);
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
