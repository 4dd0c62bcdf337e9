/* Queueing the downloads of known videos (contract 2.3, 2.10). */
#include "api/fuzzbin/views.h"
#include "domain/catalog/video.h"
#include "json/writer.h"

/* Marks the video and queues its download; asked twice, it is one job. */
static struct err queue(struct call *call, struct db_conn *tx, const struct video *video, int priority,
                        struct job *ret_job)
{
    struct arena *a = call->arena;
    BUF(args);
    struct jw w = jw_to(&args);
    jw_object(&w);
    jw_kv_int(&w, "video_id", video->id);
    jw_kv_text(&w, "youtube_id", video->youtube_id);
    jw_end(&w);
    TRY(catalog_video_set_status(tx, a, video->id, VIDEO_QUEUED, "Download queued", call->who.name, NULL));
    return jobs_submit(call->core->jobs, tx, a,
                       JOB_SPEC("import_download", .args = args.data, .priority = priority, .origin = "fuzzbin",
                                .unique_key = arena_printf(a, "download:%lld", (long long)video->id),
                                .subject = arena_printf(a, "video:%lld", (long long)video->id)),
                       ret_job);
}

static bool has_source(const struct video *video)
{
    return video->youtube_id && *video->youtube_id;
}

static struct err download_one(struct call *call)
{
    struct video video;
    struct job job;
    CALL_TX(call, tx);
    TRY(catalog_video_get(tx.conn, call->arena, call_id(call, "video_id"), false, &video));
    if (!has_source(&video))
        return err_make(ERR_INVALID, "no_youtube_id", "Video has no YouTube ID");
    TRY(queue(call, tx.conn, &video, JOB_HIGH, &job));
    TRY(db_commit(&tx));
    return call_reply(call, &job);
}

/* --- many ----------------------------------------------------------------------------------------------- */

struct skipped {
    int64_t video_id;
    const char *reason;
};
SHAPE(skipped_shape, "SkippedVideo", struct skipped, "A video that is not downloaded",
      F(struct skipped, T_INT, video_id, .flags = FIELD_REQUIRED),
      F(struct skipped, T_TEXT, reason, .flags = FIELD_REQUIRED));
struct details {
    struct list skipped_videos;
};
SHAPE(details_shape, "BulkDownloadDetails", struct details, "What was left out",
      F(struct details, T_LIST, skipped_videos, .item = T_OBJECT, .shape = &skipped_shape,
        .flags = FIELD_EMPTY_LIST));
struct bulk_reply {
    int64_t submitted;
    int64_t skipped;
    struct list job_ids;
    struct details *details;
};
SHAPE(bulk_reply_shape, "BulkOperationResponse", struct bulk_reply, "The jobs that were queued",
      F(struct bulk_reply, T_INT, submitted, .flags = FIELD_REQUIRED),
      F(struct bulk_reply, T_INT, skipped, .flags = FIELD_REQUIRED),
      F(struct bulk_reply, T_LIST, job_ids, .item = T_TEXT, .flags = FIELD_EMPTY_LIST),
      F(struct bulk_reply, T_OBJECT, details, .shape = &details_shape));

struct outcome {
    struct {
        VEC(const char *)
    } jobs;
    struct {
        VEC(struct skipped)
    } skipped;
};

static struct err queue_by_id(struct call *call, struct db_conn *tx, int64_t id, struct outcome *outcome)
{
    struct video video;
    struct job job;
    struct err e = catalog_video_get(tx, call->arena, id, false, &video);
    if (e.kind == ERR_NOT_FOUND || (!failed(e) && !has_source(&video))) {
        *arena_push(call->arena, &outcome->skipped) =
            (struct skipped){id, failed(e) ? "Not found" : "No YouTube ID"};
        return OK;
    }
    TRY(e);
    TRY(queue(call, tx, &video, JOB_NORMAL, &job));
    *arena_push(call->arena, &outcome->jobs) = job.uuid;
    return OK;
}

static struct err check_ids(struct call *call)
{
    size_t i;
    json_t *id;
    if (!json_is_array(call->json))
        mistake_add(call->arena, &call->mistakes, MISTAKE_TYPE, "body")->type = T_LIST;
    json_array_foreach (call->json, i, id) {
        if (json_is_integer(id))
            continue;
        struct mistake *m = mistake_add(call->arena, &call->mistakes, MISTAKE_TYPE, "body");
        m->type = T_INT;
        m->path[m->path_len++] = (struct path_step){NULL, i};
    }
    return call->mistakes.count ? call_invalid(call) : OK;
}

static struct err download_many(struct call *call)
{
    struct outcome outcome = {0};
    size_t i;
    json_t *id;
    TRY(check_ids(call));
    CALL_TX(call, tx);
    json_array_foreach (call->json, i, id)
        TRY(queue_by_id(call, tx.conn, json_integer_value(id), &outcome));
    TRY(db_commit(&tx));
    struct details details = {{outcome.skipped.items, outcome.skipped.count}};
    struct bulk_reply reply = {
        .submitted = (int64_t)outcome.jobs.count,
        .skipped = (int64_t)outcome.skipped.count,
        .job_ids = {outcome.jobs.items, outcome.jobs.count},
        .details = outcome.skipped.count ? &details : NULL,
    };
    return call_reply(call, &reply);
}

ROUTES(fuzzbin_download_routes,
       {HTTP_POST, "/videos/{video_id:int}/download", "Videos", "Queues the download of its YouTube video",
        download_one, .reply = &fuzzbin_job_view, .status = 202, .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/videos/bulk/download", "Bulk operations", "Queues many downloads", download_many,
        .reply = &bulk_reply_shape, .status = 202, .flags = ROUTE_BLOCKING | ROUTE_BODY_LIST});
