/* Path patterns. */
#include "domain/organize/pattern.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/fold.h"

#define COMPONENT_MAX_BYTES 255 /* of every file system that is worth naming */
#define DEPTH_MAX           16
#define ENDING_MAX_BYTES    12  /* with the dot */
#define NFO_ENDING          ".nfo"

/* --- values --------------------------------------------------------------------------------------------- */

enum { FIELD_ARTIST, FIELD_TITLE, FIELD_ALBUM, FIELD_YEAR, FIELD_GENRE, FIELD_DIRECTOR, FIELD_STUDIO, FIELD_FEATURED };
static const struct words pattern_fields = WORDS("pattern_field", "artist", "title", "album", "year", "genre",
                                                 "director", "studio", "featured_artists");

static const char *featured(struct arena *a, const struct video *video)
{
    const struct video_artist *artists = video->artists.items;
    BUF(names);
    for (size_t i = 0; i < video->artists.count; i++) {
        if (artists[i].role == ROLE_FEATURED)
            buf_printf(&names, "%s%s", names.len ? ", " : "", artists[i].name);
    }
    return names.len ? arena_strdup(a, names.data) : NULL;
}

static const char *value_of(struct arena *a, const struct video *video, int field)
{
    switch (field) {
    case FIELD_ARTIST:
        return video->artist;
    case FIELD_TITLE:
        return video->title;
    case FIELD_ALBUM:
        return video->album;
    case FIELD_YEAR:
        return video->year == INT_NONE ? NULL : arena_printf(a, "%lld", (long long)video->year);
    case FIELD_GENRE:
        return video->genre;
    case FIELD_DIRECTOR:
        return video->director;
    case FIELD_STUDIO:
        return video->studio;
    default:
        return featured(a, video);
    }
}

const char *file_name_plain(struct arena *a, const char *text)
{
    const char *from = fold(a, text);
    char *out = arena_alloc(a, strlen(from) + 1);
    size_t len = 0;
    for (; *from; from++) {
        bool space = isspace((unsigned char)*from) || *from == '_';
        if (space && len > 0 && out[len - 1] != '_')
            out[len++] = '_';
        else if (islower((unsigned char)*from) || isdigit((unsigned char)*from))
            out[len++] = *from;
    }
    len -= len > 0 && out[len - 1] == '_';
    out[len] = 0;
    return out;
}

/* What must not be part of a name: separators, control characters; U+0080..U+009F are "\xc2\x80".. */
static bool is_unfit(const char *at, size_t *ret_len)
{
    unsigned char c = (unsigned char)at[0];
    bool wide = c == 0xc2 && (unsigned char)at[1] >= 0x80 && (unsigned char)at[1] < 0xa0;
    *ret_len = wide ? 2 : 1;
    return wide || c < 0x20 || c == 0x7f || c == '/' || c == '\\';
}

static const char *cleaned(struct arena *a, const char *value)
{
    char *out = arena_alloc(a, strlen(value) + 1);
    size_t len = 0;
    while (isspace((unsigned char)*value))
        value++;
    for (size_t step; *value; value += step) {
        bool unfit = is_unfit(value, &step);
        if (!unfit)
            memcpy(out + len, value, step);
        else
            out[len] = '_';
        len += unfit ? 1 : step;
    }
    while (len && out[len - 1] == ' ')
        len--;
    out[len] = 0;
    return out;
}

static struct err put_field(struct arena *a, struct buf *to, const struct video *video, int field, bool normalize)
{
    const char *value = value_of(a, video, field);
    value = value && normalize ? file_name_plain(a, value) : value;
    value = value ? cleaned(a, value) : "";
    if (!*value)
        return err_f(a, ERR_INVALID, "no_value", "The path pattern needs a value for '%s', and the video has none",
                     words_name(&pattern_fields, field));
    buf_puts(to, value);
    return OK;
}

/* --- expanding ------------------------------------------------------------------------------------------ */

/* At most `max` bytes, whole characters, without spaces at the end. */
static void cut(struct buf *name, size_t max)
{
    if (!name->len)
        return;
    if (name->len > max) {
        size_t len = max;
        while (len && ((unsigned char)name->data[len] & 0xc0) == 0x80)
            len--;
        name->len = len;
    }
    while (name->len && name->data[name->len - 1] == ' ')
        name->len--;
    name->data[name->len] = 0;
}

static struct err put_component(struct arena *a, struct buf *to, const struct pattern_component *component,
                                const struct video *video, bool normalize, size_t max)
{
    BUF(name);
    for (size_t i = 0; i < component->count; i++) {
        const struct pattern_part *part = &component->items[i];
        if (part->literal)
            buf_puts(&name, part->literal);
        else
            TRY(put_field(a, &name, video, part->field, normalize));
    }
    cut(&name, max);
    if (!name.len || strcmp(name.data, ".") == 0 || strcmp(name.data, "..") == 0)
        return err_f(a, ERR_INVALID, "bad_component", "The path pattern leads to '%s', which is no name", name.data);
    if (name.data[0] == '.')
        name.data[0] = '_';
    buf_puts(to, name.data);
    return OK;
}

static const char *plain_ending(const char *ending)
{
    size_t len = ending ? strlen(ending) : 0;
    if (len < 2 || len > ENDING_MAX_BYTES || ending[0] != '.')
        return ".mp4";
    for (size_t i = 1; i < len; i++) {
        if (!isalnum((unsigned char)ending[i]))
            return ".mp4";
    }
    return ending;
}

