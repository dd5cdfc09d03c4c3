/*
 * PKCS#11 URIs: whatever is taken prints a URI that is taken again and prints the same, and holds no PIN.
 */
#include "hsm/uri.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void
must(bool true_always)
{
	if (!true_always)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	EXS_AUTO(chars) *text = mem_text((const char *)input, size);
	EXS_AUTO(key_uri) *uri = NULL, *again = NULL;
	const CK_TOKEN_INFO token = {.flags = 0};

	if (text == NULL || key_uri_parse(text, &uri, NULL) != EXS_OK)
		return 0;
	must(strstr(key_uri_text(uri), "pin-value") == NULL || strstr(text, "pin-value") != NULL);
	(void)key_uri_matches_token(uri, &token);
	(void)key_uri_names_token(uri);
	/* A label of 4,096 bytes may grow past the ceiling when it is escaped. */
	if (strlen(key_uri_text(uri)) > KEY_URI_MAX)
		return 0;
	must(key_uri_parse(key_uri_text(uri), &again, NULL) == EXS_OK);
	must(strcmp(key_uri_text(uri), key_uri_text(again)) == 0);
	must(span_same(key_uri_id(uri), key_uri_id(again)));
	must(span_same(key_uri_label(uri), key_uri_label(again)));
	return 0;
}
