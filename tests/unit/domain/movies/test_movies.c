/* Movies, shows, people and pictures, on both databases. */
#include "unit/unit.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "domain/library/file.h"
#include "domain/movies/asset.h"
#include "domain/movies/credit.h"
#include "domain/movies/movie.h"
#include "domain/movies/person.h"
#include "domain/movies/show.h"
#include "domain/movies/word.h"
#include "model/schema.h"
#include "unit/db/fixture.h"

static void start(struct test_db *t)
{
    assert_ok(db_migrate(t->db, &t->arena, schema_migrations, schema_migration_count));
}

static struct list texts(struct test_db *t, const char *first, const char *second)
{
    const char **items = arena_array(&t->arena, const char *, 2);
    items[0] = first;
    items[1] = second;
    return (struct list){items, second ? 2 : 1};
}

static int64_t make(struct test_db *t, const char *title, int64_t year, const char *genre)
{
    struct movie movie;
    TX(tx);
    movie_clear(&movie);
    movie.title = title;
    movie.year = year;
    if (genre)
        movie.genres = texts(t, genre, "Drama");
    assert_ok(db_begin(t->db, &tx));
    assert_ok(movie_create(tx.conn, &t->arena, &movie));
    assert_ok(db_commit(&tx));
    return movie.id;
}

static struct movie get(struct test_db *t, int64_t id)
{
    struct movie movie;
    assert_ok(movie_get(db_reader(t->db), &t->arena, id, &movie));
    return movie;
}

static struct item_changes change(struct test_db *t, int64_t id, const struct item_change *c)
{
    struct item_changes changes;
    struct movie movie;
    TX(tx);
    assert_ok(db_begin(t->db, &tx));
    assert_ok(movie_update(tx.conn, &t->arena, id, c, &movie, &changes));
    assert_ok(db_commit(&tx));
    return changes;
}

static void words_come_back_in_order(struct test_db *t)
{
    start(t);
    struct movie movie = get(t, make(t, "Heat", 1995, "Crime"));
    assert_int_equal(movie.genres.count, 2);
    assert_string_equal(((const char **)movie.genres.items)[0], "Crime");
    assert_string_equal(movie.title_fold, "heat");
    assert_int_equal(movie.completeness, 13); /* title and genres of fifteen */
}

static void a_user_locks_what_changes_and_imports_leave_it_alone(struct test_db *t)
{
    start(t);
    int64_t id = make(t, "Heat", 1995, NULL);
    struct movie wanted;
    movie_clear(&wanted);
    wanted.title = "Heat!";
    wanted.year = 1995;
    struct item_change c = {.values = &wanted, .how = ITEM_BY_USER, .source = "user"};
    set_present(&c.which, MOVIE_FIELD_title);
    set_present(&c.which, MOVIE_FIELD_year);
    struct item_changes changes = change(t, id, &c);
    assert_int_equal(changes.count, 2); /* title, title_locked */
    struct movie movie = get(t, id);
    assert_true(is_locked(movie.locks, LOCK_TITLE));
    assert_false(is_locked(movie.locks, LOCK_YEAR));
    assert_string_equal(movie.field_sources, "{\"title\":\"user\"}");
    wanted.title = "Heat from an NFO";
    wanted.plot = "Los Angeles";
    set_present(&c.which, MOVIE_FIELD_plot);
    c.how = ITEM_BY_IMPORT;
    c.source = "nfo";
    assert_int_equal(change(t, id, &c).count, 1);
    movie = get(t, id);
    assert_string_equal(movie.title, "Heat!");
    assert_string_equal(movie.plot, "Los Angeles");
    assert_int_equal(change(t, id, &c).count, 0);
}

static void a_request_may_name_the_lock_itself(struct test_db *t)
{
    start(t);
    int64_t id = make(t, "Heat", 1995, NULL);
    struct movie wanted;
    movie_clear(&wanted);
    wanted.title = "Other";
    wanted.locks = INT64_C(1) << LOCK_POSTER;
    struct item_change c = {.values = &wanted, .how = ITEM_BY_USER,
                            .named_locks = (INT64_C(1) << LOCK_TITLE) | (INT64_C(1) << LOCK_POSTER)};
    set_present(&c.which, MOVIE_FIELD_title);
    change(t, id, &c);
    struct movie movie = get(t, id);
    assert_int_equal(movie.locks, INT64_C(1) << LOCK_POSTER);
}

