/* Configuration as document 000 shows it: nested keys of the settings registry (contract 2.16, section 6). */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "api/fuzzbin/fuzzbin.h"
#include "core/settings.h"
#include "json/encode.h"
#include "net/net.h"

static const struct words safety_words = WORDS("safety_level", "safe", "requires_reload", "affects_state");

/* The groups that are document 000's own; the registry also holds the other APIs' settings. */
static const char *const groups[] = {"config_dir", "library_dir", "logging", "apis", "ytdlp", "ffprobe",
                                     "thumbnail", "nfo", "organizer", "tags", "backup", "trash",
                                     "nfo_export", "http"};

static bool is_ours(const char *key)
{
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        size_t len = strlen(groups[i]);
        if (strncmp(key, groups[i], len) == 0 && (!key[len] || key[len] == '.'))
            return true;
    }
    return false;
}

/* True when `key` is `path` or lies below it. */
static bool is_below(const char *path, const char *key)
{
    size_t len = strlen(path);
    return strncmp(key, path, len) == 0 && (!key[len] || key[len] == '.');
}

/* --- the nested object ---------------------------------------------------------------------------------- */

static void release(void *value)
{
    json_decref(value);
}

static void set_nested(json_t *root, const char *key, json_t *value)
{
    json_t *at = root;
    const char *p = key;
    for (const char *dot; (dot = strchr(p, '.')); p = dot + 1) {
        char name[64];
        snprintf(name, sizeof(name), "%.*s", (int)(dot - p), p);
        json_t *next = json_object_get(at, name);
        if (!next) {
            next = json_object();
            json_object_set_new(at, name, next);
        }
        at = next;
    }
    json_object_set(at, p, value);
}

/* Every setting at or below `path` ("" for all of document 000's) as nested objects. */
static json_t *nested(struct call *call, const char *path)
{
    json_t *root = json_object();
    arena_defer(call->arena, release, root);
    for (size_t i = 0; i < setting_row_count; i++) {
        const char *key = setting_rows[i].key;
        bool wanted = *path ? is_below(path, key) : is_ours(key);
        /* A credential that is not set is left out, as in a fresh configuration file. */
        json_t *value = wanted ? settings_value(call->core->settings, call->arena, key) : NULL;
        if (value && !(strncmp(key, "apis.", 5) == 0 && json_is_null(value)))
            set_nested(root, key, value);
    }
    if (!*path) {
        json_object_set_new(root, "database", json_object());
        if (!json_object_get(root, "apis"))
            json_object_set_new(root, "apis", json_null());
    }
    return root;
}

static struct err get_config(struct call *call)
{
    struct jw *w = call_json(call);
    jw_object(w);
    jw_kv_raw(w, "config", json_keep(call->arena, nested(call, "")));
    jw_kv_text(w, "config_path", arena_printf(call->arena, "%s/config.yaml", call->core->data_dir));
    jw_end(w);
    return OK;
}

/* --- one field ------------------------------------------------------------------------------------------- */

static int safety_of(const char *path)
{
    int highest = SETTING_SAFE;
    for (size_t i = 0; i < setting_row_count; i++) {
        if (is_below(path, setting_rows[i].key) && (int)setting_rows[i].safety > highest)
            highest = (int)setting_rows[i].safety;
    }
    return highest;
}

static struct err get_field(struct call *call)
{
    const char *path = call_text(call, "path");
    json_t *value = nested(call, path);
    for (const char *p = path; value && *p;) {
        char name[64];
        size_t len = strcspn(p, ".");
        snprintf(name, sizeof(name), "%.*s", (int)len, p);
        value = json_object_get(value, name);
        p += len + (p[len] == '.');
    }
    if (!value)
        return err_f(call->arena, ERR_NOT_FOUND, "config_not_found", "Config path not found: %s", path);
    struct jw *w = call_json(call);
    jw_object(w);
    jw_kv_text(w, "path", path);
    jw_kv_raw(w, "value", json_keep(call->arena, value));
    jw_kv_text(w, "safety_level", words_name(&safety_words, safety_of(path)));
    jw_end(w);
    return OK;
}

static struct err get_safety(struct call *call)
{
    static const char *const texts[] = {"Takes effect at once", "Takes effect after a reload",
                                        "Changes where data is kept: needs a restart"};
    const char *path = call_text(call, "path");
    int safety = safety_of(path);
    struct jw *w = call_json(call);
    jw_object(w);
    jw_kv_text(w, "path", path);
    jw_kv_text(w, "safety_level", words_name(&safety_words, safety));
    jw_kv_text(w, "description", texts[safety]);
    jw_end(w);
    return OK;
}

