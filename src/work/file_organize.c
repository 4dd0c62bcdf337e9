/*
 * Organizes music videos (document 000, 3.2): each goes where the path pattern says. A video that cannot be
 * moved is told in the result and stays where it is. Run twice, it finds the first run's work done.
 */
#include <string.h>

#include "base/log.h"
#include "core/core.h"
#include "domain/organize/nfo.h"
#include "domain/organize/organize.h"
#include "json/writer.h"
#include "work/kinds.h"

#define ERRORS_SHOWN 100

struct organize_args {
    struct list video_ids;
    const char *trigger;
};
SHAPE(organize_args_shape, "FileOrganizeArguments", struct organize_args, "What to organize",
      F(struct organize_args, T_LIST, video_ids, .item = T_INT, .flags = FIELD_REQUIRED),
      F(struct organize_args, T_TEXT, trigger, .flags = FIELD_NULLABLE,
        .help = "metadata_update: the NFO is written anew, because it tells the former name"));

struct problem {
    int64_t video_id;
    const char *error;
};
struct counts {
    int64_t organized;
    int64_t skipped;
    int64_t errors;
    struct {
        VEC(struct problem)
    } problems;
};

static bool cancelled(void *context)
{
    return job_cancelled(context);
}

static struct err fence(void *context, struct db_conn *tx)
{
    return job_fence(context, tx);
}

static void note(struct job_run *run, struct counts *counts, int64_t id, const char *error)
{
    counts->errors++;
    job_log(run, LOG_WARN, "video %lld: %s", (long long)id, error);
    if (counts->problems.count < ERRORS_SHOWN)
        *arena_push(run->arena, &counts->problems) = (struct problem){id, arena_strdup(run->arena, error)};
}

/* An error only when the job as a whole has to stop. */
static struct err organize_one(struct job_run *run, struct counts *counts, int64_t id)
{
    SCRATCH(a);
    struct move_guard guard = {cancelled, fence, run};
    struct organize_request request = {.video_id = id, .who = "file_organize", .guard = &guard};
    struct organized done;
    struct err e = organize_video(run->core, &a, &request, &done);
    if (e.kind == ERR_CANCELLED)
        return job_stopped(run);
    const struct organize_args *args = run->args;
    if (!failed(e) && args->trigger && strcmp(args->trigger, "metadata_update") == 0)
        e = nfo_keep(run->core, &a, id, NULL);
    if (!failed(e) && done.status == ORGANIZE_MOVED)
        counts->organized++;
    else if (!failed(e) || (e.code && strcmp(e.code, "no_file") == 0))
        counts->skipped++;
    else
        note(run, counts, id, e.msg ? e.msg : err_kind_name(e.kind));
    return OK;
}

static void write_problems(struct jw *w, const struct counts *counts)
{
    if (!counts->problems.count) {
        jw_kv_text(w, "error_details", NULL);
        return;
    }
    jw_key(w, "error_details");
    jw_array(w);
    for (size_t i = 0; i < counts->problems.count; i++) {
        jw_object(w);
        jw_kv_int(w, "video_id", counts->problems.items[i].video_id);
        jw_kv_text(w, "error", counts->problems.items[i].error);
        jw_end(w);
    }
    jw_end(w);
}

static void write_result(struct job_run *run, const struct counts *counts, size_t total)
{
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    jw_kv_int(&w, "organized", counts->organized);
    jw_kv_int(&w, "skipped", counts->skipped);
    jw_kv_int(&w, "errors", counts->errors);
    jw_kv_int(&w, "total_videos", (int64_t)total);
    write_problems(&w, counts);
    jw_end(&w);
    job_result(run, out.data);
}

static struct err organize(struct job_run *run)
{
    const struct organize_args *args = run->args;
    const int64_t *ids = args->video_ids.items;
    struct counts counts = {0};
    for (size_t i = 0; i < args->video_ids.count; i++) {
        SCRATCH(a);
        if (job_cancelled(run))
            return job_stopped(run);
        job_progress(run, (int64_t)i, (int64_t)args->video_ids.count,
                     arena_printf(&a, "Organizing video %lld...", (long long)ids[i]));
        TRY(organize_one(run, &counts, ids[i]));
    }
    job_progress(run, (int64_t)args->video_ids.count, (int64_t)args->video_ids.count, "Done");
    write_result(run, &counts, args->video_ids.count);
    return OK;
}

const struct job_kind file_organize_kind = {
    .name = "file_organize",
    .args = &organize_args_shape,
    .run = organize,
    .max_attempts = 3,
    .backoff_s = 5,
    .help = "Moves music videos to the places that the path pattern gives them",
};
