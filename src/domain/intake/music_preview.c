/* Previewing a scan. */
#include "domain/intake/music_preview.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "domain/catalog/video.h"
#include "domain/library/scan.h"
#include "domain/library/walk.h"

struct preview {
    struct core *core;
    struct arena *arena;
    struct root *root;
    const char *folder;
    bool skip_existing;
    struct walk walk;
    struct library_list others; /* of other kinds: their files are no music videos */
    struct music_preview *result;
};

static bool is_nfo(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && strcasecmp(dot, ".nfo") == 0;
}

static bool wants(void *context, const char *name)
{
    (void)context;
    return is_nfo(name) || is_video_name(name);
}

static bool skips(void *context, const char *folder)
{
    const struct preview *p = context;
    SCRATCH(a);
    const char *absolute = root_join(p->root, &a, folder);
    for (size_t i = 0; i < p->others.count; i++) {
        if (strcmp(p->others.items[i].kind, "music_videos") != 0 &&
            strcmp(p->others.items[i].path, absolute) == 0)
            return true;
    }
    return false;
}

static struct err read_small(struct preview *p, struct arena *a, const char *path, const char **ret_text,
                             size_t *ret_len)
{
    struct stat st;
    int fd;
    TRY(root_open(p->root, a, path, O_RDONLY | O_NONBLOCK, 0, &fd));
    if (fstat(fd, &st) || st.st_size > NFO_BYTES_MAX) {
        close(fd);
        return err_make(ERR_TOO_LARGE, "file_too_large", "The file is too large");
    }
    char *text = arena_alloc(a, (size_t)st.st_size + 1);
    ssize_t got = read(fd, text, (size_t)st.st_size);
    close(fd);
    if (got < 0)
        return err_errno(a, errno, path);
    *ret_text = text;
    *ret_len = (size_t)got;
    return OK;
}

static struct err judge(struct preview *p, struct arena *scratch, const char *path,
                        const struct music_record *r)
{
    int64_t id;
    TRY(catalog_video_find_by_artist_title(db_reader(p->core->db), scratch, r->artist, r->title, &id));
    bool exists = id != INT_NONE;
    if (exists && p->skip_existing)
        p->result->would_skip++;
    else
        p->result->would_import++;
    if (p->result->count >= PREVIEW_ITEMS)
        return OK;
    struct preview_item *item = arena_push(p->arena, p->result);
    *item = (struct preview_item){
        .path = root_join(p->root, p->arena, path),
        .from_nfo = r->from_nfo,
        .title = arena_strdup(p->arena, r->title),
        .artist = arena_strdup(p->arena, r->artist),
        .album = arena_strdup(p->arena, r->album),
        .year = r->year,
        .exists = exists,
    };
    return OK;
}

static struct err visit_nfo(struct preview *p, const char *path)
{
    SCRATCH(a);
    const char *text;
    size_t len;
    struct music_record r;
    p->result->nfo_files++;
    if (failed(read_small(p, &a, path, &text, &len)))
        return OK; /* the scan itself reports it */
    music_record_from_nfo(&a, text, len, &r);
    if (r.kind != NFO_MUSICVIDEO)
        return OK;
    p->result->musicvideos++;
    return r.problem ? OK : judge(p, &a, path, &r);
}

static struct err visit_video(struct preview *p, const char *path)
{
    SCRATCH(a);
    struct stat st;
    struct music_record r;
    if (!failed(root_stat(p->root, &a, with_ending(&a, path, ".nfo"), true, &st)))
        return OK; /* its NFO speaks for it */
    music_record_from_name(&a, path, &r);
    p->result->without_nfo++;
    return r.problem ? OK : judge(p, &a, path, &r);
}

static struct err look(struct preview *p)
{
    TRY(walk_tree(p->root, p->arena, p->folder, &p->walk));
    for (size_t i = 0; i < p->walk.files.count; i++) {
        const char *path = p->walk.files.items[i].path;
        TRY(is_nfo(path) ? visit_nfo(p, path) : visit_video(p, path));
    }
    return OK;
}

struct err music_preview(struct core *core, struct arena *a, const char *directory, bool recursive,
                         bool skip_existing, struct music_preview *ret)
{
    struct preview p = {.core = core, .arena = a, .skip_existing = skip_existing, .result = ret};
    struct stat st;
    *ret = (struct music_preview){0};
    p.walk = (struct walk){.recursive = recursive, .wants = wants, .skips = skips, .context = &p};
    TRY(libraries_list(db_reader(core->db), a, NULL, &p.others));
    if (!directory || directory[0] != '/' ||
        !roots_match(core->roots, a, directory, &p.root, &p.folder))
        return err_field(ERR_DENIED, "outside_roots", "directory",
                         "The directory is outside the media folders of this server");
    struct err e = root_stat(p.root, a, p.folder, true, &st);
    if (failed(e) && e.kind != ERR_DENIED)
        return err_f(a, ERR_NOT_FOUND, "folder_not_found", "Directory not found: %s", directory);
    TRY(e);
    if (!S_ISDIR(st.st_mode))
        return err_f(a, ERR_NOT_FOUND, "folder_not_found", "Not a directory: %s", directory);
    return look(&p);
}
