/* Collections (contract 2.5). */
#include "api/fuzzbin/views.h"
#include "domain/catalog/collection.h"

#define NAME_FIELD F(struct collection, T_TEXT, name, .flags = FIELD_REQUIRED, BETWEEN(1, 255))
#define DESCRIPTION_FIELD F(struct collection, T_TEXT, description, .flags = FIELD_NULLABLE)
SHAPE(collection_create_shape, "CollectionCreate", struct collection, "A collection", NAME_FIELD,
      DESCRIPTION_FIELD);
SHAPE(collection_update_shape, "CollectionUpdate", struct collection, "What to change", NAME_FIELD,
      DESCRIPTION_FIELD);
SHAPE(collection_view, "Collection", struct collection, "A collection of videos",
      F(struct collection, T_TEXT, name, .flags = FIELD_REQUIRED), F(struct collection, T_TEXT, description),
      F(struct collection, T_INT, id, .flags = FIELD_REQUIRED),
      F(struct collection, T_TIME, created_at, .flags = FIELD_REQUIRED),
      F(struct collection, T_TIME, updated_at, .flags = FIELD_REQUIRED),
      F(struct collection, T_BOOL, is_deleted, .flags = FIELD_REQUIRED),
      F(struct collection, T_TIME, deleted_at),
      F(struct collection, T_INT, video_count, .flags = FIELD_REQUIRED));

struct collection_query {
    struct paging paging;
    const char *name;
    int8_t include_deleted;
};
SHAPE(collection_query_shape, "CollectionQuery", struct collection_query, "Which collections",
      PAGING_FIELDS(struct collection_query),
      F(struct collection_query, T_TEXT, name, .help = "Part of the name"),
      F(struct collection_query, T_BOOL, include_deleted, .fallback = "false"));

struct place_query {
    int64_t position;
};
SHAPE(place_query_shape, "CollectionPlaceQuery", struct place_query, "Where in the collection",
      F(struct place_query, T_INT, position, MIN_VALUE(0), .help = "Absent: at the end"));

static struct err reply_collection(struct call *call, int64_t id, bool include_deleted)
{
    struct collection collection;
    TRY(catalog_collection_get(call_db(call), call->arena, id, include_deleted, &collection));
    return call_reply(call, &collection);
}

static struct err list_collections(struct call *call)
{
    const struct collection_query *q = call->query;
    struct collection_list list;
    int64_t total;
    fuzzbin_paging(call, &q->paging);
    struct collection_filter filter = {
        .name = q->name,
        .include_deleted = q->include_deleted == 1,
        .window = fuzzbin_window(call),
    };
    TRY(catalog_collection_list(call_db(call), call->arena, &filter, &list, &total));
    return call_page(call, list.items, list.count, total);
}

static struct err create_collection(struct call *call)
{
    const struct collection *body = call->body;
    int64_t id;
    CALL_TX(call, tx);
    TRY(catalog_collection_put(tx.conn, call->arena, body->name, body->description, &id));
    TRY(db_commit(&tx));
    return reply_collection(call, id, false);
}

static struct err get_collection(struct call *call)
{
    const struct deleted_query *query = call->query;
    return reply_collection(call, call_id(call, "collection_id"), query->include_deleted == 1);
}

static struct err update_collection(struct call *call)
{
    int64_t id = call_id(call, "collection_id");
    struct presence which = fuzzbin_present(call, &collection_shape);
    CALL_TX(call, tx);
    TRY(catalog_collection_update(tx.conn, call->arena, id, call->body, &which));
    TRY(db_commit(&tx));
    return reply_collection(call, id, false);
}

static struct err delete_collection(struct call *call)
{
    CALL_TX(call, tx);
    TRY(catalog_collection_trash(tx.conn, call->arena, call_id(call, "collection_id")));
    TRY(db_commit(&tx));
    return call_empty(call, 204);
}

static struct err collection_videos(struct call *call)
{
    const struct page_query *q = call->query;
    struct collection collection;
    struct video_filter filter;
    video_filter_clear(&filter);
    filter.collection_id = call_id(call, "collection_id");
    filter.include_deleted = q->include_deleted == 1;
    filter.sort = SORT_POSITION;
    fuzzbin_paging(call, &q->paging);
    TRY(catalog_collection_get(call_db(call), call->arena, filter.collection_id, filter.include_deleted,
                               &collection));
    return fuzzbin_reply_videos(call, &filter);
}

static struct err add_video(struct call *call)
{
    const struct place_query *query = call->query;
    CALL_TX(call, tx);
    TRY(catalog_collection_add(tx.conn, call->arena, call_id(call, "collection_id"),
                               call_id(call, "video_id"), query->position));
    TRY(db_commit(&tx));
    return call_empty(call, 204);
}

static struct err remove_video(struct call *call)
{
    CALL_TX(call, tx);
    TRY(catalog_collection_remove(tx.conn, call->arena, call_id(call, "collection_id"),
                                  call_id(call, "video_id")));
    TRY(db_commit(&tx));
    return call_empty(call, 204);
}

#define TAG_ "Collections"
#define ONE  "/collections/{collection_id:int}"
ROUTES(fuzzbin_collection_routes,
       {HTTP_GET, "/collections", TAG_, "Collections by name", list_collections,
        .query = &collection_query_shape, .reply = &collection_view, .flags = ROUTE_PAGE | ROUTE_REMEMBER},
       {HTTP_POST, "/collections", TAG_, "A collection, new or with a new description", create_collection,
        .body = &collection_create_shape, .reply = &collection_view, .status = 201, .flags = ROUTE_BLOCKING},
       {HTTP_GET, ONE, TAG_, "One collection", get_collection, .query = &fuzzbin_deleted_query,
        .reply = &collection_view},
       {HTTP_PATCH, ONE, TAG_, "Changes the named fields", update_collection,
        .body = &collection_update_shape, .reply = &collection_view, .flags = ROUTE_BLOCKING | ROUTE_PATCH},
       {HTTP_DELETE, ONE, TAG_, "Hides a collection", delete_collection, .status = 204,
        .flags = ROUTE_BLOCKING},
       {HTTP_GET, ONE "/videos", TAG_, "Its videos in their order", collection_videos,
        .query = &fuzzbin_page_query, .reply = &fuzzbin_video_view, .flags = ROUTE_PAGE | ROUTE_REMEMBER},
       {HTTP_POST, ONE "/videos/{video_id:int}", TAG_, "Puts a video into a collection", add_video,
        .query = &place_query_shape, .status = 204, .flags = ROUTE_BLOCKING},
       {HTTP_DELETE, ONE "/videos/{video_id:int}", TAG_, "Takes a video out of a collection", remove_video,
        .status = 204, .flags = ROUTE_BLOCKING});
