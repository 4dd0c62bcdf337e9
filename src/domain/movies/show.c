/* Shows, seasons, episodes. */
#include "domain/movies/show.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/fold.h"
#include "core/events.h"
#include "domain/library/file.h"
#include "domain/movies/fields.h"

static const char *const show_complete_fields[] = {"title", "plot", "status", "first_aired", "content_rating",
                                                   "rating", "genres", "studios", "tmdb_id", "tvdb_id"};

static void derive_show(struct arena *a, void *object)
{
    struct show *s = object;
    fields_fold(a, &show_shape, s);
    s->rating = !isnan(s->user_rating)   ? s->user_rating
                : !isnan(s->imdb_rating) ? s->imdb_rating
                : !isnan(s->tvdb_rating) ? s->tvdb_rating
                                         : s->tmdb_rating;
    if (s->year == INT_NONE && s->first_aired && strlen(s->first_aired) >= 4)
        s->year = (s->first_aired[0] - '0') * 1000 + (s->first_aired[1] - '0') * 100 +
                  (s->first_aired[2] - '0') * 10 + (s->first_aired[3] - '0');
    s->completeness = fields_completeness(&show_shape, s, show_complete_fields,
                                          sizeof(show_complete_fields) / sizeof(show_complete_fields[0]));
}

static void derive_nothing(struct arena *a, void *object)
{
    (void)a;
    (void)object;
}

static void derive_episode(struct arena *a, void *object)
{
    fields_fold(a, &episode_shape, object);
}

#define INT_FIELD(name_)  {#name_, QUERY_INT, "m." #name_}
#define REAL_FIELD(name_) {#name_, QUERY_REAL, "m." #name_}
#define TEXT_FIELD(name_) {#name_, QUERY_TEXT, "m." #name_}
#define TIME_FIELD(name_) {#name_, QUERY_TIME, "m." #name_}
#define LIST_FIELD(name_, kind_)                                                                   \
    {#name_, QUERY_LIST, "m.id IN (SELECT w.item_id FROM item_word w WHERE w.item_type = 1 AND w.kind = " #kind_, \
     "w.word_fold", .no_sort = true}

const struct query_field show_query[] = {
    {"id", QUERY_INT, "m.id", .required = true},
    INT_FIELD(library_id),
    INT_FIELD(year),
    INT_FIELD(tmdb_id),
    INT_FIELD(tvdb_id),
    {"season_count", QUERY_INT, "m.season_count", .required = true},
    {"episode_count", QUERY_INT, "m.episode_count", .required = true},
    {"completeness", QUERY_INT, "m.completeness", .required = true},
    REAL_FIELD(rating),
    REAL_FIELD(user_rating),
    REAL_FIELD(imdb_rating),
    REAL_FIELD(tmdb_rating),
    REAL_FIELD(tvdb_rating),
    REAL_FIELD(popularity),
    {"title", QUERY_TEXT, "m.title", "m.title_fold", .required = true},
    {"original_title", QUERY_TEXT, "m.original_title", "m.original_fold"},
    {"sort_title", QUERY_TEXT, "m.sort_title", "m.sort_fold"},
    TEXT_FIELD(content_rating),
    TEXT_FIELD(imdb_id),
    TEXT_FIELD(status),
    {"identification_status", QUERY_WORD, "m.identification_status", .words = &identification_words,
     .required = true},
    {"directory_path", QUERY_TEXT,
     "(SELECT l.path || '/' || m.folder FROM library l WHERE l.id = m.library_id)"},
    {"first_aired", QUERY_DATE, "m.first_aired"},
    {"created_at", QUERY_TIME, "m.created_at", .required = true},
    {"updated_at", QUERY_TIME, "m.updated_at", .required = true},
    TIME_FIELD(last_scanned),
    TIME_FIELD(last_enriched),
    {"monitored", QUERY_BOOL, "m.monitored", .required = true},
    LIST_FIELD(genres, 0),
    LIST_FIELD(directors, 1),
    LIST_FIELD(writers, 2),
    LIST_FIELD(studios, 3),
    LIST_FIELD(countries, 4),
    LIST_FIELD(tags, 5),
    {NULL},
};

const struct item_kind show_kind = {
    .type = ITEM_SHOW,
    .table = "tv_show",
    .not_found = "show_not_found",
    .missing = "Series",
    .shape = &show_shape,
    .query = show_query,
    .has_words = true,
    .has_bin = true,
    .event_created = EVENT_SHOW_UPDATED,
    .event_updated = EVENT_SHOW_UPDATED,
    .event_key = "show_id",
    .subject = "id",
    .derive = derive_show,
};
const struct item_kind season_kind = {
    .type = ITEM_SEASON,
    .table = "season",
    .not_found = "season_not_found",
    .missing = "Season",
    .shape = &season_shape,
    .event_created = -1,
    .event_updated = EVENT_SHOW_UPDATED,
    .event_key = "show_id",
    .subject = "show_id",
    .derive = derive_nothing,
};
const struct item_kind episode_kind = {
    .type = ITEM_EPISODE,
    .table = "episode",
    .not_found = "episode_not_found",
    .missing = "Episode",
    .shape = &episode_shape,
    .event_created = EVENT_SHOW_UPDATED,
    .event_updated = EVENT_SHOW_UPDATED,
    .event_key = "show_id",
    .subject = "show_id",
    .derive = derive_episode,
};

