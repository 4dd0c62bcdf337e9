/* The library against the disk. */
#include "domain/organize/verify.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fold.h"
#include "domain/catalog/thumbnail.h"
#include "domain/catalog/video.h"
#include "domain/files/browse.h"
#include "domain/library/walk.h"
#include "domain/organize/home.h"

#define PAGE 500 /* rows at a time, and repairs per transaction */

/* A folder that rows lie in: a library, or a media folder around none. */
struct shelf {
    const char *path; /* absolute */
    size_t len;
    struct root *root;
    bool offline;
    bool walked; /* its files are in the table of names */
    int64_t videos;
};

struct name {
    const char *path; /* relative to the shelf */
    uint32_t shelf;
    bool known;       /* a video names it */
};

struct verify {
    struct core *core;
    struct arena *a;
    struct verify_report *report;
    bool orphans;
    struct {
        VEC(struct shelf)
    } shelves;
    struct {
        VEC(struct name)
    } names;
    uint32_t *bins; /* 1 + index of names; open addressing */
    size_t bin_count;
    struct {
        VEC(int64_t)
    } ids; /* of all videos, in order */
};

static void add_issue(struct verify *v, const char *type, int64_t id, const char *path, const char *message,
                      const char *action)
{
    *arena_push(v->a, &v->report->issues) =
        (struct verify_issue){type, id, utf8_repair(v->a, path, strlen(path)), message, action};
}

/* --- shelves -------------------------------------------------------------------------------------------- */

static void free_root(void *root)
{
    root_free(root);
}

static void add_shelf(struct verify *v, const char *path, struct root *root, bool walked)
{
    bool offline = root_check(root) == ROOT_OFFLINE;
    *arena_push(v->a, &v->shelves) = (struct shelf){path, strlen(path), root, offline, walked && !offline, 0};
}

static struct err find_shelves(struct verify *v)
{
    struct library_list all = {0};
    TRY(libraries_list(db_reader(v->core->db), v->a, NULL, &all));
    for (size_t i = 0; i < all.count; i++) {
        struct root *root;
        TRY(library_root(v->a, &all.items[i], &root));
        arena_defer(v->a, free_root, root);
        add_shelf(v, all.items[i].path, root, strcmp(all.items[i].kind, "music_videos") == 0);
    }
    for (size_t i = 0; i < v->core->roots->count; i++)
        add_shelf(v, root_path(v->core->roots->items[i]), v->core->roots->items[i], false);
    return OK;
}

/* The longest that holds it; a library comes before the media folder of the same path. */
static struct shelf *shelf_of(struct verify *v, const char *path, const char **ret_relative)
{
    struct shelf *best = NULL;
    for (size_t i = 0; i < v->shelves.count; i++) {
        struct shelf *s = &v->shelves.items[i];
        if (strncmp(path, s->path, s->len) == 0 && path[s->len] == '/' && (!best || s->len > best->len))
            best = s;
    }
    if (best)
        *ret_relative = path + best->len + 1;
    return best;
}

/* --- the walk ------------------------------------------------------------------------------------------- */

struct walking {
    struct verify *v;
    const struct shelf *shelf;
    const char *skipped[2]; /* relative to the shelf: trash, thumbnails */
};

static bool wants_all(void *context, const char *name)
{
    (void)context;
    (void)name;
    return true;
}

static bool skips(void *context, const char *folder)
{
    const struct walking *w = context;
    const struct verify *v = w->v;
    for (size_t i = 0; i < 2; i++) {
        if (w->skipped[i] && strcmp(w->skipped[i], folder) == 0)
            return true;
    }
    /* Another library's folder is walked for itself, or not at all. */
    for (size_t i = 0; i < v->shelves.count; i++) {
        const struct shelf *s = &v->shelves.items[i];
        if (s->len > w->shelf->len && strncmp(s->path, w->shelf->path, w->shelf->len) == 0 &&
            strcmp(s->path + w->shelf->len + 1, folder) == 0)
            return true;
    }
    return false;
}

