/* The queue's rows: submit, look up, list, cancel, retry, count. */
#include "core/jobs_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/ids.h"
#include "json/decode.h"
#include "json/encode.h"

#define MAX_ARGS_BYTES (4u << 20) /* an import of thousands of tracks carries their metadata */

const struct words job_state_words =
    WORDS("job_state", "pending", "waiting", "running", "completed", "failed", "cancelled", "timeout");

#define JF(kind_, member_, ...) F(struct job, kind_, member_, .column = #member_, __VA_ARGS__)
SHAPE(job_shape, "QueuedJob", struct job, "A job of the queue",
      JF(T_INT, id, .help = "number"), JF(T_TEXT, uuid), JF(T_TEXT, kind, .help = "type word"),
      F(struct job, T_ENUM, state, .words = &job_state_words), JF(T_INT, priority),
      JF(T_JSON, args), JF(T_REAL, progress, .help = "0..1"), JF(T_TEXT, step),
      JF(T_INT, processed), JF(T_INT, total), JF(T_REAL, speed), JF(T_INT, eta_s), JF(T_JSON, result),
      JF(T_TEXT, error), JF(T_TEXT, error_code), JF(T_INT, attempt), JF(T_INT, max_attempts),
      JF(T_INT, timeout_s), JF(T_TIME, run_at), JF(T_TIME, created_at), JF(T_TIME, started_at),
      JF(T_TIME, finished_at), JF(T_TIME, updated_at), JF(T_TEXT, parent_uuid), JF(T_TEXT, subject),
      JF(T_TEXT, origin), JF(T_JSON, saved), JF(T_TEXT, lease_owner), JF(T_TIME, lease_until),
      JF(T_INT, fence));

/* The state is an integer column that no generic reader knows, so it comes last. */
const char job_columns[] =
    "id, uuid, kind, priority, args, progress, step, processed, total, speed, eta_s, result, error,"
    " error_code, attempt, max_attempts, timeout_s, run_at, created_at, started_at, finished_at,"
    " updated_at, parent_uuid, subject, origin, saved, lease_owner, lease_until, fence, state";
#define JOB_COLUMN_COUNT 29

void job_read(const struct rows *rows, struct arena *a, struct job *ret_job)
{
    rows_fill(rows, a, &job_shape, 0, ret_job);
    ret_job->state = (int)rows_int(rows, JOB_COLUMN_COUNT);
}

/* --- events ------------------------------------------------------------------------------------- */

static void write_progress(struct jw *w, const struct job *job)
{
    jw_kv_real(w, "progress", job->progress);
    jw_kv_text(w, "current_step", job->step);
    jw_kv_int(w, "processed_items", job->processed);
    jw_kv_int(w, "total_items", job->total);
    if (!isnan(job->speed))
        jw_kv_real(w, "download_speed", job->speed / 1048576);
    if (job->eta_s != INT_NONE)
        jw_kv_int(w, "eta_seconds", job->eta_s);
}

static void write_details(struct jw *w, enum event_kind kind, const struct job *job)
{
    switch (kind) {
    case EVENT_JOB_CREATED:
        jw_kv_text(w, "status", words_name(&job_state_words, job->state));
        jw_kv_int(w, "priority", job->priority);
        jw_kv_raw(w, "metadata", job->args);
        break;
    case EVENT_JOB_STARTED:
        jw_kv_int(w, "priority", job->priority);
        jw_kv_raw(w, "metadata", job->args);
        break;
    case EVENT_JOB_PROGRESS:
        write_progress(w, job);
        break;
    case EVENT_JOB_COMPLETED:
        jw_kv_raw(w, "result", job->result);
        break;
    case EVENT_JOB_RETRY:
        jw_kv_int(w, "attempt", job->attempt);
        jw_kv_time(w, "retry_at", job->run_at);
        /* fall through */
    case EVENT_JOB_FAILED:
        jw_kv_text(w, "error", job->error);
        jw_kv_text(w, "error_type", job->error_code);
        break;
    case EVENT_JOB_TIMEOUT:
        jw_kv_int(w, "timeout_seconds", job->timeout_s);
        break;
    default:
        break;
    }
}

