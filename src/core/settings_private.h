/* Private to core/settings*.c. */
#ifndef MEDLEY_CORE_SETTINGS_PRIVATE_H
#define MEDLEY_CORE_SETTINGS_PRIVATE_H

#include <pthread.h>

#include "core/settings.h"

struct value {
    json_t *json;
    enum setting_source source;
};

/* Immutable once installed. */
struct snapshot {
    int references;
    struct value values[];
};

struct settings {
    struct db *db;
    const char *const *overrides;
    const char *file_path;       /* NULL: nothing is written */
    pthread_mutex_t change_lock; /* one change at a time; held over the file and the database */
    /* set once, before anybody is served */
    struct err (*follow)(void *context, struct db_conn *tx, struct arena *a, const struct setting_differences *list);
    void *follow_context;
    json_t *file;                /* what config.yaml holds, flat: under change_lock */
    pthread_mutex_t lock;
    struct snapshot *current; /* under lock */
    uint64_t generation;      /* under lock */
};

/* NULL when the value is fine, else what is wrong. */
const char *setting_check(struct arena *a, const struct setting *row, const json_t *value);

struct err snapshot_build(struct settings *s, struct arena *a, const json_t *file,
                          struct snapshot **ret) MUST_CHECK;
void snapshot_install(struct settings *s, struct snapshot *snap);
void snapshot_unref(struct snapshot *snap);

/* Several processes on one PostgreSQL have one configuration: there the values that were changed through
 * the server live in the database, and config.yaml only gives the first ones. */
bool settings_shared(const struct settings *s);
struct err settings_store_shared(struct settings *s, struct arena *a, struct db_conn *tx, const json_t *file)
    MUST_CHECK;
/* Replaces *file by the shared values when there are any. */
struct err settings_load_shared(struct settings *s, struct arena *a, json_t **file) MUST_CHECK;

/* config.yaml (settings_yaml.c): nested maps in the file, flat dotted keys in `flat`. A missing file is
 * an empty one; keys that no row knows are kept and written back. */
struct err yaml_read(struct arena *a, const char *path, json_t *flat) MUST_CHECK;
struct err yaml_write(struct arena *a, const char *path, const json_t *flat) MUST_CHECK;

#endif
