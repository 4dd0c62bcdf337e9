/* From libmicrohttpd's connection to a checked struct http_request. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/fold.h"
#include "http/internal.h"
#include "http/uri.h"

const char *http_header(const struct http_request *req, const char *name)
{
    const struct http_exchange *x = req->exchange;
    for (size_t i = 0; i < x->headers.count; i++)
        if (strcasecmp(x->headers.items[i].name, name) == 0)
            return x->headers.items[i].value;
    return NULL;
}

/* Finds name=value in one Cookie header. */
static const char *cookie_in(struct arena *a, const char *header, const char *name)
{
    size_t name_len = strlen(name);
    for (const char *p = header; *p;) {
        p += strspn(p, " \t;");
        size_t len = strcspn(p, ";");
        if (len > name_len && p[name_len] == '=' && strncmp(p, name, name_len) == 0) {
            const char *value = p + name_len + 1;
            size_t value_len = len - name_len - 1;
            while (value_len && (value[value_len - 1] == ' ' || value[value_len - 1] == '\t'))
                value_len--;
            if (value_len >= 2 && value[0] == '"' && value[value_len - 1] == '"') {
                value++;
                value_len -= 2;
            }
            return arena_strndup(a, value, value_len);
        }
        p += len;
    }
    return NULL;
}

const char *http_cookie(const struct http_request *req, const char *name)
{
    const struct http_exchange *x = req->exchange;
    for (size_t i = 0; i < x->headers.count; i++) {
        if (strcasecmp(x->headers.items[i].name, "Cookie") != 0)
            continue;
        const char *value = cookie_in(req->arena, x->headers.items[i].value, name);
        if (value)
            return value;
    }
    return NULL;
}

const char *http_query(const struct http_request *req, const char *name)
{
    for (size_t i = 0; i < req->query_count; i++)
        if (strcmp(req->query[i].name, name) == 0)
            return req->query[i].value;
    return NULL;
}

static enum http_method method_of(const char *text)
{
    for (enum http_method m = 0; m < HTTP_OTHER; m++)
        if (strcmp(text, http_method_name(m)) == 0)
            return m;
    return HTTP_OTHER;
}

static const char *peer_text(struct arena *a, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char text[INET6_ADDRSTRLEN] = "";
    const struct sockaddr *address = info ? info->client_addr : NULL;
    if (address && address->sa_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr, text,
                  sizeof(text));
    } else if (address && address->sa_family == AF_INET6) {
        const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(six))
            inet_ntop(AF_INET, &six->s6_addr[12], text, sizeof(text));
        else
            inet_ntop(AF_INET6, six, text, sizeof(text));
    }
    return arena_strdup(a, text);
}

/* With n proxies the n-th address from the end is what the outermost of them saw. Whoever comes around the
 * proxies, or sends nonsense, is known by the socket. */
static const char *caller(struct http_exchange *x, const char *peer)
{
    unsigned char binary[sizeof(struct in6_addr)];
    const char *found = NULL;
    int wanted = x->server->trusted_proxies;
    for (size_t i = x->headers.count; wanted > 0 && i-- > 0;) {
        if (strcasecmp(x->headers.items[i].name, "X-Forwarded-For") != 0)
            continue;
        const char *list = x->headers.items[i].value;
        for (const char *end = list + strlen(list); wanted > 0 && end > list;) {
            const char *start = end;
            while (start > list && start[-1] != ',')
                start--;
            const char *word = start + strspn(start, " \t");
            size_t len = (size_t)(end - word);
            while (len && strchr(" \t", word[len - 1]))
                len--;
            found = arena_strndup(&x->arena, word, len);
            wanted--;
            end = start > list ? start - 1 : list;
        }
    }
    bool sane = found && (inet_pton(AF_INET, found, binary) == 1 || inet_pton(AF_INET6, found, binary) == 1);
    return sane ? found : peer;
}

static enum MHD_Result take_header(void *data, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    (void)kind;
    struct http_exchange *x = data;
    struct http_pair *pair = arena_push(&x->arena, &x->headers);
    /* The texts live in the connection's pool until the request is over. */
    *pair = (struct http_pair){name, value ? value : ""};
    x->head_bytes += strlen(pair->name) + strlen(pair->value) + 4;
    return MHD_YES;
}

