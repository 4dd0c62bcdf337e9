/*
 * Many videos at once (contract 2.10). Every item is tried by itself, in a savepoint; those that worked are
 * committed together, the others are named with their reason.
 */
#include <string.h>

#include "api/fuzzbin/views.h"
#include "core/jobs.h"
#include "domain/catalog/collection.h"
#include "domain/catalog/thumbnail.h"
#include "domain/catalog/video.h"
#include "domain/organize/nfo.h"
#include "domain/organize/trash.h"
#include "json/encode.h"

#define BULK_MAX 500 /* the contract's limit */

/* --- shapes --------------------------------------------------------------------------------------------- */

#define IDS_FIELD(type_)                                                                           \
    F(type_, T_LIST, video_ids, .item = T_INT, .flags = FIELD_REQUIRED, MIN_VALUE(1))

struct bulk_update {
    struct list video_ids;
    const char *updates;
};
SHAPE(bulk_update_shape, "BulkUpdateRequest", struct bulk_update, "The same change to many videos",
      IDS_FIELD(struct bulk_update), F(struct bulk_update, T_JSON, updates, .flags = FIELD_REQUIRED));

struct bulk_delete {
    struct list video_ids;
    int8_t permanent;
    int8_t delete_files;
};
SHAPE(bulk_delete_shape, "BulkDeleteRequest", struct bulk_delete, "Videos to delete",
      IDS_FIELD(struct bulk_delete), F(struct bulk_delete, T_BOOL, permanent, .fallback = "false"),
      F(struct bulk_delete, T_BOOL, delete_files, .fallback = "false"));

struct bulk_status {
    struct list video_ids;
    const char *status;
    const char *reason;
};
SHAPE(bulk_status_shape, "BulkStatusRequest", struct bulk_status, "A status for many videos",
      IDS_FIELD(struct bulk_status), F(struct bulk_status, T_TEXT, status, .flags = FIELD_REQUIRED),
      F(struct bulk_status, T_TEXT, reason, .flags = FIELD_NULLABLE));

struct bulk_tags {
    struct list video_ids;
    struct list tag_names;
    int8_t replace;
};
SHAPE(bulk_tags_shape, "BulkTagsRequest", struct bulk_tags, "Tags for many videos",
      IDS_FIELD(struct bulk_tags),
      F(struct bulk_tags, T_LIST, tag_names, .item = T_TEXT, .flags = FIELD_REQUIRED, MIN_VALUE(1)),
      F(struct bulk_tags, T_BOOL, replace, .fallback = "false"));

struct bulk_collection {
    struct list video_ids;
    int64_t collection_id;
};
SHAPE(bulk_collection_shape, "BulkCollectionRequest", struct bulk_collection, "A collection for many videos",
      IDS_FIELD(struct bulk_collection),
      F(struct bulk_collection, T_INT, collection_id, .flags = FIELD_REQUIRED));

struct new_place {
    int64_t video_id;
    const char *video_file_path;
    const char *nfo_file_path;
};
SHAPE(new_place_shape, "BulkOrganizeItem", struct new_place, "Where a video's files are now",
      F(struct new_place, T_INT, video_id, .flags = FIELD_REQUIRED),
      F(struct new_place, T_TEXT, video_file_path, .flags = FIELD_REQUIRED),
      F(struct new_place, T_TEXT, nfo_file_path, .flags = FIELD_NULLABLE));
struct bulk_organize {
    struct list items;
};
SHAPE(bulk_organize_shape, "BulkOrganizeRequest", struct bulk_organize, "New paths of many videos",
      F(struct bulk_organize, T_LIST, items, .item = T_OBJECT, .shape = &new_place_shape,
        .flags = FIELD_REQUIRED, MIN_VALUE(1)));

struct bulk_result {
    struct list success_ids;
    struct list failed_ids;
    const char *errors;
    struct list file_errors;
    int64_t total;
    int64_t success_count;
    int64_t failed_count;
};
#define LIST_FIELD(member_, item_)                                                                 \
    F(struct bulk_result, T_LIST, member_, .item = (item_), .flags = FIELD_EMPTY_LIST)
SHAPE(bulk_result_shape, "BulkOperationResult", struct bulk_result, "What became of each video",
      LIST_FIELD(success_ids, T_INT), LIST_FIELD(failed_ids, T_INT),
      F(struct bulk_result, T_JSON, errors, .flags = FIELD_REQUIRED), LIST_FIELD(file_errors, T_TEXT),
      F(struct bulk_result, T_INT, total, .flags = FIELD_REQUIRED),
      F(struct bulk_result, T_INT, success_count, .flags = FIELD_REQUIRED),
      F(struct bulk_result, T_INT, failed_count, .flags = FIELD_REQUIRED));