static size_t count(struct test_db *t, const char *field, enum query_op op, const char *text, int64_t number)
{
    struct query q = {.fields = movie_query};
    struct movie_list list;
    int64_t total;
    if (text)
        query_add_text(&t->arena, &q, field, op, text);
    else
        query_add_int(&t->arena, &q, field, op, number);
    query_sort(&t->arena, &q, "title", false);
    q.limit = 2;
    assert_ok(movies_list(db_reader(t->db), &t->arena, &q, &list, &total));
    assert_true((int64_t)list.count == (total < 2 ? total : 2));
    return (size_t)total;
}

static void lists_filter_by_every_kind_of_field(struct test_db *t)
{
    start(t);
    make(t, "Heat", 1995, "Crime");
    make(t, "Amélie", 2001, "Comedy");
    make(t, "100% Wolf", INT_NONE, NULL);
    assert_int_equal(count(t, "year", QUERY_EQ, NULL, 1995), 1);
    assert_int_equal(count(t, "year", QUERY_NE, NULL, 1995), 2);
    assert_int_equal(count(t, "year", QUERY_NULL, NULL, 1), 1);
    assert_int_equal(count(t, "title", QUERY_LIKE, "AMELIE", 0), 1);
    assert_int_equal(count(t, "title", QUERY_LIKE, "a%e", 0), 1);
    assert_int_equal(count(t, "title", QUERY_EQ, "Heat", 0), 1);
    assert_int_equal(count(t, "genres", QUERY_EQ, "crime", 0), 1);
    assert_int_equal(count(t, "genres", QUERY_NE, "drama", 0), 1);
    assert_int_equal(count(t, "genres", QUERY_LIKE, "com", 0), 1);
    assert_int_equal(count(t, "genres", QUERY_NULL, NULL, 1), 1);
    assert_int_equal(count(t, "title_locked", QUERY_EQ, NULL, 1), 0);
    assert_int_equal(count(t, "monitored", QUERY_EQ, NULL, 1), 3);
    assert_int_equal(count(t, "file_path", QUERY_LIKE, "x", 0), 0);
    assert_int_equal(count(t, "content_rating", QUERY_LIKE, "x", 0), 0);
    assert_int_equal(count(t, "release_date", QUERY_GTE, "1990", 0), 0);
}

static void missing_values_sort_last_in_both_directions(struct test_db *t)
{
    start(t);
    make(t, "B", 1995, NULL);
    int64_t none = make(t, "A", INT_NONE, NULL);
    make(t, "C", 2001, NULL);
    for (int down = 0; down < 2; down++) {
        struct query q = {.fields = movie_query};
        struct movie_list list;
        query_sort(&t->arena, &q, "year", down);
        assert_ok(movies_list(db_reader(t->db), &t->arena, &q, &list, NULL));
        assert_int_equal(list.items[2].id, none);
        assert_int_equal(list.items[0].year, down ? 2001 : 1995);
    }
}

static void lock_filters_name_the_right_bits(struct test_db *t)
{
    (void)t;
    for (const struct query_field *f = movie_query; f->name; f++) {
        size_t len = strlen(f->name);
        if (len < 8 || strcmp(f->name + len - 7, "_locked") != 0)
            continue;
        char name[40] = {0};
        memcpy(name, f->name, len - 7);
        const char *alias = strcmp(name, "rating") == 0        ? "user_rating"
                            : strcmp(name, "mpaa_rating") == 0 ? "content_rating"
                            : strcmp(name, "logo") == 0        ? "clearlogo"
                                                               : name;
        char bit[20];
        snprintf(bit, sizeof(bit), "<< %d)", words_find(&item_lock_words, alias));
        assert_non_null(strstr(f->sql, bit));
    }
}

