/* A filter as a person may write it: whatever comes out is text without a loose quote. */
#include "exchange/native.h"
#include "exchange/period.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	EXS_SCOPED(buf) odata = BUF(256 * 1024);
	span    text = span_from((const char *)bytes, size);
	size_t  quotes = 0;
	int64_t at;

	if (native_filter(text, &odata, NULL) == EXS_OK) {
		for (size_t i = 0; i < odata.len; i++)
			quotes += odata.at[i] == '\'';
		if (quotes % 2 != 0)
			abort();
	}
	(void)period_read_date(text, &at);
	return 0;
}
