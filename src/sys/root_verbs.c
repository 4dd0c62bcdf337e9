/* Changing and listing names beneath a root: always the parent's descriptor and one plain name. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sys/root_private.h"

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}
#define FD(name) __attribute__((cleanup(close_fd))) int name = -1

struct err root_open_parent(struct root *root, struct arena *a, const char *path, int *ret_fd,
                            const char **ret_name)
{
    char *copy = arena_strdup(a, path);
    size_t len = strlen(copy);
    while (len > 1 && copy[len - 1] == '/')
        copy[--len] = '\0';
    char *slash = strrchr(copy, '/');
    const char *name = slash ? slash + 1 : copy;
    if (copy[0] == '/')
        return root_error(a, EXDEV, path);
    if (name[0] == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return err_f(a, ERR_INVALID, "bad_path", "\"%s\" does not end in a name", path);
    if (slash)
        *slash = '\0';
    TRY(root_open_any(root, a, slash ? copy : "", O_RDONLY | O_DIRECTORY, 0, ret_fd));
    *ret_name = name;
    return OK;
}

static struct err make_folder(struct root *root, struct arena *a, const char *path, mode_t mode)
{
    FD(parent);
    const char *name;
    TRY(root_open_parent(root, a, path, &parent, &name));
    if (mkdirat(parent, name, mode) != 0 && errno != EEXIST)
        return root_error(a, errno, path);
    return OK;
}

struct err root_mkdirs(struct root *root, struct arena *a, const char *path, mode_t mode)
{
    char *prefix = path_normalize(a, path);
    if (prefix[0] == '/')
        return root_error(a, EXDEV, path);
    for (char *end = prefix; *prefix && end;) {
        end = strchr(end + 1, '/');
        if (end)
            *end = '\0';
        FD(folder);
        /* One resolution per step, so that links on the way are judged like everywhere. */
        struct err e = root_open_any(root, a, prefix, O_PATH | O_DIRECTORY, 0, &folder);
        if (e.kind == ERR_NOT_FOUND) {
            TRY(make_folder(root, a, prefix, mode));
            e = root_open_any(root, a, prefix, O_PATH | O_DIRECTORY, 0, &folder);
        }
        TRY(e);
        if (end)
            *end = '/';
    }
    return OK;
}

struct err root_unlink(struct root *root, struct arena *a, const char *path)
{
    FD(parent);
    const char *name;
    TRY(root_open_parent(root, a, path, &parent, &name));
    if (unlinkat(parent, name, 0) == 0)
        return OK;
    if (errno == EISDIR && unlinkat(parent, name, AT_REMOVEDIR) == 0)
        return OK;
    return root_error(a, errno, path);
}

/* --- trees ------------------------------------------------------------------------------------ */

/* Returns an errno. `parent` stays open; the folder is removed from it by name. */
static int remove_folder(int parent, const char *name, dev_t device, int depth);

static int remove_entry(int folder, const char *name, dev_t device, int depth)
{
    if (unlinkat(folder, name, 0) == 0)
        return 0;
    return errno == EISDIR ? remove_folder(folder, name, device, depth) : errno;
}

static int remove_content(DIR *dir, dev_t device, int depth)
{
    struct dirent *entry;
    for (;;) {
        errno = 0;
        entry = readdir(dir);
        if (!entry)
            return errno;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        int number = remove_entry(dirfd(dir), entry->d_name, device, depth + 1);
        if (number != 0)
            return number;
    }
}

static int remove_folder(int parent, const char *name, dev_t device, int depth)
{
    struct stat st;
    if (depth > ROOT_DEPTH_MAX)
        return ENAMETOOLONG;
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno;
    if (fstat(fd, &st) != 0 || st.st_dev != device) {
        close(fd);
        return EBUSY; /* something is mounted here: not ours to empty */
    }
    DIR *dir = fdopendir(fd);
    if (!dir) {
        int number = errno;
        close(fd);
        return number;
    }
    int number;
    int tries = 0;
    do { /* some file systems skip entries when others are removed meanwhile */
        rewinddir(dir);
        number = remove_content(dir, device, depth);
        if (number == 0 && unlinkat(parent, name, AT_REMOVEDIR) != 0)
            number = errno;
    } while (number == ENOTEMPTY && ++tries < 3);
    closedir(dir);
    return number;
}

struct err root_remove_tree(struct root *root, struct arena *a, const char *path)
{
    FD(parent);
    const char *name;
    struct stat st;
    TRY(root_open_parent(root, a, path, &parent, &name));
    if (fstat(parent, &st) != 0)
        return root_error(a, errno, path);
    int number = remove_entry(parent, name, st.st_dev, 0);
    return number == 0 ? OK : root_error(a, number, path);
}

/* --- renaming --------------------------------------------------------------------------------- */

/* Without RENAME_NOREPLACE (some network file systems) a look before has to do. */
static int rename_new(int from, const char *from_name, int to, const char *to_name)
{
    struct stat st;
    if (renameat2(from, from_name, to, to_name, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    if (fstatat(to, to_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        return EEXIST;
    return renameat(from, from_name, to, to_name) == 0 ? 0 : errno;
}

struct err root_rename(struct root *from_root, const char *from, struct root *to_root,
                       const char *to, bool replace, struct arena *a)
{
    FD(from_parent);
    FD(to_parent);
    const char *from_name, *to_name;
    TRY(root_open_parent(from_root, a, from, &from_parent, &from_name));
    TRY(root_open_parent(to_root, a, to, &to_parent, &to_name));
    int number = 0;
    if (!replace)
        number = rename_new(from_parent, from_name, to_parent, to_name);
    else if (renameat(from_parent, from_name, to_parent, to_name) != 0)
        number = errno;
    if (number == EXDEV)
        return err_f(a, ERR_UNSUPPORTED, "other_device", "%s and %s are on different devices", from,
                     to);
    if (number != 0)
        return root_error(a, number, number == EEXIST || number == ENOTEMPTY ? to : from);
    /* Some file systems cannot sync a folder (EINVAL); then there is nothing more to do. */
    if ((fsync(to_parent) != 0 || fsync(from_parent) != 0) && errno == EIO)
        return root_error(a, EIO, to);
    return OK;
}

/* --- listing ---------------------------------------------------------------------------------- */

struct err root_list(struct root *root, struct arena *a, const char *path,
                     struct root_list *ret_list)
{
    int fd;
    TRY(root_open_any(root, a, path, O_RDONLY | O_DIRECTORY, 0, &fd));
    DIR *dir = fdopendir(fd);
    if (!dir) {
        int number = errno;
        close(fd);
        return root_error(a, number, path);
    }
    *ret_list = (struct root_list){.a = a, .dir = dir};
    return OK;
}

bool root_list_next(struct root_list *list)
{
    while (list->dir) {
        errno = 0;
        struct dirent *entry = readdir(list->dir);
        if (!entry) {
            list->failure = errno;
            return false;
        }
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        /* Gone since: not an entry any more. */
        if (fstatat(dirfd(list->dir), entry->d_name, &list->stat, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        list->name = entry->d_name;
        return true;
    }
    return false;
}

struct err root_list_end(struct root_list *list)
{
    struct err e = list->failure ? root_error(list->a, list->failure, "folder") : OK;
    root_list_finish(list);
    return e;
}

void root_list_finish(struct root_list *list)
{
    if (list->dir)
        closedir(list->dir);
    *list = (struct root_list){0};
}
