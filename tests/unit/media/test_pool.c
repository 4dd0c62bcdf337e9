/* The pool and its workers: answers, sandbox, deaths, deadlines, descriptors, threads. */
#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "corpus.h"
#include "hostile.h"
#include "media/pool.h"
#include "media/pool_ask.h"
#include "media/process.h"
#include "unit/unit.h"

/* Environment variables that name the two worker programs. */
#define REAL_WORKER    getenv("MEDLEY_TEST_WORKER")
#define HOSTILE_WORKER getenv("MEDLEY_TEST_HOSTILE_WORKER")

static struct media_pool *make_pool(struct media_pool_options options)
{
    if (!options.program)
        options.program = REAL_WORKER;
    struct media_pool *pool;
    assert_ok(media_pool_create(&options, &pool));
    return pool;
}

static struct media_pool_stats stats_of(struct media_pool *pool)
{
    struct media_pool_stats stats;
    media_pool_stats(pool, &stats);
    return stats;
}

static int count_descriptors(void)
{
    int count = 0;
    DIR *directory = opendir("/proc/self/fd");
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

/* -- probing ---------------------------------------------------------------------------------- */

static json_t *ffprobe(const char *path)
{
    size_t len;
    char *text = corpus_run((const char *const[]){"ffprobe", "-v", "error", "-show_format",
                                                  "-show_streams", "-of", "json", path, NULL},
                            &len);
    json_t *root = json_loadb(text, len, 0, NULL);
    assert_non_null(root);
    free(text);
    return root;
}

static void same_text(const char *what, const char *ours, const json_t *theirs)
{
    const char *text = json_string_value(theirs);
    if (text && strcmp(text, "unknown") == 0)
        text = NULL;
    if (!text != !ours || (text && strcmp(text, ours) != 0))
        fail_msg("%s: ours %s, ffprobe %s", what, ours ? ours : "-", text ? text : "-");
}

static void same_int(const char *what, int64_t ours, const json_t *theirs)
{
    int64_t value = json_is_string(theirs) ? strtoll(json_string_value(theirs), NULL, 10)
                                           : json_integer_value(theirs);
    if (value < 0)
        value = 0; /* level -99 is "unknown" */
    if (ours != value)
        fail_msg("%s: ours %lld, ffprobe %lld", what, (long long)ours, (long long)value);
}

static void same_rate(const char *what, double ours, const json_t *theirs)
{
    double above = 0, below = 0;
    sscanf(json_string_value(theirs), "%lf/%lf", &above, &below);
    double value = below > 0 ? above / below : 0;
    if (fabs(ours - value) > 0.001)
        fail_msg("%s: ours %f, ffprobe %f", what, ours, value);
}

static void same_video(const struct media_stream *s, const json_t *theirs)
{
    same_int("width", s->width, json_object_get(theirs, "width"));
    same_int("height", s->height, json_object_get(theirs, "height"));
    same_text("pix_fmt", s->pixel_format, json_object_get(theirs, "pix_fmt"));
    same_int("level", s->level, json_object_get(theirs, "level"));
    if (json_object_get(theirs, "display_aspect_ratio"))
        same_text("aspect", s->aspect_ratio, json_object_get(theirs, "display_aspect_ratio"));
    same_rate("frame_rate", s->frame_rate, json_object_get(theirs, "r_frame_rate"));
    same_rate("average", s->average_frame_rate, json_object_get(theirs, "avg_frame_rate"));
    same_text("transfer", s->color_transfer, json_object_get(theirs, "color_transfer"));
    same_text("primaries", s->color_primaries, json_object_get(theirs, "color_primaries"));
    same_text("space", s->color_space, json_object_get(theirs, "color_space"));
}

static void same_stream(const struct media_stream *s, const json_t *theirs)
{
    const char *type = json_string_value(json_object_get(theirs, "codec_type"));
    const json_t *tags = json_object_get(theirs, "tags");
    same_text("codec", s->codec, json_object_get(theirs, "codec_name"));
    same_text("profile", s->profile, json_object_get(theirs, "profile"));
    same_int("index", s->index, json_object_get(theirs, "index"));
    const char *rate = json_string_value(json_object_get(theirs, "bit_rate"));
    if (rate) /* sometimes an estimate that grows with the frames decoded */
        assert_true(fabs((double)s->bit_rate / strtod(rate, NULL) - 1) < 0.03);
    same_text("language", s->language, json_object_get(tags, "language"));
    same_text("title", s->title, json_object_get(tags, "title"));
    json_t *disposition = json_object_get(theirs, "disposition");
    same_int("default", s->is_default, json_object_get(disposition, "default"));
    same_int("forced", s->is_forced, json_object_get(disposition, "forced"));
    if (strcmp(type, "video") == 0) {
        assert_int_equal(s->type, MEDIA_VIDEO);
        same_video(s, theirs);
    } else if (strcmp(type, "audio") == 0) {
        assert_int_equal(s->type, MEDIA_AUDIO);
        same_int("channels", s->channels, json_object_get(theirs, "channels"));
        same_text("layout", s->channel_layout, json_object_get(theirs, "channel_layout"));
        same_int("sample_rate", s->sample_rate, json_object_get(theirs, "sample_rate"));
    }
}

static void same_file(struct media_pool *pool, const char *name)
{
    SCRATCH(a);
    int fd = corpus_open(name);
    struct media_info *info;
    assert_ok(media_pool_probe(pool, &a, fd, &info));
    close(fd);
    json_t *theirs = ffprobe(corpus_file(name)), *format = json_object_get(theirs, "format");
    json_t *streams = json_object_get(theirs, "streams");
    same_text("format", info->format, json_object_get(format, "format_name"));
    same_int("size", info->size_bytes, json_object_get(format, "size"));
    same_int("format bit_rate", info->bit_rate, json_object_get(format, "bit_rate"));
    double duration = strtod(json_string_value(json_object_get(format, "duration")), NULL);
    assert_true(fabs(duration - info->duration_s) < 0.001);
    assert_int_equal(info->stream_count, json_array_size(streams));
    for (size_t i = 0; i < info->stream_count; i++)
        same_stream(&info->streams[i], json_array_get(streams, i));
    json_decref(theirs);
}

static void probe_says_what_ffprobe_says(void **state)
{
    (void)state;
    static const char *const names[] = {
        "plain.mp4",     "faststart.mp4", "plain.mkv", "plain.webm", "plain.avi",
        "plain.ts",      "plain.mpg",     "audio.mp4", "audio.mp3",  "hdr.mkv",
        "streams30.mkv", "high.mp4",      "high.mkv",  "full.mp4",   "interlaced.mp4",
        "fragments.mp4", "rotated.mp4"};
    struct media_pool *pool = make_pool((struct media_pool_options){0});
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        print_message("  %s\n", names[i]);
        same_file(pool, names[i]);
    }
    assert_int_equal(stats_of(pool).died, 0);
    media_pool_destroy(pool);
}

