/* Jobs (contract 10). */
#include <string.h>

#include "api/metarr/metarr.h"

#define TAG "Jobs"

/* 1 is urgent here, 10 can wait; the queue counts the other way. */
static int64_t priority_out(int64_t priority)
{
    int64_t p = 10 - priority;
    return p < 1 ? 1 : p > 10 ? 10 : p;
}

/* --- writing ------------------------------------------------------------------------------------------------- */

static void write_job_members(struct call *call, struct jw *w, const struct job *job)
{
    const char *entity;
    int64_t entity_id;
    metarr_subject(call->arena, job->subject, &entity, &entity_id);
    jw_kv_int(w, "id", job->id);
    jw_kv_text(w, "type", metarr_job_type(job->kind));
    jw_kv_text(w, "status", metarr_job_status(job));
    jw_kv_int(w, "priority", priority_out(job->priority));
    jw_kv_text(w, "entity_type", entity);
    jw_kv_int(w, "entity_id", entity_id);
    jw_kv_raw(w, "payload", job->args ? job->args : "{}");
    jw_kv_int(w, "progress", (int64_t)(job->progress * 100 + 0.5));
    jw_kv_text(w, "message", job->step && *job->step ? job->step : NULL);
    jw_kv_int(w, "attempts", job->attempt);
    jw_kv_int(w, "max_attempts", job->max_attempts);
    jw_kv_text(w, "worker_id", job->lease_owner);
    jw_kv_bool(w, "manual", job->origin && strncmp(job->origin, "schedule:", 9) != 0);
    jw_kv_text(w, "error", job->error);
    jw_kv_raw(w, "result", job->result);
    jw_kv_time(w, "next_retry", job->state == JOB_WAITING ? job->run_at : TIME_NONE);
    jw_kv_time(w, "created_at", job->created_at);
    jw_kv_time(w, "started_at", job->started_at);
    jw_kv_time(w, "completed_at", job->finished_at);
    jw_kv_time(w, "updated_at", job->updated_at);
}

/* --- list ----------------------------------------------------------------------------------------------------- */

struct list_query {
    struct metarr_paging paging;
    const char *status;
    const char *type;
    const char *entity_type;
    int64_t entity_id;
};
#define Q_(kind_, member_, ...) F(struct list_query, kind_, member_, ##__VA_ARGS__)
SHAPE(metarr_jobs_list_query_shape, "MetarrJobList", struct list_query, "Which jobs",
      FN("page", struct list_query, T_INT, paging.page, .fallback = "1", MIN_VALUE(1)),
      FN("limit", struct list_query, T_INT, paging.limit, .fallback = "50", MIN_VALUE(1)), Q_(T_TEXT, status),
      Q_(T_TEXT, type), Q_(T_TEXT, entity_type), Q_(T_INT, entity_id));

static struct err read_states(struct call *call, const char *text, uint32_t *ret_states)
{
    static const struct {
        const char *word;
        uint32_t states;
    } words[] = {
        {"pending", 1u << JOB_PENDING | 1u << JOB_WAITING}, {"retrying", 1u << JOB_WAITING},
        {"running", 1u << JOB_RUNNING},                     {"processing", 1u << JOB_RUNNING},
        {"completed", 1u << JOB_COMPLETED},                 {"failed", 1u << JOB_FAILED | 1u << JOB_TIMEOUT},
        {"cancelled", 1u << JOB_CANCELLED},
    };
    size_t count;
    const char *const *items = filter_split(call->arena, text, &count);
    for (size_t i = 0; i < count; i++) {
        uint32_t states = 0;
        for (size_t j = 0; j < sizeof(words) / sizeof(words[0]); j++) {
            if (strcmp(words[j].word, items[i]) == 0)
                states = words[j].states;
        }
        if (!states)
            return call_mistake(call, "query", "status",
                                "must be of pending, running, retrying, completed, failed, cancelled");
        *ret_states |= states;
    }
    return OK;
}

