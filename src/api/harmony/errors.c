/* Error bodies of document 001 (contract 1.5). */
#include <string.h>

#include "api/harmony/harmony.h"

struct spelled {
    const char *type;
    const char *msg;
    const char *context; /* JSON; NULL: none */
};

static struct spelled spell_type(struct arena *a, enum field_type type)
{
    switch (type) {
    case T_INT:
        return (struct spelled){"int_type", "Input should be a valid integer", NULL};
    case T_BOOL:
        return (struct spelled){"bool_type", "Input should be a valid boolean", NULL};
    case T_REAL:
        return (struct spelled){"float_type", "Input should be a valid number", NULL};
    case T_LIST:
        return (struct spelled){"list_type", "Input should be a valid list", NULL};
    case T_OBJECT:
    case T_JSON:
        return (struct spelled){"dict_type", "Input should be a valid dictionary", NULL};
    default:
        (void)a;
        return (struct spelled){"string_type", "Input should be a valid string", NULL};
    }
}

static struct spelled spell_parse(enum field_type type)
{
    if (type == T_INT)
        return (struct spelled){"int_parsing",
                                "Input should be a valid integer, unable to parse string as an integer", NULL};
    if (type == T_BOOL)
        return (struct spelled){"bool_parsing", "Input should be a valid boolean, unable to interpret input", NULL};
    return (struct spelled){"datetime_from_date_parsing", "Input should be a valid datetime or date", NULL};
}

static struct spelled spell_choice(struct arena *a, const struct words *words)
{
    BUF(list);
    for (size_t i = 0; i < words->count; i++)
        buf_printf(&list, "%s'%s'", i == 0 ? "" : i + 1 == words->count ? " or " : ", ", words->items[i]);
    return (struct spelled){"literal_error", arena_printf(a, "Input should be %s", list.data),
                            arena_printf(a, "{\"expected\":\"%s\"}", list.data)};
}

static struct spelled spell(struct arena *a, const struct mistake *m)
{
    switch (m->kind) {
    case MISTAKE_JSON:
        return (struct spelled){"json_invalid", "JSON decode error", NULL};
    case MISTAKE_NOT_OBJECT:
        return (struct spelled){"model_attributes_type",
                                "Input should be a valid dictionary or object to extract fields from", NULL};
    case MISTAKE_MISSING:
        return (struct spelled){"missing", "Field required", NULL};
    case MISTAKE_TYPE:
        return spell_type(a, m->type);
    case MISTAKE_PARSE:
        return spell_parse(m->type);
    case MISTAKE_TOO_SHORT:
        return (struct spelled){"string_too_short",
                                arena_printf(a, "String should have at least %.0f character", m->number),
                                arena_printf(a, "{\"min_length\":%.0f}", m->number)};
    case MISTAKE_TOO_SMALL:
        return (struct spelled){"greater_than_equal",
                                arena_printf(a, "Input should be greater than or equal to %.15g", m->number),
                                arena_printf(a, "{\"ge\":%.15g}", m->number)};
    case MISTAKE_TOO_LARGE:
        return (struct spelled){"less_than_equal",
                                arena_printf(a, "Input should be less than or equal to %.15g", m->number),
                                arena_printf(a, "{\"le\":%.15g}", m->number)};
    case MISTAKE_NOT_IN_SET:
        return spell_choice(a, m->words);
    default:
        return (struct spelled){"value_error", arena_printf(a, "Value error, %s", mistake_text(a, m)),
                                "{\"error\":{}}"};
    }
}

static void write_mistake(struct call *call, struct jw *w, const struct mistake *m)
{
    struct spelled s = spell(call->arena, m);
    jw_object(w);
    jw_kv_text(w, "type", s.type);
    jw_key(w, "loc");
    jw_array(w);
    jw_text(w, m->where);
    if (m->kind == MISTAKE_JSON)
        jw_int(w, (int64_t)m->number);
    for (size_t i = 0; i < m->path_len; i++) {
        if (m->path[i].name)
            jw_text(w, m->path[i].name);
        else
            jw_int(w, (int64_t)m->path[i].index);
    }
    jw_end(w);
    jw_kv_text(w, "msg", s.msg);
    jw_key(w, "input");
    if (m->kind == MISTAKE_JSON)
        jw_raw(w, "{}");
    else
        jw_text(w, m->input);
    if (s.context)
        jw_kv_raw(w, "ctx", s.context);
    jw_end(w);
}

void harmony_write_error(struct call *call, const struct err *e, const struct mistakes *mistakes)
{
    struct jw *w = &call->writer;
    bool rule = mistakes->count && mistakes->items[0].kind == MISTAKE_RULE;
    if (mistakes->count)
        call->resp->status = 422;
    jw_object(w);
    jw_key(w, "detail");
    if (mistakes->count && !rule) {
        jw_array(w);
        for (size_t i = 0; i < mistakes->count; i++)
            write_mistake(call, w, &mistakes->items[i]);
        jw_end(w);
    } else if (rule) {
        jw_text(w, mistakes->items[0].text); /* hand-made checks have a text of their own */
    } else {
        bool ours = e->kind == ERR_INTERNAL || e->kind == ERR_STORAGE;
        jw_text(w, ours ? "Internal Server Error" : e->msg ? e->msg : err_kind_name(e->kind));
    }
    jw_end(w);
}
