/* Movies. */
#include "domain/movies/movie.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/fold.h"
#include "core/events.h"
#include "domain/library/file.h"
#include "domain/movies/fields.h"

const char *const movie_complete_fields[] = {
    "title", "plot", "outline", "tagline", "imdb_rating", "imdb_votes", "rotten_tomatoes_score",
    "metacritic_score", "release_date", "runtime", "content_rating", "genres", "directors", "writers", "studios"};
const size_t movie_complete_field_count = sizeof(movie_complete_fields) / sizeof(movie_complete_fields[0]);

/* --- derived members ---------------------------------------------------------------------------------- */

static void derive(struct arena *a, void *object)
{
    struct movie *m = object;
    fields_fold(a, &movie_shape, m);
    m->rating = NAN;
    m->vote_count = INT_NONE;
    if (!isnan(m->user_rating)) {
        m->rating = m->user_rating;
    } else if (!isnan(m->imdb_rating)) {
        m->rating = m->imdb_rating;
        m->vote_count = m->imdb_votes;
    } else if (!isnan(m->tmdb_rating)) {
        m->rating = m->tmdb_rating;
        m->vote_count = m->tmdb_votes;
    }
    m->completeness = fields_completeness(&movie_shape, m, movie_complete_fields, movie_complete_field_count);
}

void movie_clear(struct movie *movie)
{
    shape_clear(&movie_shape, movie);
    movie->locks = 0;
    movie->monitored = 1;
    movie->identification_status = UNIDENTIFIED;
    movie->enrichment_priority = 5;
}

/* --- what lists may ask for ----------------------------------------------------------------------------- */

#define INT_FIELD(name_)  {#name_, QUERY_INT, "m." #name_}
#define REAL_FIELD(name_) {#name_, QUERY_REAL, "m." #name_}
#define TEXT_FIELD(name_) {#name_, QUERY_TEXT, "m." #name_}
#define TIME_FIELD(name_) {#name_, QUERY_TIME, "m." #name_}
#define LIST_FIELD(name_, kind_)                                                                   \
    {#name_, QUERY_LIST, "m.id IN (SELECT w.item_id FROM item_word w WHERE w.item_type = 0 AND w.kind = " #kind_, \
     "w.word_fold", .no_sort = true}
#define LOCK_FIELD(name_, bit_)                                                                    \
    {name_ "_locked", QUERY_BOOL, "CASE WHEN (m.locks & (CAST(1 AS BIGINT) << " #bit_ ")) <> 0 THEN 1 ELSE 0 END", \
     .required = true}

