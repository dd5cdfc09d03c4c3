/* A JWS in compact form, taken apart without verifying. */
#include "oauth/jws.h"

#include "base/encode.h"
#include "base/error.h"
#include "base/jsontext.h"

#include <exosign/credential.h>

bool
jws_split(span text, jws_parts *ret)
{
	jws_parts parts;
	span      rest = text;
	size_t    dots = 0;

	if (text.len == 0 || text.len > JWS_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == '.')
			dots++;
		else if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		           c == '-' || c == '_'))
			return false;
	}
	if (dots != 2)
		return false;
	parts.header = span_cut(&rest, '.');
	parts.payload = span_cut(&rest, '.');
	parts.signature = rest;
	if (parts.header.len == 0 || parts.payload.len == 0)
		return false;
	*ret = parts;
	return true;
}

bool
jws_decode(buf *to, span part)
{
	size_t from = to->len, where;
	span   decoded;

	if (!decode_base64url(to, part))
		return false;
	decoded = span_from(buf_text(to) + from, to->len - from);
	return jsontext_check(decoded, &where) && jsontext_kind_of(span_trim(decoded)) == JSONTEXT_OBJECT;
}

static exs_status
decode_as(const char *which, buf *to, span part, exs_error *error)
{
	bool good = jws_decode(to, part);

	EXS_TRY(buf_check(to, "a part of a JWS", error));
	if (!good)
		return exs_fail(error, E_NOT_JWT, "the %s part is not the base64url of a JSON object",
		                which);
	return EXS_OK;
}

exs_status
exs_assertion_decode(const char *jws, size_t length, char **ret_header, char **ret_payload,
                     exs_error *error)
{
	EXS_SCOPED(buf) header = BUF(JWS_MAX);
	EXS_SCOPED(buf) payload = BUF(JWS_MAX);
	EXS_AUTO(chars) *header_text = NULL;
	jws_parts       parts;

	if (!jws_split(span_trim(span_from(jws, length)), &parts))
		return exs_fail(error, E_NOT_JWT,
		                "this is not three parts of base64url with dots between them");
	EXS_TRY(decode_as("first", &header, parts.header, error));
	EXS_TRY(decode_as("second", &payload, parts.payload, error));
	EXS_TRY(buf_take(&header, "the header", &header_text, error));
	EXS_TRY(buf_take(&payload, "the payload", ret_payload, error));
	EXS_GIVE(ret_header, header_text);
	return EXS_OK;
}

void
exs_text_free(char *text)
{
	mem_free(text);
}
