/* The scan engine. */
#include "domain/library/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "core/settings.h"
#include "media/hash.h"
#include "media/pool.h"
#include "sys/pool.h"

/* Files per transaction: enough that a sync is shared, few enough that other writers wait briefly. */
#define BATCH_FILES 64
/* Each waits for a media worker or the disk, so there are more of them than workers. */
#define PREPARE_THREADS 4

/* A row as the comparison needs it. */
struct known {
    const char *path;
    int64_t id;
    int64_t size;
    int64_t modified_us;
    bool missing;
    bool broken;
    bool seen;
};

struct scan {
    const struct scan_options *options;
    struct arena *arena;
    struct root *root;
    struct scan_result *result;
    struct known *known;
    size_t known_count;
    uint32_t *bins; /* path hash -> 1 + index of known; open addressing */
    size_t bin_count;
    struct {
        VEC(const struct walk_file *)
    } todo;
    struct {
        VEC(int64_t)
    } returned;
    struct library_list nested; /* libraries within this one: their files are theirs */
    const char *trash;          /* folder of deleted files, relative; hidden unless a setting says otherwise */
    int64_t gone; /* known, not found: moved files may be among them */
    int64_t done;
    struct pool *pool;
};

struct root *scan_root(const struct scan *scan)
{
    return scan->root;
}

/* --- names -------------------------------------------------------------------------------------------- */

bool is_video_name(const char *name)
{
    static const char *const endings[] = {".mp4",  ".mkv", ".avi", ".mov", ".webm", ".m4v", ".mpg", ".mpeg",
                                          ".ts",   ".m2ts", ".wmv", ".flv", ".ogv",  ".3gp", ".vob", ".divx"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof(endings) / sizeof(endings[0]); i++) {
        if (strcasecmp(dot, endings[i]) == 0)
            return true;
    }
    return false;
}

const char *with_ending(struct arena *a, const char *path, const char *ending)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(path, '.');
    size_t len = dot && (!slash || dot > slash) ? (size_t)(dot - path) : strlen(path);
    return arena_printf(a, "%.*s%s", (int)len, path, ending);
}

struct err scan_read(const struct scan *scan, struct arena *a, const char *path, size_t max_bytes,
                     const char **ret_data, size_t *ret_len)
{
    struct stat st;
    int fd;
    TRY(root_open(scan->root, a, path, O_RDONLY | O_NONBLOCK, 0, &fd));
    if (fstat(fd, &st) || st.st_size > (off_t)max_bytes) {
        close(fd);
        return err_make(ERR_TOO_LARGE, "file_too_large", "The file is too large");
    }
    char *data = arena_alloc(a, (size_t)st.st_size + 1);
    size_t len = 0;
    for (ssize_t got; len < (size_t)st.st_size; len += (size_t)got) {
        got = read(fd, data + len, (size_t)st.st_size - len);
        if (got < 0 && errno == EINTR)
            got = 0;
        else if (got <= 0)
            break;
    }
    close(fd);
    data[len] = 0;
    *ret_data = data;
    *ret_len = len;
    return OK;
}

/* --- what is known ------------------------------------------------------------------------------------ */

static uint32_t hash_path(const char *path)
{
    uint32_t hash = 2166136261u;
    for (; *path; path++)
        hash = (hash ^ (unsigned char)*path) * 16777619u;
    return hash;
}

static void index_known(struct scan *s)
{
    s->bin_count = 64;
    while (s->bin_count < s->known_count * 2)
        s->bin_count *= 2;
    s->bins = arena_array(s->arena, uint32_t, s->bin_count);
    for (size_t i = 0; i < s->known_count; i++) {
        size_t bin = hash_path(s->known[i].path) & (s->bin_count - 1);
        while (s->bins[bin])
            bin = (bin + 1) & (s->bin_count - 1);
        s->bins[bin] = (uint32_t)i + 1;
    }
}

static struct known *find_known(const struct scan *s, const char *path)
{
    size_t bin = hash_path(path) & (s->bin_count - 1);
    for (; s->bins[bin]; bin = (bin + 1) & (s->bin_count - 1)) {
        struct known *k = &s->known[s->bins[bin] - 1];
        if (strcmp(k->path, path) == 0)
            return k;
    }
    return NULL;
}

