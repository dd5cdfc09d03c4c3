/* The words of a PowerShell script. */
#include "exchange/script.h"

#include "base/error.h"

enum mode { CODE, COMMENT, SINGLE, DOUBLE, SINGLE_HERE, DOUBLE_HERE };

void
script_begin(script *s, script_reader reader)
{
	*s = (script){.reader = reader,
	              .line = BUF(SCRIPT_LINE_MAX),
	              .string = BUF(SCRIPT_STRING_MAX)};
}

void
script_done(script *s)
{
	buf_done(&s->line);
	buf_done(&s->string);
}

static script_level *
level(script *s)
{
	return &s->levels[s->depth];
}

static void
enter(script *s, enum mode mode)
{
	if (s->depth + 1 == SCRIPT_NEST_MAX) {
		s->too_deep = true;
		return;
	}
	s->depth++;
	*level(s) = (script_level){.mode = (int)mode};
}

static void
leave(script *s)
{
	if (s->depth > 0)
		s->depth--;
}

static void
give(script *s, script_kind kind, span text)
{
	script_token token = {kind, text};

	s->reader.take(s->reader.self, &token);
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Bytes of a quotation mark at the beginning, the curly ones of PowerShell included; 0: none. */
static size_t
quote(span rest, char plain)
{
	unsigned char first = plain == '\'' ? 0x98 : 0x9C, last = plain == '\'' ? 0x9B : 0x9E;

	if (rest.len > 0 && rest.at[0] == plain)
		return 1;
	if (rest.len < 3 || rest.at[0] != '\xE2' || rest.at[1] != '\x80')
		return 0;
	return (unsigned char)rest.at[2] >= first && (unsigned char)rest.at[2] <= last ? 3 : 0;
}

static span
from(span line, size_t at)
{
	return span_from(line.at + at, line.len - at);
}

/* Begins a string; only those in code are kept, those in the sub-expressions of others are passed over. */
static void
begin_string(script *s, enum mode mode)
{
	if (s->depth == 0)
		buf_clear(&s->string);
	enter(s, mode);
}

static void
end_string(script *s)
{
	leave(s);
	if (s->depth == 0 && !s->string.over_ceiling)
		give(s, SCRIPT_STRING, buf_span(&s->string));
}

static void
keep(script *s, span text)
{
	buf_add(&s->string, text);
}

/* In a comment that began with <#. */
static size_t
comment(script *s, span rest)
{
	ptrdiff_t end = span_find(rest, "#>");

	if (end < 0)
		return rest.len;
	leave(s);
	return (size_t)end + 2;
}

/* A here-string ends where a line begins with its mark. */
static size_t
here(script *s, span line, size_t at, char mark)
{
	size_t length = at == 0 ? quote(line, mark) : 0;

	if (length > 0 && line.len > length && line.at[length] == '@') {
		end_string(s);
		return length + 1;
	}
	keep(s, from(line, at));
	return line.len - at;
}

static size_t
single(script *s, span rest)
{
	size_t length = quote(rest, '\'');

	if (length == 0) {
		keep(s, span_from(rest.at, 1));
		return 1;
	}
	if (quote(from(rest, length), '\'') > 0) { /* two of them stand for one */
		keep(s, span_of("'"));
		return length + quote(from(rest, length), '\'');
	}
	end_string(s);
	return length;
}

static size_t
doubled(script *s, span rest)
{
	size_t length = quote(rest, '"');

	if (rest.at[0] == '`') {
		size_t taken = rest.len > 1 ? 2 : 1;

		keep(s, span_from(rest.at, taken));
		return taken;
	}
	if (rest.len > 1 && rest.at[0] == '$' && rest.at[1] == '(') {
		enter(s, CODE);
		return 2;
	}
	if (length == 0) {
		keep(s, span_from(rest.at, 1));
		return 1;
	}
	if (quote(from(rest, length), '"') > 0) {
		keep(s, span_of("\""));
		return length + quote(from(rest, length), '"');
	}
	end_string(s);
	return length;
}

static void
give_code(script *s, script_kind kind, span text)
{
	if (s->depth == 0) /* not what stands in a string's sub-expression */
		give(s, kind, text);
}

static size_t
variable(script *s, span rest)
{
	size_t n = 1;

	if (rest.len > 1 && rest.at[1] == '{') {
		ptrdiff_t end = span_find(rest, "}");

		if (end < 0)
			return rest.len;
		give_code(s, SCRIPT_VARIABLE, span_from(rest.at + 2, (size_t)end - 2));
		return (size_t)end + 1;
	}
	while (n < rest.len && (is_word(rest.at[n]) || rest.at[n] == ':'))
		n++;
	if (n > 1)
		give_code(s, SCRIPT_VARIABLE, span_from(rest.at + 1, n - 1));
	return n;
}

static size_t
word(script *s, span rest)
{
	size_t n = 0;

	while (n < rest.len && (is_word(rest.at[n]) || (n > 0 && strchr("-:.`#", rest.at[n]) != NULL &&
	                                                 rest.at[n] != '\0')))
		n++;
	give_code(s, SCRIPT_WORD, span_from(rest.at, n));
	return n;
}

/* @' and @" at the end of a line begin a here-string. */
static size_t
here_begins(script *s, span rest)
{
	char   marks[] = {'\'', '"'};
	size_t length;

	for (size_t i = 0; i < 2; i++) {
		length = quote(from(rest, 1), marks[i]);
		if (length == 0 || span_trim(from(rest, 1 + length)).len > 0)
			continue;
		begin_string(s, i == 0 ? SINGLE_HERE : DOUBLE_HERE);
		return rest.len;
	}
	return 0;
}

static size_t
mark(script *s, span rest)
{
	script_level *l = level(s);

	if (rest.at[0] == '(')
		l->parentheses++;
	if (rest.at[0] == ')' && s->depth > 0 && l->parentheses == 0) {
		leave(s);
		return 1;
	}
	if (rest.at[0] == ')' && l->parentheses > 0)
		l->parentheses--;
	give_code(s, SCRIPT_MARK, span_from(rest.at, 1));
	return 1;
}

static size_t
code(script *s, span rest)
{
	size_t length;

	if (rest.at[0] == ' ' || rest.at[0] == '\t' || rest.at[0] == '\r' || rest.at[0] == '\n')
		return 1;
	if (rest.at[0] == '#')
		return rest.len;
	if (span_starts(rest, "<#")) {
		enter(s, COMMENT);
		return 2;
	}
	if (rest.at[0] == '`')
		return rest.len > 1 ? 2 : 1;
	if (rest.at[0] == '@' && (length = here_begins(s, rest)) > 0)
		return length;
	if ((length = quote(rest, '\'')) > 0) {
		begin_string(s, SINGLE);
		return length;
	}
	if ((length = quote(rest, '"')) > 0) {
		begin_string(s, DOUBLE);
		return length;
	}
	if (rest.at[0] == '$')
		return variable(s, rest);
	return is_word(rest.at[0]) ? word(s, rest) : mark(s, rest);
}

/* One line, its newline included. */
static void
read_line(script *s, span line)
{
	for (size_t at = 0; at < line.len && !s->too_deep;) {
		span rest = from(line, at);

		switch ((enum mode)level(s)->mode) {
		case CODE: at += code(s, rest); break;
		case COMMENT: at += comment(s, rest); break;
		case SINGLE: at += single(s, rest); break;
		case DOUBLE: at += doubled(s, rest); break;
		case SINGLE_HERE: at += here(s, line, at, '\''); break;
		case DOUBLE_HERE: at += here(s, line, at, '"'); break;
		}
	}
}

static void
take_line(script *s)
{
	if (!s->line.over_ceiling)
		read_line(s, buf_span(&s->line));
	if (!s->line.over_ceiling && !s->line.no_memory)
		buf_clear(&s->line);
}

void
script_feed(script *s, span piece)
{
	while (piece.len > 0) {
		const char *newline = memchr(piece.at, '\n', piece.len);
		size_t      taken = newline == NULL ? piece.len : (size_t)(newline - piece.at) + 1;

		buf_add(&s->line, span_from(piece.at, taken));
		if (newline != NULL)
			take_line(s);
		piece = from(piece, taken);
	}
}

exs_status
script_end(script *s, exs_error *error)
{
	take_line(s);
	if (s->line.no_memory || s->string.no_memory)
		return mem_fail(error);
	if (s->line.over_ceiling || s->too_deep || s->depth > 0)
		return exs_fail(error, E_ANSWER, "the service's list of cmdlets is a script we cannot read: %s",
		                s->line.over_ceiling ? "a line without end"
		                : s->too_deep        ? "strings in strings without end"
		                                     : "a string or comment without end");
	return EXS_OK;
}
