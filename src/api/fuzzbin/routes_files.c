/* Files of music videos: organizer and trash (contract 2.8, section 8). Rules are in domain/organize. */
#include "api/fuzzbin/views.h"
#include "domain/catalog/video.h"
#include "domain/organize/organize.h"
#include "domain/organize/trash.h"

/* --- organizer ------------------------------------------------------------------------------------------ */

struct organize_body {
    int8_t dry_run;
};
SHAPE(organize_body_shape, "OrganizeRequest", struct organize_body, "How to organize",
      F(struct organize_body, T_BOOL, dry_run, .fallback = "false"));

SHAPE(organize_shape, "OrganizeResponse", struct organized, "Where the files are now, or would be",
      F(struct organized, T_INT, video_id, .flags = FIELD_REQUIRED),
      FN("source_video_path", struct organized, T_TEXT, source),
      FN("target_video_path", struct organized, T_TEXT, target, .flags = FIELD_REQUIRED),
      FN("target_nfo_path", struct organized, T_TEXT, target_nfo, .flags = FIELD_REQUIRED),
      F(struct organized, T_BOOL, dry_run, .flags = FIELD_REQUIRED),
      F(struct organized, T_ENUM, status, .words = &organize_status_words, .flags = FIELD_REQUIRED));

static struct err organize(struct call *call)
{
    const struct organize_body *body = call->body;
    struct organize_request request = {
        .video_id = call_id(call, "video_id"),
        .dry_run = body->dry_run == 1,
        .who = call->who.name,
    };
    struct organized done;
    TRY(organize_video(call->core, call->arena, &request, &done));
    return call_reply(call, &done);
}

/* --- trash ---------------------------------------------------------------------------------------------- */

struct delete_query {
    int8_t hard_delete;
};
SHAPE(delete_query_shape, "DeleteFileQuery", struct delete_query, "How to delete",
      F(struct delete_query, T_BOOL, hard_delete, .fallback = "false", .help = "For good, without the trash"));

struct delete_reply {
    int64_t video_id;
    int8_t deleted;
    int8_t hard_delete;
    const char *trash_path;
};
SHAPE(delete_shape, "DeleteResponse", struct delete_reply, "What became of the file",
      F(struct delete_reply, T_INT, video_id, .flags = FIELD_REQUIRED),
      F(struct delete_reply, T_BOOL, deleted, .flags = FIELD_REQUIRED),
      F(struct delete_reply, T_BOOL, hard_delete, .flags = FIELD_REQUIRED),
      F(struct delete_reply, T_TEXT, trash_path));

struct restore_body {
    const char *restore_path;
};
SHAPE(restore_body_shape, "RestoreRequest", struct restore_body, "Where to restore to",
      F(struct restore_body, T_TEXT, restore_path, .flags = FIELD_NULLABLE, MAX_VALUE(4096),
        .help = "Relative to the library, or absolute; absent: where it was"));

struct restore_reply {
    int64_t video_id;
    int8_t restored;
    const char *restored_path;
};
SHAPE(restore_shape, "RestoreResponse", struct restore_reply, "Where the file is again",
      F(struct restore_reply, T_INT, video_id, .flags = FIELD_REQUIRED),
      F(struct restore_reply, T_BOOL, restored, .flags = FIELD_REQUIRED),
      F(struct restore_reply, T_TEXT, restored_path, .flags = FIELD_REQUIRED));

SHAPE(trash_item_shape, "TrashItem", struct trash_item, "A deleted video",
      F(struct trash_item, T_INT, video_id, .flags = FIELD_REQUIRED), F(struct trash_item, T_TEXT, title),
      F(struct trash_item, T_TEXT, artist), F(struct trash_item, T_TIME, deleted_at),
      FN("trash_path", struct trash_item, T_TEXT, path), FN("file_size", struct trash_item, T_INT, size));

struct trash_reply {
    struct list items;
    int64_t total;
    int64_t page;
    int64_t page_size;
};
SHAPE(trash_shape, "TrashList", struct trash_reply, "A page of the trash",
      F(struct trash_reply, T_LIST, items, .item = T_OBJECT, .shape = &trash_item_shape, .flags = FIELD_EMPTY_LIST),
      F(struct trash_reply, T_INT, total, .flags = FIELD_REQUIRED),
      F(struct trash_reply, T_INT, page, .flags = FIELD_REQUIRED),
      F(struct trash_reply, T_INT, page_size, .flags = FIELD_REQUIRED));

