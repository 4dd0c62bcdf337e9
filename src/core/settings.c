/* The values in force: one snapshot of every row, replaced as a whole by each change. */
#include "core/settings_private.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "core/events.h"
#include "core/schedule.h"
#include "json/writer.h"

/* --- checking a value ------------------------------------------------------------------------------- */

static bool word_in(const char *words, const char *word)
{
    size_t len = strlen(word);
    for (const char *p = words; *p;) {
        size_t part = strcspn(p, "|");
        if (part == len && strncasecmp(p, word, len) == 0)
            return true;
        p += part + (p[part] == '|');
    }
    return false;
}

static const char *check_number(struct arena *a, const struct setting *row, double value)
{
    if (row->min < row->max && (value < row->min || value > row->max))
        return arena_printf(a, "must be between %.15g and %.15g", row->min, row->max);
    return NULL;
}

static const char *check_text(struct arena *a, const struct setting *row, const char *text)
{
    size_t len = strlen(text);
    if (row->type == SETTING_ENUM && !word_in(row->words, text))
        return arena_printf(a, "must be one of %s", row->words);
    struct cron cron;
    if (row->type == SETTING_CRON && (!cron_parse(text, &cron) || cron_next(&cron, time_now_us()) == TIME_NONE))
        return "must be a cron expression of five fields";
    if (row->type != SETTING_STRING)
        return NULL;
    if ((double)len < row->min)
        return arena_printf(a, "must be at least %.0f characters", row->min);
    if (row->max > 0 && (double)len > row->max)
        return arena_printf(a, "must be at most %.0f characters", row->max);
    if (strcmp(row->key, "tags.auto_decade.format") == 0 && !strstr(text, "{decade}"))
        return "must contain {decade}";
    return NULL;
}

static const char *check_list(const json_t *value)
{
    size_t index;
    json_t *item;
    if (!json_is_array(value))
        return "must be a list";
    json_array_foreach (value, index, item) {
        if (!json_is_string(item))
            return "must be a list of strings";
    }
    return NULL;
}

const char *setting_check(struct arena *a, const struct setting *row, const json_t *value)
{
    if (json_is_null(value))
        return row->flags & SETTING_NULLABLE ? NULL : "must not be null";
    switch (row->type) {
    case SETTING_BOOL:
        return json_is_boolean(value) ? NULL : "must be a boolean";
    case SETTING_INT:
        return json_is_integer(value) ? check_number(a, row, (double)json_integer_value(value))
                                      : "must be an integer";
    case SETTING_REAL:
        return json_is_number(value) ? check_number(a, row, json_number_value(value))
                                     : "must be a number";
    case SETTING_STRING:
    case SETTING_PATH:
    case SETTING_ENUM:
    case SETTING_CRON:
        return json_is_string(value) ? check_text(a, row, json_string_value(value))
                                     : "must be a string";
    case SETTING_LIST:
        return check_list(value);
    case SETTING_OBJECT:
        return json_is_object(value) ? NULL : "must be an object";
    }
    return "has an unknown type";
}

json_t *setting_from_text(const struct setting *row, const char *text)
{
    int64_t number;
    int8_t truth;
    switch (row->type) {
    case SETTING_BOOL:
        return text_to_bool(text, &truth) ? json_boolean(truth) : NULL;
    case SETTING_INT:
        return text_to_int(text, &number) ? json_integer(number) : NULL;
    case SETTING_REAL: {
        char *end;
        double value = strtod(text, &end);
        return *text && !*end ? json_real(value) : NULL;
    }
    case SETTING_LIST: {
        json_t *list = json_array();
        for (const char *p = text; *p;) {
            size_t len = strcspn(p, ",");
            if (len)
                json_array_append_new(list, json_stringn(p, len));
            p += len + (p[len] == ',');
        }
        return list;
    }
    case SETTING_OBJECT:
        return json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    default:
        return json_string(text);
    }
}

/* --- building the snapshot ---------------------------------------------------------------------------- */

