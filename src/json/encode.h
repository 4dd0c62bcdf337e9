/*
 * From a struct to JSON by shape, and from a shape to its JSON Schema (OpenAPI 3.1). Any thread.
 */
#ifndef MEDLEY_JSON_ENCODE_H
#define MEDLEY_JSON_ENCODE_H

#include <stdint.h>

#include "base/desc.h"
#include "json/writer.h"

/* One object. "No value" is null, or left out where the field says FIELD_OMIT. */
void shape_encode(struct jw *w, const struct shape *shape, const void *object);
/* The members only, inside an object that the caller has open. */
void shape_encode_members(struct jw *w, const struct shape *shape, const void *object);
/* Only the members whose bit is set in `which`. */
void shape_encode_some(struct jw *w, const struct shape *shape, const void *object,
                       const struct presence *which);
void field_encode(struct jw *w, const struct field *f, const void *object);

enum schema_use { SCHEMA_REQUEST, SCHEMA_REPLY };
/* {"type":"object","properties":...}; nested shapes as {"$ref":"#/components/schemas/<name>"}. */
void shape_schema(struct jw *w, const struct shape *shape, enum schema_use use);
/* The schema of one field alone (query parameters). */
void field_schema(struct jw *w, const struct field *f, enum schema_use use);

#endif
