/* Which libraries a folder means, and the libraries of a first start. */
#include <dirent.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "domain/library/library.h"

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

static bool lies_below(const char *folder, const char *path)
{
    size_t len = strlen(folder);
    return strncmp(path, folder, len) == 0 && path[len] == '/';
}

/* The library that holds the directory; makes one when there is none. */
static struct err holder(struct core *core, struct arena *a, const char *kind, const char *directory,
                         struct scan_target *ret)
{
    struct err e = library_for_path(db_reader(core->db), a, directory, &ret->library, &ret->folder);
    if (!failed(e)) {
        if (strcmp(ret->library.kind, kind) == 0)
            return OK;
        if (strcmp(ret->library.path, directory) == 0 || *ret->folder)
            return err_f(a, ERR_CONFLICT, "other_library", "This folder belongs to the library \"%s\" of %s",
                         ret->library.name, ret->library.kind);
    }
    if (failed(e) && e.kind != ERR_NOT_FOUND)
        return e;
    TX(tx);
    TRY(db_begin(core->db, &tx));
    TRY(library_ensure(core, tx.conn, a, kind, directory, base_name(directory), &ret->library));
    TRY(db_commit(&tx));
    ret->folder = "";
    return OK;
}

static struct err check_directory(struct core *core, struct arena *a, const char *directory)
{
    struct root *root;
    const char *relative;
    struct stat st;
    if (directory[0] != '/' || !roots_match(core->roots, a, directory, &root, &relative))
        return err_field(ERR_DENIED, "outside_roots", "directory",
                         "The directory is outside the media folders of this server");
    if (root_check(root) == ROOT_OFFLINE)
        return OK; /* the scan says what that means */
    struct err e = root_stat(root, a, relative, true, &st);
    if (failed(e) && e.kind == ERR_DENIED)
        return err_field(ERR_DENIED, "outside_roots", "directory", "The directory leads out of the media folders");
    if (failed(e))
        return err_f(a, ERR_NOT_FOUND, "folder_not_found", "Directory not found: %s", directory);
    if (!S_ISDIR(st.st_mode))
        return err_f(a, ERR_NOT_FOUND, "folder_not_found", "Not a directory: %s", directory);
    return OK;
}

struct err library_targets(struct core *core, struct arena *a, const char *kind, const char *directory,
                           struct scan_targets *ret)
{
    const char *path = path_normalize(a, directory);
    struct library_list all = {0};
    struct scan_targets targets = {0};
    TRY(check_directory(core, a, path));
    TRY(libraries_list(db_reader(core->db), a, kind, &all));
    for (size_t i = 0; i < all.count; i++) {
        if (lies_below(path, all.items[i].path))
            *arena_push(a, &targets) = (struct scan_target){all.items[i], ""};
    }
    struct scan_target first;
    struct err known = library_for_path(db_reader(core->db), a, path, &first.library, &first.folder);
    /* A folder that is no library of this kind itself, with such libraries inside, means those. */
    bool held = !failed(known) && strcmp(first.library.kind, kind) == 0;
    if (held || !targets.count) {
        TRY(holder(core, a, kind, path, &first));
        *arena_push(a, &targets) = first;
    }
    *ret = targets;
    return OK;
}

/* --- first start ------------------------------------------------------------------------------------------ */

static const struct {
    const char *name;
    const char *kind;
} usual_names[] = {
    {"music videos", "music_videos"}, {"music_videos", "music_videos"}, {"musicvideos", "music_videos"},
    {"movies", "movies"},             {"films", "movies"},              {"filme", "movies"},
    {"tv", "tv"},                     {"tv shows", "tv"},               {"shows", "tv"},
    {"series", "tv"},                 {"serien", "tv"},
};

static const char *kind_of_name(const char *name)
{
    for (size_t i = 0; i < sizeof(usual_names) / sizeof(usual_names[0]); i++) {
        if (strcasecmp(name, usual_names[i].name) == 0)
            return usual_names[i].kind;
    }
    return NULL;
}

static struct err add_usual(struct core *core, struct db_conn *tx, struct arena *a, struct root *root,
                            int *ret_count)
{
    struct library library;
    ROOT_LIST(list);
    TRY(root_list(root, a, "", &list));
    while (root_list_next(&list)) {
        const char *kind = kind_of_name(list.name);
        if (!kind || !S_ISDIR(list.stat.st_mode))
            continue;
        TRY(library_ensure(core, tx, a, kind, root_join(root, a, list.name), arena_strdup(a, list.name), &library));
        (*ret_count)++;
    }
    return root_list_end(&list);
}

/* A media folder that has a library inside or around it was set up before. */
static struct err is_known(struct db_conn *conn, struct arena *a, const char *path, bool *ret)
{
    struct library_list all = {0};
    TRY(libraries_list(conn, a, NULL, &all));
    *ret = false;
    for (size_t i = 0; i < all.count; i++)
        *ret = *ret || strcmp(all.items[i].path, path) == 0 || lies_below(path, all.items[i].path) ||
               lies_below(all.items[i].path, path);
    return OK;
}

struct err library_first_start(struct core *core, struct arena *a)
{
    for (size_t i = 0; i < core->roots->count; i++) {
        struct root *root = core->roots->items[i];
        struct library library;
        bool known;
        int count = 0;
        TRY(is_known(db_reader(core->db), a, root_path(root), &known));
        if (known || root_check(root) == ROOT_OFFLINE)
            continue;
        TX(tx);
        TRY(db_begin(core->db, &tx));
        TRY(add_usual(core, tx.conn, a, root, &count));
        if (!count)
            TRY(library_ensure(core, tx.conn, a, "music_videos", root_path(root), "Music videos", &library));
        TRY(db_commit(&tx));
    }
    return OK;
}
