/* Reading other people's JSON. */
#include "json/take.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json/decode.h"

/* Beyond this a double is no exact integer. */
#define EXACT_MAX 9007199254740992.0

const char *json_take_text(struct arena *a, const json_t *value)
{
    if (json_is_string(value))
        return arena_strndup(a, json_string_value(value), json_string_length(value));
    if (json_is_integer(value))
        return arena_printf(a, "%lld", (long long)json_integer_value(value));
    if (json_is_real(value))
        return arena_printf(a, "%.15g", json_real_value(value));
    return NULL;
}

double json_take_real(const json_t *value)
{
    char *end;
    if (json_is_number(value))
        return json_number_value(value);
    const char *text = json_string_value(value);
    double number = text ? strtod(text, &end) : (double)NAN;
    return text && end != text && !*end && isfinite(number) ? number : (double)NAN;
}

int64_t json_take_int(const json_t *value)
{
    if (json_is_integer(value))
        return json_integer_value(value);
    double number = json_take_real(value);
    return fabs(number) <= EXACT_MAX && number == floor(number) ? (int64_t)number : INT_NONE;
}

static int8_t take_bool(const json_t *value)
{
    int8_t flag = BOOL_NONE;
    if (json_is_boolean(value))
        return json_is_true(value);
    if (json_is_integer(value))
        return json_integer_value(value) != 0;
    if (json_is_string(value) && !text_to_bool(json_string_value(value), &flag))
        return BOOL_NONE;
    return flag;
}

static bool take_value(struct arena *a, const struct field *f, enum field_type type, const json_t *value,
                       void *at);

static void take_list(struct arena *a, const struct field *f, const json_t *value, struct list *ret)
{
    size_t size = field_type_size(f->item, f->shape);
    char *items = arena_calloc(a, json_array_size(value) + 1, size);
    ret->items = items;
    ret->count = 0;
    for (size_t i = 0; i < json_array_size(value); i++)
        ret->count += take_value(a, f, f->item, json_array_get(value, i), items + ret->count * size);
}

/* An object as a member is a pointer, as an element of a list the struct itself. */
static bool take_object(struct arena *a, const struct field *f, const json_t *value, void *at)
{
    if (!json_is_object(value))
        return false;
    if (f->type == T_OBJECT) {
        *(void **)at = arena_alloc(a, f->shape->size);
        at = *(void **)at;
    }
    shape_take(a, f->shape, value, at);
    return true;
}

/* False, with nothing written, when the value does not fit. */
static bool take_value(struct arena *a, const struct field *f, enum field_type type, const json_t *value,
                       void *at)
{
    struct mistake ignored = {0};
    if (!value || json_is_null(value))
        return false;
    switch (type) {
    case T_TEXT:
        return (*(const char **)at = json_take_text(a, value)) != NULL;
    case T_INT:
        return (*(int64_t *)at = json_take_int(value)) != INT_NONE;
    case T_REAL:
        return !isnan(*(double *)at = json_take_real(value));
    case T_BOOL:
        return (*(int8_t *)at = take_bool(value)) != BOOL_NONE;
    case T_JSON:
        return (*(const char **)at = json_keep(a, value)) != NULL;
    case T_OBJECT:
        return take_object(a, f, value, at);
    case T_LIST:
        take_list(a, f, value, at);
        return true;
    case T_ENUM:
    case T_TIME:
        return json_is_string(value) && text_decode(a, f, type, json_string_value(value), at, &ignored);
    }
    return false;
}

static void take_fallback(struct arena *a, const struct field *f, void *at)
{
    struct mistake ignored;
    if (!f->fallback)
        return;
    if (f->type == T_JSON || f->type == T_TEXT)
        *(const char **)at = f->fallback;
    else
        CHECK(text_decode(a, f, f->type, f->fallback, at, &ignored));
}

void shape_take(struct arena *a, const struct shape *shape, const json_t *value, void *ret_object)
{
    shape_clear(shape, ret_object);
    for (size_t i = 0; i < shape->count; i++) {
        const struct field *f = &shape->fields[i];
        if (!take_value(a, f, f->type, json_object_get(value, f->name), field_at(f, ret_object)))
            take_fallback(a, f, field_at(f, ret_object));
    }
}
