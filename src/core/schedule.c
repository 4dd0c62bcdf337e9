/* Schedules: rows with a cron expression that enqueue jobs. */
#include "core/schedule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/jobs_private.h"

#define SF(kind_, member_, ...) F(struct schedule, kind_, member_, .column = #member_, __VA_ARGS__)
SHAPE(schedule_shape, "Schedule", struct schedule, "A cron schedule that enqueues jobs",
      SF(T_INT, id), SF(T_TEXT, name), SF(T_TEXT, kind), SF(T_TEXT, cron), SF(T_BOOL, enabled),
      SF(T_JSON, args), SF(T_TIME, last_run_at), SF(T_TIME, next_run_at), SF(T_TEXT, last_status),
      SF(T_TEXT, last_error), SF(T_TEXT, last_job_uuid), SF(T_INT, run_count), SF(T_BOOL, builtin),
      SF(T_TIME, created_at), SF(T_TIME, updated_at));

/* --- reading ---------------------------------------------------------------------------------------- */

static struct err select_schedules(struct db_conn *conn, struct arena *a, const char *rest,
                                   int64_t value, struct schedule_list *ret)
{
    BUF(sql);
    ROWS(rows);
    buf_puts(&sql, "SELECT ");
    db_columns(&sql, &schedule_shape, NULL);
    buf_printf(&sql, " FROM schedule %s", rest);
    if (strstr(rest, "$1"))
        TRY(db_query(conn, &rows, sql.data, "i", value));
    else
        TRY(db_query(conn, &rows, sql.data, ""));
    while (rows_next(&rows))
        rows_fill(&rows, a, &schedule_shape, 0, arena_push(a, ret));
    return rows_end(&rows);
}

struct err schedules_list(struct db_conn *conn, struct arena *a, struct schedule_list *ret)
{
    return select_schedules(conn, a, "ORDER BY name, id", 0, ret);
}

struct err schedule_get(struct db_conn *conn, struct arena *a, int64_t id, struct schedule *ret)
{
    struct schedule_list list = {0};
    TRY(select_schedules(conn, a, "WHERE id = $1", id, &list));
    if (!list.count)
        return err_make(ERR_NOT_FOUND, "schedule_not_found", "Scheduled task not found");
    *ret = list.items[0];
    return OK;
}

/* --- writing ---------------------------------------------------------------------------------------- */

static struct err next_run(const struct schedule *s, int64_t *ret_next)
{
    struct cron cron;
    if (!cron_parse(s->cron, &cron))
        return err_field(ERR_INVALID, "bad_cron", "cron_expression", "Invalid cron expression");
    int64_t next = cron_next(&cron, time_now_us());
    if (next == TIME_NONE)
        return err_field(ERR_INVALID, "bad_cron", "cron_expression",
                         "Invalid cron expression: it never matches");
    *ret_next = s->enabled == 1 ? next : TIME_NONE;
    return OK;
}

static struct err check_kind(struct jobs *jobs, const struct schedule *s)
{
    if (jobs_kind(jobs, s->kind))
        return OK;
    return err_field(ERR_INVALID, "unknown_job_type", "job_type", "No such job type");
}

static struct err check_name(struct db_conn *tx, const struct schedule *s)
{
    int64_t taken;
    TRY(db_get_int(tx, &taken, "SELECT id FROM schedule WHERE name = $1 AND id <> $2", "ti", s->name,
                   s->id == INT_NONE ? 0 : s->id));
    return taken == INT_NONE ? OK
                             : err_field(ERR_CONFLICT, "schedule_exists", "name",
                                         "A scheduled task with this name exists");
}

struct err schedule_create(struct jobs *jobs, struct db_conn *tx, struct arena *a,
                           struct schedule *schedule)
{
    struct schedule s = *schedule;
    s.id = INT_NONE;
    TRY(check_kind(jobs, &s));
    TRY(next_run(&s, &s.next_run_at));
    TRY(check_name(tx, &s));
    s.created_at = s.updated_at = time_now_us();
    s.last_run_at = TIME_NONE;
    s.last_status = s.last_error = s.last_job_uuid = NULL;
    s.run_count = 0;
    s.builtin = s.builtin == 1;
    TRY(db_insert(tx, a, "schedule", &schedule_shape, &s, &s.id));
    *schedule = s;
    return OK;
}

static struct err check_not_builtin(struct arena *a, const struct schedule *s)
{
    return s->builtin != 1 ? OK
                           : err_f(a, ERR_CONFLICT, "schedule_builtin",
                                   "The schedule %s follows the settings: change them instead", s->name);
}

static struct err change(struct jobs *jobs, struct db_conn *tx, struct arena *a, struct schedule *current,
                         const struct schedule *changed, const struct presence *which)
{
    struct schedule s = *current;
    struct presence set = *which;
    for (size_t i = 0; i < schedule_shape.count; i++) {
        if (is_present(which, i))
            field_copy(&schedule_shape.fields[i], &s, changed);
    }
    s.updated_at = time_now_us();
    TRY(check_kind(jobs, &s));
    TRY(next_run(&s, &s.next_run_at));
    TRY(check_name(tx, &s));
    set_present(&set, (size_t)shape_find(&schedule_shape, "updated_at"));
    set_present(&set, (size_t)shape_find(&schedule_shape, "next_run_at"));
    TRY(db_update(tx, a, "schedule", &schedule_shape, s.id, &s, &set));
    *current = s;
    return OK;
}

struct err schedule_update(struct jobs *jobs, struct db_conn *tx, struct arena *a,
                           const struct schedule *changed, const struct presence *which,
                           struct schedule *ret)
{
    struct schedule s;
    TRY(schedule_get(tx, a, changed->id, &s));
    TRY(check_not_builtin(a, &s));
    TRY(change(jobs, tx, a, &s, changed, which));
    *ret = s;
    return OK;
}

