/* Filters of the service. */
#include "exchange/filter.h"

bool
filter_is_one(span parameter)
{
	/* and how much of the name PowerShell's abbreviations need to mean no other one */
	static const struct {
		const char *name;
		size_t      least;
	} filters[] = {{"Filter", 3}, {"RecipientFilter", 10}, {"RecipientPreviewFilter", 10}};

	for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++)
		if (parameter.len >= filters[i].least && parameter.len <= strlen(filters[i].name) &&
		    span_same_nocase(parameter, span_from(filters[i].name, parameter.len)))
			return true;
	return false;
}

static bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Length of the $true or $false at the beginning of the text, and what it becomes. */
static size_t
constant(span rest, const char **ret_text)
{
	size_t len = span_starts_nocase(rest, "$true")    ? 5
	             : span_starts_nocase(rest, "$false") ? 6
	                                                  : 0;

	if (len == 0 || (rest.len > len && is_name(rest.at[len])))
		return 0;
	*ret_text = len == 5 ? "True" : "False";
	return len;
}

exs_status
filter_rewrite(buf *value, exs_error *error)
{
	EXS_SCOPED(buf) rewritten = BUF(value->ceiling);
	span json = buf_span(value);

	if (json.len == 0 || json.at[0] != '"')
		return EXS_OK;
	for (size_t i = 0; i < json.len;) {
		const char *text = "";
		size_t      len = json.at[i] != '$'
		                          ? 0
		                          : constant(span_from(json.at + i, json.len - i), &text);
		/* many write '$true' with the quotes that are to come */
		bool quoted = len > 0 && json.at[i - 1] == '\'' && json.at[i + len] == '\'';

		if (len == 0)
			buf_byte(&rewritten, json.at[i++]);
		else
			buf_addf(&rewritten, quoted ? "%s" : "'%s'", text);
		i += len;
	}
	EXS_TRY(buf_check(&rewritten, "the filter", error));
	buf_clear(value);
	buf_add(value, buf_span(&rewritten));
	return buf_check(value, "the filter", error);
}
