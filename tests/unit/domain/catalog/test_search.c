/* Lists, search, facets: the same answers from both databases. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "domain/catalog/artist.h"
#include "domain/catalog/collection.h"
#include "domain/catalog/facets.h"
#include "domain/catalog/search_query.h"
#include "domain/catalog/tag.h"
#include "domain/catalog/video_list.h"
#include "unit/domain/catalog/fixture.h"

struct sample {
    const char *title, *artist, *album, *director, *genre;
    int64_t year;
    const char *tags[3];
};
static const struct sample samples[] = {
    {"Smells Like Teen Spirit", "Nirvana", "Nevermind", "Samuel Bayer", "Grunge", 1991, {"90s", "live"}},
    {"Come as You Are", "Nirvana", "Nevermind", "Kevin Kerslake", "Grunge", 1992, {"90s"}},
    {"Jóga", "Björk", "Homogenic", "Michel Gondry", "Electronic", 1997, {"90s"}},
    {"Army of Me", "Björk", "Post", "Michel Gondry", "Electronic", 1995, {"90s"}},
    {"Teenage Dirtbag", "Wheatus", "Wheatus", NULL, NULL, INT_NONE, {NULL}},
    {"Spirit of a Teen", "AC/DC", NULL, "Nirvana Fan", "Hard Rock", 2010, {"100%"}},
};

static void fill(struct test_db *t)
{
    catalog_start(t);
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        struct video_new fresh;
        catalog_video_new(&fresh);
        fresh.video.title = samples[i].title;
        fresh.video.artist = samples[i].artist;
        fresh.video.album = samples[i].album;
        fresh.video.director = samples[i].director;
        fresh.video.genre = samples[i].genre;
        fresh.video.year = samples[i].year;
        fresh.primary = NAMES(samples[i].artist);
        fresh.tags = samples[i].tags;
        catalog_make(t, &fresh);
    }
}

/* "Title|Title" of the page. */
static const char *titles(struct test_db *t, const struct video_filter *filter)
{
    BUF(out);
    struct video_list list;
    int64_t total;
    assert_fine(catalog_video_list(db_reader(t->db), &t->arena, filter, &list, &total));
    assert_int_equal(total, list.count);
    buf_puts(&out, "");
    for (size_t i = 0; i < list.count; i++)
        buf_printf(&out, "%s%s", i ? "|" : "", list.items[i].title);
    return arena_strdup(&t->arena, out.data ? out.data : "");
}

#define SMELLS "Smells Like Teen Spirit"
#define COME   "Come as You Are"
#define ARMY   "Army of Me"
#define DIRT   "Teenage Dirtbag"
#define OF_A   "Spirit of a Teen"

static const struct {
    const char *query;
    const char *expected; /* by title */
} searches[] = {
    {"nirvana", COME "|" SMELLS "|" OF_A},
    {"nirv", COME "|" SMELLS "|" OF_A},
    {"nirv ", ""},
    {"\"nirv\"", ""},
    {"NIRVANA teen", SMELLS "|" OF_A},
    {"\"teen spirit\"", SMELLS},
    {"teen + spirit", SMELLS},
    {"bjork OR wheatus", ARMY "|Jóga|" DIRT},
    {"björk NOT army", "Jóga"},
    {"joga", "Jóga"},
    {"artist:nirvana", COME "|" SMELLS},
    {"director : nirvana", OF_A},
    {"{title director}:nirvana", OF_A},
    {"-director:nirvana", COME "|" SMELLS},
    {"artist:(nirvana OR björk) post", ARMY},
    {"title:(artist:nirvana)", ""},
    {"genre:electro*", ARMY "|Jóga"},
    {"genre:gondry", ""},
    {"tags:90s NOT (nirvana OR army)", "Jóga"},
    {"^teen", ""}, /* with a sign it is an expression: a whole word */
    {"^teen*", "Teenage Dirtbag"},
    {"^spirit", OF_A},
    {"director:^michel", ARMY "|Jóga"},
    {"NEAR(smells spirit, 2)", SMELLS},
    {"NEAR(smells spirit, 1)", ""},
    {"NEAR(spirit smells)", SMELLS},
    {"nirvana michel", ""},
    {"spirit nirvana", SMELLS "|" OF_A},
    /* no expressions */
    {"AND", ""},
    {"\"teen", SMELLS "|" OF_A "|" DIRT},
    {"(", ""},
    {"*", ""},
    {"teen -spirit", SMELLS "|" OF_A},
    {"ac/dc", OF_A},
    {"nirvana &", COME "|" SMELLS "|" OF_A},
    {"& !!", ""},
    {"nope:nirvana", ""},
    {"' OR 1=1 --", ""},
    {"direct", ""}, /* the name of a column is no word of any */
};

