/*
 * Copying files and trees beneath the media folders.
 *
 * copy_plan_make() looks at everything first, so that sizes are known and a tree copied into itself ends.
 * copy_file() then copies one file of the plan inside the kernel (copy_file_range, sendfile; read and write
 * where neither works) into a temporary name beside the target, syncs it and renames it: the target is
 * there whole or not at all. Time and permissions of the source are kept. Whoever copies decides about
 * threads, progress and what to do after a failure. Everything lives in the caller's arena.
 */
#ifndef MEDLEY_DOMAIN_FILES_COPY_H
#define MEDLEY_DOMAIN_FILES_COPY_H

#include "domain/files/place.h"

struct copy_file {
    const char *path; /* relative to the source; "" when the source is the file */
    int64_t size;
    int64_t modified_ns;
};
struct copy_plan {
    struct {
        VEC(struct copy_file)
    } files;
    struct {
        VEC(const char *)
    } folders; /* relative, parents first; without the source itself */
    bool is_folder;
    int64_t bytes;
    int64_t skipped; /* links to folders or out, pipes, devices, names of the server */
};

struct copy {
    struct place from;
    struct place to;
    bool overwrite;         /* false: a file at the target is ERR_CONFLICT */
    bool resume;            /* a target of the same size and time is the copy that was made before */
    const char *temporary;  /* name that nobody else uses: begins with COPY_TEMPORARY */
    bool (*cancelled)(void *context);
    void (*advanced)(void *context, int64_t bytes); /* also for what resume skips */
    void *context;
};
/* Scans and listings skip such names (sys/atomic_file.h). */
#define COPY_TEMPORARY ".medley-tmp-"

/* Before a copy is queued: the source is there (ERR_NOT_FOUND), the target is not inside it (ERR_INVALID
 * "into_itself"), and the folder that will hold the copy exists (for a folder: the target itself). */
struct err copy_prepare(struct arena *a, const struct place *from, const struct place *to) MUST_CHECK;
/* ERR_CANCELLED when asked to stop. */
struct err copy_plan_make(struct arena *a, const struct copy *copy, struct copy_plan *ret_plan) MUST_CHECK;
/* The folders of the plan, and the target's parents. */
struct err copy_folders(struct arena *a, const struct copy *copy, const struct copy_plan *plan) MUST_CHECK;
/* ERR_CANCELLED leaves nothing behind, nor does any failure. */
struct err copy_file(struct arena *a, const struct copy *copy, const struct copy_file *file) MUST_CHECK;
/* After a copy that was meant as a move: removes what was copied and has not changed since; *ret_kept
 * counts what stays (changed files, and folders that still hold something). */
struct err copy_remove_source(struct arena *a, const struct copy *copy, const struct copy_plan *plan,
                              int64_t *ret_kept) MUST_CHECK;

#endif
