/*
 * A growing byte buffer for building replies, SQL and messages.
 *
 * The holder owns it: buf_init (or {0}), append, buf_finish. `data` is NUL-terminated whenever it is
 * not NULL. Growth that would pass `limit` (0: none) sets `overflowed`, which sticks, and drops what
 * follows; a hundred small appends need one check at the end. One thread at a time.
 */
#ifndef MEDLEY_BASE_BUF_H
#define MEDLEY_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buf {
    char *data;
    size_t len;
    size_t capacity;
    size_t limit;
    bool overflowed;
};

void buf_init(struct buf *b);
void buf_finish(struct buf *b);
/* Keeps the memory, forgets the content. */
void buf_clear(struct buf *b);
/* Makes room for `more` bytes and returns where they go; NULL on overflow. Add to len yourself. */
char *buf_reserve(struct buf *b, size_t more);
static inline void buf_append(struct buf *b, const void *data, size_t len);
static inline void buf_puts(struct buf *b, const char *s);
static inline void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list args);
void buf_put_int(struct buf *b, int64_t value);
/* Moves the memory out; the caller frees it. The buffer is empty after. Never NULL. */
char *buf_take(struct buf *b, size_t *ret_len);

/* What is appended mostly fits: that part is inline. */
void buf_append_slowly_(struct buf *b, const void *data, size_t len);
static inline bool buf_fits_(const struct buf *b, size_t len)
{
    return b->data && !b->limit && len < b->capacity - b->len;
}
static inline void buf_append(struct buf *b, const void *data, size_t len)
{
    if (!buf_fits_(b, len)) {
        buf_append_slowly_(b, data, len);
        return;
    }
    if (len)
        memcpy(b->data + b->len, data, len);
    b->len += len;
    b->data[b->len] = 0;
}
static inline void buf_puts(struct buf *b, const char *s)
{
    buf_append(b, s, strlen(s));
}
static inline void buf_putc(struct buf *b, char c)
{
    buf_append(b, &c, 1);
}

static inline void buf_cleanup_(struct buf *b)
{
    buf_finish(b);
}
/* BUF(sql); declares a local buffer that is freed at the end of the block. */
#define BUF(name) __attribute__((cleanup(buf_cleanup_))) struct buf name = {0}

#endif
