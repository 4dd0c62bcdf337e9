/* Paths of clients. */
#include "domain/files/place.h"

#include <stdlib.h>
#include <string.h>

#include "base/fold.h"

/* What other servers keep in the same folder, and our own marker and temporary files. */
static const char *const kept_first[] = {".db", ".keys", ".torrents", ".cache"};
#define KEPT_PREFIX ".medley-"

/* --- words ------------------------------------------------------------------------------------------ */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A path that some program on the way should have decoded: judged as if it had. */
static char *decoded(struct arena *a, const char *text)
{
    char *out = arena_strdup(a, text);
    char *to = out;
    for (const char *from = text; *from; to++) {
        int high = *from == '%' ? hex_value(from[1]) : -1;
        int low = high >= 0 ? hex_value(from[2]) : -1;
        *to = low >= 0 ? (char)(high * 16 + low) : *from;
        from += low >= 0 ? 3 : 1;
    }
    *to = 0;
    return out;
}

static bool climbs(const char *path)
{
    while (*path) {
        path += strspn(path, "/\\");
        size_t len = strcspn(path, "/\\");
        if (len == 2 && path[0] == '.' && path[1] == '.')
            return true;
        path += len;
    }
    return false;
}

static struct err check_segments(const char *path)
{
    while (*path) {
        path += strspn(path, "/");
        size_t len = strcspn(path, "/");
        if (len > NAME_MAX_BYTES)
            return err_make(ERR_INVALID, "name_too_long", "A name may have at most 255 bytes");
        if (strncmp(path, KEPT_PREFIX, sizeof(KEPT_PREFIX) - 1) == 0)
            return err_make(ERR_INVALID, "name_kept", "This name is kept for the server");
        path += len;
    }
    return OK;
}

static struct err check_path(struct arena *a, const char *path)
{
    if (path[0] == '/')
        return err_make(ERR_INVALID, "absolute_path", "The path must be relative to the media folder");
    if (climbs(path) || climbs(decoded(a, path)))
        return err_make(ERR_INVALID, "path_traversal", "The path must not contain \"..\"");
    if (strlen(path) > PATH_MAX_BYTES)
        return err_make(ERR_INVALID, "path_too_long", "The path is too long");
    if (!utf8_valid(path, strlen(path)))
        return err_make(ERR_INVALID, "bad_text", "The path is not UTF-8");
    return check_segments(path);
}

static bool is_kept_first(const char *path)
{
    size_t len = strcspn(path, "/");
    for (size_t i = 0; i < sizeof(kept_first) / sizeof(kept_first[0]); i++) {
        if (strlen(kept_first[i]) == len && strncmp(path, kept_first[i], len) == 0)
            return true;
    }
    return false;
}

struct err name_check(const char *name)
{
    if (!name || name[strspn(name, " \t\r\n")] == 0)
        return err_make(ERR_INVALID, "name_missing", "A name is required");
    if (strpbrk(name, "/\\") || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return err_make(ERR_INVALID, "bad_name", "A name must not contain separators or be \"..\"");
    return check_segments(name);
}

bool name_is_hidden(const char *name)
{
    return name[0] == '.';
}

/* --- the media folders ------------------------------------------------------------------------------- */

static const char *last_word(const struct root *root)
{
    const char *slash = strrchr(root_path(root), '/');
    return slash[1] ? slash + 1 : "root";
}

const char *place_root_name(const struct roots *roots, struct arena *a, const struct root *root)
{
    int before = 0;
    if (roots->count == 1)
        return NULL;
    const char *word = last_word(root);
    for (size_t i = 0; i < roots->count && roots->items[i] != root; i++)
        before += strcmp(last_word(roots->items[i]), word) == 0;
    return before ? arena_printf(a, "%s-%d", word, before + 1) : word;
}

static struct err find_among(const struct roots *roots, struct arena *a, const char *path,
                             struct place *ret)
{
    size_t len = strcspn(path, "/");
    for (size_t i = 0; len && i < roots->count; i++) {
        const char *name = place_root_name(roots, a, roots->items[i]);
        if (strlen(name) != len || strncmp(name, path, len) != 0)
            continue;
        ret->root = roots->items[i];
        ret->path = path[len] ? path + len + 1 : "";
        return OK;
    }
    if (len)
        return err_f(a, ERR_NOT_FOUND, "file_not_found", "%s: there is no such media folder", path);
    ret->root = NULL;
    ret->path = "";
    return OK;
}

struct err place_find(const struct roots *roots, struct arena *a, const char *path, struct place *ret_place)
{
    struct place place = {0};
    TRY(check_path(a, path));
    place.shown = place.path = path_normalize(a, path);
    if (roots->count == 1)
        place.root = roots->items[0];
    else
        TRY(find_among(roots, a, place.shown, &place));
    if (is_kept_first(place.path))
        return err_make(ERR_INVALID, "name_kept", "This name is kept for the server");
    *ret_place = place;
    return OK;
}

struct err place_find_inside(const struct roots *roots, struct arena *a, const char *path,
                             struct place *ret_place)
{
    struct place place;
    if (!path || path[strspn(path, " \t\r\n")] == 0)
        return err_make(ERR_INVALID, "path_missing", "A path is required");
    TRY(place_find(roots, a, path, &place));
    if (!place.path[0])
        return err_make(ERR_INVALID, "is_root", "A media folder itself cannot be changed");
    *ret_place = place;
    return OK;
}

struct err place_of(const struct roots *roots, struct arena *a, const char *absolute,
                    struct place *ret_place)
{
    struct place place;
    if (!roots_match(roots, a, absolute, &place.root, &place.path))
        return err_make(ERR_INVALID, "outside_roots",
                        "The path is outside the media folders of this server");
    const char *name = place_root_name(roots, a, place.root);
    place.shown = !name ? place.path
                  : place.path[0] ? arena_printf(a, "%s/%s", name, place.path)
                                  : name;
    *ret_place = place;
    return OK;
}

const char *place_absolute(struct arena *a, const struct place *place)
{
    return root_join(place->root, a, place->path);
}

bool place_within(const struct place *outer, const struct place *inner)
{
    size_t len = strlen(outer->path);
    return outer->root == inner->root && strncmp(outer->path, inner->path, len) == 0 &&
           (!len || !inner->path[len] || inner->path[len] == '/');
}

/* --- errors ------------------------------------------------------------------------------------------- */

struct err file_error(struct arena *a, struct err e, const char *shown)
{
    if (e.kind == ERR_DENIED && strcmp(e.code, "outside_root") == 0)
        return err_f(a, ERR_INVALID, "outside_root", "%s leads out of the media folder", shown);
    if (e.kind == ERR_NOT_FOUND)
        return err_f(a, ERR_NOT_FOUND, "file_not_found", "%s does not exist", shown);
    if (e.kind == ERR_CONFLICT)
        return err_f(a, ERR_CONFLICT, "file_exists", "%s exists already", shown);
    return e;
}
