/* Movies and shows: list, get, files, delete; the scan (contract 8.2, 8.3, 8.6). */
#include <string.h>

#include "api/haas/catalog.h"
#include "api/haas/links.h"
#include "core/jobs.h"
#include "domain/movies/credit.h"
#include "json/encode.h"

#define MOVIES_AT_ONCE 500
#define SHOWS_AT_ONCE  50

/* --- lists ---------------------------------------------------------------------------------------------- */

struct list_query {
    const char *library_id;
};
SHAPE(haas_catalog_query_shape, "CatalogQuery", struct list_query, "Which library",
      FN("libraryId", struct list_query, T_TEXT, library_id, .help = "Absent: all"));

/* The rows after `last`, which moves on; false when there are no more. */
struct batch {
    struct query query;
    size_t count;
    int64_t last;
};

static void next_batch(struct arena *a, struct batch *batch, const struct query_field *fields, int64_t library_id,
                       int64_t limit)
{
    batch->query = (struct query){.fields = fields, .limit = limit};
    query_add_int(a, &batch->query, "id", QUERY_GT, batch->last);
    if (library_id != INT_NONE)
        query_add_int(a, &batch->query, "library_id", QUERY_EQ, library_id);
    query_sort(a, &batch->query, "id", false);
}

static struct err write_movie_batch(struct jw *w, const struct catalog *c, struct arena *a, int64_t library_id,
                                    struct batch *batch)
{
    struct movie_list movies;
    next_batch(a, batch, movie_query, library_id, MOVIES_AT_ONCE);
    TRY(movies_list(c->conn, a, &batch->query, &movies, NULL));
    batch->count = movies.count;
    if (movies.count)
        batch->last = movies.items[movies.count - 1].id;
    return haas_write_movies(w, c, a, movies.items, movies.count);
}

static struct err write_show_batch(struct jw *w, const struct catalog *c, struct arena *a, int64_t library_id,
                                    struct batch *batch)
{
    struct show_list shows;
    next_batch(a, batch, show_query, library_id, SHOWS_AT_ONCE);
    TRY(shows_list(c->conn, a, &batch->query, &shows, NULL));
    batch->count = shows.count;
    if (shows.count)
        batch->last = shows.items[shows.count - 1].id;
    return haas_write_shows(w, c, a, shows.items, shows.count);
}

typedef struct err (*write_batch)(struct jw *w, const struct catalog *c, struct arena *a, int64_t library_id,
                                  struct batch *batch);

/* Without paging, as the document has it; a few rows in memory at a time. */
static struct err reply_all(struct call *call, int64_t library_id, size_t at_once, write_batch write)
{
    struct catalog c;
    struct batch batch = {.count = at_once};
    TRY(catalog_open(call->core, call_db(call), call->arena, &c));
    struct jw *w = call_json(call);
    jw_array(w);
    while (batch.count == at_once) {
        SCRATCH(a);
        struct err e = write(w, &c, &a, library_id, &batch);
        if (failed(e)) {
            e.msg = arena_strdup(call->arena, e.msg);
            return e;
        }
    }
    jw_end(w);
    return OK;
}

static struct err list_of(struct call *call, size_t at_once, write_batch write)
{
    const struct list_query *query = call->query;
    struct library library = {.id = INT_NONE};
    struct err e = query->library_id ? haas_library_find(call, call_db(call), query->library_id, &library) : OK;
    if (e.kind == ERR_NOT_FOUND)
        return call_list(call, NULL, 0);
    TRY(e);
    return reply_all(call, library.id, at_once, write);
}

static struct err list_movies(struct call *call)
{
    return list_of(call, MOVIES_AT_ONCE, write_movie_batch);
}

static struct err list_shows(struct call *call)
{
    return list_of(call, SHOWS_AT_ONCE, write_show_batch);
}

/* --- one ------------------------------------------------------------------------------------------------ */

static struct err get_movie(struct call *call)
{
    struct catalog c;
    struct movie movie;
    TRY(haas_movie_find(call_db(call), call->arena, call_id(call, "id"), &movie));
    TRY(catalog_open(call->core, call_db(call), call->arena, &c));
    return haas_write_movies(call_json(call), &c, call->arena, &movie, 1);
}

static struct err get_show(struct call *call)
{
    struct catalog c;
    struct show show;
    TRY(haas_show_find(call_db(call), call->arena, call_id(call, "id"), &show));
    TRY(catalog_open(call->core, call_db(call), call->arena, &c));
    return haas_write_shows(call_json(call), &c, call->arena, &show, 1);
}

static struct err movie_files(struct call *call)
{
    struct media_link_filter filter = MEDIA_LINK_ANY;
    struct movie movie;
    struct err e = haas_movie_find(call_db(call), call->arena, call_id(call, "id"), &movie);
    if (e.kind == ERR_NOT_FOUND)
        return call_list(call, NULL, 0);
    TRY(e);
    filter.movie_id = movie.id;
    return haas_reply_links(call, &filter);
}

