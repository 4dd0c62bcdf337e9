/* Pages of videos. */
#include "domain/catalog/video_list.h"

#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "domain/catalog/relations.h"
#include "domain/catalog/search_query.h"
#include "domain/catalog/video_order.h"

/* Another process may write to the same database without our noticing. */
#define COUNT_LIFE_US (2 * SECONDS_US)
/* From here on a page is looked up in the kept order (video_order.h); before, walking there is quick. */
#define DEEP_OFFSET 2000
/* A search that finds more than one in so many videos is quicker walked along the sort's index. */
#define BROAD_SEARCH 20
/* Beyond so many finds the best ones are not told apart any more: ranking all of them takes too long (about
 * 10 ms for so many). PostgreSQL reads each find's row for it. */
#define RANK_LIMIT          30000
#define RANK_LIMIT_POSTGRES 8000

void video_filter_clear(struct video_filter *filter)
{
    *filter = (struct video_filter){
        .year_min = INT_NONE,
        .year_max = INT_NONE,
        .status = ENUM_NONE,
        .collection_id = INT_NONE,
        .tag_id = INT_NONE,
        .artist_id = INT_NONE,
        .artist_role = ENUM_NONE,
    };
}

/* --- the question --------------------------------------------------------------------------------------- */

struct question {
    struct db_conn *conn;
    struct arena *a;
    const struct video_filter *filter;
    const char *match;  /* of the search, in the database's words; NULL: no search */
    bool nothing;       /* a search without words */
    bool filtered;      /* by more than deletion and search */
    bool broad;         /* the search finds so much that the sort's index leads */
    bool narrow;        /* the filter leaves so little that it leads, and the rest is sorted */
    struct buf where;
    struct db_values values;
};

static void question_finish(struct question *q)
{
    buf_finish(&q->where);
}
#define QUESTION(name) __attribute__((cleanup(question_finish))) struct question name

static void put_text(struct question *q, const char *before, const char *value, const char *after)
{
    values_text(q->a, &q->values, value);
    buf_printf(&q->where, "%s$%zu%s", before, q->values.count, after);
}

static void put_int(struct question *q, const char *before, int64_t value, const char *after)
{
    values_int(q->a, &q->values, value);
    buf_printf(&q->where, "%s$%zu%s", before, q->values.count, after);
}

static void and(struct question *q)
{
    q->filtered = true;
    buf_puts(&q->where, " AND ");
}

#define LIKE " ESCAPE '\\'"

static void part_of(struct question *q, const char *column, const char *text)
{
    const char *pattern = catalog_like(q->a, text);
    if (!pattern)
        return;
    and(q);
    put_text(q, arena_printf(q->a, "%s LIKE ", column), pattern, LIKE);
}

/* (column LIKE .. OR column LIKE .. OR <none>) */
static void any_part_of(struct question *q, const char *column, struct list texts, const char *none)
{
    const char *const *items = texts.items;
    const char *separator = "";
    if (!texts.count)
        return;
    and(q);
    buf_puts(&q->where, "(");
    for (size_t i = 0; i < texts.count; i++) {
        bool is_none = strcmp(items[i], CATALOG_NONE) == 0;
        const char *pattern = is_none ? NULL : catalog_like(q->a, items[i]);
        buf_puts(&q->where, separator);
        separator = " OR ";
        if (pattern)
            put_text(q, arena_printf(q->a, "%s LIKE ", column), pattern, LIKE);
        else
            buf_puts(&q->where, is_none ? none : "1 = 1");
    }
    buf_puts(&q->where, ")");
}

static void put_director(struct question *q)
{
    static const char none[] = "(v.director_fold IS NULL OR v.director_fold = '')";
    const char *director = q->filter->director;
    if (director)
        any_part_of(q, "v.director_fold", (struct list){&director, 1}, none);
}

/* Videos with a tag that one of the patterns fits, or without any. CROSS: SQLite keeps that order, from
 * few tags to their videos. */
