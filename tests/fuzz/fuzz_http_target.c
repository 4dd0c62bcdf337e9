/* A request target, and the same bytes as a form. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fold.h"
#include "http/http.h"
#include "http/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *text)
{
    size_t len = strlen(text);
    CHECK(utf8_valid(text, len) && !text_has_controls(text, len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCRATCH(a);
    char *text = strndup((const char *)data, size);
    const char *path, *query;
    if (!failed(uri_split(&a, text, &path, &query))) {
        CHECK(path[0] == '/');
        check(http_decode(&a, path, strlen(path), false));
    }
    const struct http_pair *pairs;
    size_t count;
    if (!failed(http_form_parse(&a, (const char *)data, size, &pairs, &count))) {
        for (size_t i = 0; i < count; i++) {
            check(pairs[i].name);
            check(pairs[i].value);
        }
    }
    free(text);
    return 0;
}