static struct err load_known(struct scan *s)
{
    struct {
        VEC(struct known)
    } list = {0};
    ROWS(rows);
    /* "+": in the order of the table. By the index of the paths each row would be a page read for itself. */
    TRY(db_query(db_reader(s->options->core->db), &rows,
                 "SELECT path, id, size, modified_at, missing_since, broken FROM media_file"
                 " WHERE +library_id = $1",
                 "i", s->options->library->id));
    while (rows_next(&rows)) {
        struct known *k = arena_push(s->arena, &list);
        k->path = rows_text(&rows, s->arena, 0);
        k->id = rows_int(&rows, 1);
        k->size = rows_int(&rows, 2);
        k->modified_us = rows_int(&rows, 3);
        k->missing = !rows_is_null(&rows, 4);
        k->broken = !rows_is_null(&rows, 5);
    }
    TRY(rows_end(&rows));
    s->known = list.items;
    s->known_count = list.count;
    index_known(s);
    return OK;
}

/* --- compare ------------------------------------------------------------------------------------------- */

static bool in_folder(const struct scan *s, const char *path)
{
    const char *folder = s->options->folder;
    size_t len = strlen(folder);
    if (len && (strncmp(path, folder, len) != 0 || path[len] != '/'))
        return false;
    return s->options->recursive || !strchr(path + (len ? len + 1 : 0), '/');
}

static int by_path(const void *left, const void *right)
{
    const struct walk_file *const *a = left;
    const struct walk_file *const *b = right;
    return strcmp((*a)->path, (*b)->path);
}

static void compare_file(struct scan *s, const struct walk_file *f)
{
    struct known *k = find_known(s, f->path);
    if (k)
        k->seen = true;
    if (s->options->importer->classify(strrchr(f->path, '/') ? strrchr(f->path, '/') + 1 : f->path) ==
        SCAN_MEDIA)
        s->result->found++;
    if (!k || k->size != f->size || k->modified_us != f->modified_us || s->options->again) {
        *arena_push(s->arena, &s->todo) = f;
        return;
    }
    s->result->unchanged++;
    if (k->missing)
        *arena_push(s->arena, &s->returned) = k->id;
    if (k->broken) {
        s->result->broken++;
        walk_problem(s->arena, &s->result->walk, f->path, "broken: not readable as media");
    }
}

static void compare(struct scan *s)
{
    struct walk *walk = &s->result->walk;
    for (size_t i = 0; i < walk->files.count; i++)
        compare_file(s, &walk->files.items[i]);
    for (size_t i = 0; i < s->known_count; i++)
        s->gone += !s->known[i].seen && in_folder(s, s->known[i].path);
    if (s->todo.count)
        qsort(s->todo.items, s->todo.count, sizeof(s->todo.items[0]), by_path);
}

/* --- prepare: on pool threads ---------------------------------------------------------------------------- */

struct task {
    struct scan *scan;
    const struct walk_file *found;
    struct arena arena;
    struct scan_item item;
    const char *problem;
    bool vanished; /* between the listing and now: moved or deleted meanwhile, the next scan will see */
};

static bool stopped(const struct scan *s)
{
    return s->options->cancelled && s->options->cancelled(s->options->job);
}

static void probe(struct task *t, int fd)
{
    struct file_identity identity;
    struct media_info *info = NULL;
    struct err e = file_identify(&t->arena, fd, &identity);
    if (!failed(e))
        t->item.file.identity = arena_strdup(&t->arena, identity.hash);
    if (!failed(e) && t->found->size == 0)
        e = err_make(ERR_UNPROCESSABLE, "media_broken", "the file is empty");
    if (!failed(e))
        e = media_pool_probe(t->scan->options->core->media, &t->arena, fd, &info);
    t->item.info = info;
    if (!failed(e) && !media_info_first(info, MEDIA_VIDEO))
        t->problem = "holds no video";
    if (failed(e) && e.kind != ERR_CANCELLED)
        t->problem = e.msg;
}

static void fill_item(struct task *t)
{
    struct scan *s = t->scan;
    const char *slash = strrchr(t->found->path, '/');
    const char *name = slash ? slash + 1 : t->found->path;
    t->item.scan = s;
    t->item.arena = &t->arena;
    t->item.path = t->found->path;
    t->item.absolute = root_join(s->root, &t->arena, t->found->path);
    t->item.class = s->options->importer->classify(name);
    t->item.is_new = !find_known(s, t->found->path);
    shape_clear(&media_file_shape, &t->item.file);
    t->item.file.library_id = s->options->library->id;
    t->item.file.path = t->found->path;
    t->item.file.kind = t->item.class == SCAN_MEDIA ? "video" : "nfo";
    t->item.file.size = t->found->size;
    t->item.file.modified_at = t->found->modified_us;
}