struct err job_event(struct db_conn *tx, enum event_kind kind, const struct job *job)
{
    BUF(payload);
    struct jw w = jw_to(&payload);
    jw_object(&w);
    jw_kv_text(&w, "job_id", job->uuid);
    jw_kv_text(&w, "job_type", job->kind);
    jw_kv_int(&w, "job_number", job->id);
    if (job->subject)
        jw_kv_text(&w, "subject", job->subject);
    write_details(&w, kind, job);
    jw_end(&w);
    return event_append(tx, kind, job->id, payload.data);
}

/* --- submit -------------------------------------------------------------------------------------- */

const struct job_kind *jobs_kind(const struct jobs *jobs, const char *name)
{
    for (const struct job_kind *const *k = jobs->kinds; *k; k++) {
        if (strcmp((*k)->name, name) == 0)
            return *k;
    }
    return NULL;
}

const struct job_kind *const *jobs_kinds(const struct jobs *jobs)
{
    return jobs->kinds;
}

struct err job_bad_args(struct arena *a, const struct mistake *m)
{
    const char *path = mistake_path(a, m);
    struct err e = m->kind == MISTAKE_MISSING
                       ? err_f(a, ERR_INVALID, "bad_job_args", "Missing required parameter: %s", path)
                       : err_f(a, ERR_INVALID, "bad_job_args", "%s %s", *path ? path : "metadata",
                               mistake_text(a, m));
    e.field = path;
    return e;
}

static struct err check_args(struct arena *a, const struct job_kind *kind, const char *args)
{
    struct mistakes mistakes = {0};
    if (strlen(args) > MAX_ARGS_BYTES)
        return err_field(ERR_INVALID, "bad_job_args", "metadata", "Job arguments are too large");
    json_t *value = json_read(a, args, strlen(args), "body", &mistakes);
    if (value && kind->args) {
        struct decode_options options = {.where = "body", .lenient_numbers = true};
        struct presence present;
        void *object = arena_alloc(a, kind->args->size);
        shape_decode(a, kind->args, value, &options, &mistakes, object, &present);
    } else if (value && !json_is_object(value)) {
        mistake_add(a, &mistakes, MISTAKE_NOT_OBJECT, "body");
    }
    if (!mistakes.count)
        return OK;
    return job_bad_args(a, &mistakes.items[0]);
}

static struct err find_unique(struct db_conn *tx, struct arena *a, const char *key, bool *ret_found,
                              struct job *ret_job)
{
    ROWS(rows);
    BUF(sql);
    buf_printf(&sql, "SELECT %s FROM job WHERE unique_key = $1", job_columns);
    TRY(db_query(tx, &rows, sql.data, "t", key));
    if (rows_next(&rows)) {
        job_read(&rows, a, ret_job);
        *ret_found = true;
    }
    return rows_end(&rows);
}

static void fill_new(struct arena *a, const struct job_kind *kind, const struct job_spec *spec,
                     struct job *job)
{
    char uuid[UUID_TEXT_BYTES];
    int64_t now = time_now_us();
    bool later = spec->run_at > now && spec->run_at != TIME_NONE;
    shape_clear(&job_shape, job);
    job->uuid = arena_strdup(a, uuid_make(uuid));
    job->kind = kind->name;
    job->state = later ? JOB_WAITING : JOB_PENDING;
    job->priority = spec->priority;
    job->args = arena_strdup(a, spec->args ? spec->args : "{}");
    job->progress = 0;
    job->step = "Initializing...";
    job->processed = job->total = job->attempt = job->fence = 0;
    job->max_attempts = kind->max_attempts > 0 ? kind->max_attempts : 1;
    job->timeout_s = spec->timeout_s > 0 ? spec->timeout_s : kind->timeout_s > 0 ? kind->timeout_s : INT_NONE;
    job->run_at = later ? spec->run_at : now;
    job->created_at = job->updated_at = now;
    job->parent_uuid = arena_strdup(a, spec->parent_uuid);
    job->subject = arena_strdup(a, spec->subject);
    job->origin = arena_strdup(a, spec->origin);
}

