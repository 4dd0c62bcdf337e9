/* Videos, their history, artists and tags, on both databases. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "domain/catalog/artist.h"
#include "domain/catalog/tag.h"
#include "domain/catalog/text.h"
#include "unit/domain/catalog/fixture.h"

#define IN_TX(t, expr)                                                                             \
    do {                                                                                           \
        TX(tx);                                                                                    \
        assert_fine(db_begin((t)->db, &tx));                                                       \
        assert_fine(expr);                                                                         \
        assert_fine(db_commit(&tx));                                                               \
    } while (0)
#define TX_FAILS(t, kind, code, expr)                                                              \
    do {                                                                                           \
        TX(tx);                                                                                    \
        assert_fine(db_begin((t)->db, &tx));                                                       \
        assert_fails(expr, kind, code);                                                            \
    } while (0)

static void new_video_has_history_artists_and_tags(struct test_db *t)
{
    catalog_start(t);
    struct video_new fresh;
    catalog_video_new(&fresh);
    fresh.video.title = "The Warrior";
    fresh.video.artist = "Scandal";
    fresh.video.year = 1984;
    fresh.primary = NAMES("Scandal");
    fresh.featured = NAMES("Patty Smyth");
    fresh.tags = NAMES("Rock", "rock", " live ");
    fresh.auto_tags = NAMES("80s");
    int64_t id = catalog_make(t, &fresh);
    struct video video = catalog_read(t, id);
    assert_string_equal(video.title, "The Warrior");
    assert_int_equal(video.year, 1984);
    assert_int_equal(video.status, VIDEO_DISCOVERED);
    assert_true(video.duration != video.duration);
    struct status_changes history;
    assert_fine(catalog_video_history(db_reader(t->db), &t->arena, id, &history));
    assert_int_equal(history.count, 1);
    assert_int_equal(history.items[0].old_status, ENUM_NONE);
    assert_string_equal(history.items[0].reason, "Initial creation");
    struct tag_list tags;
    assert_fine(catalog_video_tags(db_reader(t->db), &t->arena, id, &tags));
    assert_int_equal(tags.count, 3);
    assert_string_equal(tags.items[0].name, "80s");
    assert_string_equal(tags.items[1].name, "live");
    assert_string_equal(tags.items[2].name, "Rock");
    assert_int_equal(tags.items[2].usage_count, 1);
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM video_artist"), 2);
}

static void taken_outside_id_is_a_conflict(struct test_db *t)
{
    catalog_start(t);
    struct video_new fresh;
    catalog_video_new(&fresh);
    fresh.video.title = "One";
    fresh.video.youtube_id = "abc";
    catalog_make(t, &fresh);
    int64_t id;
    TX_FAILS(t, ERR_CONFLICT, "unique_violation",
             catalog_video_import(tx.conn, &t->arena, &fresh, &id));
}

static void update_writes_only_what_it_names(struct test_db *t)
{
    catalog_start(t);
    int64_t id = catalog_make_titled(t, "Björk", "Joga");
    struct video before = catalog_read(t, id);
    struct video change = {.title = "Jóga", .artist = "nobody", .year = INT_NONE};
    struct presence which = {0};
    set_present(&which, VIDEO_FIELD_title);
    set_present(&which, VIDEO_FIELD_status); /* has a verb of its own */
    IN_TX(t, catalog_video_update(tx.conn, &t->arena, id, &change, &which));
    struct video after = catalog_read(t, id);
    assert_string_equal(after.title, "Jóga");
    assert_string_equal(after.artist, "Björk");
    assert_int_equal(after.status, before.status);
    assert_true(after.updated_at > before.updated_at);
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM video WHERE title_fold = 'joga'"), 1);
}

