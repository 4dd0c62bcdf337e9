/* Comparing and testing members by their field rows. Private to domain/movies. */
#ifndef MEDLEY_DOMAIN_MOVIES_FIELDS_H
#define MEDLEY_DOMAIN_MOVIES_FIELDS_H

#include "base/arena.h"
#include "base/desc.h"

bool fields_equal(const struct field *f, const void *left, const void *right);
/* No value, empty text or an empty list. */
bool field_is_blank(const struct field *f, const void *object);
/* Percent of the named members that are not blank. */
int64_t fields_completeness(const struct shape *shape, const void *object, const char *const *names,
                            size_t count);
/* Members by name; CHECKed to exist. */
int64_t *field_int(const struct shape *shape, void *object, const char *name);
const char **field_text(const struct shape *shape, void *object, const char *name);
/* title_fold, sort_fold, original_fold and match_key from the titles, where the shape has them. */
void fields_fold(struct arena *a, const struct shape *shape, void *object);

#endif
