/*
 * One registry of settings.
 *
 * A setting is a row in core/settings.def: key, type, default, limits, safety level, secret or not,
 * environment names, help. Values come, strongest first, from the command line, the environment, changes
 * made here (config.yaml), and the default. settings_change() validates every change against its row,
 * writes config.yaml atomically (temporary name, fsync, rename), keeps a history row (undo, redo) and
 * appends one config_changed event per key, or does nothing at all.
 *
 * Reading is cheap and from any thread: the current values are one immutable snapshot. Text that is
 * returned lives in the caller's arena.
 */
#ifndef MEDLEY_CORE_SETTINGS_H
#define MEDLEY_CORE_SETTINGS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/desc.h"
#include "base/err.h"
#include "db/db.h"
#include "json/decode.h"

enum setting_type {
    SETTING_STRING,
    SETTING_PATH,
    SETTING_INT,
    SETTING_REAL,
    SETTING_BOOL,
    SETTING_ENUM,
    SETTING_LIST,   /* of strings */
    SETTING_OBJECT, /* free JSON object */
    SETTING_CRON,   /* five fields, see core/schedule.h */
};
enum setting_safety { SETTING_SAFE, SETTING_REQUIRES_RELOAD, SETTING_AFFECTS_STATE };
enum setting_source { SOURCE_DEFAULT, SOURCE_FILE, SOURCE_HERE, SOURCE_ENVIRONMENT, SOURCE_COMMAND };
enum setting_flag {
    SETTING_SECRET = 1,
    SETTING_NULLABLE = 2,
    SETTING_FIXED = 4, /* only at start: shown, not changeable through an API */
};

struct setting {
    const char *key;      /* "jobs.workers" */
    enum setting_type type;
    const char *fallback; /* default as JSON text; NULL: null */
    double min, max;      /* numbers: bounds when min < max; strings: max length */
    const char *words;    /* enum: "a|b|c" */
    enum setting_safety safety;
    uint32_t flags;
    const char *environment; /* extra environment names, space separated; MEDLEY_<KEY> always works */
    const char *help;
};
extern const struct setting setting_rows[];
extern const size_t setting_row_count;
const struct setting *setting_find(const char *key);

struct settings;
struct settings_options {
    const char *data_dir; /* config.yaml lives here */
    struct db *db;        /* history; may be NULL for tools: then changes are not kept in history */
    const char *const *overrides; /* "key=value" from the command line, NULL-terminated */
};
/* Reads defaults, config.yaml and the environment. ERR_INVALID names the key and the file. */
struct err settings_create(struct arena *a, const struct settings_options *options,
                           struct settings **ret_settings) MUST_CHECK;
void settings_destroy(struct settings *settings);

int64_t settings_int(struct settings *s, const char *key);
double settings_real(struct settings *s, const char *key);
bool settings_bool(struct settings *s, const char *key);
/* NULL when null. */
const char *settings_text(struct settings *s, struct arena *a, const char *key);
/* Any type as JSON text. */
const char *settings_json(struct settings *s, struct arena *a, const char *key);
enum setting_source settings_source(struct settings *s, const char *key);
/* Splits a SETTING_LIST; NULL-terminated array. */
const char *const *settings_list(struct settings *s, struct arena *a, const char *key);
/* Grows with every change: lets caches notice. */
uint64_t settings_generation(struct settings *s);

/* A new value from text as the environment holds it, or NULL when it does not read as the row's type. The
 * caller owns it. */
json_t *setting_from_text(const struct setting *row, const char *text);

struct setting_change {
    const char *key;
    json_t *value; /* borrowed */
};
struct setting_changes {
    VEC(struct setting_change)
};
/* The value in force of a key, as jansson: borrowed from the arena. */
json_t *settings_value(struct settings *s, struct arena *a, const char *key);

/* --- history: snapshots after each change; undo and redo move between them ----------------------- */

struct setting_version {
    int64_t id;
    int64_t at_us;
    const char *who;
    const char *note;
    bool current;
    const char *before; /* JSON objects: the changed values before and after, by key */
    const char *after;
};
struct setting_history {
    VEC(struct setting_version) /* newest first */
    bool can_undo;
    bool can_redo;
};
#define SETTING_HISTORY_MAX 50
struct err settings_history(struct settings *s, struct arena *a, int limit,
                            struct setting_history *ret_history) MUST_CHECK;
/* steps > 0 undoes, < 0 redoes. ERR_INVALID "no_such_version" when there are not that many. */
struct err settings_move(struct settings *s, struct arena *a, int steps, const char *who,
                         struct setting_version *ret_version) MUST_CHECK;

/* Takes over what another process changed (PostgreSQL). Call when a config_changed event came by: after it the
 * values that the event tells of are in force, whoever changed them. */
struct err settings_reload(struct settings *s, struct arena *a) MUST_CHECK;

/* What a change of this key asks for: "reload_client:imvdb", "restart_service" ...; NULL: nothing. */
const char *setting_action(const struct setting *row, const char **ret_target);

/* What one change, undo or redo makes different; in force only after the commit. */
struct setting_difference {
    const char *key;
    const json_t *before; /* borrowed */
    const json_t *after;
};
struct setting_differences {
    VEC(struct setting_difference)
};
/* fn is called in the transaction of every change, for what follows it; its failure refuses the change. One
 * listener; before the server serves. */
void settings_on_change(struct settings *s,
                        struct err (*fn)(void *context, struct db_conn *tx, struct arena *a,
                                         const struct setting_differences *list),
                        void *context);

/* All or nothing. Mistakes (where "body", path = key) are added for every bad key or value. */
struct err settings_change(struct settings *s, struct arena *a, const struct setting_changes *changes,
                           const char *who, const char *note, struct mistakes *mistakes) MUST_CHECK;

#endif
