/* What hsm check finds on tokens that are as they should be, that do less, and whose keys are loose. Against SoftHSM. */
#include "support/findings.h"

#define RSA_GEN "CKM_RSA_PKCS_KEY_PAIR_GEN"

/* Static: too large for a stack under sanitizers. */
static findings all;

/* Checks the key of a token; what the walk returned. */
static exs_status
checked(softhsm *hsm, const char *attributes, exs_error *error)
{
	pin_giver         giver = {0};
	exs_check_options options = findings_options(hsm, softhsm_uri(hsm, attributes), &giver);

	return findings_make(&all, &options, error);
}

static void
a_good_rsa_key_is_fine_in_every_way(void **state)
{
	static const char *const ways[] = {
		"PS256 CKM_RSA_PKCS_PSS", "PS256 CKM_SHA256_RSA_PKCS_PSS", "PS256 CKM_RSA_X_509",
		"PS384 CKM_RSA_PKCS_PSS", "PS512 CKM_SHA512_RSA_PKCS_PSS", "RS256 CKM_RSA_PKCS",
		"RS384 CKM_SHA384_RSA_PKCS", "RS512 CKM_RSA_X_509",
	};
	static const char *const keys[] = {"label=main,id=01", NULL};
	softhsm hsm;

	(void)state;
	softhsm_make(&hsm, "good", NULL, keys);
	assert_ok(checked(&hsm, "object=main", test_error()));
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
		assert_string_equal(assert_finding(&all, EXS_CHECK_SIGNATURE, ways[i], EXS_CHECK_FINE)->value,
		                    "verified");
	assert_string_equal(assert_finding(&all, EXS_CHECK_SIGNATURE, "PS256", EXS_CHECK_FINE)->value,
	                    "CKM_RSA_PKCS_PSS");
	assert_string_equal(assert_finding(&all, EXS_CHECK_KEY, "type", EXS_CHECK_FINE)->value, "RSA-2048");
	assert_string_equal(assert_finding(&all, EXS_CHECK_KEY, "CKA_EXTRACTABLE", EXS_CHECK_FINE)->value,
	                    "no");
	assert_finding(&all, EXS_CHECK_CERTIFICATE, "found", EXS_CHECK_FINE);
	assert_finding(&all, EXS_CHECK_PIN, "tries left", EXS_CHECK_FINE);
	assert_string_equal(assert_finding(&all, EXS_CHECK_SESSIONS, "at once", EXS_CHECK_FINE)->value,
	                    "8 of 8");
	assert_finding(&all, EXS_CHECK_SESSIONS, "speed with 1", EXS_CHECK_NOT_TRIED);
	assert_int_equal(findings_count(&all, EXS_CHECK_BROKEN), 0);
	assert_int_equal(findings_count(&all, EXS_CHECK_DOUBTFUL), 0);
	assert_null(findings_find(&all, EXS_CHECK_SIGNATURE, "ES256"));
}

static void
an_ec_key_signs_with_its_curve_alone(void **state)
{
	static const char *const keys[] = {"label=small,id=01,type=p256", "label=large,id=02,type=p384",
	                                   NULL};
	softhsm hsm;

	(void)state;
	softhsm_make(&hsm, "curves", NULL, keys);
	assert_ok(checked(&hsm, "object=small", test_error()));
	assert_string_equal(assert_finding(&all, EXS_CHECK_SIGNATURE, "ES256", EXS_CHECK_FINE)->value,
	                    "CKM_ECDSA");
	/* SoftHSM has no such mechanism and does not list it: nothing is wrong with that. */
	assert_string_equal(
		assert_finding(&all, EXS_CHECK_SIGNATURE, "ES256 CKM_ECDSA_SHA256", EXS_CHECK_FINE)->value,
		"CKR_MECHANISM_INVALID");
	assert_null(findings_find(&all, EXS_CHECK_SIGNATURE, "ES384"));
	assert_null(findings_find(&all, EXS_CHECK_SIGNATURE, "PS256"));
	assert_ok(checked(&hsm, "object=large", test_error()));
	assert_finding(&all, EXS_CHECK_SIGNATURE, "ES384", EXS_CHECK_FINE);
	assert_null(findings_find(&all, EXS_CHECK_SIGNATURE, "ES256"));
}

