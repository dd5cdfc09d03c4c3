/* The claims challenge of a 401. */
#include "api/challenge.h"

#include "base/encode.h"
#include "base/error.h"
#include "base/jsontext.h"

static void
skip_separators(span *rest)
{
	while (rest->len > 0 && strchr(" \t,", rest->at[0]) != NULL && rest->at[0] != '\0') {
		rest->at++;
		rest->len--;
	}
}

/* The next word: up to a blank, comma, = or quote. */
static span
take_word(span *rest)
{
	span word = {rest->at, 0};

	while (rest->len > 0 && (rest->at[0] == '\0' || strchr(" \t,=\"", rest->at[0]) == NULL)) {
		rest->at++;
		rest->len--;
		word.len++;
	}
	return word;
}

static bool
take(span *rest, char c)
{
	if (rest->len == 0 || rest->at[0] != c)
		return false;
	rest->at++;
	rest->len--;
	return true;
}

/* A quoted-string without its quotes, or a token with the = that pads base64; false when a quote is not closed. */
static bool
take_parameter(span *rest, span *ret)
{
	if (take(rest, '"')) {
		*ret = (span){rest->at, 0};
		while (rest->len > 0 && rest->at[0] != '"') {
			size_t n = rest->at[0] == '\\' && rest->len > 1 ? 2 : 1;

			rest->at += n;
			rest->len -= n;
			ret->len += n;
		}
		return take(rest, '"');
	}
	*ret = take_word(rest);
	while (take(rest, '='))
		ret->len++;
	return true;
}

static exs_status
refuse(const char *what, exs_error *error)
{
	return exs_fail(error, E_EXO_UNAUTHORIZED, "the service wants another token, but its claims challenge %s",
	                what);
}

static exs_status
decode(span value, buf *to, exs_error *error)
{
	EXS_SCOPED(buf) plain = BUF(CHALLENGE_MAX);
	size_t at;

	/* base64 as documented; base64url is what some services write */
	if (!decode_base64(&plain, value)) {
		buf_clear(&plain);
		if (!decode_base64url(&plain, value))
			return refuse("is not base64", error);
	}
	EXS_TRY(buf_check(&plain, "the claims challenge", error));
	if (!jsontext_check(buf_span(&plain), &at) ||
	    jsontext_kind_of(span_trim(buf_span(&plain))) != JSONTEXT_OBJECT)
		return refuse("is not a JSON object", error);
	buf_add(to, buf_span(&plain));
	return buf_check(to, "the claims challenge", error);
}

typedef enum found { NOT_THERE, FOUND, TWICE, NOT_CLOSED } found;

static found
find(span header, const char *wanted, span *ret)
{
	found so_far = NOT_THERE;

	for (skip_separators(&header); header.len > 0; skip_separators(&header)) {
		span name = take_word(&header), value;

		if (!take(&header, '=')) {
			/* the scheme's name; anything else there is not for us */
			if (name.len == 0)
				return so_far;
			continue;
		}
		if (!take_parameter(&header, &value))
			return NOT_CLOSED;
		if (!span_is_nocase(name, wanted))
			continue;
		if (so_far == FOUND)
			return TWICE;
		so_far = FOUND;
		*ret = value;
	}
	return so_far;
}

bool
challenge_parameter(span header, const char *name, span *ret)
{
	span value = {NULL, 0};

	if (header.len > CHALLENGE_MAX || find(header, name, &value) != FOUND)
		return false;
	*ret = value;
	return true;
}

exs_status
challenge_claims(span header, buf *to, exs_error *error)
{
	span claims = {NULL, 0};

	if (header.len > CHALLENGE_MAX)
		return refuse("is too long", error);
	switch (find(header, "claims", &claims)) {
	case NOT_CLOSED:
		return refuse("is not closed", error);
	case TWICE:
		return refuse("stands twice", error);
	case FOUND:
		return decode(claims, to, error);
	default:
		return EXS_OK;
	}
}