static void put_tags(struct question *q)
{
    struct list tags = q->filter->tags;
    const char *const *items = tags.items;
    struct list named = {arena_array(q->a, const char *, tags.count + 1), 0};
    bool none = false;
    for (size_t i = 0; i < tags.count; i++) {
        if (strcmp(items[i], CATALOG_NONE) == 0)
            none = true;
        else
            ((const char **)named.items)[named.count++] = items[i];
    }
    if (!tags.count)
        return;
    and(q);
    buf_puts(&q->where, "(");
    if (none)
        buf_puts(&q->where, "NOT EXISTS (SELECT 1 FROM video_tag vt WHERE vt.video_id = v.id)");
    if (none && named.count)
        buf_puts(&q->where, " OR ");
    if (named.count) {
        buf_puts(&q->where, "v.id IN (SELECT vt.video_id FROM tag t CROSS JOIN video_tag vt"
                            " WHERE vt.tag_id = t.id");
        any_part_of(q, "t.name_fold", named, "1 = 1");
        buf_puts(&q->where, ")");
    }
    buf_puts(&q->where, ")");
}

static void put_years(struct question *q)
{
    const struct video_filter *f = q->filter;
    const int64_t *years = f->years.items;
    if (f->years.count) {
        and(q);
        for (size_t i = 0; i < f->years.count; i++) {
            buf_puts(&q->where, i == 0 ? "(" : " OR ");
            if (years[i] == CATALOG_NO_YEAR)
                buf_puts(&q->where, "v.year IS NULL");
            else
                put_int(q, "v.year = ", years[i], "");
        }
        buf_puts(&q->where, ")");
        return;
    }
    if (f->year_min == INT_NONE && f->year_max == INT_NONE)
        return;
    and(q);
    put_int(q, "v.year BETWEEN ", f->year_min == INT_NONE ? 1900 : f->year_min, "");
    put_int(q, " AND ", f->year_max == INT_NONE ? 2100 : f->year_max, "");
}

static void put_links(struct question *q)
{
    const struct video_filter *f = q->filter;
    const char *collection = catalog_like(q->a, f->collection_name);
    if (collection) {
        and(q);
        put_text(q,
                 "v.id IN (SELECT vc.video_id FROM collection c CROSS JOIN video_collection vc"
                 " WHERE vc.collection_id = c.id AND c.is_deleted = 0 AND c.name_fold LIKE ",
                 collection, LIKE ")");
    }
    if (f->collection_id != INT_NONE && f->sort != SORT_POSITION) {
        and(q);
        put_int(q, "v.id IN (SELECT vc.video_id FROM video_collection vc WHERE vc.collection_id = ",
                f->collection_id, ")");
    }
    if (f->tag_id != INT_NONE) {
        and(q);
        put_int(q, "v.id IN (SELECT vt.video_id FROM video_tag vt WHERE vt.tag_id = ", f->tag_id, ")");
    }
    if (f->artist_id != INT_NONE) {
        and(q);
        put_int(q, "v.id IN (SELECT va.video_id FROM video_artist va WHERE va.artist_id = ", f->artist_id,
                "");
        if (f->artist_role != ENUM_NONE)
            put_int(q, " AND va.role = ", f->artist_role, "");
        buf_puts(&q->where, ")");
    }
}

static void put_exact(struct question *q)
{
    const struct video_filter *f = q->filter;
    if (f->status != ENUM_NONE) {
        and(q);
        put_int(q, "v.status = ", f->status, "");
    }
    if (f->imvdb_video_id) {
        and(q);
        put_text(q, "v.imvdb_video_id = ", f->imvdb_video_id, "");
    }
    if (f->youtube_id) {
        and(q);
        put_text(q, "v.youtube_id = ", f->youtube_id, "");
    }
}

