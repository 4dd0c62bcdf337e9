/* Finding the row of a movie, and its collection. */
#include <string.h>

#include "base/fold.h"
#include "domain/movies/movie.h"

static struct err by_number(struct db_conn *conn, struct arena *a, const struct movie_hint *hint, int64_t *ret_id,
                            bool *ret_binned)
{
    ROWS(rows);
    (void)a;
    if (hint->tmdb_id != INT_NONE)
        TRY(db_query(conn, &rows, "SELECT id, deleted_at FROM movie WHERE tmdb_id = $1", "i", hint->tmdb_id));
    else if (hint->imdb_id)
        TRY(db_query(conn, &rows,
                     "SELECT id, deleted_at FROM movie WHERE imdb_id = $1 ORDER BY deleted_at IS NOT NULL, id LIMIT 1",
                     "t", hint->imdb_id));
    else
        return OK;
    if (rows_next(&rows)) {
        *ret_id = rows_int(&rows, 0);
        *ret_binned = !rows_is_null(&rows, 1);
    }
    return rows_end(&rows);
}

/* A row that has another number is another movie of the same name. */
static bool agrees(const struct rows *rows, const struct movie_hint *hint)
{
    int64_t tmdb_id = rows_int(rows, 1);
    int64_t year = rows_int(rows, 2);
    if (hint->tmdb_id != INT_NONE && tmdb_id != INT_NONE && tmdb_id != hint->tmdb_id)
        return false;
    if (hint->year != INT_NONE && year != INT_NONE)
        return hint->year == year;
    size_t len;
    const char *folder = rows_peek(rows, 4, &len);
    return hint->folder && *hint->folder && folder && rows_int(rows, 3) == hint->library_id &&
           strcmp(folder, hint->folder) == 0;
}

static struct err by_title(struct db_conn *conn, struct arena *a, const struct movie_hint *hint, int64_t *ret_id)
{
    ROWS(rows);
    const char *key = fold_match_key(a, hint->title);
    if (!key || !*key)
        return OK;
    TRY(db_query(conn, &rows,
                 "SELECT id, tmdb_id, year, library_id, folder FROM movie WHERE match_key = $1"
                 " AND deleted_at IS NULL ORDER BY id LIMIT 200",
                 "t", key));
    while (*ret_id == INT_NONE && rows_next(&rows)) {
        if (agrees(&rows, hint))
            *ret_id = rows_int(&rows, 0);
    }
    return rows_end(&rows);
}

struct err movie_match(struct db_conn *conn, struct arena *a, const struct movie_hint *hint, int64_t *ret_id,
                       bool *ret_binned)
{
    int64_t id = INT_NONE;
    bool binned = false;
    TRY(by_number(conn, a, hint, &id, &binned));
    if (id == INT_NONE)
        TRY(by_title(conn, a, hint, &id));
    *ret_id = id;
    *ret_binned = binned;
    return OK;
}

/* --- collections ---------------------------------------------------------------------------------------- */

struct err movie_set_get(struct db_conn *conn, struct arena *a, int64_t id, struct movie_set *ret)
{
    struct err e = db_get(conn, a, "movie_set", &movie_set_shape, id, ret);
    return e.kind == ERR_NOT_FOUND ? err_make(ERR_NOT_FOUND, "set_not_found", "Collection not found") : e;
}

struct err movie_set_ensure(struct db_conn *tx, struct arena *a, struct movie_set *set)
{
    int64_t id = INT_NONE;
    struct presence which = {0};
    set->name_fold = fold(a, set->name);
    if (set->tmdb_id != INT_NONE)
        TRY(db_get_int(tx, &id, "SELECT id FROM movie_set WHERE tmdb_id = $1", "i", set->tmdb_id));
    if (id == INT_NONE)
        TRY(db_get_int(tx, &id, "SELECT id FROM movie_set WHERE name_fold = $1", "t", set->name_fold));
    if (id == INT_NONE) {
        set->id = INT_NONE;
        return db_insert(tx, a, "movie_set", &movie_set_shape, set, &set->id);
    }
    set->id = id;
    for (size_t i = 3; i < movie_set_shape.count; i++) {
        if (!field_is_none(&movie_set_shape.fields[i], set))
            set_present(&which, i);
    }
    return which.bits[0] ? db_update(tx, a, "movie_set", &movie_set_shape, id, set, &which) : OK;
}
