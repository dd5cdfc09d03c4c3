/*
 * Evidence from anywhere: what holds is reported in JSON and says how it is proved. Behind the signature no fuzzer comes by
 * chance, so the same bytes are read as a public key and as a device's statement too.
 */
#include "base/jsontext.h"
#include "sign/attestation.h"
#include "sign/jwk.h"

#include <exosign/credential.h>
#include <exosign/keys.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void
must(bool true_always)
{
	if (!true_always)
		abort();
}

static void
read_key(span bytes)
{
	EXS_AUTO(json) *tree = NULL, *again = NULL;
	EXS_SCOPED(buf) der = BUF(65536), jwk = BUF(65536), same = BUF(65536);

	if (json_parse(bytes, "the fuzzer", &tree, NULL) != EXS_OK || !jwk_read(tree, &der) ||
	    !jwk_write(&jwk, buf_span(&der)))
		return;
	must(json_parse(buf_span(&jwk), "the key", &again, NULL) == EXS_OK);
	must(jwk_read(again, &same) && span_same(buf_span(&same), buf_span(&der)));
}

static void
read_statement(span bytes)
{
	attestation_facts facts;

	if (attestation_read(bytes, &facts, NULL) == EXS_OK)
		must(attestation_is_one(bytes));
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	span   bytes = span_from((const char *)input, size);
	char  *report = NULL;
	size_t where;

	if (exs_evidence_check(bytes.at, bytes.len, NULL, &report, NULL) == EXS_OK) {
		must(jsontext_check(span_of(report), &where));
		must(jsontext_member(span_of(report), "proved").at != NULL);
		exs_text_free(report);
	}
	read_key(bytes);
	read_statement(bytes);
	return 0;
}
