/*
 * Replacing a file so that a reader, or the disk after a power cut, sees the old one or the new one
 * whole.
 *
 * The content goes to a temporary name in the same folder; commit syncs it, renames it over the
 * target and syncs the folder. Leaving the scope without commit removes the temporary file. One
 * thread.
 *
 *     ATOMIC_FILE(file);
 *     TRY(atomic_file_open(a, root, "posters/7.jpg", 0644, &file));
 *     ... write(file.fd, ...) ...
 *     TRY(atomic_file_commit(&file));
 */
#ifndef MEDLEY_SYS_ATOMIC_FILE_H
#define MEDLEY_SYS_ATOMIC_FILE_H

#include "base/arena.h"
#include "base/err.h"
#include "sys/root.h"

struct atomic_file {
    int fd; /* write here; -1 when closed */
    int folder;
    char temporary[48];
    const char *name; /* in the arena */
    struct arena *a;
    bool open;
};

/* `root` NULL: `path` is an own file (settings, cache), not from outside. */
struct err atomic_file_open(struct arena *a, struct root *root, const char *path, mode_t mode,
                            struct atomic_file *ret_file) MUST_CHECK;
struct err atomic_file_commit(struct atomic_file *file) MUST_CHECK;
void atomic_file_abort(struct atomic_file *file); /* harmless when finished */
#define ATOMIC_FILE(name_)                                                                         \
    __attribute__((cleanup(atomic_file_abort))) struct atomic_file name_ = {0}

/* All in one. */
struct err atomic_file_write(struct arena *a, struct root *root, const char *path, const void *data,
                             size_t len, mode_t mode) MUST_CHECK;
/* A folder of the server's own (data, backups) with its parents; one that is there is fine. */
struct err folder_make(struct arena *a, const char *path, mode_t mode) MUST_CHECK;
/* Names made, renamed or removed in it are durable. */
struct err folder_sync(struct arena *a, const char *path) MUST_CHECK;
/* A temporary name that a killed process left behind (scans skip it, clean-ups remove it). */
bool atomic_file_is_temporary(const char *name);
/* write() until everything is written; ERR_STORAGE with the reason, "disk_full" for a full disk. */
struct err write_all(struct arena *a, int fd, const void *data, size_t len) MUST_CHECK;

#endif
