/* Devices that can do less: which mechanism is found, and what is said when none is. Against restricted SoftHSM profiles. */
#include "support/opening.h"

#include <stdio.h>

typedef struct profile {
	const char *name, *mechanisms;
	/* what signs PS256, RS256 and ES256; NULL: nothing can */
	const char *ps256, *rs256, *es256;
} profile;

#define RSA "CKM_RSA_PKCS_KEY_PAIR_GEN"

static const profile profiles[] = {
	{"noraw", RSA ",CKM_RSA_PKCS,CKM_SHA256_RSA_PKCS,CKM_RSA_PKCS_PSS,CKM_SHA256_RSA_PKCS_PSS,CKM_ECDSA",
	 "CKM_RSA_PKCS_PSS", "CKM_RSA_PKCS", "CKM_ECDSA"},
	{"pssonly", RSA ",CKM_RSA_PKCS_PSS,CKM_ECDSA", "CKM_RSA_PKCS_PSS", NULL, "CKM_ECDSA"},
	{"hashpss", RSA ",CKM_SHA256_RSA_PKCS_PSS", "CKM_SHA256_RSA_PKCS_PSS", NULL, NULL},
	{"rawonly", RSA ",CKM_RSA_X_509", "CKM_RSA_X_509", "CKM_RSA_X_509", NULL},
	{"hashv15", RSA ",CKM_SHA256_RSA_PKCS", NULL, "CKM_SHA256_RSA_PKCS", NULL},
};

static void
check(softhsm *hsm, const char *attributes, exs_alg alg, const char *mechanism)
{
	exs_signer *signer = opened(hsm, (wish){.uri = softhsm_uri(hsm, attributes), .alg = alg});
	unsigned char signature[1024];
	size_t        len = sizeof signature;
	exs_error    *error = test_error();

	if (mechanism != NULL) {
		/* The first is verified against the public half by the signer itself. */
		signed_length(signer);
		signed_length(signer);
		assert_string_equal(exs_signer_describe(signer)->mechanism, mechanism);
	} else {
		assert_int_equal(exs_signer_sign(signer, (const unsigned char *)"x", 1, signature, &len,
		                                 error), EXS_KEY);
		assert_non_null(strstr(exs_error_why(error), "CKR_MECHANISM_INVALID"));
		assert_fails(EXS_KEY, error, E_KEY_MECHANISM);
	}
	exs_signer_free(signer);
}

static void
the_first_mechanism_that_works_signs(void **state)
{
	static const char *const keys[] = {"label=rsa,id=01", "label=ec,id=02,type=p256", NULL};

	(void)state;
	for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++) {
		softhsm hsm;

		softhsm_make(&hsm, profiles[i].name, profiles[i].mechanisms, keys);
		check(&hsm, "object=rsa", EXS_ALG_PS256, profiles[i].ps256);
		check(&hsm, "object=rsa", EXS_ALG_RS256, profiles[i].rs256);
		check(&hsm, "object=ec", EXS_ALG_ES256, profiles[i].es256);
	}
}

static void
padding_for_pss_is_not_made_here_when_the_token_must(void **state)
{
	static const char *const keys[] = {"label=rsa,id=01", NULL};
	softhsm raw, able;
	exs_signer *signer;
	unsigned char signature[1024];
	size_t     len = sizeof signature;
	exs_error *error = test_error();

	(void)state;
	softhsm_make(&raw, "rawtoken", RSA ",CKM_RSA_X_509", keys);
	signer = opened(&raw, (wish){.uri = softhsm_uri(&raw, "object=rsa"), .pss_in_token = true});
	assert_int_equal(exs_signer_sign(signer, (const unsigned char *)"x", 1, signature, &len, error),
	                 EXS_KEY);
	assert_non_null(strstr(exs_error_why(error), "pss = token-only"));
	assert_fails(EXS_KEY, error, E_KEY_MECHANISM);
	exs_signer_free(signer);
	signer = opened(&raw, (wish){.uri = softhsm_uri(&raw, "object=rsa"), .pss_in_token = true,
	                             .alg = EXS_ALG_RS256});
	assert_int_equal(signed_length(signer), 256);
	exs_signer_free(signer);
	softhsm_make(&able, "ablepss", NULL, keys);
	signer = opened(&able, (wish){.uri = softhsm_uri(&able, "object=rsa"), .pss_in_token = true});
	assert_int_equal(signed_length(signer), 256);
	assert_string_equal(exs_signer_describe(signer)->mechanism, "CKM_RSA_PKCS_PSS");
	exs_signer_free(signer);
}