/* --- item by item --------------------------------------------------------------------------------------- */

struct bulk {
    struct call *call;
    /* Does it to one video. `index` is its place in the request. */
    struct err (*one)(struct bulk *bulk, struct db_conn *tx, int64_t id, size_t index);
    /* After the commit, with the videos that it was done to. NULL: nothing. */
    void (*after)(struct bulk *bulk, const int64_t *ids, size_t count);
    /* What the kinds of work need. */
    const void *body;
    struct video change;
    struct presence which;
    const char *problem; /* every item fails with this */
    int status;
    struct tag_names tags;
    struct decade_policy decades;
    bool *handled; /* by place in the request: the row is gone with its file already */
    struct {
        VEC(const char *)
    } file_errors;
};

/* A failure of the database itself ends the whole; any other is the item's own. */
static bool is_items_own(const struct err *e)
{
    return e->kind == ERR_NOT_FOUND || e->kind == ERR_INVALID || e->kind == ERR_CONFLICT ||
           e->kind == ERR_UNPROCESSABLE;
}

static struct err try_one(struct bulk *bulk, struct db_conn *tx, int64_t id, size_t index,
                          const char **ret_problem)
{
    SAVEPOINT(part);
    *ret_problem = bulk->problem;
    if (bulk->problem)
        return OK;
    TRY(db_savepoint(tx, &part));
    struct err e = bulk->one(bulk, tx, id, index);
    if (!failed(e))
        return db_savepoint_keep(&part);
    if (!is_items_own(&e))
        return e;
    *ret_problem = arena_strdup(bulk->call->arena, e.msg);
    return OK;
}

struct id_list {
    VEC(int64_t)
};

static struct err check_count(struct call *call, size_t count)
{
    if (count > BULK_MAX)
        return err_f(call->arena, ERR_INVALID, "too_many", "Number of videos exceeds limit of %d", BULK_MAX);
    return OK;
}

static struct err run(struct bulk *bulk, const int64_t *ids, size_t count)
{
    struct call *call = bulk->call;
    struct id_list done = {0};
    struct id_list not_done = {0};
    BUF(errors);
    struct jw w = jw_to(&errors);
    TRY(check_count(call, count));
    CALL_TX(call, tx);
    jw_object(&w);
    for (size_t i = 0; i < count; i++) {
        const char *problem;
        TRY(try_one(bulk, tx.conn, ids[i], i, &problem));
        *arena_push(call->arena, problem ? &not_done : &done) = ids[i];
        if (problem)
            jw_kv_text(&w, arena_printf(call->arena, "%lld", (long long)ids[i]), problem);
    }
    jw_end(&w);
    TRY(db_commit(&tx));
    if (bulk->after)
        bulk->after(bulk, done.items, done.count);
    struct bulk_result result = {
        .success_ids = {done.items, done.count},
        .failed_ids = {not_done.items, not_done.count},
        .errors = errors.data,
        .file_errors = {bulk->file_errors.items, bulk->file_errors.count},
        .total = (int64_t)count,
        .success_count = (int64_t)done.count,
        .failed_count = (int64_t)not_done.count,
    };
    return call_reply(call, &result);
}

static struct err run_list(struct bulk *bulk, const struct list *ids)
{
    return run(bulk, ids->items, ids->count);
}

/* --- update --------------------------------------------------------------------------------------------- */

static struct err update_one(struct bulk *bulk, struct db_conn *tx, int64_t id, size_t index)
{
    struct arena *a = bulk->call->arena;
    (void)index;
    TRY(catalog_video_check(tx, a, id, false));
    TRY(catalog_video_update(tx, a, id, &bulk->change, &bulk->which));
    if (is_present(&bulk->which, VIDEO_FIELD_year))
        TRY(catalog_video_sync_decade(tx, a, id, bulk->change.year, &bulk->decades,
                                      &(struct decade_change){0}));
    if (bulk->status == ENUM_NONE)
        return OK;
    return catalog_video_set_status(tx, a, id, bulk->status, "Bulk update",
                                    arena_printf(a, "bulk_api:%s", bulk->call->who.name), NULL);
}

/* The year is in the NFO, and its decade among the tags there. */
static void write_nfos(struct bulk *bulk, const int64_t *ids, size_t count)
{
    for (size_t i = 0; i < count && is_present(&bulk->which, VIDEO_FIELD_year); i++) {
        SCRATCH(a);
        IGNORE(nfo_keep(bulk->call->core, &a, ids[i], NULL)); /* the change itself is done */
    }
}

