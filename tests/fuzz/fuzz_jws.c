/* A text is a JWS whole or not at all; what is shown of it is JSON. */
#include "base/jsontext.h"
#include "oauth/claims.h"

#include <exosign/credential.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void
must_be_object(const char *text)
{
	size_t at;

	if (!jsontext_check(span_of(text), &at))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	char           *header = NULL, *payload = NULL;
	EXS_SCOPED(buf) challenge = BUF(1024 * 1024);
	EXS_SCOPED(buf) claims = BUF(4 * 1024 * 1024);

	if (exs_assertion_decode((const char *)input, size, &header, &payload, NULL) == EXS_OK) {
		must_be_object(header);
		must_be_object(payload);
		exs_text_free(header);
		exs_text_free(payload);
	} else if (header != NULL || payload != NULL) {
		abort();
	}
	buf_add(&challenge, span_from((const char *)input, size));
	if (claims_write(&claims, buf_text(&challenge), NULL) == EXS_OK)
		must_be_object(buf_text(&claims));
	return 0;
}
