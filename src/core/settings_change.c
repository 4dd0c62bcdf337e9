/* Changing settings: validate all, write the file, keep history, tell everybody; or do nothing. */
#include <string.h>

#include "base/clock.h"
#include "core/events.h"
#include "core/settings_private.h"
#include "json/writer.h"

#define CURRENT_FACT "settings.version"

/* --- checking ------------------------------------------------------------------------------------------ */

static void complain(struct arena *a, struct mistakes *mistakes, const char *key, const char *text)
{
    mistake_rule(a, mistakes, "body", arena_strdup(a, key), text);
}

/* NULL when the change is allowed. */
static const char *refuse(struct settings *s, struct arena *a, const struct setting_change *change)
{
    const struct setting *row = setting_find(change->key);
    if (!row)
        return "is not a known setting";
    if (row->flags & SETTING_FIXED)
        return "can only be set when the server starts";
    const char *wrong = setting_check(a, row, change->value);
    if (wrong)
        return wrong;
    if (settings_source(s, change->key) >= SOURCE_ENVIRONMENT)
        return "is set by the environment or the command line";
    return NULL;
}

/* --- history -------------------------------------------------------------------------------------------- */

static struct err add_version(struct db_conn *tx, const char *who, const char *note, const char *before,
                              const char *after, int64_t *ret_id)
{
    return db_get_int(tx, ret_id,
                      "INSERT INTO setting_history (at, who, note, before_json, after_json)"
                      " VALUES ($1, $2, $3, $4, $5) RETURNING id",
                      "itttt", time_now_us(), who, note, before, after);
}

