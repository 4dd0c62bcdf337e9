/* The view of shows, with their seasons and episodes. */
#include <stdlib.h>
#include <string.h>

#include "api/haas/catalog.h"
#include "domain/movies/credit.h"
#include "json/decode.h"
#include "json/encode.h"

/* Below what either database takes as parameters of one statement. */
#define IDS_PER_QUERY 10000

#define MUST .flags = FIELD_REQUIRED

struct episode_view {
    int64_t season;
    int64_t number;
    const char *name;
    const char *overview;
    double vote_average;
    int64_t vote_count;
    int64_t air_date;
    int64_t runtime;
    const char *still;
    struct list cast;
    struct list crew;
    const char *file_path;
};
#define EV(name_, kind_, member_, ...) FN(name_, struct episode_view, kind_, member_, __VA_ARGS__)
SHAPE(haas_episode_shape, "TVEpisode", struct episode_view, "An episode", EV("seasonNumber", T_INT, season, MUST),
      EV("episodeNumber", T_INT, number, MUST), EV("name", T_TEXT, name, MUST), EV("overview", T_TEXT, overview, MUST),
      EV("voteAverage", T_REAL, vote_average, MUST), EV("voteCount", T_INT, vote_count, MUST),
      EV("airDate", T_TIME, air_date), EV("runtime", T_INT, runtime, .help = "minutes"), EV("stillPath", T_TEXT, still),
      EV("cast", T_LIST, cast, .item = T_OBJECT, .shape = &haas_cast_shape, .flags = FIELD_EMPTY_LIST),
      EV("crew", T_LIST, crew, .item = T_OBJECT, .shape = &haas_crew_shape, .flags = FIELD_EMPTY_LIST),
      EV("filePath", T_TEXT, file_path, .flags = FIELD_OMIT, .help = "Its main file"));

struct season_view {
    int64_t number;
    const char *overview;
    double vote_average;
    const char *poster;
    struct list episodes;
};
#define SV(name_, kind_, member_, ...) FN(name_, struct season_view, kind_, member_, __VA_ARGS__)
SHAPE(haas_season_shape, "TVSeason", struct season_view, "A season; 0 are the specials",
      SV("seasonNumber", T_INT, number, MUST), SV("overview", T_TEXT, overview, MUST),
      SV("voteAverage", T_REAL, vote_average, MUST), SV("posterPath", T_TEXT, poster),
      SV("episodes", T_LIST, episodes, .item = T_OBJECT, .shape = &haas_episode_shape, .flags = FIELD_EMPTY_LIST));

struct network_view {
    int64_t id;
    const char *name;
    const char *logo;
    const char *country;
};
SHAPE(haas_network_shape, "Network", struct network_view, "Who broadcasts it",
      F(struct network_view, T_INT, id, MUST), FN("tmdbId", struct network_view, T_INT, id, MUST),
      F(struct network_view, T_TEXT, name, MUST), FN("logoPath", struct network_view, T_TEXT, logo, MUST),
      FN("originCountry", struct network_view, T_TEXT, country, MUST));

struct show_view {
    int64_t id;
    const char *original_title;
    const char *original_language;
    const char *title;
    const char *overview;
    double vote_average;
    int64_t vote_count;
    const char *poster;
    const char *backdrop;
    const char *logo;
    struct list genres;
    struct list crew;
    struct list cast;
    struct list networks;
    struct list seasons;
    const char *rating;
    int64_t first_aired;
    const char *status;
    int64_t created_at;
    int64_t updated_at;
};
#define TV(name_, kind_, member_, ...) FN(name_, struct show_view, kind_, member_, __VA_ARGS__)
SHAPE(haas_show_shape, "TVShowMetadata", struct show_view, "A show", TV("id", T_INT, id, MUST),
      TV("originalTitle", T_TEXT, original_title, MUST), TV("originalLanguage", T_TEXT, original_language, MUST),
      TV("title", T_TEXT, title, MUST), TV("overview", T_TEXT, overview, MUST),
      TV("voteAverage", T_REAL, vote_average, MUST), TV("voteCount", T_INT, vote_count, MUST),
      TV("posterPath", T_TEXT, poster), TV("backdropPath", T_TEXT, backdrop), TV("logoPath", T_TEXT, logo),
      TV("genres", T_LIST, genres, .item = T_TEXT, .flags = FIELD_EMPTY_LIST),
      TV("crew", T_LIST, crew, .item = T_OBJECT, .shape = &haas_crew_shape, .flags = FIELD_EMPTY_LIST),
      TV("cast", T_LIST, cast, .item = T_OBJECT, .shape = &haas_cast_shape, .flags = FIELD_EMPTY_LIST),
      TV("networks", T_LIST, networks, .item = T_OBJECT, .shape = &haas_network_shape, .flags = FIELD_EMPTY_LIST),
      TV("seasons", T_LIST, seasons, .item = T_OBJECT, .shape = &haas_season_shape, .flags = FIELD_EMPTY_LIST),
      TV("officialRating", T_TEXT, rating), TV("firstAirDate", T_TIME, first_aired), TV("status", T_TEXT, status),
      TV("createdAt", T_TIME, created_at, MUST), TV("updatedAt", T_TIME, updated_at, MUST));

/* Everything that belongs to a page of shows. */
struct relations {
    struct season_list seasons;   /* by show and number */
    struct episode_list episodes; /* by show, season and number */
    struct credit_list show_credits;
    struct credit_list episode_credits;
    size_t season_at;  /* read in step with the shows */
    size_t episode_at;
};

static int by_item(const void *left, const void *right)
{
    const int64_t *l = left;
    const int64_t *r = right;
    return *l < *r ? -1 : *l > *r;
}

