/* Private to core/jobs*.c: what the queue, its dispatcher and its workers share. */
#ifndef MEDLEY_CORE_JOBS_PRIVATE_H
#define MEDLEY_CORE_JOBS_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/buf.h"
#include "core/core.h"
#include "core/events.h"
#include "core/jobs.h"

#define PROGRESS_INTERVAL_US INT64_C(250000) /* at most four a second per job */
#define LOG_LINES_PER_JOB    1000

enum stop_reason { STOP_NONE, STOP_CANCELLED, STOP_TIMEOUT, STOP_LOST, STOP_SHUTDOWN };

/* A job that this process holds. Lives from claim to finish. */
struct job_lease {
    struct jobs *jobs;
    struct arena arena;        /* of the row; the run has its own */
    struct job job;
    const struct job_kind *kind;
    int64_t deadline_us;       /* wall clock; TIME_NONE: none */
    volatile bool stop;        /* what the kind looks at */
    atomic_int reason;         /* enum stop_reason */
    /* protected by lock */
    pthread_mutex_t lock;
    bool dirty;
    int64_t written_us;
    int64_t processed;
    int64_t total;
    char step[256];
    double speed;
    int64_t eta_s;
    struct buf log;            /* "level\ttime\ttext\n" lines not yet written */
    int log_lines;
    char *result;
    /* protected by jobs->lock */
    struct job_lease *next;        /* in jobs->running */
    struct job_lease *next_queued; /* in jobs->ready */
};

struct jobs {
    struct core *core;
    const struct job_kind *const *kinds;
    int workers;
    int lease_s;
    char owner[64];
    pthread_t dispatcher;
    pthread_t *threads;
    bool started;
    /* protected by lock */
    pthread_mutex_t lock;
    pthread_cond_t wake_dispatcher;
    pthread_cond_t wake_worker;
    pthread_cond_t drained;
    struct job_lease *running;
    struct job_lease *ready;       /* claimed, no worker yet */
    struct job_lease **ready_tail;
    int idle;                      /* workers without a job, not counting `ready` */
    int live;                      /* worker threads that have not ended */
    bool poke;                     /* look at the queue now */
    bool flushing;                 /* leases_flush holds pointers: nobody may free a lease */
    bool stopping;
};

/* --- rows (jobs.c) --- */
extern const char job_columns[]; /* in the order that job_read takes */
void job_read(const struct rows *rows, struct arena *a, struct job *ret_job);
/* "Missing required parameter: x" and the like. */
struct mistake;
struct err job_bad_args(struct arena *a, const struct mistake *m) MUST_CHECK;
struct err job_event(struct db_conn *tx, enum event_kind kind, const struct job *job);

/* --- leases (lease.c) --- */
struct lease_batch {
    VEC(struct job_lease *)
};
struct err leases_claim(struct jobs *jobs, int limit, struct lease_batch *ret_batch,
                        struct arena *a) MUST_CHECK;
/* Rows whose time has come, and leases that nobody renewed, go back to pending. *ret_next_us: when the
 * next waiting row is due. */
struct err leases_recover(struct jobs *jobs, int64_t *ret_next_us) MUST_CHECK;
/* Every lease of this process is renewed in one statement. */
struct err leases_renew(struct jobs *jobs) MUST_CHECK;
/* Writes progress and log lines of the leases that changed, in one transaction. */
struct err leases_flush(struct jobs *jobs, bool all) MUST_CHECK;
/* The outcome of an attempt, fenced. */
struct err lease_finish(struct job_lease *lease, struct err outcome) MUST_CHECK;
/* The same, and the next row for this worker in the same transaction. *ret_next stays as it was when there is
 * none, or one of a limited kind comes first: the dispatcher hands those out. */
struct err lease_finish_and_take(struct job_lease *lease, struct err outcome, struct arena *a,
                                 struct job_lease **ret_next) MUST_CHECK;
struct err lease_hand_back(struct job_lease *lease) MUST_CHECK;
void lease_stop(struct job_lease *lease, enum stop_reason reason);
void lease_free(struct job_lease *lease);

/* --- workers (workers.c) --- */
void jobs_poke(struct jobs *jobs);

/* A finished job that a schedule made: its last_status and last_error. */
struct err schedule_note(struct db_conn *tx, const struct job *job) MUST_CHECK;

#endif
