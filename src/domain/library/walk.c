/* Walking a folder tree with descriptors, so that no path is resolved twice. */
#include "domain/library/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fold.h"
#include "sys/atomic_file.h"

/* Deeper trees are loops of bind mounts, or a mistake. */
#define MAX_DEPTH 64

void walk_problem(struct arena *a, struct walk *walk, const char *path, const char *reason)
{
    walk->problem_count++;
    if (walk->problems.count >= WALK_PROBLEMS_MAX)
        return;
    struct walk_problem *p = arena_push(a, &walk->problems);
    p->path = utf8_repair(a, path, strlen(path));
    p->reason = arena_strdup(a, reason);
}

static bool skipped_folder(const char *name)
{
    return name[0] == '.' || strcmp(name, "@eaDir") == 0 || strcmp(name, "lost+found") == 0;
}

static int64_t modified_us(const struct stat *st)
{
    return (int64_t)st->st_mtim.tv_sec * SECONDS_US + st->st_mtim.tv_nsec / 1000;
}

struct walker {
    struct root *root;
    struct arena *arena;
    struct walk *walk;
};

static const char *join(struct arena *a, const char *folder, const char *name)
{
    return *folder ? arena_printf(a, "%s/%s", folder, name) : arena_strdup(a, name);
}

static void add_file(struct walker *w, const char *path, const struct stat *st)
{
    *arena_push(w->arena, &w->walk->files) =
        (struct walk_file){.path = path, .size = st->st_size, .modified_us = modified_us(st)};
}

static void visit_link(struct walker *w, const char *path)
{
    struct stat st;
    struct err e = root_stat(w->root, w->arena, path, true, &st);
    if (e.kind == ERR_DENIED)
        walk_problem(w->arena, w->walk, path, "symbolic link that leads out of the library");
    else if (failed(e))
        walk_problem(w->arena, w->walk, path, "symbolic link that leads nowhere");
    else if (S_ISREG(st.st_mode))
        add_file(w, path, &st);
}

static const char *kind_of(mode_t mode)
{
    return S_ISFIFO(mode)   ? "a named pipe, not a file"
           : S_ISSOCK(mode) ? "a socket, not a file"
                            : "a device, not a file";
}

static void walk_folder(struct walker *w, int fd, const char *folder, int depth);

static void enter_folder(struct walker *w, int parent, const char *name, const char *path, int depth)
{
    if (w->walk->skips && w->walk->skips(w->walk->context, path))
        return;
    if (depth >= MAX_DEPTH) {
        walk_problem(w->arena, w->walk, path, "nested too deeply");
        return;
    }
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        walk_problem(w->arena, w->walk, path, errno == EACCES ? "not readable" : strerror(errno));
    else
        walk_folder(w, fd, path, depth + 1);
}

static void visit(struct walker *w, int dir, const char *folder, const struct dirent *entry, int depth)
{
    const char *name = entry->d_name;
    struct stat st;
    bool maybe_folder = entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN;
    bool wanted = w->walk->wants(w->walk->context, name);
    /* The kind that the listing gives spares a stat for everything that is of no interest. */
    if (!maybe_folder && !wanted)
        return;
    bool temporary = atomic_file_is_temporary(name);
    if ((temporary && !w->walk->temporaries) || (maybe_folder && !temporary && skipped_folder(name)))
        return;
    if (!utf8_valid(name, strlen(name))) {
        walk_problem(w->arena, w->walk, join(w->arena, folder, name), "name is not UTF-8");
        return;
    }
    const char *path = join(w->arena, folder, name);
    if (entry->d_type == DT_DIR) {
        if (w->walk->recursive)
            enter_folder(w, dir, name, path, depth);
        return;
    }
    if (w->walk->names_only && entry->d_type == DT_REG) {
        *arena_push(w->arena, &w->walk->files) = (struct walk_file){.path = path};
        return;
    }
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW)) {
        walk_problem(w->arena, w->walk, path, strerror(errno));
        return;
    }
    if (S_ISDIR(st.st_mode) && w->walk->recursive)
        enter_folder(w, dir, name, path, depth);
    else if (S_ISLNK(st.st_mode) && wanted)
        visit_link(w, path);
    else if (S_ISREG(st.st_mode) && wanted)
        add_file(w, path, &st);
    else if (wanted && !S_ISDIR(st.st_mode))
        walk_problem(w->arena, w->walk, path, kind_of(st.st_mode));
}

/* Takes the descriptor. */
static void walk_folder(struct walker *w, int fd, const char *folder, int depth)
{
    DIR *dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        walk_problem(w->arena, w->walk, folder, strerror(errno));
        return;
    }
    w->walk->folders++;
    for (const struct dirent *entry; (entry = readdir(dir));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (w->walk->cancelled && w->walk->cancelled(w->walk->context))
            break;
        visit(w, dirfd(dir), folder, entry, depth);
    }
    closedir(dir);
}

struct err walk_tree(struct root *root, struct arena *a, const char *folder, struct walk *walk)
{
    struct walker w = {root, a, walk};
    int fd;
    TRY(root_open(root, a, folder, O_RDONLY | O_DIRECTORY, 0, &fd));
    walk_folder(&w, fd, folder, 0);
    if (walk->cancelled && walk->cancelled(walk->context))
        return err_make(ERR_CANCELLED, "cancelled", "The scan was stopped");
    return OK;
}
