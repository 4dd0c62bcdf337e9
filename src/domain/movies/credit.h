/* Who did what in movies, shows and episodes. Records live in the caller's arena. */
#ifndef MEDLEY_DOMAIN_MOVIES_CREDIT_H
#define MEDLEY_DOMAIN_MOVIES_CREDIT_H

#include "base/arena.h"
#include "base/desc.h"
#include "base/err.h"
#include "db/db.h"
#include "model/person.h"

struct credit_list {
    VEC(struct credit)
};

/* Of many items of one type, with their people: ordered by item, kind, position. Without what was removed
 * by hand. One query. */
struct err credits_of(struct db_conn *conn, struct arena *a, enum item_type type, const int64_t *ids, size_t count,
                      struct credit_list *ret) MUST_CHECK;
/* Everything a person did. */
struct err credits_of_person(struct db_conn *conn, struct arena *a, int64_t person_id, struct credit_list *ret)
    MUST_CHECK;

/* One line of a cast or crew list as an NFO or a provider tells it. */
struct credit_line {
    struct person person; /* shape_clear()ed, then name, tmdb_id ...: for person_upsert */
    const char *role;
    const char *job;
    const char *department;
};
struct credit_lines {
    VEC(struct credit_line)
};
/* Replaces the cast or the crew of an item: same people keep their row. What was removed by hand stays out, a
 * locked role stays, and with keep_order so do the positions of those who stay. */
struct err credits_set(struct db_conn *tx, struct arena *a, enum item_type type, int64_t item_id,
                       enum credit_kind kind, struct credit_lines *lines, bool keep_order) MUST_CHECK;
/* Makes the crew with this job exactly these names. */
struct err credits_sync_job(struct db_conn *tx, struct arena *a, enum item_type type, int64_t item_id,
                            const char *job, const char *department, const struct list *names) MUST_CHECK;
/* People named by an item (a show: with its seasons and episodes): to be looked at when it goes. */
struct err credits_persons(struct db_conn *conn, struct arena *a, enum item_type type, int64_t item_id,
                           struct list *ret_ids) MUST_CHECK;

#endif
