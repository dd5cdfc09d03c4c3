/* StartDate and EndDate. */
#include "exchange/period.h"

#include "base/error.h"
#include "base/jsontext.h"
#include "base/moment.h"

#include <inttypes.h>
#include <stdio.h>

enum { DATE_MAX = 256 };

void
period_asked_done(period_asked *p)
{
	buf_done(&p->start);
	buf_done(&p->end);
}

/* "9", "09": one or two digits. */
static bool
take_number(span *rest, char separator, unsigned most, unsigned *ret)
{
	span     digits = span_cut(rest, separator);
	uint64_t value;

	if (digits.len < 1 || digits.len > 2 || !span_unsigned(digits, &value) || value > most)
		return false;
	*ret = (unsigned)value;
	return true;
}

/* "14:05", "14:05:06", "2:05 PM". */
static bool
read_clock(span text, unsigned *hour, unsigned *minute, unsigned *second)
{
	span time = span_cut(&text, ' '), half = span_trim(text);
	bool has_seconds = memrchr(time.at, ':', time.len) != memchr(time.at, ':', time.len);

	*second = 0;
	if (memchr(time.at, ':', time.len) == NULL || !take_number(&time, ':', 23, hour) ||
	    !take_number(&time, ':', 59, minute) ||
	    (has_seconds && !take_number(&time, ':', 59, second)) || time.len > 0)
		return false;
	if (half.len == 0)
		return true;
	if (*hour < 1 || *hour > 12 ||
	    (!span_is_nocase(half, "AM") && !span_is_nocase(half, "PM")))
		return false;
	*hour = *hour % 12 + (span_is_nocase(half, "PM") ? 12 : 0);
	return true;
}

/* month/day/year, as PowerShell's invariant culture has it. */
static bool
read_slashed(span text, int64_t *ret_seconds)
{
	span     date = span_cut(&text, ' '), clock = span_trim(text);
	unsigned month, day, hour = 0, minute = 0, second = 0;
	uint64_t year;
	char     iso[32];

	if (memchr(date.at, '/', date.len) == NULL || !take_number(&date, '/', 12, &month) ||
	    memchr(date.at, '/', date.len) == NULL || !take_number(&date, '/', 31, &day) ||
	    date.len != 4 || !span_unsigned(date, &year))
		return false;
	if (clock.len > 0 && !read_clock(clock, &hour, &minute, &second))
		return false;
	snprintf(iso, sizeof iso, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)year, month, day,
	         hour, minute, second);
	return moment_parse(span_of(iso), ret_seconds);
}

bool
period_read_date(span text, int64_t *ret_seconds)
{
	char   whole[DATE_MAX];
	span   given = span_trim(text);

	if (moment_parse(given, ret_seconds) || read_slashed(given, ret_seconds))
		return true;
	/* 2026-09-01 14:05 and 2026-09-01T14:05 have no seconds */
	if (given.len < 16 || given.len > sizeof whole - 4 || given.at[13] != ':' ||
	    (given.len > 16 && given.at[16] == ':'))
		return false;
	snprintf(whole, sizeof whole, "%.16s:00%.*s", given.at, (int)(given.len - 16), given.at + 16);
	return moment_parse(span_of(whole), ret_seconds);
}

static exs_status
read_date(const exs_command *command, const char *name, int64_t fallback, buf *json,
          int64_t *ret_seconds, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(DATE_MAX);
	span       given = command_value(command, name);
	exs_status status;

	*json = BUF(4 * DATE_MAX);
	if (given.at == NULL) {
		*ret_seconds = fallback;
		buf_addf(json, "\"%s\"", moment_print(fallback).at);
		return buf_check(json, name, error);
	}
	if (!command_string(command, name, &text) || !period_read_date(buf_span(&text), ret_seconds)) {
		status = exs_fail(error, E_PARAMETER, "-%s is no date that can be walked from: " SPAN_FORMAT,
		                  name, SPAN_PRINT(given));
		error_fix(error, "write it as 2026-09-01 or 2026-09-01T14:05:00Z");
		return status;
	}
	buf_add(json, given);
	return buf_check(json, name, error);
}

exs_status
period_of_command(const exs_command *command, int64_t now, int64_t usual, period_asked *ret,
                  exs_error *error)
{
	EXS_TRY(read_date(command, "EndDate", now, &ret->end, &ret->whole.end, error));
	EXS_TRY(read_date(command, "StartDate", ret->whole.end - usual, &ret->start,
	                  &ret->whole.start, error));
	if (ret->whole.start > ret->whole.end)
		return exs_fail(error, E_PARAMETER, "-StartDate %s is behind -EndDate %s",
		                moment_print(ret->whole.start).at, moment_print(ret->whole.end).at);
	return EXS_OK;
}

unsigned
period_pieces(const period *whole, int64_t longest)
{
	int64_t length = whole->end - whole->start;

	if (length <= longest)
		return 1;
	/* the end may be up to a second later than its whole seconds tell, and pieces share one */
	longest -= 1 + PERIOD_SHARED;
	return (unsigned)((length + longest - 1) / longest);
}

period
period_piece(const period *whole, unsigned pieces, unsigned nth)
{
	int64_t length = (whole->end - whole->start + pieces - 1) / pieces;
	period  piece = {whole->end - (int64_t)(nth + 1) * length, whole->end - (int64_t)nth * length};

	if (nth > 0)
		piece.end += PERIOD_SHARED;
	if (nth + 1 == pieces)
		piece.start = whole->start;
	return piece;
}

bool
period_halve(const period *p, period *ret_older, period *ret_newer)
{
	int64_t middle = p->start + (p->end - p->start) / 2;

	if (p->end - p->start <= 2 * PERIOD_SHARED)
		return false;
	*ret_newer = (period){middle, p->end};
	*ret_older = (period){p->start, middle + PERIOD_SHARED};
	return true;
}

static exs_status
put(exs_command *command, const char *name, const buf *own, int64_t seconds, bool is_own,
    exs_error *error)
{
	char json[32];

	snprintf(json, sizeof json, "\"%s\"", moment_print(seconds).at);
	if (is_own)
		return exs_command_json(command, name, buf_text(own), own->len, error);
	return exs_command_json(command, name, json, strlen(json), error);
}

exs_status
period_put_start(const period_asked *asked, const period *piece, exs_command *command,
                 exs_error *error)
{
	return put(command, "StartDate", &asked->start, piece->start,
	           piece->start == asked->whole.start, error);
}

exs_status
period_put_end(const period_asked *asked, const period *piece, exs_command *command,
               exs_error *error)
{
	return put(command, "EndDate", &asked->end, piece->end, piece->end == asked->whole.end, error);
}
