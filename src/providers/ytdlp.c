/* The yt-dlp program: its arguments, its output, its failures. */
#include "providers/ytdlp.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fold.h"
#include "core/core.h"
#include "core/settings.h"
#include "json/decode.h"
#include "net/guard.h"
#include "sys/child.h"

#define ARGUMENTS_MAX      24
#define LAST_WORDS_BYTES   2000 /* of standard error: enough for the reason */
#define VERSION_LIMIT_MS   20000
#define VERSION_LIFE_US    (3600 * SECONDS_US)
#define PROGRAM_FILES_MAX  256

SHAPE(ytdlp_video_shape, "VideoInfo", struct ytdlp_video, "A video as yt-dlp knows it",
      F(struct ytdlp_video, T_TEXT, id, .flags = FIELD_REQUIRED),
      F(struct ytdlp_video, T_TEXT, title, .flags = FIELD_REQUIRED),
      F(struct ytdlp_video, T_TEXT, url, .flags = FIELD_REQUIRED), F(struct ytdlp_video, T_TEXT, channel),
      F(struct ytdlp_video, T_INT, channel_follower_count), F(struct ytdlp_video, T_INT, view_count),
      F(struct ytdlp_video, T_INT, duration, .help = "seconds"));

/* --- running ------------------------------------------------------------------------------------------------ */

struct arguments {
    const char *items[ARGUMENTS_MAX];
    size_t count;
};

static void add(struct arguments *list, const char *argument)
{
    CHECK(list->count + 1 < ARGUMENTS_MAX);
    list->items[list->count++] = argument;
}

static void start_arguments(struct core *core, struct arena *a, struct arguments *list)
{
    add(list, settings_text(core->settings, a, "ytdlp.ytdlp_path"));
    add(list, "--ignore-config");
    add(list, "--no-cache-dir");
    if (settings_bool(core->settings, "ytdlp.geo_bypass"))
        add(list, "--geo-bypass");
}

struct run {
    struct buf output;
    struct buf errors; /* its end */
    const struct ytdlp_download *download;
};

static void keep_last(struct buf *kept, const char *line, size_t len)
{
    if (kept->len + len + 1 > LAST_WORDS_BYTES)
        buf_clear(kept);
    buf_append(kept, line, len < LAST_WORDS_BYTES ? len : LAST_WORDS_BYTES);
    buf_putc(kept, '\n');
}

static void take_line(void *data, enum child_stream stream, char *line, size_t len)
{
    struct run *run = data;
    struct ytdlp_progress progress;
    if (stream == CHILD_ERRORS) {
        keep_last(&run->errors, line, len);
    } else if (!run->download) {
        buf_append(&run->output, line, len);
        if (len < CHILD_LINE_MAX_BYTES)
            buf_putc(&run->output, '\n');
    } else if (run->download->on_progress && ytdlp_read_progress(line, &progress)) {
        run->download->on_progress(run->download->data, &progress);
    }
}

static bool is_cancelled(void *data)
{
    const struct run *run = data;
    return run->download && run->download->cancelled && run->download->cancelled(run->download->data);
}

/* Well-formed, and without the white space at its end. */
static const char *tidy(struct arena *a, const struct buf *text)
{
    char *kept = text->data ? utf8_repair(a, text->data, text->len) : arena_strdup(a, "");
    size_t len = strlen(kept);
    while (len && strchr(" \n\t", kept[len - 1]))
        kept[--len] = '\0';
    return kept;
}

/* Whether the site says that the video is not to be had, by the words of yt-dlp. */
static bool is_unavailable(const char *words)
{
    return strstr(words, "Video unavailable") || strstr(words, "Private video") ||
           strstr(words, "This video is not available") || strstr(words, "This video has been removed");
}

static struct err explain(struct arena *a, const struct child_result *result,
                          const struct buf *errors)
{
    const char *words = tidy(a, errors);
    if (is_unavailable(words))
        return err_f(a, ERR_NOT_FOUND, "video_unavailable", "%s", words);
    if (result->signal)
        return err_f(a, ERR_UPSTREAM, "ytdlp_failed", "yt-dlp was ended by signal %d", result->signal);
    return err_f(a, ERR_UPSTREAM, "ytdlp_failed", "yt-dlp ended with status %d: %s", result->exit_status, words);
}