static struct err show_files(struct call *call)
{
    struct media_link_filter filter = MEDIA_LINK_ANY;
    struct show show;
    struct err e = haas_show_find(call_db(call), call->arena, call_id(call, "id"), &show);
    if (e.kind == ERR_NOT_FOUND)
        return call_list(call, NULL, 0);
    TRY(e);
    filter.show_id = show.id;
    return haas_reply_links(call, &filter);
}

/* --- delete --------------------------------------------------------------------------------------------- */

/* People are looked at afterwards, by a task; the reply does not wait for it. */
static struct err queue_cleanup(struct call *call, struct db_conn *tx, const struct list *people)
{
    const int64_t *ids = people->items;
    struct job job;
    BUF(args);
    if (!people->count)
        return OK;
    struct jw w = jw_to(&args);
    jw_object(&w);
    jw_key(&w, "people");
    jw_array(&w);
    for (size_t i = 0; i < people->count; i++)
        jw_int(&w, ids[i]);
    jw_end(&w);
    jw_end(&w);
    return jobs_submit(call->core->jobs, tx, call->arena,
                       JOB_SPEC("person_cleanup", .args = args.data, .origin = "haas"), &job);
}

static struct err delete_movie(struct call *call)
{
    struct movie movie;
    struct list people;
    TX(tx);
    TRY(db_begin(call->core->db, &tx));
    TRY(haas_movie_find(tx.conn, call->arena, call_id(call, "id"), &movie));
    TRY(credits_persons(tx.conn, call->arena, ITEM_MOVIE, movie.id, &people));
    TRY(movie_purge(tx.conn, movie.id));
    TRY(queue_cleanup(call, tx.conn, &people));
    TRY(db_commit(&tx));
    return call_empty(call, 200);
}

static struct err delete_show(struct call *call)
{
    struct show show;
    struct list people;
    TX(tx);
    TRY(db_begin(call->core->db, &tx));
    TRY(haas_show_find(tx.conn, call->arena, call_id(call, "id"), &show));
    TRY(credits_persons(tx.conn, call->arena, ITEM_SHOW, show.id, &people));
    TRY(show_purge(tx.conn, show.id));
    TRY(queue_cleanup(call, tx.conn, &people));
    TRY(db_commit(&tx));
    return call_empty(call, 200);
}

/* --- scan ------------------------------------------------------------------------------------------------ */

struct scan_query {
    int8_t refresh;
};
SHAPE(haas_scan_query_shape, "ScanQuery", struct scan_query, "How to scan",
      FN("refreshExisting", struct scan_query, T_BOOL, refresh, .fallback = "true",
         .help = "Read again what has not changed"));
SHAPE(haas_started_shape, "StartedOperation", struct operation, "The task that does it",
      FN("operationId", struct operation, T_TEXT, id, .flags = FIELD_REQUIRED),
      F(struct operation, T_TEXT, message, .flags = FIELD_REQUIRED));

/* One scan of everything at a time: a second call names the one that runs. */
static struct err start_scan(struct call *call)
{
    const struct scan_query *query = call->query;
    struct job job;
    TRY(jobs_submit_now(call->core->jobs, call->arena,
                        JOB_SPEC("movie_scan", .args = query->refresh == 1 ? "{\"deep\":true}" : "{\"deep\":false}",
                                 .origin = "haas", .unique_key = "movie_scan:all"),
                        &job));
    return call_reply(call, &(struct operation){job.uuid, "Metadata scan started"});
}

#define TAG "Catalog"
ROUTES(haas_catalog_routes,
       {HTTP_GET, "/api/metadata/movies", TAG, "Movies", list_movies, .query = &haas_catalog_query_shape,
        .reply = &haas_movie_shape, .flags = ROUTE_LIST | ROUTE_BLOCKING},
       {HTTP_GET, "/api/metadata/movies/{id:int}", TAG, "One movie", get_movie, .reply = &haas_movie_shape, .flags = ROUTE_REMEMBER},
       {HTTP_GET, "/api/metadata/movies/{id:int}/files", TAG, "Files of a movie", movie_files,
        .reply = &haas_link_shape, .flags = ROUTE_LIST},
       {HTTP_DELETE, "/api/metadata/movies/{id:int}", TAG, "Deletes a movie for good; its files stay", delete_movie,
        .flags = ROUTE_BLOCKING},
       {HTTP_GET, "/api/metadata/tvshows", TAG, "Shows with seasons and episodes", list_shows,
        .query = &haas_catalog_query_shape, .reply = &haas_show_shape, .flags = ROUTE_LIST | ROUTE_BLOCKING},
       {HTTP_GET, "/api/metadata/tvshows/{id:int}", TAG, "One show", get_show, .reply = &haas_show_shape, .flags = ROUTE_REMEMBER},
       {HTTP_GET, "/api/metadata/tvshows/{id:int}/files", TAG, "Files of a show", show_files,
        .reply = &haas_link_shape, .flags = ROUTE_LIST},
       {HTTP_DELETE, "/api/metadata/tvshows/{id:int}", TAG, "Deletes a show for good; its files stay", delete_show,
        .flags = ROUTE_BLOCKING},
       {HTTP_POST, "/api/metadata/scan/start", TAG, "Scans every movie and TV library", start_scan,
        .query = &haas_scan_query_shape, .reply = &haas_started_shape, .flags = ROUTE_BLOCKING});
