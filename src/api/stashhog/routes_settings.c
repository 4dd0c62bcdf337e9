/* Settings as document 002 shows them: a view of the one registry, secrets masked (contract 3.5, section 12). */
#include <string.h>

#include "api/stashhog/stashhog.h"
#include "core/settings.h"

#define MASK       "********"
#define VALUES_KEY "scenes.values"
#define TEST_MS    5000

/* The dotted name, the name that bulk changes use, and the registry's. */
struct view {
    const char *name;
    const char *bulk;
    const char *key;     /* NULL: fixed */
    const char *fixed;
    const char *description;
    bool listed;
    bool secret;
    bool restart;
};
static const struct view views[] = {
    {"app.name", NULL, NULL, "StashHog", "Application name", true, false, false},
    {"app.version", NULL, NULL, "1.0.0", "Application version", true, false, false},
    {"stash.url", "stash_url", "providers.stash.base_url", NULL, "Stash URL", true, false, true},
    {"stash.api_key", "stash_api_key", "providers.stash.api_key", NULL, "Stash API key", true, true, true},
    {"openai.api_key", "openai_api_key", "providers.openai.api_key", NULL, "OpenAI API key", true, true, false},
    {"openai.model", "openai_model", "providers.openai.model", NULL, "OpenAI model", true, false, false},
    {"openai.base_url", NULL, "providers.openai.base_url", NULL, "OpenAI-compatible service", false, false, false},
    {"analysis.batch_size", NULL, "scenes.analysis_batch_size", NULL, "Analysis batch size", true, false, false},
    {"analysis.confidence_threshold", "analysis_confidence_threshold", "scenes.analysis_confidence_threshold",
     NULL, "Analysis confidence threshold", true, false, false},
    {"security.secret_key", NULL, NULL, MASK, "Secret key", true, true, false},
    {"security.algorithm", NULL, NULL, "HS256", "JWT algorithm", true, false, false},
    {"sync.incremental", "sync_incremental", "scenes.sync_incremental", NULL, "Incremental sync", false, false,
     false},
    {"sync.batch_size", "sync_batch_size", "scenes.sync_batch_size", NULL, "Sync batch size", false, false, false},
};
#define VIEW_COUNT (sizeof(views) / sizeof(views[0]))

static const struct view *find_view(const char *name)
{
    for (size_t i = 0; i < VIEW_COUNT; i++) {
        if (strcmp(views[i].name, name) == 0 || (views[i].bulk && strcmp(views[i].bulk, name) == 0))
            return &views[i];
    }
    return NULL;
}

static void write_value(struct call *call, struct jw *w, const struct view *v)
{
    if (v->fixed) {
        jw_text(w, v->fixed);
        return;
    }
    const char *json = settings_json(call->core->settings, call->arena, v->key);
    if (v->secret && strcmp(json, "null") != 0)
        jw_text(w, MASK);
    else
        jw_raw(w, json);
}

static void write_setting(struct call *call, struct jw *w, const struct view *v, const char *name)
{
    jw_object(w);
    jw_kv_text(w, "key", name);
    jw_key(w, "value");
    write_value(call, w, v);
    jw_kv_text(w, "description", v->description);
    jw_end(w);
}

static struct err list_settings(struct call *call)
{
    const char *key;
    json_t *value;
    json_t *stored = settings_value(call->core->settings, call->arena, VALUES_KEY);
    struct jw *w = call_json(call);
    jw_array(w);
    for (size_t i = 0; i < VIEW_COUNT; i++) {
        if (views[i].listed)
            write_setting(call, w, &views[i], views[i].name);
    }
    json_object_foreach (stored, key, value) {
        jw_object(w);
        jw_kv_text(w, "key", key);
        jw_kv_raw(w, "value", json_keep(call->arena, value));
        jw_kv_text(w, "description", "");
        jw_end(w);
    }
    jw_end(w);
    return OK;
}

static struct err get_setting(struct call *call)
{
    const char *name = call_text(call, "key");
    const struct view *v = find_view(name);
    const json_t *stored = json_object_get(settings_value(call->core->settings, call->arena, VALUES_KEY), name);
    if (!v && !stored)
        return err_f(call->arena, ERR_NOT_FOUND, "setting_not_found", "Setting not found: %s", name);
    struct jw *w = call_json(call);
    if (v) {
        write_setting(call, w, v, name);
        return OK;
    }
    jw_object(w);
    jw_kv_text(w, "key", name);
    jw_kv_raw(w, "value", json_keep(call->arena, stored));
    jw_kv_text(w, "description", NULL);
    jw_end(w);
    return OK;
}

/* --- changing ------------------------------------------------------------------------------------------------ */

static void release(void *value)
{
    json_decref(value);
}

