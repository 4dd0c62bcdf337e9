/* Clocks, and the three spellings of a time that leave the server. */
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t time_now_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * SECONDS_US + ts.tv_nsec / 1000;
}

int64_t time_monotonic_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * SECONDS_US + ts.tv_nsec / 1000;
}

/* Whole seconds, and the rest in microseconds. */
static unsigned split_seconds(int64_t time_us, int64_t *ret_seconds)
{
    int64_t seconds = time_us / SECONDS_US;
    int64_t rest = time_us % SECONDS_US;
    if (rest < 0) {
        rest += SECONDS_US;
        seconds--;
    }
    /* 0000-01-01 and 9999-12-31: what four digits can show. */
    if (seconds < INT64_C(-62167219200))
        seconds = INT64_C(-62167219200);
    if (seconds > INT64_C(253402300799))
        seconds = INT64_C(253402300799);
    *ret_seconds = seconds;
    return (unsigned)rest;
}

static char *put_digits(char *to, unsigned value, int count)
{
    for (int i = count - 1; i >= 0; i--, value /= 10)
        to[i] = (char)('0' + value % 10);
    return to + count;
}

struct date {
    unsigned year, month, day;
};

/* The calendar without gmtime_r(), which locks and looks up a time zone. Years are counted from the 1st of
 * March, so that the leap day is the last of its year, in cycles of 400 years. */
static struct date date_of(int64_t days)
{
    enum { DAYS_OF_400_YEARS = 146097, FROM_MARCH_0000_TO_1970 = 719468 };
    int64_t shifted = days + FROM_MARCH_0000_TO_1970;
    int64_t cycle = (shifted >= 0 ? shifted : shifted - (DAYS_OF_400_YEARS - 1)) / DAYS_OF_400_YEARS;
    unsigned in_cycle = (unsigned)(shifted - cycle * DAYS_OF_400_YEARS);
    unsigned year = (in_cycle - in_cycle / 1460 + in_cycle / 36524 - in_cycle / 146096) / 365;
    unsigned in_year = in_cycle - (365 * year + year / 4 - year / 100);
    unsigned from_march = (5 * in_year + 2) / 153;
    unsigned month = from_march < 10 ? from_march + 3 : from_march - 9;
    return (struct date){
        .year = (unsigned)(cycle * 400 + year + (month <= 2)),
        .month = month,
        .day = in_year - (153 * from_march + 2) / 5 + 1,
    };
}

char *time_format(int64_t time_us, char text[TIME_TEXT_BYTES])
{
    int64_t seconds;
    unsigned us = split_seconds(time_us, &seconds);
    int64_t days = (seconds >= 0 ? seconds : seconds - 86399) / 86400;
    unsigned rest = (unsigned)(seconds - days * 86400);
    struct date date = date_of(days);
    char *p = put_digits(text, date.year, 4);
    *p++ = '-';
    p = put_digits(p, date.month, 2);
    *p++ = '-';
    p = put_digits(p, date.day, 2);
    *p++ = 'T';
    p = put_digits(p, rest / 3600, 2);
    *p++ = ':';
    p = put_digits(p, rest / 60 % 60, 2);
    *p++ = ':';
    p = put_digits(p, rest % 60, 2);
    *p++ = '.';
    p = put_digits(p, us, 6);
    memcpy(p, "Z", 2);
    return text;
}

char *time_format_ms(int64_t time_us, char text[TIME_TEXT_BYTES])
{
    time_format(time_us, text);
    memcpy(text + 23, "Z", 2);
    return text;
}

char *time_format_http(int64_t time_us, char text[TIME_TEXT_BYTES])
{
    static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm tm;
    int64_t seconds;
    split_seconds(time_us, &seconds);
    time_t t = (time_t)seconds;
    gmtime_r(&t, &tm);
    snprintf(text, TIME_TEXT_BYTES, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday],
             tm.tm_mday % 100, months[tm.tm_mon], (tm.tm_year + 1900) % 10000, tm.tm_hour % 100,
             tm.tm_min % 100, tm.tm_sec % 100);
    return text;
}

static bool parse_http(const char *text, int64_t *ret_time_us)
{
    struct tm tm = {0};
    const char *end = strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    if (!end || *end)
        return false;
    *ret_time_us = (int64_t)timegm(&tm) * SECONDS_US;
    return true;
}

/* ".123456" -> microseconds; further digits are dropped. Advances *p. */
static int64_t parse_fraction(const char **p)
{
    int64_t us = 0;
    int64_t unit = 100000;
    if (**p != '.' && **p != ',')
        return 0;
    for ((*p)++; **p >= '0' && **p <= '9'; (*p)++) {
        us += (**p - '0') * unit;
        unit /= 10;
    }
    return us;
}

/* "Z", "+02:00", "+0200" or nothing (UTC) -> seconds east. */
static bool parse_zone(const char *p, int64_t *ret_offset_s)
{
    *ret_offset_s = 0;
    if (!*p || ((*p == 'Z' || *p == 'z') && !p[1]))
        return true;
    if (*p != '+' && *p != '-')
        return false;
    unsigned hours;
    unsigned minutes;
    int used = 0;
    if (sscanf(p + 1, "%2u:%2u%n", &hours, &minutes, &used) != 2 || p[1 + used]) {
        used = 0;
        if (sscanf(p + 1, "%2u%2u%n", &hours, &minutes, &used) != 2 || p[1 + used])
            return false;
    }
    if (hours > 23 || minutes > 59)
        return false;
    *ret_offset_s = (int64_t)(hours * 3600 + minutes * 60) * (*p == '-' ? -1 : 1);
    return true;
}

bool time_parse(const char *text, int64_t *ret_time_us)
{
    struct tm tm = {0};
    const char *p = strptime(text, "%Y-%m-%d", &tm);
    if (!p)
        return parse_http(text, ret_time_us);
    int64_t us = 0;
    int64_t offset_s = 0;
    if (*p == 'T' || *p == 't' || *p == ' ') {
        p = strptime(p + 1, "%H:%M:%S", &tm);
        if (!p)
            return false;
        us = parse_fraction(&p);
        if (!parse_zone(p, &offset_s))
            return false;
    } else if (*p) {
        return false;
    }
    *ret_time_us = ((int64_t)timegm(&tm) - offset_s) * SECONDS_US + us;
    return true;
}
