/* Scanning libraries of movies and shows: one library, a folder of it, or all of them. */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "core/core.h"
#include "domain/movies/import.h"
#include "json/writer.h"
#include "work/kinds.h"

#define PROBLEMS_SHOWN 200

struct scan_args {
    int64_t library_id;
    const char *folder;
    int8_t deep;
};
SHAPE(movie_scan_args_shape, "MovieScanArguments", struct scan_args, "What to scan",
      F(struct scan_args, T_INT, library_id, .flags = FIELD_NULLABLE, .help = "Without it, every library"),
      F(struct scan_args, T_TEXT, folder, .flags = FIELD_NULLABLE, .help = "Relative to the library"),
      F(struct scan_args, T_BOOL, deep, .fallback = "false", .help = "Also what did not change"));

static bool cancelled(void *job)
{
    return job_cancelled(job);
}

static void progress(void *job, int64_t done, int64_t total, const char *step)
{
    job_progress(job, done, total, step);
}

static struct err fence(void *job, struct db_conn *tx)
{
    return job_fence(job, tx);
}

struct totals {
    struct scan_result sum;
    int64_t created;
    int64_t episodes;
    int64_t offline;
    struct {
        VEC(struct walk_problem)
    } problems;
};

static void add(struct arena *a, struct totals *t, const struct scan_result *r, const struct import *im)
{
    t->created += im->created;
    t->episodes += im->episodes;
    t->sum.found += r->found;
    t->sum.unchanged += r->unchanged;
    t->sum.added += r->added;
    t->sum.changed += r->changed;
    t->sum.moved += r->moved;
    t->sum.missing += r->missing;
    t->sum.returned += r->returned;
    t->sum.broken += r->broken;
    t->offline += r->offline;
    t->sum.walk.problem_count += r->walk.problem_count;
    for (size_t i = 0; i < r->walk.problems.count && t->problems.count < PROBLEMS_SHOWN; i++)
        *arena_push(a, &t->problems) = r->walk.problems.items[i];
}

static void write_result(struct job_run *run, const struct totals *t, int64_t started_us)
{
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    jw_kv_int(&w, "created", t->created);
    jw_kv_int(&w, "episodes_created", t->episodes);
    jw_kv_int(&w, "total_files", t->sum.found);
    jw_kv_int(&w, "added", t->sum.added);
    jw_kv_int(&w, "changed", t->sum.changed);
    jw_kv_int(&w, "unchanged", t->sum.unchanged);
    jw_kv_int(&w, "moved", t->sum.moved);
    jw_kv_int(&w, "missing", t->sum.missing);
    jw_kv_int(&w, "returned", t->sum.returned);
    jw_kv_int(&w, "broken", t->sum.broken);
    jw_kv_int(&w, "offline_libraries", t->offline);
    jw_kv_int(&w, "problem_count", t->sum.walk.problem_count);
    jw_kv_real(&w, "duration_seconds", (double)(time_monotonic_us() - started_us) / 1e6);
    jw_key(&w, "problems");
    jw_array(&w);
    for (size_t i = 0; i < t->problems.count; i++) {
        jw_object(&w);
        jw_kv_text(&w, "path", t->problems.items[i].path);
        jw_kv_text(&w, "reason", t->problems.items[i].reason);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    job_result(run, out.data);
}

static struct err scan_library(struct job_run *run, const struct scan_args *args, const struct library *library,
                               struct totals *t)
{
    bool shows = strcmp(library->kind, words_name(&library_kind_words, LIBRARY_TV)) == 0;
    struct import im = {.core = run->core, .library = library};
    struct scan_options options = {
        .core = run->core,
        .library = library,
        .folder = args->folder ? args->folder : "",
        .recursive = true,
        .again = args->deep == 1,
        .importer = shows ? &shows_importer : &movies_importer,
        .context = &im,
        .job = run,
        .cancelled = cancelled,
        .progress = progress,
        .fence = fence,
    };
    struct scan_result result;
    struct err e = scan_run(run->arena, &options, &result);
    add(run->arena, t, &result, &im);
    return e;
}

static bool holds_movies(const struct library *library)
{
    int kind = words_find(&library_kind_words, library->kind);
    return kind == LIBRARY_MOVIES || kind == LIBRARY_TV;
}

static struct err choose(struct job_run *run, const struct scan_args *args, struct library_list *ret)
{
    struct library_list all = {0};
    struct library one;
    if (args->library_id != INT_NONE) {
        TRY(library_get(db_reader(run->core->db), run->arena, args->library_id, &one));
        if (!holds_movies(&one))
            return err_field(ERR_INVALID, "other_library", "library_id", "The library holds no movies or shows");
        *arena_push(run->arena, ret) = one;
        return OK;
    }
    TRY(libraries_list(db_reader(run->core->db), run->arena, NULL, &all));
    for (size_t i = 0; i < all.count; i++) {
        if (holds_movies(&all.items[i]) && all.items[i].enabled == 1)
            *arena_push(run->arena, ret) = all.items[i];
    }
    return OK;
}

static struct err run_scan(struct job_run *run)
{
    const struct scan_args *args = run->args;
    struct library_list libraries = {0};
    struct totals t = {0};
    int64_t started_us = time_monotonic_us();
    struct err e = choose(run, args, &libraries);
    for (size_t i = 0; i < libraries.count && !failed(e); i++)
        e = scan_library(run, args, &libraries.items[i], &t);
    write_result(run, &t, started_us);
    if (e.kind == ERR_CANCELLED)
        return job_stopped(run);
    for (size_t i = 0; i < t.problems.count; i++)
        job_log(run, LOG_WARN, "%s: %s", t.problems.items[i].path, t.problems.items[i].reason);
    if (!failed(e) && t.offline && t.offline == (int64_t)libraries.count && args->library_id != INT_NONE)
        return err_make(ERR_STORAGE, "library_offline", "The library's folder is not there");
    return e;
}

const struct job_kind movie_scan_kind = {
    .name = "movie_scan",
    .args = &movie_scan_args_shape,
    .run = run_scan,
    .max_attempts = 3,
    .backoff_s = 5,
    .help = "Scans libraries of movies and shows",
};
/* The same for one folder, under a name of its own: APIs tell them apart. */
const struct job_kind movie_folder_scan_kind = {
    .name = "movie_folder_scan",
    .args = &movie_scan_args_shape,
    .run = run_scan,
    .max_attempts = 3,
    .backoff_s = 5,
    .help = "Scans the folder of a movie or show",
};
