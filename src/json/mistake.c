/* Collected input mistakes, and the one English sentence for each. */
#include <string.h>

#include "base/buf.h"
#include "json/decode.h"

struct mistake *mistake_add(struct arena *a, struct mistakes *list, enum mistake_kind kind,
                            const char *where)
{
    struct mistake *m;
    if (list->count >= MAX_MISTAKES)
        m = arena_new(a, struct mistake);
    else
        m = arena_push(a, list);
    m->kind = kind;
    m->where = where;
    return m;
}

void mistake_rule(struct arena *a, struct mistakes *list, const char *where, const char *field,
                  const char *text)
{
    struct mistake *m = mistake_add(a, list, MISTAKE_RULE, where);
    m->text = text;
    if (field)
        m->path[m->path_len++] = (struct path_step){field, 0};
}

const char *mistake_path(struct arena *a, const struct mistake *m)
{
    BUF(out);
    for (size_t i = 0; i < m->path_len; i++) {
        if (i)
            buf_putc(&out, '.');
        if (m->path[i].name)
            buf_puts(&out, m->path[i].name);
        else
            buf_printf(&out, "%zu", m->path[i].index);
    }
    return arena_strndup(a, out.data ? out.data : "", out.len);
}

static const char *type_name(enum field_type type)
{
    static const char *const names[] = {
        [T_BOOL] = "a boolean", [T_INT] = "an integer",  [T_REAL] = "a number",
        [T_TEXT] = "a string",  [T_ENUM] = "a string",   [T_TIME] = "a date-time",
        [T_JSON] = "JSON",      [T_OBJECT] = "an object", [T_LIST] = "a list",
    };
    return names[type];
}

static const char *one_of(struct arena *a, const struct words *words)
{
    BUF(out);
    buf_puts(&out, "must be one of ");
    const char *separator = "";
    for (size_t i = 0; i < words->count; i++) {
        if (!words->items[i])
            continue;
        buf_printf(&out, "%s%s", separator, words->items[i]);
        separator = ", ";
    }
    return arena_strndup(a, out.data, out.len);
}

const char *mistake_text(struct arena *a, const struct mistake *m)
{
    switch (m->kind) {
    case MISTAKE_JSON:
        return arena_printf(a, "is not valid JSON at byte %.0f: %s", m->number,
                            m->text ? m->text : "syntax error");
    case MISTAKE_NOT_OBJECT:
        return "must be an object";
    case MISTAKE_MISSING:
        return "is required";
    case MISTAKE_TYPE:
    case MISTAKE_PARSE:
        return arena_printf(a, "must be %s", type_name(m->type));
    case MISTAKE_TOO_SHORT:
        return m->number == 1 ? "must not be empty"
                              : arena_printf(a, "must be at least %.0f characters", m->number);
    case MISTAKE_TOO_LONG:
        return arena_printf(a, "must be at most %.0f characters", m->number);
    case MISTAKE_TOO_SMALL:
        return arena_printf(a, "must be at least %.15g", m->number);
    case MISTAKE_TOO_LARGE:
        return arena_printf(a, "must be at most %.15g", m->number);
    case MISTAKE_TOO_FEW:
        return arena_printf(a, "must have at least %.0f items", m->number);
    case MISTAKE_TOO_MANY:
        return arena_printf(a, "must have at most %.0f items", m->number);
    case MISTAKE_NOT_IN_SET:
        return one_of(a, m->words);
    case MISTAKE_UNKNOWN:
        return "is not a known field";
    case MISTAKE_RULE:
        return m->text;
    }
    return "is invalid";
}
