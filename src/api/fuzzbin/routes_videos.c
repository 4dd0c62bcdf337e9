/* Music videos (contract 2.3). Their files, streams and pictures are in routes_video_files.c. */
#include <string.h>

#include "api/fuzzbin/views.h"
#include "base/clock.h"
#include "core/jobs.h"
#include "domain/catalog/thumbnail.h"
#include "domain/catalog/video.h"
#include "domain/organize/nfo.h"
#include "domain/organize/trash.h"
#include "json/encode.h"
#include "sys/root.h"

/* --- shapes --------------------------------------------------------------------------------------------- */

/* Everything but the title may be null, which clears it (contract 1.2). */
#define TEXT_FIELD(member_, max_)                                                                  \
    F(struct video, T_TEXT, member_, .flags = FIELD_NULLABLE, MAX_VALUE(max_))
#define VIDEO_BODY(...)                                                                            \
    __VA_ARGS__, TEXT_FIELD(artist, 255), TEXT_FIELD(album, 255),                                  \
        F(struct video, T_INT, year, .flags = FIELD_NULLABLE, BETWEEN(1900, 2100)),                \
        TEXT_FIELD(director, 255), TEXT_FIELD(genre, 100), TEXT_FIELD(studio, 255),                \
        TEXT_FIELD(isrc, 12), TEXT_FIELD(imvdb_video_id, 50), TEXT_FIELD(imvdb_url, 500),          \
        TEXT_FIELD(youtube_id, 50), TEXT_FIELD(vimeo_id, 50), TEXT_FIELD(video_file_path, 4096),   \
        TEXT_FIELD(nfo_file_path, 4096)
SHAPE(video_create_shape, "VideoCreate", struct video, "A new music video",
      VIDEO_BODY(F(struct video, T_TEXT, title, .flags = FIELD_REQUIRED, BETWEEN(1, 500))));
SHAPE(fuzzbin_video_update, "VideoUpdate", struct video, "What to change; what is left out stays",
      VIDEO_BODY(F(struct video, T_TEXT, title, .flags = FIELD_REQUIRED, MAX_VALUE(500))));

struct video_query {
    struct paging paging;
    const char *sort_by;
    const char *sort_order;
    const char *title;
    const char *artist;
    const char *album;
    const char *director;
    struct list genre;
    int status;
    struct list year;
    int64_t year_min;
    int64_t year_max;
    const char *imvdb_video_id;
    const char *youtube_id;
    const char *collection_name;
    int64_t collection_id;
    int64_t tag_id;
    struct list tag_name;
    const char *search;
    int8_t include_deleted;
};
#define QF(kind_, member_, ...) F(struct video_query, kind_, member_, __VA_ARGS__)
SHAPE(video_query_shape, "VideoQuery", struct video_query, "Which videos, in which order",
      PAGING_FIELDS(struct video_query),
      QF(T_TEXT, sort_by, .fallback = "created_at",
         .help = "title artist album year director genre created_at updated_at status"),
      QF(T_TEXT, sort_order, .fallback = "desc"), QF(T_TEXT, title), QF(T_TEXT, artist), QF(T_TEXT, album),
      QF(T_TEXT, director, .help = "__none__: without one"), QF(T_LIST, genre, .item = T_TEXT),
      QF(T_ENUM, status, .words = &fuzzbin_status_words),
      QF(T_LIST, year, .item = T_INT, .help = "-1: without one"), QF(T_INT, year_min, MIN_VALUE(1900)),
      QF(T_INT, year_max, MAX_VALUE(2100)), QF(T_TEXT, imvdb_video_id), QF(T_TEXT, youtube_id),
      QF(T_TEXT, collection_name), QF(T_INT, collection_id), QF(T_INT, tag_id),
      QF(T_LIST, tag_name, .item = T_TEXT), QF(T_TEXT, search, .help = "Full text"),
      QF(T_BOOL, include_deleted, .fallback = "false"));

struct status_body {
    int status;
    const char *reason;
    const char *changed_by;
    const char *metadata;
};
SHAPE(status_shape, "VideoStatusUpdate", struct status_body, "A new status",
      F(struct status_body, T_ENUM, status, .words = &fuzzbin_status_words, .flags = FIELD_REQUIRED),
      F(struct status_body, T_TEXT, reason, .flags = FIELD_NULLABLE, MAX_VALUE(500)),
      F(struct status_body, T_TEXT, changed_by, .flags = FIELD_NULLABLE, MAX_VALUE(100)),
      F(struct status_body, T_JSON, metadata, .flags = FIELD_NULLABLE));