static bool clean_header(const char *s)
{
    bool ascii = true;
    for (const char *p = s; *p; p++) {
        if (((unsigned char)*p < 0x20 && *p != '\t') || *p == 0x7f)
            return false;
        ascii = ascii && (unsigned char)*p < 0x80;
    }
    return ascii || utf8_valid(s, strlen(s));
}

static struct err check_headers(struct http_exchange *x)
{
    for (size_t i = 0; i < x->headers.count; i++)
        if (!clean_header(x->headers.items[i].name) || !clean_header(x->headers.items[i].value))
            return err_make(ERR_INVALID, "bad_header",
                            "A header is not UTF-8 or holds control bytes");
    return OK;
}

static int64_t parse_length(const char *text)
{
    int64_t value = 0;
    for (const char *p = text; *p; p++)
        if (*p < '0' || *p > '9' || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, *p - '0', &value))
            return -1;
    return *text ? value : -1;
}

/* A message whose length can be read in two ways is how requests are smuggled past proxies. */
static struct err check_length(struct http_exchange *x)
{
    const char *encoding = NULL, *length = NULL;
    bool unclear = false;
    for (size_t i = 0; i < x->headers.count; i++) {
        const struct http_pair *h = &x->headers.items[i];
        if (strcasecmp(h->name, "Transfer-Encoding") == 0) {
            unclear = unclear || encoding;
            encoding = h->value;
        } else if (strcasecmp(h->name, "Content-Length") == 0) {
            unclear = unclear || (length && strcmp(length, h->value) != 0);
            length = h->value;
        }
    }
    if (unclear || (encoding && (length || strcasecmp(encoding, "chunked") != 0)))
        return err_make(ERR_INVALID, "bad_length", "The length of the body is ambiguous");
    x->content_length = encoding ? -1 : 0;
    if (length && (x->content_length = parse_length(length)) < 0)
        return err_make(ERR_INVALID, "bad_length", "Content-Length is not a number");
    return OK;
}

static bool sane_id(const char *id)
{
    size_t len = id ? strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
                    : 0;
    return len > 0 && len <= 16 && id[len] == 0;
}

/* A counter scrambled with the server's random seed (splitmix64): unique, and nothing to guess from. */
static void make_id(struct http_server *server, char id[17])
{
    uint64_t z = server->id_seed + atomic_fetch_add(&server->next_id, 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    for (int i = 15; i >= 0; i--, z >>= 4)
        id[i] = "0123456789abcdef"[z & 15];
    id[16] = 0;
}

struct err request_build(struct http_exchange *x, const char *method)
{
    struct http_request *req = &x->req;
    req->method = method_of(method);
    req->method_text = arena_strdup(&x->arena, method);
    req->peer = peer_text(&x->arena, x->connection);
    req->listener = x->server->name;
    /* What refuse() sees when the rest cannot be read. */
    req->raw_path = "/";
    req->body = "";
    make_id(x->server, req->id);
    x->head_bytes = strlen(x->target) + strlen(method) + 12;
    MHD_get_connection_values(x->connection, MHD_HEADER_KIND, take_header, x);
    struct err headers = check_headers(x);
    if (failed(headers)) {
        x->headers.count = 0;
        x->unframed = true;
        return headers;
    }
    req->peer = caller(x, req->peer);
    const char *id = http_header(req, "X-Request-ID");
    if (sane_id(id))
        memcpy(req->id, id, strlen(id) + 1);
    const char *expect = http_header(req, "Expect");
    x->expects_continue = expect && strcasecmp(expect, "100-continue") == 0;
    x->unframed = true;
    TRY(check_length(x));
    x->unframed = false;
    if (x->head_bytes > HEAD_LIMIT_BYTES)
        return err_make(ERR_TOO_LARGE, "head_too_large", "The request's headers are too large");
    const char *query;
    TRY(uri_split(&x->arena, x->target, &req->raw_path, &query));
    return http_form_parse(&x->arena, query, strlen(query), &req->query, &req->query_count);
}
