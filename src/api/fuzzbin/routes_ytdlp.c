/* YouTube through yt-dlp (contract 2.17). */
#include <string.h>

#include "api/fuzzbin/fuzzbin.h"
#include "api/fuzzbin/views.h"
#include "core/jobs.h"
#include "json/writer.h"
#include "providers/ytdlp.h"

/* The document knows 404, 500 and this API's own mistakes here; a missing program is a 500 that says so. */
static struct err explain(struct call *call, struct err e)
{
    switch (e.kind) {
    case ERR_UNCONFIGURED:
    case ERR_UPSTREAM:
    case ERR_TIMEOUT:
        return fuzzbin_detail(call, 500, e.msg);
    case ERR_DENIED:
        e.kind = ERR_INVALID;
        return e;
    default:
        return e;
    }
}

struct search_query {
    const char *artist;
    const char *track_title;
    int64_t max_results;
};
SHAPE(ytdlp_search_query_shape, "YtdlpSearchQuery", struct search_query, "What to look for",
      F(struct search_query, T_TEXT, artist, .flags = FIELD_REQUIRED, BETWEEN(1, 200)),
      F(struct search_query, T_TEXT, track_title, .flags = FIELD_REQUIRED, BETWEEN(1, 200)),
      F(struct search_query, T_INT, max_results, .fallback = "5", BETWEEN(1, 50)));

struct search_reply {
    struct list results;
    const char *query;
    int64_t total;
};
SHAPE(ytdlp_search_shape, "YtdlpSearch", struct search_reply, "Finds at YouTube",
      F(struct search_reply, T_LIST, results, .item = T_OBJECT, .shape = &ytdlp_video_shape, .flags = FIELD_EMPTY_LIST),
      F(struct search_reply, T_TEXT, query, .flags = FIELD_REQUIRED),
      F(struct search_reply, T_INT, total, .flags = FIELD_REQUIRED));

static struct err search(struct call *call)
{
    const struct search_query *query = call->query;
    struct ytdlp_videos videos = {0};
    struct err e = ytdlp_search(call->core, call->arena, query->artist, query->track_title, query->max_results,
                                &videos);
    if (failed(e))
        return explain(call, e);
    struct search_reply reply = {
        {videos.items, videos.count},
        arena_printf(call->arena, "%s %s", query->artist, query->track_title),
        (int64_t)videos.count,
    };
    return call_reply(call, &reply);
}

struct info_reply {
    struct ytdlp_video *video;
};
SHAPE(ytdlp_info_shape, "YtdlpInfo", struct info_reply, "A video at YouTube",
      F(struct info_reply, T_OBJECT, video, .shape = &ytdlp_video_shape, .flags = FIELD_REQUIRED));

static struct err info(struct call *call)
{
    struct ytdlp_video video;
    struct err e = ytdlp_info(call->core, call->arena, call_text(call, "video_id"), &video);
    if (failed(e))
        return explain(call, e);
    struct info_reply reply = {&video};
    return call_reply(call, &reply);
}

/* --- downloads ------------------------------------------------------------------------------------------ */

struct download_body {
    const char *url;
    const char *output_path;
    const char *format_spec;
};
SHAPE(ytdlp_download_shape, "YtdlpDownloadRequest", struct download_body, "What to fetch, and where to",
      F(struct download_body, T_TEXT, url, .flags = FIELD_REQUIRED, BETWEEN(1, 2000)),
      F(struct download_body, T_TEXT, output_path, .flags = FIELD_REQUIRED, BETWEEN(1, 4000),
        .help = "in the library; relative to its folder, or absolute"),
      F(struct download_body, T_TEXT, format_spec, .flags = FIELD_NULLABLE, MAX_VALUE(500)));

static struct err download(struct call *call)
{
    const struct download_body *body = call->body;
    const char *path = body->output_path;
    struct job job;
    BUF(args);
    struct jw w = jw_to(&args);
    TRY(fuzzbin_place_in_library(call, "output", &path));
    jw_object(&w);
    jw_kv_text(&w, "url", body->url);
    jw_kv_text(&w, "output_path", path);
    jw_kv_text(&w, "format_spec", body->format_spec);
    jw_end(&w);
    TRY(jobs_submit_now(call->core->jobs, call->arena,
                        JOB_SPEC("download_youtube", .args = args.data, .origin = "fuzzbin"), &job));
    return call_reply(call, &job);
}

static struct err cancel(struct call *call)
{
    struct job job;
    TRY(jobs_get_uuid(call_db(call), call->arena, call_text(call, "job_id"), &job));
    if (strcmp(job.kind, "download_youtube") != 0)
        return err_f(call->arena, ERR_INVALID, "wrong_job_type", "Job %s is not a YouTube download job", job.uuid);
    struct err e = jobs_cancel(call->core->jobs, call->arena, job.id, &job);
    if (e.kind == ERR_CONFLICT)
        return err_f(call->arena, ERR_INVALID, "not_cancellable", "Job %s is already completed", job.uuid);
    TRY(e);
    return call_empty(call, 204);
}

#define TAG_ "yt-dlp"
ROUTES(fuzzbin_ytdlp_routes,
       {HTTP_GET, "/ytdlp/search", TAG_, "Searches YouTube", search, .query = &ytdlp_search_query_shape,
        .reply = &ytdlp_search_shape, .flags = ROUTE_BLOCKING},
       {HTTP_GET, "/ytdlp/info/{video_id}", TAG_, "What YouTube knows of a video, by id or encoded address", info,
        .reply = &ytdlp_info_shape, .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/ytdlp/download", TAG_, "Queues a download", download, .body = &ytdlp_download_shape,
        .reply = &fuzzbin_job_view, .status = 202, .flags = ROUTE_BLOCKING},
       {HTTP_DELETE, "/ytdlp/download/{job_id}", TAG_, "Cancels a download", cancel, .status = 204,
        .flags = ROUTE_BLOCKING});
