/* One scan job over several folders. */
#include "work/scan_tour.h"

#include "base/clock.h"
#include "base/log.h"

#define PARTS 1000 /* of each folder, when there are several: their files are not counted beforehand */

void scan_tour_start(struct scan_tour *tour, struct job_run *run, const char *verb)
{
    *tour = (struct scan_tour){.run = run, .verb = verb, .count = 1, .started_us = time_monotonic_us()};
}

static bool cancelled(void *data)
{
    const struct scan_tour *tour = data;
    return job_cancelled(tour->run);
}

static void progress(void *data, int64_t done, int64_t total, const char *step)
{
    const struct scan_tour *tour = data;
    SCRATCH(a);
    if (tour->verb && total)
        step = arena_printf(&a, "%s %s...", tour->verb, step);
    if (tour->count > 1) {
        done = (int64_t)tour->done * PARTS + (total > 0 ? done * PARTS / total : 0);
        total = (int64_t)tour->count * PARTS;
    }
    job_progress(tour->run, done, total, step);
}

static struct err fence(void *data, struct db_conn *tx)
{
    const struct scan_tour *tour = data;
    return job_fence(tour->run, tx);
}

static void add(struct scan_tour *t, const struct scan_result *r)
{
    t->sum.found += r->found;
    t->sum.unchanged += r->unchanged;
    t->sum.added += r->added;
    t->sum.changed += r->changed;
    t->sum.moved += r->moved;
    t->sum.missing += r->missing;
    t->sum.returned += r->returned;
    t->sum.broken += r->broken;
    t->offline += r->offline;
    t->sum.walk.problem_count += r->walk.problem_count;
    for (size_t i = 0; i < r->walk.problems.count && t->problems.count < SCAN_PROBLEMS_SHOWN; i++)
        *arena_push(t->run->arena, &t->problems) = r->walk.problems.items[i];
}

struct err scan_tour_visit(struct scan_tour *tour, struct scan_options *options)
{
    struct scan_result result = {0};
    options->job = tour;
    options->cancelled = cancelled;
    options->progress = progress;
    options->fence = fence;
    struct err e = scan_run(tour->run->arena, options, &result);
    add(tour, &result);
    tour->done++;
    return e;
}

void scan_tour_write(const struct scan_tour *tour, struct jw *w)
{
    const struct scan_result *sum = &tour->sum;
    jw_kv_int(w, "total_files", sum->found);
    jw_kv_int(w, "added", sum->added);
    jw_kv_int(w, "changed", sum->changed);
    jw_kv_int(w, "unchanged", sum->unchanged);
    jw_kv_int(w, "moved", sum->moved);
    jw_kv_int(w, "missing", sum->missing);
    jw_kv_int(w, "returned", sum->returned);
    jw_kv_int(w, "broken", sum->broken);
    jw_kv_int(w, "offline_libraries", tour->offline);
    jw_kv_int(w, "problem_count", sum->walk.problem_count);
    jw_kv_real(w, "duration_seconds", (double)(time_monotonic_us() - tour->started_us) / 1e6);
}

struct err scan_tour_end(struct scan_tour *tour, struct err e)
{
    if (e.kind == ERR_CANCELLED)
        return job_stopped(tour->run);
    for (size_t i = 0; i < tour->problems.count; i++)
        job_log(tour->run, LOG_WARN, "%s: %s", tour->problems.items[i].path, tour->problems.items[i].reason);
    return e;
}
