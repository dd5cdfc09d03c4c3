/* Whether a value may be what its setting wants. */
#include "config/value.h"

#include "base/error.h"
#include "base/keyname.h"
#include "base/moment.h"

#include <stdarg.h>
#include <stdio.h>

typedef struct question {
	const setting_row *row;
	span               value;
	const char        *place;
	exs_error         *error;
} question;

/* "PLACE: KEY wants ..." */
static exs_status __attribute__((format(printf, 2, 3)))
refuse(const question *q, const char *format, ...)
{
	va_list arguments;
	char    wanted[512];

	va_start(arguments, format);
	(void)vsnprintf(wanted, sizeof wanted, format, arguments);
	va_end(arguments);
	return exs_fail(q->error, E_CONFIG_VALUE, "%s: %s %s", q->place, q->row->key, wanted);
}

static exs_status
check_text(const question *q)
{
	for (size_t i = 0; i < q->value.len; i++)
		if ((unsigned char)q->value.at[i] < 0x20 || q->value.at[i] == 0x7F)
			return refuse(q, "holds a control character");
	return EXS_OK;
}

static exs_status
check_word(const question *q)
{
	span rest = span_of(q->row->limits);

	while (rest.len > 0)
		if (span_same(span_cut(&rest, ' '), q->value))
			return EXS_OK;
	return refuse(q, "is one of: %s; not \"" SPAN_FORMAT "\"", q->row->limits,
	              SPAN_PRINT(q->value));
}

static exs_status
check_flag(const question *q)
{
	if (span_is(q->value, "yes") || span_is(q->value, "no"))
		return EXS_OK;
	return refuse(q, "is yes or no, not \"" SPAN_FORMAT "\"", SPAN_PRINT(q->value));
}

static exs_status
check_range(const question *q, bool readable, int64_t number)
{
	span     limits = span_of(q->row->limits);
	uint64_t least = 0, most = 0;

	(void)span_unsigned(span_cut(&limits, '-'), &least);
	(void)span_unsigned(limits, &most);
	if (readable && number >= (int64_t)least && number <= (int64_t)most)
		return EXS_OK;
	return refuse(q, "is a number from %s, not \"" SPAN_FORMAT "\"", q->row->limits,
	              SPAN_PRINT(q->value));
}

static exs_status
check_count(const question *q)
{
	int64_t number = 0;
	bool    readable = span_signed(q->value, &number);

	return check_range(q, readable, number);
}

static exs_status
check_seconds(const question *q)
{
	int64_t number = 0;
	bool    readable = moment_parse_duration(q->value, &number);

	return check_range(q, readable, number);
}

static exs_status
check_pin_source(const question *q)
{
	exs_status status;

	if (span_starts(q->value, "file:") && q->value.len > 5)
		return EXS_OK;
	if (span_starts(q->value, "credential:") && q->value.len > 11 &&
	    memchr(q->value.at, '/', q->value.len) == NULL)
		return EXS_OK;
	if (span_starts(q->value, "command:"))
		return refuse(q, "cannot be a command; use credential:NAME or file:PATH");
	/* Whoever wrote the PIN itself here must not meet it again on a screen. */
	status = refuse(q, "is credential:NAME or file:PATH");
	error_fix(q->error, "write the PIN into a file only its owner can read, and name it: "
	                    "pin-source = file:PATH");
	return status;
}

/* In each spelling that some program takes. What is not an attribute's name is refused in vain, but shows nothing. */
static bool
holds_pin(span uri)
{
	static const char *const names[] = {"pin-value", "pinvalue"};

	for (size_t n = 0; n < sizeof names / sizeof names[0]; n++)
		for (size_t i = 0; i < uri.len; i++)
			if (span_starts_nocase(span_from(uri.at + i, uri.len - i), names[n]))
				return true;
	return false;
}

static exs_status
check_pkcs11(const question *q)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	size_t     n;
	exs_status status = EXS_OK;

	if (holds_pin(q->value))
		return exs_fail(q->error, E_PIN_IN_URI, "%s: a PIN stands in the key URI", q->place);
	if (keyname_check(q->value, q->row->key, &n, cause) == EXS_OK)
		return check_text(q);
	if (error_is(cause, E_KEY_FILE)) {
		error_copy(q->error, cause);
		error_aim(q->error, "%s", q->place);
		return exs_error_status(cause);
	}
	status = exs_fail(q->error, E_CONFIG_VALUE, "%s: %s", q->place, exs_error_message(cause));
	if (exs_error_fix(cause)[0] != '\0')
		error_fix(q->error, "%s", exs_error_fix(cause));
	return status;
}

