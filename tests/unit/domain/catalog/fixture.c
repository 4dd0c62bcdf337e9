/* A migrated database for tests of the catalog. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/catalog/facets.h"
#include "domain/catalog/video_list.h"
#include "model/schema.h"
#include "unit/domain/catalog/fixture.h"

void assert_fine(struct err e)
{
    if (failed(e))
        fail_msg("%s: %s", e.code, e.msg);
}

void assert_fails(struct err e, enum err_kind kind, const char *code)
{
    assert_int_equal(e.kind, kind);
    assert_string_equal(e.code, code);
}

void catalog_start(struct test_db *t)
{
    assert_fine(db_migrate(t->db, &t->arena, schema_migrations, schema_migration_count));
}

int64_t catalog_make(struct test_db *t, const struct video_new *fresh)
{
    TX(tx);
    int64_t id;
    assert_fine(db_begin(t->db, &tx));
    assert_fine(catalog_video_import(tx.conn, &t->arena, fresh, &id));
    assert_fine(db_commit(&tx));
    return id;
}

int64_t catalog_make_titled(struct test_db *t, const char *artist, const char *title)
{
    struct video_new fresh;
    catalog_video_new(&fresh);
    fresh.video.artist = artist;
    fresh.video.title = title;
    return catalog_make(t, &fresh);
}

struct video catalog_read(struct test_db *t, int64_t id)
{
    struct video video;
    assert_fine(catalog_video_get(db_reader(t->db), &t->arena, id, true, &video));
    return video;
}
