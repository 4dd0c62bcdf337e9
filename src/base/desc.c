/* Descriptions of structs: look-ups and plain member access. */
#include "base/desc.h"

#include <math.h>
#include <string.h>

#include "base/err.h"

int words_find(const struct words *words, const char *word)
{
    if (!word)
        return ENUM_NONE;
    for (size_t i = 0; i < words->count; i++) {
        if (words->items[i] && strcmp(words->items[i], word) == 0)
            return (int)i;
    }
    return ENUM_NONE;
}

const char *words_name(const struct words *words, int value)
{
    return value >= 0 && (size_t)value < words->count ? words->items[value] : NULL;
}

int shape_find(const struct shape *shape, const char *name)
{
    for (size_t i = 0; i < shape->count; i++) {
        if (strcmp(shape->fields[i].name, name) == 0)
            return (int)i;
    }
    return -1;
}

bool shape_has(const struct shape *shape, const struct presence *p, const char *name)
{
    int index = shape_find(shape, name);
    return index >= 0 && is_present(p, (size_t)index);
}

size_t field_type_size(enum field_type type, const struct shape *shape)
{
    switch (type) {
    case T_BOOL:
        return sizeof(int8_t);
    case T_INT:
    case T_TIME:
        return sizeof(int64_t);
    case T_REAL:
        return sizeof(double);
    case T_TEXT:
    case T_JSON:
        return sizeof(const char *);
    case T_ENUM:
        return sizeof(int);
    case T_OBJECT:
        return shape ? shape->size : sizeof(void *);
    case T_LIST:
        return sizeof(struct list);
    }
    CHECK(!"a field type");
    return 0;
}

/* An object member is a pointer; only list items are the structs themselves. */
static size_t member_size(const struct field *f)
{
    return f->type == T_OBJECT ? sizeof(void *) : field_type_size(f->type, NULL);
}

static void clear_member(const struct field *f, void *at)
{
    switch (f->type) {
    case T_BOOL:
        *(int8_t *)at = BOOL_NONE;
        break;
    case T_INT:
    case T_TIME:
        *(int64_t *)at = INT_NONE;
        break;
    case T_REAL:
        *(double *)at = NAN;
        break;
    case T_ENUM:
        *(int *)at = ENUM_NONE;
        break;
    case T_TEXT:
    case T_JSON:
    case T_OBJECT:
        *(void **)at = NULL;
        break;
    case T_LIST:
        *(struct list *)at = (struct list){0};
        break;
    }
}

void shape_clear(const struct shape *shape, void *object)
{
    for (size_t i = 0; i < shape->count; i++)
        clear_member(&shape->fields[i], field_at(&shape->fields[i], object));
}

bool field_is_none(const struct field *f, const void *object)
{
    const void *at = field_at(f, object);
    switch (f->type) {
    case T_BOOL:
        return *(const int8_t *)at == BOOL_NONE;
    case T_INT:
    case T_TIME:
        return *(const int64_t *)at == INT_NONE;
    case T_REAL:
        return isnan(*(const double *)at);
    case T_ENUM:
        return *(const int *)at == ENUM_NONE;
    case T_TEXT:
    case T_JSON:
    case T_OBJECT:
        return *(void *const *)at == NULL;
    case T_LIST:
        return ((const struct list *)at)->items == NULL;
    }
    return true;
}

void field_copy(const struct field *f, void *to, const void *from)
{
    memcpy(field_at(f, to), field_at(f, from), member_size(f));
}
