/*
 * Time as a value: moments are seconds since 1970-01-01 UTC, spans of time are milliseconds.
 */
#ifndef BASE_MOMENT_H
#define BASE_MOMENT_H

#include "base/buf.h"

/* The system's clock, and one that never jumps, in milliseconds. */
int64_t moment_now_ms(void);
int64_t moment_steady_ms(void);

/* "2026-11-21T21:30:02Z" (RFC 3339); "" for what is no year of four digits. */
typedef struct moment_text {
	char at[24];
} moment_text;
moment_text moment_print(int64_t seconds);

/* "Sat, 21 Nov 2026 21:30:02 GMT" (RFC 9110 section 5.6.7, all three forms). */
bool moment_parse_http(span header, int64_t *ret_seconds);

/* RFC 3339 with any fraction and any offset; no offset means UTC. */
bool moment_parse(span text, int64_t *ret_seconds);

/* "30s", "5m", "12h", "30d" or plain seconds; false for anything else or overflow. */
bool moment_parse_duration(span text, int64_t *ret_seconds);

/* "11 min 20 s", "2 h 5 min", "3 days". */
typedef struct duration_text {
	char at[48];
} duration_text;
duration_text moment_print_duration(int64_t seconds);

#endif
