/* Files (contract, sections 3.3 and 6). */
#include <fcntl.h>
#include <string.h>

#include "api/haas/haas.h"
#include "core/jobs.h"
#include "domain/files/browse.h"
#include "domain/files/change.h"
#include "domain/files/copy.h"

SHAPE(haas_operation_shape, "Operation", struct operation, "The task that does it",
      FN("operationId", struct operation, T_TEXT, id, .flags = FIELD_REQUIRED),
      FN("OperationId", struct operation, T_TEXT, id, .flags = FIELD_REQUIRED,
         .help = "The same, as the document spells it"));

/* --- listing ------------------------------------------------------------------------------------------ */

static const struct words file_types = WORDS("FileItemType", NULL, "Directory", "Media", "Other");
enum file_type { FILE_DIRECTORY = 1, FILE_MEDIA, FILE_OTHER };

struct file_item {
    const char *name;
    const char *extension;
    const char *path;
    int64_t size;
    int64_t modified_at;
    int type;
};
SHAPE(haas_file_item_shape, "FileItem", struct file_item, "A file or a folder",
      F(struct file_item, T_TEXT, name, .flags = FIELD_REQUIRED),
      F(struct file_item, T_TEXT, extension, .help = "With its dot; null for folders"),
      FN("relativePath", struct file_item, T_TEXT, path, .flags = FIELD_REQUIRED),
      F(struct file_item, T_INT, size, .help = "Bytes; null for folders"),
      FN("lastModified", struct file_item, T_TIME, modified_at, .flags = FIELD_REQUIRED),
      F(struct file_item, T_ENUM, type, .words = &file_types, .flags = FIELD_REQUIRED | FIELD_NUMBER));

struct path_query {
    const char *path;
};
SHAPE(haas_list_query_shape, "FileQuery", struct path_query, "Which folder",
      F(struct path_query, T_TEXT, path, .help = "Relative; absent: the top"));
SHAPE(haas_path_query_shape, "PathQuery", struct path_query, "Which entry",
      F(struct path_query, T_TEXT, path, .flags = FIELD_REQUIRED));

static struct file_item item_of(const struct entry *e)
{
    return (struct file_item){
        .name = e->name,
        .extension = e->is_folder ? NULL : name_ending(e->name),
        .path = e->path,
        .size = e->size,
        .modified_at = e->modified_at,
        .type = e->is_folder ? FILE_DIRECTORY : name_is_media(e->name) ? FILE_MEDIA : FILE_OTHER,
    };
}

static struct err list(struct call *call)
{
    const struct path_query *query = call->query;
    struct entry_list entries = {0};
    struct place place;
    struct err e = place_find(call->core->roots, call->arena, query->path ? query->path : "", &place);
    if (e.kind == ERR_NOT_FOUND)
        return call_list(call, NULL, 0);
    TRY(e);
    TRY(files_list(call->core->roots, call->arena, &place, &entries));
    struct file_item *items = arena_array(call->arena, struct file_item, entries.count + 1);
    for (size_t i = 0; i < entries.count; i++)
        items[i] = item_of(&entries.items[i]);
    return call_list(call, items, entries.count);
}

/* --- copy and move ------------------------------------------------------------------------------------ */

struct transfer {
    const char *source;
    const char *destination;
    int8_t overwrite;
};
SHAPE(haas_transfer_shape, "CopyRequest", struct transfer, "From where to where",
      FN("sourcePath", struct transfer, T_TEXT, source, .flags = FIELD_REQUIRED | FIELD_NOT_BLANK),
      FN("destinationPath", struct transfer, T_TEXT, destination, .flags = FIELD_REQUIRED | FIELD_NOT_BLANK,
         .help = "The final path, not the folder it goes to"),
      F(struct transfer, T_BOOL, overwrite, .flags = FIELD_NULLABLE, .fallback = "false"));

struct ends {
    struct place from;
    struct place to;
};

static struct err find_ends(struct call *call, struct ends *ret)
{
    const struct transfer *body = call->body;
    TRY(place_find_inside(call->core->roots, call->arena, body->source, &ret->from));
    return place_find_inside(call->core->roots, call->arena, body->destination, &ret->to);
}

static struct err start_copy(struct call *call, const struct ends *ends, bool overwrite, bool move)
{
    BUF(args);
    struct job job;
    struct jw w = jw_to(&args);
    jw_object(&w);
    jw_kv_text(&w, "source", place_absolute(call->arena, &ends->from));
    jw_kv_text(&w, "destination", place_absolute(call->arena, &ends->to));
    jw_kv_bool(&w, "overwrite", overwrite);
    jw_kv_bool(&w, "move", move);
    jw_end(&w);
    TRY(jobs_submit_now(call->core->jobs, call->arena,
                        JOB_SPEC("file_copy", .args = args.data, .origin = "haas"), &job));
    return call_reply_as(call, &haas_operation_shape, &(struct operation){.id = job.uuid});
}

