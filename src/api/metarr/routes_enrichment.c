/* How complete movies are (contract 11.1 and 11.2). */
#include <math.h>
#include <string.h>

#include "api/metarr/metarr.h"
#include "domain/movies/count.h"
#include "domain/movies/fields.h"

#define TAG "Enrichment"
#define TOP_INCOMPLETE 10

static const struct {
    const char *field;
    const char *name;
    const char *category;
} shown[] = {
    {"title", "Title", "metadata"},
    {"plot", "Plot", "metadata"},
    {"outline", "Outline", "metadata"},
    {"tagline", "Tagline", "metadata"},
    {"imdb_rating", "IMDb Rating", "ratings"},
    {"imdb_votes", "IMDb Votes", "ratings"},
    {"rotten_tomatoes_score", "Rotten Tomatoes Score", "ratings"},
    {"metacritic_score", "Metacritic Score", "ratings"},
    {"release_date", "Release Date", "metadata"},
    {"runtime", "Runtime", "metadata"},
    {"content_rating", "Content Rating", "metadata"},
    {"genres", "Genres", "metadata"},
    {"directors", "Directors", "credits"},
    {"writers", "Writers", "credits"},
    {"studios", "Studios", "production"},
};
#define SHOWN (sizeof(shown) / sizeof(shown[0]))

static bool is_missing(const struct movie *m, size_t i)
{
    return field_is_blank(&movie_shape.fields[shape_find(&movie_shape, shown[i].field)], m);
}

static void write_incomplete(struct jw *w, const struct movie *m)
{
    int64_t count = 0;
    for (size_t i = 0; i < SHOWN; i++)
        count += is_missing(m, i);
    jw_object(w);
    jw_kv_int(w, "id", m->id);
    jw_kv_text(w, "title", m->title);
    jw_kv_int(w, "year", m->year);
    jw_kv_int(w, "completeness", m->completeness);
    jw_kv_int(w, "missingFieldCount", count);
    jw_key(w, "missingFields");
    jw_array(w);
    for (size_t i = 0; i < SHOWN; i++) {
        if (is_missing(m, i))
            jw_text(w, shown[i].field);
    }
    jw_end(w);
    jw_end(w);
}

static struct err get_stats(struct call *call)
{
    struct completeness_count count;
    struct movie_list lowest;
    struct query query = {.fields = movie_query, .limit = TOP_INCOMPLETE};
    query_add_int(call->arena, &query, "monitored", QUERY_EQ, 1);
    query_add_int(call->arena, &query, "completeness", QUERY_LT, 100);
    query_sort(call->arena, &query, "completeness", false);
    TRY(completeness_count(call_db(call), &count));
    TRY(movies_list(call_db(call), call->arena, &query, &lowest, NULL));
    struct jw *w = call_json(call);
    jw_object(w);
    jw_kv_int(w, "total", count.total);
    jw_kv_int(w, "enriched", count.enriched);
    jw_kv_int(w, "partiallyEnriched", count.partial);
    jw_kv_int(w, "unenriched", count.unenriched);
    jw_kv_int(w, "averageCompleteness", count.average);
    jw_key(w, "topIncomplete");
    jw_array(w);
    for (size_t i = 0; i < lowest.count; i++)
        write_incomplete(w, &lowest.items[i]);
    jw_end(w);
    jw_end(w);
    return OK;
}

static struct err get_status(struct call *call)
{
    struct movie m;
    int64_t id;
    TRY(metarr_id(call, &id));
    TRY(movie_get(call_db(call), call->arena, id, &m));
    struct jw *w = call_json(call);
    jw_object(w);
    jw_kv_int(w, "movieId", m.id);
    jw_kv_int(w, "completeness", m.completeness);
    jw_kv_time(w, "lastEnriched", m.last_enriched);
    jw_kv_real(w, "enrichmentDuration", (double)NAN); /* no provider was asked yet */
    jw_kv_bool(w, "partial", 0);
    jw_key(w, "rateLimitedProviders");
    jw_array(w);
    jw_end(w);
    jw_key(w, "missingFields");
    jw_array(w);
    for (size_t i = 0; i < SHOWN; i++) {
        if (!is_missing(&m, i))
            continue;
        jw_object(w);
        jw_kv_text(w, "field", shown[i].field);
        jw_kv_text(w, "displayName", shown[i].name);
        jw_kv_text(w, "category", shown[i].category);
        jw_end(w);
    }
    jw_end(w);
    jw_kv_raw(w, "fieldSources", m.field_sources ? m.field_sources : "{}");
    jw_end(w);
    return OK;
}

ROUTES(metarr_enrichment_routes,
       {HTTP_GET, "/api/v1/movies/enrichment/stats", TAG, "How complete the monitored movies are", get_stats,
        .flags = ROUTE_ANY_JSON},
       {HTTP_GET, "/api/v1/movies/{id:int}/enrichment-status", TAG, "What a movie lacks, and who wrote what",
        get_status, .flags = ROUTE_ANY_JSON});
