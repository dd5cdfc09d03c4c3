/*
 * The answer of EXOModuleFile while it arrives.
 *
 * A reader of its own, because the cutter of api/ hands out whole values and this one has a string of megabytes. The object
 * must not be moved while it reads (functions.c).
 */
#include "exchange/modulefile.h"

#include "base/error.h"

enum expects { VALUE, FIRST_ELEMENT, FIRST_KEY, KEY, COLON, AFTER, WORD, STRING, ESCAPE, DIGITS, NOTHING };
enum target { TO_NOBODY, TO_KEY, TO_SCRIPT, TO_NAMES };

void
modulefile_begin(modulefile *m)
{
	memset(m, 0, sizeof *m);
	functions_begin(&m->functions);
	m->names = BUF(MODULEFILE_NAMES_MAX);
	m->expects = VALUE;
}

void
modulefile_done(modulefile *m)
{
	functions_done(&m->functions);
	buf_done(&m->names);
}

static void
flush(modulefile *m)
{
	span text = span_from(m->decoded, m->n_decoded);

	if (m->target == TO_SCRIPT)
		functions_feed(&m->functions, text);
	else if (m->target == TO_NAMES)
		buf_add(&m->names, text);
	else if (m->target == TO_KEY)
		for (size_t i = 0; i < text.len && m->key_length < sizeof m->key; i++)
			m->key[m->key_length++] = text.at[i];
	m->n_decoded = 0;
}

static void
put(modulefile *m, char c)
{
	if (m->target == TO_NOBODY)
		return;
	if (m->n_decoded == sizeof m->decoded)
		flush(m);
	m->decoded[m->n_decoded++] = c;
}

static void
put_character(modulefile *m, uint32_t c)
{
	if (c < 0x80) {
		put(m, (char)c);
		return;
	}
	if (c < 0x800) {
		put(m, (char)(0xC0 | c >> 6));
	} else if (c < 0x10000) {
		put(m, (char)(0xE0 | c >> 12));
		put(m, (char)(0x80 | (c >> 6 & 0x3F)));
	} else {
		put(m, (char)(0xF0 | c >> 18));
		put(m, (char)(0x80 | (c >> 12 & 0x3F)));
		put(m, (char)(0x80 | (c >> 6 & 0x3F)));
	}
	put(m, (char)(0x80 | (c & 0x3F)));
}

/* A high surrogate that no low one follows is a character nobody knows. */
static void
drop_high(modulefile *m)
{
	if (m->high != 0)
		put_character(m, 0xFFFD);
	m->high = 0;
}

static void
put_unit(modulefile *m, uint32_t unit)
{
	bool low = unit >= 0xDC00 && unit <= 0xDFFF;

	if (low && m->high != 0) {
		put_character(m, 0x10000 + ((m->high - 0xD800) << 10) + (unit - 0xDC00));
		m->high = 0;
		return;
	}
	drop_high(m);
	if (unit >= 0xD800 && unit <= 0xDBFF)
		m->high = unit;
	else
		put_character(m, low ? 0xFFFD : unit);
}

static void
begin_string(modulefile *m, bool is_key)
{
	span key = span_from(m->key, m->key_length);

	m->expects = STRING;
	m->n_decoded = 0;
	m->high = 0;
	m->target = is_key                          ? TO_KEY
	            : span_is(key, "fileContent")     ? TO_SCRIPT
	            : span_is(key, "exportedCmdlets") ? TO_NAMES
	                                              : TO_NOBODY;
	m->has_script = m->has_script || m->target == TO_SCRIPT;
	m->has_names = m->has_names || m->target == TO_NAMES;
	if (is_key)
		m->key_length = 0;
	if (m->target == TO_NAMES && m->names.len > 0)
		buf_byte(&m->names, ',');
	if (m->target == TO_SCRIPT)
		functions_feed(&m->functions, span_of("\n"));
}

static void
end_value(modulefile *m)
{
	m->key_length = 0;
	m->expects = m->depth == 0 ? NOTHING : AFTER;
}

static void
end_string(modulefile *m)
{
	drop_high(m);
	flush(m);
	if (m->target == TO_KEY)
		m->expects = COLON;
	else
		end_value(m);
}

static bool
open_bracket(modulefile *m, bool object)
{
	if (m->depth == MODULEFILE_DEPTH_MAX)
		return false;
	m->objects[m->depth++] = object;
	m->key_length = 0;
	m->expects = object ? FIRST_KEY : FIRST_ELEMENT;
	return true;
}

static bool
close_bracket(modulefile *m, char c)
{
	if (m->depth == 0 || m->objects[m->depth - 1] != (c == '}'))
		return false;
	m->depth--;
	end_value(m);
	return true;
}

static bool
begin_value(modulefile *m, char c)
{
	if (c == '{' || c == '[')
		return open_bracket(m, c == '{');
	if (c == '"') {
		begin_string(m, false);
		return true;
	}
	if ((c < 'a' || c > 'z') && c != '-' && (c < '0' || c > '9'))
		return false;
	m->word_length = 0;
	m->word[m->word_length++] = c;
	m->expects = WORD;
	return true;
}