/* --- shows -------------------------------------------------------------------------------------------- */

void show_clear(struct show *show)
{
    shape_clear(&show_shape, show);
    show->locks = 0;
    show->monitored = 1;
    show->identification_status = UNIDENTIFIED;
    show->season_count = 0;
    show->episode_count = 0;
}

struct err shows_list(struct db_conn *conn, struct arena *a, const struct query *query, struct show_list *ret,
                      int64_t *ret_total)
{
    struct list items;
    TRY(item_list(conn, a, &show_kind, query, &items, ret_total));
    *ret = (struct show_list){items.items, items.count};
    return OK;
}

struct err shows_by_ids(struct db_conn *conn, struct arena *a, const int64_t *ids, size_t count,
                        struct show_list *ret)
{
    struct query query = {.fields = show_query};
    *ret = (struct show_list){0};
    if (!count)
        return OK;
    query_add_int(a, &query, "id", QUERY_IN, ids[0]);
    for (size_t i = 1; i < count; i++)
        arena_push(a, &query.conditions.items[0].values)->number = ids[i];
    return shows_list(conn, a, &query, ret, NULL);
}

struct err show_get(struct db_conn *conn, struct arena *a, int64_t id, struct show *ret)
{
    return item_get(conn, a, &show_kind, id, ret);
}

struct err show_get_tmdb(struct db_conn *conn, struct arena *a, int64_t tmdb_id, struct show *ret)
{
    int64_t id;
    TRY(db_get_int(conn, &id, "SELECT id FROM tv_show WHERE tmdb_id = $1 AND deleted_at IS NULL", "i", tmdb_id));
    if (id == INT_NONE)
        return err_make(ERR_NOT_FOUND, "show_not_found", "Show not found");
    return show_get(conn, a, id, ret);
}

struct err show_create(struct db_conn *tx, struct arena *a, struct show *show)
{
    return item_create(tx, a, &show_kind, show);
}

struct err show_update(struct db_conn *tx, struct arena *a, int64_t id, const struct item_change *change,
                       struct show *ret, struct item_changes *ret_changes)
{
    return item_update(tx, a, &show_kind, id, change, ret, ret_changes);
}

struct err show_bin(struct db_conn *tx, struct arena *a, int64_t id, int64_t days)
{
    return item_bin(tx, a, &show_kind, id, time_now_us() + days * 86400 * SECONDS_US, EVENT_SHOW_DELETED);
}

struct err show_restore(struct db_conn *tx, struct arena *a, int64_t id)
{
    return item_restore(tx, a, &show_kind, id);
}

struct err show_purge(struct db_conn *tx, int64_t id)
{
    return item_purge(tx, &show_kind, id, EVENT_SHOW_DELETED);
}

static struct err take_match(struct rows *rows, int64_t *id, bool *binned)
{
    if (rows_next(rows)) {
        *id = rows_int(rows, 0);
        *binned = !rows_is_null(rows, 1);
    }
    return rows_end(rows);
}

static struct err match_number(struct db_conn *conn, const struct show_hint *h, int64_t *id, bool *binned)
{
    ROWS(rows);
    if (h->tmdb_id != INT_NONE) {
        TRY(db_query(conn, &rows, "SELECT id, deleted_at FROM tv_show WHERE tmdb_id = $1", "i", h->tmdb_id));
        TRY(take_match(&rows, id, binned));
    }
    if (*id == INT_NONE && h->tvdb_id != INT_NONE) {
        TRY(db_query(conn, &rows, "SELECT id, deleted_at FROM tv_show WHERE tvdb_id = $1 ORDER BY id LIMIT 1", "i",
                     h->tvdb_id));
        TRY(take_match(&rows, id, binned));
    }
    if (*id == INT_NONE && h->imdb_id) {
        TRY(db_query(conn, &rows, "SELECT id, deleted_at FROM tv_show WHERE imdb_id = $1 ORDER BY id LIMIT 1", "t",
                     h->imdb_id));
        TRY(take_match(&rows, id, binned));
    }
    return OK;
}

