/* Series, seasons, episodes (contract 7). */
#include <string.h>

#include "api/metarr/metarr.h"
#include "json/encode.h"

#define TAG "Series"

/* --- shapes ------------------------------------------------------------------------------------------------- */

struct show_row {
    struct show s;
    const char *directory_path;
    const char *status;
    const char *studio;
    int64_t art[ASSET_TYPE_COUNT];
    int8_t locked[LOCK_COUNT];
};
static const struct field series_fields[] = {
#define OMIT 0
#include "api/metarr/series_view.def"
#undef OMIT
};
static const struct shape series_shape = {"MetarrSeries", "A series", series_fields,
                                          sizeof(series_fields) / sizeof(series_fields[0]), sizeof(struct show_row)};

static const struct field some_fields[] = {
#define OMIT FIELD_OMIT
#include "api/metarr/series_view.def"
#undef OMIT
};
static const struct shape some_shape = {"MetarrSeriesFields", "A series, or the members asked for", some_fields,
                                        sizeof(some_fields) / sizeof(some_fields[0]), sizeof(struct show_row)};

struct season_row {
    struct season s;
    int64_t art[ASSET_TYPE_COUNT];
    int8_t locked[LOCK_COUNT];
};
#define A(kind_, name_)     FN(#name_, struct season_row, kind_, s.name_, .flags = FIELD_NULLABLE)
#define AART(name_, type_)  FN(name_, struct season_row, T_INT, art[type_], .flags = FIELD_NULLABLE)
#define ALOCK(name_, lock_) FN(name_ "_locked", struct season_row, T_BOOL, locked[lock_])
SHAPE(metarr_series_season_view, "MetarrSeason", struct season_row, "A season", A(T_INT, id),
      FN("series_id", struct season_row, T_INT, s.show_id), FN("season_number", struct season_row, T_INT, s.number),
      A(T_TEXT, title), A(T_TEXT, plot), A(T_TEXT, air_date), A(T_INT, episode_count),
      AART("poster_id", ASSET_POSTER), AART("fanart_id", ASSET_FANART), AART("banner_id", ASSET_BANNER),
      AART("thumb_id", ASSET_THUMB), ALOCK("poster", LOCK_POSTER), ALOCK("fanart", LOCK_FANART),
      ALOCK("banner", LOCK_BANNER), ALOCK("thumb", LOCK_THUMB), A(T_TIME, created_at), A(T_TIME, updated_at));

struct episode_row {
    struct episode e;
    const char *file_path;
    int64_t thumbnail_id;
    int8_t locked[LOCK_COUNT];
};
#define E(kind_, name_)     FN(#name_, struct episode_row, kind_, e.name_, .flags = FIELD_NULLABLE)
#define ELOCK(name_, lock_) FN(name_ "_locked", struct episode_row, T_BOOL, locked[lock_])
SHAPE(metarr_series_episode_view, "MetarrEpisode", struct episode_row, "An episode", E(T_INT, id),
      FN("series_id", struct episode_row, T_INT, e.show_id), E(T_INT, season_id), E(T_INT, season_number),
      FN("episode_number", struct episode_row, T_INT, e.number), E(T_INT, absolute_number), E(T_TEXT, title),
      E(T_TEXT, plot), E(T_TEXT, air_date), E(T_INT, runtime),
      F(struct episode_row, T_TEXT, file_path, .flags = FIELD_NULLABLE), E(T_TEXT, file_name), E(T_INT, file_size),
      E(T_INT, tvdb_id), E(T_INT, tmdb_id), E(T_TEXT, imdb_id), E(T_REAL, tvdb_rating), E(T_INT, tvdb_votes),
      E(T_REAL, user_rating), F(struct episode_row, T_INT, thumbnail_id, .flags = FIELD_NULLABLE),
      ELOCK("title", LOCK_TITLE), ELOCK("plot", LOCK_PLOT), ELOCK("air_date", LOCK_AIR_DATE),
      ELOCK("thumbnail", LOCK_THUMB), E(T_BOOL, monitored), E(T_TIME, created_at), E(T_TIME, updated_at));

