/*
 * Moments as Exchange writes them: UTC, seven digits after the second.
 */
#ifndef SANDBOX_EXCHANGE_TIME_H
#define SANDBOX_EXCHANGE_TIME_H

#include <stdbool.h>
#include <stdint.h>

/* Ticks of 100 ns since 1970-01-01T00:00:00Z. */
typedef int64_t ticks;

#define TICKS_SECOND INT64_C(10000000)
#define TICKS_HOUR   (3600 * TICKS_SECOND)
#define TICKS_DAY    (24 * TICKS_HOUR)

enum { TICKS_TEXT_MAX = 40 };

ticks ticks_now(void);

/* "2026-02-03T04:05:06.0000000" and the zone ("Z" or "+00:00"). */
void ticks_write(ticks moment, const char *zone, char text[TICKS_TEXT_MAX]);

/*
 * ISO 8601 with or without a time, up to seven digits after the second, with Z, an offset or no zone
 * (then UTC); also month/day/year. False when it is none of these.
 */
bool ticks_read(const char *text, ticks *ret_moment);

#endif
