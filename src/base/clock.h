/*
 * Time as microseconds since 1970-01-01 UTC in an int64_t. TIME_NONE stands for "no time". Any thread.
 */
#ifndef MEDLEY_BASE_CLOCK_H
#define MEDLEY_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define TIME_NONE       INT64_MIN
#define TIME_TEXT_BYTES 40
#define SECONDS_US      INT64_C(1000000)

int64_t time_now_us(void);
/* Never goes back; for durations and deadlines only. */
int64_t time_monotonic_us(void);

/* "2026-01-24T10:00:00.123456Z"; years outside 0..9999 are clamped. Returns `text`. */
char *time_format(int64_t time_us, char text[TIME_TEXT_BYTES]);
/* "2026-01-24T10:00:00.123Z" */
char *time_format_ms(int64_t time_us, char text[TIME_TEXT_BYTES]);
/* HTTP date: "Sat, 24 Jan 2026 10:00:00 GMT" */
char *time_format_http(int64_t time_us, char text[TIME_TEXT_BYTES]);
/* RFC 3339 with zone (or without: UTC), a date alone, or an HTTP date. False when neither. */
bool time_parse(const char *text, int64_t *ret_time_us);

#endif
