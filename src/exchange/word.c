/* A bare word of PowerShell as JSON. */
#include "exchange/word.h"

#include "base/error.h"
#include "base/jsontext.h"

#include <inttypes.h>

static size_t
digits_at(span s, size_t at)
{
	size_t n = 0;

	while (at + n < s.len && s.at[at + n] >= '0' && s.at[at + n] <= '9')
		n++;
	return n;
}

/* -?(0|[1-9][0-9]*)(\.[0-9]*[1-9])? and not -0: what a number is written back as. */
static bool
is_canonical_number(span word)
{
	size_t sign = word.len > 0 && word.at[0] == '-';
	size_t whole = digits_at(word, sign), at = sign + whole, fraction;

	if (whole == 0 || (whole > 1 && word.at[sign] == '0'))
		return false;
	if (at == word.len)
		return !(sign == 1 && word.at[sign] == '0');
	if (word.at[at] != '.')
		return false;
	fraction = digits_at(word, at + 1);
	return fraction > 0 && at + 1 + fraction == word.len && word.at[word.len - 1] != '0';
}

static exs_status
hexadecimal(const literal *l, size_t start, span word, buf *to, bool *ret_is, exs_error *error)
{
	bool     negative = word.at[0] == '-';
	span     digits = span_from(word.at + negative + 2, word.len - negative - 2);
	uint64_t value = 0;

	for (size_t i = 0; i < digits.len; i++) {
		char c = (char)(digits.at[i] | 0x20);
		int  digit = c >= '0' && c <= '9' && digits.at[i] <= '9' ? c - '0'
		             : c >= 'a' && c <= 'f'                      ? c - 'a' + 10
		                                                         : -1;

		if (digit < 0)
			return EXS_OK; /* no number after all: text */
		if (digits.len <= 16)
			value = value * 16 + (uint64_t)digit;
	}
	*ret_is = true;
	if (digits.len > 16 || value > INT64_MAX || (digits.len == 8 && value > INT32_MAX))
		return literal_wrong(l, start, error,
		                     "PowerShell reads " SPAN_FORMAT " as a negative number, or not at "
		                     "all: write it in decimal, or in quotes when it is text",
		                     SPAN_PRINT(word));
	buf_addf(to, "%s%" PRIu64, negative && value > 0 ? "-" : "", value);
	return EXS_OK;
}

static unsigned
power_of(span suffix)
{
	static const char *const suffixes[] = {"", "KB", "MB", "GB", "TB", "PB"};

	for (unsigned i = 1; i < sizeof suffixes / sizeof suffixes[0]; i++)
		if (span_is_nocase(suffix, suffixes[i]))
			return i;
	return 0;
}

/* 10MB, 1.5GB: a whole number of bytes that 64 bits hold. */
static exs_status
bytes_counted(const literal *l, size_t start, span word, buf *to, bool *ret_is, exs_error *error)
{
	bool     negative = word.at[0] == '-';
	size_t   whole = digits_at(word, negative), at = negative + whole, fraction = 0;
	uint64_t mantissa = 0, divisor = 1, total;
	unsigned power;

	if (whole > 0 && at < word.len && word.at[at] == '.')
		fraction = digits_at(word, at + 1);
	if (fraction > 0)
		at += 1 + fraction;
	power = power_of(span_from(word.at + at, word.len - at));
	if (whole == 0 || power == 0)
		return EXS_OK;
	*ret_is = true;
	for (size_t i = negative; i < at; i++) {
		if (word.at[i] == '.')
			continue;
		if (__builtin_mul_overflow(mantissa, (uint64_t)10, &mantissa) ||
		    __builtin_add_overflow(mantissa, (uint64_t)(word.at[i] - '0'), &mantissa))
			return literal_wrong(l, start, error, "the number is too large");
		if (i > negative + whole && __builtin_mul_overflow(divisor, (uint64_t)10, &divisor))
			return literal_wrong(l, start, error, "the number has too many digits");
	}
	if (__builtin_mul_overflow(mantissa, (uint64_t)1 << (10 * power), &total) ||
	    total / divisor > INT64_MAX)
		return literal_wrong(l, start, error, "the number is too large");
	if (total % divisor != 0)
		return literal_wrong(l, start, error, "this is no whole number of bytes");
	buf_addf(to, "%s%" PRIu64, negative ? "-" : "", total / divisor);
	return EXS_OK;
}

exs_status
word_print(const literal *l, size_t start, span word, buf *to, exs_error *error)
{
	size_t sign = word.len > 0 && word.at[0] == '-';
	bool   is_number = false;

	if (is_canonical_number(word)) {
		buf_add(to, word);
		return EXS_OK;
	}
	if (word.len > sign + 2 && word.at[sign] == '0' && (word.at[sign + 1] | 0x20) == 'x')
		EXS_TRY(hexadecimal(l, start, word, to, &is_number, error));
	else if (word.len > sign + 2)
		EXS_TRY(bytes_counted(l, start, word, to, &is_number, error));
	if (!is_number)
		jsontext_quote(to, word);
	return EXS_OK;
}
