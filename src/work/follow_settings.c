/* Jobs and schedules that follow settings. */
#include "work/follow_settings.h"

#include <string.h>

#include "core/jobs.h"
#include "core/schedule.h"
#include "core/settings.h"
#include "json/writer.h"

/* --- decade tags ---------------------------------------------------------------------------------------- */

struct decades {
    bool enabled;
    const char *format;
};

static const json_t *value_of(const struct setting_differences *list, const char *key, bool after)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].key, key) == 0)
            return after ? list->items[i].after : list->items[i].before;
    }
    return NULL;
}

static struct decades decades_of(struct core *core, struct arena *a, const struct setting_differences *list,
                                 bool after)
{
    const json_t *enabled = value_of(list, "tags.auto_decade.enabled", after);
    const json_t *format = value_of(list, "tags.auto_decade.format", after);
    return (struct decades){
        .enabled = enabled ? json_is_true(enabled) : settings_bool(core->settings, "tags.auto_decade.enabled"),
        .format = format ? json_string_value(format) : settings_text(core->settings, a, "tags.auto_decade.format"),
    };
}

/* Contract of document 000, 6.3. NULL: nothing to do. */
static const char *decade_args(struct arena *a, const struct decades *before, const struct decades *after)
{
    bool other = strcmp(before->format, after->format) != 0;
    bool stays = before->enabled && after->enabled;
    BUF(args);
    struct jw w = jw_to(&args);
    if (!(before->enabled || after->enabled) || (stays && !other))
        return NULL;
    jw_object(&w);
    jw_kv_text(&w, "mode", stays ? "migrate" : after->enabled ? "apply" : "remove");
    if (before->enabled)
        jw_kv_text(&w, "old_format", before->format);
    if (after->enabled)
        jw_kv_text(&w, "new_format", after->format);
    jw_end(&w);
    return arena_strdup(a, args.data);
}

static struct err follow_decades(struct core *core, struct db_conn *tx, struct arena *a,
                                 const struct setting_differences *list)
{
    struct decades before = decades_of(core, a, list, false);
    struct decades after = decades_of(core, a, list, true);
    struct job job;
    const char *args = decade_args(a, &before, &after);
    if (!args)
        return OK;
    return jobs_submit(core->jobs, tx, a, JOB_SPEC("sync_decade_tags", .args = args, .origin = "settings"), &job);
}

/* --- schedules ------------------------------------------------------------------------------------------ */

static const struct {
    const char *kind; /* and name */
    const char *enabled; /* NULL: always */
    const char *cron;
} schedules[] = {
    {"backup", "backup.enabled", "backup.schedule"},
    {"trash_cleanup", "trash.enabled", "trash.schedule"},
    {"export_nfo", "nfo_export.enabled", "nfo_export.schedule"},
    {"prune", NULL, "jobs.prune_schedule"},
};

static struct err put_schedule(struct core *core, struct db_conn *tx, struct arena *a, size_t i, bool enabled,
                               const char *cron)
{
    struct schedule wanted = {
        .name = schedules[i].kind, .kind = schedules[i].kind, .cron = cron, .enabled = enabled};
    return schedule_keep(core->jobs, tx, a, &wanted);
}

static bool is_enabled(struct core *core, size_t i)
{
    return !schedules[i].enabled || settings_bool(core->settings, schedules[i].enabled);
}

static struct err follow_schedules(struct core *core, struct db_conn *tx, struct arena *a,
                                   const struct setting_differences *list)
{
    for (size_t i = 0; i < sizeof(schedules) / sizeof(schedules[0]); i++) {
        const json_t *enabled = schedules[i].enabled ? value_of(list, schedules[i].enabled, true) : NULL;
        const json_t *cron = value_of(list, schedules[i].cron, true);
        if ((!enabled && !cron) || !jobs_kind(core->jobs, schedules[i].kind))
            continue;
        TRY(put_schedule(core, tx, a, i,
                         enabled ? json_is_true(enabled) : is_enabled(core, i),
                         cron ? json_string_value(cron) : settings_text(core->settings, a, schedules[i].cron)));
    }
    return OK;
}

static struct err start_schedules(struct core *core, struct arena *a)
{
    TX(tx);
    TRY(db_begin(core->db, &tx));
    for (size_t i = 0; i < sizeof(schedules) / sizeof(schedules[0]); i++) {
        if (jobs_kind(core->jobs, schedules[i].kind))
            TRY(put_schedule(core, tx.conn, a, i, is_enabled(core, i),
                             settings_text(core->settings, a, schedules[i].cron)));
    }
    return db_commit(&tx);
}

/* -------------------------------------------------------------------------------------------------------- */

static struct err follow(void *context, struct db_conn *tx, struct arena *a, const struct setting_differences *list)
{
    TRY(follow_decades(context, tx, a, list));
    return follow_schedules(context, tx, a, list);
}

struct err follow_settings(struct core *core, struct arena *a)
{
    TRY(start_schedules(core, a));
    settings_on_change(core->settings, follow, core);
    return OK;
}
