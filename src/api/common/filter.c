/* filter[field][op]=value, sort and order. */
#include "api/common/filter.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"

struct reader {
    struct arena *a;
    struct mistakes *mistakes;
    struct query *query;
    const char *name; /* of the parameter, for mistakes */
    const char *value;
};

static bool fail(struct reader *r, const char *text)
{
    struct mistake *m = mistake_add(r->a, r->mistakes, MISTAKE_RULE, "query");
    m->path[m->path_len++] = (struct path_step){r->name, 0};
    m->text = text;
    m->input = r->value;
    return false;
}

const char *const *filter_split(struct arena *a, const char *text, size_t *ret_count)
{
    size_t commas = 1;
    size_t count = 0;
    for (const char *p = text; *p; p++)
        commas += *p == ',';
    const char **items = arena_array(a, const char *, commas + 1);
    while (*text) {
        size_t len = strcspn(text, ",");
        const char *from = text;
        text += len + (text[len] == ',');
        for (; len && isspace((unsigned char)*from); from++)
            len--;
        for (; len && isspace((unsigned char)from[len - 1]); len--)
            ;
        if (len)
            items[count++] = arena_strndup(a, from, len);
    }
    *ret_count = count;
    return items;
}

/* --- values ------------------------------------------------------------------------------------------- */

static bool read_real(const char *text, double *ret)
{
    char *end;
    errno = 0;
    if (!*text || isspace((unsigned char)*text) || strpbrk(text, "xXnNiI"))
        return false;
    *ret = strtod(text, &end);
    return !*end && !errno && isfinite(*ret);
}

static bool is_date_part(const char *text)
{
    static const char form[] = "dddd-dd-dd";
    size_t len = strlen(text);
    for (size_t i = 0; i < len && i < 10; i++) {
        if (form[i] == 'd' ? !isdigit((unsigned char)text[i]) : text[i] != '-')
            return false;
    }
    return len == 4 || len == 7 || len == 10;
}

/* The rest of a beginning of an ISO time; the unit that it leaves open decides where it ends. */
static bool read_time(struct arena *a, const char *text, struct query_value *v)
{
    static const struct {
        size_t len;
        const char *rest;
        int64_t unit_us;
    } forms[] = {
        {4, "-01-01T00:00:00Z", 0}, {7, "-01T00:00:00Z", 0},
        {10, "T00:00:00Z", 86400 * SECONDS_US}, {13, ":00:00Z", 3600 * SECONDS_US},
        {16, ":00Z", 60 * SECONDS_US}, {19, "Z", SECONDS_US},
    };
    size_t len = strlen(text);
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (forms[i].len != len)
            continue;
        if (!time_parse(arena_printf(a, "%s%s", text, forms[i].rest), &v->number))
            return false;
        if (forms[i].unit_us) {
            v->end = v->number + forms[i].unit_us;
            return true;
        }
        char *end;
        long year = strtol(text, &end, 10);
        long month = len == 7 ? strtol(text + 5, NULL, 10) + 1 : 13;
        if (month > 12)
            year++, month = 1;
        return time_parse(arena_printf(a, "%04ld-%02ld-01T00:00:00Z", year, month), &v->end);
    }
    if (len < 20 || !time_parse(text, &v->number))
        return false;
    bool fraction = strchr(text, '.') != NULL;
    v->end = v->number + (fraction ? 1000 : SECONDS_US); /* replies show milliseconds */
    return true;
}

static bool read_value(struct reader *r, const struct query_field *f, const char *text, struct query_value *v)
{
    int8_t flag;
    v->text = text;
    switch (f->type) {
    case QUERY_INT:
        return text_to_int(text, &v->number) || fail(r, "must be an integer");
    case QUERY_REAL:
        return read_real(text, &v->real) || fail(r, "must be a number");
    case QUERY_BOOL:
        if (!text_to_bool(text, &flag))
            return fail(r, "must be true or false");
        v->number = flag;
        return true;
    case QUERY_WORD:
        v->number = words_find(f->words, text);
        return v->number != ENUM_NONE || fail(r, "is not one of the known words");
    case QUERY_DATE:
        return is_date_part(text) || fail(r, "must be a date, or the beginning of one");
    case QUERY_TIME:
        return read_time(r->a, text, v) || fail(r, "must be an ISO 8601 time, or the beginning of one");
    default:
        return true;
    }
}

/* --- conditions ----------------------------------------------------------------------------------------- */

static bool takes(const struct query_field *f, enum query_op op)
{
    bool ordered = op == QUERY_GT || op == QUERY_GTE || op == QUERY_LT || op == QUERY_LTE;
    bool plain = f->type == QUERY_LIST || f->type == QUERY_BOOL || f->type == QUERY_WORD;
    if (op == QUERY_LIKE)
        return f->type == QUERY_TEXT || f->type == QUERY_LIST;
    return !(ordered && plain);
}