/* Lock bits are those of enum item_lock; a test compares them. */
const struct query_field movie_query[] = {
    {"id", QUERY_INT, "m.id", .required = true},
    INT_FIELD(library_id),
    INT_FIELD(year),
    INT_FIELD(runtime),
    INT_FIELD(tmdb_id),
    INT_FIELD(tvdb_id),
    INT_FIELD(imdb_votes),
    INT_FIELD(tmdb_votes),
    INT_FIELD(vote_count),
    INT_FIELD(rotten_tomatoes_score),
    INT_FIELD(metacritic_score),
    INT_FIELD(budget),
    INT_FIELD(revenue),
    {"completeness", QUERY_INT, "m.completeness", .required = true},
    INT_FIELD(file_size),
    INT_FIELD(set_id),
    REAL_FIELD(rating),
    REAL_FIELD(user_rating),
    REAL_FIELD(imdb_rating),
    REAL_FIELD(tmdb_rating),
    REAL_FIELD(popularity),
    {"title", QUERY_TEXT, "m.title", "m.title_fold", .required = true},
    {"original_title", QUERY_TEXT, "m.original_title", "m.original_fold"},
    {"sort_title", QUERY_TEXT, "m.sort_title", "m.sort_fold"},
    TEXT_FIELD(content_rating),
    {"mpaa_rating", QUERY_TEXT, "m.content_rating"},
    TEXT_FIELD(imdb_id),
    TEXT_FIELD(original_language),
    TEXT_FIELD(status),
    {"identification_status", QUERY_WORD, "m.identification_status", .words = &identification_words,
     .required = true},
    {"file_path", QUERY_TEXT,
     "(SELECT l.path || '/' || m.file_path FROM library l WHERE l.id = m.library_id)"},
    TEXT_FIELD(file_name),
    {"release_date", QUERY_DATE, "m.release_date"},
    {"created_at", QUERY_TIME, "m.created_at", .required = true},
    {"updated_at", QUERY_TIME, "m.updated_at", .required = true},
    TIME_FIELD(last_scanned),
    TIME_FIELD(last_enriched),
    TIME_FIELD(last_published),
    TIME_FIELD(missing_since),
    {"monitored", QUERY_BOOL, "m.monitored", .required = true},
    LIST_FIELD(genres, 0),
    LIST_FIELD(directors, 1),
    LIST_FIELD(writers, 2),
    LIST_FIELD(studios, 3),
    LIST_FIELD(countries, 4),
    LIST_FIELD(tags, 5),
    LOCK_FIELD("title", 0),
    LOCK_FIELD("original_title", 1),
    LOCK_FIELD("sort_title", 2),
    LOCK_FIELD("year", 3),
    LOCK_FIELD("plot", 4),
    LOCK_FIELD("outline", 5),
    LOCK_FIELD("tagline", 6),
    LOCK_FIELD("content_rating", 7),
    LOCK_FIELD("mpaa_rating", 7),
    LOCK_FIELD("release_date", 8),
    LOCK_FIELD("user_rating", 9),
    LOCK_FIELD("rating", 9),
    LOCK_FIELD("genres", 10),
    LOCK_FIELD("directors", 11),
    LOCK_FIELD("writers", 12),
    LOCK_FIELD("studios", 13),
    LOCK_FIELD("countries", 14),
    LOCK_FIELD("tags", 15),
    LOCK_FIELD("actors_order", 16),
    LOCK_FIELD("poster", 17),
    LOCK_FIELD("fanart", 18),
    LOCK_FIELD("clearlogo", 19),
    LOCK_FIELD("logo", 19),
    LOCK_FIELD("clearart", 20),
    LOCK_FIELD("banner", 21),
    LOCK_FIELD("thumb", 22),
    LOCK_FIELD("discart", 23),
    LOCK_FIELD("keyart", 24),
    LOCK_FIELD("landscape", 25),
    LOCK_FIELD("trailer", 26),
    {NULL},
};

const struct item_kind movie_kind = {
    .type = ITEM_MOVIE,
    .table = "movie",
    .not_found = "movie_not_found",
    .missing = "Movie",
    .shape = &movie_shape,
    .query = movie_query,
    .has_words = true,
    .has_bin = true,
    .event_created = EVENT_MOVIE_CREATED,
    .event_updated = EVENT_MOVIE_UPDATED,
    .event_key = "movie_id",
    .subject = "id",
    .derive = derive,
};

/* --- reading ------------------------------------------------------------------------------------------ */

struct err movies_list(struct db_conn *conn, struct arena *a, const struct query *query, struct movie_list *ret,
                       int64_t *ret_total)
{
    struct list items;
    TRY(item_list(conn, a, &movie_kind, query, &items, ret_total));
    *ret = (struct movie_list){items.items, items.count};
    return OK;
}

struct err movies_by_ids(struct db_conn *conn, struct arena *a, const int64_t *ids, size_t count,
                         struct movie_list *ret)
{
    struct query query = {.fields = movie_query};
    struct movie_list found;
    *ret = (struct movie_list){arena_array(a, struct movie, count + 1), 0};
    if (!count)
        return OK;
    query_add_int(a, &query, "id", QUERY_IN, ids[0]);
    for (size_t i = 1; i < count; i++)
        arena_push(a, &query.conditions.items[0].values)->number = ids[i];
    TRY(movies_list(conn, a, &query, &found, NULL));
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < found.count; j++) {
            if (found.items[j].id == ids[i])
                ret->items[ret->count++] = found.items[j];
        }
    }
    return OK;
}

