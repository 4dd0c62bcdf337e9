/* Comparing and testing members by their field rows. */
#include "domain/movies/fields.h"

#include <math.h>
#include <string.h>

#include "base/err.h"
#include "base/fold.h"

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_list(const struct list *a, const struct list *b)
{
    const char *const *left = a->items;
    const char *const *right = b->items;
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        if (!same_text(left[i], right[i]))
            return false;
    }
    return true;
}

static bool same_real(double a, double b)
{
    return (isnan(a) && isnan(b)) || fabs(a - b) < 1e-9;
}

bool fields_equal(const struct field *f, const void *left, const void *right)
{
    const void *a = field_at(f, left);
    const void *b = field_at(f, right);
    switch (f->type) {
    case T_TEXT:
    case T_JSON:
        return same_text(*(const char *const *)a, *(const char *const *)b);
    case T_REAL:
        return same_real(*(const double *)a, *(const double *)b);
    case T_LIST:
        return same_list(a, b);
    default:
        return memcmp(a, b, field_type_size(f->type, f->shape)) == 0;
    }
}

bool field_is_blank(const struct field *f, const void *object)
{
    if (f->type == T_LIST)
        return ((const struct list *)field_at(f, object))->count == 0;
    if (field_is_none(f, object))
        return true;
    return f->type == T_TEXT && !**(const char *const *)field_at(f, object);
}

static const struct field *named(const struct shape *shape, const char *name)
{
    int index = shape_find(shape, name);
    CHECK(index >= 0);
    return &shape->fields[index];
}

int64_t fields_completeness(const struct shape *shape, const void *object, const char *const *names,
                            size_t count)
{
    size_t filled = 0;
    for (size_t i = 0; i < count; i++)
        filled += !field_is_blank(named(shape, names[i]), object);
    return (int64_t)((100 * filled + count / 2) / count);
}

int64_t *field_int(const struct shape *shape, void *object, const char *name)
{
    return field_at(named(shape, name), object);
}

const char **field_text(const struct shape *shape, void *object, const char *name)
{
    return field_at(named(shape, name), object);
}

static void set_fold(struct arena *a, const struct shape *shape, void *object, const char *to,
                     const char *from, char *(*make)(struct arena *, const char *))
{
    if (shape_find(shape, to) >= 0)
        *field_text(shape, object, to) = make(a, *field_text(shape, object, from));
}

void fields_fold(struct arena *a, const struct shape *shape, void *object)
{
    set_fold(a, shape, object, "title_fold", "title", fold);
    set_fold(a, shape, object, "original_fold", "original_title", fold);
    set_fold(a, shape, object, "match_key", "title", fold_match_key);
    if (shape_find(shape, "sort_fold") >= 0) {
        const char *sort = *field_text(shape, object, "sort_title");
        *field_text(shape, object, "sort_fold") =
            sort && *sort ? fold(a, sort) : fold_sort_key(a, *field_text(shape, object, "title"));
    }
}