SHAPE(history_shape, "StatusHistoryEntry", struct status_change, "A change of status",
      F(struct status_change, T_INT, id, .flags = FIELD_REQUIRED),
      F(struct status_change, T_INT, video_id, .flags = FIELD_REQUIRED),
      F(struct status_change, T_ENUM, old_status, .words = &video_status_words),
      F(struct status_change, T_ENUM, new_status, .words = &video_status_words, .flags = FIELD_REQUIRED),
      F(struct status_change, T_TEXT, reason),
      F(struct status_change, T_TIME, changed_at, .flags = FIELD_REQUIRED));

struct jobs_query {
    int8_t include_completed;
};
SHAPE(jobs_query_shape, "VideoJobsQuery", struct jobs_query, "Which jobs",
      F(struct jobs_query, T_BOOL, include_completed, .fallback = "false"));

/* --- lists ---------------------------------------------------------------------------------------------- */

static enum video_sort sort_named(const char *name)
{
    static const struct {
        const char *name;
        enum video_sort sort;
    } sorts[] = {{"title", SORT_TITLE},       {"artist", SORT_ARTIST},      {"album", SORT_ALBUM},
                 {"year", SORT_YEAR},         {"director", SORT_DIRECTOR},  {"genre", SORT_GENRE},
                 {"created_at", SORT_CREATED}, {"updated_at", SORT_UPDATED}, {"status", SORT_STATUS}};
    for (size_t i = 0; i < sizeof(sorts) / sizeof(sorts[0]); i++) {
        if (strcmp(name, sorts[i].name) == 0)
            return sorts[i].sort;
    }
    return SORT_NONE;
}

static int64_t nonzero(int64_t id)
{
    return id == 0 ? INT_NONE : id;
}

static struct err list_videos(struct call *call)
{
    const struct video_query *q = call->query;
    struct video_filter filter;
    video_filter_clear(&filter);
    filter.title = q->title;
    filter.artist = q->artist;
    filter.album = q->album;
    filter.director = q->director;
    filter.genres = q->genre;
    filter.status = fuzzbin_status(q->status);
    filter.years = q->year;
    filter.year_min = q->year_min;
    filter.year_max = q->year_max;
    filter.imvdb_video_id = q->imvdb_video_id;
    filter.youtube_id = q->youtube_id;
    filter.collection_name = q->collection_name;
    filter.collection_id = nonzero(q->collection_id);
    filter.tag_id = nonzero(q->tag_id);
    filter.tags = q->tag_name;
    filter.search = q->search && *q->search ? q->search : NULL;
    filter.include_deleted = q->include_deleted == 1;
    filter.sort = sort_named(q->sort_by);
    filter.descending = strcasecmp(q->sort_order, "desc") == 0;
    fuzzbin_paging(call, &q->paging);
    return fuzzbin_reply_videos(call, &filter);
}

/* --- one ------------------------------------------------------------------------------------------------ */

struct err fuzzbin_place_in_library(struct call *call, const char *what, const char **path)
{
    const struct roots *roots = call->core->roots;
    struct root *root;
    const char *relative;
    if (!*path)
        return OK;
    const char *absolute = **path == '/'   ? path_normalize(call->arena, *path)
                           : roots->count ? path_normalize(call->arena, root_join(roots->items[0], call->arena, *path))
                                          : "";
    if (!roots_match(roots, call->arena, absolute, &root, &relative) || !*relative)
        return err_f(call->arena, ERR_INVALID, "outside_library",
                     "Invalid %s path: Path must be within library directory.", what);
    *path = absolute;
    return OK;
}

struct err fuzzbin_take_video(struct call *call, const struct shape *shape, const void *body,
                              const struct presence *present, struct video *ret_video,
                              struct presence *ret_which)
{
    video_clear(ret_video);
    *ret_which = (struct presence){0};
    for (size_t i = 0; i < shape->count; i++) {
        if (!is_present(present, i))
            continue;
        field_copy(&shape->fields[i], ret_video, body);
        set_present(ret_which, (size_t)shape_find(&video_shape, shape->fields[i].name));
    }
    TRY(fuzzbin_place_in_library(call, "file", &ret_video->video_file_path));
    return fuzzbin_place_in_library(call, "file", &ret_video->nfo_file_path);
}

static struct err create_video(struct call *call)
{
    struct video video;
    struct presence which;
    int64_t id;
    TRY(fuzzbin_take_video(call, call->route->body, call->body, &call->body_present, &video, &which));
    CALL_TX(call, tx);
    TRY(catalog_video_create(tx.conn, call->arena, &video, &id));
    TRY(db_commit(&tx));
    return fuzzbin_reply_video(call, id, false);
}