static struct err match_title(struct db_conn *conn, struct arena *a, const struct show_hint *h, int64_t *id)
{
    ROWS(rows);
    const char *key = fold_match_key(a, h->title);
    if (!key || !*key)
        return OK;
    TRY(db_query(conn, &rows,
                 "SELECT id, tmdb_id, year FROM tv_show WHERE match_key = $1 AND deleted_at IS NULL"
                 " ORDER BY id LIMIT 100",
                 "t", key));
    while (*id == INT_NONE && rows_next(&rows)) {
        int64_t tmdb_id = rows_int(&rows, 1);
        int64_t year = rows_int(&rows, 2);
        bool other = h->tmdb_id != INT_NONE && tmdb_id != INT_NONE && tmdb_id != h->tmdb_id;
        if (!other && (h->year == INT_NONE || year == INT_NONE || h->year == year))
            *id = rows_int(&rows, 0);
    }
    return rows_end(&rows);
}

struct err show_match(struct db_conn *conn, struct arena *a, const struct show_hint *hint, int64_t *ret_id,
                      bool *ret_binned)
{
    ROWS(rows);
    int64_t id = INT_NONE;
    bool binned = false;
    TRY(match_number(conn, hint, &id, &binned));
    if (id == INT_NONE && hint->folder && *hint->folder) {
        TRY(db_query(conn, &rows, "SELECT id, deleted_at FROM tv_show WHERE library_id = $1 AND folder = $2"
                                  " ORDER BY deleted_at IS NOT NULL, id LIMIT 1",
                     "it", hint->library_id, hint->folder));
        TRY(take_match(&rows, &id, &binned));
    }
    if (id == INT_NONE)
        TRY(match_title(conn, a, hint, &id));
    *ret_id = id;
    *ret_binned = binned;
    return OK;
}

/* --- seasons and episodes ------------------------------------------------------------------------------- */

static struct err select_seasons(struct db_conn *conn, struct arena *a, const char *where,
                                 const struct db_values *values, struct season_list *ret)
{
    BUF(sql);
    ROWS(rows);
    buf_puts(&sql, "SELECT ");
    db_columns(&sql, &season_shape, NULL);
    buf_printf(&sql, " FROM season WHERE %s ORDER BY show_id, number", where);
    TRY(db_query_values(conn, &rows, sql.data, values));
    while (rows_next(&rows))
        rows_fill(&rows, a, &season_shape, 0, arena_push(a, ret));
    return rows_end(&rows);
}

static struct err select_episodes(struct db_conn *conn, struct arena *a, const char *where,
                                  const struct db_values *values, struct episode_list *ret)
{
    BUF(sql);
    ROWS(rows);
    buf_puts(&sql, "SELECT ");
    db_columns(&sql, &episode_shape, NULL);
    buf_printf(&sql, " FROM episode WHERE %s ORDER BY show_id, season_number, number", where);
    TRY(db_query_values(conn, &rows, sql.data, values));
    while (rows_next(&rows))
        rows_fill(&rows, a, &episode_shape, 0, arena_push(a, ret));
    return rows_end(&rows);
}

struct err seasons_of(struct db_conn *conn, struct arena *a, const int64_t *shows, size_t count,
                      struct season_list *ret)
{
    BUF(where);
    struct db_values values = {0};
    if (!count)
        return OK;
    buf_puts(&where, "show_id IN (");
    query_ids(a, &where, &values, shows, count);
    buf_puts(&where, ")");
    return select_seasons(conn, a, where.data, &values, ret);
}

struct err episodes_of(struct db_conn *conn, struct arena *a, const int64_t *shows, size_t count,
                       struct episode_list *ret)
{
    BUF(where);
    struct db_values values = {0};
    if (!count)
        return OK;
    buf_puts(&where, "show_id IN (");
    query_ids(a, &where, &values, shows, count);
    buf_puts(&where, ")");
    return select_episodes(conn, a, where.data, &values, ret);
}

struct err episodes_of_season(struct db_conn *conn, struct arena *a, int64_t season_id, struct episode_list *ret)
{
    struct db_values values = {0};
    values_int(a, &values, season_id);
    return select_episodes(conn, a, "season_id = $1", &values, ret);
}

struct err season_get(struct db_conn *conn, struct arena *a, int64_t show_id, int64_t number, struct season *ret)
{
    struct season_list list = {0};
    struct db_values values = {0};
    values_int(a, &values, show_id);
    values_int(a, &values, number);
    TRY(select_seasons(conn, a, "show_id = $1 AND number = $2", &values, &list));
    if (!list.count)
        return err_f(a, ERR_NOT_FOUND, "season_not_found", "Season %lld not found", (long long)number);
    *ret = list.items[0];
    return OK;
}