static const char *below(const char *folder, const char *path)
{
    size_t len = strlen(folder);
    return strncmp(path, folder, len) == 0 && path[len] == '/' ? path + len + 1 : NULL;
}

static bool is_video_file(const char *name)
{
    static const char *const endings[] = {".mp4", ".mkv", ".avi", ".mov", ".webm", ".m4v"};
    const char *ending = name_ending(name);
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        if (strcasecmp(ending, endings[i]) == 0)
            return true;
    }
    return false;
}

/* Files that no row can name: their names are no text. */
static void add_nameless(struct verify *v, const struct shelf *shelf, const struct walk *walk)
{
    for (size_t i = 0; v->orphans && i < walk->problems.count; i++) {
        const struct walk_problem *p = &walk->problems.items[i];
        if (!strstr(p->reason, "UTF-8") || !is_video_file(p->path))
            continue;
        v->report->orphaned_files++;
        add_issue(v, "orphaned_file", INT_NONE, arena_printf(v->a, "%s/%s", shelf->path, p->path),
                  "The name of this file is not UTF-8", "import_or_delete");
    }
}

static struct err walk_shelf(struct verify *v, size_t index)
{
    const struct shelf *shelf = &v->shelves.items[index];
    struct home home = {.library = {.path = shelf->path}};
    struct walking w = {.v = v, .shelf = shelf};
    struct walk walk = {.recursive = true, .names_only = true, .wants = wants_all, .skips = skips, .context = &w};
    w.skipped[0] = below(shelf->path, home_trash(v->core, v->a, &home));
    w.skipped[1] = below(shelf->path, thumbnail_folder(v->core, v->a));
    struct err e = walk_tree(shelf->root, v->a, "", &walk);
    if (failed(e))
        return e.kind == ERR_NOT_FOUND || e.kind == ERR_DENIED ? OK : e; /* asked for again below */
    for (size_t i = 0; i < walk.files.count; i++)
        *arena_push(v->a, &v->names) = (struct name){walk.files.items[i].path, (uint32_t)index, false};
    v->report->files_scanned += (int64_t)walk.files.count;
    add_nameless(v, shelf, &walk);
    return OK;
}

static uint32_t hash(uint32_t shelf, const char *path)
{
    uint32_t h = 2166136261u ^ shelf;
    for (; *path; path++)
        h = (h ^ (unsigned char)*path) * 16777619u;
    return h;
}

static void index_names(struct verify *v)
{
    v->bin_count = 64;
    while (v->bin_count < v->names.count * 2)
        v->bin_count *= 2;
    v->bins = arena_array(v->a, uint32_t, v->bin_count);
    for (size_t i = 0; i < v->names.count; i++) {
        size_t bin = hash(v->names.items[i].shelf, v->names.items[i].path) & (v->bin_count - 1);
        while (v->bins[bin])
            bin = (bin + 1) & (v->bin_count - 1);
        v->bins[bin] = (uint32_t)i + 1;
    }
}

static struct name *find_name(const struct verify *v, const struct shelf *shelf, const char *path)
{
    uint32_t index = (uint32_t)(shelf - v->shelves.items);
    size_t bin = hash(index, path) & (v->bin_count - 1);
    for (; v->bins[bin]; bin = (bin + 1) & (v->bin_count - 1)) {
        struct name *n = &v->names.items[v->bins[bin] - 1];
        if (n->shelf == index && strcmp(n->path, path) == 0)
            return n;
    }
    return NULL;
}

static struct err walk_all(struct verify *v)
{
    for (size_t i = 0; i < v->shelves.count; i++) {
        if (v->shelves.items[i].walked)
            TRY(walk_shelf(v, i));
    }
    index_names(v);
    /* A mount that went while we walked: what was not seen may be there. */
    for (size_t i = 0; i < v->shelves.count; i++)
        v->shelves.items[i].offline = v->shelves.items[i].offline || root_check(v->shelves.items[i].root) == ROOT_OFFLINE;
    return OK;
}

/* --- rows ----------------------------------------------------------------------------------------------- */

enum presence_on_disk { IS_THERE, IS_GONE, IS_AWAY };

