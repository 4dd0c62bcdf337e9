/*
 * Copies (or, between file systems, moves) a file or a tree beneath the media folders.
 *
 * Every file appears whole or not at all. What is saved says that the copy has begun: a run that comes
 * after takes targets of the same size and time as its own. The state is also what file managers show
 * (api/haas): {"is_folder", "bytes", "files", "copied", "path"}.
 */
#include <string.h>

#include "base/clock.h"
#include "base/fold.h"
#include "base/log.h"
#include "core/core.h"
#include "domain/files/copy.h"
#include "json/writer.h"
#include "work/kinds.h"

#define SAVE_EVERY_US (SECONDS_US / 4)
#define RATE_EVERY_US (SECONDS_US / 2)

struct copy_args {
    const char *source;
    const char *destination;
    int8_t overwrite;
    int8_t move;
};
SHAPE(file_copy_args_shape, "FileCopyArgs", struct copy_args, "Copies a file or a folder",
      F(struct copy_args, T_TEXT, source, .flags = FIELD_REQUIRED, .help = "absolute"),
      F(struct copy_args, T_TEXT, destination, .flags = FIELD_REQUIRED, .help = "absolute"),
      F(struct copy_args, T_BOOL, overwrite, .fallback = "false"),
      F(struct copy_args, T_BOOL, move, .fallback = "false", .help = "remove the source afterwards"));

struct progress {
    struct job_run *run;
    struct copy copy;
    struct copy_plan plan;
    int64_t copied_bytes;
    int64_t copied_files;
    const char *path; /* of the file in hand */
    int64_t saved_us;
    int64_t rated_us;
    int64_t rated_bytes;
    double speed; /* bytes/s, smoothed */
};

static const char *state_json(struct progress *p)
{
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    jw_kv_bool(&w, "is_folder", p->plan.is_folder);
    jw_kv_int(&w, "bytes", p->copied_bytes);
    jw_kv_int(&w, "total_bytes", p->plan.bytes);
    jw_kv_int(&w, "files", (int64_t)p->plan.files.count);
    jw_kv_int(&w, "copied", p->copied_files);
    jw_kv_int(&w, "skipped", p->plan.skipped);
    jw_kv_text(&w, "path", p->path);
    jw_end(&w);
    return arena_strdup(p->run->arena, out.data);
}

static struct err save(struct progress *p, bool now)
{
    if (!now && time_monotonic_us() - p->saved_us < SAVE_EVERY_US)
        return OK;
    p->saved_us = time_monotonic_us();
    return job_save(p->run, NULL, state_json(p));
}

static void rate(struct progress *p)
{
    int64_t now = time_monotonic_us();
    int64_t took = now - p->rated_us;
    if (took < RATE_EVERY_US)
        return;
    double speed = (double)(p->copied_bytes - p->rated_bytes) * 1e6 / (double)took;
    p->speed = p->speed > 0 ? 0.7 * p->speed + 0.3 * speed : speed;
    p->rated_us = now;
    p->rated_bytes = p->copied_bytes;
    int64_t left = p->plan.bytes - p->copied_bytes;
    job_rate(p->run, p->speed, p->speed >= 1 && left > 0 ? (int64_t)((double)left / p->speed) : INT_NONE);
}

static void advanced(void *context, int64_t bytes)
{
    struct progress *p = context;
    p->copied_bytes += bytes;
    job_progress(p->run, p->copied_bytes, p->plan.bytes, p->path);
    rate(p);
}

static bool cancelled(void *context)
{
    const struct progress *p = context;
    return job_cancelled(p->run);
}

/* What people see while it is copied: a single file's name, or the path within the tree. */
static const char *shown_path(struct progress *p, const struct copy_file *file)
{
    const char *slash = strrchr(p->copy.from.shown, '/');
    const char *path = *file->path ? file->path : slash ? slash + 1 : p->copy.from.shown;
    return utf8_repair(p->run->arena, path, strlen(path));
}

static struct err copy_files(struct progress *p)
{
    for (size_t i = 0; i < p->plan.files.count; i++) {
        if (job_cancelled(p->run))
            return job_stopped(p->run);
        p->path = shown_path(p, &p->plan.files.items[i]);
        TRY(copy_file(p->run->arena, &p->copy, &p->plan.files.items[i]));
        p->copied_files++;
        TRY(save(p, false));
    }
    return OK;
}

static struct err remove_source(struct progress *p)
{
    int64_t kept;
    TRY(copy_remove_source(p->run->arena, &p->copy, &p->plan, &kept));
    if (kept || p->plan.skipped)
        job_log(p->run, LOG_WARN, "%lld entries of %s stay: they changed, or could not be copied",
                (long long)(kept + p->plan.skipped), p->copy.from.shown);
    return OK;
}

/* One name per job: what a killed run left is taken over, and no other copy uses it. */
static const char *temporary_name(struct job_run *run)
{
    return arena_printf(run->arena, COPY_TEMPORARY "%.23s", run->job->uuid);
}

static struct err prepare(struct progress *p, const struct copy_args *args)
{
    struct job_run *run = p->run;
    p->copy = (struct copy){
        .overwrite = args->overwrite == 1,
        .resume = run->job->saved != NULL,
        .temporary = temporary_name(run),
        .cancelled = cancelled,
        .advanced = advanced,
        .context = p,
    };
    TRY(place_of(run->core->roots, run->arena, args->source, &p->copy.from));
    TRY(place_of(run->core->roots, run->arena, args->destination, &p->copy.to));
    if (!*p->copy.to.path || place_within(&p->copy.from, &p->copy.to))
        return err_make(ERR_INVALID, "into_itself", "A folder cannot be copied into itself");
    job_progress(run, 0, 0, "Counting");
    return copy_plan_make(run->arena, &p->copy, &p->plan);
}

/* A move that was killed between its last step and the end of the job has nothing left to do. */
static bool was_moved(const struct progress *p, const struct copy_args *args, struct err e)
{
    struct stat st;
    return e.kind == ERR_NOT_FOUND && args->move == 1 && p->copy.resume && p->copy.to.root &&
           !failed(root_stat(p->copy.to.root, p->run->arena, p->copy.to.path, false, &st));
}

static struct err copy_run(struct job_run *run)
{
    const struct copy_args *args = run->args;
    struct progress p = {.run = run, .path = "", .rated_us = time_monotonic_us()};
    struct err prepared = prepare(&p, args);
    if (was_moved(&p, args, prepared))
        return OK;
    TRY(prepared);
    if (p.plan.skipped)
        job_log(run, LOG_WARN, "%lld entries are no files and are left out", (long long)p.plan.skipped);
    TRY(save(&p, true));
    TRY(copy_folders(run->arena, &p.copy, &p.plan));
    struct err e = copy_files(&p);
    job_result(run, state_json(&p));
    if (e.kind == ERR_CANCELLED)
        return job_stopped(run);
    TRY(e);
    if (args->move == 1)
        TRY(remove_source(&p));
    job_progress(run, p.copied_bytes, p.copied_bytes, p.path);
    return OK;
}

const struct job_kind file_copy_kind = {
    .name = "file_copy",
    .args = &file_copy_args_shape,
    .run = copy_run,
    .max_attempts = 1,
    .at_once = 2,
    .help = "Copies files and folders",
};
