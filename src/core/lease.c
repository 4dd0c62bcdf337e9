/* Leases: claiming rows, renewing, writing progress, and the outcome, all fenced. */
#include "core/jobs_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/ids.h"
#include "base/log.h"
#include "core/activity.h"
#include "json/writer.h"

/* A job whose process died under it this often is not run again: it is probably why they died. */
#define MAX_CRASHES 5
#define MAX_BACKOFF_S 3600

/* --- claim ---------------------------------------------------------------------------------------- */

/* How many more of a kind may run here, by its place in jobs->kinds. */
struct room {
    const struct job_kind *kind;
    int left;
};
struct rooms {
    VEC(struct room)
};

/* Only of kinds that are limited. The dispatcher alone takes those, so there the numbers stay good. */
static struct rooms rooms_of(struct jobs *jobs, struct arena *a)
{
    struct rooms rooms = {0};
    pthread_mutex_lock(&jobs->lock);
    for (const struct job_kind *const *k = jobs->kinds; *k; k++) {
        if ((*k)->at_once <= 0)
            continue;
        struct room *room = arena_push(a, &rooms);
        *room = (struct room){*k, (*k)->at_once};
        for (const struct job_lease *l = jobs->running; l; l = l->next)
            room->left -= l->kind == *k;
    }
    pthread_mutex_unlock(&jobs->lock);
    return rooms;
}

static struct room *room_for(const struct rooms *rooms, const char *kind)
{
    for (size_t i = 0; i < rooms->count; i++) {
        if (strcmp(rooms->items[i].kind->name, kind) == 0)
            return &rooms->items[i];
    }
    return NULL;
}

static bool take_room(const struct rooms *rooms, const char *kind)
{
    struct room *room = room_for(rooms, kind);
    return !room || room->left-- > 0;
}

static struct job_lease *lease_create(struct jobs *jobs, const struct rows *rows)
{
    struct job_lease *l = calloc(1, sizeof(*l));
    CHECK(l != NULL);
    l->jobs = jobs;
    job_read(rows, &l->arena, &l->job);
    l->kind = jobs_kind(jobs, l->job.kind);
    l->deadline_us = l->job.timeout_s == INT_NONE ? TIME_NONE
                                                  : time_now_us() + l->job.timeout_s * SECONDS_US;
    l->processed = l->job.processed;
    l->total = l->job.total;
    l->speed = NAN;
    l->eta_s = INT_NONE;
    snprintf(l->step, sizeof(l->step), "%s", l->job.step ? l->job.step : "");
    pthread_mutex_init(&l->lock, NULL);
    return l;
}

void lease_free(struct job_lease *l)
{
    pthread_mutex_destroy(&l->lock);
    buf_finish(&l->log);
    free(l->result);
    arena_finish(&l->arena);
    free(l);
}

/* The rows that come next, in their order; of a kind with a limit no more than have room. Those that are left
 * out show up as a kind without room when the caller asks again. */
static struct err choose(struct jobs *jobs, struct db_conn *tx, struct arena *a, int limit, bool limited_too,
                         struct db_values *ret_ids)
{
    BUF(sql);
    ROWS(rows);
    struct db_values values = {0};
    struct rooms rooms = rooms_of(jobs, a);
    buf_puts(&sql, "SELECT id, kind FROM job WHERE state = 0");
    for (size_t i = 0; i < rooms.count; i++) {
        if (rooms.items[i].left > 0)
            continue;
        values_text(a, &values, rooms.items[i].kind->name);
        buf_printf(&sql, " AND kind <> $%zu", values.count);
    }
    values_int(a, &values, limit);
    buf_printf(&sql, " ORDER BY priority DESC, created_at, id LIMIT $%zu%s", values.count,
               db_conn_driver(tx) == DB_POSTGRES ? " FOR UPDATE SKIP LOCKED" : "");
    TRY(db_query_values(tx, &rows, sql.data, &values));
    while (rows_next(&rows)) {
        const char *kind = rows_peek(&rows, 1, NULL);
        if (limited_too ? take_room(&rooms, kind) : !room_for(&rooms, kind))
            values_int(a, ret_ids, rows_int(&rows, 0));
    }
    return rows_end(&rows);
}

