/*
 * Threads of the queue. One dispatcher claims rows for idle workers, renews leases, writes progress,
 * watches deadlines and fires schedules; the workers run kinds.
 */
#include "core/jobs_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/ids.h"
#include "base/log.h"
#include "core/schedule.h"
#include "json/decode.h"

#define DEFAULT_LEASE_S 30
#define RECOVER_EVERY_US (2 * SECONDS_US)
#define MAX_SLEEP_US     (2 * SECONDS_US)

/* --- worker ----------------------------------------------------------------------------------------- */

static struct err run_kind(struct job_lease *l, struct arena *a)
{
    if (!l->kind)
        return err_f(a, ERR_INVALID, "unknown_job_type", "Unknown job type: %s", l->job.kind);
    struct job_run run = {.core = l->jobs->core, .arena = a, .job = &l->job, .lease = l};
    if (l->kind->args) {
        struct mistakes mistakes = {0};
        struct decode_options options = {.where = "body", .lenient_numbers = true};
        json_t *value = json_read(a, l->job.args, strlen(l->job.args), "body", &mistakes);
        run.args = arena_alloc(a, l->kind->args->size);
        if (!value || !shape_decode(a, l->kind->args, value, &options, &mistakes, run.args, &run.present))
            return job_bad_args(a, &mistakes.items[0]);
    }
    if (job_cancelled(&run))
        return job_stopped(&run);
    return l->kind->run(&run);
}

/* The next job of this worker, NULL when the dispatcher shall find one. */
static struct job_lease *finish(struct job_lease *l, struct err outcome, struct arena *a)
{
    struct job_lease *next = NULL;
    bool hand_back = failed(outcome) && outcome.kind == ERR_CANCELLED &&
                     atomic_load(&l->reason) == STOP_SHUTDOWN;
    bool stopping = __atomic_load_n(&l->jobs->stopping, __ATOMIC_ACQUIRE);
    struct err e = hand_back  ? lease_hand_back(l)
                   : stopping ? lease_finish(l, outcome)
                              : lease_finish_and_take(l, outcome, a, &next);
    if (failed(e)) /* busy; or the next one was at fault */
        e = hand_back ? lease_hand_back(l) : lease_finish(l, outcome);
    if (failed(e)) /* the lease runs out and the job is taken over */
        log_err(LOG_ERROR, "jobs", "finish", e);
    if (failed(outcome) && !hand_back && outcome.kind != ERR_CANCELLED)
        log_err(LOG_WARN, "jobs", l->job.kind, outcome);
    return next;
}

static struct job_lease *run_lease(struct job_lease *l)
{
    char scope[48];
    SCRATCH(a);
    snprintf(scope, sizeof(scope), "job=%lld", (long long)l->job.id);
    log_scope(scope);
    struct job_lease *next = finish(l, run_kind(l, &a), &a);
    log_scope(NULL);
    return next;
}

/* The worker goes on with `next`; without one it is idle, and the dispatcher looks at the queue. */
static void replace(struct jobs *jobs, struct job_lease *l, struct job_lease *next)
{
    pthread_mutex_lock(&jobs->lock);
    while (jobs->flushing)
        pthread_cond_wait(&jobs->drained, &jobs->lock);
    struct job_lease **at = &jobs->running;
    while (*at != l)
        at = &(*at)->next;
    *at = l->next;
    if (next) {
        next->next = jobs->running;
        jobs->running = next;
        if (jobs->stopping) /* the others were told already */
            lease_stop(next, STOP_SHUTDOWN);
    } else {
        jobs->idle++;
        jobs->poke = true;
        pthread_cond_signal(&jobs->wake_dispatcher);
    }
    pthread_mutex_unlock(&jobs->lock);
}

static void *worker_main(void *data)
{
    struct jobs *jobs = data;
    pthread_mutex_lock(&jobs->lock);
    for (;;) {
        while (!jobs->ready && !jobs->stopping)
            pthread_cond_wait(&jobs->wake_worker, &jobs->lock);
        struct job_lease *l = jobs->ready;
        if (!l)
            break;
        jobs->ready = l->next_queued;
        if (!jobs->ready)
            jobs->ready_tail = &jobs->ready;
        pthread_mutex_unlock(&jobs->lock);
        while (l) {
            struct job_lease *next = run_lease(l);
            replace(jobs, l, next);
            lease_free(l);
            l = next;
        }
        pthread_mutex_lock(&jobs->lock);
    }
    jobs->live--;
    pthread_cond_broadcast(&jobs->drained);
    pthread_mutex_unlock(&jobs->lock);
    return NULL;
}

/* --- dispatcher -------------------------------------------------------------------------------------- */

void jobs_poke(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->poke = true;
    pthread_cond_signal(&jobs->wake_dispatcher);
    pthread_mutex_unlock(&jobs->lock);
}

