/* Jobs and schedules that follow settings. */
#include "work/follow_settings.h"

#include <string.h>

#include "core/jobs.h"
#include "core/schedule.h"
#include "core/settings.h"
#include "domain/organize/pattern.h"
#include "json/writer.h"
#include "sys/root.h"

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

/* --- values that only the domain can judge ---------------------------------------------------------------- */

static struct err check_pattern(struct arena *a, const char *text)
{
    struct pattern pattern;
    struct err e = pattern_compile(a, text, &pattern);
    if (!failed(e))
        return OK;
    return err_f(a, ERR_INVALID, "bad_setting", "Invalid value for organizer.path_pattern: %s", e.msg);
}

/* A trash that climbs out of its library would not be one. */
static struct err check_trash_dir(struct arena *a, const char *path)
{
    const char *normal = path && *path ? path_normalize(a, path) : ".";
    bool climbs = strcmp(normal, "..") == 0 || strncmp(normal, "../", 3) == 0;
    if (!climbs && *normal && strcmp(normal, ".") != 0 && strcmp(normal, "/") != 0)
        return OK;
    return err_make(ERR_INVALID, "bad_setting",
                    "Invalid value for trash.trash_dir: it must name a folder below the library");
}

static struct err check(struct arena *a, const struct setting_differences *list)
{
    const json_t *pattern = value_of(list, "organizer.path_pattern", true);
    const json_t *trash = value_of(list, "trash.trash_dir", true);
    if (pattern)
        TRY(check_pattern(a, json_string_value(pattern)));
    return trash ? check_trash_dir(a, json_string_value(trash)) : OK;
}

/* -------------------------------------------------------------------------------------------------------- */

static struct err follow(void *context, struct db_conn *tx, struct arena *a, const struct setting_differences *list)
{
    TRY(check(a, list));
    TRY(follow_decades(context, tx, a, list));
    return follow_schedules(context, tx, a, list);
}

struct err follow_settings(struct core *core, struct arena *a)
{
    TRY(start_schedules(core, a));
    settings_on_change(core->settings, follow, core);
    return OK;
}
