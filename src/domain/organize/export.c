/* NFO files of many videos. */
#include "domain/organize/export.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "domain/organize/nfo.h"
#include "domain/organize/walk_videos.h"
#include "json/writer.h"
#include "sys/atomic_file.h"
#include "sys/pool.h"

/* Each write waits for the disk; several waits cost it little more than one. */
#define WRITE_THREADS   8
#define FAILURES_SHOWN  100
#define MANIFESTS_KEPT  50
#define MANIFEST_PREFIX "nfo_export_"

/* --- folders that were done ----------------------------------------------------------------------------- */

struct seen {
    struct arena *a;
    const char **bins; /* open addressing */
    size_t bin_count;
    size_t count;
};

static size_t hash(const char *text)
{
    size_t h = 2166136261u;
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 16777619u;
    return h;
}

static const char **find_bin(const struct seen *s, const char *text)
{
    size_t bin = hash(text) & (s->bin_count - 1);
    while (s->bins[bin] && strcmp(s->bins[bin], text) != 0)
        bin = (bin + 1) & (s->bin_count - 1);
    return &s->bins[bin];
}

static void grow(struct seen *s)
{
    struct seen bigger = {.a = s->a, .bin_count = s->bin_count ? s->bin_count * 2 : 256, .count = s->count};
    bigger.bins = arena_array(s->a, const char *, bigger.bin_count);
    for (size_t i = 0; i < s->bin_count; i++) {
        if (s->bins[i])
            *find_bin(&bigger, s->bins[i]) = s->bins[i];
    }
    *s = bigger;
}

/* True the first time. */
static bool see(struct seen *s, const char *text)
{
    if (s->count * 2 >= s->bin_count)
        grow(s);
    const char **bin = find_bin(s, text);
    if (*bin)
        return false;
    *bin = arena_strdup(s->a, text);
    s->count++;
    return true;
}

/* --- videos --------------------------------------------------------------------------------------------- */

struct walk {
    struct core *core;
    struct arena *a; /* of the result */
    const struct nfo_export *options;
    struct nfo_exported *result;
    struct nfo_policy policy;
    struct seen folders;
    struct pool *pool; /* NULL: a few files are written one after the other */
};

static void note_failure(struct walk *w, int64_t id, const char *path, struct err e)
{
    if (w->result->failures.count < FAILURES_SHOWN)
        *arena_push(w->a, &w->result->failures) =
            (struct export_failure){id, arena_strdup(w->a, path),
                                    arena_strdup(w->a, e.msg ? e.msg : err_kind_name(e.kind))};
}

static void count_outcome(struct walk *w, const struct video *video, const struct nfo_done *done)
{
    bool exported = done->outcome == NFO_WRITTEN ||
                    (done->outcome == NFO_UNCHANGED && w->options->count_unchanged && w->options->overwrite);
    w->result->written += done->outcome == NFO_WRITTEN;
    w->result->exported += exported;
    w->result->skipped += !exported;
    if (exported && w->options->keep_files)
        *arena_push(w->a, &w->result->files) = (struct exported_file){
            video->id, arena_strdup(w->a, video->title), arena_strdup(w->a, done->path)};
}

static void export_artist(struct walk *w, struct arena *a, const struct video *video)
{
    const char *folder = NULL;
    const char *name = artist_name_of(video);
    enum nfo_outcome outcome = NFO_KEPT;
    struct err e = artist_folder(w->core, db_reader(w->core->db), a, video, &folder);
    if (failed(e) || !folder || !name || !see(&w->folders, folder))
        return;
    w->result->artists_total++;
    e = artist_nfo_put(w->core, a, folder, name, w->options->artists_always, &outcome);
    if (failed(e)) {
        w->result->artists_failed++;
        note_failure(w, INT_NONE, folder, e);
        return;
    }
    bool exported = outcome == NFO_WRITTEN || (outcome == NFO_UNCHANGED && w->options->count_unchanged);
    w->result->written += outcome == NFO_WRITTEN;
    w->result->artists_exported += exported;
    w->result->artists_skipped += !exported;
}

static struct err note_rows(struct walk *w, struct arena *a, const struct nfo_done *done, size_t count)
{
    TX(tx);
    TRY(db_begin(w->core->db, &tx));
    TRY(nfo_note(w->core, tx.conn, a, done, count));
    return db_commit(&tx);
}

/* Files that came to be, or whose row does not name them yet: others need no transaction. */
static bool has_news(const struct video *video, const struct nfo_done *done)
{
    return done->outcome == NFO_WRITTEN || (done->path && !video->nfo_file_path);
}

/* One file: written on a thread of the pool, because each waits for the disk to have it. */
struct task {
    struct walk *walk;
    const struct video *video;
    struct arena arena;
    struct nfo_done done;
    struct err failure;
};

static void put_task(void *data)
{
    struct task *t = data;
    t->failure = nfo_put(t->walk->core, &t->arena, t->video, &t->walk->policy, t->walk->options->overwrite, &t->done);
}

static struct task *put_page(struct walk *w, struct arena *a, const struct video_list *list)
{
    struct task *tasks = arena_array(a, struct task, list->count);
    for (size_t i = 0; i < list->count; i++) {
        tasks[i].walk = w;
        tasks[i].video = &list->items[i];
        if (!w->pool || failed(pool_submit(w->pool, put_task, &tasks[i])))
            put_task(&tasks[i]);
    }
    if (w->pool)
        pool_drain(w->pool);
    return tasks;
}

