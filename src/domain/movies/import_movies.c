/* Libraries of movies. */
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "domain/movies/asset.h"
#include "domain/movies/import.h"
#include "media/names.h"

/* --- prepare: on pool threads ------------------------------------------------------------------------------ */

/* The NFO of the same name; that of the folder when it is one movie's folder. */
static void read_own_nfo(struct scan_item *item, struct found *found)
{
    const char *folder = import_folder(item->arena, item->path);
    if (import_read_nfo(item, with_ending(item->arena, item->path, ".nfo"), NFO_MOVIE, &found->records,
                        &found->record_count))
        return;
    if (*folder)
        import_read_nfo(item, arena_printf(item->arena, "%s/movie.nfo", folder), NFO_MOVIE, &found->records,
                        &found->record_count);
}

static void *prepare(void *context, struct scan_item *item)
{
    struct import *im = context;
    struct found *found = arena_new(item->arena, struct found);
    if (item->class == SCAN_MEDIA) {
        found->extra = name_is_extra(item->path);
        if (found->extra)
            item->file.kind = "extra";
        else
            read_own_nfo(item, found);
    } else if (!import_prepare_picture(im, item, found)) {
        import_read_nfo(item, item->path, NFO_MOVIE, &found->records, &found->record_count);
    }
    return found;
}

/* --- store -------------------------------------------------------------------------------------------------- */

struct storing {
    struct import *im;
    struct db_conn *tx;
    struct scan_item *item;
    const struct nfo_record *nfo;
    struct arena *a;
};

static struct err join_set(struct storing *s, struct movie *m)
{
    struct movie_set set;
    if (!s->nfo->set_name)
        return OK;
    shape_clear(&movie_set_shape, &set);
    set.name = s->nfo->set_name;
    set.plot = s->nfo->set_overview;
    TRY(movie_set_ensure(s->tx, s->a, &set));
    m->set_id = set.id;
    return OK;
}

/* A number that another row has already is not taken: that row was found by it, or is in the bin. */
static struct err drop_taken_number(struct storing *s, int64_t id, struct movie *m)
{
    int64_t other;
    if (m->tmdb_id == INT_NONE)
        return OK;
    TRY(db_get_int(s->tx, &other, "SELECT id FROM movie WHERE tmdb_id = $1 AND id <> $2", "ii", m->tmdb_id, id));
    if (other != INT_NONE)
        m->tmdb_id = INT_NONE;
    return OK;
}

static struct err apply_nfo(struct storing *s, int64_t id)
{
    struct movie values;
    struct movie after;
    if (!s->nfo)
        return OK;
    movie_from_nfo(s->a, s->nfo, &values);
    TRY(drop_taken_number(s, id, &values));
    TRY(join_set(s, &values));
    struct item_change change = {.values = &values, .which = import_given(&movie_shape, &values),
                                 .how = ITEM_BY_IMPORT, .source = "nfo"};
    TRY(movie_update(s->tx, s->a, id, &change, &after, NULL));
    return import_cast(s->tx, s->a, ITEM_MOVIE, id, s->nfo, after.locks);
}

/* What the file says of itself is good enough until a provider knows better. */
static struct err create(struct storing *s, const struct movie_name *name, int64_t *ret_id)
{
    struct movie movie;
    movie_clear(&movie);
    if (s->nfo) {
        movie_from_nfo(s->a, s->nfo, &movie);
        movie.locks = 0;
        movie.monitored = 1;
        movie.enrichment_priority = 5;
        TRY(join_set(s, &movie));
    }
    if (!movie.title)
        movie.title = name->title ? name->title : name_stem(s->a, s->item->path);
    if (movie.year == INT_NONE)
        movie.year = import_number(name->year);
    if (movie.tmdb_id == INT_NONE)
        movie.tmdb_id = import_id(name->ids.tmdb);
    if (!movie.imdb_id)
        movie.imdb_id = name->ids.imdb;
    if (movie.runtime == INT_NONE && s->item->info && s->item->info->duration_s >= 60)
        movie.runtime = (int64_t)(s->item->info->duration_s / 60 + 0.5);
    movie.identification_status = movie.tmdb_id != INT_NONE || movie.imdb_id || movie.tvdb_id != INT_NONE
                                      ? IDENTIFIED
                                      : UNIDENTIFIED;
    movie.library_id = s->im->library->id;
    TRY(movie_create(s->tx, s->a, &movie));
    s->im->created++;
    *ret_id = movie.id;
    return s->nfo ? import_cast(s->tx, s->a, ITEM_MOVIE, movie.id, s->nfo, 0) : OK;
}