static void fill_locks(int64_t locks, int8_t out[LOCK_COUNT])
{
    for (int lock = 0; lock < LOCK_COUNT; lock++)
        out[lock] = is_locked(locks, (enum item_lock)lock);
}

static void fill_art(const struct relations *r, int64_t id, int64_t out[ASSET_TYPE_COUNT])
{
    for (int type = 0; type < ASSET_TYPE_COUNT; type++)
        out[type] = metarr_asset_id(r, id, (enum asset_type)type);
}

/* "Returning Series", "Ended", "Canceled" of TMDb; other words stay. */
static const char *status_word(const char *status)
{
    static const struct {
        const char *from;
        const char *to;
    } words[] = {{"returning series", "continuing"}, {"continuing", "continuing"}, {"in production", "continuing"},
                 {"ended", "ended"},                 {"canceled", "cancelled"},    {"cancelled", "cancelled"}};
    for (size_t i = 0; status && i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcasecmp(status, words[i].from) == 0)
            return words[i].to;
    }
    return status;
}

static void fill_show(struct call *call, const struct relations *r, const struct show *show, struct show_row *row)
{
    row->s = *show;
    row->directory_path = metarr_path(call, r, show->library_id, show->folder);
    row->status = status_word(show->status);
    row->studio = show->studios.count ? ((const char *const *)show->studios.items)[0] : NULL;
    fill_art(r, show->id, row->art);
    fill_locks(show->locks, row->locked);
}

static void write_season(struct jw *w, const struct relations *r, const struct season *season)
{
    struct season_row row = {.s = *season};
    fill_art(r, season->id, row.art);
    fill_locks(season->locks, row.locked);
    shape_encode_members(w, &metarr_series_season_view, &row);
}

static void write_episode(struct call *call, struct jw *w, const struct relations *r, const struct episode *episode)
{
    struct episode_row row = {.e = *episode};
    row.file_path = metarr_path(call, r, episode->library_id, episode->file_path);
    row.thumbnail_id = metarr_asset_id(r, episode->id, ASSET_THUMB);
    fill_locks(episode->locks, row.locked);
    shape_encode_members(w, &metarr_series_episode_view, &row);
}

/* --- list --------------------------------------------------------------------------------------------------- */

struct list_query {
    struct metarr_paging paging;
    int8_t monitored;
    int64_t library_id;
    const char *fields;
    const char *include;
    const char *sort;
    const char *order;
};
#define Q_(kind_, member_, ...) F(struct list_query, kind_, member_, ##__VA_ARGS__)
SHAPE(metarr_series_list_query_shape, "MetarrSeriesList", struct list_query, "Which series, in which order",
      FN("page", struct list_query, T_INT, paging.page, .fallback = "1", MIN_VALUE(1)),
      FN("limit", struct list_query, T_INT, paging.limit, .fallback = "50", MIN_VALUE(1)), Q_(T_BOOL, monitored),
      Q_(T_INT, library_id), Q_(T_TEXT, fields), Q_(T_TEXT, include), Q_(T_TEXT, sort), Q_(T_TEXT, order));

static struct err write_shows(struct call *call, const struct show_list *shows, const struct selection *s,
                              int64_t total)
{
    struct relations r;
    int64_t *ids = arena_array(call->arena, int64_t, shows->count + 1);
    for (size_t i = 0; i < shows->count; i++)
        ids[i] = shows->items[i].id;
    TRY(metarr_load(call, ITEM_SHOW, ids, NULL, shows->count, s->include, &r));
    call->page.total = total;
    call->page.known = true;
    struct jw *w = call_json(call);
    jw_array(w);
    for (size_t i = 0; i < shows->count; i++) {
        struct show_row row;
        fill_show(call, &r, &shows->items[i], &row);
        jw_object(w);
        metarr_write_fields(w, &series_shape, s, &row);
        if (s->include & INCLUDE_CAST)
            metarr_write_cast(w, &r, row.s.id);
        if (s->include & INCLUDE_CREW)
            metarr_write_crew(w, &r, row.s.id);
        if (s->include & INCLUDE_ASSETS)
            metarr_write_assets(call, w, &r, row.s.id);
        jw_end(w);
    }
    jw_end(w);
    return OK;
}

