/* Comparing titles and artists. */
#include "domain/catalog/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

#include "base/buf.h"
#include "base/fold.h"

#define MAX_QUALIFIERS 5 /* contract 11.2 */

char *text_lower(struct arena *a, const char *text)
{
    if (!text)
        return NULL;
    BUF(out);
    for (const char *p = text; *p;) {
        utf8proc_int32_t cp;
        utf8proc_uint8_t bytes[4];
        utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)p, -1, &cp);
        if (used <= 0) {
            buf_putc(&out, *p++);
            continue;
        }
        utf8proc_ssize_t len = utf8proc_encode_char(utf8proc_tolower(cp), bytes);
        buf_append(&out, bytes, (size_t)len);
        p += used;
    }
    return arena_strndup(a, out.data ? out.data : "", out.len);
}

static char *trim(struct arena *a, const char *text, size_t len)
{
    while (len && isspace((unsigned char)text[len - 1]))
        len--;
    while (len && isspace((unsigned char)*text)) {
        text++;
        len--;
    }
    return arena_strndup(a, text, len);
}

char *text_plain(struct arena *a, const char *text)
{
    return text ? text_lower(a, trim(a, text, strlen(text))) : NULL;
}

/* --- guest artists ------------------------------------------------------------------------------------ */

/* Length of "ft", "feat." ... at `p`, 0 when there is none. */
static size_t featured_word(const char *p)
{
    static const char *const words[] = {"featuring", "feat.", "feat", "ft.", "ft", "f/"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t len = strlen(words[i]);
        if (strncasecmp(p, words[i], len) == 0)
            return len;
    }
    return 0;
}

/* "(feat. X)" at `p`: its length, 0 when it is something else. */
static size_t featured_group(const char *p)
{
    const char *inside = p + 1;
    if (*p != '(')
        return 0;
    while (isspace((unsigned char)*inside))
        inside++;
    size_t word = featured_word(inside);
    const char *end = strchr(inside, ')');
    if (!word || !end)
        return 0;
    /* "(feature film)" is no guest. */
    if (isalnum((unsigned char)inside[word - 1]) && isalnum((unsigned char)inside[word]))
        return 0;
    return (size_t)(end + 1 - p);
}

static bool featured_tail(const char *text, const char *p)
{
    size_t word = featured_word(p);
    bool starts = p == text || isspace((unsigned char)p[-1]);
    return starts && word && (!p[word] || isspace((unsigned char)p[word]));
}

char *text_without_featured(struct arena *a, const char *text)
{
    BUF(out);
    if (!text)
        return NULL;
    for (const char *p = text; *p;) {
        size_t group = featured_group(p);
        if (group) {
            while (out.len && isspace((unsigned char)out.data[out.len - 1]))
                out.len--;
            p += group;
        } else if (featured_tail(text, p)) {
            break;
        } else {
            buf_putc(&out, *p++);
        }
    }
    return trim(a, out.data ? out.data : "", out.len);
}

/* --- versions ----------------------------------------------------------------------------------------- */

static const char *const round_words[] = {
    "remastered", "remaster", "deluxe", "anniversary", "expanded", "edition", "version", "mix", "edit",
    "live", "acoustic", "radio", "single", "album", "explicit", "clean", "instrumental", "karaoke",
    "demo", "bonus", "collector's", "collectors", "collector", "limited", NULL};
static const char *const square_words[] = {"remastered", "remaster", "deluxe", "anniversary",
                                           "expanded", "edition", "version", NULL};
static const char *const dash_words[] = {"remastered",     "remaster",      "radio edit", "single version",
                                         "album version",  "live",          "acoustic",   "explicit",
                                         "clean",          "instrumental",  NULL};

static bool is_boundary(const char *start, const char *at)
{
    return at == start || !isalnum((unsigned char)at[-1]);
}

static bool contains_word(const char *text, size_t len, const char *const *words)
{
    for (; *words; words++) {
        size_t word = strlen(*words);
        for (size_t i = 0; i + word <= len; i++) {
            bool ends = i + word == len || !isalnum((unsigned char)text[i + word]);
            if (ends && is_boundary(text, text + i) && strncasecmp(text + i, *words, word) == 0)
                return true;
        }
    }
    return false;
}

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++) {
        if (strcasecmp(text, *words) == 0)
            return true;
    }
    return false;
}

/* from "Footloose", with or without soundtrack or OST behind it */
static bool is_from(const char *text)
{
    if (strncasecmp(text, "from \"", 6) != 0)
        return false;
    const char *end = strchr(text + 6, '"');
    if (!end)
        return false;
    for (end++; isspace((unsigned char)*end);)
        end++;
    return !*end || strcasecmp(end, "soundtrack") == 0 || strcasecmp(end, "ost") == 0;
}

static bool is_dash_version(struct arena *a, const char *text)
{
    const char *x = trim(a, text, strlen(text));
    if (strspn(x, "0123456789") == 4 && x[4] == ' ')
        x += 5;
    else if (is_from(x) || is_one_of(x, dash_words))
        return true;
    return strcasecmp(x, "remaster") == 0 || strcasecmp(x, "remastered") == 0;
}

/* Where the qualifier at the end of the text starts (its leading blank); NULL when there is none. */
static const char *find_version(struct arena *a, const char *text)
{
    size_t len = strlen(text);
    char last = len ? text[len - 1] : '.';
    char open = last == ')' ? '(' : '[';
    if (last == ')' || last == ']') {
        const char *start = strrchr(text, open);
        if (start && start > text && start[-1] == ' ' &&
            contains_word(start + 1, len - 1 - (size_t)(start + 1 - text),
                          open == '(' ? round_words : square_words))
            return start - 1;
    }
    for (const char *dash = text; (dash = strstr(dash, " - ")); dash++) {
        if (dash > text && is_dash_version(a, dash + 3))
            return dash;
    }
    return NULL;
}

char *text_without_version(struct arena *a, const char *text)
{
    if (!text)
        return NULL;
    char *out = trim(a, text, strlen(text));
    if (*out == '(')
        return out;
    for (int i = 0; i < MAX_QUALIFIERS; i++) {
        const char *cut = find_version(a, out);
        if (!cut)
            break;
        out = trim(a, out, (size_t)(cut - out));
    }
    return out;
}

char *text_song_title(struct arena *a, const char *title, bool drop_featured)
{
    char *out = text_without_version(a, title);
    if (drop_featured)
        out = text_without_featured(a, out);
    return text_plain(a, out);
}

/* Names made of signs alone ("!!!") keep them. */
static const char *key_of(struct arena *a, const char *text)
{
    const char *bare = text ? text_without_featured(a, text) : "";
    const char *key = fold_match_key(a, bare);
    if (*key)
        return key;
    return fold(a, *bare ? bare : text ? text : "");
}

char *text_match_key(struct arena *a, const char *artist, const char *title)
{
    return arena_printf(a, "%s\n%s", key_of(a, artist), key_of(a, title));
}
