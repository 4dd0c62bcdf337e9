/* Forgets what is old: finished jobs, events, revoked tokens, abandoned downloads. Runs daily. */
#include "base/buf.h"
#include "base/clock.h"
#include "core/core.h"
#include "core/events.h"
#include "core/settings.h"
#include "work/incoming.h"
#include "work/kinds.h"

#define DAY_US (86400 * SECONDS_US)
#define BATCH  2000 /* rows per transaction, so that writers never wait long */

/* Deletes in batches until nothing is left. */
static struct err delete_where(struct job_run *run, const char *sql, int64_t before, int64_t *ret_deleted)
{
    int64_t changed;
    *ret_deleted = 0;
    do {
        if (job_cancelled(run))
            return job_stopped(run);
        TX(tx);
        TRY(db_begin(run->core->db, &tx));
        TRY(db_exec_n(tx.conn, &changed, sql, "ii", before, (int64_t)BATCH));
        TRY(db_commit(&tx));
        *ret_deleted += changed;
    } while (changed == BATCH);
    return OK;
}

static struct err prune(struct job_run *run)
{
    int64_t now = time_now_us();
    int64_t jobs;
    int64_t events;
    int64_t progress;
    int64_t downloads;
    struct settings *s = run->core->settings;
    job_progress(run, 0, 3, "Finished jobs");
    TRY(delete_where(run,
                     "DELETE FROM job WHERE id IN (SELECT id FROM job WHERE state >= 3"
                     " AND finished_at < $1 LIMIT $2)",
                     now - settings_int(s, "jobs.keep_days") * DAY_US, &jobs));
    job_progress(run, 1, 3, "Events");
    TRY(delete_where(run,
                     "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE at < $1"
                     " ORDER BY id LIMIT $2)",
                     now - settings_int(s, "events.keep_days") * DAY_US, &events));
    job_progress(run, 2, 3, "Progress events");
    BUF(sql);
    buf_printf(&sql,
               "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE kind = %d AND at < $1 LIMIT $2)",
               (int)EVENT_JOB_PROGRESS);
    TRY(delete_where(run, sql.data, now - 3600 * SECONDS_US, &progress));
    TRY(incoming_prune(run->core, run->arena, &downloads));
    job_progress(run, 3, 3, "Done");
    job_result(run, arena_printf(run->arena, "{\"jobs\":%lld,\"events\":%lld,\"downloads\":%lld}", (long long)jobs,
                                 (long long)(events + progress), (long long)downloads));
    return OK;
}

const struct job_kind prune_kind = {
    .name = "prune",
    .run = prune,
    .max_attempts = 3,
    .backoff_s = 60,
    .at_once = 1,
    .help = "Forgets old finished jobs and events",
};
