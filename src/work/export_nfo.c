/* Writes the NFO files of all music videos and artists (document 000, 16.2). Run twice it writes nothing. */
#include "base/log.h"
#include "core/core.h"
#include "core/settings.h"
#include "domain/catalog/video_list.h"
#include "domain/organize/export.h"
#include "json/writer.h"
#include "work/kinds.h"

struct export_args {
    int8_t incremental;
    int8_t include_deleted;
};
SHAPE(export_args_shape, "NfoExportArguments", struct export_args, "Which NFO files",
      F(struct export_args, T_BOOL, incremental, .flags = FIELD_NULLABLE, .help = "Only what changed; absent: the setting"),
      F(struct export_args, T_BOOL, include_deleted, .flags = FIELD_NULLABLE, .help = "Absent: the setting"));

struct progress {
    struct job_run *run;
    int64_t total;
};

static bool cancelled(void *context)
{
    const struct progress *p = context;
    return job_cancelled(p->run);
}

static void progress(void *context, int64_t done)
{
    const struct progress *p = context;
    job_progress(p->run, done, p->total > done ? p->total : done, "Exporting NFO files...");
}

static bool chosen(struct job_run *run, int8_t value, const char *setting)
{
    return value == BOOL_NONE ? settings_bool(run->core->settings, setting) : value == 1;
}

static void write_result(struct job_run *run, const struct nfo_exported *done, bool incremental, bool deleted)
{
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    jw_kv_int(&w, "videos_exported", done->exported);
    jw_kv_int(&w, "videos_skipped", done->skipped);
    jw_kv_int(&w, "videos_failed", done->failed);
    jw_kv_int(&w, "artists_exported", done->artists_exported);
    jw_kv_int(&w, "artists_skipped", done->artists_skipped);
    jw_kv_int(&w, "artists_failed", done->artists_failed);
    jw_kv_int(&w, "total_videos", done->total);
    jw_kv_int(&w, "total_artists", done->artists_total);
    jw_kv_bool(&w, "incremental", incremental);
    jw_kv_bool(&w, "include_deleted", deleted);
    jw_kv_int(&w, "files_written", done->written);
    jw_end(&w);
    job_result(run, out.data);
}

static struct err export(struct job_run *run)
{
    const struct export_args *args = run->args;
    bool incremental = chosen(run, args->incremental, "nfo_export.incremental");
    struct progress p = {.run = run};
    struct nfo_exported done;
    struct nfo_export options = {
        .include_deleted = chosen(run, args->include_deleted, "nfo_export.include_deleted"),
        .overwrite = true,
        .count_unchanged = !incremental,
        .artists = settings_bool(run->core->settings, "nfo.write_artist_nfo"),
        .artists_always = !incremental,
        .cancelled = cancelled,
        .progress = progress,
        .context = &p,
    };
    TRY(catalog_video_count(db_reader(run->core->db), options.include_deleted, &p.total));
    struct err e = nfo_export(run->core, run->arena, &options, &done);
    for (size_t i = 0; i < done.failures.count; i++)
        job_log(run, LOG_WARN, "%s: %s", done.failures.items[i].path, done.failures.items[i].error);
    if (e.kind == ERR_CANCELLED)
        return job_stopped(run);
    TRY(e);
    write_result(run, &done, incremental, options.include_deleted);
    return OK;
}

const struct job_kind export_nfo_kind = {
    .name = "export_nfo",
    .args = &export_args_shape,
    .run = export,
    .max_attempts = 3,
    .backoff_s = 10,
    .at_once = 1,
    .help = "Writes the NFO files of all music videos and their artists",
};