static bool is_text(const json_t *value, const char *text)
{
    return json_is_string(value) && strcmp(json_string_value(value), text) == 0;
}

/* null and "" mean the default; numbers may come as text; a mask leaves a secret as it is. */
static struct err add_change(struct call *call, const struct view *v, json_t *value,
                             struct setting_changes *changes)
{
    const struct setting *row = setting_find(v->key);
    if (v->secret && is_text(value, MASK))
        return OK;
    if (json_is_null(value) || is_text(value, "")) {
        value = row->fallback ? json_loads(row->fallback, JSON_DECODE_ANY, NULL) : json_null();
        arena_defer(call->arena, release, value);
    } else if (json_is_string(value) && row->type != SETTING_STRING) {
        json_t *read = setting_from_text(row, json_string_value(value));
        if (read) {
            arena_defer(call->arena, release, read);
            value = read;
        }
    } else if (json_is_string(value) && strcmp(v->name, "stash.url") == 0) {
        const char *url = json_string_value(value);
        size_t len = strlen(url);
        while (len && url[len - 1] == '/')
            len--;
        value = json_stringn(url, len);
        arena_defer(call->arena, release, value);
    }
    *arena_push(call->arena, changes) = (struct setting_change){v->key, value};
    return OK;
}

/* Mistakes come back under the registry's key; the client knows its own. */
static struct err apply(struct call *call, const struct setting_changes *changes, const char *note)
{
    struct mistakes found = {0};
    struct err e = settings_change(call->core->settings, call->arena, changes, call->who.name, note, &found);
    if (!failed(e) || !found.count)
        return e;
    for (size_t i = 0; i < found.count; i++) {
        const char *key = mistake_path(call->arena, &found.items[i]);
        for (size_t j = 0; j < VIEW_COUNT; j++) {
            if (views[j].key && strcmp(views[j].key, key) == 0)
                key = views[j].bulk ? views[j].bulk : views[j].name;
        }
        mistake_rule(call->arena, &call->mistakes, "body", key, found.items[i].text);
    }
    return call_invalid(call);
}

static struct err store_free(struct call *call, const char *name, json_t *value)
{
    struct setting_changes changes = {0};
    json_t *values = settings_value(call->core->settings, call->arena, VALUES_KEY);
    json_object_set(values, name, value);
    *arena_push(call->arena, &changes) = (struct setting_change){VALUES_KEY, values};
    return apply(call, &changes, arena_printf(call->arena, "Changed %s", name));
}

static struct err put_setting(struct call *call)
{
    const char *name = call_text(call, "key");
    const struct view *v = find_view(name);
    struct setting_changes changes = {0};
    if (!call->json) {
        mistake_add(call->arena, &call->mistakes, MISTAKE_MISSING, "body");
        return call_invalid(call);
    }
    json_t *value = json_is_object(call->json) ? json_object_get(call->json, "value") : call->json;
    if (!value)
        value = json_null();
    if (v && !v->key)
        return err_f(call->arena, ERR_INVALID, "read_only", "Setting is read-only: %s", name);
    if (v) {
        TRY(add_change(call, v, value, &changes));
        TRY(apply(call, &changes, arena_printf(call->arena, "Changed %s", name)));
    } else {
        TRY(store_free(call, name, value));
    }
    struct jw *w = call_json(call);
    jw_object(w);
    jw_kv_bool(w, "success", 1);
    jw_kv_text(w, "message", arena_printf(call->arena, "Setting '%s' updated successfully", name));
    jw_kv_text(w, "key", name);
    jw_key(w, "value");
    if (v)
        write_value(call, w, v);
    else
        jw_raw(w, json_keep(call->arena, value));
    jw_end(w);
    return OK;
}

static struct err put_settings(struct call *call)
{
    struct setting_changes changes = {0};
    const char *key;
    json_t *value;
    bool restart = false;
    if (!json_is_object(call->json)) {
        mistake_add(call->arena, &call->mistakes, call->json ? MISTAKE_NOT_OBJECT : MISTAKE_MISSING, "body");
        return call_invalid(call);
    }
    json_object_foreach (call->json, key, value) {
        const struct view *v = find_view(key);
        if (!v || !v->bulk || strcmp(v->bulk, key) != 0)
            return err_f(call->arena, ERR_INVALID, "unknown_setting", "Unknown setting key: %s", key);
        TRY(add_change(call, v, value, &changes));
        restart = restart || v->restart;
    }
    if (changes.count)
        TRY(apply(call, &changes, NULL));
    struct jw *w = call_json(call);
    jw_object(w);
    jw_kv_bool(w, "success", 1);
    jw_kv_text(w, "message", "Settings updated successfully");
    jw_key(w, "updated_fields");
    jw_array(w);
    json_object_foreach (call->json, key, value)
        jw_text(w, key);
    jw_end(w);
    jw_kv_bool(w, "requires_restart", restart);
    jw_end(w);
    return OK;
}

