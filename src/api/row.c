/* One row of an answer: checked, and made ready for the caller. */
#include "api/row.h"

#include "base/jsontext.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

typedef struct walk {
	const char *at, *end;
	const char *run; /* what was passed and not yet written begins here */
	buf        *to;
	span        identity;
	bool        keep_annotations;
	row_names  *names; /* NULL: none are known */
	size_t      nth;   /* member of the row */
} walk;

/* What was met in a string's plain bytes. */
enum { BEYOND_ASCII = 1, AT_SIGN = 2 };

/* The first byte from `at` that is a quote, a backslash or a control character, or the end. */
static inline const char *
plain_until(const char *at, const char *end, bool name, unsigned *met)
{
#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
	const __m128i control = _mm_set1_epi8(0x1F), sign = _mm_set1_epi8('@');

	while (end - at >= 16) {
		__m128i  bytes = _mm_loadu_si128((const void *)at);
		__m128i  low = _mm_cmpeq_epi8(_mm_max_epu8(bytes, control), control);
		__m128i  marks = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
		unsigned stops = (unsigned)_mm_movemask_epi8(_mm_or_si128(marks, low));
		unsigned before = stops == 0 ? 0xFFFF : (stops & -stops) - 1;

		if ((unsigned)_mm_movemask_epi8(bytes) & before)
			*met |= BEYOND_ASCII;
		if (name && (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, sign)) & before)
			*met |= AT_SIGN;
		if (stops != 0)
			return at + __builtin_ctz(stops);
		at += 16;
	}
#endif
	for (; at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20; at++)
		*met |= (unsigned char)*at >= 0x80 ? BEYOND_ASCII : *at == '@' ? AT_SIGN : 0;
	return at;
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Behind a backslash. */
static bool
pass_escape(walk *w)
{
	if (w->end - w->at < 2)
		return false;
	if (w->at[1] != 'u') {
		if (w->at[1] == '\0' || strchr("\"\\/bfnrt", w->at[1]) == NULL)
			return false;
		w->at += 2;
		return true;
	}
	if (w->end - w->at < 6)
		return false;
	for (int i = 2; i < 6; i++)
		if (!is_hex(w->at[i]))
			return false;
	w->at += 6;
	return true;
}

/* A string; only those that leave ASCII are looked at again. */
static inline bool
pass_string(walk *w, bool name, unsigned *met)
{
	const char *start = w->at++;

	for (;;) {
		w->at = plain_until(w->at, w->end, name, met);
		if (w->at == w->end)
			return false;
		if (*w->at == '"')
			break;
		if (*w->at != '\\' || !pass_escape(w))
			return false;
	}
	w->at++;
	return !(*met & BEYOND_ASCII) || span_is_utf8(span_from(start, (size_t)(w->at - start)));
}

static bool
pass_digits(walk *w)
{
	const char *start = w->at;

	while (w->at < w->end && *w->at >= '0' && *w->at <= '9')
		w->at++;
	return w->at > start;
}

static bool
pass_number(walk *w)
{
	const char *whole;

	if (w->at < w->end && *w->at == '-')
		w->at++;
	whole = w->at;
	if (!pass_digits(w) || (*whole == '0' && w->at - whole > 1))
		return false;
	if (w->at < w->end && *w->at == '.') {
		w->at++;
		if (!pass_digits(w))
			return false;
	}
	if (w->at == w->end || (*w->at != 'e' && *w->at != 'E'))
		return true;
	w->at++;
	if (w->at < w->end && (*w->at == '+' || *w->at == '-'))
		w->at++;
	return pass_digits(w);
}

static bool
pass_word(walk *w, const char *word, size_t len)
{
	if ((size_t)(w->end - w->at) < len || memcmp(w->at, word, len) != 0)
		return false;
	w->at += len;
	return true;
}

/* Writes what was passed up to `from` and goes on writing at `behind`. */
static void
leave_out(walk *w, const char *from, const char *behind)
{
	buf_add(w->to, span_from(w->run, (size_t)(from - w->run)));
	w->run = behind;
}

static bool pass_value(walk *w, int depth);

static bool
pass_array(walk *w, int depth)
{
	w->at++;
	if (w->at < w->end && *w->at == ']') {
		w->at++;
		return true;
	}
	for (;;) {
		if (!pass_value(w, depth) || w->at == w->end)
			return false;
		if (*w->at++ == ']')
			return true;
		if (w->at[-1] != ',')
			return false;
	}
}

/* What a name means for the walk. */
enum { PLAIN, ANNOTATION, GUID, EXCHANGE_GUID };

static unsigned char
kind_of(span name, unsigned met)
{
	if (met & AT_SIGN)
		return ANNOTATION;
	return span_is(name, "\"Guid\"") ? GUID : span_is(name, "\"ExchangeGuid\"") ? EXCHANGE_GUID : PLAIN;
}

/* Is this the name the last row had here? Then it is passed, with its colon. */
static inline bool
pass_known_name(walk *w, unsigned char *ret_kind)
{
	const struct row_name *known = &w->names->names[w->nth];

	if (w->nth >= w->names->n || w->end - w->at <= known->len ||
	    memcmp(w->at, w->names->text + known->at, known->len) != 0)
		return false;
	w->at += known->len;
	w->nth++;
	*ret_kind = known->kind;
	return true;
}

