/* Music videos into their places. */
#include "domain/organize/organize.h"

#include <string.h>

#include "core/settings.h"
#include "domain/catalog/relations.h"
#include "domain/catalog/video.h"
#include "domain/files/browse.h"

const struct words organize_status_words = WORDS("OrganizeStatus", "moved", "already_organized", "dry_run");

/* --- targets -------------------------------------------------------------------------------------------- */

static struct err expand(struct core *core, struct arena *a, const struct video *video, const char *source,
                         struct pattern_path *ret)
{
    struct pattern pattern;
    const char *ending = source ? name_ending(source) : "";
    TRY(pattern_compile(a, settings_text(core->settings, a, "organizer.path_pattern"), &pattern));
    return pattern_expand(a, &pattern, video, settings_bool(core->settings, "organizer.normalize_filenames"), ending,
                          ret);
}

struct err organize_target(struct core *core, struct db_conn *conn, struct arena *a, const struct video *video,
                           const char *source, struct organize_target *ret_target)
{
    struct organize_target target = {0};
    TRY(home_of(core, conn, a, source, &target.home));
    TRY(expand(core, a, video, source, &target.path));
    TRY(home_place(core, a, &target.home, target.path.video, &target.place));
    *ret_target = target;
    return OK;
}

static struct err read_video(struct core *core, struct arena *a, int64_t id, struct video *ret)
{
    struct db_conn *conn = db_reader(core->db);
    TRY(catalog_video_get(conn, a, id, false, ret));
    return catalog_load_relations(conn, a, ret, 1);
}

/* --- what is there -------------------------------------------------------------------------------------- */

static struct err check_source(struct core *core, struct arena *a, const struct place *from, int64_t *ret_size)
{
    struct stat st;
    bool there;
    TRY(place_has_file(core, a, from, &there, &st));
    if (!there)
        return err_f(a, ERR_NOT_FOUND, "file_not_found", "Video file not found on disk: %s", place_absolute(a, from));
    *ret_size = st.st_size;
    return OK;
}

static struct err check_target(struct arena *a, const struct place *to)
{
    struct stat st;
    struct err e = root_stat(to->root, a, to->path, false, &st);
    if (e.kind == ERR_NOT_FOUND)
        return OK;
    if (failed(e))
        return file_error(a, e, to->shown);
    return err_f(a, ERR_CONFLICT, "file_exists", "Target file already exists: %s", place_absolute(a, to));
}

/* Named now, looked for when it is moved: an export may write it meanwhile, and sees this move's intent. */
static struct err plan_nfo(struct core *core, struct arena *a, struct file_move *move, const char *target)
{
    struct db_conn *conn = db_reader(core->db);
    struct video video;
    struct place place;
    struct stat st;
    if (move->kind != MOVE_ORGANIZE)
        return OK;
    TRY(catalog_video_get(conn, a, move->video_id, true, &video));
    TRY(video_nfo(core, conn, a, &video, &move->from_nfo));
    move->to_nfo = move->from_nfo ? target : NULL;
    if (!move->from_nfo || strcmp(move->from_nfo, target) != 0)
        return OK;
    /* It lies where it belongs, and keeps its row. */
    move->from_nfo = NULL;
    if (failed(library_place(core, a, target, &place)) || failed(root_stat(place.root, a, place.path, true, &st)))
        move->to_nfo = NULL;
    return OK;
}

/* --- organizing ------------------------------------------------------------------------------------------ */

static void describe(struct arena *a, const struct organize_target *target, const char *source,
                     struct organized *done)
{
    done->source = source;
    done->target = place_absolute(a, &target->place);
    done->target_nfo = arena_printf(a, "%s/%s", target->home.library.path, target->path.nfo);
}

static struct err move_to(struct core *core, struct arena *a, const struct organize_request *request,
                          const struct video *video, const struct place *from, struct organize_target *target,
                          int kind, struct organized *done)
{
    struct file_move move = {.video_id = video->id, .kind = kind, .who = request->who, .guard = request->guard};
    TRY(check_source(core, a, from, &move.size));
    TRY(check_target(a, &target->place));
    move.from = place_absolute(a, from);
    move.to = place_absolute(a, &target->place);
    done->status = ORGANIZE_DRY_RUN;
    if (request->dry_run)
        return OK;
    TRY(place_checksum(a, from, request->guard, &move.checksum));
    TRY(plan_nfo(core, a, &move, done->target_nfo));
    TRY(file_move_run(core, a, &move));
    done->status = ORGANIZE_MOVED;
    return OK;
}