static struct err get_video(struct call *call)
{
    const struct deleted_query *query = call->query;
    return fuzzbin_reply_video(call, call_id(call, "video_id"), query->include_deleted == 1);
}

static bool differs(const char *one, const char *other)
{
    return strcmp(one ? one : "", other ? other : "") != 0;
}

/* A file is named after artist and title: a change of these moves it, when there is somebody to do so. */
static void organize_file(struct call *call, int64_t id)
{
    struct job job;
    const char *args = arena_printf(call->arena,
                                    "{\"video_id\":%lld,\"video_ids\":[%lld],\"trigger\":\"metadata_update\"}",
                                    (long long)id, (long long)id);
    if (jobs_kind(call->core->jobs, "file_organize"))
        /* The change itself is done; the contract swallows this failure. */
        IGNORE(jobs_submit_now(call->core->jobs, call->arena,
                               JOB_SPEC("file_organize", .args = args, .origin = "fuzzbin",
                                        .subject = arena_printf(call->arena, "video:%lld", (long long)id)),
                               &job));
}

static struct err update_video(struct call *call)
{
    int64_t id = call_id(call, "video_id");
    struct video change;
    struct video before;
    struct presence which;
    TRY(fuzzbin_take_video(call, call->route->body, call->body, &call->body_present, &change, &which));
    CALL_TX(call, tx);
    TRY(catalog_video_get(tx.conn, call->arena, id, false, &before));
    TRY(catalog_video_update(tx.conn, call->arena, id, &change, &which));
    bool dated = is_present(&which, VIDEO_FIELD_year) && change.year != before.year;
    if (dated) {
        struct decade_policy decades = fuzzbin_decades(call);
        TRY(catalog_video_sync_decade(tx.conn, call->arena, id, change.year, &decades,
                                      &(struct decade_change){0}));
    }
    TRY(db_commit(&tx));
    if (dated)
        IGNORE(nfo_keep(call->core, call->arena, id, NULL)); /* the change itself is done; an export repeats it */
    bool renamed =
        (is_present(&which, VIDEO_FIELD_artist) && differs(change.artist, before.artist)) ||
        (is_present(&which, VIDEO_FIELD_title) && differs(change.title, before.title));
    if (renamed && before.video_file_path)
        organize_file(call, id);
    return fuzzbin_reply_video(call, id, false);
}

static struct err trash_video(struct call *call)
{
    CALL_TX(call, tx);
    TRY(catalog_video_trash(tx.conn, call->arena, call_id(call, "video_id")));
    TRY(db_commit(&tx));
    return call_empty(call, 204);
}

static struct err restore_video(struct call *call)
{
    int64_t id = call_id(call, "video_id");
    TRY(trash_restore_video(call->core, call->arena, id));
    return fuzzbin_reply_video(call, id, false);
}

static struct err delete_video(struct call *call)
{
    int64_t id = call_id(call, "video_id");
    CALL_TX(call, tx);
    TRY(catalog_video_delete(tx.conn, call->arena, id));
    TRY(db_commit(&tx));
    thumbnail_forget(call->core, id);
    return call_empty(call, 204);
}

/* --- status --------------------------------------------------------------------------------------------- */

static struct err patch_status(struct call *call)
{
    const struct status_body *body = call->body;
    int64_t id = call_id(call, "video_id");
    TRY(fuzzbin_need_object(call, "metadata"));
    CALL_TX(call, tx);
    TRY(catalog_video_check(tx.conn, call->arena, id, false));
    TRY(catalog_video_set_status(tx.conn, call->arena, id, fuzzbin_status(body->status), body->reason,
                                 body->changed_by, body->metadata));
    TRY(db_commit(&tx));
    return fuzzbin_reply_video(call, id, false);
}

static struct err get_history(struct call *call)
{
    int64_t id = call_id(call, "video_id");
    struct status_changes list;
    TRY(catalog_video_check(call_db(call), call->arena, id, true));
    TRY(catalog_video_history(call_db(call), call->arena, id, &list));
    return call_list(call, list.items, list.count);
}

/* --- tags of it ----------------------------------------------------------------------------------------- */

static struct err add_tag(struct call *call)
{
    CALL_TX(call, tx);
    TRY(catalog_tag_link(tx.conn, call->arena, call_id(call, "tag_id"), call_id(call, "video_id"),
                         TAG_MANUAL));
    TRY(db_commit(&tx));
    return call_empty(call, 204);
}

static struct err remove_tag(struct call *call)
{
    CALL_TX(call, tx);
    TRY(catalog_tag_unlink(tx.conn, call->arena, call_id(call, "tag_id"), call_id(call, "video_id")));
    TRY(db_commit(&tx));
    return call_empty(call, 204);
}

