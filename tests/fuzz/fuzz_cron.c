/* Cron expressions: the next time is later, on a full minute, fits every field, and nothing before it does. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/schedule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MINUTE_US INT64_C(60000000)
#define START_US  INT64_C(1709164800000000) /* 2024-02-29 00:00, the day before the end of a leap February */

static bool fits(const struct cron *cron, int64_t at_us)
{
    time_t seconds = (time_t)(at_us / 1000000);
    struct tm t;
    gmtime_r(&seconds, &t);
    return (cron->minutes >> t.tm_min & 1) && (cron->hours >> t.tm_hour & 1) && (cron->days >> t.tm_mday & 1) &&
           (cron->months >> (t.tm_mon + 1) & 1) && (cron->weekdays >> t.tm_wday & 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SCRATCH(a);
    struct cron cron;
    if (!cron_parse(arena_strndup(&a, (const char *)data, size), &cron))
        return 0;
    int64_t next = cron_next(&cron, START_US);
    if (next == TIME_NONE)
        return 0;
    if (next <= START_US || next % MINUTE_US != 0 || !fits(&cron, next))
        abort();
    for (int64_t at = START_US + MINUTE_US, i = 0; at < next && i < 3000; at += MINUTE_US, i++) {
        if (fits(&cron, at))
            abort();
    }
    return 0;
}