struct err organize_video(struct core *core, struct arena *a, const struct organize_request *request,
                          struct organized *ret_done)
{
    struct organized done = {.video_id = request->video_id, .status = ORGANIZE_ALREADY,
                             .dry_run = request->dry_run};
    struct organize_target target;
    struct place from;
    struct video video;
    int64_t size;
    TRY(read_video(core, a, request->video_id, &video));
    if (!video.video_file_path)
        return err_make(ERR_INVALID, "no_file", "Video has no file path");
    TRY(library_place(core, a, video.video_file_path, &from));
    TRY(check_source(core, a, &from, &size));
    TRY(organize_target(core, db_reader(core->db), a, &video, video.video_file_path, &target));
    describe(a, &target, video.video_file_path, &done);
    if (strcmp(done.target, place_absolute(a, &from)) != 0)
        TRY(move_to(core, a, request, &video, &from, &target, MOVE_ORGANIZE, &done));
    *ret_done = done;
    return OK;
}

/* --- downloads ------------------------------------------------------------------------------------------ */

/* A run before this one came as far as the row. */
static bool has_arrived(struct arena *a, const struct video *video, const struct organize_target *target,
                        const struct place *from)
{
    struct stat st;
    return video->video_file_path && strcmp(video->video_file_path, place_absolute(a, &target->place)) == 0 &&
           failed(root_stat(from->root, a, from->path, false, &st)) &&
           !failed(root_stat(target->place.root, a, target->place.path, true, &st));
}

struct err organize_arrival(struct core *core, struct arena *a, const struct organize_request *request,
                            const char *path, struct organized *ret_done)
{
    struct organized done = {.video_id = request->video_id, .status = ORGANIZE_ALREADY,
                             .dry_run = request->dry_run};
    struct organize_target target = {0};
    struct place from;
    struct video video;
    int64_t settled;
    /* A kill between rename and row is repaired first: then the row tells whether there is work left. */
    TRY(file_moves_recover(core, a, &settled));
    TRY(read_video(core, a, request->video_id, &video));
    TRY(arrival_place(core, a, path, &from));
    TRY(home_of(core, db_reader(core->db), a, NULL, &target.home));
    TRY(expand(core, a, &video, path, &target.path));
    TRY(home_place(core, a, &target.home, target.path.video, &target.place));
    describe(a, &target, path, &done);
    if (!has_arrived(a, &video, &target, &from))
        TRY(move_to(core, a, request, &video, &from, &target, MOVE_ARRIVAL, &done));
    *ret_done = done;
    return OK;
}

/* --- the row -------------------------------------------------------------------------------------------- */

struct err organize_arrived(struct core *core, struct db_conn *tx, struct arena *a, const struct file_move *move)
{
    struct presence which = {0};
    struct video row;
    TRY(move_check_row(tx, a, move));
    video_clear(&row);
    row.video_file_path = move->to;
    row.file_checksum = move->checksum;
    row.file_size = move->size;
    set_present(&which, VIDEO_FIELD_video_file_path);
    set_present(&which, VIDEO_FIELD_file_checksum);
    set_present(&which, VIDEO_FIELD_file_size);
    if (move->kind == MOVE_ORGANIZE) {
        row.nfo_file_path = move->to_nfo;
        set_present(&which, VIDEO_FIELD_nfo_file_path);
    }
    TRY(catalog_video_update(tx, a, move->video_id, &row, &which));
    TRY(move_file_rows(core, tx, a, move->from, move->to));
    if (move->from_nfo && move->to_nfo)
        TRY(move_file_rows(core, tx, a, move->from_nfo, move->to_nfo));
    return catalog_video_set_status(tx, a, move->video_id, VIDEO_ORGANIZED, "Organized", move->who, NULL);
}