static void probe_reads_tags_flags_and_hdr(void **state)
{
    (void)state;
    SCRATCH(a);
    struct media_pool *pool = make_pool((struct media_pool_options){0});
    struct media_info *info;
    int fd = corpus_open("plain.mp4");
    assert_ok(media_pool_probe(pool, &a, fd, &info));
    assert_string_equal(media_info_tag(info, "title"), "Plain");
    assert_string_equal(media_info_tag(info, "artist"), "Nobody");
    assert_null(media_info_tag(info, "album"));
    assert_string_equal(media_info_first(info, MEDIA_AUDIO)->language, "deu");
    assert_null(media_info_first(info, MEDIA_SUBTITLE));
    assert_null(media_info_first(info, MEDIA_VIDEO)->hdr_format);
    close(fd);
    fd = corpus_open("hdr.mkv");
    assert_ok(media_pool_probe(pool, &a, fd, &info));
    assert_string_equal(media_info_first(info, MEDIA_VIDEO)->hdr_format, "HDR10");
    assert_int_equal(media_info_first(info, MEDIA_VIDEO)->bit_depth, 10);
    close(fd);
    fd = corpus_open("plain.mkv");
    assert_ok(media_pool_probe(pool, &a, fd, &info));
    assert_true(media_info_first(info, MEDIA_AUDIO)->is_commentary);
    assert_true(media_info_first(info, MEDIA_AUDIO)->is_forced);
    close(fd);
    media_pool_destroy(pool);
}

/* -- pictures --------------------------------------------------------------------------------- */

