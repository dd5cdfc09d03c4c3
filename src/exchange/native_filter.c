/*
 * -Filter of the Get-EXO cmdlets: PowerShell's filters (OPATH) as OData says them.
 *
 *   Name -eq 'x' -and -not (A -gt 5)       Name eq 'x' and not (A gt 5)
 *   Name -like 'x*', '*x', '*x*'           startswith(Name,'x'), endswith(Name,'x'), contains(Name,'x')
 *
 * What is OData already goes through as it is. $true and $false have become 'True' and 'False' on the way here
 * (exchange/filter.h), and become words again. Nothing is judged that the service judges better: which property there is, and
 * which of them it filters by.
 */
#include "exchange/native.h"

#include "base/error.h"

enum { TEXT_MAX = 64 * 1024, DEPTH_MAX = 32 };

typedef struct reader {
	span   text;
	size_t at;
	int    depth; /* of brackets */
} reader;

static exs_status
wrong(const reader *r, size_t place, const char *what, exs_error *error)
{
	exs_status status = exs_fail(error, E_PARAMETER, "-Filter, character %zu: %s", place + 1, what);

	error_fix(error, "write it as Property -eq 'value' -and ...; what REST cannot say, the cmdlet without "
	                 "EXO can");
	(void)r;
	return status;
}

static char
peek(const reader *r)
{
	return r->at < r->text.len ? r->text.at[r->at] : '\0';
}

static void
skip_blanks(reader *r)
{
	while (r->at < r->text.len && strchr(" \t\r\n", peek(r)) != NULL)
		r->at++;
}

static bool
is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* A word, with the dash or dollar it may begin with. */
static span
take_word(reader *r)
{
	size_t start = r->at;

	if (peek(r) == '-' || peek(r) == '$')
		r->at++;
	while (r->at < r->text.len && (is_word_byte(peek(r)) || peek(r) == '.'))
		r->at++;
	return span_from(r->text.at + start, r->at - start);
}

/* 'a''b' or "ab": its characters. */
static exs_status
take_string(reader *r, buf *to, exs_error *error)
{
	size_t start = r->at;
	char   quote = peek(r);

	for (r->at++; r->at < r->text.len; r->at++) {
		if (peek(r) == quote) {
			r->at++;
			if (peek(r) != quote)
				return buf_check(to, "a text in the filter", error);
		}
		buf_byte(to, peek(r));
	}
	return wrong(r, start, "the quote that opens here is not closed", error);
}

static void
put_quoted(buf *to, span text)
{
	buf_byte(to, '\'');
	for (size_t i = 0; i < text.len; i++) {
		buf_byte(to, text.at[i]);
		if (text.at[i] == '\'')
			buf_byte(to, '\'');
	}
	buf_byte(to, '\'');
}

static exs_status
put_like(const reader *r, size_t place, span property, span pattern, bool negated, buf *to, exs_error *error)
{
	bool   front = pattern.len > 0 && pattern.at[0] == '*';
	bool   back = pattern.len > 1 && pattern.at[pattern.len - 1] == '*';
	span   bare = span_from(pattern.at + front, pattern.len - front - back);
	const char *function = front && back ? "contains" : front ? "endswith" : "startswith";

	if (bare.len > 0 && memchr(bare.at, '*', bare.len) != NULL)
		return wrong(r, place, "-like with a * in the middle is nothing REST can say", error);
	buf_puts(to, negated ? "not (" : "");
	if (bare.len == 0)
		buf_addf(to, "%.*s ne null", (int)property.len, property.at);
	else if (!front && !back)
		buf_addf(to, "%.*s eq ", (int)property.len, property.at);
	else
		buf_addf(to, "%s(%.*s,", function, (int)property.len, property.at);
	if (bare.len > 0)
		put_quoted(to, bare);
	buf_puts(to, bare.len > 0 && (front || back) ? ")" : "");
	buf_puts(to, negated ? ")" : "");
	return EXS_OK;
}

static const struct comparison {
	const char *opath, *odata; /* odata NULL: -like */
} comparisons[] = {
	{"-eq", "eq"}, {"-ne", "ne"}, {"-gt", "gt"}, {"-ge", "ge"}, {"-lt", "lt"}, {"-le", "le"},
	{"-like", NULL}, {"-notlike", NULL},
};

static const struct comparison *
find_comparison(span word)
{
	for (size_t i = 0; i < sizeof comparisons / sizeof comparisons[0]; i++)
		if (span_is_nocase(word, comparisons[i].opath) ||
		    (comparisons[i].odata != NULL && span_is_nocase(word, comparisons[i].odata)))
			return &comparisons[i];
	return NULL;
}

