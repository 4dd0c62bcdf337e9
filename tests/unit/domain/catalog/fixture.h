/* What the tests of the catalog share: a migrated database and short ways to fill it. */
#ifndef MEDLEY_TESTS_CATALOG_FIXTURE_H
#define MEDLEY_TESTS_CATALOG_FIXTURE_H

#include "domain/catalog/video.h"
#include "unit/db/fixture.h"

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

void catalog_start(struct test_db *t);
/* In a transaction of its own. */
int64_t catalog_make(struct test_db *t, const struct video_new *fresh);
int64_t catalog_make_titled(struct test_db *t, const char *artist, const char *title);
struct video catalog_read(struct test_db *t, int64_t id);
void assert_fine(struct err e);
void assert_fails(struct err e, enum err_kind kind, const char *code);

#endif
