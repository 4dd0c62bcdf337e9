/* Files and what they belong to. */
#include "domain/movies/media_link.h"

#include <string.h>

#include "base/clock.h"
#include "domain/library/file.h"
#include "domain/movies/movie.h"
#include "domain/movies/show.h"
#include "media/names.h"

/* --- reading ------------------------------------------------------------------------------------------ */

#define FILE_COLUMNS "f.id AS file_id, f.library_id AS library_id, f.path AS path,"
#define FILE_TIMES   "f.created_at AS created_at, f.updated_at AS updated_at"

static const char movie_part[] =
    "SELECT " FILE_COLUMNS " 0 AS type, m.id AS item_id, m.tmdb_id AS tmdb_id, CAST(NULL AS BIGINT) AS episode_id,"
    " CAST(NULL AS BIGINT) AS season, CAST(NULL AS BIGINT) AS number, " FILE_TIMES
    " FROM media_file f JOIN movie m ON m.id = f.movie_id WHERE m.deleted_at IS NULL";

/* Twice, because a file of several episodes is only the main file of all but one of them. */
#define EPISODE_PART(on_)                                                                          \
    "SELECT " FILE_COLUMNS " 3 AS type, s.id AS item_id, s.tmdb_id AS tmdb_id, e.id AS episode_id,"  \
    " e.season_number AS season, e.number AS number, " FILE_TIMES                                  \
    " FROM media_file f JOIN episode e ON " on_                                                    \
    " JOIN tv_show s ON s.id = e.show_id WHERE s.deleted_at IS NULL"
static const char owner_part[] = EPISODE_PART("e.id = f.episode_id");
static const char main_part[] = EPISODE_PART("e.file_id = f.id");

static void add_condition(struct arena *a, struct buf *sql, struct db_values *values, const char *column,
                          int64_t value)
{
    if (value == INT_NONE)
        return;
    values_int(a, values, value);
    buf_printf(sql, " AND %s = $%zu", column, values->count);
}

static void add_part(struct arena *a, struct buf *sql, struct db_values *values, const char *part,
                     const char *item_column, int64_t item_id, const struct media_link_filter *f)
{
    buf_printf(sql, "%s%s", sql->len ? " UNION " : "", part);
    add_condition(a, sql, values, "f.library_id", f->library_id);
    add_condition(a, sql, values, "f.id", f->file_id);
    add_condition(a, sql, values, item_column, item_id);
    if (part != movie_part)
        add_condition(a, sql, values, "e.id", f->episode_id);
}

static void read_link(const struct rows *rows, struct arena *a, struct media_link *ret)
{
    *ret = (struct media_link){
        .file_id = rows_int(rows, 0),
        .library_id = rows_int(rows, 1),
        .path = rows_text(rows, a, 2),
        .type = (enum item_type)rows_int(rows, 3),
        .item_id = rows_int(rows, 4),
        .tmdb_id = rows_int(rows, 5),
        .episode_id = rows_int(rows, 6),
        .season = rows_int(rows, 7),
        .number = rows_int(rows, 8),
        .created_at = rows_int(rows, 9),
        .updated_at = rows_int(rows, 10),
    };
}

struct err media_links(struct db_conn *conn, struct arena *a, const struct media_link_filter *filter,
                       struct media_link_list *ret_list)
{
    bool any = filter->movie_id == INT_NONE && filter->show_id == INT_NONE;
    struct db_values values = {0};
    BUF(sql);
    ROWS(rows);
    if ((any || filter->movie_id != INT_NONE) && filter->episode_id == INT_NONE)
        add_part(a, &sql, &values, movie_part, "m.id", filter->movie_id, filter);
    if (any || filter->show_id != INT_NONE) {
        add_part(a, &sql, &values, owner_part, "s.id", filter->show_id, filter);
        add_part(a, &sql, &values, main_part, "s.id", filter->show_id, filter);
    }
    if (!sql.len)
        return OK;
    buf_puts(&sql, " ORDER BY type, path, season, number, file_id");
    TRY(db_query_values(conn, &rows, sql.data, &values));
    while (rows_next(&rows))
        read_link(&rows, a, arena_push(a, ret_list));
    return rows_end(&rows);
}

