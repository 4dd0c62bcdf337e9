/* Bytes of videos: stream, picture, probe (contract 2.3). */
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/fuzzbin/views.h"
#include "domain/catalog/thumbnail.h"
#include "domain/catalog/video.h"
#include "media/pool.h"
#include "sys/root.h"

/* --- opening -------------------------------------------------------------------------------------------- */

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}
#define FILE_FD(name_) __attribute__((cleanup(close_fd))) int name_ = -1

static struct err gone(void)
{
    return err_make(ERR_NOT_FOUND, "file_missing", "Video file not found on disk");
}

/* Opened beneath its library folder, wherever links may lead by now. */
static struct err open_file(struct call *call, const struct video *video, int *ret_fd)
{
    struct root *root;
    const char *relative;
    if (!video->video_file_path)
        return err_make(ERR_NOT_FOUND, "no_file", "No video file available for this video");
    if (!roots_match(call->core->roots, call->arena, video->video_file_path, &root, &relative))
        return err_make(ERR_DENIED, "outside_library", "Video file is outside the library directory");
    struct err e = root_open(root, call->arena, relative, O_RDONLY, 0, ret_fd);
    if (e.kind == ERR_NOT_FOUND || e.kind == ERR_UNSUPPORTED)
        return gone();
    if (e.kind == ERR_DENIED)
        return err_make(ERR_DENIED, "outside_library", "Video file cannot be read");
    return e;
}

/* --- stream --------------------------------------------------------------------------------------------- */

static struct err stream(struct call *call)
{
    struct video video;
    int fd;
    TRY(catalog_video_get(call_db(call), call->arena, call_id(call, "video_id"), false, &video));
    TRY(open_file(call, &video, &fd));
    call->replying = true;
    return http_reply_file(call->req, call->resp, fd, http_content_type(video.video_file_path));
}

/* --- thumbnail ------------------------------------------------------------------------------------------ */

struct thumbnail_query {
    int8_t regenerate;
    double timestamp;
    int64_t width;
};
SHAPE(thumbnail_query_shape, "ThumbnailQuery", struct thumbnail_query, "Which picture",
      F(struct thumbnail_query, T_BOOL, regenerate, .fallback = "false", .help = "Make it anew"),
      F(struct thumbnail_query, T_REAL, timestamp, .help = "Second of the video"),
      F(struct thumbnail_query, T_INT, width, BETWEEN(1, 1920), .help = "Pixels at most"));

static struct err reply_picture(struct call *call, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_make(ERR_NOT_FOUND, "no_thumbnail", "Thumbnail not found");
    call_header(call, "Cache-Control", "private, max-age=86400, stale-while-revalidate=3600");
    call->replying = true;
    return http_reply_file(call->req, call->resp, fd, "image/jpeg");
}

static bool is_media_failure(const struct err *e)
{
    return e->code && strncmp(e->code, "media_", 6) == 0 && e->kind != ERR_BUSY;
}

static struct err get_thumbnail(struct call *call)
{
    const struct thumbnail_query *query = call->query;
    struct video video;
    struct thumbnail picture;
    FILE_FD(fd);
    TRY(catalog_video_get(call_db(call), call->arena, call_id(call, "video_id"), false, &video));
    bool as_it_is = query->regenerate != 1 && isnan(query->timestamp);
    if (query->regenerate == 1 && video.video_file_path)
        thumbnail_forget_remote(call->core, video.id);
    if ((as_it_is || !video.video_file_path) &&
        !failed(thumbnail_remote(call->core, call->arena, video.id, &picture)))
        return reply_picture(call, picture.path);
    TRY(open_file(call, &video, &fd));
    struct thumbnail_request request = {
        .video_id = video.id,
        .width = query->width == INT_NONE ? 0 : query->width,
        .again = query->regenerate == 1,
        .position_s = query->timestamp >= 0 ? query->timestamp : NAN,
    };
    struct err e = thumbnail_get(call->core, call->arena, fd, &request, &picture);
    if (is_media_failure(&e))
        return fuzzbin_detail(call, 500, "Failed to extract a thumbnail from the video file");
    TRY(e);
    return reply_picture(call, picture.path);
}

/* --- refresh -------------------------------------------------------------------------------------------- */