struct err jobs_submit(struct jobs *jobs, struct db_conn *tx, struct arena *a,
                       const struct job_spec *spec, struct job *ret_job)
{
    const struct job_kind *kind = jobs_kind(jobs, spec->kind);
    if (!kind)
        return err_field(ERR_INVALID, "unknown_job_type", "type", "No such job type");
    if (!spec->unchecked)
        TRY(check_args(a, kind, spec->args ? spec->args : "{}"));
    bool found = false;
    if (spec->unique_key)
        TRY(find_unique(tx, a, spec->unique_key, &found, ret_job));
    if (found)
        return OK;
    struct job job;
    fill_new(a, kind, spec, &job);
    TRY(db_get_int(tx, &job.id,
                   "INSERT INTO job (uuid, kind, state, priority, args, step, max_attempts, timeout_s,"
                   " run_at, created_at, updated_at, parent_uuid, subject, origin, unique_key)"
                   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
                   " ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL DO NOTHING RETURNING id",
                   "ttiittiiiiitttt", job.uuid, job.kind, (int64_t)job.state, job.priority, job.args,
                   job.step, job.max_attempts, job.timeout_s, job.run_at, job.created_at,
                   job.updated_at, job.parent_uuid, job.subject, job.origin, spec->unique_key));
    if (job.id == INT_NONE) { /* another transaction was first, and has committed */
        TRY(find_unique(tx, a, spec->unique_key, &found, ret_job));
        return found ? OK : err_make(ERR_BUSY, "db_busy", "The same job has just ended; try again");
    }
    TRY(job_event(tx, EVENT_JOB_CREATED, &job));
    *ret_job = job;
    return OK;
}

struct err jobs_submit_now(struct jobs *jobs, struct arena *a, const struct job_spec *spec,
                           struct job *ret_job)
{
    TX(tx);
    struct job job;
    TRY(db_begin(jobs->core->db, &tx));
    TRY(jobs_submit(jobs, tx.conn, a, spec, &job));
    TRY(db_commit(&tx));
    *ret_job = job;
    return OK;
}

/* --- look up -------------------------------------------------------------------------------------- */

static struct err get_one(struct db_conn *conn, struct arena *a, const char *where, int64_t id,
                          const char *uuid, struct job *ret_job)
{
    ROWS(rows);
    BUF(sql);
    buf_printf(&sql, "SELECT %s FROM job WHERE %s = $1", job_columns, where);
    if (uuid)
        TRY(db_query(conn, &rows, sql.data, "t", uuid));
    else
        TRY(db_query(conn, &rows, sql.data, "i", id));
    bool found = rows_next(&rows);
    if (found)
        job_read(&rows, a, ret_job);
    TRY(rows_end(&rows));
    return found ? OK : err_make(ERR_NOT_FOUND, "job_not_found", "Job not found");
}

struct err jobs_get(struct db_conn *conn, struct arena *a, int64_t id, struct job *ret_job)
{
    return get_one(conn, a, "id", id, NULL, ret_job);
}

struct err jobs_get_uuid(struct db_conn *conn, struct arena *a, const char *uuid,
                         struct job *ret_job)
{
    return get_one(conn, a, "uuid", 0, uuid, ret_job);
}

static void add_number(struct buf *sql, struct arena *a, struct db_values *values, const char *text,
                       int64_t value)
{
    values_int(a, values, value);
    buf_printf(sql, "%s$%zu", text, values->count);
}

static void add_text(struct buf *sql, struct arena *a, struct db_values *values, const char *text,
                     const char *value)
{
    values_text(a, values, value);
    buf_printf(sql, "%s$%zu", text, values->count);
}

static void add_where(struct buf *sql, struct arena *a, struct db_values *values,
                      const struct job_filter *filter)
{
    const char *word = " WHERE ";
    if (filter->kind) {
        add_text(sql, a, values, " WHERE kind = ", filter->kind);
        word = " AND ";
    }
    if (filter->subject) {
        buf_puts(sql, word);
        add_text(sql, a, values, "subject = ", filter->subject);
        word = " AND ";
    }
    if (filter->subject_type) {
        buf_puts(sql, word);
        add_text(sql, a, values, "subject LIKE ", arena_printf(a, "%s:%%", filter->subject_type));
        word = " AND ";
    }
    if (filter->states) {
        buf_printf(sql, "%sstate IN (", word);
        const char *comma = "";
        for (int s = 0; s < JOB_STATE_COUNT; s++) {
            if ((filter->states >> s) & 1) {
                buf_printf(sql, "%s%d", comma, s);
                comma = ",";
            }
        }
        buf_putc(sql, ')');
        word = " AND ";
    }
    if (filter->kinds && filter->kinds[0]) {
        buf_printf(sql, "%skind IN (", word);
        for (const char *const *k = filter->kinds; *k; k++)
            add_text(sql, a, values, k == filter->kinds ? "" : ",", *k);
        buf_putc(sql, ')');
    }
}

