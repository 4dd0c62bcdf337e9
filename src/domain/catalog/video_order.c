/* Kept orders of all videos. */
#include "domain/catalog/video_order.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "domain/catalog/video_list.h"

#define KEPT 2

struct order {
    int sort;
    uint64_t generation; /* 0: none is kept here */
    int64_t used_us;
    int64_t *ids;
    size_t count;
};

static struct {
    pthread_mutex_t lock;
    /* under the lock */
    struct order kept[KEPT];
    uint64_t asked[SORT_COUNT]; /* the generation in which somebody asked first */
} orders = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* --- under the lock ------------------------------------------------------------------------------------- */

static void forget(struct order *order)
{
    free(order->ids);
    *order = (struct order){0};
}

static struct order *find(int sort, uint64_t generation)
{
    struct order *found = NULL;
    for (int i = 0; i < KEPT; i++) {
        struct order *order = &orders.kept[i];
        if (order->generation != generation)
            forget(order);
        else if (order->sort == sort)
            found = order;
    }
    return found;
}

static struct order *least_used(void)
{
    struct order *least = &orders.kept[0];
    for (int i = 1; i < KEPT; i++) {
        if (orders.kept[i].used_us < least->used_us)
            least = &orders.kept[i];
    }
    return least;
}

static struct list copy_page(struct arena *a, const struct order *order, bool descending,
                             const struct catalog_window *window)
{
    size_t offset = (size_t)window->offset;
    size_t left = offset < order->count ? order->count - offset : 0;
    size_t limit = (size_t)window_limit(window);
    size_t count = left < limit ? left : limit;
    int64_t *ids = arena_array(a, int64_t, count);
    for (size_t i = 0; i < count; i++)
        ids[i] = order->ids[descending ? order->count - 1 - offset - i : offset + i];
    return (struct list){ids, count};
}

/* --- public --------------------------------------------------------------------------------------------- */

enum order_state order_page(struct arena *a, int sort, bool descending, uint64_t generation,
                            const struct catalog_window *window, struct list *ret_ids)
{
    int64_t now = time_monotonic_us();
    enum order_state state = ORDER_FOUND;
    pthread_mutex_lock(&orders.lock);
    struct order *order = find(sort, generation);
    if (order) {
        order->used_us = now;
        *ret_ids = copy_page(a, order, descending, window);
    } else {
        state = orders.asked[sort] == generation ? ORDER_WANTED : ORDER_RARE;
        orders.asked[sort] = generation;
    }
    pthread_mutex_unlock(&orders.lock);
    return state;
}

void order_keep(int sort, uint64_t generation, const struct list *ids)
{
    int64_t now = time_monotonic_us();
    if (ids->count > ORDER_MAX_VIDEOS)
        return;
    int64_t *copy = malloc((ids->count + 1) * sizeof(*copy));
    CHECK(copy != NULL);
    if (ids->count)
        memcpy(copy, ids->items, ids->count * sizeof(*copy));
    pthread_mutex_lock(&orders.lock);
    struct order *order = find(sort, generation);
    order = order ? order : least_used();
    forget(order);
    *order = (struct order){sort, generation, now, copy, ids->count};
    pthread_mutex_unlock(&orders.lock);
}