static void expressions_find_the_same_everywhere(struct test_db *t)
{
    fill(t);
    for (size_t i = 0; i < sizeof(searches) / sizeof(searches[0]); i++) {
        struct video_filter filter;
        video_filter_clear(&filter);
        filter.search = searches[i].query;
        filter.sort = SORT_TITLE;
        const char *found = titles(t, &filter);
        if (strcmp(found, searches[i].expected) != 0)
            fail_msg("%s finds %s, not %s", searches[i].query, found, searches[i].expected);
        filter.sort = SORT_RELEVANCE;
        titles(t, &filter);
    }
}

static void title_ranks_before_director(struct test_db *t)
{
    fill(t);
    catalog_make_titled(t, "Someone", "Nirvana");
    struct video_filter filter;
    video_filter_clear(&filter);
    filter.search = "nirvana";
    filter.sort = SORT_RELEVANCE;
    const char *found = titles(t, &filter);
    assert_int_equal(strncmp(found, "Nirvana|", 8), 0);
    assert_string_equal(found + strlen(found) - strlen(OF_A), OF_A);
}

/* The best first, ties as they came; pages cut that order without gaps or doubles. */
static void finds_are_ranked_by_where_the_words_stand(struct test_db *t)
{
    catalog_start(t);
    catalog_make_titled(t, "Velvet", "Nothing about it");
    catalog_make_titled(t, "Someone", "Under blue velvet");
    catalog_make_titled(t, "Another", "Velvet rope");
    catalog_make_titled(t, "Another", "Black velvet");
    catalog_make_titled(t, "Velvet", "Velvet");
    struct video_filter filter;
    video_filter_clear(&filter);
    filter.search = "velvet";
    filter.sort = SORT_RELEVANCE;
    /* PostgreSQL's own ranking does not know where a column begins. */
    const char *wanted = t->driver == DB_SQLITE
                             ? "Velvet|Velvet rope|Under blue velvet|Black velvet|Nothing about it"
                             : "Velvet|Under blue velvet|Velvet rope|Black velvet|Nothing about it";
    assert_string_equal(titles(t, &filter), wanted);
    BUF(paged);
    filter.window.limit = 1;
    for (filter.window.offset = 0; filter.window.offset < 5; filter.window.offset++) {
        struct video_list one;
        int64_t total;
        assert_fine(catalog_video_list(db_reader(t->db), &t->arena, &filter, &one, &total));
        assert_int_equal(one.count, 1);
        buf_printf(&paged, "%s%s", filter.window.offset ? "|" : "", one.items[0].title);
    }
    assert_string_equal(paged.data, wanted);
}

static void deleted_videos_are_not_found(struct test_db *t)
{
    fill(t);
    int64_t id = test_db_int(t, "SELECT id FROM video WHERE title = 'Army of Me'");
    struct video_filter filter;
    video_filter_clear(&filter);
    filter.search = "army";
    TX(tx);
    assert_fine(db_begin(t->db, &tx));
    assert_fine(catalog_video_trash(tx.conn, &t->arena, id));
    assert_fine(db_commit(&tx));
    assert_string_equal(titles(t, &filter), "");
    filter.include_deleted = true;
    assert_string_equal(titles(t, &filter), "");
    TX(again);
    assert_fine(db_begin(t->db, &again));
    assert_fine(catalog_video_restore(again.conn, &t->arena, id));
    assert_fine(db_commit(&again));
    assert_string_equal(titles(t, &filter), ARMY);
}

static void index_follows_text_and_tags(struct test_db *t)
{
    fill(t);
    int64_t id = test_db_int(t, "SELECT id FROM video WHERE title = 'Army of Me'");
    struct video change = {.genre = "Trip Hop"};
    struct presence which = {0};
    struct tag_names tags = {NAMES("favourite"), TAG_MANUAL, false};
    struct video_filter filter;
    set_present(&which, VIDEO_FIELD_genre);
    TX(tx);
    assert_fine(db_begin(t->db, &tx));
    assert_fine(catalog_video_update(tx.conn, &t->arena, id, &change, &which));
    assert_fine(catalog_video_set_tags(tx.conn, &t->arena, id, &tags, true));
    assert_fine(db_commit(&tx));
    video_filter_clear(&filter);
    filter.search = "genre:trip tags:favourite army";
    assert_string_equal(titles(t, &filter), ARMY);
    filter.search = "army electronic";
    assert_string_equal(titles(t, &filter), "");
    filter.search = "tags:90s army";
    assert_string_equal(titles(t, &filter), "");
}

