/* Tags (contract 2.6). */
#include <string.h>

#include "api/fuzzbin/views.h"
#include "domain/catalog/video.h"

struct tag_create {
    const char *name;
};
SHAPE(tag_create_shape, "TagCreate", struct tag_create, "A tag",
      F(struct tag_create, T_TEXT, name, .flags = FIELD_REQUIRED | FIELD_NOT_BLANK, BETWEEN(1, 100)));

struct tag_query {
    struct paging paging;
    const char *name;
    int64_t min_usage_count;
    const char *order_by;
};
SHAPE(tag_query_shape, "TagQuery", struct tag_query, "Which tags", PAGING_FIELDS(struct tag_query),
      F(struct tag_query, T_TEXT, name, .help = "Part of the name"),
      F(struct tag_query, T_INT, min_usage_count, .fallback = "0", MIN_VALUE(0)),
      F(struct tag_query, T_TEXT, order_by, .fallback = "name", .help = "name or usage_count"));

struct force_query {
    int8_t force;
};
SHAPE(force_query_shape, "TagDeleteQuery", struct force_query, "Whether videos may lose it",
      F(struct force_query, T_BOOL, force, .fallback = "false"));

struct tags_body {
    struct list tags;
    int source;
};
SHAPE(tags_body_shape, "VideoTagsUpdate", struct tags_body, "Tags by name",
      F(struct tags_body, T_LIST, tags, .item = T_TEXT, .flags = FIELD_REQUIRED),
      F(struct tags_body, T_ENUM, source, .words = &tag_source_words, .fallback = "manual"));

static struct err list_tags(struct call *call)
{
    const struct tag_query *q = call->query;
    struct tag_list list;
    int64_t total;
    fuzzbin_paging(call, &q->paging);
    struct tag_filter filter = {
        .name = q->name,
        .min_usage_count = q->min_usage_count,
        .by_usage = strcmp(q->order_by, "usage_count") == 0,
        .window = fuzzbin_window(call),
    };
    TRY(catalog_tag_list(call_db(call), call->arena, &filter, &list, &total));
    return call_page(call, list.items, list.count, total);
}

static struct err create_tag(struct call *call)
{
    const struct tag_create *body = call->body;
    struct tag tag;
    CALL_TX(call, tx);
    TRY(catalog_tag_put(tx.conn, call->arena, body->name, fuzzbin_decades(call).keep_case, &tag));
    TRY(db_commit(&tx));
    return call_reply(call, &tag);
}

static struct err get_tag(struct call *call)
{
    struct tag tag;
    TRY(catalog_tag_get(call_db(call), call->arena, call_id(call, "tag_id"), &tag));
    return call_reply(call, &tag);
}

static struct err delete_tag(struct call *call)
{
    const struct force_query *query = call->query;
    CALL_TX(call, tx);
    TRY(catalog_tag_delete(tx.conn, call->arena, call_id(call, "tag_id"), query->force == 1));
    TRY(db_commit(&tx));
    return call_empty(call, 204);
}

static struct err tag_videos(struct call *call)
{
    const struct page_query *q = call->query;
    struct tag tag;
    struct video_filter filter;
    video_filter_clear(&filter);
    filter.tag_id = call_id(call, "tag_id");
    filter.include_deleted = q->include_deleted == 1;
    filter.sort = SORT_TITLE;
    fuzzbin_paging(call, &q->paging);
    TRY(catalog_tag_get(call_db(call), call->arena, filter.tag_id, &tag));
    return fuzzbin_reply_videos(call, &filter);
}

static struct err write_tags(struct call *call, bool replace)
{
    const struct tags_body *body = call->body;
    int64_t id = call_id(call, "video_id");
    struct tag_list list;
    const char **names = arena_array(call->arena, const char *, body->tags.count + 1);
    for (size_t i = 0; i < body->tags.count; i++)
        names[i] = ((const char *const *)body->tags.items)[i];
    struct tag_names wanted = {names, body->source, fuzzbin_decades(call).keep_case};
    CALL_TX(call, tx);
    TRY(catalog_video_set_tags(tx.conn, call->arena, id, &wanted, replace));
    TRY(catalog_video_tags(tx.conn, call->arena, id, &list));
    TRY(db_commit(&tx));
    return call_list(call, list.items, list.count);
}

static struct err set_tags(struct call *call)
{
    return write_tags(call, true);
}

static struct err add_tags(struct call *call)
{
    return write_tags(call, false);
}

static struct err remove_tag(struct call *call)
{
    CALL_TX(call, tx);
    TRY(catalog_tag_unlink(tx.conn, call->arena, call_id(call, "tag_id"), call_id(call, "video_id")));
    TRY(db_commit(&tx));
    return call_empty(call, 204);
}

#define TAG_ "Tags"
ROUTES(fuzzbin_tag_routes,
       {HTTP_GET, "/tags", TAG_, "Tags by name or by use", list_tags, .query = &tag_query_shape,
        .reply = &fuzzbin_tag_view, .flags = ROUTE_PAGE | ROUTE_REMEMBER},
       {HTTP_POST, "/tags", TAG_, "A tag, new or as it is", create_tag, .body = &tag_create_shape,
        .reply = &fuzzbin_tag_view, .status = 201, .flags = ROUTE_BLOCKING},
       {HTTP_GET, "/tags/{tag_id:int}", TAG_, "One tag", get_tag, .reply = &fuzzbin_tag_view},
       {HTTP_DELETE, "/tags/{tag_id:int}", TAG_, "Deletes a tag; one in use needs force", delete_tag,
        .query = &force_query_shape, .status = 204, .flags = ROUTE_BLOCKING},
       {HTTP_GET, "/tags/{tag_id:int}/videos", TAG_, "Videos with a tag", tag_videos,
        .query = &fuzzbin_page_query, .reply = &fuzzbin_video_view, .flags = ROUTE_PAGE | ROUTE_REMEMBER},
       {HTTP_POST, "/tags/videos/{video_id:int}/set", TAG_, "Replaces a video's tags", set_tags,
        .body = &tags_body_shape, .reply = &fuzzbin_tag_view, .flags = ROUTE_BLOCKING | ROUTE_LIST},
       {HTTP_POST, "/tags/videos/{video_id:int}/add", TAG_, "Adds to a video's tags", add_tags,
        .body = &tags_body_shape, .reply = &fuzzbin_tag_view, .flags = ROUTE_BLOCKING | ROUTE_LIST},
       {HTTP_DELETE, "/tags/videos/{video_id:int}/{tag_id:int}", TAG_, "Takes a tag off a video", remove_tag,
        .status = 204, .flags = ROUTE_BLOCKING});
