/* Statements of devices about keys: what is read, and which chains lead to a root. */
#include "sign/attestation.h"
#include "support/attester.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

static attester  maker, stranger;
static EVP_PKEY *key_pair, *other_pair;

static int
make(void **state)
{
	(void)state;
	attester_make(&maker, "maker");
	attester_make(&stranger, "stranger");
	key_pair = EVP_EC_gen("P-256");
	other_pair = EVP_EC_gen("P-256");
	return key_pair == NULL || other_pair == NULL;
}

static int
drop(void **state)
{
	(void)state;
	attester_done(&maker);
	attester_done(&stranger);
	EVP_PKEY_free(key_pair);
	EVP_PKEY_free(other_pair);
	return 0;
}

static buf
statement(const attester *a, const attester_words *words)
{
	buf   der = BUF(65536);
	X509 *x = attester_state(a, key_pair, words);

	attester_der(x, &der);
	X509_free(x);
	return der;
}

static buf
der_of(X509 *x)
{
	buf der = BUF(65536);

	attester_der(x, &der);
	return der;
}

static buf
public_of(EVP_PKEY *pair)
{
	buf            to = BUF(4096);
	unsigned char *der = NULL;
	int            len = i2d_PUBKEY(pair, &der);

	buf_add(&to, span_from((const char *)der, (size_t)len));
	OPENSSL_free(der);
	return to;
}

static void
a_statement_is_read(void **state)
{
	EXS_SCOPED(buf) der = statement(&maker, &attester_usual);
	EXS_SCOPED(buf) plain = der_of(maker.device);
	attestation_facts facts;

	(void)state;
	assert_true(attestation_is_one(buf_span(&der)));
	assert_false(attestation_is_one(buf_span(&plain)));
	assert_false(attestation_is_one(span_of("no certificate")));
	assert_false(attestation_is_one(span_from(NULL, 0)));
	assert_ok(attestation_read(buf_span(&der), &facts, test_error()));
	assert_string_equal(facts.firmware, "5.4.3");
	assert_string_equal(facts.serial, "28540662");
	assert_string_equal(facts.pin_policy, "always");
	assert_string_equal(facts.touch_policy, "never");
	assert_string_equal(facts.form_factor, "USB-A keychain");
	assert_true(facts.fips);
	assert_fails(attestation_read(buf_span(&plain), &facts, test_error()), test_error(), E_ATTESTATION);
}

static void
what_is_not_said_or_unknown_is_not_made_up(void **state)
{
	const attester_words few = {.policies = {"\x02\x09", 2}};
	EXS_SCOPED(buf) der = statement(&maker, &few);
	attestation_facts facts;

	(void)state;
	assert_ok(attestation_read(buf_span(&der), &facts, test_error()));
	assert_string_equal(facts.firmware, "");
	assert_string_equal(facts.serial, "");
	assert_string_equal(facts.pin_policy, "once");
	assert_string_equal(facts.touch_policy, "0x09");
	assert_false(facts.fips);
}

static void
malformed_statements_are_refused(void **state)
{
	static const span none = {"", 0}, longer = {"\1\2\3\4\5", 5}, negative = {"\x02\x01\xFF", 3},
	                  trailing = {"\x02\x01\x05\x00", 4}, no_integer = {"\x04\x01\x05", 3};
	const struct {
		attester_words words;
	} rows[] = {
		{{.policies = none}}, {{.policies = longer}},
		{{.policies = attester_usual.policies, .firmware = longer}},
		{{.policies = attester_usual.policies, .serial = negative}},
		{{.policies = attester_usual.policies, .serial = trailing}},
		{{.policies = attester_usual.policies, .serial = no_integer}},
		{{.policies = attester_usual.policies, .form = longer}},
	};
	attestation_facts facts;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		EXS_SCOPED(buf) der = statement(&maker, &rows[i].words);

		assert_fails(attestation_read(buf_span(&der), &facts, test_error()), test_error(),
		             E_ATTESTATION);
	}
}

