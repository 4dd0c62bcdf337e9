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

static const struct field movie_fields[] = {
#define OMIT 0
#include "api/metarr/movie_view.def"
#undef OMIT
};
const struct shape metarr_movie_shape = {"MetarrMovie", "A movie", movie_fields,
                                         sizeof(movie_fields) / sizeof(movie_fields[0]), sizeof(struct movie_row)};

static const struct field some_fields[] = {
#define OMIT FIELD_OMIT
#include "api/metarr/movie_view.def"
#undef OMIT
};
const struct shape metarr_some_movie_shape = {"MetarrMovieFields", "A movie, or the members asked for", some_fields,
                                              sizeof(some_fields) / sizeof(some_fields[0]), sizeof(struct movie_row)};

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