static void hand_out(struct jobs *jobs, const struct lease_batch *batch)
{
    pthread_mutex_lock(&jobs->lock);
    for (size_t i = 0; i < batch->count; i++) {
        struct job_lease *l = batch->items[i];
        l->next = jobs->running;
        jobs->running = l;
        *jobs->ready_tail = l;
        jobs->ready_tail = &l->next_queued;
        jobs->idle--;
    }
    pthread_cond_broadcast(&jobs->wake_worker);
    pthread_mutex_unlock(&jobs->lock);
}

static void enforce_deadlines(struct jobs *jobs)
{
    int64_t now = time_now_us();
    pthread_mutex_lock(&jobs->lock);
    for (struct job_lease *l = jobs->running; l; l = l->next) {
        if (l->deadline_us != TIME_NONE && now > l->deadline_us)
            lease_stop(l, STOP_TIMEOUT);
    }
    pthread_mutex_unlock(&jobs->lock);
}

static struct err claim_for_idle(struct jobs *jobs)
{
    SCRATCH(a);
    pthread_mutex_lock(&jobs->lock);
    int idle = jobs->idle;
    pthread_mutex_unlock(&jobs->lock);
    int64_t waiting = 0;
    if (idle <= 0)
        return OK;
    /* Asked on a reader first, so an idle queue costs no write. */
    TRY(db_get_int(db_reader(jobs->core->db), &waiting,
                   "SELECT COUNT(*) FROM (SELECT id FROM job WHERE state = 0 LIMIT 1) AS any_job", ""));
    if (waiting <= 0)
        return OK;
    /* More than one round where kinds without room stood before others. */
    while (idle > 0) {
        struct lease_batch batch = {0};
        TRY(leases_claim(jobs, idle, &batch, &a));
        hand_out(jobs, &batch);
        if (!batch.count)
            break;
        idle -= (int)batch.count;
    }
    return OK;
}

struct clockwork {
    int64_t next_recover;
    int64_t next_renew;
    int64_t next_schedule;
    int64_t next_waiting;
};

static struct err tick(struct jobs *jobs, struct clockwork *c, bool poked)
{
    int64_t now = time_now_us();
    TRY(leases_flush(jobs, false));
    enforce_deadlines(jobs);
    if (now >= c->next_renew) {
        if (jobs->running)
            TRY(leases_renew(jobs));
        c->next_renew = now + jobs->lease_s * SECONDS_US / 3;
    }
    if (poked || now >= c->next_recover || (c->next_waiting != TIME_NONE && now >= c->next_waiting)) {
        TRY(leases_recover(jobs, &c->next_waiting));
        c->next_recover = now + RECOVER_EVERY_US;
    }
    if (poked || now >= c->next_schedule) {
        SCRATCH(a);
        int64_t next;
        TRY(schedules_fire_due(jobs, &a, now, &next));
        c->next_schedule = now + MAX_SLEEP_US;
        if (next != TIME_NONE && next < c->next_schedule)
            c->next_schedule = next;
    }
    return claim_for_idle(jobs);
}

/* Sleeps until something is due; true when somebody called. */
static bool sleep_until_due(struct jobs *jobs, const struct clockwork *c)
{
    int64_t now = time_now_us();
    int64_t wait = MAX_SLEEP_US;
    if (c->next_waiting != TIME_NONE && c->next_waiting - now < wait)
        wait = c->next_waiting - now;
    if (c->next_schedule - now < wait)
        wait = c->next_schedule - now;
    pthread_mutex_lock(&jobs->lock);
    if (jobs->running && wait > PROGRESS_INTERVAL_US)
        wait = PROGRESS_INTERVAL_US;
    if (wait < 1000)
        wait = 1000;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += wait / SECONDS_US;
    until.tv_nsec += wait % SECONDS_US * 1000;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    while (!jobs->poke && !jobs->stopping) {
        if (pthread_cond_timedwait(&jobs->wake_dispatcher, &jobs->lock, &until) != 0)
            break;
    }
    bool poked = jobs->poke;
    jobs->poke = false;
    pthread_mutex_unlock(&jobs->lock);
    return poked;
}

static void *dispatcher_main(void *data)
{
    struct jobs *jobs = data;
    struct clockwork c = {.next_waiting = TIME_NONE};
    bool poked = true;
    bool complained = false;
    while (!__atomic_load_n(&jobs->stopping, __ATOMIC_ACQUIRE)) {
        struct err e = tick(jobs, &c, poked);
        if (failed(e) && !complained)
            log_err(LOG_WARN, "jobs", "dispatch", e);
        complained = failed(e);
        poked = sleep_until_due(jobs, &c);
    }
    return NULL;
}

static void on_event(void *context, const struct event *event)
{
    struct jobs *jobs = context;
    if (event->kind == EVENT_JOB_CREATED || event->kind == EVENT_JOB_RETRY) {
        jobs_poke(jobs);
    } else if (event->kind == EVENT_JOB_CANCELLED) {
        pthread_mutex_lock(&jobs->lock);
        for (struct job_lease *l = jobs->running; l; l = l->next) {
            if (l->job.id == event->subject_id)
                lease_stop(l, STOP_CANCELLED);
        }
        pthread_mutex_unlock(&jobs->lock);
    }
}