static bool add_values(struct reader *r, struct query_condition *c)
{
    size_t count;
    if (c->op != QUERY_IN && c->op != QUERY_NIN)
        return read_value(r, c->field, r->value, arena_push(r->a, &c->values));
    const char *const *items = filter_split(r->a, r->value, &count);
    if (!count || count > FILTER_VALUES_MAX)
        return fail(r, "must be a list of 1 to 1000 values, separated by commas");
    for (size_t i = 0; i < count; i++) {
        if (!read_value(r, c->field, items[i], arena_push(r->a, &c->values)))
            return false;
    }
    return true;
}

static bool add_condition(struct reader *r, const char *field, const char *op)
{
    struct query_condition c = {.field = query_field(r->query->fields, field)};
    int found = words_find(&query_op_words, op);
    int8_t flag;
    if (!c.field)
        return fail(r, arena_printf(r->a, "no such field: %s", field));
    if (found == ENUM_NONE)
        return fail(r, arena_printf(r->a, "no such operator: %s", op));
    c.op = (enum query_op)found;
    if (!takes(c.field, c.op))
        return fail(r, arena_printf(r->a, "%s does not take the operator %s", field, op));
    if (r->query->conditions.count >= FILTER_CONDITIONS_MAX)
        return fail(r, "too many conditions");
    if (c.op == QUERY_NULL) {
        if (!text_to_bool(r->value, &flag))
            return fail(r, "must be true or false");
        arena_push(r->a, &c.values)->number = flag;
    } else if (!add_values(r, &c)) {
        return false;
    }
    *arena_push(r->a, &r->query->conditions) = c;
    return true;
}

bool filter_add(struct arena *a, struct query *query, const char *field, const char *op, const char *value,
                struct mistakes *mistakes)
{
    struct reader r = {a, mistakes, query, field, value};
    return add_condition(&r, field, op);
}

/* "filter[year][gte]" or "filter[year]". */
static bool read_filter(struct reader *r)
{
    const char *field = r->name + strlen("filter[");
    const char *close = strchr(field, ']');
    if (!close || close == field)
        return fail(r, "must read filter[field] or filter[field][operator]");
    const char *name = arena_strndup(r->a, field, (size_t)(close - field));
    if (!close[1])
        return add_condition(r, name, "eq");
    const char *end = close[1] == '[' ? strchr(close + 2, ']') : NULL;
    if (!end || end[1])
        return fail(r, "must read filter[field] or filter[field][operator]");
    return add_condition(r, name, arena_strndup(r->a, close + 2, (size_t)(end - close - 2)));
}

/* --- order ------------------------------------------------------------------------------------------------ */

static bool read_sort(struct reader *r)
{
    size_t count;
    const char *const *items = filter_split(r->a, r->value, &count);
    if (count > FILTER_SORTS_MAX)
        return fail(r, "names too many fields");
    for (size_t i = 0; i < count; i++) {
        bool down = items[i][0] == '-';
        const struct query_field *f = query_field(r->query->fields, items[i] + down);
        if (!f || f->no_sort)
            return fail(r, arena_printf(r->a, "cannot sort by %s", items[i]));
        *arena_push(r->a, &r->query->sorts) = (struct query_sort){f, down};
    }
    return true;
}

static bool apply_order(struct reader *r, size_t first)
{
    size_t count;
    const char *const *items = filter_split(r->a, r->value, &count);
    for (size_t i = 0; i < count; i++) {
        bool down = strcasecmp(items[i], "desc") == 0;
        if (!down && strcasecmp(items[i], "asc") != 0)
            return fail(r, "must be asc or desc, one for each field of sort");
        if (first + i < r->query->sorts.count && down)
            r->query->sorts.items[first + i].down = true;
    }
    return true;
}

bool filter_read(struct arena *a, const struct http_pair *pairs, size_t count, struct mistakes *mistakes,
                 struct query *query)
{
    size_t before = mistakes->count;
    size_t first_sort = query->sorts.count;
    struct reader r = {a, mistakes, query, NULL, NULL};
    const char *order = NULL;
    for (size_t i = 0; i < count; i++) {
        r.name = pairs[i].name;
        r.value = pairs[i].value;
        if (strncmp(r.name, "filter[", 7) == 0)
            read_filter(&r);
        else if (strcmp(r.name, "sort") == 0)
            read_sort(&r);
        else if (strcmp(r.name, "order") == 0)
            order = r.value;
    }
    if (order) {
        r.name = "order";
        r.value = order;
        apply_order(&r, first_sort);
    }
    return mistakes->count == before;
}
