/* Jobs and schedules (contract 2.9, section 3). */
#include <math.h>
#include <string.h>

#include "api/fuzzbin/fuzzbin.h"
#include "api/fuzzbin/views.h"
#include "base/clock.h"
#include "core/jobs.h"
#include "core/schedule.h"
#include "json/encode.h"

const struct words fuzzbin_job_types =
    WORDS("job_type", "import_nfo", "import_spotify", "import_spotify_batch", "import_imvdb_artist",
          "import_add_single", "import_download", "video_post_process", "import_organize",
          "import_nfo_generate", "download_youtube", "file_organize", "file_duplicate_resolve",
          "metadata_enrich", "metadata_refresh", "library_scan", "import", "backup", "trash_cleanup",
          "sync_decade_tags", "export_nfo");

SHAPE(fuzzbin_job_view, "Job", struct job, "A background job",
      FN("id", struct job, T_TEXT, uuid, .flags = FIELD_REQUIRED),
      FN("type", struct job, T_TEXT, kind, .flags = FIELD_REQUIRED),
      FN("status", struct job, T_ENUM, state, .words = &job_state_words, .flags = FIELD_REQUIRED),
      FN("progress", struct job, T_REAL, progress, .flags = FIELD_REQUIRED, .help = "0..1"),
      FN("current_step", struct job, T_TEXT, step, .flags = FIELD_REQUIRED),
      FN("total_items", struct job, T_INT, total, .flags = FIELD_REQUIRED),
      FN("processed_items", struct job, T_INT, processed, .flags = FIELD_REQUIRED),
      FN("result", struct job, T_JSON, result), FN("error", struct job, T_TEXT, error),
      FN("created_at", struct job, T_TIME, created_at, .flags = FIELD_REQUIRED),
      FN("started_at", struct job, T_TIME, started_at), FN("completed_at", struct job, T_TIME, finished_at),
      FN("metadata", struct job, T_JSON, args, .flags = FIELD_REQUIRED));

/* --- jobs --------------------------------------------------------------------------------------------- */

struct job_submit {
    int type;
    const char *metadata;
};
SHAPE(job_submit_shape, "JobSubmitRequest", struct job_submit, "What to run",
      F(struct job_submit, T_ENUM, type, .words = &fuzzbin_job_types, .flags = FIELD_REQUIRED),
      F(struct job_submit, T_JSON, metadata, .fallback = "{}"));

/* "video:7" when the metadata names one video, so that the video's own list finds the job. */
static const char *subject_of(struct arena *a, const json_t *body)
{
    const json_t *id = json_object_get(json_object_get(body, "metadata"), "video_id");
    return json_is_integer(id) ? arena_printf(a, "video:%lld", (long long)json_integer_value(id)) : NULL;
}

static struct err submit(struct call *call)
{
    const struct job_submit *body = call->body;
    const char *kind = words_name(&fuzzbin_job_types, body->type);
    struct job job;
    const json_t *metadata = json_object_get(call->json, "metadata");
    if (metadata && !json_is_object(metadata)) {
        struct mistake *m = mistake_add(call->arena, &call->mistakes, MISTAKE_TYPE, "body");
        m->type = T_JSON;
        m->path[m->path_len++] = (struct path_step){"metadata", 0};
        return call_invalid(call);
    }
    if (!jobs_kind(call->core->jobs, kind))
        return err_f(call->arena, ERR_INVALID, "no_handler", "No handler registered for job type: %s", kind);
    TRY(jobs_submit_now(call->core->jobs, call->arena,
                        JOB_SPEC(kind, .args = body->metadata, .unchecked = true, .origin = "fuzzbin",
                                 .subject = subject_of(call->arena, call->json)),
                        &job));
    return call_reply(call, &job);
}

struct job_query {
    int status;
    const char *type;
    int64_t limit;
};
SHAPE(job_query_shape, "JobQuery", struct job_query, "Filters",
      F(struct job_query, T_ENUM, status, .words = &job_state_words), F(struct job_query, T_TEXT, type),
      F(struct job_query, T_INT, limit, .fallback = "100", BETWEEN(1, 1000)));

struct jobs_reply {
    struct list jobs;
    int64_t total;
};
SHAPE(jobs_reply_shape, "JobList", struct jobs_reply, "Jobs, unfinished first, then newest",
      F(struct jobs_reply, T_LIST, jobs, .item = T_OBJECT, .shape = &fuzzbin_job_view, .flags = FIELD_EMPTY_LIST),
      F(struct jobs_reply, T_INT, total, .flags = FIELD_REQUIRED));

