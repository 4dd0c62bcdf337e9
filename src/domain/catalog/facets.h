/*
 * What there is to filter by, and how often; what the search box suggests; searches kept by name.
 *
 * Facets are counted once and remembered until something changes (or, for changes by another process, some
 * seconds), so asking again costs nothing. While one thread counts, others wait for it.
 */
#ifndef MEDLEY_DOMAIN_CATALOG_FACETS_H
#define MEDLEY_DOMAIN_CATALOG_FACETS_H

#include "db/db.h"

/* Where a list has videos without the attribute, it starts with this and their number. */
struct facet {
    const char *value;
    int64_t count;
};
struct facets {
    struct list tags;      /* struct facet; most used first, then by name */
    struct list genres;
    struct list years;     /* newest first */
    struct list directors;
    int64_t total_videos;  /* that are not deleted */
};
/* Valid as long as the arena. */
struct err catalog_facets(struct db_conn *conn, struct arena *a, bool include_deleted,
                          const struct facets **ret_facets) MUST_CHECK;

struct suggestions {
    struct list titles; /* const char * */
    struct list artists;
    struct list albums;
};
/* Names that contain the text, each once, at most `limit` of a kind. */
struct err catalog_suggest(struct db_conn *conn, struct arena *a, const char *text, int64_t limit,
                           struct suggestions *ret_suggestions) MUST_CHECK;

struct saved_search {
    int64_t id;
    const char *name;
    const char *description;
    const char *query; /* a JSON object, as given */
    int64_t created_at;
    int64_t updated_at;
};
extern const struct shape saved_search_shape;
struct saved_searches {
    VEC(struct saved_search)
};
struct err catalog_save_search(struct db_conn *tx, struct arena *a, const struct saved_search *search,
                               int64_t *ret_id) MUST_CHECK;
/* Newest first. */
struct err catalog_saved_searches(struct db_conn *conn, struct arena *a,
                                  struct saved_searches *ret_list) MUST_CHECK;
/* ERR_NOT_FOUND "saved_search_not_found". */
struct err catalog_saved_search(struct db_conn *conn, struct arena *a, int64_t id,
                                struct saved_search *ret_search) MUST_CHECK;
struct err catalog_forget_search(struct db_conn *tx, struct arena *a, int64_t id) MUST_CHECK;

#endif