static void videos_are_recognised_by_artist_and_title(struct test_db *t)
{
    catalog_start(t);
    int64_t found;
    int64_t id = catalog_make_titled(t, "Robin Thicke ft. T.I.", "Blurred Lines");
    struct db_conn *conn = db_reader(t->db);
    assert_fine(catalog_video_find_by_artist_title(conn, &t->arena, "ROBIN THICKE",
                                                   "Blurred Lines (feat. Pharrell)", &found));
    assert_int_equal(found, id);
    assert_fine(catalog_video_find_by_artist_title(conn, &t->arena, "Robin Thicke", "Blurred", &found));
    assert_int_equal(found, INT_NONE);
    assert_fine(catalog_video_find_by_artist_title(conn, &t->arena, NULL, "Blurred Lines", &found));
    assert_int_equal(found, INT_NONE);
    int64_t signs = catalog_make_titled(t, "!!!", "???");
    assert_fine(catalog_video_find_by_artist_title(conn, &t->arena, "!!!", "???", &found));
    assert_int_equal(found, signs);
    assert_fine(catalog_video_find_by_artist_title(conn, &t->arena, "!!!", "??", &found));
    assert_int_equal(found, INT_NONE);
}

static void same_status_again_leaves_no_history(struct test_db *t)
{
    catalog_start(t);
    int64_t id = catalog_make_titled(t, "A", "B");
    IN_TX(t, catalog_video_set_status(tx.conn, &t->arena, id, VIDEO_IMPORTED, "why", NULL, "{\"a\":1}"));
    IN_TX(t, catalog_video_set_status(tx.conn, &t->arena, id, VIDEO_IMPORTED, "again", NULL, NULL));
    struct status_changes history;
    assert_fine(catalog_video_history(db_reader(t->db), &t->arena, id, &history));
    assert_int_equal(history.count, 2);
    assert_int_equal(history.items[0].new_status, VIDEO_IMPORTED);
    assert_int_equal(history.items[0].old_status, VIDEO_DISCOVERED);
    assert_string_equal(history.items[0].changed_by, "api");
    assert_string_equal(history.items[0].metadata, "{\"a\":1}");
    TX_FAILS(t, ERR_NOT_FOUND, "video_not_found",
             catalog_video_set_status(tx.conn, &t->arena, 999, 1, NULL, NULL, NULL));
}

static void trash_twice_is_not_found_and_restore_is_harmless(struct test_db *t)
{
    catalog_start(t);
    int64_t id = catalog_make_titled(t, "A", "B");
    IN_TX(t, catalog_video_restore(tx.conn, &t->arena, id));
    IN_TX(t, catalog_video_trash(tx.conn, &t->arena, id));
    TX_FAILS(t, ERR_NOT_FOUND, "video_not_found", catalog_video_trash(tx.conn, &t->arena, id));
    struct video video;
    assert_fails(catalog_video_get(db_reader(t->db), &t->arena, id, false, &video), ERR_NOT_FOUND,
                 "video_not_found");
    IN_TX(t, catalog_video_restore(tx.conn, &t->arena, id));
    assert_int_equal(catalog_read(t, id).is_deleted, 0);
}

static void deleting_a_video_takes_tags_that_nothing_uses(struct test_db *t)
{
    catalog_start(t);
    struct video_new fresh;
    catalog_video_new(&fresh);
    fresh.video.title = "One";
    fresh.tags = NAMES("shared", "own");
    int64_t first = catalog_make(t, &fresh);
    fresh.tags = NAMES("shared");
    catalog_make(t, &fresh);
    IN_TX(t, catalog_video_delete(tx.conn, &t->arena, first));
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM tag"), 1);
    assert_int_equal(test_db_int(t, "SELECT usage_count FROM tag"), 1);
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM video_status_change"), 1);
}

static void tags_are_replaced_or_added(struct test_db *t)
{
    catalog_start(t);
    int64_t id = catalog_make_titled(t, "A", "B");
    struct tag_list tags;
    struct tag_names first = {NAMES("One", "Two"), TAG_AUTO, false};
    struct tag_names second = {NAMES("two", "Three"), TAG_MANUAL, false};
    struct tag_names none = {NULL, TAG_MANUAL, false};
    IN_TX(t, catalog_video_set_tags(tx.conn, &t->arena, id, &first, true));
    IN_TX(t, catalog_video_set_tags(tx.conn, &t->arena, id, &second, false));
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM video_tag WHERE source = 1"), 2);
    IN_TX(t, catalog_video_set_tags(tx.conn, &t->arena, id, &second, true));
    assert_fine(catalog_video_tags(db_reader(t->db), &t->arena, id, &tags));
    assert_int_equal(tags.count, 2);
    assert_string_equal(tags.items[1].name, "Two"); /* keeps its first spelling */
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM video_tag WHERE source = 1"), 0);
    IN_TX(t, catalog_video_set_tags(tx.conn, &t->arena, id, &none, true));
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM tag"), 0);
}