static struct err lease_rows(struct jobs *jobs, struct db_conn *tx, struct arena *a, const struct db_values *ids,
                             struct lease_batch *batch)
{
    BUF(sql);
    ROWS(rows);
    int64_t now = time_now_us();
    struct db_values values = {0};
    values_int(a, &values, now);
    values_int(a, &values, now + jobs->lease_s * SECONDS_US);
    values_text(a, &values, jobs->owner);
    buf_puts(&sql, "UPDATE job SET state = 2, lease_owner = $3, lease_until = $2, fence = fence + 1,"
                   " attempt = attempt + 1, started_at = COALESCE(started_at, $1), updated_at = $1"
                   " WHERE state = 0 AND id IN (");
    for (size_t i = 0; i < ids->count; i++) {
        values_int(a, &values, ids->items[i].i);
        buf_printf(&sql, "%s$%zu", i ? ", " : "", values.count);
    }
    buf_printf(&sql, ") RETURNING %s", job_columns);
    TRY(db_query_values(tx, &rows, sql.data, &values));
    while (rows_next(&rows))
        *arena_push(a, batch) = lease_create(jobs, &rows);
    TRY(rows_end(&rows));
    for (size_t i = 0; i < batch->count; i++)
        TRY(job_event(tx, EVENT_JOB_STARTED, &batch->items[i]->job));
    return OK;
}

