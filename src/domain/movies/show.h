/*
 * Shows, their seasons and episodes. A show's folder lies in a library of kind tv; a season is known by its
 * number (0: specials), an episode by season and number. See movie.h for how rows are changed.
 */
#ifndef MEDLEY_DOMAIN_MOVIES_SHOW_H
#define MEDLEY_DOMAIN_MOVIES_SHOW_H

#include "domain/movies/item.h"
#include "model/episode.h"
#include "model/show.h"

struct show_list {
    struct show *items;
    size_t count;
};
struct season_list {
    VEC(struct season)
};
struct episode_list {
    VEC(struct episode)
};

extern const struct query_field show_query[];

struct err shows_list(struct db_conn *conn, struct arena *a, const struct query *query, struct show_list *ret,
                      int64_t *ret_total) MUST_CHECK;
struct err shows_by_ids(struct db_conn *conn, struct arena *a, const int64_t *ids, size_t count,
                        struct show_list *ret) MUST_CHECK;
/* ERR_NOT_FOUND "show_not_found". */
struct err show_get(struct db_conn *conn, struct arena *a, int64_t id, struct show *ret) MUST_CHECK;
struct err show_get_tmdb(struct db_conn *conn, struct arena *a, int64_t tmdb_id, struct show *ret) MUST_CHECK;
void show_clear(struct show *show);
struct err show_create(struct db_conn *tx, struct arena *a, struct show *show) MUST_CHECK;
struct err show_update(struct db_conn *tx, struct arena *a, int64_t id, const struct item_change *change,
                       struct show *ret, struct item_changes *ret_changes) MUST_CHECK;
struct err show_bin(struct db_conn *tx, struct arena *a, int64_t id, int64_t days) MUST_CHECK;
struct err show_restore(struct db_conn *tx, struct arena *a, int64_t id) MUST_CHECK;
/* With its seasons and episodes. */
struct err show_purge(struct db_conn *tx, int64_t id) MUST_CHECK;

struct show_hint {
    int64_t tmdb_id;
    int64_t tvdb_id;
    const char *imdb_id;
    const char *title;
    int64_t year;
    int64_t library_id;
    const char *folder;
};
/* By number, by folder, by folded title and year. INT_NONE when there is none. */
struct err show_match(struct db_conn *conn, struct arena *a, const struct show_hint *hint, int64_t *ret_id,
                      bool *ret_binned) MUST_CHECK;

/* Of many shows, ordered by show and number. */
struct err seasons_of(struct db_conn *conn, struct arena *a, const int64_t *shows, size_t count,
                      struct season_list *ret) MUST_CHECK;
/* ERR_NOT_FOUND "season_not_found". */
struct err season_get(struct db_conn *conn, struct arena *a, int64_t show_id, int64_t number, struct season *ret)
    MUST_CHECK;
/* Made when it is missing. */
struct err season_ensure(struct db_conn *tx, struct arena *a, int64_t show_id, int64_t number, struct season *ret)
    MUST_CHECK;
struct err season_update(struct db_conn *tx, struct arena *a, int64_t id, const struct item_change *change,
                         struct season *ret, struct item_changes *ret_changes) MUST_CHECK;

/* Of many shows, ordered by show, season and number. */
struct err episodes_of(struct db_conn *conn, struct arena *a, const int64_t *shows, size_t count,
                       struct episode_list *ret) MUST_CHECK;
struct err episodes_of_season(struct db_conn *conn, struct arena *a, int64_t season_id, struct episode_list *ret)
    MUST_CHECK;
/* ERR_NOT_FOUND "episode_not_found". */
struct err episode_get(struct db_conn *conn, struct arena *a, int64_t id, struct episode *ret) MUST_CHECK;
/* Made, with its season, when it is missing. */
struct err episode_ensure(struct db_conn *tx, struct arena *a, int64_t show_id, int64_t season, int64_t number,
                          struct episode *ret, bool *ret_created) MUST_CHECK;
struct err episode_update(struct db_conn *tx, struct arena *a, int64_t id, const struct item_change *change,
                          struct episode *ret, struct item_changes *ret_changes) MUST_CHECK;
/* Chooses the main file again and whether all are missing. A file of several episodes (episode.file_id of each)
 * counts for each. */
struct err episode_refresh_files(struct db_conn *tx, struct arena *a, int64_t id) MUST_CHECK;
/* season_count and episode_count, of the show and its seasons. */
struct err show_refresh_counts(struct db_conn *tx, int64_t show_id) MUST_CHECK;

#endif
