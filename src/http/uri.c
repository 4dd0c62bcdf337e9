/* Percent-encoding, request targets and query texts. */
#include "http/uri.h"

#include <string.h>
#include <strings.h>

#include "base/fold.h"
#include "http/http.h"

bool text_has_controls(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
            return true;
    return false;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Returns the decoded length, or SIZE_MAX when an escape is malformed. */
static size_t unescape(const char *s, size_t len, bool plus_is_space, char *to)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '%') {
            int high = i + 2 < len ? hex_value(s[i + 1]) : -1;
            int low = high >= 0 ? hex_value(s[i + 2]) : -1;
            if (low < 0)
                return SIZE_MAX;
            to[n++] = (char)(high * 16 + low);
            i += 2;
        } else {
            to[n++] = s[i] == '+' && plus_is_space ? ' ' : s[i];
        }
    }
    to[n] = 0;
    return n;
}

char *http_decode(struct arena *a, const char *s, size_t len, bool plus_is_space)
{
    char *to = arena_alloc(a, len + 1);
    size_t n = unescape(s, len, plus_is_space, to);
    if (n == SIZE_MAX || text_has_controls(to, n) || !utf8_valid(to, n))
        return NULL;
    return to;
}

/* A value that somebody typed or pasted: tabs and line breaks are white space, other controls are not text. */
static char *decode_value(struct arena *a, const char *s, size_t len)
{
    char *to = arena_alloc(a, len + 1);
    size_t n = unescape(s, len, true, to);
    if (n == SIZE_MAX || !utf8_valid(to, n))
        return NULL;
    for (size_t i = 0; i < n; i++) {
        if (text_has_controls(to + i, 1) && !memchr("\t\n\r", to[i], 3))
            return NULL;
    }
    return to;
}

static const char *skip_authority(const char *target)
{
    const char *rest = NULL;
    if (strncasecmp(target, "http://", 7) == 0)
        rest = target + 7;
    else if (strncasecmp(target, "https://", 8) == 0)
        rest = target + 8;
    if (!rest)
        return target;
    rest += strcspn(rest, "/?#");
    return *rest == '/' ? rest : "/";
}

struct err uri_split(struct arena *a, const char *target, const char **ret_path,
                     const char **ret_query)
{
    if (strcmp(target, "*") == 0)
        target = "/";
    target = skip_authority(target);
    if (target[0] != '/')
        return err_make(ERR_INVALID, "bad_target", "The request target is not a path");
    size_t len = strcspn(target, "?#");
    if (!http_decode(a, target, len, false))
        return err_make(ERR_INVALID, "bad_path",
                        "The path is not well-formed percent-encoded UTF-8");
    *ret_path = arena_strndup(a, target, len);
    const char *query = target[len] == '?' ? target + len + 1 : "";
    *ret_query = arena_strndup(a, query, strcspn(query, "#"));
    return OK;
}

struct err http_form_parse(struct arena *a, const char *text, size_t len,
                           const struct http_pair **ret_pairs, size_t *ret_count)
{
    struct {
        VEC(struct http_pair)
    } pairs = {0};
    for (const char *p = text, *end = text + len; p < end;) {
        const char *stop = memchr(p, '&', (size_t)(end - p));
        if (!stop)
            stop = end;
        const char *equals = memchr(p, '=', (size_t)(stop - p));
        if (!equals)
            equals = stop;
        if (stop > p) {
            const char *value = equals < stop ? equals + 1 : stop;
            struct http_pair pair = {
                http_decode(a, p, (size_t)(equals - p), true),
                decode_value(a, value, (size_t)(stop - value)),
            };
            if (!pair.name || !pair.value)
                return err_make(ERR_INVALID, "bad_query",
                                "A parameter is not well-formed percent-encoded UTF-8");
            *arena_push(a, &pairs) = pair;
        }
        p = stop + 1;
    }
    *ret_pairs = pairs.items;
    *ret_count = pairs.count;
    return OK;
}
