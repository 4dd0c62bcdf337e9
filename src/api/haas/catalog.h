/*
 * Movies, shows and people as document 003 shows them (contract 3.6): views over the rows of
 * domain/movies. Everything lives in the given arena.
 *
 * The document's ids are TMDb numbers. What has none yet is shown under OWN_ID_BASE plus our own number:
 * TMDb is far from there, and a client's 32 bits reach it.
 */
#ifndef MEDLEY_API_HAAS_CATALOG_H
#define MEDLEY_API_HAAS_CATALOG_H

#include "api/haas/libraries.h"
#include "domain/movies/movie.h"
#include "domain/movies/show.h"

#define OWN_ID_BASE INT64_C(2000000000)

int64_t haas_media_id(int64_t tmdb_id, int64_t id);
/* By the document's id; ERR_NOT_FOUND. */
struct err haas_movie_find(struct db_conn *conn, struct arena *a, int64_t media_id, struct movie *ret) MUST_CHECK;
struct err haas_show_find(struct db_conn *conn, struct arena *a, int64_t media_id, struct show *ret) MUST_CHECK;

/* Where libraries lie, for paths of files: as clients spell them. */
struct catalog {
    struct db_conn *conn;
    struct arena *arena;
    struct library_list libraries; /* of every kind */
    const char *const *folders;    /* of each */
    const char *country;           /* preferred, two capital letters */
};
struct err catalog_open(struct core *core, struct db_conn *conn, struct arena *a, struct catalog *ret) MUST_CHECK;
/* NULL when the library is gone. */
const char *catalog_path(const struct catalog *c, struct arena *a, int64_t library_id, const char *path);
const struct library *catalog_library(const struct catalog *c, int64_t library_id);

extern const struct shape haas_movie_shape;
extern const struct shape haas_show_shape;

/* Appends the records to an open array; relations are loaded by one query each. Shows come ordered by id. */
struct err haas_write_movies(struct jw *w, const struct catalog *c, struct arena *a, const struct movie *movies,
                             size_t count) MUST_CHECK;
struct err haas_write_shows(struct jw *w, const struct catalog *c, struct arena *a, const struct show *shows,
                            size_t count) MUST_CHECK;

/* --- shared between the two files ------------------------------------------------------------------------ */

struct credit_views {
    struct list cast;
    struct list crew;
};
extern const struct shape haas_cast_shape;
extern const struct shape haas_crew_shape;
struct credit_list;
/* Those of one item out of a list that is ordered by item. */
struct credit_views haas_credits_of(struct arena *a, const struct credit_list *all, int64_t item_id);
/* "2008-01-20" as midnight UTC; TIME_NONE when it is no date. */
int64_t haas_date(const char *text);
static inline const char *or_empty(const char *text)
{
    return text ? text : "";
}
static inline double or_zero(double value)
{
    return value >= 0 ? value : 0; /* false for NAN, too */
}
static inline int64_t or_none(int64_t value)
{
    return value == INT_NONE ? 0 : value;
}

#endif
