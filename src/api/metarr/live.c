/*
 * Socket.IO (contract 15): events of the bus go to every authorised socket; those of jobs only to sockets
 * with a subscription that takes them. The bus thread renders each event once.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "api/metarr/metarr.h"
#include "core/events.h"
#include "core/settings.h"
#include "http/socketio.h"

#define SUBSCRIPTIONS_MAX 50
#define TYPES_MAX         20

/* Nothing set: every job. */
struct subscription {
    size_t type_count;
    char types[TYPES_MAX][48];
    char entity_type[32];
    int64_t entity_id; /* INT_NONE: any */
};

struct client {
    struct client *next;
    struct socketio_connection *connection; /* under lock; NULL before it is connected */
    char credential[2048];                  /* of the handshake */
    size_t count;                           /* under lock */
    struct subscription subscriptions[SUBSCRIPTIONS_MAX];
};

static struct {
    pthread_mutex_t lock;
    struct client *clients; /* under lock */
    struct core *core;
    struct socketio *io;
} live = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* --- sending ---------------------------------------------------------------------------------------------------- */

/* What a job event is about, for subscriptions. */
struct about {
    const char *type;
    const char *entity_type;
    int64_t entity_id;
};

static bool takes(const struct subscription *s, const struct about *about)
{
    bool type = s->type_count == 0;
    for (size_t i = 0; i < s->type_count && !type; i++)
        type = metarr_job_type_matches(about->type, s->types[i]);
    if (!type || (s->entity_id != INT_NONE && s->entity_id != about->entity_id))
        return false;
    return !s->entity_type[0] || (about->entity_type && strcmp(s->entity_type, about->entity_type) == 0);
}

static bool wants(const struct client *c, const struct about *about)
{
    for (size_t i = 0; i < c->count; i++) {
        if (takes(&c->subscriptions[i], about))
            return true;
    }
    return false;
}

/* Those who want it, held. Sending happens without our lock: a connection's own lock may be taken, under
 * which it calls us. */
static struct socketio_connection **choose(struct arena *a, const struct about *about, size_t *ret_count)
{
    struct {
        VEC(struct socketio_connection *)
    } chosen = {0};
    pthread_mutex_lock(&live.lock);
    for (struct client *c = live.clients; c; c = c->next) {
        if (c->connection && (!about || wants(c, about)))
            *arena_push(a, &chosen) = socketio_ref(c->connection);
    }
    pthread_mutex_unlock(&live.lock);
    *ret_count = chosen.count;
    return chosen.items;
}

/* `about` NULL: for everybody. */
static void send(const char *event, const struct buf *payload, const struct about *about)
{
    SCRATCH(a);
    size_t count;
    struct socketio_connection **chosen = choose(&a, about, &count);
    if (!count)
        return;
    struct socketio_message *message = socketio_message_create(event, payload->data);
    for (size_t i = 0; i < count; i++) {
        socketio_send(chosen[i], message);
        socketio_unref(chosen[i]);
    }
    socketio_message_free(message);
}

/* --- events of the bus ------------------------------------------------------------------------------------------- */

static void write_progress(struct jw *w, const json_t *payload, const char *status)
{
    double progress = json_number_value(json_object_get(payload, "progress"));
    jw_kv_text(w, "status", status);
    jw_kv_int(w, "progress", (int64_t)(progress * 100 + 0.5));
    jw_kv_text(w, "message", json_string_value(json_object_get(payload, "current_step")));
}

static void write_failure(struct arena *a, struct jw *w, const struct event *event, const json_t *payload)
{
    struct job job;
    const char *error = json_string_value(json_object_get(payload, "error"));
    bool known = !failed(jobs_get(db_reader(live.core->db), a, event->subject_id, &job));
    jw_kv_text(w, "error", event->kind == EVENT_JOB_CANCELLED ? "cancelled"
                           : error                            ? error
                           : event->kind == EVENT_JOB_TIMEOUT ? "timeout"
                                                              : "failed");
    jw_kv_int(w, "attempts", known ? job.attempt : INT_NONE);
    jw_kv_int(w, "max_attempts", known ? job.max_attempts : INT_NONE);
}

