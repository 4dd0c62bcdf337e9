/*
 * Makes a library of music videos for measuring: dataset COUNT DATA_DIR MEDIA_DIR
 *
 * The same one on every run: words, artists, tags and genres are drawn as they are in real libraries, few of
 * them often and most of them rarely. Rows are written by the server's own catalog, so schema and search
 * index are what a scan would have left. MEDIA_DIR receives one sparse file per video, with size and time as in
 * its row. DATA_DIR/words.json names a common and a rare word of the titles.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "core/core.h"
#include "domain/catalog/tag.h"
#include "domain/catalog/video.h"
#include "domain/library/file.h"
#include "domain/library/library.h"
#include "model/schema.h"
#include "sys/root.h"

#define BATCH       1000
#define WORDS_COUNT 20000
#define ARTISTS     8000
#define TAGS        400
#define DIRECTORS   1500
#define LABELS      300
#define COMMON_WORD 4
#define RARE_WORD   15000
#define FIRST_TIME  INT64_C(1700000000) /* files are a minute apart */

static struct core core;
static struct library library;

static void need(struct err e)
{
    if (!failed(e))
        return;
    fprintf(stderr, "%s: %s\n", e.code, e.msg);
    exit(1);
}

static void need_call(bool worked, const char *path)
{
    if (worked)
        return;
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    exit(1);
}

/* --- chance --------------------------------------------------------------------------------------------- */

static uint64_t state = 20240229;

