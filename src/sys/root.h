/*
 * Files beneath a configured folder, and nowhere else.
 *
 * Every path that comes from outside is relative to a root and resolved by the kernel with
 * openat2(RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS): "..", absolute paths and symbolic links that
 * lead out are refused (ERR_DENIED "outside_root"), also when somebody swaps a folder for a link
 * meanwhile. Links that stay inside work. Verbs that change a name (unlink, rename, mkdirs,
 * remove_tree) never follow a link in the last place.
 *
 * Offline. A mount that is missing must not look like a folder whose files were deleted. A root is
 * offline while its folder does not exist, or its marker file was seen before (in this process, or
 * `marked` says so, kept in the library's row) and is not there now, or, without a marker, it lies
 * on another device than before. root_check() looks; whoever is about to believe "this file is
 * gone" asks it first, and again after.
 *
 * A root is created with root_make and freed when no thread uses it; its verbs may be called by any
 * thread. Messages live in the arena.
 */
#ifndef MEDLEY_SYS_ROOT_H
#define MEDLEY_SYS_ROOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"

#define ROOT_MARKER ".medley-root"
/* Folders within folders; remove_tree refuses deeper trees. */
#define ROOT_DEPTH_MAX 128

struct root;

/* `path` is absolute and comes from a setting; it may itself be a link, and need not exist yet. */
struct err root_make(struct arena *a, const char *path, bool marked,
                     struct root **ret_root) MUST_CHECK;
void root_free(struct root *root); /* NULL is fine */
/* As configured, without a slash at the end. */
const char *root_path(const struct root *root);

enum root_state { ROOT_ONLINE, ROOT_OFFLINE };
/* Looks at the disk now. Follows a folder that was mounted again. */
enum root_state root_check(struct root *root);
bool root_is_marked(struct root *root);
/* Creates the marker when it is missing. */
struct err root_mark(struct root *root, struct arena *a) MUST_CHECK;

/* Opens a regular file (or, with O_DIRECTORY or O_PATH in flags, what these ask for). O_CLOEXEC is
 * added. Anything else, a pipe or a device, is ERR_UNSUPPORTED "not_a_file". "" and "." are the
 * root itself. */
struct err root_open(struct root *root, struct arena *a, const char *path, int flags, mode_t mode,
                     int *ret_fd) MUST_CHECK;
/* Of what a link leads to (inside), or, with `follow` false, of the link. */
struct err root_stat(struct root *root, struct arena *a, const char *path, bool follow,
                     struct stat *ret_stat) MUST_CHECK;
/* Every missing folder of the path. */
struct err root_mkdirs(struct root *root, struct arena *a, const char *path,
                       mode_t mode) MUST_CHECK;
/* A file or an empty folder; never follows. */
struct err root_unlink(struct root *root, struct arena *a, const char *path) MUST_CHECK;
/* Everything below and the folder; links are removed, not followed; other file systems are refused.
 */
struct err root_remove_tree(struct root *root, struct arena *a, const char *path) MUST_CHECK;
/* Durable on return. `replace` false: an existing target is ERR_CONFLICT "file_exists". Between
 * devices: ERR_UNSUPPORTED "other_device" (the caller copies). */
struct err root_rename(struct root *from_root, const char *from, struct root *to_root,
                       const char *to, bool replace, struct arena *a) MUST_CHECK;
/* Opens the folder of `path` for the *at() calls and finds the last name in it. Caller closes. */
struct err root_open_parent(struct root *root, struct arena *a, const char *path, int *ret_fd,
                            const char **ret_name) MUST_CHECK;

/*
 * The entries of a folder in the order of the disk, without "." and "..":
 *
 *     ROOT_LIST(list);
 *     TRY(root_list(root, a, "Films", &list));
 *     while (root_list_next(&list))
 *         use(list.name, list.stat.st_size);
 *     TRY(root_list_end(&list));
 */
struct root_list {
    const char *name; /* valid until the next one */
    struct stat stat; /* of the entry itself, not of what a link leads to */
    struct arena *a;
    void *dir;
    int failure;
};
struct err root_list(struct root *root, struct arena *a, const char *path,
                     struct root_list *ret_list) MUST_CHECK;
bool root_list_next(struct root_list *list);
struct err root_list_end(struct root_list *list) MUST_CHECK;
void root_list_finish(struct root_list *list);
#define ROOT_LIST(name_) __attribute__((cleanup(root_list_finish))) struct root_list name_ = {0}

/* A set of roots; the caller owns the array. */
struct roots {
    struct root **items;
    size_t count;
};
/* The root with the longest path that contains this absolute one, and the rest of it ("" for the
 * root itself). Works on the words alone ("a/../b" is "b"): what the path leads to is judged on
 * opening.
 * */
bool roots_match(const struct roots *roots, struct arena *a, const char *absolute,
                 struct root **ret_root, const char **ret_relative);
/* "/media/films" and "a/b.mkv" -> "/media/films/a/b.mkv" */
const char *root_join(const struct root *root, struct arena *a, const char *relative);
/* Without "//", "/./", "x/.." and the slash at the end. ".." at the start of a relative path stays.
 */
char *path_normalize(struct arena *a, const char *path);

#endif
