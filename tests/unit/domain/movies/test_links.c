/* Files tied to movies and episodes by hand, on both databases. */
#include "unit/unit.h"

#include <string.h>

#include "domain/library/file.h"
#include "domain/library/library.h"
#include "domain/movies/media_link.h"
#include "domain/movies/movie.h"
#include "domain/movies/show.h"
#include "model/schema.h"
#include "unit/db/fixture.h"

/* Two libraries, numbers 1 and 2; their folders are never looked at. */
static void start(struct test_db *t)
{
    assert_ok(db_migrate(t->db, &t->arena, schema_migrations, schema_migration_count));
    test_db_script(t, "INSERT INTO library (uuid, kind, name, path, options, created_at, updated_at) VALUES"
                      " ('u1', 'movies', 'Films', '/m', '{}', 1, 1), ('u2', 'tv', 'Shows', '/s', '{}', 1, 1);");
}

static struct media_link_wish movie_wish(int64_t tmdb_id, const char *path)
{
    return (struct media_link_wish){1, path, false, ITEM_MOVIE, INT_NONE, tmdb_id, INT_NONE, INT_NONE};
}

static struct media_link_wish episode_wish(int64_t tmdb_id, const char *path, int64_t season, int64_t number)
{
    return (struct media_link_wish){2, path, true, ITEM_EPISODE, INT_NONE, tmdb_id, season, number};
}

static struct err add(struct test_db *t, struct media_link_wish wish, struct media_link *ret)
{
    TX(tx);
    TRY(db_begin(t->db, &tx));
    TRY(media_link_add(tx.conn, &t->arena, &wish, ret));
    return db_commit(&tx);
}

static void take_away(struct test_db *t, const struct media_link *link)
{
    TX(tx);
    assert_ok(db_begin(t->db, &tx));
    assert_ok(media_link_remove(tx.conn, &t->arena, link));
    assert_ok(db_commit(&tx));
}

static struct media_link_list links(struct test_db *t, int64_t library_id, int64_t movie_id, int64_t show_id)
{
    struct media_link_filter filter = MEDIA_LINK_ANY;
    struct media_link_list list = {0};
    filter.library_id = library_id;
    filter.movie_id = movie_id;
    filter.show_id = show_id;
    assert_ok(media_links(db_reader(t->db), &t->arena, &filter, &list));
    return list;
}

static void a_link_to_an_unknown_number_makes_the_movie(struct test_db *t)
{
    struct media_link link;
    struct movie movie;
    start(t);
    assert_ok(add(t, movie_wish(550, "Fight Club (1999)/Fight.Club.1999.mkv"), &link));
    assert_int_equal(link.tmdb_id, 550);
    assert_int_equal(link.episode_id, INT_NONE);
    assert_ok(movie_get_tmdb(db_reader(t->db), &t->arena, 550, &movie));
    assert_string_equal(movie.title, "Fight Club");
    assert_int_equal(movie.year, 1999);
    assert_string_equal(movie.file_path, "Fight Club (1999)/Fight.Club.1999.mkv");
    assert_true(movie.missing_since != TIME_NONE);
}

static void a_movie_has_several_files_and_a_file_one_owner(struct test_db *t)
{
    struct media_link first;
    struct media_link second;
    struct media_link ignored;
    start(t);
    assert_ok(add(t, movie_wish(550, "a.mkv"), &first));
    assert_ok(add(t, movie_wish(550, "b.mkv"), &second));
    assert_int_equal(first.item_id, second.item_id);
    assert_fails(add(t, movie_wish(550, "a.mkv"), &ignored), ERR_CONFLICT);
    assert_fails(add(t, movie_wish(551, "a.mkv"), &ignored), ERR_CONFLICT);
    assert_int_equal(links(t, INT_NONE, first.item_id, INT_NONE).count, 2);
    assert_int_equal(links(t, 2, INT_NONE, INT_NONE).count, 0);
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM movie"), 1);
}