static exs_status
check_certificate(const question *q)
{
	span    rest = q->value;
	keyname name;

	if (span_starts_nocase(q->value, "thumbprint:") && keyname_next(&rest, &name) &&
	    (name.kind != KEYNAME_THUMBPRINT || name.narrowing.len > 0 || rest.len > 0))
		return refuse(q, "has a thumbprint that is neither SHA-1 (40 hexadecimal digits) nor SHA-256 (64)");
	return check_text(q);
}

static exs_status
check_url(const question *q)
{
	if (!span_starts_nocase(q->value, "https://") || q->value.len == 8)
		return refuse(q, "begins with https://");
	if (memchr(q->value.at, '@', q->value.len) != NULL)
		return refuse(q, "may not hold a user or a password");
	return check_text(q);
}

static exs_status
check_origin(const question *q)
{
	EXS_TRY(check_url(q));
	if (memchr(q->value.at + 8, '/', q->value.len - 8) != NULL ||
	    memchr(q->value.at + 8, '?', q->value.len - 8) != NULL)
		return refuse(q, "is https://HOST[:PORT] without a path");
	return EXS_OK;
}

static exs_status
check_proxy(const question *q)
{
	ptrdiff_t scheme = span_find(q->value, "://");

	if (scheme >= 0 && !span_starts_nocase(q->value, "http://") &&
	    !span_starts_nocase(q->value, "https://"))
		return refuse(q, "is http://HOST:PORT or https://HOST:PORT");
	return check_text(q);
}

/* by value_kind */
static exs_status (*const checks[])(const question *) = {
	[VALUE_TEXT] = check_text,
	[VALUE_WORD] = check_word,
	[VALUE_FLAG] = check_flag,
	[VALUE_COUNT] = check_count,
	[VALUE_SECONDS] = check_seconds,
	[VALUE_PATH] = check_text,
	[VALUE_CERTIFICATE] = check_certificate,
	[VALUE_PIN_SOURCE] = check_pin_source,
	[VALUE_PKCS11] = check_pkcs11,
	[VALUE_ORIGIN] = check_origin,
	[VALUE_URL] = check_url,
	[VALUE_PROXY] = check_proxy,
};

exs_status
value_check(setting_id id, span value, const char *place, exs_error *error)
{
	question q = {setting_row_of(id), value, place, error};

	if (value.len == 0)
		/* an empty proxy overrides one from elsewhere */
		return q.row->kind == VALUE_PROXY ? EXS_OK : refuse(&q, "has no value");
	if (value.len > VALUE_MAX)
		return refuse(&q, "is longer than %d bytes", (int)VALUE_MAX);
	if (!span_is_utf8(value))
		return refuse(&q, "is not UTF-8");
	return checks[q.row->kind](&q);
}

bool
value_is_yes(const char *value)
{
	return value != NULL && strcmp(value, "yes") == 0;
}

int64_t
value_whole(const char *value)
{
	int64_t number = 0;

	(void)moment_parse_duration(span_of(value), &number);
	return number;
}

static bool
holds_a_file(value_kind kind, span value, size_t *ret_prefix)
{
	*ret_prefix = 0;
	if (kind == VALUE_PIN_SOURCE) {
		*ret_prefix = 5;
		return span_starts(value, "file:");
	}
	if (kind == VALUE_CERTIFICATE)
		return !span_is(value, "token") && !span_is(value, "none") &&
		       !span_starts_nocase(value, "thumbprint:");
	return kind == VALUE_PATH;
}

void
value_anchor(setting_id id, span value, const char *directory, buf *to)
{
	size_t prefix;

	if (!holds_a_file(setting_row_of(id)->kind, value, &prefix) || value.len <= prefix ||
	    value.at[prefix] == '/') {
		buf_add(to, value);
		return;
	}
	buf_add(to, span_from(value.at, prefix));
	buf_addf(to, "%s/", directory);
	buf_add(to, span_from(value.at + prefix, value.len - prefix));
}

void
value_show(setting_id id, const char *value, buf *to)
{
	const char *at = strrchr(value, '@'), *scheme = strstr(value, "://");

	if (setting_row_of(id)->kind != VALUE_PROXY || at == NULL) {
		buf_puts(to, value);
		return;
	}
	if (scheme != NULL)
		buf_add(to, span_from(value, (size_t)(scheme + 3 - value)));
	buf_addf(to, "***%s", at);
}