static void a_movie_in_the_bin_is_found_by_number_only(struct test_db *t)
{
    start(t);
    struct movie movie;
    int64_t id;
    bool binned;
    movie_clear(&movie);
    movie.title = "The Matrix";
    movie.year = 1999;
    movie.tmdb_id = 603;
    {
        TX(tx);
        assert_ok(db_begin(t->db, &tx));
        assert_ok(movie_create(tx.conn, &t->arena, &movie));
        assert_ok(movie_bin(tx.conn, &t->arena, movie.id, 30));
        assert_ok(db_commit(&tx));
    }
    assert_fails(movie_get(db_reader(t->db), &t->arena, movie.id, &movie), ERR_NOT_FOUND);
    struct movie_hint hint = {603, NULL, "The Matrix", 1999, INT_NONE, NULL};
    assert_ok(movie_match(db_reader(t->db), &t->arena, &hint, &id, &binned));
    assert_true(id == movie.id && binned);
    hint.tmdb_id = INT_NONE;
    assert_ok(movie_match(db_reader(t->db), &t->arena, &hint, &id, &binned));
    assert_true(id == INT_NONE);
}

static void titles_match_with_their_year_or_folder(struct test_db *t)
{
    start(t);
    int64_t heat = make(t, "Heat", 1995, NULL);
    int64_t id;
    bool binned;
    struct movie_hint hint = {INT_NONE, NULL, "HEAT", 1995, 1, "x"};
    assert_ok(movie_match(db_reader(t->db), &t->arena, &hint, &id, &binned));
    assert_true(id == heat);
    hint.year = 2013;
    assert_ok(movie_match(db_reader(t->db), &t->arena, &hint, &id, &binned));
    assert_true(id == INT_NONE);
}

static struct credit_line line(const char *name, int64_t tmdb_id, const char *role)
{
    struct credit_line l = {.role = role};
    shape_clear(&person_shape, &l.person);
    l.person.name = name;
    l.person.tmdb_id = tmdb_id;
    return l;
}

static void casts_are_replaced_and_locked_roles_stay(struct test_db *t)
{
    start(t);
    int64_t id = make(t, "Heat", 1995, NULL);
    struct credit_lines lines = {0};
    struct credit_list cast = {0};
    TX(tx);
    *arena_push(&t->arena, &lines) = line("Al Pacino", 1158, "Hanna");
    *arena_push(&t->arena, &lines) = line("Robert De Niro", 380, "Neil");
    assert_ok(db_begin(t->db, &tx));
    assert_ok(credits_set(tx.conn, &t->arena, ITEM_MOVIE, id, CREDIT_CAST, &lines, false));
    assert_ok(db_exec(tx.conn, "UPDATE credit SET role_locked = 1 WHERE position = 1", ""));
    lines.count = 0;
    *arena_push(&t->arena, &lines) = line("robert de niro", INT_NONE, "Someone else");
    assert_ok(credits_set(tx.conn, &t->arena, ITEM_MOVIE, id, CREDIT_CAST, &lines, false));
    assert_ok(credits_of(tx.conn, &t->arena, ITEM_MOVIE, &id, 1, &cast));
    assert_ok(db_commit(&tx));
    assert_int_equal(cast.count, 1);
    assert_string_equal(cast.items[0].role, "Neil");
    assert_string_equal(cast.items[0].name, "Robert De Niro");
    assert_int_equal(cast.items[0].tmdb_id, 380);
    assert_int_equal(cast.items[0].position, 0);
}

static void directors_are_credits_too(struct test_db *t)
{
    start(t);
    int64_t id = make(t, "Heat", 1995, NULL);
    struct movie wanted;
    struct credit_list crew = {0};
    movie_clear(&wanted);
    wanted.directors = texts(t, " Michael Mann ", "michael mann");
    struct item_change c = {.values = &wanted, .how = ITEM_BY_USER};
    set_present(&c.which, MOVIE_FIELD_directors);
    change(t, id, &c);
    assert_int_equal(get(t, id).directors.count, 1);
    assert_ok(credits_of(db_reader(t->db), &t->arena, ITEM_MOVIE, &id, 1, &crew));
    assert_int_equal(crew.count, 1);
    assert_string_equal(crew.items[0].job, "Director");
    assert_string_equal(crew.items[0].name, "Michael Mann");
}

