/* Which releases of an artist a person wants: one row per (artist, release), by the service's ids. */
#ifndef MEDLEY_DOMAIN_INTAKE_PREFERENCE_H
#define MEDLEY_DOMAIN_INTAKE_PREFERENCE_H

#include "base/arena.h"
#include "base/desc.h"
#include "db/db.h"

struct preference {
    const char *artist_id;
    const char *release_id;
    int8_t selected;
};
extern const struct shape preference_shape;
struct preferences {
    VEC(struct preference)
};

/* By artist, then release. */
struct err preferences_list(struct db_conn *conn, struct arena *a, struct preferences *ret) MUST_CHECK;
/* Adds and changes, ids trimmed; of two about the same release the first counts. No items: all rows go.
 * ERR_INVALID "blank_id". */
struct err preferences_put(struct db_conn *tx, struct arena *a, const struct preference *items,
                           size_t count) MUST_CHECK;

#endif
