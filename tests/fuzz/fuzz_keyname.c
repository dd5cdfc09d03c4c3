/*
 * Names of keys: reading ends, every name lies in the text, and what is printed of a thumbprint is read as the same again.
 */
#include "base/keyname.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void
must(bool true_always)
{
	if (!true_always)
		abort();
}

static void
read_again(const keyname *name)
{
	EXS_SCOPED(buf) text = BUF(4096);
	keyname again;
	span    rest;

	buf_puts(&text, "thumbprint:");
	keyname_print_digest(name, &text);
	rest = buf_span(&text);
	must(keyname_next(&rest, &again) && rest.len == 0);
	must(again.kind == KEYNAME_THUMBPRINT && again.digest_len == name->digest_len);
	must(memcmp(again.digest, name->digest, name->digest_len) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	span    all = span_from((const char *)input, size), rest = all;
	keyname name;
	size_t  n = 0;

	while (keyname_next(&rest, &name)) {
		size_t left = rest.len;

		must(name.text.len > 0 && name.text.at >= all.at && name.text.at + name.text.len <= all.at + all.len);
		if (name.kind == KEYNAME_THUMBPRINT)
			read_again(&name);
		must(left < all.len);
	}
	must(keyname_check(all, "key", &n, NULL) != EXS_OK || (n > 0 && n <= KEYNAMES_MAX));
	return 0;
}
