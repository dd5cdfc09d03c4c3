/* Numbers made text for --jq: what is JSON stays JSON, and nothing else changes but quotes. */
#include "base/jsontext.h"
#include "output/exact.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	EXS_SCOPED(buf) to = BUF(3 * size + 16);
	span   json = span_from((const char *)input, size), name;
	size_t at;

	exact_add(&to, json, &name);
	if (to.over_ceiling || to.len < size || (name.at == NULL && to.len != size))
		abort();
	if (jsontext_check(json, &at) && !jsontext_check(buf_span(&to), &at))
		abort();
	return 0;
}
