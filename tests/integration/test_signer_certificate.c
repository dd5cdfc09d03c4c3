/* The certificate beside a key, or in a file: it must belong to the key and be valid. Against SoftHSM. */
#include "support/opening.h"

#include <stdio.h>

static softhsm hsm;

static const char *const keys[] = {
	"label=main,id=01",
	"label=curve,id=02,type=p256",
	"label=liar,id=07,type=p256,cert=other",
	"label=bare,id=08,type=p256,no-cert",
	"label=old,id=09,type=p256,not-before=2001-02-03,not-after=-90000",
	"label=young,id=0a,type=p256,not-before=+90000,not-after=+900000",
	"label=shy,id=0c,type=p256,private-cert",
	"label=blind,id=0f,type=p256,no-public",
	NULL,
};

static int
make(void **state)
{
	(void)state;
	softhsm_make(&hsm, "alpha", NULL, keys);
	return 0;
}

static const char *
uri(const char *attributes)
{
	return softhsm_uri(&hsm, attributes);
}

static void
a_certificate_must_belong_to_the_key(void **state)
{
	const exs_error *error = assert_refused(&hsm, E_CERT_MISMATCH, .uri = uri("object=liar"));

	(void)state;
	assert_non_null(strstr(exs_error_why(error), "certificate "));
	assert_non_null(strstr(exs_error_why(error), "device "));
	assert_refused(&hsm, E_CERT_ABSENT, .uri = uri("object=bare"));
	assert_refused(&hsm, E_CERT_MISMATCH, .uri = uri("object=main"),
	               .certificate = softhsm_certificate(&hsm, "curve"));
	exs_signer_free(opened(&hsm, (wish){.uri = uri("object=bare"), .without_certificate = true}));
	exs_signer_free(opened(&hsm, (wish){.uri = uri("object=liar"), .without_certificate = true}));
}

static void
a_certificate_must_be_valid_now(void **state)
{
	const exs_error *error = assert_refused(&hsm, E_CERT_EXPIRED, .uri = uri("object=old"));

	(void)state;
	assert_non_null(strstr(exs_error_why(error), "1 day ago"));
	error = assert_refused(&hsm, E_CERT_NOT_YET, .uri = uri("object=young"));
	assert_non_null(strstr(exs_error_why(error), "in 1 day"));
	test_clock_shift((int64_t)100000 * 1000);
	exs_signer_free(opened(&hsm, (wish){.uri = uri("object=young")}));
	test_clock_shift((int64_t)-100000 * 1000);
	exs_signer_free(opened(&hsm, (wish){.uri = uri("object=old")}));
	test_clock_shift(0);
}

static void
a_certificate_may_come_from_a_file(void **state)
{
	exs_signer *signer = opened(&hsm, (wish){.uri = uri("object=main"),
	                                   .certificate = softhsm_certificate(&hsm, "main")});
	char sha1[41];

	(void)state;
	snprintf(sha1, sizeof sha1, "%s", exs_signer_describe(signer)->certificate_sha1);
	exs_signer_free(signer);
	signer = opened(&hsm, (wish){.uri = uri("object=main"), .certificate = "token"});
	assert_string_equal(exs_signer_describe(signer)->certificate_sha1, sha1);
	assert_string_equal(exs_signer_describe(signer)->certificate_subject, "CN=main");
	exs_signer_free(signer);
	assert_refused(&hsm, E_FILE, .uri = uri("object=main"), .certificate = "/nowhere/x.pem");
}

static void
a_certificate_that_shows_after_login_only_is_found(void **state)
{
	(void)state;
	exs_signer_free(opened(&hsm, (wish){.uri = uri("object=shy")}));
}

static void
the_public_half_of_a_curve_may_come_from_the_certificate(void **state)
{
	exs_signer *signer = opened(&hsm, (wish){.uri = uri("object=blind")});

	(void)state;
	assert_int_equal(signed_length(signer), 64);
	exs_signer_free(signer);
	assert_refused(&hsm, E_KEY_UNFIT, .uri = uri("object=blind"), .without_certificate = true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_certificate_must_belong_to_the_key),
		cmocka_unit_test(a_certificate_must_be_valid_now),
		cmocka_unit_test(a_certificate_may_come_from_a_file),
		cmocka_unit_test(a_certificate_that_shows_after_login_only_is_found),
		cmocka_unit_test(the_public_half_of_a_curve_may_come_from_the_certificate),
	};

	return cmocka_run_group_tests_name("signer_certificate", tests, make, NULL);
}
