/* Error bodies of document 002 (contract 1.1). */
#include <string.h>

#include "api/stashhog/stashhog.h"

static const char *type_of(const struct mistake *m)
{
    switch (m->kind) {
    case MISTAKE_JSON:
        return "json_invalid";
    case MISTAKE_MISSING:
        return "missing";
    case MISTAKE_TOO_SMALL:
        return "greater_than_equal";
    case MISTAKE_TOO_LARGE:
        return "less_than_equal";
    case MISTAKE_NOT_IN_SET:
        return "literal_error";
    case MISTAKE_NOT_OBJECT:
        return "dict_type";
    case MISTAKE_TYPE:
    case MISTAKE_PARSE:
        return m->type == T_BOOL   ? "bool_parsing"
               : m->type == T_INT  ? "int_parsing"
               : m->type == T_TIME ? "datetime_from_date_parsing"
               : m->type == T_REAL ? "float_parsing"
                                   : "string_type";
    default:
        return "value_error";
    }
}

static void write_mistakes(struct call *call, struct jw *w, const struct mistakes *mistakes)
{
    jw_key(w, "validation_errors");
    jw_array(w);
    for (size_t i = 0; i < mistakes->count; i++) {
        const struct mistake *m = &mistakes->items[i];
        const char *path = mistake_path(call->arena, m);
        jw_object(w);
        jw_kv_text(w, "field", *path ? arena_printf(call->arena, "%s.%s", m->where, path) : m->where);
        jw_kv_text(w, "message", mistake_text(call->arena, m));
        jw_kv_text(w, "type", type_of(m));
        jw_end(w);
    }
    jw_end(w);
}

void stashhog_write_error(struct call *call, const struct err *e, const struct mistakes *mistakes)
{
    struct jw *w = &call->writer;
    bool ours = e->kind == ERR_INTERNAL || e->kind == ERR_STORAGE;
    const char *text = ours ? "Internal server error" : e->msg ? e->msg : err_kind_name(e->kind);
    jw_object(w);
    jw_kv_bool(w, "success", 0);
    if (mistakes->count) {
        call->resp->status = 422;
        jw_kv_text(w, "error", "Validation failed");
        jw_kv_text(w, "detail", "The request contains invalid data");
        write_mistakes(call, w, mistakes);
    } else {
        jw_kv_text(w, "error", text);
        jw_kv_text(w, "detail", ours ? "An unexpected error occurred" : text);
    }
    jw_kv_text(w, "request_id", call->req->id);
    jw_end(w);
}
