/* Devices that fail, lose things, are slow or never answer: against SoftHSM behind a module that does so on a script. */
#include "base/moment.h"
#include "support/faulty.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static softhsm hsm;

static int
make(void **state)
{
	static const char *const keys[] = {"label=main,id=01,type=p256",
	                                   "label=rsa,id=02", "label=strict,id=03,type=p256,always-auth",
	                                   NULL};

	(void)state;
	softhsm_make(&hsm, "faulty", NULL, keys);
	faulty_use(&hsm);
	return 0;
}

static exs_signer *
open_main(int64_t deadline_ms)
{
	return opened(&hsm, (wish){.uri = faulty_uri(&hsm, "object=main"), .deadline_ms = deadline_ms});
}

static exs_status
sign(exs_signer *signer, exs_error *error)
{
	unsigned char signature[1024];
	size_t        len = sizeof signature;

	exs_error_clear(error);
	return exs_signer_sign(signer, (const unsigned char *)"a.b", 3, signature, &len, error);
}

static void
assert_signs(exs_signer *signer)
{
	exs_error *error = test_error();

	if (sign(signer, error) != EXS_OK)
		fail_msg("%s %s (%s)", exs_error_code(error), exs_error_message(error),
		         exs_error_why(error));
}

static void
what_was_lost_is_found_again_once(void **state)
{
	/* Session closed, handle unknown, device removed, token absent, device error, object and key handle unknown. */
	static const char *const losses[] = {"0xB0", "0xB3", "0x32", "0xE0", "0x30", "0x82", "0x60"};
	exs_signer *signer = open_main(0);

	(void)state;
	for (size_t i = 0; i < sizeof losses / sizeof losses[0]; i++) {
		char script[64];

		snprintf(script, sizeof script, "C_Sign 1 fail %s\n", losses[i]);
		assert_signs(signer);
		test_log_clear();
		faulty_script(script);
		assert_signs(signer);
		assert_int_equal(test_log_count("lost"), 1);
		assert_int_equal(test_log_count("reopened"), 1);
		assert_int_equal(test_log_count("signed"), 1);
	}
	exs_signer_free(signer);
}

static void
what_stays_lost_is_an_error_that_names_the_code(void **state)
{
	exs_signer *signer = open_main(0);
	exs_error  *error = test_error();

	(void)state;
	faulty_script("C_Sign 0 fail 0x30\n");
	assert_int_equal(sign(signer, error), EXS_DEVICE);
	assert_string_equal(exs_error_native(error), "CKR_DEVICE_ERROR");
	assert_int_equal(faulty_calls("C_Sign"), 2);
	faulty_script("");
	assert_signs(signer);
	exs_signer_free(signer);
}

static void
a_token_that_is_gone_is_an_error_until_it_is_back(void **state)
{
	exs_signer *signer = open_main(0);
	exs_error  *error = test_error();

	(void)state;
	faulty_script("C_Sign 0 fail 0x32\nC_GetTokenInfo 0 fail 0xE0\nC_OpenSession 0 fail 0xE0\n");
	assert_fails(sign(signer, error), error, E_TOKEN_ABSENT);
	assert_fails(sign(signer, error), error, E_TOKEN_ABSENT);
	faulty_script("");
	assert_signs(signer);
	exs_signer_free(signer);
}

static void
somebody_who_logged_us_out_costs_one_login(void **state)
{
	exs_signer *signer = open_main(0);

	(void)state;
	assert_signs(signer);
	assert_int_equal(faulty_calls("C_Login"), 1);
	faulty_script("C_SignInit 1 fail 0x101\n");
	assert_signs(signer);
	assert_int_equal(faulty_calls("C_Login"), 2);
	faulty_script("C_SignInit 0 fail 0x101\n");
	assert_int_equal(sign(signer, test_error()), EXS_PIN);
	assert_int_equal(faulty_calls("C_Login"), 3);
	exs_signer_free(signer);
}

static void
a_touch_that_was_missed_costs_no_login(void **state)
{
	exs_signer *signer = open_main(0);
	exs_error  *error = test_error();

	(void)state;
	assert_signs(signer);
	/* The module waits for a touch, then answers as a token does that nobody touched. */
	faulty_script("C_Sign 1 slowfail 0x101\n");
	assert_fails(sign(signer, error), error, E_TOUCH);
	assert_int_equal(faulty_calls("C_Login"), 1);
	assert_int_equal(test_log_count("touch the token"), 1);
	exs_signer_free(signer);
}

