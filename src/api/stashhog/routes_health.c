/* Health (contract 3.1). */

#include "api/stashhog/stashhog.h"
#include "base/clock.h"
#include "core/settings.h"

#define PROBE_TIMEOUT_MS 2000

static struct err get_health(struct call *call)
{
    struct jw *w = call_json(call);
    jw_object(w);
    jw_kv_text(w, "status", "healthy");
    jw_end(w);
    return OK;
}

static const char *text_of(struct call *call, const char *key)
{
    return settings_text(call->core->settings, call->arena, key);
}

static void write_check(struct jw *w, const char *name, const char *status, const char *error)
{
    jw_key(w, name);
    jw_object(w);
    jw_kv_text(w, "status", status);
    jw_kv_text(w, "error", error);
    jw_end(w);
}

static struct err get_ready(struct call *call)
{
    int64_t one;
    struct err database = db_get_int(call_db(call), &one, "SELECT 1", "");
    struct probe stash = stashhog_probe_stash(call, text_of(call, "providers.stash.base_url"),
                                              text_of(call, "providers.stash.api_key"), PROBE_TIMEOUT_MS, false);
    struct probe openai = {0};
    const char *key = text_of(call, "providers.openai.api_key");
    if (key && *key)
        openai = stashhog_probe_openai(call, text_of(call, "providers.openai.base_url"), key,
                                       text_of(call, "providers.openai.model"), PROBE_TIMEOUT_MS, false);
    bool ready = !failed(database) && !stash.error;
    call_status(call, ready ? 200 : 503);
    struct jw *w = call_json(call);
    jw_object(w);
    jw_kv_text(w, "status", ready ? "ready" : "not ready");
    jw_key(w, "checks");
    jw_object(w);
    write_check(w, "database", failed(database) ? "not ready" : "ready", failed(database) ? database.msg : NULL);
    write_check(w, "stash", stash.error ? "not ready" : "ready", stash.error);
    write_check(w, "openai", !openai.configured ? "not configured" : openai.error ? "not ready" : "ready",
                openai.configured ? openai.error : NULL);
    jw_end(w);
    jw_end(w);
    return OK;
}

static struct err get_version(struct call *call)
{
    const char *key = text_of(call, "providers.openai.api_key");
    const char *url = text_of(call, "providers.stash.base_url");
    struct jw *w = call_json(call);
    jw_object(w);
    jw_kv_text(w, "name", "StashHog");
    jw_kv_text(w, "version", "1.0.0");
    jw_kv_text(w, "environment", "production");
    jw_kv_bool(w, "debug", 0);
    jw_key(w, "features");
    jw_object(w);
    jw_kv_bool(w, "stash", url && *url);
    jw_kv_bool(w, "openai", key && *key);
    jw_kv_bool(w, "authentication", 1);
    jw_end(w);
    jw_end(w);
    return OK;
}

static struct err get_ping(struct call *call)
{
    struct jw *w = call_json(call);
    jw_object(w);
    jw_kv_real(w, "timestamp", (double)time_now_us() / 1e6);
    jw_end(w);
    return OK;
}

#define TAG "Health"
#define OPEN .access = ACCESS_PUBLIC
ROUTES(stashhog_health_routes,
       {HTTP_GET, "/api/v1/health/", TAG, "The server answers", get_health, OPEN, .flags = ROUTE_ANY_JSON},
       {HTTP_GET, "/api/v1/health/ready", TAG, "Do database, Stash and OpenAI answer?", get_ready, OPEN,
        .flags = ROUTE_ANY_JSON | ROUTE_BLOCKING},
       {HTTP_GET, "/api/v1/health/version", TAG, "Name, version, features", get_version, OPEN,
        .flags = ROUTE_ANY_JSON},
       {HTTP_GET, "/api/v1/health/ping", TAG, "The time", get_ping, OPEN, .flags = ROUTE_ANY_JSON});
