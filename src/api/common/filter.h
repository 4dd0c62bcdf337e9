/*
 * The list grammar filter[field][op]=value, sort=a,-b and order=asc,desc over a table of fields.
 *
 *     filter[year][gte]=1990&filter[genres]=Crime&sort=year,title&order=desc,asc
 *
 * Operators: eq (the default), ne, gt, gte, lt, lte, in, nin, like, null (db/query.h). in and nin take a
 * comma list, null takes true or false. Lists know eq, ne, in, nin, like and null; booleans eq, ne, in, nin
 * and null. Unknown fields, operators and unreadable values become mistakes that name field, operator and
 * value. Parameters that are not of this grammar are left alone. Everything lives in the arena; any thread.
 */
#ifndef MEDLEY_API_COMMON_FILTER_H
#define MEDLEY_API_COMMON_FILTER_H

#include "base/arena.h"
#include "db/query.h"
#include "http/http.h"
#include "json/decode.h"

#define FILTER_CONDITIONS_MAX 50
#define FILTER_VALUES_MAX     1000
#define FILTER_SORTS_MAX      8

/* Adds to query->conditions and query->sorts; query->fields is set. False when a mistake was added. */
bool filter_read(struct arena *a, const struct http_pair *pairs, size_t count, struct mistakes *mistakes,
                 struct query *query);
/* One condition, as if it had come as filter[field][op]=value. */
bool filter_add(struct arena *a, struct query *query, const char *field, const char *op, const char *value,
                struct mistakes *mistakes);
/* "a, b,,c" -> a, b, c; NULL-terminated. */
const char *const *filter_split(struct arena *a, const char *text, size_t *ret_count);

#endif
