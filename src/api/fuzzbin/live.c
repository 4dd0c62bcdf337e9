/*
 * The two sockets of document 000. The bus thread renders each event once and hands the message to the
 * sockets that want it; the socket thread handles what clients say.
 */
#include "api/fuzzbin/live.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "api/fuzzbin/fuzzbin.h"
#include "api/fuzzbin/views.h"
#include "base/clock.h"
#include "core/auth.h"
#include "core/events.h"
#include "core/jobs.h"
#include "json/decode.h"

#define AUTH_WAIT_US  (10 * SECONDS_US)
#define PING_EVERY_US (30 * SECONDS_US)
#define MAX_FILTER    50

enum close_code { CLOSE_NO_AUTH = 4000, CLOSE_BAD_AUTH = 4001, CLOSE_UNKNOWN_JOB = 1008, CLOSE_DONE = 1000 };

/* A subscription: what to send of the jobs. */
struct filter {
    bool on;
    size_t type_count;
    size_t id_count;
    char types[MAX_FILTER][48];
    char ids[MAX_FILTER][40];
};

struct client {
    struct client *next;
    struct core *core;
    struct ws *ws;
    bool one_job;         /* /ws/jobs/{id} */
    char job_uuid[40];
    char token[1024];     /* ?token= of the handshake */
    int64_t opened_us;
    int64_t heard_us;
    bool authenticated;   /* under lock */
    struct filter filter; /* under lock */
};

static struct {
    pthread_mutex_t lock;
    struct client *clients;
} live = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* --- rendering ------------------------------------------------------------------------------------------- */

static void write_job_state(struct jw *w, const struct job *job)
{
    jw_object(w);
    jw_kv_text(w, "job_id", job->uuid);
    jw_kv_text(w, "job_type", job->kind);
    jw_kv_text(w, "status", words_name(&job_state_words, job->state));
    jw_kv_real(w, "progress", job->progress);
    jw_kv_text(w, "current_step", job->step);
    jw_kv_int(w, "processed_items", job->processed);
    jw_kv_int(w, "total_items", job->total);
    jw_kv_time(w, "created_at", job->created_at);
    jw_kv_time(w, "started_at", job->started_at);
    jw_kv_raw(w, "metadata", job->args);
    jw_end(w);
}

/* The messages of /ws/jobs/{id} (contract 4.5). */
static void send_one_job(struct client *c, const struct job *job)
{
    BUF(text);
    struct jw w = jw_to(&text);
    jw_object(&w);
    jw_kv_text(&w, "job_id", job->uuid);
    jw_kv_text(&w, "status", words_name(&job_state_words, job->state));
    jw_kv_real(&w, "progress", job->progress);
    jw_kv_text(&w, "message", job->error ? job->error : job->step);
    jw_kv_text(&w, "current_step", job->step);
    jw_kv_int(&w, "processed_items", job->processed);
    jw_kv_int(&w, "total_items", job->total);
    jw_kv_raw(&w, "result", job->result);
    jw_kv_text(&w, "error", job->error);
    jw_end(&w);
    ws_send_text(c->ws, text.data, text.len);
    if (job_state_is_final(job->state))
        ws_close(c->ws, CLOSE_DONE, "");
}

static void send_type(struct client *c, const char *type)
{
    BUF(text);
    struct jw w = jw_to(&text);
    jw_object(&w);
    jw_kv_text(&w, "type", type);
    jw_end(&w);
    ws_send_text(c->ws, text.data, text.len);
}

static void refuse(struct client *c, int code, const char *message)
{
    BUF(text);
    struct jw w = jw_to(&text);
    jw_object(&w);
    jw_kv_text(&w, "type", "auth_error");
    jw_kv_text(&w, "message", message);
    jw_kv_int(&w, "code", code);
    jw_end(&w);
    ws_send_text(c->ws, text.data, text.len);
    ws_close(c->ws, (uint16_t)code, message);
}

/* --- events to sockets ------------------------------------------------------------------------------------- */

static bool is_job_event(enum event_kind kind)
{
    return kind >= EVENT_JOB_CREATED && kind <= EVENT_JOB_RETRY;
}

static bool listed(const char *word, const char *list, size_t count, size_t stride)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list + i * stride, word) == 0)
            return true;
    }
    return count == 0;
}

static bool wants_job(const struct filter *f, const char *type, const char *uuid)
{
    return f->on && listed(type, f->types[0], f->type_count, sizeof(f->types[0])) &&
           listed(uuid, f->ids[0], f->id_count, sizeof(f->ids[0]));
}

struct job_names {
    const char *uuid;
    const char *type;
};

static struct job_names names_of(struct arena *a, const struct event *event)
{
    struct mistakes mistakes = {0};
    json_t *payload = json_read(a, event->payload, strlen(event->payload), "event", &mistakes);
    const char *uuid = json_string_value(json_object_get(payload, "job_id"));
    const char *type = json_string_value(json_object_get(payload, "job_type"));
    return (struct job_names){uuid ? uuid : "", type ? type : ""};
}