/* Types of other APIs' jobs are types too: the list shows them. */
static struct err check_type(struct call *call, const char *type)
{
    if (!type || words_find(&fuzzbin_job_types, type) != ENUM_NONE || jobs_kind(call->core->jobs, type))
        return OK;
    struct mistake *m = mistake_add(call->arena, &call->mistakes, MISTAKE_NOT_IN_SET, "query");
    m->words = &fuzzbin_job_types;
    m->path[m->path_len++] = (struct path_step){"type", 0};
    return call_invalid(call);
}

static struct err list(struct call *call)
{
    const struct job_query *query = call->query;
    struct job_list jobs = {0};
    TRY(check_type(call, query->type));
    struct job_filter filter = {
        .kind = query->type,
        .states = query->status == ENUM_NONE ? 0 : 1u << query->status,
        .limit = query->limit,
    };
    TRY(jobs_list(call_db(call), call->arena, &filter, &jobs));
    struct jobs_reply reply = {{jobs.items, jobs.count}, (int64_t)jobs.count};
    return call_reply(call, &reply);
}

static double rate(int64_t part, int64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 0;
}

static void write_kind(struct jw *w, const struct job_kind_stats *k)
{
    jw_key(w, k->kind);
    jw_object(w);
    jw_kv_text(w, "job_type", k->kind);
    jw_kv_int(w, "total_jobs", k->total);
    jw_kv_int(w, "completed", k->completed);
    jw_kv_int(w, "failed", k->failed);
    jw_kv_int(w, "cancelled", k->cancelled);
    jw_kv_int(w, "timeout", k->timeout);
    jw_kv_real(w, "success_rate", rate(k->completed, k->completed + k->failed + k->timeout));
    jw_kv_real(w, "avg_duration_seconds", k->completed ? k->total_duration_s / (double)k->completed : 0);
    jw_kv_real(w, "total_duration_seconds", k->total_duration_s);
    jw_end(w);
}

static void write_totals(struct jw *w, const struct job_stats *s)
{
    static const char *const keys[JOB_STATE_COUNT] = {
        "pending_jobs", "waiting_jobs", "running_jobs", "completed_jobs",
        "failed_jobs",  "cancelled_jobs", "timeout_jobs"};
    int64_t total = 0;
    double duration_s = 0;
    for (int i = 0; i < JOB_STATE_COUNT; i++)
        total += s->by_state[i];
    for (size_t i = 0; i < s->count; i++)
        duration_s += s->items[i].total_duration_s;
    jw_kv_int(w, "total_jobs", total);
    for (int i = 0; i < JOB_STATE_COUNT; i++)
        jw_kv_int(w, keys[i], s->by_state[i]);
    int64_t completed = s->by_state[JOB_COMPLETED];
    jw_kv_real(w, "success_rate",
               rate(completed, completed + s->by_state[JOB_FAILED] + s->by_state[JOB_TIMEOUT]));
    jw_kv_real(w, "avg_duration_seconds", completed ? duration_s / (double)completed : 0);
    jw_kv_int(w, "queue_depth", s->by_state[JOB_PENDING]);
}

static struct err metrics(struct call *call)
{
    struct job_stats s;
    TRY(jobs_stats(call_db(call), call->arena, &s));
    struct jw *w = call_json(call);
    jw_object(w);
    write_totals(w, &s);
    jw_key(w, "by_type");
    jw_object(w);
    for (size_t i = 0; i < s.count; i++)
        write_kind(w, &s.items[i]);
    jw_end(w);
    jw_key(w, "oldest_pending_age_seconds");
    jw_real(w, s.oldest_pending_at == TIME_NONE ? (double)NAN
                                                : (double)(time_now_us() - s.oldest_pending_at) / 1e6);
    jw_kv_time(w, "last_failure_at", s.last_failure_at);
    jw_kv_time(w, "last_completion_at", s.last_completion_at);
    jw_end(w);
    return OK;
}

static struct err get(struct call *call)
{
    struct job job;
    TRY(jobs_get_uuid(call_db(call), call->arena, call_text(call, "job_id"), &job));
    return call_reply(call, &job);
}

static struct err cancel(struct call *call)
{
    const char *id = call_text(call, "job_id");
    struct job job;
    struct err e = jobs_get_uuid(call_db(call), call->arena, id, &job);
    if (!failed(e))
        e = jobs_cancel(call->core->jobs, call->arena, job.id, &job);
    if (e.kind == ERR_NOT_FOUND || e.kind == ERR_CONFLICT)
        return err_f(call->arena, ERR_INVALID, "not_cancellable",
                     "Job %s not found or already completed", id);
    TRY(e);
    return call_empty(call, 204);
}

/* --- schedules ------------------------------------------------------------------------------------------ */

