/* Conditions, order and pages as SQL. */
#include "db/query.h"

#include <string.h>

#include "base/fold.h"

const struct words query_op_words =
    WORDS("query_op", "eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "like", "null");

static const char *const signs[] = {[QUERY_EQ] = "=",  [QUERY_NE] = "<>", [QUERY_GT] = ">",
                                    [QUERY_GTE] = ">=", [QUERY_LT] = "<",  [QUERY_LTE] = "<="};

const struct query_field *query_field(const struct query_field *fields, const char *name)
{
    for (; fields->name; fields++) {
        if (strcmp(fields->name, name) == 0)
            return fields;
    }
    return NULL;
}

static struct query_value *add(struct arena *a, struct query *q, const char *name, enum query_op op)
{
    const struct query_field *field = query_field(q->fields, name);
    CHECK(field != NULL);
    struct query_condition *c = arena_push(a, &q->conditions);
    c->field = field;
    c->op = op;
    return arena_push(a, &c->values);
}

void query_add_int(struct arena *a, struct query *q, const char *field, enum query_op op, int64_t value)
{
    add(a, q, field, op)->number = value;
}

void query_add_text(struct arena *a, struct query *q, const char *field, enum query_op op,
                    const char *value)
{
    add(a, q, field, op)->text = value;
}

void query_sort(struct arena *a, struct query *q, const char *name, bool down)
{
    const struct query_field *field = query_field(q->fields, name);
    CHECK(field != NULL);
    *arena_push(a, &q->sorts) = (struct query_sort){field, down};
}

const char *query_contains(struct arena *a, const char *text, bool wild)
{
    BUF(out);
    buf_putc(&out, '%');
    for (; *text; text++) {
        if (*text == '\\' || *text == '_' || (*text == '%' && !wild))
            buf_putc(&out, '\\');
        buf_putc(&out, *text);
    }
    buf_putc(&out, '%');
    return arena_strdup(a, out.data);
}

/* --- one condition ------------------------------------------------------------------------------------ */

struct writer {
    struct arena *a;
    struct buf *sql;
    struct db_values *values;
};

static void put_int(const struct writer *w, const char *before, int64_t value)
{
    values_int(w->a, w->values, value);
    buf_printf(w->sql, "%s$%zu", before, w->values->count);
}

static void put_text(const struct writer *w, const char *before, const char *value)
{
    values_text(w->a, w->values, value);
    buf_printf(w->sql, "%s$%zu", before, w->values->count);
}

static void put_value(const struct writer *w, const struct query_field *f, const struct query_value *v)
{
    if (f->type == QUERY_REAL) {
        values_real(w->a, w->values, v->real);
        buf_printf(w->sql, "$%zu", w->values->count);
    } else if (f->type == QUERY_TEXT || f->type == QUERY_DATE) {
        put_text(w, "", v->text);
    } else if (f->type == QUERY_LIST) {
        put_text(w, "", fold(w->a, v->text));
    } else {
        put_int(w, "", v->number);
    }
}

static void put_values(const struct writer *w, const struct query_condition *c)
{
    for (size_t i = 0; i < c->values.count; i++) {
        if (i)
            buf_putc(w->sql, ',');
        put_value(w, c->field, &c->values.items[i]);
    }
}

static void write_like(const struct writer *w, const struct query_condition *c)
{
    const struct query_field *f = c->field;
    /* Folding drops the white space at the ends, nothing that LIKE gives a meaning to. */
    const char *text = query_contains(w->a, fold(w->a, c->values.items[0].text), true);
    if (f->fold)
        buf_puts(w->sql, f->fold);
    else
        buf_printf(w->sql, "LOWER(%s)", f->sql);
    put_text(w, " LIKE ", text);
    buf_puts(w->sql, " ESCAPE '\\'");
}

static void write_list(const struct writer *w, const struct query_condition *c)
{
    const struct query_field *f = c->field;
    bool absent = c->op == QUERY_NE || c->op == QUERY_NIN ||
                  (c->op == QUERY_NULL && c->values.items[0].number == 1);
    buf_printf(w->sql, "%s%s", absent ? "NOT " : "", f->sql);
    if (c->op == QUERY_LIKE) {
        buf_puts(w->sql, " AND ");
        write_like(w, c);
    } else if (c->op != QUERY_NULL) {
        buf_printf(w->sql, " AND %s IN (", f->fold);
        put_values(w, c);
        buf_putc(w->sql, ')');
    }
    buf_putc(w->sql, ')');
}

/* A beginning of a date stands for all dates that begin so: '~' sorts after digits and dashes. */
static void write_date(const struct writer *w, const struct query_condition *c)
{
    const char *from = c->values.items[0].text;
    const char *to = arena_printf(w->a, "%s~", from);
    const char *sql = c->field->sql;
    if (c->op == QUERY_GT || c->op == QUERY_LTE) {
        buf_puts(w->sql, sql);
        put_text(w, c->op == QUERY_GT ? " > " : " < ", to);
    } else if (c->op == QUERY_GTE || c->op == QUERY_LT) {
        buf_puts(w->sql, sql);
        put_text(w, c->op == QUERY_GTE ? " >= " : " < ", from);
    } else {
        buf_printf(w->sql, "%s(%s", c->op == QUERY_NE ? "NOT " : "", sql);
        put_text(w, " >= ", from);
        buf_printf(w->sql, " AND %s", sql);
        put_text(w, " < ", to);
        buf_putc(w->sql, ')');
    }
}

static void write_time(const struct writer *w, const struct query_condition *c)
{
    const struct query_value *v = &c->values.items[0];
    const char *sql = c->field->sql;
    if (c->op == QUERY_GT || c->op == QUERY_LTE) {
        buf_puts(w->sql, sql);
        put_int(w, c->op == QUERY_GT ? " >= " : " < ", v->end);
    } else if (c->op == QUERY_GTE || c->op == QUERY_LT) {
        buf_puts(w->sql, sql);
        put_int(w, c->op == QUERY_GTE ? " >= " : " < ", v->number);
    } else {
        buf_printf(w->sql, "%s(%s", c->op == QUERY_NE ? "NOT " : "", sql);
        put_int(w, " >= ", v->number);
        buf_printf(w->sql, " AND %s", sql);
        put_int(w, " < ", v->end);
        buf_putc(w->sql, ')');
    }
}

static void write_one(const struct writer *w, const struct query_condition *c)
{
    const struct query_field *f = c->field;
    if (f->type == QUERY_LIST) {
        write_list(w, c);
    } else if (c->op == QUERY_NULL) {
        buf_printf(w->sql, "%s IS %sNULL", f->sql, c->values.items[0].number ? "" : "NOT ");
    } else if (c->op == QUERY_LIKE) {
        write_like(w, c);
    } else if (c->op == QUERY_IN || c->op == QUERY_NIN) {
        buf_printf(w->sql, "%s%s IN (", f->sql, c->op == QUERY_NIN ? " NOT" : "");
        put_values(w, c);
        buf_putc(w->sql, ')');
    } else if (f->type == QUERY_DATE) {
        write_date(w, c);
    } else if (f->type == QUERY_TIME) {
        write_time(w, c);
    } else {
        buf_printf(w->sql, "%s %s ", f->sql, signs[c->op]);
        put_value(w, f, &c->values.items[0]);
    }
    if (c->op == QUERY_NE && f->type != QUERY_LIST && !f->required)
        buf_printf(w->sql, " OR %s IS NULL", f->sql);
}

void query_where(const struct query *q, struct arena *a, struct buf *sql, struct db_values *values)
{
    struct writer w = {a, sql, values};
    for (size_t i = 0; i < q->conditions.count; i++) {
        buf_puts(sql, " AND (");
        write_one(&w, &q->conditions.items[i]);
        buf_putc(sql, ')');
    }
}

/* --- order and page ------------------------------------------------------------------------------------ */

static void write_sort(struct buf *sql, const struct query_sort *s)
{
    const struct query_field *f = s->field;
    if (f->type != QUERY_TEXT)
        buf_puts(sql, f->sql);
    else if (f->fold)
        buf_puts(sql, f->fold);
    else
        buf_printf(sql, "LOWER(%s)", f->sql);
    buf_puts(sql, s->down ? " DESC" : "");
    buf_puts(sql, f->required ? ", " : " NULLS LAST, ");
}

void query_order(const struct query *q, struct arena *a, const char *tie, struct buf *sql,
                 struct db_values *values)
{
    struct writer w = {a, sql, values};
    buf_puts(sql, " ORDER BY ");
    for (size_t i = 0; i < q->sorts.count; i++)
        write_sort(sql, &q->sorts.items[i]);
    buf_puts(sql, tie);
    if (q->limit > 0)
        put_int(&w, " LIMIT ", q->limit);
    if (q->limit > 0 && q->offset > 0)
        put_int(&w, " OFFSET ", q->offset);
}

void query_ids(struct arena *a, struct buf *sql, struct db_values *values, const int64_t *ids, size_t count)
{
    struct writer w = {a, sql, values};
    for (size_t i = 0; i < count; i++)
        put_int(&w, i ? "," : "", ids[i]);
}
