/* Phase configuration and asset limits (contract 13), kept in the common registry of settings. */
#include <ctype.h>
#include <string.h>

#include "api/metarr/metarr.h"
#include "core/settings.h"

#define TAG "Settings"

/* The envelope carries the time, so the tag is of the settings and not of the bytes. True: 304 was answered. */
static bool is_unchanged(struct call *call)
{
    const char *known = http_header(call->req, "If-None-Match");
    call->resp->etag = arena_printf(call->arena, "\"%llx-%llx\"", (unsigned long long)call->core->started_us,
                                    (unsigned long long)settings_generation(call->core->settings));
    call_header(call, "Cache-Control", "private, max-age=3600");
    if (!known || !strstr(known, call->resp->etag))
        return false;
    IGNORE(call_empty(call, 304)); /* cannot fail */
    return true;
}

/* --- phase configuration --------------------------------------------------------------------------------------- */

struct phase_key {
    const char *phase;
    const char *name;
    const char *setting;
    const char *alias; /* another key that PATCH takes */
};
static const struct phase_key phase_keys[] = {
    {"enrichment", "fetchProviderAssets", "movies.enrichment.fetch_provider_assets", NULL},
    {"enrichment", "autoSelectAssets", "movies.enrichment.auto_select_assets", NULL},
    {"enrichment", "preferredLanguage", "movies.enrichment.preferred_language", "enrichment.language"},
    {"publish", "publishAssets", "movies.publish.assets", "publish.assets"},
    {"publish", "publishActors", "movies.publish.actors", "publish.actors"},
    {"publish", "publishTrailers", "movies.publish.trailers", "publish.trailers"},
    {"general", "autoPublish", "movies.auto_publish", NULL},
};
#define PHASE_KEYS (sizeof(phase_keys) / sizeof(phase_keys[0]))
static const char *const phases[] = {"enrichment", "publish", "general", "scan", "playerSync"};

static void write_phase(struct call *call, struct jw *w, const char *phase)
{
    jw_key(w, phase);
    jw_object(w);
    for (size_t i = 0; i < PHASE_KEYS; i++) {
        if (strcmp(phase_keys[i].phase, phase) == 0)
            jw_kv_raw(w, phase_keys[i].name,
                      settings_json(call->core->settings, call->arena, phase_keys[i].setting));
    }
    jw_end(w);
}

static struct err reply_config(struct call *call)
{
    struct jw *w = call_json(call);
    jw_object(w);
    for (size_t i = 0; i < 3; i++)
        write_phase(call, w, phases[i]);
    jw_end(w);
    return OK;
}

static struct err get_config(struct call *call)
{
    return is_unchanged(call) ? OK : reply_config(call);
}

static struct err get_phase(struct call *call)
{
    if (is_unchanged(call))
        return OK;
    const char *wanted = call_text(call, "phase");
    for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]); i++) {
        if (strcmp(phases[i], wanted) != 0)
            continue;
        struct jw *w = call_json(call);
        jw_object(w);
        write_phase(call, w, wanted);
        jw_end(w);
        return OK;
    }
    return err_f(call->arena, ERR_NOT_FOUND, "phase_not_found", "Phase %s not found", wanted);
}

static const struct phase_key *find_key(const char *dotted)
{
    for (size_t i = 0; i < PHASE_KEYS; i++) {
        const struct phase_key *k = &phase_keys[i];
        size_t len = strlen(k->phase);
        bool same = strncmp(dotted, k->phase, len) == 0 && dotted[len] == '.' && strcmp(dotted + len + 1, k->name) == 0;
        if (same || (k->alias && strcmp(k->alias, dotted) == 0))
            return k;
    }
    return NULL;
}

static bool is_language(const json_t *value)
{
    const char *text = json_string_value(value);
    return text && strlen(text) == 2 && isalpha((unsigned char)text[0]) && isalpha((unsigned char)text[1]);
}

static void take_key(struct call *call, const char *dotted, json_t *value, struct setting_changes *changes)
{
    const struct phase_key *key = find_key(dotted);
    if (!key) {
        mistake_rule(call->arena, &call->mistakes, "body", dotted, "is not a known setting");
        return;
    }
    bool language = strcmp(key->name, "preferredLanguage") == 0;
    if (language ? !is_language(value) : !json_is_boolean(value)) {
        mistake_rule(call->arena, &call->mistakes, "body", dotted,
                     language ? "must be a language of two letters" : "must be true or false");
        return;
    }
    *arena_push(call->arena, changes) = (struct setting_change){key->setting, value};
}

/* Flat dotted keys, or objects within objects. */
static void take_keys(struct call *call, json_t *body, struct setting_changes *changes)
{
    const char *key;
    const char *inner;
    json_t *value;
    json_t *leaf;
    json_object_foreach (body, key, value) {
        if (!json_is_object(value)) {
            take_key(call, arena_strdup(call->arena, key), value, changes);
            continue;
        }
        json_object_foreach (value, inner, leaf)
            take_key(call, arena_printf(call->arena, "%s.%s", key, inner), leaf, changes);
    }
}

