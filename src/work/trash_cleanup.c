/* Deletes for good what has been in the trash of music videos for too long (document 000, 3.2). */
#include "base/clock.h"
#include "base/log.h"
#include "core/core.h"
#include "core/settings.h"
#include "domain/organize/trash.h"
#include "work/kinds.h"

#define DAY_US (86400 * SECONDS_US)

struct cleanup_args {
    int64_t retention_days;
};
SHAPE(cleanup_args_shape, "TrashCleanupArguments", struct cleanup_args, "What is old enough",
      F(struct cleanup_args, T_INT, retention_days, .flags = FIELD_NULLABLE, BETWEEN(0, 36500),
        .help = "Absent: the setting"));

static bool cancelled(void *context)
{
    return job_cancelled(context);
}

static void progress(void *context, int64_t done)
{
    SCRATCH(a);
    job_progress(context, 1, 2, arena_printf(&a, "Deleting (%lld)...", (long long)done));
}

static struct err cleanup(struct job_run *run)
{
    const struct cleanup_args *args = run->args;
    int64_t days = args->retention_days == INT_NONE ? settings_int(run->core->settings, "trash.retention_days")
                                                    : args->retention_days;
    struct move_guard guard = {.cancelled = cancelled, .context = run};
    struct trash_emptied done;
    job_progress(run, 0, 2, "Looking for old videos in the trash...");
    struct err e = trash_empty(run->core, run->arena, time_now_us() - days * DAY_US, &guard, progress, &done);
    for (size_t i = 0; i < done.errors.count; i++)
        job_log(run, LOG_WARN, "%s", done.errors.items[i]);
    if (e.kind == ERR_CANCELLED)
        return job_stopped(run);
    TRY(e);
    int64_t leftovers;
    TRY(leftovers_remove(run->core, run->arena, time_now_us(), &leftovers));
    if (leftovers)
        job_log(run, LOG_INFO, "%lld temporary files of killed processes removed", (long long)leftovers);
    job_progress(run, 2, 2, "Done");
    job_result(run, arena_printf(run->arena, "{\"deleted_count\":%lld,\"errors\":%lld,\"retention_days\":%lld}",
                                 (long long)done.deleted, (long long)done.failed, (long long)days));
    return OK;
}

const struct job_kind trash_cleanup_kind = {
    .name = "trash_cleanup",
    .args = &cleanup_args_shape,
    .run = cleanup,
    .max_attempts = 3,
    .backoff_s = 60,
    .at_once = 1,
    .help = "Deletes videos and files that have been in the trash for longer than trash.retention_days",
};
