/* Scenes: lists, one, summary, entities. */
#include "domain/scenes/scene.h"

#include <string.h>

#include "base/buf.h"
#include "base/fold.h"

static const char columns[] = "s.id, s.stash_id, s.title, s.paths, s.organized, s.details, s.created_date,"
                              " s.scene_date, s.studio_id, s.last_synced, u.stash_id, u.name";
static const char source[] = " FROM scene s LEFT JOIN studio u ON u.id = s.studio_id";

/* Columns of contract 3.2 that a list may be sorted by. */
static const char *const sortable[] = {
    "id",     "title", "organized", "details",   "url",     "date",         "rating",
    "duration", "size",  "height",  "width",     "framerate", "bitrate",    "codec",
    "created_date", "scene_date", "studio_id", "last_synced", "created_at", "updated_at"};

static void read_scene(const struct rows *rows, struct arena *a, struct scene *ret)
{
    *ret = (struct scene){
        .id = rows_int(rows, 0),
        .stash_id = rows_text(rows, a, 1),
        .title = rows_text(rows, a, 2),
        .paths = rows_text(rows, a, 3),
        .organized = rows_bool(rows, 4),
        .details = rows_text(rows, a, 5),
        .created_date = rows_int(rows, 6),
        .scene_date = rows_int(rows, 7),
        .studio_id = rows_int(rows, 8),
        .last_synced = rows_int(rows, 9),
    };
    if (rows_is_null(rows, 11))
        return;
    ret->studio = arena_new(a, struct scene_ref);
    ret->studio->id = rows_text(rows, a, 10);
    ret->studio->name = rows_text(rows, a, 11);
}

/* --- filters ----------------------------------------------------------------------------------------------- */

static void add_text(struct buf *sql, struct arena *a, struct db_values *v, const char *before,
                     const char *text, const char *after)
{
    values_text(a, v, text);
    buf_printf(sql, "%s$%zu%s", before, v->count, after);
}

/* %text% with the wildcards in it taken literally. */
static const char *contains(struct arena *a, const char *text)
{
    BUF(out);
    buf_putc(&out, '%');
    for (const char *p = fold(a, text); *p; p++) {
        if (*p == '%' || *p == '_' || *p == '\\')
            buf_putc(&out, '\\');
        buf_putc(&out, *p);
    }
    buf_putc(&out, '%');
    return arena_strndup(a, out.data, out.len);
}

/* EXISTS and no join, so that a scene that matches twice counts once. */
static void add_any_of(struct buf *sql, struct arena *a, struct db_values *v, const struct list *ids,
                       const char *exists)
{
    const char *const *items = ids->items;
    if (!ids->count)
        return;
    buf_puts(sql, exists);
    for (size_t i = 0; i < ids->count; i++)
        add_text(sql, a, v, i ? ", " : "", items[i], "");
    buf_puts(sql, "))");
}

static void add_where(struct buf *sql, struct arena *a, struct db_values *v, const struct scene_filter *f)
{
    buf_puts(sql, " WHERE 1 = 1");
    if (f->search) {
        const char *pattern = contains(a, f->search);
        add_text(sql, a, v, " AND (s.title_fold LIKE ", pattern, " ESCAPE '\\'");
        add_text(sql, a, v, " OR s.details_fold LIKE ", pattern, " ESCAPE '\\')");
    }
    if (f->studio_id)
        add_text(sql, a, v, " AND u.stash_id = ", f->studio_id, "");
    add_any_of(sql, a, v, &f->performers,
               " AND EXISTS (SELECT 1 FROM scene_performer x JOIN person p ON p.id = x.person_id"
               " WHERE x.scene_id = s.id AND p.stash_id IN (");
    add_any_of(sql, a, v, &f->tags,
               " AND EXISTS (SELECT 1 FROM scene_tag x JOIN tag t ON t.id = x.tag_id"
               " WHERE x.scene_id = s.id AND t.stash_id IN (");
    if (f->organized != BOOL_NONE)
        buf_printf(sql, " AND s.organized = %d", f->organized);
    if (f->from_us != TIME_NONE) {
        values_int(a, v, f->from_us);
        buf_printf(sql, " AND s.scene_date >= $%zu", v->count);
    }
    if (f->to_us != TIME_NONE) {
        values_int(a, v, f->to_us);
        buf_printf(sql, " AND s.scene_date <= $%zu", v->count);
    }
}