struct err media_link_get(struct db_conn *conn, struct arena *a, int64_t file_id, int64_t episode_id,
                          struct media_link *ret_link)
{
    struct media_link_filter filter = MEDIA_LINK_ANY;
    struct media_link_list list = {0};
    filter.file_id = file_id;
    filter.episode_id = episode_id;
    TRY(media_links(conn, a, &filter, &list));
    for (size_t i = 0; i < list.count; i++) {
        if (list.items[i].episode_id == episode_id) {
            *ret_link = list.items[i];
            return OK;
        }
    }
    return err_make(ERR_NOT_FOUND, "link_not_found", "The file association does not exist");
}

/* --- making -------------------------------------------------------------------------------------------- */

static struct err link_exists(void)
{
    return err_make(ERR_CONFLICT, "link_exists", "This file is linked to it already");
}

static struct err file_taken(void)
{
    return err_make(ERR_CONFLICT, "file_taken", "This file belongs to something else");
}

/* A number that nothing is known of: a row with the title that the file's name tells. */
static struct err ensure_movie(struct db_conn *tx, struct arena *a, const struct media_link_wish *wish,
                               int64_t *ret_id)
{
    struct movie movie;
    struct movie_name name;
    if (wish->item_id != INT_NONE) {
        TRY(movie_get(tx, a, wish->item_id, &movie));
        *ret_id = movie.id;
        return OK;
    }
    struct err e = movie_get_tmdb(tx, a, wish->tmdb_id, &movie);
    if (e.kind == ERR_NOT_FOUND) {
        name_read_movie(a, wish->path, &name);
        movie_clear(&movie);
        movie.tmdb_id = wish->tmdb_id;
        movie.library_id = wish->library_id;
        movie.title = name.title ? name.title : name_stem(a, wish->path);
        movie.year = name.year > 0 ? name.year : INT_NONE;
        e = movie_create(tx, a, &movie);
    }
    TRY(e);
    *ret_id = movie.id;
    return OK;
}

static struct err ensure_show(struct db_conn *tx, struct arena *a, const struct media_link_wish *wish,
                              int64_t *ret_id)
{
    struct show show;
    struct episode_name name = {0};
    if (wish->item_id != INT_NONE) {
        TRY(show_get(tx, a, wish->item_id, &show));
        *ret_id = show.id;
        return OK;
    }
    struct err e = show_get_tmdb(tx, a, wish->tmdb_id, &show);
    if (e.kind == ERR_NOT_FOUND) {
        bool told = name_read_episode(a, wish->path, &name);
        show_clear(&show);
        show.tmdb_id = wish->tmdb_id;
        show.library_id = wish->library_id;
        show.title = told && name.show ? name.show : name_stem(a, wish->path);
        e = show_create(tx, a, &show);
    }
    TRY(e);
    *ret_id = show.id;
    return OK;
}

/* The file's row; a new one has no time, so that the next scan reads the file. */
static struct err ensure_file(struct db_conn *tx, struct arena *a, const struct media_link_wish *wish,
                              struct media_file *ret)
{
    int64_t id;
    TRY(db_get_int(tx, &id, "SELECT id FROM media_file WHERE library_id = $1 AND path = $2", "it",
                   wish->library_id, wish->path));
    if (id != INT_NONE)
        return media_file_get(tx, a, id, ret);
    struct media_file file;
    shape_clear(&media_file_shape, &file);
    file.library_id = wish->library_id;
    file.path = wish->path;
    file.kind = "video";
    file.size = 0;
    file.modified_at = 0;
    TRY(media_file_store(tx, a, &file, NULL));
    if (!wish->is_there)
        TRY(db_exec(tx, "UPDATE media_file SET missing_since = $1 WHERE id = $2", "ii", time_now_us(), file.id));
    *ret = file;
    return OK;
}