#define SCHEDULE_FIELDS(name_flags_, extra_)                                                       \
    FN("name", struct schedule, T_TEXT, name, .flags = (name_flags_), BETWEEN(1, 200)),             \
        FN("job_type", struct schedule, T_TEXT, kind, .flags = (extra_)),                          \
        FN("cron_expression", struct schedule, T_TEXT, cron, .flags = (extra_))

SHAPE(schedule_create_shape, "ScheduledTaskCreate", struct schedule, "What runs when",
      SCHEDULE_FIELDS(FIELD_REQUIRED, FIELD_REQUIRED),
      FN("enabled", struct schedule, T_BOOL, enabled, .fallback = "true"),
      FN("metadata", struct schedule, T_JSON, args, .flags = FIELD_NULLABLE));
SHAPE(schedule_update_shape, "ScheduledTaskUpdate", struct schedule, "What changes",
      FN("name", struct schedule, T_TEXT, name, BETWEEN(1, 200)),
      FN("cron_expression", struct schedule, T_TEXT, cron), FN("enabled", struct schedule, T_BOOL, enabled),
      FN("metadata", struct schedule, T_JSON, args, .flags = FIELD_NULLABLE));
SHAPE(schedule_view, "ScheduledTask", struct schedule, "A schedule",
      FN("id", struct schedule, T_INT, id, .flags = FIELD_REQUIRED),
      SCHEDULE_FIELDS(FIELD_REQUIRED, FIELD_REQUIRED),
      FN("enabled", struct schedule, T_BOOL, enabled, .flags = FIELD_REQUIRED),
      FN("builtin", struct schedule, T_BOOL, builtin, .flags = FIELD_REQUIRED, .help = "follows settings"),
      FN("metadata", struct schedule, T_JSON, args),
      FN("last_run_at", struct schedule, T_TIME, last_run_at),
      FN("next_run_at", struct schedule, T_TIME, next_run_at),
      FN("last_status", struct schedule, T_TEXT, last_status),
      FN("last_error", struct schedule, T_TEXT, last_error),
      FN("run_count", struct schedule, T_INT, run_count, .flags = FIELD_REQUIRED),
      FN("created_at", struct schedule, T_TIME, created_at, .flags = FIELD_REQUIRED),
      FN("updated_at", struct schedule, T_TIME, updated_at, .flags = FIELD_REQUIRED));

struct schedule_query {
    int8_t enabled_only;
    int8_t builtin;
};
SHAPE(schedule_query_shape, "ScheduleQuery", struct schedule_query, "Filters",
      F(struct schedule_query, T_BOOL, enabled_only, .fallback = "false"),
      F(struct schedule_query, T_BOOL, builtin, .fallback = "false", .help = "Also those that settings make"));

struct schedules_reply {
    struct list tasks;
    int64_t total;
};
SHAPE(schedules_reply_shape, "ScheduledTaskList", struct schedules_reply, "Schedules by name",
      F(struct schedules_reply, T_LIST, tasks, .item = T_OBJECT, .shape = &schedule_view,
        .flags = FIELD_EMPTY_LIST),
      F(struct schedules_reply, T_INT, total, .flags = FIELD_REQUIRED));

/* An empty object is kept as nothing (contract 1.11). */
static void normalize_args(struct schedule *s)
{
    if (s->args && strcmp(s->args, "{}") == 0)
        s->args = NULL;
}

static struct err check_schedule(struct call *call, const struct schedule *s)
{
    const json_t *metadata = json_object_get(call->json, "metadata");
    if (metadata && !json_is_object(metadata) && !json_is_null(metadata)) {
        struct mistake *m = mistake_add(call->arena, &call->mistakes, MISTAKE_TYPE, "body");
        m->type = T_JSON;
        m->path[m->path_len++] = (struct path_step){"metadata", 0};
    }
    if (s->kind && words_find(&fuzzbin_job_types, s->kind) == ENUM_NONE &&
        !jobs_kind(call->core->jobs, s->kind)) {
        struct mistake *m = mistake_add(call->arena, &call->mistakes, MISTAKE_NOT_IN_SET, "body");
        m->words = &fuzzbin_job_types;
        m->path[m->path_len++] = (struct path_step){"job_type", 0};
    }
    return call->mistakes.count ? call_invalid(call) : OK;
}

static struct err create_schedule(struct call *call)
{
    struct schedule s;
    shape_clear(&schedule_shape, &s);
    const struct schedule *body = call->body;
    s.name = body->name;
    s.kind = body->kind;
    s.cron = body->cron;
    s.enabled = body->enabled;
    s.args = body->args;
    normalize_args(&s);
    TRY(check_schedule(call, &s));
    TX(tx);
    TRY(db_begin(call->core->db, &tx));
    TRY(schedule_create(call->core->jobs, tx.conn, call->arena, &s));
    TRY(db_commit(&tx));
    return call_reply(call, &s);
}