static bool has_artist(const struct pattern_component *component)
{
    for (size_t i = 0; i < component->count; i++) {
        if (!component->items[i].literal && component->items[i].field == FIELD_ARTIST)
            return true;
    }
    return false;
}

size_t pattern_artist_depth(const struct pattern *pattern)
{
    for (size_t i = 0; i + 1 < pattern->count; i++) {
        if (has_artist(&pattern->items[i]))
            return i + 1;
    }
    return 0;
}

static struct err put_folders(struct arena *a, struct buf *to, const struct pattern *pattern, size_t count,
                              const struct video *video, bool normalize)
{
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_putc(to, '/');
        TRY(put_component(a, to, &pattern->items[i], video, normalize, COMPONENT_MAX_BYTES));
    }
    return OK;
}

struct err pattern_artist_folder(struct arena *a, const struct pattern *pattern, const struct video *video,
                                 bool normalize, const char **ret_folder)
{
    BUF(text);
    TRY(put_folders(a, &text, pattern, pattern_artist_depth(pattern), video, normalize));
    *ret_folder = arena_strdup(a, text.data);
    return OK;
}

struct err pattern_expand(struct arena *a, const struct pattern *pattern, const struct video *video,
                          bool normalize, const char *ending, struct pattern_path *ret_path)
{
    BUF(text);
    size_t last = pattern->count - 1;
    ending = plain_ending(ending);
    size_t kept = strlen(ending) > strlen(NFO_ENDING) ? strlen(ending) : strlen(NFO_ENDING);
    TRY(put_folders(a, &text, pattern, last, video, normalize));
    if (last)
        buf_putc(&text, '/');
    TRY(put_component(a, &text, &pattern->items[last], video, normalize, COMPONENT_MAX_BYTES - kept));
    ret_path->video = arena_printf(a, "%s%s", text.data, ending);
    ret_path->nfo = arena_printf(a, "%s" NFO_ENDING, text.data);
    return OK;
}

/* --- compiling ------------------------------------------------------------------------------------------ */

static struct err bad(struct arena *a, const char *text, const char *why)
{
    return err_f(a, ERR_INVALID, "bad_pattern", "Invalid path pattern '%s': %s", text, why);
}

struct compiler {
    struct arena *a;
    const char *text; /* the whole pattern, for messages */
    const char *at;
    struct pattern *pattern;
    struct buf literal;
};

static struct pattern_component *current(struct compiler *c)
{
    return &c->pattern->items[c->pattern->count - 1];
}

static void flush(struct compiler *c)
{
    if (!c->literal.len)
        return;
    *arena_push(c->a, current(c)) = (struct pattern_part){.literal = arena_strdup(c->a, c->literal.data)};
    buf_clear(&c->literal);
}

static struct err end_component(struct compiler *c)
{
    flush(c);
    const struct pattern_component *done = current(c);
    bool literal = done->count == 1 && done->items[0].literal;
    if (literal && (strcmp(done->items[0].literal, ".") == 0 || strcmp(done->items[0].literal, "..") == 0))
        return bad(c->a, c->text, "'.' and '..' lead nowhere");
    return OK;
}

static struct err take_field(struct compiler *c)
{
    const char *end = strchr(c->at, '}');
    if (!end)
        return bad(c->a, c->text, "a '{' is not closed");
    const char *name = arena_strndup(c->a, c->at, (size_t)(end - c->at));
    int field = words_find(&pattern_fields, name);
    if (field == ENUM_NONE)
        return bad(c->a, c->text, arena_printf(c->a, "there is no field '%s'", name));
    flush(c);
    *arena_push(c->a, current(c)) = (struct pattern_part){.field = field};
    c->at = end + 1;
    return OK;
}

static struct err take_slash(struct compiler *c)
{
    /* Superfluous slashes are no empty names. */
    if (!current(c)->count && !c->literal.len)
        return OK;
    TRY(end_component(c));
    if (c->pattern->count == DEPTH_MAX)
        return bad(c->a, c->text, "it has too many folders");
    arena_push(c->a, c->pattern);
    return OK;
}

static struct err take(struct compiler *c)
{
    char first = *c->at++;
    if ((first == '{' || first == '}') && *c->at == first) {
        c->at++;
        buf_putc(&c->literal, first);
        return OK;
    }
    if (first == '{')
        return take_field(c);
    if (first == '}')
        return bad(c->a, c->text, "a '}' was not opened");
    if (first == '/')
        return take_slash(c);
    if ((unsigned char)first < 0x20 || first == 0x7f || first == '\\')
        return bad(c->a, c->text, "control characters and '\\' cannot be part of a name");
    buf_putc(&c->literal, first);
    return OK;
}

static struct err compile(struct compiler *c)
{
    arena_push(c->a, c->pattern);
    while (*c->at)
        TRY(take(c));
    TRY(end_component(c));
    return current(c)->count ? OK : bad(c->a, c->text, "it ends without a file name");
}

struct err pattern_compile(struct arena *a, const char *text, struct pattern *ret_pattern)
{
    struct pattern pattern = {0};
    struct compiler c = {.a = a, .text = text ? text : "", .at = text ? text : "", .pattern = &pattern};
    struct err e = compile(&c);
    buf_finish(&c.literal);
    TRY(e);
    *ret_pattern = pattern;
    return OK;
}
