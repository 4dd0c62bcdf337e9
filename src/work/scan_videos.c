/*
 * Scanning music videos (document 000, sections 9 and 18): one job for POST /scan, /add/nfo-scan and the
 * schedule. NFO first, else the name; files that are known and unchanged are not opened.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/core.h"
#include "core/settings.h"
#include "domain/catalog/tag.h"
#include "domain/catalog/video.h"
#include "domain/intake/music_record.h"
#include "domain/library/scan.h"
#include "json/writer.h"
#include "work/kinds.h"
#include "work/scan_tour.h"

#define FAILED_SHOWN 10 /* contract 3.2 */

static const struct words import_modes = WORDS("import_mode", "full", "discovery");
enum import_mode { MODE_FULL, MODE_DISCOVERY };

struct scan_args {
    const char *directory;
    int8_t recursive;
    int8_t skip_existing;
    int8_t update_file_paths;
    int import_mode;
    int initial_status;
};
SHAPE(scan_args_shape, "ScanArguments", struct scan_args, "What to scan and how",
      F(struct scan_args, T_TEXT, directory, .flags = FIELD_REQUIRED | FIELD_NOT_BLANK),
      F(struct scan_args, T_BOOL, recursive, .fallback = "true"),
      F(struct scan_args, T_BOOL, skip_existing, .fallback = "true"),
      F(struct scan_args, T_BOOL, update_file_paths, .fallback = "true"),
      F(struct scan_args, T_ENUM, import_mode, .words = &import_modes, .fallback = "full"),
      F(struct scan_args, T_ENUM, initial_status, .words = &video_status_words, .fallback = "discovered"));

/* library_scan: the same over the configured folder unless told otherwise. */
struct library_scan_args {
    const char *directory;
    int8_t recursive;
    int8_t import_nfo;
};
SHAPE(library_scan_shape, "LibraryScanArguments", struct library_scan_args, "What to scan",
      F(struct library_scan_args, T_TEXT, directory, .flags = FIELD_NULLABLE),
      F(struct library_scan_args, T_BOOL, recursive, .fallback = "true"),
      F(struct library_scan_args, T_BOOL, import_nfo, .fallback = "true"));

struct failure {
    const char *path;
    const char *error;
};

struct import {
    struct job_run *run;
    const struct scan_args *args;
    struct decade_policy decades;
    bool keep_tag_case;
    int64_t imported;
    int64_t skipped;
    int64_t failed;
    int64_t updated;
    int64_t with_files;
    int64_t from_nfo;
};

/* --- what the file is ------------------------------------------------------------------------------------ */

static enum scan_class classify(const char *name)
{
    const char *dot = strrchr(name, '.');
    if (is_video_name(name))
        return SCAN_MEDIA;
    return dot && strcasecmp(dot, ".nfo") == 0 ? SCAN_SIDECAR : SCAN_IGNORE;
}

static bool read_nfo(struct scan_item *item, const char *path, struct music_record *ret)
{
    const char *text;
    size_t len;
    if (failed(scan_read(item->scan, item->arena, path, NFO_BYTES_MAX, &text, &len)))
        return false;
    music_record_from_nfo(item->arena, text, len, ret);
    return true;
}

static void *prepare(void *context, struct scan_item *item)
{
    (void)context;
    struct music_record *r = arena_new(item->arena, struct music_record);
    bool sidecar = item->class == SCAN_SIDECAR;
    const char *nfo = sidecar ? item->path : with_ending(item->arena, item->path, ".nfo");
    bool readable = read_nfo(item, nfo, r);
    if (sidecar)
        return readable && r->kind == NFO_MUSICVIDEO ? r : NULL;
    if (!readable || r->kind != NFO_MUSICVIDEO)
        music_record_from_name(item->arena, item->path, r);
    return r;
}

/* --- storing ---------------------------------------------------------------------------------------------- */

static void fill_video(const struct import *im, const struct music_record *r, struct video *v)
{
    v->title = r->title;
    v->artist = r->artist;
    if (im->args->import_mode == MODE_DISCOVERY)
        return; /* title and artist only (section 18) */
    v->album = r->album;
    v->year = r->year;
    v->director = r->director;
    v->genre = r->genre;
    v->studio = r->studio;
}

static const char *const *one_name(struct arena *a, const char *name)
{
    const char **list = arena_array(a, const char *, 2);
    list[0] = name;
    return list;
}

static const char *nfo_of(const struct scan_item *item, const struct music_record *r)
{
    if (!r->from_nfo)
        return NULL;
    return item->class == SCAN_SIDECAR ? item->absolute : with_ending(item->arena, item->absolute, ".nfo");
}

