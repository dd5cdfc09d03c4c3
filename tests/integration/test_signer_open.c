/* Opening a signer by URI: which token, which key, and what is refused. Against SoftHSM. */
#include "support/opening.h"

#include <stdio.h>
#include <stdlib.h>

static softhsm hsm, crowd;

static const char *const keys[] = {
	"label=main,id=01",
	"label=curve,id=02,type=p256",
	"label=bigger,id=03,type=p384",
	"label=odd,id=04,type=ed25519,no-cert",
	"label=loose,id=05,type=p256,extractable",
	"label=naked,id=06,type=p256,nonsensitive",
	"label=small,id=0b,type=rsa1024",
	"label=twin,id=0d,type=p256",
	"label=twin,id=0e,type=p384",
	NULL,
};

static int
make(void **state)
{
	static const char *const alone[] = {"label=only,id=01,type=p256",
	                                    "label=ed,id=02,type=ed25519,no-cert", NULL};

	(void)state;
	softhsm_make(&crowd, "crowd", NULL, alone);
	softhsm_make(&hsm, "alpha", NULL, keys);
	return 0;
}

static const char *
uri(const char *attributes)
{
	return softhsm_uri(&hsm, attributes);
}

static void
a_key_signs_by_label_by_id_and_by_what_hsm_list_shows(void **state)
{
	exs_signer *signer = opened(&hsm, (wish){.uri = uri("object=main")});
	char        pasted[600];

	(void)state;
	assert_int_equal(signed_length(signer), 256);
	snprintf(pasted, sizeof pasted, "%s", exs_signer_describe(signer)->key_uri);
	exs_signer_free(signer);
	signer = opened(&hsm, (wish){.uri = pasted});
	assert_string_equal(exs_signer_describe(signer)->key_uri, pasted);
	exs_signer_free(signer);
	signer = opened(&hsm, (wish){.uri = uri("id=%01;type=private")});
	assert_int_equal(signed_length(signer), 256);
	exs_signer_free(signer);
	signer = opened(&hsm, (wish){.uri = uri("id=%01;type=cert")});
	exs_signer_free(signer);
}

