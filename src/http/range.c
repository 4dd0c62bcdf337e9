/* The Range header. */
#include "http/range.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* Reads digits, stopping at INT64_MAX instead of overflowing. -1 when there is no digit. */
static int64_t read_number(const char **text)
{
    const char *p = *text;
    if (!isdigit((unsigned char)*p))
        return -1;
    int64_t value = 0;
    for (; isdigit((unsigned char)*p); p++) {
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, *p - '0', &value))
            value = INT64_MAX;
    }
    *text = p;
    return value;
}

static const char *skip_space(const char *p)
{
    while (*p == ' ' || *p == '\t')
        p++;
    return p;
}

/* One "a-b", "a-" or "-n". False when malformed; length 0 when it lies outside the file. */
static bool read_range(const char **text, int64_t size, struct http_range *range)
{
    int64_t first = read_number(text);
    if (**text != '-')
        return false;
    (*text)++;
    int64_t last = read_number(text);
    if (first < 0 && last < 0)
        return false;
    if (first < 0) {
        range->length = last < size ? last : size;
        range->start = size - range->length;
        return true;
    }
    if (last >= 0 && last < first)
        return false;
    if (last < 0 || last >= size)
        last = size - 1;
    range->start = first;
    range->length = first < size ? last - first + 1 : 0;
    return true;
}

enum range_kind http_ranges_parse(const char *text, int64_t size,
                                  struct http_range ret_ranges[HTTP_MAX_RANGES], size_t *ret_count)
{
    if (!text || strncasecmp(text, "bytes=", 6) != 0)
        return RANGE_WHOLE;
    const char *p = text + 6;
    struct http_range ranges[HTTP_MAX_RANGES];
    size_t seen = 0, count = 0;
    int64_t total = 0;
    for (;;) {
        p = skip_space(p);
        if (*p && *p != ',') {
            struct http_range range;
            if (++seen > HTTP_MAX_RANGES || !read_range(&p, size, &range))
                return RANGE_WHOLE;
            if (range.length > 0) {
                ranges[count++] = range;
                if (__builtin_add_overflow(total, range.length, &total))
                    return RANGE_WHOLE;
            }
            p = skip_space(p);
        }
        if (*p == 0)
            break;
        if (*p++ != ',')
            return RANGE_WHOLE;
    }
    if (seen == 0 || (count > 1 && total > size))
        return RANGE_WHOLE;
    if (count == 0)
        return RANGE_UNSATISFIABLE;
    memcpy(ret_ranges, ranges, count * sizeof(ranges[0]));
    *ret_count = count;
    return RANGE_PARTS;
}
