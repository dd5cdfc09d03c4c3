/* Evidence about keys in SoftHSM, with statements as a YubiKey makes them, and its check without the token. */
#include "base/encode.h"
#include "base/json.h"
#include "support/attester.h"
#include "support/keys.h"

#include <exosign/credential.h>

#include <string.h>

static softhsm  hsm;
static attester maker, stranger;

static int
make(void **state)
{
	static const char *const keys[] = {"label=plain,id=01", "label=attested,id=02,type=p256",
	                                   "label=bare,id=03,type=p384,no-cert", "label=leaky,id=04,extractable",
	                                   NULL};
	EVP_PKEY *public;
	X509     *statement;

	(void)state;
	softhsm_make(&hsm, "vouching", NULL, keys);
	attester_make(&maker, "maker");
	attester_make(&stranger, "stranger");
	public = attester_public_of(softhsm_certificate(&hsm, "attested"));
	statement = attester_state(&maker, public, &attester_usual);
	attester_store(&hsm, statement, "X.509 Certificate for PIV Attestation 9c", span_of("\x02"));
	attester_store(&hsm, maker.device, "X.509 Certificate for PIV Attestation", span_of("\x19"));
	X509_free(statement);
	EVP_PKEY_free(public);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	attester_done(&maker);
	attester_done(&stranger);
	return 0;
}

static exs_status
vouch(const char *uri, exs_evidence_options options, char **ret, exs_error *error)
{
	exs_token_access access = key_access(&hsm, softhsm_uri(&hsm, uri));

	options.size = sizeof options;
	exs_error_clear(error);
	return exs_evidence_make(test_context(), &access, &options, ret, error);
}

/* The report on good evidence, parsed; the caller's. */
static json *
checked(const char *document, const char *root)
{
	char      *report = NULL;
	json      *tree = NULL;
	exs_error *error = test_error();

	if (exs_evidence_check(document, strlen(document), root, &report, error) != EXS_OK)
		fail_msg("%s: %s", exs_error_message(error), exs_error_why(error));
	assert_ok(json_parse(span_of(report), "the report", &tree, error));
	exs_text_free(report);
	return tree;
}

static void
assert_says(const json *tree, const char *path, const char *text)
{
	assert_string_equal(json_string(json_at(tree, path)), text);
}

