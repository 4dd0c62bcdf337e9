/* Cron expressions as bit sets, and the next minute that matches. */
#include "core/schedule.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "json/decode.h"

/* Five years hold a 29 February on any weekday that comes around often; rarer ones count as never. */
#define HORIZON_DAYS (366 * 5)

struct cron_field {
    int min;
    int max;
};
static const struct cron_field cron_fields[5] = {{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 7}};

static bool parse_number(const char *text, size_t len, const struct cron_field *f, int *ret)
{
    if (len == 0 || len > 2 || strspn(text, "0123456789") < len)
        return false;
    int value = 0;
    for (size_t i = 0; i < len; i++)
        value = value * 10 + (text[i] - '0');
    if (value < f->min || value > f->max)
        return false;
    *ret = value;
    return true;
}

/* "*", "5", "1-5", each with "/n" */
static bool parse_part(const char *text, size_t len, const struct cron_field *f, uint64_t *set)
{
    int step = 1;
    int from = f->min;
    int to = f->max;
    const char *slash = memchr(text, '/', len);
    size_t range_len = slash ? (size_t)(slash - text) : len;
    if (slash) {
        struct cron_field any = {1, f->max ? f->max : 1};
        if (!parse_number(slash + 1, len - range_len - 1, &any, &step))
            return false;
    }
    const char *dash = memchr(text, '-', range_len);
    if (dash) {
        size_t left = (size_t)(dash - text);
        if (!parse_number(text, left, f, &from) ||
            !parse_number(dash + 1, range_len - left - 1, f, &to) || to < from)
            return false;
    } else if (range_len != 1 || *text != '*') {
        if (!parse_number(text, range_len, f, &from))
            return false;
        if (!slash)
            to = from;
    }
    for (int i = from; i <= to; i += step)
        *set |= UINT64_C(1) << i;
    return true;
}

static bool parse_field(const char *text, size_t len, const struct cron_field *f, uint64_t *set)
{
    *set = 0;
    for (;;) {
        const char *comma = memchr(text, ',', len);
        size_t part = comma ? (size_t)(comma - text) : len;
        if (!parse_part(text, part, f, set))
            return false;
        if (!comma)
            return true;
        text = comma + 1;
        len -= part + 1;
    }
}

bool cron_parse(const char *text, struct cron *ret_cron)
{
    uint64_t sets[5];
    const char *p = text + strspn(text, " \t");
    for (int i = 0; i < 5; i++) {
        size_t len = strcspn(p, " \t");
        if (!len || !parse_field(p, len, &cron_fields[i], &sets[i]))
            return false;
        p += len;
        p += strspn(p, " \t");
    }
    if (*p)
        return false;
    if (sets[4] & (1u << 7))
        sets[4] |= 1;
    *ret_cron = (struct cron){
        .minutes = sets[0],
        .hours = (uint32_t)sets[1],
        .days = (uint32_t)sets[2],
        .months = (uint32_t)sets[3],
        .weekdays = (uint32_t)sets[4] & 0x7f,
    };
    return true;
}

static bool day_matches(const struct cron *cron, const struct tm *day)
{
    return ((cron->days >> day->tm_mday) & 1) && ((cron->months >> (day->tm_mon + 1)) & 1) &&
           ((cron->weekdays >> day->tm_wday) & 1);
}

/* First matching minute of the day at or after `minute_of_day`; -1 when none. */
static int minute_within(const struct cron *cron, int minute_of_day)
{
    for (int m = minute_of_day; m < 24 * 60; m++) {
        if (!((cron->hours >> (m / 60)) & 1)) {
            m += 59 - m % 60;
            continue;
        }
        if ((cron->minutes >> (m % 60)) & 1)
            return m;
    }
    return -1;
}

int64_t cron_next(const struct cron *cron, int64_t after_us)
{
    int64_t minute = after_us / (60 * SECONDS_US) + 1;
    if (after_us < 0)
        return TIME_NONE;
    int64_t day = minute / (24 * 60);
    int start = (int)(minute % (24 * 60));
    for (int i = 0; i < HORIZON_DAYS; i++, day++, start = 0) {
        time_t noon = (time_t)(day * 86400 + 43200);
        struct tm tm;
        gmtime_r(&noon, &tm);
        if (!day_matches(cron, &tm))
            continue;
        int found = minute_within(cron, start);
        if (found >= 0)
            return (day * 24 * 60 + found) * 60 * SECONDS_US;
    }
    return TIME_NONE;
}