static void used_tag_needs_force(struct test_db *t)
{
    catalog_start(t);
    struct video_new fresh;
    catalog_video_new(&fresh);
    fresh.video.title = "One";
    fresh.tags = NAMES("used");
    catalog_make(t, &fresh);
    int64_t id = test_db_int(t, "SELECT id FROM tag");
    TX_FAILS(t, ERR_INVALID, "tag_in_use", catalog_tag_delete(tx.conn, &t->arena, id, false));
    IN_TX(t, catalog_tag_delete(tx.conn, &t->arena, id, true));
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM video_tag"), 0);
}

static void decade_tag_follows_the_year(struct test_db *t)
{
    catalog_start(t);
    struct decade_policy policy = {.enabled = true, .format = "{decade}s"};
    struct decade_change change = {0};
    struct tag_list tags;
    int64_t id = catalog_make_titled(t, "A", "B");
    struct tag_names manual = {NAMES("80s"), TAG_MANUAL, false};
    IN_TX(t, catalog_video_set_tags(tx.conn, &t->arena, id, &manual, true));
    IN_TX(t, catalog_video_sync_decade(tx.conn, &t->arena, id, 1991, &policy, &change));
    IN_TX(t, catalog_video_sync_decade(tx.conn, &t->arena, id, 2003, &policy, &change));
    IN_TX(t, catalog_video_sync_decade(tx.conn, &t->arena, id, 2004, &policy, &change));
    assert_int_equal(change.added, 2);
    assert_int_equal(change.removed, 1);
    assert_fine(catalog_video_tags(db_reader(t->db), &t->arena, id, &tags));
    assert_int_equal(tags.count, 2);
    assert_string_equal(tags.items[0].name, "00s");
    assert_string_equal(tags.items[1].name, "80s"); /* a person's own stays */
    IN_TX(t, catalog_video_sync_decade(tx.conn, &t->arena, id, INT_NONE, &policy, &change));
    assert_fine(catalog_video_tags(db_reader(t->db), &t->arena, id, &tags));
    assert_int_equal(tags.count, 1);
}

static void decade_tags_move_to_a_new_format(struct test_db *t)
{
    catalog_start(t);
    struct decade_policy first = {.enabled = true, .format = "{decade}s"};
    struct decade_policy second = {.enabled = true, .format = "decade-{decade}", .former = "{decade}s"};
    struct decade_policy none = {.enabled = false};
    struct decade_change change = {0};
    struct video_new fresh;
    catalog_video_new(&fresh);
    fresh.video.title = "x";
    for (int i = 0; i < 5; i++) {
        fresh.video.year = i == 4 ? INT_NONE : 1985 + i * 10;
        catalog_make(t, &fresh);
    }
    int64_t after = 0;
    for (int batches = 0; after != INT_NONE; batches++) {
        assert_true(batches < 3);
        IN_TX(t, catalog_sync_decades(tx.conn, &t->arena, 2, &first, &after, &change));
    }
    assert_int_equal(change.videos, 4);
    assert_int_equal(change.added, 4);
    after = 0;
    IN_TX(t, catalog_sync_decades(tx.conn, &t->arena, 100, &second, &after, &change));
    assert_int_equal(change.removed, 4);
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM tag WHERE name = 'decade-80'"), 1);
    after = 0;
    IN_TX(t, catalog_sync_decades(tx.conn, &t->arena, 100, &none, &after, &change));
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM tag"), 0);
}