struct refresh_query {
    int8_t regenerate_thumbnail;
};
SHAPE(refresh_query_shape, "RefreshQuery", struct refresh_query, "What to do anew",
      F(struct refresh_query, T_BOOL, regenerate_thumbnail, .fallback = "true"));

/* Members of streams that the file does not have are left out (contract 1.14). */
SHAPE(media_info_shape, "MediaInfo", struct video, "What the file says of itself",
      F(struct video, T_REAL, duration), F(struct video, T_TEXT, container_format),
      F(struct video, T_INT, bitrate), F(struct video, T_INT, width, .flags = FIELD_OMIT),
      F(struct video, T_INT, height, .flags = FIELD_OMIT),
      F(struct video, T_TEXT, video_codec, .flags = FIELD_OMIT),
      F(struct video, T_REAL, frame_rate, .flags = FIELD_OMIT),
      F(struct video, T_TEXT, audio_codec, .flags = FIELD_OMIT),
      F(struct video, T_INT, audio_channels, .flags = FIELD_OMIT),
      F(struct video, T_INT, audio_sample_rate, .flags = FIELD_OMIT));

struct refresh_reply {
    int64_t video_id;
    struct video *media_info;
    const char *thumbnail_path;
    int64_t thumbnail_timestamp;
};
SHAPE(refresh_shape, "RefreshResponse", struct refresh_reply, "What was found",
      F(struct refresh_reply, T_INT, video_id, .flags = FIELD_REQUIRED),
      F(struct refresh_reply, T_OBJECT, media_info, .shape = &media_info_shape, .flags = FIELD_REQUIRED),
      F(struct refresh_reply, T_TEXT, thumbnail_path), F(struct refresh_reply, T_INT, thumbnail_timestamp));

/* The row and the event that tells of it. */
static struct err store_media(struct call *call, int64_t id, const struct media_info *info, int fd,
                              int64_t thumbnail_s)
{
    struct stat st;
    int64_t size = fstat(fd, &st) ? 0 : (int64_t)st.st_size;
    CALL_TX(call, tx);
    TRY(catalog_video_set_media(tx.conn, call->arena, id, info, size));
    TRY(catalog_video_tell_media(tx.conn, id, thumbnail_s));
    return db_commit(&tx);
}

static struct err refresh(struct call *call)
{
    const struct refresh_query *query = call->query;
    struct video video;
    struct media_info *info;
    struct presence which;
    struct thumbnail picture;
    FILE_FD(fd);
    struct refresh_reply reply = {.video_id = call_id(call, "video_id"), .thumbnail_timestamp = INT_NONE};
    TRY(catalog_video_get(call_db(call), call->arena, reply.video_id, false, &video));
    TRY(open_file(call, &video, &fd));
    struct err e = media_pool_probe(call->core->media, call->arena, fd, &info);
    if (is_media_failure(&e))
        return fuzzbin_detail(call, 500, arena_printf(call->arena, "Failed to analyze the video file: %s", e.msg));
    TRY(e);
    struct thumbnail_request request = {.video_id = video.id, .again = true, .position_s = NAN};
    if (query->regenerate_thumbnail == 1 &&
        !failed(thumbnail_get(call->core, call->arena, fd, &request, &picture))) {
        thumbnail_forget_remote(call->core, video.id);
        reply.thumbnail_path = picture.path;
        reply.thumbnail_timestamp = picture.made_at_s;
    }
    TRY(store_media(call, video.id, info, fd,
                    reply.thumbnail_timestamp == INT_NONE ? 0 : reply.thumbnail_timestamp));
    catalog_video_take_media(call->arena, &video, info, &which);
    reply.media_info = &video;
    return call_reply(call, &reply);
}

#define TAG_ "Videos"
#define ONE  "/videos/{video_id:int}"
ROUTES(fuzzbin_video_file_routes,
       {HTTP_GET, ONE "/stream", TAG_, "The video file, whole or in ranges", stream, .access = ACCESS_MEDIA,
        .flags = ROUTE_BLOCKING},
       {HTTP_GET, ONE "/thumbnail", TAG_, "A picture of the video, made when first asked for", get_thumbnail,
        .query = &thumbnail_query_shape, .access = ACCESS_MEDIA, .flags = ROUTE_BLOCKING},
       {HTTP_POST, ONE "/refresh", TAG_, "Reads the file again", refresh, .query = &refresh_query_shape,
        .reply = &refresh_shape, .flags = ROUTE_BLOCKING});
