/* The segment tree. Children of a node: literals (sorted by use of a small hash), then typed parameters. */
#include "api/common/router.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/ids.h"

enum param_type { PARAM_INT, PARAM_UUID, PARAM_TEXT, PARAM_REST, PARAM_TYPE_COUNT };
static const char *const param_words[] = {"int", "uuid", "text", "rest"};

struct leaf {
    const struct api *api;
    const struct route *route;
};

struct node {
    const char *literal;
    uint32_t hash;
    bool ignore_case;
    const char *param_name;
    bool is_number; /* an int parameter */
    const struct api *api; /* first API that added this path */
    VEC(struct node *)     /* literal children, ordered by hash */
    struct node *params[PARAM_TYPE_COUNT];
    struct leaf leaves[HTTP_METHOD_COUNT];
    bool has_leaf;
};

struct router {
    struct arena *arena;
    struct node root;
};

/* Folded to lower case, so that one look-up serves APIs that ignore case. */
static uint32_t hash_segment(const char *s, size_t len)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (uint32_t)tolower((unsigned char)s[i])) * 16777619u;
    return hash;
}

struct router *router_create(struct arena *a)
{
    struct router *router = arena_new(a, struct router);
    router->arena = a;
    return router;
}

/* --- building --------------------------------------------------------------------------------- */

static struct node *literal_child(struct router *router, struct node *parent, const char *segment,
                                  size_t len, const struct api *api)
{
    uint32_t hash = hash_segment(segment, len);
    for (size_t i = 0; i < parent->count; i++) {
        struct node *child = parent->items[i];
        if (child->hash == hash && strlen(child->literal) == len &&
            strncmp(child->literal, segment, len) == 0) {
            child->ignore_case |= api->ignore_case;
            return child;
        }
    }
    struct node *child = arena_new(router->arena, struct node);
    child->literal = arena_strndup(router->arena, segment, len);
    child->hash = hash;
    child->ignore_case = api->ignore_case;
    arena_push(router->arena, parent);
    size_t at = parent->count - 1;
    while (at > 0 && parent->items[at - 1]->hash > hash) {
        parent->items[at] = parent->items[at - 1];
        at--;
    }
    parent->items[at] = child;
    return child;
}

static struct node *param_child(struct router *router, struct node *parent, const char *segment,
                                size_t len)
{
    const char *colon = memchr(segment, ':', len);
    size_t name_len = (size_t)((colon ? colon : segment + len - 1) - segment) - 1;
    int type = PARAM_TEXT;
    if (colon) {
        size_t type_len = len - 3 - name_len;
        for (type = 0; type < PARAM_TYPE_COUNT; type++) {
            if (strlen(param_words[type]) == type_len &&
                strncmp(param_words[type], colon + 1, type_len) == 0)
                break;
        }
        CHECK(type < PARAM_TYPE_COUNT);
    }
    if (!parent->params[type]) {
        parent->params[type] = arena_new(router->arena, struct node);
        parent->params[type]->param_name = arena_strndup(router->arena, segment + 1, name_len);
        parent->params[type]->is_number = type == PARAM_INT;
    }
    return parent->params[type];
}

bool router_add(struct router *router, const struct api *api, const struct route *route)
{
    struct node *node = &router->root;
    CHECK(route->path[0] == '/');
    for (const char *p = route->path + 1;;) {
        const char *slash = strchr(p, '/');
        size_t len = slash ? (size_t)(slash - p) : strlen(p);
        node = *p == '{' ? param_child(router, node, p, len)
                         : literal_child(router, node, p, len, api);
        if (!node->api)
            node->api = api;
        if (!slash)
            break;
        p = slash + 1;
    }
    if (node->leaves[route->method].route)
        return false;
    node->leaves[route->method] = (struct leaf){api, route};
    node->has_leaf = true;
    return true;
}

/* --- looking up ------------------------------------------------------------------------------- */

struct search {
    struct arena *arena;
    struct match *match;
    enum http_method method;
    const struct node *found; /* has the path and the method */
    const struct node *other; /* has the path, not the method */
    const struct node *bad;   /* has both, but a word stands where a number belongs */
    size_t bad_count;
    struct path_value values[CALL_MAX_PATH_VALUES];
    size_t count;
    const struct api *nearest;
};

