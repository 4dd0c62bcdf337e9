/*
 * From JSON text or name=value pairs to a struct, by shape, with every mistake reported at once.
 *
 * json_read() is strict: at most JSON_MAX_DEPTH levels, no duplicate keys, valid UTF-8, no NUL in strings.
 * shape_decode() then fills a struct: absent fields get their default or "no value", present ones are
 * checked for type, bounds, length and enum words. Mistakes do not stop it; they are collected in a
 * `struct mistakes`, in field order, each with its path, so an API can spell all of them in its own error
 * body. Unknown members are ignored unless the options say otherwise.
 *
 * Everything returned lives in the arena. Any thread.
 */
#ifndef MEDLEY_JSON_DECODE_H
#define MEDLEY_JSON_DECODE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/desc.h"
#include "base/err.h"

#define JSON_MAX_DEPTH    64
#define MAX_MISTAKES      100 /* enough for a person; a hostile body must not make a huge reply */

enum mistake_kind {
    MISTAKE_JSON,        /* not JSON at all; `number` is the byte offset */
    MISTAKE_NOT_OBJECT,
    MISTAKE_MISSING,
    MISTAKE_TYPE,        /* wrong JSON type for `type` */
    MISTAKE_PARSE,       /* a string that does not read as `type` */
    MISTAKE_TOO_SHORT,   /* text; `number` is the bound */
    MISTAKE_TOO_LONG,
    MISTAKE_TOO_SMALL,   /* number */
    MISTAKE_TOO_LARGE,
    MISTAKE_TOO_FEW,     /* list items; `got` is how many there were */
    MISTAKE_TOO_MANY,
    MISTAKE_NOT_IN_SET,  /* `words` is the set */
    MISTAKE_UNKNOWN,     /* a member that the shape does not have */
    MISTAKE_RULE,        /* `text` says which rule */
};

struct path_step {
    const char *name; /* NULL: an index */
    size_t index;
};

struct mistake {
    enum mistake_kind kind;
    const char *where; /* "body", "query", "path", "header" */
    struct path_step path[6];
    size_t path_len;
    enum field_type type;
    double number;
    size_t got;
    const struct words *words;
    const char *text;
    const char *input; /* the offending value as text (cut), when it is short */
};

struct mistakes {
    VEC(struct mistake)
};

/* Adds one; ignored beyond MAX_MISTAKES. The result is zeroed except `kind`, `where`. */
struct mistake *mistake_add(struct arena *a, struct mistakes *list, enum mistake_kind kind,
                            const char *where);
/* A rule over one field: mistake_rule(a, m, "body", "year", "must be a leap year"). field NULL: the body. */
void mistake_rule(struct arena *a, struct mistakes *list, const char *where, const char *field,
                  const char *text);
/* "videos.3.title" */
const char *mistake_path(struct arena *a, const struct mistake *m);
/* One English sentence: "must be at least 3 characters". */
const char *mistake_text(struct arena *a, const struct mistake *m);

/* Parses; the value is released with the arena. NULL on a mistake (one is added). */
json_t *json_read(struct arena *a, const char *text, size_t len, const char *where,
                  struct mistakes *mistakes);
/* The value as compact JSON text. */
const char *json_keep(struct arena *a, const json_t *value);

struct decode_options {
    const char *where;      /* "body" */
    bool lenient_numbers;   /* "1991" and 1991.0 are integers, "true" is a boolean */
    bool refuse_unknown;
    bool all_optional;      /* PATCH: FIELD_REQUIRED means "not null when present"; no defaults */
};

/* Returns true when no mistake was added. `ret_object` must be of shape->size bytes. */
bool shape_decode(struct arena *a, const struct shape *shape, const json_t *value,
                  const struct decode_options *options, struct mistakes *mistakes,
                  void *ret_object, struct presence *ret_present);

struct text_pair {
    const char *name;
    const char *value;
};
/* The same from query parameters or path parameters. Lists take repeated names (FIELD_COMMA: commas). */
bool shape_decode_pairs(struct arena *a, const struct shape *shape, const struct text_pair *pairs,
                        size_t count, const char *where, struct mistakes *mistakes,
                        void *ret_object, struct presence *ret_present);
/* One value from text into the member at `at`; false with a mistake (path left empty) when malformed. */
bool text_decode(struct arena *a, const struct field *f, enum field_type type, const char *text,
                 void *at, struct mistake *ret_mistake);
/* Digits with sign, whole int64 range; nothing else. */
bool text_to_int(const char *text, int64_t *ret_value);
/* true false 1 0 yes no on off t f y n, any case. */
bool text_to_bool(const char *text, int8_t *ret_value);

#endif
