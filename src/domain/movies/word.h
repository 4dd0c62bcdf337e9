/* The lists of texts of movies and shows (genres, directors ...): table item_word. */
#ifndef MEDLEY_DOMAIN_MOVIES_WORD_H
#define MEDLEY_DOMAIN_MOVIES_WORD_H

#include "domain/movies/item.h"

/* Fills the list members of `count` objects with one query. */
struct err words_load(struct db_conn *conn, struct arena *a, const struct item_kind *kind, void *objects,
                      size_t count) MUST_CHECK;
/* Replaces one list. Directors and writers also become credits of the crew. */
struct err words_store(struct db_conn *tx, struct arena *a, enum item_type type, int64_t id,
                       enum word_kind kind, const struct list *words) MUST_CHECK;
/* Trims, drops blanks and what differs only in case from an earlier one. */
struct list words_clean(struct arena *a, const struct list *words);
/* All words of a kind in use, in order. */
struct err words_in_use(struct db_conn *conn, struct arena *a, enum item_type type, enum word_kind kind,
                        struct list *ret_words) MUST_CHECK;

#endif