static void episodes_make_their_seasons_and_counts(struct test_db *t)
{
    start(t);
    struct show show;
    struct episode episode;
    struct episode_list list = {0};
    bool created;
    TX(tx);
    show_clear(&show);
    show.title = "Dark";
    assert_ok(db_begin(t->db, &tx));
    assert_ok(show_create(tx.conn, &t->arena, &show));
    assert_ok(episode_ensure(tx.conn, &t->arena, show.id, 1, 2, &episode, &created));
    assert_true(created);
    assert_ok(episode_ensure(tx.conn, &t->arena, show.id, 0, 1, &episode, &created));
    assert_ok(episode_ensure(tx.conn, &t->arena, show.id, 1, 2, &episode, &created));
    assert_false(created);
    assert_ok(show_get(tx.conn, &t->arena, show.id, &show));
    assert_int_equal(show.season_count, 1);
    assert_int_equal(show.episode_count, 2);
    assert_ok(episodes_of(tx.conn, &t->arena, &show.id, 1, &list));
    assert_int_equal(list.count, 2);
    /* A lock on the show holds for its episodes. */
    assert_ok(db_exec(tx.conn, "UPDATE tv_show SET locks = $1", "i", INT64_C(1) << LOCK_PLOT));
    struct episode wanted;
    struct item_changes changes;
    shape_clear(&episode_shape, &wanted);
    wanted.plot = "No";
    struct item_change c = {.values = &wanted, .how = ITEM_BY_IMPORT};
    set_present(&c.which, EPISODE_FIELD_plot);
    assert_ok(episode_update(tx.conn, &t->arena, episode.id, &c, &episode, &changes));
    assert_null(episode.plot);
    assert_ok(show_purge(tx.conn, show.id));
    assert_ok(db_commit(&tx));
    assert_int_equal(test_db_int(t, "SELECT COUNT(*) FROM episode"), 0);
}

static int64_t make_library(struct test_db *t)
{
    assert_true(test_db_int(t, "SELECT COUNT(*) FROM library") == 0);
    TX(tx);
    assert_ok(db_begin(t->db, &tx));
    assert_ok(db_exec(tx.conn,
                      "INSERT INTO library (uuid, kind, name, path, options, created_at, updated_at)"
                      " VALUES ('u', 'movies', 'Films', '/films', '{}', 0, 0)",
                      ""));
    assert_ok(db_commit(&tx));
    return test_db_int(t, "SELECT id FROM library");
}

static int64_t add_file(struct test_db *t, int64_t library, int64_t movie, const char *path, int64_t size)
{
    struct media_file file;
    shape_clear(&media_file_shape, &file);
    file.library_id = library;
    file.path = path;
    file.kind = "video";
    file.size = size;
    file.modified_at = 1;
    file.movie_id = movie;
    TX(tx);
    assert_ok(db_begin(t->db, &tx));
    assert_ok(media_file_store(tx.conn, &t->arena, &file, NULL));
    assert_ok(movie_refresh_files(tx.conn, &t->arena, movie));
    assert_ok(db_commit(&tx));
    return file.id;
}

static void the_main_file_is_one_that_is_there(struct test_db *t)
{
    start(t);
    int64_t library = make_library(t);
    int64_t id = make(t, "Heat", 1995, NULL);
    add_file(t, library, id, "Heat (1995)/Heat.mkv", 10);
    int64_t big = add_file(t, library, id, "Heat (1995)/Heat 4K.mkv", 99);
    struct movie movie = get(t, id);
    assert_int_equal(movie.file_id, big);
    assert_string_equal(movie.folder, "Heat (1995)");
    TX(tx);
    assert_ok(db_begin(t->db, &tx));
    assert_ok(db_exec(tx.conn, "UPDATE media_file SET missing_since = 5 WHERE id = $1", "i", big));
    assert_ok(movie_refresh_files(tx.conn, &t->arena, id));
    assert_ok(db_commit(&tx));
    movie = get(t, id);
    assert_string_equal(movie.file_name, "Heat.mkv");
    assert_true(movie.missing_since == TIME_NONE);
    assert_int_equal(count(t, "file_path", QUERY_EQ, "/films/Heat (1995)/Heat.mkv", 0), 1);
}

