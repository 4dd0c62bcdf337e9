/* Facets, suggestions, saved searches. */
#include "domain/catalog/facets.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "domain/catalog/catalog.h"
#include "domain/catalog/video_list.h"

#define FACETS_LIFE_US (5 * SECONDS_US) /* another process may write to the same database */

/* --- counting ------------------------------------------------------------------------------------------- */

struct facet_list {
    VEC(struct facet)
};

static void put_facet(struct arena *a, struct facet_list *list, const char *value, int64_t count)
{
    *arena_push(a, list) = (struct facet){value, count};
}

/* Rows (value, count); one without a value leads the list under its own name. */
static struct err count_values(struct db_conn *conn, struct arena *a, const char *sql, struct list *ret)
{
    ROWS(rows);
    struct facet_list list = {0};
    int64_t none = 0;
    put_facet(a, &list, CATALOG_NONE, 0);
    TRY(db_query(conn, &rows, sql, ""));
    while (rows_next(&rows)) {
        const char *value = rows_text(&rows, a, 0);
        if (value && *value)
            put_facet(a, &list, value, rows_int(&rows, 1));
        else
            none += rows_int(&rows, 1);
    }
    TRY(rows_end(&rows));
    list.items[0].count = none;
    *ret = none ? (struct list){list.items, list.count} : (struct list){list.items + 1, list.count - 1};
    return OK;
}

/* A tag's count of links includes deleted videos; few are, so theirs are taken off. */
#define LIVE_TAGS                                                                                  \
    "SELECT name, n FROM (SELECT t.name AS name, t.usage_count - COALESCE(d.n, 0) AS n FROM tag t" \
    " LEFT JOIN (SELECT vt.tag_id AS tag_id, COUNT(*) AS n FROM video v CROSS JOIN video_tag vt"   \
    " WHERE v.is_deleted = 1 AND vt.video_id = v.id GROUP BY vt.tag_id) d"                         \
    " ON d.tag_id = t.id) x WHERE n > 0 ORDER BY n DESC, name"
#define ALL_TAGS "SELECT name, usage_count FROM tag WHERE usage_count > 0 ORDER BY usage_count DESC, name"
#define UNTAGGED                                                                                   \
    "SELECT COUNT(*) FROM video v WHERE NOT EXISTS"                                                \
    " (SELECT 1 FROM video_tag vt WHERE vt.video_id = v.id)"

static struct err count_tags(struct db_conn *conn, struct arena *a, bool include_deleted, struct list *ret)
{
    ROWS(rows);
    struct facet_list list = {0};
    int64_t untagged;
    TRY(db_get_int(conn, &untagged, include_deleted ? UNTAGGED : UNTAGGED " AND v.is_deleted = 0", ""));
    if (untagged)
        put_facet(a, &list, CATALOG_NONE, untagged);
    TRY(db_query(conn, &rows, include_deleted ? ALL_TAGS : LIVE_TAGS, ""));
    while (rows_next(&rows))
        put_facet(a, &list, rows_text(&rows, a, 0), rows_int(&rows, 1));
    TRY(rows_end(&rows));
    *ret = (struct list){list.items, list.count};
    return OK;
}

/* Grouped as the index of that column is ordered. */
#define BY_COUNT(column_, where_)                                                                  \
    "SELECT " column_ ", n FROM (SELECT " column_ "_fold, " column_ ", COUNT(*) AS n FROM video "  \
    where_ " GROUP BY " column_ "_fold, " column_ ") g ORDER BY n DESC, " column_
#define BY_YEAR(where_)                                                                            \
    "SELECT CAST(year AS text), n FROM (SELECT year, COUNT(*) AS n FROM video " where_             \
    " GROUP BY year) y ORDER BY year DESC"
#define LIVE "WHERE is_deleted = 0"

