/*
 * What a refusing service sends: any body becomes a fault of plain, bounded UTF-8, and any header value a challenge that is a JSON
 * object, or none.
 */
#include "api/challenge.h"
#include "api/fault.h"
#include "api/rest.h"
#include "base/jsontext.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void
must(bool true_always)
{
	if (!true_always)
		abort();
}

static void
must_be_plain(const char *text)
{
	must(span_is_utf8(span_of(text)));
	for (const char *c = text; *c != '\0'; c++)
		must((unsigned char)*c >= 0x20 && *c != 0x7F);
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	static const int statuses[] = {200, 400, 401, 403, 404, 429, 500, 503};
	EXS_SCOPED(buf) claims = BUF(CHALLENGE_MAX);
	span   text = span_from((const char *)input, size), value;
	size_t at;
	fault  f;

	for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
		fault_read(&f, statuses[i], text);
		must_be_plain(f.message);
		must_be_plain(f.type);
		must_be_plain(f.code);
		must(fault_fail(&f, "Get-X", "id", NULL, NULL) != EXS_OK);
		rest_read(&f, statuses[i], text);
		must_be_plain(f.message);
		must_be_plain(f.code);
		must_be_plain(f.detail);
		must_be_plain(f.request_id);
		must(fault_of_graph.fail(&f, "read", "id", NULL, NULL) != EXS_OK);
	}
	if (challenge_claims(text, &claims, NULL) == EXS_OK && claims.len > 0)
		must(jsontext_check(buf_span(&claims), &at));
	if (challenge_parameter(text, "authorization", &value))
		must(value.len == 0 || (value.at >= text.at && value.at + value.len <= text.at + text.len));
	return 0;
}
