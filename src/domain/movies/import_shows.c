/* Libraries of shows: a show is a folder, its episodes are the videos below. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "domain/movies/asset.h"
#include "domain/movies/credit.h"
#include "domain/movies/import.h"
#include "domain/movies/word.h"
#include "media/names.h"

/* A file that claims more episodes than this claims nonsense. */
#define EPISODES_PER_FILE 30

/* --- prepare: on pool threads ------------------------------------------------------------------------------ */

/* "Dark" of "Dark/Season 01/x.mkv"; "" of "x.mkv", and of "Season 01/x.mkv": the library is the show. */
static const char *show_folder(struct arena *a, const char *path)
{
    const char *slash = strchr(path, '/');
    const char *first = slash ? arena_strndup(a, path, (size_t)(slash - path)) : "";
    return *first && name_season_of_folder(first) < 0 ? first : "";
}

static void read_show_nfo(struct scan_item *item, const char *path, struct found *found)
{
    struct nfo_record *records;
    size_t count;
    if (import_read_nfo(item, path, NFO_TVSHOW, &records, &count))
        found->show = &records[0];
}

static void *prepare(void *context, struct scan_item *item)
{
    struct import *im = context;
    struct found *found = arena_new(item->arena, struct found);
    const char *folder = show_folder(item->arena, item->path);
    if (item->class == SCAN_MEDIA) {
        found->extra = name_is_extra(item->path);
        if (found->extra) {
            item->file.kind = "extra";
            return found;
        }
        import_read_nfo(item, with_ending(item->arena, item->path, ".nfo"), NFO_EPISODE, &found->records,
                        &found->record_count);
        read_show_nfo(item, *folder ? arena_printf(item->arena, "%s/tvshow.nfo", folder) : "tvshow.nfo", found);
    } else if (!import_prepare_picture(im, item, found)) {
        read_show_nfo(item, item->path, found);
        if (!found->show)
            import_read_nfo(item, item->path, NFO_EPISODE, &found->records, &found->record_count);
    }
    return found;
}

/* --- the show ------------------------------------------------------------------------------------------------ */

struct storing {
    struct import *im;
    struct db_conn *tx;
    struct scan_item *item;
    const struct found *found;
    struct arena *a;
};

static struct err apply_show(struct storing *s, int64_t id)
{
    struct show values;
    struct show after;
    int64_t other = INT_NONE;
    if (!s->found->show)
        return OK;
    show_from_nfo(s->a, s->found->show, &values);
    if (values.tmdb_id != INT_NONE)
        TRY(db_get_int(s->tx, &other, "SELECT id FROM tv_show WHERE tmdb_id = $1 AND id <> $2", "ii", values.tmdb_id,
                       id));
    if (other != INT_NONE)
        values.tmdb_id = INT_NONE;
    struct item_change change = {.values = &values, .which = import_given(&show_shape, &values),
                                 .how = ITEM_BY_IMPORT, .source = "nfo"};
    TRY(show_update(s->tx, s->a, id, &change, &after, NULL));
    return import_cast(s->tx, s->a, ITEM_SHOW, id, s->found->show, after.locks);
}

static struct err create_show(struct storing *s, const struct show_hint *hint, int64_t *ret_id)
{
    struct show show;
    show_clear(&show);
    show.title = hint->title ? hint->title : name_stem(s->a, s->item->path);
    show.year = hint->year;
    show.tmdb_id = hint->tmdb_id;
    show.tvdb_id = hint->tvdb_id;
    show.imdb_id = hint->imdb_id;
    show.library_id = hint->library_id;
    show.folder = hint->folder;
    show.last_scanned = time_now_us();
    show.identification_status =
        show.tmdb_id != INT_NONE || show.tvdb_id != INT_NONE || show.imdb_id ? IDENTIFIED : UNIDENTIFIED;
    TRY(show_create(s->tx, s->a, &show));
    s->im->created++;
    *ret_id = show.id;
    return apply_show(s, show.id);
}

/* Rows that another API made, or that were known from a name alone, get their folder now. */
static struct err set_folder(struct storing *s, int64_t id, const struct show_hint *hint)
{
    if (!hint->folder || !*hint->folder)
        return OK;
    return db_exec(s->tx,
                   "UPDATE tv_show SET library_id = $1, folder = $2, last_scanned = $3 WHERE id = $4 AND"
                   " (folder IS NULL OR folder = '' OR library_id IS NULL OR library_id = $1)",
                   "itii", hint->library_id, hint->folder, time_now_us(), id);
}

