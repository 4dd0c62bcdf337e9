/* base/: arenas, buffers, times, folding, identifiers. */
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fold.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/clock.h"

static void note(void *data)
{
    char *order = data;
    order[strlen(order)] = (char)('a' + (int)strlen(order));
}

static void deferred_calls_run_once_at_the_end(void **state)
{
    (void)state;
    char order[8] = "";
    struct arena a;
    arena_init(&a);
    arena_defer(&a, note, order);
    arena_defer(&a, note, order);
    assert_string_equal(order, "");
    arena_finish(&a);
    assert_string_equal(order, "ab");
    arena_finish(&a);
    assert_string_equal(order, "ab");
}

static void arena_serves_small_and_large_blocks_zeroed(void **state)
{
    (void)state;
    SCRATCH(a);
    struct {
        VEC(char *)
    } list = {0};
    for (size_t size = 1; size < 300000; size = size * 3 + 1) {
        char *p = arena_alloc(&a, size);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xab, size);
        assert_int_equal((uintptr_t)p % 16, 0);
        *arena_push(&a, &list) = p;
    }
    assert_true(list.count > 8);
    assert_int_equal((unsigned char)list.items[list.count - 1][100], 0xab);
}

static void buffer_limit_sticks(void **state)
{
    (void)state;
    struct buf b = {.limit = 5};
    buf_puts(&b, "1234");
    assert_false(b.overflowed);
    buf_puts(&b, "56");
    assert_true(b.overflowed);
    buf_putc(&b, '5');
    assert_string_equal(b.data, "1234");
    buf_finish(&b);
}

static void integers_print_at_their_limits(void **state)
{
    (void)state;
    BUF(b);
    buf_put_int(&b, INT64_MIN);
    buf_putc(&b, ' ');
    buf_put_int(&b, INT64_MAX);
    buf_putc(&b, ' ');
    buf_put_int(&b, 0);
    assert_string_equal(b.data, "-9223372036854775808 9223372036854775807 0");
}

static void times_survive_a_round_trip(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *canonical;
    } cases[] = {
        {"2026-01-24T10:00:00.123456Z", "2026-01-24T10:00:00.123456Z"},
        {"2026-01-24T10:00:00+02:00", "2026-01-24T08:00:00.000000Z"},
        {"2026-01-24 10:00:00.5-0130", "2026-01-24T11:30:00.500000Z"},
        {"2026-01-24", "2026-01-24T00:00:00.000000Z"},
        {"Sat, 24 Jan 2026 10:00:00 GMT", "2026-01-24T10:00:00.000000Z"},
        {"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t t;
        char text[TIME_TEXT_BYTES];
        assert_true(time_parse(cases[i].text, &t));
        assert_string_equal(time_format(t, text), cases[i].canonical);
    }
    int64_t t;
    assert_false(time_parse("yesterday", &t));
    assert_false(time_parse("2026-01-24T10", &t));
    assert_false(time_parse("2026-01-24T10:00:00+99:00", &t));
    assert_false(time_parse("2026-01-24 or so", &t));
}

/* Each day of ten thousand years, as the C library counts them. */
static void keys_are_cut_between_characters(void **state)
{
    (void)state;
    SCRATCH(a);
    BUF(long_text);
    for (int i = 0; i < 400; i++)
        buf_puts(&long_text, i % 3 ? "\xd0\x96" : "x"); /* 1 and 2 bytes in turn */
    const char *keys[] = {fold(&a, long_text.data), fold_match_key(&a, long_text.data),
                          fold_sort_key(&a, long_text.data)};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        assert_in_range(strlen(keys[i]), FOLD_KEY_BYTES - 3, FOLD_KEY_BYTES);
        assert_true(utf8_valid(keys[i], strlen(keys[i])));
    }
    assert_in_range(strlen(fold_words(&a, long_text.data)), 600, 700);
    assert_string_equal(utf8_cut(&a, "a\xd0\x96z", 1), "a");
    assert_string_equal(utf8_cut(&a, "a\xd0\x96z", 2), "a\xd0\x96");
    assert_string_equal(utf8_cut(&a, "a\xd0\x96z", 3), "a\xd0\x96z");
    assert_null(utf8_cut(&a, NULL, 3));
}

static void dates_are_those_of_the_calendar(void **state)
{
    (void)state;
    for (int64_t day = -719528; day < 2932897; day++) {
        char text[TIME_TEXT_BYTES];
        char wanted[TIME_TEXT_BYTES];
        struct tm tm;
        time_t at = (time_t)(day * 86400 + (day * 7919 % 86400 + 86400) % 86400);
        gmtime_r(&at, &tm);
        snprintf(wanted, sizeof(wanted), "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", (tm.tm_year + 1900) % 10000,
                 (tm.tm_mon + 1) % 100, tm.tm_mday % 100, tm.tm_hour % 100, tm.tm_min % 100, tm.tm_sec % 100,
                 (int)(day & 0xffff));
        time_format((int64_t)at * SECONDS_US + (day & 0xffff), text);
        if (strcmp(text, wanted) != 0)
            fail_msg("%s, not %s", text, wanted);
    }
}

static void folding_ignores_case_accents_and_spacing(void **state)
{
    (void)state;
    SCRATCH(a);
    assert_string_equal(fold(&a, "  Bj\xc3\xb6rk \t J\xc3\xb3ga "), "bjork joga");
    assert_string_equal(fold(&a, "STRASSE"), fold(&a, "stra\xc3\x9f" "e"));
    assert_string_equal(fold_match_key(&a, "Don't Stop (Live!)"), "don t stop live");
    assert_string_equal(fold_sort_key(&a, "The Beatles"), "beatles");
    assert_string_equal(fold_sort_key(&a, "The "), "the");
    assert_null(fold(&a, NULL));
    assert_string_equal(fold(&a, "bad\xff" "byte"), "bad\xef\xbf\xbd" "byte");
    assert_false(utf8_valid("\xed\xa0\x80", 3));
    assert_int_equal(utf8_length("J\xc3\xb3ga"), 4);
}

static void uuids_are_valid_and_differ(void **state)
{
    (void)state;
    char one[UUID_TEXT_BYTES];
    char two[UUID_TEXT_BYTES];
    assert_true(uuid_valid(uuid_make(one)));
    assert_true(uuid_valid(uuid_make(two)));
    assert_string_not_equal(one, two);
    assert_int_equal(one[14], '4');
    assert_false(uuid_valid("123"));
    assert_false(uuid_valid("zzzzzzzz-0000-4000-8000-000000000000"));
}

static void quoted_text_stays_on_one_line(void **state)
{
    (void)state;
    assert_string_equal(Q("a\n\"b\"\\"), "\"a\\x0a\\\"b\\\"\\\\\"");
    assert_string_equal(Q(NULL), "\"\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deferred_calls_run_once_at_the_end),
        cmocka_unit_test(arena_serves_small_and_large_blocks_zeroed),
        cmocka_unit_test(buffer_limit_sticks),
        cmocka_unit_test(dates_are_those_of_the_calendar),
        cmocka_unit_test(keys_are_cut_between_characters),
        cmocka_unit_test(integers_print_at_their_limits),
        cmocka_unit_test(times_survive_a_round_trip),
        cmocka_unit_test(folding_ignores_case_accents_and_spacing),
        cmocka_unit_test(uuids_are_valid_and_differ),
        cmocka_unit_test(quoted_text_stays_on_one_line),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