static const char *from_environment(const struct setting *row)
{
    char name[128] = "MEDLEY_";
    size_t used = strlen(name);
    for (const char *p = row->key; *p && used + 1 < sizeof(name); p++)
        name[used++] = *p == '.' ? '_' : (char)toupper((unsigned char)*p);
    name[used] = 0;
    const char *value = getenv(name);
    for (const char *p = row->environment; !value && p && *p;) {
        size_t len = strcspn(p, " ");
        char alias[96];
        snprintf(alias, sizeof(alias), "%.*s", (int)len, p);
        value = getenv(alias);
        p += len + (p[len] == ' ');
    }
    return value && *value ? value : NULL;
}

static const char *from_command(const struct settings *s, const char *key)
{
    size_t len = strlen(key);
    const char *found = NULL;
    for (const char *const *o = s->overrides; o && *o; o++) {
        if (strncmp(*o, key, len) == 0 && (*o)[len] == '=')
            found = *o + len + 1;
    }
    return found;
}

static struct err pick(struct settings *s, struct arena *a, size_t index, const json_t *file,
                       struct value *ret)
{
    const struct setting *row = &setting_rows[index];
    const char *text = from_command(s, row->key);
    enum setting_source source = SOURCE_COMMAND;
    if (!text) {
        text = from_environment(row);
        source = SOURCE_ENVIRONMENT;
    }
    json_t *value = NULL;
    if (text) {
        value = setting_from_text(row, text);
    } else if (file && json_object_get(file, row->key)) {
        value = json_incref(json_object_get(file, row->key));
        source = SOURCE_HERE;
    } else {
        value = row->fallback ? json_loads(row->fallback, JSON_DECODE_ANY, NULL) : json_null();
        source = SOURCE_DEFAULT;
    }
    const char *wrong = value ? setting_check(a, row, value) : "cannot be read";
    if (wrong) {
        json_decref(value);
        struct err e = err_f(a, ERR_INVALID, "bad_setting", "Invalid value for %s: %s", row->key, wrong);
        e.field = row->key;
        return e;
    }
    *ret = (struct value){value, source};
    return OK;
}

