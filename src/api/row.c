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
	bool        keep_annotations, beyond_ascii;
} walk;

/* The first byte from `at` that is a quote, a backslash or a control character, or the end. */
static const char *
plain_until(const char *at, const char *end, bool *beyond_ascii)
{
#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
	const __m128i control = _mm_set1_epi8(0x1F);

	while (end - at >= 16) {
		__m128i bytes = _mm_loadu_si128((const void *)at);
		__m128i stop = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote),
		                            _mm_or_si128(_mm_cmpeq_epi8(bytes, backslash),
		                                         _mm_cmpeq_epi8(_mm_max_epu8(bytes, control),
		                                                        control)));
		unsigned stops = (unsigned)_mm_movemask_epi8(stop);
		unsigned high = (unsigned)_mm_movemask_epi8(bytes);

		if (stops != 0) {
			unsigned n = (unsigned)__builtin_ctz(stops);

			*beyond_ascii |= (high & ((1u << n) - 1)) != 0;
			return at + n;
		}
		*beyond_ascii |= high != 0;
		at += 16;
	}
#endif
	for (; at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20; at++)
		*beyond_ascii |= (unsigned char)*at >= 0x80;
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

static bool
pass_string(walk *w)
{
	w->at++;
	for (;;) {
		w->at = plain_until(w->at, w->end, &w->beyond_ascii);
		if (w->at == w->end)
			return false;
		if (*w->at == '"') {
			w->at++;
			return true;
		}
		if (*w->at != '\\' || !pass_escape(w))
			return false;
	}
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

static void
note_identity(walk *w, span name, span value)
{
	if (span_is(name, "\"Guid\"") || (w->identity.at == NULL && span_is(name, "\"ExchangeGuid\"")))
		w->identity = value;
}

/* One member; start is where it would be left out from, its comma included. */
static bool
pass_member(walk *w, int depth, const char *start, bool *ret_kept)
{
	const char *name_at = w->at, *value_at;
	span        name;

	if (w->at == w->end || *w->at != '"' || !pass_string(w))
		return false;
	name = span_from(name_at, (size_t)(w->at - name_at));
	if (w->at == w->end || *w->at != ':')
		return false;
	value_at = ++w->at;
	if (!w->keep_annotations && jsontext_is_annotation(name)) {
		/* what a dropped value holds is passed, not written */
		bool keep = w->keep_annotations;

		leave_out(w, start, start);
		w->keep_annotations = true;
		if (!pass_value(w, depth))
			return false;
		w->keep_annotations = keep;
		w->run = w->at;
		return true;
	}
	if (!pass_value(w, depth))
		return false;
	*ret_kept = true;
	if (depth == 1)
		note_identity(w, name, span_from(value_at, (size_t)(w->at - value_at)));
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
	if (w->at == w->end || depth > JSONTEXT_DEPTH_MAX)
		return false;
	switch (*w->at) {
	case '{':
		return pass_object(w, depth + 1);
	case '[':
		return pass_array(w, depth + 1);
	case '"':
		return pass_string(w);
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
row_print(span raw, bool keep_annotations, buf *to, span *ret_identity, size_t *ret_at)
{
	walk   w = {raw.at, raw.at + raw.len, raw.at, to, {NULL, 0}, keep_annotations, false};
	size_t before = to->len;

	*ret_at = 0;
	if (raw.len > 0 && pass_value(&w, 0) && w.at == w.end &&
	    (!w.beyond_ascii || span_is_utf8(raw))) {
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
