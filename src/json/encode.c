/* Structs to JSON, and shapes to JSON Schema. */
#include "json/encode.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"

static void encode_time(struct jw *w, const struct field *f, int64_t time_us)
{
    char text[TIME_TEXT_BYTES];
    if (time_us == TIME_NONE)
        jw_null(w);
    else if (f->flags & FIELD_UNIX_S)
        jw_int(w, time_us / SECONDS_US);
    else if (f->flags & FIELD_MS)
        jw_text(w, time_format_ms(time_us, text));
    else
        jw_time(w, time_us);
}

static void encode_enum(struct jw *w, const struct field *f, int value)
{
    const char *word = words_name(f->words, value);
    if (word && (f->flags & FIELD_NUMBER))
        jw_int(w, value);
    else
        jw_text(w, word);
}

static void encode_value(struct jw *w, const struct field *f, enum field_type type, const void *at);

static void encode_list(struct jw *w, const struct field *f, const struct list *list)
{
    if (!list->items && !(f->flags & FIELD_EMPTY_LIST)) {
        jw_null(w);
        return;
    }
    size_t size = field_type_size(f->item, f->shape);
    jw_array(w);
    for (size_t i = 0; i < list->count; i++) {
        const char *at = (const char *)list->items + i * size;
        if (f->item == T_OBJECT)
            shape_encode(w, f->shape, at);
        else
            encode_value(w, f, f->item, at);
    }
    jw_end(w);
}

static void encode_value(struct jw *w, const struct field *f, enum field_type type, const void *at)
{
    const char *text;
    switch (type) {
    case T_BOOL:
        jw_bool(w, *(const int8_t *)at);
        break;
    case T_INT:
        jw_int(w, *(const int64_t *)at);
        break;
    case T_REAL:
        jw_real(w, *(const double *)at);
        break;
    case T_TEXT:
        text = *(const char *const *)at;
        jw_text(w, (f->flags & FIELD_ZERO_NONE) && text && !*text ? NULL : text);
        break;
    case T_ENUM:
        encode_enum(w, f, *(const int *)at);
        break;
    case T_TIME:
        encode_time(w, f, *(const int64_t *)at);
        break;
    case T_JSON:
        jw_raw(w, *(const char *const *)at);
        break;
    case T_OBJECT:
        if (*(void *const *)at)
            shape_encode(w, f->shape, *(void *const *)at);
        else
            jw_null(w);
        break;
    case T_LIST:
        encode_list(w, f, at);
        break;
    }
}

void field_encode(struct jw *w, const struct field *f, const void *object)
{
    encode_value(w, f, f->type, field_at(f, object));
}

static void encode_key(struct jw *w, const struct field *f)
{
    if (f->written && !w->indent)
        jw_key_written(w, f->written);
    else
        jw_key(w, f->name);
}

void shape_encode_members(struct jw *w, const struct shape *shape, const void *object)
{
    for (size_t i = 0; i < shape->count; i++) {
        const struct field *f = &shape->fields[i];
        if ((f->flags & FIELD_OMIT) && field_is_none(f, object))
            continue;
        encode_key(w, f);
        field_encode(w, f, object);
    }
}

void shape_encode_some(struct jw *w, const struct shape *shape, const void *object,
                       const struct presence *which)
{
    jw_object(w);
    for (size_t i = 0; i < shape->count; i++) {
        if (!is_present(which, i))
            continue;
        encode_key(w, &shape->fields[i]);
        field_encode(w, &shape->fields[i], object);
    }
    jw_end(w);
}

void shape_encode(struct jw *w, const struct shape *shape, const void *object)
{
    jw_object(w);
    shape_encode_members(w, shape, object);
    jw_end(w);
}

/* --- schema ----------------------------------------------------------------------------------- */

static const char *json_type(enum field_type type, uint32_t flags)
{
    switch (type) {
    case T_BOOL:
        return "boolean";
    case T_INT:
        return "integer";
    case T_REAL:
        return "number";
    case T_TEXT:
        return "string";
    case T_ENUM:
        return flags & FIELD_NUMBER ? "integer" : "string";
    case T_TIME:
        return flags & FIELD_UNIX_S ? "integer" : "string";
    case T_JSON:
        return NULL;
    case T_OBJECT:
        return "object";
    case T_LIST:
        return "array";
    }
    return NULL;
}

static void schema_bound(struct jw *w, const char *key, bool has, double value)
{
    if (!has)
        return;
    if (floor(value) == value)
        jw_kv_int(w, key, (int64_t)value);
    else
        jw_kv_real(w, key, value);
}