static void add_order(struct buf *sql, const struct scene_filter *f)
{
    for (size_t i = 0; f->sort_by && i < sizeof(sortable) / sizeof(sortable[0]); i++) {
        if (strcmp(sortable[i], f->sort_by) != 0)
            continue;
        buf_printf(sql, " ORDER BY CASE WHEN s.%s IS NULL THEN 1 ELSE 0 END, s.%s %s, s.id", sortable[i],
                   sortable[i], f->descending ? "DESC" : "ASC");
        return;
    }
    buf_puts(sql, " ORDER BY s.created_date DESC, s.id DESC");
}

/* --- relations: one statement for a page --------------------------------------------------------------------- */

struct linked {
    int64_t scene_id;
    struct scene_ref ref;
};
struct links {
    VEC(struct linked)
};

static struct err load_links(struct db_conn *conn, struct arena *a, const struct scene_list *scenes,
                             const char *select, struct links *ret)
{
    BUF(sql);
    ROWS(rows);
    struct db_values values = {0};
    buf_puts(&sql, select);
    for (size_t i = 0; i < scenes->count; i++) {
        values_int(a, &values, scenes->items[i].id);
        buf_printf(&sql, "%s$%zu", i ? "," : "", values.count);
    }
    buf_puts(&sql, ") ORDER BY 3, 2");
    TRY(db_query_values(conn, &rows, sql.data, &values));
    while (rows_next(&rows)) {
        struct linked *l = arena_push(a, ret);
        l->scene_id = rows_int(&rows, 0);
        l->ref = (struct scene_ref){.id = rows_text(&rows, a, 1), .name = rows_text(&rows, a, 2)};
    }
    return rows_end(&rows);
}

static struct list links_of(struct arena *a, const struct links *links, int64_t scene_id)
{
    struct scene_refs refs = {0};
    for (size_t i = 0; i < links->count; i++) {
        if (links->items[i].scene_id == scene_id)
            *arena_push(a, &refs) = links->items[i].ref;
    }
    return (struct list){refs.items, refs.count};
}

static struct err load_relations(struct db_conn *conn, struct arena *a, struct scene_list *scenes)
{
    struct links performers = {0};
    struct links tags = {0};
    if (!scenes->count)
        return OK;
    TRY(load_links(conn, a, scenes,
                   "SELECT x.scene_id, p.stash_id, p.name FROM scene_performer x JOIN person p"
                   " ON p.id = x.person_id WHERE x.scene_id IN (",
                   &performers));
    TRY(load_links(conn, a, scenes,
                   "SELECT x.scene_id, t.stash_id, t.name FROM scene_tag x JOIN tag t"
                   " ON t.id = x.tag_id WHERE x.scene_id IN (",
                   &tags));
    for (size_t i = 0; i < scenes->count; i++) {
        scenes->items[i].performers = links_of(a, &performers, scenes->items[i].id);
        scenes->items[i].tags = links_of(a, &tags, scenes->items[i].id);
    }
    return OK;
}

/* --- reading ------------------------------------------------------------------------------------------------ */

static struct err count_scenes(struct db_conn *conn, struct arena *a, const struct scene_filter *f,
                               int64_t *ret_total)
{
    BUF(sql);
    ROWS(rows);
    struct db_values values = {0};
    buf_printf(&sql, "SELECT COUNT(*)%s", source);
    add_where(&sql, a, &values, f);
    TRY(db_query_values(conn, &rows, sql.data, &values));
    int64_t total = rows_next(&rows) ? rows_int(&rows, 0) : 0;
    TRY(rows_end(&rows));
    *ret_total = total;
    return OK;
}

