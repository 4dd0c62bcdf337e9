/* Jobs and their socket (contract 3.4, sections 10 and 11). */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/stashhog/stashhog.h"
#include "base/clock.h"
#include "core/events.h"
#include "core/jobs.h"
#include "json/decode.h"
#include "json/encode.h"

/* Kinds that this API calls by another name. */
static const struct {
    const char *kind;
    const char *type;
} spellings[] = {{"sync", "sync_all"}, {"sync_scenes", "scene_sync"}, {"analysis", "scene_analysis"}};

const char *stashhog_job_type(const char *kind)
{
    for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
        if (strcmp(spellings[i].kind, kind) == 0)
            return spellings[i].type;
    }
    return kind;
}

static const char *kind_of_type(const char *type)
{
    for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
        if (strcmp(spellings[i].type, type) == 0)
            return spellings[i].kind;
    }
    return type;
}

/* Waiting is a kind of pending here, and a timeout a failure. */
static const char *status_of(int state)
{
    static const char *const words[JOB_STATE_COUNT] = {"pending", "pending", "running", "completed",
                                                       "failed",  "cancelled", "failed"};
    return words[state];
}

static uint32_t states_of(const char *status)
{
    uint32_t states = 0;
    for (int s = 0; s < JOB_STATE_COUNT; s++) {
        if (strcmp(status_of(s), status) == 0)
            states |= 1u << s;
    }
    return states;
}

static void write_members(struct jw *w, const struct job *job)
{
    bool cancelled = job->state == JOB_CANCELLED;
    jw_kv_text(w, "id", job->uuid);
    jw_kv_text(w, "type", stashhog_job_type(job->kind));
    jw_kv_text(w, "status", status_of(job->state));
    jw_kv_real(w, "progress", job->progress * 100);
    jw_kv_raw(w, "parameters", job->args);
    jw_kv_raw(w, "result", job->result);
    jw_kv_text(w, "error", cancelled && !job->error ? "Cancelled by user" : job->error);
    jw_kv_time(w, "created_at", job->created_at);
    jw_kv_time(w, "updated_at", job->updated_at);
    jw_kv_time(w, "completed_at", job->finished_at);
}

/* --- requests ------------------------------------------------------------------------------------------------ */

struct job_query {
    const char *status;
    const char *job_type;
    int64_t limit;
};
SHAPE(stashhog_job_query, "StashHogJobQuery", struct job_query, "Filters", F(struct job_query, T_TEXT, status),
      F(struct job_query, T_TEXT, job_type),
      F(struct job_query, T_INT, limit, .fallback = "50", BETWEEN(1, 100)));

static struct err list_jobs(struct call *call)
{
    const struct job_query *q = call->query;
    struct job_list jobs = {0};
    struct job_filter filter = {
        .states = q->status ? states_of(q->status) : 0,
        .kind = q->job_type ? kind_of_type(q->job_type) : NULL,
        .newest_first = true,
        .limit = q->limit,
    };
    if (!q->status || filter.states)
        TRY(jobs_list(call_db(call), call->arena, &filter, &jobs));
    struct jw *w = call_json(call);
    jw_array(w);
    for (size_t i = 0; i < jobs.count; i++) {
        jw_object(w);
        write_members(w, &jobs.items[i]);
        jw_end(w);
    }
    jw_end(w);
    return OK;
}

static struct err find_job(struct call *call, struct job *ret_job)
{
    const char *id = call_text(call, "job_id");
    struct err e = jobs_get_uuid(call_db(call), call->arena, id, ret_job);
    if (e.kind == ERR_NOT_FOUND)
        return err_f(call->arena, ERR_NOT_FOUND, "job_not_found", "Job %s not found", id);
    return e;
}

static struct err get_job(struct call *call)
{
    struct job job;
    struct job_log log = {0};
    TRY(find_job(call, &job));
    TRY(jobs_log(call_db(call), call->arena, job.id, 0, 500, &log));
    struct jw *w = call_json(call);
    jw_object(w);
    write_members(w, &job);
    jw_key(w, "logs");
    jw_array(w);
    for (size_t i = 0; i < log.count; i++)
        jw_text(w, log.items[i].text);
    jw_end(w);
    jw_key(w, "metadata");
    jw_object(w);
    jw_kv_raw(w, "parameters", job.args);
    jw_kv_text(w, "last_message", job.step);
    jw_end(w);
    jw_end(w);
    return OK;
}

static struct err cancel_job(struct call *call)
{
    struct job job;
    TRY(find_job(call, &job));
    struct err e = jobs_cancel(call->core->jobs, call->arena, job.id, &job);
    if (e.kind == ERR_CONFLICT) {
        TRY(find_job(call, &job));
        return err_f(call->arena, ERR_INVALID, "job_finished", "Cannot cancel a %s job", status_of(job.state));
    }
    TRY(e);
    struct jw *w = call_json(call);
    jw_object(w);
    jw_kv_bool(w, "success", 1);
    jw_kv_text(w, "message", arena_printf(call->arena, "Job %s cancelled successfully", job.uuid));
    jw_end(w);
    return OK;
}

/* --- the socket ---------------------------------------------------------------------------------------------- */

#define IDLE_US (300 * SECONDS_US)

struct watcher {
    struct watcher *next;
    struct core *core;
    struct ws *ws;
    char uuid[40];
    int64_t over_at_us; /* when the job ended; 0: it runs. Socket and bus thread, under lock */
};

