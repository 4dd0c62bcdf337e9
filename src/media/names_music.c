/* Reads names of music videos: artist, title, guests, and what uploaders add. */
#include <string.h>

#include "base/fold.h"
#include "media/names_text.h"

/* What uploaders put in brackets or behind a dash: it says nothing about the song. */
static const char *const junk[] = {
    "official video",
    "official music video",
    "official lyric video",
    "official lyrics video",
    "official audio",
    "official visualizer",
    "official visualiser",
    "official hd video",
    "official 4k video",
    "official clip",
    "official",
    "music video",
    "lyric video",
    "lyrics video",
    "lyrics",
    "lyric",
    "audio",
    "video",
    "video clip",
    "videoclip",
    "clip",
    "clip officiel",
    "clip oficial",
    "video oficial",
    "offizielles video",
    "offizielles musikvideo",
    "visualizer",
    "visualiser",
    "mv",
    "m/v",
    "hd",
    "hq",
    "4k",
    "uhd",
    "full hd",
    "hd video",
    "hq video",
    "official video hd",
    "official music video hd",
    "official video 4k",
    "hd remaster",
    "vevo",
    "uncensored",
    "explicit",
    "clean",
    "with lyrics",
    "promo",
    "promo video",
};

static bool equals(const char *text, size_t len, const char *word)
{
    const char *end = name_after(text, word);
    return end && (size_t)(end - text) == len;
}

static bool is_junk(const char *text, size_t len)
{
    while (len && name_space(*text))
        text++, len--;
    while (len && name_space(text[len - 1]))
        len--;
    for (size_t i = 0; i < sizeof(junk) / sizeof(*junk); i++)
        if (equals(text, len, junk[i]))
            return true;
    return len == 0 || name_is_release_word(text, len, true);
}

/* Eleven characters of YouTube's alphabet that look like no word. */
static bool is_youtube_id(const char *text, size_t len)
{
    bool digit = false, upper = false, lower = false, sign = false;
    for (size_t i = 0; i < len; i++) {
        digit |= name_digit(text[i]);
        upper |= i > 0 && text[i] >= 'A' && text[i] <= 'Z';
        lower |= text[i] >= 'a' && text[i] <= 'z';
        sign |= text[i] == '-' || text[i] == '_';
        if ((text[i] & 0x80) || !(name_alnum(text[i]) || text[i] == '-' || text[i] == '_'))
            return false;
    }
    return len == 11 && (digit || sign || (upper && lower));
}

/* -- guests ------------------------------------------------------------------------------------ */

/* Behind "feat.", "ft", "featuring" (with a blank or bracket before, a blank after), or NULL. */
static const char *after_featuring(const char *text)
{
    static const char *const words[] = {"featuring", "feat.", "feat", "ft.", "ft"};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        const char *end = name_after(text, words[i]);
        if (end && name_space(*end))
            return end + 1;
    }
    return NULL;
}

static void add_guest(struct arena *a, struct music_name *name, const char *text, size_t len)
{
    const char *guest = name_tidy(a, text, len);
    if (*guest)
        *arena_push(a, &name->featured) = guest;
}

/* "A, B & C" */
static void add_guests(struct arena *a, struct music_name *name, const char *text, size_t len)
{
    size_t start = 0;
    for (size_t i = 0; i < len; i++) {
        bool ampersand = i + 3 <= len && strncmp(text + i, " & ", 3) == 0;
        if (text[i] != ',' && !ampersand)
            continue;
        add_guest(a, name, text + start, i - start);
        i += ampersand ? 2 : 0;
        start = i + 1;
    }
    add_guest(a, name, text + start, len - start);
}

/* "Title ft. A & B": to the end, or to the next bracket. */
static void take_bare_guests(struct arena *a, char *text, struct music_name *name)
{
    for (char *c = text + 1; *text && *c; c++) {
        const char *guests = name_space(c[-1]) ? after_featuring(c) : NULL;
        if (!guests)
            continue;
        size_t len = strcspn(guests, "([{");
        add_guests(a, name, guests, len);
        memset(c, ' ', (size_t)(guests - c) + len);
        return;
    }
}

/* -- brackets ---------------------------------------------------------------------------------- */

/* What one bracket says; true when it is to be taken out. */
static bool read_bracket(struct arena *a, const char *inside, size_t len, char kind,
                         struct music_name *name)
{
    int64_t year;
    const char *guests = after_featuring(inside);
    const char *end = name_number(inside, 4, 4, &year);
    if (guests && guests < inside + len) {
        add_guests(a, name, guests, (size_t)(inside + len - guests));
        return true;
    }
    if (end == inside + len && end && name_is_year(year)) {
        name->year = year;
        return true;
    }
    if (kind == '[' && is_youtube_id(inside, len)) {
        name->youtube_id = arena_strndup(a, inside, len);
        return true;
    }
    return is_junk(inside, len);
}

static void take_brackets(struct arena *a, char *text, struct music_name *name)
{
    for (char *open = strpbrk(text, "([{"); open; open = strpbrk(open + 1, "([{")) {
        size_t len = strcspn(open + 1, ")]}");
        if (!open[1 + len])
            break;
        if (read_bracket(a, open + 1, len, *open, name))
            memset(open, ' ', len + 2);
    }
}