static void a_file_of_two_episodes_is_listed_for_both(struct test_db *t)
{
    struct media_link one;
    struct media_link two;
    struct media_link ignored;
    start(t);
    assert_ok(add(t, episode_wish(1396, "Dark/S01E01-E02.mkv", 1, 1), &one));
    assert_ok(add(t, episode_wish(1396, "Dark/S01E01-E02.mkv", 1, 2), &two));
    assert_int_equal(one.file_id, two.file_id);
    assert_int_not_equal(one.episode_id, two.episode_id);
    assert_fails(add(t, episode_wish(1396, "Dark/S01E01-E02.mkv", 1, 2), &ignored), ERR_CONFLICT);
    assert_fails(add(t, episode_wish(1397, "Dark/S01E01-E02.mkv", 1, 1), &ignored), ERR_CONFLICT);
    struct media_link_list list = links(t, INT_NONE, INT_NONE, one.item_id);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.items[0].number, 1);
    assert_int_equal(list.items[1].number, 2);
    take_away(t, &one);
    assert_fails(media_link_get(db_reader(t->db), &t->arena, one.file_id, one.episode_id, &ignored), ERR_NOT_FOUND);
    assert_ok(media_link_get(db_reader(t->db), &t->arena, two.file_id, two.episode_id, &ignored));
    take_away(t, &two);
    assert_int_equal(links(t, INT_NONE, INT_NONE, INT_NONE).count, 0);
}

static void a_number_may_be_a_movie_and_a_show(struct test_db *t)
{
    struct media_link movie;
    struct media_link episode;
    start(t);
    assert_ok(add(t, movie_wish(550, "a.mkv"), &movie));
    assert_ok(add(t, episode_wish(550, "b.mkv", 1, 1), &episode));
    assert_int_equal(links(t, INT_NONE, movie.item_id, episode.item_id).count, 2);
    assert_int_equal(links(t, INT_NONE, movie.item_id, INT_NONE).count, 1);
    assert_int_equal(links(t, INT_NONE, INT_NONE, episode.item_id).count, 1);
    assert_int_equal(links(t, INT_NONE, INT_NONE, INT_NONE).count, 2);
}

static void removing_a_link_keeps_the_item_and_forgets_a_file_that_never_came(struct test_db *t)
{
    struct media_link link;
    struct movie movie;
    start(t);
    assert_ok(add(t, movie_wish(550, "a.mkv"), &link));
    take_away(t, &link);
    assert_ok(movie_get(db_reader(t->db), &t->arena, link.item_id, &movie));
    assert_null(movie.file_path);
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM media_file"), 0);
    struct media_link_wish there = movie_wish(550, "b.mkv");
    there.is_there = true;
    assert_ok(add(t, there, &link));
    take_away(t, &link);
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM media_file"), 1);
}

static void what_is_in_the_bin_has_no_links(struct test_db *t)
{
    struct media_link link;
    TX(tx);
    start(t);
    assert_ok(add(t, movie_wish(550, "a.mkv"), &link));
    assert_ok(db_begin(t->db, &tx));
    assert_ok(movie_bin(tx.conn, &t->arena, link.item_id, 7));
    assert_ok(db_commit(&tx));
    assert_int_equal(links(t, INT_NONE, INT_NONE, INT_NONE).count, 0);
}

static const struct db_case cases[] = {
    DB_CASE(a_link_to_an_unknown_number_makes_the_movie),
    DB_CASE(a_movie_has_several_files_and_a_file_one_owner),
    DB_CASE(a_file_of_two_episodes_is_listed_for_both),
    DB_CASE(a_number_may_be_a_movie_and_a_show),
    DB_CASE(removing_a_link_keeps_the_item_and_forgets_a_file_that_never_came),
    DB_CASE(what_is_in_the_bin_has_no_links),
};

int main(void)
{
    return db_cases_run("movie_links", cases, sizeof(cases) / sizeof(cases[0]));
}
