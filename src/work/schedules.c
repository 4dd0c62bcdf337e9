/* The table of builtin schedules (document 000, section 3.4, and our own). */
#include "work/schedules.h"

#include "base/log.h"
#include "core/schedule.h"
#include "core/settings.h"

static const struct builtin {
    const char *name; /* of the schedule and the job kind */
    const char *enabled; /* setting; NULL: always */
    const char *cron;    /* setting */
} builtins[] = {
    {"backup", "backup.enabled", "backup.schedule"},
    {"trash_cleanup", "trash.enabled", "trash.schedule"},
    {"export_nfo", "nfo_export.enabled", "nfo_export.schedule"},
    {"prune", NULL, "jobs.prune_schedule"},
};

static struct err follow(struct core *core, struct arena *a, const struct builtin *row)
{
    struct schedule wanted = {
        .name = row->name,
        .kind = row->name,
        .cron = settings_text(core->settings, a, row->cron),
        .enabled = !row->enabled || settings_bool(core->settings, row->enabled),
    };
    TX(tx);
    TRY(db_begin(core->db, &tx));
    TRY(schedule_keep(core->jobs, tx.conn, a, &wanted));
    return db_commit(&tx);
}

void schedules_follow_settings(struct core *core)
{
    SCRATCH(a);
    for (size_t i = 0; i < sizeof(builtins) / sizeof(builtins[0]); i++) {
        if (!jobs_kind(core->jobs, builtins[i].name))
            continue;
        struct err e = follow(core, &a, &builtins[i]);
        if (failed(e) && e.kind != ERR_CONFLICT) /* another process has just made it */
            log_err(LOG_WARN, "app", "schedule", e);
    }
}
