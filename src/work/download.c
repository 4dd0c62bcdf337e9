/*
 * import_download: fetches a known video with yt-dlp and hands it down the chain (work/chain.h).
 */
#include "base/clock.h"
#include "domain/catalog/video.h"
#include "json/writer.h"
#include "work/chain.h"
#include "work/fetching.h"
#include "work/incoming.h"
#include "work/kinds.h"

struct import_args {
    int64_t video_id;
    const char *youtube_id;
};
SHAPE(import_args_shape, "ImportDownloadArgs", struct import_args, "Downloads a known video",
      F(struct import_args, T_INT, video_id, .flags = FIELD_REQUIRED, MIN_VALUE(1)),
      F(struct import_args, T_TEXT, youtube_id, .flags = FIELD_REQUIRED | FIELD_NOT_BLANK, MAX_VALUE(2000)));

static struct err mark_downloading(struct job_run *run, int64_t id)
{
    struct video video;
    struct presence which = {0};
    TX(tx);
    TRY(db_begin(run->core->db, &tx));
    TRY(job_fence(run, tx.conn));
    TRY(catalog_video_get(tx.conn, run->arena, id, false, &video));
    video.download_attempts = video.download_attempts == INT_NONE ? 1 : video.download_attempts + 1;
    video.last_download_attempt_at = time_now_us();
    set_present(&which, VIDEO_FIELD_download_attempts);
    set_present(&which, VIDEO_FIELD_last_download_attempt_at);
    TRY(catalog_video_update(tx.conn, run->arena, id, &video, &which));
    TRY(catalog_video_set_status(tx.conn, run->arena, id, VIDEO_DOWNLOADING, "Download started", run->job->kind,
                                 NULL));
    return db_commit(&tx);
}

static const char *path_args(struct arena *a, int64_t video_id, const char *path)
{
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    jw_kv_int(&w, "video_id", video_id);
    jw_kv_text(&w, "temp_path", path);
    jw_end(&w);
    return arena_strdup(a, out.data);
}

static const char *import_result(struct job_run *run, const char *path, int64_t bytes)
{
    const struct import_args *args = run->args;
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    jw_kv_int(&w, "video_id", args->video_id);
    jw_kv_text(&w, "youtube_id", args->youtube_id);
    jw_kv_text(&w, "post_process_job_id", "%s");
    jw_kv_text(&w, "temp_path", path);
    jw_kv_int(&w, "file_size", bytes);
    jw_end(&w);
    return arena_strdup(run->arena, out.data);
}

static struct err import_file(struct job_run *run, const char *path)
{
    const struct import_args *args = run->args;
    struct fetching fetching = {.run = run, .total = 100};
    int64_t bytes;
    TRY(mark_downloading(run, args->video_id));
    job_progress(run, 0, 100, "Starting the download");
    TRY(fetch_file(&fetching, args->youtube_id, NULL, path, &bytes));
    TRY(chain_go_on(run));
    TX(tx);
    TRY(db_begin(run->core->db, &tx));
    TRY(job_fence(run, tx.conn));
    TRY(catalog_video_set_status(tx.conn, run->arena, args->video_id, VIDEO_DOWNLOADED, "Download finished",
                                 run->job->kind, NULL));
    TRY(chain_next(run, &tx, "video_post_process", args->video_id, path_args(run->arena, args->video_id, path),
                   import_result(run, path, bytes)));
    job_progress(run, 100, 100, "Downloaded");
    return OK;
}

static struct err import_download(struct job_run *run)
{
    const struct import_args *args = run->args;
    const char *path;
    if (chain_is_done(run))
        return OK;
    TRY(catalog_video_check(db_reader(run->core->db), run->arena, args->video_id, false));
    TRY(incoming_path(run->core, run->arena, run->job->uuid,
                      arena_printf(run->arena, "%s.mp4", args->youtube_id), &path));
    return chain_give_up(run, args->video_id, path, import_file(run, path));
}

const struct job_kind import_download_kind = {
    .name = "import_download",
    .args = &import_args_shape,
    .run = import_download,
    .at_once = 2,
    .help = "Downloads a known music video with yt-dlp and hands it on",
    .cancelled = chain_cancelled,
};
