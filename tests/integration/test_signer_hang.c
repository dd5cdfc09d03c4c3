/* Devices that never answer: the caller goes on, the process ends. Against SoftHSM behind a module that hangs on a script. */
#include "base/context.h"
#include "support/faulty.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { DEADLINE_MS = 400 };

static softhsm hsm;

static int
make(void **state)
{
	static const char *const keys[] = {"label=main,id=01,type=p256", NULL};

	(void)state;
	softhsm_make(&hsm, "hanging", NULL, keys);
	faulty_use(&hsm);
	return 0;
}

static exs_status
sign(exs_signer *signer, exs_error *error)
{
	unsigned char signature[1024];
	size_t        len = sizeof signature;

	exs_error_clear(error);
	return exs_signer_sign(signer, (const unsigned char *)"a.b", 3, signature, &len, error);
}

static exs_signer *
open_main(void)
{
	return opened(&hsm, (wish){.uri = faulty_uri(&hsm, "object=main"), .deadline_ms = DEADLINE_MS});
}

/* Until the call that was given up has come back; the test's own timeout ends a wait in vain. */
static void
wait_until_signing(exs_signer *signer)
{
	while (sign(signer, test_error()) != EXS_OK)
		assert_ok(context_sleep(test_context(), 20, NULL));
}

static void
a_signature_that_never_comes_is_an_error(void **state)
{
	exs_signer *signer = open_main();
	exs_error  *error = test_error();

	(void)state;
	faulty_script("C_Sign 1 hang\n");
	assert_int_equal(sign(signer, error), EXS_DEVICE);
	assert_non_null(strstr(exs_error_message(error), "did not come back from C_Sign"));
	assert_fails(EXS_DEVICE, error, E_DEVICE_DEADLINE);
	/* The module takes no further calls meanwhile. */
	faulty_forget();
	assert_fails(sign(signer, error), error, E_DEVICE_DEADLINE);
	assert_int_equal(faulty_calls("C_Sign"), 0);
	/* When it comes back after all, it is used again. */
	faulty_script("");
	wait_until_signing(signer);
	exs_signer_free(signer);
	assert_int_equal(test_log_count("module-left-open"), 0);
}

static int
forget_failed_pins(void)
{
	char command[400];

	snprintf(command, sizeof command, "rm -rf %s", hsm.state);
	return system(command);
}

/* Libraries clean up at exit while a thread still hangs in one: the thread sanitizer must not look at that. */
static int
leave(int code)
{
#ifdef __SANITIZE_THREAD__
	_exit(code);
#endif
	return code;
}

static int
die_in_a_hang(void *self)
{
	const char *function = self;
	char        script[64];
	exs_signer *signer = NULL;
	pin_giver   giver = {0};
	exs_signer_options options = softhsm_options(&hsm, faulty_uri(&hsm, "object=main"), &giver);
	exs_error  *error = test_error();
	exs_status  status;

	options.deadline_ms = DEADLINE_MS;
	snprintf(script, sizeof script, "%s 0 hang\n", function);
	if (strncmp(function, "C_Sign", 6) != 0 && strcmp(function, "C_Finalize") != 0 &&
	    strcmp(function, "C_CloseSession") != 0) {
		faulty_script(script);
		status = exs_signer_open(test_context(), &options, &signer, error);
	} else {
		status = exs_signer_open(test_context(), &options, &signer, error);
		faulty_script(script);
		if (status == EXS_OK)
			status = sign(signer, error);
	}
	exs_signer_free(signer);
	if (strcmp(function, "C_Finalize") == 0 || strcmp(function, "C_CloseSession") == 0)
		return leave(status == EXS_OK ? 7 : 1);
	return leave(error_is(error, E_DEVICE_DEADLINE) ? 7 : 2);
}

static void
the_process_ends_with_its_own_exit_code_wherever_the_module_hangs(void **state)
{
	static const char *const functions[] = {
		"C_Initialize", "C_GetSlotList",       "C_GetTokenInfo", "C_OpenSession",
		"C_Login",      "C_FindObjectsInit",   "C_GetAttributeValue",
		"C_SignInit",   "C_Sign",              "C_CloseSession", "C_Finalize",
	};

	(void)state;
	for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
		char function[32];
		int  code;

		faulty_quiet(NULL);
		snprintf(function, sizeof function, "%s", functions[i]);
		code = test_in_process(die_in_a_hang, function);
		/* A login that hangs counts as failed, so that it is not repeated blindly. */
		if (strcmp(function, "C_Login") == 0)
			assert_int_equal(forget_failed_pins(), 0);
		if (code != 7)
			fail_msg("%s: %d", function, code);
	}
}

static void
a_login_that_hangs_counts_as_failed(void **state)
{
	char function[] = "C_Login";

	(void)state;
	assert_int_equal(test_in_process(die_in_a_hang, function), 7);
	faulty_script("");
	assert_refused(&hsm, E_PIN_KNOWN_BAD, .uri = faulty_uri(&hsm, "object=main"));
	assert_int_equal(forget_failed_pins(), 0);
	exs_signer_free(open_main());
}

static void *
cancel_soon(void *self)
{
	(void)self;
	(void)!context_sleep(test_context(), 100, NULL);
	test_cancel(true);
	return NULL;
}

static void
giving_up_ends_the_wait(void **state)
{
	exs_signer *signer = opened(&hsm, (wish){.uri = faulty_uri(&hsm, "object=main")});
	exs_error  *error = test_error();
	pthread_t   thread;

	(void)state;
	faulty_script("C_Sign 1 hang\n");
	assert_int_equal(pthread_create(&thread, NULL, cancel_soon, NULL), 0);
	assert_fails(sign(signer, error), error, E_INTERRUPTED);
	pthread_join(thread, NULL);
	test_cancel(false);
	faulty_script("");
	wait_until_signing(signer);
	exs_signer_free(signer);
}

static void
giving_up_waits_for_a_call_that_is_about_to_end(void **state)
{
	exs_signer *signer = opened(&hsm, (wish){.uri = faulty_uri(&hsm, "object=main")});
	exs_error  *error = test_error();
	pthread_t   thread;

	(void)state;
	faulty_script("C_Sign 1 delay 500\n");
	assert_int_equal(pthread_create(&thread, NULL, cancel_soon, NULL), 0);
	assert_ok(sign(signer, error));
	pthread_join(thread, NULL);
	assert_fails(sign(signer, error), error, E_INTERRUPTED);
	test_cancel(false);
	exs_signer_free(signer);
	assert_int_equal(test_log_count("module-left-open"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_signature_that_never_comes_is_an_error, faulty_quiet),
		cmocka_unit_test_setup(the_process_ends_with_its_own_exit_code_wherever_the_module_hangs,
		                       faulty_quiet),
		cmocka_unit_test_setup(a_login_that_hangs_counts_as_failed, faulty_quiet),
		cmocka_unit_test_setup(giving_up_ends_the_wait, faulty_quiet),
		cmocka_unit_test_setup(giving_up_waits_for_a_call_that_is_about_to_end, faulty_quiet),
	};

	return cmocka_run_group_tests_name("signer_hang", tests, make, NULL);
}
