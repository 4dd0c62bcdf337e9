/* Document 000: music videos. Contract sections are named beside what implements them. */
#ifndef MEDLEY_API_FUZZBIN_FUZZBIN_H
#define MEDLEY_API_FUZZBIN_FUZZBIN_H

#include "api/common/call.h"

extern const struct api fuzzbin_api;

/* errors.c: section 0.2. */
void fuzzbin_write_error(struct call *call, const struct err *e, const struct mistakes *mistakes);
/* {items, total, page, page_size, total_pages}: section 0.5. */
void fuzzbin_write_page(struct call *call, struct jw *w,
                        void (*write_items)(struct call *, struct jw *, void *), void *items);

/* The query members that every page takes; put PAGING first in the query's struct and PAGING_FIELDS(type)
 * among its fields, then call fuzzbin_paging() with that member. */
struct paging {
    int64_t page;
    int64_t page_size;
};
#define PAGING_FIELDS(type_)                                                                       \
    FN("page", type_, T_INT, paging.page, .fallback = "1", MIN_VALUE(1)),                           \
        FN("page_size", type_, T_INT, paging.page_size, .fallback = "20", BETWEEN(1, 100))
void fuzzbin_paging(struct call *call, const struct paging *paging);

/* A reply of the form {"detail": text}. */
struct err fuzzbin_detail(struct call *call, int status, const char *text);

#endif
