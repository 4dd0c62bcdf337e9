/*
 * download_youtube: one address to a path that a person chose, or several known videos (document 000, section
 * 3.2). Videos go on down the chain (work/chain.h).
 *
 * Saved: {"delivering": bytes} before a file is moved to its path, so that the next run knows its own file; of
 * several videos, where the list stands.
 */
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "domain/catalog/video.h"
#include "json/decode.h"
#include "json/writer.h"
#include "work/chain.h"
#include "work/fetching.h"
#include "work/incoming.h"
#include "work/kinds.h"

#define SHOWN_FAILURES 10

struct youtube_args {
    const char *url;
    const char *output_path;
    const char *format_spec;
    struct list video_ids;
    const char *youtube_url;
    const char *output_directory;
    const char *format;
};
SHAPE(youtube_args_shape, "DownloadYoutubeArgs", struct youtube_args, "An address and a path, or videos",
      F(struct youtube_args, T_TEXT, url, .flags = FIELD_NULLABLE, MAX_VALUE(2000)),
      F(struct youtube_args, T_TEXT, output_path, .flags = FIELD_NULLABLE, .help = "absolute, in the library"),
      F(struct youtube_args, T_TEXT, format_spec, .flags = FIELD_NULLABLE, MAX_VALUE(500)),
      F(struct youtube_args, T_LIST, video_ids, .item = T_INT),
      F(struct youtube_args, T_TEXT, youtube_url, .flags = FIELD_NULLABLE, MAX_VALUE(2000),
        .help = "instead of the id of a single video"),
      F(struct youtube_args, T_TEXT, output_directory, .flags = FIELD_NULLABLE,
        .help = "taken and not used: videos go where the organizer puts them"),
      F(struct youtube_args, T_TEXT, format, .flags = FIELD_NULLABLE, MAX_VALUE(500)));

static json_t *saved_state(struct job_run *run)
{
    struct mistakes ignored = {0};
    const char *saved = run->job->saved;
    return saved ? json_read(run->arena, saved, strlen(saved), "saved", &ignored) : NULL;
}

/* --- one address -------------------------------------------------------------------------------------------- */

static bool is_delivered(struct job_run *run, const struct place *to, int64_t *ret_bytes)
{
    const json_t *bytes = json_object_get(saved_state(run), "delivering");
    struct stat st;
    if (!json_is_integer(bytes) || failed(root_stat(to->root, run->arena, to->path, true, &st)) ||
        st.st_size != json_integer_value(bytes))
        return false;
    *ret_bytes = (int64_t)st.st_size;
    return true;
}

static struct err fetch_to(struct job_run *run, const struct place *to, const char *temporary, int64_t *ret_bytes)
{
    const struct youtube_args *args = run->args;
    struct fetching fetching = {.run = run, .total = 100};
    struct place from;
    int64_t bytes;
    if (is_delivered(run, to, ret_bytes))
        return OK;
    TRY(fetch_file(&fetching, args->url, args->format_spec, temporary, &bytes));
    if (job_cancelled(run))
        return job_stopped(run);
    TRY(job_save(run, NULL, arena_printf(run->arena, "{\"delivering\":%lld}", (long long)bytes)));
    TRY(incoming_find(run->core, run->arena, temporary, &from));
    TRY(incoming_deliver(run, &from, to));
    *ret_bytes = bytes;
    return OK;
}

static struct err download_address(struct job_run *run)
{
    const struct youtube_args *args = run->args;
    struct place to;
    const char *temporary;
    int64_t bytes = 0;
    if (!args->output_path)
        return err_field(ERR_INVALID, "bad_job_args", "output_path", "Missing required parameter: output_path");
    TRY(place_of(run->core->roots, run->arena, args->output_path, &to));
    TRY(incoming_path(run->core, run->arena, run->job->uuid, "download.mp4", &temporary));
    struct err e = fetch_to(run, &to, temporary, &bytes);
    if (!job_is_interrupted(run))
        incoming_forget(run->core, run->arena, temporary);
    TRY(e);
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    jw_kv_text(&w, "url", args->url);
    jw_kv_text(&w, "file_path", args->output_path);
    jw_kv_int(&w, "file_size", bytes);
    jw_end(&w);
    job_result(run, out.data);
    job_progress(run, 100, 100, "Downloaded");
    return OK;
}

/* --- several videos ----------------------------------------------------------------------------------------- */

struct batch {
    struct job_run *run;
    size_t next;
    int64_t downloaded;
    int64_t skipped;
    struct {
        VEC(const char *) /* {"video_id", "error"} as JSON */
    } failures;
};

static const char *batch_json(struct batch *b, bool with_place)
{
    const struct youtube_args *args = b->run->args;
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    if (with_place)
        jw_kv_int(&w, "next", (int64_t)b->next);
    jw_kv_int(&w, "downloaded", b->downloaded);
    jw_kv_int(&w, "skipped", b->skipped);
    jw_kv_int(&w, "failed", (int64_t)b->failures.count);
    jw_kv_int(&w, "total_videos", (int64_t)args->video_ids.count);
    jw_key(&w, "failed_videos");
    jw_array(&w);
    for (size_t i = 0; i < b->failures.count && (with_place || i < SHOWN_FAILURES); i++)
        jw_raw(&w, b->failures.items[i]);
    jw_end(&w);
    jw_end(&w);
    return arena_strdup(b->run->arena, out.data);
}