/* A member that no video has fails every item. */
static const char *unknown_member(struct call *call, json_t *updates)
{
    const char *key;
    json_t *value;
    json_object_foreach (updates, key, value) {
        if (strcmp(key, "status") != 0 && shape_find(&fuzzbin_video_update, key) < 0)
            return arena_printf(call->arena, "Unknown field: %s", key);
    }
    return NULL;
}

/* The mistakes were found inside of `updates`. */
static struct err invalid_updates(struct call *call)
{
    for (size_t i = 0; i < call->mistakes.count; i++) {
        struct mistake *m = &call->mistakes.items[i];
        size_t kept = sizeof(m->path) / sizeof(m->path[0]) - 1;
        m->path_len = m->path_len < kept ? m->path_len + 1 : kept + 1;
        memmove(m->path + 1, m->path, kept * sizeof(m->path[0]));
        m->path[0] = (struct path_step){"updates", 0};
    }
    return call_invalid(call);
}

static void read_status(struct bulk *bulk, const char *word)
{
    bulk->status = fuzzbin_status(words_find(&fuzzbin_status_words, word));
    if (bulk->status == ENUM_NONE)
        bulk->problem = arena_printf(bulk->call->arena, "Invalid status: %s", word ? word : "null");
}

static struct err bulk_update(struct call *call)
{
    const struct bulk_update *body = call->body;
    struct bulk bulk = {.call = call, .one = update_one, .after = write_nfos, .status = ENUM_NONE, .decades = fuzzbin_decades(call)};
    json_t *updates = json_object_get(call->json, "updates");
    struct decode_options options = {.where = "body", .lenient_numbers = true, .all_optional = true};
    struct presence present;
    void *change = arena_alloc(call->arena, fuzzbin_video_update.size);
    TRY(fuzzbin_need_object(call, "updates"));
    if (!shape_decode(call->arena, &fuzzbin_video_update, updates, &options, &call->mistakes, change, &present))
        return invalid_updates(call);
    TRY(fuzzbin_take_video(call, &fuzzbin_video_update, change, &present, &bulk.change, &bulk.which));
    if (json_object_get(updates, "status"))
        read_status(&bulk, json_string_value(json_object_get(updates, "status")));
    if (!bulk.problem)
        bulk.problem = unknown_member(call, updates);
    return run_list(&bulk, &body->video_ids);
}

/* --- the others ----------------------------------------------------------------------------------------- */

static struct err delete_one(struct bulk *bulk, struct db_conn *tx, int64_t id, size_t index)
{
    const struct bulk_delete *body = bulk->body;
    if (bulk->handled && bulk->handled[index])
        return OK;
    if (body->permanent == 1)
        return catalog_video_delete(tx, bulk->call->arena, id);
    return catalog_video_trash(tx, bulk->call->arena, id);
}

/* The file with its row, safe against kills by itself: into the trash, or for good. True when the row went
 * along; what went wrong with the file is told, and the row goes with the others. */
static bool delete_file(struct bulk *bulk, int64_t id)
{
    const struct bulk_delete *body = bulk->body;
    struct call *call = bulk->call;
    struct video video;
    const char *path;
    bool permanent = body->permanent == 1;
    struct err e = catalog_video_get(call_db(call), call->arena, id, permanent, &video);
    if (failed(e) || !video.video_file_path)
        return false;
    e = permanent ? trash_purge(call->core, call->arena, id) : trash_put(call->core, call->arena, id, NULL, &path);
    if (failed(e))
        *arena_push(call->arena, &bulk->file_errors) =
            arena_printf(call->arena, "Video %lld: %s", (long long)id, e.msg ? e.msg : err_kind_name(e.kind));
    return !failed(e);
}

static void forget_thumbnails(struct bulk *bulk, const int64_t *ids, size_t count)
{
    const struct bulk_delete *body = bulk->body;
    for (size_t i = 0; i < count && body->permanent == 1; i++)
        thumbnail_forget(bulk->call->core, ids[i]);
}

static struct err bulk_delete(struct call *call)
{
    const struct bulk_delete *body = call->body;
    const int64_t *ids = body->video_ids.items;
    struct bulk bulk = {.call = call, .one = delete_one, .after = forget_thumbnails, .body = body};
    TRY(check_count(call, body->video_ids.count));
    if (body->delete_files == 1)
        bulk.handled = arena_array(call->arena, bool, body->video_ids.count);
    for (size_t i = 0; bulk.handled && i < body->video_ids.count; i++)
        bulk.handled[i] = delete_file(&bulk, ids[i]);
    return run_list(&bulk, &body->video_ids);
}