static struct err create(struct import *im, struct db_conn *tx, struct scan_item *item,
                         const struct music_record *r, int64_t *ret_id)
{
    struct video_new fresh;
    struct presence ignored = {0};
    bool full = im->args->import_mode == MODE_FULL;
    const char *decade = full && im->decades.enabled && r->year != INT_NONE
                             ? decade_tag(item->arena, r->year, im->decades.format)
                             : NULL;
    catalog_video_new(&fresh);
    fill_video(im, r, &fresh.video);
    fresh.video.status = im->args->initial_status;
    fresh.video.download_source = "nfo_import";
    if (im->args->update_file_paths)
        fresh.video.nfo_file_path = nfo_of(item, r);
    if (item->class == SCAN_MEDIA) {
        fresh.video.video_file_path = item->absolute;
        catalog_video_take_media(item->arena, &fresh.video, item->info, &ignored);
        fresh.video.file_size = item->file.size;
        im->with_files++;
    }
    fresh.primary = one_name(item->arena, r->artist);
    fresh.featured = full ? r->featured : NULL;
    fresh.tags = full ? r->tags : NULL;
    fresh.auto_tags = decade ? one_name(item->arena, decade) : NULL;
    fresh.tags_keep_case = im->keep_tag_case;
    fresh.reason = "Found by a scan";
    fresh.changed_by = "scan";
    fresh.quiet = true;
    im->imported++;
    im->from_nfo += r->from_nfo;
    return catalog_video_import(tx, item->arena, &fresh, ret_id);
}

/* A known video whose file was found, changed or moved: its path and what the file says of itself. */
static struct err refresh_file(struct import *im, struct db_conn *tx, struct scan_item *item,
                               const struct music_record *r, int64_t video_id)
{
    struct video v;
    struct presence which = {0};
    video_clear(&v);
    catalog_video_take_media(item->arena, &v, item->info, &which); /* sets `which` anew */
    v.video_file_path = item->absolute;
    set_present(&which, VIDEO_FIELD_video_file_path);
    v.file_size = item->file.size;
    set_present(&which, VIDEO_FIELD_file_size);
    /* Other content than before: what was computed of it holds no more. */
    if (!item->is_new && !item->moved_from)
        set_present(&which, VIDEO_FIELD_file_checksum);
    const char *nfo = nfo_of(item, r);
    if (nfo && im->args->update_file_paths) {
        v.nfo_file_path = nfo;
        set_present(&which, VIDEO_FIELD_nfo_file_path);
    }
    im->updated++;
    return catalog_video_update(tx, item->arena, video_id, &v, &which);
}

/* What an edited NFO, or a scan with skip_existing off, says now. Only what it names is changed. */
static struct err refresh_metadata(struct import *im, struct db_conn *tx, struct scan_item *item,
                                   const struct music_record *r, int64_t video_id)
{
    static const struct {
        enum video_field field;
        size_t offset;
    } texts[] = {
        {VIDEO_FIELD_title, offsetof(struct video, title)},
        {VIDEO_FIELD_artist, offsetof(struct video, artist)},
        {VIDEO_FIELD_album, offsetof(struct video, album)},
        {VIDEO_FIELD_director, offsetof(struct video, director)},
        {VIDEO_FIELD_genre, offsetof(struct video, genre)},
        {VIDEO_FIELD_studio, offsetof(struct video, studio)},
    };
    struct video v;
    struct presence which = {0};
    video_clear(&v);
    fill_video(im, r, &v);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (*(const char **)((char *)&v + texts[i].offset))
            set_present(&which, texts[i].field);
    }
    if (v.year != INT_NONE)
        set_present(&which, VIDEO_FIELD_year);
    TRY(catalog_video_update(tx, item->arena, video_id, &v, &which));
    TRY(catalog_video_set_artists(tx, item->arena, video_id, one_name(item->arena, r->artist), r->featured));
    if (im->args->import_mode == MODE_DISCOVERY)
        return OK;
    struct tag_names tags = {.names = r->tags, .source = TAG_MANUAL, .keep_case = im->keep_tag_case};
    if (r->tags[0])
        TRY(catalog_video_set_tags(tx, item->arena, video_id, &tags, false));
    return catalog_video_sync_decade(tx, item->arena, video_id, r->year, &im->decades,
                                     &(struct decade_change){0});
}

static struct err reject(struct import *im, const struct music_record *r)
{
    im->failed++;
    return err_make(ERR_UNPROCESSABLE, "not_importable", r->problem);
}

static struct err find_existing(struct import *im, struct db_conn *tx, struct scan_item *item,
                                const struct music_record *r, bool *ret_same_file, int64_t *ret_id)
{
    *ret_same_file = true;
    TRY(catalog_video_find_by_path(tx, item->absolute, ret_id));
    if (*ret_id != INT_NONE || !im->args->skip_existing)
        return OK;
    *ret_same_file = false;
    return catalog_video_find_by_artist_title(tx, item->arena, r->artist, r->title, ret_id);
}