static bool is_jpeg(const struct media_picture *p)
{
    return p->len > 4 && memcmp(p->data, "\xff\xd8\xff", 3) == 0;
}

static bool is_webp(const struct media_picture *p)
{
    return p->len > 12 && memcmp(p->data, "RIFF", 4) == 0 &&
           memcmp((const char *)p->data + 8, "WEBP", 4) == 0;
}

static void thumbnail_fits_its_box_and_knows_its_color(void **state)
{
    (void)state;
    SCRATCH(a);
    struct media_pool *pool = make_pool((struct media_pool_options){0});
    struct media_picture picture;
    int fd = corpus_open("red.mp4");
    assert_ok(media_pool_thumbnail(pool, &a, fd, &(struct media_picture_request){0}, &picture));
    assert_true(is_jpeg(&picture));
    assert_int_equal(picture.width, 320);
    assert_int_equal(picture.height, 180);
    assert_true(picture.average_rgb >> 16 > 0xe8 && (picture.average_rgb & 0xff) < 0x18);
    assert_ok(media_pool_thumbnail(
        pool, &a, fd,
        &(struct media_picture_request){.max_width = 100, .max_height = 100, .format = MEDIA_WEBP},
        &picture));
    assert_true(is_webp(&picture));
    assert_int_equal(picture.width, 100);
    assert_int_equal(picture.height, 56);
    assert_ok(media_pool_thumbnail(
        pool, &a, fd, &(struct media_picture_request){.max_width = 4000, .max_height = 4000},
        &picture));
    assert_int_equal(picture.width, 640);        /* never enlarged */
    assert_int_equal(lseek(fd, 0, SEEK_CUR), 0); /* the caller's offset is its own */
    close(fd);
    media_pool_destroy(pool);
}

static void thumbnail_comes_from_every_container_and_position(void **state)
{
    (void)state;
    static const char *const names[] = {"plain.mp4", "plain.mkv", "plain.webm", "plain.avi",
                                        "plain.ts",  "plain.mpg", "hdr.mkv",    "streams30.mkv"};
    static const double positions[] = {0, 1, 1.9, 3600, -1};
    struct media_pool *pool = make_pool((struct media_pool_options){0});
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        int fd = corpus_open(names[i]);
        for (size_t k = 0; k < sizeof(positions) / sizeof(*positions); k++) {
            SCRATCH(a);
            struct media_picture picture;
            assert_ok(media_pool_thumbnail(
                pool, &a, fd,
                &(struct media_picture_request){
                    .has_position = true, .position_s = positions[k], .position_fraction = 0.5},
                &picture));
            assert_true(is_jpeg(&picture));
        }
        close(fd);
    }
    media_pool_destroy(pool);
}

static void rotation_and_covers_are_honoured(void **state)
{
    (void)state;
    SCRATCH(a);
    struct media_pool *pool = make_pool((struct media_pool_options){0});
    struct media_picture picture;
    struct media_info *info;
    int fd = corpus_open("rotated.mp4");
    assert_ok(media_pool_probe(pool, &a, fd, &info));
    /* ffmpeg's own number counts against the clock */
    assert_int_equal(media_info_first(info, MEDIA_VIDEO)->rotation, 270);
    assert_ok(media_pool_thumbnail(
        pool, &a, fd, &(struct media_picture_request){.max_width = 90, .max_height = 160},
        &picture));
    assert_int_equal(picture.width, 90);
    assert_int_equal(picture.height, 160);
    close(fd);
    fd = corpus_open("cover.mp3");
    assert_ok(media_pool_probe(pool, &a, fd, &info));
    assert_true(info->has_cover);
    assert_null(media_info_first(info, MEDIA_VIDEO)); /* a cover is no video */
    assert_ok(media_pool_image(pool, &a, fd, &(struct media_picture_request){0}, &picture));
    assert_int_equal(picture.width, 100);
    assert_true((picture.average_rgb & 0xff) > 0xe0 && picture.average_rgb >> 16 < 0x20);
    close(fd);
    media_pool_destroy(pool);
}

