/* Error bodies of document 000 (contract 0.2). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/fuzzbin/fuzzbin.h"

/* --- validation: [{loc, msg, type}] --------------------------------------------------------------------- */

static const char *expected(enum field_type type)
{
    static const char *const words[] = {
        [T_BOOL] = "boolean", [T_INT] = "integer", [T_REAL] = "number", [T_TEXT] = "string",
        [T_ENUM] = "string",  [T_TIME] = "datetime", [T_JSON] = "dictionary", [T_OBJECT] = "dictionary",
        [T_LIST] = "list"};
    return words[type];
}

static const char *type_word(enum field_type type)
{
    static const char *const words[] = {
        [T_BOOL] = "bool", [T_INT] = "int", [T_REAL] = "float", [T_TEXT] = "string", [T_ENUM] = "string",
        [T_TIME] = "datetime", [T_JSON] = "dict", [T_OBJECT] = "dict", [T_LIST] = "list"};
    return words[type];
}

/* 'a', 'b' or 'c' */
static const char *choices(struct arena *a, const struct words *words)
{
    BUF(out);
    for (size_t i = 0; i < words->count; i++)
        buf_printf(&out, "%s'%s'", i == 0 ? "" : i + 1 == words->count ? " or " : ", ", words->items[i]);
    return arena_strdup(a, out.data);
}

struct spelled {
    const char *type;
    const char *msg;
};

static struct spelled spell_length(struct arena *a, const struct mistake *m, const char *type,
                                   const char *word)
{
    return (struct spelled){type, arena_printf(a, "String should have at %s %.0f character%s", word,
                                               m->number, m->number == 1 ? "" : "s")};
}

static struct spelled spell_bound(struct arena *a, const struct mistake *m, const char *type,
                                  const char *word)
{
    return (struct spelled){type, arena_printf(a, "Input should be %s than or equal to %.15g", word, m->number)};
}

static struct spelled spell(struct arena *a, const struct mistake *m)
{
    switch (m->kind) {
    case MISTAKE_JSON:
        return (struct spelled){"json_invalid", "JSON decode error"};
    case MISTAKE_NOT_OBJECT:
        return (struct spelled){"model_attributes_type",
                                "Input should be a valid dictionary or object to extract fields from"};
    case MISTAKE_MISSING:
        return (struct spelled){"missing", "Field required"};
    case MISTAKE_TYPE:
        return (struct spelled){arena_printf(a, "%s_type", type_word(m->type)),
                                arena_printf(a, "Input should be a valid %s", expected(m->type))};
    case MISTAKE_PARSE:
        return (struct spelled){
            arena_printf(a, "%s_parsing", type_word(m->type)),
            m->type == T_BOOL
                ? "Input should be a valid boolean, unable to interpret input"
                : arena_printf(a, "Input should be a valid %s, unable to parse string as %s %s",
                               expected(m->type), m->type == T_INT ? "an" : "a", expected(m->type))};
    case MISTAKE_TOO_SHORT:
        return spell_length(a, m, "string_too_short", "least");
    case MISTAKE_TOO_LONG:
        return spell_length(a, m, "string_too_long", "most");
    case MISTAKE_TOO_SMALL:
        return spell_bound(a, m, "greater_than_equal", "greater");
    case MISTAKE_TOO_LARGE:
        return spell_bound(a, m, "less_than_equal", "less");
    case MISTAKE_TOO_FEW:
        return (struct spelled){"too_short",
                                arena_printf(a, "List should have at least %.0f item%s after validation, not %zu",
                                             m->number, m->number == 1 ? "" : "s", m->got)};
    case MISTAKE_TOO_MANY:
        return (struct spelled){"too_long",
                                arena_printf(a, "List should have at most %.0f items after validation, not %zu",
                                             m->number, m->got)};
    case MISTAKE_NOT_IN_SET:
        return (struct spelled){"enum", arena_printf(a, "Input should be %s", choices(a, m->words))};
    case MISTAKE_UNKNOWN:
        return (struct spelled){"extra_forbidden", "Extra inputs are not permitted"};
    case MISTAKE_RULE:
        return (struct spelled){"value_error", arena_printf(a, "Value error, %s", m->text)};
    }
    return (struct spelled){"value_error", "Value error"};
}