static void prepare(void *data)
{
    struct task *t = data;
    int fd;
    if (stopped(t->scan))
        return;
    fill_item(t);
    if (t->item.class == SCAN_MEDIA) {
        struct err e = root_open(t->scan->root, &t->arena, t->found->path, O_RDONLY | O_NONBLOCK, 0, &fd);
        if (failed(e)) {
            t->vanished = e.kind == ERR_NOT_FOUND;
            t->problem = e.kind == ERR_DENIED ? "not readable" : e.msg;
            t->item.file.broken = t->problem;
            return;
        }
        probe(t, fd);
        close(fd);
    }
    if (!t->problem && t->scan->options->importer->prepare)
        t->item.prepared = t->scan->options->importer->prepare(t->scan->options->context, &t->item);
    t->item.file.broken = t->problem;
}

/* --- store: one transaction per batch --------------------------------------------------------------------- */

/* A row of this library with the same identity whose file is gone: the file has moved here. */
static struct err find_moved(struct scan *s, struct db_conn *tx, struct task *t)
{
    ROWS(rows);
    if (!t->item.is_new || !t->item.file.identity || s->gone <= 0)
        return OK;
    TRY(db_query(tx, &rows, "SELECT id, path FROM media_file WHERE library_id = $1 AND identity = $2", "it",
                 s->options->library->id, t->item.file.identity));
    int64_t id = 0;
    const char *from = NULL;
    while (!from && rows_next(&rows)) {
        const char *path = rows_text(&rows, &t->arena, 1);
        struct known *k = find_known(s, path);
        if (!k || k->seen)
            continue;
        k->seen = true;
        id = rows_int(&rows, 0);
        from = path;
    }
    TRY(rows_end(&rows));
    if (!from)
        return OK;
    t->item.moved_from = from;
    t->item.is_new = false;
    s->gone--;
    s->result->moved++;
    return db_exec(tx, "UPDATE media_file SET path = $1, missing_since = NULL WHERE id = $2", "ti",
                   t->item.path, id);
}

static bool rejects_one(struct err e)
{
    return e.kind == ERR_UNPROCESSABLE || e.kind == ERR_INVALID;
}

static struct err store_item(struct scan *s, struct db_conn *tx, struct task *t)
{
    const struct scan_options *o = s->options;
    TRY(find_moved(s, tx, t));
    TRY(media_file_store(tx, &t->arena, &t->item.file, t->item.info));
    if (t->item.file.broken)
        return OK;
    return o->importer->store(o->context, tx, &t->item);
}

/* Moved or deleted since it was listed; or on its way by ourselves (domain/organize/move.h), and its row
 * follows in a moment. Either would look like a new video. */
static struct err has_left(struct scan *s, struct db_conn *tx, struct task *t, bool *ret)
{
    struct stat st;
    int64_t id;
    *ret = failed(root_stat(s->root, &t->arena, t->item.path, true, &st));
    if (*ret)
        return OK;
    TRY(db_get_int(tx, &id, "SELECT id FROM file_move WHERE to_path = $1 OR to_nfo = $1", "t", t->item.absolute));
    *ret = id != INT_NONE;
    return OK;
}

static struct err store_guarded(struct scan *s, struct db_conn *tx, struct task *t)
{
    SAVEPOINT(before);
    TRY(has_left(s, tx, t, &t->vanished));
    if (t->vanished)
        return OK;
    TRY(db_savepoint(tx, &before));
    struct err e = store_item(s, tx, t);
    if (failed(e) && rejects_one(e)) {
        t->problem = arena_strdup(&t->arena, e.msg);
        db_savepoint_undo(&before);
        t->item.file.broken = NULL;
        s->result->rejected++;
        /* Kept as a file without an item, so that it is not read again until it changes. */
        return media_file_store(tx, &t->arena, &t->item.file, t->item.info);
    }
    TRY(e);
    return db_savepoint_keep(&before);
}

static void count_stored(struct scan *s, const struct task *t)
{
    if (t->problem)
        walk_problem(s->arena, &s->result->walk, t->item.path, t->problem);
    if (t->item.class != SCAN_MEDIA)
        return;
    if (t->item.file.broken)
        s->result->broken++;
    else if (t->item.is_new)
        s->result->added++;
    else if (!t->item.moved_from)
        s->result->changed++;
}

/* Batches of one library go one after the other: two scans of it would lock the same artists and tags,
 * each in its own order. SQLite has one writer anyway. */
static struct err wait_for_turn(struct scan *s, struct db_conn *tx)
{
    int64_t id;
    if (db_driver(s->options->core->db) != DB_POSTGRES)
        return OK;
    return db_get_int(tx, &id, "SELECT id FROM library WHERE id = $1 FOR NO KEY UPDATE", "i",
                      s->options->library->id);
}

