/* Which library a video belongs to. */
#include "domain/organize/home.h"

#include <string.h>
#include <strings.h>

#include "core/settings.h"
#include "domain/files/browse.h"
#include "domain/library/scan.h"

#define OWN_PREFIX ".medley-"

static struct err default_library(struct core *core, struct db_conn *conn, struct arena *a, struct library *ret)
{
    struct library_list all = {0};
    const char *dir = settings_text(core->settings, a, "library_dir");
    TRY(libraries_list(conn, a, "music_videos", &all));
    if (!all.count && !core->roots->count)
        return err_field(ERR_UNCONFIGURED, "no_library", "library_dir", "There is no media folder (--library-dir)");
    if (!all.count) {
        *ret = (struct library){.id = INT_NONE, .path = dir ? dir : root_path(core->roots->items[0])};
        return OK;
    }
    size_t chosen = 0;
    for (size_t i = 0; i < all.count; i++) {
        bool better = all.items[i].id < all.items[chosen].id;
        bool named = dir && strcmp(all.items[i].path, dir) == 0;
        if (named || (better && !(dir && strcmp(all.items[chosen].path, dir) == 0)))
            chosen = i;
    }
    *ret = all.items[chosen];
    return OK;
}

struct err home_of(struct core *core, struct db_conn *conn, struct arena *a, const char *path, struct home *ret_home)
{
    struct home home = {0};
    if (path) {
        struct err e = library_for_path(conn, a, path, &home.library, &home.relative);
        if (!failed(e) && strcmp(home.library.kind, "music_videos") == 0) {
            *ret_home = home;
            return OK;
        }
        if (failed(e) && e.kind != ERR_NOT_FOUND)
            return e;
    }
    home.relative = NULL;
    TRY(default_library(core, conn, a, &home.library));
    *ret_home = home;
    return OK;
}

/* The marker of a media folder and our temporary files are nobody's video. */
static bool is_own(const char *relative)
{
    return strncmp(relative, OWN_PREFIX, strlen(OWN_PREFIX)) == 0 || strstr(relative, "/" OWN_PREFIX) != NULL;
}

struct err library_place(struct core *core, struct arena *a, const char *path, struct place *ret_place)
{
    struct place place;
    struct err e = place_of(core->roots, a, path, &place);
    if (failed(e) || !*place.path || is_own(place.path))
        return err_f(a, ERR_INVALID, "outside_library",
                     "Invalid file path: %s. Path must be within library directory.", path);
    *ret_place = place;
    return OK;
}

static void free_root(void *root)
{
    root_free(root);
}

struct err arrival_place(struct core *core, struct arena *a, const char *path, struct place *ret_place)
{
    const char *normal = path_normalize(a, path);
    size_t len = strlen(core->data_dir);
    struct root *root;
    if (!failed(library_place(core, a, normal, ret_place)))
        return OK;
    if (strncmp(normal, core->data_dir, len) != 0 || normal[len] != '/')
        return err_f(a, ERR_INVALID, "outside_library", "Invalid file path: %s", path);
    TRY(root_make(a, core->data_dir, false, &root));
    arena_defer(a, free_root, root);
    *ret_place = (struct place){root, normal + len + 1, normal + len + 1};
    return OK;
}

struct err home_place(struct core *core, struct arena *a, const struct home *home, const char *relative,
                      struct place *ret_place)
{
    return library_place(core, a, arena_printf(a, "%s/%s", home->library.path, relative), ret_place);
}

const char *home_trash(struct core *core, struct arena *a, const struct home *home)
{
    const char *dir = settings_text(core->settings, a, "trash.trash_dir");
    struct root *root;
    const char *relative;
    if (!dir || !*dir)
        dir = ".trash";
    const char *path = path_normalize(a, *dir == '/' ? dir : arena_printf(a, "%s/%s", home->library.path, dir));
    bool inside = roots_match(core->roots, a, path, &root, &relative) && *relative;
    /* A trash elsewhere, or one that is the library itself, is a mistake in the settings. */
    if (!inside || strcmp(path, home->library.path) == 0)
        path = arena_printf(a, "%s/.trash", home->library.path);
    return path;
}

/* Asked of the library as well as of the media folder: either may be a mount that is away. An open folder that
 * was renamed or covered by a mount still answers, so this comes first. */
static struct err check_online(struct core *core, struct arena *a, const struct place *place)
{
    struct library library;
    const char *relative;
    struct root *root;
    bool offline = root_check(place->root) == ROOT_OFFLINE;
    const char *path = place_absolute(a, place);
    if (!offline && !failed(library_for_path(db_reader(core->db), a, path, &library, &relative)) &&
        !failed(library_root(a, &library, &root))) {
        offline = root_check(root) == ROOT_OFFLINE;
        root_free(root);
    }
    return offline ? err_make(ERR_BUSY, "library_offline", "The library folder is not there at the moment") : OK;
}

struct err place_has_file(struct core *core, struct arena *a, const struct place *place, bool *ret_there,
                          struct stat *ret_stat)
{
    struct stat st;
    TRY(check_online(core, a, place));
    struct err e = root_stat(place->root, a, place->path, true, &st);
    if (e.kind == ERR_NOT_FOUND) {
        *ret_there = false;
        return OK;
    }
    if (failed(e))
        return file_error(a, e, place->shown);
    *ret_there = S_ISREG(st.st_mode);
    *ret_stat = st;
    return OK;
}

bool is_nfo_name(const char *path)
{
    const char *ending = name_ending(path);
    return strcasecmp(ending, ".nfo") == 0 || strcasecmp(ending, ".xml") == 0;
}

struct err video_nfo(struct core *core, struct db_conn *conn, struct arena *a, const struct video *video,
                     const char **ret_path)
{
    const char *path = video->nfo_file_path;
    struct place place;
    int64_t other;
    *ret_path = NULL;
    if (!path && video->video_file_path)
        path = with_ending(a, video->video_file_path, ".nfo");
    if (!path || !is_nfo_name(path) || failed(library_place(core, a, path, &place)))
        return OK;
    TRY(db_get_int(conn, &other, "SELECT id FROM video WHERE nfo_file_path = $1 AND id <> $2 AND is_deleted = 0 LIMIT 1",
                   "ti", path, video->id));
    if (other == INT_NONE)
        *ret_path = place_absolute(a, &place);
    return OK;
}

struct err libraries_in_turn(struct db_conn *tx)
{
    int64_t first;
    if (db_conn_driver(tx) != DB_POSTGRES)
        return OK;
    return db_get_int(tx, &first,
                      "SELECT MIN(l.id) FROM (SELECT id FROM library WHERE kind = 'music_videos' ORDER BY id"
                      " FOR NO KEY UPDATE) l",
                      "");
}

int64_t size_on_disk(struct core *core, struct arena *a, const char *path)
{
    struct place place;
    struct stat st;
    if (!path || failed(library_place(core, a, path, &place)) ||
        failed(root_stat(place.root, a, place.path, true, &st)) || !S_ISREG(st.st_mode))
        return INT_NONE;
    return st.st_size;
}