static void
a_slow_signature_asks_for_a_touch(void **state)
{
	exs_signer *signer = open_main(0);

	(void)state;
	assert_signs(signer);
	assert_int_equal(test_log_count("touch the token"), 0);
	faulty_script("C_Sign 1 delay 1800\n");
	assert_signs(signer);
	assert_int_equal(test_log_count("touch the token"), 1);
	assert_non_null(strstr(test_log_last("touch the token"), "2 hsm token=faulty"));
	exs_signer_free(signer);
}

static void
an_operation_that_was_left_over_costs_a_session_only(void **state)
{
	exs_signer *signer = open_main(0);

	(void)state;
	assert_signs(signer);
	faulty_script("C_SignInit 1 fail 0x90\n");
	assert_signs(signer);
	assert_int_equal(test_log_count("reopened"), 0);
	assert_int_equal(faulty_calls("C_Login"), 1);
	exs_signer_free(signer);
}

static void
a_module_that_wants_more_room_is_asked_twice(void **state)
{
	exs_signer *signer = open_main(0);

	(void)state;
	faulty_script("C_Sign 1 fail 0x150\n");
	assert_signs(signer);
	assert_int_equal(faulty_calls("C_Sign"), 2);
	exs_signer_free(signer);
}

static void
another_mechanism_is_not_tried_after_other_errors(void **state)
{
	exs_signer *signer = opened(&hsm, (wish){.uri = faulty_uri(&hsm, "object=rsa")});
	exs_error  *error = test_error();

	(void)state;
	faulty_script("C_SignInit 1 fail 0x5\n");
	assert_fails(sign(signer, error), error, E_DEVICE);
	assert_int_equal(faulty_calls("C_SignInit"), 1);
	faulty_script("C_SignInit 1 fail 0x70\nC_SignInit 2 fail 0x71\n");
	assert_signs(signer);
	assert_string_equal(exs_signer_describe(signer)->mechanism, "CKM_RSA_X_509");
	exs_signer_free(signer);
}

static void
a_wrong_signature_is_found_before_anybody_sees_it(void **state)
{
	exs_signer   *signer = open_main(0);
	unsigned char signature[1024];
	static const unsigned char nothing[64];
	size_t        len = sizeof signature;
	exs_error    *error = test_error();

	(void)state;
	faulty_script("C_Sign 0 spoil\n");
	assert_fails(exs_signer_sign(signer, (const unsigned char *)"x", 1, signature, &len, error), error,
	             E_SIGNATURE);
	assert_int_equal(len, sizeof signature);
	assert_memory_equal(signature, nothing, sizeof nothing);
	faulty_script("");
	assert_signs(signer);
	exs_signer_free(signer);
}

static void
a_code_of_the_maker_is_shown_as_it_came(void **state)
{
	exs_signer *signer = open_main(0);
	exs_error  *error = test_error();

	(void)state;
	faulty_script("C_Sign 0 fail 0x80000123\n");
	assert_int_equal(sign(signer, error), EXS_DEVICE);
	assert_string_equal(exs_error_native(error), "0x80000123");
	exs_signer_free(signer);
}