/* RETURNING has no order of its own: the most urgent, then the oldest first. */
static int compare_leases(const void *one, const void *other)
{
    const struct job *a = &(*(struct job_lease *const *)one)->job;
    const struct job *b = &(*(struct job_lease *const *)other)->job;
    if (a->priority != b->priority)
        return a->priority > b->priority ? -1 : 1;
    if (a->created_at != b->created_at)
        return a->created_at < b->created_at ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

struct err leases_claim(struct jobs *jobs, int limit, struct lease_batch *ret_batch, struct arena *a)
{
    TX(tx);
    struct db_values ids = {0};
    struct lease_batch batch = {0};
    TRY(db_begin(jobs->core->db, &tx));
    TRY(choose(jobs, tx.conn, a, limit, true, &ids));
    struct err e = ids.count ? lease_rows(jobs, tx.conn, a, &ids, &batch) : OK;
    if (!failed(e) && batch.count)
        e = db_commit(&tx);
    for (size_t i = 0; failed(e) && i < batch.count; i++)
        lease_free(batch.items[i]);
    TRY(e);
    if (batch.count)
        qsort(batch.items, batch.count, sizeof(*batch.items), compare_leases);
    *ret_batch = batch;
    return OK;
}

/* --- recover --------------------------------------------------------------------------------------- */

/* Rows to act on are rare, so they are looked for on a reader first: an idle server writes nothing. */
static struct err nothing_to_recover(struct jobs *jobs, int64_t now, bool *ret_idle, int64_t *ret_next)
{
    int64_t expired;
    struct db_conn *conn = db_reader(jobs->core->db);
    TRY(db_get_int(conn, ret_next, "SELECT MIN(run_at) FROM job WHERE state = 1", ""));
    TRY(db_get_int(conn, &expired,
                   "SELECT COUNT(*) FROM job WHERE state = 2 AND lease_until < $1", "i", now));
    *ret_idle = expired == 0 && (*ret_next == INT_NONE || *ret_next > now);
    return OK;
}

struct err leases_recover(struct jobs *jobs, int64_t *ret_next_us)
{
    int64_t now = time_now_us();
    bool idle;
    TRY(nothing_to_recover(jobs, now, &idle, ret_next_us));
    if (idle)
        return OK;
    TX(tx);
    TRY(db_begin(jobs->core->db, &tx));
    TRY(db_exec(tx.conn, "UPDATE job SET state = 0, updated_at = $1 WHERE state = 1 AND run_at <= $1",
                "i", now));
    TRY(db_exec(tx.conn,
                "UPDATE job SET state = 4, finished_at = $1, updated_at = $1, lease_owner = NULL,"
                " lease_until = NULL, unique_key = NULL, fence = fence + 1, error_code = 'worker_died',"
                " error = 'The worker died while running this job, several times'"
                " WHERE state = 2 AND lease_until < $1 AND attempt >= max_attempts + $2",
                "ii", now, (int64_t)MAX_CRASHES));
    TRY(db_exec(tx.conn,
                "UPDATE job SET state = 0, updated_at = $1, lease_owner = NULL, lease_until = NULL,"
                " fence = fence + 1 WHERE state = 2 AND lease_until < $1",
                "i", now));
    TRY(db_commit(&tx));
    return db_get_int(db_reader(jobs->core->db), ret_next_us,
                      "SELECT MIN(run_at) FROM job WHERE state = 1", "");
}

struct err leases_renew(struct jobs *jobs)
{
    TX(tx);
    TRY(db_begin(jobs->core->db, &tx));
    TRY(db_exec(tx.conn, "UPDATE job SET lease_until = $1 WHERE state = 2 AND lease_owner = $2", "it",
                time_now_us() + jobs->lease_s * SECONDS_US, jobs->owner));
    return db_commit(&tx);
}

/* --- progress and log ------------------------------------------------------------------------------- */

static void snapshot(struct job_lease *l, struct job *ret_job)
{
    *ret_job = l->job;
    ret_job->processed = l->processed;
    ret_job->total = l->total;
    ret_job->progress = l->total > 0 ? (double)l->processed / (double)l->total : 0;
    if (ret_job->progress > 1)
        ret_job->progress = 1;
    ret_job->speed = l->speed;
    ret_job->eta_s = l->eta_s;
}

static struct err write_log(struct db_conn *tx, int64_t job_id, const char *lines)
{
    for (const char *line = lines; line && *line;) {
        const char *end = strchr(line, '\n');
        int level = line[0] - '0';
        char *rest;
        long long at = strtoll(line + 2, &rest, 10);
        SCRATCH(a);
        TRY(db_exec(tx, "INSERT INTO job_log (job_id, at, level, line) VALUES ($1, $2, $3, $4)",
                    "iiit", job_id, (int64_t)at, (int64_t)level,
                    arena_strndup(&a, rest + 1, (size_t)(end - rest - 1))));
        line = end + 1;
    }
    return OK;
}

static bool has_news(struct job_lease *l)
{
    pthread_mutex_lock(&l->lock);
    bool dirty = l->dirty;
    pthread_mutex_unlock(&l->lock);
    return dirty;
}

/* Writes one lease's news. The row is untouched when the lease is lost. */
static struct err write_news(struct db_conn *tx, struct job_lease *l, bool *ret_mine)
{
    SCRATCH(a);
    struct job now;
    pthread_mutex_lock(&l->lock);
    snapshot(l, &now);
    now.step = arena_strdup(&a, l->step);
    char *lines = l->log.len ? buf_take(&l->log, NULL) : NULL;
    l->dirty = false;
    l->written_us = time_monotonic_us();
    pthread_mutex_unlock(&l->lock);
    int64_t changed = 0;
    struct err e = db_exec_n(tx, &changed,
                             "UPDATE job SET processed = $1, total = $2, progress = $3, step = $4,"
                             " speed = $5, eta_s = $6, updated_at = $7"
                             " WHERE id = $8 AND fence = $9 AND state = 2",
                             "iirtriiii", now.processed, now.total, now.progress, now.step, now.speed,
                             now.eta_s, time_now_us(), now.id, now.fence);
    if (!failed(e) && changed)
        e = job_event(tx, EVENT_JOB_PROGRESS, &now);
    if (!failed(e) && changed && lines)
        e = write_log(tx, now.id, lines);
    free(lines);
    *ret_mine = changed > 0;
    return e;
}

/* The leases that have news, pinned until flush_done(). */
static size_t pin_dirty(struct jobs *jobs, bool all, struct job_lease **due, size_t limit)
{
    size_t count = 0;
    int64_t now = time_monotonic_us();
    pthread_mutex_lock(&jobs->lock);
    for (struct job_lease *l = jobs->running; l && count < limit; l = l->next) {
        pthread_mutex_lock(&l->lock);
        if (l->dirty && (all || now - l->written_us >= PROGRESS_INTERVAL_US))
            due[count++] = l;
        pthread_mutex_unlock(&l->lock);
    }
    jobs->flushing = count > 0;
    pthread_mutex_unlock(&jobs->lock);
    return count;
}

static void flush_done(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->flushing = false;
    pthread_cond_broadcast(&jobs->drained);
    pthread_mutex_unlock(&jobs->lock);
}

static struct err flush_pinned(struct jobs *jobs, struct job_lease **due, size_t count)
{
    TX(tx);
    TRY(db_begin(jobs->core->db, &tx));
    for (size_t i = 0; i < count; i++) {
        bool mine;
        TRY(write_news(tx.conn, due[i], &mine));
        if (!mine)
            lease_stop(due[i], STOP_LOST);
    }
    return db_commit(&tx);
}

struct err leases_flush(struct jobs *jobs, bool all)
{
    struct job_lease *due[64];
    size_t count = pin_dirty(jobs, all, due, sizeof(due) / sizeof(due[0]));
    if (!count)
        return OK;
    struct err e = flush_pinned(jobs, due, count);
    flush_done(jobs);
    return e;
}

/* --- the outcome ------------------------------------------------------------------------------------- */

void lease_stop(struct job_lease *l, enum stop_reason reason)
{
    int none = STOP_NONE;
    atomic_compare_exchange_strong(&l->reason, &none, (int)reason);
    __atomic_store_n(&l->stop, true, __ATOMIC_RELEASE);
}

static bool worth_retrying(enum err_kind kind)
{
    return kind == ERR_UPSTREAM || kind == ERR_TIMEOUT || kind == ERR_BUSY || kind == ERR_STORAGE ||
           kind == ERR_THROTTLED;
}

static int64_t retry_at(const struct job_lease *l)
{
    int64_t wait = l->kind && l->kind->backoff_s > 0 ? l->kind->backoff_s : 5;
    for (int64_t i = 1; i < l->job.attempt && wait < MAX_BACKOFF_S; i++)
        wait *= 2;
    if (wait > MAX_BACKOFF_S)
        wait = MAX_BACKOFF_S;
    /* Up to a quarter more, so that jobs that failed together do not come back together. */
    int64_t jitter = (int64_t)(random_u64() % (uint64_t)(wait * SECONDS_US / 4 + 1));
    return time_now_us() + wait * SECONDS_US + jitter;
}

struct ending {
    enum job_state state;
    enum event_kind event;
};

static struct ending ending_of(const struct job_lease *l, struct err outcome)
{
    int reason = atomic_load(&l->reason);
    if (!failed(outcome))
        return (struct ending){JOB_COMPLETED, EVENT_JOB_COMPLETED};
    if (reason == STOP_TIMEOUT)
        return (struct ending){JOB_TIMEOUT, EVENT_JOB_TIMEOUT};
    if (reason == STOP_CANCELLED)
        return (struct ending){JOB_CANCELLED, EVENT_JOB_CANCELLED};
    if (worth_retrying(outcome.kind) && l->job.attempt < l->job.max_attempts)
        return (struct ending){JOB_WAITING, EVENT_JOB_RETRY};
    return (struct ending){JOB_FAILED, EVENT_JOB_FAILED};
}

static void fill_ending(struct job_lease *l, struct err outcome, struct ending ending, struct job *job)
{
    job->state = (int)ending.state;
    job->result = l->result;
    if (ending.state == JOB_COMPLETED) {
        job->progress = 1;
        if (!job->result)
            job->result = "{\"status\":\"success\"}";
        return;
    }
    if (ending.state == JOB_WAITING)
        job->run_at = retry_at(l);
    job->error_code = outcome.code;
    job->error = outcome.msg ? outcome.msg : err_kind_name(outcome.kind);
    if (ending.state == JOB_TIMEOUT)
        job->error = arena_printf(&l->arena, "Job exceeded timeout of %lld seconds",
                                  (long long)job->timeout_s);
}

static struct err write_ending(struct db_conn *tx, const struct job *job, bool *ret_mine)
{
    int64_t now = time_now_us();
    bool final = job_state_is_final(job->state);
    int64_t changed;
    TRY(db_exec_n(tx, &changed,
                  "UPDATE job SET state = $1, progress = $2, result = $3, error = $4, error_code = $5,"
                  " run_at = $6, finished_at = $7, updated_at = $8, lease_owner = NULL,"
                  " lease_until = NULL, speed = NULL, eta_s = NULL,"
                  " unique_key = CASE WHEN $9 = 1 THEN NULL ELSE unique_key END"
                  " WHERE id = $10 AND fence = $11 AND state = 2",
                  "irtttiiiiii", (int64_t)job->state, job->progress, job->result, job->error,
                  job->error_code, job->run_at, final ? now : TIME_NONE, now, (int64_t)final, job->id,
                  job->fence));
    *ret_mine = changed > 0;
    return OK;
}

/* What people see of it in the activity log. */
static struct err job_activity(struct db_conn *tx, const struct job *job)
{
    BUF(details);
    if (!job_state_is_final(job->state))
        return OK;
    struct jw w = jw_to(&details);
    jw_object(&w);
    jw_kv_text(&w, "job_id", job->uuid);
    jw_kv_int(&w, "processed", job->processed);
    if (job->subject)
        jw_kv_text(&w, "subject", job->subject);
    if (job->error)
        jw_kv_text(&w, "error", job->error);
    jw_end(&w);
    return activity_add(tx, job->kind, words_name(&job_state_words, job->state), details.data);
}

static struct err finish_in(struct db_conn *tx, struct job_lease *l, struct err outcome, bool *ret_mine)
{
    struct ending ending = ending_of(l, outcome);
    bool mine = true;
    if (has_news(l))
        TRY(write_news(tx, l, &mine));
    struct job job;
    snapshot(l, &job);
    job.step = l->step;
    fill_ending(l, outcome, ending, &job);
    if (mine)
        TRY(write_ending(tx, &job, &mine));
    *ret_mine = mine;
    if (!mine)
        return OK;
    TRY(job_event(tx, ending.event, &job));
    TRY(job_activity(tx, &job));
    return schedule_note(tx, &job);
}

struct err lease_finish(struct job_lease *l, struct err outcome)
{
    bool mine;
    TX(tx);
    TRY(db_begin(l->jobs->core->db, &tx));
    TRY(finish_in(tx.conn, l, outcome, &mine));
    /* Otherwise cancelled or taken over: the row tells another story already. */
    return mine ? db_commit(&tx) : OK;
}

struct err lease_finish_and_take(struct job_lease *l, struct err outcome, struct arena *a,
                                 struct job_lease **ret_next)
{
    bool mine;
    TX(tx);
    struct db_values ids = {0};
    struct lease_batch batch = {0};
    TRY(db_begin(l->jobs->core->db, &tx));
    TRY(finish_in(tx.conn, l, outcome, &mine));
    if (!mine)
        return OK;
    TRY(choose(l->jobs, tx.conn, a, 1, false, &ids));
    struct err e = ids.count ? lease_rows(l->jobs, tx.conn, a, &ids, &batch) : OK;
    if (!failed(e))
        e = db_commit(&tx);
    if (failed(e) && batch.count)
        lease_free(batch.items[0]);
    else if (batch.count)
        *ret_next = batch.items[0];
    return e;
}

struct err lease_hand_back(struct job_lease *l)
{
    TX(tx);
    TRY(db_begin(l->jobs->core->db, &tx));
    TRY(db_exec(tx.conn,
                "UPDATE job SET state = 0, lease_owner = NULL, lease_until = NULL, fence = fence + 1,"
                " attempt = attempt - 1, updated_at = $1 WHERE id = $2 AND fence = $3 AND state = 2",
                "iii", time_now_us(), l->job.id, l->job.fence));
    return db_commit(&tx);
}

/* --- what kinds call ---------------------------------------------------------------------------------- */

bool job_cancelled(struct job_run *run)
{
    return __atomic_load_n(&run->lease->stop, __ATOMIC_ACQUIRE);
}

const volatile bool *job_cancel_flag(struct job_run *run)
{
    return &run->lease->stop;
}

bool job_is_interrupted(struct job_run *run)
{
    int reason = atomic_load(&run->lease->reason);
    return reason == STOP_SHUTDOWN || reason == STOP_LOST;
}

struct err job_stopped(struct job_run *run)
{
    static const char *const texts[] = {
        [STOP_NONE] = "The job was stopped", [STOP_CANCELLED] = "The job was cancelled",
        [STOP_TIMEOUT] = "The job took too long", [STOP_LOST] = "Another worker took the job over",
        [STOP_SHUTDOWN] = "The server is stopping"};
    return err_make(ERR_CANCELLED, "job_stopped", texts[atomic_load(&run->lease->reason)]);
}

void job_progress(struct job_run *run, int64_t processed, int64_t total, const char *step)
{
    struct job_lease *l = run->lease;
    pthread_mutex_lock(&l->lock);
    l->processed = processed;
    l->total = total;
    if (step)
        snprintf(l->step, sizeof(l->step), "%s", step);
    l->dirty = true;
    pthread_mutex_unlock(&l->lock);
}

void job_rate(struct job_run *run, double speed, int64_t eta_s)
{
    struct job_lease *l = run->lease;
    pthread_mutex_lock(&l->lock);
    l->speed = speed;
    l->eta_s = eta_s;
    l->dirty = true;
    pthread_mutex_unlock(&l->lock);
}

void job_log(struct job_run *run, int level, const char *fmt, ...)
{
    struct job_lease *l = run->lease;
    char text[1000];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    for (char *p = text; *p; p++) {
        if (*p == '\n' || *p == '\r')
            *p = ' ';
    }
    pthread_mutex_lock(&l->lock);
    if (l->log_lines < LOG_LINES_PER_JOB) {
        l->log_lines++;
        buf_printf(&l->log, "%d\t%lld\t%s\n", level, (long long)time_now_us(), text);
        l->dirty = true;
    }
    pthread_mutex_unlock(&l->lock);
}

void job_result(struct job_run *run, const char *json)
{
    struct job_lease *l = run->lease;
    pthread_mutex_lock(&l->lock);
    free(l->result);
    l->result = strdup(json);
    CHECK(l->result != NULL);
    pthread_mutex_unlock(&l->lock);
}

struct err job_fence(struct job_run *run, struct db_conn *tx)
{
    int64_t changed;
    /* A write, so that on PostgreSQL the row is locked until this transaction ends. */
    TRY(db_exec_n(tx, &changed, "UPDATE job SET fence = fence WHERE id = $1 AND fence = $2 AND state = 2",
                  "ii", run->job->id, run->job->fence));
    if (changed)
        return OK;
    lease_stop(run->lease, STOP_LOST);
    return job_stopped(run);
}

static struct err save_in(struct job_run *run, struct db_conn *tx, const char *json)
{
    int64_t changed;
    TRY(db_exec_n(tx, &changed, "UPDATE job SET saved = $1 WHERE id = $2 AND fence = $3 AND state = 2",
                  "tii", json, run->job->id, run->job->fence));
    if (changed)
        return OK;
    lease_stop(run->lease, STOP_LOST);
    return job_stopped(run);
}

struct err job_save(struct job_run *run, struct db_conn *conn, const char *json)
{
    if (conn)
        return save_in(run, conn, json);
    TX(tx);
    TRY(db_begin(run->core->db, &tx));
    TRY(save_in(run, tx.conn, json));
    return db_commit(&tx);
}