/* --- change ---------------------------------------------------------------------------------------------- */

struct config_update {
    const char *updates;
    const char *description;
    int8_t force;
};
SHAPE(config_update_shape, "ConfigUpdateRequest", struct config_update, "Dotted paths and their new values",
      F(struct config_update, T_JSON, updates, .flags = FIELD_REQUIRED),
      F(struct config_update, T_TEXT, description, .flags = FIELD_NULLABLE, MAX_VALUE(500)),
      F(struct config_update, T_BOOL, force, .fallback = "false"));

/* {"nfo": {...}} and {"nfo.write_artist_nfo": true} both address settings. */
static void flatten(struct call *call, const char *path, json_t *value, struct setting_changes *changes)
{
    const char *key;
    json_t *member;
    if (!setting_find(path) && json_is_object(value) && json_object_size(value)) {
        json_object_foreach (value, key, member)
            flatten(call, arena_printf(call->arena, "%s.%s", path, key), member, changes);
        return;
    }
    *arena_push(call->arena, changes) = (struct setting_change){arena_strdup(call->arena, path), value};
}

/* Enums are stored in their row's spelling whatever case was sent. */
static void fold_enum(struct call *call, struct setting_change *change)
{
    const struct setting *row = setting_find(change->key);
    if (!row || row->type != SETTING_ENUM || !json_is_string(change->value))
        return;
    const char *text = json_string_value(change->value);
    for (const char *p = row->words; *p;) {
        size_t len = strcspn(p, "|");
        if (strlen(text) == len && strncasecmp(p, text, len) == 0) {
            change->value = json_stringn(p, len);
            arena_defer(call->arena, release, change->value);
            return;
        }
        p += len + (p[len] == '|');
    }
}

static void write_actions(struct jw *w, const struct setting_changes *changes)
{
    jw_key(w, "required_actions");
    jw_array(w);
    for (size_t i = 0; i < changes->count; i++) {
        const struct setting *row = setting_find(changes->items[i].key);
        const char *target;
        const char *action = row ? setting_action(row, &target) : NULL;
        if (!action || row->safety == SETTING_SAFE)
            continue;
        jw_object(w);
        jw_kv_text(w, "action_type", action);
        jw_kv_text(w, "target", target);
        jw_kv_text(w, "description", "Restart the server for this to take effect");
        jw_end(w);
    }
    jw_end(w);
}

static int highest(const struct setting_changes *changes)
{
    int level = SETTING_SAFE;
    for (size_t i = 0; i < changes->count; i++) {
        const struct setting *row = setting_find(changes->items[i].key);
        if (row && (int)row->safety > level)
            level = (int)row->safety;
    }
    return level;
}

static struct err reply_conflict(struct call *call, const struct setting_changes *changes)
{
    call_status(call, 409);
    struct jw *w = call_json(call);
    jw_object(w);
    jw_key(w, "detail");
    jw_object(w);
    jw_kv_text(w, "detail", "Configuration change requires confirmation");
    jw_kv_text(w, "error_type", "config_conflict");
    jw_key(w, "affected_fields");
    jw_array(w);
    for (size_t i = 0; i < changes->count; i++) {
        const struct setting *row = setting_find(changes->items[i].key);
        if (!row || row->safety == SETTING_SAFE)
            continue;
        jw_object(w);
        jw_kv_text(w, "path", row->key);
        jw_kv_text(w, "safety_level", words_name(&safety_words, (int)row->safety));
        jw_kv_raw(w, "current_value", settings_json(call->core->settings, call->arena, row->key));
        jw_kv_raw(w, "requested_value", json_keep(call->arena, changes->items[i].value));
        jw_end(w);
    }
    jw_end(w);
    write_actions(w, changes);
    jw_kv_text(w, "message", "Send force=true to apply it all the same");
    jw_end(w);
    jw_end(w);
    return OK;
}

static struct err reply_changed(struct call *call, const struct setting_changes *changes)
{
    struct jw *w = call_json(call);
    jw_object(w);
    jw_key(w, "updated_fields");
    jw_array(w);
    for (size_t i = 0; i < changes->count; i++)
        jw_text(w, changes->items[i].key);
    jw_end(w);
    jw_kv_text(w, "safety_level", words_name(&safety_words, highest(changes)));
    write_actions(w, changes);
    jw_kv_text(w, "message", changes->count ? "Configuration updated" : "Nothing to change");
    jw_end(w);
    return OK;
}

