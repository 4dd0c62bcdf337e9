/* The Range header (RFC 9110, section 14). Pure; any thread. */
#ifndef MEDLEY_HTTP_RANGE_H
#define MEDLEY_HTTP_RANGE_H

#include <stddef.h>
#include <stdint.h>

#define HTTP_MAX_RANGES 16

struct http_range {
    int64_t start;
    int64_t length; /* at least 1, inside the file */
};

enum range_kind {
    RANGE_WHOLE,         /* no, malformed or abusive header: answer the whole file */
    RANGE_PARTS,         /* 1 to 16 ranges */
    RANGE_UNSATISFIABLE, /* 416 */
};

/* `text` may be NULL. More than 16 ranges, or ranges that together are longer than the file (a flood
 * of overlaps), count as abusive. */
enum range_kind http_ranges_parse(const char *text, int64_t size,
                                  struct http_range ret_ranges[HTTP_MAX_RANGES], size_t *ret_count);

#endif
