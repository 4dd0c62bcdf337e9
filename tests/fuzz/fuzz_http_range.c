/* The first two bytes are the file's size; the rest a Range, Accept-Encoding or If-None-Match header. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "http/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    int64_t file_size = data[0] == 255 ? INT64_MAX : data[0] * 256 + data[1];
    char *text = strndup((const char *)data + 2, size - 2);
    struct http_range ranges[HTTP_MAX_RANGES];
    size_t count = 0;
    if (http_ranges_parse(text, file_size, ranges, &count) == RANGE_PARTS) {
        CHECK(count > 0 && count <= HTTP_MAX_RANGES);
        for (size_t i = 0; i < count; i++)
            CHECK(ranges[i].start >= 0 && ranges[i].length > 0 &&
                  ranges[i].length <= file_size - ranges[i].start);
    }
    accepts_gzip(text);
    compressible(text);
    etag_listed(text, "\"tag\"", true);
    free(text);
    return 0;
}
