/*
 * What the queue itself can do: queue_direct DATABASE DATA_DIR COUNT
 *
 * Eight threads enqueue COUNT jobs that do nothing, each in a transaction of its own, while four workers run
 * them. Prints jobs per second until the last was enqueued and until the last one's row is final, as JSON.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "core/core.h"
#include "core/events.h"
#include "core/jobs.h"
#include "core/settings.h"
#include "model/schema.h"

#define SUBMITTERS 8
#define WORKERS    4
#define LIMIT_US   (120 * SECONDS_US)

static struct core core;
static atomic_int left;
static atomic_int ran;

static struct err nothing(struct job_run *run)
{
    (void)run;
    atomic_fetch_add(&ran, 1);
    return OK;
}
static const struct job_kind nothing_kind = {.name = "nothing", .run = nothing, .help = "Does nothing"};
static const struct job_kind *const kinds[] = {&nothing_kind, NULL};

static void need(struct err e)
{
    if (!failed(e))
        return;
    fprintf(stderr, "%s: %s\n", e.code, e.msg);
    exit(1);
}

static void *submit(void *unused)
{
    while (atomic_fetch_sub(&left, 1) > 0) {
        SCRATCH(a);
        struct job job;
        need(jobs_submit_now(core.jobs, &a, JOB_SPEC("nothing"), &job));
    }
    return unused;
}

static void nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 2 * 1000 * 1000}, NULL);
}

static void wait_for(int count, int64_t until)
{
    int64_t unfinished = 1;
    while (atomic_load(&ran) < count && time_monotonic_us() < until)
        nap();
    while (unfinished && time_monotonic_us() < until) {
        need(db_get_int(db_reader(core.db), &unfinished, "SELECT COUNT(*) FROM job WHERE state < 3", ""));
        nap();
    }
    if (!unfinished)
        return;
    fprintf(stderr, "%d of %d jobs ran in time\n", atomic_load(&ran), count);
    exit(1);
}

static struct err start(struct arena *a, const char *url, const char *data_dir)
{
    core.data_dir = data_dir;
    TRY(db_open(&(struct db_options){.url = url}, &core.db));
    TRY(db_migrate(core.db, a, schema_migrations, schema_migration_count));
    TRY(settings_create(a, &(struct settings_options){.data_dir = data_dir, .db = core.db}, &core.settings));
    TRY(bus_create(core.db, &core.bus));
    TRY(jobs_create(&core, &(struct jobs_options){.kinds = kinds, .workers = WORKERS}, &core.jobs));
    return jobs_start(core.jobs);
}

int main(int argc, char **argv)
{
    SCRATCH(a);
    pthread_t threads[SUBMITTERS];
    if (argc != 4) {
        fprintf(stderr, "usage: queue_direct DATABASE DATA_DIR COUNT\n");
        return 2;
    }
    int count = (int)strtol(argv[3], NULL, 10);
    log_set_level(LOG_ERROR);
    need(start(&a, argv[1], argv[2]));
    atomic_store(&left, count);
    int64_t from = time_monotonic_us();
    for (int i = 0; i < SUBMITTERS; i++)
        pthread_create(&threads[i], NULL, submit, NULL);
    for (int i = 0; i < SUBMITTERS; i++)
        pthread_join(threads[i], NULL);
    int64_t enqueued = time_monotonic_us();
    wait_for(count, from + LIMIT_US);
    int64_t finished = time_monotonic_us();
    printf("{\"enqueue\": %.1f, \"both\": %.1f}\n", count * 1e6 / (double)(enqueued - from),
           count * 1e6 / (double)(finished - from));
    bus_destroy(core.bus);
    jobs_destroy(core.jobs, 2000);
    settings_destroy(core.settings);
    db_close(core.db);
    return 0;
}
