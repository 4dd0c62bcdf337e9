/* Tags and their links. */
#include "domain/catalog/tag.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fold.h"
#include "domain/catalog/index.h"
#include "domain/catalog/text.h"
#include "domain/catalog/video.h"

/* --- names -------------------------------------------------------------------------------------------- */

struct named {
    const char *name;
    const char *key;
    int source;
    int64_t id; /* INT_NONE until it is known */
};
struct named_list {
    VEC(struct named)
};

static const char *trimmed(struct arena *a, const char *name)
{
    size_t len;
    while (isspace((unsigned char)*name))
        name++;
    for (len = strlen(name); len && isspace((unsigned char)name[len - 1]);)
        len--;
    return arena_strndup(a, name, len);
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(((const struct named *)a)->key, ((const struct named *)b)->key);
}

static void collect(struct arena *a, const struct tag_names *names, struct named_list *list)
{
    for (const char *const *name = names->names; name && *name; name++) {
        const char *clean = utf8_cut(a, trimmed(a, *name), NAME_MAX_CHARACTERS);
        if (*clean)
            *arena_push(a, list) = (struct named){clean, names->keep_case ? clean : text_lower(a, clean),
                                                  names->source, INT_NONE};
    }
}

/* By identity, each once: of doubles the manual one stays. */
static void settle(struct named_list *list)
{
    size_t kept = 0;
    if (list->count)
        qsort(list->items, list->count, sizeof(*list->items), compare_keys);
    for (size_t i = 0; i < list->count; i++) {
        struct named *last = kept ? &list->items[kept - 1] : NULL;
        if (!last || strcmp(list->items[i].key, last->key) != 0)
            list->items[kept++] = list->items[i];
        else if (list->items[i].source == TAG_MANUAL)
            last->source = TAG_MANUAL;
    }
    list->count = kept;
}

static struct named_list resolve(struct arena *a, const struct tag_names *names)
{
    struct named_list list = {0};
    collect(a, names, &list);
    settle(&list);
    return list;
}

static struct err make(struct db_conn *tx, struct arena *a, const struct named *tag, int64_t *ret_id)
{
    return db_get_int(tx, ret_id,
                      "INSERT INTO tag (name, normalized_name, name_fold, created_at) VALUES"
                      " ($1, $2, $3, $4) ON CONFLICT (normalized_name) DO UPDATE SET"
                      " usage_count = tag.usage_count RETURNING id",
                      "ttti", tag->name, tag->key, fold(a, tag->name), time_now_us());
}

static void set_id(struct named_list *list, const char *key, int64_t id)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].key, key) == 0)
            list->items[i].id = id;
    }
}

/* The ids of those that are there, in one question. */
static struct err find_ids(struct db_conn *tx, struct arena *a, struct named_list *list)
{
    BUF(sql);
    ROWS(rows);
    struct db_values values = {0};
    buf_puts(&sql, "SELECT id, normalized_name FROM tag WHERE normalized_name IN (");
    for (size_t i = 0; i < list->count; i++) {
        values_text(a, &values, list->items[i].key);
        buf_printf(&sql, "%s$%zu", i ? ", " : "", values.count);
    }
    buf_puts(&sql, ")");
    TRY(db_query_values(tx, &rows, sql.data, &values));
    while (rows_next(&rows))
        set_id(list, rows_peek(&rows, 1, NULL), rows_int(&rows, 0));
    return rows_end(&rows);
}

/* Every tag's id; those that are missing are made. */
static struct err ensure(struct db_conn *tx, struct arena *a, struct named_list *list)
{
    if (!list->count)
        return OK;
    TRY(find_ids(tx, a, list));
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].id == INT_NONE)
            TRY(make(tx, a, &list->items[i], &list->items[i].id));
    }
    return OK;
}

/* --- links -------------------------------------------------------------------------------------------- */

