/* Rows of movies, shows, seasons and episodes: read, create, change, remove. */
#include "domain/movies/item.h"

#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "core/events.h"
#include "domain/movies/fields.h"
#include "domain/movies/word.h"
#include "json/decode.h"
#include "json/writer.h"

const struct item_kind *item_kind_of(enum item_type type)
{
    static const struct item_kind *const kinds[] = {&movie_kind, &show_kind, &season_kind, &episode_kind};
    return kinds[type];
}

int64_t item_id(const struct item_kind *kind, const void *object)
{
    return *(const int64_t *)field_at(&kind->shape->fields[0], object); /* `id` comes first */
}

static struct err not_found(struct arena *a, const struct item_kind *kind, int64_t id)
{
    struct err e = err_f(a, ERR_NOT_FOUND, kind->not_found, "%s with ID %lld not found", kind->missing,
                         (long long)id);
    e.field = arena_printf(a, "%lld", (long long)id);
    return e;
}

/* --- reading ------------------------------------------------------------------------------------------ */

struct err item_get(struct db_conn *conn, struct arena *a, const struct item_kind *kind, int64_t id,
                    void *ret_object)
{
    void *object = arena_alloc(a, kind->shape->size);
    struct err e = db_get(conn, a, kind->table, kind->shape, id, object);
    if (e.kind == ERR_NOT_FOUND)
        return not_found(a, kind, id);
    TRY(e);
    if (kind->has_bin && *field_int(kind->shape, object, "deleted_at") != TIME_NONE)
        return not_found(a, kind, id);
    TRY(words_load(conn, a, kind, object, 1));
    memcpy(ret_object, object, kind->shape->size);
    return OK;
}

static void write_from(const struct item_kind *kind, const struct query *query, struct arena *a, struct buf *sql,
                       struct db_values *values)
{
    buf_printf(sql, " FROM %s m WHERE %s", kind->table, kind->has_bin ? "m.deleted_at IS NULL" : "1 = 1");
    query_where(query, a, sql, values);
}

static struct err count_items(struct db_conn *conn, struct arena *a, const struct item_kind *kind,
                              const struct query *query, int64_t *ret_total)
{
    BUF(sql);
    ROWS(rows);
    struct db_values values = {0};
    buf_puts(&sql, "SELECT COUNT(*)");
    write_from(kind, query, a, &sql, &values);
    TRY(db_query_values(conn, &rows, sql.data, &values));
    if (rows_next(&rows))
        *ret_total = rows_int(&rows, 0);
    return rows_end(&rows);
}

struct err item_list(struct db_conn *conn, struct arena *a, const struct item_kind *kind,
                     const struct query *query, struct list *ret_items, int64_t *ret_total)
{
    BUF(sql);
    ROWS(rows);
    struct db_values values = {0};
    struct buf items = {0}; /* grows as one array of structs */
    size_t count = 0;
    buf_puts(&sql, "SELECT ");
    db_columns(&sql, kind->shape, "m");
    write_from(kind, query, a, &sql, &values);
    query_order(query, a, "m.id", &sql, &values);
    TRY(db_query_values(conn, &rows, sql.data, &values));
    while (rows_next(&rows)) {
        rows_fill(&rows, a, kind->shape, 0, buf_reserve(&items, kind->shape->size));
        items.len += kind->shape->size;
        count++;
    }
    struct list list = {arena_memdup(a, items.data ? items.data : "", items.len), count};
    buf_finish(&items);
    TRY(rows_end(&rows));
    TRY(words_load(conn, a, kind, list.items, list.count));
    if (ret_total)
        TRY(count_items(conn, a, kind, query, ret_total));
    *ret_items = list;
    return OK;
}

/* --- telling ------------------------------------------------------------------------------------------ */

struct err item_tell(struct db_conn *tx, const struct item_kind *kind, int event, int64_t subject,
                     const char *const *changes, size_t count)
{
    BUF(payload);
    struct jw w = jw_to(&payload);
    jw_object(&w);
    jw_kv_int(&w, kind->event_key, subject);
    jw_key(&w, "fields_changed");
    jw_array(&w);
    for (size_t i = 0; i < count; i++)
        jw_text(&w, changes[i]);
    jw_end(&w);
    jw_end(&w);
    return event_append(tx, (enum event_kind)event, subject, payload.data);
}