struct err season_ensure(struct db_conn *tx, struct arena *a, int64_t show_id, int64_t number, struct season *ret)
{
    struct season season;
    struct err e = season_get(tx, a, show_id, number, ret);
    if (e.kind != ERR_NOT_FOUND)
        return e;
    shape_clear(&season_shape, &season);
    season.show_id = show_id;
    season.number = number;
    season.episode_count = 0;
    TRY(item_create(tx, a, &season_kind, &season));
    *ret = season;
    return OK;
}

struct err season_update(struct db_conn *tx, struct arena *a, int64_t id, const struct item_change *change,
                         struct season *ret, struct item_changes *ret_changes)
{
    return item_update(tx, a, &season_kind, id, change, ret, ret_changes);
}

struct err episode_get(struct db_conn *conn, struct arena *a, int64_t id, struct episode *ret)
{
    return item_get(conn, a, &episode_kind, id, ret);
}

struct err episode_ensure(struct db_conn *tx, struct arena *a, int64_t show_id, int64_t season_number,
                          int64_t number, struct episode *ret, bool *ret_created)
{
    struct episode_list list = {0};
    struct db_values values = {0};
    struct season season;
    struct episode episode;
    values_int(a, &values, show_id);
    values_int(a, &values, season_number);
    values_int(a, &values, number);
    *ret_created = false;
    TRY(select_episodes(tx, a, "show_id = $1 AND season_number = $2 AND number = $3", &values, &list));
    if (list.count) {
        *ret = list.items[0];
        return OK;
    }
    TRY(season_ensure(tx, a, show_id, season_number, &season));
    shape_clear(&episode_shape, &episode);
    episode.show_id = show_id;
    episode.season_id = season.id;
    episode.season_number = season_number;
    episode.number = number;
    episode.monitored = 1;
    TRY(item_create(tx, a, &episode_kind, &episode));
    TRY(show_refresh_counts(tx, show_id));
    *ret = episode;
    *ret_created = true;
    return OK;
}

struct err episode_update(struct db_conn *tx, struct arena *a, int64_t id, const struct item_change *change,
                          struct episode *ret, struct item_changes *ret_changes)
{
    return item_update(tx, a, &episode_kind, id, change, ret, ret_changes);
}

struct err show_refresh_counts(struct db_conn *tx, int64_t show_id)
{
    TRY(db_exec(tx,
                "UPDATE season SET episode_count = (SELECT COUNT(*) FROM episode e WHERE e.season_id = season.id)"
                " WHERE show_id = $1",
                "i", show_id));
    return db_exec(tx,
                   "UPDATE tv_show SET"
                   " season_count = (SELECT COUNT(*) FROM season s WHERE s.show_id = $1 AND s.number > 0),"
                   " episode_count = (SELECT COUNT(*) FROM episode e WHERE e.show_id = $1) WHERE id = $1",
                   "i", show_id);
}

/* Its own files, and the one it shares with another episode. */
static struct err load_files(struct db_conn *tx, struct arena *a, const struct episode *e,
                             struct media_file_list *files)
{
    struct media_file shared;
    TRY(media_files_of(tx, a, "episode_id", e->id, files));
    if (e->file_id == INT_NONE)
        return OK;
    for (size_t i = 0; i < files->count; i++) {
        if (files->items[i].id == e->file_id)
            return OK;
    }
    struct err failure = media_file_get(tx, a, e->file_id, &shared);
    if (failure.kind == ERR_NOT_FOUND)
        return OK;
    TRY(failure);
    *arena_push(a, files) = shared;
    return OK;
}

static const struct media_file *best_of(const struct media_file_list *files)
{
    const struct media_file *best = NULL;
    for (size_t i = 0; i < files->count; i++) {
        const struct media_file *f = &files->items[i];
        bool better = !best || (f->missing_since == TIME_NONE) > (best->missing_since == TIME_NONE) ||
                      ((f->missing_since == TIME_NONE) == (best->missing_since == TIME_NONE) && f->size > best->size);
        if (better)
            best = f;
    }
    return best;
}

struct err episode_refresh_files(struct db_conn *tx, struct arena *a, int64_t id)
{
    struct media_file_list files = {0};
    struct episode episode;
    TRY(episode_get(tx, a, id, &episode));
    TRY(load_files(tx, a, &episode, &files));
    const struct media_file *best = best_of(&files);
    shape_clear(&episode_shape, &episode);
    struct item_change change = {.values = &episode, .how = ITEM_BY_SYSTEM};
    if (best) {
        episode.library_id = best->library_id;
        episode.file_id = best->id;
        episode.file_path = best->path;
        episode.file_name = best->name;
        episode.file_size = best->size;
        episode.missing_since = best->missing_since;
    }
    for (size_t f = EPISODE_FIELD_library_id; f <= EPISODE_FIELD_file_size; f++)
        set_present(&change.which, f);
    set_present(&change.which, EPISODE_FIELD_missing_since);
    return episode_update(tx, a, id, &change, &episode, NULL);
}