static struct err load_episode_credits(const struct catalog *c, struct arena *a, struct relations *r)
{
    size_t count = r->episodes.count;
    int64_t *ids = arena_array(a, int64_t, count + 1);
    for (size_t i = 0; i < count; i++)
        ids[i] = r->episodes.items[i].id;
    /* In order, so that the parts together are ordered by item, too. */
    if (count)
        qsort(ids, count, sizeof(ids[0]), by_item);
    for (size_t at = 0; at < count; at += IDS_PER_QUERY) {
        size_t part = count - at < IDS_PER_QUERY ? count - at : IDS_PER_QUERY;
        TRY(credits_of(c->conn, a, ITEM_EPISODE, ids + at, part, &r->episode_credits));
    }
    return OK;
}

static struct err load(const struct catalog *c, struct arena *a, const int64_t *ids, size_t count, struct relations *r)
{
    TRY(seasons_of(c->conn, a, ids, count, &r->seasons));
    TRY(episodes_of(c->conn, a, ids, count, &r->episodes));
    TRY(credits_of(c->conn, a, ITEM_SHOW, ids, count, &r->show_credits));
    return load_episode_credits(c, a, r);
}

static struct episode_view episode_view_of(const struct catalog *c, struct arena *a, const struct relations *r,
                                           const struct episode *e)
{
    struct credit_views people = haas_credits_of(a, &r->episode_credits, e->id);
    return (struct episode_view){
        .season = e->season_number,
        .number = e->number,
        .name = e->title ? e->title : arena_printf(a, "Episode %lld", (long long)e->number),
        .overview = or_empty(e->plot),
        .vote_average = or_zero(e->tmdb_rating),
        .vote_count = or_none(e->tmdb_votes),
        .air_date = haas_date(e->air_date),
        .runtime = e->runtime,
        .still = e->still_path,
        .cast = people.cast,
        .crew = people.crew,
        .file_path = catalog_path(c, a, e->library_id, e->file_path),
    };
}

/* The episodes that follow and are of this season. */
static struct list take_episodes(const struct catalog *c, struct arena *a, struct relations *r, const struct season *s)
{
    size_t start = r->episode_at;
    const struct episode *all = r->episodes.items;
    while (r->episode_at < r->episodes.count && all[r->episode_at].season_id == s->id)
        r->episode_at++;
    size_t count = r->episode_at - start;
    struct episode_view *views = arena_array(a, struct episode_view, count + 1);
    for (size_t i = 0; i < count; i++)
        views[i] = episode_view_of(c, a, r, &all[start + i]);
    return (struct list){views, count};
}

static struct list take_seasons(const struct catalog *c, struct arena *a, struct relations *r, const struct show *show)
{
    size_t start = r->season_at;
    const struct season *all = r->seasons.items;
    while (r->season_at < r->seasons.count && all[r->season_at].show_id == show->id)
        r->season_at++;
    size_t count = r->season_at - start;
    struct season_view *views = arena_array(a, struct season_view, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct season *s = &all[start + i];
        views[i] = (struct season_view){s->number, or_empty(s->plot), or_zero(s->tmdb_rating), s->poster_path,
                                        take_episodes(c, a, r, s)};
    }
    return (struct list){views, count};
}

static const char *text_of(const json_t *object, const char *key)
{
    return or_empty(json_string_value(json_object_get(object, key)));
}

static struct list networks_of(struct arena *a, const char *json)
{
    struct mistakes ignored = {0};
    json_t *all = json ? json_read(a, json, strlen(json), "networks", &ignored) : NULL;
    struct network_view *views = arena_array(a, struct network_view, json_array_size(all) + 1);
    size_t index;
    json_t *entry;
    json_array_foreach (all, index, entry)
        views[index] = (struct network_view){json_integer_value(json_object_get(entry, "tmdbId")),
                                             text_of(entry, "name"), text_of(entry, "logoPath"),
                                             text_of(entry, "originCountry")};
    return (struct list){views, json_array_size(all)};
}

static struct show_view show_view_of(const struct catalog *c, struct arena *a, struct relations *r, const struct show *s)
{
    struct credit_views people = haas_credits_of(a, &r->show_credits, s->id);
    return (struct show_view){
        .id = haas_media_id(s->tmdb_id, s->id),
        .original_title = s->original_title ? s->original_title : s->title,
        .original_language = or_empty(s->original_language),
        .title = s->title,
        .overview = or_empty(s->plot),
        .vote_average = or_zero(s->rating),
        .vote_count = or_none(s->tmdb_votes),
        .poster = s->poster_path,
        .backdrop = s->backdrop_path,
        .logo = s->logo_path,
        .genres = s->genres,
        .crew = people.crew,
        .cast = people.cast,
        .networks = networks_of(a, s->networks),
        .seasons = take_seasons(c, a, r, s),
        .rating = s->content_rating,
        .first_aired = haas_date(s->first_aired),
        .status = s->status,
        .created_at = s->created_at,
        .updated_at = s->updated_at,
    };
}

/* The relations come ordered by show number, so the shows must be, too. */
struct err haas_write_shows(struct jw *w, const struct catalog *c, struct arena *a, const struct show *shows,
                            size_t count)
{
    struct relations r = {0};
    int64_t *ids = arena_array(a, int64_t, count + 1);
    for (size_t i = 0; i < count; i++)
        ids[i] = shows[i].id;
    TRY(load(c, a, ids, count, &r));
    for (size_t i = 0; i < count; i++) {
        struct show_view view = show_view_of(c, a, &r, &shows[i]);
        shape_encode(w, &haas_show_shape, &view);
    }
    return OK;
}
