/* Reads the parts that names of all kinds have in common. */
#include "media/names_text.h"

#include <string.h>

#include "base/clock.h"
#include "base/fold.h"

#define FIRST_YEAR       1900
#define RELEASE_WORD_MAX 9 /* "workprint" */

void name_split_path(struct arena *a, const char *path, struct name_path *ret_path)
{
    struct name_path parts = {0};
    char *text = utf8_repair(a, path, strlen(path));
    for (char *slash; (slash = strchr(text, '/')); text = slash + 1) {
        const char *folder = name_tidy(a, text, (size_t)(slash - text));
        if (*folder)
            *arena_push(a, &parts.folders) = folder;
    }
    parts.stem = arena_strdup(a, name_stem(a, text));
    *ret_path = parts;
}

const char *name_stem(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    /* ".hidden" has no extension, and neither has "Mr. Nobody": extensions are short and solid. */
    size_t tail = dot ? strlen(dot) - 1 : 0;
    bool is_extension = dot && dot > name && tail >= 1 && tail <= 5;
    for (const char *c = dot; is_extension && c && *++c;)
        is_extension = name_alnum(*c);
    return arena_strndup(a, name, is_extension ? (size_t)(dot - name) : strlen(name));
}

const char *name_after(const char *text, const char *start)
{
    for (; *start; start++, text++)
        if (name_lower(*text) != name_lower(*start))
            return NULL;
    return text;
}

const char *name_number(const char *text, int min, int max, int64_t *ret_value)
{
    int64_t value = 0;
    int count = 0;
    for (; name_digit(*text); text++, count++) {
        if (count == max)
            return NULL;
        value = value * 10 + (*text - '0');
    }
    if (count < min)
        return NULL;
    *ret_value = value;
    return text;
}

int64_t name_next_year(void)
{
    time_t now = (time_t)(time_now_us() / SECONDS_US);
    struct tm calendar;
    gmtime_r(&now, &calendar);
    return calendar.tm_year + 1901;
}

bool name_is_year(int64_t year)
{
    return year >= FIRST_YEAR && year <= name_next_year();
}

static bool is_edge(char c)
{
    return name_space(c) || c == '-' || c == '.' || c == '_' || c == ',';
}

char *name_tidy(struct arena *a, const char *text, size_t len)
{
    while (len && (is_edge(text[len - 1])) &&
           !(text[len - 1] == '.' && len > 1 && name_alnum(text[len - 2])))
        len--;
    while (len && (is_edge(*text)))
        text++, len--;
    char *tidy = arena_alloc(a, len + 1);
    size_t used = 0;
    for (size_t i = 0; i < len; i++) {
        if (!name_space(text[i]))
            tidy[used++] = text[i];
        else if (used && tidy[used - 1] != ' ')
            tidy[used++] = ' ';
    }
    return tidy;
}

void name_open_up(char *text)
{
    if (strchr(text, ' '))
        return;
    for (char *c = text; *c; c++)
        if (*c == '_' || *c == '.')
            *c = ' ';
}

/* -- tags -------------------------------------------------------------------------------------- */

/* The value after "tmdb-", "tmdbid=", "tmdb:", "imdbid " within a bracket, or NULL. */
static const char *tag_value(struct arena *a, const char *inside, size_t len, const char *provider)
{
    const char *value = name_after(inside, provider);
    if (!value)
        return NULL;
    const char *after_id = name_after(value, "id");
    value = after_id ? after_id : value;
    if (!strchr("-=: ", *value) || value >= inside + len)
        return NULL;
    return arena_strndup(a, value + 1, (size_t)(inside + len - (value + 1)));
}

static bool only_digits(const char *text)
{
    size_t len = strspn(text, "0123456789");
    return len && len <= 12 && !text[len];
}

