/* Replacing a file as a whole. */
#include "sys/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ids.h"

#define TEMPORARY_PREFIX ".medley-tmp-"

bool atomic_file_is_temporary(const char *name)
{
    return strncmp(name, TEMPORARY_PREFIX, sizeof(TEMPORARY_PREFIX) - 1) == 0;
}

static struct err open_folder(struct arena *a, struct root *root, const char *path, int *ret_fd,
                              const char **ret_name)
{
    if (root)
        return root_open_parent(root, a, path, ret_fd, ret_name);
    char *folder = arena_strdup(a, path);
    char *slash = strrchr(folder, '/');
    if (slash)
        *slash = '\0';
    const char *where = !slash ? "." : slash == folder ? "/" : folder;
    int fd = open(where, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(a, errno, where);
    *ret_fd = fd;
    *ret_name = slash ? slash + 1 : path;
    return OK;
}

struct err atomic_file_open(struct arena *a, struct root *root, const char *path, mode_t mode,
                            struct atomic_file *ret_file)
{
    struct atomic_file file = {.a = a, .open = true};
    TRY(open_folder(a, root, path, &file.folder, &file.name));
    file.name = arena_strdup(a, file.name);
    snprintf(file.temporary, sizeof(file.temporary), TEMPORARY_PREFIX "%016llx",
             (unsigned long long)random_u64());
    file.fd = openat(file.folder, file.temporary,
                     O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (file.fd < 0) {
        int number = errno;
        close(file.folder);
        return err_errno(a, number, path);
    }
    *ret_file = file;
    return OK;
}

static void close_both(struct atomic_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    close(file->folder);
    *file = (struct atomic_file){.fd = -1, .folder = -1};
}

struct err atomic_file_commit(struct atomic_file *file)
{
    CHECK(file->open);
    int fd = file->fd;
    file->fd = -1;
    int result = fsync(fd);
    int number = errno;
    if (close(fd) != 0 && result == 0) { /* a network file system tells its failure here */
        result = -1;
        number = errno;
    }
    if (result == 0) {
        result = renameat(file->folder, file->temporary, file->folder, file->name);
        number = errno;
    }
    struct err e = result == 0 ? OK : err_errno(file->a, number, file->name);
    if (failed(e))
        unlinkat(file->folder, file->temporary, 0);
    else if (fsync(file->folder) != 0 && errno == EIO)
        e = err_errno(file->a, EIO, file->name);
    close_both(file);
    return e;
}

void atomic_file_abort(struct atomic_file *file)
{
    if (!file->open)
        return;
    unlinkat(file->folder, file->temporary, 0);
    close_both(file);
}

struct err write_all(struct arena *a, int fd, const void *data, size_t len)
{
    for (const char *at = data; len > 0;) {
        ssize_t written = write(fd, at, len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0 && (errno == EFBIG || errno == ENOSPC || errno == EDQUOT))
            return err_errno(a, ENOSPC, "write");
        if (written < 0)
            return err_errno(a, errno, "write");
        at += written;
        len -= (size_t)written;
    }
    return OK;
}

struct err atomic_file_write(struct arena *a, struct root *root, const char *path, const void *data,
                             size_t len, mode_t mode)
{
    ATOMIC_FILE(file);
    TRY(atomic_file_open(a, root, path, mode, &file));
    TRY(write_all(a, file.fd, data, len));
    return atomic_file_commit(&file);
}

struct err folder_make(struct arena *a, const char *path, mode_t mode)
{
    char *part = arena_strdup(a, path);
    for (char *slash = part + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = 0;
        if (mkdir(part, 0755) && errno != EEXIST)
            return err_errno(a, errno, part);
        *slash = '/';
    }
    return mkdir(part, mode) && errno != EEXIST ? err_errno(a, errno, part) : OK;
}

struct err folder_sync(struct arena *a, const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct err e = fd < 0 || fsync(fd) ? err_errno(a, errno, path) : OK;
    if (fd >= 0)
        close(fd);
    return e;
}