static struct err match(struct storing *s, const struct movie_name *name, int64_t *ret_id, bool *ret_binned)
{
    struct movie_hint hint = {
        .tmdb_id = import_id(s->nfo && s->nfo->ids.tmdb ? s->nfo->ids.tmdb : name->ids.tmdb),
        .imdb_id = s->nfo && s->nfo->ids.imdb ? s->nfo->ids.imdb : name->ids.imdb,
        .title = s->nfo && s->nfo->title ? s->nfo->title : name->title,
        .year = import_number(s->nfo && s->nfo->year > 0 ? s->nfo->year : name->year),
        .library_id = s->im->library->id,
        .folder = import_folder(s->a, s->item->path),
    };
    return movie_match(s->tx, s->a, &hint, ret_id, ret_binned);
}

/* The movie that this file belonged to before, if it is not in the bin. */
static struct err known_movie(struct storing *s, int64_t *ret_id)
{
    *ret_id = INT_NONE;
    if (s->item->file.movie_id == INT_NONE)
        return OK;
    return db_get_int(s->tx, ret_id, "SELECT id FROM movie WHERE id = $1 AND deleted_at IS NULL", "i",
                      s->item->file.movie_id);
}

static struct err finish_file(struct storing *s, int64_t id)
{
    TRY(media_file_own(s->tx, s->item->file.id, "movie_id", id));
    TRY(movie_refresh_files(s->tx, s->a, id));
    TRY(db_exec(s->tx, "UPDATE movie SET last_scanned = $1 WHERE id = $2", "ii", time_now_us(), id));
    s->im->read++;
    return assets_adopt(s->tx, s->a, s->im->library->id, import_folder(s->a, s->item->path),
                        name_stem(s->a, s->item->path));
}

static struct err store_video(struct storing *s)
{
    struct movie_name name;
    int64_t id;
    bool binned = false;
    TRY(known_movie(s, &id));
    if (id != INT_NONE) {
        TRY(apply_nfo(s, id));
        return finish_file(s, id);
    }
    name_read_movie(s->a, s->item->path, &name);
    TRY(match(s, &name, &id, &binned));
    /* What somebody deleted comes back with a new file, not because an old one was looked at again. */
    if (binned && !s->item->is_new)
        return OK;
    if (binned)
        TRY(movie_restore(s->tx, s->a, id));
    if (id == INT_NONE)
        TRY(create(s, &name, &id));
    else
        TRY(apply_nfo(s, id));
    return finish_file(s, id);
}

/* An NFO by itself: it was added or edited. That of the same name, else the folder's only movie. */
static struct err store_nfo(struct storing *s)
{
    int64_t type = INT_NONE;
    int64_t id = INT_NONE;
    const char *stem = name_stem(s->a, s->item->path);
    const char *folder = import_folder(s->a, s->item->path);
    TRY(item_beside(s->tx, s->a, s->im->library->id, folder, stem, &type, &id));
    if (id == INT_NONE && *folder)
        TRY(item_beside(s->tx, s->a, s->im->library->id, folder, "", &type, &id));
    return id != INT_NONE && type == ITEM_MOVIE ? apply_nfo(s, id) : OK;
}

static struct err store(void *context, struct db_conn *tx, struct scan_item *item)
{
    struct import *im = context;
    const struct found *found = item->prepared;
    if (!found || found->extra)
        return OK;
    struct storing s = {im, tx, item, found->record_count ? &found->records[0] : NULL, item->arena};
    if (s.nfo && s.nfo->problem)
        return err_make(ERR_UNPROCESSABLE, "not_importable", s.nfo->problem);
    if (item->class == SCAN_MEDIA)
        return store_video(&s);
    if (found->asset)
        return import_store_picture(im, tx, item, found);
    return s.nfo ? store_nfo(&s) : OK;
}

static struct err missing(void *context, struct db_conn *tx, const struct media_file *file, bool gone)
{
    SCRATCH(a);
    (void)context;
    if (file->kind && strcmp(file->kind, "image") == 0)
        return asset_set_missing(tx, &a, file->library_id, file->path, gone);
    if (file->movie_id == INT_NONE)
        return OK;
    struct err e = movie_refresh_files(tx, &a, file->movie_id);
    return e.kind == ERR_NOT_FOUND ? OK : e; /* in the bin */
}

const struct scan_importer movies_importer = {
    .classify = import_classify,
    .prepare = prepare,
    .store = store,
    .missing = missing,
};
