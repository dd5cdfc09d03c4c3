/*
 * Certificates from a token (DER): whatever is read has thumbprints of the right length, a public key that is read again, and
 * the same bytes.
 */
#include "hsm/publickey.h"
#include "sign/certificate.h"

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
	EXS_AUTO(certificate) *c = NULL;
	EXS_AUTO(certificate) *again = NULL;
	EXS_SCOPED(buf) der = BUF(PUBLICKEY_MAX);
	publickey_facts facts;
	span            bytes = span_from((const char *)input, size);

	/* The same bytes as a bare public key. */
	if (size > 0)
		(void)publickey_from_info(bytes, &der);
	if (certificate_parse(bytes, "the fuzzer", &c, NULL) != EXS_OK)
		return 0;
	must(strlen(c->sha1) == 40 && strlen(c->sha256) == 64 && strlen(c->public_sha256) == 64);
	must(c->subject != NULL && c->issuer != NULL && c->serial != NULL);
	must(publickey_describe(buf_span(&c->public_der), &facts));
	must(certificate_check_key(c, buf_span(&c->public_der), NULL) == EXS_OK);
	must(certificate_parse(buf_span(&c->der), "the fuzzer", &again, NULL) == EXS_OK);
	must(strcmp(c->sha256, again->sha256) == 0);
	return 0;
}
