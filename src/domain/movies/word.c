/* Lists of texts of movies and shows. */
#include "domain/movies/word.h"

#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "domain/movies/credit.h"

/* --- loading ------------------------------------------------------------------------------------------ */

struct place {
    int64_t id;
    char *object;
};

static int by_id(const void *left, const void *right)
{
    const struct place *a = left;
    const struct place *b = right;
    return a->id < b->id ? -1 : a->id > b->id;
}

static struct list *list_of(const struct item_kind *kind, char *object, int64_t word_kind)
{
    const char *name = words_name(&word_kind_words, (int)word_kind);
    int index = name ? shape_find(kind->shape, name) : -1;
    return index < 0 ? NULL : field_at(&kind->shape->fields[index], object);
}

/* Lists grow one by one, in order; room is made in powers of two. */
static void push(struct arena *a, struct list *list, const char *word)
{
    size_t n = list->count;
    if ((n & (n - 1)) == 0) {
        const char **items = arena_array(a, const char *, n ? n * 2 : 1);
        if (n)
            memcpy(items, list->items, n * sizeof(*items));
        list->items = items;
    }
    ((const char **)list->items)[list->count++] = word;
}

static struct err read_words(struct rows *rows, struct arena *a, const struct item_kind *kind,
                             const struct place *places, size_t count)
{
    while (rows_next(rows)) {
        struct place key = {rows_int(rows, 0), NULL};
        const struct place *place = bsearch(&key, places, count, sizeof(key), by_id);
        struct list *list = place ? list_of(kind, place->object, rows_int(rows, 1)) : NULL;
        if (list)
            push(a, list, rows_text(rows, a, 2));
    }
    return rows_end(rows);
}

struct err words_load(struct db_conn *conn, struct arena *a, const struct item_kind *kind, void *objects,
                      size_t count)
{
    BUF(sql);
    ROWS(rows);
    struct db_values values = {0};
    if (!count || !kind->has_words)
        return OK;
    struct place *places = arena_array(a, struct place, count);
    int64_t *ids = arena_array(a, int64_t, count);
    for (size_t i = 0; i < count; i++) {
        char *object = (char *)objects + i * kind->shape->size;
        ids[i] = item_id(kind, object);
        places[i] = (struct place){ids[i], object};
    }
    qsort(places, count, sizeof(*places), by_id);
    values_int(a, &values, kind->type);
    buf_puts(&sql, "SELECT item_id, kind, word FROM item_word WHERE item_type = $1 AND item_id IN (");
    query_ids(a, &sql, &values, ids, count);
    buf_puts(&sql, ") ORDER BY item_id, kind, position");
    TRY(db_query_values(conn, &rows, sql.data, &values));
    return read_words(&rows, a, kind, places, count);
}

struct err words_in_use(struct db_conn *conn, struct arena *a, enum item_type type, enum word_kind kind,
                        struct list *ret_words)
{
    ROWS(rows);
    *ret_words = (struct list){0};
    TRY(db_query(conn, &rows,
                 "SELECT MIN(word), word_fold FROM item_word WHERE item_type = $1 AND kind = $2"
                 " GROUP BY word_fold ORDER BY word_fold",
                 "ii", (int64_t)type, (int64_t)kind));
    while (rows_next(&rows))
        push(a, ret_words, rows_text(&rows, a, 0));
    return rows_end(&rows);
}

/* --- storing ------------------------------------------------------------------------------------------ */

static const char *trimmed(struct arena *a, const char *text)
{
    size_t len;
    text += strspn(text, " \t\r\n");
    for (len = strlen(text); len && strchr(" \t\r\n", text[len - 1]); len--)
        ;
    return arena_strndup(a, text, len);
}

struct list words_clean(struct arena *a, const struct list *words)
{
    struct list clean = {0};
    const char *const *items = words->items;
    const char **folds = arena_array(a, const char *, words->count + 1);
    for (size_t i = 0; i < words->count; i++) {
        const char *word = trimmed(a, items[i] ? items[i] : "");
        const char *key = fold(a, word);
        bool known = !*key;
        for (size_t j = 0; j < clean.count && !known; j++)
            known = strcmp(folds[j], key) == 0;
        if (known)
            continue;
        folds[clean.count] = key;
        push(a, &clean, word);
    }
    return clean;
}

struct err words_store(struct db_conn *tx, struct arena *a, enum item_type type, int64_t id,
                       enum word_kind kind, const struct list *words)
{
    const char *const *items = words->items;
    TRY(db_exec(tx, "DELETE FROM item_word WHERE item_type = $1 AND item_id = $2 AND kind = $3", "iii",
                (int64_t)type, id, (int64_t)kind));
    for (size_t i = 0; i < words->count; i++)
        TRY(db_exec(tx,
                    "INSERT INTO item_word (item_type, item_id, kind, position, word, word_fold)"
                    " VALUES ($1, $2, $3, $4, $5, $6)",
                    "iiiitt", (int64_t)type, id, (int64_t)kind, (int64_t)i, items[i], fold(a, items[i])));
    if (kind == WORD_DIRECTORS)
        return credits_sync_job(tx, a, type, id, "Director", "Directing", words);
    if (kind == WORD_WRITERS)
        return credits_sync_job(tx, a, type, id, "Writer", "Writing", words);
    return OK;
}
