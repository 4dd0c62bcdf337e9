/* OpenAPI 3.1 from the route rows. */
#include <string.h>

#include "api/common/surface.h"
#include "json/encode.h"

/* Shapes reached from a set of routes, each once. A name that two different shapes share gets the API's
 * name in front. */
struct components {
    struct arena *arena;
    VEC(const struct shape *)
};

static void collect_shape(struct components *c, const struct shape *shape)
{
    if (!shape)
        return;
    for (size_t i = 0; i < c->count; i++) {
        if (c->items[i] == shape || strcmp(c->items[i]->name, shape->name) == 0)
            return;
    }
    *arena_push(c->arena, c) = shape;
    for (size_t i = 0; i < shape->count; i++) {
        if (shape->fields[i].shape)
            collect_shape(c, shape->fields[i].shape);
    }
}

/* "/videos/{video_id:int}" -> "/videos/{video_id}" */
static const char *plain_path(struct arena *a, const char *path)
{
    char *out = arena_alloc(a, strlen(path) + 1);
    size_t used = 0;
    bool skipping = false;
    bool inside = false;
    for (; *path; path++) {
        inside = *path == '{' || (inside && *path != '}');
        if (inside && *path == ':')
            skipping = true;
        if (*path == '}')
            skipping = false;
        if (!skipping)
            out[used++] = *path;
    }
    return out;
}

static void write_path_parameters(struct arena *a, struct jw *w, const char *path)
{
    for (const char *open; (open = strchr(path, '{')); path = strchr(open, '}')) {
        size_t len = strcspn(open + 1, ":}");
        bool number = strncmp(open + 1 + len, ":int}", 5) == 0;
        jw_object(w);
        jw_kv_text(w, "name", arena_strndup(a, open + 1, len));
        jw_kv_text(w, "in", "path");
        jw_kv_bool(w, "required", 1);
        jw_key(w, "schema");
        jw_object(w);
        jw_kv_text(w, "type", number ? "integer" : "string");
        jw_end(w);
        jw_end(w);
    }
}

static void write_parameters(struct arena *a, struct jw *w, const struct route *route)
{
    if (!strchr(route->path, '{') && !route->query)
        return;
    jw_key(w, "parameters");
    jw_array(w);
    write_path_parameters(a, w, route->path);
    for (size_t i = 0; route->query && i < route->query->count; i++) {
        const struct field *f = &route->query->fields[i];
        jw_object(w);
        jw_kv_text(w, "name", f->name);
        jw_kv_text(w, "in", "query");
        if (f->flags & FIELD_REQUIRED)
            jw_kv_bool(w, "required", 1);
        if (f->help)
            jw_kv_text(w, "description", f->help);
        jw_key(w, "schema");
        field_schema(w, f, SCHEMA_REQUEST);
        jw_end(w);
    }
    jw_end(w);
}

static void write_reference(struct jw *w, const struct shape *shape)
{
    BUF(ref);
    buf_printf(&ref, "#/components/schemas/%s", shape->name);
    jw_object(w);
    jw_kv_text(w, "$ref", ref.data);
    jw_end(w);
}

static void write_reply_schema(struct jw *w, const struct route *route)
{
    if (!(route->flags & (ROUTE_LIST | ROUTE_PAGE))) {
        write_reference(w, route->reply);
        return;
    }
    jw_object(w);
    jw_kv_text(w, "type", "array");
    jw_key(w, "items");
    write_reference(w, route->reply);
    if (route->flags & ROUTE_PAGE)
        jw_kv_bool(w, "x-page", 1);
    jw_end(w);
}

static void write_body(struct jw *w, const struct route *route)
{
    if (!route->body && !(route->flags & (ROUTE_MULTIPART | ROUTE_BODY_LIST)))
        return;
    jw_key(w, "requestBody");
    jw_object(w);
    jw_kv_bool(w, "required", !(route->flags & ROUTE_OPTIONAL_BODY));
    jw_key(w, "content");
    jw_object(w);
    jw_key(w, route->flags & ROUTE_MULTIPART ? "multipart/form-data" : "application/json");
    jw_object(w);
    jw_key(w, "schema");
    if (route->body && !(route->flags & ROUTE_PATCH)) {
        write_reference(w, route->body);
    } else if (route->body) {
        /* A partial change: the same members, none required. */
        jw_object(w);
        jw_kv_text(w, "type", "object");
        jw_key(w, "properties");
        jw_object(w);
        for (size_t i = 0; i < route->body->count; i++) {
            jw_key(w, route->body->fields[i].name);
            field_schema(w, &route->body->fields[i], SCHEMA_REQUEST);
        }
        jw_end(w);
        jw_end(w);
    } else {
        jw_object(w);
        jw_kv_text(w, "type", route->flags & ROUTE_BODY_LIST ? "array" : "object");
        jw_end(w);
    }
    jw_end(w);
    jw_end(w);
    jw_end(w);
}

