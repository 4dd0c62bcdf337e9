/*
 * Movies: the rows that the Metarr and the Haas.Media API show. One movie is one row, however many files and
 * libraries it has; a TMDb number stands for one row. Word lists (genres ...) come with every row that is
 * read. Functions that write take the caller's transaction and append the event.
 *
 *     struct item_change change = {.values = &wanted, .which = which, .how = ITEM_BY_USER, .source = "user"};
 *     TRY(movie_update(tx.conn, a, id, &change, &movie, &changes));
 *
 * People, pictures and files of a page of movies: credits_of(), assets_of(), media_files_of_many("movie_id").
 */
#ifndef MEDLEY_DOMAIN_MOVIES_MOVIE_H
#define MEDLEY_DOMAIN_MOVIES_MOVIE_H

#include "domain/movies/item.h"
#include "model/movie.h"

struct movie_list {
    struct movie *items;
    size_t count;
};

/* What lists of movies may filter and sort by (contract of document 004, section 4). */
extern const struct query_field movie_query[];

/* Not from the bin. query->fields must be movie_query. ret_total NULL: not counted. */
struct err movies_list(struct db_conn *conn, struct arena *a, const struct query *query, struct movie_list *ret,
                       int64_t *ret_total) MUST_CHECK;
/* In the order of the ids, without those that are unknown or in the bin. */
struct err movies_by_ids(struct db_conn *conn, struct arena *a, const int64_t *ids, size_t count,
                         struct movie_list *ret) MUST_CHECK;
/* ERR_NOT_FOUND "movie_not_found". */
struct err movie_get(struct db_conn *conn, struct arena *a, int64_t id, struct movie *ret) MUST_CHECK;
struct err movie_get_tmdb(struct db_conn *conn, struct arena *a, int64_t tmdb_id, struct movie *ret) MUST_CHECK;
/* "No value" everywhere, then what a new row starts with. */
void movie_clear(struct movie *movie);
/* ERR_CONFLICT "unique_violation" when the TMDb number is taken. Fills id, times and derived members. */
struct err movie_create(struct db_conn *tx, struct arena *a, struct movie *movie) MUST_CHECK;
struct err movie_update(struct db_conn *tx, struct arena *a, int64_t id, const struct item_change *change,
                        struct movie *ret, struct item_changes *ret_changes) MUST_CHECK;
/* Into the bin for `days`; out of it; gone for good (files keep their rows, and nothing happens on disk). */
struct err movie_bin(struct db_conn *tx, struct arena *a, int64_t id, int64_t days) MUST_CHECK;
struct err movie_restore(struct db_conn *tx, struct arena *a, int64_t id) MUST_CHECK;
struct err movie_purge(struct db_conn *tx, int64_t id) MUST_CHECK;
/* Chooses the main file again and whether all files are missing, from the rows of its files. */
struct err movie_refresh_files(struct db_conn *tx, struct arena *a, int64_t id) MUST_CHECK;

/* What a file or a provider knows of a movie, to find its row. */
struct movie_hint {
    int64_t tmdb_id;
    const char *imdb_id;
    const char *title;
    int64_t year;
    int64_t library_id; /* INT_NONE: anywhere */
    const char *folder;
};
/* The row by number, else by folded title and year (without a year: in the same folder). INT_NONE when there
 * is none. A row in the bin is found by number only; *ret_binned tells. */
struct err movie_match(struct db_conn *conn, struct arena *a, const struct movie_hint *hint, int64_t *ret_id,
                       bool *ret_binned) MUST_CHECK;

/* The collection with this TMDb number or name, made when missing. */
struct err movie_set_ensure(struct db_conn *tx, struct arena *a, struct movie_set *set) MUST_CHECK;
struct err movie_set_get(struct db_conn *conn, struct arena *a, int64_t id, struct movie_set *ret) MUST_CHECK;

/* The members of document 004's completeness (contract 16.5). */
extern const char *const movie_complete_fields[];
extern const size_t movie_complete_field_count;

#endif
