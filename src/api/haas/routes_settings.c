/* Global settings (contract, section 11): views of the registry. */
#include <ctype.h>
#include <string.h>

#include "api/haas/haas.h"
#include "core/settings.h"

struct global_settings {
    int64_t id;
    const char *language;
    const char *country;
    int64_t updated_at;
};
SHAPE(haas_global_settings_shape, "GlobalSettings", struct global_settings, "How texts are looked up",
      F(struct global_settings, T_INT, id, .flags = FIELD_REQUIRED, .help = "Always 1"),
      FN("preferredMetadataLanguage", struct global_settings, T_TEXT, language, .flags = FIELD_REQUIRED),
      FN("countryCode", struct global_settings, T_TEXT, country, .flags = FIELD_REQUIRED),
      FN("updatedAt", struct global_settings, T_TIME, updated_at, .flags = FIELD_REQUIRED));
SHAPE(haas_settings_request_shape, "GlobalSettingsRequest", struct global_settings, "How texts are looked up",
      FN("preferredMetadataLanguage", struct global_settings, T_TEXT, language,
         .flags = FIELD_REQUIRED | FIELD_NOT_BLANK, MAX_VALUE(20)),
      FN("countryCode", struct global_settings, T_TEXT, country, .flags = FIELD_REQUIRED | FIELD_NOT_BLANK,
         BETWEEN(2, 2), .help = "Two letters"));

static struct err get(struct call *call)
{
    struct settings *s = call->core->settings;
    struct setting_history history = {0};
    TRY(settings_history(s, call->arena, 1, &history));
    return call_reply(call, &(struct global_settings){
                                .id = 1,
                                .language = settings_text(s, call->arena, "metadata.language"),
                                .country = settings_text(s, call->arena, "metadata.country"),
                                .updated_at = history.count ? history.items[0].at_us : call->core->started_us,
                            });
}

static void drop(void *value)
{
    json_decref(value);
}

static void change(struct call *call, struct setting_changes *changes, const char *key, const char *text)
{
    json_t *value = json_string(text);
    arena_defer(call->arena, drop, value);
    *arena_push(call->arena, changes) = (struct setting_change){key, value};
}

static struct err put(struct call *call)
{
    const struct global_settings *body = call->body;
    struct setting_changes changes = {0};
    if (!isalpha((unsigned char)body->country[0]) || !isalpha((unsigned char)body->country[1]))
        return call_mistake(call, "body", "countryCode", "must be two letters");
    change(call, &changes, "metadata.language", body->language);
    change(call, &changes, "metadata.country", body->country);
    struct err e = settings_change(call->core->settings, call->arena, &changes, call->who.name, "global settings",
                                   &call->mistakes);
    if (call->mistakes.count)
        return call_invalid(call);
    TRY(e);
    return get(call);
}

#define TAG "Settings"
ROUTES(haas_settings_routes,
       {HTTP_GET, "/api/global-settings", TAG, "Language and country of lookups", get,
        .reply = &haas_global_settings_shape, .flags = ROUTE_PREFIX_ONLY},
       {HTTP_PUT, "/api/global-settings", TAG, "Changes language and country of lookups", put,
        .body = &haas_settings_request_shape, .reply = &haas_global_settings_shape,
        .flags = ROUTE_PREFIX_ONLY | ROUTE_BLOCKING});