struct err schedule_delete(struct db_conn *tx, struct arena *a, int64_t id)
{
    struct schedule s;
    TRY(schedule_get(tx, a, id, &s));
    TRY(check_not_builtin(a, &s));
    return db_exec(tx, "DELETE FROM schedule WHERE id = $1", "i", id);
}

static bool is_as_wanted(const struct schedule *s, const struct schedule *wanted)
{
    return strcmp(s->cron, wanted->cron) == 0 && (s->enabled == 1) == (wanted->enabled == 1);
}

static struct err make_builtin(struct jobs *jobs, struct db_conn *tx, struct arena *a, const struct schedule *wanted)
{
    struct schedule s;
    shape_clear(&schedule_shape, &s);
    s.name = wanted->name;
    s.kind = wanted->kind;
    s.cron = wanted->cron;
    s.enabled = wanted->enabled;
    s.builtin = 1;
    s.id = INT_NONE;
    if (failed(check_name(tx, &s))) /* a person's own */
        s.name = arena_printf(a, "%s (builtin)", wanted->name);
    return schedule_create(jobs, tx, a, &s);
}

struct err schedule_keep(struct jobs *jobs, struct db_conn *tx, struct arena *a, const struct schedule *wanted)
{
    struct presence which = {0};
    struct schedule_list all = {0};
    TRY(schedules_list(tx, a, &all));
    for (size_t i = 0; i < all.count; i++) {
        struct schedule *s = &all.items[i];
        if (s->builtin != 1 || strcmp(s->kind, wanted->kind) != 0)
            continue;
        if (is_as_wanted(s, wanted))
            return OK; /* its next run stays, also one that was slept through */
        set_present(&which, (size_t)shape_find(&schedule_shape, "cron"));
        set_present(&which, (size_t)shape_find(&schedule_shape, "enabled"));
        return change(jobs, tx, a, s, wanted, &which);
    }
    return make_builtin(jobs, tx, a, wanted);
}

/* --- running ---------------------------------------------------------------------------------------- */

static struct err enqueue(struct jobs *jobs, struct db_conn *tx, struct arena *a,
                          const struct schedule *s, struct job *ret_job)
{
    TRY(jobs_submit(jobs, tx, a,
                    JOB_SPEC(s->kind, .args = s->args,
                             .origin = arena_printf(a, "schedule:%lld", (long long)s->id)),
                    ret_job));
    return db_exec(tx,
                   "UPDATE schedule SET last_run_at = $1, run_count = run_count + 1,"
                   " last_job_uuid = $2 WHERE id = $3",
                   "iti", time_now_us(), ret_job->uuid, s->id);
}

struct err schedule_run(struct jobs *jobs, struct db_conn *tx, struct arena *a, int64_t id,
                        struct job *ret_job)
{
    struct schedule s;
    TRY(schedule_get(tx, a, id, &s));
    return enqueue(jobs, tx, a, &s, ret_job);
}

/* Moves next_run_at on; only the process whose update finds the old value may enqueue. */
static struct err advance(struct db_conn *tx, const struct schedule *s, int64_t now, bool *ret_mine)
{
    struct cron cron;
    int64_t changed;
    int64_t next = cron_parse(s->cron, &cron) ? cron_next(&cron, now) : TIME_NONE;
    TRY(db_exec_n(tx, &changed,
                  "UPDATE schedule SET next_run_at = $1 WHERE id = $2 AND next_run_at = $3", "iii", next,
                  s->id, s->next_run_at));
    *ret_mine = changed > 0;
    return OK;
}

static struct err fire(struct jobs *jobs, struct arena *a, const struct schedule *s, int64_t now)
{
    TX(tx);
    bool mine;
    struct job job;
    TRY(db_begin(jobs->core->db, &tx));
    TRY(advance(tx.conn, s, now, &mine));
    struct err e = mine ? enqueue(jobs, tx.conn, a, s, &job) : OK;
    if (failed(e) && e.kind != ERR_INVALID)
        return e;
    if (failed(e)) /* its arguments no longer fit its kind: told where people look */
        TRY(db_exec(tx.conn, "UPDATE schedule SET last_status = 'failed', last_error = $1 WHERE id = $2",
                    "ti", e.msg, s->id));
    return db_commit(&tx);
}

struct err schedules_fire_due(struct jobs *jobs, struct arena *a, int64_t now_us, int64_t *ret_next_us)
{
    struct schedule_list due = {0};
    TRY(select_schedules(db_reader(jobs->core->db), a,
                         "WHERE enabled = 1 AND next_run_at <= $1 ORDER BY next_run_at LIMIT 100",
                         now_us, &due));
    for (size_t i = 0; i < due.count; i++)
        TRY(fire(jobs, a, &due.items[i], now_us));
    return db_get_int(db_reader(jobs->core->db), ret_next_us,
                      "SELECT MIN(next_run_at) FROM schedule WHERE enabled = 1", "");
}

struct err schedule_note(struct db_conn *tx, const struct job *job)
{
    if (!job->origin || strncmp(job->origin, "schedule:", 9) != 0 || !job_state_is_final(job->state))
        return OK;
    const char *status = job->state == JOB_COMPLETED   ? "success"
                         : job->state == JOB_CANCELLED ? "cancelled"
                                                       : "failed";
    return db_exec(tx,
                   "UPDATE schedule SET last_status = $1, last_error = $2"
                   " WHERE id = $3 AND last_job_uuid = $4",
                   "ttit", status, job->state == JOB_COMPLETED ? NULL : job->error,
                   (int64_t)strtoll(job->origin + 9, NULL, 10), job->uuid);
}