static struct err change(struct call *call, const struct setting_changes *changes)
{
    struct settings *s = call->core->settings;
    TRY(settings_change(s, call->arena, changes, call->who.name, "metarr", &call->mistakes));
    return call->mistakes.count ? call_invalid(call) : OK;
}

static struct err patch_config(struct call *call)
{
    struct setting_changes changes = {0};
    if (!json_is_object(call->json))
        return err_make(ERR_INVALID, call->json ? "INVALID_FORMAT" : "MISSING_REQUIRED", "The body must be an object");
    take_keys(call, call->json, &changes);
    if (call->mistakes.count)
        return call_invalid(call);
    if (!changes.count)
        return err_make(ERR_INVALID, "MISSING_REQUIRED", "No settings to change");
    TRY(change(call, &changes));
    return reply_config(call);
}

/* --- asset limits ------------------------------------------------------------------------------------------------ */

static const char *const limit_types[] = {"poster",       "fanart",        "banner",      "clearlogo", "clearart",
                                          "landscape",    "keyart",        "thumb",       "artist_thumb",
                                          "artist_fanart", "album_cover",  "cdart",       "actor_thumb", "discart"};
#define LIMIT_TYPES (sizeof(limit_types) / sizeof(limit_types[0]))

static const char *limit_key(struct call *call, const char *type)
{
    return arena_printf(call->arena, "movies.asset_limits.%s", type);
}

static struct err get_limits(struct call *call)
{
    if (is_unchanged(call))
        return OK;
    struct jw *w = call_json(call);
    jw_object(w);
    for (size_t i = 0; i < LIMIT_TYPES; i++)
        jw_kv_int(w, limit_types[i], settings_int(call->core->settings, limit_key(call, limit_types[i])));
    jw_end(w);
    return OK;
}

static struct err find_type(struct call *call, const char **ret_type)
{
    const char *wanted = call_text(call, "type");
    if (strcmp(wanted, "logo") == 0)
        wanted = "clearlogo";
    for (size_t i = 0; i < LIMIT_TYPES; i++) {
        if (strcmp(limit_types[i], wanted) == 0) {
            *ret_type = limit_types[i];
            return OK;
        }
    }
    return err_f(call->arena, ERR_NOT_FOUND, "asset_type_not_found", "Asset type %s not found", wanted);
}

static struct err reply_limit(struct call *call, const char *type, bool by_name)
{
    int64_t limit = settings_int(call->core->settings, limit_key(call, type));
    struct jw *w = call_json(call);
    jw_object(w);
    jw_kv_text(w, "assetType", type);
    jw_kv_int(w, "limit", limit);
    if (by_name)
        jw_kv_int(w, type, limit);
    jw_end(w);
    return OK;
}

static struct err get_limit(struct call *call)
{
    const char *type;
    TRY(find_type(call, &type));
    return is_unchanged(call) ? OK : reply_limit(call, type, true);
}

struct limit_body {
    int64_t limit;
};
SHAPE(metarr_limit_body_shape, "MetarrAssetLimit", struct limit_body, "How many pictures of a type are kept",
      F(struct limit_body, T_INT, limit, .flags = FIELD_REQUIRED));

static struct err put_limit(struct call *call)
{
    const struct limit_body *body = call->body;
    struct setting_changes changes = {0};
    const char *type;
    TRY(find_type(call, &type));
    const struct setting *row = setting_find(limit_key(call, type));
    if ((double)body->limit < row->min || (double)body->limit > row->max) {
        struct err e = err_f(call->arena, ERR_UNPROCESSABLE, "out_of_range", "Limit must be between %.0f and %.0f for %s",
                             row->min, row->max, type);
        e.field = "limit";
        return e;
    }
    *arena_push(call->arena, &changes) =
        (struct setting_change){row->key, json_object_get(call->json, "limit")};
    TRY(change(call, &changes));
    return reply_limit(call, type, false);
}

ROUTES(metarr_setting_routes,
       {HTTP_GET, "/api/v1/settings/phase-config", TAG, "What enrichment and publishing do", get_config,
        .flags = ROUTE_ANY_JSON},
       {HTTP_GET, "/api/v1/settings/phase-config/{phase}", TAG, "One phase", get_phase,
        .flags = ROUTE_ANY_JSON},
       {HTTP_PATCH, "/api/v1/settings/phase-config", TAG, "Changes phases: dotted keys or nested objects",
        patch_config, .flags = ROUTE_ANY_JSON, .bucket = "write"},
       {HTTP_GET, "/api/v1/settings/asset-limits", TAG, "How many pictures of each type are kept", get_limits,
        .flags = ROUTE_ANY_JSON},
       {HTTP_GET, "/api/v1/settings/asset-limits/{type}", TAG, "The limit of one type", get_limit,
        .flags = ROUTE_ANY_JSON},
       {HTTP_PUT, "/api/v1/settings/asset-limits/{type}", TAG, "Changes the limit of one type", put_limit,
        .body = &metarr_limit_body_shape, .flags = ROUTE_ANY_JSON, .bucket = "write"});