struct trash_paging {
    struct paging paging;
};
SHAPE(trash_query_shape, "TrashQuery", struct trash_paging, "Which page", PAGING_FIELDS(struct trash_paging));

struct stats_reply {
    int64_t total_count;
    int64_t total_size_bytes;
};
SHAPE(stats_shape, "TrashStats", struct stats_reply, "How much is in the trash",
      F(struct stats_reply, T_INT, total_count, .flags = FIELD_REQUIRED),
      F(struct stats_reply, T_INT, total_size_bytes, .flags = FIELD_REQUIRED));

struct empty_reply {
    int64_t deleted_count;
    struct list errors;
};
SHAPE(empty_shape, "EmptyTrash", struct empty_reply, "What was deleted for good",
      F(struct empty_reply, T_INT, deleted_count, .flags = FIELD_REQUIRED),
      F(struct empty_reply, T_LIST, errors, .item = T_TEXT, .flags = FIELD_EMPTY_LIST));

static struct err delete_file(struct call *call)
{
    const struct delete_query *query = call->query;
    struct delete_reply reply = {.video_id = call_id(call, "video_id"), .deleted = 1,
                                 .hard_delete = query->hard_delete == 1};
    struct video video;
    if (!reply.hard_delete) {
        TRY(trash_put(call->core, call->arena, reply.video_id, NULL, &reply.trash_path));
        return call_reply(call, &reply);
    }
    TRY(catalog_video_get(call_db(call), call->arena, reply.video_id, true, &video));
    if (!video.video_file_path)
        return err_make(ERR_INVALID, "no_file", "Video has no file path");
    TRY(trash_purge(call->core, call->arena, reply.video_id));
    return call_reply(call, &reply);
}

static struct err restore(struct call *call)
{
    const struct restore_body *body = call->body;
    const char *path = body->restore_path && *body->restore_path ? body->restore_path : NULL;
    struct restore_reply reply = {.video_id = call_id(call, "video_id"), .restored = 1};
    TRY(trash_restore(call->core, call->arena, reply.video_id, path, &reply.restored_path));
    return call_reply(call, &reply);
}

static struct err list_trash(struct call *call)
{
    const struct trash_paging *query = call->query;
    struct trash_list list;
    struct trash_reply reply;
    fuzzbin_paging(call, &query->paging);
    struct catalog_window window = fuzzbin_window(call);
    TRY(trash_page(call->core, call->arena, window.limit, window.offset, &list, &reply.total));
    reply.items = (struct list){list.items, list.count};
    reply.page = call->page.number;
    reply.page_size = call->page.size;
    return call_reply(call, &reply);
}

static struct err get_stats(struct call *call)
{
    struct stats_reply reply;
    TRY(trash_size(call->core, call->arena, &reply.total_count, &reply.total_size_bytes));
    return call_reply(call, &reply);
}

static struct err empty_trash(struct call *call)
{
    struct trash_emptied done;
    TRY(trash_empty(call->core, call->arena, TIME_NONE, NULL, NULL, &done));
    struct empty_reply reply = {done.deleted, {done.errors.items, done.errors.count}};
    return call_reply(call, &reply);
}

#define TAG_ "Files"
#define ONE  "/files/videos/{video_id:int}"
ROUTES(fuzzbin_file_routes,
       {HTTP_POST, ONE "/organize", TAG_, "Moves a video to its organised place", organize,
        .body = &organize_body_shape, .reply = &organize_shape, .flags = ROUTE_BLOCKING | ROUTE_OPTIONAL_BODY},
       {HTTP_DELETE, ONE, TAG_, "Puts a video with its file into the trash", delete_file,
        .query = &delete_query_shape, .reply = &delete_shape, .flags = ROUTE_BLOCKING},
       {HTTP_POST, ONE "/restore", TAG_, "Takes a video with its file out of the trash", restore,
        .body = &restore_body_shape, .reply = &restore_shape, .flags = ROUTE_BLOCKING | ROUTE_OPTIONAL_BODY},
       {HTTP_GET, "/files/trash", TAG_, "Videos in the trash", list_trash, .query = &trash_query_shape,
        .reply = &trash_shape, .flags = ROUTE_BLOCKING},
       {HTTP_GET, "/files/trash/stats", TAG_, "How much is in the trash", get_stats, .reply = &stats_shape,
        .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/files/trash/empty", TAG_, "Deletes what is in the trash for good", empty_trash,
        .reply = &empty_shape, .flags = ROUTE_BLOCKING});
