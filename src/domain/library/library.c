/* Libraries: rows, and the folders they stand for. */
#include "domain/library/library.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fold.h"
#include "base/ids.h"
#include "core/events.h"
#include "json/writer.h"

const struct words library_kind_words =
    WORDS("library_kind", "music_videos", "movies", "tv", "music", "scenes");

#define LF(kind_, member_, ...) F(struct library, kind_, member_, .column = #member_, __VA_ARGS__)
SHAPE(library_shape, "Library", struct library, "A folder with a kind of media",
      LF(T_INT, id), LF(T_TEXT, uuid), LF(T_TEXT, kind), LF(T_TEXT, name), LF(T_TEXT, path),
      LF(T_BOOL, online), LF(T_BOOL, enabled), LF(T_BOOL, auto_scan), LF(T_JSON, options),
      LF(T_TIME, created_at), LF(T_TIME, updated_at), LF(T_TIME, last_scan_at),
      LF(T_TEXT, last_scan_job));

/* --- reading ------------------------------------------------------------------------------------------ */

static struct err select_libraries(struct db_conn *conn, struct arena *a, const char *where, char type,
                                   int64_t number, const char *text, struct library_list *ret)
{
    BUF(sql);
    ROWS(rows);
    buf_puts(&sql, "SELECT ");
    db_columns(&sql, &library_shape, NULL);
    buf_printf(&sql, " FROM library %s ORDER BY name, id", where);
    if (type == 'i')
        TRY(db_query(conn, &rows, sql.data, "i", number));
    else if (type == 't')
        TRY(db_query(conn, &rows, sql.data, "t", text));
    else
        TRY(db_query(conn, &rows, sql.data, ""));
    while (rows_next(&rows))
        rows_fill(&rows, a, &library_shape, 0, arena_push(a, ret));
    return rows_end(&rows);
}

struct err libraries_list(struct db_conn *conn, struct arena *a, const char *kind,
                          struct library_list *ret)
{
    return kind ? select_libraries(conn, a, "WHERE kind = $1", 't', 0, kind, ret)
                : select_libraries(conn, a, "", 'n', 0, NULL, ret);
}

static struct err only_one(const struct library_list *list, struct library *ret)
{
    if (!list->count)
        return err_make(ERR_NOT_FOUND, "library_not_found", "Library not found");
    *ret = list->items[0];
    return OK;
}

struct err library_get(struct db_conn *conn, struct arena *a, int64_t id, struct library *ret)
{
    struct library_list list = {0};
    TRY(select_libraries(conn, a, "WHERE id = $1", 'i', id, NULL, &list));
    return only_one(&list, ret);
}

struct err library_get_uuid(struct db_conn *conn, struct arena *a, const char *uuid, struct library *ret)
{
    struct library_list list = {0};
    TRY(select_libraries(conn, a, "WHERE uuid = $1", 't', 0, uuid, &list));
    return only_one(&list, ret);
}

/* The rest of `path` below `folder`, or NULL. */
static const char *below(const char *folder, const char *path)
{
    size_t len = strlen(folder);
    if (strncmp(path, folder, len) != 0)
        return NULL;
    if (!path[len])
        return "";
    return path[len] == '/' ? path + len + 1 : NULL;
}

struct err library_for_path(struct db_conn *conn, struct arena *a, const char *absolute,
                            struct library *ret, const char **ret_relative)
{
    struct library_list list = {0};
    const char *path = path_normalize(a, absolute);
    const struct library *best = NULL;
    TRY(libraries_list(conn, a, NULL, &list));
    for (size_t i = 0; i < list.count; i++) {
        if (below(list.items[i].path, path) &&
            (!best || strlen(list.items[i].path) > strlen(best->path)))
            best = &list.items[i];
    }
    if (!best)
        return err_make(ERR_NOT_FOUND, "library_not_found", "No library holds this path");
    *ret = *best;
    *ret_relative = below(best->path, path);
    return OK;
}

/* --- writing ------------------------------------------------------------------------------------------ */

static struct err check_path(struct core *core, struct arena *a, const char *path)
{
    struct root *root;
    const char *relative;
    struct stat st;
    if (!path || path[0] != '/')
        return err_field(ERR_INVALID, "bad_path", "path", "must be an absolute path");
    if (!roots_match(core->roots, a, path, &root, &relative))
        return err_field(ERR_DENIED, "outside_roots", "path",
                         "The path is outside the media folders of this server (--library-dir)");
    struct err e = root_stat(root, a, relative, true, &st);
    if (failed(e) && e.kind == ERR_DENIED)
        return err_field(ERR_DENIED, "outside_roots", "path", "The path leads out of the media folders");
    if (failed(e) || !S_ISDIR(st.st_mode))
        return err_field(ERR_NOT_FOUND, "folder_not_found", "path", "The folder does not exist");
    return OK;
}

static struct err check_library(struct core *core, struct arena *a, const struct library *l)
{
    if (words_find(&library_kind_words, l->kind) == ENUM_NONE)
        return err_field(ERR_INVALID, "bad_library_kind", "kind", "No such kind of library");
    if (!l->name || !*fold(a, l->name) || utf8_length(l->name) > 200)
        return err_field(ERR_INVALID, "bad_library_name", "name", "A library needs a name of 1 to 200 characters");
    return check_path(core, a, l->path);
}