static void send_job(struct arena *a, const struct event *event, const json_t *payload)
{
    BUF(out);
    struct jw w = jw_to(&out);
    struct about about = {.type = metarr_job_type(json_string_value(json_object_get(payload, "job_type")))};
    const char *name = "job:failed";
    metarr_subject(a, json_string_value(json_object_get(payload, "subject")), &about.entity_type, &about.entity_id);
    if (!about.type)
        return;
    jw_object(&w);
    jw_kv_int(&w, "job_id", event->subject_id);
    jw_kv_text(&w, "type", about.type);
    if (event->kind == EVENT_JOB_STARTED || event->kind == EVENT_JOB_PROGRESS) {
        name = "job:progress";
        write_progress(&w, payload, "running");
    } else if (event->kind == EVENT_JOB_COMPLETED) {
        name = "job:complete";
        char *result = json_dumps(json_object_get(payload, "result"), JSON_COMPACT | JSON_ENCODE_ANY);
        jw_kv_raw(&w, "result", result ? result : "null");
        free(result);
    } else {
        write_failure(a, &w, event, payload);
    }
    jw_end(&w);
    send(name, &out, &about);
}

static void send_entity(const struct event *event, const json_t *payload, const char *type)
{
    BUF(out);
    struct jw w = jw_to(&out);
    const json_t *fields = json_object_get(payload, "fields_changed");
    size_t i;
    json_t *field;
    jw_object(&w);
    jw_kv_text(&w, "type", type);
    jw_kv_int(&w, "id", event->subject_id);
    jw_key(&w, "changes");
    jw_array(&w);
    if (event->kind == EVENT_MOVIE_CREATED)
        jw_text(&w, "created");
    json_array_foreach (fields, i, field)
        jw_text(&w, json_string_value(field));
    jw_end(&w);
    jw_end(&w);
    send("entity:updated", &out, NULL);
}

static void on_event(void *context, const struct event *event)
{
    (void)context;
    SCRATCH(a);
    bool job = event->kind >= EVENT_JOB_STARTED && event->kind <= EVENT_JOB_RETRY;
    bool movie = event->kind >= EVENT_MOVIE_CREATED && event->kind <= EVENT_MOVIE_DELETED;
    bool show = event->kind == EVENT_SHOW_UPDATED || event->kind == EVENT_SHOW_DELETED;
    if (!job && !movie && !show)
        return;
    json_t *payload = json_loads(event->payload, 0, NULL);
    if (job)
        send_job(&a, event, payload);
    else
        send_entity(event, payload, movie ? "movie" : "series");
    json_decref(payload);
}

/* --- who is there ------------------------------------------------------------------------------------------------- */

static void *opened(void *context, const struct http_request *req)
{
    struct client *c = calloc(1, sizeof(*c));
    const char *header = http_header(req, "Authorization");
    const char *key = http_header(req, "X-API-Key");
    const char *query = http_query(req, "api_key");
    const char *credential = header && strncmp(header, "Bearer ", 7) == 0 ? header + 7 : key ? key : query;
    (void)context;
    CHECK(c != NULL);
    snprintf(c->credential, sizeof(c->credential), "%s", credential ? credential : "");
    return c;
}

static bool is_open(struct arena *a)
{
    const char *const *open = settings_list(live.core->settings, a, "auth.open");
    for (; open && *open; open++) {
        if (strcmp(*open, metarr_api.name) == 0)
            return true;
    }
    return false;
}

static bool may_connect(void *user, struct arena *a, const json_t *auth, struct socketio_refusal *ret_refusal)
{
    const struct client *c = user;
    struct identity who;
    const char *token = json_string_value(json_object_get(auth, "token"));
    if (!token && c->credential[0])
        token = c->credential;
    if (token && !failed(auth_check(live.core->auth, a, token, &who)))
        return true;
    if (is_open(a))
        return true;
    *ret_refusal = (struct socketio_refusal){"unauthorized", "{\"code\":\"UNAUTHORIZED\"}"};
    return false;
}

static void connected(struct socketio_connection *connection, void *user)
{
    struct client *c = user;
    BUF(hello);
    struct jw w = jw_to(&hello);
    jw_object(&w);
    jw_kv_text(&w, "id", socketio_id(connection));
    jw_end(&w);
    socketio_emit(connection, "connected", hello.data);
    pthread_mutex_lock(&live.lock);
    c->connection = socketio_ref(connection);
    c->next = live.clients;
    live.clients = c;
    pthread_mutex_unlock(&live.lock);
}

static void disconnected(struct socketio_connection *connection, void *user)
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
    struct socketio_connection *held = gone->connection;
    gone->connection = NULL;
    gone->count = 0;
    pthread_mutex_unlock(&live.lock);
    if (held)
        socketio_unref(held);
}

static void closed(void *user)
{
    free(user);
}

/* --- subscriptions -------------------------------------------------------------------------------------------------- */