static void store_picture(struct test_db *t, int64_t library, const char *path)
{
    struct asset asset;
    shape_clear(&asset_shape, &asset);
    assert_true(asset_name_read(&t->arena, path, &asset));
    asset.library_id = library;
    asset.hash = "aa";
    asset.file_size = 1;
    asset.source_type = "local";
    TX(tx);
    assert_ok(db_begin(t->db, &tx));
    assert_ok(asset_store(tx.conn, &t->arena, &asset));
    assert_ok(db_commit(&tx));
}

static void pictures_find_their_movie_before_and_after(struct test_db *t)
{
    start(t);
    int64_t library = make_library(t);
    int64_t id = make(t, "Heat", 1995, NULL);
    struct asset_list list = {0};
    struct asset best;
    store_picture(t, library, "Heat (1995)/poster.jpg");
    store_picture(t, library, "Heat (1995)/extrafanart/a.jpg");
    add_file(t, library, id, "Heat (1995)/Heat.mkv", 10);
    TX(tx);
    assert_ok(db_begin(t->db, &tx));
    assert_ok(assets_adopt(tx.conn, &t->arena, library, "Heat (1995)", "Heat"));
    assert_ok(db_commit(&tx));
    store_picture(t, library, "Heat (1995)/Heat-poster.jpg");
    assert_ok(assets_of(db_reader(t->db), &t->arena, ITEM_MOVIE, &id, 1, &list));
    assert_int_equal(list.count, 3);
    assert_ok(asset_first(db_reader(t->db), &t->arena, ITEM_MOVIE, id, ASSET_POSTER, &best));
    assert_string_equal(best.name, "Heat-poster.jpg");
}

static void names_of_pictures_are_read(struct test_db *t)
{
    static const struct {
        const char *path;
        int type;
        const char *base;
        int64_t season;
        int64_t number;
    } rows[] = {
        {"a/poster.jpg", ASSET_POSTER, "", INT_NONE, 0},
        {"a/Folder.JPG", ASSET_POSTER, "", INT_NONE, 0},
        {"Heat-fanart2.png", ASSET_FANART, "Heat", INT_NONE, 2},
        {"a/season02-poster.jpg", ASSET_POSTER, "", 2, 0},
        {"a/season-specials-banner.jpg", ASSET_BANNER, "", 0, 0},
        {"a/S01E02-thumb.jpg", ASSET_THUMB, "S01E02", INT_NONE, 0},
        {"a/clearlogo.png", ASSET_CLEARLOGO, "", INT_NONE, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct asset asset;
        shape_clear(&asset_shape, &asset);
        assert_true(asset_name_read(&t->arena, rows[i].path, &asset));
        assert_int_equal(asset.type, rows[i].type);
        assert_string_equal(asset.base, rows[i].base);
        assert_true(asset.season_number == rows[i].season && asset.number == rows[i].number);
    }
    struct asset asset;
    shape_clear(&asset_shape, &asset);
    assert_false(asset_name_read(&t->arena, "a/holiday.jpg", &asset));
    assert_false(asset_name_read(&t->arena, "a/mydisc.jpg", &asset));
}

static const struct db_case cases[] = {
    DB_CASE(words_come_back_in_order),
    DB_CASE(a_user_locks_what_changes_and_imports_leave_it_alone),
    DB_CASE(a_request_may_name_the_lock_itself),
    DB_CASE(lists_filter_by_every_kind_of_field),
    DB_CASE(missing_values_sort_last_in_both_directions),
    DB_CASE(lock_filters_name_the_right_bits),
    DB_CASE(a_movie_in_the_bin_is_found_by_number_only),
    DB_CASE(titles_match_with_their_year_or_folder),
    DB_CASE(casts_are_replaced_and_locked_roles_stay),
    DB_CASE(directors_are_credits_too),
    DB_CASE(episodes_make_their_seasons_and_counts),
    DB_CASE(the_main_file_is_one_that_is_there),
    DB_CASE(pictures_find_their_movie_before_and_after),
    DB_CASE(names_of_pictures_are_read),
};

int main(void)
{
    return db_cases_run("movies", cases, sizeof(cases) / sizeof(cases[0]));
}