static struct err get_series_list(struct call *call)
{
    const struct list_query *q = call->query;
    struct query query = {.fields = show_query};
    struct selection selection;
    struct show_list shows;
    int64_t total;
    metarr_take_paging(call, &q->paging);
    filter_read(call->arena, call->req->query, call->req->query_count, &call->mistakes, &query);
    if (call->mistakes.count)
        return call_invalid(call);
    if (q->monitored != BOOL_NONE)
        query_add_int(call->arena, &query, "monitored", QUERY_EQ, q->monitored);
    if (q->library_id != INT_NONE)
        query_add_int(call->arena, &query, "library_id", QUERY_EQ, q->library_id);
    if (!query.sorts.count)
        query_sort(call->arena, &query, "title", false);
    query.limit = call->page.size;
    query.offset = page_offset(&call->page);
    TRY(metarr_selection(call, q->fields, q->include, &series_shape, &selection));
    TRY(shows_list(call_db(call), call->arena, &query, &shows, &total));
    return write_shows(call, &shows, &selection, total);
}

/* --- one ---------------------------------------------------------------------------------------------------- */

struct one_query {
    const char *include;
};
SHAPE(metarr_series_one_query_shape, "MetarrSeriesQuery", struct one_query, "How much of a series",
      F(struct one_query, T_TEXT, include));

/* Pictures of a show's seasons and episodes, one query for each. */
struct below {
    struct season_list seasons;
    struct episode_list episodes;
    struct relations season_art;
    struct relations episode_art;
};

static struct err load_art(struct call *call, struct below *b)
{
    int64_t *seasons = arena_array(call->arena, int64_t, b->seasons.count + 1);
    int64_t *episodes = arena_array(call->arena, int64_t, b->episodes.count + 1);
    for (size_t i = 0; i < b->seasons.count; i++)
        seasons[i] = b->seasons.items[i].id;
    for (size_t i = 0; i < b->episodes.count; i++)
        episodes[i] = b->episodes.items[i].id;
    TRY(metarr_load(call, ITEM_SEASON, seasons, NULL, b->seasons.count, 0, &b->season_art));
    return metarr_load(call, ITEM_EPISODE, episodes, NULL, b->episodes.count, 0, &b->episode_art);
}

/* All episodes, or those of one season (INT_NONE: all). */
static void write_episodes(struct call *call, struct jw *w, const struct below *b, int64_t season)
{
    jw_key(w, "episodes");
    jw_array(w);
    for (size_t i = 0; i < b->episodes.count; i++) {
        if (season != INT_NONE && b->episodes.items[i].season_id != season)
            continue;
        jw_object(w);
        write_episode(call, w, &b->episode_art, &b->episodes.items[i]);
        jw_end(w);
    }
    jw_end(w);
}

static void write_seasons(struct call *call, struct jw *w, const struct below *b)
{
    jw_key(w, "seasons");
    jw_array(w);
    for (size_t i = 0; i < b->seasons.count; i++) {
        jw_object(w);
        write_season(w, &b->season_art, &b->seasons.items[i]);
        write_episodes(call, w, b, b->seasons.items[i].id);
        jw_end(w);
    }
    jw_end(w);
}