static void images_are_scaled_and_sound_has_none(void **state)
{
    (void)state;
    static const char *const names[] = {"picture.png", "picture.jpg", "picture.webp", "clear.png"};
    SCRATCH(a);
    struct media_pool *pool = make_pool((struct media_pool_options){0});
    struct media_picture picture;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        int fd = corpus_open(names[i]);
        for (int format = MEDIA_JPEG; format <= MEDIA_WEBP; format++) {
            assert_ok(media_pool_image(
                pool, &a, fd,
                &(struct media_picture_request){
                    .format = (enum media_picture_format)format, .max_width = 32, .max_height = 32},
                &picture));
            assert_true(format == MEDIA_JPEG ? is_jpeg(&picture) : is_webp(&picture));
            assert_int_equal(picture.width, 32);
        }
        close(fd);
    }
    int fd = corpus_open("audio.mp3");
    assert_fails(media_pool_image(pool, &a, fd, &(struct media_picture_request){0}, &picture),
                 ERR_NOT_FOUND);
    close(fd);
    media_pool_destroy(pool);
}

/* -- torture ---------------------------------------------------------------------------------- */

static void write_torture_files(void)
{
    size_t len;
    char *clip = corpus_read(corpus_file("plain.mp4"), &len);
    corpus_write("zero.mp4", "", 0);
    corpus_write("text.mp4", "This is not a film.\nhttp://example.org/\n", 40);
    corpus_write("playlist.mp4", "#EXTM3U\n#EXTINF:1,\n/etc/passwd\n", 31);
    corpus_write("list.mp4", "ffconcat version 1.0\nfile /etc/passwd\n", 38);
    corpus_write("half.mp4", clip, len / 2); /* the index is at the end, so it is lost */
    char *sample = memmem(clip, len, "avc1\0\0\0\0\0\0", 10);
    assert_non_null(sample);
    memset(sample + 28, 0xff, 4); /* 65535 x 65535 */
    corpus_write("huge.mp4", clip, len);
    for (size_t i = 0; i < len; i++)
        clip[i] = (char)(i * 2654435761u >> 13);
    corpus_write("random.mp4", clip, len);
    free(clip);
    clip = corpus_read(corpus_file("faststart.mp4"), &len);
    corpus_write("cut.mp4", clip, len * 2 / 3); /* index first, then some of the frames */
    free(clip);
    char *picture = corpus_read(corpus_file("picture.png"), &len);
    memcpy(picture + 16, "\0\0\xea\x60\0\0\xea\x60", 8); /* 60000 x 60000 */
    corpus_write("huge.png", picture, len);
    free(picture);
}

static void broken_files_are_clean_errors(void **state)
{
    (void)state;
    static const char *const broken[] = {"zero.mp4", "text.mp4", "playlist.mp4",
                                         "list.mp4", "half.mp4", "random.mp4"};
    static const char *const odd[] = {"huge.mp4", "cut.mp4", "huge.png"};
    write_torture_files();
    struct media_pool *pool = make_pool((struct media_pool_options){0});
    struct media_info *info;
    struct media_picture picture;
    const struct media_picture_request want = {0};
    for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++) {
        SCRATCH(a);
        int fd = corpus_open(broken[i]);
        assert_fails(media_pool_probe(pool, &a, fd, &info), ERR_UNPROCESSABLE);
        assert_fails(media_pool_thumbnail(pool, &a, fd, &want, &picture), ERR_UNPROCESSABLE);
        close(fd);
    }
    for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
        SCRATCH(a);
        int fd = corpus_open(odd[i]);
        struct err err = media_pool_probe(pool, &a, fd, &info);
        assert_true(!failed(err) || err.kind == ERR_UNPROCESSABLE);
        err = media_pool_thumbnail(pool, &a, fd, &want, &picture);
        assert_true(!failed(err) || err.kind == ERR_UNPROCESSABLE);
        close(fd);
    }
    assert_int_equal(stats_of(pool).died + stats_of(pool).timeouts, 0);
    assert_int_equal(stats_of(pool).started, 1); /* none of them cost even a worker */
    media_pool_destroy(pool);
}