static struct err run_program(struct arena *a, struct arguments *list, int64_t limit_ms, struct run *run)
{
    struct child_result result;
    list->items[list->count] = NULL;
    struct child_options options = {
        .argv = list->items,
        .environment = (const char *const[]){"HOME=/nonexistent", "PYTHONUNBUFFERED=1", "PYTHONUTF8=1", "HTTP_PROXY",
                                             "HTTPS_PROXY", "NO_PROXY", NULL},
        .timeout_ms = limit_ms,
        .on_line = take_line,
        .cancelled = is_cancelled,
        .data = run,
        .files_max = PROGRAM_FILES_MAX,
    };
    struct err e = child_run(a, &options, &result);
    if (e.code && strcmp(e.code, "program_missing") == 0) {
        struct err missing = err_f(a, ERR_UNCONFIGURED, "ytdlp_missing",
                                   "yt-dlp binary not found: %s (setting ytdlp.ytdlp_path)", list->items[0]);
        missing.field = "ytdlp.ytdlp_path";
        return missing;
    }
    TRY(e);
    return result.exit_status == 0 ? OK : explain(a, &result, &run->errors);
}

static struct err ask(struct arena *a, struct arguments *list, const char **ret_output)
{
    struct run run = {.output = {.limit = YTDLP_OUTPUT_MAX_BYTES}};
    struct err e = run_program(a, list, YTDLP_ASK_LIMIT_MS, &run);
    if (!failed(e) && run.output.overflowed)
        e = err_make(ERR_UPSTREAM, "ytdlp_failed", "yt-dlp printed more than can be taken");
    if (!failed(e))
        *ret_output = arena_strndup(a, run.output.data ? run.output.data : "", run.output.len);
    buf_finish(&run.output);
    buf_finish(&run.errors);
    return e;
}

/* --- addresses ---------------------------------------------------------------------------------------------- */

static bool is_address(const char *text)
{
    return strncasecmp(text, "http://", 7) == 0 || strncasecmp(text, "https://", 8) == 0;
}

static struct err find_address(struct core *core, struct arena *a, const char *id_or_url, const char **ret_url)
{
    if (!is_address(id_or_url)) {
        if (!*id_or_url)
            return err_make(ERR_INVALID, "bad_url", "The video id is empty");
        *ret_url = arena_printf(a, "https://www.youtube.com/watch?v=%s", id_or_url);
        return OK;
    }
    if (!settings_bool(core->settings, "ytdlp.allow_private")) {
        struct err e = url_guard(a, id_or_url);
        /* Whether a public name resolves, yt-dlp finds out by itself, maybe through a proxy. */
        if (e.kind != ERR_UPSTREAM)
            TRY(e);
    }
    *ret_url = id_or_url;
    return OK;
}

/* --- answers ------------------------------------------------------------------------------------------------ */

static const char *member_text(struct arena *a, const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text && *text ? arena_strdup(a, text) : NULL;
}

static int64_t member_int(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    double number = json_is_number(value) ? json_number_value(value) : NAN;
    return number > -9e15 && number < 9e15 ? (int64_t)number : INT_NONE;
}

/* Search results have a list of pictures instead of one; the last is the largest. */
static const char *member_thumbnail(struct arena *a, const json_t *object)
{
    const json_t *list = json_object_get(object, "thumbnails");
    const char *one = member_text(a, object, "thumbnail");
    return one || !json_array_size(list) ? one
                                         : member_text(a, json_array_get(list, json_array_size(list) - 1), "url");
}

static bool read_video(struct arena *a, const json_t *object, struct ytdlp_video *ret)
{
    const char *id = member_text(a, object, "id");
    const char *title = member_text(a, object, "title");
    const char *page = member_text(a, object, "webpage_url");
    if (!id || !title)
        return false;
    *ret = (struct ytdlp_video){
        .id = id,
        .title = title,
        .url = page ? page : arena_printf(a, "https://www.youtube.com/watch?v=%s", id),
        .channel = member_text(a, object, "channel"),
        .channel_follower_count = member_int(object, "channel_follower_count"),
        .view_count = member_int(object, "view_count"),
        .duration = member_int(object, "duration"),
        .thumbnail = member_thumbnail(a, object),
    };
    return true;
}

