/* The queue: states, retries, cancelling, fencing, take-over, schedules; on both databases. */
#include "unit.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/err.h"
#include "core/events.h"
#include "core/jobs_private.h"
#include "core/schedule.h"
#include "server.h"

static atomic_int runs;
static atomic_int started;

static void nap_ms(int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

struct count_args {
    int64_t to;
};
SHAPE(count_args_shape, "CountArgs", struct count_args, "How far",
      F(struct count_args, T_INT, to, .flags = FIELD_REQUIRED, BETWEEN(0, 1000)));

static struct err count(struct job_run *run)
{
    const struct count_args *args = run->args;
    for (int64_t i = 1; i <= args->to; i++) {
        job_progress(run, i, args->to, "Counting");
        job_log(run, 1, "number %lld\nof many", (long long)i);
    }
    atomic_fetch_add(&runs, 1);
    job_result(run, "{\"counted\":true}");
    return OK;
}

static struct err wait_for_cancel(struct job_run *run)
{
    atomic_store(&started, 1);
    while (!job_cancelled(run))
        nap_ms(2);
    return job_stopped(run);
}

static struct err fail_twice(struct job_run *run)
{
    if (run->job->attempt < 3)
        return err_make(ERR_UPSTREAM, "away", "The service is away");
    return OK;
}

static struct err fail_for_good(struct job_run *run)
{
    (void)run;
    return err_make(ERR_INVALID, "nonsense", "This cannot work");
}

static struct err save_and_die(struct job_run *run)
{
    TRY(job_save(run, NULL, "{\"step\":2}"));
    atomic_store(&started, 1);
    while (!job_cancelled(run))
        nap_ms(2);
    return job_stopped(run);
}

static atomic_int narrow_now;
static atomic_int narrow_most;

static struct err run_narrow(struct job_run *run)
{
    (void)run;
    int now = atomic_fetch_add(&narrow_now, 1) + 1;
    int most = atomic_load(&narrow_most);
    while (now > most && !atomic_compare_exchange_weak(&narrow_most, &most, now))
        ;
    nap_ms(5);
    atomic_fetch_sub(&narrow_now, 1);
    return OK;
}

static const struct job_kind narrow_kind = {.name = "narrow", .run = run_narrow, .at_once = 2, .help = "-"};
static const struct job_kind count_kind = {.name = "count", .args = &count_args_shape, .run = count, .help = "-"};
static const struct job_kind wait_kind = {.name = "wait", .run = wait_for_cancel, .help = "-"};
static const struct job_kind short_kind = {.name = "short", .run = wait_for_cancel, .timeout_s = 1, .help = "-"};
static const struct job_kind flaky_kind = {
    .name = "flaky", .run = fail_twice, .max_attempts = 3, .backoff_s = 1, .help = "-"};
static const struct job_kind broken_kind = {
    .name = "broken", .run = fail_for_good, .max_attempts = 5, .backoff_s = 1, .help = "-"};
static const struct job_kind dying_kind = {.name = "dying", .run = save_and_die, .help = "-"};
static const struct job_kind *const kinds[] = {&count_kind, &wait_kind, &short_kind, &flaky_kind,
                                               &broken_kind, &dying_kind, &narrow_kind, NULL};

static void wait_started(void)
{
    for (int i = 0; i < 1000 && !atomic_load(&started); i++)
        nap_ms(5);
    assert_int_equal(atomic_load(&started), 1);
    atomic_store(&started, 0);
}

static struct job submit(struct test_db *t, struct core *core, const struct job_spec *spec)
{
    struct job job;
    assert_ok(jobs_submit_now(core->jobs, &t->arena, spec, &job));
    return job;
}

static void a_job_runs_once_and_keeps_its_result_and_log(struct test_db *t)
{
    struct core core;
    server_start(t, &core, kinds, 2);
    atomic_store(&runs, 0);
    struct job job = submit(t, &core, JOB_SPEC("count", .args = "{\"to\":5}", .subject = "video:7"));
    assert_int_equal(job.state, JOB_PENDING);
    job = server_wait(t, job.id);
    assert_int_equal(job.state, JOB_COMPLETED);
    assert_string_equal(job.result, "{\"counted\":true}");
    assert_int_equal(job.processed, 5);
    assert_true(fabs(job.progress - 1) < 1e-9);
    struct job_log log = {0};
    assert_ok(jobs_log(db_reader(t->db), &t->arena, job.id, 0, 100, &log));
    assert_int_equal(log.count, 5);
    assert_string_equal(log.items[0].text, "number 1 of many");
    struct job_list list = {0};
    assert_ok(jobs_list(db_reader(t->db), &t->arena, &(struct job_filter){.subject = "video:7"}, &list));
    assert_int_equal(list.count, 1);
    server_stop(&core);
    assert_int_equal(atomic_load(&runs), 1);
}

static void bad_arguments_and_kinds_are_refused(struct test_db *t)
{
    struct core core;
    struct job job;
    server_start(t, &core, kinds, 1);
    assert_fails(jobs_submit_now(core.jobs, &t->arena, JOB_SPEC("nope"), &job), ERR_INVALID);
    struct err e = jobs_submit_now(core.jobs, &t->arena, JOB_SPEC("count"), &job);
    assert_int_equal(e.kind, ERR_INVALID);
    assert_string_equal(e.msg, "Missing required parameter: to");
    assert_fails(jobs_submit_now(core.jobs, &t->arena, JOB_SPEC("count", .args = "[]"), &job), ERR_INVALID);
    job = submit(t, &core, JOB_SPEC("count", .args = "{}", .unchecked = true));
    job = server_wait(t, job.id);
    assert_int_equal(job.state, JOB_FAILED);
    assert_string_equal(job.error, "Missing required parameter: to");
    server_stop(&core);
}

static void cancelling_ends_the_row_at_once_and_the_worker_soon(struct test_db *t)
{
    struct core core;
    server_start(t, &core, kinds, 1);
    struct job job = submit(t, &core, JOB_SPEC("wait"));
    wait_started();
    int64_t before = time_monotonic_us();
    assert_ok(jobs_cancel(core.jobs, &t->arena, job.id, &job));
    assert_int_equal(job.state, JOB_CANCELLED);
    assert_fails(jobs_cancel(core.jobs, &t->arena, job.id, &job), ERR_CONFLICT);
    /* The only worker is free again: another job gets through. */
    job = submit(t, &core, JOB_SPEC("count", .args = "{\"to\":1}"));
    job = server_wait(t, job.id);
    assert_int_equal(job.state, JOB_COMPLETED);
    assert_true(time_monotonic_us() - before < 5 * SECONDS_US);
    server_stop(&core);
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM job WHERE state = 5"), 1);
}

static void a_job_that_takes_too_long_times_out(struct test_db *t)
{
    struct core core;
    server_start(t, &core, kinds, 1);
    struct job job = submit(t, &core, JOB_SPEC("short"));
    job = server_wait(t, job.id);
    assert_int_equal(job.state, JOB_TIMEOUT);
    assert_string_equal(job.error, "Job exceeded timeout of 1 seconds");
    atomic_store(&started, 0);
    server_stop(&core);
}

static void passing_troubles_are_retried_and_nonsense_is_not(struct test_db *t)
{
    struct core core;
    server_start(t, &core, kinds, 2);
    struct job flaky = submit(t, &core, JOB_SPEC("flaky"));
    struct job broken = submit(t, &core, JOB_SPEC("broken"));
    broken = server_wait(t, broken.id);
    assert_int_equal(broken.state, JOB_FAILED);
    assert_int_equal(broken.attempt, 1);
    assert_string_equal(broken.error_code, "nonsense");
    flaky = server_wait(t, flaky.id);
    assert_int_equal(flaky.state, JOB_COMPLETED);
    assert_int_equal(flaky.attempt, 3);
    assert_ok(jobs_retry(core.jobs, &t->arena, broken.id, &broken));
    assert_int_equal(broken.state, JOB_PENDING);
    assert_fails(jobs_retry(core.jobs, &t->arena, flaky.id, &flaky), ERR_CONFLICT);
    server_wait(t, broken.id);
    assert_ok(jobs_delete(core.jobs, &t->arena, broken.id));
    assert_fails(jobs_get(db_reader(t->db), &t->arena, broken.id, &broken), ERR_NOT_FOUND);
    server_stop(&core);
}

static void priority_comes_before_age(struct test_db *t)
{
    struct core core;
    SCRATCH(a);
    server_start(t, &core, kinds, 0);
    core.jobs->workers = 1;
    submit(t, &core, JOB_SPEC("count", .args = "{\"to\":1}"));
    struct job urgent = submit(t, &core, JOB_SPEC("count", .args = "{\"to\":1}", .priority = JOB_HIGH));
    struct lease_batch batch = {0};
    assert_ok(leases_claim(core.jobs, 1, &batch, &a));
    assert_int_equal(batch.count, 1);
    assert_int_equal(batch.items[0]->job.id, urgent.id);
    lease_free(batch.items[0]);
    server_stop(&core);
}

static void an_unfinished_unique_job_is_returned_again(struct test_db *t)
{
    struct core core;
    server_start(t, &core, kinds, 0);
    struct job one = submit(t, &core, JOB_SPEC("wait", .unique_key = "scan:1"));
    struct job two = submit(t, &core, JOB_SPEC("wait", .unique_key = "scan:1"));
    assert_int_equal(one.id, two.id);
    assert_ok(jobs_cancel(core.jobs, &t->arena, one.id, &one));
    two = submit(t, &core, JOB_SPEC("wait", .unique_key = "scan:1"));
    assert_int_not_equal(one.id, two.id);
    server_stop(&core);
}

static void a_worker_that_lost_its_lease_cannot_write(struct test_db *t)
{
    struct core core;
    SCRATCH(a);
    server_start(t, &core, kinds, 0);
    core.jobs->workers = 1;
    submit(t, &core, JOB_SPEC("wait"));
    struct lease_batch first = {0};
    struct lease_batch second = {0};
    assert_ok(leases_claim(core.jobs, 1, &first, &a));
    /* The first process sleeps through its lease; another takes the job over. */
    test_db_script(t, "UPDATE job SET lease_until = 1");
    int64_t next;
    assert_ok(leases_recover(core.jobs, &next));
    assert_ok(leases_claim(core.jobs, 1, &second, &a));
    assert_int_equal(second.items[0]->job.id, first.items[0]->job.id);
    struct job_run stale = {.core = &core, .arena = &a, .job = &first.items[0]->job, .lease = first.items[0]};
    assert_fails(job_save(&stale, NULL, "{}"), ERR_CANCELLED);
    assert_ok(lease_finish(first.items[0], OK));
    struct job job;
    assert_ok(jobs_get(db_reader(t->db), &a, second.items[0]->job.id, &job));
    assert_int_equal(job.state, JOB_RUNNING);
    assert_ok(lease_finish(second.items[0], OK));
    assert_ok(jobs_get(db_reader(t->db), &a, job.id, &job));
    assert_int_equal(job.state, JOB_COMPLETED);
    lease_free(first.items[0]);
    lease_free(second.items[0]);
    server_stop(&core);
}

static void a_stopping_server_hands_its_jobs_back(struct test_db *t)
{
    struct core core;
    server_start(t, &core, kinds, 1);
    struct job job = submit(t, &core, JOB_SPEC("dying"));
    wait_started();
    server_stop(&core);
    assert_ok(jobs_get(db_reader(t->db), &t->arena, job.id, &job));
    assert_int_equal(job.state, JOB_PENDING);
    assert_int_equal(job.attempt, 0);
    assert_string_equal(job.saved, "{\"step\":2}");
}

static void every_change_of_state_is_an_event_in_order(struct test_db *t)
{
    static const enum event_kind wanted[] = {EVENT_JOB_CREATED, EVENT_JOB_STARTED, EVENT_JOB_PROGRESS,
                                             EVENT_JOB_COMPLETED, EVENT_ACTIVITY};
    struct core core;
    struct event_list events = {0};
    server_start(t, &core, kinds, 1);
    struct job job = submit(t, &core, JOB_SPEC("count", .args = "{\"to\":1}"));
    server_wait(t, job.id);
    assert_ok(events_after(db_reader(t->db), &t->arena, 0, 100, &events));
    assert_int_equal(events.count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(events.items[i].kind, wanted[i]);
    server_stop(&core);
}

static void many_jobs_from_many_workers_run_exactly_once(struct test_db *t)
{
    struct core core;
    struct job last;
    server_start(t, &core, kinds, 4);
    atomic_store(&runs, 0);
    for (int i = 0; i < 100; i++)
        last = submit(t, &core, JOB_SPEC("count", .args = "{\"to\":2}"));
    for (int i = 0; i < 1000 && test_db_int(t, "SELECT COUNT(*) FROM job WHERE state < 3") > 0; i++)
        nap_ms(10);
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM job WHERE state = 3 AND attempt = 1"), 100);
    assert_int_equal(server_wait(t, last.id).state, JOB_COMPLETED);
    server_stop(&core);
    assert_int_equal(atomic_load(&runs), 100);
}

static struct schedule new_schedule(const char *name, const char *cron)
{
    struct schedule s;
    shape_clear(&schedule_shape, &s);
    s.name = name;
    s.kind = "count";
    s.cron = cron;
    s.enabled = 1;
    s.args = "{\"to\":1}";
    return s;
}

/* Older and more urgent ones of a kind that may run twice at a time do not keep others from the free workers. */
static void a_kind_runs_as_often_at_once_as_it_may(struct test_db *t)
{
    struct core core;
    int64_t narrow = 0;
    int64_t other = 0;
    server_start(t, &core, kinds, 5);
    atomic_store(&narrow_most, 0);
    atomic_store(&runs, 0);
    for (int i = 0; i < 40; i++)
        narrow = submit(t, &core, JOB_SPEC("narrow", .priority = JOB_HIGH)).id;
    for (int i = 0; i < 10; i++)
        other = submit(t, &core, JOB_SPEC("count", .args = "{\"to\":1}")).id;
    server_wait(t, other);
    int64_t left = test_db_int(t, "SELECT COUNT(*) FROM job WHERE kind = 'narrow' AND state < 3");
    assert_true(left > 0);
    server_wait(t, narrow);
    assert_int_equal(atomic_load(&narrow_most), 2);
    server_stop(&core);
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM job WHERE state = 3"), 50);
    assert_int_equal(test_db_int(t, "SELECT MAX(attempt) FROM job"), 1);
}

static void a_schedule_that_slept_fires_once(struct test_db *t)
{
    struct core core;
    SCRATCH(a);
    server_start(t, &core, kinds, 0);
    struct schedule s = new_schedule("nightly", "0 3 * * *");
    TX(tx);
    assert_ok(db_begin(t->db, &tx));
    assert_ok(schedule_create(core.jobs, tx.conn, &a, &s));
    assert_ok(db_commit(&tx));
    test_db_script(t, "UPDATE schedule SET next_run_at = 1000");
    int64_t next;
    assert_ok(schedules_fire_due(core.jobs, &a, time_now_us(), &next));
    assert_ok(schedules_fire_due(core.jobs, &a, time_now_us(), &next));
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM job"), 1);
    assert_int_equal(test_db_int(t, "SELECT run_count FROM schedule"), 1);
    assert_true(next > time_now_us());
    server_stop(&core);
}

static void bad_schedules_are_refused(struct test_db *t)
{
    struct core core;
    SCRATCH(a);
    server_start(t, &core, kinds, 0);
    struct schedule bad = new_schedule("bad", "61 * * * *");
    struct schedule never = new_schedule("never", "0 0 31 2 *");
    struct schedule good = new_schedule("good", "*/5 * * * *");
    struct schedule again = new_schedule("good", "* * * * *");
    TX(tx);
    assert_ok(db_begin(t->db, &tx));
    assert_fails(schedule_create(core.jobs, tx.conn, &a, &bad), ERR_INVALID);
    assert_fails(schedule_create(core.jobs, tx.conn, &a, &never), ERR_INVALID);
    assert_ok(schedule_create(core.jobs, tx.conn, &a, &good));
    assert_fails(schedule_create(core.jobs, tx.conn, &a, &again), ERR_CONFLICT);
    assert_ok(db_commit(&tx));
    server_stop(&core);
}

int main(void)
{
    static const struct db_case cases[] = {
        DB_CASE(a_job_runs_once_and_keeps_its_result_and_log),
        DB_CASE(bad_arguments_and_kinds_are_refused),
        DB_CASE(cancelling_ends_the_row_at_once_and_the_worker_soon),
        DB_CASE(a_job_that_takes_too_long_times_out),
        DB_CASE(passing_troubles_are_retried_and_nonsense_is_not),
        DB_CASE(priority_comes_before_age),
        DB_CASE(an_unfinished_unique_job_is_returned_again),
        DB_CASE(a_worker_that_lost_its_lease_cannot_write),
        DB_CASE(a_stopping_server_hands_its_jobs_back),
        DB_CASE(every_change_of_state_is_an_event_in_order),
        DB_CASE(many_jobs_from_many_workers_run_exactly_once),
        DB_CASE(a_kind_runs_as_often_at_once_as_it_may),
        DB_CASE(a_schedule_that_slept_fires_once),
        DB_CASE(bad_schedules_are_refused),
    };
    return db_cases_run("jobs", cases, sizeof(cases) / sizeof(cases[0]));
}