static bool take_tag(struct arena *a, const char *inside, size_t len, struct name_ids *ids,
                     const char **edition)
{
    const char *value;
    if ((value = tag_value(a, inside, len, "tmdb")) && only_digits(value))
        ids->tmdb = value;
    else if ((value = tag_value(a, inside, len, "imdb")) && name_after(value, "tt") &&
             only_digits(value + 2))
        ids->imdb = value;
    else if ((value = tag_value(a, inside, len, "tvdb")) && only_digits(value))
        ids->tvdb = value;
    else if (edition && (value = tag_value(a, inside, len, "edition")))
        *edition = value;
    else
        return false;
    return true;
}

void name_take_tags(struct arena *a, char *text, struct name_ids *ids, const char **edition)
{
    for (char *open = strpbrk(text, "{[("); open; open = strpbrk(open + 1, "{[(")) {
        size_t len = strcspn(open + 1, "}])");
        if (!open[1 + len])
            break;
        if (take_tag(a, open + 1, len, ids, edition))
            memset(open, ' ', len + 2);
    }
}

/* -- release words ----------------------------------------------------------------------------- */

static const char *const strong_words[] = {
    "240p",      "360p",   "480p",    "480i",   "540p",   "576p",    "576i",    "720p",   "1080p",    "1080i",
    "1440p",     "2160p",  "4320p",  "bluray",  "blu-ray", "bdrip",  "brrip",    "bdremux",
    "bd25",      "bd50",   "webrip", "web-rip", "web-dl",  "webdl",  "hdtv",     "pdtv",
    "dsr",       "hdrip",  "dvdrip", "dvdscr",  "dvd5",    "dvd9",   "dvdr",     "remux",
    "hddvd",     "vhsrip", "tvrip",  "x264",    "x265",    "h264",   "h265",     "h.264",
    "h.265",     "hevc",   "xvid",   "divx",    "avc",     "av1",    "vp9",      "mpeg2",
    "10bit",     "8bit",   "hdr10",  "hdr10+",  "uhd",     "truehd", "atmos",    "dts",
    "dts-hd",    "dtshd",  "ac3",    "eac3",    "aac",     "aac2",   "aac5",     "ddp5",
    "ddp",       "dd5",    "flac",   "amzn",    "dsnp",    "hmax",   "telesync", "telecine",
    "workprint",
};

/* Words of releases that are also words of titles: they count behind a year or a strong word. */
static const char *const weak_words[] = {
    "web",      "4k",         "hdr",     "dv",     "dvd",      "cam",     "ts",         "hd",
    "hq",       "proper",     "repack",  "rerip",  "extended", "unrated", "uncut",      "limited",
    "internal", "remastered", "multi",   "dubbed", "subbed",   "imax",    "theatrical", "nf",
    "german",   "french",     "readnfo", "retail", "complete",
};

static bool is_among(const char *word, size_t len, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *end = name_after(word, words[i]);
        if (end && (size_t)(end - word) == len)
            return true;
    }
    return false;
}

bool name_is_release_word(const char *word, size_t len, bool strong_only)
{
    return is_among(word, len, strong_words, sizeof(strong_words) / sizeof(*strong_words)) ||
           (!strong_only &&
            is_among(word, len, weak_words, sizeof(weak_words) / sizeof(*weak_words)));
}

static bool ends_word(char c)
{
    return strchr(" ._-,+()[]{}", c) != NULL; /* the end of the text too */
}

/* Words with dots and dashes inside ("h.264", "web-dl") count as well as plain ones. */
bool name_starts_release(const char *text, bool strong_only)
{
    size_t len = 0;
    while (text[len] && len < RELEASE_WORD_MAX && !strchr(" _,()[]{}", text[len]))
        len++;
    for (; len; len--)
        if (ends_word(text[len]) && name_is_release_word(text, len, strong_only))
            return true;
    return false;
}

size_t name_release_at(const char *text, size_t from, bool strong_only)
{
    size_t at = from;
    while (text[at]) {
        if (ends_word(text[at])) {
            at++;
            continue;
        }
        if (name_starts_release(text + at, strong_only))
            return at;
        while (!ends_word(text[at]))
            at++;
    }
    return at;
}

/* -- title and year ---------------------------------------------------------------------------- */