static void write_loc(struct jw *w, const struct mistake *m)
{
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
}

static void write_validation(struct call *call, const struct mistakes *mistakes)
{
    struct jw *w = &call->writer;
    call->resp->status = 422;
    jw_kv_text(w, "detail", "Validation error");
    jw_kv_text(w, "error_type", "validation_error");
    jw_key(w, "errors");
    jw_array(w);
    for (size_t i = 0; i < mistakes->count; i++) {
        struct spelled s = spell(call->arena, &mistakes->items[i]);
        jw_object(w);
        jw_key(w, "loc");
        write_loc(w, &mistakes->items[i]);
        jw_kv_text(w, "msg", s.msg);
        jw_kv_text(w, "type", s.type);
        jw_end(w);
    }
    jw_end(w);
}

/* --- the others ------------------------------------------------------------------------------------------ */

/* Records that name their id beside the text: code -> member. */
static const struct {
    const char *code;
    const char *member;
} typed[] = {
    {"video_not_found", "video_id"},
    {"artist_not_found", "artist_id"},
    {"collection_not_found", "collection_id"},
    {"tag_not_found", "tag_id"},
};

static void write_typed(struct call *call, const struct err *e)
{
    struct jw *w = &call->writer;
    for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++) {
        if (!e->code || strcmp(e->code, typed[i].code) != 0)
            continue;
        /* Domain code puts the id into `field`. */
        int64_t id;
        jw_kv_text(w, "error_type", e->code);
        jw_key(w, typed[i].member);
        jw_int(w, e->field && text_to_int(e->field, &id) ? id : INT_NONE);
        return;
    }
    if (e->kind == ERR_CONFLICT && e->code && strcmp(e->code, "unique_violation") == 0) {
        jw_kv_text(w, "error_type", "duplicate_record");
        jw_kv_text(w, "table", NULL);
        jw_kv_text(w, "key", e->field);
    } else if (e->kind == ERR_STORAGE) {
        jw_kv_text(w, "error_type", "database_error");
    }
}

void fuzzbin_write_error(struct call *call, const struct err *e, const struct mistakes *mistakes)
{
    struct jw *w = &call->writer;
    jw_object(w);
    if (mistakes->count) {
        write_validation(call, mistakes);
    } else {
        bool ours = e->kind == ERR_INTERNAL || e->kind == ERR_STORAGE;
        jw_kv_text(w, "detail", ours ? "Internal server error" : e->msg ? e->msg : err_kind_name(e->kind));
        write_typed(call, e);
    }
    jw_end(w);
}

/* --- pages ------------------------------------------------------------------------------------------------ */

void fuzzbin_paging(struct call *call, const struct paging *paging)
{
    call->page.number = paging->page;
    call->page.size = paging->page_size;
}

void fuzzbin_write_page(struct call *call, struct jw *w,
                        void (*write_items)(struct call *, struct jw *, void *), void *items)
{
    int64_t pages = page_count(&call->page);
    jw_object(w);
    jw_key(w, "items");
    write_items(call, w, items);
    jw_kv_int(w, "total", call->page.total);
    jw_kv_int(w, "page", call->page.number);
    jw_kv_int(w, "page_size", call->page.size);
    jw_kv_int(w, "total_pages", pages > 1 ? pages : 1);
    jw_end(w);
}

struct err fuzzbin_detail(struct call *call, int status, const char *text)
{
    call_status(call, status);
    struct jw *w = call_json(call);
    jw_object(w);
    jw_kv_text(w, "detail", text);
    jw_end(w);
    return OK;
}