static struct err link_one(struct db_conn *tx, int64_t tag_id, int64_t video_id, int source)
{
    int64_t added;
    TRY(db_exec_n(tx, &added,
                  "INSERT INTO video_tag (video_id, tag_id, source, added_at) VALUES ($1, $2, $3, $4)"
                  " ON CONFLICT DO NOTHING",
                  "iiei", video_id, tag_id, source, time_now_us()));
    if (!added)
        return OK;
    return db_exec(tx, "UPDATE tag SET usage_count = usage_count + 1 WHERE id = $1", "i", tag_id);
}

static struct err unlink_one(struct db_conn *tx, int64_t tag_id, int64_t video_id)
{
    int64_t gone;
    TRY(db_exec_n(tx, &gone, "DELETE FROM video_tag WHERE video_id = $1 AND tag_id = $2", "ii", video_id,
                  tag_id));
    if (!gone)
        return OK;
    TRY(db_exec(tx, "UPDATE tag SET usage_count = usage_count - 1 WHERE id = $1", "i", tag_id));
    return db_exec(tx, "DELETE FROM tag WHERE id = $1 AND usage_count <= 0", "i", tag_id);
}

struct linked {
    int64_t tag_id;
    const char *key;
    const char *name;
    int source;
};
struct linked_list {
    VEC(struct linked)
};

static struct err read_links(struct db_conn *conn, struct arena *a, int64_t video_id,
                             struct linked_list *ret_list)
{
    ROWS(rows);
    TRY(db_query(conn, &rows,
                 "SELECT t.id, t.normalized_name, t.name, vt.source FROM video_tag vt"
                 " JOIN tag t ON t.id = vt.tag_id WHERE vt.video_id = $1 ORDER BY t.normalized_name",
                 "i", video_id));
    while (rows_next(&rows))
        *arena_push(a, ret_list) = (struct linked){rows_int(&rows, 0), rows_text(&rows, a, 1),
                                                   rows_text(&rows, a, 2), (int)rows_int(&rows, 3)};
    return rows_end(&rows);
}

/* Adds the links that are not there and returns their tags. */
static struct err add_links(struct db_conn *tx, struct arena *a, int64_t video_id,
                            const struct named_list *list, struct db_values *ret_added)
{
    BUF(sql);
    ROWS(rows);
    struct db_values values = {0};
    values_int(a, &values, video_id);
    values_int(a, &values, time_now_us());
    buf_puts(&sql, "INSERT INTO video_tag (video_id, tag_id, source, added_at) VALUES ");
    for (size_t i = 0; i < list->count; i++) {
        values_int(a, &values, list->items[i].id);
        values_int(a, &values, list->items[i].source);
        buf_printf(&sql, "%s($1, $%zu, $%zu, $2)", i ? ", " : "", values.count - 1, values.count);
    }
    buf_puts(&sql, " ON CONFLICT DO NOTHING RETURNING tag_id");
    TRY(db_query_values(tx, &rows, sql.data, &values));
    while (rows_next(&rows))
        values_int(a, ret_added, rows_int(&rows, 0));
    return rows_end(&rows);
}

/* PostgreSQL locks the rows in the order of their ids, so that two transactions never wait for each other; and
 * not against the key locks that the links of both have taken already. */
static struct err count_uses(struct db_conn *tx, const struct db_values *added)
{
    BUF(sql);
    buf_puts(&sql, "UPDATE tag SET usage_count = usage_count + 1 WHERE id IN (SELECT id FROM tag WHERE id IN (");
    for (size_t i = 1; i <= added->count; i++)
        buf_printf(&sql, "%s$%zu", i > 1 ? ", " : "", i);
    buf_puts(&sql, db_conn_driver(tx) == DB_POSTGRES ? ") ORDER BY id FOR NO KEY UPDATE)" : "))");
    return added->count ? db_exec_values(tx, sql.data, added, NULL) : OK;
}

#define TAGS_AT_ONCE 100 /* parameters of one statement are limited */

static struct err link_all(struct db_conn *tx, struct arena *a, int64_t video_id, struct named_list *list)
{
    for (size_t i = 0; i < list->count; i += TAGS_AT_ONCE) {
        size_t rest = list->count - i;
        struct named_list part = {list->items + i, rest < TAGS_AT_ONCE ? rest : TAGS_AT_ONCE, 0};
        struct db_values added = {0};
        TRY(ensure(tx, a, &part));
        TRY(add_links(tx, a, video_id, &part, &added));
        TRY(count_uses(tx, &added));
    }
    return OK;
}