static const struct node *find_literal(const struct node *node, const char *segment, size_t len)
{
    uint32_t hash = hash_segment(segment, len);
    size_t low = 0;
    size_t high = node->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (node->items[middle]->hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    const struct node *folded = NULL;
    for (; low < node->count && node->items[low]->hash == hash; low++) {
        const struct node *child = node->items[low];
        if (strlen(child->literal) != len)
            continue;
        if (memcmp(child->literal, segment, len) == 0)
            return child;
        if (child->ignore_case && strncasecmp(child->literal, segment, len) == 0)
            folded = child;
    }
    return folded;
}

void router_own(struct router *router, const char *path, const struct api *api)
{
    struct node *node = &router->root;
    for (const char *p = path + 1; node;) {
        const char *slash = strchr(p, '/');
        size_t len = slash ? (size_t)(slash - p) : strlen(p);
        node = (struct node *)(uintptr_t)find_literal(node, p, len);
        if (!slash)
            break;
        p = slash + 1;
    }
    if (node)
        node->api = api;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The HTTP layer has refused malformed escapes already. */
static char *decode_segment(struct arena *a, const char *segment, size_t len)
{
    char *out = arena_alloc(a, len + 1);
    size_t used = 0;
    for (size_t i = 0; i < len; i++) {
        int high;
        int low;
        if (segment[i] == '%' && i + 2 < len + 0 && (high = hex_digit(segment[i + 1])) >= 0 &&
            (low = hex_digit(segment[i + 2])) >= 0) {
            out[used++] = (char)(high * 16 + low);
            i += 2;
        } else {
            out[used++] = segment[i];
        }
    }
    out[used] = 0;
    return out;
}

static bool fits(enum param_type type, const char *text, int64_t *ret_number)
{
    switch (type) {
    case PARAM_INT:
        return text_to_int(text, ret_number);
    case PARAM_UUID:
        return uuid_valid(text);
    case PARAM_TEXT:
        return *text != 0;
    default:
        return true;
    }
}

static void walk(struct search *s, const struct node *node, const char *p, bool bad);

static void descend(struct search *s, const struct node *child, const char *segment, size_t len,
                    const char *rest, int64_t number, bool bad)
{
    if (s->count == CALL_MAX_PATH_VALUES)
        return;
    const char *text = decode_segment(s->arena, segment, len);
    s->values[s->count++] =
        (struct path_value){child->param_name, text, number, child->is_number && !bad};
    walk(s, child, rest, bad);
    if (!s->found)
        s->count--;
}

static const struct leaf *leaf_of(const struct node *node, enum http_method method)
{
    if (method == HTTP_HEAD && !node->leaves[HTTP_HEAD].route)
        method = HTTP_GET;
    return node->leaves[method].route ? &node->leaves[method] : NULL;
}

static void settle(struct search *s, const struct node *node, bool bad)
{
    if (!node->has_leaf)
        return;
    if (!leaf_of(node, s->method)) {
        if (!s->other && !bad)
            s->other = node;
    } else if (!bad) {
        s->found = node;
    } else if (!s->bad) {
        s->bad = node;
        s->bad_count = s->count;
        memcpy(s->match->path, s->values, sizeof(s->values));
    }
}

/* `p` is what follows the node: NULL at the end of the path. */
static void walk(struct search *s, const struct node *node, const char *p, bool bad)
{
    if (node->api)
        s->nearest = node->api;
    if (!p) {
        settle(s, node, bad);
        return;
    }
    const char *slash = strchr(p, '/');
    size_t len = slash ? (size_t)(slash - p) : strlen(p);
    const char *rest = slash ? slash + 1 : NULL;
    bool encoded = memchr(p, '%', len) != NULL;
    const char *plain = encoded ? decode_segment(s->arena, p, len) : p;
    const struct node *literal = find_literal(node, plain, encoded ? strlen(plain) : len);
    if (literal)
        walk(s, literal, rest, bad);
    for (int type = 0; type < PARAM_REST && !s->found; type++) {
        const struct node *child = node->params[type];
        int64_t number = 0;
        if (child && fits((enum param_type)type, decode_segment(s->arena, p, len), &number))
            descend(s, child, p, len, rest, number, bad);
    }
    if (!s->found && node->params[PARAM_REST] && *p)
        descend(s, node->params[PARAM_REST], p, strlen(p), NULL, 0, bad);
    if (!s->found && !s->bad && node->params[PARAM_INT] && len) {
        size_t index = s->count;
        descend(s, node->params[PARAM_INT], p, len, rest, 0, true);
        if (s->bad && !s->match->bad_int) {
            s->match->bad_int = true;
            s->match->bad_index = index;
        }
    }
}

static unsigned methods_of(const struct node *node)
{
    unsigned methods = 0;
    for (int m = 0; m < HTTP_METHOD_COUNT; m++)
        methods |= node->leaves[m].route ? 1u << m : 0;
    return methods;
}

static const struct api *owner_of(const struct node *node)
{
    for (int m = 0; m < HTTP_METHOD_COUNT; m++) {
        if (node->leaves[m].route)
            return node->leaves[m].api;
    }
    return node->api;
}

/* Fills the match for one spelling of the path; true when a route was found. */
static bool find_once(const struct router *router, struct arena *a, enum http_method method,
                      const char *path, struct match *match)
{
    struct search s = {.arena = a, .match = match, .method = method};
    walk(&s, &router->root, path + 1, false);
    const struct node *node = s.found ? s.found : s.bad;
    if (s.found) {
        match->bad_int = false;
        memcpy(match->path, s.values, sizeof(s.values));
    }
    match->path_count = s.found ? s.count : s.bad_count;
    if (node) {
        const struct leaf *leaf = leaf_of(node, method);
        match->route = leaf->route;
        match->api = leaf->api;
    } else if (s.other) {
        match->api = owner_of(s.other);
    } else {
        match->api = s.nearest;
    }
    if (s.other)
        match->allowed = methods_of(s.other);
    match->path_known = node || s.other;
    return node != NULL;
}

/* With the final slash added, or removed. */
static char *toggle_slash(struct arena *a, const char *path)
{
    size_t len = strlen(path);
    if (len > 1 && path[len - 1] == '/')
        return arena_strndup(a, path, len - 1);
    return arena_printf(a, "%s/", path);
}

void router_find(const struct router *router, struct arena *a, enum http_method method,
                 const char *path, struct match *ret_match)
{
    *ret_match = (struct match){0};
    if (find_once(router, a, method, path, ret_match) && !ret_match->bad_int)
        return;
    struct match toggled = {0};
    bool found = find_once(router, a, method, toggle_slash(a, path), &toggled);
    toggled.other_slash = true;
    if ((found && !ret_match->route) || (toggled.path_known && !ret_match->path_known))
        *ret_match = toggled;
}
