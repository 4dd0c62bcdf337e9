/* People of movies and shows. Records live in the caller's arena. */
#ifndef MEDLEY_DOMAIN_MOVIES_PERSON_H
#define MEDLEY_DOMAIN_MOVIES_PERSON_H

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"
#include "model/person.h"

struct person_list {
    VEC(struct person)
};

/* The person with this TMDb number, else one of the same name without a number; made when there is none.
 * Members that are given (not "no value") replace what is known. Fills *person with the whole row. */
struct err person_upsert(struct db_conn *tx, struct arena *a, struct person *person) MUST_CHECK;
/* ERR_NOT_FOUND "person_not_found". */
struct err person_get(struct db_conn *conn, struct arena *a, int64_t id, struct person *ret) MUST_CHECK;
struct err person_get_tmdb(struct db_conn *conn, struct arena *a, int64_t tmdb_id, struct person *ret) MUST_CHECK;
/* By popularity, most popular first. `contains` NULL: all. `known`: only people with a TMDb number. */
struct err persons_list(struct db_conn *conn, struct arena *a, const char *contains, bool known, int64_t offset,
                        int64_t limit, struct person_list *ret, int64_t *ret_total) MUST_CHECK;
/* Removes a person that nothing names any more; *ret_removed tells. */
struct err person_remove_orphan(struct db_conn *tx, int64_t id, bool *ret_removed) MUST_CHECK;

#endif