void snapshot_unref(struct snapshot *snap)
{
    if (!snap || __atomic_sub_fetch(&snap->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    for (size_t i = 0; i < setting_row_count; i++)
        json_decref(snap->values[i].json);
    free(snap);
}

static struct snapshot *snapshot_ref(struct settings *s)
{
    pthread_mutex_lock(&s->lock);
    struct snapshot *snap = s->current;
    __atomic_add_fetch(&snap->references, 1, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&s->lock);
    return snap;
}

/* Values read without locking: jansson's counts are not atomic, so readers only look, never incref. */
struct err snapshot_build(struct settings *s, struct arena *a, const json_t *file,
                          struct snapshot **ret)
{
    struct snapshot *snap = calloc(1, sizeof(*snap) + setting_row_count * sizeof(struct value));
    CHECK(snap != NULL);
    snap->references = 1;
    struct err first = OK;
    for (size_t i = 0; i < setting_row_count; i++) {
        struct err e = pick(s, a, i, file, &snap->values[i]);
        if (failed(e) && !failed(first))
            first = e;
    }
    if (failed(first)) {
        snapshot_unref(snap);
        return first;
    }
    *ret = snap;
    return OK;
}

void snapshot_install(struct settings *s, struct snapshot *snap)
{
    pthread_mutex_lock(&s->lock);
    struct snapshot *old = s->current;
    s->current = snap;
    s->generation++;
    pthread_mutex_unlock(&s->lock);
    snapshot_unref(old);
}

/* --- reading ---------------------------------------------------------------------------------------- */

static size_t index_of(const char *key)
{
    for (size_t i = 0; i < setting_row_count; i++) {
        if (strcmp(setting_rows[i].key, key) == 0)
            return i;
    }
    CHECK(!"a setting in settings.def");
    return 0;
}

int64_t settings_int(struct settings *s, const char *key)
{
    struct snapshot *snap = snapshot_ref(s);
    int64_t value = json_integer_value(snap->values[index_of(key)].json);
    snapshot_unref(snap);
    return value;
}

double settings_real(struct settings *s, const char *key)
{
    struct snapshot *snap = snapshot_ref(s);
    double value = json_number_value(snap->values[index_of(key)].json);
    snapshot_unref(snap);
    return value;
}

bool settings_bool(struct settings *s, const char *key)
{
    struct snapshot *snap = snapshot_ref(s);
    bool value = json_is_true(snap->values[index_of(key)].json);
    snapshot_unref(snap);
    return value;
}

const char *settings_text(struct settings *s, struct arena *a, const char *key)
{
    struct snapshot *snap = snapshot_ref(s);
    const char *text = arena_strdup(a, json_string_value(snap->values[index_of(key)].json));
    snapshot_unref(snap);
    return text;
}

const char *settings_json(struct settings *s, struct arena *a, const char *key)
{
    struct snapshot *snap = snapshot_ref(s);
    const char *text = json_keep(a, snap->values[index_of(key)].json);
    snapshot_unref(snap);
    return text;
}

static void release(void *value)
{
    json_decref(value);
}

json_t *settings_value(struct settings *s, struct arena *a, const char *key)
{
    struct snapshot *snap = snapshot_ref(s);
    json_t *copy = json_deep_copy(snap->values[index_of(key)].json);
    snapshot_unref(snap);
    arena_defer(a, release, copy);
    return copy;
}

enum setting_source settings_source(struct settings *s, const char *key)
{
    struct snapshot *snap = snapshot_ref(s);
    enum setting_source source = snap->values[index_of(key)].source;
    snapshot_unref(snap);
    return source;
}

const char *const *settings_list(struct settings *s, struct arena *a, const char *key)
{
    struct snapshot *snap = snapshot_ref(s);
    const json_t *list = snap->values[index_of(key)].json;
    size_t count = json_array_size(list);
    const char **items = arena_array(a, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        items[i] = arena_strdup(a, json_string_value(json_array_get(list, i)));
    snapshot_unref(snap);
    return items;
}

uint64_t settings_generation(struct settings *s)
{
    pthread_mutex_lock(&s->lock);
    uint64_t generation = s->generation;
    pthread_mutex_unlock(&s->lock);
    return generation;
}

/* --- life -------------------------------------------------------------------------------------------- */

/* A key on the command line that no row knows is a typing mistake. */
static struct err check_overrides(struct arena *a, const char *const *overrides)
{
    for (; overrides && *overrides; overrides++) {
        const char *key = arena_strndup(a, *overrides, strcspn(*overrides, "="));
        if (!setting_find(key))
            return err_f(a, ERR_INVALID, "bad_setting", "no setting is called %s (medley dump settings)", key);
    }
    return OK;
}

struct err settings_create(struct arena *a, const struct settings_options *options,
                           struct settings **ret_settings)
{
    TRY(check_overrides(a, options->overrides));
    struct settings *s = calloc(1, sizeof(*s));
    CHECK(s != NULL);
    pthread_mutex_init(&s->lock, NULL);
    pthread_mutex_init(&s->change_lock, NULL);
    s->db = options->db;
    s->overrides = options->overrides;
    s->file_path = options->data_dir ? arena_printf(a, "%s/config.yaml", options->data_dir) : NULL;
    s->file = json_object();
    struct err e = s->file_path ? yaml_read(a, s->file_path, s->file) : OK;
    if (!failed(e))
        e = settings_load_shared(s, a, &s->file);
    if (!failed(e))
        e = snapshot_build(s, a, s->file, &s->current);
    if (failed(e)) {
        settings_destroy(s);
        return e;
    }
    *ret_settings = s;
    return OK;
}

void settings_destroy(struct settings *s)
{
    if (!s)
        return;
    snapshot_unref(s->current);
    json_decref(s->file);
    pthread_mutex_destroy(&s->lock);
    pthread_mutex_destroy(&s->change_lock);
    free(s);
}

const char *setting_action(const struct setting *row, const char **ret_target)
{
    static const struct {
        const char *prefix;
        const char *action;
        const char *target;
    } actions[] = {
        {"apis.imvdb.", "reload_client:imvdb", "imvdb"},
        {"apis.discogs.", "reload_client:discogs", "discogs"},
        {"apis.spotify.", "reload_client:spotify", "spotify"},
        {"trash.trash_dir", "restart_file_manager", "file_manager"},
        {"thumbnail.cache_dir", "restart_file_manager", "file_manager"},
        {"backup.output_dir", "restart_file_manager", "file_manager"},
    };
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        if (strncmp(row->key, actions[i].prefix, strlen(actions[i].prefix)) == 0) {
            *ret_target = actions[i].target;
            return actions[i].action;
        }
    }
    *ret_target = "application";
    return row->safety == SETTING_SAFE ? NULL : "restart_service";
}
