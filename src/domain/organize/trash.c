/* Files into the trash and out of it. */
#include "domain/organize/trash.h"

#include <fcntl.h>
#include <string.h>

#include "base/clock.h"
#include "domain/catalog/catalog.h"
#include "domain/catalog/thumbnail.h"
#include "domain/catalog/video.h"
#include "domain/files/browse.h"
#include "domain/library/file.h"
#include "domain/library/scan.h"
#include "domain/organize/home.h"

#define NAME_TRIES   1000
#define ERRORS_SHOWN 100
#define PAGE         200

/* --- names ---------------------------------------------------------------------------------------------- */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* "a/b.mp4" and 2 -> "a/b (2).mp4"; the name stays within its limit. */
static const char *numbered(struct arena *a, const char *path, int number)
{
    const char *name = base_name(path);
    const char *ending = name_ending(name);
    const char *mark = arena_printf(a, " (%d)", number);
    size_t stem = (size_t)(ending - name);
    size_t rest = strlen(mark) + (strlen(ending) > 4 ? strlen(ending) : 4);
    if (number == 1)
        return path;
    if (stem + rest > NAME_MAX_BYTES)
        stem = NAME_MAX_BYTES - rest;
    while (stem && ((unsigned char)name[stem] & 0xc0) == 0x80)
        stem--;
    return arena_printf(a, "%.*s%.*s%s%s", (int)(name - path), path, (int)stem, name, mark, ending);
}

/* The rest of `path` below `folder`; NULL when it is elsewhere. */
static const char *below(const char *folder, const char *path)
{
    size_t len = strlen(folder);
    return strncmp(path, folder, len) == 0 && path[len] == '/' ? path + len + 1 : NULL;
}

static bool is_file(struct arena *a, const struct place *place)
{
    struct stat st;
    return !failed(root_stat(place->root, a, place->path, false, &st)) && !S_ISDIR(st.st_mode);
}

/* Whether another video names this file; `alive`: one that is not deleted. */
static struct err is_shared(struct db_conn *conn, const char *column, const char *path, int64_t id, bool alive,
                            bool *ret)
{
    int64_t other;
    BUF(sql);
    buf_printf(&sql, "SELECT id FROM video WHERE %s = $1 AND id <> $2 AND is_deleted < $3 LIMIT 1", column);
    TRY(db_get_int(conn, &other, sql.data, "tii", path, id, alive ? INT64_C(1) : INT64_C(2)));
    *ret = other != INT_NONE;
    return OK;
}

/* Empty folders of the trash go with their last file. */
static void remove_empty_folders(struct core *core, struct arena *a, const char *path)
{
    struct home home;
    struct place place;
    if (failed(home_of(core, db_reader(core->db), a, path, &home)))
        return;
    const char *trash = home_trash(core, a, &home);
    char *folder = arena_strdup(a, path);
    for (char *slash; below(trash, folder) && (slash = strrchr(folder, '/'));) {
        *slash = 0;
        if (!below(trash, folder) || failed(library_place(core, a, folder, &place)) ||
            failed(root_unlink(place.root, a, place.path)))
            return;
    }
}

/* --- into the trash ------------------------------------------------------------------------------------- */

static struct err soft_delete(struct core *core, struct arena *a, int64_t id)
{
    TX(tx);
    TRY(db_begin(core->db, &tx));
    TRY(catalog_video_trash(tx.conn, a, id));
    return db_commit(&tx);
}

static struct err move_to_trash(struct core *core, struct arena *a, const struct video *video, const char *path,
                                const char *trash, const char *relative, const struct move_guard *guard,
                                const char **ret_path)
{
    struct err e = OK;
    const char *nfo;
    TRY(video_nfo(core, db_reader(core->db), a, video, &nfo));
    for (int i = 1; i <= NAME_TRIES; i++) {
        struct place to_nfo;
        const char *to = numbered(a, arena_printf(a, "%s/%s", trash, relative), i);
        struct file_move move = {.video_id = video->id, .kind = MOVE_TRASH, .from = path, .to = to, .guard = guard};
        if (nfo) {
            move.from_nfo = nfo;
            move.to_nfo = with_ending(a, to, ".nfo");
            TRY(library_place(core, a, move.to_nfo, &to_nfo));
            if (is_file(a, &to_nfo))
                continue;
        }
        e = file_move_run(core, a, &move);
        if (e.kind == ERR_CONFLICT && strcmp(e.code, "file_exists") == 0)
            continue;
        TRY(e);
        *ret_path = to;
        return OK;
    }
    return failed(e) ? e : err_make(ERR_CONFLICT, "file_exists", "There are too many files of this name in the trash");
}