/* --- tests ----------------------------------------------------------------------------------------------------- */

struct test_body {
    const char *url;
    const char *base_url;
    const char *api_key;
    const char *model;
};
SHAPE(test_shape, "ServiceTest", struct test_body, "What to test; the settings where it says nothing",
      F(struct test_body, T_TEXT, url, .flags = FIELD_NULLABLE),
      F(struct test_body, T_TEXT, base_url, .flags = FIELD_NULLABLE),
      F(struct test_body, T_TEXT, api_key, .flags = FIELD_NULLABLE),
      F(struct test_body, T_TEXT, model, .flags = FIELD_NULLABLE));

/* What was sent, else the setting; *ret_foreign: it is not the setting, so it is not trusted. */
static const char *chosen(struct call *call, const char *sent, const char *key, bool *ret_foreign)
{
    const char *stored = settings_text(call->core->settings, call->arena, key);
    if (!sent || strcmp(sent, MASK) == 0)
        return stored;
    *ret_foreign = *ret_foreign || !stored || strcmp(sent, stored) != 0;
    return sent;
}

static void open_result(struct call *call, struct jw **ret_w, const char *service, const char *error,
                        const char *good, const char *bad)
{
    struct jw *w = call_json(call);
    jw_object(w);
    jw_kv_text(w, "service", service);
    jw_kv_bool(w, "success", error == NULL);
    jw_kv_text(w, "message", error ? arena_printf(call->arena, "%s: %s", bad, error) : good);
    jw_key(w, "details");
    jw_object(w);
    *ret_w = w;
}

static struct err test_stash(struct call *call)
{
    const struct test_body *body = call->body;
    bool foreign = false;
    bool ignored = false;
    struct jw *w;
    const char *url = chosen(call, body->url, "providers.stash.base_url", &foreign);
    const char *key = chosen(call, body->api_key, "providers.stash.api_key", &ignored);
    struct probe p = stashhog_probe_stash(call, url, key, TEST_MS, foreign);
    open_result(call, &w, "stash", p.error, "Successfully connected to Stash server", "Failed to connect to Stash");
    if (p.error) {
        jw_kv_text(w, "error", p.error);
        jw_kv_text(w, "url_tested", url);
    } else {
        jw_kv_text(w, "server_version", p.version);
        jw_kv_int(w, "scene_count", p.scene_count);
        jw_kv_int(w, "performer_count", p.performer_count);
    }
    jw_end(w);
    jw_end(w);
    return OK;
}

static struct err test_openai(struct call *call)
{
    const struct test_body *body = call->body;
    bool foreign = false;
    bool ignored = false;
    struct jw *w;
    const char *base = chosen(call, body->base_url, "providers.openai.base_url", &foreign);
    const char *key = chosen(call, body->api_key, "providers.openai.api_key", &ignored);
    const char *model = chosen(call, body->model, "providers.openai.model", &ignored);
    struct probe p = stashhog_probe_openai(call, base, key, model, TEST_MS, foreign);
    open_result(call, &w, "openai", p.error, "Successfully connected to OpenAI", "Failed to connect to OpenAI");
    if (p.error) {
        jw_kv_text(w, "error", p.error);
        jw_kv_text(w, "model_attempted", model);
    } else {
        jw_kv_text(w, "model", model);
        jw_kv_raw(w, "available_models", p.models);
        jw_kv_int(w, "total_models", p.model_count);
    }
    jw_end(w);
    jw_end(w);
    return OK;
}

#define TAG "Settings"
#define CHANGES .flags = ROUTE_ANY_JSON | ROUTE_BLOCKING
#define TESTS .body = &test_shape, .flags = ROUTE_ANY_JSON | ROUTE_BLOCKING | ROUTE_OPTIONAL_BODY
ROUTES(stashhog_setting_routes,
       {HTTP_GET, "/api/v1/settings/", TAG, "Settings, secrets masked", list_settings, .flags = ROUTE_ANY_JSON},
       {HTTP_PUT, "/api/v1/settings/", TAG, "Changes several; all or nothing", put_settings, CHANGES},
       {HTTP_POST, "/api/v1/settings/test-stash", TAG, "Asks the Stash server", test_stash, TESTS},
       {HTTP_POST, "/api/v1/settings/test-openai", TAG, "Asks the OpenAI-compatible service", test_openai, TESTS},
       {HTTP_GET, "/api/v1/settings/{key}", TAG, "One setting", get_setting, .flags = ROUTE_ANY_JSON},
       {HTTP_PUT, "/api/v1/settings/{key}", TAG, "Changes one setting", put_setting, CHANGES});