static struct err has_file(struct db_conn *tx, struct arena *a, int64_t video_id, bool *ret)
{
    struct video v;
    TRY(catalog_video_get(tx, a, video_id, true, &v));
    *ret = v.video_file_path != NULL;
    return OK;
}

static struct err store_new_media(struct import *im, struct db_conn *tx, struct scan_item *item,
                                  const struct music_record *r)
{
    int64_t id;
    bool same_file;
    bool taken = false;
    if (r->problem)
        return reject(im, r);
    TRY(find_existing(im, tx, item, r, &same_file, &id));
    if (id != INT_NONE) {
        im->skipped++;
        if (!same_file)
            TRY(has_file(tx, item->arena, id, &taken));
        if (taken || !im->args->update_file_paths)
            return OK; /* another file of a video that has one: kept as a file without an item */
        TRY(refresh_file(im, tx, item, r, id));
    } else {
        TRY(create(im, tx, item, r, &id));
    }
    return media_file_own(tx, item->file.id, "video_id", id);
}

static struct err store_media(struct import *im, struct db_conn *tx, struct scan_item *item)
{
    const struct music_record *r = item->prepared;
    int64_t id = item->file.video_id;
    int64_t known = INT_NONE;
    if (id != INT_NONE)
        TRY(db_get_int(tx, &known, "SELECT id FROM video WHERE id = $1", "i", id));
    if (known == INT_NONE)
        return store_new_media(im, tx, item, r);
    TRY(refresh_file(im, tx, item, r, id));
    if (!im->args->skip_existing && !r->problem)
        return refresh_metadata(im, tx, item, r, id);
    return OK;
}

/* An NFO that a video on its way to the trash has left behind, or that is gone again: no video of its own. */
static struct err is_left_behind(struct db_conn *tx, const struct scan_item *item, const struct music_record *r,
                                 bool *ret_left)
{
    int64_t trashed;
    TRY(db_get_int(tx, &trashed,
                   "SELECT t.video_id FROM file_trash t JOIN video v ON v.id = t.video_id"
                   " WHERE v.title = $1 AND v.artist = $2 LIMIT 1",
                   "tt", r->title, r->artist));
    *ret_left = trashed != INT_NONE || access(item->absolute, F_OK) != 0;
    return OK;
}

/* An NFO by itself: news about a known video, or a video without a file. */
static struct err store_nfo(struct import *im, struct db_conn *tx, struct scan_item *item)
{
    const struct music_record *r = item->prepared;
    int64_t id;
    if (!r)
        return OK;
    if (r->problem)
        return reject(im, r);
    TRY(catalog_video_find_by_nfo(tx, item->absolute, &id));
    if (id != INT_NONE) {
        bool read_already = item->is_new;
        TRY(media_file_own(tx, item->file.id, "video_id", id));
        return read_already ? OK : refresh_metadata(im, tx, item, r, id);
    }
    TRY(catalog_video_find_by_artist_title(tx, item->arena, r->artist, r->title, &id));
    if (id != INT_NONE && im->args->skip_existing) {
        im->skipped += item->is_new;
        return OK;
    }
    bool left_behind;
    TRY(is_left_behind(tx, item, r, &left_behind));
    if (left_behind) {
        im->skipped += item->is_new;
        return OK;
    }
    TRY(create(im, tx, item, r, &id));
    return media_file_own(tx, item->file.id, "video_id", id);
}

static struct err store(void *context, struct db_conn *tx, struct scan_item *item)
{
    struct import *im = context;
    return item->class == SCAN_MEDIA ? store_media(im, tx, item) : store_nfo(im, tx, item);
}

/* The status that a missing video had before. */
static struct err status_before(struct db_conn *tx, struct arena *a, int64_t video_id, int *ret_status)
{
    struct status_changes history;
    TRY(catalog_video_history(tx, a, video_id, &history));
    for (size_t i = 0; i < history.count; i++) {
        if (history.items[i].new_status == VIDEO_MISSING && history.items[i].old_status >= 0) {
            *ret_status = history.items[i].old_status;
            return OK;
        }
    }
    *ret_status = VIDEO_IMPORTED;
    return OK;
}

