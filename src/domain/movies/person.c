/* People. */
#include "domain/movies/person.h"

#include "base/clock.h"
#include "base/fold.h"
#include "db/query.h"

static struct err select_persons(struct db_conn *conn, struct arena *a, const char *rest,
                                 const struct db_values *values, struct person_list *ret)
{
    BUF(sql);
    ROWS(rows);
    buf_puts(&sql, "SELECT ");
    db_columns(&sql, &person_shape, NULL);
    buf_printf(&sql, " FROM person %s", rest);
    TRY(db_query_values(conn, &rows, sql.data, values));
    while (rows_next(&rows))
        rows_fill(&rows, a, &person_shape, 0, arena_push(a, ret));
    return rows_end(&rows);
}

static struct err first(const struct person_list *list, struct person *ret)
{
    if (!list->count)
        return err_make(ERR_NOT_FOUND, "person_not_found", "Person not found");
    *ret = list->items[0];
    return OK;
}

struct err person_get(struct db_conn *conn, struct arena *a, int64_t id, struct person *ret)
{
    struct person_list list = {0};
    struct db_values values = {0};
    values_int(a, &values, id);
    TRY(select_persons(conn, a, "WHERE id = $1", &values, &list));
    return first(&list, ret);
}

struct err person_get_tmdb(struct db_conn *conn, struct arena *a, int64_t tmdb_id, struct person *ret)
{
    struct person_list list = {0};
    struct db_values values = {0};
    values_int(a, &values, tmdb_id);
    TRY(select_persons(conn, a, "WHERE tmdb_id = $1", &values, &list));
    return first(&list, ret);
}

static struct err find(struct db_conn *tx, struct arena *a, const struct person *p, struct person_list *ret)
{
    struct db_values values = {0};
    if (p->tmdb_id != INT_NONE) {
        values_int(a, &values, p->tmdb_id);
        TRY(select_persons(tx, a, "WHERE tmdb_id = $1", &values, ret));
        if (ret->count)
            return OK;
        values.count = 0;
    }
    values_text(a, &values, p->name_fold);
    return select_persons(tx, a,
                          p->tmdb_id == INT_NONE ? "WHERE name_fold = $1 ORDER BY id LIMIT 1"
                                                 : "WHERE name_fold = $1 AND tmdb_id IS NULL ORDER BY id LIMIT 1",
                          &values, ret);
}

static struct err update(struct db_conn *tx, struct arena *a, struct person *known, const struct person *given)
{
    struct presence which = {0};
    for (size_t i = 1; i < person_shape.count; i++) {
        const struct field *f = &person_shape.fields[i];
        if (field_is_none(f, given) || i == PERSON_FIELD_created_at || i == PERSON_FIELD_updated_at)
            continue;
        /* A name alone does not rename somebody whom TMDb knows. */
        if ((i == PERSON_FIELD_name || i == PERSON_FIELD_name_fold) && given->tmdb_id == INT_NONE)
            continue;
        field_copy(f, known, given);
        set_present(&which, i);
    }
    if (!which.bits[0])
        return OK;
    known->updated_at = time_now_us();
    set_present(&which, PERSON_FIELD_updated_at);
    return db_update(tx, a, "person", &person_shape, known->id, known, &which);
}

struct err person_upsert(struct db_conn *tx, struct arena *a, struct person *person)
{
    struct person_list list = {0};
    person->name_fold = fold_match_key(a, person->name);
    if (!person->name_fold || !*person->name_fold)
        return err_make(ERR_UNPROCESSABLE, "person_without_name", "A person needs a name");
    TRY(find(tx, a, person, &list));
    if (list.count) {
        TRY(update(tx, a, &list.items[0], person));
        *person = list.items[0];
        return OK;
    }
    person->id = INT_NONE;
    person->created_at = person->updated_at = time_now_us();
    if (person->gender == INT_NONE)
        person->gender = GENDER_UNKNOWN;
    return db_insert(tx, a, "person", &person_shape, person, &person->id);
}

struct err persons_list(struct db_conn *conn, struct arena *a, const char *contains, bool known, int64_t offset,
                        int64_t limit, struct person_list *ret, int64_t *ret_total)
{
    BUF(where);
    BUF(sql);
    ROWS(rows);
    struct db_values values = {0};
    buf_printf(&where, "WHERE %s", known ? "tmdb_id IS NOT NULL" : "1 = 1");
    if (contains && *fold_match_key(a, contains)) {
        values_text(a, &values, query_contains(a, fold_match_key(a, contains), false));
        buf_puts(&where, " AND name_fold LIKE $1 ESCAPE '\\'");
    }
    buf_printf(&sql, "SELECT COUNT(*) FROM person %s", where.data);
    TRY(db_query_values(conn, &rows, sql.data, &values));
    if (rows_next(&rows))
        *ret_total = rows_int(&rows, 0);
    TRY(rows_end(&rows));
    values_int(a, &values, limit);
    buf_printf(&where, " ORDER BY popularity DESC NULLS LAST, id LIMIT $%zu", values.count);
    values_int(a, &values, offset);
    buf_printf(&where, " OFFSET $%zu", values.count);
    return select_persons(conn, a, where.data, &values, ret);
}

struct err person_remove_orphan(struct db_conn *tx, int64_t id, bool *ret_removed)
{
    int64_t changed;
    TRY(db_exec_n(tx, &changed,
                  "DELETE FROM person WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM credit WHERE person_id = $1)",
                  "i", id));
    *ret_removed = changed > 0;
    return OK;
}
