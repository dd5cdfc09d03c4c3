/* Casts of literals. */
#include "exchange/cast.h"

#include "base/error.h"
#include "base/jsontext.h"
#include "base/moment.h"
#include "exchange/container.h"
#include "exchange/value.h"

#include <stdio.h>

/* What a cast works on: the value's JSON, its decoded text when it is a string, and who complains. */
typedef struct casting {
	const literal *l;
	size_t         place;
	span           json;
	span           text; /* at NULL when it is no string */
} casting;

static exs_status
cast_wrong(const casting *c, const char *wanted, exs_error *error)
{
	return literal_wrong(c->l, c->place, error, "this is no %s: " SPAN_FORMAT, wanted,
	                     SPAN_PRINT(c->json));
}

bool
cast_is_guid(span text)
{
	if (text.len != 36)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text.at[i] != '-' : strchr("0123456789abcdefABCDEF", text.at[i]) == NULL)
			return false;
	}
	return memchr(text.at, '\0', text.len) == NULL;
}

static exs_status
to_guid(const casting *c, buf *to, exs_error *error)
{
	span text = c->text;

	if (text.at != NULL && text.len == 38 && text.at[0] == '{' && text.at[37] == '}')
		text = span_from(text.at + 1, 36);
	if (text.at == NULL || !cast_is_guid(text))
		return cast_wrong(c, "GUID", error);
	jsontext_quote(to, text);
	return EXS_OK;
}

/* Does the time part end in Z or +hh:mm? */
static bool
has_zone(span text)
{
	ptrdiff_t colon = span_find(text, ":");

	if (colon < 0)
		return false;
	for (size_t i = (size_t)colon; i < text.len; i++)
		if (strchr("Zz+-", text.at[i]) != NULL)
			return true;
	return false;
}

/* UTC with seven digits of fraction (exchange-rest.md 2.5). */
static exs_status
to_datetime(const casting *c, buf *to, exs_error *error)
{
	char        fraction[8] = "0000000";
	moment_text printed;
	ptrdiff_t   dot;
	int64_t     seconds;

	if (c->text.at == NULL || !moment_parse(c->text, &seconds))
		return cast_wrong(c, "date like 2026-01-02T03:04:05Z", error);
	if (!has_zone(c->text))
		return literal_wrong(c->l, c->place, error,
		                     "the date says no zone, so it means another moment on another "
		                     "machine: end it in Z or +01:00");
	dot = span_find(c->text, ".");
	for (size_t i = 0; dot >= 0 && i < 7 && (size_t)dot + 1 + i < c->text.len; i++) {
		char digit = c->text.at[(size_t)dot + 1 + i];

		if (digit < '0' || digit > '9')
			break;
		fraction[i] = digit;
	}
	printed = moment_print(seconds);
	buf_addf(to, "\"%.19s.%sZ\"", printed.at, fraction);
	return EXS_OK;
}

static exs_status
to_integer(const casting *c, buf *to, exs_error *error)
{
	span    text = c->text.at == NULL ? c->json : span_trim(c->text);
	int64_t value;

	if (!span_signed(text, &value))
		return cast_wrong(c, "whole number", error);
	buf_addf(to, "%lld", (long long)value);
	return EXS_OK;
}

static exs_status
to_number(const casting *c, buf *to, exs_error *error)
{
	span   text = c->text.at == NULL ? c->json : span_trim(c->text);
	size_t at;

	if (text.len == 0 || !jsontext_check(text, &at) || jsontext_kind_of(text) != JSONTEXT_NUMBER)
		return cast_wrong(c, "number", error);
	buf_add(to, text);
	return EXS_OK;
}

static exs_status
to_string(const casting *c, buf *to, exs_error *error)
{
	switch (jsontext_kind_of(c->json)) {
	case JSONTEXT_STRING:
		buf_add(to, c->json);
		return EXS_OK;
	case JSONTEXT_NUMBER:
		jsontext_quote(to, c->json);
		return EXS_OK;
	case JSONTEXT_TRUE:
		buf_puts(to, "\"True\"");
		return EXS_OK;
	case JSONTEXT_FALSE:
		buf_puts(to, "\"False\"");
		return EXS_OK;
	case JSONTEXT_NULL:
		buf_puts(to, "\"\"");
		return EXS_OK;
	default:
		return cast_wrong(c, "single value", error);
	}
}