static struct err missing(void *context, struct db_conn *tx, const struct media_file *file, bool gone)
{
    struct import *im = context;
    struct arena *a = im->run->arena;
    struct video v;
    int status = VIDEO_MISSING;
    if (file->video_id == INT_NONE || strcmp(file->kind, "video") != 0)
        return OK;
    struct err e = catalog_video_get(tx, a, file->video_id, true, &v);
    if (e.kind == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    if (!gone && v.status != VIDEO_MISSING)
        return OK;
    if (!gone)
        TRY(status_before(tx, a, file->video_id, &status));
    return catalog_video_set_status(tx, a, file->video_id, status,
                                    gone ? "The file is gone" : "The file is back", "scan", NULL);
}

static const struct scan_importer importer = {
    .classify = classify,
    .prepare = prepare,
    .store = store,
    .missing = missing,
};

/* --- the job ----------------------------------------------------------------------------------------------- */

static void write_problems(struct jw *w, const struct scan_tour *t, const char *key, size_t limit)
{
    jw_key(w, key);
    jw_array(w);
    for (size_t i = 0; i < t->problems.count && i < limit; i++) {
        const char *path = t->problems.items[i].path;
        const char *slash = strrchr(path, '/');
        jw_object(w);
        jw_kv_text(w, "track_id", path);
        jw_kv_text(w, "name", slash ? slash + 1 : path);
        jw_kv_text(w, "error", t->problems.items[i].reason);
        jw_end(w);
    }
    jw_end(w);
}

/* The words of library_scan (contract 3.2), beside those of import_nfo. */
static void write_library_result(struct jw *w, const struct import *im, const struct scan_tour *tour)
{
    jw_kv_int(w, "new_files_found", tour->sum.added);
    jw_kv_int(w, "nfo_imported", im->from_nfo);
    jw_kv_int(w, "errors", tour->sum.walk.problem_count);
    jw_kv_text(w, "directory", im->args->directory);
}

static void write_result(const struct import *im, const struct scan_tour *tour)
{
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    if (strcmp(im->run->job->kind, "library_scan") == 0)
        write_library_result(&w, im, tour);
    jw_kv_int(&w, "imported", im->imported);
    jw_kv_int(&w, "skipped", im->skipped);
    jw_kv_int(&w, "failed", tour->sum.walk.problem_count);
    write_problems(&w, tour, "failed_tracks", FAILED_SHOWN);
    jw_kv_text(&w, "initial_status", words_name(&video_status_words, im->args->initial_status));
    jw_kv_int(&w, "videos_with_files", im->with_files);
    jw_kv_int(&w, "post_process_jobs_queued", 0);
    jw_kv_int(&w, "updated", im->updated);
    scan_tour_write(tour, &w);
    write_problems(&w, tour, "problems", SCAN_PROBLEMS_SHOWN);
    jw_end(&w);
    job_result(im->run, out.data);
}

static struct err scan_targets(struct import *im, struct scan_tour *tour)
{
    struct job_run *run = im->run;
    struct scan_targets targets = {0};
    TRY(library_targets(run->core, run->arena, "music_videos", im->args->directory, &targets));
    tour->count = targets.count;
    for (size_t i = 0; i < targets.count; i++) {
        struct scan_options options = {
            .core = run->core,
            .library = &targets.items[i].library,
            .folder = targets.items[i].folder,
            .recursive = im->args->recursive == 1,
            .again = im->args->skip_existing == 0,
            .importer = &importer,
            .context = im,
        };
        TRY(scan_tour_visit(tour, &options));
    }
    return OK;
}

static struct err scan_music_videos(struct job_run *run, const struct scan_args *args)
{
    struct settings *s = run->core->settings;
    struct import im = {
        .run = run,
        .args = args,
        .decades = {.enabled = settings_bool(s, "tags.auto_decade.enabled"),
                    .format = settings_text(s, run->arena, "tags.auto_decade.format"),
                    .keep_case = !settings_bool(s, "tags.normalize")},
        .keep_tag_case = !settings_bool(s, "tags.normalize"),
    };
    struct scan_tour tour;
    scan_tour_start(&tour, run, "Importing");
    struct err e = scan_targets(&im, &tour);
    write_result(&im, &tour);
    return scan_tour_end(&tour, e);
}

static struct err run_import(struct job_run *run)
{
    return scan_music_videos(run, run->args);
}

static struct err run_library_scan(struct job_run *run)
{
    const struct library_scan_args *args = run->args;
    const char *directory = args->directory ? args->directory
                                            : settings_text(run->core->settings, run->arena, "library_dir");
    if (!directory)
        return err_field(ERR_INVALID, "no_library_dir", "directory",
                         "No directory given, and no media folder is configured (--library-dir)");
    struct scan_args scan = {
        .directory = directory,
        .recursive = args->recursive,
        .skip_existing = 1,
        .update_file_paths = 1,
        .import_mode = args->import_nfo == 1 ? MODE_FULL : MODE_DISCOVERY,
        .initial_status = VIDEO_IMPORTED,
    };
    return scan_music_videos(run, &scan);
}

const struct job_kind import_nfo_kind = {
    .name = "import_nfo",
    .args = &scan_args_shape,
    .run = run_import,
    .max_attempts = 3,
    .help = "Scans a folder for music videos",
};
const struct job_kind library_scan_kind = {
    .name = "library_scan",
    .args = &library_scan_shape,
    .run = run_library_scan,
    .max_attempts = 3,
    .help = "Scans the configured folder for new music videos",
};
