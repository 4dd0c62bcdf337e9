/* JSON and name=value pairs into structs, by shape. */
#include "json/decode.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fold.h"

struct decoder {
    struct arena *arena;
    const struct decode_options *options;
    struct mistakes *mistakes;
    struct path_step path[6];
    size_t path_len;
};

static void release(void *value)
{
    json_decref(value);
}

static size_t json_depth(const json_t *value, size_t limit)
{
    size_t deepest = 0;
    if (limit == 0)
        return 1;
    if (json_is_object(value)) {
        const char *key;
        json_t *member;
        json_object_foreach ((json_t *)(uintptr_t)value, key, member) {
            size_t depth = json_depth(member, limit - 1);
            deepest = depth > deepest ? depth : deepest;
        }
        return deepest + 1;
    }
    if (json_is_array(value)) {
        size_t index;
        json_t *member;
        json_array_foreach (value, index, member) {
            size_t depth = json_depth(member, limit - 1);
            deepest = depth > deepest ? depth : deepest;
        }
        return deepest + 1;
    }
    return 0;
}

json_t *json_read(struct arena *a, const char *text, size_t len, const char *where,
                  struct mistakes *mistakes)
{
    json_error_t error;
    json_t *value = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (value && json_depth(value, JSON_MAX_DEPTH + 1) > JSON_MAX_DEPTH) {
        json_decref(value);
        mistake_add(a, mistakes, MISTAKE_JSON, where)->text = "nested too deeply";
        return NULL;
    }
    if (!value) {
        struct mistake *m = mistake_add(a, mistakes, MISTAKE_JSON, where);
        m->number = error.position > 0 ? error.position : 0;
        m->text = arena_strdup(a, error.text);
        return NULL;
    }
    arena_defer(a, release, value);
    return value;
}

static void free_text(void *text)
{
    free(text);
}

const char *json_keep(struct arena *a, const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    CHECK(text != NULL);
    arena_defer(a, free_text, text);
    return text;
}

/* --- mistakes --------------------------------------------------------------------------------- */

static struct mistake *add_here(struct decoder *d, enum mistake_kind kind, const struct field *f)
{
    struct mistake *m = mistake_add(d->arena, d->mistakes, kind, d->options->where);
    memcpy(m->path, d->path, sizeof(m->path));
    m->path_len = d->path_len;
    if (f) {
        m->type = f->type;
        m->words = f->words;
    }
    return m;
}

static bool enter(struct decoder *d, const char *name, size_t index)
{
    if (d->path_len == sizeof(d->path) / sizeof(d->path[0]))
        return false;
    d->path[d->path_len++] = (struct path_step){name, index};
    return true;
}

static void leave(struct decoder *d, bool entered)
{
    if (entered)
        d->path_len--;
}

/* --- scalars ---------------------------------------------------------------------------------- */

bool text_to_int(const char *text, int64_t *ret_value)
{
    const char *digits = *text == '-' || *text == '+' ? text + 1 : text;
    if (!*digits || strspn(digits, "0123456789") != strlen(digits))
        return false;
    errno = 0;
    long long value = strtoll(text, NULL, 10);
    if (errno || value == INT64_MIN) /* the minimum means "no value" here */
        return false;
    *ret_value = value;
    return true;
}

bool text_to_bool(const char *text, int8_t *ret_value)
{
    static const char *const yes[] = {"true", "1", "yes", "on", "t", "y"};
    static const char *const no[] = {"false", "0", "no", "off", "f", "n"};
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
        if (strcasecmp(text, yes[i]) == 0 || strcasecmp(text, no[i]) == 0) {
            *ret_value = strcasecmp(text, yes[i]) == 0;
            return true;
        }
    }
    return false;
}

static bool text_to_real(const char *text, double *ret_value)
{
    char *end;
    if (!*text || strspn(text, "+-0123456789.eE") != strlen(text))
        return false;
    double value = strtod(text, &end);
    if (*end || !isfinite(value))
        return false;
    *ret_value = value;
    return true;
}