static struct ws_message *render(const struct event *event)
{
    BUF(text);
    struct jw w = jw_to(&text);
    jw_object(&w);
    jw_kv_text(&w, "event_type", words_name(&event_words, (int)event->kind));
    jw_kv_time(&w, "timestamp", event->at_us);
    jw_kv_raw(&w, "payload", event->payload);
    jw_end(&w);
    return ws_message_create(text.data, text.len);
}

/* The document's events; what only other doors know is not sent here. */
static bool is_documented(enum event_kind kind)
{
    return (is_job_event(kind) && kind != EVENT_JOB_CREATED && kind != EVENT_JOB_RETRY) ||
           kind == EVENT_VIDEO_UPDATED || kind == EVENT_CONFIG_CHANGED || kind == EVENT_CLIENT_RELOADED;
}

static void on_event(void *context, const struct event *event)
{
    struct core *core = context;
    SCRATCH(a);
    bool job_event = is_job_event(event->kind);
    struct job_names names = job_event ? names_of(&a, event) : (struct job_names){"", ""};
    struct ws_message *message = is_documented(event->kind) ? render(event) : NULL;
    struct job job;
    bool loaded = false;
    pthread_mutex_lock(&live.lock);
    for (struct client *c = live.clients; c; c = c->next) {
        if (!c->authenticated)
            continue;
        if (c->one_job && job_event && strcmp(c->job_uuid, names.uuid) == 0) {
            loaded = loaded || !failed(jobs_get(db_reader(core->db), &a, event->subject_id, &job));
            if (loaded)
                send_one_job(c, &job);
        } else if (!c->one_job && message && (!job_event || wants_job(&c->filter, names.type, names.uuid))) {
            ws_send_message(c->ws, message);
        }
    }
    pthread_mutex_unlock(&live.lock);
    if (message)
        ws_message_unref(message);
}

void fuzzbin_live_start(struct core *core)
{
    bus_subscribe(core->bus, on_event, core);
}

/* --- what clients say --------------------------------------------------------------------------------------- */

/* Registered under the lock together with the first state, so nothing falls between. */
static void admit(struct client *c)
{
    pthread_mutex_lock(&live.lock);
    c->authenticated = true;
    pthread_mutex_unlock(&live.lock);
}

static void start_one_job(struct client *c)
{
    SCRATCH(a);
    struct job job;
    admit(c);
    struct err e = jobs_get_uuid(db_reader(c->core->db), &a, c->job_uuid, &job);
    if (failed(e))
        ws_close(c->ws, e.kind == ERR_NOT_FOUND ? CLOSE_UNKNOWN_JOB : 1011, "Unknown job");
    else
        send_one_job(c, &job);
}

static bool check_token(struct client *c, struct arena *a, const char *token, struct identity *ret_who)
{
    struct err e = token && *token ? auth_check(c->core->auth, a, token, ret_who)
                                   : err_make(ERR_UNAUTHENTICATED, "token_missing", "Token required");
    if (failed(e))
        refuse(c, CLOSE_BAD_AUTH, e.msg);
    return !failed(e);
}

static void authenticate(struct client *c, struct arena *a, const json_t *frame)
{
    const char *type = json_string_value(json_object_get(frame, "type"));
    struct identity who;
    if (!type || strcmp(type, "auth") != 0) {
        refuse(c, CLOSE_BAD_AUTH, "Authentication required");
        return;
    }
    if (!check_token(c, a, json_string_value(json_object_get(frame, "token")), &who))
        return;
    BUF(text);
    struct jw w = jw_to(&text);
    jw_object(&w);
    jw_kv_text(&w, "type", "auth_success");
    jw_kv_int(&w, "user_id", who.user_id);
    jw_kv_text(&w, "username", who.name);
    jw_end(&w);
    ws_send_text(c->ws, text.data, text.len);
    if (c->one_job)
        start_one_job(c);
    else
        admit(c);
}

static size_t copy_words(const json_t *list, char *to, size_t stride)
{
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(list) && count < MAX_FILTER; i++) {
        const char *word = json_string_value(json_array_get(list, i));
        if (word)
            snprintf(to + count++ * stride, stride, "%s", word);
    }
    return count;
}

static void echo_filter(struct client *c, const json_t *frame)
{
    SCRATCH(a);
    BUF(text);
    struct jw w = jw_to(&text);
    static const char *const keys[] = {"job_types", "job_ids"};
    jw_object(&w);
    jw_kv_text(&w, "type", "subscribe_jobs_success");
    for (size_t i = 0; i < 2; i++) {
        const json_t *list = json_object_get(frame, keys[i]);
        jw_kv_raw(&w, keys[i], json_is_array(list) ? json_keep(&a, list) : NULL);
    }
    jw_end(&w);
    ws_send_text(c->ws, text.data, text.len);
}