static struct err count_all(struct db_conn *conn, struct arena *a, bool include_deleted,
                            struct facets *facets)
{
    bool all = include_deleted;
    TRY(count_tags(conn, a, all, &facets->tags));
    TRY(count_values(conn, a, all ? BY_COUNT("genre", "") : BY_COUNT("genre", LIVE), &facets->genres));
    TRY(count_values(conn, a, all ? BY_COUNT("director", "") : BY_COUNT("director", LIVE),
                     &facets->directors));
    TRY(count_values(conn, a, all ? BY_YEAR("") : BY_YEAR(LIVE), &facets->years));
    return db_get_int(conn, &facets->total_videos, "SELECT COUNT(*) FROM video WHERE is_deleted = 0", "");
}

/* --- remembering ---------------------------------------------------------------------------------------- */

/* Shared by the calls that show it and by the place where it is remembered; the last one frees it. */
struct snapshot {
    struct arena arena;
    struct facets facets;
    uint64_t generation;
    int64_t at_us;
    atomic_int holders;
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t counted;
    /* under the lock; with and without the deleted ones */
    struct snapshot *kept[2];
    bool counting[2]; /* a thread is at it */
} remembered = {.lock = PTHREAD_MUTEX_INITIALIZER, .counted = PTHREAD_COND_INITIALIZER};

static void unref(void *data)
{
    struct snapshot *s = data;
    if (!s || atomic_fetch_sub(&s->holders, 1) != 1)
        return;
    arena_finish(&s->arena);
    free(s);
}

/* What was begun after the caller came has everything the caller has seen, whatever changes meanwhile. */
static bool serves(const struct snapshot *s, uint64_t generation, int64_t came_us)
{
    if (!s)
        return false;
    bool unchanged = generation && s->generation == generation;
    return s->at_us >= came_us || (unchanged && came_us - s->at_us < FACETS_LIFE_US);
}

/* Counting takes long, so one thread counts for all who wait. NULL: that is the caller, who then calls
 * settle(). */
static struct snapshot *recall(struct db_conn *conn, bool include_deleted)
{
    int64_t came_us = time_monotonic_us();
    uint64_t generation = db_conn_generation(conn);
    pthread_mutex_lock(&remembered.lock);
    struct snapshot *s = remembered.kept[include_deleted];
    while (!serves(s, generation, came_us) && remembered.counting[include_deleted]) {
        pthread_cond_wait(&remembered.counted, &remembered.lock);
        s = remembered.kept[include_deleted];
    }
    if (serves(s, generation, came_us)) {
        atomic_fetch_add(&s->holders, 1);
    } else {
        remembered.counting[include_deleted] = true;
        s = NULL;
    }
    pthread_mutex_unlock(&remembered.lock);
    return s;
}

/* NULL: counting failed, and the next in line tries. */
static void settle(bool include_deleted, struct snapshot *s)
{
    struct snapshot *old = NULL;
    if (s)
        atomic_fetch_add(&s->holders, 1);
    pthread_mutex_lock(&remembered.lock);
    if (s) {
        old = remembered.kept[include_deleted];
        remembered.kept[include_deleted] = s;
    }
    remembered.counting[include_deleted] = false;
    pthread_cond_broadcast(&remembered.counted);
    pthread_mutex_unlock(&remembered.lock);
    unref(old);
}

static struct err take_snapshot(struct db_conn *conn, bool include_deleted, struct snapshot **ret)
{
    struct snapshot *s = calloc(1, sizeof(*s));
    CHECK(s);
    arena_init(&s->arena);
    atomic_init(&s->holders, 1);
    s->at_us = time_monotonic_us();
    s->generation = db_conn_generation(conn);
    struct err e = count_all(conn, &s->arena, include_deleted, &s->facets);
    settle(include_deleted, failed(e) ? NULL : s);
    if (failed(e))
        unref(s);
    else
        *ret = s;
    return e;
}

struct err catalog_facets(struct db_conn *conn, struct arena *a, bool include_deleted,
                          const struct facets **ret_facets)
{
    struct snapshot *s = recall(conn, include_deleted);
    if (!s)
        TRY(take_snapshot(conn, include_deleted, &s));
    arena_defer(a, unref, s);
    *ret_facets = &s->facets;
    return OK;
}

/* --- suggestions ---------------------------------------------------------------------------------------- */