/* The first mistake as the text that the contract gives it (6.3). */
static struct err explain(struct call *call, struct err e)
{
    if (!call->mistakes.count)
        return e;
    const struct mistake *m = &call->mistakes.items[0];
    const char *key = mistake_path(call->arena, m);
    if (!setting_find(key))
        return err_f(call->arena, ERR_INVALID, "bad_config_path", "Invalid config path: %s", key);
    return err_f(call->arena, ERR_INVALID, "bad_config_value", "Invalid value for %s: %s", key, m->text);
}

static struct err patch_config(struct call *call)
{
    const struct config_update *body = call->body;
    struct setting_changes changes = {0};
    const char *key;
    json_t *member;
    json_t *updates = json_object_get(call->json, "updates");
    if (!json_is_object(updates)) {
        struct mistake *m = mistake_add(call->arena, &call->mistakes, MISTAKE_TYPE, "body");
        m->type = T_JSON;
        m->path[m->path_len++] = (struct path_step){"updates", 0};
        return call_invalid(call);
    }
    json_object_foreach (updates, key, member)
        flatten(call, key, member, &changes);
    for (size_t i = 0; i < changes.count; i++)
        fold_enum(call, &changes.items[i]);
    if (body->force != 1 && highest(&changes) != SETTING_SAFE)
        return reply_conflict(call, &changes);
    struct err e = settings_change(call->core->settings, call->arena, &changes, call->who.name,
                                   body->description, &call->mistakes);
    if (failed(e))
        return explain(call, e);
    return reply_changed(call, &changes);
}

/* --- history --------------------------------------------------------------------------------------------- */

struct history_query {
    int64_t limit;
};
SHAPE(history_query_shape, "ConfigHistoryQuery", struct history_query, "How many",
      F(struct history_query, T_INT, limit, .fallback = "10", BETWEEN(1, 100)));

static struct err get_history(struct call *call)
{
    const struct history_query *query = call->query;
    struct setting_history all = {0};
    TRY(settings_history(call->core->settings, call->arena, SETTING_HISTORY_MAX, &all));
    int64_t current = -1;
    struct jw *w = call_json(call);
    jw_object(w);
    jw_key(w, "entries");
    jw_array(w);
    for (size_t i = 0; i < all.count; i++) {
        const struct setting_version *v = &all.items[i];
        if (v->current)
            current = (int64_t)(all.count - 1 - i);
        if ((int64_t)i >= query->limit)
            continue;
        jw_object(w);
        jw_kv_time(w, "timestamp", v->at_us);
        jw_kv_text(w, "description", v->note);
        jw_kv_bool(w, "is_current", v->current);
        jw_end(w);
    }
    jw_end(w);
    jw_kv_int(w, "current_index", current);
    jw_kv_bool(w, "can_undo", all.can_undo);
    jw_kv_bool(w, "can_redo", all.can_redo);
    jw_end(w);
    return OK;
}

struct steps_query {
    int64_t steps;
};
SHAPE(steps_query_shape, "ConfigSteps", struct steps_query, "How far",
      F(struct steps_query, T_INT, steps, .fallback = "1", BETWEEN(1, 50)));

static struct err move(struct call *call, int direction)
{
    const struct steps_query *query = call->query;
    struct setting_version v;
    TRY(settings_move(call->core->settings, call->arena, direction * (int)query->steps, call->who.name, &v));
    struct jw *w = call_json(call);
    jw_object(w);
    jw_kv_bool(w, "success", 1);
    jw_kv_text(w, "description", arena_printf(call->arena, "Restored: %s", v.note));
    jw_kv_time(w, "timestamp", v.at_us);
    jw_end(w);
    return OK;
}

static struct err undo(struct call *call)
{
    return move(call, 1);
}

static struct err redo(struct call *call)
{
    return move(call, -1);
}

/* --- outside services ------------------------------------------------------------------------------------- */

static const char *const clients[] = {"imvdb", "discogs", "spotify", "musicbrainz"};
#define CLIENT_COUNT (sizeof(clients) / sizeof(clients[0]))

struct client {
    const char *name;
    const char *base_url;
};
SHAPE(client_shape, "ClientInfo", struct client, "An outside service",
      F(struct client, T_TEXT, name, .flags = FIELD_REQUIRED), F(struct client, T_TEXT, base_url));

struct clients_reply {
    struct list clients;
    int64_t total;
};
SHAPE(clients_shape, "ClientList", struct clients_reply, "Outside services",
      F(struct clients_reply, T_LIST, clients, .item = T_OBJECT, .shape = &client_shape,
        .flags = FIELD_EMPTY_LIST),
      F(struct clients_reply, T_INT, total, .flags = FIELD_REQUIRED));