static struct err find_show(struct storing *s, const struct episode_name *name, int64_t *ret_id)
{
    const struct nfo_record *nfo = s->found->show;
    bool binned;
    int64_t id;
    if (s->item->file.episode_id != INT_NONE) {
        TRY(db_get_int(s->tx, &id, "SELECT show_id FROM episode WHERE id = $1", "i", s->item->file.episode_id));
        if (id != INT_NONE) {
            *ret_id = id;
            return OK;
        }
    }
    struct show_hint hint = {
        .tmdb_id = import_id(nfo && nfo->ids.tmdb ? nfo->ids.tmdb : name->ids.tmdb),
        .tvdb_id = import_id(nfo && nfo->ids.tvdb ? nfo->ids.tvdb : name->ids.tvdb),
        .imdb_id = nfo && nfo->ids.imdb ? nfo->ids.imdb : name->ids.imdb,
        .title = nfo && nfo->title ? nfo->title : name->show,
        .year = import_number(nfo && nfo->year > 0 ? nfo->year : name->show_year),
        .library_id = s->im->library->id,
        .folder = show_folder(s->a, s->item->path),
    };
    TRY(show_match(s->tx, s->a, &hint, &id, &binned));
    if (binned && s->item->is_new)
        TRY(show_restore(s->tx, s->a, id));
    if (id == INT_NONE)
        TRY(create_show(s, &hint, &id));
    else if (!binned)
        TRY(set_folder(s, id, &hint));
    *ret_id = binned && !s->item->is_new ? INT_NONE : id;
    return OK;
}

/* --- episodes ------------------------------------------------------------------------------------------------ */

struct number {
    int64_t season;
    int64_t episode;
    int64_t absolute;
    const char *air_date;
    const struct nfo_record *nfo;
};
struct numbers {
    VEC(struct number)
};

/* Daily shows have no numbers: season is the year, the episode month and day. */
static bool number_of_date(const char *date, struct number *ret)
{
    int year, month, day;
    if (!date || sscanf(date, "%4d-%2d-%2d", &year, &month, &day) != 3)
        return false;
    *ret = (struct number){year, month * 100 + day, INT_NONE, date, NULL};
    return true;
}

static void numbers_of_nfo(struct storing *s, struct numbers *numbers)
{
    for (size_t i = 0; i < s->found->record_count && i < EPISODES_PER_FILE; i++) {
        const struct nfo_record *r = &s->found->records[i];
        if (r->season >= 0 && r->episode >= 0)
            *arena_push(s->a, numbers) = (struct number){r->season, r->episode, INT_NONE, NULL, r};
    }
}

static void numbers_of_name(struct storing *s, const struct episode_name *name, struct numbers *numbers)
{
    const struct nfo_record *nfo = s->found->record_count ? &s->found->records[0] : NULL;
    struct number n;
    if (name->episode >= 0) {
        int64_t season = name->season >= 0 ? name->season : 1;
        int64_t last = name->last_episode;
        if (last < name->episode || last >= name->episode + EPISODES_PER_FILE)
            last = name->episode;
        for (int64_t e = name->episode; e <= last; e++)
            *arena_push(s->a, numbers) = (struct number){season, e, import_number(name->absolute), NULL,
                                                         e == name->episode ? nfo : NULL};
    } else if (number_of_date(name->air_date, &n)) {
        n.nfo = nfo;
        *arena_push(s->a, numbers) = n;
    } else if (name->absolute >= 0) {
        *arena_push(s->a, numbers) =
            (struct number){name->season >= 0 ? name->season : 1, name->absolute, name->absolute, NULL, nfo};
    }
}

static struct err apply_episode(struct storing *s, int64_t id, const struct number *n, const char *title)
{
    struct episode values;
    struct episode after;
    if (n->nfo)
        episode_from_nfo(s->a, n->nfo, &values);
    else
        shape_clear(&episode_shape, &values);
    if (!values.title)
        values.title = title;
    if (!values.air_date)
        values.air_date = n->air_date;
    values.absolute_number = n->absolute;
    if (values.runtime == INT_NONE && s->item->info && s->item->info->duration_s >= 60)
        values.runtime = (int64_t)(s->item->info->duration_s / 60 + 0.5);
    struct item_change change = {.values = &values, .which = import_given(&episode_shape, &values),
                                 .how = ITEM_BY_IMPORT};
    TRY(episode_update(s->tx, s->a, id, &change, &after, NULL));
    if (!n->nfo)
        return OK;
    TRY(import_cast(s->tx, s->a, ITEM_EPISODE, id, n->nfo, after.locks));
    struct list directors = import_texts(&n->nfo->directors);
    struct list writers = import_texts(&n->nfo->credits);
    if (directors.count)
        TRY(credits_sync_job(s->tx, s->a, ITEM_EPISODE, id, "Director", "Directing", &directors));
    return writers.count ? credits_sync_job(s->tx, s->a, ITEM_EPISODE, id, "Writer", "Writing", &writers) : OK;
}

