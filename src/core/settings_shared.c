/* The values that several processes on one PostgreSQL share. */
#include <string.h>

#include "core/settings_private.h"

#define VALUES_FACT "settings.values"

bool settings_shared(const struct settings *s)
{
    return s->db && db_driver(s->db) == DB_POSTGRES;
}

struct err settings_store_shared(struct settings *s, struct arena *a, struct db_conn *tx, const json_t *file)
{
    if (!settings_shared(s))
        return OK;
    return db_exec(tx,
                   "INSERT INTO fact (name, value) VALUES ($1, $2)"
                   " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                   "tt", VALUES_FACT, json_keep(a, file));
}

struct err settings_load_shared(struct settings *s, struct arena *a, json_t **file)
{
    ROWS(rows);
    if (!settings_shared(s))
        return OK;
    TRY(db_query(db_reader(s->db), &rows, "SELECT value FROM fact WHERE name = $1", "t", VALUES_FACT));
    const char *text = rows_next(&rows) ? rows_text(&rows, a, 0) : NULL;
    TRY(rows_end(&rows));
    json_t *values = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (text && !json_is_object(values)) {
        json_decref(values);
        return err_make(ERR_STORAGE, "bad_settings", "The settings in the database cannot be read");
    }
    if (values) {
        json_decref(*file);
        *file = values;
    }
    return OK;
}

static struct err reload_locked(struct settings *s, struct arena *a)
{
    struct snapshot *next;
    json_t *values = json_incref(s->file);
    struct err e = settings_load_shared(s, a, &values);
    if (failed(e) || json_equal(values, s->file)) {
        json_decref(values);
        return e;
    }
    e = snapshot_build(s, a, values, &next);
    if (failed(e)) {
        json_decref(values);
        return e;
    }
    json_decref(s->file);
    s->file = values;
    snapshot_install(s, next);
    return OK;
}

struct err settings_reload(struct settings *s, struct arena *a)
{
    /* The lock also waits for a change of this process whose event came before its values were in force. */
    pthread_mutex_lock(&s->change_lock);
    struct err e = settings_shared(s) ? reload_locked(s, a) : OK;
    pthread_mutex_unlock(&s->change_lock);
    return e;
}
