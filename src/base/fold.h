/*
 * One way to fold text for search, match, sort and file names (utf8proc). Any thread; results live in
 * the arena.
 */
#ifndef MEDLEY_BASE_FOLD_H
#define MEDLEY_BASE_FOLD_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* True when `len` bytes are well-formed UTF-8 (no surrogates, no overlongs, at most U+10FFFF). */
bool utf8_valid(const char *s, size_t len);
/* Length in characters (code points) of well-formed UTF-8. */
size_t utf8_length(const char *s);
/* Replaces each malformed byte by U+FFFD; the same text when well-formed. */
char *utf8_repair(struct arena *a, const char *s, size_t len);

/* The text itself, or a copy of its first `max` characters. NULL in, NULL out. */
const char *utf8_cut(struct arena *a, const char *s, size_t max);

/* Folded texts are keys: they stand in indexes, and a row of PostgreSQL's takes 2,700 bytes. What lies behind
 * makes no difference any more. */
#define FOLD_KEY_BYTES 500
/* Names of artists and tags are indexed as they were written, too. */
#define NAME_MAX_CHARACTERS 255

/* Case-folded, compatibility-composed, accents dropped, white space runs to one space, trimmed, cut to
 * FOLD_KEY_BYTES: "Björk  – Jóga" -> "bjork – joga". NULL in, NULL out. */
char *fold(struct arena *a, const char *s);
/* fold() with a leading article (the, a, an, der, die, das, le, la, les, el, los) moved off:
 * the sort key of a title. */
char *fold_sort_key(struct arena *a, const char *s);
/* fold() reduced to letters, digits and single spaces: for comparing names. */
char *fold_match_key(struct arena *a, const char *s);
/* The same, whole: for searching in it. */
char *fold_words(struct arena *a, const char *s);

#endif
