/* A configured folder: opening beneath it, and whether it is there at all. */
#include "sys/root.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/root_private.h"

/* The kernel gives up with EAGAIN when names move while it resolves; others retry less. */
#define RESOLVE_TRIES 128

struct root {
    char *path;
    pthread_mutex_t lock;
    /* The folder. A number once set stays the same; a new mount is put behind it with dup3. */
    _Atomic int fd;
    /* --- under lock --- */
    bool marked;
    bool seen; /* device is known */
    dev_t device;
    ino_t inode;
};

/* --- words ------------------------------------------------------------------------------------ */

char *path_normalize(struct arena *a, const char *path)
{
    bool absolute = path[0] == '/';
    char *out = arena_alloc(a, strlen(path) + 2);
    size_t len = 0, floor = 0; /* below floor there is nothing that ".." could take back */
    while (*path) {
        path += strspn(path, "/");
        size_t word = strcspn(path, "/");
        if (word == 0 || (word == 1 && path[0] == '.')) {
            path += word;
            continue;
        }
        bool up = word == 2 && path[0] == '.' && path[1] == '.';
        if (up && len > floor) {
            while (len > floor && out[len - 1] != '/')
                len--;
            len -= len > floor; /* the slash */
        } else if (!up || !absolute) {
            if (len > 0)
                out[len++] = '/';
            memcpy(out + len, path, word);
            len += word;
            floor = up ? len : floor;
        }
        path += word;
    }
    out[len] = '\0';
    return absolute ? arena_printf(a, "/%s", out) : out;
}

const char *root_path(const struct root *root)
{
    return root->path;
}

const char *root_join(const struct root *root, struct arena *a, const char *relative)
{
    bool slash = root->path[1] == '\0';
    return relative[0] ? arena_printf(a, "%s%s%s", slash ? "" : root->path, "/", relative)
                       : arena_strdup(a, root->path);
}

/* The part of `path` below `folder`; NULL when it is elsewhere. */
static const char *below(const char *folder, const char *path)
{
    size_t len = strlen(folder);
    if (len == 1)
        return path + 1;
    if (strncmp(folder, path, len) != 0 || (path[len] != '/' && path[len] != '\0'))
        return NULL;
    return path[len] ? path + len + 1 : path + len;
}

bool roots_match(const struct roots *roots, struct arena *a, const char *absolute,
                 struct root **ret_root, const char **ret_relative)
{
    struct root *found = NULL;
    if (absolute[0] != '/')
        return false;
    const char *path = path_normalize(a, absolute);
    for (size_t i = 0; i < roots->count; i++) {
        struct root *root = roots->items[i];
        if (below(root->path, path) && (!found || strlen(root->path) > strlen(found->path)))
            found = root;
    }
    if (!found)
        return false;
    *ret_root = found;
    *ret_relative = below(found->path, path);
    return true;
}

/* --- errors ----------------------------------------------------------------------------------- */

struct err root_error(struct arena *a, int number, const char *path)
{
    if (number == EXDEV)
        return err_f(a, ERR_DENIED, "outside_root", "%s leads out of its folder", path);
    if (number == ENOSYS)
        return err_f(a, ERR_STORAGE, "io_error",
                     "%s: this kernel (or its sandbox) has no openat2(); Linux 5.6 is needed",
                     path);
    return err_errno(a, number, path[0] ? path : ".");
}

/* --- there or not ----------------------------------------------------------------------------- */

