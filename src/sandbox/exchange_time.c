/*
 * Moments as Exchange writes them. See exchange_time.h.
 *
 * Every generated row carries several dates, so they are written digit by digit from a day number:
 * gmtime_r and snprintf together cost more than the rest of the row.
 */
#include "exchange_time.h"

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
	while (*zone != '\0' && at < text + TICKS_TEXT_MAX - 1)
		*at++ = *zone++;
	*at = '\0';
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

/* Between least and most digits at *text; moves past them. */
static bool
read_number(const char **text, unsigned least, unsigned most, unsigned *ret_number)
{
	unsigned count = 0;

	*ret_number = 0;
	for (; count < most && **text >= '0' && **text <= '9'; count++, (*text)++)
		*ret_number = *ret_number * 10 + (unsigned)(**text - '0');
	return count >= least;
}

static bool
read_mark(const char **text, char mark)
{
	if (**text != mark)
		return false;
	(*text)++;
	return true;
}

/* "Z", "+02:00" or nothing, to the end of the text. */
static bool
read_zone(const char *text, int64_t *ret_offset)
{
	unsigned hours, minutes;
	char sign = *text;

	*ret_offset = 0;
	if (sign == '\0' || strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
		return true;
	text++;
	if ((sign != '+' && sign != '-') || !read_number(&text, 2, 2, &hours) ||
	    !read_mark(&text, ':') || !read_number(&text, 2, 2, &minutes) || *text != '\0' ||
	    hours > 14 || minutes > 59)
		return false;
	*ret_offset = (hours * 60 + (int64_t)minutes) * 60 * TICKS_SECOND;
	if (sign == '-')
		*ret_offset = -*ret_offset;
	return true;
}

/* "2026-02-03" or "2/3/2026" at *text, as days. */
static bool
read_date(const char **text, int64_t *ret_days)
{
	unsigned year, month, day;
	const char *at = *text;

	if (!read_number(&at, 4, 4, &year) || !read_mark(&at, '-') ||
	    !read_number(&at, 2, 2, &month) || !read_mark(&at, '-') ||
	    !read_number(&at, 2, 2, &day)) {
		at = *text;
		if (!read_number(&at, 1, 2, &month) || !read_mark(&at, '/') ||
		    !read_number(&at, 1, 2, &day) || !read_mark(&at, '/') ||
		    !read_number(&at, 4, 4, &year))
			return false;
	}
	if (year < 1601 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	*text = at;
	*ret_days = days_of(year, month, day);
	return true;
}

bool
ticks_read(const char *text, ticks *ret_moment)
{
	unsigned hour = 0, minute = 0, second = 0;
	int64_t days, fraction = 0, offset;

	if (!read_date(&text, &days))
		return false;
	if (read_mark(&text, 'T') || read_mark(&text, ' ')) {
		if (!read_number(&text, 1, 2, &hour) || !read_mark(&text, ':') ||
		    !read_number(&text, 2, 2, &minute))
			return false;
		if (read_mark(&text, ':') && !read_number(&text, 2, 2, &second))
			return false;
		fraction = read_fraction(&text);
	}
	if (hour > 23 || minute > 59 || second > 60 || !read_zone(text, &offset))
		return false;
	*ret_moment = days * TICKS_DAY + hour * TICKS_HOUR +
	              (minute * 60 + (int64_t)second) * TICKS_SECOND + fraction - offset;
	return true;
}