static void
a_token_that_does_less_says_which_way_is_taken(void **state)
{
	static const struct {
		const char *name, *mechanisms, *ps256, *rs256; /* NULL: cannot */
	} tokens[] = {
		{"hashpss", RSA_GEN ",CKM_SHA256_RSA_PKCS_PSS", "CKM_SHA256_RSA_PKCS_PSS", NULL},
		{"rawonly", RSA_GEN ",CKM_RSA_X_509", "CKM_RSA_X_509", "CKM_RSA_X_509"},
		{"hashv15", RSA_GEN ",CKM_SHA256_RSA_PKCS", NULL, "CKM_SHA256_RSA_PKCS"},
	};
	static const char *const keys[] = {"label=main,id=01", NULL};

	(void)state;
	for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
		softhsm        hsm;
		const finding *f;

		softhsm_make(&hsm, tokens[i].name, tokens[i].mechanisms, keys);
		assert_ok(checked(&hsm, "object=main", test_error()));
		/* What token get needs by default is broken when it is missing, the others are doubtful. */
		f = assert_finding(&all, EXS_CHECK_SIGNATURE, "PS256",
		                   tokens[i].ps256 == NULL ? EXS_CHECK_BROKEN : EXS_CHECK_FINE);
		assert_string_equal(f->value, tokens[i].ps256 == NULL ? "CKR_MECHANISM_INVALID" : tokens[i].ps256);
		assert_int_equal(f->status, tokens[i].ps256 == NULL ? EXS_KEY : EXS_OK);
		f = assert_finding(&all, EXS_CHECK_SIGNATURE, "RS256",
		                   tokens[i].rs256 == NULL ? EXS_CHECK_DOUBTFUL : EXS_CHECK_FINE);
		assert_string_equal(f->value, tokens[i].rs256 == NULL ? "CKR_MECHANISM_INVALID" : tokens[i].rs256);
	}
}

static void
a_wanted_algorithm_is_judged_as_the_one_that_must_work(void **state)
{
	static const char *const keys[] = {"label=main,id=01", NULL};
	softhsm           hsm;
	pin_giver         giver = {0};
	exs_check_options options;

	(void)state;
	softhsm_make(&hsm, "wanted", RSA_GEN ",CKM_SHA256_RSA_PKCS", keys);
	options = findings_options(&hsm, softhsm_uri(&hsm, ""), &giver);
	options.alg = EXS_ALG_RS256;
	assert_ok(findings_make(&all, &options, test_error()));
	assert_finding(&all, EXS_CHECK_SIGNATURE, "RS256", EXS_CHECK_FINE);
	assert_finding(&all, EXS_CHECK_SIGNATURE, "PS256", EXS_CHECK_DOUBTFUL);
	assert_int_equal(findings_count(&all, EXS_CHECK_BROKEN), 0);
}

static void
padding_here_does_not_count_where_the_token_must_pad(void **state)
{
	static const char *const keys[] = {"label=main,id=01", NULL};
	softhsm           hsm;
	pin_giver         giver = {0};
	exs_check_options options;

	(void)state;
	softhsm_make(&hsm, "padding", RSA_GEN ",CKM_RSA_X_509", keys);
	options = findings_options(&hsm, softhsm_uri(&hsm, ""), &giver);
	options.pss_in_token = true;
	assert_ok(findings_make(&all, &options, test_error()));
	assert_finding(&all, EXS_CHECK_SIGNATURE, "PS256 CKM_RSA_X_509", EXS_CHECK_FINE);
	assert_finding(&all, EXS_CHECK_SIGNATURE, "PS256", EXS_CHECK_BROKEN);
	assert_finding(&all, EXS_CHECK_SIGNATURE, "RS256", EXS_CHECK_FINE);
}