static bool has_owner(const struct media_file *f)
{
    return f->video_id != INT_NONE || f->movie_id != INT_NONE || f->episode_id != INT_NONE ||
           f->scene_id != INT_NONE;
}

static struct err link_movie(struct db_conn *tx, struct arena *a, const struct media_link_wish *wish,
                             const struct media_file *file)
{
    int64_t movie_id;
    TRY(ensure_movie(tx, a, wish, &movie_id));
    if (file->movie_id == movie_id)
        return link_exists();
    if (has_owner(file))
        return file_taken();
    TRY(media_file_own(tx, file->id, "movie_id", movie_id));
    return movie_refresh_files(tx, a, movie_id);
}

static struct err set_main_file(struct db_conn *tx, struct arena *a, int64_t episode_id, int64_t file_id)
{
    struct episode values;
    struct item_change change = {.values = &values, .how = ITEM_BY_SYSTEM};
    shape_clear(&episode_shape, &values);
    values.file_id = file_id;
    set_present(&change.which, EPISODE_FIELD_file_id);
    return episode_update(tx, a, episode_id, &change, &values, NULL);
}

/* A file that is another episode's of the same show holds several. */
static struct err share_file(struct db_conn *tx, struct arena *a, const struct media_file *file,
                             const struct episode *episode)
{
    struct episode owner;
    if (file->episode_id == INT_NONE)
        return file_taken();
    TRY(episode_get(tx, a, file->episode_id, &owner));
    if (owner.show_id != episode->show_id || episode->file_id != INT_NONE)
        return file_taken();
    return set_main_file(tx, a, episode->id, file->id);
}

static struct err link_episode(struct db_conn *tx, struct arena *a, const struct media_link_wish *wish,
                               const struct media_file *file, int64_t *ret_episode)
{
    struct episode episode;
    int64_t show_id;
    bool created;
    TRY(ensure_show(tx, a, wish, &show_id));
    TRY(episode_ensure(tx, a, show_id, wish->season, wish->number, &episode, &created));
    if (file->episode_id == episode.id || episode.file_id == file->id)
        return link_exists();
    if (has_owner(file))
        TRY(share_file(tx, a, file, &episode));
    else
        TRY(media_file_own(tx, file->id, "episode_id", episode.id));
    *ret_episode = episode.id;
    return episode_refresh_files(tx, a, episode.id);
}

struct err media_link_add(struct db_conn *tx, struct arena *a, const struct media_link_wish *wish,
                          struct media_link *ret_link)
{
    struct media_file file;
    int64_t episode_id = INT_NONE;
    TRY(ensure_file(tx, a, wish, &file));
    if (wish->type == ITEM_MOVIE)
        TRY(link_movie(tx, a, wish, &file));
    else
        TRY(link_episode(tx, a, wish, &file, &episode_id));
    return media_link_get(tx, a, file.id, episode_id, ret_link);
}

/* --- removing ------------------------------------------------------------------------------------------- */

struct err media_link_remove(struct db_conn *tx, struct arena *a, const struct media_link *link)
{
    if (link->type == ITEM_MOVIE) {
        TRY(media_file_own(tx, link->file_id, "movie_id", INT_NONE));
        TRY(movie_refresh_files(tx, a, link->item_id));
    } else {
        struct episode episode;
        TRY(episode_get(tx, a, link->episode_id, &episode));
        TRY(db_exec(tx, "UPDATE media_file SET episode_id = NULL WHERE id = $1 AND episode_id = $2", "ii",
                    link->file_id, link->episode_id));
        if (episode.file_id == link->file_id)
            TRY(set_main_file(tx, a, episode.id, INT_NONE));
        TRY(episode_refresh_files(tx, a, episode.id));
    }
    /* A row that was made for the link, of a file that never came, has no other purpose. */
    return db_exec(tx,
                   "DELETE FROM media_file WHERE id = $1 AND modified_at = 0 AND missing_since IS NOT NULL"
                   " AND movie_id IS NULL AND episode_id IS NULL AND video_id IS NULL AND scene_id IS NULL",
                   "i", link->file_id);
}