struct err jobs_list(struct db_conn *conn, struct arena *a, const struct job_filter *filter,
                     struct job_list *ret_list)
{
    BUF(sql);
    struct db_values values = {0};
    buf_printf(&sql, "SELECT %s FROM job", job_columns);
    add_where(&sql, a, &values, filter);
    buf_puts(&sql, filter->oldest_first   ? " ORDER BY created_at, id"
                   : filter->newest_first ? " ORDER BY created_at DESC, id DESC"
                                          : " ORDER BY CASE WHEN state < 3 THEN 0 ELSE 1 END,"
                                          " created_at DESC, id DESC");
    add_number(&sql, a, &values, " LIMIT ", filter->limit > 0 ? filter->limit : 100);
    add_number(&sql, a, &values, " OFFSET ", filter->offset > 0 ? filter->offset : 0);
    ROWS(rows);
    TRY(db_query_values(conn, &rows, sql.data, &values));
    while (rows_next(&rows))
        job_read(&rows, a, arena_push(a, ret_list));
    return rows_end(&rows);
}

struct err jobs_count(struct db_conn *conn, struct arena *a, const struct job_filter *filter,
                      int64_t *ret_count)
{
    BUF(sql);
    struct db_values values = {0};
    buf_puts(&sql, "SELECT COUNT(*) FROM job");
    add_where(&sql, a, &values, filter);
    ROWS(rows);
    TRY(db_query_values(conn, &rows, sql.data, &values));
    int64_t count = rows_next(&rows) ? rows_int(&rows, 0) : 0;
    TRY(rows_end(&rows));
    *ret_count = count;
    return OK;
}

/* --- change --------------------------------------------------------------------------------------- */

/* UPDATE ... RETURNING of one job; `sql` holds %s where the columns go. */
static struct err update_one(struct db_conn *tx, struct arena *a, const char *set, int64_t id,
                             const char *guard, bool *ret_changed, struct job *ret_job)
{
    BUF(sql);
    ROWS(rows);
    buf_printf(&sql, "UPDATE job SET %s WHERE id = $1 AND %s RETURNING %s", set, guard, job_columns);
    TRY(db_query(tx, &rows, sql.data, "ii", id, time_now_us()));
    *ret_changed = rows_next(&rows);
    if (*ret_changed)
        job_read(&rows, a, ret_job);
    return rows_end(&rows);
}

struct err jobs_cancel(struct jobs *jobs, struct arena *a, int64_t id, struct job *ret_job)
{
    TX(tx);
    bool changed;
    struct job job;
    TRY(db_begin(jobs->core->db, &tx));
    TRY(update_one(tx.conn, a,
                   "state = 5, finished_at = $2, updated_at = $2, unique_key = NULL,"
                   " lease_owner = NULL, lease_until = NULL, fence = fence + 1, result = NULL",
                   id, "state < 3", &changed, &job));
    if (!changed) {
        TRY(jobs_get(tx.conn, a, id, &job));
        return err_make(ERR_CONFLICT, "job_finished", "The job is already over");
    }
    const struct job_kind *kind = jobs_kind(jobs, job.kind);
    if (kind && kind->cancelled)
        TRY(kind->cancelled(tx.conn, a, &job));
    TRY(job_event(tx.conn, EVENT_JOB_CANCELLED, &job));
    TRY(schedule_note(tx.conn, &job));
    TRY(db_commit(&tx));
    /* The worker here learns it now; one elsewhere from its bus. */
    pthread_mutex_lock(&jobs->lock);
    for (struct job_lease *l = jobs->running; l; l = l->next) {
        if (l->job.id == id)
            lease_stop(l, STOP_CANCELLED);
    }
    pthread_mutex_unlock(&jobs->lock);
    *ret_job = job;
    return OK;
}

