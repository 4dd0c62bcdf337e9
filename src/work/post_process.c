/*
 * video_post_process: what a video's file says of itself, and a picture of it (document 000, section 3.2).
 * A downloaded file (temp_path) then goes on to its place; one that is in the library (video_path) stays.
 */
#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "domain/catalog/thumbnail.h"
#include "domain/catalog/video.h"
#include "domain/intake/song_picture.h"
#include "json/decode.h"
#include "json/writer.h"
#include "media/pool.h"
#include "providers/imvdb.h"
#include "work/chain.h"
#include "work/incoming.h"
#include "work/kinds.h"

struct process_args {
    int64_t video_id;
    const char *temp_path;
    const char *video_path;
    const char *ytdlp_thumbnail_url;
};
SHAPE(process_args_shape, "VideoPostProcessArgs", struct process_args, "Reads a video's file",
      F(struct process_args, T_INT, video_id, .flags = FIELD_REQUIRED, MIN_VALUE(1)),
      F(struct process_args, T_TEXT, temp_path, .flags = FIELD_NULLABLE, .help = "a download"),
      F(struct process_args, T_TEXT, video_path, .flags = FIELD_NULLABLE, .help = "a file of the library"),
      F(struct process_args, T_TEXT, ytdlp_thumbnail_url, .flags = FIELD_NULLABLE, MAX_VALUE(2000)));

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

/* The members that contract 1.14 calls MediaInfo. */
static void write_media(struct jw *w, struct arena *a, const struct media_info *info)
{
    struct video seen;
    struct presence which = {0};
    shape_clear(&video_shape, &seen);
    catalog_video_take_media(a, &seen, info, &which);
    jw_object(w);
    jw_kv_real(w, "duration", seen.duration);
    jw_kv_text(w, "container_format", seen.container_format);
    jw_kv_int(w, "bitrate", seen.bitrate);
    jw_kv_int(w, "width", seen.width);
    jw_kv_int(w, "height", seen.height);
    jw_kv_text(w, "video_codec", seen.video_codec);
    jw_kv_real(w, "frame_rate", seen.frame_rate);
    jw_kv_text(w, "audio_codec", seen.audio_codec);
    jw_kv_int(w, "audio_channels", seen.audio_channels);
    jw_kv_int(w, "audio_sample_rate", seen.audio_sample_rate);
    jw_end(w);
}

static const char *result_json(struct job_run *run, const struct media_info *info, const char *picture)
{
    const struct process_args *args = run->args;
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    jw_kv_int(&w, "video_id", args->video_id);
    jw_kv_text(&w, "organize_job_id", args->temp_path ? "%s" : NULL);
    jw_kv_text(&w, "temp_path", args->temp_path);
    jw_key(&w, "media_info");
    write_media(&w, run->arena, info);
    jw_kv_text(&w, "thumbnail_path", picture);
    jw_end(&w);
    return arena_strdup(run->arena, out.data);
}

static const char *organize_args(struct job_run *run)
{
    const struct process_args *args = run->args;
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    jw_kv_int(&w, "video_id", args->video_id);
    jw_kv_text(&w, "temp_path", args->temp_path);
    jw_end(&w);
    return arena_strdup(run->arena, out.data);
}

/* IMVDb's picture of the video, when it is known there. */
static struct err imvdb_address(const struct asker *by, int64_t id, const char **ret_url)
{
    struct video video;
    struct imvdb_video found;
    int64_t number;
    TRY(imvdb_ready(by));
    TRY(catalog_video_get(db_reader(by->core->db), by->arena, id, false, &video));
    if (!video.imvdb_video_id || !text_to_int(video.imvdb_video_id, &number))
        return err_make(ERR_NOT_FOUND, "no_picture", "Not known at IMVDb");
    TRY(imvdb_video(by, number, &found));
    *ret_url = imvdb_picture(&found);
    return *ret_url ? OK : err_make(ERR_NOT_FOUND, "no_picture", "IMVDb has no picture");
}

/* A picture from outside, made by people; false when there is none to be had. */
static bool fetch_picture(struct job_run *run, const char *clip_url, struct thumbnail *ret)
{
    const struct process_args *args = run->args;
    struct asker by = {.core = run->core, .arena = run->arena, .cancelled = job_cancel_flag(run)};
    const char *url = NULL;
    int64_t made_at_s;
    struct err e = imvdb_address(&by, args->video_id, &url);
    if (!failed(e))
        e = song_fetch_picture(&by, args->video_id, url, "providers.imvdb.base_url", &made_at_s);
    if (failed(e) && clip_url && *clip_url)
        e = song_fetch_picture(&by, args->video_id, clip_url, NULL, &made_at_s);
    return !failed(e) && !failed(thumbnail_remote(run->core, run->arena, args->video_id, ret));
}

/* A video without a picture is no reason to fail. */
static void make_picture(struct job_run *run, int fd, struct thumbnail *ret)
{
    const struct process_args *args = run->args;
    struct thumbnail_request request = {.video_id = args->video_id, .again = true, .position_s = NAN};
    if (args->temp_path && fetch_picture(run, args->ytdlp_thumbnail_url, ret))
        return;
    struct err e = thumbnail_get(run->core, run->arena, fd, &request, ret);
    if (failed(e))
        job_log(run, LOG_WARN, "No picture: %s", e.msg);
}

static struct err process(struct job_run *run, const char *path)
{
    const struct process_args *args = run->args;
    __attribute__((cleanup(close_fd))) int fd = -1;
    struct place place;
    struct media_info *info;
    struct thumbnail picture = {0};
    struct stat st;
    TRY(incoming_find(run->core, run->arena, path, &place));
    TRY(root_open(place.root, run->arena, place.path, O_RDONLY, 0, &fd));
    job_progress(run, 0, 4, "Reading the file");
    TRY(media_pool_probe(run->core->media, run->arena, fd, &info));
    TRY(chain_go_on(run));
    job_progress(run, 1, 4, "Making a picture");
    make_picture(run, fd, &picture);
    TRY(chain_go_on(run));
    job_progress(run, 3, 4, "Writing");
    TX(tx);
    TRY(db_begin(run->core->db, &tx));
    TRY(job_fence(run, tx.conn));
    TRY(catalog_video_check(tx.conn, run->arena, args->video_id, false));
    TRY(catalog_video_set_media(tx.conn, run->arena, args->video_id, info,
                                fstat(fd, &st) ? 0 : (int64_t)st.st_size));
    TRY(catalog_video_tell_media(tx.conn, args->video_id, picture.made_at_s));
    TRY(chain_next(run, &tx, args->temp_path ? "import_organize" : NULL, args->video_id, organize_args(run),
                   result_json(run, info, picture.path)));
    job_progress(run, 4, 4, "Done");
    return OK;
}

static struct err post_process(struct job_run *run)
{
    const struct process_args *args = run->args;
    const char *path = args->temp_path ? args->temp_path : args->video_path;
    if (chain_is_done(run))
        return OK;
    if (!path)
        return err_field(ERR_INVALID, "bad_job_args", "temp_path", "Missing required parameter: temp_path");
    struct err e = process(run, path);
    return args->temp_path ? chain_give_up(run, args->video_id, path, e) : e;
}

const struct job_kind video_post_process_kind = {
    .name = "video_post_process",
    .args = &process_args_shape,
    .run = post_process,
    .help = "Reads a video's file and makes its picture",
    .cancelled = chain_cancelled,
};
