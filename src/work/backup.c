/* backup: makes one, then keeps only the newest (document 000, sections 3.2 and 15). */
#include "core/core.h"
#include "core/settings.h"
#include "domain/backup/backup.h"
#include "json/writer.h"
#include "work/kinds.h"

struct backup_args {
    const char *description;
    int64_t retention_count;
};
SHAPE(backup_args_shape, "BackupArgs", struct backup_args, "A backup",
      F(struct backup_args, T_TEXT, description, .flags = FIELD_NULLABLE, MAX_VALUE(500)),
      F(struct backup_args, T_INT, retention_count, .flags = FIELD_NULLABLE, BETWEEN(1, 365),
        .help = "how many are kept; else as the setting says"));

static bool is_cancelled(void *run)
{
    return job_cancelled(run);
}

static void show(void *run, int done, const char *what)
{
    job_progress(run, done, BACKUP_STEPS, what);
}

static void write_words(struct jw *w, const char *key, const struct list *parts)
{
    jw_key(w, key);
    jw_array(w);
    for (size_t i = 0; i < parts->count; i++)
        jw_text(w, words_name(&backup_part_words, ((const int *)parts->items)[i]));
    jw_end(w);
}

static void tell_result(struct job_run *run, const struct backup *made, const struct list *removed)
{
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    jw_kv_text(&w, "filename", made->filename);
    jw_kv_text(&w, "path", made->path);
    jw_kv_int(&w, "size_bytes", made->size_bytes);
    jw_kv_time(&w, "created_at", made->created_at);
    write_words(&w, "contains", &made->contains);
    jw_key(&w, "deleted_backups");
    jw_array(&w);
    for (size_t i = 0; i < removed->count; i++)
        jw_text(&w, ((const char *const *)removed->items)[i]);
    jw_end(&w);
    jw_end(&w);
    job_result(run, out.data);
}

/* Run twice it makes two backups, which does no harm. */
static struct err backup_run(struct job_run *run)
{
    const struct backup_args *args = run->args;
    struct backup_watch watch = {is_cancelled, show, run};
    int64_t keep = args->retention_count != INT_NONE ? args->retention_count
                                                     : settings_int(run->core->settings, "backup.retention_count");
    struct backup made;
    struct list removed;
    struct err e = backup_create(run->core, run->arena, &watch, &made);
    if (e.kind == ERR_CANCELLED)
        return job_stopped(run);
    TRY(e);
    TRY(backups_trim(run->core, run->arena, keep, &removed));
    tell_result(run, &made, &removed);
    job_progress(run, BACKUP_STEPS, BACKUP_STEPS, "Done");
    return OK;
}

const struct job_kind backup_kind = {
    .name = "backup",
    .args = &backup_args_shape,
    .run = backup_run,
    .max_attempts = 1,
    .at_once = 1,
    .help = "Makes a backup and removes the oldest",
};