/* $1 is the search expression when there is one, and $2 the collection when its order is asked for. */
static void prepare(struct question *q)
{
    static const char none[] = "(v.genre_fold IS NULL OR v.genre_fold = '')";
    const struct video_filter *f = q->filter;
    if (f->search) {
        BUF(match);
        struct search_node *tree = search_parse(q->a, f->search);
        q->nothing = !tree;
        if (tree && db_conn_driver(q->conn) == DB_POSTGRES)
            search_to_tsquery(&match, tree);
        else if (tree)
            search_to_fts5(&match, tree);
        q->match = arena_strdup(q->a, match.data ? match.data : "");
        values_text(q->a, &q->values, q->match);
    }
    if (f->sort == SORT_POSITION)
        values_int(q->a, &q->values, f->collection_id);
    buf_puts(&q->where, f->only_deleted ? "v.is_deleted = 1" : f->include_deleted ? "1 = 1" : "v.is_deleted = 0");
    part_of(q, "v.title_fold", f->title);
    part_of(q, "v.artist_fold", f->artist);
    part_of(q, "v.album_fold", f->album);
    put_director(q);
    any_part_of(q, "v.genre_fold", f->genres, none);
    put_years(q);
    put_exact(q);
    put_links(q);
    put_tags(q);
}

/* --- where the rows come from ---------------------------------------------------------------------------- */

#define SQLITE_MATCH   "(SELECT s.rowid FROM video_search s WHERE s.video_search MATCH $1)"
#define POSTGRES_MATCH "s.words @@ CAST(CAST($1 AS text) AS tsquery)"

/* "FROM ... WHERE ..." of the videos that are asked for. */
static void put_source(struct question *q, struct buf *sql)
{
    const struct video_filter *f = q->filter;
    buf_puts(sql, " FROM ");
    if (q->match && db_conn_driver(q->conn) == DB_SQLITE && !q->broad)
        /* CROSS: from the finds to their rows, in this order. */
        buf_puts(sql, "video_search s CROSS JOIN video v ON v.id = s.rowid AND s.video_search MATCH $1");
    else
        buf_puts(sql, "video v");
    if (q->match && db_conn_driver(q->conn) == DB_POSTGRES)
        buf_puts(sql, " JOIN video_search s ON s.video_id = v.id AND " POSTGRES_MATCH);
    if (f->sort == SORT_POSITION)
        buf_printf(sql, " JOIN video_collection l ON l.video_id = v.id AND l.collection_id = $%d",
                   q->match ? 2 : 1);
    buf_printf(sql, " WHERE %s", q->where.data);
    if (q->match && db_conn_driver(q->conn) == DB_SQLITE && q->broad)
        buf_puts(sql, " AND +v.id IN " SQLITE_MATCH);
}

/* As the indexes have it (model/schema_video.c). */
static const struct {
    const char *first;
    const char *second;
} sort_columns[SORT_COUNT] = {
    [SORT_TITLE] = {"v.title_fold"},
    [SORT_ARTIST] = {"v.artist_fold"},
    [SORT_ALBUM] = {"v.album_fold"},
    [SORT_YEAR] = {"v.year"},
    [SORT_DIRECTOR] = {"v.director_fold", "v.director"},
    [SORT_GENRE] = {"v.genre_fold", "v.genre"},
    [SORT_CREATED] = {"v.created_at"},
    [SORT_UPDATED] = {"v.updated_at"},
    [SORT_STATUS] = {"v.status"},
    [SORT_DELETED] = {"v.deleted_at"},
};

