/* Songs: how alike texts are, names, years, ids, and what a person's object says. */
#include "unit.h"

#include <math.h>
#include <string.h>

#include "base/desc.h"
#include "domain/intake/genre.h"
#include "domain/intake/similarity.h"
#include "domain/intake/song.h"
#include "json/take.h"
#include "providers/discogs.h"
#include "providers/spotify.h"

static void words_may_come_in_any_order(void **state)
{
    (void)state;
    assert_true(token_sort_ratio("smells like teen spirit", "teen spirit smells like") == 100);
    assert_true(token_sort_ratio("joga", "joga") == 100);
    assert_true(fabs(token_sort_ratio("abcd", "abxd") - 75) < 0.01);
    assert_true(token_sort_ratio("björk", "bjork") < 100);
    assert_true(token_sort_ratio("", "x") == 0);
    assert_true(token_sort_ratio(NULL, NULL) == 0);
}

static void blocks_are_counted_on_both_sides(void **state)
{
    (void)state;
    assert_true(block_ratio("abcd", "abcd") == 1);
    assert_true(fabs(block_ratio("abcd", "bcde") - 0.75) < 0.001);
    assert_true(block_ratio("abc", "xyz") == 0);
    assert_true(fabs(block_ratio("夜の歌", "夜の声") - 2.0 / 3) < 0.001);
}

static void long_texts_are_compared_by_their_beginning(void **state)
{
    (void)state;
    static char a[100000], b[100000];
    memset(a, 'a', sizeof(a) - 1);
    memset(b, 'a', sizeof(b) - 1);
    b[sizeof(b) - 2] = 'b';
    assert_true(token_sort_ratio(a, b) == 100);
    assert_true(block_ratio(a, b) == 1);
    assert_true(token_sort_ratio("\xff\xfe", "\xff") > 0); /* malformed text is compared by its bytes */
}

static void names_are_split_at_commas(void **state)
{
    (void)state;
    SCRATCH(a);
    const char *const *names = split_names(&a, " T.I. , Pharrell Williams,, ");
    assert_string_equal(names[0], "T.I.");
    assert_string_equal(names[1], "Pharrell Williams");
    assert_null(names[2]);
    assert_null(split_names(&a, " , "));
    assert_null(split_names(&a, NULL));
}

static void years_are_those_a_video_may_have(void **state)
{
    (void)state;
    assert_int_equal(year_of("1991-09-24"), 1991);
    assert_int_equal(year_of("1991"), 1991);
    assert_int_equal(year_of("199"), INT_NONE);
    assert_int_equal(year_of("0000-00-00"), INT_NONE);
    assert_int_equal(year_of("2101"), INT_NONE);
    assert_int_equal(year_of(NULL), INT_NONE);
}

static void youtube_ids_are_found_in_addresses(void **state)
{
    (void)state;
    static const char *const good[] = {
        "dQw4w9WgXcQ",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://www.youtube.com/watch?list=x&v=dQw4w9WgXcQ&t=3",
        "https://youtu.be/dQw4w9WgXcQ?si=abc",
        "https://www.youtube.com/embed/dQw4w9WgXcQ",
        "https://www.youtube.com/shorts/dQw4w9WgXcQ/",
    };
    static const char *const bad[] = {"", "  ", "https://example.org/", "dQw4w9WgXc", "dQw4w9WgXcQQ", "dQw4w9WgX Q",
                                      "https://example.org/?rev=dQw4w9WgXcQ"};
    SCRATCH(a);
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_string_equal(youtube_id_of(&a, good[i]), "dQw4w9WgXcQ");
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_null(youtube_id_of(&a, bad[i]));
    assert_null(youtube_id_of(&a, NULL));
}

static void playlists_are_known_by_uri_link_and_id(void **state)
{
    (void)state;
    static const struct {
        const char *text, *id;
    } rows[] = {
        {"37i9dQ", "37i9dQ"},
        {"  37i9dQ\n", "37i9dQ"},
        {"spotify:playlist:37i9dQ", "37i9dQ"},
        {"https://open.spotify.com/playlist/37i9dQ?si=1#x", "37i9dQ"},
        {"open.spotify.com/playlist/37i9dQ/", "37i9dQ"},
        {"37i9dQ?si=1", "37i9dQ"},
        {"37i9dQ#x", "37i9dQ"},
        {" ", ""},
        {"spotify:playlist:", ""},
    };
    SCRATCH(a);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(spotify_playlist_id(&a, rows[i].text), rows[i].id);
}

static void numbers_behind_names_at_discogs_are_dropped(void **state)
{
    (void)state;
    SCRATCH(a);
    assert_string_equal(discogs_bare_name(&a, "Nirvana (2)"), "Nirvana");
    assert_string_equal(discogs_bare_name(&a, "Nirvana (UK)"), "Nirvana (UK)");
    assert_string_equal(discogs_bare_name(&a, "(3)"), "(3)");
    assert_null(discogs_bare_name(&a, NULL));
}

static void genres_vote_for_buckets(void **state)
{
    (void)state;
    const char *const rock[] = {"grunge", "alternative rock", "death metal"};
    const char *const tie[] = {"house", "death metal"};
    const char *const none[] = {"jazz", NULL};
    assert_string_equal(genre_vote(rock, 3), "Rock");
    assert_string_equal(genre_vote(tie, 2), "Metal");
    assert_null(genre_vote(none, 2));
    assert_null(genre_vote(NULL, 0));
}

