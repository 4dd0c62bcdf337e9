/* Scanning libraries of movies and shows: one library, a folder of it, or all of them. */
#include <string.h>

#include "core/core.h"
#include "domain/movies/import.h"
#include "json/writer.h"
#include "work/kinds.h"
#include "work/scan_tour.h"

struct scan_args {
    int64_t library_id;
    const char *folder;
    int8_t deep;
};
SHAPE(movie_scan_args_shape, "MovieScanArguments", struct scan_args, "What to scan",
      F(struct scan_args, T_INT, library_id, .flags = FIELD_NULLABLE, .help = "Without it, every library"),
      F(struct scan_args, T_TEXT, folder, .flags = FIELD_NULLABLE, .help = "Relative to the library"),
      F(struct scan_args, T_BOOL, deep, .fallback = "false", .help = "Also what did not change"));

struct counts {
    int64_t created;
    int64_t episodes;
};

static void write_result(const struct scan_tour *tour, const struct counts *counts)
{
    BUF(out);
    struct jw w = jw_to(&out);
    jw_object(&w);
    jw_kv_int(&w, "created", counts->created);
    jw_kv_int(&w, "episodes_created", counts->episodes);
    scan_tour_write(tour, &w);
    jw_key(&w, "problems");
    jw_array(&w);
    for (size_t i = 0; i < tour->problems.count; i++) {
        jw_object(&w);
        jw_kv_text(&w, "path", tour->problems.items[i].path);
        jw_kv_text(&w, "reason", tour->problems.items[i].reason);
        jw_end(&w);
    }
    jw_end(&w);
    jw_end(&w);
    job_result(tour->run, out.data);
}

static struct err scan_library(struct scan_tour *tour, const struct scan_args *args, const struct library *library,
                               struct counts *counts)
{
    bool shows = strcmp(library->kind, words_name(&library_kind_words, LIBRARY_TV)) == 0;
    struct import im = {.core = tour->run->core, .library = library};
    struct scan_options options = {
        .core = tour->run->core,
        .library = library,
        .folder = args->folder ? args->folder : "",
        .recursive = true,
        .again = args->deep == 1,
        .importer = shows ? &shows_importer : &movies_importer,
        .context = &im,
    };
    struct err e = scan_tour_visit(tour, &options);
    counts->created += im.created;
    counts->episodes += im.episodes;
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
    struct counts counts = {0};
    struct scan_tour tour;
    scan_tour_start(&tour, run, NULL);
    struct err e = choose(run, args, &libraries);
    tour.count = libraries.count;
    for (size_t i = 0; i < libraries.count && !failed(e); i++)
        e = scan_library(&tour, args, &libraries.items[i], &counts);
    write_result(&tour, &counts);
    TRY(scan_tour_end(&tour, e));
    if (tour.offline && tour.offline == (int64_t)libraries.count && args->library_id != INT_NONE)
        return err_make(ERR_STORAGE, "library_offline", "The library's folder is not there");
    return OK;
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
