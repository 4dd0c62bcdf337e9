/* Search, facets, suggestions, saved searches (contract 2.7, section 10). */
#include "api/fuzzbin/views.h"
#include "domain/catalog/facets.h"

struct search_request {
    const char *q;
    struct paging paging;
    int8_t include_deleted;
};
SHAPE(search_query_shape, "SearchQuery", struct search_request, "What to look for",
      F(struct search_request, T_TEXT, q, .flags = FIELD_REQUIRED, MIN_VALUE(1),
        .help = "Words, \"phrases\", AND, OR, NOT, column:word, begin*"),
      PAGING_FIELDS(struct search_request),
      F(struct search_request, T_BOOL, include_deleted, .fallback = "false"));

struct suggest_query {
    const char *q;
    int64_t limit;
};
SHAPE(suggest_query_shape, "SuggestQuery", struct suggest_query, "What was typed so far",
      F(struct suggest_query, T_TEXT, q, .flags = FIELD_REQUIRED, MIN_VALUE(2)),
      F(struct suggest_query, T_INT, limit, .fallback = "10", BETWEEN(1, 50)));

#define NAMES_FIELD(member_)                                                                       \
    F(struct suggestions, T_LIST, member_, .item = T_TEXT, .flags = FIELD_EMPTY_LIST)
SHAPE(suggestions_shape, "SearchSuggestions", struct suggestions, "Names that contain the text",
      NAMES_FIELD(titles), NAMES_FIELD(artists), NAMES_FIELD(albums));

SHAPE(facet_shape, "Facet", struct facet, "A value and how many videos have it",
      F(struct facet, T_TEXT, value, .flags = FIELD_REQUIRED),
      F(struct facet, T_INT, count, .flags = FIELD_REQUIRED));
#define FACETS_FIELD(member_)                                                                      \
    F(struct facets, T_LIST, member_, .item = T_OBJECT, .shape = &facet_shape, .flags = FIELD_EMPTY_LIST)
SHAPE(facets_shape, "Facets", struct facets, "What there is to filter by", FACETS_FIELD(tags),
      FACETS_FIELD(genres), FACETS_FIELD(years), FACETS_FIELD(directors),
      F(struct facets, T_INT, total_videos, .flags = FIELD_REQUIRED));

SHAPE(saved_create_shape, "SavedSearchCreate", struct saved_search, "A search to keep",
      F(struct saved_search, T_TEXT, name, .flags = FIELD_REQUIRED, BETWEEN(1, 100)),
      F(struct saved_search, T_TEXT, description, .flags = FIELD_NULLABLE, MAX_VALUE(500)),
      F(struct saved_search, T_JSON, query, .flags = FIELD_REQUIRED));

struct saved_list {
    struct list items;
    int64_t total;
};
SHAPE(saved_list_shape, "SavedSearchList", struct saved_list, "Saved searches, newest first",
      F(struct saved_list, T_LIST, items, .item = T_OBJECT, .shape = &saved_search_shape,
        .flags = FIELD_EMPTY_LIST),
      F(struct saved_list, T_INT, total, .flags = FIELD_REQUIRED));

static struct err search(struct call *call)
{
    const struct search_request *q = call->query;
    struct video_filter filter;
    video_filter_clear(&filter);
    filter.search = q->q;
    filter.sort = SORT_RELEVANCE;
    fuzzbin_paging(call, &q->paging);
    return fuzzbin_reply_videos(call, &filter);
}

static struct err suggest(struct call *call)
{
    const struct suggest_query *q = call->query;
    struct suggestions found;
    TRY(catalog_suggest(call_db(call), call->arena, q->q, q->limit, &found));
    return call_reply(call, &found);
}

static struct err get_facets(struct call *call)
{
    const struct deleted_query *query = call->query;
    const struct facets *facets;
    TRY(catalog_facets(call_db(call), call->arena, query->include_deleted == 1, &facets));
    return call_reply(call, facets);
}

static struct err list_saved(struct call *call)
{
    struct saved_searches list;
    TRY(catalog_saved_searches(call_db(call), call->arena, &list));
    struct saved_list reply = {{list.items, list.count}, (int64_t)list.count};
    return call_reply(call, &reply);
}

static struct err reply_saved(struct call *call, int64_t id)
{
    struct saved_search found;
    TRY(catalog_saved_search(call_db(call), call->arena, id, &found));
    return call_reply(call, &found);
}

static struct err save(struct call *call)
{
    int64_t id;
    TRY(fuzzbin_need_object(call, "query"));
    CALL_TX(call, tx);
    TRY(catalog_save_search(tx.conn, call->arena, call->body, &id));
    TRY(db_commit(&tx));
    return reply_saved(call, id);
}

static struct err get_saved(struct call *call)
{
    return reply_saved(call, call_id(call, "search_id"));
}

static struct err delete_saved(struct call *call)
{
    CALL_TX(call, tx);
    TRY(catalog_forget_search(tx.conn, call->arena, call_id(call, "search_id")));
    TRY(db_commit(&tx));
    return call_empty(call, 204);
}

#define TAG_ "Search"
ROUTES(fuzzbin_search_routes,
       {HTTP_GET, "/search", TAG_, "Full-text search, best first", search, .query = &search_query_shape,
        .reply = &fuzzbin_video_view, .flags = ROUTE_PAGE | ROUTE_REMEMBER},
       {HTTP_GET, "/search/suggestions", TAG_, "Names that contain what was typed", suggest,
        .query = &suggest_query_shape, .reply = &suggestions_shape, .flags = ROUTE_REMEMBER},
       {HTTP_GET, "/search/facets", TAG_, "What there is to filter by", get_facets,
        .query = &fuzzbin_deleted_query, .reply = &facets_shape,
        .flags = ROUTE_REMEMBER},
       {HTTP_GET, "/search/saved", TAG_, "Saved searches", list_saved, .reply = &saved_list_shape},
       {HTTP_POST, "/search/saved", TAG_, "Keeps a search", save, .body = &saved_create_shape,
        .reply = &saved_search_shape, .status = 201, .flags = ROUTE_BLOCKING},
       {HTTP_GET, "/search/saved/{search_id:int}", TAG_, "One saved search", get_saved,
        .reply = &saved_search_shape},
       {HTTP_DELETE, "/search/saved/{search_id:int}", TAG_, "Forgets a saved search", delete_saved,
        .status = 204, .flags = ROUTE_BLOCKING});