/* Seen by the walk, or asked for: behind a link, in a hidden folder, or not there. */
static enum presence_on_disk look(struct verify *v, const char *path)
{
    SCRATCH(a);
    const char *relative;
    struct stat st;
    struct shelf *shelf = shelf_of(v, path, &relative);
    if (!shelf)
        return IS_GONE; /* outside the media folders nothing can be played */
    if (shelf->offline) {
        shelf->videos++;
        return IS_AWAY;
    }
    struct name *name = find_name(v, shelf, relative);
    if (name)
        name->known = true;
    if (name)
        return IS_THERE;
    struct err e = root_stat(shelf->root, &a, relative, true, &st);
    if (failed(e) && e.kind != ERR_NOT_FOUND && e.kind != ERR_DENIED)
        return IS_AWAY; /* a disk that fails is no proof that the file is gone */
    return failed(e) || !S_ISREG(st.st_mode) ? IS_GONE : IS_THERE;
}

static void check_row(struct verify *v, const struct rows *rows)
{
    SCRATCH(a);
    int64_t id = rows_int(rows, 0);
    const char *video = rows_text(rows, &a, 1);
    const char *nfo = rows_text(rows, &a, 2);
    bool deleted = rows_bool(rows, 3) == 1;
    *arena_push(v->a, &v->ids) = id;
    v->report->videos_checked += !deleted;
    enum presence_on_disk video_state = video ? look(v, path_normalize(&a, video)) : IS_THERE;
    enum presence_on_disk nfo_state = nfo ? look(v, path_normalize(&a, nfo)) : IS_THERE;
    if (!deleted && video_state == IS_GONE) {
        v->report->missing_files++;
        add_issue(v, "missing_file", id, video, "The video file does not exist", "update_status_to_missing");
    }
    if (!deleted && nfo_state == IS_GONE) {
        v->report->broken_nfos++;
        add_issue(v, "broken_nfo", id, nfo, "The NFO file does not exist", "clear_nfo_path");
    }
}

static struct err check_rows(struct verify *v)
{
    for (int64_t after = 0, count = PAGE; count == PAGE;) {
        ROWS(rows);
        count = 0;
        TRY(db_query(db_reader(v->core->db), &rows,
                     "SELECT id, video_file_path, nfo_file_path, is_deleted FROM video WHERE id > $1"
                     " ORDER BY id LIMIT $2",
                     "ii", after, (int64_t)PAGE));
        while (rows_next(&rows)) {
            check_row(v, &rows);
            after = rows_int(&rows, 0);
            count++;
        }
        TRY(rows_end(&rows));
    }
    return OK;
}

/* --- what no row names ------------------------------------------------------------------------------------ */

static void report_offline(struct verify *v)
{
    for (size_t i = 0; i < v->shelves.count; i++) {
        const struct shelf *s = &v->shelves.items[i];
        if (s->offline && (s->videos || s->walked))
            add_issue(v, "library_offline", INT_NONE, s->path,
                      arena_printf(v->a, "The folder is not there at the moment; %lld files in it were not checked",
                                   (long long)s->videos),
                      NULL);
    }
}

static void report_orphans(struct verify *v)
{
    for (size_t i = 0; i < v->names.count; i++) {
        const struct name *n = &v->names.items[i];
        const char *slash = strrchr(n->path, '/');
        if (n->known || !is_video_file(slash ? slash + 1 : n->path) || v->shelves.items[n->shelf].offline)
            continue;
        v->report->orphaned_files++;
        add_issue(v, "orphaned_file", INT_NONE,
                  arena_printf(v->a, "%s/%s", v->shelves.items[n->shelf].path, n->path),
                  "The file belongs to no video", "import_or_delete");
    }
}

static int by_number(const void *left, const void *right)
{
    int64_t l = *(const int64_t *)left;
    int64_t r = *(const int64_t *)right;
    return (l > r) - (l < r);
}

/* "7.jpg", "7-640.jpg": the number; else 0. */
static int64_t thumbnail_id(const char *name)
{
    char *end;
    long long id = strtoll(name, &end, 10);
    return end > name && (*end == '.' || *end == '-') && strcasecmp(name_ending(name), ".jpg") == 0 ? id : 0;
}

