/* The settings registry as the page shows it: every row with its value, source and limits. */
#include <string.h>

#include "api/web/web.h"
#include "core/settings.h"

static const char *const type_words[] = {"string", "path", "integer", "number",
                                         "boolean", "enum", "list", "object", "cron"};
static const char *const safety_words[] = {"safe", "requires_reload", "affects_state"};
static const char *const source_words[] = {"default", "file", "here", "environment", "command"};

static void write_words(struct jw *w, const char *words)
{
    jw_key(w, "values");
    jw_array(w);
    for (const char *p = words; *p;) {
        size_t len = strcspn(p, "|");
        jw_text_n(w, p, len);
        p += len + (p[len] == '|');
    }
    jw_end(w);
}

static void write_environment(struct call *call, struct jw *w, const char *key)
{
    char *name = arena_printf(call->arena, "MEDLEY_%s", key);
    for (char *p = name; *p; p++)
        *p = *p == '.' ? '_' : (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
    jw_kv_text(w, "environment", name);
}

static void write_setting(struct call *call, struct jw *w, const struct setting *row)
{
    struct settings *s = call->core->settings;
    const char *dot = strchr(row->key, '.');
    const char *value = settings_json(s, call->arena, row->key);
    bool secret = row->flags & SETTING_SECRET;
    jw_object(w);
    jw_kv_text(w, "key", row->key);
    jw_key(w, "group");
    jw_text_n(w, row->key, dot ? (size_t)(dot - row->key) : strlen(row->key));
    jw_kv_text(w, "type", type_words[row->type]);
    jw_kv_raw(w, "default", row->fallback);
    if (secret && strcmp(value, "null") != 0)
        jw_kv_text(w, "value", "********");
    else
        jw_kv_raw(w, "value", value);
    jw_kv_text(w, "source", source_words[settings_source(s, row->key)]);
    jw_kv_text(w, "safety", safety_words[row->safety]);
    jw_kv_bool(w, "secret", secret);
    jw_kv_bool(w, "nullable", (row->flags & SETTING_NULLABLE) != 0);
    jw_kv_bool(w, "fixed", (row->flags & SETTING_FIXED) != 0);
    if (row->words)
        write_words(w, row->words);
    bool number = row->type == SETTING_INT || row->type == SETTING_REAL;
    if (number && row->min < row->max) {
        jw_kv_int(w, "minimum", (int64_t)row->min);
        jw_kv_int(w, "maximum", (int64_t)row->max);
    }
    jw_kv_text(w, "help", row->help);
    write_environment(call, w, row->key);
    jw_end(w);
}

static struct err get_registry(struct call *call)
{
    struct jw *w = call_json(call);
    jw_object(w);
    jw_key(w, "settings");
    jw_array(w);
    for (size_t i = 0; i < setting_row_count; i++)
        write_setting(call, w, &setting_rows[i]);
    jw_end(w);
    jw_end(w);
    return OK;
}

ROUTES(web_setting_routes, {HTTP_GET, "/api/settings/registry", "Settings",
                            "Every setting with value, source, limits and help; secrets masked",
                            get_registry, .flags = ROUTE_ANY_JSON});
