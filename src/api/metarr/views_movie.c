/* Movies as document 004 shows them (contract 5.1 and 5.2). */
#include <string.h>

#include "api/metarr/metarr.h"
#include "json/encode.h"

struct movie_row {
    struct movie m;
    const char *file_path;
    int64_t art[ASSET_TYPE_COUNT];
    int8_t locked[LOCK_COUNT];
};

#define R(kind_, name_, ...)        FN(#name_, struct movie_row, kind_, m.name_, ##__VA_ARGS__)
#define N(kind_, name_, ...)        FN(#name_, struct movie_row, kind_, m.name_, .flags = FIELD_NULLABLE, ##__VA_ARGS__)
#define ART(name_, type_)           FN(name_, struct movie_row, T_INT, art[type_], .flags = FIELD_NULLABLE)
#define LIST(name_)                                                                                \
    FN(#name_, struct movie_row, T_LIST, m.name_, .item = T_TEXT, .flags = FIELD_EMPTY_LIST | FIELD_REQUIRED)
#define LOCK(name_, lock_) FN(name_ "_locked", struct movie_row, T_BOOL, locked[lock_])

SHAPE(metarr_movie_shape, "MetarrMovie", struct movie_row, "A movie", R(T_INT, id), R(T_INT, library_id),
      FN("file_path", struct movie_row, T_TEXT, file_path, .flags = FIELD_NULLABLE), N(T_TEXT, file_name),
      N(T_INT, file_size), N(T_TEXT, file_hash), R(T_TEXT, title), N(T_TEXT, original_title), N(T_TEXT, sort_title),
      N(T_TEXT, tagline), N(T_TEXT, plot), N(T_TEXT, outline), N(T_INT, year), N(T_TEXT, release_date),
      N(T_INT, runtime), N(T_TEXT, content_rating),
      FN("mpaa_rating", struct movie_row, T_TEXT, m.content_rating, .flags = FIELD_NULLABLE), N(T_REAL, rating),
      N(T_INT, vote_count), N(T_REAL, tmdb_rating), N(T_INT, tmdb_votes), N(T_REAL, imdb_rating),
      N(T_INT, imdb_votes), N(T_INT, rotten_tomatoes_score), N(T_INT, metacritic_score), N(T_REAL, user_rating),
      N(T_TEXT, awards), N(T_INT, budget), N(T_INT, revenue), N(T_TEXT, homepage), N(T_TEXT, original_language),
      N(T_REAL, popularity), N(T_TEXT, status), N(T_INT, tmdb_id), N(T_TEXT, imdb_id), N(T_INT, tvdb_id),
      LIST(genres), LIST(directors), LIST(writers), LIST(studios), LIST(countries), LIST(tags),
      ART("poster_id", ASSET_POSTER), ART("fanart_id", ASSET_FANART), ART("logo_id", ASSET_CLEARLOGO),
      ART("clearlogo_id", ASSET_CLEARLOGO), ART("banner_id", ASSET_BANNER), ART("clearart_id", ASSET_CLEARART),
      ART("discart_id", ASSET_DISCART), ART("landscape_id", ASSET_LANDSCAPE), ART("keyart_id", ASSET_KEYART),
      ART("thumb_id", ASSET_THUMB), LOCK("title", LOCK_TITLE), LOCK("original_title", LOCK_ORIGINAL_TITLE),
      LOCK("sort_title", LOCK_SORT_TITLE), LOCK("year", LOCK_YEAR), LOCK("plot", LOCK_PLOT),
      LOCK("outline", LOCK_OUTLINE), LOCK("tagline", LOCK_TAGLINE), LOCK("content_rating", LOCK_CONTENT_RATING),
      LOCK("release_date", LOCK_RELEASE_DATE), LOCK("user_rating", LOCK_USER_RATING), LOCK("rating", LOCK_USER_RATING),
      LOCK("mpaa_rating", LOCK_CONTENT_RATING), LOCK("genres", LOCK_GENRES), LOCK("directors", LOCK_DIRECTORS),
      LOCK("writers", LOCK_WRITERS), LOCK("studios", LOCK_STUDIOS), LOCK("countries", LOCK_COUNTRIES),
      LOCK("tags", LOCK_TAGS), LOCK("actors_order", LOCK_ACTORS_ORDER), LOCK("poster", LOCK_POSTER),
      LOCK("fanart", LOCK_FANART), LOCK("logo", LOCK_CLEARLOGO), LOCK("clearlogo", LOCK_CLEARLOGO),
      LOCK("clearart", LOCK_CLEARART), LOCK("banner", LOCK_BANNER), LOCK("thumb", LOCK_THUMB),
      LOCK("discart", LOCK_DISCART), LOCK("keyart", LOCK_KEYART), LOCK("landscape", LOCK_LANDSCAPE),
      LOCK("trailer", LOCK_TRAILER), R(T_BOOL, monitored),
      R(T_ENUM, identification_status, .words = &identification_words), R(T_INT, enrichment_priority),
      R(T_INT, completeness), N(T_TIME, last_scanned), N(T_TIME, last_enriched), N(T_TIME, last_published),
      R(T_TIME, created_at), R(T_TIME, updated_at));

static void fill_row(struct call *call, const struct relations *r, const struct movie *movie, struct movie_row *row)
{
    row->m = *movie;
    row->file_path = metarr_path(call, r, movie->library_id, movie->file_path);
    for (int type = 0; type < ASSET_TYPE_COUNT; type++)
        row->art[type] = metarr_asset_id(r, movie->id, (enum asset_type)type);
    for (int lock = 0; lock < LOCK_COUNT; lock++)
        row->locked[lock] = is_locked(movie->locks, (enum item_lock)lock);
}

/* --- what one movie alone shows ------------------------------------------------------------------------------ */

static struct err write_collection(struct call *call, struct jw *w, const struct movie *m)
{
    struct movie_set set;
    jw_key(w, "collection");
    if (m->set_id == INT_NONE) {
        jw_null(w);
        return OK;
    }
    TRY(movie_set_get(call_db(call), call->arena, m->set_id, &set));
    jw_object(w);
    jw_kv_int(w, "id", set.id);
    jw_kv_text(w, "name", set.name);
    jw_kv_int(w, "tmdb_collection_id", set.tmdb_id);
    jw_kv_text(w, "plot", set.plot);
    jw_end(w);
    return OK;
}

static void write_external_ids(struct jw *w, const struct movie *m)
{
    jw_key(w, "external_ids");
    jw_object(w);
    jw_kv_int(w, "tmdb_id", m->tmdb_id);
    jw_kv_text(w, "imdb_id", m->imdb_id);
    jw_kv_int(w, "tvdb_id", m->tvdb_id);
    jw_kv_text(w, "facebook_id", m->facebook_id);
    jw_kv_text(w, "instagram_id", m->instagram_id);
    jw_kv_text(w, "twitter_id", m->twitter_id);
    jw_kv_text(w, "wikidata_id", m->wikidata_id);
    jw_end(w);
}

static void write_url(struct call *call, struct jw *w, const char *key, const char *before, const char *id)
{
    jw_kv_text(w, key, id ? arena_printf(call->arena, "%s%s", before, id) : NULL);
}

static const char *digits(struct call *call, int64_t id)
{
    return id == INT_NONE ? NULL : arena_printf(call->arena, "%lld", (long long)id);
}

static void write_urls(struct call *call, struct jw *w, const struct movie *m)
{
    jw_key(w, "provider_urls");
    jw_object(w);
    write_url(call, w, "tmdb_url", "https://www.themoviedb.org/movie/", digits(call, m->tmdb_id));
    write_url(call, w, "imdb_url", "https://www.imdb.com/title/", m->imdb_id);
    write_url(call, w, "tvdb_url", "https://www.thetvdb.com/dereferrer/movie/", digits(call, m->tvdb_id));
    write_url(call, w, "facebook_url", "https://www.facebook.com/", m->facebook_id);
    write_url(call, w, "instagram_url", "https://www.instagram.com/", m->instagram_id);
    write_url(call, w, "twitter_url", "https://twitter.com/", m->twitter_id);
    write_url(call, w, "wikidata_url", "https://www.wikidata.org/wiki/", m->wikidata_id);
    jw_kv_text(w, "homepage_url", m->homepage);
    jw_end(w);
}

static void write_library(struct jw *w, const struct relations *r, const struct movie *m)
{
    jw_key(w, "library");
    for (size_t i = 0; i < r->libraries.count; i++) {
        if (r->libraries.items[i].id != m->library_id)
            continue;
        jw_object(w);
        jw_kv_int(w, "id", m->library_id);
        jw_kv_text(w, "name", r->libraries.items[i].name);
        jw_end(w);
        return;
    }
    jw_null(w);
}

static void write_locks(struct jw *w, const struct movie_row *row)
{
    const struct shape *shape = &metarr_movie_shape;
    jw_key(w, "locks");
    jw_object(w);
    for (size_t i = 0; i < shape->count; i++) {
        const char *name = shape->fields[i].name;
        size_t len = strlen(name);
        if (len < 8 || strcmp(name + len - 7, "_locked") != 0)
            continue;
        jw_key(w, name);
        field_encode(w, &shape->fields[i], row);
    }
    jw_end(w);
}

static void write_relations(struct call *call, struct jw *w, const struct relations *r, const struct movie_row *row,
                            unsigned include)
{
    int64_t id = row->m.id;
    if (include & INCLUDE_CAST)
        metarr_write_cast(w, r, id);
    if (include & INCLUDE_CREW)
        metarr_write_crew(w, r, id);
    if (include & INCLUDE_STREAMS)
        metarr_write_streams(w, r, row->m.file_id);
    if (include & INCLUDE_ASSETS)
        metarr_write_assets(call, w, r, id);
    if (include & INCLUDE_FILES)
        metarr_write_files(call, w, r, id);
    if (include & INCLUDE_CANDIDATES) {
        jw_key(w, "candidates"); /* pictures that providers offer: none are asked yet */
        jw_array(w);
        jw_end(w);
    }
    if (include & INCLUDE_LOCKS)
        write_locks(w, row);
}

static bool names_genres(const struct selection *s)
{
    for (size_t i = 0; i < s->field_count; i++) {
        if (strcmp(s->fields[i]->name, "genres") == 0)
            return true;
    }
    return false;
}

static struct err write_row(struct call *call, struct jw *w, const struct relations *r, const struct movie *movie,
                            const struct selection *s)
{
    struct movie_row row;
    fill_row(call, r, movie, &row);
    jw_object(w);
    metarr_write_fields(w, &metarr_movie_shape, s, &row);
    if (s->fields && (s->include & INCLUDE_GENRES) && !names_genres(s)) {
        jw_key(w, "genres");
        field_encode(w, &metarr_movie_shape.fields[shape_find(&metarr_movie_shape, "genres")], &row);
    }
    write_relations(call, w, r, &row, s->include);
    if (s->include & INCLUDE_DETAILS) {
        TRY(write_collection(call, w, movie));
        write_external_ids(w, movie);
        write_urls(call, w, movie);
        write_library(w, r, movie);
    }
    jw_end(w);
    return OK;
}

static struct err load(struct call *call, const struct movie *movies, size_t count, const struct selection *s,
                       struct relations *ret)
{
    int64_t *ids = arena_array(call->arena, int64_t, count + 1);
    int64_t *files = arena_array(call->arena, int64_t, count + 1);
    for (size_t i = 0; i < count; i++) {
        ids[i] = movies[i].id;
        files[i] = movies[i].file_id;
    }
    return metarr_load(call, ITEM_MOVIE, ids, files, count, s->include, ret);
}

struct err metarr_write_movies(struct call *call, const struct movie_list *movies, const struct selection *s,
                               int64_t total)
{
    struct relations relations;
    TRY(load(call, movies->items, movies->count, s, &relations));
    call->page.total = total;
    call->page.known = true;
    struct jw *w = call_json(call);
    jw_array(w);
    for (size_t i = 0; i < movies->count; i++)
        TRY(write_row(call, w, &relations, &movies->items[i], s));
    jw_end(w);
    return OK;
}

struct err metarr_write_movie(struct call *call, const struct movie *movie, const struct selection *s)
{
    struct relations relations;
    TRY(load(call, movie, 1, s, &relations));
    return write_row(call, call_json(call), &relations, movie, s);
}
