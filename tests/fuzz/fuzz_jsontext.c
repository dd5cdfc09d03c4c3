/*
 * JSON as text: whatever passes jsontext_check() can be walked, decoded and copied, the copy is JSON again and a copy of
 * the copy is the same. cJSON reads the same bytes beside it: it takes less (lone surrogates, long numbers), but must
 * not fall over.
 */
#include "base/json.h"
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
visit(span value)
{
	jsontext_kind kind = jsontext_kind_of(value);
	jsontext_walk walk;
	span          name, inner;

	if (kind == JSONTEXT_STRING) {
		EXS_SCOPED(buf) decoded = BUF(value.len * 3);
		EXS_SCOPED(buf) quoted = BUF(value.len * 18 + 2);
		EXS_SCOPED(buf) again = BUF(value.len * 18 + 2);
		size_t at;

		jsontext_decode(&decoded, value);
		must(span_is_utf8(buf_span(&decoded)));
		jsontext_quote(&quoted, buf_span(&decoded));
		must(buf_check(&quoted, "it", NULL) == EXS_OK);
		must(jsontext_check(buf_span(&quoted), &at));
		jsontext_decode(&again, buf_span(&quoted));
		must(span_same(buf_span(&again), buf_span(&decoded)));
	}
	if (kind != JSONTEXT_OBJECT && kind != JSONTEXT_ARRAY)
		return;
	walk = jsontext_open(value);
	while (jsontext_next(&walk, &name, &inner)) {
		must(inner.len > 0 && inner.at >= value.at && inner.at + inner.len <= value.at + value.len);
		must((name.len > 0) == (kind == JSONTEXT_OBJECT));
		visit(inner);
	}
	if (kind == JSONTEXT_OBJECT)
		(void)jsontext_member(value, "value");
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	span   text = span_from((const char *)input, size);
	size_t at = SIZE_MAX;
	EXS_SCOPED(buf) copy = BUF(size);
	EXS_SCOPED(buf) again = BUF(size);
	EXS_SCOPED(buf) bare = BUF(size);
	EXS_AUTO(json) *tree = NULL;
	bool good = jsontext_check(text, &at);

	must(at <= size);
	(void)!json_parse(text, "it", &tree, NULL);
	if (!good)
		return 0;
	visit(span_trim(text));
	jsontext_copy(&copy, text, true);
	must(buf_check(&copy, "it", NULL) == EXS_OK);
	must(jsontext_check(buf_span(&copy), &at));
	jsontext_copy(&again, buf_span(&copy), true);
	must(span_same(buf_span(&copy), buf_span(&again)));
	jsontext_copy(&bare, text, false);
	must(jsontext_check(buf_span(&bare), &at));
	return 0;
}
