/* Numbers over movies and shows: per library, and how complete they are. */
#ifndef MEDLEY_DOMAIN_MOVIES_COUNT_H
#define MEDLEY_DOMAIN_MOVIES_COUNT_H

#include "base/arena.h"
#include "base/err.h"
#include "db/db.h"

struct library_count {
    int64_t library_id;
    int64_t total;
    int64_t unidentified;
    int64_t identified;
    int64_t enriched; /* or published */
};
struct library_counts {
    VEC(struct library_count)
};
/* Movies and shows together; a library without any has no row. */
struct err library_counts(struct db_conn *conn, struct arena *a, struct library_counts *ret) MUST_CHECK;

/* Monitored movies by completeness: 90 and more, 60 to 89, less. */
struct completeness_count {
    int64_t total;
    int64_t enriched;
    int64_t partial;
    int64_t unenriched;
    int64_t average; /* rounded; 0 when there are none */
};
struct err completeness_count(struct db_conn *conn, struct completeness_count *ret) MUST_CHECK;

#endif