struct err catalog_tags_link(struct db_conn *tx, struct arena *a, int64_t video_id,
                             const struct tag_names *names, size_t count)
{
    struct named_list list = {0};
    for (size_t i = 0; i < count; i++)
        collect(a, &names[i], &list);
    settle(&list);
    return link_all(tx, a, video_id, &list);
}

struct err catalog_tags_unlink_all(struct db_conn *tx, struct arena *a, int64_t video_id)
{
    struct linked_list links = {0};
    TRY(read_links(tx, a, video_id, &links));
    for (size_t i = 0; i < links.count; i++)
        TRY(unlink_one(tx, links.items[i].tag_id, video_id));
    return OK;
}

/* What every change of a video's tags ends with. */
static struct err finish(struct db_conn *tx, struct arena *a, int64_t video_id)
{
    TRY(index_refresh(tx, a, video_id));
    return catalog_video_tell_word(tx, video_id, "tags");
}

/* Takes away the links that are not on the list. */
static struct err keep_only(struct db_conn *tx, struct arena *a, int64_t video_id,
                            const struct named_list *list)
{
    struct linked_list links = {0};
    TRY(read_links(tx, a, video_id, &links));
    for (size_t i = 0; i < links.count; i++) {
        struct named wanted = {.key = links.items[i].key};
        bool kept = list->count && bsearch(&wanted, list->items, list->count, sizeof(*list->items),
                                           compare_keys);
        if (!kept)
            TRY(unlink_one(tx, links.items[i].tag_id, video_id));
    }
    return OK;
}

struct err catalog_video_set_tags(struct db_conn *tx, struct arena *a, int64_t video_id,
                                  const struct tag_names *names, bool replace)
{
    struct named_list list = resolve(a, names);
    TRY(catalog_video_check(tx, a, video_id, false));
    if (replace)
        TRY(keep_only(tx, a, video_id, &list));
    TRY(link_all(tx, a, video_id, &list));
    if (replace)
        TRY(db_exec(tx, "UPDATE video_tag SET source = $1 WHERE video_id = $2", "ei", names->source,
                    video_id));
    return finish(tx, a, video_id);
}

struct err catalog_tag_link(struct db_conn *tx, struct arena *a, int64_t tag_id, int64_t video_id, int source)
{
    TRY(catalog_video_check(tx, a, video_id, false));
    TRY(catalog_tag_get(tx, a, tag_id, &(struct tag){0}));
    TRY(link_one(tx, tag_id, video_id, source));
    return finish(tx, a, video_id);
}

struct err catalog_tag_unlink(struct db_conn *tx, struct arena *a, int64_t tag_id, int64_t video_id)
{
    TRY(catalog_video_check(tx, a, video_id, false));
    TRY(catalog_tag_get(tx, a, tag_id, &(struct tag){0}));
    TRY(unlink_one(tx, tag_id, video_id));
    return finish(tx, a, video_id);
}

/* --- tags --------------------------------------------------------------------------------------------- */

struct err catalog_tag_get(struct db_conn *conn, struct arena *a, int64_t id, struct tag *ret_tag)
{
    struct err e = db_get(conn, a, "tag", &tag_shape, id, ret_tag);
    return e.kind == ERR_NOT_FOUND ? catalog_missing(a, "tag_not_found", "Tag %lld not found", id) : e;
}

struct err catalog_tag_put(struct db_conn *tx, struct arena *a, const char *name, bool keep_case,
                           struct tag *ret_tag)
{
    struct tag_names names = {(const char *const[]){name, NULL}, TAG_MANUAL, keep_case};
    struct named_list list = resolve(a, &names);
    if (!list.count)
        return err_field(ERR_INVALID, "blank_name", "name", "A tag needs a name");
    TRY(ensure(tx, a, &list));
    return catalog_tag_get(tx, a, list.items[0].id, ret_tag);
}

