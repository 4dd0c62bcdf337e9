/* domain/intake/genre: which bucket a genre falls into. */
#include "unit.h"

#include "domain/intake/genre.h"

static void words_decide_the_bucket(void **state)
{
    (void)state;
    static const struct {
        const char *genre;
        const char *bucket;
    } rows[] = {
        {"grunge", "Rock"},         {"Alternative Rock", "Rock"},    {"pop rock", "Pop"},
        {"death metal", "Metal"},   {"Hip Hop", "Hip Hop/R&B"},      {"hip-hop", "Hip Hop/R&B"},
        {"hiphop", "Hip Hop/R&B"},  {"Contemporary R&B", "Hip Hop/R&B"}, {"K-Pop", "Pop"},
        {"House", "Electronic"},    {"Drum & Bass", "Electronic"},   {"drum and bass", "Electronic"},
        {"Progressive House", "Electronic"}, {"prog", "Rock"},       {"synthpop", "Pop"},
        {"Country Rock", "Country"}, {"jazz", NULL},                 {"Polka", NULL},
        {"popcorn", NULL},          {"housewife", NULL},             {"trap\xc3\xa9ze", NULL},
        {"", NULL},                 {NULL, NULL},                    {"-", NULL},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *got = genre_bucket(rows[i].genre);
        if (rows[i].bucket) {
            assert_non_null(got);
            assert_string_equal(got, rows[i].bucket);
        } else {
            assert_null(got);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(words_decide_the_bucket)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