static struct err store_batch(struct scan *s, struct task *tasks, size_t count)
{
    const struct scan_options *o = s->options;
    TX(tx);
    TRY(db_begin(o->core->db, &tx));
    TRY(wait_for_turn(s, tx.conn));
    if (o->fence)
        TRY(o->fence(o->job, tx.conn));
    for (size_t i = 0; i < count; i++) {
        if (!tasks[i].vanished)
            TRY(store_guarded(s, tx.conn, &tasks[i]));
    }
    TRY(db_commit(&tx));
    for (size_t i = 0; i < count; i++) {
        if (!tasks[i].vanished)
            count_stored(s, &tasks[i]);
    }
    return OK;
}

struct batch {
    struct task tasks[BATCH_FILES];
    size_t count;
};

static void batch_start(struct scan *s, struct batch *b, size_t from)
{
    size_t left = s->todo.count - from;
    b->count = left < BATCH_FILES ? left : BATCH_FILES;
    for (size_t i = 0; i < b->count; i++) {
        b->tasks[i] = (struct task){.scan = s, .found = s->todo.items[from + i]};
        struct err e = pool_submit(s->pool, prepare, &b->tasks[i]);
        CHECK(!failed(e)); /* the queue holds two batches */
    }
}

static void batch_finish(struct batch *b)
{
    for (size_t i = 0; i < b->count; i++)
        arena_finish(&b->tasks[i].arena);
    b->count = 0;
}

static void report(struct scan *s, const char *step)
{
    if (s->options->progress)
        s->options->progress(s->options->job, s->done, (int64_t)s->todo.count, step);
}

/* While one batch is written, the next is being prepared. */
static struct err process(struct scan *s)
{
    struct batch *batches = calloc(2, sizeof(*batches));
    CHECK(batches != NULL);
    struct err e = OK;
    size_t from = 0;
    int turn = 0;
    batch_start(s, &batches[0], 0);
    while (batches[turn].count && !failed(e)) {
        struct batch *now = &batches[turn];
        struct batch *next = &batches[1 - turn];
        pool_drain(s->pool);
        from += now->count;
        batch_start(s, next, from);
        e = stopped(s) ? err_make(ERR_CANCELLED, "cancelled", "The scan was stopped")
                       : store_batch(s, now->tasks, now->count);
        s->done += (int64_t)now->count;
        if (!failed(e))
            report(s, now->tasks[now->count - 1].item.path);
        batch_finish(now);
        turn = 1 - turn;
    }
    pool_drain(s->pool);
    batch_finish(&batches[0]);
    batch_finish(&batches[1]);
    free(batches);
    return e;
}

/* --- missing and returned ----------------------------------------------------------------------------------- */

static struct err mark_one(struct scan *s, struct db_conn *tx, int64_t id, bool gone)
{
    const struct scan_options *o = s->options;
    TRY(db_exec(tx, "UPDATE media_file SET missing_since = $1 WHERE id = $2", "ii",
                gone ? time_now_us() : TIME_NONE, id));
    if (!o->importer->missing)
        return OK;
    SCRATCH(a);
    struct media_file file;
    struct err e = media_file_get(tx, &a, id, &file);
    if (e.kind == ERR_NOT_FOUND)
        return OK; /* its row went into the trash meanwhile */
    TRY(e);
    return o->importer->missing(o->context, tx, &file, gone);
}

/* A file that was moved by us while we walked: its row names the new place by now, and there it is; or the
 * move is not over yet. */
static struct err is_gone_still(struct scan *s, struct db_conn *tx, int64_t id, bool *ret)
{
    SCRATCH(a);
    struct media_file file;
    struct stat st;
    int64_t moving;
    struct err e = media_file_get(tx, &a, id, &file);
    *ret = false;
    if (e.kind == ERR_NOT_FOUND)
        return OK; /* the row went, too: into the trash */
    TRY(e);
    e = root_stat(s->root, &a, file.path, true, &st);
    if (file.library_id != s->options->library->id || e.kind != ERR_NOT_FOUND)
        return OK;
    TRY(db_get_int(tx, &moving, "SELECT id FROM file_move WHERE from_path = $1 OR from_nfo = $1", "t",
                   root_join(s->root, &a, file.path)));
    if (moving != INT_NONE)
        return OK;
    /* Asked again: the move may have ended in between (PostgreSQL; SQLite has one writer, which is us). */
    int64_t same;
    TRY(db_get_int(tx, &same, "SELECT id FROM media_file WHERE id = $1 AND path = $2", "it", id, file.path));
    *ret = same != INT_NONE;
    return OK;
}

