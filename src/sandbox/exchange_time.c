/*
 * Moments as Exchange writes them. See exchange_time.h.
 *
 * Every generated row carries several dates, so they are written digit by digit from a day number:
 * gmtime_r and snprintf together cost more than the rest of the row.
 */
#include "exchange_time.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

ticks
ticks_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (ticks)now.tv_sec * TICKS_SECOND + now.tv_nsec / 100;
}

/* Days since 1970-01-01 of a Gregorian date, and back; years start in March so that leap days end them. */
static int64_t
days_of(int64_t year, unsigned month, unsigned day)
{
	int64_t era, year_of_era, day_of_year;

	year -= month <= 2;
	era = (year >= 0 ? year : year - 399) / 400;
	year_of_era = year - era * 400;
	day_of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + (int64_t)day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
	       719468;
}

static void
date_of(int64_t days, int64_t *ret_year, unsigned *ret_month, unsigned *ret_day)
{
	int64_t era, day_of_era, year_of_era, day_of_year, month;

	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	day_of_era = days - era * 146097;
	year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	month = (5 * day_of_year + 2) / 153;
	*ret_day = (unsigned)(day_of_year - (153 * month + 2) / 5 + 1);
	*ret_month = (unsigned)(month < 10 ? month + 3 : month - 9);
	*ret_year = year_of_era + era * 400 + (*ret_month <= 2);
}

static char *
digits(char *at, int64_t number, unsigned width)
{
	for (unsigned i = width; i > 0; i--) {
		at[i - 1] = (char)('0' + number % 10);
		number /= 10;
	}
	return at + width;
}

void
ticks_write(ticks moment, const char *zone, char text[TICKS_TEXT_MAX])
{
	int64_t days = moment / TICKS_DAY, rest = moment % TICKS_DAY, year;
	unsigned month, day;
	char *at = text;

	if (rest < 0) {
		rest += TICKS_DAY;
		days--;
	}
	date_of(days, &year, &month, &day);
	at = digits(at, year, 4);
	*at++ = '-';
	at = digits(at, month, 2);
	*at++ = '-';
	at = digits(at, day, 2);
	*at++ = 'T';
	at = digits(at, rest / TICKS_HOUR, 2);
	*at++ = ':';
	at = digits(at, rest / (60 * TICKS_SECOND) % 60, 2);
	*at++ = ':';
	at = digits(at, rest / TICKS_SECOND % 60, 2);
	*at++ = '.';
	at = digits(at, rest % TICKS_SECOND, 7);
	snprintf(at, (size_t)(text + TICKS_TEXT_MAX - at), "%s", zone);
}

/* ".1234567" at *text, as ticks. */
static int64_t
read_fraction(const char **text)
{
	int64_t fraction = 0, unit = TICKS_SECOND / 10;

	if (**text != '.')
		return 0;
	for ((*text)++; **text >= '0' && **text <= '9'; (*text)++) {
		fraction += (**text - '0') * unit;
		unit /= 10;
	}
	return fraction;
}

/* "Z", "+02:00" or nothing, to the end of the text. */
static bool
read_zone(const char *text, int64_t *ret_offset)
{
	unsigned hours, minutes;
	int used = 0;

	*ret_offset = 0;
	if (text[0] == '\0' || strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
		return true;
	if ((text[0] != '+' && text[0] != '-') ||
	    sscanf(text + 1, "%2u:%2u%n", &hours, &minutes, &used) != 2 || text[1 + used] != '\0' ||
	    hours > 14 || minutes > 59)
		return false;
	*ret_offset = (hours * 60 + (int64_t)minutes) * 60 * TICKS_SECOND;
	if (text[0] == '-')
		*ret_offset = -*ret_offset;
	return true;
}

bool
ticks_read(const char *text, ticks *ret_moment)
{
	unsigned year, month, day, hour = 0, minute = 0, second = 0;
	int64_t fraction, offset;
	int used = 0, time_used = 0;

	if (sscanf(text, "%4u-%2u-%2u%n", &year, &month, &day, &used) != 3 &&
	    sscanf(text, "%2u/%2u/%4u%n", &month, &day, &year, &used) != 3)
		return false;
	text += used;
	if ((*text == 'T' || *text == ' ') &&
	    sscanf(text + 1, "%2u:%2u:%2u%n", &hour, &minute, &second, &time_used) >= 3)
		text += 1 + time_used;
	fraction = read_fraction(&text);
	if (!read_zone(text, &offset))
		return false;
	if (year < 1601 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 ||
	    minute > 59 || second > 60)
		return false;
	*ret_moment = days_of(year, month, day) * TICKS_DAY + hour * TICKS_HOUR +
	              (minute * 60 + (int64_t)second) * TICKS_SECOND + fraction - offset;
	return true;
}