static struct err list_clients(struct call *call)
{
    struct client *list = arena_array(call->arena, struct client, CLIENT_COUNT);
    for (size_t i = 0; i < CLIENT_COUNT; i++) {
        const char *key = arena_printf(call->arena, "providers.%s.base_url", clients[i]);
        list[i] = (struct client){clients[i], settings_text(call->core->settings, call->arena, key)};
    }
    struct clients_reply reply = {{list, CLIENT_COUNT}, CLIENT_COUNT};
    return call_reply(call, &reply);
}

struct client_stats {
    const char *name;
    int64_t active_requests;
    int64_t max_concurrent;
    double available_tokens;
    double rate_limit_capacity;
    double utilization_pct;
    double rate_limit_pct;
    /* beyond the document */
    struct net_stats net;
    double average_latency_ms;
    const char *last_error;
};
#define STATS(kind_, member_) F(struct client_stats, kind_, member_, .flags = FIELD_REQUIRED)
#define STATS_NET(member_) FN(#member_, struct client_stats, T_INT, net.member_, .flags = FIELD_REQUIRED)
SHAPE(client_stats_shape, "ClientStats", struct client_stats, "Requests of this process to an outside service",
      STATS(T_TEXT, name), STATS(T_INT, active_requests), STATS(T_INT, max_concurrent),
      STATS(T_REAL, available_tokens), STATS(T_REAL, rate_limit_capacity), STATS(T_REAL, utilization_pct),
      STATS(T_REAL, rate_limit_pct), STATS_NET(requests), STATS_NET(errors), STATS_NET(retries),
      STATS_NET(cache_hits), FN("rate_limit_waits", struct client_stats, T_INT, net.waits, .flags = FIELD_REQUIRED),
      STATS(T_REAL, average_latency_ms),
      F(struct client_stats, T_TEXT, last_error, .flags = FIELD_ZERO_NONE),
      FN("last_error_at", struct client_stats, T_TIME, net.last_error_us, .help = "When it last failed"),
      FN("parked_until", struct client_stats, T_TIME, net.parked_until_us,
         .help = "It asked to be left alone until then"));

static double percent(double part, double whole)
{
    return whole > 0 ? part / whole * 100 : 0;
}

static struct err client_stats(struct call *call)
{
    const char *name = call_text(call, "name");
    struct client_stats s = {.name = name};
    bool known = false;
    for (size_t i = 0; i < CLIENT_COUNT; i++)
        known = known || strcmp(clients[i], name) == 0;
    if (!known || !net_stats(call->core->net, name, &s.net))
        return err_f(call->arena, ERR_NOT_FOUND, "client_not_found", "Client not found: %s", name);
    s.last_error = s.net.last_error;
    s.active_requests = s.net.active;
    s.max_concurrent = s.net.at_once;
    s.available_tokens = s.net.tokens;
    s.rate_limit_capacity = s.net.burst;
    s.utilization_pct = percent(s.net.active, s.net.at_once);
    s.rate_limit_pct = percent(s.net.tokens, s.net.burst);
    s.average_latency_ms = s.net.requests ? (double)s.net.latency_us / 1e3 / (double)s.net.requests : 0;
    return call_reply(call, &s);
}

#define TAG "Configuration"
ROUTES(fuzzbin_config_routes,
       {HTTP_GET, "/config", TAG, "The whole configuration", get_config, .flags = ROUTE_ANY_JSON},
       {HTTP_PATCH, "/config", TAG, "Changes settings; all or nothing", patch_config,
        .body = &config_update_shape, .flags = ROUTE_ANY_JSON | ROUTE_BLOCKING},
       {HTTP_GET, "/config/field/{path:rest}", TAG, "One setting or group", get_field, .flags = ROUTE_ANY_JSON},
       {HTTP_GET, "/config/history", TAG, "Versions of the configuration", get_history,
        .query = &history_query_shape, .flags = ROUTE_ANY_JSON},
       {HTTP_POST, "/config/undo", TAG, "Goes back", undo, .query = &steps_query_shape,
        .flags = ROUTE_ANY_JSON | ROUTE_BLOCKING},
       {HTTP_POST, "/config/redo", TAG, "Goes forward again", redo, .query = &steps_query_shape,
        .flags = ROUTE_ANY_JSON | ROUTE_BLOCKING},
       {HTTP_GET, "/config/clients", TAG, "Outside services", list_clients, .reply = &clients_shape},
       {HTTP_GET, "/config/clients/{name}/stats", TAG, "Requests to an outside service", client_stats,
        .reply = &client_stats_shape},
       {HTTP_GET, "/config/safety/{path:rest}", TAG, "What changing a setting means", get_safety,
        .flags = ROUTE_ANY_JSON});