static struct err set_current(struct db_conn *tx, struct arena *a, int64_t id)
{
    return db_exec(tx,
                   "INSERT INTO fact (name, value) VALUES ($1, $2)"
                   " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                   "tt", CURRENT_FACT, arena_printf(a, "%lld", (long long)id));
}

static struct err get_current(struct db_conn *conn, int64_t *ret_id)
{
    return db_get_int(conn, ret_id, "SELECT CAST(value AS BIGINT) FROM fact WHERE name = $1", "t",
                      CURRENT_FACT);
}

/* A new version drops what could be redone, and the oldest beyond the limit. */
static struct err keep_version(struct db_conn *tx, struct arena *a, const char *who, const char *note,
                               const char *before, const char *after)
{
    int64_t current;
    int64_t id;
    TRY(get_current(tx, &current));
    if (current == INT_NONE)
        /* The state before the first change, so that it can be undone too. */
        TRY(add_version(tx, who, "Initial configuration", before, before, &current));
    TRY(db_exec(tx, "DELETE FROM setting_history WHERE id > $1", "i", current));
    TRY(add_version(tx, who, note, before, after, &id));
    TRY(db_exec(tx,
                "DELETE FROM setting_history WHERE id NOT IN"
                " (SELECT id FROM setting_history ORDER BY id DESC LIMIT $1)",
                "i", (int64_t)SETTING_HISTORY_MAX));
    return set_current(tx, a, id);
}

/* --- telling -------------------------------------------------------------------------------------------- */

static void write_value(struct jw *w, const struct setting *row, const json_t *value)
{
    SCRATCH(a);
    if ((row->flags & SETTING_SECRET) && !json_is_null(value))
        jw_text(w, "********");
    else
        jw_raw(w, json_keep(&a, value));
}

static struct err tell(struct db_conn *tx, const struct setting *row, const json_t *before,
                       const json_t *after)
{
    static const char *const safety[] = {"safe", "requires_reload", "affects_state"};
    BUF(payload);
    const char *target;
    const char *action = setting_action(row, &target);
    struct jw w = jw_to(&payload);
    jw_object(&w);
    jw_kv_text(&w, "path", row->key);
    jw_key(&w, "old_value");
    write_value(&w, row, before);
    jw_key(&w, "new_value");
    write_value(&w, row, after);
    jw_kv_text(&w, "safety_level", safety[row->safety]);
    jw_key(&w, "required_actions");
    jw_array(&w);
    if (action)
        jw_text(&w, action);
    jw_end(&w);
    jw_end(&w);
    return event_append(tx, EVENT_CONFIG_CHANGED, INT_NONE, payload.data);
}

void settings_on_change(struct settings *s,
                        struct err (*fn)(void *context, struct db_conn *tx, struct arena *a,
                                         const struct setting_differences *list),
                        void *context)
{
    s->follow_context = context;
    s->follow = fn;
}

static struct err tell_differences(struct settings *s, struct db_conn *tx, struct arena *a,
                                   const struct snapshot *next)
{
    struct setting_differences list = {0};
    for (size_t i = 0; i < setting_row_count; i++) {
        const json_t *before = s->current->values[i].json;
        const json_t *after = next->values[i].json;
        if (json_equal(before, after))
            continue;
        TRY(tell(tx, &setting_rows[i], before, after));
        *arena_push(a, &list) = (struct setting_difference){setting_rows[i].key, before, after};
    }
    return s->follow ? s->follow(s->follow_context, tx, a, &list) : OK;
}

/* --- applying ------------------------------------------------------------------------------------------- */

static void release(void *value)
{
    json_decref(value);
}

/* Takes a new set of file values into force. The file is written before the commit and put back when the
 * commit fails, so neither can be ahead of the other for long, and the file is what counts at a restart. */
static struct err apply(struct settings *s, struct arena *a, struct db_tx *tx, json_t *file,
                        struct snapshot *next)
{
    struct err e = s->file_path ? yaml_write(a, s->file_path, file) : OK;
    if (!failed(e) && tx->conn) {
        e = db_commit(tx);
        if (failed(e) && s->file_path)
            IGNORE(yaml_write(a, s->file_path, s->file)); /* the first failure is the one to tell */
    }
    if (failed(e)) {
        snapshot_unref(next);
        return e;
    }
    json_decref(s->file);
    s->file = json_incref(file);
    snapshot_install(s, next);
    return OK;
}

static struct err change_locked(struct settings *s, struct arena *a, json_t *file, const char *who,
                                const char *note)
{
    struct snapshot *next;
    TRY(snapshot_build(s, a, file, &next));
    TX(tx);
    struct err e = s->db ? db_begin(s->db, &tx) : OK;
    if (!failed(e) && s->db)
        e = tell_differences(s, tx.conn, a, next);
    if (!failed(e) && s->db)
        e = settings_store_shared(s, a, tx.conn, file);
    if (!failed(e) && s->db && note)
        e = keep_version(tx.conn, a, who, note, json_keep(a, s->file), json_keep(a, file));
    if (failed(e)) {
        snapshot_unref(next);
        return e;
    }
    return apply(s, a, &tx, file, next);
}

static const char *describe(struct settings *s, struct arena *a, const struct setting_changes *changes,
                            const char *note)
{
    if (note && *note)
        return note;
    if (changes->count == 1) {
        const struct setting *row = setting_find(changes->items[0].key);
        if (row->flags & SETTING_SECRET)
            return arena_printf(a, "Changed %s", row->key);
        return arena_printf(a, "Changed %s: %s \xe2\x86\x92 %s", row->key,
                            settings_json(s, a, row->key), json_keep(a, changes->items[0].value));
    }
    BUF(text);
    for (size_t i = 0; i < changes->count; i++)
        buf_printf(&text, "%s%s", i ? ", " : "Batch update: ", changes->items[i].key);
    return arena_strdup(a, text.data);
}

struct err settings_change(struct settings *s, struct arena *a, const struct setting_changes *changes,
                           const char *who, const char *note, struct mistakes *mistakes)
{
    bool differs = false;
    for (size_t i = 0; i < changes->count; i++) {
        const char *wrong = refuse(s, a, &changes->items[i]);
        if (wrong)
            complain(a, mistakes, changes->items[i].key, wrong);
        else
            differs = differs || !json_equal(settings_value(s, a, changes->items[i].key),
                                             changes->items[i].value);
    }
    if (mistakes->count)
        return err_make(ERR_INVALID, "validation_failed", "Invalid settings");
    if (!differs)
        return OK;
    const char *text = describe(s, a, changes, note);
    pthread_mutex_lock(&s->change_lock);
    json_t *file = json_deep_copy(s->file);
    arena_defer(a, release, file);
    for (size_t i = 0; i < changes->count; i++)
        json_object_set(file, changes->items[i].key, changes->items[i].value);
    struct err e = change_locked(s, a, file, who, text);
    pthread_mutex_unlock(&s->change_lock);
    return e;
}

/* --- moving through history ------------------------------------------------------------------------------ */

struct err settings_history(struct settings *s, struct arena *a, int limit,
                            struct setting_history *ret_history)
{
    int64_t current;
    int64_t oldest;
    int64_t newest;
    struct db_conn *conn = db_reader(s->db);
    TRY(get_current(conn, &current));
    TRY(db_get_int(conn, &oldest, "SELECT MIN(id) FROM setting_history", ""));
    TRY(db_get_int(conn, &newest, "SELECT MAX(id) FROM setting_history", ""));
    ROWS(rows);
    TRY(db_query(conn, &rows, "SELECT id, at, who, note, before_json, after_json FROM setting_history"
                 " ORDER BY id DESC LIMIT $1",
                 "i", (int64_t)limit));
    while (rows_next(&rows)) {
        struct setting_version *v = arena_push(a, ret_history);
        *v = (struct setting_version){rows_int(&rows, 0), rows_int(&rows, 1), rows_text(&rows, a, 2),
                                      rows_text(&rows, a, 3), rows_int(&rows, 0) == current,
                                      rows_text(&rows, a, 4), rows_text(&rows, a, 5)};
    }
    ret_history->can_undo = current != INT_NONE && current > oldest;
    ret_history->can_redo = current != INT_NONE && current < newest;
    return rows_end(&rows);
}

static struct err find_version(struct db_conn *conn, struct arena *a, int steps,
                               struct setting_version *ret, const char **ret_values)
{
    int64_t current;
    TRY(get_current(conn, &current));
    ROWS(rows);
    if (steps > 0)
        TRY(db_query(conn, &rows,
                     "SELECT id, at, who, note, after_json FROM setting_history WHERE id < $1"
                     " ORDER BY id DESC LIMIT 1 OFFSET $2",
                     "ii", current == INT_NONE ? 0 : current, (int64_t)steps - 1));
    else
        TRY(db_query(conn, &rows,
                     "SELECT id, at, who, note, after_json FROM setting_history WHERE id > $1"
                     " ORDER BY id LIMIT 1 OFFSET $2",
                     "ii", current == INT_NONE ? INT64_MAX : current, (int64_t)-steps - 1));
    bool found = rows_next(&rows);
    if (found) {
        *ret = (struct setting_version){rows_int(&rows, 0), rows_int(&rows, 1), rows_text(&rows, a, 2),
                                        rows_text(&rows, a, 3), true, NULL, NULL};
        *ret_values = rows_text(&rows, a, 4);
    }
    TRY(rows_end(&rows));
    return found ? OK
                 : err_make(ERR_INVALID, "no_such_version",
                            steps > 0 ? "Cannot undo that many steps" : "Cannot redo that many steps");
}

static struct err move_locked(struct settings *s, struct arena *a, int steps,
                              struct setting_version *ret_version)
{
    const char *values;
    struct snapshot *next;
    struct mistakes mistakes = {0};
    TRY(find_version(db_reader(s->db), a, steps, ret_version, &values));
    json_t *file = json_read(a, values, strlen(values), "history", &mistakes);
    if (!file)
        return err_make(ERR_STORAGE, "bad_history", "A stored version of the settings cannot be read");
    TRY(snapshot_build(s, a, file, &next));
    TX(tx);
    struct err e = db_begin(s->db, &tx);
    if (!failed(e))
        e = tell_differences(s, tx.conn, a, next);
    if (!failed(e))
        e = set_current(tx.conn, a, ret_version->id);
    if (!failed(e))
        e = settings_store_shared(s, a, tx.conn, file);
    if (failed(e)) {
        snapshot_unref(next);
        return e;
    }
    return apply(s, a, &tx, file, next);
}

struct err settings_move(struct settings *s, struct arena *a, int steps, const char *who,
                         struct setting_version *ret_version)
{
    (void)who;
    struct setting_version version;
    pthread_mutex_lock(&s->change_lock);
    struct err e = move_locked(s, a, steps, &version);
    pthread_mutex_unlock(&s->change_lock);
    if (!failed(e))
        *ret_version = version;
    return e;
}
