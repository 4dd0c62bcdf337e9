/*
 * Cron schedules that enqueue jobs.
 *
 * Five fields in UTC: minute hour day month weekday; each `*`, `a`, `a-b`, `a,b,c`, with `/n`. Weekday
 * 0 and 7 are Sunday. Day and weekday must both match (document 000). A schedule that slept through one
 * or more firings (server off) fires once when the server is back. Firing and its bookkeeping are one
 * transaction that checks next_run_at, so several processes fire a schedule once.
 */
#ifndef MEDLEY_CORE_SCHEDULE_H
#define MEDLEY_CORE_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/desc.h"
#include "base/err.h"
#include "core/jobs.h"
#include "db/db.h"

struct cron {
    uint64_t minutes;
    uint32_t hours, days, months, weekdays;
};
/* False when malformed. */
bool cron_parse(const char *text, struct cron *ret_cron);
/* First matching minute strictly after `after_us`; TIME_NONE when none within five years. */
int64_t cron_next(const struct cron *cron, int64_t after_us);

struct schedule {
    int64_t id;
    const char *name;
    const char *kind;
    const char *cron;
    int8_t enabled;
    const char *args; /* JSON object or NULL */
    int64_t last_run_at;
    int64_t next_run_at;
    const char *last_status; /* success, failed, cancelled */
    const char *last_error;
    const char *last_job_uuid;
    int64_t run_count;
    int8_t builtin;          /* follows settings; nobody changes or removes it by hand */
    int64_t created_at;
    int64_t updated_at;
};
extern const struct shape schedule_shape;

struct schedule_list {
    VEC(struct schedule)
};
struct err schedules_list(struct db_conn *conn, struct arena *a, struct schedule_list *ret) MUST_CHECK;
struct err schedule_get(struct db_conn *conn, struct arena *a, int64_t id, struct schedule *ret)
    MUST_CHECK;
/* ERR_INVALID "bad_cron" (field cron_expression), "unknown_job_type"; ERR_CONFLICT for a taken name. */
struct err schedule_create(struct jobs *jobs, struct db_conn *tx, struct arena *a,
                           struct schedule *schedule) MUST_CHECK;
struct err schedule_update(struct jobs *jobs, struct db_conn *tx, struct arena *a,
                           const struct schedule *changed, const struct presence *which,
                           struct schedule *ret) MUST_CHECK;
/* Both: ERR_CONFLICT "schedule_builtin" for one that follows settings. */
struct err schedule_delete(struct db_conn *tx, struct arena *a, int64_t id) MUST_CHECK;
/* Makes the builtin schedule of this kind (name, cron, enabled), or changes it to be as given. */
struct err schedule_keep(struct jobs *jobs, struct db_conn *tx, struct arena *a,
                         const struct schedule *wanted) MUST_CHECK;
/* Enqueues now; bookkeeping except next_run_at. */
struct err schedule_run(struct jobs *jobs, struct db_conn *tx, struct arena *a, int64_t id,
                        struct job *ret_job) MUST_CHECK;
/* Enqueues what is due; returns when the next one is (TIME_NONE: none). Called by the jobs thread. */
struct err schedules_fire_due(struct jobs *jobs, struct arena *a, int64_t now_us,
                              int64_t *ret_next_us) MUST_CHECK;

#endif