struct err ytdlp_search(struct core *core, struct arena *a, const char *artist, const char *title, int64_t max,
                        struct ytdlp_videos *ret_videos)
{
    struct arguments list = {0};
    struct ytdlp_videos videos = {0};
    const char *output;
    start_arguments(core, a, &list);
    add(&list, "--dump-json");
    add(&list, "--flat-playlist");
    add(&list, "--no-warnings");
    add(&list, "--");
    add(&list, arena_printf(a, "ytsearch%lld:%s %s", (long long)max, artist, title));
    TRY(ask(a, &list, &output));
    for (const char *line = output, *end; *line; line = *end ? end + 1 : end) {
        struct mistakes ignored = {0};
        struct ytdlp_video video;
        end = line + strcspn(line, "\n");
        const json_t *object = json_read(a, line, (size_t)(end - line), "answer", &ignored);
        if (object && read_video(a, object, &video))
            *arena_push(a, &videos) = video;
    }
    *ret_videos = videos;
    return OK;
}

struct err ytdlp_info(struct core *core, struct arena *a, const char *id_or_url, struct ytdlp_video *ret_video)
{
    struct arguments list = {0};
    struct mistakes ignored = {0};
    struct ytdlp_video video;
    const char *url, *output;
    TRY(find_address(core, a, id_or_url, &url));
    start_arguments(core, a, &list);
    add(&list, "--dump-json");
    add(&list, "--no-download");
    add(&list, "--no-playlist");
    add(&list, "--no-warnings");
    add(&list, "--");
    add(&list, url);
    TRY(ask(a, &list, &output));
    const json_t *object = json_read(a, output, strlen(output), "answer", &ignored);
    if (!object || !read_video(a, object, &video))
        return err_make(ERR_UPSTREAM, "ytdlp_failed", "yt-dlp printed no description of a video");
    *ret_video = video;
    return OK;
}

/* --- downloads ---------------------------------------------------------------------------------------------- */

/* "10.00MiB" to bytes; NAN when it is none. */
static double read_size(const char *text, const char **ret_end)
{
    static const struct {
        const char *unit;
        double bytes;
    } units[] = {{"KiB", 1024.0},    {"MiB", 1048576.0}, {"GiB", 1073741824.0}, {"TiB", 1099511627776.0},
                 {"KB", 1e3},        {"MB", 1e6},        {"GB", 1e9},           {"TB", 1e12},
                 {"B", 1}};
    char *end;
    double number = strtod(text, &end);
    if (end == text || !(number >= 0))
        return NAN;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        size_t len = strlen(units[i].unit);
        if (strncmp(end, units[i].unit, len) == 0) {
            *ret_end = end + len;
            return number * units[i].bytes;
        }
    }
    return NAN;
}

/* "00:30" or "01:00:30" to seconds. */
static int64_t read_clock(const char *text)
{
    int64_t total = 0;
    if (*text < '0' || *text > '9')
        return INT_NONE;
    for (;;) {
        char *end;
        long part = strtol(text, &end, 10);
        if (end == text || part < 0 || part > 100000)
            return INT_NONE;
        total = total * 60 + part;
        if (*end != ':')
            return total;
        text = end + 1;
    }
}

/* What follows a word, without spaces; NULL when the word is not there. */
static const char *after(const char *line, const char *word)
{
    const char *found = strstr(line, word);
    return found ? found + strlen(word) + strspn(found + strlen(word), " ~") : NULL;
}

bool ytdlp_read_progress(const char *line, struct ytdlp_progress *ret_progress)
{
    struct ytdlp_progress p = {.total_bytes = INT_NONE, .speed = NAN, .eta_s = INT_NONE};
    const char *unit_end = NULL;
    const char *percent = after(line, "[download]");
    char *end;
    if (!percent || strncmp(line, "[download]", 10) != 0)
        return false;
    p.percent = strtod(percent, &end);
    if (end == percent || *end != '%' || !(p.percent >= 0 && p.percent <= 100))
        return false;
    const char *size = after(end, " of ");
    const char *speed = after(end, " at ");
    const char *eta = after(end, " ETA ");
    double bytes = size ? read_size(size, &unit_end) : NAN;
    if (bytes < 9e15)
        p.total_bytes = (int64_t)bytes;
    double rate = speed ? read_size(speed, &unit_end) : NAN;
    if (rate >= 0 && strncmp(unit_end, "/s", 2) == 0)
        p.speed = rate;
    if (eta)
        p.eta_s = read_clock(eta);
    *ret_progress = p;
    return true;
}