static void write_replies(struct jw *w, const struct route *route)
{
    char status[8];
    snprintf(status, sizeof(status), "%d", route->status ? route->status : 200);
    jw_key(w, "responses");
    jw_object(w);
    jw_key(w, status);
    jw_object(w);
    jw_kv_text(w, "description", route->summary ? route->summary : "Done");
    if (route->reply) {
        jw_key(w, "content");
        jw_object(w);
        jw_key(w, "application/json");
        jw_object(w);
        jw_key(w, "schema");
        write_reply_schema(w, route);
        jw_end(w);
        jw_end(w);
    }
    jw_end(w);
    jw_key(w, "default");
    jw_object(w);
    jw_kv_text(w, "description", "An error in this API's shape");
    jw_end(w);
    jw_end(w);
}

static void write_operation(struct arena *a, struct jw *w, const struct api *api,
                            const struct route *route)
{
    static const char *const keys[] = {"get", "head", "post", "put", "patch", "delete", "options", "x"};
    jw_key(w, keys[route->method]);
    jw_object(w);
    jw_kv_text(w, "summary", route->summary);
    jw_key(w, "tags");
    jw_array(w);
    jw_text(w, arena_printf(a, "%s: %s", api->title, route->tag ? route->tag : "Other"));
    jw_end(w);
    if (route->access == ACCESS_PUBLIC) {
        jw_key(w, "security");
        jw_array(w);
        jw_end(w);
    }
    if (!route->handle || (route->flags & ROUTE_UNFINISHED))
        jw_kv_bool(w, "x-unfinished", 1);
    jw_kv_text(w, "x-api", api->name);
    write_parameters(a, w, route);
    write_body(w, route);
    write_replies(w, route);
    jw_end(w);
}

struct documented {
    const struct api *api;
    const struct route *route;
    const char *path;
};
struct documented_list {
    struct arena *arena;
    VEC(struct documented)
};

static void collect_routes(struct documented_list *list, const struct api *api, bool root,
                           struct components *components)
{
    for (const struct route_table *const *table = api->tables; *table; table++) {
        for (size_t i = 0; i < (*table)->count; i++) {
            const struct route *r = &(*table)->rows[i];
            if ((r->flags & ROUTE_UNDOCUMENTED) || (root && (r->flags & ROUTE_PREFIX_ONLY)))
                continue;
            *arena_push(list->arena, list) =
                (struct documented){api, r, plain_path(list->arena, r->path)};
            collect_shape(components, r->body);
            collect_shape(components, r->reply);
        }
    }
}

/* One path item per path, in order of first mention; at the root the first API wins. */
static void write_paths(struct arena *a, struct jw *w, const struct documented_list *list)
{
    jw_key(w, "paths");
    jw_object(w);
    for (size_t i = 0; i < list->count; i++) {
        bool seen = false;
        for (size_t j = 0; j < i && !seen; j++)
            seen = strcmp(list->items[j].path, list->items[i].path) == 0;
        if (seen)
            continue;
        jw_key(w, list->items[i].path);
        jw_object(w);
        unsigned methods = 0;
        for (size_t j = i; j < list->count; j++) {
            const struct documented *d = &list->items[j];
            if (strcmp(d->path, list->items[i].path) != 0 || (methods & (1u << d->route->method)))
                continue;
            methods |= 1u << d->route->method;
            write_operation(a, w, d->api, d->route);
        }
        jw_end(w);
    }
    jw_end(w);
}

static void write_components(struct jw *w, const struct components *components,
                             const struct documented_list *list)
{
    jw_key(w, "components");
    jw_object(w);
    jw_key(w, "schemas");
    jw_object(w);
    for (size_t i = 0; i < components->count; i++) {
        bool request = false;
        for (size_t j = 0; j < list->count && !request; j++)
            request = list->items[j].route->body == components->items[i];
        jw_key(w, components->items[i]->name);
        shape_schema(w, components->items[i], request ? SCHEMA_REQUEST : SCHEMA_REPLY);
    }
    jw_end(w);
    jw_key(w, "securitySchemes");
    jw_raw(w, "{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"},"
              "\"apiKey\":{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"X-API-Key\"}}");
    jw_end(w);
}

void surface_openapi(const struct surface *surface, const struct api *api, struct buf *out)
{
    SCRATCH(a);
    struct components components = {.arena = &a};
    struct documented_list list = {.arena = &a};
    if (api) {
        collect_routes(&list, api, false, &components);
    } else {
        for (const struct api *const *each = surface->apis; *each; each++)
            collect_routes(&list, *each, true, &components);
    }
    struct jw w = jw_to(out);
    jw_object(&w);
    jw_kv_text(&w, "openapi", "3.1.0");
    jw_key(&w, "info");
    jw_object(&w);
    jw_kv_text(&w, "title", api ? api->title : "Medley");
    jw_kv_text(&w, "version", surface->core->version);
    jw_end(&w);
    jw_key(&w, "security");
    jw_raw(&w, "[{\"bearer\":[]},{\"apiKey\":[]}]");
    write_paths(&a, &w, &list);
    write_components(&w, &components, &list);
    jw_end(&w);
}
