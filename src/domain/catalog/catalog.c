/* Errors and patterns of the area. */
#include "domain/catalog/catalog.h"

#include <string.h>

#include "base/fold.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
struct err catalog_missing(struct arena *a, const char *code, const char *fmt, int64_t id)
{
    struct err e = err_f(a, ERR_NOT_FOUND, code, fmt, (long long)id);
    e.field = arena_printf(a, "%lld", (long long)id);
    return e;
}
#pragma GCC diagnostic pop

struct err catalog_clash(struct arena *a, struct err e, const char *noun)
{
    if (e.kind != ERR_CONFLICT || !e.code || strcmp(e.code, "unique_violation") != 0)
        return e;
    const char *key = arena_strdup(a, e.field ? e.field : "key");
    struct err clash = err_f(a, ERR_CONFLICT, e.code, "Another %s already has this %s", noun, key);
    clash.field = key;
    return clash;
}

const char *catalog_like(struct arena *a, const char *text)
{
    const char *folded = text ? fold(a, text) : NULL;
    if (!folded || !*folded)
        return NULL;
    BUF(out);
    buf_putc(&out, '%');
    for (; *folded; folded++) {
        if (strchr("%_\\", *folded))
            buf_putc(&out, '\\');
        buf_putc(&out, *folded);
    }
    buf_putc(&out, '%');
    return arena_strndup(a, out.data, out.len);
}