/* [bool]'false' is $true in PowerShell, which nobody means: text is refused. */
static exs_status
to_bool(const casting *c, buf *to, exs_error *error)
{
	if (span_is(c->json, "true") || span_is(c->json, "1"))
		buf_puts(to, "true");
	else if (span_is(c->json, "false") || span_is(c->json, "0"))
		buf_puts(to, "false");
	else
		return cast_wrong(c, "$true or $false", error);
	return EXS_OK;
}

/* Types that travel as their text. */
static exs_status
to_same_text(const casting *c, buf *to, exs_error *error)
{
	if (c->text.at == NULL)
		return cast_wrong(c, "text in quotes", error);
	buf_add(to, c->json);
	return EXS_OK;
}

static exs_status
to_array(const casting *c, buf *to, exs_error *error)
{
	(void)error;
	if (jsontext_kind_of(c->json) == JSONTEXT_ARRAY)
		buf_add(to, c->json);
	else
		buf_addf(to, "[%.*s]", (int)c->json.len, c->json.at);
	return EXS_OK;
}

static exs_status
to_strings(const casting *c, buf *to, exs_error *error)
{
	EXS_SCOPED(buf) array = BUF(LITERAL_TEXT_MAX);
	jsontext_walk walk;
	casting       element = *c;
	span          name;
	bool          first = true;

	EXS_TRY(to_array(c, &array, error));
	EXS_TRY(buf_check(&array, "the array", error));
	walk = jsontext_open(buf_span(&array));
	buf_byte(to, '[');
	while (jsontext_next(&walk, &name, &element.json)) {
		if (!first)
			buf_byte(to, ',');
		first = false;
		EXS_TRY(to_string(&element, to, error));
	}
	buf_byte(to, ']');
	return EXS_OK;
}

static exs_status
to_bytes(const casting *c, buf *to, exs_error *error)
{
	EXS_SCOPED(buf) array = BUF(LITERAL_TEXT_MAX);
	jsontext_walk walk;
	span          name, value;
	bool          first = true;

	EXS_TRY(to_array(c, &array, error));
	EXS_TRY(buf_check(&array, "the array", error));
	walk = jsontext_open(buf_span(&array));
	buf_puts(to, "{\"@odata.type\":\"#Exchange.ByteArrayType\",\"Data\":[");
	while (jsontext_next(&walk, &name, &value)) {
		uint64_t byte;

		if (!span_unsigned(value, &byte) || byte > 255)
			return cast_wrong(c, "list of bytes (0 to 255)", error);
		buf_addf(to, "%s%u", first ? "" : ",", (unsigned)byte);
		first = false;
	}
	buf_puts(to, "]}");
	return EXS_OK;
}

/* Members keep their order anyway. */
static exs_status
to_table(const casting *c, buf *to, exs_error *error)
{
	if (jsontext_kind_of(c->json) != JSONTEXT_OBJECT)
		return cast_wrong(c, "hashtable: @{ ... }", error);
	buf_add(to, c->json);
	return EXS_OK;
}

typedef struct cast_row {
	const char *name;
	exs_status (*convert)(const casting *c, buf *to, exs_error *error);
} cast_row;

static const cast_row casts[] = {
	{"guid", to_guid},           {"datetime", to_datetime},
	{"int", to_integer},         {"int16", to_integer},
	{"int32", to_integer},       {"int64", to_integer},
	{"long", to_integer},        {"byte", to_integer},
	{"double", to_number},       {"decimal", to_number},
	{"float", to_number},        {"single", to_number},
	{"string", to_string},       {"bool", to_bool},
	{"boolean", to_bool},        {"switch", to_bool},
	{"timespan", to_same_text},  {"uri", to_same_text},
	{"version", to_same_text},   {"ipaddress", to_same_text},
	{"mailaddress", to_same_text}, {"cultureinfo", to_same_text},
	{"string[]", to_strings},    {"byte[]", to_bytes},
	{"ordered", to_table},       {"hashtable", to_table},
	{"array", to_array},         {"object[]", to_array},
};

