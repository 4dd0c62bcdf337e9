/*
 * Descriptions of structs: the one place where a field's name, type, limits and meaning are written.
 *
 * A `struct shape` is a list of `struct field` rows over one C struct. From the same rows come JSON
 * decoding with complete error lists, JSON encoding, query-string decoding, SQL binding and reading,
 * filters, sorting, OpenAPI schemas and the docs page. An entity is a shape whose fields have SQL
 * columns (model/); a view is a shape over the same struct under one API's names and enum words
 * (api/<system>/views.c). Shapes are constant tables: any thread may read them.
 *
 * "No value" is a value of the member itself, so structs stay plain:
 *     T_BOOL int8_t BOOL_NONE     T_INT int64_t INT_NONE      T_REAL double NAN
 *     T_TEXT const char * NULL    T_ENUM int ENUM_NONE        T_TIME int64_t TIME_NONE (microseconds)
 *     T_JSON const char * NULL    T_OBJECT struct x * NULL    T_LIST struct list {NULL, 0}
 * shape_clear() sets every member to it (zero is a value, so a fresh struct must be cleared).
 */
#ifndef MEDLEY_BASE_DESC_H
#define MEDLEY_BASE_DESC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

#define BOOL_NONE (-1)
#define INT_NONE  INT64_MIN
#define ENUM_NONE (-1)

enum field_type {
    T_BOOL,
    T_INT,
    T_REAL,
    T_TEXT,
    T_ENUM,
    T_TIME,
    T_JSON,   /* any JSON value, kept as its text */
    T_OBJECT, /* pointer to a struct described by `shape` */
    T_LIST,   /* struct list of `item` */
};

/* What a T_LIST member is in C. `items` points to int64_t, const char *, double, int (enum) or, for
 * T_OBJECT items, to an array of the structs themselves. */
struct list {
    void *items;
    size_t count;
};

/* The words of an enum. The index is the C value; an API that spells it otherwise has its own table. */
struct words {
    const char *name;
    const char *const *items;
    size_t count;
};
#define WORDS(words_name, ...)                                                                     \
    {                                                                                              \
        .name = (words_name), .items = (const char *const[]){__VA_ARGS__},                         \
        .count = sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)                 \
    }
/* ENUM_NONE when the word is not in the table (or word is NULL). */
int words_find(const struct words *words, const char *word);
/* NULL for ENUM_NONE or out of range. */
const char *words_name(const struct words *words, int value);

enum field_flag {
    FIELD_REQUIRED = 1 << 0,  /* in a request: must be present and not null */
    FIELD_NULLABLE = 1 << 1,  /* in a request: null is taken and means "clear"; in a schema: may be null */
    FIELD_OMIT = 1 << 2,      /* in a reply: left out instead of null */
    FIELD_READONLY = 1 << 3,  /* entity: never written from a request */
    FIELD_FILTER = 1 << 4,    /* entity: list queries may filter by it */
    FIELD_SORT = 1 << 5,      /* entity: list queries may sort by it */
    FIELD_SEARCH = 1 << 6,    /* entity: in the full-text index */
    FIELD_SECRET = 1 << 7,    /* shown masked */
    FIELD_COMMA = 1 << 8,     /* query list: "a,b" as well as repeated keys */
    FIELD_NOT_BLANK = 1 << 9, /* text: white space alone does not count */
    FIELD_UNIX_S = 1 << 10,   /* T_TIME spelled as whole seconds since 1970 */
    FIELD_MS = 1 << 11,       /* T_TIME spelled with milliseconds */
    FIELD_EMPTY_LIST = 1 << 12, /* T_LIST: a missing list is [] and not null */
    FIELD_HAS_DEFAULT = 1 << 13, /* `fallback_*` is meant even when zero */
    FIELD_ZERO_NONE = 1 << 14, /* T_TEXT: empty text is written as null */
    FIELD_NUMBER = 1 << 15    /* T_ENUM: spelled as the number; requests may use the word, in any case */
};

struct shape;

struct field {
    const char *name;   /* as this API spells it */
    const char *written; /* ,"name": as the JSON writer puts it; NULL in a row made without F or FN */
    const char *column; /* SQL column; NULL: not stored */
    enum field_type type;
    enum field_type item; /* of a list */
    uint32_t flags;
    uint32_t offset;
    const struct words *words;
    const struct shape *shape;
    /* Numbers: value bounds. Text: length in characters. Lists: number of items. Used when has_min /
     * has_max say so (macros MIN, MAX set both). */
    double min;
    double max;
    bool has_min;
    bool has_max;
    const char *fallback; /* default in a request, as text: "20", "true", "desc" */
    const char *help;
};

struct shape {
    const char *name; /* component name in OpenAPI */
    const char *help;
    const struct field *fields;
    size_t count;
    size_t size;
};

#define MIN_VALUE(v) .has_min = true, .min = (v)
#define MAX_VALUE(v) .has_max = true, .max = (v)
#define BETWEEN(a, b) MIN_VALUE(a), MAX_VALUE(b)

/* One row: F(struct video, T_TEXT, title, .flags = FIELD_REQUIRED, MAX_VALUE(500)). The JSON name is
 * the member's; FN gives another one, a literal that needs no escapes. */
#define F(type_, kind_, member_, ...)                                                              \
    {                                                                                              \
        .name = #member_, .written = ",\"" #member_ "\":", .type = (kind_),                        \
        .offset = offsetof(type_, member_), __VA_ARGS__                                            \
    }
#define FN(name_, type_, kind_, member_, ...)                                                      \
    {                                                                                              \
        .name = (name_), .written = ",\"" name_ "\":", .type = (kind_),                            \
        .offset = offsetof(type_, member_), __VA_ARGS__                                            \
    }
/* SHAPE(video_view, "Video", struct video, "A music video", F(...), F(...)); */
#define SHAPE(variable_, name_, type_, help_, ...)                                                 \
    static const struct field variable_##_fields[] = {__VA_ARGS__};                                \
    const struct shape variable_ = {(name_), (help_), variable_##_fields,                          \
                                    sizeof(variable_##_fields) / sizeof(struct field),             \
                                    sizeof(type_)}

/* Which fields a request contained: one bit per field, so a shape that is decoded has at most 128. */
struct presence {
    uint64_t bits[2];
};
static inline bool is_present(const struct presence *p, size_t field_index)
{
    return field_index < 128 && ((p->bits[field_index / 64] >> (field_index % 64)) & 1);
}
static inline void set_present(struct presence *p, size_t field_index)
{
    if (field_index < 128)
        p->bits[field_index / 64] |= UINT64_C(1) << (field_index % 64);
}
/* Index of the field with this name, or -1. */
int shape_find(const struct shape *shape, const char *name);
/* True when the request contained the field with this name. */
bool shape_has(const struct shape *shape, const struct presence *p, const char *name);

static inline void *field_at(const struct field *f, const void *object)
{
    return (char *)(uintptr_t)object + f->offset;
}
/* Sets every member to "no value" (lists empty). */
void shape_clear(const struct shape *shape, void *object);
bool field_is_none(const struct field *f, const void *object);
/* Copies one member. Both structs must be of the shape's type; text is shared, not copied. */
void field_copy(const struct field *f, void *to, const void *from);
/* Bytes of one member, or of one list item (struct size for objects). */
size_t field_type_size(enum field_type type, const struct shape *shape);

#endif