static struct err check_taken(struct db_conn *tx, const struct library *l)
{
    int64_t taken;
    TRY(db_get_int(tx, &taken, "SELECT id FROM library WHERE path = $1 AND id <> $2", "ti", l->path,
                   l->id == INT_NONE ? 0 : l->id));
    return taken == INT_NONE
               ? OK
               : err_field(ERR_CONFLICT, "library_exists", "path", "A library with this path exists");
}

static struct err tell(struct db_conn *tx, int64_t id, const char *change)
{
    BUF(payload);
    struct jw w = jw_to(&payload);
    jw_object(&w);
    jw_kv_int(&w, "library_id", id);
    jw_kv_text(&w, "change", change);
    jw_end(&w);
    return event_append(tx, EVENT_LIBRARY_CHANGED, id, payload.data);
}

struct err library_create(struct core *core, struct db_conn *tx, struct arena *a, struct library *library)
{
    char uuid[UUID_TEXT_BYTES];
    struct library l = *library;
    l.path = l.path ? path_normalize(a, l.path) : NULL;
    l.id = INT_NONE;
    TRY(check_library(core, a, &l));
    TRY(check_taken(tx, &l));
    l.uuid = arena_strdup(a, uuid_make(uuid));
    l.online = 1;
    l.enabled = l.enabled != 0;
    l.auto_scan = l.auto_scan == 1;
    l.options = l.options ? l.options : "{}";
    l.created_at = l.updated_at = time_now_us();
    l.last_scan_at = TIME_NONE;
    l.last_scan_job = NULL;
    TRY(db_insert(tx, a, "library", &library_shape, &l, &l.id));
    TRY(tell(tx, l.id, "created"));
    *library = l;
    return OK;
}

struct err library_update(struct core *core, struct db_conn *tx, struct arena *a,
                          const struct library *changed, const struct presence *which,
                          struct library *ret)
{
    static const char *const allowed[] = {"kind", "name", "path", "enabled", "auto_scan", "options"};
    struct library l;
    struct presence set = {0};
    TRY(library_get(tx, a, changed->id, &l));
    for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
        int index = shape_find(&library_shape, allowed[i]);
        if (!is_present(which, (size_t)index))
            continue;
        field_copy(&library_shape.fields[index], &l, changed);
        set_present(&set, (size_t)index);
    }
    l.path = path_normalize(a, l.path);
    l.updated_at = time_now_us();
    set_present(&set, (size_t)shape_find(&library_shape, "updated_at"));
    if (is_present(which, (size_t)shape_find(&library_shape, "path")))
        TRY(check_library(core, a, &l));
    TRY(check_taken(tx, &l));
    TRY(db_update(tx, a, "library", &library_shape, l.id, &l, &set));
    TRY(tell(tx, l.id, "updated"));
    *ret = l;
    return OK;
}

struct err library_delete(struct db_conn *tx, int64_t id)
{
    int64_t changed;
    TRY(db_exec_n(tx, &changed, "DELETE FROM library WHERE id = $1", "i", id));
    if (!changed)
        return err_make(ERR_NOT_FOUND, "library_not_found", "Library not found");
    return tell(tx, id, "deleted");
}

struct err library_ensure(struct core *core, struct db_conn *tx, struct arena *a, const char *kind,
                          const char *path, const char *name, struct library *ret)
{
    struct library_list list = {0};
    TRY(select_libraries(tx, a, "WHERE path = $1", 't', 0, path_normalize(a, path), &list));
    if (list.count) {
        *ret = list.items[0];
        return OK;
    }
    struct library l = {.kind = kind, .path = path, .name = name, .enabled = 1};
    TRY(library_create(core, tx, a, &l));
    *ret = l;
    return OK;
}

/* --- the folder ---------------------------------------------------------------------------------------- */

struct err library_root(struct arena *a, const struct library *library, struct root **ret_root)
{
    /* A library that was scanned carries a marker: an empty mount point must not look like deletion. */
    return root_make(a, library->path, library->last_scan_at != TIME_NONE, ret_root);
}

struct err library_set_online(struct core *core, struct arena *a, const struct library *library, bool online)
{
    (void)a;
    int64_t changed;
    TX(tx);
    TRY(db_begin(core->db, &tx));
    TRY(db_exec_n(tx.conn, &changed, "UPDATE library SET online = $1, updated_at = $2 WHERE id = $3 AND online <> $1",
                  "iii", (int64_t)online, time_now_us(), library->id));
    if (changed)
        TRY(tell(tx.conn, library->id, online ? "online" : "offline"));
    return db_commit(&tx);
}

struct err media_open(struct core *core, struct arena *a, const char *absolute, int *ret_fd)
{
    struct root *root;
    const char *relative;
    if (!roots_match(core->roots, a, absolute, &root, &relative))
        return err_make(ERR_DENIED, "outside_roots", "The file is outside the media folders");
    return root_open(root, a, relative, O_RDONLY | O_NONBLOCK, 0, ret_fd);
}