static void
a_key_that_wants_its_pin_each_time_makes_one_signature(void **state)
{
	static const char *const keys[] = {"label=strict,id=01,always-auth", NULL};
	softhsm           hsm;
	pin_giver         giver = {0};
	exs_check_options options;

	(void)state;
	softhsm_make(&hsm, "strict", NULL, keys);
	options = findings_options(&hsm, softhsm_uri(&hsm, ""), &giver);
	options.without_speed = false;
	assert_ok(findings_make(&all, &options, test_error()));
	assert_int_equal(giver.asked, 2); /* the login and one signature */
	assert_true(giver.last.context_specific);
	assert_string_equal(
		assert_finding(&all, EXS_CHECK_SIGNATURE, "PS256 CKM_RSA_PKCS_PSS", EXS_CHECK_FINE)->value,
		"verified");
	assert_non_null(strstr(
		assert_finding(&all, EXS_CHECK_SIGNATURE, "RS256 CKM_RSA_PKCS", EXS_CHECK_NOT_TRIED)->why,
		"--all"));
	assert_finding(&all, EXS_CHECK_SESSIONS, "speed with 1", EXS_CHECK_NOT_TRIED);
	assert_int_equal(findings_count(&all, EXS_CHECK_BROKEN), 0);
	options.all = true;
	giver.asked = 0;
	assert_ok(findings_make(&all, &options, test_error()));
	assert_int_equal(giver.asked, 1 + 6 * 3);
	assert_finding(&all, EXS_CHECK_SIGNATURE, "RS512 CKM_RSA_X_509", EXS_CHECK_FINE);
	assert_finding(&all, EXS_CHECK_SESSIONS, "speed with 1", EXS_CHECK_NOT_TRIED);
}

static int
spoil_the_second_pin(void *self)
{
	softhsm          *hsm = self;
	pin_giver         giver = {.pin = "999999"};
	exs_check_options options = findings_options(hsm, softhsm_uri(hsm, ""), &giver);

	return (int)findings_make(&all, &options, NULL) * 10 + giver.asked;
}

static void
a_wrong_pin_is_sent_once_and_ends_the_check(void **state)
{
	static const char *const keys[] = {"label=main,id=01,type=p256", NULL};
	softhsm        hsm;
	const finding *f;

	(void)state;
	softhsm_make(&hsm, "wrong", NULL, keys);
	assert_int_equal(test_in_process(spoil_the_second_pin, &hsm), EXS_PIN * 10 + 1);
	/* The next one says what the first one cost, before it would cost another: a stored PIN is held back. */
	assert_int_equal(checked(&hsm, "", NULL), EXS_PIN);
	f = assert_finding(&all, EXS_CHECK_PIN, "tries left", EXS_CHECK_DOUBTFUL);
	assert_non_null(strstr(f->why, "CKF_USER_PIN_COUNT_LOW"));
	assert_non_null(strstr(f->why, "failed by our count: 1"));
	assert_string_equal(
		assert_finding(&all, EXS_CHECK_PIN, "failed logins", EXS_CHECK_DOUBTFUL)->value, "1");
	f = assert_finding(&all, EXS_CHECK_PIN, "the check ended here", EXS_CHECK_BROKEN);
	assert_int_equal(f->status, EXS_PIN);
	assert_null(findings_find(&all, EXS_CHECK_KEY, "found"));
}

static void
a_key_that_could_leave_is_broken_unless_the_exception_is_named(void **state)
{
	static const char *const keys[] = {"label=loose,id=01,extractable", "label=open,id=02,nonsensitive",
	                                   NULL};
	softhsm           hsm;
	pin_giver         giver = {0};
	exs_check_options options;
	const finding    *f;

	(void)state;
	softhsm_make(&hsm, "loose", NULL, keys);
	options = findings_options(&hsm, softhsm_uri(&hsm, "object=loose"), &giver);
	assert_ok(findings_make(&all, &options, test_error()));
	f = assert_finding(&all, EXS_CHECK_KEY, "CKA_EXTRACTABLE", EXS_CHECK_BROKEN);
	assert_int_equal(f->status, EXS_KEY);
	assert_non_null(strstr(f->fix, "exosign key generate"));
	assert_finding(&all, EXS_CHECK_KEY, "CKA_NEVER_EXTRACTABLE", EXS_CHECK_DOUBTFUL);
	options.allow_extractable = true;
	assert_ok(findings_make(&all, &options, test_error()));
	assert_finding(&all, EXS_CHECK_KEY, "CKA_EXTRACTABLE", EXS_CHECK_DOUBTFUL);
	assert_ok(checked(&hsm, "object=open", test_error()));
	assert_finding(&all, EXS_CHECK_KEY, "CKA_SENSITIVE", EXS_CHECK_BROKEN);
}