struct creatable {
    const char *word;
    const char *kind; /* NULL: documented, not built yet */
};
/* Every type that may be created, with its aliases. */
static const struct creatable creatable[] = {
    {"library-scan", "movie_scan"},      {"scan-library", "movie_scan"},  {"scan-movie", "movie_folder_scan"},
    {"enrich-metadata", NULL},           {"enrich", NULL},                {"bulk-enrich", NULL},
    {"publish", NULL},                   {"publish-assets", NULL},        {"sync-player", NULL},
    {"sync", NULL},                      {"notify-kodi", NULL},           {"notify-jellyfin", NULL},
    {"notify-plex", NULL},               {"download-trailer", NULL},      {"trailer", NULL},
    {"verify-cache", NULL},              {"verify", NULL},                {"scheduled-verification", NULL},
    {"cleanup-orphans", NULL},           {"scheduled-cleanup", NULL},     {"scheduled-file-scan", "movie_scan"},
    {"scheduled-provider-update", NULL},
};

static const struct creatable *find_creatable(const char *type)
{
    for (size_t i = 0; i < sizeof(creatable) / sizeof(creatable[0]); i++) {
        if (strcmp(creatable[i].word, type) == 0)
            return &creatable[i];
    }
    return NULL;
}

static const char *const *read_kinds(struct call *call, const char *text)
{
    size_t count;
    size_t kept = 0;
    const char *const *items = filter_split(call->arena, text, &count);
    const char **kinds = arena_array(call->arena, const char *, 2 * count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct creatable *c = find_creatable(items[i]);
        if (strcmp(items[i], "scan") == 0)
            kinds[kept++] = "movie_folder_scan";
        kinds[kept++] = strcmp(items[i], "scan") == 0 ? "movie_scan" : c && c->kind ? c->kind : items[i];
    }
    return kinds;
}

static struct err get_jobs(struct call *call)
{
    const struct list_query *q = call->query;
    struct job_filter filter = {.newest_first = true};
    struct job_list jobs = {0};
    metarr_take_paging(call, &q->paging);
    if (q->status)
        TRY(read_states(call, q->status, &filter.states));
    if (q->type)
        filter.kinds = read_kinds(call, q->type);
    const char *entity = q->entity_type && strcmp(q->entity_type, "series") == 0 ? "show" : q->entity_type;
    if (q->entity_id != INT_NONE)
        filter.subject = arena_printf(call->arena, "%s:%lld", entity ? entity : "movie", (long long)q->entity_id);
    else
        filter.subject_type = entity;
    filter.limit = call->page.size;
    filter.offset = page_offset(&call->page);
    TRY(jobs_list(call_db(call), call->arena, &filter, &jobs));
    TRY(jobs_count(call_db(call), call->arena, &filter, &call->page.total));
    call->page.known = true;
    struct jw *w = call_json(call);
    jw_array(w);
    for (size_t i = 0; i < jobs.count; i++) {
        jw_object(w);
        write_job_members(call, w, &jobs.items[i]);
        jw_end(w);
    }
    jw_end(w);
    return OK;
}

/* --- one ------------------------------------------------------------------------------------------------------- */

static struct err find_job(struct call *call, struct job *ret)
{
    int64_t id;
    TRY(metarr_id(call, &id));
    struct err e = jobs_get(call_db(call), call->arena, id, ret);
    return e.kind == ERR_NOT_FOUND ? metarr_missing(call, "Job", "job_not_found", id) : e;
}

static void write_history(struct jw *w, const struct job *job)
{
    jw_key(w, "history");
    jw_array(w);
    if (job->started_at != TIME_NONE) {
        jw_object(w);
        jw_kv_int(w, "attempt", job->attempt);
        jw_kv_time(w, "started_at", job->started_at);
        jw_kv_time(w, "finished_at", job->finished_at);
        jw_kv_text(w, "error", job->error);
        jw_end(w);
    }
    jw_end(w);
}

