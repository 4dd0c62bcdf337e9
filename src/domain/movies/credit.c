/* Credits. */
#include "domain/movies/credit.h"

#include <string.h>

#include "base/fold.h"
#include "db/query.h"
#include "domain/movies/person.h"

/* --- reading ------------------------------------------------------------------------------------------ */

static struct err select_credits(struct db_conn *conn, struct arena *a, const char *rest,
                                 const struct db_values *values, struct credit_list *ret)
{
    BUF(sql);
    ROWS(rows);
    buf_puts(&sql, "SELECT ");
    db_columns(&sql, &credit_shape, "c");
    buf_printf(&sql, ", p.name, p.tmdb_id, p.profile_path FROM credit c JOIN person p ON p.id = c.person_id %s",
               rest);
    TRY(db_query_values(conn, &rows, sql.data, values));
    while (rows_next(&rows)) {
        struct credit *c = arena_push(a, ret);
        rows_fill(&rows, a, &credit_shape, 0, c);
        c->name = rows_text(&rows, a, 11);
        c->tmdb_id = rows_int(&rows, 12);
        c->profile_path = rows_text(&rows, a, 13);
    }
    return rows_end(&rows);
}

struct err credits_of(struct db_conn *conn, struct arena *a, enum item_type type, const int64_t *ids, size_t count,
                      struct credit_list *ret)
{
    BUF(rest);
    struct db_values values = {0};
    if (!count)
        return OK;
    values_int(a, &values, type);
    buf_puts(&rest, "WHERE c.item_type = $1 AND c.removed = 0 AND c.item_id IN (");
    query_ids(a, &rest, &values, ids, count);
    buf_puts(&rest, ") ORDER BY c.item_id, c.kind, c.position, c.id");
    return select_credits(conn, a, rest.data, &values, ret);
}

struct err credits_of_person(struct db_conn *conn, struct arena *a, int64_t person_id, struct credit_list *ret)
{
    struct db_values values = {0};
    values_int(a, &values, person_id);
    return select_credits(conn, a, "WHERE c.person_id = $1 AND c.removed = 0 ORDER BY c.item_type, c.item_id, c.id",
                          &values, ret);
}

struct err credits_persons(struct db_conn *conn, struct arena *a, enum item_type type, int64_t item_id,
                           struct list *ret_ids)
{
    struct {
        VEC(int64_t)
    } ids = {0};
    ROWS(rows);
    if (type == ITEM_SHOW)
        TRY(db_query(conn, &rows,
                     "SELECT person_id FROM credit WHERE item_type = 1 AND item_id = $1 UNION"
                     " SELECT person_id FROM credit WHERE item_type = 2 AND item_id IN"
                     " (SELECT id FROM season WHERE show_id = $1) UNION"
                     " SELECT person_id FROM credit WHERE item_type = 3 AND item_id IN"
                     " (SELECT id FROM episode WHERE show_id = $1) ORDER BY 1",
                     "i", item_id));
    else
        TRY(db_query(conn, &rows,
                     "SELECT DISTINCT person_id FROM credit WHERE item_type = $1 AND item_id = $2 ORDER BY 1",
                     "ii", (int64_t)type, item_id));
    while (rows_next(&rows))
        *arena_push(a, &ids) = rows_int(&rows, 0);
    TRY(rows_end(&rows));
    *ret_ids = (struct list){ids.items, ids.count};
    return OK;
}

/* --- writing ------------------------------------------------------------------------------------------ */

struct setting_up {
    struct db_conn *tx;
    struct arena *a;
    enum item_type type;
    int64_t item_id;
    enum credit_kind kind;
    struct credit_list known; /* also what was removed by hand */
    bool *used;
};

