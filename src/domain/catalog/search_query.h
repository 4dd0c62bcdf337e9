/*
 * What people type into the search box, as a tree, and the tree as a question to either database.
 *
 * The grammar is FTS5's (contract of document 000, 10.1): words, "phrases", prefix*, column:word,
 * {title album}:word, -title:word, ^first, NEAR(a b, 5), AND, OR, NOT in capitals, parentheses. Words side
 * by side mean AND. Text that does not parse is never an error: each of its words is then looked for
 * literally. The last word of plain text is a beginning ("nirv" finds nirvana) unless a blank follows it:
 * the box searches while somebody types.
 *
 * Everything lives in the arena. Any thread. Any bytes are fine as input.
 */
#ifndef MEDLEY_DOMAIN_CATALOG_SEARCH_QUERY_H
#define MEDLEY_DOMAIN_CATALOG_SEARCH_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "domain/catalog/index.h"

#define SEARCH_MAX_BYTES 1000 /* what lies behind is not read */
#define SEARCH_MAX_NODES 64   /* words and operators; more is read as plain words */
#define SEARCH_MAX_DEPTH 16
#define SEARCH_ALL_COLUMNS ((1u << INDEX_COLUMN_COUNT) - 1)

enum search_kind { SEARCH_PHRASE, SEARCH_NEAR, SEARCH_AND, SEARCH_OR, SEARCH_NOT };

struct search_node {
    enum search_kind kind;
    uint32_t columns;    /* bit per enum index_column: phrase, near */
    const char *text;    /* phrase: folded words with one space between */
    bool prefix;         /* its last word is a beginning */
    bool first;          /* must stand at the start of a column */
    int distance;        /* near: at most so many words between */
    struct search_node *left;  /* and, or, not: both; near: the phrases, as a chain by `right` */
    struct search_node *right;
};

/* NULL when nothing is left to look for. */
struct search_node *search_parse(struct arena *a, const char *text);
/* An FTS5 MATCH expression. */
void search_to_fts5(struct buf *out, const struct search_node *node);
/* A tsquery over the lexemes of domain/catalog/index.h. */
void search_to_tsquery(struct buf *out, const struct search_node *node);

#endif