static struct err list_schedules(struct call *call)
{
    const struct schedule_query *query = call->query;
    struct schedule_list all = {0};
    struct schedule_list shown = {0};
    TRY(schedules_list(call_db(call), call->arena, &all));
    for (size_t i = 0; i < all.count; i++) {
        bool asked = all.items[i].builtin != 1 || query->builtin == 1;
        if (asked && (query->enabled_only != 1 || all.items[i].enabled == 1))
            *arena_push(call->arena, &shown) = all.items[i];
    }
    struct schedules_reply reply = {{shown.items, shown.count}, (int64_t)shown.count};
    return call_reply(call, &reply);
}

static struct err get_schedule(struct call *call)
{
    struct schedule s;
    TRY(schedule_get(call_db(call), call->arena, call_id(call, "task_id"), &s));
    return call_reply(call, &s);
}

/* From the bits of the request's shape to those of the row's. */
static struct presence row_presence(const struct call *call)
{
    static const struct {
        const char *request;
        const char *row;
    } names[] = {{"name", "name"}, {"cron_expression", "cron"}, {"enabled", "enabled"}, {"metadata", "args"}};
    struct presence which = {0};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (call_has(call, names[i].request))
            set_present(&which, (size_t)shape_find(&schedule_shape, names[i].row));
    }
    return which;
}

static struct err update_schedule(struct call *call)
{
    struct schedule changed = *(struct schedule *)call->body;
    struct presence which = row_presence(call);
    struct schedule s;
    changed.id = call_id(call, "task_id");
    changed.kind = NULL;
    normalize_args(&changed);
    TRY(check_schedule(call, &changed));
    TX(tx);
    TRY(db_begin(call->core->db, &tx));
    TRY(schedule_update(call->core->jobs, tx.conn, call->arena, &changed, &which, &s));
    TRY(db_commit(&tx));
    return call_reply(call, &s);
}

static struct err delete_schedule(struct call *call)
{
    TX(tx);
    TRY(db_begin(call->core->db, &tx));
    TRY(schedule_delete(tx.conn, call->arena, call_id(call, "task_id")));
    TRY(db_commit(&tx));
    return call_empty(call, 204);
}

static struct err run_schedule(struct call *call)
{
    struct job job;
    TX(tx);
    TRY(db_begin(call->core->db, &tx));
    TRY(schedule_run(call->core->jobs, tx.conn, call->arena, call_id(call, "task_id"), &job));
    TRY(db_commit(&tx));
    return call_reply(call, &job);
}

#define TAG "Jobs"
ROUTES(fuzzbin_job_routes,
       {HTTP_POST, "/jobs", TAG, "Queues a job", submit, .body = &job_submit_shape,
        .reply = &fuzzbin_job_view, .status = 202, .flags = ROUTE_BLOCKING},
       {HTTP_GET, "/jobs", TAG, "Jobs", list, .query = &job_query_shape, .reply = &jobs_reply_shape},
       {HTTP_GET, "/jobs/metrics", TAG, "Numbers of the queue", metrics, .flags = ROUTE_ANY_JSON},
       {HTTP_POST, "/jobs/scheduled", TAG, "Makes a schedule", create_schedule,
        .body = &schedule_create_shape, .reply = &schedule_view, .status = 201, .flags = ROUTE_BLOCKING},
       {HTTP_GET, "/jobs/scheduled", TAG, "Schedules", list_schedules, .query = &schedule_query_shape,
        .reply = &schedules_reply_shape},
       {HTTP_GET, "/jobs/scheduled/{task_id:int}", TAG, "One schedule", get_schedule, .reply = &schedule_view},
       {HTTP_PATCH, "/jobs/scheduled/{task_id:int}", TAG, "Changes a schedule", update_schedule,
        .body = &schedule_update_shape, .reply = &schedule_view, .flags = ROUTE_BLOCKING | ROUTE_PATCH},
       {HTTP_DELETE, "/jobs/scheduled/{task_id:int}", TAG, "Removes a schedule", delete_schedule,
        .status = 204, .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/jobs/scheduled/{task_id:int}/run", TAG, "Runs a schedule now", run_schedule,
        .reply = &fuzzbin_job_view, .status = 202, .flags = ROUTE_BLOCKING},
       {HTTP_GET, "/jobs/{job_id}", TAG, "One job", get, .reply = &fuzzbin_job_view},
       {HTTP_DELETE, "/jobs/{job_id}", TAG, "Cancels a job", cancel, .status = 204, .flags = ROUTE_BLOCKING});
