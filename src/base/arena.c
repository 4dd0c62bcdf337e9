/* Bump allocation in chunks that double up to a limit; large blocks get a chunk of their own. */
#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define POISON(p, n)   ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#else
#define POISON(p, n)   ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

/* Most calls fit the first chunk, so a request costs one malloc. */
#define FIRST_CHUNK_BYTES 4096u
/* Doubling further would waste memory on calls that need a little more than a power of two. */
#define MAX_CHUNK_BYTES (256u * 1024u)
#define ALIGNMENT       16u

struct arena_chunk {
    struct arena_chunk *older;
    size_t size;
    _Alignas(16) char data[];
};

struct arena_defer {
    struct arena_defer *older;
    void (*fn)(void *);
    void *data;
};

void arena_init(struct arena *a)
{
    *a = (struct arena){0};
}

void arena_finish(struct arena *a)
{
    /* A deferred function may defer again, so take them one by one. */
    while (a->defers) {
        struct arena_defer *d = a->defers;
        a->defers = d->older;
        d->fn(d->data);
    }
    for (struct arena_chunk *c = a->chunks; c;) {
        struct arena_chunk *older = c->older;
        UNPOISON(c->data, c->size);
        free(c);
        c = older;
    }
    *a = (struct arena){0};
}

static struct arena_chunk *chunk_create(size_t size)
{
    struct arena_chunk *c = malloc(sizeof(*c) + size);
    CHECK(c != NULL);
    c->size = size;
    POISON(c->data, size);
    return c;
}

static void *take(char *p, size_t size, size_t rounded)
{
    (void)rounded;
    UNPOISON(p, size);
    memset(p, 0, size);
    return p;
}

void *arena_alloc(struct arena *a, size_t size)
{
    CHECK(size <= SIZE_MAX / 2);
    size_t rounded = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (rounded == 0)
        rounded = ALIGNMENT;
    a->used_bytes += rounded;
    if ((size_t)(a->end - a->next) >= rounded) {
        char *p = a->next;
        a->next += rounded;
        return take(p, size, rounded);
    }
    if (rounded > MAX_CHUNK_BYTES / 4 && a->chunks) {
        /* Its own chunk, linked behind the current one, so the current one stays in use. */
        struct arena_chunk *big = chunk_create(rounded);
        big->older = a->chunks->older;
        a->chunks->older = big;
        return take(big->data, size, rounded);
    }
    size_t chunk_size = a->chunks ? a->chunks->size * 2 : FIRST_CHUNK_BYTES;
    if (chunk_size > MAX_CHUNK_BYTES)
        chunk_size = MAX_CHUNK_BYTES;
    if (chunk_size < rounded)
        chunk_size = rounded;
    struct arena_chunk *c = chunk_create(chunk_size);
    c->older = a->chunks;
    a->chunks = c;
    a->next = c->data + rounded;
    a->end = c->data + chunk_size;
    return take(c->data, size, rounded);
}

void *arena_calloc(struct arena *a, size_t count, size_t size)
{
    size_t total;
    CHECK(!__builtin_mul_overflow(count, size, &total));
    return arena_alloc(a, total);
}

char *arena_strndup(struct arena *a, const char *s, size_t len)
{
    char *copy = arena_alloc(a, len + 1);
    if (len)
        memcpy(copy, s, len);
    return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

void *arena_memdup(struct arena *a, const void *data, size_t len)
{
    void *copy = arena_alloc(a, len);
    if (len)
        memcpy(copy, data, len);
    return copy;
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    CHECK(len >= 0);
    char *s = arena_alloc(a, (size_t)len + 1);
    vsnprintf(s, (size_t)len + 1, fmt, args);
    return s;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *s = arena_vprintf(a, fmt, args);
    va_end(args);
    return s;
}

void arena_defer(struct arena *a, void (*fn)(void *), void *data)
{
    struct arena_defer *d = arena_new(a, struct arena_defer);
    d->fn = fn;
    d->data = data;
    d->older = a->defers;
    a->defers = d;
}

void *arena_push_(struct arena *a, void **list, size_t *count, size_t *capacity, size_t item_size)
{
    if (*count == *capacity) {
        size_t grown = *capacity ? *capacity * 2 : 8;
        void *bigger = arena_calloc(a, grown, item_size);
        if (*count)
            memcpy(bigger, *list, *count * item_size);
        *list = bigger;
        *capacity = grown;
    }
    char *item = (char *)*list + *count * item_size;
    (*count)++;
    return item;
}