/* The last "(1999)" or "[1999]" with something before it. */
static const char *bracketed_year(const char *text, int64_t *ret_year)
{
    const char *found = NULL;
    for (const char *c = text; *c; c++) {
        int64_t year;
        if (*c != '(' && *c != '[')
            continue;
        const char *end = name_number(c + 1, 4, 4, &year);
        if (end && (*end == ')' || *end == ']') && name_is_year(year) && c > text) {
            found = c;
            *ret_year = year;
        }
    }
    return found;
}

/* The last bare year before `end` that is not the first word. */
static const char *bare_year(const char *text, size_t end, int64_t *ret_year)
{
    const char *found = NULL;
    for (const char *c = text + 1; c < text + end; c++) {
        int64_t year;
        if (!strchr(" ._-", c[-1]) || !name_digit(*c))
            continue;
        const char *after = name_number(c, 4, 4, &year);
        if (after && ends_word(*after) && name_is_year(year)) {
            found = c;
            *ret_year = year;
        }
    }
    return found;
}

/* Brackets at the start name a release group, those elsewhere a quality: both go. */
static void drop_square_brackets(char *text)
{
    for (char *open = strchr(text, '['); open; open = strchr(open, '[')) {
        char *close = strchr(open, ']');
        if (!close)
            break;
        memset(open, ' ', (size_t)(close - open) + 1);
    }
}

/* "[REC]" is a film, "[1080p]" is not. */
static char *bracketed_title(struct arena *a, const char *text)
{
    const char *open = strchr(text, '[');
    size_t len = open ? strcspn(open + 1, "]") : 0;
    if (!len || !open[1 + len] || name_release_at(open, 0, false) < len)
        return arena_strdup(a, "");
    return arena_strndup(a, open, len + 2);
}

static char *tidy_title(struct arena *a, const char *text, bool spaced)
{
    char *title = name_tidy(a, text, strlen(text));
    if (!spaced) {
        name_open_up(title);
        title = name_tidy(a, title, strlen(title));
    }
    while (*title && strchr("([{", title[strlen(title) - 1])) { /* of a year cut off behind it */
        title[strlen(title) - 1] = 0;
        title = name_tidy(a, title, strlen(title));
    }
    return title;
}

/* The first `len` bytes of the name as a title. Where the name has blanks, its dots are real. */
static char *read_title(struct arena *a, const char *text, size_t len)
{
    char *plain = arena_strdup(a, text);
    drop_square_brackets(plain);
    bool spaced = strchr(name_tidy(a, plain, strlen(plain)), ' ') != NULL;
    plain[len] = 0;
    char *title = tidy_title(a, plain, spaced);
    return *title ? title : bracketed_title(a, arena_strndup(a, text, len));
}

/* "Matrix, The" -> "The Matrix" */
static const char *article_first(struct arena *a, const char *title)
{
    static const char *const articles[] = {", The", ", A",  ", An", ", Der", ", Die",
                                           ", Das", ", Le", ", La", ", Les"};
    size_t len = strlen(title);
    for (size_t i = 0; i < sizeof(articles) / sizeof(*articles); i++) {
        size_t tail = strlen(articles[i]);
        if (len > tail && name_after(title + len - tail, articles[i]))
            return arena_printf(a, "%s %.*s", title + len - tail + 2, (int)(len - tail), title);
    }
    return title;
}

void name_title_and_year(struct arena *a, const char *text, const char **ret_title,
                         int64_t *ret_year, size_t *ret_rest_at)
{
    int64_t year = -1;
    const char *at = bracketed_year(text, &year);
    size_t end;
    if (at) {
        end = (size_t)(at - text);
        *ret_rest_at = end + 6;
    } else {
        end = name_release_at(text, 0, true);
        at = bare_year(text, end, &year);
        if (at)
            end = (size_t)(at - text);
        *ret_rest_at = end;
    }
    char *title = read_title(a, text, end);
    *ret_title = *title ? article_first(a, title) : NULL;
    *ret_year = year;
}