static struct err mark_missing(struct scan *s)
{
    const struct scan_options *o = s->options;
    int64_t marked = 0;
    TX(tx);
    if (!s->gone && !s->returned.count)
        return OK;
    /* Asked again: a mount may have gone while we walked, and then nothing is missing. */
    if (root_check(s->root) == ROOT_OFFLINE) {
        s->result->offline = true;
        return OK;
    }
    TRY(db_begin(o->core->db, &tx));
    for (size_t i = 0; i < s->known_count; i++) {
        const struct known *k = &s->known[i];
        bool gone = false;
        if (k->seen || k->missing || !in_folder(s, k->path))
            continue;
        TRY(is_gone_still(s, tx.conn, k->id, &gone));
        if (!gone)
            continue;
        TRY(mark_one(s, tx.conn, k->id, true));
        marked++;
    }
    for (size_t i = 0; i < s->returned.count; i++)
        TRY(mark_one(s, tx.conn, s->returned.items[i], false));
    TRY(db_commit(&tx));
    s->result->missing = marked;
    s->result->returned = (int64_t)s->returned.count;
    return OK;
}

/* --- run ------------------------------------------------------------------------------------------------------ */

static bool wants(void *context, const char *name)
{
    const struct scan *s = context;
    return s->options->importer->classify(name) != SCAN_IGNORE;
}

static bool walk_cancelled(void *context)
{
    return stopped(context);
}

static bool walk_skips(void *context, const char *folder)
{
    const struct scan *s = context;
    size_t len = strlen(s->options->library->path);
    if (s->trash && strcmp(folder, s->trash) == 0)
        return true;
    for (size_t i = 0; i < s->nested.count; i++) {
        if (strcmp(s->nested.items[i].path + len + 1, folder) == 0)
            return true;
    }
    return false;
}

static struct err find_nested(struct scan *s)
{
    struct library_list all = {0};
    size_t len = strlen(s->options->library->path);
    TRY(libraries_list(db_reader(s->options->core->db), s->arena, NULL, &all));
    for (size_t i = 0; i < all.count; i++) {
        const char *path = all.items[i].path;
        if (strncmp(path, s->options->library->path, len) == 0 && path[len] == '/')
            *arena_push(s->arena, &s->nested) = all.items[i];
    }
    return OK;
}

static struct err run_online(struct scan *s)
{
    struct walk *walk = &s->result->walk;
    *walk = (struct walk){.recursive = s->options->recursive,
                          .wants = wants,
                          .skips = walk_skips,
                          .cancelled = walk_cancelled,
                          .context = s};
    report(s, "Looking for files");
    const char *trash = settings_text(s->options->core->settings, s->arena, "trash.trash_dir");
    s->trash = trash && *trash && *trash != '/' ? path_normalize(s->arena, trash) : NULL;
    TRY(find_nested(s));
    TRY(walk_tree(s->root, s->arena, s->options->folder, walk));
    TRY(load_known(s));
    compare(s);
    if (s->todo.count) {
        TRY(pool_create("scan", PREPARE_THREADS, 2 * BATCH_FILES, &s->pool));
        struct err e = process(s);
        pool_destroy(s->pool);
        TRY(e);
    }
    return mark_missing(s);
}

static struct err note_scan(struct scan *s)
{
    TX(tx);
    TRY(db_begin(s->options->core->db, &tx));
    TRY(db_exec(tx.conn, "UPDATE library SET last_scan_at = $1 WHERE id = $2", "ii", time_now_us(),
                s->options->library->id));
    return db_commit(&tx);
}

struct err scan_run(struct arena *a, const struct scan_options *options, struct scan_result *ret_result)
{
    struct scan s = {.options = options, .arena = a, .result = ret_result};
    *ret_result = (struct scan_result){0};
    TRY(library_root(a, options->library, &s.root));
    struct err e = OK;
    ret_result->offline = root_check(s.root) == ROOT_OFFLINE;
    if (!ret_result->offline) {
        /* A folder that we may not write to stays unmarked; then its device tells. */
        if (options->library->last_scan_at == TIME_NONE)
            IGNORE(root_mark(s.root, a));
        e = run_online(&s);
    }
    root_free(s.root);
    TRY(e);
    TRY(library_set_online(options->core, a, options->library, !ret_result->offline));
    return ret_result->offline ? OK : note_scan(&s);
}
