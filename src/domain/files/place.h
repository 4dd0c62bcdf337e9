/*
 * Where a path from outside leads: relative to the media folders, as file managers show it.
 *
 * With one media folder paths are relative to it. With several, the first segment names the folder (the
 * last word of its path; a second one of the same name gets "-2"), and the top is the list of folders.
 *
 * Refused before the disk is touched (ERR_INVALID): absolute paths, any ".." also behind a backslash or
 * percent-encoded, names over 255 bytes, names that are kept for the server. What links on the way lead to
 * is judged by the kernel on opening (sys/root.h); file_error() turns its answer into the same kind.
 */
#ifndef MEDLEY_DOMAIN_FILES_PLACE_H
#define MEDLEY_DOMAIN_FILES_PLACE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "sys/root.h"

#define NAME_MAX_BYTES 255
#define PATH_MAX_BYTES 4095

struct place {
    struct root *root; /* NULL: the list of media folders */
    const char *path;  /* relative to root; "": the folder itself */
    const char *shown; /* the path as clients spell it, without what is superfluous; "": the top */
};

/* "" and "." are the top. */
struct err place_find(const struct roots *roots, struct arena *a, const char *path,
                      struct place *ret_place) MUST_CHECK;
/* The same for what is to be changed: ERR_INVALID "path_missing", and "is_root" for a media folder. */
struct err place_find_inside(const struct roots *roots, struct arena *a, const char *path,
                             struct place *ret_place) MUST_CHECK;
/* From an absolute path (a job's, a library's): ERR_INVALID "outside_roots". */
struct err place_of(const struct roots *roots, struct arena *a, const char *absolute,
                    struct place *ret_place) MUST_CHECK;
const char *place_absolute(struct arena *a, const struct place *place);
/* The first segment that names this media folder; NULL when there is only one. */
const char *place_root_name(const struct roots *roots, struct arena *a, const struct root *root);

/* One name: not blank, no separator, not "." or "..", at most 255 bytes, not the server's own. */
struct err name_check(const char *name) MUST_CHECK;
/* Entries that are not shown: they start with a dot. */
bool name_is_hidden(const char *name);
/* True when `inner` is `outer` or lies in it. */
bool place_within(const struct place *outer, const struct place *inner);

/* An answer of sys/root.h for people: leading out is ERR_INVALID "outside_root", no such entry
 * ERR_NOT_FOUND "file_not_found", a taken name ERR_CONFLICT "file_exists". `shown` names the entry. */
struct err file_error(struct arena *a, struct err e, const char *shown) MUST_CHECK;

#endif
