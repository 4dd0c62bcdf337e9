/*
 * The job queue: rows, leases, workers.
 *
 * A job is a row. jobs_submit() writes it in the caller's transaction. Worker threads (here or in another
 * process on the same PostgreSQL) lease pending rows by priority, then age; a lease carries a fencing
 * number, so a worker that lost its lease can no longer write progress, result or state. A process that
 * died leaves leases that run out and are taken over; the job runs again from its saved step, therefore
 * kinds are written to be run twice. What core/jobs does not know is what a job does: kinds are rows in
 * one table (work/), which wiring hands to jobs_create().
 *
 * States: pending -> running -> completed | failed | cancelled | timeout. `waiting` has a run_at in the
 * future or an unfinished dependency. A failed attempt goes back to waiting with backoff while attempts
 * are left. Cancelling a pending job ends it at once; a running one ends at once in the row and its
 * worker is told through job_cancelled(), which kinds ask often (every few milliseconds of work).
 *
 * Every change of state appends an event (core/events.h) in the same transaction; progress is written at
 * most 4 times a second per job, the newest wins, and the last one before the end is always written.
 */
#ifndef MEDLEY_CORE_JOBS_H
#define MEDLEY_CORE_JOBS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/desc.h"
#include "base/err.h"
#include "db/db.h"

struct core;
struct jobs;

enum job_state {
    JOB_PENDING,
    JOB_WAITING,
    JOB_RUNNING,
    JOB_COMPLETED,
    JOB_FAILED,
    JOB_CANCELLED,
    JOB_TIMEOUT,
    JOB_STATE_COUNT
};
extern const struct words job_state_words; /* "pending" ... "timeout" */
static inline bool job_state_is_final(int state)
{
    return state >= JOB_COMPLETED;
}

enum job_priority { JOB_LOW = 0, JOB_NORMAL = 5, JOB_HIGH = 10, JOB_CRITICAL = 20 };

struct job {
    int64_t id;
    const char *uuid;
    const char *kind;
    int state; /* enum job_state */
    int64_t priority;
    const char *args;       /* JSON object as submitted ("metadata") */
    double progress;        /* 0..1 */
    const char *step;
    int64_t processed;
    int64_t total;
    double speed;           /* bytes per second; NAN unknown */
    int64_t eta_s;          /* INT_NONE unknown */
    const char *result;     /* JSON object */
    const char *error;
    const char *error_code;
    int64_t attempt;        /* 0 before the first run */
    int64_t max_attempts;
    int64_t timeout_s;      /* INT_NONE: none */
    int64_t run_at;         /* not before */
    int64_t created_at;
    int64_t started_at;
    int64_t finished_at;
    int64_t updated_at;
    const char *parent_uuid;
    const char *subject;    /* "video:7", "library:3": what it is about; indexed */
    const char *origin;     /* which API or schedule made it: "fuzzbin", "schedule:4" */
    const char *saved;      /* JSON: where to resume; written by job_save() */
    const char *lease_owner;
    int64_t lease_until;
    int64_t fence;
};
extern const struct shape job_shape; /* columns of table job; JSON names of our own */

/* One row of the table of kinds. */
struct job_run;
struct job_kind {
    const char *name;
    const struct shape *args;   /* NULL: takes none */
    struct err (*run)(struct job_run *run);
    int timeout_s;              /* 0: none */
    int max_attempts;           /* 0: 1 */
    int backoff_s;              /* first retry; doubles, with jitter, at most an hour */
    int at_once;                /* how many may run at a time in one process; 0: no limit */
    const char *help;
    /* Runs in the transaction that cancels a job of the kind, running or not: takes back what was marked
     * when it was queued. A failure keeps the job from being cancelled. NULL: nothing to take back. */
    struct err (*cancelled)(struct db_conn *tx, struct arena *a, const struct job *job);
};

struct job_spec {
    const char *kind;
    const char *args;           /* JSON object; NULL: {} */
    int priority;               /* JOB_NORMAL when built with JOB_SPEC() */
    const char *subject;
    const char *origin;
    const char *parent_uuid;
    int64_t run_at;             /* 0 or TIME_NONE: now */
    int64_t timeout_s;          /* 0: the kind's */
    bool unchecked;             /* args are checked when the job runs, not now (document 000's POST /jobs) */
    const char *unique_key;     /* an unfinished job with the same key is returned instead of a new one */
};
#define JOB_SPEC(kind_, ...) (&(struct job_spec){.kind = (kind_), .priority = JOB_NORMAL, __VA_ARGS__})

/* Writes the job in the caller's transaction. Args are checked against the kind's shape:
 * ERR_INVALID "unknown_job_type" / "bad_job_args" (field = the argument's name). */
struct err jobs_submit(struct jobs *jobs, struct db_conn *tx, struct arena *a,
                       const struct job_spec *spec, struct job *ret_job) MUST_CHECK;
/* The same in a transaction of its own. */
struct err jobs_submit_now(struct jobs *jobs, struct arena *a, const struct job_spec *spec,
                           struct job *ret_job) MUST_CHECK;

/* By number or UUID. ERR_NOT_FOUND "job_not_found". */
struct err jobs_get(struct db_conn *conn, struct arena *a, int64_t id, struct job *ret_job) MUST_CHECK;
struct err jobs_get_uuid(struct db_conn *conn, struct arena *a, const char *uuid,
                         struct job *ret_job) MUST_CHECK;