static struct err get_job(struct call *call)
{
    struct job job;
    struct job parent;
    int64_t parent_id = INT_NONE;
    TRY(find_job(call, &job));
    if (job.parent_uuid && !failed(jobs_get_uuid(call_db(call), call->arena, job.parent_uuid, &parent)))
        parent_id = parent.id;
    struct jw *w = call_json(call);
    jw_object(w);
    write_job_members(call, w, &job);
    jw_kv_int(w, "parent_id", parent_id);
    jw_key(w, "children"); /* no kind of this document splits into others yet */
    jw_array(w);
    jw_end(w);
    write_history(w, &job);
    jw_end(w);
    return OK;
}

/* --- create ------------------------------------------------------------------------------------------------------ */

struct job_body {
    const char *type;
    int64_t priority;
    const char *entity_type;
    int64_t entity_id;
    const char *payload;
};
SHAPE(metarr_jobs_job_body_shape, "MetarrJobCreate", struct job_body, "A job to queue",
      F(struct job_body, T_TEXT, type, .flags = FIELD_REQUIRED | FIELD_NOT_BLANK),
      F(struct job_body, T_INT, priority, .fallback = "5", BETWEEN(1, 10)), F(struct job_body, T_TEXT, entity_type),
      F(struct job_body, T_INT, entity_id), F(struct job_body, T_JSON, payload));

struct job_reply {
    int64_t job_id;
};
SHAPE(metarr_job_id_shape, "MetarrJobId", struct job_reply, "The job's number",
      F(struct job_reply, T_INT, job_id, .flags = FIELD_REQUIRED));

struct err metarr_reply_job(struct call *call, const struct job *job)
{
    struct job_reply reply = {job->id};
    return call_reply(call, &reply);
}

struct order {
    const char *entity_type;
    int64_t entity_id;
    const char *directory;
    bool deep;
};

static const json_t *either(const json_t *payload, const char *a, const char *b)
{
    const json_t *value = json_object_get(payload, a);
    return value ? value : json_object_get(payload, b);
}

/* Entity keys may stand inside the payload. */
static struct err read_order(struct call *call, const struct job_body *body, struct order *ret)
{
    const json_t *payload = json_object_get(call->json, "payload");
    *ret = (struct order){body->entity_type, body->entity_id, NULL, false};
    if (payload && !json_is_object(payload) && !json_is_null(payload))
        return call_mistake(call, "body", "payload", "must be an object");
    const json_t *type = either(payload, "entity_type", "entityType");
    const json_t *id = either(payload, "entity_id", "entityId");
    if (!ret->entity_type && json_is_string(type))
        ret->entity_type = json_string_value(type);
    if (ret->entity_id == INT_NONE && json_is_integer(id))
        ret->entity_id = json_integer_value(id);
    const json_t *library = either(payload, "library_id", "libraryId");
    const json_t *movie = either(payload, "movie_id", "movieId");
    if (ret->entity_id == INT_NONE && (json_is_integer(library) || json_is_integer(movie))) {
        ret->entity_type = json_is_integer(movie) ? "movie" : "library";
        ret->entity_id = json_integer_value(json_is_integer(movie) ? movie : library);
    }
    ret->directory = json_string_value(json_object_get(payload, "directory"));
    ret->deep = json_is_true(json_object_get(payload, "deep"));
    return OK;
}

static struct err scan_library(struct call *call, const struct order *order, int priority, struct job *ret)
{
    struct library library;
    bool active;
    if (order->entity_id == INT_NONE)
        return err_field(ERR_INVALID, "MISSING_REQUIRED", "entity_id", "entity_id must be a library");
    struct err e = library_get(call_db(call), call->arena, order->entity_id, &library);
    if (e.kind == ERR_NOT_FOUND)
        return metarr_missing(call, "Library", "library_not_found", order->entity_id);
    TRY(e);
    return metarr_scan(call, &library, NULL, order->deep, priority,
                       arena_printf(call->arena, "library:%lld", (long long)library.id), ret, &active);
}