static bool within(const struct field *f, double value, struct mistake *m)
{
    if (f->has_min && value < f->min) {
        m->kind = MISTAKE_TOO_SMALL;
        m->number = f->min;
        return false;
    }
    if (f->has_max && value > f->max) {
        m->kind = MISTAKE_TOO_LARGE;
        m->number = f->max;
        return false;
    }
    return true;
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == 0;
}

static bool text_fits(const struct field *f, const char *text, struct mistake *m)
{
    bool blank = (f->flags & FIELD_NOT_BLANK) && is_blank(text);
    size_t length = blank ? 0 : utf8_length(text);
    double min = f->has_min ? f->min : 0;
    if (blank && min < 1)
        min = 1;
    if ((double)length < min) {
        m->kind = MISTAKE_TOO_SHORT;
        m->number = min;
        return false;
    }
    if (f->has_max && (double)length > f->max) {
        m->kind = MISTAKE_TOO_LONG;
        m->number = f->max;
        return false;
    }
    return true;
}

static bool malformed(struct mistake *m)
{
    m->kind = MISTAKE_PARSE;
    return false;
}

static bool int_from_text(const struct field *f, const char *text, void *at, struct mistake *m)
{
    int64_t value;
    if (!text_to_int(text, &value))
        return malformed(m);
    if (!within(f, (double)value, m))
        return false;
    *(int64_t *)at = value;
    return true;
}

static bool real_from_text(const struct field *f, const char *text, void *at, struct mistake *m)
{
    double value;
    if (!text_to_real(text, &value))
        return malformed(m);
    if (!within(f, value, m))
        return false;
    *(double *)at = value;
    return true;
}

/* The number, or the word in any case: where an API spells enums as numbers. */
static int enum_by_number(const struct words *words, const char *text)
{
    int64_t number;
    if (text_to_int(text, &number))
        return number >= 0 && number < (int64_t)words->count && words->items[number] ? (int)number
                                                                                     : ENUM_NONE;
    for (size_t i = 0; i < words->count; i++) {
        if (words->items[i] && strcasecmp(words->items[i], text) == 0)
            return (int)i;
    }
    return ENUM_NONE;
}

static bool enum_from_text(const struct field *f, const char *text, void *at, struct mistake *m)
{
    int value = f->flags & FIELD_NUMBER ? enum_by_number(f->words, text) : words_find(f->words, text);
    if (value == ENUM_NONE) {
        m->kind = MISTAKE_NOT_IN_SET;
        m->words = f->words;
        return false;
    }
    *(int *)at = value;
    return true;
}

static bool time_from_text(const struct field *f, const char *text, void *at, struct mistake *m)
{
    int64_t value;
    if ((f->flags & FIELD_UNIX_S) && text_to_int(text, &value)) {
        if (value > INT64_MAX / SECONDS_US || value < -(INT64_MAX / SECONDS_US))
            return malformed(m);
        *(int64_t *)at = value * SECONDS_US;
        return true;
    }
    if (!time_parse(text, &value))
        return malformed(m);
    *(int64_t *)at = value;
    return true;
}

bool text_decode(struct arena *a, const struct field *f, enum field_type type, const char *text,
                 void *at, struct mistake *ret_mistake)
{
    ret_mistake->type = type;
    switch (type) {
    case T_BOOL:
        return text_to_bool(text, at) || malformed(ret_mistake);
    case T_INT:
        return int_from_text(f, text, at, ret_mistake);
    case T_REAL:
        return real_from_text(f, text, at, ret_mistake);
    case T_TEXT:
        if (f->type != T_LIST && !text_fits(f, text, ret_mistake))
            return false;
        *(const char **)at = arena_strdup(a, text);
        return true;
    case T_ENUM:
        return enum_from_text(f, text, at, ret_mistake);
    case T_TIME:
        return time_from_text(f, text, at, ret_mistake);
    case T_JSON: {
        struct mistakes ignored = {0};
        json_t *value = json_read(a, text, strlen(text), "query", &ignored);
        if (!value)
            return malformed(ret_mistake);
        *(const char **)at = json_keep(a, value);
        return true;
    }
    case T_OBJECT:
    case T_LIST:
        break;
    }
    return malformed(ret_mistake);
}

