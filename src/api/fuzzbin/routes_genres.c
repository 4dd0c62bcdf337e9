/* Genre buckets (contract 20.2). */
#include "api/fuzzbin/fuzzbin.h"
#include "domain/intake/genre.h"

struct genre_view {
    const char *original;
    const char *normalized;
    int8_t is_mapped;
};
SHAPE(genre_shape, "GenreNormalized", struct genre_view, "A genre and its bucket",
      F(struct genre_view, T_TEXT, original, .flags = FIELD_REQUIRED),
      F(struct genre_view, T_TEXT, normalized, .flags = FIELD_REQUIRED, .help = "the bucket, else the genre itself"),
      F(struct genre_view, T_BOOL, is_mapped, .flags = FIELD_REQUIRED));

static struct genre_view look_up(const char *genre)
{
    const char *bucket = genre_bucket(genre);
    return (struct genre_view){genre, bucket ? bucket : genre, bucket != NULL};
}

static struct err categories(struct call *call)
{
    struct jw *w = call_json(call);
    jw_object(w);
    jw_key(w, "categories");
    jw_array(w);
    for (const char *const *bucket = genre_buckets(); *bucket; bucket++)
        jw_text(w, *bucket);
    jw_end(w);
    jw_end(w);
    return OK;
}

struct genre_query {
    const char *genre;
};
SHAPE(genre_query_shape, "GenreQuery", struct genre_query, "Which",
      F(struct genre_query, T_TEXT, genre, .flags = FIELD_REQUIRED));

static struct err normalize(struct call *call)
{
    const struct genre_query *query = call->query;
    struct genre_view view = look_up(query->genre);
    return call_reply(call, &view);
}

struct genres_query {
    struct list genres;
};
SHAPE(genres_query_shape, "GenresQuery", struct genres_query, "Which",
      F(struct genres_query, T_LIST, genres, .item = T_TEXT, .flags = FIELD_REQUIRED));

static struct err normalize_many(struct call *call)
{
    const struct genres_query *query = call->query;
    const char *const *genres = query->genres.items;
    struct genre_view *views = arena_array(call->arena, struct genre_view, query->genres.count + 1);
    for (size_t i = 0; i < query->genres.count; i++)
        views[i] = look_up(genres[i]);
    return call_list(call, views, query->genres.count);
}

#define TAG_ "Genres"
ROUTES(fuzzbin_genre_routes,
       {HTTP_GET, "/genres/categories", TAG_, "The buckets", categories, .flags = ROUTE_ANY_JSON},
       {HTTP_GET, "/genres/normalize", TAG_, "The bucket of a genre", normalize, .query = &genre_query_shape,
        .reply = &genre_shape},
       {HTTP_POST, "/genres/normalize/batch", TAG_, "The buckets of several genres", normalize_many,
        .query = &genres_query_shape, .reply = &genre_shape, .flags = ROUTE_LIST});
