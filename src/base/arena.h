/*
 * Bump allocation for one lifetime: a call, a job, or a scratch step.
 *
 * Whoever creates the arena owns everything in it and frees it all at once with arena_finish();
 * nothing taken from an arena is freed singly. What must outlive it is copied out explicitly.
 * An arena belongs to one thread at a time. Out of memory aborts the process on purpose: a media
 * server that half works without memory loses data in more ways than one that restarts.
 * Unused bytes are poisoned under AddressSanitizer.
 */
#ifndef MEDLEY_BASE_ARENA_H
#define MEDLEY_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct arena_chunk;
struct arena_defer;

struct arena {
    struct arena_chunk *chunks;
    struct arena_defer *defers;
    char *next;
    char *end;
    size_t used_bytes;
};

void arena_init(struct arena *a);
/* Runs deferred clean-ups, newest first, then releases the memory. The arena is reusable after. */
void arena_finish(struct arena *a);

/* Zeroed, aligned for any type. Never NULL. */
void *arena_alloc(struct arena *a, size_t size);
#define arena_new(a, type)          ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, count) ((type *)arena_calloc((a), (count), sizeof(type)))
void *arena_calloc(struct arena *a, size_t count, size_t size);

/* NULL in, NULL out. */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t len);
void *arena_memdup(struct arena *a, const void *data, size_t len);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list args);

/* Calls fn(data) when the arena is finished: ties a file, statement or process to a call or job. */
void arena_defer(struct arena *a, void (*fn)(void *), void *data);

/* Grows a list held in an arena. `*list` points to `count` items; makes room for one more and
 * returns the new item, zeroed. The old copy stays in the arena (amortised doubling). */
void *arena_push_(struct arena *a, void **list, size_t *count, size_t *capacity, size_t item_size);
#define arena_push(a, v)                                                                           \
    ((__typeof__((v)->items))arena_push_((a), (void **)&(v)->items, &(v)->count, &(v)->capacity,   \
                                         sizeof(*(v)->items)))
/* struct { VEC(struct row) } rows; -> rows.items, rows.count, rows.capacity */
#define VEC(type)                                                                                  \
    type *items;                                                                                   \
    size_t count;                                                                                  \
    size_t capacity;

static inline void arena_cleanup_(struct arena *a)
{
    arena_finish(a);
}
/* SCRATCH(tmp); declares a local arena that is finished at the end of the block. */
#define SCRATCH(name)                                                                              \
    __attribute__((cleanup(arena_cleanup_))) struct arena name = {0}

#endif