static void put_order(const struct question *q, struct buf *sql)
{
    const struct video_filter *f = q->filter;
    const char *plain = q->narrow ? "+" : ""; /* SQLite: not by index */
    const char *direction = f->descending ? "DESC" : "ASC";
    const char *nulls = f->descending ? "LAST" : "FIRST";
    buf_puts(sql, " ORDER BY ");
    if (f->sort == SORT_POSITION)
        buf_puts(sql, "l.position ASC NULLS LAST, v.title_fold, v.id");
    else if (f->sort == SORT_YEAR_TITLE)
        buf_puts(sql, "v.year DESC NULLS LAST, v.title_fold, v.id");
    else if (!sort_columns[f->sort].first)
        buf_puts(sql, "v.id");
    else if (sort_columns[f->sort].second)
        buf_printf(sql, "%s%s %s NULLS %s, %s %s NULLS %s, v.id %s", plain, sort_columns[f->sort].first,
                   direction, nulls, sort_columns[f->sort].second, direction, nulls, direction);
    else
        buf_printf(sql, "%s%s %s NULLS %s, v.id %s", plain, sort_columns[f->sort].first, direction, nulls,
                   direction);
}

static void put_window(struct question *q, struct buf *sql)
{
    values_int(q->a, &q->values, window_limit(&q->filter->window));
    values_int(q->a, &q->values, q->filter->window.offset);
    buf_printf(sql, " LIMIT $%zu OFFSET $%zu", q->values.count - 1, q->values.count);
}

/* --- counting -------------------------------------------------------------------------------------------- */

struct counted {
    uint64_t generation; /* 0: not counted yet */
    int64_t at_us;
    int64_t count;
};
static struct {
    pthread_mutex_t lock;
    struct counted kept[2]; /* under lock; with and without the deleted ones */
} counted = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool recall_count(bool include_deleted, uint64_t generation, int64_t *ret_count)
{
    pthread_mutex_lock(&counted.lock);
    const struct counted *kept = &counted.kept[include_deleted];
    bool known = generation && kept->generation == generation &&
                 time_monotonic_us() - kept->at_us < COUNT_LIFE_US;
    if (known)
        *ret_count = kept->count;
    pthread_mutex_unlock(&counted.lock);
    return known;
}

struct err catalog_video_count(struct db_conn *conn, bool include_deleted, int64_t *ret_count)
{
    /* A transaction sees what nobody else does yet. */
    uint64_t generation = db_in_transaction(conn) ? 0 : db_conn_generation(conn);
    struct counted fresh = {.generation = generation, .at_us = time_monotonic_us()};
    if (recall_count(include_deleted, generation, ret_count))
        return OK;
    TRY(db_get_int(conn, &fresh.count,
                   include_deleted ? "SELECT COUNT(*) FROM video"
                                   : "SELECT COUNT(*) FROM video WHERE is_deleted = 0",
                   ""));
    *ret_count = fresh.count;
    if (!generation)
        return OK;
    pthread_mutex_lock(&counted.lock);
    counted.kept[include_deleted] = fresh;
    pthread_mutex_unlock(&counted.lock);
    return OK;
}

static struct err one_int(struct question *q, const char *sql, int64_t *ret_value)
{
    ROWS(rows);
    TRY(db_query_values(q->conn, &rows, sql, &q->values));
    if (rows_next(&rows))
        *ret_value = rows_int(&rows, 0);
    return rows_end(&rows);
}

/* The index holds exactly the videos that are not deleted. */
static struct err count_finds(struct question *q, int64_t *ret_total)
{
    return one_int(q,
                   db_conn_driver(q->conn) == DB_POSTGRES
                       ? "SELECT COUNT(*) FROM video_search s WHERE " POSTGRES_MATCH
                       : "SELECT COUNT(*) FROM video_search WHERE video_search MATCH $1",
                   ret_total);
}

static struct err count(struct question *q, int64_t *ret_total)
{
    BUF(sql);
    bool counts_all = !q->filtered && !q->filter->only_deleted && q->filter->sort != SORT_POSITION;
    if (counts_all && q->match)
        return count_finds(q, ret_total);
    if (counts_all)
        return catalog_video_count(q->conn, q->filter->include_deleted, ret_total);
    buf_puts(&sql, "SELECT COUNT(*)");
    put_source(q, &sql);
    return one_int(q, sql.data, ret_total);
}