static struct err tell(struct db_conn *tx, const struct item_kind *kind, int event, const void *object,
                       const struct item_changes *changes)
{
    int64_t subject = *(const int64_t *)field_at(
        &kind->shape->fields[shape_find(kind->shape, kind->subject)], object);
    return item_tell(tx, kind, event, subject, changes->items, changes->count);
}

/* --- creating ----------------------------------------------------------------------------------------- */

static struct list *words_of(const struct item_kind *kind, void *object, enum word_kind word)
{
    int index = shape_find(kind->shape, words_name(&word_kind_words, (int)word));
    return field_at(&kind->shape->fields[index], object);
}

static struct err store_words(struct db_conn *tx, struct arena *a, const struct item_kind *kind,
                              const void *before, void *object)
{
    for (int word = 0; kind->has_words && word < WORD_KIND_COUNT; word++) {
        const struct field *f =
            &kind->shape->fields[shape_find(kind->shape, words_name(&word_kind_words, word))];
        if (before ? fields_equal(f, before, object) : field_is_blank(f, object))
            continue;
        TRY(words_store(tx, a, kind->type, item_id(kind, object), (enum word_kind)word,
                        words_of(kind, object, (enum word_kind)word)));
    }
    return OK;
}

static void clean_words(struct arena *a, const struct item_kind *kind, void *object)
{
    for (int word = 0; kind->has_words && word < WORD_KIND_COUNT; word++) {
        struct list *list = words_of(kind, object, (enum word_kind)word);
        *list = words_clean(a, list);
    }
}

struct err item_create(struct db_conn *tx, struct arena *a, const struct item_kind *kind, void *object)
{
    const struct shape *shape = kind->shape;
    int64_t now = time_now_us();
    int64_t id;
    clean_words(a, kind, object);
    *field_int(shape, object, "created_at") = now;
    *field_int(shape, object, "updated_at") = now;
    if (*field_int(shape, object, "locks") == INT_NONE)
        *field_int(shape, object, "locks") = 0;
    *field_int(shape, object, "id") = INT_NONE;
    kind->derive(a, object);
    TRY(db_insert(tx, a, kind->table, shape, object, &id));
    *field_int(shape, object, "id") = id;
    TRY(store_words(tx, a, kind, NULL, object));
    if (kind->event_created < 0)
        return OK;
    return tell(tx, kind, kind->event_created, object, &(struct item_changes){0});
}

/* --- changing ----------------------------------------------------------------------------------------- */

struct update {
    struct arena *a;
    const struct item_kind *kind;
    const struct item_change *change;
    const void *before;
    void *after;
    int64_t locks; /* in force: with those inherited from the show and the season */
    struct presence differs;
    struct item_changes *changes;
};

static int lock_of(const struct field *f)
{
    return words_find(&item_lock_words, f->name);
}

static void note(struct update *u, const char *name)
{
    *arena_push(u->a, u->changes) = name;
}

/* A season's locks hold for its episodes, a show's for all below it. */
static struct err load_locks(struct db_conn *tx, struct update *u)
{
    const struct shape *shape = u->kind->shape;
    void *object = u->after;
    u->locks = *field_int(shape, object, "locks");
    int64_t above = INT_NONE;
    if (u->kind->type == ITEM_SEASON)
        TRY(db_get_int(tx, &above, "SELECT locks FROM tv_show WHERE id = $1", "i",
                       *field_int(shape, object, "show_id")));
    if (u->kind->type == ITEM_EPISODE)
        TRY(db_get_int(tx, &above,
                       "SELECT s.locks | h.locks FROM season s JOIN tv_show h ON h.id = s.show_id"
                       " WHERE s.id = $1",
                       "i", *field_int(shape, object, "season_id")));
    if (above != INT_NONE)
        u->locks |= above;
    return OK;
}

static bool may_write(const struct update *u, const struct field *f)
{
    int lock = lock_of(f);
    if (u->change->how != ITEM_BY_IMPORT)
        return true;
    return !(lock >= 0 && is_locked(u->locks, (enum item_lock)lock)) && !field_is_blank(f, u->change->values);
}