struct job_filter {
    const char *kind;     /* NULL: any */
    const char *subject;  /* NULL: any */
    uint32_t states;      /* bit per enum job_state; 0: any */
    bool oldest_first;    /* default: unfinished first, then newest */
    bool newest_first;    /* by creation alone */
    const char *subject_type; /* "movie": every subject "movie:..." */
    int64_t limit;        /* 0: 100 */
    int64_t offset;
    const char *const *kinds; /* several; NULL-terminated */
};
struct job_list {
    VEC(struct job)
};
struct err jobs_list(struct db_conn *conn, struct arena *a, const struct job_filter *filter,
                     struct job_list *ret_list) MUST_CHECK;
struct err jobs_count(struct db_conn *conn, struct arena *a, const struct job_filter *filter,
                      int64_t *ret_count) MUST_CHECK;

/* Ends it at once. ERR_CONFLICT "job_finished" when it is over. */
struct err jobs_cancel(struct jobs *jobs, struct arena *a, int64_t id, struct job *ret_job) MUST_CHECK;
/* A finished job, back to pending with attempt 0. ERR_CONFLICT "job_active" when it is not over. */
struct err jobs_retry(struct jobs *jobs, struct arena *a, int64_t id, struct job *ret_job) MUST_CHECK;
/* Removes a finished job and its log. ERR_CONFLICT when it is not over. */
struct err jobs_delete(struct jobs *jobs, struct arena *a, int64_t id) MUST_CHECK;

struct job_log_line {
    int64_t id;
    int64_t at_us;
    int level; /* enum log_level */
    const char *text;
};
struct job_log {
    VEC(struct job_log_line)
};
struct err jobs_log(struct db_conn *conn, struct arena *a, int64_t job_id, int64_t after_id, int limit,
                    struct job_log *ret_log) MUST_CHECK;

/* --- for the code of a kind (work/) -------------------------------------------------------------- */

struct job_run {
    struct core *core;
    struct arena *arena;    /* of this attempt */
    const struct job *job;
    void *args;             /* filled by the kind's shape */
    struct presence present;
    struct job_lease *lease; /* private */
};

/* Cheap (a flag); true after cancel, timeout, lost lease or shutdown. The kind then returns
 * job_stopped(run). */
bool job_cancelled(struct job_run *run);
/* A flag that outside programs and media requests can watch. */
const volatile bool *job_cancel_flag(struct job_run *run);
struct err job_stopped(struct job_run *run) MUST_CHECK;
/* The run ends but the job goes on, here or elsewhere: the server is stopping, or the lease is lost. What was
 * begun stays for the next run. */
bool job_is_interrupted(struct job_run *run);
/* Debounced. total 0: unknown. `step` is copied. */
void job_progress(struct job_run *run, int64_t processed, int64_t total, const char *step);
void job_rate(struct job_run *run, double bytes_per_s, int64_t eta_s);
/* One line of the job's log; at most 1,000 lines are kept per job. */
void job_log(struct job_run *run, int level, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* JSON object; kept at success, and at failure when set. Copied. */
void job_result(struct job_run *run, const char *json);
/* Saves where to resume (JSON), fenced, in the given transaction or (NULL) its own. ERR_CANCELLED when
 * the lease is lost. */
struct err job_save(struct job_run *run, struct db_conn *tx, const char *json) MUST_CHECK;
/* In a job's write transaction: fails with ERR_CANCELLED when the lease is no longer ours, so that a
 * worker that was overtaken cannot write. */
struct err job_fence(struct job_run *run, struct db_conn *tx) MUST_CHECK;

/* --- running ------------------------------------------------------------------------------------- */

struct jobs_options {
    const struct job_kind *const *kinds; /* NULL-terminated list of rows */
    int workers;                         /* 0: submit only */
    int lease_s;                         /* 0: 30 */
    const char *owner;                   /* unique per process; NULL: made up */
};
struct err jobs_create(struct core *core, const struct jobs_options *options,
                       struct jobs **ret_jobs) MUST_CHECK;
/* Starts the workers and the scheduler. */
struct err jobs_start(struct jobs *jobs) MUST_CHECK;
/* Tells running jobs to stop, and lets none begin. At once. What they wait for may be taken away afterwards: a
 * job that fails for that goes back to the queue. */
void jobs_stop(struct jobs *jobs);
/* The same, then waits at most grace_ms, and hands unfinished ones back to the queue. False when a worker is
 * still busy: then nothing was freed, and nothing that a job may touch may be. */
bool jobs_destroy(struct jobs *jobs, int grace_ms);
const struct job_kind *jobs_kind(const struct jobs *jobs, const char *name);
const struct job_kind *const *jobs_kinds(const struct jobs *jobs);

/* Numbers for metrics and dashboards, over all rows. */
struct job_kind_stats {
    const char *kind;
    int64_t total, completed, failed, cancelled, timeout;
    double total_duration_s; /* of completed jobs */
};
struct job_stats {
    int64_t by_state[JOB_STATE_COUNT];
    int64_t oldest_pending_at, last_failure_at, last_completion_at;
    VEC(struct job_kind_stats)
};
struct err jobs_stats(struct db_conn *conn, struct arena *a, struct job_stats *ret_stats) MUST_CHECK;

#endif
