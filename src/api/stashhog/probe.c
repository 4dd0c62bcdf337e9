/* Asking Stash and the OpenAI-compatible service whether they answer. */
#include <string.h>

#include "api/stashhog/stashhog.h"
#include "json/decode.h"
#include "net/net.h"

static const char *trim_slash(struct arena *a, const char *url)
{
    size_t len = strlen(url);
    while (len && url[len - 1] == '/')
        len--;
    return arena_strndup(a, url, len);
}

static json_t *parse(struct call *call, const struct net_reply *reply)
{
    struct mistakes ignored = {0};
    return json_read(call->arena, reply->body, reply->len, "upstream", &ignored);
}

static const char *status_text(struct call *call, int status)
{
    return status == 401 || status == 403 ? "The key was refused"
                                          : arena_printf(call->arena, "HTTP %d", status);
}

struct probe stashhog_probe_stash(struct call *call, const char *url, const char *api_key, int timeout_ms,
                                  bool guard)
{
    static const char query[] = "{\"query\":\"{ version { version } stats { scene_count performer_count } }\"}";
    struct probe p = {.configured = url && *url};
    struct net_reply reply;
    if (!p.configured) {
        p.error = "No Stash URL configured";
        return p;
    }
    const char *headers[] = {"Content-Type: application/json",
                             api_key && *api_key ? arena_printf(call->arena, "ApiKey: %s", api_key) : NULL, NULL};
    struct err e = net_send(
        call->core->net, call->arena,
        &(struct net_request){.url = arena_printf(call->arena, "%s/graphql", trim_slash(call->arena, url)),
                              .headers = headers,
                              .body = query,
                              .timeout_ms = timeout_ms,
                              .guard = guard},
        &reply);
    if (failed(e) || reply.status != 200) {
        p.error = failed(e) ? e.msg : status_text(call, reply.status);
        return p;
    }
    json_t *data = json_object_get(parse(call, &reply), "data");
    json_t *stats = json_object_get(data, "stats");
    p.version = arena_strdup(call->arena, json_string_value(json_object_get(json_object_get(data, "version"), "version")));
    p.scene_count = json_integer_value(json_object_get(stats, "scene_count"));
    p.performer_count = json_integer_value(json_object_get(stats, "performer_count"));
    if (!data)
        p.error = "Connection test failed";
    return p;
}

static void take_models(struct call *call, json_t *list, const char *model, struct probe *p)
{
    size_t index;
    json_t *entry;
    BUF(out);
    struct jw w = jw_to(&out);
    jw_array(&w);
    json_array_foreach (list, index, entry) {
        const char *id = json_string_value(json_object_get(entry, "id"));
        if (!id)
            continue;
        p->model_listed = p->model_listed || strcmp(id, model) == 0;
        if (p->model_count++ < 10)
            jw_text(&w, id);
    }
    jw_end(&w);
    p->models = arena_strndup(call->arena, out.data, out.len);
}

struct probe stashhog_probe_openai(struct call *call, const char *base_url, const char *api_key,
                                   const char *model, int timeout_ms, bool guard)
{
    struct probe p = {.configured = api_key && *api_key};
    struct net_reply reply;
    if (!p.configured) {
        p.error = "No OpenAI API key configured";
        return p;
    }
    const char *headers[] = {arena_printf(call->arena, "Authorization: Bearer %s", api_key), NULL};
    struct err e = net_send(
        call->core->net, call->arena,
        &(struct net_request){.url = arena_printf(call->arena, "%s/models", trim_slash(call->arena, base_url)),
                              .headers = headers,
                              .timeout_ms = timeout_ms,
                              .guard = guard},
        &reply);
    if (failed(e) || reply.status != 200) {
        p.error = failed(e) ? e.msg : status_text(call, reply.status);
        return p;
    }
    take_models(call, json_object_get(parse(call, &reply), "data"), model, &p);
    if (!p.model_listed)
        p.error = arena_printf(call->arena, "Model %s not available", model);
    return p;
}