static bool report(struct decoder *d, const struct mistake *found, const char *input)
{
    struct mistake *m = add_here(d, found->kind, NULL);
    m->type = found->type;
    m->number = found->number;
    m->words = found->words;
    m->input = input && strlen(input) <= 200 ? arena_strdup(d->arena, input) : NULL;
    return false;
}

static bool from_text(struct decoder *d, const struct field *f, enum field_type type,
                      const char *text, void *at)
{
    struct mistake found = {.type = type};
    if (text_decode(d->arena, f, type, text, at, &found))
        return true;
    return report(d, &found, text);
}

static bool wrong_type(struct decoder *d, enum field_type type, const struct field *f)
{
    struct mistake *m = add_here(d, MISTAKE_TYPE, f);
    m->type = type;
    return false;
}

/* --- JSON values ------------------------------------------------------------------------------ */

static bool decode_object(struct decoder *d, const struct shape *shape, const json_t *value,
                          void *object, struct presence *present);

static bool decode_int(struct decoder *d, const struct field *f, const json_t *value, void *at)
{
    int64_t number;
    struct mistake found = {.type = T_INT};
    if (json_is_integer(value)) {
        number = json_integer_value(value);
    } else if (json_is_real(value) && d->options->lenient_numbers &&
               floor(json_real_value(value)) == json_real_value(value) &&
               fabs(json_real_value(value)) < 9e15) {
        number = (int64_t)json_real_value(value);
    } else if (json_is_string(value) && d->options->lenient_numbers) {
        return from_text(d, f, T_INT, json_string_value(value), at);
    } else {
        return wrong_type(d, T_INT, f);
    }
    if (number == INT_NONE || !within(f, (double)number, &found))
        return report(d, &found, NULL);
    *(int64_t *)at = number;
    return true;
}

static bool decode_real(struct decoder *d, const struct field *f, const json_t *value, void *at)
{
    struct mistake found = {.type = T_REAL};
    if (json_is_string(value) && d->options->lenient_numbers)
        return from_text(d, f, T_REAL, json_string_value(value), at);
    if (!json_is_number(value))
        return wrong_type(d, T_REAL, f);
    double number = json_number_value(value);
    if (!within(f, number, &found))
        return report(d, &found, NULL);
    *(double *)at = number;
    return true;
}

static bool decode_bool(struct decoder *d, const struct field *f, const json_t *value, void *at)
{
    if (json_is_boolean(value)) {
        *(int8_t *)at = json_is_true(value);
        return true;
    }
    if (json_is_string(value) && d->options->lenient_numbers)
        return from_text(d, f, T_BOOL, json_string_value(value), at);
    if (json_is_integer(value) && d->options->lenient_numbers &&
        (json_integer_value(value) == 0 || json_integer_value(value) == 1)) {
        *(int8_t *)at = json_integer_value(value) == 1;
        return true;
    }
    return wrong_type(d, T_BOOL, f);
}

static bool decode_scalar(struct decoder *d, const struct field *f, enum field_type type,
                          const json_t *value, void *at)
{
    switch (type) {
    case T_INT:
        return decode_int(d, f, value, at);
    case T_REAL:
        return decode_real(d, f, value, at);
    case T_BOOL:
        return decode_bool(d, f, value, at);
    case T_JSON:
        *(const char **)at = json_keep(d->arena, value);
        return true;
    case T_TIME:
        if (json_is_integer(value) && (f->flags & FIELD_UNIX_S)) {
            *(int64_t *)at = json_integer_value(value) * SECONDS_US;
            return true;
        }
        /* fall through */
    case T_TEXT:
    case T_ENUM:
        if (json_is_integer(value) && type == T_ENUM && (f->flags & FIELD_NUMBER))
            return from_text(d, f, type, json_keep(d->arena, value), at);
        if (!json_is_string(value))
            return wrong_type(d, type, f);
        return from_text(d, f, type, json_string_value(value), at);
    case T_OBJECT:
    case T_LIST:
        break;
    }
    return wrong_type(d, type, f);
}