static void send_state(struct client *c)
{
    SCRATCH(a);
    BUF(text);
    struct job_list jobs = {0};
    struct job_filter active = {.states = 1u << JOB_PENDING | 1u << JOB_WAITING | 1u << JOB_RUNNING};
    if (failed(jobs_list(db_reader(c->core->db), &a, &active, &jobs)))
        return;
    struct jw w = jw_to(&text);
    jw_object(&w);
    jw_kv_text(&w, "type", "job_state");
    jw_key(&w, "jobs");
    jw_array(&w);
    for (size_t i = 0; i < jobs.count; i++) {
        if (wants_job(&c->filter, jobs.items[i].kind, jobs.items[i].uuid))
            write_job_state(&w, &jobs.items[i]);
    }
    jw_end(&w);
    jw_end(&w);
    ws_send_text(c->ws, text.data, text.len);
}

static void subscribe(struct client *c, const json_t *frame)
{
    struct filter f = {.on = true};
    const json_t *state = json_object_get(frame, "include_active_state");
    f.type_count = copy_words(json_object_get(frame, "job_types"), f.types[0], sizeof(f.types[0]));
    f.id_count = copy_words(json_object_get(frame, "job_ids"), f.ids[0], sizeof(f.ids[0]));
    echo_filter(c, frame);
    pthread_mutex_lock(&live.lock);
    c->filter = f;
    pthread_mutex_unlock(&live.lock);
    if (!json_is_false(state))
        send_state(c);
}

static void obey(struct client *c, const json_t *frame)
{
    const char *type = json_string_value(json_object_get(frame, "type"));
    if (!type || c->one_job)
        return;
    if (strcmp(type, "ping") == 0) {
        send_type(c, "pong");
    } else if (strcmp(type, "subscribe_jobs") == 0) {
        subscribe(c, frame);
    } else if (strcmp(type, "unsubscribe_jobs") == 0) {
        pthread_mutex_lock(&live.lock);
        c->filter = (struct filter){0};
        pthread_mutex_unlock(&live.lock);
        send_type(c, "unsubscribe_jobs_success");
    } else if (strcmp(type, "auth") == 0) {
        SCRATCH(a);
        authenticate(c, &a, frame); /* a client may renew its token */
    }
}

/* --- the sockets --------------------------------------------------------------------------------------------- */

static void opened(struct ws *ws, void *user)
{
    struct client *c = user;
    c->ws = ws;
    c->opened_us = c->heard_us = time_monotonic_us();
    pthread_mutex_lock(&live.lock);
    c->next = live.clients;
    live.clients = c;
    pthread_mutex_unlock(&live.lock);
    if (!c->token[0])
        return;
    SCRATCH(a);
    struct identity who;
    if (!check_token(c, &a, c->token, &who))
        return;
    if (c->one_job)
        start_one_job(c);
    else
        admit(c);
}

static void received(struct ws *ws, void *user, const char *data, size_t len)
{
    struct client *c = user;
    struct mistakes mistakes = {0};
    SCRATCH(a);
    (void)ws;
    c->heard_us = time_monotonic_us();
    json_t *frame = json_read(&a, data, len, "frame", &mistakes);
    if (c->authenticated)
        obey(c, frame);
    else
        authenticate(c, &a, frame);
}

static void tick(struct ws *ws, void *user, int64_t now_us)
{
    struct client *c = user;
    (void)ws;
    (void)now_us;
    int64_t now = time_monotonic_us();
    if (!c->authenticated) {
        if (now - c->opened_us > AUTH_WAIT_US)
            refuse(c, CLOSE_NO_AUTH, "Authentication timeout");
    } else if (now - c->heard_us > PING_EVERY_US) {
        c->heard_us = now;
        send_type(c, "ping");
    }
}

static void closed(struct ws *ws, void *user)
{
    struct client *gone = user;
    (void)ws;
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

static const struct ws_callbacks callbacks = {
    .open = opened,
    .text = received,
    .closed = closed,
    .tick = tick,
};

static struct err upgrade(struct call *call, const char *job_uuid)
{
    struct client *c = calloc(1, sizeof(*c));
    const char *token = http_query(call->req, "token");
    CHECK(c != NULL);
    c->core = call->core;
    c->one_job = job_uuid != NULL;
    snprintf(c->job_uuid, sizeof(c->job_uuid), "%s", job_uuid ? job_uuid : "");
    if (!token)
        token = http_query(call->req, "access_token");
    snprintf(c->token, sizeof(c->token), "%s", token ? token : "");
    struct err e = http_reply_websocket(call->req, call->resp, &callbacks, NULL, c);
    if (failed(e))
        free(c);
    else
        call->replying = true;
    return e;
}

static struct err events_socket(struct call *call)
{
    return upgrade(call, NULL);
}

static struct err job_socket(struct call *call)
{
    return upgrade(call, call_text(call, "job_id"));
}

#define TAG "Live"
ROUTES(fuzzbin_live_routes,
       {HTTP_GET, "/ws/events", TAG, "Events (WebSocket)", events_socket, .access = ACCESS_SOCKET,
        .status = 101, .flags = ROUTE_ANY_JSON},
       {HTTP_GET, "/ws/jobs/{job_id}", TAG, "One job's progress (WebSocket)", job_socket,
        .access = ACCESS_SOCKET, .status = 101, .flags = ROUTE_ANY_JSON});
