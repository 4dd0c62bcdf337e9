/*
 * Walks a folder tree and lists what is there, once, without opening files.
 *
 * Folders whose name starts with a dot, "@eaDir" and "lost+found" are left out, as are temporary files of
 * our own. Links to folders are not followed; a link to a file counts when it leads to a regular file
 * inside. What cannot be listed or read, leads out, is no regular file or has no UTF-8 name becomes a
 * problem, never a failure. Everything lives in the arena. One thread.
 */
#ifndef MEDLEY_DOMAIN_LIBRARY_WALK_H
#define MEDLEY_DOMAIN_LIBRARY_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "sys/root.h"

#define WALK_PROBLEMS_MAX 500

struct walk_file {
    const char *path; /* relative to the root */
    int64_t size;
    int64_t modified_us;
};

struct walk_problem {
    const char *path; /* UTF-8; malformed bytes shown as U+FFFD */
    const char *reason;
};

struct walk {
    struct {
        VEC(struct walk_file)
    } files;
    struct {
        VEC(struct walk_problem)
    } problems;
    int64_t problem_count; /* also those beyond WALK_PROBLEMS_MAX */
    int64_t folders;
    /* set by the caller */
    bool recursive;
    bool names_only; /* no file is looked at for its size and time: both are 0 */
    bool temporaries; /* temporary files of our own are not left out */
    bool (*wants)(void *context, const char *name);
    bool (*skips)(void *context, const char *folder); /* another library's folder; NULL: none */
    bool (*cancelled)(void *context);
    void *context;
};

/* `folder` relative to the root, "" for the root. ERR_CANCELLED when asked to stop; ERR_NOT_FOUND when the
 * folder itself is missing. */
struct err walk_tree(struct root *root, struct arena *a, const char *folder, struct walk *walk) MUST_CHECK;
void walk_problem(struct arena *a, struct walk *walk, const char *path, const char *reason);

#endif