/* Every 97th byte of the clip is damaged, differently each time. */
static void damaged_clips_never_hurt(void **state)
{
    (void)state;
    size_t len;
    char *clip = corpus_read(corpus_file("plain.mkv"), &len);
    struct media_pool *pool = make_pool((struct media_pool_options){.time_limit_ms = 60000});
    for (unsigned round = 0; round < 20; round++) {
        SCRATCH(a);
        char *damaged = arena_memdup(&a, clip, len);
        for (size_t i = round; i < len; i += 97 + round * 31)
            damaged[i] = (char)(damaged[i] ^ (char)(i * 31 + round));
        char name[32];
        snprintf(name, sizeof(name), "damaged%u.mkv", round);
        int fd = open(corpus_write(name, damaged, len), O_RDONLY | O_CLOEXEC);
        struct media_info *info;
        struct media_picture picture;
        struct err err = media_pool_probe(pool, &a, fd, &info);
        assert_true(!failed(err) || err.kind == ERR_UNPROCESSABLE);
        err = media_pool_thumbnail(pool, &a, fd, &(struct media_picture_request){0}, &picture);
        assert_true(!failed(err) || err.kind == ERR_UNPROCESSABLE || err.kind == ERR_NOT_FOUND);
        close(fd);
    }
    free(clip);
    media_pool_destroy(pool);
}

static void only_plain_files_for_reading_are_taken(void **state)
{
    (void)state;
    SCRATCH(a);
    struct media_pool *pool = make_pool((struct media_pool_options){0});
    struct media_info *info;
    const char *path = corpus_file("plain.mp4");
    int fds[] = {open("/", O_RDONLY), open(path, O_RDWR), open(path, O_PATH),
                 open("/dev/zero", O_RDONLY), -1};
    for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++) {
        assert_fails(media_pool_probe(pool, &a, fds[i], &info), ERR_UNPROCESSABLE);
        close(fds[i]);
    }
    assert_int_equal(stats_of(pool).started, 0);
    media_pool_destroy(pool);
}

/* -- the sandbox ------------------------------------------------------------------------------ */

enum outcome { REFUSED, DIES, HANGS };

static const struct {
    const char *name;
    enum outcome outcome;
} attempts[] = {
#define HOSTILE(name, outcome) {#name, outcome},
    HOSTILE_ATTEMPTS
#undef HOSTILE
};

static struct err ask_hostile(struct media_pool *pool, struct arena *a, int fd, unsigned row)
{
    struct wire_request request = {.kind = WIRE_TEST + row};
    struct wire_reply reply;
    void *payload;
    return media_pool_ask(pool, a, fd, &request, &reply, &payload);
}

static void hostile_worker_gets_nothing_and_is_replaced(void **state)
{
    (void)state;
    SCRATCH(a);
    setenv("MEDLEY_ADMIN_PASSWORD", "secret", 1);
    int other = open("/etc/passwd", O_RDONLY); /* inheritable, to be found */
    struct media_pool *pool = make_pool((struct media_pool_options){
        .program = HOSTILE_WORKER, .time_limit_ms = 1000, .workers = 1});
    int fd = corpus_open("plain.mp4");
    for (unsigned row = 0; row < sizeof(attempts) / sizeof(*attempts); row++) {
        print_message("  %s\n", attempts[row].name);
        struct media_pool_stats before = stats_of(pool);
        struct err err = ask_hostile(pool, &a, fd, row);
        struct media_pool_stats after = stats_of(pool);
        assert_int_equal(err.kind, ERR_UNPROCESSABLE);
        assert_string_equal(err.code,
                            attempts[row].outcome == HANGS ? "media_timeout" : "media_broken");
        if (attempts[row].outcome == REFUSED)
            assert_string_equal(err.msg, "refused");
        assert_int_equal(after.died - before.died, attempts[row].outcome == DIES);
        assert_int_equal(after.timeouts - before.timeouts, attempts[row].outcome == HANGS);
        struct media_info *info; /* the next file is none the wiser */
        assert_ok(media_pool_probe(pool, &a, fd, &info));
    }
    const char *features = media_worker_features(pool, &a);
    print_message("  features: %s\n", features);
    assert_non_null(strstr(features, "seccomp limits"));
    assert_null(strstr(features, "relaxed")); /* the real sandbox, not a sanitizer's */
    struct stat status;
    assert_true(fstat(fd, &status) == 0 && status.st_size > 0);
    assert_int_not_equal(access("/tmp/medley-hostile", F_OK), 0);
    close(fd);
    close(other);
    media_pool_destroy(pool);
}