static struct err videos_with(struct db_conn *conn, struct arena *a, int64_t tag_id, struct db_values *ret)
{
    ROWS(rows);
    TRY(db_query(conn, &rows, "SELECT video_id FROM video_tag WHERE tag_id = $1 ORDER BY video_id", "i",
                 tag_id));
    while (rows_next(&rows))
        values_int(a, ret, rows_int(&rows, 0));
    return rows_end(&rows);
}

struct err catalog_tag_delete(struct db_conn *tx, struct arena *a, int64_t id, bool force)
{
    struct db_values videos = {0};
    struct tag tag;
    TRY(catalog_tag_get(tx, a, id, &tag));
    TRY(videos_with(tx, a, id, &videos));
    if (videos.count && !force)
        return err_f(a, ERR_INVALID, "tag_in_use",
                     "Tag '%s' is used by %zu video%s. Use force=true to delete it anyway", tag.name,
                     videos.count, videos.count == 1 ? "" : "s");
    TRY(db_exec(tx, "DELETE FROM tag WHERE id = $1", "i", id));
    for (size_t i = 0; i < videos.count; i++)
        TRY(index_refresh(tx, a, videos.items[i].i));
    return OK;
}

static void put_where(struct arena *a, struct buf *sql, struct db_values *values,
                      const struct tag_filter *filter)
{
    const char *pattern = catalog_like(a, filter->name);
    values_int(a, values, filter->min_usage_count);
    buf_puts(sql, " FROM tag t WHERE t.usage_count >= $1");
    if (pattern) {
        values_text(a, values, pattern);
        buf_puts(sql, " AND t.name_fold LIKE $2 ESCAPE '\\'");
    }
}

static struct err count(struct db_conn *conn, struct arena *a, const struct tag_filter *filter,
                        int64_t *ret_total)
{
    BUF(sql);
    ROWS(rows);
    struct db_values values = {0};
    buf_puts(&sql, "SELECT COUNT(*)");
    put_where(a, &sql, &values, filter);
    TRY(db_query_values(conn, &rows, sql.data, &values));
    if (rows_next(&rows))
        *ret_total = rows_int(&rows, 0);
    return rows_end(&rows);
}

static struct err read_tags(struct rows *rows, struct arena *a, struct tag_list *ret_list)
{
    struct tag_list list = {0};
    while (rows_next(rows))
        rows_fill(rows, a, &tag_shape, 0, arena_push(a, &list));
    TRY(rows_end(rows));
    *ret_list = list;
    return OK;
}

struct err catalog_tag_list(struct db_conn *conn, struct arena *a, const struct tag_filter *filter,
                            struct tag_list *ret_list, int64_t *ret_total)
{
    BUF(sql);
    ROWS(rows);
    struct db_values values = {0};
    TRY(count(conn, a, filter, ret_total));
    buf_puts(&sql, "SELECT ");
    db_columns(&sql, &tag_shape, "t");
    put_where(a, &sql, &values, filter);
    values_int(a, &values, window_limit(&filter->window));
    values_int(a, &values, filter->window.offset);
    buf_printf(&sql, " ORDER BY %st.normalized_name LIMIT $%zu OFFSET $%zu",
               filter->by_usage ? "t.usage_count DESC, " : "", values.count - 1, values.count);
    TRY(db_query_values(conn, &rows, sql.data, &values));
    return read_tags(&rows, a, ret_list);
}

struct err catalog_video_tags(struct db_conn *conn, struct arena *a, int64_t video_id,
                              struct tag_list *ret_list)
{
    BUF(sql);
    ROWS(rows);
    buf_puts(&sql, "SELECT ");
    db_columns(&sql, &tag_shape, "t");
    buf_puts(&sql, " FROM tag t JOIN video_tag vt ON vt.tag_id = t.id WHERE vt.video_id = $1"
                   " ORDER BY t.normalized_name");
    TRY(db_query(conn, &rows, sql.data, "i", video_id));
    return read_tags(&rows, a, ret_list);
}

/* --- decades ------------------------------------------------------------------------------------------ */