static void
the_algorithm_follows_the_key(void **state)
{
	static const struct {
		const char *attributes;
		exs_alg     wanted, chosen;
		size_t      len;
		const char *mechanism, *type;
	} rows[] = {
		{"object=main", EXS_ALG_DEFAULT, EXS_ALG_PS256, 256, "CKM_RSA_PKCS_PSS", "RSA-2048"},
		{"object=main", EXS_ALG_PS512, EXS_ALG_PS512, 256, "CKM_RSA_PKCS_PSS", "RSA-2048"},
		{"object=main", EXS_ALG_RS256, EXS_ALG_RS256, 256, "CKM_RSA_PKCS", "RSA-2048"},
		{"object=main", EXS_ALG_RS384, EXS_ALG_RS384, 256, "CKM_RSA_PKCS", "RSA-2048"},
		{"object=main", EXS_ALG_RS512, EXS_ALG_RS512, 256, "CKM_RSA_PKCS", "RSA-2048"},
		{"object=curve", EXS_ALG_DEFAULT, EXS_ALG_ES256, 64, "CKM_ECDSA", "EC P-256"},
		{"object=bigger", EXS_ALG_ES384, EXS_ALG_ES384, 96, "CKM_ECDSA", "EC P-384"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		exs_signer *signer = opened(&hsm, (wish){.uri = uri(rows[i].attributes), .alg = rows[i].wanted});

		assert_int_equal(exs_signer_describe(signer)->alg, rows[i].chosen);
		assert_string_equal(exs_signer_describe(signer)->mechanism, "");
		assert_int_equal(signed_length(signer), rows[i].len);
		assert_string_equal(exs_signer_describe(signer)->mechanism, rows[i].mechanism);
		assert_string_equal(exs_signer_describe(signer)->key_type, rows[i].type);
		exs_signer_free(signer);
	}
	assert_refused(&hsm, E_KEY_UNFIT, .uri = uri("object=main"), .alg = EXS_ALG_ES256);
	assert_refused(&hsm, E_KEY_UNFIT, .uri = uri("object=curve"), .alg = EXS_ALG_PS256);
	assert_refused(&hsm, E_KEY_UNFIT, .uri = uri("object=bigger"), .alg = EXS_ALG_ES256);
}

static void
each_signature_and_login_is_logged(void **state)
{
	exs_signer *signer;

	(void)state;
	test_log_clear();
	signer = opened(&hsm, (wish){.uri = uri("object=main")});
	assert_int_equal(test_log_count("login"), 1);
	signed_length(signer);
	signed_length(signer);
	assert_int_equal(test_log_count("signed"), 2);
	assert_non_null(strstr(test_log_last("signed"), "alg=PS256 mechanism=CKM_RSA_PKCS_PSS key=pkcs11:"));
	assert_non_null(strstr(test_log_last("signed"), "serial="));
	assert_null(strstr(test_log_last("login"), hsm.pin));
	exs_signer_free(signer);
}

static void
a_token_with_one_signing_key_needs_no_name(void **state)
{
	pin_giver giver = {.pin = crowd.pin};
	exs_signer_options options = softhsm_options(&crowd, softhsm_uri(&crowd, ""), &giver);
	exs_signer *signer = NULL;
	char conf[400], alpha[400];

	(void)state;
	snprintf(alpha, sizeof alpha, "%s", getenv("SOFTHSM2_CONF"));
	snprintf(conf, sizeof conf, "%s/softhsm2.conf", crowd.store);
	setenv("SOFTHSM2_CONF", conf, 1);
	assert_ok(exs_signer_open(test_context(), &options, &signer, test_error()));
	assert_non_null(strstr(exs_signer_describe(signer)->key_uri, "object=only"));
	exs_signer_free(signer);
	setenv("SOFTHSM2_CONF", alpha, 1);
}

static void
two_keys_for_a_uri_are_an_error_that_lists_both(void **state)
{
	const exs_error *error = assert_refused(&hsm, E_KEY_AMBIGUOUS, .uri = uri("object=twin"));
	const char      *why = exs_error_why(error);

	(void)state;
	assert_non_null(strstr(why, "id=%0D"));
	assert_non_null(strstr(why, "id=%0E"));
	assert_non_null(strstr(why, "EC P-384, certificate until 20"));
	error = assert_refused(&hsm, E_KEY_AMBIGUOUS, .uri = uri(""));
	assert_non_null(strstr(exs_error_why(error), "object=main"));
	assert_null(strstr(exs_error_why(error), "object=odd"));
	exs_signer_free(opened(&hsm, (wish){.uri = uri("object=twin;id=%0E")}));
}

static void
an_absent_key_is_an_error_that_says_what_is_there(void **state)
{
	const exs_error *error = assert_refused(&hsm, E_KEY_ABSENT, .uri = uri("object=nobody"));

	(void)state;
	assert_non_null(strstr(exs_error_why(error), "keys there: pkcs11:serial="));
	assert_non_null(strstr(exs_error_why(error), "and 1 more"));
	assert_refused(&hsm, E_KEY_ABSENT, .uri = uri("id=%7F"));
	assert_refused(&hsm, E_KEY_ABSENT, .uri = uri("id=%01;object=curve"));
}

static void
an_absent_token_is_an_error_that_says_which_are_there(void **state)
{
	const exs_error *error =
		assert_refused(&hsm, E_TOKEN_ABSENT, .uri = "pkcs11:token=nobody?module-path=" SOFTHSM_MODULE);

	(void)state;
	assert_non_null(strstr(exs_error_why(error), "\"alpha\" (serial "));
	assert_refused(&hsm, E_TOKEN_ABSENT,
	               .uri = "pkcs11:token=alpha;serial=0000?module-path=" SOFTHSM_MODULE);
	assert_refused(&hsm, E_TOKEN_ABSENT, .uri = "pkcs11:library-manufacturer=x?module-path=" SOFTHSM_MODULE);
}

static void
two_tokens_for_a_uri_are_an_error_that_lists_both(void **state)
{
	static const char *const none[] = {NULL};
	const exs_error *error;

	(void)state;
	softhsm_add_token(&hsm, "beta", none);
	error = assert_refused(&hsm, E_TOKEN_AMBIGUOUS, .uri = "pkcs11:?module-path=" SOFTHSM_MODULE);
	assert_non_null(strstr(exs_error_why(error), "token=alpha?module-path=" SOFTHSM_MODULE));
	assert_non_null(strstr(exs_error_why(error), "token=beta?module-path=" SOFTHSM_MODULE));
}

static void
a_module_that_is_not_there_is_named_with_the_reason(void **state)
{
	const exs_error *error =
		assert_refused(&hsm, E_MODULE, .uri = "pkcs11:token=x?module-path=/nowhere/at/all.so");

	(void)state;
	assert_non_null(strstr(exs_error_message(error), "/nowhere/at/all.so"));
	assert_string_equal(exs_error_why(error), "No such file or directory");
	assert_refused(&hsm, E_MODULE, .uri = "pkcs11:token=x?module-path=/etc/hostname");
	assert_refused(&hsm, E_MODULE, .uri = "pkcs11:token=x?module-path=../x.so");
	error = assert_refused(&hsm, E_MODULE, .uri = "pkcs11:token=x?module-name=no-such-module");
	assert_non_null(strstr(exs_error_message(error), "no-such-module"));
}

static void
a_key_that_could_leave_the_device_is_refused_unless_named(void **state)
{
	exs_signer *signer;

	(void)state;
	assert_refused(&hsm, E_KEY_EXTRACTABLE, .uri = uri("object=loose"));
	assert_refused(&hsm, E_KEY_EXTRACTABLE, .uri = uri("object=naked"));
	test_log_clear();
	signer = opened(&hsm, (wish){.uri = uri("object=loose"), .allow_extractable = true});
	assert_int_equal(exs_signer_describe(signer)->extractable, EXS_YES);
	signed_length(signer);
	signed_length(signer);
	assert_int_equal(test_log_count("extractable-key-used"), 2);
	exs_signer_free(signer);
	signer = opened(&hsm, (wish){.uri = uri("object=curve"), .allow_extractable = true});
	signed_length(signer);
	assert_int_equal(test_log_count("extractable-key-used"), 2);
	exs_signer_free(signer);
}

static void
keys_we_cannot_sign_with_are_refused(void **state)
{
	(void)state;
	assert_refused(&hsm, E_KEY_UNFIT, .uri = uri("object=odd"), .without_certificate = true);
	assert_refused(&hsm, E_KEY_UNFIT, .uri = uri("object=small"));
}

static void
facts_tell_what_the_device_claims(void **state)
{
	exs_signer *signer = opened(&hsm, (wish){.uri = uri("object=main")});
	const exs_signer_facts *facts = exs_signer_describe(signer);

	(void)state;
	assert_string_equal(facts->token_label, "alpha");
	assert_string_equal(facts->token_model, "SoftHSM v2");
	assert_string_equal(facts->module_path, SOFTHSM_MODULE);
	assert_int_equal(facts->sensitive, EXS_YES);
	assert_int_equal(facts->extractable, EXS_NO);
	assert_int_equal(facts->never_extractable, EXS_YES);
	assert_int_equal(facts->local, EXS_YES);
	assert_int_equal(facts->always_authenticate, EXS_NO);
	assert_int_equal(strlen(facts->certificate_sha1), 40);
	assert_int_equal(strlen(facts->certificate_sha256), 64);
	assert_int_equal(strlen(facts->public_key_sha256), 64);
	assert_true(facts->certificate_not_before < facts->certificate_not_after);
	exs_signer_free(signer);
}

static void
a_signature_that_does_not_fit_the_room_is_refused(void **state)
{
	exs_signer *signer = opened(&hsm, (wish){.uri = uri("object=main")});
	unsigned char signature[255];
	size_t        len = sizeof signature;
	exs_error    *error = test_error();

	(void)state;
	assert_fails(exs_signer_sign(signer, (const unsigned char *)"x", 1, signature, &len, error), error,
	             E_USAGE);
	assert_int_equal(len, sizeof signature);
	assert_int_equal(signed_length(signer), 256);
	exs_signer_free(signer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_signs_by_label_by_id_and_by_what_hsm_list_shows),
		cmocka_unit_test(the_algorithm_follows_the_key),
		cmocka_unit_test(each_signature_and_login_is_logged),
		cmocka_unit_test(a_token_with_one_signing_key_needs_no_name),
		cmocka_unit_test(two_keys_for_a_uri_are_an_error_that_lists_both),
		cmocka_unit_test(an_absent_key_is_an_error_that_says_what_is_there),
		cmocka_unit_test(an_absent_token_is_an_error_that_says_which_are_there),
		cmocka_unit_test(two_tokens_for_a_uri_are_an_error_that_lists_both),
		cmocka_unit_test(a_module_that_is_not_there_is_named_with_the_reason),
		cmocka_unit_test(a_key_that_could_leave_the_device_is_refused_unless_named),
		cmocka_unit_test(keys_we_cannot_sign_with_are_refused),
		cmocka_unit_test(facts_tell_what_the_device_claims),
		cmocka_unit_test(a_signature_that_does_not_fit_the_room_is_refused),
	};

	return cmocka_run_group_tests_name("signer_open", tests, make, NULL);
}