static bool take_type(struct subscription *s, const json_t *value)
{
    const char *text = json_string_value(value);
    if (!text || !*text || strlen(text) >= sizeof(s->types[0]) || s->type_count >= TYPES_MAX)
        return false;
    snprintf(s->types[s->type_count++], sizeof(s->types[0]), "%s", text);
    return true;
}

static bool read_subscription(const json_t *body, struct subscription *s)
{
    const json_t *types = json_object_get(body, "types");
    const json_t *id = json_object_get(body, "entity_id");
    const json_t *type = json_object_get(body, "entity_type");
    size_t i;
    json_t *item;
    *s = (struct subscription){.entity_id = INT_NONE};
    if (body && !json_is_object(body) && !json_is_null(body))
        return false;
    if (json_is_array(types)) {
        json_array_foreach (types, i, item) {
            if (!take_type(s, item))
                return false;
        }
    } else if (types && !json_is_null(types) && !take_type(s, types)) {
        return false;
    }
    if (id && !json_is_null(id) && !json_is_integer(id))
        return false;
    if (json_is_integer(id))
        s->entity_id = json_integer_value(id);
    if (type && !json_is_null(type) && !json_is_string(type))
        return false;
    snprintf(s->entity_type, sizeof(s->entity_type), "%s", json_is_string(type) ? json_string_value(type) : "");
    return true;
}

static const char *subscribe(struct client *c, const struct subscription *s)
{
    const char *problem = NULL;
    pthread_mutex_lock(&live.lock);
    if (c->count >= SUBSCRIPTIONS_MAX)
        problem = "too many subscriptions";
    else
        c->subscriptions[c->count++] = *s;
    pthread_mutex_unlock(&live.lock);
    return problem;
}

static void unsubscribe(struct client *c, const struct subscription *s, bool all)
{
    pthread_mutex_lock(&live.lock);
    size_t kept = 0;
    for (size_t i = 0; i < c->count; i++) {
        if (!all && memcmp(&c->subscriptions[i], s, sizeof(*s)) != 0)
            c->subscriptions[kept++] = c->subscriptions[i];
    }
    c->count = kept;
    pthread_mutex_unlock(&live.lock);
}

static void said(struct socketio_connection *connection, void *user, struct arena *a, const char *name,
                 const json_t *arguments, struct buf *ret_ack)
{
    struct subscription s;
    const json_t *body = json_array_get(arguments, 1);
    const char *problem = NULL;
    (void)connection;
    (void)a;
    if (strcmp(name, "jobs:subscribe") != 0 && strcmp(name, "jobs:unsubscribe") != 0)
        problem = "unknown event";
    else if (!read_subscription(body, &s))
        problem = "malformed subscription";
    else if (strcmp(name, "jobs:subscribe") == 0)
        problem = subscribe(user, &s);
    else
        unsubscribe(user, &s, !json_is_object(body));
    if (!ret_ack)
        return;
    struct jw w = jw_to(ret_ack);
    jw_object(&w);
    jw_kv_bool(&w, "ok", problem == NULL);
    if (problem)
        jw_kv_text(&w, "error", problem);
    jw_end(&w);
}

/* --- routes ---------------------------------------------------------------------------------------------------------- */

void metarr_live_start(struct core *core)
{
    static const struct socketio_callbacks callbacks = {
        .open = opened,
        .connect = may_connect,
        .connected = connected,
        .event = said,
        .disconnected = disconnected,
        .closed = closed,
    };
    static const struct socketio_options options = {0};
    live.core = core;
    live.io = socketio_create(&callbacks, &options);
    bus_subscribe(core->bus, on_event, NULL);
}

void metarr_live_stop(void)
{
    if (live.io)
        socketio_destroy(live.io);
    live.io = NULL;
}

static struct err handle(struct call *call)
{
    call->replying = true;
    socketio_handle(live.io, call->req, call->resp);
    return OK;
}

ROUTES(metarr_live_routes,
       {HTTP_GET, "/socket.io/", "Live", "Socket.IO: WebSocket or long-polling", handle, .access = ACCESS_SOCKET,
        .flags = ROUTE_ANY_JSON | ROUTE_BARE},
       {HTTP_POST, "/socket.io/", "Live", "Socket.IO: packets of a long-polling client", handle,
        .access = ACCESS_SOCKET, .flags = ROUTE_ANY_JSON | ROUTE_BARE | ROUTE_RAW_BODY,
        .max_body = SOCKETIO_MAX_PAYLOAD});