struct err movie_get(struct db_conn *conn, struct arena *a, int64_t id, struct movie *ret)
{
    return item_get(conn, a, &movie_kind, id, ret);
}

struct err movie_get_tmdb(struct db_conn *conn, struct arena *a, int64_t tmdb_id, struct movie *ret)
{
    int64_t id;
    TRY(db_get_int(conn, &id, "SELECT id FROM movie WHERE tmdb_id = $1 AND deleted_at IS NULL", "i", tmdb_id));
    if (id == INT_NONE)
        return err_make(ERR_NOT_FOUND, "movie_not_found", "Movie not found");
    return movie_get(conn, a, id, ret);
}

/* --- writing ------------------------------------------------------------------------------------------ */

struct err movie_create(struct db_conn *tx, struct arena *a, struct movie *movie)
{
    return item_create(tx, a, &movie_kind, movie);
}

struct err movie_update(struct db_conn *tx, struct arena *a, int64_t id, const struct item_change *change,
                        struct movie *ret, struct item_changes *ret_changes)
{
    return item_update(tx, a, &movie_kind, id, change, ret, ret_changes);
}

struct err movie_bin(struct db_conn *tx, struct arena *a, int64_t id, int64_t days)
{
    return item_bin(tx, a, &movie_kind, id, time_now_us() + days * 86400 * SECONDS_US, EVENT_MOVIE_DELETED);
}

struct err movie_restore(struct db_conn *tx, struct arena *a, int64_t id)
{
    return item_restore(tx, a, &movie_kind, id);
}

struct err movie_purge(struct db_conn *tx, int64_t id)
{
    return item_purge(tx, &movie_kind, id, EVENT_MOVIE_DELETED);
}

/* The longest that is there, the largest of those within a second; missing ones when there is nothing else. */
static const struct media_file *main_file(const struct media_file_list *files)
{
    const struct media_file *best = NULL;
    for (size_t i = 0; i < files->count; i++) {
        const struct media_file *f = &files->items[i];
        if (!f->kind || strcmp(f->kind, "video") != 0)
            continue;
        if (!best) {
            best = f;
            continue;
        }
        bool there = f->missing_since == TIME_NONE;
        bool best_there = best->missing_since == TIME_NONE;
        double longer = (isnan(f->duration) ? 0 : f->duration) - (isnan(best->duration) ? 0 : best->duration);
        if (there != best_there ? there : (longer > 1 || (longer > -1 && f->size > best->size)))
            best = f;
    }
    return best;
}

struct err movie_refresh_files(struct db_conn *tx, struct arena *a, int64_t id)
{
    struct media_file_list files = {0};
    struct movie movie;
    TRY(media_files_of(tx, a, "movie_id", id, &files));
    const struct media_file *best = main_file(&files);
    shape_clear(&movie_shape, &movie);
    struct item_change change = {.values = &movie, .how = ITEM_BY_SYSTEM};
    if (best) {
        movie.library_id = best->library_id;
        movie.folder = best->folder;
        movie.file_id = best->id;
        movie.file_path = best->path;
        movie.file_name = best->name;
        movie.file_size = best->size;
        movie.file_hash = best->identity;
        movie.missing_since = best->missing_since;
        set_present(&change.which, MOVIE_FIELD_library_id);
        set_present(&change.which, MOVIE_FIELD_folder);
    }
    for (size_t f = MOVIE_FIELD_file_id; f <= MOVIE_FIELD_file_hash; f++)
        set_present(&change.which, f);
    set_present(&change.which, MOVIE_FIELD_missing_since);
    return movie_update(tx, a, id, &change, &movie, NULL);
}