static bool has_marker(int fd)
{
    struct stat st;
    return fstatat(fd, ROOT_MARKER, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

/* Under lock: takes the folder that the path names now, if it is the right one. */
static bool adopt(struct root *root, int fd)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return false;
    bool marker = has_marker(fd);
    if (!marker && (root->marked || (root->seen && st.st_dev != root->device)))
        return false;
    bool same = root->seen && st.st_dev == root->device && st.st_ino == root->inode;
    int held = atomic_load(&root->fd);
    if (held < 0)
        atomic_store(&root->fd, fcntl(fd, F_DUPFD_CLOEXEC, 0));
    else if (!same)
        dup3(fd, held, O_CLOEXEC); /* atomic: calls in flight use the old folder or the new one */
    root->marked = root->marked || marker;
    root->seen = true;
    root->device = st.st_dev;
    root->inode = st.st_ino;
    return atomic_load(&root->fd) >= 0;
}

enum root_state root_check(struct root *root)
{
    bool online = false;
    pthread_mutex_lock(&root->lock);
    int fd = open(root->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        online = adopt(root, fd);
        close(fd);
    }
    pthread_mutex_unlock(&root->lock);
    return online ? ROOT_ONLINE : ROOT_OFFLINE;
}

bool root_is_marked(struct root *root)
{
    pthread_mutex_lock(&root->lock);
    bool marked = root->marked;
    pthread_mutex_unlock(&root->lock);
    return marked;
}

struct err root_mark(struct root *root, struct arena *a)
{
    int fd;
    TRY(root_open(root, a, ROOT_MARKER, O_WRONLY | O_CREAT | O_NOFOLLOW, 0644, &fd));
    static const char text[] =
        "Medley looks for this file: without it the folder counts as offline.\n";
    struct stat st;
    bool written = fstat(fd, &st) == 0 &&
                   (st.st_size > 0 || write(fd, text, sizeof(text) - 1) == sizeof(text) - 1) &&
                   fsync(fd) == 0;
    int number = errno;
    close(fd);
    if (!written)
        return root_error(a, number, ROOT_MARKER);
    pthread_mutex_lock(&root->lock);
    root->marked = true;
    pthread_mutex_unlock(&root->lock);
    return OK;
}

struct err root_make(struct arena *a, const char *path, bool marked, struct root **ret_root)
{
    if (!path || path[0] != '/')
        return err_f(a, ERR_INVALID, "bad_path", "%s is not an absolute path",
                     path ? path : "(none)");
    struct root *root = calloc(1, sizeof(*root));
    CHECK(root != NULL);
    root->path = strdup(path_normalize(a, path));
    CHECK(root->path != NULL);
    root->marked = marked;
    atomic_init(&root->fd, -1);
    pthread_mutex_init(&root->lock, NULL);
    root_check(root);
    *ret_root = root;
    return OK;
}

void root_free(struct root *root)
{
    if (!root)
        return;
    if (atomic_load(&root->fd) >= 0)
        close(atomic_load(&root->fd));
    pthread_mutex_destroy(&root->lock);
    free(root->path);
    free(root);
}

/* --- opening ---------------------------------------------------------------------------------- */

static int open_beneath(int root_fd, const char *path, int flags, mode_t mode)
{
    struct open_how how = {
        .flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
        .mode = flags & O_CREAT ? mode : 0,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };
    long fd = -1;
    for (int i = 0; i < RESOLVE_TRIES; i++) {
        fd = syscall(SYS_openat2, root_fd, path[0] ? path : ".", &how, sizeof(how));
        if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
            break;
    }
    return (int)fd;
}

struct err root_open_any(struct root *root, struct arena *a, const char *path, int flags,
                         mode_t mode, int *ret_fd)
{
    if (atomic_load(&root->fd) < 0 && root_check(root) != ROOT_ONLINE)
        return err_f(a, ERR_STORAGE, "root_offline", "The folder %s is not there.", root->path);
    int fd = open_beneath(atomic_load(&root->fd), path, flags, mode);
    if (fd < 0)
        return root_error(a, errno, path);
    *ret_fd = fd;
    return OK;
}

struct err root_open(struct root *root, struct arena *a, const char *path, int flags, mode_t mode,
                     int *ret_fd)
{
    struct stat st;
    int fd;
    if (flags & (O_DIRECTORY | O_PATH))
        return root_open_any(root, a, path, flags, mode, ret_fd);
    /* O_NONBLOCK: a pipe in the library must not make its reader wait for ever. */
    TRY(root_open_any(root, a, path, flags | O_NONBLOCK | O_NOCTTY, mode, &fd));
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return err_f(a, ERR_UNSUPPORTED, "not_a_file", "%s is not a file", path[0] ? path : ".");
    }
    *ret_fd = fd;
    return OK;
}

struct err root_stat(struct root *root, struct arena *a, const char *path, bool follow,
                     struct stat *ret_stat)
{
    struct stat st;
    int fd;
    TRY(root_open_any(root, a, path, O_PATH | (follow ? 0 : O_NOFOLLOW), 0, &fd));
    int result = fstat(fd, &st);
    int number = errno;
    close(fd);
    if (result != 0)
        return root_error(a, number, path);
    *ret_stat = st;
    return OK;
}