static struct err store_number(struct storing *s, int64_t show, const struct number *n, const char *title, bool first)
{
    struct episode episode;
    bool created;
    TRY(episode_ensure(s->tx, s->a, show, n->season, n->episode, &episode, &created));
    s->im->episodes += created;
    /* A name's title does not replace one that is known; an NFO's does, where nothing is locked. */
    TRY(apply_episode(s, episode.id, n, episode.title ? NULL : title));
    if (first)
        TRY(media_file_own(s->tx, s->item->file.id, "episode_id", episode.id));
    else
        TRY(db_exec(s->tx, "UPDATE episode SET file_id = $1 WHERE id = $2", "ii", s->item->file.id, episode.id));
    return episode_refresh_files(s->tx, s->a, episode.id);
}

static struct err adopt(struct storing *s, int64_t show)
{
    struct show row;
    const char *folder = import_folder(s->a, s->item->path);
    TRY(show_get(s->tx, s->a, show, &row));
    if (row.folder && *row.folder)
        TRY(assets_adopt(s->tx, s->a, s->im->library->id, row.folder, ""));
    return assets_adopt(s->tx, s->a, s->im->library->id, folder, name_stem(s->a, s->item->path));
}

static struct err store_video(struct storing *s)
{
    struct episode_name name;
    struct numbers numbers = {0};
    int64_t show;
    bool told = name_read_episode(s->a, s->item->path, &name);
    numbers_of_nfo(s, &numbers);
    if (!numbers.count && told)
        numbers_of_name(s, &name, &numbers);
    if (!numbers.count)
        return err_make(ERR_UNPROCESSABLE, "not_an_episode", "the name tells no season and episode");
    TRY(find_show(s, &name, &show));
    if (show == INT_NONE) /* in the bin */
        return OK;
    for (size_t i = 0; i < numbers.count; i++)
        TRY(store_number(s, show, &numbers.items[i], numbers.count == 1 && told ? name.title : NULL, i == 0));
    s->im->read++;
    return adopt(s, show);
}

/* --- sidecars ------------------------------------------------------------------------------------------------- */

static struct err store_show_nfo(struct storing *s)
{
    int64_t type = INT_NONE;
    int64_t id = INT_NONE;
    TRY(item_beside(s->tx, s->a, s->im->library->id, import_folder(s->a, s->item->path), "", &type, &id));
    return id != INT_NONE && type == ITEM_SHOW ? apply_show(s, id) : OK;
}

static struct err store_episode_nfo(struct storing *s)
{
    int64_t type = INT_NONE;
    int64_t id = INT_NONE;
    struct number n = {INT_NONE, INT_NONE, INT_NONE, NULL, &s->found->records[0]};
    TRY(item_beside(s->tx, s->a, s->im->library->id, import_folder(s->a, s->item->path),
                    name_stem(s->a, s->item->path), &type, &id));
    if (id == INT_NONE || type != ITEM_EPISODE || s->found->record_count != 1)
        return OK;
    return apply_episode(s, id, &n, NULL);
}

static struct err store(void *context, struct db_conn *tx, struct scan_item *item)
{
    struct import *im = context;
    const struct found *found = item->prepared;
    if (!found || found->extra)
        return OK;
    struct storing s = {im, tx, item, found, item->arena};
    if (item->class == SCAN_MEDIA)
        return store_video(&s);
    if (found->asset)
        return import_store_picture(im, tx, item, found);
    if (found->show)
        return store_show_nfo(&s);
    return found->record_count ? store_episode_nfo(&s) : OK;
}

static struct err missing(void *context, struct db_conn *tx, const struct media_file *file, bool gone)
{
    SCRATCH(a);
    struct {
        VEC(int64_t)
    } ids = {0};
    ROWS(rows);
    (void)context;
    if (file->kind && strcmp(file->kind, "image") == 0)
        return asset_set_missing(tx, &a, file->library_id, file->path, gone);
    TRY(db_query(tx, &rows, "SELECT id FROM episode WHERE file_id = $1 OR id = $2", "ii", file->id,
                 file->episode_id == INT_NONE ? 0 : file->episode_id));
    while (rows_next(&rows))
        *arena_push(&a, &ids) = rows_int(&rows, 0);
    TRY(rows_end(&rows));
    for (size_t i = 0; i < ids.count; i++)
        TRY(episode_refresh_files(tx, &a, ids.items[i]));
    return OK;
}

const struct scan_importer shows_importer = {
    .classify = import_classify,
    .prepare = prepare,
    .store = store,
    .missing = missing,
};