static struct err get_series(struct call *call)
{
    const struct one_query *q = call->query;
    struct selection selection;
    struct show show;
    struct show_row row;
    struct relations r;
    struct below below = {0};
    int64_t id;
    TRY(metarr_id(call, &id));
    TRY(metarr_selection(call, NULL, q->include, &series_shape, &selection));
    unsigned include = selection.include_named ? selection.include
                                               : (unsigned)(INCLUDE_CAST | INCLUDE_CREW | INCLUDE_ASSETS);
    TRY(show_get(call_db(call), call->arena, id, &show));
    TRY(seasons_of(call_db(call), call->arena, &show.id, 1, &below.seasons));
    TRY(episodes_of(call_db(call), call->arena, &show.id, 1, &below.episodes));
    TRY(load_art(call, &below));
    TRY(metarr_load(call, ITEM_SHOW, &show.id, NULL, 1, include, &r));
    fill_show(call, &r, &show, &row);
    struct jw *w = call_json(call);
    jw_object(w);
    shape_encode_members(w, &series_shape, &row);
    write_seasons(call, w, &below);
    write_episodes(call, w, &below, INT_NONE);
    if (include & INCLUDE_CAST)
        metarr_write_cast(w, &r, show.id);
    if (include & INCLUDE_CREW)
        metarr_write_crew(w, &r, show.id);
    if (include & INCLUDE_ASSETS)
        metarr_write_assets(call, w, &r, show.id);
    jw_end(w);
    return OK;
}

static void write_series_name(struct jw *w, const struct show *show)
{
    jw_key(w, "series");
    jw_object(w);
    jw_kv_int(w, "id", show->id);
    jw_kv_text(w, "title", show->title);
    jw_end(w);
}

static struct err get_season(struct call *call)
{
    struct show show;
    struct season season;
    struct below below = {0};
    int64_t id;
    TRY(metarr_id(call, &id));
    TRY(show_get(call_db(call), call->arena, id, &show));
    TRY(season_get(call_db(call), call->arena, show.id, call_id(call, "number"), &season));
    TRY(episodes_of_season(call_db(call), call->arena, season.id, &below.episodes));
    *arena_push(call->arena, &below.seasons) = season;
    TRY(load_art(call, &below));
    struct jw *w = call_json(call);
    jw_object(w);
    write_season(w, &below.season_art, &season);
    write_episodes(call, w, &below, INT_NONE);
    metarr_write_assets(call, w, &below.season_art, season.id);
    write_series_name(w, &show);
    jw_end(w);
    return OK;
}

static void write_season_name(struct jw *w, const struct season *season)
{
    jw_key(w, "season");
    jw_object(w);
    jw_kv_int(w, "id", season->id);
    jw_kv_int(w, "season_number", season->number);
    jw_kv_text(w, "title", season->title);
    jw_end(w);
}

static struct err get_episode(struct call *call)
{
    struct episode episode;
    struct show show;
    struct season season;
    struct relations r;
    unsigned include = INCLUDE_CAST | INCLUDE_CREW | INCLUDE_STREAMS;
    int64_t id;
    TRY(metarr_id(call, &id));
    TRY(episode_get(call_db(call), call->arena, id, &episode));
    TRY(show_get(call_db(call), call->arena, episode.show_id, &show));
    TRY(season_get(call_db(call), call->arena, show.id, episode.season_number, &season));
    TRY(metarr_load(call, ITEM_EPISODE, &episode.id, &episode.file_id, 1, include, &r));
    struct jw *w = call_json(call);
    jw_object(w);
    write_episode(call, w, &r, &episode);
    metarr_write_cast(w, &r, episode.id);
    metarr_write_crew(w, &r, episode.id);
    metarr_write_streams(w, &r, episode.file_id);
    metarr_write_assets(call, w, &r, episode.id);
    write_series_name(w, &show);
    write_season_name(w, &season);
    jw_end(w);
    return OK;
}

ROUTES(metarr_series_routes,
       {HTTP_GET, "/api/v1/series", TAG, "Series by filter, order and page", get_series_list,
        .query = &metarr_series_list_query_shape, .reply = &some_shape, .flags = ROUTE_PAGE},
       {HTTP_GET, "/api/v1/series/{id:int}", TAG, "One series with seasons and episodes", get_series,
        .query = &metarr_series_one_query_shape, .flags = ROUTE_ANY_JSON},
       {HTTP_GET, "/api/v1/series/{id:int}/seasons/{number:int}", TAG, "One season with its episodes", get_season,
        .flags = ROUTE_ANY_JSON},
       {HTTP_GET, "/api/v1/episodes/{id:int}", TAG, "One episode", get_episode, .flags = ROUTE_ANY_JSON});