struct err trash_put(struct core *core, struct arena *a, int64_t video_id, const struct move_guard *guard,
                     const char **ret_path)
{
    struct video video;
    struct place place;
    struct home home;
    struct stat st;
    bool there;
    bool shared;
    TRY(catalog_video_get(db_reader(core->db), a, video_id, true, &video));
    if (!video.video_file_path)
        return err_make(ERR_INVALID, "no_file", "Video has no file path");
    TRY(library_place(core, a, video.video_file_path, &place));
    TRY(place_has_file(core, a, &place, &there, &st));
    if (!there)
        return err_f(a, ERR_NOT_FOUND, "file_not_found", "Video file not found on disk: %s", video.video_file_path);
    const char *path = place_absolute(a, &place);
    TRY(home_of(core, db_reader(core->db), a, path, &home));
    const char *trash = home_trash(core, a, &home);
    TRY(is_shared(db_reader(core->db), "video_file_path", video.video_file_path, video_id, true,
                  &shared));
    if (shared || below(trash, path)) {
        *ret_path = shared ? NULL : path;
        return video.is_deleted == 1 ? OK : soft_delete(core, a, video_id);
    }
    return move_to_trash(core, a, &video, path, trash, home.relative ? home.relative : base_name(path), guard,
                         ret_path);
}

struct err trash_arrived(struct core *core, struct db_conn *tx, struct arena *a, const struct file_move *move)
{
    struct video video;
    TRY(move_check_row(tx, a, move));
    TRY(catalog_video_get(tx, a, move->video_id, true, &video));
    TRY(db_exec(tx, "UPDATE video SET video_file_path = $1, nfo_file_path = $2 WHERE id = $3", "tti", move->to,
                move->to_nfo, move->video_id));
    TRY(db_exec(tx,
                "INSERT INTO file_trash (video_id, video_path, nfo_path) VALUES ($1, $2, $3)"
                " ON CONFLICT (video_id) DO NOTHING",
                "itt", move->video_id, move->from, move->from_nfo));
    TRY(move_file_rows(core, tx, a, move->from, NULL));
    if (move->from_nfo)
        TRY(move_file_rows(core, tx, a, move->from_nfo, NULL));
    if (video.is_deleted == 1)
        return OK;
    return catalog_video_trash(tx, a, move->video_id);
}

/* --- out of the trash ----------------------------------------------------------------------------------- */

static struct err remembered(struct db_conn *conn, struct arena *a, int64_t id, const char **ret_path)
{
    ROWS(rows);
    *ret_path = NULL;
    TRY(db_query(conn, &rows, "SELECT video_path FROM file_trash WHERE video_id = $1", "i", id));
    if (rows_next(&rows))
        *ret_path = rows_text(&rows, a, 0);
    return rows_end(&rows);
}

static struct err asked_target(struct core *core, struct arena *a, const struct home *home, const char *path,
                               const char **ret)
{
    struct place place;
    const char *absolute = *path == '/' ? path : arena_printf(a, "%s/%s", home->library.path, path);
    if (strlen(absolute) > PATH_MAX_BYTES)
        return err_make(ERR_INVALID, "path_too_long", "Invalid restore path: it is too long");
    struct err e = library_place(core, a, absolute, &place);
    if (!failed(e))
        e = name_check(base_name(place.path));
    const char *target = failed(e) ? NULL : place_absolute(a, &place);
    if (target && below(home_trash(core, a, home), target))
        e = err_make(ERR_INVALID, "in_trash", "Invalid restore path: it lies in the trash");
    TRY(e);
    *ret = target;
    return OK;
}

static struct err restore_target(struct core *core, struct arena *a, const struct video *video, const char *path,
                                 const char *asked, const char **ret)
{
    struct home home;
    TRY(home_of(core, db_reader(core->db), a, path, &home));
    if (asked)
        return asked_target(core, a, &home, asked, ret);
    const char *relative = below(home_trash(core, a, &home), path);
    *ret = path;
    if (!relative)
        return OK; /* it was never moved */
    TRY(remembered(db_reader(core->db), a, video->id, ret));
    if (!*ret)
        *ret = arena_printf(a, "%s/%s", home.library.path, relative);
    return OK;
}

static struct err restore_row(struct core *core, struct arena *a, int64_t id)
{
    TX(tx);
    TRY(db_begin(core->db, &tx));
    TRY(catalog_video_restore(tx.conn, a, id));
    TRY(db_exec(tx.conn, "DELETE FROM file_trash WHERE video_id = $1", "i", id));
    return db_commit(&tx);
}

static struct err restore_row_alone(struct core *core, struct arena *a, int64_t id)
{
    TX(tx);
    TRY(db_begin(core->db, &tx));
    TRY(catalog_video_restore(tx.conn, a, id));
    return db_commit(&tx);
}

