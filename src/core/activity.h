/*
 * The activity log: what people read to see what the server did. One row per entry, written in the
 * transaction of what it tells of, together with an `activity` event. Kept until it is removed by hand.
 */
#ifndef MEDLEY_CORE_ACTIVITY_H
#define MEDLEY_CORE_ACTIVITY_H

#include <stdint.h>

#include "base/arena.h"
#include "base/desc.h"
#include "base/err.h"
#include "db/db.h"

struct activity {
    int64_t id;
    int64_t at;
    const char *type;
    const char *status;
    const char *details; /* JSON object; NULL: none */
};
extern const struct shape activity_shape;
struct activity_list {
    VEC(struct activity)
};

/* `details` is a JSON object or NULL. `tx` must be a transaction. */
struct err activity_add(struct db_conn *tx, const char *type, const char *status, const char *details)
    MUST_CHECK;

struct activity_filter {
    const char *type;   /* exact; NULL: any */
    const char *status; /* exact; NULL: any */
    int64_t from_us;    /* inclusive; TIME_NONE: open */
    int64_t to_us;      /* inclusive; TIME_NONE: open */
    int64_t limit;      /* INT_NONE: all */
    int64_t offset;
};
/* Newest first. */
struct err activity_read(struct db_conn *conn, struct arena *a, const struct activity_filter *filter,
                         struct activity_list *ret) MUST_CHECK;
struct err activity_count(struct db_conn *conn, struct arena *a, const struct activity_filter *filter,
                          int64_t *ret_count) MUST_CHECK;

#endif
