/*
 * All videos in one order, as numbers, so that a page deep in a list is found without walking there.
 *
 * An order is kept from the second time that somebody asks deep into it until the generation is another
 * one (db_generation(), or what the caller makes of it). Two orders are kept, of at most ORDER_MAX_VIDEOS each: 8 bytes a video,
 * 1.6 MB with a library of 100,000, nothing for those who never leave the first pages.
 *
 * Any thread; the lock is held for copying a page.
 */
#ifndef MEDLEY_DOMAIN_CATALOG_VIDEO_ORDER_H
#define MEDLEY_DOMAIN_CATALOG_VIDEO_ORDER_H

#include "domain/catalog/catalog.h"

#define ORDER_MAX_VIDEOS 500000

enum order_state {
    ORDER_FOUND,  /* the page is there */
    ORDER_WANTED, /* it would be worth keeping: make it and say order_keep() */
    ORDER_RARE,   /* nobody has asked before */
};
/* Orders are kept ascending; a descending page is read from the other end. `generation` is not 0. */
enum order_state order_page(struct arena *a, int sort, bool descending, uint64_t generation,
                            const struct catalog_window *window, struct list *ret_ids);
/* Copies the ids (int64_t). */
void order_keep(int sort, uint64_t generation, const struct list *ids);

#endif
