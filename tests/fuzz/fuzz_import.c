/*
 * Files with certificates (PEM, DER, PKCS #7): what is taken is one certificate or more, each of them whole, none twice; and nothing is
 * taken from what holds a private key. The same bytes as a subject.
 */
#include "sign/import.h"
#include "sign/keyplace.h"
#include "sign/subject.h"

#include <openssl/err.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void
must(bool true_always)
{
	if (!true_always)
		abort();
}

static void
name_from(const uint8_t *input, size_t size)
{
	EXS_AUTO(chars) *text = mem_text((const char *)input, size);
	X509_NAME       *name = NULL;

	if (text != NULL && subject_parse(text, &name, NULL) == EXS_OK)
		must(X509_NAME_entry_count(name) > 0);
	X509_NAME_free(name);
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	EXS_SCOPED(import_list) list = {.n = 0};
	span bytes = span_from((const char *)input, size);

	name_from(input, size);
	if (import_parse(bytes, "the fuzzer", &list, NULL) != EXS_OK) {
		must(list.n == 0);
	} else {
		must(list.n > 0 && list.n <= IMPORT_CERTIFICATES_MAX);
		must(span_find(bytes, "PRIVATE KEY-----") < 0);
		for (size_t i = 0; i < list.n; i++)
			for (size_t j = 0; j < i; j++)
				must(X509_cmp(list.at[i], list.at[j]) != 0);
	}
	must(ERR_peek_error() == 0);
	return 0;
}
