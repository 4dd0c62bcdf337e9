/* Changing names. */
#include "domain/files/change.h"

#include <string.h>
#include <strings.h>

#define FOLDER_MODE 0775

static const char *folder_of(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? arena_strndup(a, path, (size_t)(slash - path)) : "";
}

struct place place_parent(struct arena *a, const struct place *place)
{
    return (struct place){place->root, folder_of(a, place->path), folder_of(a, place->shown)};
}

struct err files_make_folder(struct arena *a, const struct place *place)
{
    struct err e = root_mkdirs(place->root, a, place->path, FOLDER_MODE);
    struct stat st;
    /* A file in the way looks like "not there" to the kernel's walk. */
    if (e.kind == ERR_NOT_FOUND && !failed(root_stat(place->root, a, place->path, true, &st)))
        return err_f(a, ERR_CONFLICT, "file_exists", "%s is a file", place->shown);
    if (e.kind == ERR_NOT_FOUND)
        return err_f(a, ERR_CONFLICT, "file_exists", "A file is in the way of %s", place->shown);
    return failed(e) ? file_error(a, e, place->shown) : OK;
}

/* A link is moved as it is, but not one that leads out: it must not become reachable under a new name. */
static struct err check_source(struct arena *a, const struct place *from)
{
    struct stat st;
    struct err e = root_stat(from->root, a, from->path, true, &st);
    if (e.kind == ERR_NOT_FOUND)
        e = root_stat(from->root, a, from->path, false, &st);
    return failed(e) ? file_error(a, e, from->shown) : OK;
}

static struct err rename_place(struct arena *a, const struct place *from, const struct place *to)
{
    struct err e = root_rename(from->root, from->path, to->root, to->path, false, a);
    if (e.kind == ERR_INVALID && strcmp(e.code, "bad_path") == 0)
        return err_f(a, ERR_INVALID, "into_itself", "%s cannot be moved into itself", from->shown);
    struct stat taken;
    if (e.kind == ERR_UNSUPPORTED && !failed(root_stat(to->root, a, to->path, false, &taken)))
        return err_f(a, ERR_CONFLICT, "file_exists", "%s exists already", to->shown);
    /* Both names go through the same folder now, so what is missing can only be the source. */
    return failed(e) ? file_error(a, e, e.kind == ERR_CONFLICT ? to->shown : from->shown) : OK;
}

struct err files_move(struct arena *a, const struct place *from, const struct place *to)
{
    if (place_within(from, to) && strcmp(from->path, to->path) != 0)
        return err_f(a, ERR_INVALID, "into_itself", "%s cannot be moved into itself", from->shown);
    TRY(check_source(a, from));
    struct place parent = place_parent(a, to);
    TRY(files_make_folder(a, &parent));
    return rename_place(a, from, to);
}

/* On a file system that ignores case both names are one entry. */
static bool is_same_entry(struct arena *a, const struct place *left, const struct place *right)
{
    struct stat l;
    struct stat r;
    return strcasecmp(left->path, right->path) == 0 && strcmp(left->path, right->path) != 0 &&
           !failed(root_stat(left->root, a, left->path, false, &l)) &&
           !failed(root_stat(right->root, a, right->path, false, &r)) && l.st_dev == r.st_dev &&
           l.st_ino == r.st_ino && (S_ISDIR(l.st_mode) || l.st_nlink == 1);
}

struct err files_rename(struct arena *a, const struct place *place, const char *new_name)
{
    TRY(name_check(new_name));
    TRY(check_source(a, place));
    struct place parent = place_parent(a, place);
    struct place to = {
        .root = place->root,
        .path = *parent.path ? arena_printf(a, "%s/%s", parent.path, new_name) : new_name,
        .shown = *parent.shown ? arena_printf(a, "%s/%s", parent.shown, new_name) : new_name,
    };
    struct err e = rename_place(a, place, &to);
    if (e.kind == ERR_CONFLICT && is_same_entry(a, place, &to))
        e = root_rename(place->root, place->path, to.root, to.path, true, a);
    return e;
}

struct err files_remove(struct arena *a, const struct place *place, bool only_folder)
{
    struct stat st;
    struct err e = root_stat(place->root, a, place->path, false, &st);
    if (!failed(e) && only_folder && !S_ISDIR(st.st_mode))
        return err_f(a, ERR_NOT_FOUND, "file_not_found", "%s is not a folder", place->shown);
    if (!failed(e))
        e = S_ISDIR(st.st_mode) ? root_remove_tree(place->root, a, place->path)
                                : root_unlink(place->root, a, place->path);
    return failed(e) ? file_error(a, e, place->shown) : OK;
}