struct err scenes_list(struct db_conn *conn, struct arena *a, const struct scene_filter *filter,
                       struct scene_list *ret, int64_t *ret_total)
{
    BUF(sql);
    ROWS(rows);
    struct db_values values = {0};
    TRY(count_scenes(conn, a, filter, ret_total));
    buf_printf(&sql, "SELECT %s%s", columns, source);
    add_where(&sql, a, &values, filter);
    add_order(&sql, filter);
    values_int(a, &values, filter->limit);
    values_int(a, &values, filter->offset);
    buf_printf(&sql, " LIMIT $%zu OFFSET $%zu", values.count - 1, values.count);
    TRY(db_query_values(conn, &rows, sql.data, &values));
    while (rows_next(&rows))
        read_scene(&rows, a, arena_push(a, ret));
    TRY(rows_end(&rows));
    return load_relations(conn, a, ret);
}

struct err scene_get(struct db_conn *conn, struct arena *a, const char *stash_id, struct scene *ret)
{
    BUF(sql);
    ROWS(rows);
    struct scene_list one = {0};
    buf_printf(&sql, "SELECT %s%s WHERE s.stash_id = $1", columns, source);
    TRY(db_query(conn, &rows, sql.data, "t", stash_id));
    if (rows_next(&rows))
        read_scene(&rows, a, arena_push(a, &one));
    TRY(rows_end(&rows));
    if (!one.count)
        return err_f(a, ERR_NOT_FOUND, "scene_not_found", "Scene %s not found", stash_id);
    TRY(load_relations(conn, a, &one));
    *ret = one.items[0];
    return OK;
}

static struct err read_refs(struct rows *rows, struct arena *a, struct scene_refs *ret)
{
    while (rows_next(rows))
        *arena_push(a, ret) = (struct scene_ref){rows_text(rows, a, 0), rows_text(rows, a, 1), rows_int(rows, 2)};
    return rows_end(rows);
}

struct err scenes_summary(struct db_conn *conn, struct arena *a, struct scene_summary *ret)
{
    ROWS(rows);
    *ret = (struct scene_summary){0};
    TRY(db_get_int(conn, &ret->scenes, "SELECT COUNT(*) FROM scene", ""));
    TRY(db_get_int(conn, &ret->organized, "SELECT COUNT(*) FROM scene WHERE organized = 1", ""));
    TRY(db_get_int(conn, &ret->tags, "SELECT COUNT(*) FROM tag WHERE stash_id IS NOT NULL", ""));
    TRY(db_get_int(conn, &ret->performers, "SELECT COUNT(*) FROM person WHERE stash_id IS NOT NULL", ""));
    TRY(db_get_int(conn, &ret->studios, "SELECT COUNT(*) FROM studio WHERE stash_id IS NOT NULL", ""));
    TRY(db_query(conn, &rows,
                 "SELECT MIN(u.stash_id), u.name, COUNT(*) FROM scene s JOIN studio u ON u.id = s.studio_id"
                 " GROUP BY u.name ORDER BY COUNT(*) DESC, u.name LIMIT 10",
                 ""));
    return read_refs(&rows, a, &ret->by_studio);
}

struct err scene_entities(struct db_conn *conn, struct arena *a, enum scene_entity entity,
                          const char *search, struct scene_refs *ret)
{
    static const struct {
        const char *table;
        const char *links;
        const char *key;
        const char *fold;
    } tables[] = {
        [SCENE_PERFORMERS] = {"person", "scene_performer", "person_id", "name_fold"},
        [SCENE_TAGS] = {"tag", "scene_tag", "tag_id", "name_fold"},
        [SCENE_STUDIOS] = {"studio", "scene", "studio_id", "name_fold"},
    };
    BUF(sql);
    ROWS(rows);
    struct db_values values = {0};
    buf_printf(&sql,
               "SELECT e.stash_id, e.name, COALESCE(c.n, 0) FROM %s e LEFT JOIN (SELECT %s AS k, COUNT(*) AS n"
               " FROM %s GROUP BY %s) c ON c.k = e.id WHERE e.stash_id IS NOT NULL",
               tables[entity].table, tables[entity].key, tables[entity].links, tables[entity].key);
    if (search) {
        buf_printf(&sql, " AND e.%s LIKE ", tables[entity].fold);
        add_text(&sql, a, &values, "", contains(a, search), " ESCAPE '\\'");
    }
    buf_puts(&sql, " ORDER BY e.name, e.id");
    TRY(db_query_values(conn, &rows, sql.data, &values));
    return read_refs(&rows, a, ret);
}