static struct err copy(struct call *call)
{
    const struct transfer *body = call->body;
    struct ends ends;
    TRY(find_ends(call, &ends));
    TRY(copy_prepare(call->arena, &ends.from, &ends.to));
    return start_copy(call, &ends, body->overwrite == 1, false);
}

/* Between file systems it takes time, so there it is a task; the reply then names it. */
static struct err move(struct call *call)
{
    struct ends ends;
    TRY(find_ends(call, &ends));
    struct err e = files_move(call->arena, &ends.from, &ends.to);
    if (e.kind == ERR_UNSUPPORTED && strcmp(e.code, "other_device") == 0)
        return start_copy(call, &ends, false, true);
    TRY(e);
    return call_empty(call, 200);
}

/* --- rename, make, remove ------------------------------------------------------------------------------ */

struct rename_request {
    const char *path;
    const char *new_name;
};
SHAPE(haas_rename_shape, "RenameRequest", struct rename_request, "A new name in the same folder",
      F(struct rename_request, T_TEXT, path, .flags = FIELD_REQUIRED),
      FN("newName", struct rename_request, T_TEXT, new_name, .flags = FIELD_REQUIRED));

static struct err rename_entry(struct call *call)
{
    const struct rename_request *body = call->body;
    struct place place;
    TRY(place_find_inside(call->core->roots, call->arena, body->path, &place));
    TRY(files_rename(call->arena, &place, body->new_name));
    return call_empty(call, 200);
}

SHAPE(haas_folder_shape, "CreateDirectoryRequest", struct path_query, "A folder to make",
      F(struct path_query, T_TEXT, path, .flags = FIELD_REQUIRED));

static struct err make_folder(struct call *call)
{
    const struct path_query *body = call->body;
    struct place place;
    TRY(place_find_inside(call->core->roots, call->arena, body->path, &place));
    TRY(files_make_folder(call->arena, &place));
    return call_empty(call, 200);
}

static struct err remove_entry(struct call *call, bool only_folder)
{
    const struct path_query *query = call->query;
    struct place place;
    TRY(place_find_inside(call->core->roots, call->arena, query->path, &place));
    TRY(files_remove(call->arena, &place, only_folder));
    return call_empty(call, 200);
}

static struct err remove_any(struct call *call)
{
    return remove_entry(call, false);
}

static struct err remove_folder(struct call *call)
{
    return remove_entry(call, true);
}

/* --- playing -------------------------------------------------------------------------------------------- */

struct stream_query {
    const char *path;
    int8_t transcode;
};
SHAPE(haas_stream_query_shape, "StreamQuery", struct stream_query, "Which file",
      F(struct stream_query, T_TEXT, path, .flags = FIELD_REQUIRED),
      F(struct stream_query, T_BOOL, transcode, .fallback = "false"));

static struct err stream(struct call *call)
{
    const struct stream_query *query = call->query;
    struct place place;
    int fd;
    if (query->transcode == 1)
        return call_unfinished(call);
    TRY(place_find_inside(call->core->roots, call->arena, query->path, &place));
    struct err e = root_open(place.root, call->arena, place.path, O_RDONLY, 0, &fd);
    if (e.kind == ERR_UNSUPPORTED)
        return err_f(call->arena, ERR_NOT_FOUND, "file_not_found", "%s is not a file", place.shown);
    if (failed(e))
        return file_error(call->arena, e, place.shown);
    call->replying = true;
    return http_reply_file(call->req, call->resp, fd, http_content_type(place.path));
}

#define TAG "Files"
ROUTES(haas_file_routes,
       {HTTP_GET, "/api/files", TAG, "What a folder holds", list, .query = &haas_list_query_shape,
        .reply = &haas_file_item_shape, .flags = ROUTE_BLOCKING | ROUTE_LIST},
       {HTTP_GET, "/api/files/stream", TAG, "The bytes of a file, or a part of them", stream,
        .query = &haas_stream_query_shape, .access = ACCESS_MEDIA,
        .flags = ROUTE_BLOCKING | ROUTE_PREFIX_ONLY | ROUTE_ANY_JSON},
       {HTTP_POST, "/api/files/copy", TAG, "Starts a copy", copy, .body = &haas_transfer_shape,
        .reply = &haas_operation_shape, .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/api/files/move", TAG, "Moves a file or folder", move, .body = &haas_transfer_shape,
        .flags = ROUTE_BLOCKING | ROUTE_ANY_JSON},
       {HTTP_PUT, "/api/files/rename", TAG, "Renames a file or folder", rename_entry, .body = &haas_rename_shape,
        .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/api/files/directory", TAG, "Makes a folder and its parents", make_folder,
        .body = &haas_folder_shape, .flags = ROUTE_BLOCKING},
       {HTTP_DELETE, "/api/files", TAG, "Removes a file (or a folder with everything in it)", remove_any,
        .query = &haas_path_query_shape, .flags = ROUTE_BLOCKING},
       {HTTP_DELETE, "/api/files/directory", TAG, "Removes a folder with everything in it", remove_folder,
        .query = &haas_path_query_shape, .flags = ROUTE_BLOCKING});