/* --- pages ----------------------------------------------------------------------------------------------- */

/* Ranked in the index alone, then the rows of the page. Title counts most, then artist, then album. */
static void put_ranked(struct question *q, struct buf *sql, bool rank)
{
    bool postgres = db_conn_driver(q->conn) == DB_POSTGRES;
    buf_puts(sql, "SELECT ");
    db_columns(sql, &video_shape, "v");
    if (postgres)
        buf_printf(sql, " FROM (SELECT s.video_id AS id, %s AS score FROM video_search s WHERE " POSTGRES_MATCH,
                   rank ? "-ts_rank('{0.1, 0.3, 0.5, 1.0}', s.words, CAST(CAST($1 AS text) AS tsquery))" : "0");
    else
        buf_printf(sql,
                   " FROM (SELECT s.rowid AS id, %s AS score FROM video_search s"
                   " WHERE s.video_search MATCH $1",
                   rank ? "text_rank(video_search, 10.0, 5.0, 3.0, 1.0, 1.0, 1.0, 1.0)" : "0");
    buf_printf(sql, " ORDER BY %s", rank ? "2, 1" : "1");
    put_window(q, sql);
    buf_puts(sql, ") s JOIN video v ON v.id = s.id ORDER BY s.score, s.id");
}

static void put_page(struct question *q, struct buf *sql, int64_t total)
{
    if (q->match && q->filter->sort == SORT_RELEVANCE && !q->filtered) {
        put_ranked(q, sql,
                   total <= (db_conn_driver(q->conn) == DB_POSTGRES ? RANK_LIMIT_POSTGRES : RANK_LIMIT));
        return;
    }
    buf_puts(sql, "SELECT ");
    db_columns(sql, &video_shape, "v");
    if (q->narrow) { /* the inner question is answered by an index that covers it */
        buf_puts(sql, " FROM video v WHERE v.id IN (SELECT v.id");
        put_source(q, sql);
        buf_puts(sql, ")");
    } else {
        put_source(q, sql);
    }
    put_order(q, sql);
    put_window(q, sql);
}

/* SQLite keeps no statistics of ours, but we have counted. PostgreSQL finds its own way. */
static struct err choose_way(struct question *q, int64_t total)
{
    const struct catalog_window *window = &q->filter->window;
    int64_t all = 0;
    if (db_conn_driver(q->conn) != DB_SQLITE || !sort_columns[q->filter->sort].first)
        return OK;
    TRY(catalog_video_count(q->conn, q->filter->include_deleted, &all));
    q->broad = q->match && total > all / BROAD_SEARCH;
    /* Rows that a walk along the sort's index looks at, against the whole of a small index and the finds. */
    double walk = (double)(window->offset + window_limit(window)) * (double)all / (double)total;
    q->narrow = q->filtered && !q->match && walk > (double)all / 5 + (double)total;
    return OK;
}

static struct err read_page(struct question *q, struct arena *a, int64_t total, struct video_list *ret_list)
{
    BUF(sql);
    ROWS(rows);
    TRY(choose_way(q, total));
    put_page(q, &sql, total);
    TRY(db_query_values(q->conn, &rows, sql.data, &q->values));
    while (rows_next(&rows))
        rows_fill(&rows, a, &video_shape, 0, arena_push(a, ret_list));
    return rows_end(&rows);
}

/* --- deep pages ------------------------------------------------------------------------------------------ */

/* 0: keep no order. Another process may write to the same database without our noticing. */
static uint64_t order_generation(const struct db_conn *conn)
{
    uint64_t generation = db_in_transaction(conn) ? 0 : db_conn_generation(conn);
    bool shared = db_conn_driver(conn) == DB_POSTGRES;
    return generation && shared ? generation + (uint64_t)(time_monotonic_us() / COUNT_LIFE_US) : generation;
}

