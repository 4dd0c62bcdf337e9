/* domain/files/place, browse: where paths lead and what folders show. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/desc.h"
#include "domain/files/browse.h"

static void paths_that_climb_or_are_absolute_are_refused(void **state)
{
    struct media *m = *state;
    static const char *const bad[] = {
        "..", "../x", "a/..", "a/../../x", "./../x", "/etc", "/", "//etc", "a//../b", "..\\x", "a\\..\\b",
        "%2e%2e/x", "a/..%2f..", "a/%2E%2e", "%2e.", ".medley-root", "a/.medley-tmp-1", ".db", ".keys/x", ".torrents", ".cache/y"};
    struct place place;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct err e = place_find(&m->roots, &m->arena, bad[i], &place);
        if (e.kind != ERR_INVALID)
            fail_msg("%s was taken", bad[i]);
    }
}

static void dots_in_names_are_only_dots(void **state)
{
    struct media *m = *state;
    static const char *const good[] = {"a..b", "...", "a/..b/c..", ".hidden", "x/.db", "a%20b", "..a", "100%"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_string_equal(at(m, good[i]).path, good[i]);
    assert_string_equal(at(m, "./a//b/./c/").path, "a/b/c");
    assert_string_equal(at(m, ".").path, "");
}

static void names_have_at_most_255_bytes(void **state)
{
    struct media *m = *state;
    char name[NAME_MAX_BYTES + 2];
    struct place place;
    memset(name, 'x', sizeof(name));
    name[NAME_MAX_BYTES] = 0;
    assert_ok(place_find(&m->roots, &m->arena, name, &place));
    assert_ok(name_check(name));
    name[NAME_MAX_BYTES] = 'x';
    name[NAME_MAX_BYTES + 1] = 0;
    assert_fails(place_find(&m->roots, &m->arena, name, &place), ERR_INVALID);
    assert_fails(name_check(name), ERR_INVALID);
    /* 128 characters, 256 bytes */
    BUF(wide);
    for (int i = 0; i < 128; i++)
        buf_puts(&wide, "\xc3\xbc");
    assert_fails(name_check(wide.data), ERR_INVALID);
}

static void new_names_are_single_names(void **state)
{
    (void)state;
    static const char *const bad[] = {"", " ", "\t", ".", "..", "a/b", "a\\b", "/", ".medley-x"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_fails(name_check(bad[i]), ERR_INVALID);
    assert_fails(name_check(NULL), ERR_INVALID);
    assert_ok(name_check("a..b ü.mkv"));
}

static void the_media_folder_itself_is_not_to_be_changed(void **state)
{
    struct media *m = *state;
    struct place place;
    static const char *const tops[] = {"", " ", ".", "./", "././."};
    for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]); i++)
        assert_fails(place_find_inside(&m->roots, &m->arena, tops[i], &place), ERR_INVALID);
    assert_fails(place_find_inside(&m->roots, &m->arena, NULL, &place), ERR_INVALID);
}

static void several_media_folders_are_told_apart_by_name(void **state)
{
    struct media *m = *state;
    struct place place;
    put(m, "a.mkv", "first");
    media_second(m, NULL);
    place = at(m, "media/a.mkv");
    assert_ptr_equal(place.root, m->items[0]);
    assert_string_equal(place.path, "a.mkv");
    place = at(m, "media-2/x/y");
    assert_ptr_equal(place.root, m->items[1]);
    assert_string_equal(place.path, "x/y");
    assert_fails(place_find(&m->roots, &m->arena, "elsewhere/a", &place), ERR_NOT_FOUND);
    assert_fails(place_find_inside(&m->roots, &m->arena, "media-2", &place), ERR_INVALID);
    assert_ok(place_of(&m->roots, &m->arena, arena_printf(&m->arena, "%s/q", root_path(m->items[1])), &place));
    assert_string_equal(place.shown, "media-2/q");
    assert_fails(place_of(&m->roots, &m->arena, m->outside, &place), ERR_INVALID);
    struct entry_list list = {0};
    struct place top = at(m, "");
    assert_null(top.root);
    assert_ok(files_list(&m->roots, &m->arena, &top, &list));
    assert_int_equal(list.count, 2);
    assert_string_equal(list.items[0].path, "media");
    assert_string_equal(list.items[1].path, "media-2");
}

static void folders_come_first_then_names_in_any_case(void **state)
{
    struct media *m = *state;
    static const char *const wanted[] = {"Alpha", "zeta", "Änder.txt", "b.MKV", "C.txt"};
    struct entry_list list = {0};
    put_folder(m, "zeta");
    put_folder(m, "Alpha");
    put(m, "C.txt", "1");
    put(m, "b.MKV", "12");
    put(m, "Änder.txt", "");
    put(m, ".hidden", "");
    put(m, "bad\xff.txt", "");
    put_link(m, "out", m->outside);
    put_link(m, "nowhere", "gone");
    put_link(m, "loop", "loop");
    assert_int_equal(mkfifo(full(m, "pipe"), 0600), 0);
    struct place top = at(m, "");
    assert_ok(files_list(&m->roots, &m->arena, &top, &list));
    assert_int_equal(list.count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(list.items[i].name, wanted[i]);
    assert_true(list.items[0].is_folder);
    assert_int_equal(list.items[0].size, INT_NONE);
    assert_int_equal(list.items[3].size, 2);
    assert_true(name_is_media(list.items[3].name));
    assert_false(name_is_media("C.txt"));
    assert_false(name_is_media("mkv"));
}

static void a_link_shows_what_it_leads_to_inside(void **state)
{
    struct media *m = *state;
    struct entry_list list = {0};
    put(m, "real/film.mp4", "1234");
    put_link(m, "link", "real");
    put_link(m, "film", "real/film.mp4");
    struct place top = at(m, "");
    assert_ok(files_list(&m->roots, &m->arena, &top, &list));
    assert_int_equal(list.count, 3);
    assert_string_equal(list.items[0].name, "link");
    assert_true(list.items[0].is_folder);
    assert_string_equal(list.items[2].name, "film");
    assert_int_equal(list.items[2].size, 4);
}

static void what_is_not_there_has_no_entries_and_what_leads_out_is_refused(void **state)
{
    struct media *m = *state;
    struct entry_list list = {0};
    put(m, "file.txt", "");
    put_link(m, "out", m->outside);
    struct place nowhere = at(m, "nowhere/at/all");
    struct place file = at(m, "file.txt");
    struct place out = at(m, "out");
    assert_ok(files_list(&m->roots, &m->arena, &nowhere, &list));
    assert_ok(files_list(&m->roots, &m->arena, &file, &list));
    assert_int_equal(list.count, 0);
    assert_fails(files_list(&m->roots, &m->arena, &out, &list), ERR_INVALID);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, media_start, media_finish)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(paths_that_climb_or_are_absolute_are_refused),
        TEST(dots_in_names_are_only_dots),
        TEST(names_have_at_most_255_bytes),
        TEST(new_names_are_single_names),
        TEST(the_media_folder_itself_is_not_to_be_changed),
        TEST(several_media_folders_are_told_apart_by_name),
        TEST(folders_come_first_then_names_in_any_case),
        TEST(a_link_shows_what_it_leads_to_inside),
        TEST(what_is_not_there_has_no_entries_and_what_leads_out_is_refused),
    };
    return cmocka_run_group_tests_name("files_place", tests, NULL, NULL);
}