static struct err names_like(struct db_conn *conn, struct arena *a, const char *sql, const char *pattern,
                             int64_t limit, struct list *ret)
{
    ROWS(rows);
    struct {
        VEC(const char *)
    } names = {0};
    TRY(db_query(conn, &rows, sql, "ti", pattern, limit));
    while (rows_next(&rows))
        *arena_push(a, &names) = rows_text(&rows, a, 0);
    TRY(rows_end(&rows));
    *ret = (struct list){names.items, names.count};
    return OK;
}

/* One name per folded spelling, walked along the index of that column. */
#define DISTINCT(column_)                                                                          \
    "SELECT MIN(" column_ ") FROM video WHERE is_deleted = 0 AND " column_                         \
    "_fold LIKE $1 ESCAPE '\\' GROUP BY " column_ "_fold ORDER BY " column_ "_fold LIMIT $2"

struct err catalog_suggest(struct db_conn *conn, struct arena *a, const char *text, int64_t limit,
                           struct suggestions *ret_suggestions)
{
    struct suggestions found = {0};
    const char *pattern = catalog_like(a, text);
    if (pattern) {
        TRY(names_like(conn, a, DISTINCT("title"), pattern, limit, &found.titles));
        TRY(names_like(conn, a,
                       "SELECT name FROM artist WHERE is_deleted = 0 AND name_fold LIKE $1 ESCAPE '\\'"
                       " ORDER BY name LIMIT $2",
                       pattern, limit, &found.artists));
        TRY(names_like(conn, a, DISTINCT("album"), pattern, limit, &found.albums));
    }
    *ret_suggestions = found;
    return OK;
}

/* --- saved searches ------------------------------------------------------------------------------------- */

#define SF(kind_, member_, ...) F(struct saved_search, kind_, member_, .column = #member_, __VA_ARGS__)
SHAPE(saved_search_shape, "SavedSearch", struct saved_search, "A search kept by name",
      SF(T_INT, id, .flags = FIELD_REQUIRED), SF(T_TEXT, name, .flags = FIELD_REQUIRED),
      SF(T_TEXT, description), SF(T_JSON, query, .flags = FIELD_REQUIRED),
      SF(T_TIME, created_at, .flags = FIELD_REQUIRED), SF(T_TIME, updated_at, .flags = FIELD_REQUIRED));

static struct err no_such_search(struct arena *a, int64_t id)
{
    return catalog_missing(a, "saved_search_not_found", "Saved search %lld not found", id);
}

struct err catalog_save_search(struct db_conn *tx, struct arena *a, const struct saved_search *search,
                               int64_t *ret_id)
{
    struct saved_search row = *search;
    row.id = INT_NONE;
    row.created_at = row.updated_at = time_now_us();
    return db_insert(tx, a, "saved_search", &saved_search_shape, &row, ret_id);
}

struct err catalog_saved_searches(struct db_conn *conn, struct arena *a, struct saved_searches *ret_list)
{
    BUF(sql);
    ROWS(rows);
    struct saved_searches list = {0};
    buf_puts(&sql, "SELECT ");
    db_columns(&sql, &saved_search_shape, NULL);
    buf_puts(&sql, " FROM saved_search ORDER BY id DESC");
    TRY(db_query(conn, &rows, sql.data, ""));
    while (rows_next(&rows))
        rows_fill(&rows, a, &saved_search_shape, 0, arena_push(a, &list));
    TRY(rows_end(&rows));
    *ret_list = list;
    return OK;
}

struct err catalog_saved_search(struct db_conn *conn, struct arena *a, int64_t id,
                                struct saved_search *ret_search)
{
    struct err e = db_get(conn, a, "saved_search", &saved_search_shape, id, ret_search);
    return e.kind == ERR_NOT_FOUND ? no_such_search(a, id) : e;
}

struct err catalog_forget_search(struct db_conn *tx, struct arena *a, int64_t id)
{
    int64_t changed;
    TRY(db_exec_n(tx, &changed, "DELETE FROM saved_search WHERE id = $1", "i", id));
    return changed ? OK : no_such_search(a, id);
}
