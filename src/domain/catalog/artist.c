/* Artists. */
#include "domain/catalog/artist.h"

#include <string.h>

#include "base/clock.h"
#include "base/fold.h"
#include "domain/catalog/video.h"

/* --- making ------------------------------------------------------------------------------------------- */

static struct err find(struct db_conn *conn, const char *name, int64_t *ret_id, bool *ret_deleted)
{
    ROWS(rows);
    TRY(db_query(conn, &rows, "SELECT id, is_deleted FROM artist WHERE name = $1", "t", name));
    if (!rows_next(&rows)) {
        *ret_id = INT_NONE;
        return rows_end(&rows);
    }
    *ret_id = rows_int(&rows, 0);
    *ret_deleted = rows_bool(&rows, 1) == 1;
    return rows_end(&rows);
}

/* Two transactions may make the same name at the same time: the second takes the first one's row. */
static struct err make(struct db_conn *tx, struct arena *a, const char *name, int64_t *ret_id)
{
    return db_get_int(tx, ret_id,
                      "INSERT INTO artist (name, name_fold, created_at, updated_at)"
                      " VALUES ($1, $2, $3, $3) ON CONFLICT (name) DO UPDATE SET is_deleted = 0,"
                      " deleted_at = NULL RETURNING id",
                      "tti", name, fold(a, name), time_now_us());
}

struct err catalog_artist_ensure(struct db_conn *tx, struct arena *a, const char *name, int64_t *ret_id)
{
    bool deleted = false;
    int64_t id;
    name = utf8_cut(a, name, NAME_MAX_CHARACTERS);
    TRY(find(tx, name, &id, &deleted));
    if (id == INT_NONE || deleted)
        TRY(make(tx, a, name, &id));
    *ret_id = id;
    return OK;
}

/* --- changing ----------------------------------------------------------------------------------------- */

/* name, biography, image_url, imvdb_entity_id, discogs_artist_id */
static bool is_settable(const struct field *f)
{
    static const char *const names[] = {"name", "biography", "image_url", "imvdb_entity_id",
                                        "discogs_artist_id"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(f->name, names[i]) == 0)
            return true;
    }
    return false;
}

struct err catalog_artist_update(struct db_conn *tx, struct arena *a, int64_t id,
                                 const struct artist *changed, const struct presence *which)
{
    struct artist artist = *changed;
    struct presence wanted = {0};
    for (size_t i = 0; i < artist_shape.count; i++) {
        if (is_present(which, i) && is_settable(&artist_shape.fields[i]))
            set_present(&wanted, i);
    }
    TRY(catalog_artist_get(tx, a, id, false, &(struct artist){0}));
    if (!wanted.bits[0])
        return OK;
    artist.updated_at = time_now_us();
    set_present(&wanted, (size_t)shape_find(&artist_shape, "updated_at"));
    TRY(catalog_clash(a, db_update(tx, a, "artist", &artist_shape, id, &artist, &wanted), "artist"));
    if (shape_has(&artist_shape, &wanted, "name"))
        TRY(db_exec(tx, "UPDATE artist SET name_fold = $1 WHERE id = $2", "ti", fold(a, artist.name), id));
    return OK;
}

struct err catalog_artist_put(struct db_conn *tx, struct arena *a, const struct artist *artist,
                              int64_t *ret_id)
{
    struct presence which = {0};
    int64_t id;
    TRY(catalog_artist_ensure(tx, a, artist->name, &id));
    for (size_t i = 0; i < artist_shape.count; i++) {
        const struct field *f = &artist_shape.fields[i];
        if (is_settable(f) && strcmp(f->name, "name") != 0 && !field_is_none(f, artist))
            set_present(&which, i);
    }
    TRY(catalog_artist_update(tx, a, id, artist, &which));
    *ret_id = id;
    return OK;
}

struct err catalog_artist_trash(struct db_conn *tx, struct arena *a, int64_t id)
{
    int64_t changed;
    TRY(db_exec_n(tx, &changed,
                  "UPDATE artist SET is_deleted = 1, deleted_at = $1 WHERE id = $2 AND is_deleted = 0", "ii",
                  time_now_us(), id));
    return changed ? OK : catalog_missing(a, "artist_not_found", "Artist not found: %lld", id);
}

/* --- reading ------------------------------------------------------------------------------------------ */

#define VIDEO_COUNT                                                                                \
    "(SELECT COUNT(DISTINCT va.video_id) FROM video_artist va JOIN video v ON v.id = va.video_id"  \
    " WHERE va.artist_id = a.id AND v.is_deleted = 0)"

