/*
 * What movies, shows, seasons and episodes have in common: reading, creating and changing a row together
 * with its word lists, locks, derived columns, provenance and event.
 *
 * A `struct item_kind` is the row that describes one of the four. Callers mostly use movie.h and show.h;
 * those wrap these functions for their struct. Records live in the caller's arena.
 */
#ifndef MEDLEY_DOMAIN_MOVIES_ITEM_H
#define MEDLEY_DOMAIN_MOVIES_ITEM_H

#include "base/arena.h"
#include "base/desc.h"
#include "base/err.h"
#include "db/db.h"
#include "db/query.h"
#include "model/item.h"

struct item_kind {
    enum item_type type;
    const char *table;
    const char *not_found; /* error code */
    const char *missing;   /* "Movie with ID %lld not found" */
    const struct shape *shape;
    const struct query_field *query; /* NULL: not listed by query */
    bool has_words;
    bool has_bin; /* deleted rows stay for a while */
    int event_created; /* enum event_kind */
    int event_updated;
    const char *event_key; /* "movie_id" */
    const char *subject;   /* the member whose value the event carries: "id", "show_id" */
    void (*derive)(struct arena *a, void *object);
};
extern const struct item_kind movie_kind;
extern const struct item_kind show_kind;
extern const struct item_kind season_kind;
extern const struct item_kind episode_kind;
const struct item_kind *item_kind_of(enum item_type type);

enum item_how {
    ITEM_BY_SYSTEM, /* writes what is given; no locks */
    ITEM_BY_IMPORT, /* locked fields are left alone, "no value" erases nothing */
    ITEM_BY_USER,   /* a field that changes is locked */
};

struct item_change {
    const void *values;    /* struct of the kind */
    struct presence which; /* fields of its shape that are meant */
    enum item_how how;
    int64_t named_locks; /* locks that the request itself sets (from values' `locks`) */
    const char *source;  /* kept per field: "nfo", "tmdb", "user"; NULL: not kept */
};

struct item_changes {
    VEC(const char *) /* fields, and "<field>_locked" */
};

/* With its word lists; never from the bin. */
struct err item_get(struct db_conn *conn, struct arena *a, const struct item_kind *kind, int64_t id,
                    void *ret_object) MUST_CHECK;
/* The rows, their word lists, and (when asked) how many there are without the page. */
struct err item_list(struct db_conn *conn, struct arena *a, const struct item_kind *kind,
                     const struct query *query, struct list *ret_items, int64_t *ret_total) MUST_CHECK;
/* Fills id, times and derived members; words are stored; tells. */
struct err item_create(struct db_conn *tx, struct arena *a, const struct item_kind *kind, void *object)
    MUST_CHECK;
/* Writes the differences. *ret_object is the row afterwards; ret_changes is empty when nothing differed. */
struct err item_update(struct db_conn *tx, struct arena *a, const struct item_kind *kind, int64_t id,
                       const struct item_change *change, void *ret_object,
                       struct item_changes *ret_changes) MUST_CHECK;
/* Into the bin until purge_at. ERR_NOT_FOUND when it is there already. */
struct err item_bin(struct db_conn *tx, struct arena *a, const struct item_kind *kind, int64_t id,
                    int64_t purge_at, int event) MUST_CHECK;
struct err item_restore(struct db_conn *tx, struct arena *a, const struct item_kind *kind, int64_t id)
    MUST_CHECK;
/* Removes the row with its words, credits and pictures' rows; files keep their rows and lose the owner. */
struct err item_purge(struct db_conn *tx, const struct item_kind *kind, int64_t id, int event) MUST_CHECK;
/* Tells that something about it changed, for side tables: changes NULL-terminated. */
struct err item_tell(struct db_conn *tx, const struct item_kind *kind, int event, int64_t subject,
                     const char *const *changes, size_t count) MUST_CHECK;

int64_t item_id(const struct item_kind *kind, const void *object);

#endif
