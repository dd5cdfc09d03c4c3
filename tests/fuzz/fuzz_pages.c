/*
 * Answers of the service: cut in two ways of pieces they give the same cuts or the same refusal, every row that is taken is JSON,
 * and the fast way of printing a row agrees with the slow one.
 */
#include "api/cutter.h"
#include "api/envelope.h"
#include "api/row.h"
#include "base/jsontext.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void
must(bool true_always)
{
	if (!true_always)
		abort();
}

static bool
check_row(span raw)
{
	EXS_SCOPED(buf) kept = BUF(CUTTER_ROW_MAX);
	EXS_SCOPED(buf) fast = BUF(CUTTER_ROW_MAX);
	EXS_SCOPED(buf) slow = BUF(CUTTER_ROW_MAX);
	span   identity;
	size_t at;
	bool   good = row_print(raw, false, &fast, &identity, &at);

	must(good == jsontext_check(raw, &at));
	if (!good)
		return false;
	jsontext_copy(&slow, raw, false);
	must(span_same(buf_span(&fast), buf_span(&slow)));
	must(jsontext_check(buf_span(&fast), &at));
	must(identity.at >= raw.at && identity.at + identity.len <= raw.at + raw.len);
	slow.len = 0;
	must(row_print(raw, true, &kept, &identity, &at));
	jsontext_copy(&slow, raw, true);
	must(span_same(buf_span(&kept), buf_span(&slow)));
	return true;
}

/* An offered row that is taken is the one that would have been cut. */
static bool
check_offer(span rest, row_names *names, size_t *ret_length)
{
	EXS_SCOPED(buf) taken = BUF(CUTTER_ROW_MAX);
	EXS_SCOPED(buf) printed = BUF(CUTTER_ROW_MAX);
	span   identity, same;
	size_t at;

	if (!row_take(rest, false, names, &taken, &identity, ret_length))
		return false;
	must(row_print(span_from(rest.at, *ret_length), false, &printed, &same, &at));
	must(span_same(buf_span(&taken), buf_span(&printed)));
	must(span_same(identity, same));
	return true;
}

/* All cuts of the text, one after the other, in pieces of `size`; a refusal ends it. */
static exs_status
cut_in(span text, size_t size, buf *to)
{
	static row_names names; /* of other texts too: they must not matter */
	envelope   e;
	cutter     c;
	cut        found = {CUT_MORE, {"", 0}, {"", 0}};
	exs_status status = EXS_OK;

	cutter_begin(&c);
	c.offers = true;
	envelope_begin(&e);
	while (status == EXS_OK && found.kind != CUT_END) {
		status = cutter_next(&c, &found, NULL);
		if (status != EXS_OK)
			break;
		if (found.kind == CUT_OFFER) {
			size_t length;

			if (!check_offer(found.value, &names, &length))
				continue;
			found = (cut){CUT_ROW, {"", 0}, span_from(found.value.at, length)};
			cutter_took(&c, length);
		}
		if (found.kind == CUT_ROW && !check_row(found.value))
			break;
		if (found.kind == CUT_MEMBER)
			status = envelope_take(&e, &found, NULL);
		if (found.kind == CUT_MORE) {
			size_t n = size < text.len ? size : text.len;

			if (n == 0)
				cutter_end(&c);
			cutter_feed(&c, span_from(text.at, n));
			text = span_from(text.at + n, text.len - n);
		} else {
			buf_addf(to, "%d|%.*s|%.*s\n", (int)found.kind, (int)found.name.len,
			         found.name.at, (int)found.value.len, found.value.at);
		}
	}
	must(status == EXS_OK || !cutter_ended_early(&c) || text.len == 0);
	cutter_done(&c);
	envelope_done(&e);
	return status;
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	static const size_t sizes[] = {1, 64, 1 << 20};
	span text = span_from((const char *)input, size);
	EXS_SCOPED(buf) first = BUF(1 << 22);
	exs_status      status = cut_in(text, sizes[0], &first);

	for (size_t i = 1; i < sizeof sizes / sizeof sizes[0]; i++) {
		EXS_SCOPED(buf) other = BUF(1 << 22);

		must(cut_in(text, sizes[i], &other) == status);
		must(span_same(buf_span(&first), buf_span(&other)));
	}
	return 0;
}
