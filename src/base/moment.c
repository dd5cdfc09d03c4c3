/* Time as a value. */
#include "base/moment.h"

#include <stdio.h>
#include <time.h>

static int64_t
clock_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
moment_now_ms(void)
{
	return clock_ms(CLOCK_REALTIME);
}

int64_t
moment_steady_ms(void)
{
	return clock_ms(CLOCK_MONOTONIC);
}

moment_text
moment_print(int64_t seconds)
{
	moment_text printed = {""};
	time_t      at = (time_t)seconds;
	struct tm   tm;

	if (gmtime_r(&at, &tm) != NULL && tm.tm_year >= -1900 && tm.tm_year < 8100)
		snprintf(printed.at, sizeof printed.at, "%04u-%02u-%02uT%02u:%02u:%02uZ",
		         (unsigned)(tm.tm_year + 1900) % 10000, (unsigned)(tm.tm_mon + 1) % 100,
		         (unsigned)tm.tm_mday % 100, (unsigned)tm.tm_hour % 100,
		         (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
	return printed;
}

/* Month names here are English whatever the locale says, so strptime() is not for us. */
static bool
month_of(span name, int *ret)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	if (name.len != 3)
		return false;
	for (int i = 0; i < 12; i++) {
		if (memcmp(names + 3 * i, name.at, 3) == 0) {
			*ret = i;
			return true;
		}
	}
	return false;
}

static bool
in_range(span digits, int low, int high, int *ret)
{
	uint64_t value;

	if (!span_unsigned(digits, &value) || value > 99999 || (int)value < low || (int)value > high)
		return false;
	*ret = (int)value;
	return true;
}

static bool
time_of_day(span text, struct tm *tm)
{
	span hour = span_cut(&text, ':'), minute = span_cut(&text, ':');

	return hour.len == 2 && minute.len == 2 && text.len == 2 &&
	       in_range(hour, 0, 23, &tm->tm_hour) && in_range(minute, 0, 59, &tm->tm_min) &&
	       in_range(text, 0, 60, &tm->tm_sec);
}

static bool
finish(struct tm *tm, int64_t *ret)
{
	int    day = tm->tm_mday;
	bool   leap = tm->tm_sec == 60; /* would carry into the next day */
	time_t at;

	tm->tm_sec -= leap;
	at = timegm(tm);

	if (tm->tm_mday != day)
		return false; /* 31 February */
	*ret = (int64_t)at + leap;
	return true;
}

bool
moment_parse_http(span header, int64_t *ret_seconds)
{
	struct tm tm = {0};
	span      rest = span_trim(header), day, month, year, time;
	int       number;
	bool      rfc850 = span_find(rest, "-") > 0, asctime_form = span_find(rest, ",") < 0;

	(void)span_cut(&rest, ' '); /* the day's name says nothing new */
	if (asctime_form) {
		month = span_cut(&rest, ' ');
		rest = span_trim(rest);
		day = span_cut(&rest, ' ');
		time = span_cut(&rest, ' ');
		year = span_trim(rest);
	} else {
		char separator = rfc850 ? '-' : ' ';

		day = span_cut(&rest, separator);
		month = span_cut(&rest, separator);
		year = span_cut(&rest, ' ');
		time = span_cut(&rest, ' ');
		if (!span_is(rest, "GMT"))
			return false;
	}
	if (!in_range(day, 1, 31, &tm.tm_mday) || !month_of(month, &tm.tm_mon) ||
	    !time_of_day(time, &tm) || !in_range(year, 0, 9999, &number))
		return false;
	if (year.len == 2)
		number += number < 70 ? 2000 : 1900;
	tm.tm_year = number - 1900;
	return finish(&tm, ret_seconds);
}

/* "Z", "+05:30", "-0800" or nothing, as minutes east. */
static bool
offset_of(span text, int *ret_minutes)
{
	int sign, hours, minutes;

	*ret_minutes = 0;
	if (text.len == 0 || span_is_nocase(text, "Z"))
		return true;
	if (text.at[0] != '+' && text.at[0] != '-')
		return false;
	sign = text.at[0] == '-' ? -1 : 1;
	text = span_from(text.at + 1, text.len - 1);
	if (text.len == 5 && text.at[2] == ':')
		minutes = 3;
	else if (text.len == 4)
		minutes = 2;
	else
		return false;
	if (!in_range(span_from(text.at + minutes, 2), 0, 59, &minutes) ||
	    !in_range(span_from(text.at, 2), 0, 23, &hours))
		return false;
	*ret_minutes = sign * (hours * 60 + minutes);
	return true;
}

bool
moment_parse(span text, int64_t *ret_seconds)
{
	struct tm tm = {0};
	int       year, minutes = 0;
	size_t    i = 19;

	if (text.len < 10 || text.at[4] != '-' || text.at[7] != '-' ||
	    !in_range(span_from(text.at, 4), 0, 9999, &year) ||
	    !in_range(span_from(text.at + 5, 2), 1, 12, &tm.tm_mon) ||
	    !in_range(span_from(text.at + 8, 2), 1, 31, &tm.tm_mday))
		return false;
	tm.tm_year = year - 1900;
	tm.tm_mon--;
	if (text.len > 10) {
		if (text.len < 19 || (text.at[10] != 'T' && text.at[10] != ' ') ||
		    !time_of_day(span_from(text.at + 11, 8), &tm))
			return false;
		if (i < text.len && text.at[i] == '.') {
			size_t digits = ++i;

			while (i < text.len && text.at[i] >= '0' && text.at[i] <= '9')
				i++;
			if (i == digits)
				return false;
		}
		if (!offset_of(span_from(text.at + i, text.len - i), &minutes))
			return false;
	}
	if (!finish(&tm, ret_seconds))
		return false;
	*ret_seconds -= (int64_t)minutes * 60;
	return true;
}

bool
moment_parse_duration(span text, int64_t *ret_seconds)
{
	static const struct {
		char    letter;
		int64_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	uint64_t value;
	int64_t  unit = 1;

	for (size_t i = 0; i < sizeof units / sizeof units[0] && text.len > 0; i++) {
		if (text.at[text.len - 1] == units[i].letter) {
			unit = units[i].seconds;
			text.len--;
			break;
		}
	}
	if (!span_unsigned(text, &value) || value > (uint64_t)(INT64_MAX / unit))
		return false;
	*ret_seconds = (int64_t)value * unit;
	return true;
}

duration_text
moment_print_duration(int64_t seconds)
{
	duration_text printed;
	int64_t       s = seconds < 0 ? -seconds : seconds;

	if (s < 60)
		snprintf(printed.at, sizeof printed.at, "%lld s", (long long)s);
	else if (s < 3600)
		snprintf(printed.at, sizeof printed.at, "%lld min %lld s", (long long)(s / 60),
		         (long long)(s % 60));
	else if (s < 86400)
		snprintf(printed.at, sizeof printed.at, "%lld h %lld min", (long long)(s / 3600),
		         (long long)(s % 3600 / 60));
	else
		snprintf(printed.at, sizeof printed.at, "%lld day%s", (long long)(s / 86400),
		         s / 86400 == 1 ? "" : "s");
	return printed;
}