static struct err status_one(struct bulk *bulk, struct db_conn *tx, int64_t id, size_t index)
{
    const struct bulk_status *body = bulk->body;
    struct arena *a = bulk->call->arena;
    (void)index;
    TRY(catalog_video_check(tx, a, id, false));
    return catalog_video_set_status(tx, a, id, bulk->status, body->reason,
                                    arena_printf(a, "bulk_api:%s", bulk->call->who.name), NULL);
}

static struct err bulk_status(struct call *call)
{
    const struct bulk_status *body = call->body;
    struct bulk bulk = {.call = call, .one = status_one, .body = body};
    read_status(&bulk, body->status);
    return run_list(&bulk, &body->video_ids);
}

static struct err tags_one(struct bulk *bulk, struct db_conn *tx, int64_t id, size_t index)
{
    const struct bulk_tags *body = bulk->body;
    (void)index;
    return catalog_video_set_tags(tx, bulk->call->arena, id, &bulk->tags, body->replace == 1);
}

static struct err bulk_tags(struct call *call)
{
    const struct bulk_tags *body = call->body;
    const char **names = arena_array(call->arena, const char *, body->tag_names.count + 1);
    memcpy(names, body->tag_names.items, body->tag_names.count * sizeof(*names));
    struct bulk bulk = {
        .call = call,
        .one = tags_one,
        .body = body,
        .tags = {names, TAG_MANUAL, fuzzbin_decades(call).keep_case},
    };
    return run_list(&bulk, &body->video_ids);
}

static struct err collection_one(struct bulk *bulk, struct db_conn *tx, int64_t id, size_t index)
{
    const struct bulk_collection *body = bulk->body;
    (void)index;
    return catalog_collection_add(tx, bulk->call->arena, body->collection_id, id, INT_NONE);
}

static struct err bulk_collections(struct call *call)
{
    const struct bulk_collection *body = call->body;
    struct bulk bulk = {.call = call, .one = collection_one, .body = body};
    return run_list(&bulk, &body->video_ids);
}

/* Records what somebody else moved: the paths may lie anywhere (contract 2.10). */
static struct err organize_one(struct bulk *bulk, struct db_conn *tx, int64_t id, size_t index)
{
    const struct bulk_organize *body = bulk->body;
    const struct new_place *place = (const struct new_place *)body->items.items + index;
    struct presence which = {0};
    struct video change;
    video_clear(&change);
    change.video_file_path = place->video_file_path;
    change.nfo_file_path = place->nfo_file_path;
    set_present(&which, VIDEO_FIELD_video_file_path);
    set_present(&which, VIDEO_FIELD_nfo_file_path);
    TRY(catalog_video_check(tx, bulk->call->arena, id, false));
    return catalog_video_update(tx, bulk->call->arena, id, &change, &which);
}

static struct err bulk_organize(struct call *call)
{
    const struct bulk_organize *body = call->body;
    struct bulk bulk = {.call = call, .one = organize_one, .body = body};
    int64_t *ids = arena_array(call->arena, int64_t, body->items.count);
    for (size_t i = 0; i < body->items.count; i++)
        ids[i] = ((const struct new_place *)body->items.items)[i].video_id;
    return run(&bulk, ids, body->items.count);
}

#define TAG_ "Bulk operations"
ROUTES(fuzzbin_bulk_routes,
       {HTTP_POST, "/videos/bulk/update", TAG_, "The same change to many videos", bulk_update,
        .body = &bulk_update_shape, .reply = &bulk_result_shape, .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/videos/bulk/delete", TAG_, "Deletes many videos", bulk_delete,
        .body = &bulk_delete_shape, .reply = &bulk_result_shape, .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/videos/bulk/status", TAG_, "A new status for many videos", bulk_status,
        .body = &bulk_status_shape, .reply = &bulk_result_shape, .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/videos/bulk/tags", TAG_, "Tags many videos", bulk_tags, .body = &bulk_tags_shape,
        .reply = &bulk_result_shape, .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/videos/bulk/collections", TAG_, "Puts many videos into a collection", bulk_collections,
        .body = &bulk_collection_shape, .reply = &bulk_result_shape, .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/videos/bulk/organize", TAG_, "Records new paths of many videos", bulk_organize,
        .body = &bulk_organize_shape, .reply = &bulk_result_shape, .flags = ROUTE_BLOCKING});