struct err jobs_retry(struct jobs *jobs, struct arena *a, int64_t id, struct job *ret_job)
{
    TX(tx);
    bool changed;
    struct job job;
    TRY(db_begin(jobs->core->db, &tx));
    TRY(update_one(tx.conn, a,
                   "state = 0, run_at = $2, updated_at = $2, attempt = 0, error = NULL,"
                   " error_code = NULL, result = NULL, finished_at = NULL, started_at = NULL,"
                   " progress = 0, processed = 0, step = 'Initializing...', fence = fence + 1",
                   id, "state IN (4, 5, 6)", &changed, &job));
    if (!changed) {
        TRY(jobs_get(tx.conn, a, id, &job));
        return err_make(ERR_CONFLICT, "job_active", "Only a job that failed or was cancelled can be retried");
    }
    TRY(job_event(tx.conn, EVENT_JOB_CREATED, &job));
    TRY(db_commit(&tx));
    *ret_job = job;
    return OK;
}

struct err jobs_delete(struct jobs *jobs, struct arena *a, int64_t id)
{
    TX(tx);
    int64_t changed;
    TRY(db_begin(jobs->core->db, &tx));
    TRY(db_exec_n(tx.conn, &changed, "DELETE FROM job WHERE id = $1 AND state >= 3", "i", id));
    if (!changed) {
        struct job job;
        TRY(jobs_get(tx.conn, a, id, &job));
        return err_make(ERR_CONFLICT, "job_active", "The job is not over");
    }
    return db_commit(&tx);
}

struct err jobs_log(struct db_conn *conn, struct arena *a, int64_t job_id, int64_t after_id, int limit,
                    struct job_log *ret_log)
{
    ROWS(rows);
    TRY(db_query(conn, &rows,
                 "SELECT id, at, level, line FROM job_log WHERE job_id = $1 AND id > $2"
                 " ORDER BY id LIMIT $3",
                 "iii", job_id, after_id, (int64_t)limit));
    while (rows_next(&rows)) {
        struct job_log_line *line = arena_push(a, ret_log);
        *line = (struct job_log_line){rows_int(&rows, 0), rows_int(&rows, 1), (int)rows_int(&rows, 2),
                                      rows_text(&rows, a, 3)};
    }
    return rows_end(&rows);
}

/* --- numbers --------------------------------------------------------------------------------------- */

static struct job_kind_stats *stats_of(struct arena *a, struct job_stats *stats, const char *kind)
{
    for (size_t i = 0; i < stats->count; i++) {
        if (strcmp(stats->items[i].kind, kind) == 0)
            return &stats->items[i];
    }
    struct job_kind_stats *s = arena_push(a, stats);
    s->kind = arena_strdup(a, kind);
    return s;
}

struct err jobs_stats(struct db_conn *conn, struct arena *a, struct job_stats *ret_stats)
{
    *ret_stats = (struct job_stats){.oldest_pending_at = TIME_NONE,
                                    .last_failure_at = TIME_NONE,
                                    .last_completion_at = TIME_NONE};
    ROWS(rows);
    TRY(db_query(conn, &rows,
                 "SELECT kind, state, COUNT(*), SUM(finished_at - started_at), MIN(created_at),"
                 " MAX(finished_at) FROM job GROUP BY kind, state ORDER BY kind, state",
                 ""));
    while (rows_next(&rows)) {
        const char *kind = rows_text(&rows, a, 0);
        int state = (int)rows_int(&rows, 1);
        int64_t count = rows_int(&rows, 2);
        struct job_kind_stats *s = stats_of(a, ret_stats, kind);
        s->total += count;
        ret_stats->by_state[state] += count;
        int64_t *const counters[JOB_STATE_COUNT] = {
            [JOB_COMPLETED] = &s->completed, [JOB_FAILED] = &s->failed,
            [JOB_CANCELLED] = &s->cancelled, [JOB_TIMEOUT] = &s->timeout};
        if (counters[state])
            *counters[state] = count;
        if (state == JOB_COMPLETED && !rows_is_null(&rows, 3))
            s->total_duration_s = rows_real(&rows, 3) / 1e6;
        int64_t oldest = rows_int(&rows, 4);
        int64_t latest = rows_int(&rows, 5);
        if (state == JOB_PENDING && (ret_stats->oldest_pending_at == TIME_NONE || oldest < ret_stats->oldest_pending_at))
            ret_stats->oldest_pending_at = oldest;
        if (state == JOB_FAILED && latest > ret_stats->last_failure_at)
            ret_stats->last_failure_at = latest;
        if (state == JOB_COMPLETED && latest > ret_stats->last_completion_at)
            ret_stats->last_completion_at = latest;
    }
    return rows_end(&rows);
}