static void
what_was_tried_is_told(void **state)
{
	static const char *const keys[] = {"label=rsa,id=01", NULL};
	softhsm       hsm;
	exs_signer   *signer;
	unsigned char signature[1024];
	size_t        len = sizeof signature;
	exs_error    *error = test_error();

	(void)state;
	softhsm_make(&hsm, "told", RSA ",CKM_SHA256_RSA_PKCS", keys);
	signer = opened(&hsm, (wish){.uri = softhsm_uri(&hsm, "")});
	assert_int_equal(exs_signer_sign(signer, (const unsigned char *)"x", 1, signature, &len, error),
	                 EXS_KEY);
	assert_string_equal(exs_error_why(error),
	                    "tried: CKM_RSA_PKCS_PSS: CKR_MECHANISM_INVALID, CKM_SHA256_RSA_PKCS_PSS: "
	                    "CKR_MECHANISM_INVALID, CKM_RSA_X_509: CKR_MECHANISM_INVALID");
	assert_string_equal(exs_error_native(error), "CKR_MECHANISM_INVALID");
	assert_non_null(strstr(exs_error_fix(error), "RS256"));
	assert_int_equal(len, sizeof signature);
	exs_signer_free(signer);
}

static void
a_key_that_allows_one_mechanism_is_asked_for_that_one_first(void **state)
{
	static const char *const keys[] = {
		"label=hashed,id=01,allowed-mechanisms=CKM_SHA256_RSA_PKCS_PSS",
		"label=raw,id=02,allowed-mechanisms=CKM_RSA_X_509",
		"label=v15,id=03,allowed-mechanisms=CKM_RSA_PKCS", NULL};
	softhsm hsm;

	(void)state;
	softhsm_make(&hsm, "allowed", NULL, keys);
	check(&hsm, "object=hashed", EXS_ALG_PS256, "CKM_SHA256_RSA_PKCS_PSS");
	check(&hsm, "object=raw", EXS_ALG_PS256, "CKM_RSA_X_509");
	check(&hsm, "object=v15", EXS_ALG_RS256, "CKM_RSA_PKCS");
	check(&hsm, "object=v15", EXS_ALG_PS256, NULL);
}

static void
a_key_that_wants_its_pin_for_each_signature_gets_it(void **state)
{
	static const char *const keys[] = {"label=strict,id=01,always-auth",
	                                   "label=curve,id=02,type=p256,always-auth", NULL};
	softhsm       hsm;
	pin_giver     giver = {0};
	exs_signer   *signer = NULL;
	exs_signer_options options;
	unsigned char signature[1024];

	(void)state;
	softhsm_make(&hsm, "always", NULL, keys);
	options = softhsm_options(&hsm, softhsm_uri(&hsm, "object=strict"), &giver);
	assert_ok(exs_signer_open(test_context(), &options, &signer, test_error()));
	assert_int_equal(exs_signer_describe(signer)->always_authenticate, EXS_YES);
	assert_int_equal(giver.asked, 1);
	assert_false(giver.last.context_specific);
	for (int i = 2; i <= 4; i++) {
		size_t     len = sizeof signature;
		exs_error *error = test_error();

		if (exs_signer_sign(signer, (const unsigned char *)"x", 1, signature, &len, error) != EXS_OK)
			fail_msg("%s %s", exs_error_code(error), exs_error_message(error));
		assert_int_equal(giver.asked, i);
		assert_true(giver.last.context_specific);
	}
	exs_signer_free(signer);
}

static void
a_wrong_pin_for_one_signature_is_not_sent_again(void **state)
{
	static const char *const keys[] = {"label=strict,id=01,type=p256,always-auth", NULL};
	softhsm       hsm;
	pin_giver     giver = {0};
	exs_signer   *signer = NULL;
	exs_signer_options options;
	unsigned char signature[1024];
	size_t        len = sizeof signature;
	exs_error    *error = test_error();

	(void)state;
	softhsm_make(&hsm, "spoilt", NULL, keys);
	options = softhsm_options(&hsm, softhsm_uri(&hsm, "object=strict"), &giver);
	assert_ok(exs_signer_open(test_context(), &options, &signer, error));
	giver.pin = "999999";
	assert_fails(exs_signer_sign(signer, (const unsigned char *)"x", 1, signature, &len, error), error,
	             E_PIN_WRONG);
	assert_fails(exs_signer_sign(signer, (const unsigned char *)"x", 1, signature, &len, error), error,
	             E_PIN_KNOWN_BAD);
	assert_int_equal(len, sizeof signature);
	exs_signer_free(signer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_mechanism_that_works_signs),
		cmocka_unit_test(padding_for_pss_is_not_made_here_when_the_token_must),
		cmocka_unit_test(what_was_tried_is_told),
		cmocka_unit_test(a_key_that_allows_one_mechanism_is_asked_for_that_one_first),
		cmocka_unit_test(a_key_that_wants_its_pin_for_each_signature_gets_it),
		cmocka_unit_test(a_wrong_pin_for_one_signature_is_not_sent_again),
	};

	return cmocka_run_group_tests_name("signer_mechanisms", tests, NULL, NULL);
}