struct err trash_restore(struct core *core, struct arena *a, int64_t video_id, const char *restore_path,
                         const char **ret_path)
{
    struct video video;
    struct place place;
    struct stat st;
    const char *target;
    bool there;
    TRY(catalog_video_get(db_reader(core->db), a, video_id, true, &video));
    if (video.is_deleted != 1)
        return err_make(ERR_INVALID, "not_deleted", "Video is not deleted");
    if (!video.video_file_path)
        return err_make(ERR_INVALID, "no_file", "Video has no file path");
    TRY(library_place(core, a, video.video_file_path, &place));
    const char *path = place_absolute(a, &place);
    TRY(restore_target(core, a, &video, path, restore_path, &target));
    TRY(place_has_file(core, a, &place, &there, &st));
    if (!there)
        return err_f(a, ERR_NOT_FOUND, "file_not_found", "Video file not found on disk: %s", path);
    struct file_move move = {.video_id = video_id, .kind = MOVE_RESTORE, .from = path, .to = target};
    TRY(video_nfo(core, db_reader(core->db), a, &video, &move.from_nfo));
    move.to_nfo = move.from_nfo ? with_ending(a, target, ".nfo") : NULL;
    TRY(strcmp(path, target) == 0 ? restore_row(core, a, video_id) : file_move_run(core, a, &move));
    remove_empty_folders(core, a, path);
    *ret_path = target;
    return OK;
}

struct err trash_restore_video(struct core *core, struct arena *a, int64_t video_id)
{
    struct video video;
    const char *was;
    const char *path;
    TRY(catalog_video_get(db_reader(core->db), a, video_id, true, &video));
    TRY(remembered(db_reader(core->db), a, video_id, &was));
    /* A place that is taken, or a file that is gone, does not keep the video in the trash. */
    if (video.is_deleted == 1 && was && !failed(trash_restore(core, a, video_id, NULL, &path)))
        return OK;
    return restore_row_alone(core, a, video_id);
}

struct err restore_arrived(struct core *core, struct db_conn *tx, struct arena *a, const struct file_move *move)
{
    (void)core;
    TRY(move_check_row(tx, a, move));
    TRY(db_exec(tx, "UPDATE video SET video_file_path = $1, nfo_file_path = $2 WHERE id = $3", "tti", move->to,
                move->to_nfo, move->video_id));
    TRY(db_exec(tx, "DELETE FROM file_trash WHERE video_id = $1", "i", move->video_id));
    return catalog_video_restore(tx, a, move->video_id);
}

/* --- for good ------------------------------------------------------------------------------------------- */

static struct err remove_one(struct core *core, struct arena *a, const char *column, const char *path, int64_t id)
{
    struct place place;
    struct stat st;
    bool shared;
    bool there;
    TRY(is_shared(db_reader(core->db), column, path, id, false, &shared));
    if (shared)
        return OK;
    TRY(library_place(core, a, path, &place));
    TRY(place_has_file(core, a, &place, &there, &st)); /* a library that is away is no missing file */
    if (!is_file(a, &place))
        return OK;
    struct err e = root_unlink(place.root, a, place.path);
    if (failed(e) && e.kind != ERR_NOT_FOUND)
        return file_error(a, e, place.shown);
    remove_empty_folders(core, a, place_absolute(a, &place));
    return OK;
}

static struct err forget_row(struct core *core, struct arena *a, const struct video *video)
{
    TX(tx);
    TRY(db_begin(core->db, &tx));
    TRY(libraries_in_turn(tx.conn));
    if (video->video_file_path)
        TRY(move_file_rows(core, tx.conn, a, video->video_file_path, NULL));
    if (video->nfo_file_path)
        TRY(move_file_rows(core, tx.conn, a, video->nfo_file_path, NULL));
    TRY(catalog_video_delete(tx.conn, a, video->id));
    return db_commit(&tx);
}

static struct err check_no_move(struct core *core, struct arena *a, int64_t id)
{
    int64_t settled;
    int64_t moving;
    TRY(db_get_int(db_reader(core->db), &moving, "SELECT id FROM file_move WHERE video_id = $1", "i", id));
    if (moving == INT_NONE)
        return OK;
    TRY(file_moves_recover(core, a, &settled));
    TRY(db_get_int(db_reader(core->db), &moving, "SELECT id FROM file_move WHERE video_id = $1", "i", id));
    return moving == INT_NONE ? OK : err_make(ERR_CONFLICT, "file_busy", "The files of this video are being moved");
}

