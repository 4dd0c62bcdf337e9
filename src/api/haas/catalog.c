/* What the views of movies and shows share, and the view of movies. */
#include "api/haas/catalog.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/settings.h"
#include "domain/files/place.h"
#include "domain/movies/credit.h"
#include "json/decode.h"
#include "json/encode.h"

/* --- ids ----------------------------------------------------------------------------------------------- */

int64_t haas_media_id(int64_t tmdb_id, int64_t id)
{
    return tmdb_id == INT_NONE ? OWN_ID_BASE + id : tmdb_id;
}

struct err haas_movie_find(struct db_conn *conn, struct arena *a, int64_t media_id, struct movie *ret)
{
    struct movie movie;
    if (media_id < OWN_ID_BASE)
        return movie_get_tmdb(conn, a, media_id, ret);
    TRY(movie_get(conn, a, media_id - OWN_ID_BASE, &movie));
    if (movie.tmdb_id != INT_NONE)
        return err_make(ERR_NOT_FOUND, "movie_not_found", "Movie not found");
    *ret = movie;
    return OK;
}

struct err haas_show_find(struct db_conn *conn, struct arena *a, int64_t media_id, struct show *ret)
{
    struct show show;
    if (media_id < OWN_ID_BASE)
        return show_get_tmdb(conn, a, media_id, ret);
    TRY(show_get(conn, a, media_id - OWN_ID_BASE, &show));
    if (show.tmdb_id != INT_NONE)
        return err_make(ERR_NOT_FOUND, "show_not_found", "Show not found");
    *ret = show;
    return OK;
}

/* --- places -------------------------------------------------------------------------------------------- */

struct err catalog_open(struct core *core, struct db_conn *conn, struct arena *a, struct catalog *ret)
{
    struct catalog c = {.conn = conn, .arena = a};
    TRY(libraries_list(conn, a, NULL, &c.libraries));
    const char **folders = arena_array(a, const char *, c.libraries.count + 1);
    for (size_t i = 0; i < c.libraries.count; i++) {
        struct place place;
        bool inside = !failed(place_of(core->roots, a, c.libraries.items[i].path, &place));
        folders[i] = inside ? place.shown : c.libraries.items[i].path;
    }
    c.folders = folders;
    char *country = arena_strdup(a, settings_text(core->settings, a, "metadata.country"));
    for (char *at = country; *at; at++)
        *at = (char)toupper((unsigned char)*at);
    c.country = country;
    *ret = c;
    return OK;
}

static size_t library_index(const struct catalog *c, int64_t library_id)
{
    size_t i = 0;
    while (i < c->libraries.count && c->libraries.items[i].id != library_id)
        i++;
    return i;
}

const struct library *catalog_library(const struct catalog *c, int64_t library_id)
{
    size_t i = library_index(c, library_id);
    return i < c->libraries.count ? &c->libraries.items[i] : NULL;
}

const char *catalog_path(const struct catalog *c, struct arena *a, int64_t library_id, const char *path)
{
    size_t i = library_index(c, library_id);
    if (!path || i == c->libraries.count)
        return NULL;
    return *c->folders[i] ? arena_printf(a, "%s/%s", c->folders[i], path) : path;
}

int64_t haas_date(const char *text)
{
    int64_t time_us;
    return text && strlen(text) == 10 && time_parse(text, &time_us) ? time_us : TIME_NONE;
}

/* --- people --------------------------------------------------------------------------------------------- */

struct cast_view {
    int64_t id;
    const char *name;
    const char *character;
    int64_t order;
    const char *profile;
};
SHAPE(haas_cast_shape, "CastMember", struct cast_view, "Who plays whom",
      F(struct cast_view, T_INT, id, .flags = FIELD_REQUIRED), F(struct cast_view, T_TEXT, name, .flags = FIELD_REQUIRED),
      F(struct cast_view, T_TEXT, character, .flags = FIELD_REQUIRED),
      F(struct cast_view, T_INT, order, .flags = FIELD_REQUIRED), FN("profilePath", struct cast_view, T_TEXT, profile));

