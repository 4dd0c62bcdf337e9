/*
 * Writes JSON (compact unless told otherwise) straight into a buffer, commas and escapes included.
 *
 *     struct jw w = jw_to(&resp->body);
 *     jw_object(&w);
 *     jw_key(&w, "id"); jw_int(&w, 7);
 *     jw_end(&w);
 *
 * Nesting is limited to JW_MAX_DEPTH (checked). Text must be UTF-8; malformed bytes become U+FFFD.
 * A NULL text, NAN, INT_NONE and the like are written as null. One thread per writer.
 */
#ifndef MEDLEY_JSON_WRITER_H
#define MEDLEY_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define JW_MAX_DEPTH 64

/* How this writer spells times. */
enum jw_time_style {
    JW_TIME_US,    /* 2026-01-24T10:00:00.123456Z */
    JW_TIME_MS,    /* 2026-01-24T10:00:00.123Z */
    JW_TIME_SHORT, /* 2026-01-24T10:00:00Z, with .ffffff when not zero */
    JW_TIME_NAIVE, /* the same without Z */
};

struct jw {
    struct buf *out;
    enum jw_time_style time_style;
    int indent;        /* spaces per level, for files that people read; 0: compact */
    uint64_t used;     /* bit d: something was written at depth d */
    uint64_t is_array; /* bit d: depth d is an array */
    int depth;
    bool after_key;
};

static inline struct jw jw_to(struct buf *out)
{
    return (struct jw){.out = out};
}

void jw_object(struct jw *w);
void jw_array(struct jw *w);
/* Closes the innermost object or array. */
void jw_end(struct jw *w);
void jw_key(struct jw *w, const char *key);
/* The same for a key that is already ,"key": with its comma (struct field's `written`). */
void jw_key_written(struct jw *w, const char *written);
void jw_text(struct jw *w, const char *text);
void jw_text_n(struct jw *w, const char *text, size_t len);
void jw_int(struct jw *w, int64_t value);
/* The shortest text that reads back as the same double; integral values keep ".0". */
void jw_real(struct jw *w, double value);
void jw_bool(struct jw *w, int value); /* BOOL_NONE: null */
void jw_null(struct jw *w);
/* Already JSON (from a T_JSON member); NULL is null. */
void jw_raw(struct jw *w, const char *json);
/* Microseconds, in the writer's style. */
void jw_time(struct jw *w, int64_t time_us);

/* key + value */
void jw_kv_text(struct jw *w, const char *key, const char *text);
void jw_kv_int(struct jw *w, const char *key, int64_t value);
void jw_kv_real(struct jw *w, const char *key, double value);
void jw_kv_bool(struct jw *w, const char *key, int value);
void jw_kv_raw(struct jw *w, const char *key, const char *json);
void jw_kv_time(struct jw *w, const char *key, int64_t time_us);

#endif
