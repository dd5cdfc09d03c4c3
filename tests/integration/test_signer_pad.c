/*
 * PIN pads (CKF_PROTECTED_AUTHENTICATION_PATH): nobody is asked for the PIN, C_Login gets NULL, and the rules for wrong PINs hold
 * all the same. The faulty module plays the pad.
 */
#include "support/faulty.h"

#include <stdio.h>
#include <stdlib.h>

#define PAD "C_GetTokenInfo 0 flags 0x100\nC_Login 0 pad\n"

static softhsm hsm;

static int
use_pad(void **state)
{
	char path[400];

	(void)state;
	snprintf(path, sizeof path, "%s/pin", hsm.store);
	setenv("EXS_FAULTY_PAD", path, 1);
	faulty_script(PAD);
	faulty_forget();
	test_log_clear();
	return 0;
}

static exs_status
open_and_sign(const char *attributes, pin_giver *giver, bool attended, exs_error *error)
{
	exs_signer_options options = softhsm_options(&hsm, faulty_uri(&hsm, attributes), giver);
	exs_signer   *signer = NULL;
	unsigned char signature[1024];
	size_t        len = sizeof signature;
	exs_status    status;

	options.pin.attended = attended;
	options.alg = EXS_ALG_ES256;
	status = exs_signer_open(test_context(), &options, &signer, error);
	if (status == EXS_OK)
		status = exs_signer_sign(signer, (const unsigned char *)"x", 1, signature, &len, error);
	exs_signer_free(signer);
	return status;
}

static void
at_a_pad_nobody_is_asked_and_no_pin_is_sent(void **state)
{
	pin_giver giver = {0};

	(void)state;
	assert_ok(open_and_sign("object=main", &giver, false, test_error()));
	assert_int_equal(giver.asked, 0);
	assert_int_equal(faulty_calls("C_Login"), 1);
	assert_int_equal(faulty_calls("C_Login(NULL)"), 1);
	assert_int_equal(test_log_count("enter the PIN on the reader"), 1);
}

static void
each_signature_of_a_strict_key_is_typed_at_the_pad(void **state)
{
	pin_giver giver = {0};

	(void)state;
	assert_ok(open_and_sign("object=strict", &giver, true, test_error()));
	assert_int_equal(giver.asked, 0);
	assert_int_equal(faulty_calls("C_Login(NULL)"), 2);
	assert_int_equal(faulty_calls("C_Login"), 2);
	assert_int_equal(test_log_count("enter the PIN on the reader"), 2);
}

static void
without_a_pad_the_source_is_asked_for_both(void **state)
{
	pin_giver giver = {0};

	(void)state;
	faulty_script("");
	assert_ok(open_and_sign("object=strict", &giver, false, test_error()));
	assert_int_equal(giver.asked, 2);
	assert_true(giver.last.context_specific);
	assert_int_equal(faulty_calls("C_Login"), 2);
	assert_int_equal(faulty_calls("C_Login(NULL)"), 0);
}

static int
type_a_wrong_pin(void *self)
{
	pin_giver  giver = {0};
	exs_error *error = test_error();

	(void)self;
	setenv("EXS_FAULTY_PAD", "/dev/null", 1);
	(void)!open_and_sign("object=main", &giver, false, error);
	return error_is(error, E_PIN_WRONG) && strstr(exs_error_why(error), "the reader") != NULL &&
	       strstr(exs_error_why(error), "failed by our count: 1") != NULL && giver.asked == 0
	               ? 0
	               : 1;
}

static void
a_wrong_pin_at_the_pad_is_counted_and_not_repeated(void **state)
{
	pin_giver giver = {0};

	(void)state;
	faulty_script("C_GetTokenInfo 0 flags 0x100\nC_Login 0 fail 0xa0\n");
	assert_int_equal(test_in_process(type_a_wrong_pin, NULL), 0);
	assert_int_equal(faulty_calls("C_Login"), 1);
	/* A person stands at the pad, so that the next try is theirs, and a good one clears the count. */
	faulty_script(PAD);
	assert_ok(open_and_sign("object=main", &giver, false, test_error()));
	assert_int_equal(giver.asked, 0);
	assert_int_equal(faulty_calls("C_Login"), 2);
}

static void
the_last_try_at_a_pad_needs_a_confirmation_too(void **state)
{
	pin_giver  giver = {0};
	exs_error *error = test_error();

	(void)state;
	faulty_script("C_GetTokenInfo 0 flags 0x20100\nC_Login 0 pad\n");
	assert_int_equal(open_and_sign("object=main", &giver, false, error), EXS_PIN);
	assert_non_null(strstr(exs_error_why(error), "CKF_USER_PIN_FINAL_TRY"));
	assert_fails(EXS_PIN, error, E_PIN_LAST_TRY);
	assert_int_equal(faulty_calls("C_Login"), 0);
}

int
main(void)
{
	static const char *const keys[] = {"label=main,id=01,type=p256",
	                                   "label=strict,id=02,type=p256,always-auth", NULL};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(at_a_pad_nobody_is_asked_and_no_pin_is_sent, use_pad),
		cmocka_unit_test_setup(each_signature_of_a_strict_key_is_typed_at_the_pad, use_pad),
		cmocka_unit_test_setup(without_a_pad_the_source_is_asked_for_both, use_pad),
		cmocka_unit_test_setup(a_wrong_pin_at_the_pad_is_counted_and_not_repeated, use_pad),
		cmocka_unit_test_setup(the_last_try_at_a_pad_needs_a_confirmation_too, use_pad),
	};

	softhsm_make(&hsm, "pad", NULL, keys);
	faulty_use(&hsm);
	return cmocka_run_group_tests_name("signer_pad", tests, NULL, NULL);
}