#define LIST_OF(type_, ...)                                                                        \
    ((struct list){(type_[]){__VA_ARGS__}, sizeof((type_[]){__VA_ARGS__}) / sizeof(type_)})

static void filters_narrow_together(struct test_db *t)
{
    fill(t);
    struct video_filter none;
    video_filter_clear(&none);
    none.sort = SORT_TITLE;
    struct video_filter f = none;
    f.artist = "IRVAN";
    assert_string_equal(titles(t, &f), COME "|" SMELLS);
    f.title = "as";
    assert_string_equal(titles(t, &f), COME);
    f = none;
    f.title = "_";
    assert_string_equal(titles(t, &f), "");
    f = none;
    f.genres = LIST_OF(const char *, "rock", CATALOG_NONE);
    assert_string_equal(titles(t, &f), OF_A "|" DIRT);
    f = none;
    f.director = CATALOG_NONE;
    assert_string_equal(titles(t, &f), DIRT);
    f = none;
    f.tags = LIST_OF(const char *, "%", CATALOG_NONE);
    assert_string_equal(titles(t, &f), OF_A "|" DIRT);
    f = none;
    f.years = LIST_OF(int64_t, 1991, CATALOG_NO_YEAR);
    f.year_min = 2000;
    assert_string_equal(titles(t, &f), SMELLS "|" DIRT);
    f = none;
    f.year_min = 1995;
    assert_string_equal(titles(t, &f), ARMY "|Jóga|" OF_A);
    f.year_max = 1997;
    assert_string_equal(titles(t, &f), ARMY "|Jóga");
    f.status = VIDEO_ARCHIVED;
    assert_string_equal(titles(t, &f), "");
}

static void sorting_puts_missing_values_first(struct test_db *t)
{
    fill(t);
    struct video_filter f;
    video_filter_clear(&f);
    f.sort = SORT_YEAR;
    assert_string_equal(titles(t, &f), DIRT "|" SMELLS "|" COME "|" ARMY "|Jóga|" OF_A);
    f.descending = true;
    assert_string_equal(titles(t, &f), OF_A "|Jóga|" ARMY "|" COME "|" SMELLS "|" DIRT);
    f.sort = SORT_CREATED;
    assert_string_equal(titles(t, &f), OF_A "|" DIRT "|" ARMY "|Jóga|" COME "|" SMELLS);
    f.search = "teen*";
    f.sort = SORT_ARTIST;
    f.descending = false;
    assert_string_equal(titles(t, &f), OF_A "|" SMELLS "|" DIRT);
}

static void pages_carry_relations(struct test_db *t)
{
    fill(t);
    struct video_list list;
    int64_t total;
    struct video_filter f;
    video_filter_clear(&f);
    f.sort = SORT_TITLE;
    f.window = (struct catalog_window){.limit = 2, .offset = 4};
    assert_fine(catalog_video_list(db_reader(t->db), &t->arena, &f, &list, &total));
    assert_int_equal(total, 6);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.items[0].title, OF_A);
    const struct video_tag *tag = list.items[0].tags.items;
    assert_int_equal(list.items[0].tags.count, 1);
    assert_string_equal(tag->name, "100%");
    const struct video_artist *artist = list.items[1].artists.items;
    assert_int_equal(list.items[1].artists.count, 1);
    assert_string_equal(artist->name, "Wheatus");
    f.window.offset = 100;
    assert_fine(catalog_video_list(db_reader(t->db), &t->arena, &f, &list, &total));
    assert_int_equal(total, 6);
    assert_int_equal(list.count, 0);
}

static void collection_keeps_its_order(struct test_db *t)
{
    fill(t);
    int64_t id;
    int64_t again;
    TX(tx);
    assert_fine(db_begin(t->db, &tx));
    struct db_conn *conn = tx.conn;
    assert_fine(catalog_collection_put(conn, &t->arena, "Best", NULL, &id));
    assert_fine(catalog_collection_put(conn, &t->arena, "BEST", "of all", &again));
    assert_int_equal(id, again);
    assert_fine(catalog_collection_add(conn, &t->arena, id, 3, INT_NONE));
    assert_fine(catalog_collection_add(conn, &t->arena, id, 1, INT_NONE));
    assert_fine(catalog_collection_add(conn, &t->arena, id, 2, 0));
    assert_fine(catalog_collection_add(conn, &t->arena, id, 3, INT_NONE)); /* stays */
    assert_fine(db_commit(&tx));
    struct video_filter f;
    video_filter_clear(&f);
    f.collection_id = id;
    f.sort = SORT_POSITION;
    assert_string_equal(titles(t, &f), COME "|Jóga|" SMELLS);
    f.sort = SORT_TITLE;
    assert_string_equal(titles(t, &f), COME "|Jóga|" SMELLS);
    struct collection collection;
    assert_fine(catalog_collection_get(db_reader(t->db), &t->arena, id, false, &collection));
    assert_int_equal(collection.video_count, 3);
    assert_string_equal(collection.description, "of all");
}