/* --- jobs ----------------------------------------------------------------------------------------------- */

static struct err list_jobs(struct call *call)
{
    const struct jobs_query *query = call->query;
    int64_t id = call_id(call, "video_id");
    struct job_list jobs = {0};
    struct job_filter filter = {
        .subject = arena_printf(call->arena, "video:%lld", (long long)id),
        .states = query->include_completed == 1 ? 0 : 1u << JOB_PENDING | 1u << JOB_WAITING | 1u << JOB_RUNNING,
        .limit = 1000,
    };
    TRY(catalog_video_check(call_db(call), call->arena, id, false));
    TRY(jobs_list(call_db(call), call->arena, &filter, &jobs));
    return call_list(call, jobs.items, jobs.count);
}

struct sync_reply {
    const char *job_id;
    const char *message;
};
SHAPE(sync_shape, "DecadeTagSync", struct sync_reply, "The job that does it",
      F(struct sync_reply, T_TEXT, job_id, .flags = FIELD_REQUIRED),
      F(struct sync_reply, T_TEXT, message, .flags = FIELD_REQUIRED));

static struct err sync_decades(struct call *call)
{
    struct decade_policy decades = fuzzbin_decades(call);
    struct job job;
    BUF(args);
    struct jw w = jw_to(&args);
    jw_object(&w);
    jw_kv_text(&w, "mode", decades.enabled ? "apply" : "remove");
    jw_kv_text(&w, decades.enabled ? "new_format" : "old_format", decades.format);
    jw_end(&w);
    TRY(jobs_submit_now(call->core->jobs, call->arena,
                        JOB_SPEC("sync_decade_tags", .args = args.data, .origin = "fuzzbin"), &job));
    struct sync_reply reply = {job.uuid, decades.enabled ? "Decade tags are being applied"
                                                         : "Decade tags are being removed"};
    return call_reply(call, &reply);
}

#define TAG_ "Videos"
#define ONE  "/videos/{video_id:int}"
ROUTES(fuzzbin_video_routes,
       {HTTP_GET, "/videos", TAG_, "Videos by page", list_videos, .query = &video_query_shape,
        .reply = &fuzzbin_video_view, .flags = ROUTE_PAGE | ROUTE_REMEMBER},
       {HTTP_POST, "/videos", TAG_, "A new video", create_video, .body = &video_create_shape,
        .reply = &fuzzbin_video_view, .status = 201, .flags = ROUTE_BLOCKING},
       {HTTP_GET, ONE, TAG_, "One video", get_video, .query = &fuzzbin_deleted_query,
        .reply = &fuzzbin_video_view, .flags = ROUTE_REMEMBER},
       {HTTP_PATCH, ONE, TAG_, "Changes the named fields", update_video, .body = &fuzzbin_video_update,
        .reply = &fuzzbin_video_view, .flags = ROUTE_BLOCKING | ROUTE_PATCH},
       {HTTP_DELETE, ONE, TAG_, "Puts a video into the trash; its file stays", trash_video, .status = 204,
        .flags = ROUTE_BLOCKING},
       {HTTP_POST, ONE "/restore", TAG_, "Takes a video out of the trash", restore_video,
        .reply = &fuzzbin_video_view, .flags = ROUTE_BLOCKING},
       {HTTP_DELETE, ONE "/permanent", TAG_, "Forgets a video for good; its file stays", delete_video,
        .status = 204, .flags = ROUTE_BLOCKING},
       {HTTP_PATCH, ONE "/status", TAG_, "A new status, with history", patch_status, .body = &status_shape,
        .reply = &fuzzbin_video_view, .flags = ROUTE_BLOCKING},
       {HTTP_GET, ONE "/status-history", TAG_, "What its status was, newest first", get_history,
        .reply = &history_shape, .flags = ROUTE_LIST},
       {HTTP_POST, ONE "/tags/{tag_id:int}", TAG_, "Tags a video", add_tag, .status = 204,
        .flags = ROUTE_BLOCKING},
       {HTTP_DELETE, ONE "/tags/{tag_id:int}", TAG_, "Takes a tag off a video", remove_tag, .status = 204,
        .flags = ROUTE_BLOCKING},
       {HTTP_GET, ONE "/jobs", TAG_, "Jobs about a video", list_jobs, .query = &jobs_query_shape,
        .reply = &fuzzbin_job_view, .flags = ROUTE_LIST},
       {HTTP_POST, "/videos/sync-decade-tags", TAG_, "Queues bringing decade tags in line with the settings",
        sync_decades, .reply = &sync_shape, .status = 202, .flags = ROUTE_BLOCKING});