static void a_persons_object_is_laid_over_what_is_known(void **state)
{
    (void)state;
    SCRATCH(a);
    struct song song;
    const char *const known[] = {"Known", NULL};
    song_clear(&song);
    song.title = "Known";
    song.album = "Album";
    song.artist = "Known";
    song.primary = known;
    json_t *metadata = json_loads("{\"title\":\"New\",\"album\":null,\"year\":\"1999\",\"directors\":[\"A\",\" \",\"B\"],"
                                  "\"featured_artists\":\"C, D\",\"genre\":\"  \",\"artist\":\"Other\",\"isrc\":5}",
                                  0, NULL);
    song_take_metadata(&a, metadata, &song);
    json_decref(metadata);
    assert_string_equal(song.title, "New");
    assert_string_equal(song.album, "Album");
    assert_int_equal(song.year, 1999);
    assert_string_equal(song.director, "A, B");
    assert_string_equal(song.featured[1], "D");
    assert_null(song.genre);
    assert_null(song.primary);
    assert_string_equal(song.isrc, "5");
    song_take_metadata(&a, NULL, &song); /* nothing, or something else: nothing changes */
    assert_string_equal(song.title, "New");
}

/* --- other people's JSON ----------------------------------------------------------------------------------------- */

struct part {
    int64_t number;
};
struct sample {
    const char *text;
    int64_t number;
    double real;
    int8_t flag;
    struct part *part;
    struct list parts;
    struct list words;
    const char *any;
};
SHAPE(test_part_shape, "TestPart", struct part, "A part", F(struct part, T_INT, number, .fallback = "7"));
SHAPE(test_sample_shape, "TestSample", struct sample, "A sample", F(struct sample, T_TEXT, text),
      F(struct sample, T_INT, number), F(struct sample, T_REAL, real), F(struct sample, T_BOOL, flag),
      F(struct sample, T_OBJECT, part, .shape = &test_part_shape),
      F(struct sample, T_LIST, parts, .item = T_OBJECT, .shape = &test_part_shape),
      F(struct sample, T_LIST, words, .item = T_TEXT), F(struct sample, T_JSON, any));

static void take(struct arena *a, const char *text, struct sample *ret)
{
    json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
    shape_take(a, &test_sample_shape, json, ret);
    json_decref(json);
}

static void what_is_usable_is_taken(void **state)
{
    (void)state;
    SCRATCH(a);
    struct sample s;
    take(&a, "{\"text\":1984,\"number\":\"5.0\",\"real\":\"1.5\",\"flag\":\"yes\",\"part\":{},\"parts\":[{\"number\":1},null,[],"
             "{\"number\":\"x\"}],\"words\":[\"a\",null,2,{}],\"any\":[1]}", &s);
    assert_string_equal(s.text, "1984");
    assert_int_equal(s.number, 5);
    assert_true(s.real == 1.5);
    assert_int_equal(s.flag, 1);
    assert_int_equal(s.part->number, 7);
    assert_int_equal(s.parts.count, 2);
    assert_int_equal(((struct part *)s.parts.items)[1].number, 7);
    assert_int_equal(s.words.count, 2);
    assert_string_equal(((const char **)s.words.items)[1], "2");
    assert_string_equal(s.any, "[1]");
}

static void what_is_not_usable_counts_as_missing(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "null", "[]", "\"text\"", "{}",
        "{\"text\":[],\"number\":1.5,\"real\":\"nan\",\"flag\":\"maybe\",\"part\":[],\"parts\":{},\"words\":\"a\",\"any\":null}",
        "{\"text\":{},\"number\":1e300,\"real\":\"x\",\"flag\":[],\"part\":\"x\",\"parts\":7,\"words\":null}",
    };
    SCRATCH(a);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct sample s;
        take(&a, texts[i], &s);
        assert_null(s.text);
        assert_int_equal(s.number, INT_NONE);
        assert_true(isnan(s.real));
        assert_int_equal(s.flag, BOOL_NONE);
        assert_null(s.part);
        assert_int_equal(s.parts.count, 0);
        assert_int_equal(s.words.count, 0);
        assert_null(s.any);
    }
    shape_take(&a, &test_sample_shape, NULL, &(struct sample){0});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_may_come_in_any_order),
        cmocka_unit_test(blocks_are_counted_on_both_sides),
        cmocka_unit_test(long_texts_are_compared_by_their_beginning),
        cmocka_unit_test(names_are_split_at_commas),
        cmocka_unit_test(years_are_those_a_video_may_have),
        cmocka_unit_test(youtube_ids_are_found_in_addresses),
        cmocka_unit_test(playlists_are_known_by_uri_link_and_id),
        cmocka_unit_test(numbers_behind_names_at_discogs_are_dropped),
        cmocka_unit_test(genres_vote_for_buckets),
        cmocka_unit_test(a_persons_object_is_laid_over_what_is_known),
        cmocka_unit_test(what_is_usable_is_taken),
        cmocka_unit_test(what_is_not_usable_counts_as_missing),
    };
    return cmocka_run_group_tests_name("songs", tests, NULL, NULL);
}
