/* Movies: list, one, change, delete (contract 6.1 to 6.4). */
#include <string.h>

#include "api/metarr/metarr.h"
#include "core/settings.h"
#include "domain/movies/recycle.h"

#define TAG "Movies"

struct list_query {
    struct metarr_paging paging;
    int8_t monitored;
    int64_t library_id;
    const char *fields;
    const char *include;
    const char *status;
    const char *sort;
    const char *order;
};
#define Q_(kind_, member_, ...) F(struct list_query, kind_, member_, ##__VA_ARGS__)
SHAPE(metarr_movies_list_query_shape, "MetarrMovieList", struct list_query, "Which movies, in which order",
      FN("page", struct list_query, T_INT, paging.page, .fallback = "1", MIN_VALUE(1)),
      FN("limit", struct list_query, T_INT, paging.limit, .fallback = "50", MIN_VALUE(1),
         .help = "At most 1000; more is taken as 1000"),
      Q_(T_BOOL, monitored), Q_(T_INT, library_id), Q_(T_TEXT, fields, .help = "Only these members, in this order"),
      Q_(T_TEXT, include, .help = "cast, crew, genres, streams, assets, files, candidates, locks"),
      Q_(T_TEXT, status, .help = "Same as filter[identification_status]"),
      Q_(T_TEXT, sort, .help = "Fields; -field for downwards. filter[field][op]=value narrows the list"),
      Q_(T_TEXT, order, .help = "asc or desc for each field of sort"));

static struct err read_query(struct call *call, const struct list_query *q, struct query *query)
{
    struct arena *a = call->arena;
    filter_read(a, call->req->query, call->req->query_count, &call->mistakes, query);
    if (q->monitored != BOOL_NONE)
        query_add_int(a, query, "monitored", QUERY_EQ, q->monitored);
    if (q->library_id != INT_NONE)
        query_add_int(a, query, "library_id", QUERY_EQ, q->library_id);
    if (q->status)
        filter_add(a, query, "identification_status", "in", q->status, &call->mistakes);
    if (call->mistakes.count)
        return call_invalid(call);
    if (!query->sorts.count)
        query_sort(a, query, "title", false);
    query->limit = call->page.size;
    query->offset = page_offset(&call->page);
    return OK;
}

static struct err get_movies(struct call *call)
{
    const struct list_query *q = call->query;
    struct query query = {.fields = movie_query};
    struct selection selection;
    struct movie_list movies;
    int64_t total;
    metarr_take_paging(call, &q->paging);
    TRY(read_query(call, q, &query));
    TRY(metarr_selection(call, q->fields, q->include, &metarr_movie_shape, &selection));
    TRY(movies_list(call_db(call), call->arena, &query, &movies, &total));
    return metarr_write_movies(call, &movies, &selection, total);
}

struct one_query {
    const char *fields;
    const char *include;
};
SHAPE(metarr_movies_one_query_shape, "MetarrMovieQuery", struct one_query, "How much of a movie",
      F(struct one_query, T_TEXT, fields), F(struct one_query, T_TEXT, include));

static struct err get_movie(struct call *call)
{
    const struct one_query *q = call->query;
    struct selection selection;
    struct movie movie;
    int64_t id;
    TRY(metarr_id(call, &id));
    TRY(metarr_selection(call, q->fields, q->include, &metarr_movie_shape, &selection));
    if (!selection.include_named && !selection.fields)
        selection.include = INCLUDE_DOCUMENTED;
    TRY(movie_get(call_db(call), call->arena, id, &movie));
    return metarr_write_movie(call, &movie, &selection);
}

static struct err put_movie(struct call *call)
{
    struct movie values;
    struct movie movie;
    struct item_change change;
    struct selection plain = {0};
    int64_t id;
    TRY(metarr_id(call, &id));
    TRY(metarr_movie_change(call, call->body, &call->body_present, &values, &change));
    TX(tx);
    TRY(db_begin(call->core->db, &tx));
    TRY(movie_update(tx.conn, call->arena, id, &change, &movie, NULL));
    TRY(db_commit(&tx));
    return metarr_write_movie(call, &movie, &plain);
}

struct delete_query {
    int8_t delete_files;
};
SHAPE(metarr_movies_delete_query_shape, "MetarrDelete", struct delete_query, "What goes with it",
      F(struct delete_query, T_BOOL, delete_files, .fallback = "false", .help = "Move its files to the trash too"));

static struct err delete_movie(struct call *call)
{
    const struct delete_query *q = call->query;
    int64_t id;
    TRY(metarr_id(call, &id));
    TRY(movies_recycle(call->core, call->arena, &id, 1, q->delete_files == 1));
    return metarr_success(call);
}

ROUTES(metarr_movie_routes,
       {HTTP_GET, "/api/v1/movies", TAG, "Movies by filter, order and page", get_movies, .query = &metarr_movies_list_query_shape,
        .reply = &metarr_some_movie_shape, .flags = ROUTE_PAGE},
       {HTTP_GET, "/api/v1/movies/{id:int}", TAG, "One movie with its relations", get_movie,
        .query = &metarr_movies_one_query_shape, .flags = ROUTE_ANY_JSON},
       {HTTP_PUT, "/api/v1/movies/{id:int}", TAG, "Changes a movie; what changes is locked", put_movie,
        .body = &metarr_movie_body_shape, .reply = &metarr_movie_shape, .flags = ROUTE_PATCH | ROUTE_OPTIONAL_BODY,
        .bucket = "write"},
       {HTTP_PATCH, "/api/v1/movies/{id:int}", TAG, "Changes a movie; what changes is locked", put_movie,
        .body = &metarr_movie_body_shape, .reply = &metarr_movie_shape, .flags = ROUTE_PATCH | ROUTE_OPTIONAL_BODY,
        .bucket = "write"},
       {HTTP_DELETE, "/api/v1/movies/{id:int}", TAG, "Puts a movie into the bin for 30 days", delete_movie,
        .query = &metarr_movies_delete_query_shape, .flags = ROUTE_ANY_JSON | ROUTE_BARE | ROUTE_BLOCKING | ROUTE_OPTIONAL_BODY,
        .bucket = "write"});