/* In yt-dlp's templates of file names % begins a field. */
static const char *template_of(struct arena *a, const char *path)
{
    BUF(out);
    for (; *path; path++) {
        if (*path == '%')
            buf_putc(&out, '%');
        buf_putc(&out, *path);
    }
    return arena_strdup(a, out.data);
}

struct err ytdlp_download(struct core *core, struct arena *a, const struct ytdlp_download *download)
{
    struct arguments list = {0};
    struct run run = {.download = download};
    struct stat st;
    const char *url;
    TRY(find_address(core, a, download->id_or_url, &url));
    const char *format = download->format ? download->format
                                          : settings_text(core->settings, a, "ytdlp.format_spec");
    start_arguments(core, a, &list);
    if (format) {
        add(&list, "--format");
        add(&list, format);
    }
    add(&list, "--output");
    add(&list, template_of(a, download->path));
    add(&list, "--no-playlist");
    add(&list, "--newline");
    add(&list, "--");
    add(&list, url);
    struct err e = run_program(a, &list, 0, &run);
    buf_finish(&run.errors);
    TRY(e);
    if (stat(download->path, &st) || !S_ISREG(st.st_mode) || st.st_size == 0)
        return err_make(ERR_UPSTREAM, "ytdlp_failed", "yt-dlp ended well but left no file");
    return OK;
}

/* --- version ------------------------------------------------------------------------------------------------ */

static struct {
    pthread_mutex_t lock; /* of the rest; not held while the program runs */
    char path[256];
    char version[64];
    int64_t asked_us;
} known = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool recall(const char *path, struct arena *a, int64_t life_us, const char **ret_version)
{
    bool found;
    pthread_mutex_lock(&known.lock);
    found = known.asked_us && time_monotonic_us() - known.asked_us < life_us && strcmp(known.path, path) == 0;
    if (found)
        *ret_version = arena_strdup(a, known.version);
    pthread_mutex_unlock(&known.lock);
    return found;
}

static void remember(const char *path, const char *version)
{
    pthread_mutex_lock(&known.lock);
    snprintf(known.path, sizeof(known.path), "%s", path);
    snprintf(known.version, sizeof(known.version), "%s", version);
    known.asked_us = time_monotonic_us();
    pthread_mutex_unlock(&known.lock);
}

/* Versions are dates: "2023.03.04", sometimes with a suffix. */
static int64_t age_of(const char *version)
{
    int year, month, day;
    int64_t released_us;
    if (sscanf(version, "%4d.%2d.%2d", &year, &month, &day) != 3)
        return INT_NONE;
    char text[32];
    snprintf(text, sizeof(text), "%04d-%02d-%02dT00:00:00Z", year, month, day);
    if (!time_parse(text, &released_us))
        return INT_NONE;
    return (time_now_us() - released_us) / (86400 * SECONDS_US);
}

struct err ytdlp_version(struct core *core, struct arena *a, struct ytdlp_version *ret_version)
{
    const char *path = settings_text(core->settings, a, "ytdlp.ytdlp_path");
    const char *version = NULL;
    if (!recall(path, a, VERSION_LIFE_US, &version)) {
        struct arguments list = {.items = {path, "--version"}, .count = 2};
        struct run run = {.output = {.limit = 4096}};
        struct err e = run_program(a, &list, VERSION_LIMIT_MS, &run);
        version = tidy(a, &run.output);
        buf_finish(&run.output);
        buf_finish(&run.errors);
        TRY(e);
        remember(path, version);
    }
    *ret_version = (struct ytdlp_version){version, age_of(version)};
    return OK;
}

bool ytdlp_known_version(struct core *core, struct arena *a, struct ytdlp_version *ret_version)
{
    const char *version;
    if (!recall(settings_text(core->settings, a, "ytdlp.ytdlp_path"), a, INT64_MAX, &version))
        return false;
    *ret_version = (struct ytdlp_version){version, age_of(version)};
    return true;
}
