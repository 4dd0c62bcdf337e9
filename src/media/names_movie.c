/* Reads names of films and decides what is an extra. */
#include <string.h>

#include "media/names_text.h"

static const struct {
    const char *words;
    const char *edition;
} editions[] = {
    {"director's cut",      "Director's Cut"     },
    {"directors cut",       "Director's Cut"     },
    {"final cut",           "Final Cut"          },
    {"extended edition",    "Extended"           },
    {"extended cut",        "Extended"           },
    {"extended",            "Extended"           },
    {"theatrical cut",      "Theatrical"         },
    {"theatrical",          "Theatrical"         },
    {"unrated",             "Unrated"            },
    {"uncut",               "Uncut"              },
    {"ultimate edition",    "Ultimate"           },
    {"special edition",     "Special Edition"    },
    {"remastered",          "Remastered"         },
    {"imax",                "IMAX"               },
    {"criterion",           "Criterion"          },
    {"anniversary edition", "Anniversary Edition"},
};

/* In what follows the title: "1982.Final.Cut.1080p". */
static const char *find_edition(struct arena *a, const char *rest)
{
    char *text = arena_strdup(a, rest);
    for (char *c = text; *c; c++)
        if (strchr("._-()[]", *c))
            *c = ' ';
    for (size_t i = 0; i < sizeof(editions) / sizeof(*editions); i++)
        for (const char *c = text; *c; c++) {
            const char *end = name_after(c, editions[i].words);
            if (end && (c == text || c[-1] == ' ') && (!*end || *end == ' '))
                return editions[i].edition;
        }
    return NULL;
}

/* "cd1", "disc 2", "part3" as the last word of the name. */
static int64_t take_part(char *text)
{
    static const char *const words[] = {"cd", "disc", "disk", "dvd", "part", "pt"};
    size_t len = strlen(text);
    size_t digits = len;
    while (digits && name_digit(text[digits - 1]))
        digits--;
    if (digits == len || len - digits > 2)
        return -1;
    size_t end = digits;
    while (end && strchr(" ._-", text[end - 1]))
        end--;
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        size_t word = strlen(words[i]);
        if (end <= word || !strchr(" ._-", text[end - word - 1]) ||
            !name_after(text + end - word, words[i]))
            continue;
        int64_t part = 0;
        name_number(text + digits, 1, 2, &part);
        /* "Part 2" with blanks is a title ("Dune: Part 2"); "-part2", "cd2" are pieces of a file.
         */
        if (word >= 4 && text[end - word] != 'd' && text[end - word - 1] == ' ')
            return -1;
        text[end - word - 1] = 0;
        return part;
    }
    return -1;
}

static void read_name(struct arena *a, char *text, struct movie_name *name)
{
    size_t rest_at = 0;
    name_take_tags(a, text, &name->ids, &name->edition);
    name->part = take_part(text);
    name_title_and_year(a, text, &name->title, &name->year, &rest_at);
    if (!name->edition && rest_at < strlen(text))
        name->edition = find_edition(a, text + rest_at);
}

static bool is_disc_folder(const char *folder)
{
    const char *end = name_after(folder, "BDMV");
    if (!end)
        end = name_after(folder, "VIDEO_TS");
    if (!end)
        end = name_after(folder, "STREAM");
    return end && !*end;
}

static void fill_from_folder(struct movie_name *name, const struct movie_name *folder)
{
    if (folder->year != -1 && name->year == -1 && folder->title) {
        name->title = folder->title;
        name->year = folder->year;
    }
    if (!name->title)
        name->title = folder->title;
    if (!name->edition)
        name->edition = folder->edition;
    if (!name->ids.tmdb)
        name->ids.tmdb = folder->ids.tmdb;
    if (!name->ids.imdb)
        name->ids.imdb = folder->ids.imdb;
    if (!name->ids.tvdb)
        name->ids.tvdb = folder->ids.tvdb;
}

void name_read_movie(struct arena *a, const char *path, struct movie_name *ret_name)
{
    struct name_path parts;
    struct movie_name name = {.year = -1, .part = -1}, folder = name;
    name_split_path(a, path, &parts);
    size_t depth = parts.folders.count;
    bool is_disc = false;
    while (depth && is_disc_folder(parts.folders.items[depth - 1])) {
        is_disc = true;
        depth--;
    }
    if (!is_disc)
        read_name(a, parts.stem, &name);
    if (depth)
        read_name(a, arena_strdup(a, parts.folders.items[depth - 1]), &folder);
    fill_from_folder(&name, &folder);
    *ret_name = name;
}

/* -- kinds of files ---------------------------------------------------------------------------- */

static bool contains(const char *text, const char *word)
{
    for (; *text; text++)
        if (name_after(text, word))
            return true;
    return false;
}

bool name_is_extra(const char *path)
{
    static const char *const words[] = {"trailer",    "sample",    "behindthescenes", "deleted",
                                        "featurette", "interview", "scene",           "short"};
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    if (contains(name, "sample"))
        return true;
    for (const char *c = name; *c; c++)
        for (size_t i = 0; (*c == '-' || *c == '_') && i < sizeof(words) / sizeof(*words); i++)
            if (name_after(c + 1, words[i]))
                return true;
    return false;
}

bool name_is_video(const char *path)
{
    static const char *const extensions[] = {"mp4",  "mkv",  "avi", "mov", "wmv",
                                             "flv",  "webm", "m4v", "mpg", "mpeg",
                                             "m2ts", "ts",   "vob", "ogv", "3gp"};
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && dot > name && i < sizeof(extensions) / sizeof(*extensions); i++) {
        const char *end = name_after(dot + 1, extensions[i]);
        if (end && !*end)
            return true;
    }
    return false;
}
