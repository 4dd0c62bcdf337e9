/* Cron expressions (document 000, contract 3.4). */
#include "unit.h"

#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "core/schedule.h"

static void next_minutes_are_right(void **state)
{
    (void)state;
    static const struct {
        const char *cron;
        const char *after;
        const char *next;
    } cases[] = {
        {"* * * * *", "2026-01-24T10:00:30Z", "2026-01-24T10:01:00.000000Z"},
        {"* * * * *", "2026-01-24T10:01:00Z", "2026-01-24T10:02:00.000000Z"},
        {"*/15 * * * *", "2026-01-24T10:46:00Z", "2026-01-24T11:00:00.000000Z"},
        {"0 2 * * *", "2026-01-24T02:00:00Z", "2026-01-25T02:00:00.000000Z"},
        {"30 4 1,15 * *", "2026-01-24T10:00:00Z", "2026-02-01T04:30:00.000000Z"},
        {"0 0 * * 0", "2026-01-24T10:00:00Z", "2026-01-25T00:00:00.000000Z"},
        {"0 0 * * 7", "2026-01-24T10:00:00Z", "2026-01-25T00:00:00.000000Z"},
        {"0 0 13 * 5", "2026-01-24T10:00:00Z", "2026-02-13T00:00:00.000000Z"},
        {"0 0 29 2 *", "2026-01-24T10:00:00Z", "2028-02-29T00:00:00.000000Z"},
        {"10-12 9-17/4 * * *", "2026-01-24T09:12:00Z", "2026-01-24T13:10:00.000000Z"},
        {"59 23 31 12 *", "2026-12-31T23:59:00Z", "2027-12-31T23:59:00.000000Z"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct cron cron;
        int64_t after;
        char text[TIME_TEXT_BYTES];
        assert_true(cron_parse(cases[i].cron, &cron));
        assert_true(time_parse(cases[i].after, &after));
        assert_string_equal(time_format(cron_next(&cron, after), text), cases[i].next);
    }
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",          "* * * *",     "* * * * * *", "60 * * * *", "* 24 * * *",
                                      "* * 0 * *", "* * * 13 *",  "* * * * 8",   "a * * * *",  "@daily",
                                      "*/0 * * * *", "5-1 * * * *", "1,,2 * * * *", "-1 * * * *", "* * * * MON",
                                      "1- * * * *", "*/ * * * *", "100 * * * *"};
    struct cron cron;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(cron_parse(bad[i], &cron));
}

static void impossible_days_never_come(void **state)
{
    (void)state;
    struct cron cron;
    assert_true(cron_parse("0 0 31 2 *", &cron));
    assert_true(cron_next(&cron, time_now_us()) == TIME_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(next_minutes_are_right),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(impossible_days_never_come),
    };
    return cmocka_run_group_tests_name("cron", tests, NULL, NULL);
}