static void check_facet(struct list list, size_t at, const char *value, int64_t count)
{
    assert_true(at < list.count);
    const struct facet *facet = (const struct facet *)list.items + at;
    assert_string_equal(facet->value, value);
    assert_int_equal(facet->count, count);
}

static void facets_count_what_is_there(struct test_db *t)
{
    fill(t);
    const struct facets *facets;
    assert_fine(catalog_facets(db_reader(t->db), &t->arena, false, &facets));
    assert_int_equal(facets->total_videos, 6);
    check_facet(facets->tags, 0, CATALOG_NONE, 1);
    check_facet(facets->tags, 1, "90s", 4);
    check_facet(facets->tags, 2, "100%", 1);
    check_facet(facets->genres, 0, CATALOG_NONE, 1);
    check_facet(facets->genres, 1, "Electronic", 2);
    check_facet(facets->genres, 2, "Grunge", 2);
    check_facet(facets->years, 0, CATALOG_NONE, 1);
    check_facet(facets->years, 1, "2010", 1);
    check_facet(facets->directors, 1, "Michel Gondry", 2);
    const struct facets *again;
    assert_fine(catalog_facets(db_reader(t->db), &t->arena, false, &again));
    assert_ptr_equal(again, facets);
    TX(tx);
    assert_fine(db_begin(t->db, &tx));
    assert_fine(catalog_video_trash(tx.conn, &t->arena, 6));
    assert_fine(db_commit(&tx));
    assert_fine(catalog_facets(db_reader(t->db), &t->arena, false, &again));
    assert_int_equal(again->total_videos, 5);
    check_facet(again->tags, 2, "live", 1);
    assert_int_equal(facets->total_videos, 6); /* who holds the old one keeps it */
    assert_fine(catalog_facets(db_reader(t->db), &t->arena, true, &again));
    check_facet(again->tags, 2, "100%", 1);
    assert_int_equal(again->total_videos, 5);
}

static void suggestions_are_distinct_names(struct test_db *t)
{
    fill(t);
    struct suggestions found;
    assert_fine(catalog_suggest(db_reader(t->db), &t->arena, "TEEN", 2, &found));
    assert_int_equal(found.titles.count, 2);
    assert_string_equal(((const char **)found.titles.items)[0], SMELLS);
    assert_fine(catalog_suggest(db_reader(t->db), &t->arena, "ever", 10, &found));
    assert_int_equal(found.albums.count, 1);
    assert_fine(catalog_suggest(db_reader(t->db), &t->arena, "bjo", 10, &found));
    assert_int_equal(found.artists.count, 1);
    assert_string_equal(((const char **)found.artists.items)[0], "Björk");
}

static void saved_search_keeps_its_query(struct test_db *t)
{
    catalog_start(t);
    struct saved_search search = {.name = "mine", .query = "{\"a\":{\"b\":[1,null]}}"};
    struct saved_searches list;
    int64_t id;
    TX(tx);
    assert_fine(db_begin(t->db, &tx));
    assert_fine(catalog_save_search(tx.conn, &t->arena, &search, &id));
    assert_fine(db_commit(&tx));
    assert_fine(catalog_saved_searches(db_reader(t->db), &t->arena, &list));
    assert_int_equal(list.count, 1);
    assert_string_equal(list.items[0].query, search.query);
    TX(gone);
    assert_fine(db_begin(t->db, &gone));
    assert_fine(catalog_forget_search(gone.conn, &t->arena, id));
    assert_fine(db_commit(&gone));
    assert_fails(catalog_saved_search(db_reader(t->db), &t->arena, id, &search), ERR_NOT_FOUND,
                 "saved_search_not_found");
}

static const struct db_case cases[] = {
    DB_CASE(expressions_find_the_same_everywhere),
    DB_CASE(title_ranks_before_director),
    DB_CASE(finds_are_ranked_by_where_the_words_stand),
    DB_CASE(deleted_videos_are_not_found),
    DB_CASE(index_follows_text_and_tags),
    DB_CASE(filters_narrow_together),
    DB_CASE(sorting_puts_missing_values_first),
    DB_CASE(pages_carry_relations),
    DB_CASE(collection_keeps_its_order),
    DB_CASE(facets_count_what_is_there),
    DB_CASE(suggestions_are_distinct_names),
    DB_CASE(saved_search_keeps_its_query),
};

int main(void)
{
    return db_cases_run("catalog_search", cases, sizeof(cases) / sizeof(cases[0]));
}
