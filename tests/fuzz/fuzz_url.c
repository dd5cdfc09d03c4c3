/* Whatever is taken as an address has an https host that the list can judge, and means the same when written again. */
#include "http/url.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void
must(bool good)
{
	if (!good)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	EXS_SCOPED(buf) text = BUF(64 * 1024);
	EXS_SCOPED(buf) again = BUF(64 * 1024);
	EXS_SCOPED(buf) pattern = BUF(1024);
	url             u, v;

	buf_add(&text, span_from((const char *)input, size));
	if (url_parse(buf_text(&text), &u, NULL) != EXS_OK)
		return 0;
	must(u.host.len > 0 && u.host.len < 256 && u.port > 0 && u.port < 65536);
	for (size_t i = 0; i < u.host.len; i++)
		must(strchr("@/\\?#% ", u.host.at[i]) == NULL);
	must(u.path.len == 0 || u.path.at[0] == '/');
	buf_addf(&again, "https://%.*s:%u", (int)u.host.len, u.host.at, u.port);
	buf_add(&again, u.path);
	if (u.query.at != NULL) {
		buf_byte(&again, '?');
		buf_add(&again, u.query);
	}
	must(url_parse(buf_text(&again), &v, NULL) == EXS_OK);
	must(url_same_origin(&u, &v) && span_same(u.path, v.path) && span_same(u.query, v.query));
	buf_addf(&pattern, "%.*s:%u", (int)u.host.len, u.host.at, u.port);
	must(url_matches(&u, buf_text(&pattern)));
	must(!url_matches(&u, "login.invalid:1"));
	return 0;
}
