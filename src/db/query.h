/*
 * What a list asks for: conditions, order and a page, over a table of fields that may be asked for.
 *
 * Each area writes one table of struct query_field rows; an API's grammar (api/common/filter.h) or code
 * adds conditions by field and operator; query_where() and query_order() write the SQL. All conditions
 * hold together. A comparison with a missing value is false, except QUERY_NULL and QUERY_NE.
 * Values become parameters, never text of the statement. Everything lives in the arena; one thread.
 */
#ifndef MEDLEY_DB_QUERY_H
#define MEDLEY_DB_QUERY_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/desc.h"
#include "db/db.h"

enum query_op {
    QUERY_EQ,
    QUERY_NE,
    QUERY_GT,
    QUERY_GTE,
    QUERY_LT,
    QUERY_LTE,
    QUERY_IN,
    QUERY_NIN,
    QUERY_LIKE, /* contains; % stands for anything; in any case */
    QUERY_NULL, /* is missing (or, with false, is not) */
};
extern const struct words query_op_words; /* "eq", "ne" ... */

enum query_type {
    QUERY_INT,
    QUERY_REAL,
    QUERY_BOOL,
    QUERY_TEXT,
    QUERY_DATE, /* text "YYYY-MM-DD"; a value may be its beginning */
    QUERY_TIME, /* microseconds; a value may be the beginning of an ISO time */
    QUERY_WORD, /* index of a word in `words` */
    QUERY_LIST, /* rows of a side table; true when any of them matches */
};

struct query_field {
    const char *name;
    enum query_type type;
    /* The value: "m.year". A list: "m.id IN (SELECT w.item_id FROM item_word w WHERE w.kind = 0" and the
     * condition on `fold` and ")" follow. */
    const char *sql;
    const char *fold; /* base/fold.h's text of it, for lists and texts; NULL: LOWER(sql) is used */
    const struct words *words;
    bool required; /* never NULL */
    bool no_sort;
};

struct query_value {
    int64_t number; /* INT, BOOL, WORD; TIME: the first microsecond */
    int64_t end;    /* TIME: after the last microsecond */
    double real;
    const char *text;
};

struct query_condition {
    const struct query_field *field;
    enum query_op op;
    struct {
        VEC(struct query_value)
    } values; /* one, except for IN and NIN; QUERY_NULL: number 0 or 1 */
};

struct query_sort {
    const struct query_field *field;
    bool down;
};

struct query {
    const struct query_field *fields; /* ends with name NULL */
    struct {
        VEC(struct query_condition)
    } conditions;
    struct {
        VEC(struct query_sort)
    } sorts;
    int64_t limit;  /* 0: all */
    int64_t offset;
};

/* NULL when there is none. */
const struct query_field *query_field(const struct query_field *fields, const char *name);
/* For code: the field must exist. */
void query_add_int(struct arena *a, struct query *q, const char *field, enum query_op op, int64_t value);
void query_add_text(struct arena *a, struct query *q, const char *field, enum query_op op,
                    const char *value);
void query_sort(struct arena *a, struct query *q, const char *field, bool down);

/* Appends " AND (...)" per condition and its parameters. */
void query_where(const struct query *q, struct arena *a, struct buf *sql, struct db_values *values);
/* Appends " ORDER BY ..., <tie> LIMIT x OFFSET y": missing values last in both directions. */
void query_order(const struct query *q, struct arena *a, const char *tie, struct buf *sql,
                 struct db_values *values);

/* Appends "$3,$4" for the numbers and their parameters. */
void query_ids(struct arena *a, struct buf *sql, struct db_values *values, const int64_t *ids, size_t count);
/* `text` with %, _ and \ escaped for LIKE ... ESCAPE '\', and % around it. `wild`: its own % stay. */
const char *query_contains(struct arena *a, const char *text, bool wild);

#endif
