/* What the providers share. */
#include "providers/provider.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "core/settings.h"
#include "json/decode.h"

#define REDIRECTS_MAX 5
#define HEADERS_MAX   8

/* --- settings -------------------------------------------------------------------------------------------------- */

const char *provider_setting(const struct asker *by, const char *key)
{
    const char *value = settings_text(by->core->settings, by->arena, key);
    if (!value || !value[strspn(value, " \t")] || strncasecmp(value, "YOUR_", 5) == 0)
        return NULL;
    return value;
}

static const char *environment_name(struct arena *a, const char *key)
{
    const struct setting *row = setting_find(key);
    if (row && row->environment)
        return arena_strndup(a, row->environment, strcspn(row->environment, " "));
    char *name = arena_printf(a, "MEDLEY_%s", key);
    for (char *p = name; *p; p++)
        *p = *p == '.' ? '_' : (char)toupper((unsigned char)*p);
    return name;
}

struct err provider_need(const struct asker *by, const struct provider *provider, const char *key,
                         const char **ret_value)
{
    const char *value = provider_setting(by, key);
    if (!value) {
        struct err e = err_f(by->arena, ERR_UNCONFIGURED, "not_configured",
                             "%s is not configured: set %s (or %s in the environment)", provider->title, key,
                             environment_name(by->arena, key));
        e.field = key;
        return e;
    }
    *ret_value = value;
    return OK;
}

/* --- addresses ------------------------------------------------------------------------------------------------- */

static void put_encoded(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (isalnum((unsigned char)*text) || strchr("-._~", *text))
            buf_putc(out, *text);
        else
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)*text);
    }
}

const char *provider_segment(struct arena *a, const char *text)
{
    BUF(out);
    put_encoded(&out, text);
    return arena_strndup(a, out.data ? out.data : "", out.len);
}

const char *provider_number(struct arena *a, int64_t value)
{
    return value == INT_NONE ? NULL : arena_printf(a, "%lld", (long long)value);
}

const char *provider_url(const struct asker *by, const struct provider *provider, const char *path, ...)
{
    BUF(url);
    const char *key = arena_printf(by->arena, "providers.%s.base_url", provider->service->name);
    const char *base = settings_text(by->core->settings, by->arena, key);
    const char *name;
    char mark = '?';
    va_list args;
    size_t len = base ? strlen(base) : 0;
    while (len && base[len - 1] == '/')
        len--;
    buf_append(&url, base, len);
    buf_puts(&url, path);
    va_start(args, path);
    while ((name = va_arg(args, const char *))) {
        const char *value = va_arg(args, const char *);
        if (!value)
            continue;
        buf_printf(&url, "%c%s=", mark, name);
        put_encoded(&url, value);
        mark = '&';
    }
    va_end(args);
    return arena_strndup(by->arena, url.data, url.len);
}

/* --- asking ---------------------------------------------------------------------------------------------------- */

/* The service's name before the reason, and one kind for all that is its fault. */
static struct err blame(const struct asker *by, const struct provider *provider, struct err e)
{
    if (e.kind == ERR_CANCELLED)
        return e;
    return err_f(by->arena, ERR_UPSTREAM, e.code, "%s: %s", provider->title, e.msg);
}

struct err provider_send(const struct asker *by, const struct provider *provider,
                         const struct provider_request *request, struct net_reply *ret_reply)
{
    const char *headers[HEADERS_MAX + 2] = {"Accept: application/json"};
    size_t count = 1;
    for (const char *const *h = request->headers; h && *h; h++) {
        CHECK(count <= HEADERS_MAX);
        headers[count++] = *h;
    }
    struct net_request wanted = {
        .service = provider->service,
        .method = request->method,
        .url = request->url,
        .headers = headers,
        .body = request->body,
        .repeatable = request->repeatable,
        .redirects = REDIRECTS_MAX,
        .timeout_ms = (int)settings_int(by->core->settings, "http.timeout") * 1000,
        .patience_ms = by->patience_ms,
        .cancelled = by->cancelled,
    };
    struct err e = net_send(by->core->net, by->arena, &wanted, ret_reply);
    return failed(e) ? blame(by, provider, e) : OK;
}

/* {"message": "..."}, {"error": "..."} and {"error": {"message": "..."}} */
static const char *reason_in(const json_t *json)
{
    const json_t *error = json_object_get(json, "error");
    const char *text = json_string_value(json_object_get(json, "message"));
    if (!text)
        text = json_is_object(error) ? json_string_value(json_object_get(error, "message"))
                                     : json_string_value(error);
    return text;
}

static struct err refusal(const struct asker *by, const struct provider *provider, int status, const json_t *json)
{
    const char *reason = reason_in(json);
    if (status == 404 || status == 410)
        return err_f(by->arena, ERR_NOT_FOUND, "upstream_not_found", "Not found at %s", provider->title);
    if (status == 401 || status == 403)
        return err_f(by->arena, ERR_UPSTREAM, "upstream_refused", "%s refused the request (HTTP %d%s%s)",
                     provider->title, status, reason ? ": " : "", reason ? reason : "");
    return err_f(by->arena, ERR_UPSTREAM, status == 429 ? "upstream_throttled" : "upstream_failed",
                 "%s answered HTTP %d%s%s", provider->title, status, reason ? ": " : "", reason ? reason : "");
}

struct err provider_judge(const struct asker *by, const struct provider *provider, const struct net_reply *reply,
                          json_t **ret_json)
{
    struct mistakes ignored = {0};
    const char *body = reply->body;
    size_t len = reply->len;
    if (len >= 3 && memcmp(body, "\xef\xbb\xbf", 3) == 0) { /* byte order mark */
        body += 3;
        len -= 3;
    }
    json_t *json = json_read(by->arena, body, len, "upstream", &ignored);
    if (reply->status >= 300)
        return refusal(by, provider, reply->status, json);
    if (!json)
        return err_f(by->arena, ERR_UPSTREAM, "upstream_garbage", "%s answered with something that is no JSON",
                     provider->title);
    *ret_json = json;
    return OK;
}

struct err provider_get(const struct asker *by, const struct provider *provider, const char *url,
                        const char *const *headers, json_t **ret_json)
{
    struct net_reply reply;
    struct provider_request request = {.url = url, .headers = headers};
    TRY(provider_send(by, provider, &request, &reply));
    return provider_judge(by, provider, &reply, ret_json);
}