static void resume(struct batch *b)
{
    const json_t *state = saved_state(b->run);
    const json_t *failures = json_object_get(state, "failed_videos");
    b->next = (size_t)json_integer_value(json_object_get(state, "next"));
    b->downloaded = json_integer_value(json_object_get(state, "downloaded"));
    b->skipped = json_integer_value(json_object_get(state, "skipped"));
    for (size_t i = 0; i < json_array_size(failures); i++)
        *arena_push(b->run->arena, &b->failures) = json_keep(b->run->arena, json_array_get(failures, i));
}

static void note_failure(struct batch *b, int64_t id, struct err e)
{
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    jw_kv_int(&w, "video_id", id);
    jw_kv_text(&w, "error", e.msg);
    jw_end(&w);
    *arena_push(b->run->arena, &b->failures) = arena_strdup(b->run->arena, out.data);
    job_log(b->run, LOG_WARN, "video %lld: %s", (long long)id, e.msg);
}

/* NULL: there is nothing to fetch, or it is there already. */
static const char *source_of(struct batch *b, const struct video *video)
{
    const struct youtube_args *args = b->run->args;
    struct place place;
    struct stat st;
    if (video->video_file_path && !failed(place_of(b->run->core->roots, b->run->arena, video->video_file_path, &place)) &&
        !failed(root_stat(place.root, b->run->arena, place.path, true, &st)))
        return NULL;
    if (args->youtube_url && args->video_ids.count == 1)
        return args->youtube_url;
    return video->youtube_id && *video->youtube_id ? video->youtube_id : NULL;
}

static struct err set_status(struct job_run *run, struct db_conn *tx, int64_t id, int status, const char *reason)
{
    return catalog_video_set_status(tx, run->arena, id, status, reason, run->job->kind, NULL);
}

static struct err mark_downloading(struct job_run *run, int64_t id)
{
    TX(tx);
    TRY(db_begin(run->core->db, &tx));
    TRY(job_fence(run, tx.conn));
    TRY(set_status(run, tx.conn, id, VIDEO_DOWNLOADING, "Download started"));
    return db_commit(&tx);
}

/* The video's next job and where the list stands, in one. */
static struct err hand_on(struct batch *b, int64_t id, const char *path)
{
    struct job_run *run = b->run;
    struct job next;
    BUF(args);
    struct jw w = jw_to(&args);
    jw_object(&w);
    jw_kv_int(&w, "video_id", id);
    jw_kv_text(&w, "temp_path", path);
    jw_end(&w);
    TX(tx);
    TRY(db_begin(run->core->db, &tx));
    TRY(job_fence(run, tx.conn));
    TRY(set_status(run, tx.conn, id, VIDEO_DOWNLOADED, "Download finished"));
    TRY(jobs_submit(run->core->jobs, tx.conn, run->arena,
                    JOB_SPEC("video_post_process", .args = args.data, .origin = run->job->origin,
                             .parent_uuid = run->job->uuid,
                             .subject = arena_printf(run->arena, "video:%lld", (long long)id)),
                    &next));
    b->downloaded++;
    b->next++;
    struct err e = job_save(run, tx.conn, batch_json(b, true));
    return failed(e) ? e : db_commit(&tx);
}

/* A folder of its own for each: the next job of the video takes it away. */
static struct err fetch_video(struct batch *b, const struct video *video, const char *source)
{
    struct job_run *run = b->run;
    const struct youtube_args *args = run->args;
    struct fetching fetching = {run, (int64_t)b->next * 100, (int64_t)args->video_ids.count * 100};
    const char *path;
    int64_t bytes;
    TRY(incoming_path(run->core, run->arena,
                      arena_printf(run->arena, "%s-%lld", run->job->uuid, (long long)video->id),
                      arena_printf(run->arena, "%lld.mp4", (long long)video->id), &path));
    TRY(mark_downloading(run, video->id));
    struct err e = fetch_file(&fetching, source, args->format, path, &bytes);
    TRY(chain_give_up(run, video->id, path, e));
    return hand_on(b, video->id, path);
}

static struct err one_video(struct batch *b, int64_t id)
{
    struct video video;
    struct err e = catalog_video_get(db_reader(b->run->core->db), b->run->arena, id, false, &video);
    const char *source = failed(e) ? NULL : source_of(b, &video);
    if (!failed(e) && source)
        e = fetch_video(b, &video, source);
    if (!failed(e) && source)
        return OK;
    if (e.kind == ERR_CANCELLED)
        return e;
    if (failed(e))
        note_failure(b, id, e);
    else
        b->skipped++;
    b->next++;
    return job_save(b->run, NULL, batch_json(b, true));
}

static struct err download_videos(struct job_run *run)
{
    const struct youtube_args *args = run->args;
    const int64_t *ids = args->video_ids.items;
    int64_t total = (int64_t)args->video_ids.count * 100;
    struct batch b = {.run = run};
    resume(&b);
    while (b.next < args->video_ids.count) {
        if (job_cancelled(run))
            return job_stopped(run);
        job_progress(run, (int64_t)b.next * 100, total, "Downloading");
        TRY(one_video(&b, ids[b.next]));
    }
    job_progress(run, total, total, "Done");
    job_result(run, batch_json(&b, false));
    return OK;
}

static struct err download_youtube(struct job_run *run)
{
    const struct youtube_args *args = run->args;
    if (args->video_ids.count)
        return download_videos(run);
    if (!args->url || !*args->url)
        return err_field(ERR_INVALID, "bad_job_args", "url", "Missing required parameter: url");
    return download_address(run);
}

const struct job_kind download_youtube_kind = {
    .name = "download_youtube",
    .args = &youtube_args_shape,
    .run = download_youtube,
    .at_once = 1,
    .help = "Downloads an address, or several videos, with yt-dlp",
};