struct err trash_purge(struct core *core, struct arena *a, int64_t video_id)
{
    struct video video;
    TRY(check_no_move(core, a, video_id));
    TRY(catalog_video_get(db_reader(core->db), a, video_id, true, &video));
    if (video.video_file_path)
        TRY(remove_one(core, a, "video_file_path", video.video_file_path, video_id));
    if (video.nfo_file_path && is_nfo_name(video.nfo_file_path))
        TRY(remove_one(core, a, "nfo_file_path", video.nfo_file_path, video_id));
    TRY(forget_row(core, a, &video));
    thumbnail_forget(core, video_id);
    return OK;
}

/* --- lists ---------------------------------------------------------------------------------------------- */

struct err trash_page(struct core *core, struct arena *a, int64_t limit, int64_t offset, struct trash_list *ret_list,
                      int64_t *ret_total)
{
    struct trash_list list = {0};
    struct db_conn *conn = db_reader(core->db);
    ROWS(rows);
    TRY(db_get_int(conn, ret_total, "SELECT COUNT(*) FROM video WHERE is_deleted = 1", ""));
    TRY(db_query(conn, &rows,
                 "SELECT id, title, artist, deleted_at, video_file_path FROM video WHERE is_deleted = 1"
                 " ORDER BY deleted_at DESC, id DESC LIMIT $1 OFFSET $2",
                 "ii", limit, offset));
    while (rows_next(&rows))
        *arena_push(a, &list) = (struct trash_item){
            .video_id = rows_int(&rows, 0),
            .title = rows_text(&rows, a, 1),
            .artist = rows_text(&rows, a, 2),
            .deleted_at = rows_int(&rows, 3),
            .path = rows_text(&rows, a, 4),
        };
    TRY(rows_end(&rows));
    for (size_t i = 0; i < list.count; i++)
        list.items[i].size = size_on_disk(core, a, list.items[i].path);
    *ret_list = list;
    return OK;
}

/* The next ones by id; their paths, and whether there are more. */
static struct err next_deleted(struct core *core, struct arena *a, int64_t after_id, int64_t before_us,
                               struct trash_list *ret_list)
{
    ROWS(rows);
    TRY(db_query(db_reader(core->db), &rows,
                 "SELECT id, video_file_path FROM video WHERE is_deleted = 1 AND id > $1 AND"
                 " (deleted_at IS NULL OR deleted_at < $2) ORDER BY id LIMIT $3",
                 "iii", after_id, before_us == TIME_NONE ? INT64_MAX : before_us, (int64_t)PAGE));
    while (rows_next(&rows))
        *arena_push(a, ret_list) = (struct trash_item){.video_id = rows_int(&rows, 0), .path = rows_text(&rows, a, 1)};
    return rows_end(&rows);
}

struct err trash_size(struct core *core, struct arena *a, int64_t *ret_count, int64_t *ret_bytes)
{
    int64_t count = 0;
    int64_t bytes = 0;
    (void)a;
    for (int64_t after = 0;;) {
        SCRATCH(scratch);
        struct trash_list list = {0};
        TRY(next_deleted(core, &scratch, after, TIME_NONE, &list));
        for (size_t i = 0; i < list.count; i++) {
            int64_t size = size_on_disk(core, &scratch, list.items[i].path);
            bytes += size > 0 ? size : 0;
            after = list.items[i].video_id;
        }
        count += (int64_t)list.count;
        if (list.count < PAGE)
            break;
    }
    *ret_count = count;
    *ret_bytes = bytes;
    return OK;
}

static void note_failure(struct arena *a, struct trash_emptied *result, int64_t id, struct err e)
{
    result->failed++;
    if (result->errors.count < ERRORS_SHOWN)
        *arena_push(a, &result->errors) =
            arena_printf(a, "Video %lld: %s", (long long)id, e.msg ? e.msg : err_kind_name(e.kind));
}

static bool is_stopped(const struct move_guard *guard)
{
    return guard && guard->cancelled && guard->cancelled(guard->context);
}

struct err trash_empty(struct core *core, struct arena *a, int64_t before_us, const struct move_guard *guard,
                       void (*progress)(void *context, int64_t done), struct trash_emptied *ret)
{
    *ret = (struct trash_emptied){0};
    for (int64_t after = 0;;) {
        SCRATCH(page);
        struct trash_list list = {0};
        TRY(next_deleted(core, &page, after, before_us, &list));
        for (size_t i = 0; i < list.count; i++) {
            SCRATCH(scratch);
            after = list.items[i].video_id;
            if (is_stopped(guard))
                return err_make(ERR_CANCELLED, "cancelled", "Emptying the trash was stopped");
            struct err e = trash_purge(core, &scratch, after);
            if (failed(e) && e.kind != ERR_NOT_FOUND)
                note_failure(a, ret, after, e);
            else
                ret->deleted += !failed(e);
            if (progress)
                progress(guard->context, ret->deleted + ret->failed);
        }
        if (list.count < PAGE)
            return OK;
    }
}