static void take_values(struct update *u)
{
    const struct shape *shape = u->kind->shape;
    for (size_t i = 0; i < shape->count; i++) {
        const struct field *f = &shape->fields[i];
        if (!is_present(&u->change->which, i) || strcmp(f->name, "locks") == 0 || !may_write(u, f))
            continue;
        field_copy(f, u->after, u->change->values);
        if (f->type == T_LIST)
            *(struct list *)field_at(f, u->after) = words_clean(u->a, field_at(f, u->after));
    }
}

static void take_locks(struct update *u)
{
    const struct shape *shape = u->kind->shape;
    int64_t *locks = field_int(shape, u->after, "locks");
    int64_t before = *locks;
    int64_t named = u->change->named_locks;
    int64_t wanted = *field_int(shape, (void *)(uintptr_t)u->change->values, "locks");
    *locks = (before & ~named) | ((wanted == INT_NONE ? 0 : wanted) & named);
    for (size_t i = 0; i < shape->count && u->change->how == ITEM_BY_USER; i++) {
        const struct field *f = &shape->fields[i];
        int lock = lock_of(f);
        if (lock >= 0 && !is_locked(named, (enum item_lock)lock) && is_present(&u->change->which, i) &&
            !fields_equal(f, u->before, u->after))
            *locks |= INT64_C(1) << lock;
    }
    for (int lock = 0; lock < LOCK_COUNT; lock++) {
        if (is_locked(before ^ *locks, (enum item_lock)lock))
            note(u, arena_printf(u->a, "%s_locked", words_name(&item_lock_words, lock)));
    }
}

/* A number at a provider says what it is. */
static void identify(struct update *u)
{
    static const char *const ids[] = {"tmdb_id", "imdb_id", "tvdb_id"};
    const struct shape *shape = u->kind->shape;
    int status = shape_find(shape, "identification_status");
    if (status < 0 || is_present(&u->change->which, (size_t)status))
        return;
    for (size_t i = 0; i < 3; i++) {
        const struct field *f = &shape->fields[shape_find(shape, ids[i])];
        if (!fields_equal(f, u->before, u->after) && !field_is_none(f, u->after))
            *(int *)field_at(&shape->fields[status], u->after) = IDENTIFIED;
    }
}

static void keep_sources(struct update *u)
{
    const struct shape *shape = u->kind->shape;
    if (!u->change->source || shape_find(shape, "field_sources") < 0 || !u->changes->count)
        return;
    const char **kept = field_text(shape, u->after, "field_sources");
    json_t *sources = *kept ? json_loads(*kept, 0, NULL) : NULL;
    if (!json_is_object(sources)) {
        json_decref(sources);
        sources = json_object();
    }
    for (size_t i = 0; i < u->changes->count; i++) {
        int index = shape_find(shape, u->changes->items[i]);
        if (index >= 0 && !(shape->fields[index].flags & FIELD_READONLY))
            json_object_set_new(sources, u->changes->items[i], json_string(u->change->source));
    }
    *kept = json_keep(u->a, sources);
    json_decref(sources);
}

static void find_differences(struct update *u)
{
    const struct shape *shape = u->kind->shape;
    for (size_t i = 0; i < shape->count; i++) {
        const struct field *f = &shape->fields[i];
        if (fields_equal(f, u->before, u->after))
            continue;
        set_present(&u->differs, i);
        if (is_present(&u->change->which, i) && strcmp(f->name, "locks") != 0)
            note(u, f->name);
    }
}

static struct err write_differences(struct db_conn *tx, struct update *u)
{
    const struct shape *shape = u->kind->shape;
    int sources = shape_find(shape, "field_sources");
    keep_sources(u);
    *field_int(shape, u->after, "updated_at") = time_now_us();
    set_present(&u->differs, (size_t)shape_find(shape, "updated_at"));
    if (sources >= 0)
        set_present(&u->differs, (size_t)sources);
    set_present(&u->differs, (size_t)shape_find(shape, "locks"));
    TRY(db_update(tx, u->a, u->kind->table, shape, item_id(u->kind, u->after), u->after, &u->differs));
    TRY(store_words(tx, u->a, u->kind, u->before, u->after));
    return tell(tx, u->kind, u->kind->event_updated, u->after, u->changes);
}