static void
a_key_vouches_for_itself_and_anybody_can_check(void **state)
{
	static const struct {
		const char *uri, *alg, *type;
		bool        has_certificate;
	} rows[] = {
		{"object=plain", "PS256", "RSA-2048", true},
		{"object=attested", "ES256", "EC P-256", true},
		{"object=bare", "ES384", "EC P-384", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *document = NULL;
		json *report;

		assert_ok(vouch(rows[i].uri, (exs_evidence_options){.alg = EXS_ALG_DEFAULT}, &document,
		                test_error()));
		report = checked(document, NULL);
		assert_says(report, "result", "good");
		assert_says(report, "proved.possession.alg", rows[i].alg);
		assert_says(report, "claimed_by_module.type", rows[i].type);
		assert_says(report, "claimed_by_module.attributes.extractable", "no");
		assert_null(json_at(report, "proved.attestation"));
		assert_int_equal(json_member(report, "certificate_sha1") != NULL, rows[i].has_certificate);
		json_free(report);
		exs_text_free(document);
	}
}

static void
an_attestation_is_proof_only_with_a_root_that_it_leads_to(void **state)
{
	char      *document = NULL, *report_text = NULL;
	exs_error *error = test_error();
	json      *report;

	(void)state;
	assert_ok(vouch("object=attested", (exs_evidence_options){.attestation_root = maker.root_file},
	                &document, error));
	report = checked(document, maker.root_file);
	assert_says(report, "proved.attestation.firmware", "5.4.3");
	assert_says(report, "proved.attestation.serial", "28540662");
	assert_says(report, "proved.attestation.pin_policy", "always");
	assert_says(report, "proved.attestation.touch_policy", "never");
	assert_says(report, "proved.attestation.form_factor", "USB-A keychain");
	assert_true(json_is_true(json_at(report, "proved.attestation.fips")));
	assert_says(report, "proved.attestation.root_subject", "CN=maker");
	json_free(report);
	/* What the document calls proved is not believed. */
	report = checked(document, NULL);
	assert_null(json_at(report, "proved.attestation"));
	assert_non_null(json_member(report, "not_checked"));
	json_free(report);
	assert_fails(exs_evidence_check(document, strlen(document), stranger.root_file, &report_text, error),
	             error, E_ATTESTATION);
	exs_text_free(document);
}

static void
an_attestation_that_was_asked_for_must_hold(void **state)
{
	char      *document = NULL;
	exs_error *error = test_error();
	exs_status status;

	(void)state;
	assert_fails(vouch("object=attested",
	                   (exs_evidence_options){.attestation_root = stranger.root_file}, &document, error),
	             error, E_ATTESTATION);
	status = vouch("object=plain", (exs_evidence_options){.attestation_root = maker.root_file},
	               &document, error);
	assert_told(status, error, E_ATTESTATION, exs_error_message(error), "no attestation");
	assert_fails(vouch("object=attested",
	                   (exs_evidence_options){.attestation_root = "/nonexistent/root"}, &document, error),
	             error, E_FILE);
	assert_null(document);
}

static void
an_attestation_is_no_credential(void **state)
{
	exs_signer *signer = opened(&hsm, (wish){.uri = softhsm_uri(&hsm, "object=attested;type=private")});
	exs_key    *seen = NULL;
	const exs_key_facts *f;
	size_t      statements = 0;

	(void)state;
	/* It has the key's id and public half; the certificate that was issued counts. */
	assert_null(strstr(exs_signer_describe(signer)->certificate_subject, "attestation"));
	exs_signer_free(signer);
	assert_ok(key_show(&hsm, softhsm_uri(&hsm, "object=attested;type=private"), &seen, test_error()));
	f = exs_key_describe(seen);
	assert_int_equal(f->n_certificates, 2);
	for (size_t i = 0; i < f->n_certificates; i++)
		statements += f->certificates[i].attestation;
	assert_int_equal(statements, 1);
	exs_key_free(seen);
}

static void
a_key_that_could_leave_vouches_only_where_that_is_allowed(void **state)
{
	char      *document = NULL;
	exs_error *error = test_error();
	json      *report;

	(void)state;
	assert_fails(vouch("object=leaky", (exs_evidence_options){.alg = EXS_ALG_DEFAULT}, &document, error),
	             error, E_KEY_EXTRACTABLE);
	test_log_clear();
	assert_ok(vouch("object=leaky", (exs_evidence_options){.allow_extractable = true}, &document, error));
	assert_int_equal(test_log_count("extractable-key-used"), 1);
	report = checked(document, NULL);
	assert_says(report, "claimed_by_module.attributes.extractable", "yes");
	json_free(report);
	exs_text_free(document);
}

static void
a_certificate_from_a_file_must_be_the_keys(void **state)
{
	char        *document = NULL;
	exs_error   *error = test_error();
	const char  *right = softhsm_certificate(&hsm, "plain"), *wrong = softhsm_certificate(&hsm, "attested");

	(void)state;
	assert_ok(vouch("object=plain", (exs_evidence_options){.certificate = right}, &document, error));
	exs_text_free(document);
	document = NULL;
	assert_fails(vouch("object=plain", (exs_evidence_options){.certificate = wrong}, &document, error),
	             error, E_CERT_MISMATCH);
}

/* The document with one character of a member's value exchanged, or the member of another document. */
static char *
altered(const char *document, const char *member, const char *donor)
{
	static const char *const members[] = {"payload", "protected", "signature"};
	EXS_AUTO(json) *mine = NULL, *other = NULL;
	EXS_SCOPED(buf) made = BUF(1 << 20);

	assert_ok(json_parse(span_of(document), "it", &mine, test_error()));
	assert_ok(json_parse(span_of(donor == NULL ? document : donor), "the other", &other, test_error()));
	for (size_t i = 0; i < 3; i++) {
		bool   this_one = strcmp(members[i], member) == 0;
		size_t at;

		buf_addf(&made, "%s\"%s\":\"", i == 0 ? "{" : ",", members[i]);
		at = made.len;
		buf_puts(&made, json_string(json_member(this_one ? other : mine, members[i])));
		if (this_one && donor == NULL)
			made.at[at + 20] = made.at[at + 20] == 'A' ? 'B' : 'A';
		buf_puts(&made, "\"");
	}
	buf_puts(&made, "}");
	return mem_text(made.at, made.len);
}

static void
what_was_changed_does_not_hold(void **state)
{
	static const char *const members[] = {"payload", "protected", "signature"};
	static const char *const nonsense[] = {"", "{", "[]", "{}", "\"x\"",
	                                       "{\"payload\":1,\"protected\":2,\"signature\":3}",
	                                       "{\"payload\":\"e30\",\"protected\":\"e30\",\"signature\":\"AA\"}"};
	EXS_AUTO(chars) *mine = NULL, *other = NULL;
	exs_error *error = test_error();
	char      *report = NULL;

	(void)state;
	assert_ok(vouch("object=plain", (exs_evidence_options){.alg = EXS_ALG_DEFAULT}, &mine, error));
	assert_ok(vouch("object=attested", (exs_evidence_options){.alg = EXS_ALG_DEFAULT}, &other, error));
	for (size_t i = 0; i < 3; i++) {
		EXS_AUTO(chars) *turned = altered(mine, members[i], NULL);
		EXS_AUTO(chars) *mixed = altered(mine, members[i], other);

		assert_fails(exs_evidence_check(turned, strlen(turned), NULL, &report, error), error, E_EVIDENCE);
		assert_fails(exs_evidence_check(mixed, strlen(mixed), NULL, &report, error), error, E_EVIDENCE);
	}
	for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++)
		assert_fails(exs_evidence_check(nonsense[i], strlen(nonsense[i]), NULL, &report, error), error,
		             E_EVIDENCE);
	for (size_t cut = 0; cut < strlen(mine); cut += 97)
		assert_fails(exs_evidence_check(mine, cut, NULL, &report, error), error, E_EVIDENCE);
	assert_null(report);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_vouches_for_itself_and_anybody_can_check),
		cmocka_unit_test(an_attestation_is_proof_only_with_a_root_that_it_leads_to),
		cmocka_unit_test(an_attestation_that_was_asked_for_must_hold),
		cmocka_unit_test(an_attestation_is_no_credential),
		cmocka_unit_test(a_key_that_could_leave_vouches_only_where_that_is_allowed),
		cmocka_unit_test(a_certificate_from_a_file_must_be_the_keys),
		cmocka_unit_test(what_was_changed_does_not_hold),
	};

	return cmocka_run_group_tests_name("evidence", tests, make, drop);
}
