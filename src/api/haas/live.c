/*
 * The task hub. The bus thread turns each event of a job into one message and hands it to the connections
 * that want its type; rows are read when the event is handled, so a connection never hears of an older
 * state after a newer one. The end of a task is told once, by the event of the end.
 */
#include "api/haas/live.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "api/haas/haas.h"
#include "api/haas/tasks.h"
#include "core/events.h"
#include "http/signalr.h"
#include "json/encode.h"

#define TARGET "TaskUpdated"
#define TYPE_BYTES 64
#define MAX_SNAPSHOT 200

struct client {
    struct client *next;
    struct signalr_connection *connection;
    char type[TYPE_BYTES]; /* "": all */
};

static struct {
    pthread_mutex_t lock;
    struct client *clients;
    struct signalr *hub;
    struct core *core;
} live = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* --- tasks to connections --------------------------------------------------------------------------------- */

static bool wants(const struct client *c, const char *type)
{
    return !c->type[0] || strcmp(c->type, type) == 0;
}

static struct ws_message *render(struct arena *a, const struct job *job, const char **ret_type)
{
    BUF(text);
    struct task task;
    struct jw w = jw_to(&text);
    haas_task_of(live.core, a, job, &task);
    shape_encode(&w, &haas_task_shape, &task);
    *ret_type = task.type;
    return signalr_message(TARGET, text.data);
}

static void tell(struct arena *a, const struct job *job, struct client *first, bool only_first)
{
    const char *type;
    struct ws_message *message = render(a, job, &type);
    for (struct client *c = first; c; c = only_first ? NULL : c->next) {
        if (wants(c, type))
            ws_send_message(signalr_socket(c->connection), message);
    }
    ws_message_unref(message);
}

static bool is_end(enum event_kind kind)
{
    return kind == EVENT_JOB_COMPLETED || kind == EVENT_JOB_FAILED || kind == EVENT_JOB_CANCELLED ||
           kind == EVENT_JOB_TIMEOUT;
}

static void on_event(void *context, const struct event *event)
{
    struct job job;
    (void)context;
    if (event->kind < EVENT_JOB_CREATED || event->kind > EVENT_JOB_RETRY)
        return;
    SCRATCH(a);
    pthread_mutex_lock(&live.lock);
    /* A row that is over already has an event of its end still to come, and the other way round. */
    if (live.clients && !failed(jobs_get(db_reader(live.core->db), &a, event->subject_id, &job)) &&
        job_state_is_final(job.state) == is_end(event->kind))
        tell(&a, &job, live.clients, false);
    pthread_mutex_unlock(&live.lock);
}

/* Under lock: what is unfinished, newest first. */
static void send_snapshot(struct client *c)
{
    SCRATCH(a);
    struct job_list jobs = {0};
    struct job_filter active = {
        .states = 1u << JOB_PENDING | 1u << JOB_WAITING | 1u << JOB_RUNNING,
        .limit = MAX_SNAPSHOT,
    };
    if (failed(jobs_list(db_reader(live.core->db), &a, &active, &jobs)))
        return;
    for (size_t i = 0; i < jobs.count; i++)
        tell(&a, &jobs.items[i], c, true);
}

static void connected(struct signalr_connection *connection, void *user)
{
    struct client *c = user;
    c->connection = connection;
    const char *note = signalr_note(connection);
    if (!c->type[0] && note)
        snprintf(c->type, sizeof(c->type), "%s", note);
    pthread_mutex_lock(&live.lock);
    c->next = live.clients;
    live.clients = c;
    send_snapshot(c);
    pthread_mutex_unlock(&live.lock);
}

static void disconnected(struct signalr_connection *connection, void *user)
{
    struct client *gone = user;
    (void)connection;
    pthread_mutex_lock(&live.lock);
    for (struct client **at = &live.clients; *at; at = &(*at)->next) {
        if (*at == gone) {
            *at = gone->next;
            break;
        }
    }
    pthread_mutex_unlock(&live.lock);
    free(gone);
}

void haas_live_start(struct core *core)
{
    static const struct signalr_callbacks callbacks = {.connected = connected, .disconnected = disconnected};
    live.core = core;
    live.hub = signalr_create(&callbacks, NULL);
    bus_subscribe(core->bus, on_event, NULL);
}

void haas_live_stop(void)
{
    signalr_destroy(live.hub);
    live.hub = NULL;
}

/* --- the two requests of a connection ------------------------------------------------------------------------ */

static struct err negotiate(struct call *call)
{
    signalr_negotiate(live.hub, call->req, call->resp, http_query(call->req, "type"));
    call->replying = true;
    return OK;
}

static struct err accept_socket(struct call *call)
{
    struct client *c = calloc(1, sizeof(*c));
    const char *type = http_query(call->req, "type");
    CHECK(c != NULL);
    snprintf(c->type, sizeof(c->type), "%s", type ? type : "");
    struct err e = signalr_accept(live.hub, call->req, call->resp, c);
    if (failed(e))
        free(c);
    else
        call->replying = true;
    return e;
}

#define TAG "Hubs"
ROUTES(haas_live_routes,
       {HTTP_POST, "/hub/background-tasks/negotiate", TAG, "Opens a SignalR connection", negotiate,
        .flags = ROUTE_ANY_JSON},
       {HTTP_GET, "/hub/background-tasks", TAG, "Task updates (SignalR over WebSocket)", accept_socket,
        .status = 101, .flags = ROUTE_ANY_JSON});