struct crew_view {
    int64_t id;
    const char *name;
    const char *job;
    const char *department;
    const char *profile;
};
SHAPE(haas_crew_shape, "CrewMember", struct crew_view, "Who did what",
      F(struct crew_view, T_INT, id, .flags = FIELD_REQUIRED), F(struct crew_view, T_TEXT, name, .flags = FIELD_REQUIRED),
      F(struct crew_view, T_TEXT, job, .flags = FIELD_REQUIRED),
      F(struct crew_view, T_TEXT, department, .flags = FIELD_REQUIRED),
      FN("profilePath", struct crew_view, T_TEXT, profile));

/* The first credit of the item, or where it would be. */
static size_t first_credit(const struct credit_list *all, int64_t item_id)
{
    size_t low = 0;
    size_t high = all->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (all->items[middle].item_id < item_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct credit_views haas_credits_of(struct arena *a, const struct credit_list *all, int64_t item_id)
{
    size_t start = first_credit(all, item_id);
    size_t end = start;
    while (end < all->count && all->items[end].item_id == item_id)
        end++;
    struct cast_view *cast = arena_array(a, struct cast_view, end - start + 1);
    struct crew_view *crew = arena_array(a, struct crew_view, end - start + 1);
    struct credit_views views = {{cast, 0}, {crew, 0}};
    for (size_t i = start; i < end; i++) {
        const struct credit *c = &all->items[i];
        int64_t id = haas_media_id(c->tmdb_id, c->person_id);
        if (c->kind == CREDIT_CAST)
            cast[views.cast.count++] = (struct cast_view){id, c->name, or_empty(c->role), c->position, c->profile_path};
        else
            crew[views.crew.count++] =
                (struct crew_view){id, c->name, or_empty(c->job), or_empty(c->department), c->profile_path};
    }
    return views;
}

/* --- release dates ---------------------------------------------------------------------------------------- */

struct release_view {
    int64_t type;
    int64_t date;
    const char *country;
};
SHAPE(haas_release_shape, "ReleaseDate", struct release_view, "When and where it came out",
      F(struct release_view, T_INT, type, .flags = FIELD_REQUIRED,
        .help = "0 theatrical, 1 limited, 2 digital, 3 physical, 4 TV, 5 premiere"),
      F(struct release_view, T_TIME, date, .flags = FIELD_REQUIRED),
      FN("countryCode", struct release_view, T_TEXT, country));

static int by_date(const void *left, const void *right)
{
    const struct release_view *l = left;
    const struct release_view *r = right;
    if (l->date != r->date)
        return l->date < r->date ? -1 : 1;
    return l->type < r->type ? -1 : l->type > r->type;
}

/* Those of the preferred country when there are any, else all (contract 8.2). */
static struct list releases_of(struct arena *a, const char *json, const char *country)
{
    struct mistakes ignored = {0};
    json_t *all = json ? json_read(a, json, strlen(json), "release_dates", &ignored) : NULL;
    struct release_view *views = arena_array(a, struct release_view, json_array_size(all) + 1);
    size_t count = 0;
    size_t preferred = 0;
    size_t index;
    json_t *entry;
    json_array_foreach (all, index, entry) {
        const char *where = json_string_value(json_object_get(entry, "countryCode"));
        const char *date = json_string_value(json_object_get(entry, "date"));
        int64_t at = haas_date(date ? arena_strndup(a, date, 10) : NULL);
        bool mine = where && strcasecmp(where, country) == 0;
        if (at == TIME_NONE)
            continue;
        /* The preferred ones are kept in front. */
        if (mine)
            views[count] = views[preferred];
        views[mine ? preferred++ : count] =
            (struct release_view){json_integer_value(json_object_get(entry, "type")), at, where};
        count++;
    }
    count = preferred ? preferred : count;
    if (count)
        qsort(views, count, sizeof(views[0]), by_date);
    return (struct list){views, count};
}

/* --- movies ----------------------------------------------------------------------------------------------- */

struct movie_view {
    int64_t id;
    const char *original_title;
    const char *original_language;
    const char *title;
    const char *overview;
    double vote_average;
    int64_t vote_count;
    int64_t release_date;
    struct list releases;
    int64_t budget;
    int64_t revenue;
    const char *poster;
    const char *backdrop;
    const char *logo;
    struct list genres;
    struct list crew;
    struct list cast;
    const char *rating;
    int64_t created_at;
    int64_t updated_at;
    const char *file_path;
};
#define MV(name_, kind_, member_, ...) FN(name_, struct movie_view, kind_, member_, __VA_ARGS__)
#define MUST .flags = FIELD_REQUIRED
SHAPE(haas_movie_shape, "MovieMetadata", struct movie_view, "A movie", MV("id", T_INT, id, MUST),
      MV("originalTitle", T_TEXT, original_title, MUST), MV("originalLanguage", T_TEXT, original_language, MUST),
      MV("title", T_TEXT, title, MUST), MV("overview", T_TEXT, overview, MUST),
      MV("voteAverage", T_REAL, vote_average, MUST), MV("voteCount", T_INT, vote_count, MUST),
      MV("releaseDate", T_TIME, release_date),
      MV("releaseDates", T_LIST, releases, .item = T_OBJECT, .shape = &haas_release_shape, .flags = FIELD_EMPTY_LIST),
      MV("budget", T_INT, budget, MUST), MV("revenue", T_INT, revenue, MUST), MV("posterPath", T_TEXT, poster),
      MV("backdropPath", T_TEXT, backdrop), MV("logoPath", T_TEXT, logo),
      MV("genres", T_LIST, genres, .item = T_TEXT, .flags = FIELD_EMPTY_LIST),
      MV("crew", T_LIST, crew, .item = T_OBJECT, .shape = &haas_crew_shape, .flags = FIELD_EMPTY_LIST),
      MV("cast", T_LIST, cast, .item = T_OBJECT, .shape = &haas_cast_shape, .flags = FIELD_EMPTY_LIST),
      MV("officialRating", T_TEXT, rating), MV("createdAt", T_TIME, created_at, MUST),
      MV("updatedAt", T_TIME, updated_at, MUST), MV("filePath", T_TEXT, file_path, .help = "Its main file"));

static struct movie_view movie_view_of(const struct catalog *c, struct arena *a, const struct movie *m,
                                       const struct credit_list *credits)
{
    struct credit_views people = haas_credits_of(a, credits, m->id);
    return (struct movie_view){
        .id = haas_media_id(m->tmdb_id, m->id),
        .original_title = m->original_title ? m->original_title : m->title,
        .original_language = or_empty(m->original_language),
        .title = m->title,
        .overview = or_empty(m->plot),
        .vote_average = or_zero(m->rating),
        .vote_count = or_none(m->vote_count),
        .release_date = haas_date(m->release_date),
        .releases = releases_of(a, m->release_dates, c->country),
        .budget = or_none(m->budget),
        .revenue = or_none(m->revenue),
        .poster = m->poster_path,
        .backdrop = m->backdrop_path,
        .logo = m->logo_path,
        .genres = m->genres,
        .crew = people.crew,
        .cast = people.cast,
        .rating = m->content_rating,
        .created_at = m->created_at,
        .updated_at = m->updated_at,
        .file_path = catalog_path(c, a, m->library_id, m->file_path),
    };
}

struct err haas_write_movies(struct jw *w, const struct catalog *c, struct arena *a, const struct movie *movies,
                             size_t count)
{
    struct credit_list credits = {0};
    int64_t *ids = arena_array(a, int64_t, count + 1);
    for (size_t i = 0; i < count; i++)
        ids[i] = movies[i].id;
    TRY(credits_of(c->conn, a, ITEM_MOVIE, ids, count, &credits));
    for (size_t i = 0; i < count; i++) {
        struct movie_view view = movie_view_of(c, a, &movies[i], &credits);
        shape_encode(w, &haas_movie_shape, &view);
    }
    return OK;
}