static bool count_fits(struct decoder *d, const struct field *f, size_t count)
{
    enum mistake_kind kind;
    if (f->has_min && (double)count < f->min)
        kind = MISTAKE_TOO_FEW;
    else if (f->has_max && (double)count > f->max)
        kind = MISTAKE_TOO_MANY;
    else
        return true;
    struct mistake *m = add_here(d, kind, f);
    m->number = kind == MISTAKE_TOO_FEW ? f->min : f->max;
    m->got = count;
    return false;
}

/* List items have no bounds of their own: the field's bounds count items. */
static struct field item_field(const struct field *f)
{
    struct field item = *f;
    item.has_min = item.has_max = false;
    return item;
}

static bool decode_list(struct decoder *d, const struct field *f, const json_t *value, void *at)
{
    if (!json_is_array(value))
        return wrong_type(d, T_LIST, f);
    size_t count = json_array_size(value);
    if (!count_fits(d, f, count))
        return false;
    struct field item = item_field(f);
    size_t size = field_type_size(f->item, f->shape);
    char *items = arena_calloc(d->arena, count ? count : 1, size);
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        bool entered = enter(d, NULL, i);
        const json_t *member = json_array_get(value, i);
        if (f->item == T_OBJECT)
            good = decode_object(d, f->shape, member, items + i * size, &(struct presence){0}) && good;
        else
            good = decode_scalar(d, &item, f->item, member, items + i * size) && good;
        leave(d, entered);
    }
    *(struct list *)at = (struct list){items, count};
    return good;
}

static bool decode_member(struct decoder *d, const struct field *f, const json_t *value, void *at)
{
    if (json_is_null(value)) {
        if (f->flags & FIELD_NULLABLE)
            return true;
        if (f->type == T_JSON) {
            *(const char **)at = "null";
            return true;
        }
        return wrong_type(d, f->type, f);
    }
    if (f->type == T_LIST)
        return decode_list(d, f, value, at);
    if (f->type == T_OBJECT) {
        void *object = arena_alloc(d->arena, f->shape->size);
        if (!decode_object(d, f->shape, value, object, &(struct presence){0}))
            return false;
        *(void **)at = object;
        return true;
    }
    return decode_scalar(d, f, f->type, value, at);
}

static void use_fallback(struct arena *a, const struct field *f, void *at)
{
    if (!f->fallback)
        return;
    struct mistake ignored = {0};
    if (f->type == T_LIST) { /* "a,b": the only list default that is needed */
        *(struct list *)at = (struct list){arena_alloc(a, 1), 0};
        return;
    }
    bool good = text_decode(a, f, f->type, f->fallback, at, &ignored);
    CHECK(good); /* a table row with a default that breaks its own rules */
}

static void refuse_unknown(struct decoder *d, const struct shape *shape, const json_t *value)
{
    const char *key;
    json_t *member;
    json_object_foreach ((json_t *)(uintptr_t)value, key, member) {
        if (shape_find(shape, key) >= 0)
            continue;
        bool entered = enter(d, arena_strdup(d->arena, key), 0);
        add_here(d, MISTAKE_UNKNOWN, NULL);
        leave(d, entered);
    }
}

