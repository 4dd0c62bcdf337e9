/* Document 003's own reading of names (section 8.7 and 8.8 of its contract), step by step. */
#include <string.h>

#include "media/names_text.h"

/* A step finds the next match at or after `from`; returns its end, or NULL when there is none. */
typedef char *matcher(char *from, char **ret_start);

/* Replaces every match by one blank, or by nothing. */
static void replace(char *text, matcher *match, const char *by)
{
    char *start, *end;
    while ((end = match(text, &start))) {
        size_t len = strlen(by);
        memcpy(start, by, len); /* a match is never empty */
        memmove(start + len, end, strlen(end) + 1);
        text = start + len;
    }
}

static bool four_digits(const char *text)
{
    for (int i = 0; i < 4; i++)
        if (!name_digit(text[i]))
            return false;
    return true;
}

static char *dotted_four(char *from, char **ret_start)
{
    for (char *c = from; *c; c++)
        if (*c == '.' && four_digits(c + 1) && c[5] == '.')
            return *ret_start = c, c + 6;
    return NULL;
}

static char *spaced_four(char *from, char **ret_start)
{
    for (char *c = from; *c; c++)
        if (name_space(*c) && four_digits(c + 1) && name_space(c[5]))
            return *ret_start = c, c + 6;
    return NULL;
}

static char *spaced_bracketed_four(char *from, char **ret_start)
{
    for (char *c = from; *c; c++) {
        char *open = c;
        while (name_space(*open))
            open++;
        if (open > c && *open == '(' && four_digits(open + 1) && open[5] == ')')
            return *ret_start = c, open + 6;
    }
    return NULL;
}

static char *bracket_group(char *from, char **ret_start)
{
    char *open = strpbrk(from, "([");
    char *close = open ? strpbrk(open, ")]") : NULL;
    if (!close)
        return NULL;
    while (open > from && name_space(open[-1]))
        open--;
    *ret_start = open;
    return close + 1;
}

static char *resolution_to_end(char *from, char **ret_start)
{
    for (char *c = from; *c; c++) {
        size_t count = strspn(c, "0123456789");
        if (count < 3 || name_lower(c[count]) != 'p') {
            c += count ? count - 1 : 0;
            continue;
        }
        *ret_start = c + (count > 4 ? count - 4 : 0);
        return c + strlen(c);
    }
    return NULL;
}

static char *episode_code(char *from, char **ret_start)
{
    for (char *c = from; *c; c++)
        if (name_lower(*c) == 's' && name_digit(c[1]) && name_digit(c[2]) &&
            name_lower(c[3]) == 'e' && name_digit(c[4]) && name_digit(c[5]))
            return *ret_start = c, c + 6;
    return NULL;
}

static char *find_word(char *text, const char *word)
{
    for (char *c = text; *c; c++)
        if (name_after(c, word))
            return c;
    return NULL;
}

static void cut_at(char *text, const char *word)
{
    char *found = find_word(text, word);
    if (found)
        *found = 0;
}

static void blank_out(char *text, const char *word)
{
    size_t len = strlen(word);
    for (char *found; (found = find_word(text, word)); text = found + 1) {
        *found = ' ';
        memmove(found + 1, found + len, strlen(found + len) + 1);
    }
}

/* Dots and underscores are blanks, runs of blanks one, none at the ends. */
static const char *finish(struct arena *a, char *text)
{
    char *to = arena_alloc(a, strlen(text) + 1);
    size_t used = 0;
    for (; *text; text++) {
        bool blank = *text == '.' || *text == '_' || name_space(*text);
        if (!blank)
            to[used++] = *text;
        else if (used && to[used - 1] != ' ')
            to[used++] = ' ';
    }
    while (used && to[used - 1] == ' ')
        to[--used] = 0;
    return to;
}

const char *name_clean_movie(struct arena *a, const char *stem)
{
    static const char *const tails[] = {"BluRay", "BDRip", "WEBRip", "HDRip", "DVDRip",
                                        "x264",   "x265",  "H264",   "H.264", "H265",
                                        "H.265",  "HEVC",  "AAC",    "AC3",   "DTS"};
    char *text = arena_strdup(a, stem), *start;
    replace(text, dotted_four, " ");
    replace(text, spaced_four, " ");
    replace(text, spaced_bracketed_four, " ");
    replace(text, bracket_group, " ");
    if (resolution_to_end(text, &start))
        *start = 0;
    for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++)
        cut_at(text, tails[i]);
    cut_at(text, "-");
    cut_at(text, "[");
    blank_out(text, ".rus.");
    blank_out(text, ".LostFilm.TV");
    replace(text, episode_code, " ");
    return finish(a, text);
}

/* -- shows ------------------------------------------------------------------------------------- */

static char *spaced_year_range(char *from, char **ret_start)
{
    for (char *c = from; *c; c++) {
        char *year = c;
        while (name_space(*year))
            year++;
        if (year > c && four_digits(year) && year[4] == '-' && four_digits(year + 5))
            return *ret_start = c, year + 9;
    }
    return NULL;
}

/* White space, the word, then `digits` digits at least: from the white space to the end. */
static void cut_at_spaced(char *text, const char *word, int digits)
{
    for (char *c = text; *c; c++) {
        char *start = c;
        while (name_space(*start))
            start++;
        const char *end = start > c ? name_after(start, word) : NULL;
        if (end && digits == 1) /* "Season 2" */
            while (name_space(*end))
                end++;
        bool found = end != NULL;
        for (int i = 0; found && i < digits; i++)
            found = name_digit(end[i]);
        if (found) {
            *c = 0;
            return;
        }
    }
}

static void cut_at_hyphen(char *text, const char *behind)
{
    for (char *c = text; *c; c++) {
        if (*c != '-')
            continue;
        const char *next = c + 1;
        while (name_space(*next))
            next++;
        if (name_after(next, behind)) {
            *c = 0;
            return;
        }
    }
}

const char *name_clean_show(struct arena *a, const char *folder)
{
    char *text = arena_strdup(a, folder);
    replace(text, spaced_year_range, "");
    replace(text, spaced_bracketed_four, "");
    replace(text, bracket_group, "");
    cut_at_hyphen(text, "LostFilm.TV");
    cut_at(text, "[");
    cut_at_spaced(text, "S", 2);
    cut_at_spaced(text, "Season", 1);
    cut_at_spaced(text, "Complete", 0);
    cut_at_hyphen(text, "");
    return finish(a, text);
}

int64_t name_first_year(const char *text)
{
    for (const char *c = text; *c; c++) {
        int64_t year;
        if (!name_digit(*c))
            continue;
        const char *end = name_number(c, 4, 4, &year);
        if (end && name_is_year(year))
            return year;
        while (name_digit(c[1]))
            c++;
    }
    return -1;
}
