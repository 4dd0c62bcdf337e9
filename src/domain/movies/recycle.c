/* Movies into the bin, their files into the trash. */
#include "domain/movies/recycle.h"

#include <string.h>

#include "base/clock.h"
#include "base/ids.h"
#include "core/jobs.h"
#include "core/settings.h"
#include "domain/library/file.h"
#include "domain/library/library.h"

struct move {
    struct root *root;
    const char *from;
    const char *to;
};
struct moves {
    VEC(struct move)
};

/* --- files ---------------------------------------------------------------------------------------------- */

static const char *trash_folder(struct core *core, struct arena *a)
{
    char now[TIME_TEXT_BYTES];
    const char *trash = settings_text(core->settings, a, "trash.trash_dir");
    if (!trash || !*trash || *trash == '/')
        trash = ".trash";
    time_format(time_now_us(), now);
    return arena_printf(a, "%s/%.10s/%016llx", trash, now, (unsigned long long)random_u64());
}

static void free_root(void *root)
{
    root_free(root);
}

static struct err move_file(struct core *core, struct arena *a, const struct media_file *file, struct moves *moves)
{
    struct library library;
    struct root *root;
    if (file->missing_since != TIME_NONE)
        return OK;
    TRY(library_get(db_reader(core->db), a, file->library_id, &library));
    TRY(library_root(a, &library, &root));
    arena_defer(a, free_root, root);
    const char *folder = trash_folder(core, a);
    struct move move = {root, file->path, arena_printf(a, "%s/%s", folder, file->name)};
    TRY(root_mkdirs(root, a, folder, 0755));
    TRY(root_rename(root, move.from, root, move.to, false, a));
    *arena_push(a, moves) = move;
    return OK;
}

static void move_back(struct arena *a, const struct moves *moves)
{
    for (size_t i = moves->count; i-- > 0;) {
        const struct move *m = &moves->items[i];
        /* The failure that brought us here is the one worth telling. */
        IGNORE(root_rename(m->root, m->to, m->root, m->from, false, a));
    }
}

static struct err move_files(struct core *core, struct arena *a, const int64_t *ids, size_t count,
                             struct moves *moves)
{
    struct media_file_list files = {0};
    TRY(media_files_of_many(db_reader(core->db), a, "movie_id", ids, count, &files));
    for (size_t i = 0; i < files.count; i++) {
        struct err e = move_file(core, a, &files.items[i], moves);
        if (failed(e))
            return err_f(a, ERR_STORAGE, "file_not_moved", "%s could not be moved to the trash: %s",
                         files.items[i].name, e.msg ? e.msg : err_kind_name(e.kind));
    }
    return OK;
}

/* --- rows ------------------------------------------------------------------------------------------------ */

static struct err bin_rows(struct core *core, struct arena *a, const int64_t *ids, size_t count, bool with_files)
{
    TX(tx);
    TRY(db_begin(core->db, &tx));
    for (size_t i = 0; i < count; i++) {
        TRY(movie_bin(tx.conn, a, ids[i], settings_int(core->settings, "recycle_bin.retention_days")));
        if (with_files)
            TRY(db_exec(tx.conn,
                        "UPDATE media_file SET missing_since = $1 WHERE movie_id = $2 AND missing_since IS NULL", "ii",
                        time_now_us(), ids[i]));
    }
    return db_commit(&tx);
}

/* A job that ends in between has nothing to be cancelled. */
static struct err cancel_jobs(struct core *core, struct arena *a, int64_t id)
{
    struct job_list jobs = {0};
    struct job job;
    struct job_filter filter = {
        .subject = arena_printf(a, "movie:%lld", (long long)id),
        .states = 1u << JOB_PENDING | 1u << JOB_WAITING | 1u << JOB_RUNNING,
    };
    TRY(jobs_list(db_reader(core->db), a, &filter, &jobs));
    for (size_t i = 0; i < jobs.count; i++)
        IGNORE(jobs_cancel(core->jobs, a, jobs.items[i].id, &job));
    return OK;
}

struct err movies_recycle(struct core *core, struct arena *a, const int64_t *ids, size_t count, bool with_files)
{
    struct moves moves = {0};
    struct movie movie;
    for (size_t i = 0; i < count; i++)
        TRY(movie_get(db_reader(core->db), a, ids[i], &movie));
    struct err e = with_files ? move_files(core, a, ids, count, &moves) : OK;
    if (!failed(e))
        e = bin_rows(core, a, ids, count, with_files);
    if (failed(e)) {
        move_back(a, &moves);
        return e;
    }
    for (size_t i = 0; i < count; i++)
        TRY(cancel_jobs(core, a, ids[i]));
    return OK;
}
