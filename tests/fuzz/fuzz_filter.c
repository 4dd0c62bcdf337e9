/* List grammar: a query string becomes conditions or mistakes, and conditions become SQL. */
#include <stdlib.h>
#include <string.h>

#include "api/common/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct words colours = WORDS("colour", "red", "green");
static const struct query_field fields[] = {
    {"id", QUERY_INT, "m.id", .required = true},
    {"rating", QUERY_REAL, "m.rating"},
    {"title", QUERY_TEXT, "m.title", "m.title_fold"},
    {"path", QUERY_TEXT, "m.path"},
    {"monitored", QUERY_BOOL, "m.monitored"},
    {"released", QUERY_DATE, "m.released"},
    {"created_at", QUERY_TIME, "m.created_at"},
    {"colour", QUERY_WORD, "m.colour", .words = &colours},
    {"genres", QUERY_LIST, "m.id IN (SELECT w.id FROM w WHERE w.kind = 0", "w.word_fold", .no_sort = true},
    {NULL},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCRATCH(a);
    BUF(sql);
    struct query query = {.fields = fields, .limit = 10};
    struct mistakes mistakes = {0};
    struct db_values values = {0};
    const struct http_pair *pairs;
    size_t count;
    if (failed(http_form_parse(&a, arena_strndup(&a, (const char *)data, size), size, &pairs, &count)))
        return 0;
    bool fine = filter_read(&a, pairs, count, &mistakes, &query);
    if (fine == (mistakes.count > 0))
        abort();
    query_where(&query, &a, &sql, &values);
    query_order(&query, &a, "m.id", &sql, &values);
    /* Whatever came in is a parameter: the statement holds none of it. */
    for (size_t i = 0; i < sql.len; i++) {
        if ((unsigned char)sql.data[i] < ' ' || (unsigned char)sql.data[i] > '~')
            abort();
    }
    return 0;
}
