/*
 * How long the catalog takes over a library of many videos: catalog [COUNT [DATABASE]]
 *
 * Fills a fresh SQLite file in a temporary folder (or the empty PostgreSQL database that is named) with
 * made-up videos, the same ones on every run, then asks what the web page asks. One line per question with
 * the median and the 99th percentile of milliseconds, relations of the page included, and the mean CPU time
 * (of PostgreSQL's questions only the part spent here).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "domain/catalog/facets.h"
#include "domain/catalog/video.h"
#include "domain/catalog/video_list.h"
#include "model/schema.h"

#define BATCH  500
#define ROUNDS 200

static struct db *db;

static void need(struct err e)
{
    if (!failed(e))
        return;
    fprintf(stderr, "%s: %s\n", e.code, e.msg);
    exit(1);
}

/* --- made-up videos ------------------------------------------------------------------------------------- */

static uint64_t state = 1;
static uint32_t next_random(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33);
}
/* Small numbers are far more frequent, as words and artists are. */
static size_t pick(size_t count)
{
    double u = (next_random() % 1000000 + 1) / 1e6;
    return (size_t)((double)count * u * u * u) % count;
}

static const char *word(struct arena *a, size_t number)
{
    static const char *const syllables[] = {"lo", "ve", "ni", "ght", "star", "blue", "fi", "re", "ra", "in",
                                            "dan", "ce", "hea", "rt", "so", "ul", "ci", "ty", "mo", "on"};
    size_t kinds = sizeof(syllables) / sizeof(syllables[0]);
    return arena_printf(a, "%s%s%s", syllables[number % kinds], syllables[number / kinds % kinds],
                        number < 400 ? "" : syllables[number / 400 % kinds]);
}

static const char *words(struct arena *a, size_t count, size_t vocabulary)
{
    BUF(out);
    for (size_t i = 0; i < count; i++)
        buf_printf(&out, "%s%s", i ? " " : "", word(a, pick(vocabulary)));
    out.data[0] = (char)(out.data[0] - 32);
    return arena_strdup(a, out.data);
}

static struct err put_video(struct db_conn *tx, struct arena *a, int number)
{
    static const char *const genres[] = {"Rock", "Pop", "Metal", "Electronic", "Hip Hop/R&B", "Country", NULL};
    struct video_new fresh;
    int64_t id;
    catalog_video_new(&fresh);
    struct video *v = &fresh.video;
    v->title = words(a, 1 + next_random() % 4, 8000);
    v->artist = arena_printf(a, "%s %zu", word(a, pick(3000)), pick(10));
    v->album = next_random() % 4 ? words(a, 2, 4000) : NULL;
    v->year = next_random() % 10 ? 1960 + next_random() % 65 : INT_NONE;
    v->director = next_random() % 3 ? arena_printf(a, "%s %s", word(a, pick(60)), word(a, pick(60))) : NULL;
    v->genre = genres[next_random() % 7];
    v->studio = words(a, 1, 300);
    v->video_file_path = arena_printf(a, "/media/videos/%s/%06d.mp4", v->artist, number);
    v->file_size = 40000000 + next_random() % 100000000;
    v->duration = 180 + next_random() % 120;
    v->width = 1920;
    v->height = 1080;
    v->video_codec = "h264";
    v->audio_codec = "aac";
    v->container_format = "mov,mp4,m4a,3gp,3g2,mj2";
    v->status = VIDEO_IMPORTED;
    const char *artists[] = {v->artist, NULL};
    const char *tags[] = {word(a, pick(200)), word(a, pick(200)), NULL};
    const char *decade[] = {v->year == INT_NONE ? NULL
                                                : arena_printf(a, "%02ds", (int)(v->year / 10 * 10 % 100)),
                            NULL};
    fresh.primary = artists;
    fresh.tags = tags;
    fresh.auto_tags = decade;
    fresh.quiet = true;
    return catalog_video_import(tx, a, &fresh, &id);
}

static struct err put_batch(int first, int count)
{
    SCRATCH(a);
    TX(tx);
    TRY(db_begin(db, &tx));
    for (int i = 0; i < count; i++)
        TRY(put_video(tx.conn, &a, first + i));
    return db_commit(&tx);
}

static struct err analyze(void)
{
    TX(tx);
    TRY(db_begin(db, &tx));
    TRY(db_script(tx.conn, "ANALYZE"));
    return db_commit(&tx);
}

/* CPU time of this process: says something on a busy machine, too. */
static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* --- questions ------------------------------------------------------------------------------------------ */

struct question {
    const char *name;
    void (*ask)(struct arena *a, int round);
};

static void ask_list(struct arena *a, struct video_filter *filter)
{
    struct video_list list;
    int64_t total;
    need(catalog_video_list(db_reader(db), a, filter, &list, &total));
}

static void page(struct arena *a, enum video_sort sort, bool descending, int64_t offset)
{
    struct video_filter filter;
    video_filter_clear(&filter);
    filter.sort = sort;
    filter.descending = descending;
    filter.window = (struct catalog_window){50, offset};
    ask_list(a, &filter);
}

static void newest(struct arena *a, int round)
{
    page(a, SORT_CREATED, true, round % 20 * 50);
}
static void by_artist(struct arena *a, int round)
{
    page(a, SORT_ARTIST, false, round % 20 * 50);
}
static void deep_page(struct arena *a, int round)
{
    page(a, SORT_TITLE, false, 40000 + round * 50);
}

static void filtered(struct arena *a, int round)
{
    static const char *const genres[] = {"Rock", "Pop", "Metal"};
    struct video_filter filter;
    video_filter_clear(&filter);
    filter.genres = (struct list){(void *)(uintptr_t)&genres[round % 3], 1};
    filter.sort = SORT_ARTIST;
    filter.window.limit = 20;
    ask_list(a, &filter);
}