/* Is it decoration that starts here, up to the end? "India.Arie - Video" is a song, though. */
static bool is_trailing_junk(const char *text, size_t at, size_t len)
{
    bool behind_bar = at >= 2 && strncmp(text + at - 2, "| ", 2) == 0;
    bool behind_dash = at >= 3 && strncmp(text + at - 3, " - ", 3) == 0;
    bool solid = text[at - 1] == ' ' &&
                 (name_after(text + at, "official ") || name_starts_release(text + at, true));
    if (behind_dash)
        behind_dash = strchr(text + at, ' ') || strstr(text, " - ") < text + at - 3;
    return (behind_dash || behind_bar || solid) && is_junk(text + at, len - at);
}

/* "Title - Official Video", "Title Official Video", "Title 1080p": at the end, repeatedly. */
static void cut_trailing_junk(char *text)
{
    for (bool cut = true; cut;) {
        cut = false;
        size_t len = strlen(text);
        while (len && strchr(" -|", text[len - 1]))
            text[--len] = 0;
        for (size_t at = len; at-- > 1 && !cut;) {
            if (is_trailing_junk(text, at, len)) {
                text[at - 1] = 0;
                cut = true;
            }
        }
    }
}

/* -- artist and title -------------------------------------------------------------------------- */

/* En and em dashes become hyphens, so that there is one separator. */
static void plain_dashes(char *text)
{
    char *to = text;
    for (const char *c = text; *c;) {
        bool dash = strncmp(c, "\xe2\x80\x93", 3) == 0 || strncmp(c, "\xe2\x80\x94", 3) == 0;
        *to++ = dash ? '-' : *c;
        c += dash ? 3 : 1;
    }
    *to = 0;
}

/* "03 - ", "03. ", "03 " before a title; "99 Luftballons" and "7 Seconds" have no separator or are
 * no two-digit track, so a bare number counts only with a leading zero. */
static char *skip_track_number(char *text)
{
    int64_t number;
    const char *end = name_number(text, 1, 3, &number);
    if (!end || !*end)
        return text;
    bool separated =
        strncmp(end, " - ", 3) == 0 || strncmp(end, ". ", 2) == 0 || strncmp(end, "_-_", 3) == 0;
    bool padded = *text == '0' && (*end == ' ' || *end == '-' || *end == '_');
    if (!separated && !padded)
        return text;
    end += strspn(end, " .-_");
    return *end ? text + (end - text) : text;
}

static bool same_name(struct arena *a, const char *one, const char *other)
{
    return strcmp(fold_match_key(a, one), fold_match_key(a, other)) == 0;
}

/* "Artist_Name-Song_Name-DVDRip-x264-2009-GRP": the scene's way, no blanks at all. */
static bool read_scene(struct arena *a, const char *stem, struct music_name *name)
{
    const char *dash = strchr(stem, '-');
    if (strchr(stem, ' ') || !dash || dash == stem || !dash[1])
        return false;
    size_t title_len = strcspn(dash + 1, "-");
    char *artist = arena_strndup(a, stem, (size_t)(dash - stem));
    char *title = arena_strndup(a, dash + 1, title_len);
    name_open_up(artist);
    name_open_up(title);
    name->artist = name_tidy(a, artist, strlen(artist));
    name->title = name_tidy(a, title, strlen(title));
    if (name->year == -1 && dash[1 + title_len])
        name->year = name_first_year(dash + 1 + title_len);
    return *name->artist && *name->title;
}

static void use_folders(struct arena *a, const struct name_list *folders, struct music_name *name)
{
    if (!folders->count)
        return;
    /* Artist/Title or Artist/Album/Title; deeper, the two folders nearest to the file count. */
    size_t first = folders->count >= 2 ? folders->count - 2 : 0;
    if (!name->artist)
        name->artist = folders->items[first];
    if (folders->count >= 2 && same_name(a, name->artist, folders->items[first]))
        name->album = folders->items[first + 1];
}

static void split_artist(struct arena *a, char *text, struct music_name *name)
{
    char *dash = strstr(text, " - ");
    if (dash) {
        *dash = 0;
        take_bare_guests(a, text, name);
        const char *artist = name_tidy(a, text, (size_t)(dash - text));
        name->artist = *artist ? artist : NULL;
        text = dash + 3;
    }
    take_bare_guests(a, text, name);
    const char *title = name_tidy(a, text, strlen(text));
    name->title = *title ? title : NULL;
}

void name_read_music(struct arena *a, const char *path, struct music_name *ret_name)
{
    struct name_path parts;
    struct music_name name = {.year = -1};
    name_split_path(a, path, &parts);
    const char *whole = arena_strdup(a, parts.stem);
    char *text = skip_track_number(parts.stem);
    plain_dashes(text);
    take_brackets(a, text, &name);
    bool solid = !strstr(text, " - ");
    char *tidy = name_tidy(a, text, strlen(text));
    if (!(solid && !parts.folders.count && read_scene(a, tidy, &name))) {
        name_open_up(tidy);
        cut_trailing_junk(tidy);
        split_artist(a, tidy, &name);
    }
    use_folders(a, &parts.folders, &name);
    if (!name.title) { /* nothing but decoration: better the name as it is than none */
        const char *title = name_tidy(a, whole, strlen(whole));
        name.title = *title ? title : NULL;
    }
    *ret_name = name;
}