static struct {
    pthread_mutex_t lock;
    struct watcher *watchers;
} live = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void send_status(struct ws *ws, const struct job *job)
{
    BUF(text);
    struct jw w = jw_to(&text);
    jw_object(&w);
    jw_kv_text(&w, "type", "job_status");
    jw_kv_text(&w, "job_id", job->uuid);
    jw_kv_text(&w, "status", status_of(job->state));
    jw_kv_real(&w, "progress", job->progress * 100);
    jw_kv_text(&w, "message", job->step);
    jw_kv_raw(&w, "result", job->result);
    jw_kv_text(&w, "error", job->error);
    jw_end(&w);
    ws_send_text(ws, text.data, text.len);
}

static void send_error(struct ws *ws, const char *message)
{
    BUF(text);
    struct jw w = jw_to(&text);
    jw_object(&w);
    jw_kv_text(&w, "type", "error");
    jw_kv_text(&w, "message", message);
    jw_end(&w);
    ws_send_text(ws, text.data, text.len);
}

static void on_event(void *context, const struct event *event)
{
    struct core *core = context;
    SCRATCH(a);
    struct job job;
    if (event->kind > EVENT_JOB_RETRY)
        return;
    pthread_mutex_lock(&live.lock);
    bool loaded = live.watchers && !failed(jobs_get(db_reader(core->db), &a, event->subject_id, &job));
    for (struct watcher *w = live.watchers; w && loaded; w = w->next) {
        if (strcmp(w->uuid, job.uuid) != 0)
            continue;
        send_status(w->ws, &job);
        if (job_state_is_final(job.state))
            w->over_at_us = time_monotonic_us();
    }
    pthread_mutex_unlock(&live.lock);
}

void stashhog_live_start(struct core *core)
{
    bus_subscribe(core->bus, on_event, core);
}

static void opened(struct ws *ws, void *user)
{
    struct watcher *w = user;
    SCRATCH(a);
    struct job job;
    w->ws = ws;
    pthread_mutex_lock(&live.lock);
    w->next = live.watchers;
    live.watchers = w;
    pthread_mutex_unlock(&live.lock);
    if (failed(jobs_get_uuid(db_reader(w->core->db), &a, w->uuid, &job))) {
        send_error(ws, arena_printf(&a, "Job %s not found", w->uuid));
        ws_close(ws, 1000, "");
        return;
    }
    send_status(ws, &job);
}

static void received(struct ws *ws, void *user, const char *data, size_t len)
{
    static const char pong[] = "{\"type\":\"pong\"}";
    struct mistakes mistakes = {0};
    SCRATCH(a);
    (void)user;
    json_t *frame = json_read(&a, data, len, "frame", &mistakes);
    const char *type = json_string_value(json_object_get(frame, "type"));
    if (!frame)
        send_error(ws, "Invalid message");
    else if (type && strcmp(type, "ping") == 0)
        ws_send_text(ws, pong, sizeof(pong) - 1);
}

static void tick(struct ws *ws, void *user, int64_t now_us)
{
    struct watcher *w = user;
    (void)now_us;
    pthread_mutex_lock(&live.lock);
    bool idle = w->over_at_us && time_monotonic_us() - w->over_at_us > IDLE_US;
    pthread_mutex_unlock(&live.lock);
    if (idle)
        ws_close(ws, 1000, "");
}

static void closed(struct ws *ws, void *user)
{
    struct watcher *gone = user;
    (void)ws;
    pthread_mutex_lock(&live.lock);
    for (struct watcher **at = &live.watchers; *at; at = &(*at)->next) {
        if (*at == gone) {
            *at = gone->next;
            break;
        }
    }
    pthread_mutex_unlock(&live.lock);
    free(gone);
}

static struct err watch_job(struct call *call)
{
    static const struct ws_callbacks callbacks = {
        .open = opened, .text = received, .closed = closed, .tick = tick};
    struct watcher *w = calloc(1, sizeof(*w));
    CHECK(w != NULL);
    w->core = call->core;
    snprintf(w->uuid, sizeof(w->uuid), "%s", call_text(call, "job_id"));
    struct err e = http_reply_websocket(call->req, call->resp, &callbacks, NULL, w);
    if (failed(e))
        free(w);
    else
        call->replying = true;
    return e;
}

#define TAG "Jobs"
ROUTES(stashhog_job_routes,
       {HTTP_GET, "/api/v1/jobs/", TAG, "Jobs, newest first", list_jobs, .query = &stashhog_job_query,
        .flags = ROUTE_ANY_JSON},
       {HTTP_GET, "/api/v1/jobs/{job_id:uuid}", TAG, "One job with its log", get_job, .flags = ROUTE_ANY_JSON},
       {HTTP_DELETE, "/api/v1/jobs/{job_id:uuid}", TAG, "Cancels a job", cancel_job,
        .flags = ROUTE_ANY_JSON | ROUTE_BLOCKING},
       /* Under the prefix nobody else has jobs, so any text is asked for and not found. */
       {HTTP_GET, "/api/v1/jobs/{job_id}", TAG, "One job with its log", get_job,
        .flags = ROUTE_ANY_JSON | ROUTE_PREFIX_ONLY | ROUTE_UNDOCUMENTED},
       {HTTP_DELETE, "/api/v1/jobs/{job_id}", TAG, "Cancels a job", cancel_job,
        .flags = ROUTE_ANY_JSON | ROUTE_BLOCKING | ROUTE_PREFIX_ONLY | ROUTE_UNDOCUMENTED},
       {HTTP_GET, "/api/v1/jobs/{job_id:text}/ws", TAG, "One job's progress (WebSocket)", watch_job,
        .status = 101, .flags = ROUTE_ANY_JSON});