static void report_thumbnails(struct verify *v)
{
    const char *folder = thumbnail_folder(v->core, v->a);
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        int64_t id = thumbnail_id(entry->d_name);
        if (id <= 0 || (v->ids.count && bsearch(&id, v->ids.items, v->ids.count, sizeof(id), by_number)))
            continue;
        add_issue(v, "orphaned_thumbnail", INT_NONE, arena_printf(v->a, "%s/%s", folder, entry->d_name),
                  "The picture belongs to no video", "delete_thumbnail");
    }
    if (dir)
        closedir(dir);
}

struct err library_verify(struct core *core, struct arena *a, bool orphans, struct verify_report *ret)
{
    struct verify v = {.core = core, .a = a, .report = ret, .orphans = orphans};
    *ret = (struct verify_report){0};
    TRY(find_shelves(&v));
    TRY(walk_all(&v));
    TRY(check_rows(&v));
    report_offline(&v);
    if (!orphans) {
        ret->files_scanned = 0;
        return OK;
    }
    report_orphans(&v);
    report_thumbnails(&v);
    return OK;
}

/* --- repair --------------------------------------------------------------------------------------------- */

static struct err set_missing(struct db_conn *tx, struct arena *a, int64_t id, int64_t *count)
{
    int64_t status;
    TRY(db_get_int(tx, &status, "SELECT status FROM video WHERE id = $1 AND is_deleted = 0", "i", id));
    if (status == INT_NONE || status == VIDEO_MISSING)
        return OK;
    (*count)++;
    return catalog_video_set_status(tx, a, id, VIDEO_MISSING, "File not found during library verification",
                                    "library_repair", NULL);
}

/* Only when the row still names what was not there. */
static struct err clear_nfo(struct db_conn *tx, struct arena *a, const struct verify_issue *issue, int64_t *count)
{
    struct presence which = {0};
    struct video row;
    TRY(catalog_video_get(tx, a, issue->video_id, true, &row));
    if (!row.nfo_file_path || strcmp(row.nfo_file_path, issue->path) != 0)
        return OK;
    row.nfo_file_path = NULL;
    set_present(&which, VIDEO_FIELD_nfo_file_path);
    (*count)++;
    return catalog_video_update(tx, a, issue->video_id, &row, &which);
}

static struct err repair_one(struct db_conn *tx, struct arena *a, const struct verify_issue *issue, bool missing_files,
                             bool broken_nfos, struct repair_report *report)
{
    struct err e = OK;
    if (missing_files && strcmp(issue->type, "missing_file") == 0)
        e = set_missing(tx, a, issue->video_id, &report->missing_files);
    else if (broken_nfos && strcmp(issue->type, "broken_nfo") == 0)
        e = clear_nfo(tx, a, issue, &report->broken_nfos);
    return e.kind == ERR_NOT_FOUND ? OK : e; /* deleted meanwhile */
}

static struct err repair_batch(struct core *core, const struct verify_issue *issues, size_t count, bool missing_files,
                               bool broken_nfos, struct repair_report *report)
{
    SCRATCH(a);
    struct repair_report sum = *report;
    TX(tx);
    TRY(db_begin(core->db, &tx));
    for (size_t i = 0; i < count; i++)
        TRY(repair_one(tx.conn, &a, &issues[i], missing_files, broken_nfos, &sum));
    TRY(db_commit(&tx));
    *report = sum;
    return OK;
}

struct err library_repair(struct core *core, struct arena *a, bool missing_files, bool broken_nfos,
                          struct repair_report *ret)
{
    struct verify_report found;
    struct repair_report report = {0};
    TRY(library_verify(core, a, false, &found));
    for (size_t i = 0; i < found.issues.count; i += PAGE) {
        size_t left = found.issues.count - i;
        TRY(repair_batch(core, found.issues.items + i, left < PAGE ? left : PAGE, missing_files, broken_nfos, &report));
    }
    *ret = report;
    return OK;
}