static struct err keep_order(struct db_conn *conn, const struct video_filter *filter, uint64_t generation)
{
    SCRATCH(a);
    struct list ids;
    struct video_filter ascending = *filter;
    ascending.descending = false;
    TRY(catalog_video_ids(conn, &a, &ascending, &ids));
    order_keep((int)filter->sort, generation, &ids);
    return OK;
}

/* Those that are there, in the order of the ids. */
static struct err read_videos(struct db_conn *conn, struct arena *a, const struct list *ids,
                              struct video_list *ret_list)
{
    BUF(sql);
    ROWS(rows);
    struct db_values values = {0};
    struct video_list found = {0};
    buf_puts(&sql, "SELECT ");
    db_columns(&sql, &video_shape, "v");
    buf_puts(&sql, " FROM video v WHERE v.is_deleted = 0 AND v.id IN ");
    catalog_put_ids(a, &sql, &values, ids->items, ids->count);
    TRY(db_query_values(conn, &rows, sql.data, &values));
    while (rows_next(&rows))
        rows_fill(&rows, a, &video_shape, 0, arena_push(a, &found));
    TRY(rows_end(&rows));
    for (size_t i = 0; i < ids->count; i++) {
        for (size_t j = 0; j < found.count; j++) {
            if (found.items[j].id == ((const int64_t *)ids->items)[i])
                *arena_push(a, ret_list) = found.items[j];
        }
    }
    return OK;
}

/* *ret_found: the list is the page. */
static struct err read_deep_page(struct question *q, struct arena *a, struct video_list *ret_list,
                                 bool *ret_found)
{
    const struct video_filter *f = q->filter;
    bool whole = !q->filtered && !q->match && !f->only_deleted && !f->include_deleted;
    struct list ids = {0};
    uint64_t generation = order_generation(q->conn);
    *ret_found = false;
    if (f->window.offset < DEEP_OFFSET || !whole || !sort_columns[f->sort].first || !generation)
        return OK;
    enum order_state state = order_page(a, (int)f->sort, f->descending, generation, &f->window, &ids);
    if (state == ORDER_WANTED) {
        TRY(keep_order(q->conn, f, generation));
        state = order_page(a, (int)f->sort, f->descending, generation, &f->window, &ids);
    }
    if (state != ORDER_FOUND)
        return OK;
    *ret_found = true;
    return read_videos(q->conn, a, &ids, ret_list);
}

struct err catalog_video_list(struct db_conn *conn, struct arena *a, const struct video_filter *filter,
                              struct video_list *ret_list, int64_t *ret_total)
{
    QUESTION(q) = {.conn = conn, .a = a, .filter = filter};
    struct video_list list = {0};
    int64_t total = 0;
    bool found = false;
    prepare(&q);
    if (!q.nothing)
        TRY(count(&q, &total));
    if (total > filter->window.offset) {
        TRY(read_deep_page(&q, a, &list, &found));
        if (!found)
            TRY(read_page(&q, a, total, &list));
        TRY(catalog_load_relations(conn, a, list.items, list.count));
    }
    *ret_list = list;
    *ret_total = total;
    return OK;
}

struct err catalog_video_ids(struct db_conn *conn, struct arena *a, const struct video_filter *filter,
                             struct list *ret_ids)
{
    BUF(sql);
    ROWS(rows);
    QUESTION(q) = {.conn = conn, .a = a, .filter = filter};
    struct {
        VEC(int64_t)
    } ids = {0};
    prepare(&q);
    if (!q.nothing) {
        buf_puts(&sql, "SELECT v.id");
        put_source(&q, &sql);
        put_order(&q, &sql);
        TRY(db_query_values(conn, &rows, sql.data, &q.values));
        while (rows_next(&rows))
            *arena_push(a, &ids) = rows_int(&rows, 0);
        TRY(rows_end(&rows));
    }
    *ret_ids = (struct list){ids.items, ids.count};
    return OK;
}
