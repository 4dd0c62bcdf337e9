/*
 * The search index over videos that are not deleted: title, artist, album, director, genre, studio, tags.
 *
 * SQLite: an FTS5 table whose rowid is the video's id. PostgreSQL: a tsvector per video that we build
 * ourselves. Both hold the same folded words (base/fold.h), so both find the same. domain/catalog writes
 * it in the transaction that changes the video; nobody else does. What asks it is search.h.
 *
 * The tsvector: weight A title, B artist, C album, D the rest. A word of the columns under D appears a
 * second time as "=director/word", so that they can be told apart, and the first word of each column
 * again as "^word" (and "^=director/word"). Columns lie INDEX_COLUMN_GAP positions apart, so no phrase reaches across.
 */
#ifndef MEDLEY_DOMAIN_CATALOG_INDEX_H
#define MEDLEY_DOMAIN_CATALOG_INDEX_H

#include "db/db.h"
#include "model/video.h"

enum index_column {
    INDEX_TITLE,
    INDEX_ARTIST,
    INDEX_ALBUM,
    INDEX_DIRECTOR,
    INDEX_GENRE,
    INDEX_STUDIO,
    INDEX_TAGS,
    INDEX_COLUMN_COUNT
};
extern const struct words index_column_words;

#define INDEX_COLUMN_GAP 2000 /* positions end at 16,383 */
#define INDEX_WORD_BYTES 1000 /* a lexeme may have 2,046 */
/* "ABCD" letter of a column. */
char index_weight(enum index_column column);
/* How much of a word is kept in a lexeme, cut where a character ends. */
size_t index_word_bytes(const char *word, size_t len);

/* A video that is not in the index yet. Tag lists are NULL-terminated or NULL. */
struct err index_add(struct db_conn *tx, struct arena *a, int64_t id, const struct video *video,
                     const char *const *tags, const char *const *more_tags) MUST_CHECK;
/* Writes the entry anew from the rows; none when the video is deleted or gone. */
struct err index_refresh(struct db_conn *tx, struct arena *a, int64_t id) MUST_CHECK;
struct err index_remove(struct db_conn *tx, int64_t id) MUST_CHECK;

#endif
