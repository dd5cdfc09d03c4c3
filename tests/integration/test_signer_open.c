/* Opening a signer by URI and signing with it, against SoftHSM. */
#include "support/softhsm.h"

static softhsm hsm;

static int
make(void **state)
{
	static const char *const keys[] = {"label=main,id=01", "label=curve,id=02,type=p256",
	                                   "label=bigger,id=03,type=p384", NULL};

	(void)state;
	softhsm_make(&hsm, "alpha", NULL, keys);
	return 0;
}

static void
sign_with(const char *uri, exs_alg alg, size_t expected_len)
{
	pin_giver giver = {0};
	exs_signer_options options = softhsm_options(&hsm, uri, &giver);
	exs_signer *signer = NULL;
	unsigned char signature[1024];
	size_t len = sizeof signature;
	exs_error *error = test_error();

	options.alg = alg;
	if (exs_signer_open(test_context(), &options, &signer, error) != EXS_OK)
		fail_msg("%s %s (%s)", exs_error_code(error), exs_error_message(error), exs_error_why(error));
	if (exs_signer_sign(signer, (const unsigned char *)"a.b", 3, signature, &len, error) != EXS_OK)
		fail_msg("%s %s (%s)", exs_error_code(error), exs_error_message(error), exs_error_why(error));
	assert_int_equal(len, expected_len);
	assert_int_equal(giver.asked, 1);
	exs_signer_free(signer);
}

static void
a_key_signs_by_its_label(void **state)
{
	(void)state;
	sign_with(softhsm_uri(&hsm, "object=main"), EXS_ALG_DEFAULT, 256);
	sign_with(softhsm_uri(&hsm, "object=main"), EXS_ALG_RS256, 256);
	sign_with(softhsm_uri(&hsm, "object=curve"), EXS_ALG_DEFAULT, 64);
	sign_with(softhsm_uri(&hsm, "id=%03"), EXS_ALG_ES384, 96);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_signs_by_its_label),
	};

	return cmocka_run_group_tests_name("signer_open", tests, make, NULL);
}