static struct err take_task(struct walk *w, struct arena *a, struct task *t, struct nfo_done *ret_done, bool *ret_news)
{
    const struct video *video = t->video;
    *ret_news = false;
    if (!failed(t->failure))
        t->failure = nfo_settle(w->core, a, video, &w->policy, w->options->overwrite, &t->done);
    if (failed(t->failure)) {
        w->result->failed++;
        note_failure(w, video->id, video->nfo_file_path ? video->nfo_file_path : video->video_file_path, t->failure);
        return OK;
    }
    *ret_done = t->done;
    ret_done->path = arena_strdup(a, t->done.path);
    count_outcome(w, video, ret_done);
    *ret_news = has_news(video, ret_done);
    if (w->options->artists)
        export_artist(w, a, video);
    return OK;
}

static struct err export_page(struct walk *w, struct arena *a, const struct video_list *list)
{
    struct nfo_done *news = arena_array(a, struct nfo_done, list->count);
    struct task *tasks = put_page(w, a, list);
    size_t count = 0;
    struct err e = OK;
    for (size_t i = 0; i < list->count; i++) {
        bool is_new = false;
        if (!failed(e))
            e = take_task(w, a, &tasks[i], &news[count], &is_new);
        count += is_new;
        arena_finish(&tasks[i].arena);
    }
    TRY(e);
    w->result->total += (int64_t)list->count;
    return count ? note_rows(w, a, news, count) : OK;
}

static struct err export_pages(struct walk *w)
{
    const struct nfo_export *options = w->options;
    struct video_walk walk = {.ids = options->ids, .count = options->id_count,
                              .include_deleted = options->include_deleted};
    for (bool more = true; more;) {
        SCRATCH(page);
        struct video_list list;
        if (options->cancelled && options->cancelled(options->context))
            return err_make(ERR_CANCELLED, "cancelled", "The export was stopped");
        TRY(video_walk_next(db_reader(w->core->db), &page, &walk, &list, &more));
        if (list.count)
            TRY(export_page(w, &page, &list));
        if (options->progress)
            options->progress(options->context, w->result->total);
    }
    return OK;
}

struct err nfo_export(struct core *core, struct arena *a, const struct nfo_export *options, struct nfo_exported *ret)
{
    struct walk w = {.core = core, .a = a, .options = options, .result = ret, .policy = nfo_policy_of(core),
                     .folders = {.a = a}};
    *ret = (struct nfo_exported){0};
    bool few = options->ids && options->id_count < WRITE_THREADS;
    if (!few)
        TRY(pool_create("nfo", WRITE_THREADS, WALK_VIDEOS_PAGE, &w.pool));
    struct err e = export_pages(&w);
    pool_destroy(w.pool);
    return e;
}

/* --- manifests ------------------------------------------------------------------------------------------ */

static int by_name(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* A client that exports after every change would fill the folder otherwise. */
static void forget_old(struct arena *a, const char *folder)
{
    struct {
        VEC(const char *)
    } names = {0};
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        if (strncmp(entry->d_name, MANIFEST_PREFIX, strlen(MANIFEST_PREFIX)) == 0)
            *arena_push(a, &names) = arena_strdup(a, entry->d_name);
    }
    if (dir)
        closedir(dir);
    if (names.count <= MANIFESTS_KEPT)
        return;
    qsort(names.items, names.count, sizeof(*names.items), by_name);
    for (size_t i = 0; i < names.count - MANIFESTS_KEPT; i++)
        unlink(arena_printf(a, "%s/%s", folder, names.items[i]));
}

/* "20260124_100000" */
static const char *stamp(struct arena *a, int64_t now)
{
    char text[TIME_TEXT_BYTES];
    time_format(now, text);
    return arena_printf(a, "%.4s%.2s%.2s_%.2s%.2s%.2s", text, text + 5, text + 8, text + 11, text + 14, text + 17);
}

struct err nfo_manifest(struct core *core, struct arena *a, const struct nfo_exported *done, const char *who,
                        const char **ret_path)
{
    int64_t now = time_now_us();
    const char *path = arena_printf(a, "%s/" MANIFEST_PREFIX "%s.json", core->data_dir, stamp(a, now));
    for (int i = 2; access(path, F_OK) == 0 && i < 100; i++)
        path = arena_printf(a, "%s/" MANIFEST_PREFIX "%s_%02d.json", core->data_dir, stamp(a, now), i);
    BUF(out);
    struct jw w = jw_to(&out);
    w.indent = 2;
    jw_object(&w);
    jw_kv_time(&w, "exported_at", now);
    jw_kv_text(&w, "exported_by", who);
    jw_kv_int(&w, "total", (int64_t)done->files.count);
    jw_key(&w, "files");
    jw_array(&w);
    for (size_t i = 0; i < done->files.count; i++) {
        jw_object(&w);
        jw_kv_int(&w, "video_id", done->files.items[i].video_id);
        jw_kv_text(&w, "title", done->files.items[i].title);
        jw_kv_text(&w, "nfo_path", done->files.items[i].path);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    TRY(atomic_file_write(a, NULL, path, out.data, out.len, 0644));
    forget_old(a, core->data_dir);
    *ret_path = path;
    return OK;
}