/* The same program that ships, decoding inside the real sandbox. */
static void real_sandbox_decodes_everything(void **state)
{
    (void)state;
    static const char *const names[] = {"plain.mp4",   "plain.mkv",    "plain.webm", "plain.avi",
                                        "plain.ts",    "plain.mpg",    "hdr.mkv",    "picture.png",
                                        "picture.jpg", "picture.webp", "clear.png"};
    struct media_pool *pool = make_pool((struct media_pool_options){.program = HOSTILE_WORKER});
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        SCRATCH(a);
        int fd = corpus_open(names[i]);
        struct media_info *info;
        struct media_picture picture;
        assert_ok(media_pool_probe(pool, &a, fd, &info));
        assert_ok(media_pool_thumbnail(pool, &a, fd, &(struct media_picture_request){0}, &picture));
        assert_ok(media_pool_image(
            pool, &a, fd, &(struct media_picture_request){.format = MEDIA_WEBP}, &picture));
        close(fd);
    }
    assert_int_equal(stats_of(pool).died, 0);
    media_pool_destroy(pool);
}

/* -- the pool --------------------------------------------------------------------------------- */

static void descriptors_do_not_leak(void **state)
{
    (void)state;
    int fd = corpus_open("plain.mp4");
    int before = count_descriptors();
    struct media_pool *pool =
        make_pool((struct media_pool_options){.program = HOSTILE_WORKER, .requests_limit = 20});
    for (int i = 0; i < 200; i++) {
        SCRATCH(a);
        struct media_info *info;
        if (i % 40 == 7)
            assert_fails(ask_hostile(pool, &a, fd, HOSTILE_crash), ERR_UNPROCESSABLE);
        else
            assert_ok(media_pool_probe(pool, &a, fd, &info));
    }
    struct media_pool_stats stats = stats_of(pool);
    assert_int_equal(stats.requests, 200);
    assert_int_equal(stats.died, 5);
    assert_true(stats.started > 10); /* some died, the others were replaced after 20 requests */
    assert_int_equal(stats.alive, 1);
    media_pool_destroy(pool);
    assert_int_equal(count_descriptors(), before);
    close(fd);
}

static void idle_workers_leave(void **state)
{
    (void)state;
    SCRATCH(a);
    struct media_pool *pool = make_pool((struct media_pool_options){.idle_limit_ms = 50});
    struct media_info *info;
    int fd = corpus_open("plain.mp4");
    for (int round = 0; round < 2; round++) {
        assert_ok(media_pool_probe(pool, &a, fd, &info));
        int64_t end_us = time_monotonic_us() + 10 * SECONDS_US;
        while (stats_of(pool).alive && time_monotonic_us() < end_us)
            usleep(10000);
        assert_int_equal(stats_of(pool).alive, 0);
    }
    assert_int_equal(stats_of(pool).started, 2);
    close(fd);
    media_pool_destroy(pool);
}

static void missing_worker_program_is_an_internal_error(void **state)
{
    (void)state;
    SCRATCH(a);
    static const char *const programs[] = {"/nowhere/medley-media-worker", "/bin/true"};
    int fd = corpus_open("plain.mp4");
    for (size_t i = 0; i < 2; i++) {
        struct media_pool *pool = make_pool((struct media_pool_options){.program = programs[i]});
        struct media_info *info;
        assert_fails(media_pool_probe(pool, &a, fd, &info), ERR_INTERNAL);
        assert_fails(media_pool_probe(pool, &a, fd, &info), ERR_INTERNAL);
        assert_int_equal(stats_of(pool).alive, 0);
        media_pool_destroy(pool);
    }
    close(fd);
}

struct hanging {
    struct media_pool *pool;
    int fd;
};

static void *hang(void *data)
{
    struct hanging *job = data;
    SCRATCH(a);
    IGNORE(ask_hostile(job->pool, &a, job->fd, HOSTILE_sleep_forever)); /* the time-out is wanted */
    return NULL;
}

static void busy_pool_says_so_in_time(void **state)
{
    (void)state;
    SCRATCH(a);
    int fd = corpus_open("plain.mp4");
    struct media_pool *pool = make_pool((struct media_pool_options){
        .program = HOSTILE_WORKER, .workers = 1, .time_limit_ms = 1500, .wait_limit_ms = 100});
    struct hanging job = {pool, fd};
    struct media_info *info;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, hang, &job), 0);
    while (!stats_of(pool).busy)
        usleep(1000);
    assert_fails(media_pool_probe(pool, &a, fd, &info), ERR_BUSY);
    pthread_join(thread, NULL);
    assert_ok(media_pool_probe(pool, &a, fd, &info));
    media_pool_destroy(pool);
    close(fd);
}