static void
flags_of_the_pin_are_believed(void **state)
{
	static const struct {
		const char *script;
		error_id    id;
	} rows[] = {
		{"C_GetTokenInfo 0 flags 0x40000\n", E_PIN_LOCKED},
		{"C_GetTokenInfo 0 flags 0x20000\n", E_PIN_LAST_TRY},
		{"C_GetTokenInfo 0 flags 0x10000\n", E_PIN_COUNT_LOW},
		{"C_GetTokenInfo 0 flags 0x80000\n", E_PIN_EXPIRED},
		{"C_GetTokenInfo 0 mask 0x8\n", E_PIN_UNSET},
		{"C_Login 1 fail 0xA4\n", E_PIN_LOCKED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		faulty_forget();
		faulty_script(rows[i].script);
		assert_refused(&hsm, rows[i].id, .uri = faulty_uri(&hsm, "object=main"));
		assert_int_equal(faulty_calls("C_Login"), rows[i].script[2] == 'L' ? 1 : 0);
	}
}

static void
a_person_who_confirms_may_use_the_last_try(void **state)
{
	pin_giver giver = {0};
	exs_signer_options options = softhsm_options(&hsm, faulty_uri(&hsm, "object=main"), &giver);
	exs_signer *signer = NULL;
	exs_error  *error = test_error();

	(void)state;
	faulty_script("C_GetTokenInfo 0 flags 0x20000\n");
	options.last_try = true;
	assert_fails(exs_signer_open(test_context(), &options, &signer, error), error, E_PIN_LAST_TRY);
	options.pin.attended = true;
	options.last_try = false;
	giver.asked = 0;
	assert_fails(exs_signer_open(test_context(), &options, &signer, error), error, E_PIN_LAST_TRY);
	assert_int_equal(giver.asked, 0);
	assert_int_equal(faulty_calls("C_Login"), 0);
	options.last_try = true;
	assert_ok(exs_signer_open(test_context(), &options, &signer, error));
	assert_true(giver.last.final_try);
	exs_signer_free(signer);
}

static void
a_reader_with_keys_of_its_own_is_not_given_a_pin(void **state)
{
	pin_giver giver = {0};
	exs_signer_options options = softhsm_options(&hsm, faulty_uri(&hsm, "object=main"), &giver);
	exs_signer *signer = NULL;
	exs_error  *error = test_error();

	(void)state;
	/* Cancelled at the reader: no PIN was tried, so nothing is held against the next one. */
	faulty_script("C_GetTokenInfo 0 flags 0x100\nC_Login 0 fail 0x50\n");
	for (int i = 1; i <= 3; i++) {
		assert_fails(exs_signer_open(test_context(), &options, &signer, error), error, E_INTERRUPTED);
		assert_int_equal(test_log_count("enter the PIN on the reader"), i);
	}
	assert_int_equal(giver.asked, 0);
	faulty_script("");
	assert_ok(exs_signer_open(test_context(), &options, &signer, error));
	exs_signer_free(signer);
}

static const char spy[] = "/usr/lib/x86_64-linux-gnu/pkcs11-spy.so";

/* In a process of its own, which leaves at once: the spy loses memory. */
static int
open_through_a_spy(void *self)
{
	(void)self;
	setenv("PKCS11SPY", SOFTHSM_MODULE, 1);
	setenv("PKCS11SPY_OUTPUT", test_path("spied"), 1);
	assert_refused(&hsm, E_MODULE_LOGS, .uri = softhsm_uri_of(&hsm, "object=main", spy));
	_exit(test_log_count("login") == 0 ? 7 : 1);
}

static void
a_module_that_writes_down_its_calls_gets_no_pin(void **state)
{
	(void)state;
	if (access(spy, R_OK) < 0)
		skip();
	assert_int_equal(test_in_process(open_through_a_spy, NULL), 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_was_lost_is_found_again_once, faulty_quiet),
		cmocka_unit_test_setup(what_stays_lost_is_an_error_that_names_the_code, faulty_quiet),
		cmocka_unit_test_setup(a_token_that_is_gone_is_an_error_until_it_is_back, faulty_quiet),
		cmocka_unit_test_setup(somebody_who_logged_us_out_costs_one_login, faulty_quiet),
		cmocka_unit_test_setup(a_touch_that_was_missed_costs_no_login, faulty_quiet),
		cmocka_unit_test_setup(a_slow_signature_asks_for_a_touch, faulty_quiet),
		cmocka_unit_test_setup(an_operation_that_was_left_over_costs_a_session_only, faulty_quiet),
		cmocka_unit_test_setup(a_module_that_wants_more_room_is_asked_twice, faulty_quiet),
		cmocka_unit_test_setup(another_mechanism_is_not_tried_after_other_errors, faulty_quiet),
		cmocka_unit_test_setup(a_wrong_signature_is_found_before_anybody_sees_it, faulty_quiet),
		cmocka_unit_test_setup(a_code_of_the_maker_is_shown_as_it_came, faulty_quiet),
		cmocka_unit_test_setup(a_person_who_confirms_may_use_the_last_try, faulty_quiet),
		cmocka_unit_test_setup(a_reader_with_keys_of_its_own_is_not_given_a_pin, faulty_quiet),
		cmocka_unit_test_setup(a_module_that_writes_down_its_calls_gets_no_pin, faulty_quiet),
		/* Last: a locked PIN ends the logins of this process. */
		cmocka_unit_test_setup(flags_of_the_pin_are_believed, faulty_quiet),
	};

	return cmocka_run_group_tests_name("signer_faults", tests, make, NULL);
}
