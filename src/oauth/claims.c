/* The `claims` field of a grant. */
#include "oauth/claims.h"

#include "base/error.h"
#include "base/jsontext.h"

#define CAPABILITY "\"xms_cc\":{\"values\":[\"cp1\"]}"

/* Appends the members of an object, each after a comma, but for the one named. */
static void
add_others(buf *to, span object, const char *but)
{
	jsontext_walk walk = jsontext_open(object);
	span          name, value;

	while (jsontext_next(&walk, &name, &value)) {
		EXS_SCOPED(buf) decoded = BUF(1024);

		jsontext_decode(&decoded, name);
		to->no_memory = to->no_memory || decoded.no_memory;
		if (span_is(buf_span(&decoded), but))
			continue;
		buf_byte(to, ',');
		buf_add(to, name);
		buf_byte(to, ':');
		jsontext_copy(to, value, true);
	}
}

exs_status
claims_write(buf *to, const char *challenge, exs_error *error)
{
	span   asked = span_trim(span_of(challenge)), access;
	size_t where;

	if (asked.len == 0)
		asked = span_of("{}");
	if (!jsontext_check(asked, &where) || jsontext_kind_of(asked) != JSONTEXT_OBJECT)
		return exs_fail(error, E_ANSWER, "a claims challenge is not a JSON object");
	buf_puts(to, "{\"access_token\":{" CAPABILITY);
	access = jsontext_member(asked, "access_token");
	if (access.at != NULL && jsontext_kind_of(access) == JSONTEXT_OBJECT)
		add_others(to, access, "xms_cc");
	buf_byte(to, '}');
	add_others(to, asked, "access_token");
	buf_byte(to, '}');
	return buf_check(to, "a claims request", error);
}
