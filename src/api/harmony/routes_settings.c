/* Settings as flat text keys (contract 3.12, section 13): a view of the one registry. */
#include <string.h>

#include "api/harmony/harmony.h"
#include "base/clock.h"
#include "core/settings.h"
#include "domain/intake/preference.h"
#include "json/encode.h"

/* Keys that clients know, and the registry's. All others live in music.values. */
static const struct {
    const char *name;
    const char *key;
} mapped[] = {
    {"SPOTIFY_CLIENT_ID", "apis.spotify.auth.client_id"},
    {"SPOTIFY_CLIENT_SECRET", "apis.spotify.auth.client_secret"},
    {"SPOTIFY_REDIRECT_URI", "providers.spotify.redirect_uri"},
    {"PLEX_BASE_URL", "providers.plex.base_url"},
    {"PLEX_TOKEN", "providers.plex.token"},
    {"PLEX_LIBRARY", "providers.plex.library"},
    {"SLSKD_URL", "providers.slskd.base_url"},
    {"SLSKD_API_KEY", "providers.slskd.api_key"},
    {"sync_worker_concurrency", "music.sync_worker_concurrency"},
    {"matching_worker_batch_size", "music.matching_worker_batch_size"},
    {"autosync_min_bitrate", "music.autosync_min_bitrate"},
    {"autosync_preferred_formats", "music.autosync_preferred_formats"},
};
#define MAPPED_COUNT (sizeof(mapped) / sizeof(mapped[0]))
#define VALUES_KEY   "music.values"
#define HISTORY_MAX  50

static const char *registry_key(const char *name)
{
    for (size_t i = 0; i < MAPPED_COUNT; i++) {
        if (strcmp(mapped[i].name, name) == 0)
            return mapped[i].key;
    }
    return NULL;
}

/* Every value is text here. */
static const char *as_text(struct call *call, const json_t *value)
{
    if (!value || json_is_null(value))
        return NULL;
    return json_is_string(value) ? arena_strdup(call->arena, json_string_value(value))
                                 : json_keep(call->arena, value);
}

const char *harmony_value(struct call *call, const char *name)
{
    const char *key = registry_key(name);
    return key ? as_text(call, settings_value(call->core->settings, call->arena, key)) : NULL;
}

/* --- reading --------------------------------------------------------------------------------------------- */

static struct err newest_change(struct call *call, int64_t *ret_us)
{
    struct setting_history history = {0};
    TRY(settings_history(call->core->settings, call->arena, 1, &history));
    *ret_us = history.count ? history.items[0].at_us : time_now_us();
    return OK;
}

static struct err get_settings(struct call *call)
{
    const char *key;
    json_t *value;
    int64_t updated_us;
    TRY(newest_change(call, &updated_us));
    json_t *values = settings_value(call->core->settings, call->arena, VALUES_KEY);
    struct jw *w = call_json(call);
    jw_object(w);
    jw_key(w, "settings");
    jw_object(w);
    for (size_t i = 0; i < MAPPED_COUNT; i++)
        jw_kv_text(w, mapped[i].name, harmony_value(call, mapped[i].name));
    json_object_foreach (values, key, value) {
        if (!registry_key(key))
            jw_kv_text(w, key, as_text(call, value));
    }
    jw_end(w);
    jw_kv_time(w, "updated_at", updated_us);
    jw_end(w);
    return OK;
}

/* --- writing --------------------------------------------------------------------------------------------- */

struct setting_body {
    const char *key;
    const char *value;
};
SHAPE(setting_body_shape, "SettingUpdate", struct setting_body, "A key and its new value",
      F(struct setting_body, T_TEXT, key, .flags = FIELD_REQUIRED, MAX_VALUE(200)),
      F(struct setting_body, T_TEXT, value, .flags = FIELD_REQUIRED | FIELD_NULLABLE, MAX_VALUE(4000)));

static void release(void *value)
{
    json_decref(value);
}

static struct err mapped_change(struct call *call, const char *key, const char *text,
                                struct setting_change *ret)
{
    const struct setting *row = setting_find(key);
    json_t *value = text ? setting_from_text(row, text) : NULL;
    if (!text) /* null means: as if it had never been set */
        value = row->fallback ? json_loads(row->fallback, JSON_DECODE_ANY, NULL) : json_null();
    if (!value)
        return call_mistake(call, "body", "value", "Value does not fit this setting");
    arena_defer(call->arena, release, value);
    *ret = (struct setting_change){key, value};
    return OK;
}