static bool decode_object(struct decoder *d, const struct shape *shape, const json_t *value,
                          void *object, struct presence *present)
{
    size_t before = d->mistakes->count;
    shape_clear(shape, object);
    if (!json_is_object(value)) {
        add_here(d, MISTAKE_NOT_OBJECT, NULL);
        return false;
    }
    for (size_t i = 0; i < shape->count; i++) {
        const struct field *f = &shape->fields[i];
        const json_t *member = json_object_get(value, f->name);
        bool entered = enter(d, f->name, 0);
        if (member) {
            set_present(present, i);
            decode_member(d, f, member, field_at(f, object));
        } else if ((f->flags & FIELD_REQUIRED) && !d->options->all_optional) {
            add_here(d, MISTAKE_MISSING, f);
        } else if (!d->options->all_optional) {
            use_fallback(d->arena, f, field_at(f, object));
        }
        leave(d, entered);
    }
    if (d->options->refuse_unknown)
        refuse_unknown(d, shape, value);
    return d->mistakes->count == before;
}

bool shape_decode(struct arena *a, const struct shape *shape, const json_t *value,
                  const struct decode_options *options, struct mistakes *mistakes,
                  void *ret_object, struct presence *ret_present)
{
    struct decoder d = {.arena = a, .options = options, .mistakes = mistakes};
    *ret_present = (struct presence){0};
    return decode_object(&d, shape, value, ret_object, ret_present);
}

/* --- pairs ------------------------------------------------------------------------------------ */

struct pair_items {
    VEC(const char *)
};

static void collect(struct arena *a, const struct field *f, const struct text_pair *pairs,
                    size_t count, struct pair_items *ret_values)
{
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(f->name);
        bool brackets = strncmp(pairs[i].name, f->name, len) == 0 &&
                        strcmp(pairs[i].name + len, "[]") == 0;
        if (strcmp(pairs[i].name, f->name) != 0 && !brackets)
            continue;
        const char *value = pairs[i].value;
        if (!(f->flags & FIELD_COMMA)) {
            *arena_push(a, ret_values) = value;
            continue;
        }
        for (const char *comma; (comma = strchr(value, ',')); value = comma + 1)
            *arena_push(a, ret_values) = arena_strndup(a, value, (size_t)(comma - value));
        *arena_push(a, ret_values) = value;
    }
}

static void decode_pair_list(struct decoder *d, const struct field *f, const char *const *values,
                             size_t count, void *at)
{
    if (!count_fits(d, f, count))
        return;
    struct field item = item_field(f);
    size_t size = field_type_size(f->item, f->shape);
    char *items = arena_calloc(d->arena, count, size);
    for (size_t i = 0; i < count; i++) {
        bool entered = enter(d, NULL, i);
        from_text(d, &item, f->item, values[i], items + i * size);
        leave(d, entered);
    }
    *(struct list *)at = (struct list){items, count};
}

bool shape_decode_pairs(struct arena *a, const struct shape *shape, const struct text_pair *pairs,
                        size_t count, const char *where, struct mistakes *mistakes,
                        void *ret_object, struct presence *ret_present)
{
    struct decode_options options = {.where = where};
    struct decoder d = {.arena = a, .options = &options, .mistakes = mistakes};
    size_t before = mistakes->count;
    *ret_present = (struct presence){0};
    shape_clear(shape, ret_object);
    for (size_t i = 0; i < shape->count; i++) {
        const struct field *f = &shape->fields[i];
        struct pair_items values = {0};
        collect(a, f, pairs, count, &values);
        bool entered = enter(&d, f->name, 0);
        void *at = field_at(f, ret_object);
        if (values.count == 0) {
            if (f->flags & FIELD_REQUIRED)
                add_here(&d, MISTAKE_MISSING, f);
            else
                use_fallback(a, f, at);
        } else if (f->type == T_LIST) {
            set_present(ret_present, i);
            decode_pair_list(&d, f, values.items, values.count, at);
        } else {
            /* The last of repeated names counts, as in the frameworks that the documents come from. */
            set_present(ret_present, i);
            from_text(&d, f, f->type, values.items[values.count - 1], at);
        }
        leave(&d, entered);
    }
    return mistakes->count == before;
}