#define PLACE "{decade}"

const char *decade_tag(struct arena *a, int64_t year, const char *format)
{
    const char *place = format ? strstr(format, PLACE) : NULL;
    if (!place || year == INT_NONE || year < 1900 || year > 2100)
        return NULL;
    return arena_printf(a, "%.*s%02lld%s", (int)(place - format), format, (long long)(year / 10 * 10 % 100),
                        place + strlen(PLACE));
}

/* `pattern`: # is a digit. */
static bool matches_digits(const char *name, const char *pattern)
{
    for (; *pattern; pattern++, name++) {
        bool same = *pattern == '#' ? isdigit((unsigned char)*name)
                                    : tolower((unsigned char)*pattern) == tolower((unsigned char)*name);
        if (!*name || !same)
            return false;
    }
    return !*name;
}

bool decade_tag_matches(const char *name, const char *format)
{
    static const char *const usual[] = {"##", "##s", "decade-##", "####", "####s"};
    for (size_t i = 0; !format && i < sizeof(usual) / sizeof(usual[0]); i++) {
        if (matches_digits(name, usual[i]))
            return true;
    }
    const char *place = format ? strstr(format, PLACE) : NULL;
    if (!place)
        return false;
    size_t before = (size_t)(place - format);
    const char *after = place + strlen(PLACE);
    return strncasecmp(name, format, before) == 0 && isdigit((unsigned char)name[before]) &&
           isdigit((unsigned char)name[before + 1]) && strcasecmp(name + before + 2, after) == 0;
}

static bool is_decade_tag(const struct linked *link, const struct decade_policy *policy)
{
    return link->source == TAG_AUTO &&
           (decade_tag_matches(link->name, policy->format) ||
            (policy->former && decade_tag_matches(link->name, policy->former)));
}

struct err catalog_video_sync_decade(struct db_conn *tx, struct arena *a, int64_t video_id, int64_t year,
                                     const struct decade_policy *policy, struct decade_change *change)
{
    const char *wanted = policy->enabled ? decade_tag(a, year, policy->format) : NULL;
    struct linked_list links = {0};
    int64_t removed = 0;
    bool adds = wanted != NULL;
    TRY(read_links(tx, a, video_id, &links));
    for (size_t i = 0; i < links.count; i++) {
        const struct linked *link = &links.items[i];
        if (wanted && strcasecmp(link->name, wanted) == 0) {
            adds = false;
        } else if (is_decade_tag(link, policy)) {
            TRY(unlink_one(tx, link->tag_id, video_id));
            removed++;
        }
    }
    if (adds)
        TRY(catalog_tags_link(tx, a, video_id,
                              &(struct tag_names){(const char *const[]){wanted, NULL}, TAG_AUTO,
                                                  policy->keep_case},
                              1));
    change->videos++;
    change->added += adds;
    change->removed += removed;
    if (adds || removed)
        *arena_push(a, &change->changed) = video_id;
    return adds || removed ? finish(tx, a, video_id) : OK;
}

struct err catalog_sync_decades(struct db_conn *tx, struct arena *a, int64_t limit,
                                const struct decade_policy *policy, int64_t *after_id,
                                struct decade_change *change)
{
    ROWS(rows);
    struct {
        VEC(struct dated {
            int64_t id;
            int64_t year;
        })
    } videos = {0};
    TRY(db_query(tx, &rows,
                 "SELECT id, year FROM video WHERE id > $1 AND is_deleted = 0 AND year IS NOT NULL"
                 " ORDER BY id LIMIT $2",
                 "ii", *after_id, limit));
    while (rows_next(&rows))
        *arena_push(a, &videos) = (struct dated){rows_int(&rows, 0), rows_int(&rows, 1)};
    TRY(rows_end(&rows));
    for (size_t i = 0; i < videos.count; i++)
        TRY(catalog_video_sync_decade(tx, a, videos.items[i].id, videos.items[i].year, policy, change));
    *after_id = (int64_t)videos.count < limit ? INT_NONE : videos.items[videos.count - 1].id;
    return OK;
}