struct err item_update(struct db_conn *tx, struct arena *a, const struct item_kind *kind, int64_t id,
                       const struct item_change *change, void *ret_object,
                       struct item_changes *ret_changes)
{
    struct item_changes changes = {0};
    void *before = arena_alloc(a, kind->shape->size);
    TRY(item_get(tx, a, kind, id, before));
    struct update u = {.a = a, .kind = kind, .change = change, .before = before, .changes = &changes};
    u.after = arena_memdup(a, before, kind->shape->size);
    TRY(load_locks(tx, &u));
    take_values(&u);
    take_locks(&u);
    identify(&u);
    kind->derive(a, u.after);
    find_differences(&u);
    if (changes.count || u.differs.bits[0] || u.differs.bits[1])
        TRY(write_differences(tx, &u));
    memcpy(ret_object, u.after, kind->shape->size);
    if (ret_changes)
        *ret_changes = changes;
    return OK;
}

/* --- removing ----------------------------------------------------------------------------------------- */

struct err item_bin(struct db_conn *tx, struct arena *a, const struct item_kind *kind, int64_t id,
                    int64_t purge_at, int event)
{
    int64_t changed;
    BUF(sql);
    buf_printf(&sql,
               "UPDATE %s SET deleted_at = $1, purge_at = $2, updated_at = $1 WHERE id = $3"
               " AND deleted_at IS NULL",
               kind->table);
    TRY(db_exec_n(tx, &changed, sql.data, "iii", time_now_us(), purge_at, id));
    if (!changed)
        return not_found(a, kind, id);
    return item_tell(tx, kind, event, id, (const char *const[]){"deleted"}, 1);
}

struct err item_restore(struct db_conn *tx, struct arena *a, const struct item_kind *kind, int64_t id)
{
    int64_t changed;
    BUF(sql);
    buf_printf(&sql, "UPDATE %s SET deleted_at = NULL, purge_at = NULL, updated_at = $1 WHERE id = $2", kind->table);
    TRY(db_exec_n(tx, &changed, sql.data, "ii", time_now_us(), id));
    if (!changed)
        return not_found(a, kind, id);
    return item_tell(tx, kind, kind->event_updated, id, (const char *const[]){"restored"}, 1);
}

static struct err forget_sides(struct db_conn *tx, enum item_type type, int64_t id)
{
    TRY(db_exec(tx, "DELETE FROM item_word WHERE item_type = $1 AND item_id = $2", "ii", (int64_t)type, id));
    TRY(db_exec(tx, "DELETE FROM credit WHERE item_type = $1 AND item_id = $2", "ii", (int64_t)type, id));
    return db_exec(tx, "UPDATE asset SET item_type = NULL, item_id = NULL WHERE item_type = $1 AND item_id = $2",
                   "ii", (int64_t)type, id);
}

/* Seasons and episodes go with their show; their side rows are found through them. */
static struct err forget_below(struct db_conn *tx, int64_t show)
{
    static const char *const statements[] = {
        "DELETE FROM credit WHERE item_type = 2 AND item_id IN (SELECT id FROM season WHERE show_id = $1)",
        "DELETE FROM credit WHERE item_type = 3 AND item_id IN (SELECT id FROM episode WHERE show_id = $1)",
        "UPDATE asset SET item_type = NULL, item_id = NULL WHERE item_type = 2 AND item_id IN"
        " (SELECT id FROM season WHERE show_id = $1)",
        "UPDATE asset SET item_type = NULL, item_id = NULL WHERE item_type = 3 AND item_id IN"
        " (SELECT id FROM episode WHERE show_id = $1)",
        "UPDATE media_file SET episode_id = NULL WHERE episode_id IN (SELECT id FROM episode WHERE show_id = $1)",
    };
    for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++)
        TRY(db_exec(tx, statements[i], "i", show));
    return OK;
}

struct err item_purge(struct db_conn *tx, const struct item_kind *kind, int64_t id, int event)
{
    BUF(sql);
    if (kind->type == ITEM_SHOW)
        TRY(forget_below(tx, id));
    if (kind->type == ITEM_MOVIE)
        TRY(db_exec(tx, "UPDATE media_file SET movie_id = NULL WHERE movie_id = $1", "i", id));
    TRY(forget_sides(tx, kind->type, id));
    buf_printf(&sql, "DELETE FROM %s WHERE id = $1", kind->table);
    TRY(db_exec(tx, sql.data, "i", id));
    return item_tell(tx, kind, event, id, (const char *const[]){"deleted"}, 1);
}
