/* Paths to routes: whatever the path, the answer is a route that fits it, or none. */
#include <stdlib.h>
#include <string.h>

#include "api/common/router.h"
#include "http/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct err never(struct call *call)
{
    (void)call;
    abort();
}

#define ROW(path_) {HTTP_GET, path_, "Fuzz", "A row", never}
static const struct route rows[] = {
    ROW("/"),           ROW("/videos"),      ROW("/videos/{id:int}"),         ROW("/videos/{id:int}/tags/{tag_id:int}"),
    ROW("/videos/all"), ROW("/jobs/{id}"),   ROW("/api/v1/jobs/"),            ROW("/api/v1/jobs"),
    ROW("/a/{x}/b"),    ROW("/a/{x}/{y}/c"), ROW("/{system}/openapi.json"),   ROW("/config/field/{path:rest}"),
};
static const struct api api = {.name = "fuzz", .title = "Fuzz", .version = "1", .document = "-"};

static const struct router *router(void)
{
    static struct arena forever;
    static struct router *made;
    if (made)
        return made;
    made = router_create(&forever);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        router_add(made, &api, &rows[i]);
    return made;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCRATCH(a);
    struct match match;
    const char *path, *query;
    if (failed(uri_split(&a, arena_strndup(&a, (const char *)data, size), &path, &query)))
        return 0;
    router_find(router(), &a, HTTP_GET, path, &match);
    if (match.route && (match.route < rows || match.route >= rows + sizeof(rows) / sizeof(rows[0])))
        abort();
    if (match.path_count > CALL_MAX_PATH_VALUES)
        abort();
    for (size_t i = 0; i < match.path_count; i++) {
        if (!match.path[i].name || !match.path[i].text)
            abort();
    }
    return 0;
}
