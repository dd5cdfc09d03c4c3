/* Configuration text, a line at a time. */
#include "config/ini.h"

#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

static const char BYTE_ORDER_MARK[] = "\xEF\xBB\xBF";

typedef struct reader {
	ini_line  line;
	bool      in_section;
	bool      is_lost; /* the section's own line was not understood */
	ini_visit visit;
	void     *self;
} reader;

static exs_status __attribute__((format(printf, 3, 4)))
refuse(const reader *r, exs_error *error, const char *format, ...)
{
	va_list arguments;
	char    reason[512];

	va_start(arguments, format);
	(void)vsnprintf(reason, sizeof reason, format, arguments);
	va_end(arguments);
	return exs_fail(error, E_CONFIG_SYNTAX, "%s:%u: %s", r->line.path, r->line.number, reason);
}

bool
ini_is_name(span name)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	if (name.len == 0 || name.len > INI_NAME_MAX || name.at[0] == '-')
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (name.at[i] == '\0' || strchr(good, name.at[i]) == NULL)
			return false;
	return true;
}

static exs_status
check_bytes(const reader *r, span line, exs_error *error)
{
	if (line.len > INI_LINE_MAX)
		return refuse(r, error, "the line is longer than %d bytes", (int)INI_LINE_MAX);
	if (!span_is_utf8(line))
		return refuse(r, error, "the line is not UTF-8");
	for (size_t i = 0; i < line.len; i++) {
		unsigned char c = (unsigned char)line.at[i];

		if ((c < 0x20 && c != '\t') || c == 0x7F)
			return refuse(r, error, "byte %zu is a control character (0x%02x)", i + 1, c);
	}
	return EXS_OK;
}

/* [exosign] or [profile "NAME"] */
static exs_status
take_section(reader *r, span line, exs_error *error)
{
	exs_status status;
	span       inside, name;

	if (line.at[line.len - 1] != ']')
		return refuse(r, error, "a section ends with ]; a comment needs a line of its own");
	inside = span_trim(span_from(line.at + 1, line.len - 2));
	r->line.key = r->line.value = span_from("", 0);
	r->in_section = true;
	if (span_is(inside, "exosign")) {
		r->line.profile = span_from("", 0);
		return r->visit(r->self, &r->line, error);
	}
	if (!span_starts(inside, "profile")) {
		status = exs_fail(error, E_CONFIG_KEY, "%s:%u: there is no section [" SPAN_FORMAT "]",
		                  r->line.path, r->line.number, SPAN_PRINT(inside));
		error_fix(error, "the sections are [exosign] and [profile \"NAME\"]");
		return status;
	}
	name = span_trim(span_from(inside.at + 7, inside.len - 7));
	if (name.len < 2 || name.at[0] != '"' || name.at[name.len - 1] != '"' ||
	    !ini_is_name(span_from(name.at + 1, name.len - 2)))
		return refuse(r, error,
		              "a profile is written [profile \"NAME\"]; a name has letters, digits, "
		              "'.', '-' and '_', at most %d",
		              (int)INI_NAME_MAX);
	r->line.profile = span_from(name.at + 1, name.len - 2);
	return r->visit(r->self, &r->line, error);
}

/* Text behind a value that looks like a comment would silently become part of the value. */
static bool
looks_commented(span value)
{
	return span_find(value, " #") >= 0 || span_find(value, "\t#") >= 0;
}

static exs_status
take_setting(reader *r, span line, exs_error *error)
{
	span rest = line;
	span key = span_trim(span_cut(&rest, '='));

	if (key.len == line.len)
		return refuse(r, error, "neither a section, nor KEY = VALUE, nor a # comment");
	if (!r->in_section)
		return refuse(r, error, "a setting stands before the first section");
	if (key.len == 0)
		return refuse(r, error, "there is no key before =");
	r->line.key = key;
	r->line.value = span_trim(rest);
	if (looks_commented(r->line.value))
		return refuse(r, error, "a comment needs a line of its own");
	if (r->line.value.len > 0 && r->line.value.at[0] == '"')
		return refuse(r, error, "values are written without quotes");
	return r->visit(r->self, &r->line, error);
}

/* Without the newline. */
static exs_status
take_line(reader *r, span line, exs_error *error)
{
	exs_status status;

	r->line.number++;
	if (line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	EXS_TRY(check_bytes(r, line, error));
	line = span_trim(line);
	if (line.len == 0 || line.at[0] == '#')
		return EXS_OK;
	if (line.at[0] != '[')
		return r->is_lost ? EXS_OK : take_setting(r, line, error);
	status = take_section(r, line, error);
	r->is_lost = status != EXS_OK;
	return status;
}

static span
without_mark(span text)
{
	return span_starts(text, BYTE_ORDER_MARK) ? span_from(text.at + 3, text.len - 3) : text;
}

exs_status
ini_parse(span text, const char *path, ini_visit visit, void *self, exs_error *error)
{
	reader r = {.line.path = path, .visit = visit, .self = self};

	text = without_mark(text);
	while (text.len > 0)
		EXS_TRY(take_line(&r, span_cut(&text, '\n'), error));
	return EXS_OK;
}

exs_status
ini_parse_all(span text, const char *path, ini_visit visit, ini_problem problem, void *self,
              exs_error *error)
{
	reader r = {.line.path = path, .visit = visit, .self = self};

	text = without_mark(text);
	while (text.len > 0) {
		EXS_SCOPED(error_scratch) one = exs_error_new();

		if (one == NULL)
			return mem_fail(error);
		if (take_line(&r, span_cut(&text, '\n'), one) != EXS_OK)
			problem(self, one);
	}
	return EXS_OK;
}
