/* Pages of videos: the same whichever way they are found. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/catalog/video_list.h"
#include "unit/domain/catalog/fixture.h"

#define VIDEOS 2120 /* a few pages beyond where walking ends */

/* Every second field is missing now and then, and many are alike. */
static void fill(struct test_db *t)
{
    catalog_start(t);
    TX(tx);
    assert_fine(db_begin(t->db, &tx));
    for (int i = 0; i < VIDEOS; i++) {
        struct video_new fresh;
        int64_t id;
        catalog_video_new(&fresh);
        fresh.video.title = arena_printf(&t->arena, "Title %d", i * 7919 % 1000);
        fresh.video.artist = i % 5 ? arena_printf(&t->arena, "Artist %d", i % 40) : NULL;
        fresh.video.director = i % 3 ? arena_printf(&t->arena, "%s %d", i % 2 ? "Dir" : "dir", i % 9) : NULL;
        fresh.video.year = i % 4 ? 1950 + i % 70 : INT_NONE;
        fresh.quiet = true;
        assert_fine(catalog_video_import(tx.conn, &t->arena, &fresh, &id));
    }
    assert_fine(db_commit(&tx));
}

/* Ids of a page, from the database's own walk: inside a transaction nothing is kept. */
static struct list walked(struct test_db *t, const struct video_filter *filter)
{
    struct video_list list;
    int64_t total;
    TX(tx);
    assert_fine(db_begin(t->db, &tx));
    assert_fine(catalog_video_list(tx.conn, &t->arena, filter, &list, &total));
    int64_t *ids = arena_array(&t->arena, int64_t, list.count);
    for (size_t i = 0; i < list.count; i++)
        ids[i] = list.items[i].id;
    return (struct list){ids, list.count};
}

static void page_is(struct test_db *t, const struct video_filter *filter, const struct list *wanted)
{
    struct video_list list;
    int64_t total;
    assert_fine(catalog_video_list(db_reader(t->db), &t->arena, filter, &list, &total));
    assert_int_equal(list.count, wanted->count);
    for (size_t i = 0; i < list.count; i++)
        assert_int_equal(list.items[i].id, ((const int64_t *)wanted->items)[i]);
}

static void deep_pages_are_those_of_a_walk(struct test_db *t)
{
    static const enum video_sort sorts[] = {SORT_TITLE, SORT_ARTIST, SORT_YEAR, SORT_DIRECTOR, SORT_CREATED};
    fill(t);
    for (size_t i = 0; i < 2 * sizeof(sorts) / sizeof(sorts[0]); i++) {
        struct video_filter filter;
        video_filter_clear(&filter);
        filter.sort = sorts[i / 2];
        filter.descending = i % 2;
        for (int64_t offset = 2000; offset <= 2120; offset += 60) {
            filter.window = (struct catalog_window){50, offset};
            struct list wanted = walked(t, &filter);
            for (int ask = 0; ask < 3; ask++) /* walked, kept, found */
                page_is(t, &filter, &wanted);
        }
    }
}

static void deep_pages_follow_changes(struct test_db *t)
{
    fill(t);
    struct video_filter filter;
    video_filter_clear(&filter);
    filter.sort = SORT_TITLE;
    filter.window = (struct catalog_window){50, 2010};
    for (int round = 0; round < 4; round++) {
        struct list page = walked(t, &filter);
        for (int ask = 0; ask < 3; ask++)
            page_is(t, &filter, &page);
        TX(tx);
        assert_fine(db_begin(t->db, &tx));
        assert_fine(catalog_video_trash(tx.conn, &t->arena, ((const int64_t *)page.items)[round]));
        assert_fine(db_commit(&tx));
        struct list after = walked(t, &filter);
        assert_int_not_equal(((const int64_t *)after.items)[round], ((const int64_t *)page.items)[round]);
        page_is(t, &filter, &after);
    }
}

static const struct db_case cases[] = {
    DB_CASE(deep_pages_are_those_of_a_walk),
    DB_CASE(deep_pages_follow_changes),
};

int main(void)
{
    return db_cases_run("catalog_lists", cases, sizeof(cases) / sizeof(cases[0]));
}