static struct err scan_movie(struct call *call, const struct order *order, int priority, struct job *ret)
{
    struct library library;
    struct movie movie;
    const char *folder;
    const char *subject = NULL;
    bool active;
    if (order->entity_id != INT_NONE) {
        TRY(movie_get(call_db(call), call->arena, order->entity_id, &movie));
        if (movie.library_id == INT_NONE || !movie.folder)
            return err_make(ERR_UNPROCESSABLE, "no_folder", "The movie has no file to scan");
        TRY(library_get(call_db(call), call->arena, movie.library_id, &library));
        folder = movie.folder;
        subject = arena_printf(call->arena, "movie:%lld", (long long)movie.id);
    } else if (order->directory) {
        TRY(library_for_path(call_db(call), call->arena, order->directory, &library, &folder));
        subject = arena_printf(call->arena, "folder:%s", order->directory);
    } else {
        return err_field(ERR_INVALID, "MISSING_REQUIRED", "entity_id", "entity_id or payload.directory is required");
    }
    return metarr_scan(call, &library, folder, order->deep, priority, subject, ret, &active);
}

static struct err post_job(struct call *call)
{
    const struct job_body *body = call->body;
    struct order order;
    struct job job;
    TRY(read_order(call, body, &order));
    const char *type = body->type;
    if (strcmp(type, "scan") == 0)
        type = order.entity_type && strcmp(order.entity_type, "library") == 0 ? "library-scan" : "scan-movie";
    const struct creatable *c = find_creatable(type);
    if (!c)
        return call_mistake(call, "body", "type", "is not a type of job that can be created");
    if (!c->kind)
        return err_f(call->arena, ERR_UNFINISHED, "not_built_yet", "Jobs of type %s are not built yet", type);
    int priority = (int)(10 - body->priority);
    if (strcmp(c->kind, "movie_scan") == 0)
        TRY(scan_library(call, &order, priority, &job));
    else
        TRY(scan_movie(call, &order, priority, &job));
    return metarr_reply_job(call, &job);
}

static struct err delete_job(struct call *call)
{
    struct job job;
    TRY(find_job(call, &job));
    TRY(jobs_cancel(call->core->jobs, call->arena, job.id, &job));
    return metarr_success(call);
}

static struct err retry_job(struct call *call)
{
    struct job job;
    TRY(find_job(call, &job));
    if (job.state != JOB_FAILED && job.state != JOB_CANCELLED && job.state != JOB_TIMEOUT)
        return err_f(call->arena, ERR_CONFLICT, "LOCKED", "A job that is %s cannot be retried",
                     metarr_job_status(&job));
    TRY(jobs_retry(call->core->jobs, call->arena, job.id, &job));
    return metarr_reply_job(call, &job);
}

ROUTES(metarr_job_routes,
       {HTTP_GET, "/api/v1/jobs", TAG, "Jobs, newest first", get_jobs, .query = &metarr_jobs_list_query_shape,
        .flags = ROUTE_ANY_JSON},
       {HTTP_POST, "/api/v1/jobs", TAG, "Queues a job", post_job, .body = &metarr_jobs_job_body_shape, .reply = &metarr_job_id_shape,
        .status = 201, .bucket = "write"},
       {HTTP_GET, "/api/v1/jobs/{id:int}", TAG, "One job", get_job, .flags = ROUTE_ANY_JSON},
       {HTTP_DELETE, "/api/v1/jobs/{id:int}", TAG, "Cancels a job", delete_job,
        .flags = ROUTE_ANY_JSON | ROUTE_BARE | ROUTE_OPTIONAL_BODY, .bucket = "write"},
       {HTTP_POST, "/api/v1/jobs/{id:int}/retry", TAG, "Runs a failed or cancelled job again", retry_job,
        .reply = &metarr_job_id_shape, .flags = ROUTE_OPTIONAL_BODY, .bucket = "write"});