static struct err post_setting(struct call *call)
{
    const struct setting_body *body = call->body;
    struct setting_changes changes = {0};
    struct mistakes mistakes = {0};
    if (!body->key[strspn(body->key, " \t\r\n")])
        return err_field(ERR_INVALID, "empty_key", "key", "Key must not be empty");
    const char *key = registry_key(body->key);
    struct setting_change *change = arena_push(call->arena, &changes);
    if (key) {
        TRY(mapped_change(call, key, body->value, change));
    } else {
        json_t *values = settings_value(call->core->settings, call->arena, VALUES_KEY);
        json_object_set_new(values, body->key, body->value ? json_string(body->value) : json_null());
        *change = (struct setting_change){VALUES_KEY, values};
    }
    struct err e = settings_change(call->core->settings, call->arena, &changes, call->who.name,
                                   arena_printf(call->arena, "Changed %s", body->key), &mistakes);
    if (failed(e) && mistakes.count)
        return err_f(call->arena, ERR_INVALID, "bad_setting", "%s %s", body->key,
                     mistake_text(call->arena, &mistakes.items[0]));
    TRY(e);
    return get_settings(call);
}

/* --- history --------------------------------------------------------------------------------------------- */

struct history_writer {
    struct call *call;
    struct jw *w;
    int left;
    int64_t at_us;
};

static void write_change(struct history_writer *h, const char *name, const json_t *before, const json_t *after)
{
    if (h->left <= 0 || json_equal(before, after) || (!before && !after))
        return;
    h->left--;
    jw_object(h->w);
    jw_kv_text(h->w, "key", name);
    jw_kv_text(h->w, "old_value", as_text(h->call, before));
    jw_kv_text(h->w, "new_value", as_text(h->call, after));
    jw_kv_time(h->w, "changed_at", h->at_us);
    jw_end(h->w);
}

static void write_version(struct history_writer *h, const json_t *before, const json_t *after)
{
    const char *key;
    json_t *value;
    const json_t *old_values = json_object_get(before, VALUES_KEY);
    const json_t *new_values = json_object_get(after, VALUES_KEY);
    for (size_t i = 0; i < MAPPED_COUNT; i++)
        write_change(h, mapped[i].name, json_object_get(before, mapped[i].key),
                     json_object_get(after, mapped[i].key));
    json_object_foreach ((json_t *)(uintptr_t)new_values, key, value)
        write_change(h, key, json_object_get(old_values, key), value);
}

static struct err get_history(struct call *call)
{
    struct history_writer h = {.call = call, .left = HISTORY_MAX};
    struct setting_history history = {0};
    TRY(settings_history(call->core->settings, call->arena, SETTING_HISTORY_MAX, &history));
    h.w = call_json(call);
    jw_object(h.w);
    jw_key(h.w, "history");
    jw_array(h.w);
    for (size_t i = 0; i < history.count; i++) {
        struct mistakes ignored = {0};
        const struct setting_version *v = &history.items[i];
        h.at_us = v->at_us;
        write_version(&h, json_read(call->arena, v->before, strlen(v->before), "history", &ignored),
                      json_read(call->arena, v->after, strlen(v->after), "history", &ignored));
    }
    jw_end(h.w);
    jw_end(h.w);
    return OK;
}

/* --- which releases of an artist a person wants ----------------------------------------------------------- */

struct preferences_body {
    struct list preferences;
};
SHAPE(preferences_shape, "ArtistPreferences", struct preferences_body, "By artist and release",
      F(struct preferences_body, T_LIST, preferences, .item = T_OBJECT, .shape = &preference_shape,
        .flags = FIELD_EMPTY_LIST));

static struct err get_preferences(struct call *call)
{
    struct preferences found = {0};
    TRY(preferences_list(call_db(call), call->arena, &found));
    struct preferences_body reply = {{found.items, found.count}};
    return call_reply(call, &reply);
}

static struct err post_preferences(struct call *call)
{
    const struct preferences_body *body = call->body;
    TX(tx);
    TRY(db_begin(call->core->db, &tx));
    TRY(preferences_put(tx.conn, call->arena, body->preferences.items, body->preferences.count));
    TRY(db_commit(&tx));
    return get_preferences(call);
}

#define TAG "Settings"
ROUTES(harmony_setting_routes,
       {HTTP_GET, "/settings", TAG, "Every setting as text", get_settings, .flags = ROUTE_ANY_JSON},
       {HTTP_POST, "/settings", TAG, "Changes one setting", post_setting, .body = &setting_body_shape,
        .flags = ROUTE_ANY_JSON | ROUTE_BLOCKING},
       {HTTP_GET, "/settings/history", TAG, "The newest 50 changes", get_history, .flags = ROUTE_ANY_JSON},
       {HTTP_GET, "/settings/artist-preferences", TAG, "Which releases are wanted", get_preferences,
        .reply = &preferences_shape},
       {HTTP_POST, "/settings/artist-preferences", TAG, "Says which releases are wanted", post_preferences,
        .body = &preferences_shape, .reply = &preferences_shape, .flags = ROUTE_BLOCKING});