static void read_artist(const struct rows *rows, struct arena *a, struct artist *ret_artist)
{
    rows_fill(rows, a, &artist_shape, 0, ret_artist);
    ret_artist->video_count = rows_int(rows, (int)artist_shape.count - 1);
}

struct err catalog_artist_get(struct db_conn *conn, struct arena *a, int64_t id, bool include_deleted,
                              struct artist *ret_artist)
{
    BUF(sql);
    ROWS(rows);
    buf_puts(&sql, "SELECT ");
    db_columns(&sql, &artist_shape, "a");
    buf_puts(&sql, ", " VIDEO_COUNT " FROM artist a WHERE a.id = $1");
    TRY(db_query(conn, &rows, sql.data, "i", id));
    struct artist artist;
    bool found = rows_next(&rows);
    if (found)
        read_artist(&rows, a, &artist);
    TRY(rows_end(&rows));
    if (!found || (artist.is_deleted == 1 && !include_deleted))
        return catalog_missing(a, "artist_not_found", "Artist not found: %lld", id);
    *ret_artist = artist;
    return OK;
}

/* " WHERE ..." and its parameters. */
static void put_where(struct arena *a, struct buf *sql, struct db_values *values,
                      const struct artist_filter *filter)
{
    const char *pattern = catalog_like(a, filter->name);
    buf_puts(sql, " WHERE 1 = 1");
    if (!filter->include_deleted)
        buf_puts(sql, " AND a.is_deleted = 0");
    if (pattern) {
        values_text(a, values, pattern);
        buf_printf(sql, " AND a.name_fold LIKE $%zu ESCAPE '\\'", values->count);
    }
}

static struct err count(struct db_conn *conn, struct arena *a, const struct artist_filter *filter,
                        int64_t *ret_total)
{
    BUF(sql);
    ROWS(rows);
    struct db_values values = {0};
    buf_puts(&sql, "SELECT COUNT(*) FROM artist a");
    put_where(a, &sql, &values, filter);
    TRY(db_query_values(conn, &rows, sql.data, &values));
    if (rows_next(&rows))
        *ret_total = rows_int(&rows, 0);
    return rows_end(&rows);
}

struct err catalog_artist_list(struct db_conn *conn, struct arena *a, const struct artist_filter *filter,
                               struct artist_list *ret_list, int64_t *ret_total)
{
    BUF(sql);
    ROWS(rows);
    struct db_values values = {0};
    struct artist_list list = {0};
    TRY(count(conn, a, filter, ret_total));
    buf_puts(&sql, "SELECT ");
    db_columns(&sql, &artist_shape, "a");
    buf_puts(&sql, ", " VIDEO_COUNT " FROM artist a");
    put_where(a, &sql, &values, filter);
    values_int(a, &values, window_limit(&filter->window));
    values_int(a, &values, filter->window.offset);
    buf_printf(&sql, " ORDER BY a.name, a.id LIMIT $%zu OFFSET $%zu", values.count - 1, values.count);
    TRY(db_query_values(conn, &rows, sql.data, &values));
    while (rows_next(&rows))
        read_artist(&rows, a, arena_push(a, &list));
    TRY(rows_end(&rows));
    *ret_list = list;
    return OK;
}

/* --- links -------------------------------------------------------------------------------------------- */

static struct err check_both(struct db_conn *tx, struct arena *a, int64_t artist_id, int64_t video_id)
{
    TRY(catalog_artist_get(tx, a, artist_id, false, &(struct artist){0}));
    return catalog_video_check(tx, a, video_id, false);
}

struct err catalog_artist_link(struct db_conn *tx, struct arena *a, int64_t artist_id, int64_t video_id,
                               int role, int64_t position)
{
    TRY(check_both(tx, a, artist_id, video_id));
    TRY(db_exec(tx,
                "INSERT INTO video_artist (video_id, artist_id, role, position) VALUES ($1, $2, $3, $4)"
                " ON CONFLICT DO NOTHING",
                "iiei", video_id, artist_id, role, position));
    return catalog_video_tell_word(tx, video_id, "artists");
}

struct err catalog_artist_unlink(struct db_conn *tx, struct arena *a, int64_t artist_id, int64_t video_id)
{
    int64_t changed;
    TRY(check_both(tx, a, artist_id, video_id));
    TRY(db_exec_n(tx, &changed, "DELETE FROM video_artist WHERE artist_id = $1 AND video_id = $2", "ii",
                  artist_id, video_id));
    if (!changed)
        return OK;
    return catalog_video_tell_word(tx, video_id, "artists");
}