static void tagged(struct arena *a, int round)
{
    const char *tag = word(a, (size_t)round % 200);
    struct video_filter filter;
    video_filter_clear(&filter);
    filter.tags = (struct list){&tag, 1};
    filter.sort = SORT_ARTIST;
    filter.window.limit = 20;
    ask_list(a, &filter);
}

static void part_of_title(struct arena *a, int round)
{
    struct video_filter filter;
    video_filter_clear(&filter);
    filter.title = word(a, (size_t)round * 17);
    filter.sort = SORT_CREATED;
    filter.descending = true;
    filter.window.limit = 20;
    ask_list(a, &filter);
}

static void find(struct arena *a, const char *text, enum video_sort sort)
{
    struct video_filter filter;
    video_filter_clear(&filter);
    filter.search = text;
    filter.sort = sort;
    filter.window.limit = 20;
    ask_list(a, &filter);
}

static void search_word(struct arena *a, int round)
{
    find(a, arena_printf(a, "%s ", word(a, pick(8000) + (size_t)(round % 2))), SORT_RELEVANCE);
}
static void search_two(struct arena *a, int round)
{
    find(a, arena_printf(a, "%s %s ", word(a, pick(2000)), word(a, (size_t)round)), SORT_RELEVANCE);
}
static void search_begin(struct arena *a, int round)
{
    const char *text = word(a, pick(8000) + (size_t)(round % 2));
    find(a, arena_strndup(a, text, 3 + (size_t)round % 4), SORT_RELEVANCE);
}
static void search_letter(struct arena *a, int round)
{
    const char text[2] = {"lnsbfrdhcm"[round % 10], 0};
    find(a, text, SORT_RELEVANCE);
}
static void search_by_artist(struct arena *a, int round)
{
    find(a, word(a, pick(8000) + (size_t)(round % 2)), SORT_ARTIST);
}
static void search_decade(struct arena *a, int round)
{
    find(a, round % 2 ? "90s " : "tags:80s rock", round % 4 > 1 ? SORT_ARTIST : SORT_RELEVANCE);
}

static void facets(struct arena *a, int round)
{
    const struct facets *found;
    (void)round;
    need(catalog_facets(db_reader(db), a, false, &found));
}
static void facets_anew(struct arena *a, int round)
{
    db_changed_elsewhere(db);
    facets(a, round);
}
static void suggest(struct arena *a, int round)
{
    struct suggestions found;
    need(catalog_suggest(db_reader(db), a, word(a, pick(8000) + (size_t)(round % 2)), 10, &found));
}
static void one_video(struct arena *a, int round)
{
    struct video video;
    need(catalog_video_get(db_reader(db), a, 1 + round * 7, false, &video));
}

static const struct question questions[] = {
    {"one video", one_video},
    {"newest 50, total", newest},
    {"by artist 50", by_artist},
    {"by title, deep page", deep_page},
    {"genre, by artist", filtered},
    {"tag, by artist", tagged},
    {"part of a title", part_of_title},
    {"search a word", search_word},
    {"search two words", search_two},
    {"search a beginning", search_begin},
    {"search one letter", search_letter},
    {"search, by artist", search_by_artist},
    {"search a decade", search_decade},
    {"suggestions", suggest},
    {"facets, unchanged", facets},
    {"facets, after a change", facets_anew},
};

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(const struct question *q)
{
    double ms[ROUNDS];
    double cpu = cpu_ms();
    int rounds = strstr(q->name, "after") ? 20 : ROUNDS;
    for (int i = 0; i < rounds; i++) {
        SCRATCH(a);
        int64_t start = time_monotonic_us();
        q->ask(&a, i);
        ms[i] = (double)(time_monotonic_us() - start) / 1000;
    }
    qsort(ms, (size_t)rounds, sizeof(ms[0]), compare);
    printf("%-24s %8.2f %8.2f %8.2f\n", q->name, ms[rounds / 2], ms[rounds * 99 / 100],
           (cpu_ms() - cpu) / rounds);
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    SCRATCH(a);
    char folder[] = "/tmp/medley-bench-XXXXXX";
    int count = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 100000;
    const char *url = argc > 2 ? argv[2] : NULL;
    if (!url) {
        if (!mkdtemp(folder))
            return 1;
        url = arena_printf(&a, "%s/bench.db", folder);
    }
    need(db_open(&(struct db_options){.url = url}, &db));
    need(db_migrate(db, &a, schema_migrations, schema_migration_count));
    double cpu = cpu_ms();
    int64_t start = time_monotonic_us();
    for (int i = 0; i < count; i += BATCH)
        need(put_batch(i, count - i < BATCH ? count - i : BATCH));
    /* SQLite works without statistics; PostgreSQL collects them by itself, but not at once. */
    if (strncmp(url, "postgres", 8) == 0)
        need(analyze());
    double seconds = (double)(time_monotonic_us() - start) / 1e6;
    printf("%d videos in %.1f s (%.1f s of CPU): %.0f per second\n\n%-24s %8s %8s %8s  (ms)\n", count,
           seconds, (cpu_ms() - cpu) / 1000, count / seconds, "", "median", "p99", "mean CPU");
    for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
        measure(&questions[i]);
    db_close(db);
    if (argc <= 2) {
        static const char *const endings[] = {"", "-wal", "-shm"};
        for (int i = 0; i < 3; i++)
            unlink(arena_printf(&a, "%s%s", url, endings[i]));
        rmdir(folder);
    }
    return 0;
}