static uint64_t next_random(void)
{
    uint64_t z = (state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static int64_t below(int64_t count)
{
    return (int64_t)(next_random() % (uint64_t)count);
}

/* Zipf: the n-th is drawn in proportion to 1 / n^exponent. */
struct zipf {
    double *sums;
    int64_t count;
};

static struct zipf zipf_make(struct arena *a, int64_t count, double exponent)
{
    struct zipf z = {arena_array(a, double, (size_t)count), count};
    double sum = 0;
    for (int64_t i = 0; i < count; i++)
        z.sums[i] = sum += pow((double)(i + 1), -exponent);
    return z;
}

static int64_t zipf_draw(const struct zipf *z)
{
    double want = (double)(next_random() >> 11) / 9007199254740992.0 * z->sums[z->count - 1];
    int64_t low = 0;
    int64_t high = z->count - 1;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (z->sums[middle] <= want)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* --- names ---------------------------------------------------------------------------------------------- */

static const char *const frequent[] = {
    "the",   "you",   "me",    "in",    "love",  "my",    "to",    "of",     "on",    "night",
    "your",  "heart", "time",  "dance", "girl",  "world", "live",  "baby",   "dream", "fire",
    "down",  "don't", "light", "blue",  "life",  "back",  "like",  "summer", "home",  "lost",
    "señor", "für",   "été",   "noche", "herz",  "coração"};
#define FREQUENT ((int64_t)(sizeof(frequent) / sizeof(frequent[0])))

static const char *word(struct arena *a, int64_t number)
{
    static const char *const parts[] = {"ba", "cor", "del", "fin", "gal", "hem", "jo",  "kal", "lim", "mor",
                                        "nev", "or", "pel", "qua", "ri",  "sto", "tam", "vul", "wen", "zi"};
    if (number < FREQUENT)
        return frequent[number];
    number -= FREQUENT;
    return arena_printf(a, "%s%s%s%s", parts[number % 20], parts[number / 20 % 20], parts[number / 400 % 20],
                        number >= 8000 ? parts[number / 8000 % 20] : "");
}

static void capital(char *text)
{
    if (*text >= 'a' && *text <= 'z')
        *text = (char)(*text - 32);
}

static const char *name(struct arena *a, int64_t number, int64_t step)
{
    char *first = arena_strdup(a, word(a, FREQUENT + number * step % (WORDS_COUNT - FREQUENT)));
    char *second = arena_strdup(a, word(a, FREQUENT + (number * 7919 + 13) % (WORDS_COUNT - FREQUENT)));
    capital(first);
    capital(second);
    return number % 5 == 0 ? first : arena_printf(a, "%s%s %s", number % 11 ? "" : "The ", first, second);
}

static const char *title(struct arena *a, const struct zipf *words)
{
    BUF(out);
    int64_t count = 1 + below(3) + below(3);
    for (int64_t i = 0; i < count; i++)
        buf_printf(&out, "%s%s", i ? " " : "", word(a, zipf_draw(words)));
    capital(out.data);
    return arena_strdup(a, out.data);
}

/* --- videos --------------------------------------------------------------------------------------------- */

struct dice {
    struct zipf words;
    struct zipf artists;
    struct zipf tags;
    struct zipf directors;
    struct zipf genres;
};

static const char *const genres[] = {"Pop",   "Rock",  "Hip Hop/R&B", "Electronic", "Metal",   "Country", "Indie",
                                     "Latin", "Dance", "Alternative", "Jazz",       "Reggae",  "Folk",    "Punk",
                                     "Soul",  "K-Pop", "Classical",   "Soundtrack", "Schlager"};

/* More of the recent years than of the early ones. */
static int64_t year(void)
{
    int64_t a = below(65);
    int64_t b = below(65);
    return 1960 + (a > b ? a : b);
}

static void fill(struct arena *a, const struct dice *d, int64_t number, struct video *v)
{
    v->title = title(a, &d->words);
    v->artist = name(a, zipf_draw(&d->artists), 3);
    v->album = below(4) ? title(a, &d->words) : NULL;
    v->year = below(20) ? year() : INT_NONE;
    v->director = below(3) ? name(a, zipf_draw(&d->directors), 5) : NULL;
    v->genre = below(25) ? genres[zipf_draw(&d->genres)] : NULL;
    v->studio = below(5) ? arena_printf(a, "%s Records", name(a, below(LABELS), 17)) : NULL;
    v->video_file_path =
        arena_printf(a, "%s/%s/%s [%06lld].mp4", library.path, v->artist, v->title, (long long)number);
    v->file_size = 8000000 + below(120000000);
    v->duration = 150 + (double)below(20000) / 100;
    v->width = below(3) ? 1920 : 1280;
    v->height = v->width == 1920 ? 1080 : 720;
    v->video_codec = "h264";
    v->audio_codec = "aac";
    v->container_format = "mov,mp4,m4a,3gp,3g2,mj2";
    v->bitrate = 2000000 + below(6000000);
    v->frame_rate = below(2) ? 25 : 23.976;
    v->audio_channels = 2;
    v->audio_sample_rate = 44100;
    v->aspect_ratio = "16:9";
    v->status = below(20) ? VIDEO_IMPORTED : VIDEO_DISCOVERED;
    v->download_source = "nfo_import";
    v->imvdb_video_id = below(2) ? arena_printf(a, "%lld", (long long)(10000000 + number)) : NULL;
    v->youtube_id = below(4) ? arena_printf(a, "yt%09lld", (long long)number) : NULL;
}

static struct err put_video(struct db_conn *tx, struct arena *a, const struct dice *d, struct video_new *fresh,
                            int64_t *ret_id)
{
    struct video *v = &fresh->video;
    const char *primary[] = {v->artist, NULL};
    const char *featured[] = {below(8) ? NULL : name(a, zipf_draw(&d->artists), 3), NULL};
    const char *tags[] = {word(a, FREQUENT + zipf_draw(&d->tags)), word(a, FREQUENT + zipf_draw(&d->tags)), NULL};
    const char *decade[] = {v->year == INT_NONE ? NULL : decade_tag(a, v->year, "{decade}s"), NULL};
    fresh->primary = primary;
    fresh->featured = featured;
    fresh->tags = tags + below(3);
    fresh->auto_tags = decade;
    fresh->quiet = true;
    return catalog_video_import(tx, a, fresh, ret_id);
}

/* --- files ---------------------------------------------------------------------------------------------- */

static void make_file(const struct video *v, int64_t seconds)
{
    char folder[4096];
    snprintf(folder, sizeof(folder), "%s/%s", library.path, v->artist);
    need_call(mkdir(folder, 0755) == 0 || errno == EEXIST, folder);
    int fd = open(v->video_file_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};
    need_call(fd >= 0, v->video_file_path);
    need_call(ftruncate(fd, v->file_size) == 0 && futimens(fd, times) == 0, v->video_file_path);
    close(fd);
}

static struct err put_file(struct db_conn *tx, struct arena *a, const struct video *v, int64_t video_id,
                           int64_t seconds)
{
    struct media_stream streams[2] = {
        {.index = 0, .type = MEDIA_VIDEO, .codec = "h264", .profile = "High", .width = v->width, .height = v->height},
        {.index = 1, .type = MEDIA_AUDIO, .codec = "aac", .profile = "LC", .channels = 2, .sample_rate = 44100},
    };
    struct media_info info = {.format = v->container_format,
                              .duration_s = v->duration,
                              .size_bytes = v->file_size,
                              .bit_rate = v->bitrate,
                              .streams = streams,
                              .stream_count = 2};
    struct media_file file;
    shape_clear(&media_file_shape, &file);
    file.library_id = library.id;
    file.path = v->video_file_path + strlen(library.path) + 1;
    file.kind = "video";
    file.size = v->file_size;
    file.modified_at = seconds * SECONDS_US;
    file.identity = arena_printf(a, "%016llx%016llx", (unsigned long long)next_random(),
                                 (unsigned long long)next_random());
    TRY(media_file_store(tx, a, &file, &info));
    return media_file_own(tx, file.id, "video_id", video_id);
}

static struct err put_batch(const struct dice *d, int64_t first, int64_t count)
{
    SCRATCH(a);
    TX(tx);
    TRY(db_begin(core.db, &tx));
    for (int64_t i = first; i < first + count; i++) {
        struct video_new fresh;
        int64_t id;
        catalog_video_new(&fresh);
        fill(&a, d, i, &fresh.video);
        make_file(&fresh.video, FIRST_TIME + i * 60);
        TRY(put_video(tx.conn, &a, d, &fresh, &id));
        TRY(put_file(tx.conn, &a, &fresh.video, id, FIRST_TIME + i * 60));
    }
    return db_commit(&tx);
}

/* --- the library ---------------------------------------------------------------------------------------- */

static struct err open_library(struct arena *a, const char *data_dir, const char *media_dir)
{
    static struct roots roots;
    const char *path = arena_printf(a, "%s/medley.db", data_dir);
    roots.items = arena_array(a, struct root *, 1);
    roots.count = 1;
    core.data_dir = data_dir;
    core.roots = &roots;
    TRY(root_make(a, media_dir, false, &roots.items[0]));
    TRY(db_open(&(struct db_options){.url = path}, &core.db));
    TRY(db_migrate(core.db, a, schema_migrations, schema_migration_count));
    TX(tx);
    TRY(db_begin(core.db, &tx));
    TRY(library_ensure(&core, tx.conn, a, "music_videos", media_dir, "Music videos", &library));
    return db_commit(&tx);
}

static void write_words(struct arena *a, const char *data_dir)
{
    const char *path = arena_printf(a, "%s/words.json", data_dir);
    FILE *file = fopen(path, "we");
    need_call(file != NULL, path);
    fprintf(file, "{\"common\": \"%s\", \"rare\": \"%s\"}\n", word(a, COMMON_WORD), word(a, RARE_WORD));
    fclose(file);
}

int main(int argc, char **argv)
{
    SCRATCH(a);
    if (argc != 4) {
        fprintf(stderr, "usage: dataset COUNT DATA_DIR MEDIA_DIR\n");
        return 2;
    }
    int64_t count = strtol(argv[1], NULL, 10);
    struct dice d = {
        .words = zipf_make(&a, WORDS_COUNT, 1.0),
        .artists = zipf_make(&a, ARTISTS, 0.7),
        .tags = zipf_make(&a, TAGS, 0.9),
        .directors = zipf_make(&a, DIRECTORS, 0.8),
        .genres = zipf_make(&a, sizeof(genres) / sizeof(genres[0]), 0.9),
    };
    need(open_library(&a, argv[2], argv[3]));
    for (int64_t i = 0; i < count; i += BATCH)
        need(put_batch(&d, i, count - i < BATCH ? count - i : BATCH));
    write_words(&a, argv[2]);
    db_close(core.db);
    root_free(core.roots->items[0]);
    return 0;
}