static void schema_bounds(struct jw *w, const struct field *f, enum field_type type)
{
    bool text = type == T_TEXT;
    bool list = type == T_LIST;
    if (type == T_ENUM || type == T_BOOL || type == T_OBJECT || type == T_TIME || type == T_JSON)
        return;
    schema_bound(w, list ? "minItems" : text ? "minLength" : "minimum", f->has_min, f->min);
    schema_bound(w, list ? "maxItems" : text ? "maxLength" : "maximum", f->has_max, f->max);
}

static void schema_words(struct jw *w, const char *key, const struct words *words, bool numbers,
                         bool nullable)
{
    jw_key(w, key);
    jw_array(w);
    for (size_t i = 0; i < words->count; i++) {
        if (words->items[i] && numbers)
            jw_int(w, (int64_t)i);
        else if (words->items[i])
            jw_text(w, words->items[i]);
    }
    if (nullable)
        jw_null(w);
    jw_end(w);
}

static void schema_enum(struct jw *w, const struct field *f, bool nullable)
{
    bool numbers = (f->flags & FIELD_NUMBER) != 0;
    schema_words(w, "enum", f->words, numbers, nullable);
    if (numbers)
        schema_words(w, "x-enum-varnames", f->words, false, false);
}

static void schema_reference(struct jw *w, const struct shape *shape, bool nullable)
{
    BUF(ref);
    buf_printf(&ref, "#/components/schemas/%s", shape->name);
    if (nullable) {
        jw_key(w, "anyOf");
        jw_array(w);
        jw_object(w);
        jw_kv_text(w, "type", "null");
        jw_end(w);
        jw_object(w);
    }
    jw_kv_text(w, "$ref", ref.data);
    if (nullable) {
        jw_end(w);
        jw_end(w);
    }
}

static void schema_members(struct jw *w, const struct field *f, enum field_type type, bool nullable)
{
    const char *name = json_type(type, f->flags);
    if (type == T_OBJECT && f->shape) {
        schema_reference(w, f->shape, nullable);
        return;
    }
    if (name && nullable) {
        jw_key(w, "type");
        jw_array(w);
        jw_text(w, name);
        jw_text(w, "null");
        jw_end(w);
    } else if (name) {
        jw_kv_text(w, "type", name);
    }
    if (type == T_ENUM)
        schema_enum(w, f, nullable);
    if (type == T_TIME && !(f->flags & FIELD_UNIX_S))
        jw_kv_text(w, "format", "date-time");
    if (type == f->type)
        schema_bounds(w, f, type);
    if (type == T_LIST) {
        jw_key(w, "items");
        jw_object(w);
        schema_members(w, f, f->item, false);
        jw_end(w);
    }
}

void field_schema(struct jw *w, const struct field *f, enum schema_use use)
{
    uint32_t never_null = f->flags & FIELD_NULLABLE ? FIELD_REQUIRED : FIELD_REQUIRED | FIELD_OMIT;
    bool nullable = use == SCHEMA_REPLY ? !(f->flags & never_null) &&
                                              !(f->type == T_LIST && (f->flags & FIELD_EMPTY_LIST))
                                        : (f->flags & FIELD_NULLABLE) != 0;
    jw_object(w);
    schema_members(w, f, f->type, nullable);
    if (f->help)
        jw_kv_text(w, "description", f->help);
    if (use == SCHEMA_REQUEST && f->fallback)
        jw_kv_text(w, "x-default", f->fallback);
    jw_end(w);
}

void shape_schema(struct jw *w, const struct shape *shape, enum schema_use use)
{
    jw_object(w);
    jw_kv_text(w, "type", "object");
    if (shape->help)
        jw_kv_text(w, "description", shape->help);
    jw_key(w, "properties");
    jw_object(w);
    for (size_t i = 0; i < shape->count; i++) {
        jw_key(w, shape->fields[i].name);
        field_schema(w, &shape->fields[i], use);
    }
    jw_end(w);
    jw_key(w, "required");
    jw_array(w);
    for (size_t i = 0; i < shape->count; i++) {
        uint32_t flags = shape->fields[i].flags;
        if (use == SCHEMA_REPLY ? !(flags & FIELD_OMIT) : (flags & FIELD_REQUIRED) != 0)
            jw_text(w, shape->fields[i].name);
    }
    jw_end(w);
    jw_end(w);
}