static struct err load_known(struct setting_up *s)
{
    struct db_values values = {0};
    values_int(s->a, &values, s->type);
    values_int(s->a, &values, s->item_id);
    values_int(s->a, &values, s->kind);
    TRY(select_credits(s->tx, s->a,
                       "WHERE c.item_type = $1 AND c.item_id = $2 AND c.kind = $3 ORDER BY c.position, c.id",
                       &values, &s->known));
    s->used = arena_array(s->a, bool, s->known.count + 1);
    return OK;
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* The row of this person; of the same job in a crew. */
static struct credit *find_known(struct setting_up *s, int64_t person, const char *job)
{
    for (size_t i = 0; i < s->known.count; i++) {
        struct credit *c = &s->known.items[i];
        if (s->used[i] || c->person_id != person || (s->kind == CREDIT_CREW && !same(c->job, job)))
            continue;
        s->used[i] = true;
        return c;
    }
    return NULL;
}

static struct err add(struct setting_up *s, int64_t person, int64_t position, const char *role, const char *job,
                      const char *department)
{
    return db_exec(s->tx,
                   "INSERT INTO credit (item_type, item_id, kind, person_id, position, role, job, department)"
                   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                   "iiiiittt", (int64_t)s->type, s->item_id, (int64_t)s->kind, person, position, role, job,
                   department);
}

static struct err set_line(struct setting_up *s, struct credit_line *line, int64_t position, bool keep_order)
{
    TRY(person_upsert(s->tx, s->a, &line->person));
    struct credit *known = find_known(s, line->person.id, line->job);
    if (!known)
        return add(s, line->person.id, position, line->role, line->job, line->department);
    if (known->removed == 1)
        return OK;
    const char *role = known->role_locked == 1 || !line->role ? known->role : line->role;
    int64_t place = keep_order ? known->position : position;
    if (same(role, known->role) && place == known->position && same(line->department, known->department))
        return OK;
    return db_exec(s->tx, "UPDATE credit SET role = $1, position = $2, department = $3 WHERE id = $4", "titi", role,
                   place, line->department, known->id);
}

static struct err drop_unused(struct setting_up *s)
{
    for (size_t i = 0; i < s->known.count; i++) {
        if (!s->used[i] && s->known.items[i].removed != 1)
            TRY(db_exec(s->tx, "DELETE FROM credit WHERE id = $1", "i", s->known.items[i].id));
    }
    return OK;
}

struct err credits_set(struct db_conn *tx, struct arena *a, enum item_type type, int64_t item_id,
                       enum credit_kind kind, struct credit_lines *lines, bool keep_order)
{
    struct setting_up s = {.tx = tx, .a = a, .type = type, .item_id = item_id, .kind = kind};
    TRY(load_known(&s));
    for (size_t i = 0; i < lines->count; i++)
        TRY(set_line(&s, &lines->items[i], (int64_t)i, keep_order));
    return drop_unused(&s);
}

static bool has_job(const struct credit *c, const char *job)
{
    if (same(c->job, job))
        return true;
    return strcmp(job, "Writer") == 0 && (same(c->job, "Screenplay") || same(c->job, "Story"));
}

static bool named(struct arena *a, const char *name, const struct list *names)
{
    const char *const *items = names->items;
    const char *key = fold_match_key(a, name);
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(fold_match_key(a, items[i]), key) == 0)
            return true;
    }
    return false;
}

static bool has_credit(const struct setting_up *s, const char *job, const char *name)
{
    for (size_t i = 0; i < s->known.count; i++) {
        if (has_job(&s->known.items[i], job) && named(s->a, s->known.items[i].name,
                                                      &(struct list){(void *)(uintptr_t)&name, 1}))
            return true;
    }
    return false;
}

struct err credits_sync_job(struct db_conn *tx, struct arena *a, enum item_type type, int64_t item_id,
                            const char *job, const char *department, const struct list *names)
{
    struct setting_up s = {.tx = tx, .a = a, .type = type, .item_id = item_id, .kind = CREDIT_CREW};
    const char *const *items = names->items;
    int64_t position = 0;
    TRY(load_known(&s));
    for (size_t i = 0; i < s.known.count; i++) {
        const struct credit *c = &s.known.items[i];
        position = c->position >= position ? c->position + 1 : position;
        s.used[i] = !has_job(c, job) || named(a, c->name, names);
    }
    TRY(drop_unused(&s));
    for (size_t i = 0; i < names->count; i++) {
        struct person person;
        if (has_credit(&s, job, items[i]))
            continue;
        shape_clear(&person_shape, &person);
        person.name = items[i];
        struct err e = person_upsert(tx, a, &person);
        if (e.kind == ERR_UNPROCESSABLE) /* a name of signs alone is kept as a word only */
            continue;
        TRY(e);
        TRY(add(&s, person.id, position++, NULL, job, department));
    }
    return OK;
}