static bool
is_number_byte(char c)
{
	return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/* true, false, null, or a number, of which nothing here depends. */
static bool
end_word(const modulefile *m)
{
	span word = span_from(m->word, m->word_length);

	return span_is(word, "true") || span_is(word, "false") || span_is(word, "null") ||
	       word.at[0] == '-' || (word.at[0] >= '0' && word.at[0] <= '9');
}

static bool
take_mark(modulefile *m, char c);

static bool
take_word(modulefile *m, char c)
{
	bool number = m->word[0] == '-' || (m->word[0] >= '0' && m->word[0] <= '9');

	if (number ? is_number_byte(c) : (c >= 'a' && c <= 'z')) {
		if (m->word_length < sizeof m->word)
			m->word[m->word_length++] = c;
		else if (!number)
			return false;
		return true;
	}
	if (!end_word(m))
		return false;
	end_value(m);
	return take_mark(m, c);
}

static bool
take_escape(modulefile *m, char c)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *found = c == '\0' ? NULL : strchr(from, c);

	if (c == 'u') {
		m->code = m->digits = 0;
		m->expects = DIGITS;
		return true;
	}
	if (found == NULL)
		return false;
	drop_high(m);
	put(m, to[found - from]);
	m->expects = STRING;
	return true;
}

static bool
take_digit(modulefile *m, char c)
{
	int digit = c >= '0' && c <= '9'   ? c - '0'
	            : c >= 'a' && c <= 'f' ? c - 'a' + 10
	            : c >= 'A' && c <= 'F' ? c - 'A' + 10
	                                   : -1;

	if (digit < 0)
		return false;
	m->code = m->code << 4 | (uint32_t)digit;
	if (++m->digits == 4) {
		put_unit(m, m->code);
		m->expects = STRING;
	}
	return true;
}

static bool
take_character(modulefile *m, char c)
{
	if (c == '"')
		end_string(m);
	else if (c == '\\')
		m->expects = ESCAPE;
	else if ((unsigned char)c < 0x20)
		return false;
	else {
		drop_high(m);
		put(m, c);
	}
	return true;
}

static bool
take_mark(modulefile *m, char c)
{
	if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
		return true;
	switch ((enum expects)m->expects) {
	case VALUE: return begin_value(m, c);
	case FIRST_ELEMENT: return c == ']' ? close_bracket(m, c) : begin_value(m, c);
	case FIRST_KEY:
		if (c == '}')
			return close_bracket(m, c);
		/* fall through */
	case KEY:
		if (c == '"')
			begin_string(m, true);
		return c == '"';
	case COLON: m->expects = VALUE; return c == ':';
	case AFTER:
		m->key_length = 0;
		if (c != ',')
			return close_bracket(m, c);
		m->expects = m->objects[m->depth - 1] ? KEY : VALUE;
		return true;
	default: return false;
	}
}

static bool
take(modulefile *m, char c)
{
	switch ((enum expects)m->expects) {
	case STRING: return take_character(m, c);
	case ESCAPE: return take_escape(m, c);
	case DIGITS: return take_digit(m, c);
	case WORD: return take_word(m, c);
	default: return take_mark(m, c);
	}
}

exs_status
modulefile_feed(modulefile *m, span piece, exs_error *error)
{
	for (size_t i = 0; i < piece.len; i++)
		if (!take(m, piece.at[i]))
			return exs_fail(error, E_ANSWER, "the service's list of cmdlets is not JSON (byte %llu)",
			                (unsigned long long)m->bytes + i);
	m->bytes += piece.len;
	if (m->bytes > MODULEFILE_MAX || m->names.over_ceiling || m->functions.records.over_ceiling)
		return exs_fail(error, E_ANSWER_SIZE, "the service's list of cmdlets is larger than %d MiB",
		                MODULEFILE_MAX >> 20);
	return EXS_OK;
}

exs_status
modulefile_end(modulefile *m, exs_error *error)
{
	EXS_SCOPED(error_scratch) why = exs_error_new();
	exs_status status;

	if (m->expects != NOTHING)
		return exs_fail(error, E_ANSWER, "the service's list of cmdlets breaks off");
	if (!m->has_script && !m->has_names)
		return exs_fail(error, E_ANSWER, "the service's answer holds no list of cmdlets");
	EXS_TRY(buf_check(&m->names, "the list of cmdlets", error));
	if (why == NULL)
		return mem_fail(error);
	status = functions_end(&m->functions, why);
	m->unread = status != EXS_OK && error_is(why, E_ANSWER) && span_trim(buf_span(&m->names)).len > 0;
	if (m->unread) {
		buf_clear(&m->functions.records);
		return EXS_OK;
	}
	if (status != EXS_OK)
		error_copy(error, why);
	return status;
}