static exs_status
put_value(reader *r, buf *to, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(TEXT_MAX);
	size_t place = r->at;
	span   word;

	if (peek(r) == '\'' || peek(r) == '"') {
		EXS_TRY(take_string(r, &text, error));
		if (span_is(buf_span(&text), "True") || span_is(buf_span(&text), "False"))
			buf_puts(to, span_is(buf_span(&text), "True") ? "true" : "false");
		else
			put_quoted(to, buf_span(&text));
		return EXS_OK;
	}
	word = take_word(r);
	if (word.len == 0 || span_is(word, "-") || span_is(word, "$"))
		return wrong(r, place, "a value is wanted here, text in quotes", error);
	if (word.at[0] == '$' && !span_is_nocase(word, "$true") && !span_is_nocase(word, "$false") &&
	    !span_is_nocase(word, "$null"))
		return wrong(r, place, "a variable is not known here", error);
	for (size_t i = word.at[0] == '$'; i < word.len; i++)
		buf_byte(to, word.at[0] == '$' && word.at[i] >= 'A' && word.at[i] <= 'Z'
		                     ? (char)(word.at[i] | 0x20)
		                     : word.at[i]);
	return EXS_OK;
}

/* startswith(Name,'x') and its kin go through, strings and all. */
static exs_status
copy_function(reader *r, buf *to, exs_error *error)
{
	size_t start = r->at;
	int    depth = 0;

	do {
		EXS_SCOPED(buf) text = BUF(TEXT_MAX);

		if (peek(r) == '\'') {
			EXS_TRY(take_string(r, &text, error));
			put_quoted(to, buf_span(&text));
			continue;
		}
		depth += peek(r) == '(' ? 1 : peek(r) == ')' ? -1 : 0;
		buf_byte(to, peek(r));
		r->at++;
	} while (depth > 0 && r->at < r->text.len);
	return depth == 0 ? EXS_OK : wrong(r, start, "the bracket that opens here is not closed", error);
}

/* Property operator value, or a function. */
static exs_status
put_comparison(reader *r, buf *to, exs_error *error)
{
	EXS_SCOPED(buf) pattern = BUF(TEXT_MAX);
	size_t place = r->at;
	span   property = take_word(r), word;
	const struct comparison *found;

	if (property.len == 0 || !is_word_byte(property.at[0]))
		return wrong(r, place, "the name of a property is wanted here", error);
	if (peek(r) == '(') {
		buf_add(to, property);
		return copy_function(r, to, error);
	}
	skip_blanks(r);
	place = r->at;
	word = take_word(r);
	found = find_comparison(word);
	if (found == NULL)
		return wrong(r, place, "-eq, -ne, -like, -gt, -ge, -lt or -le is wanted here", error);
	skip_blanks(r);
	place = r->at;
	if (found->odata != NULL) {
		buf_addf(to, "%.*s %s ", (int)property.len, property.at, found->odata);
		return put_value(r, to, error);
	}
	if (peek(r) != '\'' && peek(r) != '"')
		return wrong(r, place, "-like wants a text in quotes", error);
	EXS_TRY(take_string(r, &pattern, error));
	return put_like(r, place, property, buf_span(&pattern), span_is_nocase(word, "-notlike"), to, error);
}

/* Takes one of two spellings of a word of logic. */
static bool
take_logic(reader *r, const char *opath, const char *odata)
{
	size_t before = r->at;
	span   word = take_word(r);

	if (span_is_nocase(word, opath) || span_is_nocase(word, odata))
		return true;
	r->at = before;
	return false;
}

/* Any number of -not and opening brackets, then a comparison. */
static exs_status
put_one(reader *r, buf *to, exs_error *error)
{
	for (;;) {
		skip_blanks(r);
		if (peek(r) == '(') {
			if (++r->depth > DEPTH_MAX)
				return wrong(r, r->at, "too many brackets", error);
			buf_byte(to, '(');
			r->at++;
		} else if (peek(r) == '!') {
			buf_puts(to, "not ");
			r->at++;
		} else if (take_logic(r, "-not", "not")) {
			buf_puts(to, "not ");
		} else {
			return put_comparison(r, to, error);
		}
	}
}

exs_status
native_filter(span filter, buf *to, exs_error *error)
{
	reader r = {.text = filter};

	for (;;) {
		EXS_TRY(put_one(&r, to, error));
		skip_blanks(&r);
		while (peek(&r) == ')' && r.depth > 0) {
			r.depth--;
			r.at++;
			buf_byte(to, ')');
			skip_blanks(&r);
		}
		if (r.at == r.text.len)
			break;
		if (take_logic(&r, "-and", "and"))
			buf_puts(to, " and ");
		else if (take_logic(&r, "-or", "or"))
			buf_puts(to, " or ");
		else
			return wrong(&r, r.at, "-and, -or or the end is wanted here", error);
	}
	if (r.depth > 0)
		return wrong(&r, r.text.len, "a bracket is not closed", error);
	return buf_check(to, "the filter", error);
}
