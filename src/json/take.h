/*
 * From another service's JSON to a struct, by shape, taking what is usable: the opposite of json/decode.h,
 * which refuses. Any member may be missing or null, numbers may come as text and the reverse, an empty object
 * may come as an empty array. What does not fit its field counts as missing; elements of lists that do not
 * fit are left out. A missing member gets the field's fallback, or "no value".
 *
 * Everything lives in the arena. Any thread. Cannot fail: `value` may be NULL or of any type.
 */
#ifndef MEDLEY_JSON_TAKE_H
#define MEDLEY_JSON_TAKE_H

#include <jansson.h>

#include "base/arena.h"
#include "base/desc.h"

void shape_take(struct arena *a, const struct shape *shape, const json_t *value, void *ret_object);

/* Single values: NULL, INT_NONE, NAN when they are not there. */
const char *json_take_text(struct arena *a, const json_t *value);
int64_t json_take_int(const json_t *value);
double json_take_real(const json_t *value);

#endif
