/* Builds the mounts: the root over all APIs and one prefix per API. */
#include "api/common/surface.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void url_encode(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (isalnum((unsigned char)*text) || strchr("-._~", *text))
            buf_putc(out, *text);
        else
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)*text);
    }
}

static void add_api(struct router *router, const struct api *api, bool at_prefix)
{
    for (const struct route_table *const *table = api->tables; *table; table++) {
        for (size_t i = 0; i < (*table)->count; i++) {
            const struct route *route = &(*table)->rows[i];
            if (at_prefix || !(route->flags & ROUTE_PREFIX_ONLY))
                router_add(router, api, route);
        }
    }
}

static void add_everywhere(struct router *router, const struct api *const *apis)
{
    for (; *apis; apis++) {
        for (const struct route_table *const *table = (*apis)->tables; *table; table++) {
            for (size_t i = 0; i < (*table)->count; i++) {
                if ((*table)->rows[i].flags & ROUTE_EVERYWHERE)
                    router_add(router, *apis, &(*table)->rows[i]);
            }
        }
    }
}

static bool is_web(const struct api *api)
{
    return strcmp(api->name, "web") == 0;
}

static void forget_replies(void *data)
{
    remember_destroy(data);
}

struct err surface_create(struct arena *a, struct core *core, const struct api *const *apis,
                          const char *only, struct surface **ret_surface)
{
    struct surface *s = arena_new(a, struct surface);
    size_t count = 0;
    while (apis[count])
        count++;
    s->core = core;
    s->apis = apis;
    s->metrics = metrics_create(a);
    s->remembered = remember_create(REMEMBER_BYTES);
    arena_defer(a, forget_replies, s->remembered);
    s->mounts = arena_array(a, struct mount, count);
    s->root = (struct mount){"", router_create(a), apis[0]};
    bool found = !only;
    for (size_t i = 0; i < count; i++) {
        bool alone = only && strcmp(only, apis[i]->name) == 0;
        found = found || alone;
        if (!only || alone || is_web(apis[i]))
            add_api(s->root.router, apis[i], alone);
        if (alone || (is_web(apis[i]) && !only))
            s->root.fallback = apis[i];
        if (is_web(apis[i]))
            continue;
        struct mount *m = &s->mounts[s->mount_count++];
        *m = (struct mount){arena_printf(a, "/%s", apis[i]->name), router_create(a), apis[i]};
        add_api(m->router, apis[i], true);
        add_everywhere(m->router, apis);
    }
    for (size_t i = 0; i < count; i++) {
        if (apis[i]->owns && (!only || strcmp(only, apis[i]->name) == 0))
            router_own(s->root.router, apis[i]->owns, apis[i]);
    }
    if (!found)
        return err_f(a, ERR_INVALID, "unknown_api", "no API is called %s", only);
    *ret_surface = s;
    return OK;
}

void surface_set_pages(struct surface *surface, struct root *folder)
{
    surface->pages = folder;
}

const struct api *const *surface_apis(const struct surface *surface)
{
    return surface->apis;
}

static const char *const access_words[] = {"user", "public", "optional", "media", "socket"};

void surface_dump(const struct surface *surface, struct buf *out)
{
    for (const struct api *const *api = surface->apis; *api; api++) {
        for (const struct route_table *const *table = (*api)->tables; *table; table++) {
            for (size_t i = 0; i < (*table)->count; i++) {
                const struct route *r = &(*table)->rows[i];
                bool unfinished = !r->handle || (r->flags & ROUTE_UNFINISHED);
                buf_printf(out, "%s\t%s\t%s\t%s\t%s\t%s\n", (*api)->name, http_method_name(r->method),
                           r->path, access_words[r->access], unfinished ? "unfinished" : "built",
                           r->summary ? r->summary : "");
            }
        }
    }
}
