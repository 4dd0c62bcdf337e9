/* Small readers that the name parsers share. Private to src/media. */
#ifndef MEDLEY_MEDIA_NAMES_TEXT_H
#define MEDLEY_MEDIA_NAMES_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/names.h"

/* ASCII only, whatever the locale. */
static inline bool name_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline char name_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static inline bool name_alnum(char c)
{
    return name_digit(c) || (name_lower(c) >= 'a' && name_lower(c) <= 'z') || (c & 0x80);
}

static inline bool name_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

/* The components of a path; the last is the file's stem. Repaired, trimmed, empty ones left out. */
struct name_path {
    struct name_list folders;
    char *stem;
};
void name_split_path(struct arena *a, const char *path, struct name_path *ret_path);

/* Does `text` begin with this, in any letter case? Returns what follows, else NULL. */
const char *name_after(const char *text, const char *start);
/* Up to max digits with no digit after them; returns what follows, else NULL. */
const char *name_number(const char *text, int min, int max, int64_t *ret_value);
/* The year of the next one in the calendar: names do not know films later than that. */
int64_t name_next_year(void);
bool name_is_year(int64_t year);

/* White space runs to one blank, trimmed; also trims dashes, dots and commas at the ends. */
char *name_tidy(struct arena *a, const char *text, size_t len);
/* Dots and underscores mean blanks when the text has no blanks of its own. */
void name_open_up(char *text);
/* Takes id and edition tags out of the text, in place. `edition` may be NULL. */
void name_take_tags(struct arena *a, char *text, struct name_ids *ids, const char **edition);
/* Where the words of a release begin ("1080p", "BluRay", "x264" ...): an offset at a word's start,
 * or the text's length. `strong_only`: leave out words that titles use too ("web", "extended"). */
size_t name_release_at(const char *text, size_t from, bool strong_only);
/* Does the text begin with such a word? */
bool name_starts_release(const char *text, bool strong_only);
/* Is this such a word? */
bool name_is_release_word(const char *word, size_t len, bool strong_only);

/* "Title (1999)" or "Title.1999.1080p": title and year of a film or a show. */
void name_title_and_year(struct arena *a, const char *text, const char **ret_title,
                         int64_t *ret_year, size_t *ret_rest_at);

#endif
