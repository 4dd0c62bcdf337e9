/* A growing byte buffer. */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

void buf_init(struct buf *b)
{
    *b = (struct buf){0};
}

void buf_finish(struct buf *b)
{
    free(b->data);
    *b = (struct buf){0};
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    b->overflowed = false;
    if (b->data)
        b->data[0] = 0;
}

char *buf_reserve(struct buf *b, size_t more)
{
    size_t need;
    if (b->overflowed || __builtin_add_overflow(b->len, more, &need) ||
        (b->limit && need > b->limit) || need == SIZE_MAX) {
        b->overflowed = true;
        return NULL;
    }
    if (need + 1 > b->capacity) {
        size_t capacity = b->capacity ? b->capacity * 2 : 256;
        if (capacity < need + 1)
            capacity = need + 1;
        b->data = realloc(b->data, capacity);
        CHECK(b->data != NULL);
        b->capacity = capacity;
    }
    return b->data + b->len;
}

void buf_append_slowly_(struct buf *b, const void *data, size_t len)
{
    char *to = buf_reserve(b, len);
    if (!to)
        return;
    if (len)
        memcpy(to, data, len);
    b->len += len;
    b->data[b->len] = 0;
}

void buf_vprintf(struct buf *b, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    CHECK(len >= 0);
    char *to = buf_reserve(b, (size_t)len);
    if (!to)
        return;
    vsnprintf(to, (size_t)len + 1, fmt, args);
    b->len += (size_t)len;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    buf_vprintf(b, fmt, args);
    va_end(args);
}

void buf_put_int(struct buf *b, int64_t value)
{
    char text[24];
    char *p = text + sizeof(text);
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        *--p = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0)
        *--p = '-';
    buf_append(b, p, (size_t)(text + sizeof(text) - p));
}

char *buf_take(struct buf *b, size_t *ret_len)
{
    if (!b->data)
        buf_append(b, "", 0);
    char *data = b->data;
    if (ret_len)
        *ret_len = b->len;
    *b = (struct buf){.limit = b->limit};
    return data;
}