/* The type's name and what follows its ]; false when there is no such bracket. */
static bool
bracket(const literal *l, span *ret_name, size_t *ret_length)
{
	size_t n = 1;

	for (; literal_peek(l, n) != ']' || literal_peek(l, n - 1) == '['; n++) {
		char c = literal_peek(l, n);

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      (c != '\0' && strchr("._[]", c) != NULL)))
			return false;
	}
	*ret_name = span_from(l->text.at + l->at + 1, n - 1);
	*ret_length = n + 1;
	return n > 1;
}

static const cast_row *
find(span name)
{
	if (span_starts_nocase(name, "System."))
		name = span_from(name.at + 7, name.len - 7);
	for (size_t i = 0; i < sizeof casts / sizeof casts[0]; i++)
		if (span_is_nocase(name, casts[i].name))
			return &casts[i];
	return NULL;
}

/* Does something stand behind the bracket that makes a cast of it? */
static bool
is_applied(const literal *l, size_t length, bool known)
{
	char c = literal_peek(l, length);

	if (literal_single_quote(l, length) > 0 || literal_double_quote(l, length) > 0)
		return true;
	if (c == ':' && literal_peek(l, length + 1) == ':')
		return true;
	if (c == '(' || c == '@' || c == '$')
		return true;
	return known && ((c >= '0' && c <= '9') || c == '-' || c == '[');
}

bool
cast_begins(const literal *l)
{
	span   name;
	size_t length;

	return literal_peek(l, 0) == '[' && bracket(l, &name, &length) &&
	       is_applied(l, length, find(name) != NULL);
}

static exs_status
convert(const cast_row *row, const literal *l, size_t place, span json, buf *to, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(LITERAL_TEXT_MAX);
	casting c = {l, place, json, {NULL, 0}};

	if (jsontext_kind_of(json) == JSONTEXT_STRING) {
		jsontext_decode(&text, json);
		EXS_TRY(buf_check(&text, "the text", error));
		c.text = buf_span(&text);
	}
	return row->convert(&c, to, error);
}

exs_status
cast_read(literal *l, literal_place place, buf *to, bool *ret_is_cast, exs_error *error)
{
	EXS_SCOPED(buf) json = BUF(LITERAL_TEXT_MAX);
	const cast_row *row;
	size_t          length = 0, start = l->at;
	span            name = {"", 0};

	*ret_is_cast = false;
	if (place != LITERAL_EXPRESSION && !cast_begins(l))
		return EXS_OK;
	if (!bracket(l, &name, &length))
		return literal_wrong(l, start, error, "this is no type in brackets");
	row = find(name);
	if (literal_peek(l, length) == ':')
		return literal_computed(l, start, error, "[" SPAN_FORMAT "]:: is code",
		                        SPAN_PRINT(name));
	if (row == NULL)
		return literal_wrong(l, start, error, "the cast [" SPAN_FORMAT "] is not known here",
		                     SPAN_PRINT(name));
	if (++l->depth > LITERAL_DEPTH_MAX)
		return literal_wrong(l, start, error, "more than %d levels of casts", LITERAL_DEPTH_MAX);
	l->at += length;
	if (place == LITERAL_EXPRESSION)
		literal_skip_blanks(l);
	/* [byte[]]1,2 means the list, [byte[]](1),[byte[]](2) means two of them */
	if (span_ends_nocase(name, "[]") && strchr("(@", literal_peek(l, 0)) == NULL)
		EXS_TRY(container_list(l, place, &json, error));
	else
		EXS_TRY(value_read_element(l, place, &json, error));
	EXS_TRY(buf_check(&json, "the value", error));
	EXS_TRY(convert(row, l, start, buf_span(&json), to, error));
	l->depth--;
	*ret_is_cast = true;
	return EXS_OK;
}
