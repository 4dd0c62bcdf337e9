/*
 * What the files of this area share: "there is no such record", and parts of texts as patterns.
 *
 * Functions of the area take a connection. Those that write say `tx` and want one that is inside a
 * transaction, so that a caller combines several of them, the event included, into one commit. Results
 * live in the arena. Any thread.
 */
#ifndef MEDLEY_DOMAIN_CATALOG_CATALOG_H
#define MEDLEY_DOMAIN_CATALOG_CATALOG_H

#include "db/db.h"

/* ERR_NOT_FOUND with the id in `field`: catalog_missing(a, "video_not_found", "Video not found: %lld", 7) */
struct err catalog_missing(struct arena *a, const char *code, const char *fmt, int64_t id) MUST_CHECK;
/* A unique key clashed (ERR_CONFLICT "unique_violation"): in words for people, `field` kept. */
struct err catalog_clash(struct arena *a, struct err e, const char *noun) MUST_CHECK;
/* "%text%" for `column LIKE $1 ESCAPE '\\'` over a folded column: folded, wildcards taken literally. NULL
 * for a text that folds to nothing: no filter. */
const char *catalog_like(struct arena *a, const char *text);

struct catalog_window {
    int64_t limit; /* 0: 100 */
    int64_t offset;
};
static inline int64_t window_limit(const struct catalog_window *window)
{
    return window->limit > 0 ? window->limit : 100;
}

#endif