static void deleted_artist_comes_back_by_name(struct test_db *t)
{
    catalog_start(t);
    struct artist artist;
    shape_clear(&artist_shape, &artist);
    artist.name = "Portishead";
    artist.biography = "Bristol";
    int64_t id;
    int64_t again;
    IN_TX(t, catalog_artist_put(tx.conn, &t->arena, &artist, &id));
    IN_TX(t, catalog_artist_trash(tx.conn, &t->arena, id));
    artist.biography = NULL;
    artist.imvdb_entity_id = "17";
    IN_TX(t, catalog_artist_put(tx.conn, &t->arena, &artist, &again));
    assert_int_equal(again, id);
    assert_fine(catalog_artist_get(db_reader(t->db), &t->arena, id, false, &artist));
    assert_string_equal(artist.biography, "Bristol");
    assert_string_equal(artist.imvdb_entity_id, "17");
    assert_int_equal(artist.video_count, 0);
}

static void artists_are_listed_by_part_of_the_name(struct test_db *t)
{
    catalog_start(t);
    int64_t id;
    int64_t total;
    struct artist_list list;
    IN_TX(t, catalog_artist_ensure(tx.conn, &t->arena, "Björk", &id));
    IN_TX(t, catalog_artist_ensure(tx.conn, &t->arena, "100% Dynamite", &id));
    struct artist_filter filter = {.name = "BJO"};
    assert_fine(catalog_artist_list(db_reader(t->db), &t->arena, &filter, &list, &total));
    assert_int_equal(total, 1);
    filter.name = "0%";
    assert_fine(catalog_artist_list(db_reader(t->db), &t->arena, &filter, &list, &total));
    assert_int_equal(total, 1);
    assert_string_equal(list.items[0].name, "100% Dynamite");
    filter.name = "_";
    assert_fine(catalog_artist_list(db_reader(t->db), &t->arena, &filter, &list, &total));
    assert_int_equal(total, 0);
}

static const struct {
    const char *title;
    const char *expected;
} songs[] = {
    {"Jump - 2015 Remaster", "jump"},
    {"1984 (Remastered)", "1984"},
    {"Footloose (15th Anniversary Collectors' Edition)", "footloose"},
    {"Footloose - From \"Footloose\" Soundtrack", "footloose"},
    {"(What's the Story) Morning Glory?", "(what's the story) morning glory?"},
    {"Robin (feat. T.I.) [Deluxe]", "robin"},
    {"Software", "software"},
    {"Fifty", "fifty"},
    {"ft. Someone", ""},
    {"Song (Feature Film)", "song (feature film)"},
    {"A - B", "a - b"},
    {"Alive (Oliver)", "alive (oliver)"},
};

static void song_titles_lose_versions_and_guests(struct test_db *t)
{
    for (size_t i = 0; i < sizeof(songs) / sizeof(songs[0]); i++)
        assert_string_equal(text_song_title(&t->arena, songs[i].title, true), songs[i].expected);
    assert_string_equal(text_without_featured(&t->arena, "The Warrior (feat. Patty Smyth)"), "The Warrior");
}

static const struct db_case cases[] = {
    DB_CASE(new_video_has_history_artists_and_tags),
    DB_CASE(taken_outside_id_is_a_conflict),
    DB_CASE(update_writes_only_what_it_names),
    DB_CASE(videos_are_recognised_by_artist_and_title),
    DB_CASE(same_status_again_leaves_no_history),
    DB_CASE(trash_twice_is_not_found_and_restore_is_harmless),
    DB_CASE(deleting_a_video_takes_tags_that_nothing_uses),
    DB_CASE(tags_are_replaced_or_added),
    DB_CASE(used_tag_needs_force),
    DB_CASE(decade_tag_follows_the_year),
    DB_CASE(decade_tags_move_to_a_new_format),
    DB_CASE(deleted_artist_comes_back_by_name),
    DB_CASE(artists_are_listed_by_part_of_the_name),
    DB_CASE(song_titles_lose_versions_and_guests),
};

int main(void)
{
    return db_cases_run("catalog_videos", cases, sizeof(cases) / sizeof(cases[0]));
}