/* The rest of the row may be named otherwise too. */
static void
learn_name(walk *w, span name, unsigned char kind)
{
	row_names *names = w->names;

	if (w->nth < names->n) {
		names->n = w->nth;
		names->used = names->names[w->nth].at;
	}
	if (w->nth == names->n && names->n < ROW_NAMES_MAX && name.len <= ROW_NAMES_TEXT_MAX - names->used) {
		names->names[names->n++] = (struct row_name){(unsigned short)names->used,
		                                             (unsigned short)name.len, kind};
		memcpy(names->text + names->used, name.at, name.len);
		names->used += name.len;
	}
	w->nth++;
}

/* A name and its colon. */
static bool
pass_name(walk *w, bool of_row, unsigned char *ret_kind)
{
	const char *start = w->at;
	unsigned    met = 0;

	if (of_row && w->names != NULL && pass_known_name(w, ret_kind))
		return true;
	if (w->at == w->end || *w->at != '"' || !pass_string(w, true, &met))
		return false;
	*ret_kind = kind_of(span_from(start, (size_t)(w->at - start)), met);
	if (w->at == w->end || *w->at++ != ':')
		return false;
	if (of_row && w->names != NULL)
		learn_name(w, span_from(start, (size_t)(w->at - start)), *ret_kind);
	return true;
}

/* Its name is no row's to see: what it holds is passed, not written. */
static bool
pass_annotation(walk *w, int depth, const char *start)
{
	leave_out(w, start, start);
	w->keep_annotations = true;
	if (!pass_value(w, depth))
		return false;
	w->keep_annotations = false;
	w->run = w->at;
	return true;
}

/* One member; start is where it would be left out from, its comma included. */
static bool
pass_member(walk *w, int depth, const char *start, bool *ret_kept)
{
	unsigned char kind = PLAIN;
	const char   *value;

	if (!pass_name(w, depth == 1, &kind))
		return false;
	if (kind == ANNOTATION && !w->keep_annotations)
		return pass_annotation(w, depth, start);
	value = w->at;
	if (!pass_value(w, depth))
		return false;
	*ret_kept = true;
	if (depth == 1 && (kind == GUID || (kind == EXCHANGE_GUID && w->identity.at == NULL)))
		w->identity = span_from(value, (size_t)(w->at - value));
	return true;
}

static bool
pass_object(walk *w, int depth)
{
	const char *start = ++w->at;
	bool        kept = false;

	if (w->at < w->end && *w->at == '}') {
		w->at++;
		return true;
	}
	for (;;) {
		if (!pass_member(w, depth, start, &kept) || w->at == w->end)
			return false;
		start = w->at;
		if (*w->at++ == '}')
			return true;
		if (w->at[-1] != ',')
			return false;
		/* before the first member that stays no comma does */
		if (!kept) {
			w->run = w->at;
			start = w->at;
		}
	}
}

static bool
pass_value(walk *w, int depth)
{
	unsigned met = 0;

	if (w->at == w->end || depth > JSONTEXT_DEPTH_MAX)
		return false;
	switch (*w->at) {
	case '{':
		return pass_object(w, depth + 1);
	case '[':
		return pass_array(w, depth + 1);
	case '"':
		return pass_string(w, false, &met);
	case 't':
		return pass_word(w, "true", 4);
	case 'f':
		return pass_word(w, "false", 5);
	case 'n':
		return pass_word(w, "null", 4);
	default:
		return pass_number(w);
	}
}

static void
find_identity(span row, span *ret)
{
	static const char *const names[] = {"ExchangeGuid", "Guid"};

	if (jsontext_kind_of(row) != JSONTEXT_OBJECT)
		return;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		span value = jsontext_member(row, names[i]);

		if (value.at != NULL)
			*ret = value;
	}
}

bool
row_take(span rest, bool keep_annotations, row_names *names, buf *to, span *ret_identity,
         size_t *ret_length)
{
	walk w = {rest.at, rest.at + rest.len, rest.at, to, {NULL, 0}, keep_annotations, names, 0};

	if (rest.len == 0 || *w.at != '{' || !pass_value(&w, 0))
		return false;
	leave_out(&w, w.at, w.at);
	*ret_length = (size_t)(w.at - rest.at);
	*ret_identity = w.identity.at == NULL ? span_from(rest.at, *ret_length) : w.identity;
	return true;
}

bool
row_print(span raw, bool keep_annotations, buf *to, span *ret_identity, size_t *ret_at)
{
	walk   w = {raw.at, raw.at + raw.len, raw.at, to, {NULL, 0}, keep_annotations, NULL, 0};
	size_t before = to->len;

	*ret_at = 0;
	if (raw.len > 0 && pass_value(&w, 0) && w.at == w.end) {
		leave_out(&w, w.end, w.end);
		*ret_identity = w.identity.at == NULL ? raw : w.identity;
		return true;
	}
	if (!jsontext_check(raw, ret_at))
		return false;
	to->len = before;
	raw = span_trim(raw);
	jsontext_copy(to, raw, keep_annotations);
	*ret_identity = raw;
	find_identity(raw, ret_identity);
	return true;
}

const char *
row_problem(span raw)
{
	return span_is_utf8(raw) ? "is not JSON, or is nested too deep" : "holds bytes that are not UTF-8";
}