/* --- life ---------------------------------------------------------------------------------------------- */

static void init_locks(struct jobs *jobs)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&jobs->lock, NULL);
    pthread_cond_init(&jobs->wake_dispatcher, &monotonic);
    pthread_cond_init(&jobs->wake_worker, &monotonic);
    pthread_cond_init(&jobs->drained, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

struct err jobs_create(struct core *core, const struct jobs_options *options, struct jobs **ret_jobs)
{
    struct jobs *jobs = calloc(1, sizeof(*jobs));
    CHECK(jobs != NULL);
    jobs->core = core;
    jobs->kinds = options->kinds;
    jobs->workers = options->workers;
    jobs->lease_s = options->lease_s > 0 ? options->lease_s : DEFAULT_LEASE_S;
    jobs->ready_tail = &jobs->ready;
    init_locks(jobs);
    if (options->owner)
        snprintf(jobs->owner, sizeof(jobs->owner), "%s", options->owner);
    else
        snprintf(jobs->owner, sizeof(jobs->owner), "%d-%llx", (int)getpid(),
                 (unsigned long long)random_u64());
    *ret_jobs = jobs;
    return OK;
}

/* A SQLite database belongs to one process, so a lease that is left over belongs to a dead one. */
static struct err take_over_at_start(struct jobs *jobs)
{
    if (db_driver(jobs->core->db) != DB_SQLITE)
        return OK;
    TX(tx);
    TRY(db_begin(jobs->core->db, &tx));
    TRY(db_exec(tx.conn, "UPDATE job SET lease_until = 0 WHERE state = 2", ""));
    return db_commit(&tx);
}

struct err jobs_start(struct jobs *jobs)
{
    if (jobs->workers <= 0)
        return OK;
    TRY(take_over_at_start(jobs));
    bus_subscribe(jobs->core->bus, on_event, jobs);
    jobs->threads = calloc((size_t)jobs->workers, sizeof(pthread_t));
    CHECK(jobs->threads != NULL);
    jobs->idle = jobs->live = jobs->workers;
    jobs->started = true;
    for (int i = 0; i < jobs->workers; i++) {
        int failure = pthread_create(&jobs->threads[i], NULL, worker_main, jobs);
        CHECK(failure == 0);
    }
    int failure = pthread_create(&jobs->dispatcher, NULL, dispatcher_main, jobs);
    CHECK(failure == 0);
    return OK;
}

void jobs_stop(struct jobs *jobs)
{
    if (!jobs)
        return;
    pthread_mutex_lock(&jobs->lock);
    __atomic_store_n(&jobs->stopping, true, __ATOMIC_RELEASE);
    for (struct job_lease *l = jobs->running; l; l = l->next)
        lease_stop(l, STOP_SHUTDOWN);
    pthread_cond_broadcast(&jobs->wake_worker);
    pthread_cond_broadcast(&jobs->wake_dispatcher);
    pthread_mutex_unlock(&jobs->lock);
}

/* False when workers are still busy after the grace time. */
static bool wait_drained(struct jobs *jobs, int grace_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += grace_ms / 1000;
    pthread_mutex_lock(&jobs->lock);
    while (jobs->live > 0) {
        if (pthread_cond_timedwait(&jobs->drained, &jobs->lock, &until) != 0)
            break;
    }
    bool drained = jobs->live == 0;
    pthread_mutex_unlock(&jobs->lock);
    return drained;
}

static void hand_back_the_rest(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    struct job_lease *rest = jobs->running;
    pthread_mutex_unlock(&jobs->lock);
    for (struct job_lease *l = rest; l; l = l->next) {
        struct err e = lease_hand_back(l);
        if (failed(e))
            log_err(LOG_WARN, "jobs", "hand_back", e);
    }
}

static void free_the_rest(struct jobs *jobs)
{
    for (struct job_lease *l = jobs->running, *next; l; l = next) {
        next = l->next;
        lease_free(l);
    }
}

bool jobs_destroy(struct jobs *jobs, int grace_ms)
{
    if (!jobs)
        return true;
    if (jobs->started) {
        jobs_stop(jobs);
        pthread_join(jobs->dispatcher, NULL);
        if (!wait_drained(jobs, grace_ms)) {
            /* A kind that does not stop: its row goes back to the queue now, its thread is left to the
             * end of the process, and with it everything it may still touch. */
            hand_back_the_rest(jobs);
            return false;
        }
        for (int i = 0; i < jobs->workers; i++)
            pthread_join(jobs->threads[i], NULL);
        /* Claimed when the workers had already gone. */
        hand_back_the_rest(jobs);
        free_the_rest(jobs);
    }
    free(jobs->threads);
    pthread_mutex_destroy(&jobs->lock);
    pthread_cond_destroy(&jobs->wake_dispatcher);
    pthread_cond_destroy(&jobs->wake_worker);
    pthread_cond_destroy(&jobs->drained);
    free(jobs);
    return true;
}
