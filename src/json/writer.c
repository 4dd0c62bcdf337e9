/* Streaming JSON output. */
#include "json/writer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/desc.h"
#include "base/err.h"
#include "base/fold.h"

static void new_line(struct jw *w, int depth)
{
    buf_putc(w->out, '\n');
    for (int i = 0; i < depth * w->indent; i++)
        buf_putc(w->out, ' ');
}

static void before_value(struct jw *w)
{
    uint64_t bit = UINT64_C(1) << w->depth;
    bool was_key = w->after_key;
    w->after_key = false;
    if (!was_key && (w->used & bit))
        buf_putc(w->out, ',');
    if (!was_key && w->indent && w->depth)
        new_line(w, w->depth);
    w->used |= bit;
}

static void open_level(struct jw *w, char c, bool array)
{
    before_value(w);
    buf_putc(w->out, c);
    CHECK(w->depth + 1 < JW_MAX_DEPTH);
    w->depth++;
    uint64_t bit = UINT64_C(1) << w->depth;
    w->used &= ~bit;
    w->is_array = array ? w->is_array | bit : w->is_array & ~bit;
}

void jw_object(struct jw *w)
{
    open_level(w, '{', false);
}

void jw_array(struct jw *w)
{
    open_level(w, '[', true);
}

void jw_end(struct jw *w)
{
    CHECK(w->depth > 0);
    if (w->indent && (w->used >> w->depth & 1))
        new_line(w, w->depth - 1);
    buf_putc(w->out, (w->is_array >> w->depth) & 1 ? ']' : '}');
    w->depth--;
}

/* 0: as it is; 'u': \u00XX; else the letter after the backslash. */
static const char escapes[256] = {
    ['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
    [0x00] = 'u', [0x01] = 'u',  [0x02] = 'u', [0x03] = 'u', [0x04] = 'u', [0x05] = 'u', [0x06] = 'u',
    [0x07] = 'u', [0x0b] = 'u',  [0x0e] = 'u', [0x0f] = 'u', [0x10] = 'u', [0x11] = 'u', [0x12] = 'u',
    [0x13] = 'u', [0x14] = 'u',  [0x15] = 'u', [0x16] = 'u', [0x17] = 'u', [0x18] = 'u', [0x19] = 'u',
    [0x1a] = 'u', [0x1b] = 'u',  [0x1c] = 'u', [0x1d] = 'u', [0x1e] = 'u', [0x1f] = 'u',
};

/* Eight bytes at a time: printable ASCII but quotes and backslashes, which most texts are made of. A byte's
 * high bit in `odd` is set where it is something else, perhaps also right behind such a one. */
static bool is_plain(const char *text, size_t len)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t highs = UINT64_C(0x8080808080808080);
    for (; len >= 8; text += 8, len -= 8) {
        uint64_t eight;
        memcpy(&eight, text, sizeof(eight));
        uint64_t quote = eight ^ (ones * '"');
        uint64_t slash = eight ^ (ones * '\\');
        uint64_t odd = eight | (eight - ones * 0x20) | (quote - ones) | (slash - ones);
        if (odd & highs)
            return false;
    }
    for (; len; text++, len--) {
        if ((signed char)*text < 0x20 || *text == '"' || *text == '\\')
            return false;
    }
    return true;
}

static void put_escaped(struct buf *out, const char *text, size_t len)
{
    size_t start = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        char e = escapes[c];
        if (!e)
            continue;
        buf_append(out, text + start, i - start);
        start = i + 1;
        if (e == 'u')
            buf_printf(out, "\\u%04x", c);
        else
            buf_append(out, (char[]){'\\', e}, 2);
    }
    buf_append(out, text + start, len - start);
}

void jw_text_n(struct jw *w, const char *text, size_t len)
{
    if (!text) {
        jw_null(w);
        return;
    }
    before_value(w);
    buf_putc(w->out, '"');
    if (is_plain(text, len)) {
        buf_append(w->out, text, len);
    } else if (utf8_valid(text, len)) {
        put_escaped(w->out, text, len);
    } else {
        SCRATCH(a);
        const char *mended = utf8_repair(&a, text, len);
        put_escaped(w->out, mended, strlen(mended));
    }
    buf_putc(w->out, '"');
}

void jw_text(struct jw *w, const char *text)
{
    jw_text_n(w, text, text ? strlen(text) : 0);
}

