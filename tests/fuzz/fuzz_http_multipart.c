/* The first byte says in how large pieces the rest is fed. */
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "http/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    SCRATCH(a);
    struct multipart *m;
    if (failed(multipart_create(&a, "multipart/form-data; boundary=B", "/tmp", 4096, &m)))
        return 0;
    size_t step = data[0] % 64u + 1;
    struct err e = OK;
    for (size_t i = 1; i < size && !failed(e); i += step)
        e = multipart_feed(m, (const char *)data + i, size - i < step ? size - i : step);
    const struct http_part *parts;
    size_t count;
    if (!failed(e) && !failed(multipart_end(m, &parts, &count)))
        for (size_t i = 0; i < count; i++)
            CHECK(parts[i].name && (parts[i].value != NULL) == (parts[i].temp_path == NULL) &&
                  (!parts[i].value || strlen(parts[i].value) == (size_t)parts[i].size));
    multipart_destroy(m);
    return 0;
}