static void
a_chain_leads_to_its_own_root_alone(void **state)
{
	EXS_SCOPED(buf) leaf = statement(&maker, &attester_usual), device = der_of(maker.device);
	EXS_SCOPED(buf) foreign = der_of(stranger.device);
	EXS_SCOPED(buf) mine = public_of(key_pair), others = public_of(other_pair);
	const span chain[] = {buf_span(&leaf), buf_span(&device)};
	const span wrong[] = {buf_span(&leaf), buf_span(&foreign)};
	attestation_proof proof;
	exs_error *error = test_error();

	(void)state;
	assert_ok(attestation_verify(chain, 2, buf_span(&mine), maker.root_file, &proof, error));
	assert_string_equal(proof.root_subject, "CN=maker");
	assert_int_equal(strlen(proof.root_sha256), 64);
	assert_string_equal(proof.facts.serial, "28540662");
	assert_fails(attestation_verify(chain, 2, buf_span(&mine), stranger.root_file, &proof, error), error,
	             E_ATTESTATION);
	assert_fails(attestation_verify(chain, 2, buf_span(&others), maker.root_file, &proof, error), error,
	             E_ATTESTATION);
	assert_fails(attestation_verify(chain, 1, buf_span(&mine), maker.root_file, &proof, error), error,
	             E_ATTESTATION);
	assert_fails(attestation_verify(wrong, 2, buf_span(&mine), maker.root_file, &proof, error), error,
	             E_ATTESTATION);
	assert_fails(attestation_verify(chain, 0, buf_span(&mine), maker.root_file, &proof, error), error,
	             E_ATTESTATION);
}

/* The roots of newer devices are two steps away: what is between may stand in the file, but is no root. */
static void
the_file_may_hold_the_way_but_must_hold_the_root(void **state)
{
	EXS_SCOPED(buf) leaf = statement(&maker, &attester_usual), mine = public_of(key_pair);
	const span chain[] = {buf_span(&leaf)};
	char       both[400], device_only[400];
	FILE      *file;
	attestation_proof proof;
	exs_error *error = test_error();

	(void)state;
	snprintf(both, sizeof both, "%s", test_path("both.pem"));
	file = fopen(both, "w");
	assert_non_null(file);
	PEM_write_X509(file, maker.device);
	PEM_write_X509(file, maker.root);
	fclose(file);
	assert_ok(attestation_verify(chain, 1, buf_span(&mine), both, &proof, error));
	assert_string_equal(proof.root_subject, "CN=maker");
	snprintf(device_only, sizeof device_only, "%s", test_path("device.pem"));
	file = fopen(device_only, "w");
	assert_non_null(file);
	PEM_write_X509(file, maker.device);
	fclose(file);
	assert_fails(attestation_verify(chain, 1, buf_span(&mine), device_only, &proof, error), error,
	             E_CERT_UNREADABLE);
}

static void
who_issued_whom_is_seen_by_the_signature(void **state)
{
	EXS_SCOPED(buf) leaf = statement(&maker, &attester_usual), device = der_of(maker.device);
	EXS_SCOPED(buf) foreign = der_of(stranger.device);

	(void)state;
	assert_true(attestation_is_issued_by(buf_span(&leaf), buf_span(&device)));
	/* It has the same name. */
	assert_false(attestation_is_issued_by(buf_span(&leaf), buf_span(&foreign)));
	assert_false(attestation_is_issued_by(buf_span(&device), buf_span(&leaf)));
	assert_false(attestation_is_issued_by(span_of("x"), buf_span(&device)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_statement_is_read),
		cmocka_unit_test(what_is_not_said_or_unknown_is_not_made_up),
		cmocka_unit_test(malformed_statements_are_refused),
		cmocka_unit_test(a_chain_leads_to_its_own_root_alone),
		cmocka_unit_test(the_file_may_hold_the_way_but_must_hold_the_root),
		cmocka_unit_test(who_issued_whom_is_seen_by_the_signature),
	};

	return cmocka_run_group_tests_name("sign_attestation", tests, make, drop);
}
