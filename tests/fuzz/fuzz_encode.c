/*
 * Texts of the wire: what a decoder takes comes back the same when it is encoded again, and dates and durations never
 * overflow.
 */
#include "base/encode.h"
#include "base/moment.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void
must(bool true_always)
{
	if (!true_always)
		abort();
}

static void
upper_hex(buf *to, span bytes)
{
	encode_hex(to, bytes, true);
}

static const struct {
	bool (*decode)(buf *, span);
	void (*encode)(buf *, span);
	bool exact; /* one text for one value */
} codings[] = {
	{decode_base64, encode_base64, true},
	{decode_base64url, encode_base64url, true},
	{decode_hex, upper_hex, false},
	{decode_percent, encode_percent, false},
};

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	span          text = span_from((const char *)input, size);
	int64_t       seconds;
	moment_text   printed;
	duration_text duration;

	for (size_t i = 0; i < sizeof codings / sizeof codings[0]; i++) {
		EXS_SCOPED(buf) bytes = BUF(size + 3);
		EXS_SCOPED(buf) again = BUF(3 * size + 3);
		EXS_SCOPED(buf) back = BUF(3 * size + 3);

		if (!codings[i].decode(&bytes, text))
			continue;
		codings[i].encode(&again, buf_span(&bytes));
		must(buf_check(&again, "it", NULL) == EXS_OK);
		must(!codings[i].exact || span_same(buf_span(&again), text));
		must(codings[i].decode(&back, buf_span(&again)));
		must(span_same(buf_span(&back), buf_span(&bytes)));
	}
	if (moment_parse(text, &seconds) || moment_parse_http(text, &seconds)) {
		int64_t back;

		printed = moment_print(seconds);
		must(printed.at[0] == '\0' || (moment_parse(span_of(printed.at), &back) && back == seconds));
	}
	if (moment_parse_duration(text, &seconds)) {
		must(seconds >= 0);
		duration = moment_print_duration(seconds);
		must(duration.at[0] != '\0');
	}
	return 0;
}