struct crowd {
    struct media_pool *pool;
    int fd;
    unsigned number;
    unsigned wrong;
};

static void *ask_in_a_crowd(void *data)
{
    struct crowd *crowd = data;
    for (unsigned i = 0; i < 25; i++) {
        SCRATCH(a);
        struct media_info *info;
        struct media_picture picture;
        struct err err;
        switch ((i + crowd->number) % 8) {
        case 0:
            err = ask_hostile(crowd->pool, &a, crowd->fd, HOSTILE_crash);
            crowd->wrong += err.kind != ERR_UNPROCESSABLE;
            break;
        case 1:
        case 2:
            err = media_pool_thumbnail(crowd->pool, &a, crowd->fd,
                                       &(struct media_picture_request){0}, &picture);
            crowd->wrong += failed(err) || !is_jpeg(&picture);
            break;
        default:
            err = media_pool_probe(crowd->pool, &a, crowd->fd, &info);
            crowd->wrong += failed(err) || info->stream_count != 2;
        }
    }
    return NULL;
}

static void eight_threads_share_three_workers(void **state)
{
    (void)state;
    int fd = corpus_open("plain.mp4");
    struct media_pool *pool = make_pool((struct media_pool_options){
        .program = HOSTILE_WORKER, .workers = 3, .idle_limit_ms = 20, .requests_limit = 10});
    pthread_t threads[8];
    struct crowd crowds[8];
    for (unsigned i = 0; i < 8; i++) {
        crowds[i] = (struct crowd){.pool = pool, .fd = fd, .number = i};
        assert_int_equal(pthread_create(&threads[i], NULL, ask_in_a_crowd, &crowds[i]), 0);
    }
    for (unsigned i = 0; i < 8; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(crowds[i].wrong, 0);
    }
    assert_int_equal(stats_of(pool).requests, 200);
    media_pool_destroy(pool);
    close(fd);
}

static void death_between_requests_is_not_the_files_fault(void **state)
{
    (void)state;
    SCRATCH(a);
    struct media_process process;
    int64_t deadline_us = time_monotonic_us() + 20 * SECONDS_US;
    assert_ok(media_process_start(&process, &a, REAL_WORKER, deadline_us));
    kill(process.pid, SIGKILL);
    struct pollfd poller = {.fd = process.socket, .events = POLLIN};
    assert_int_equal(poll(&poller, 1, 10000), 1);
    struct wire_request request = {.magic = WIRE_MAGIC, .kind = WIRE_PROBE};
    struct wire_reply reply;
    void *payload;
    int fd = corpus_open("plain.mp4");
    assert_int_equal(media_process_ask(&process, &a, &request, fd, deadline_us, &reply, &payload),
                     MEDIA_UNSENT);
    assert_true(media_process_kill(&process));
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(probe_says_what_ffprobe_says),
        cmocka_unit_test(probe_reads_tags_flags_and_hdr),
        cmocka_unit_test(thumbnail_fits_its_box_and_knows_its_color),
        cmocka_unit_test(thumbnail_comes_from_every_container_and_position),
        cmocka_unit_test(rotation_and_covers_are_honoured),
        cmocka_unit_test(images_are_scaled_and_sound_has_none),
        cmocka_unit_test(broken_files_are_clean_errors),
        cmocka_unit_test(damaged_clips_never_hurt),
        cmocka_unit_test(only_plain_files_for_reading_are_taken),
        cmocka_unit_test(hostile_worker_gets_nothing_and_is_replaced),
        cmocka_unit_test(real_sandbox_decodes_everything),
        cmocka_unit_test(descriptors_do_not_leak),
        cmocka_unit_test(idle_workers_leave),
        cmocka_unit_test(missing_worker_program_is_an_internal_error),
        cmocka_unit_test(busy_pool_says_so_in_time),
        cmocka_unit_test(eight_threads_share_three_workers),
        cmocka_unit_test(death_between_requests_is_not_the_files_fault),
    };
    return cmocka_run_group_tests(tests, corpus_start, corpus_end);
}