void jw_key(struct jw *w, const char *key)
{
    before_value(w);
    buf_putc(w->out, '"');
    size_t len = strlen(key);
    if (is_plain(key, len))
        buf_append(w->out, key, len);
    else
        put_escaped(w->out, key, len);
    buf_append(w->out, "\": ", w->indent ? 3 : 2);
    w->after_key = true;
}

void jw_key_written(struct jw *w, const char *written)
{
    uint64_t bit = UINT64_C(1) << w->depth;
    size_t first = w->used & bit ? 0 : 1; /* without the comma */
    w->used |= bit;
    buf_puts(w->out, written + first);
    w->after_key = true;
}

void jw_int(struct jw *w, int64_t value)
{
    if (value == INT_NONE) {
        jw_null(w);
        return;
    }
    before_value(w);
    buf_put_int(w->out, value);
}

/* 213.45, 23.976, 4.0: numbers with at most six decimals, of which there are most. A quotient of two whole
 * numbers that doubles hold is rounded as strtod() rounds, so the text is right if it gives the value back,
 * and with at most 15 digits no shorter one does. */
static bool put_short_real(struct buf *out, double value)
{
    enum { DECIMALS = 6, UNIT = 1000000 };
    char decimals[DECIMALS];
    double size = fabs(value);
    if (size >= 1e9 || (value == 0 && signbit(value)))
        return false;
    int64_t scaled = llround(size * UNIT);
    if ((double)scaled / UNIT != size || (size != 0 && size < 1e-4))
        return false;
    int64_t rest = scaled % UNIT;
    for (int i = DECIMALS - 1; i >= 0; i--, rest /= 10)
        decimals[i] = (char)('0' + rest % 10);
    size_t count = DECIMALS;
    while (count > 1 && decimals[count - 1] == '0')
        count--;
    if (value < 0)
        buf_putc(out, '-');
    buf_put_int(out, scaled / UNIT);
    buf_putc(out, '.');
    buf_append(out, decimals, count);
    return true;
}

void jw_real(struct jw *w, double value)
{
    if (!isfinite(value)) {
        jw_null(w);
        return;
    }
    before_value(w);
    if (put_short_real(w->out, value))
        return;
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    buf_puts(w->out, text);
    if (!strpbrk(text, ".eE"))
        buf_puts(w->out, ".0");
}

void jw_bool(struct jw *w, int value)
{
    if (value == BOOL_NONE) {
        jw_null(w);
        return;
    }
    before_value(w);
    buf_puts(w->out, value ? "true" : "false");
}

void jw_null(struct jw *w)
{
    before_value(w);
    buf_append(w->out, "null", 4);
}

void jw_raw(struct jw *w, const char *json)
{
    if (!json || !*json) {
        jw_null(w);
        return;
    }
    before_value(w);
    buf_puts(w->out, json);
}

/* Drops ".000000" and, where asked, the "Z". */
static void shorten_time(char text[TIME_TEXT_BYTES], bool naive)
{
    if (memcmp(text + 19, ".000000", 7) == 0)
        memmove(text + 19, text + 26, 2);
    if (naive)
        text[strlen(text) - 1] = 0;
}

void jw_time(struct jw *w, int64_t time_us)
{
    if (time_us == TIME_NONE) {
        jw_null(w);
        return;
    }
    char text[TIME_TEXT_BYTES];
    if (w->time_style == JW_TIME_MS)
        time_format_ms(time_us, text);
    else
        time_format(time_us, text);
    if (w->time_style == JW_TIME_SHORT || w->time_style == JW_TIME_NAIVE)
        shorten_time(text, w->time_style == JW_TIME_NAIVE);
    before_value(w);
    buf_putc(w->out, '"');
    buf_puts(w->out, text);
    buf_putc(w->out, '"');
}

void jw_kv_text(struct jw *w, const char *key, const char *text)
{
    jw_key(w, key);
    jw_text(w, text);
}

void jw_kv_int(struct jw *w, const char *key, int64_t value)
{
    jw_key(w, key);
    jw_int(w, value);
}

void jw_kv_real(struct jw *w, const char *key, double value)
{
    jw_key(w, key);
    jw_real(w, value);
}

void jw_kv_bool(struct jw *w, const char *key, int value)
{
    jw_key(w, key);
    jw_bool(w, value);
}

void jw_kv_raw(struct jw *w, const char *key, const char *json)
{
    jw_key(w, key);
    jw_raw(w, json);
}

void jw_kv_time(struct jw *w, const char *key, int64_t time_us)
{
    jw_key(w, key);
    jw_time(w, time_us);
}