static void
a_short_key_and_a_missing_or_late_certificate_are_told(void **state)
{
	static const char *const keys[] = {"label=short,id=01,type=rsa1024", "label=bare,id=02,no-cert",
	                                   "label=late,id=03,not-before=-7200,not-after=-3600",
	                                   "label=soon,id=04,not-after=+3600", NULL};
	softhsm hsm;

	(void)state;
	softhsm_make(&hsm, "short", NULL, keys);
	assert_ok(checked(&hsm, "object=short", test_error()));
	assert_finding(&all, EXS_CHECK_KEY, "type", EXS_CHECK_BROKEN);
	assert_ok(checked(&hsm, "object=bare", test_error()));
	assert_string_equal(
		assert_finding(&all, EXS_CHECK_CERTIFICATE, "found", EXS_CHECK_DOUBTFUL)->value, "none");
	assert_ok(checked(&hsm, "object=late", test_error()));
	assert_finding(&all, EXS_CHECK_CERTIFICATE, "validity", EXS_CHECK_BROKEN);
	assert_ok(checked(&hsm, "object=soon", test_error()));
	assert_finding(&all, EXS_CHECK_CERTIFICATE, "validity", EXS_CHECK_DOUBTFUL);
}

static void
a_key_bound_to_one_mechanism_is_not_called_a_liar(void **state)
{
	static const char *const keys[] = {"label=bound,id=01,allowed-mechanisms=CKM_SHA256_RSA_PKCS_PSS",
	                                   NULL};
	softhsm hsm;

	(void)state;
	softhsm_make(&hsm, "bound", NULL, keys);
	assert_ok(checked(&hsm, "", test_error()));
	assert_finding(&all, EXS_CHECK_KEY, "CKA_ALLOWED_MECHANISMS", EXS_CHECK_FINE);
	assert_string_equal(assert_finding(&all, EXS_CHECK_SIGNATURE, "PS256", EXS_CHECK_FINE)->value,
	                    "CKM_SHA256_RSA_PKCS_PSS");
	assert_finding(&all, EXS_CHECK_SIGNATURE, "PS256 CKM_RSA_PKCS_PSS", EXS_CHECK_FINE);
}

static void
options_without_their_size_are_refused(void **state)
{
	exs_check_options options = {.size = 0};
	exs_error        *error = test_error();

	(void)state;
	assert_fails(exs_check_walk(test_context(), &options, NULL, NULL, error), error, E_USAGE);
	assert_string_equal(exs_check_area_name(EXS_CHECK_SESSIONS), "sessions");
	assert_string_equal(exs_check_verdict_name(EXS_CHECK_NOT_TRIED), "not-tried");
	assert_string_equal(exs_check_verdict_name((exs_check_verdict)77), "unknown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_rsa_key_is_fine_in_every_way),
		cmocka_unit_test(an_ec_key_signs_with_its_curve_alone),
		cmocka_unit_test(a_token_that_does_less_says_which_way_is_taken),
		cmocka_unit_test(a_wanted_algorithm_is_judged_as_the_one_that_must_work),
		cmocka_unit_test(padding_here_does_not_count_where_the_token_must_pad),
		cmocka_unit_test(a_key_that_wants_its_pin_each_time_makes_one_signature),
		cmocka_unit_test(a_wrong_pin_is_sent_once_and_ends_the_check),
		cmocka_unit_test(a_key_that_could_leave_is_broken_unless_the_exception_is_named),
		cmocka_unit_test(a_short_key_and_a_missing_or_late_certificate_are_told),
		cmocka_unit_test(a_key_bound_to_one_mechanism_is_not_called_a_liar),
		cmocka_unit_test(options_without_their_size_are_refused),
	};

	return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
