/*
 * What movies, shows, seasons and episodes have in common: lists of words, locks, credits, artwork.
 * A row of one of these side tables names its item by type and number.
 */
#ifndef MEDLEY_MODEL_ITEM_H
#define MEDLEY_MODEL_ITEM_H

#include "base/desc.h"

/* Stored; append only. */
enum item_type { ITEM_MOVIE, ITEM_SHOW, ITEM_SEASON, ITEM_EPISODE, ITEM_TYPE_COUNT };
extern const struct words item_type_words; /* "movie", "show" ... */

/* The lists of a movie or show: table item_word. Stored; append only. Named like the members. */
enum word_kind {
    WORD_GENRES,
    WORD_DIRECTORS,
    WORD_WRITERS,
    WORD_STUDIOS,
    WORD_COUNTRIES,
    WORD_TAGS,
    WORD_KIND_COUNT
};
extern const struct words word_kind_words;

/* What can be locked: the bit number in `locks`. A field's lock has the field's name. Append only. */
enum item_lock {
    LOCK_TITLE,
    LOCK_ORIGINAL_TITLE,
    LOCK_SORT_TITLE,
    LOCK_YEAR,
    LOCK_PLOT,
    LOCK_OUTLINE,
    LOCK_TAGLINE,
    LOCK_CONTENT_RATING,
    LOCK_RELEASE_DATE,
    LOCK_USER_RATING,
    LOCK_GENRES,
    LOCK_DIRECTORS,
    LOCK_WRITERS,
    LOCK_STUDIOS,
    LOCK_COUNTRIES,
    LOCK_TAGS,
    LOCK_ACTORS_ORDER,
    LOCK_POSTER,
    LOCK_FANART,
    LOCK_CLEARLOGO,
    LOCK_CLEARART,
    LOCK_BANNER,
    LOCK_THUMB,
    LOCK_DISCART,
    LOCK_KEYART,
    LOCK_LANDSCAPE,
    LOCK_TRAILER,
    LOCK_STATUS,
    LOCK_AIR_DATE,
    LOCK_COUNT
};
extern const struct words item_lock_words; /* "title", "original_title" ... */
static inline bool is_locked(int64_t locks, enum item_lock lock)
{
    return locks != INT_NONE && (locks >> lock) & 1;
}

enum identification { UNIDENTIFIED, IDENTIFIED, ENRICHED, PUBLISHED };
extern const struct words identification_words;

#define ITEM_MEMBER_INT  int64_t
#define ITEM_MEMBER_TIME int64_t
#define ITEM_MEMBER_BOOL int8_t
#define ITEM_MEMBER_ENUM int
#define ITEM_MEMBER_REAL double
#define ITEM_MEMBER_TEXT const char *
#define ITEM_MEMBER_JSON const char *

#endif
