/* A token that is pulled out, put into another slot, used by others; a process that forks or leaves: against SoftHSM. */
#include "base/context.h"
#include "support/faulty.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static softhsm hsm;

static int
make(void **state)
{
	static const char *const keys[] = {"label=main,id=01,type=p256", "label=bare,id=02,no-cert",
	                                   "label=strict,id=03,type=p256,always-auth", NULL};

	(void)state;
	softhsm_make(&hsm, "recovery", NULL, keys);
	faulty_use(&hsm);
	return 0;
}

static exs_signer *
open_key(const char *attributes)
{
	return opened(&hsm, (wish){.uri = faulty_uri(&hsm, attributes)});
}

static exs_status
sign(exs_signer *signer, exs_error *error)
{
	unsigned char signature[1024];
	size_t        len = sizeof signature;

	exs_error_clear(error);
	return exs_signer_sign(signer, (const unsigned char *)"a.b", 3, signature, &len, error);
}

/* One more signature, with so many more logins than there were. */
static void
assert_signs_after(exs_signer *signer, const char *script, unsigned logins)
{
	faulty_forget();
	test_log_clear();
	faulty_script(script);
	assert_int_equal(signed_length(signer), 64);
	assert_int_equal(faulty_calls("C_Login"), logins);
	faulty_script("");
}

static void
a_token_that_is_pulled_out_and_put_back_costs_one_login(void **state)
{
	static const char *const moments[] = {"C_SignInit 1 remove\n", "C_Sign 1 remove\n"};
	exs_signer *signer = open_key("object=main");

	(void)state;
	for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
		assert_signs_after(signer, moments[i], 1);
		assert_int_equal(test_log_count("lost"), 1);
		assert_int_equal(test_log_count("reopened"), 1);
	}
	assert_signs_after(signer, "", 0);
	exs_signer_free(signer);
}

static void
a_token_that_comes_back_in_another_slot_is_found_there(void **state)
{
	exs_signer *signer = open_key("object=main");

	(void)state;
	assert_signs_after(signer, "C_Sign 1 remove\nC_GetSlotList 0 move 64\n", 1);
	assert_int_equal(test_log_count("reopened"), 1);
	/* And back again. */
	assert_signs_after(signer, "C_Sign 1 remove\n", 1);
	exs_signer_free(signer);
}

static void
another_token_in_the_slot_is_not_taken_for_the_one_that_left(void **state)
{
	static const char *const same[] = {"label=main,id=01,type=p256", NULL};
	exs_signer *signer = open_key("object=main");
	exs_error  *error = test_error();

	(void)state;
	softhsm_add_token(&hsm, "visitor", same);
	faulty_script("C_Sign 1 remove\nC_GetTokenInfo 0 fail 0xE0\n");
	assert_fails(sign(signer, error), error, E_TOKEN_ABSENT);
	assert_int_equal(faulty_calls("C_Login"), 1);
	exs_signer_free(signer);
}

static void
another_program_that_logs_out_costs_one_login(void **state)
{
	exs_signer *signer = open_key("object=main");

	(void)state;
	assert_signs_after(signer, "C_SignInit 1 logout\n", 1);
	/* An operation that was begun comes to its end; the next one does not begin. */
	assert_signs_after(signer, "C_Sign 1 logout\n", 0);
	assert_signs_after(signer, "", 1);
	assert_signs_after(signer, "", 0);
	exs_signer_free(signer);
}

static void
a_key_with_a_pin_of_its_own_survives_all_of_it(void **state)
{
	exs_signer *signer = open_key("object=strict");

	(void)state;
	/* Its own login is one, the session's the other. */
	assert_signs_after(signer, "C_SignInit 1 remove\n", 2);
	assert_signs_after(signer, "C_SignInit 1 logout\n", 2);
	assert_signs_after(signer, "", 1);
	exs_signer_free(signer);
}

static void
a_module_that_was_closed_under_us_is_told_and_not_tried_again(void **state)
{
	exs_signer *signer = open_key("object=main");
	exs_error  *error = test_error();

	(void)state;
	faulty_script("C_SignInit 0 fail 0x190\n");
	faulty_forget();
	assert_int_equal(sign(signer, error), EXS_DEVICE);
	assert_string_equal(exs_error_native(error), "CKR_CRYPTOKI_NOT_INITIALIZED");
	assert_int_equal(faulty_calls("C_SignInit"), 1);
	assert_int_equal(faulty_calls("C_Login"), 0);
	faulty_script("");
	assert_int_equal(signed_length(signer), 64);
	exs_signer_free(signer);
}

typedef struct exit_row {
	const char *attributes, *script, *pin;
	int         status;
} exit_row;

/* Opens, signs and closes, as far as that goes; in a process of its own. */
static int
live_and_leave(void *self)
{
	const exit_row *row = self;
	exs_signer     *signer = NULL;
	pin_giver       giver = {.pin = row->pin};
	exs_signer_options options = softhsm_options(&hsm, faulty_uri(&hsm, row->attributes), &giver);
	exs_error      *error = test_error();
	exs_status      status = exs_signer_open(test_context(), &options, &signer, error);

	if (status == EXS_OK)
		status = sign(signer, error);
	exs_signer_free(signer);
	return (int)status;
}

static void
the_module_is_finalised_once_on_every_way_out(void **state)
{
	exit_row rows[] = {
		{"object=main", "", NULL, EXS_OK},
		{"object=nowhere", "", NULL, EXS_KEY},
		{"object=bare", "", NULL, EXS_KEY}, /* no certificate */
		{"serial=none", "", NULL, EXS_DEVICE},
		{"object=main", "C_OpenSession 0 fail 0x30\n", NULL, EXS_DEVICE},
		{"object=main", "C_Login 0 fail 0xE0\n", NULL, EXS_DEVICE},
		{"object=main", "C_FindObjectsInit 0 fail 0x30\n", NULL, EXS_DEVICE},
		{"object=main", "C_SignInit 0 fail 0x5\n", NULL, EXS_DEVICE},
		{"object=main", "C_Sign 0 fail 0x32\n", NULL, EXS_DEVICE},
		{"object=main", "C_Sign 0 spoil\n", NULL, EXS_KEY},
		{"object=main", "", "900001", EXS_PIN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		unsigned begun;

		faulty_forget();
		faulty_script(rows[i].script);
		if (test_in_process(live_and_leave, &rows[i]) != rows[i].status)
			fail_msg("row %zu ends otherwise", i);
		begun = faulty_calls("C_Initialize");
		/* A token that is not there is looked for twice, with the module started anew. */
		if (begun < 1 || begun > 2 || faulty_calls("C_Finalize") != begun)
			fail_msg("row %zu: initialised %u times, finalised %u times", i, begun,
			         faulty_calls("C_Finalize"));
	}
}

static int
use_what_the_parent_opened(void *self)
{
	exs_signer *signer = self;
	exs_error  *error = test_error();
	exs_status  status = sign(signer, error);
	bool        is_told = strstr(exs_error_message(error), "forked") != NULL &&
	               strstr(exs_error_fix(error), "after the fork") != NULL;

	exs_signer_free(signer);
	_exit(status == EXS_DEVICE && is_told ? 7 : 1);
}

static int
open_in_the_child(void *self)
{
	exs_signer *signer = self;
	exs_signer *own = open_key("object=main");
	size_t      len = signed_length(own);

	exs_signer_free(own);
	exs_signer_free(signer);
	_exit(len == 64 ? 7 : 1);
}

static void
a_forked_child_is_told_and_the_parent_goes_on(void **state)
{
	exs_signer *signer = open_key("object=main");

	(void)state;
	assert_int_equal(signed_length(signer), 64);
	faulty_forget();
	assert_int_equal(test_in_process(use_what_the_parent_opened, signer), 7);
	/* Nothing of the child reached the module: it ends no session of its parent. */
	assert_int_equal(faulty_calls("C_Sign") + faulty_calls("C_CloseSession") +
	                 faulty_calls("C_Finalize"), 0);
	assert_signs_after(signer, "", 0);
	exs_signer_free(signer);
}

static void
a_forked_child_may_open_the_device_for_itself(void **state)
{
	exs_signer *signer;

	(void)state;
#ifdef __SANITIZE_THREAD__
	skip(); /* it lets no child of a process with threads start threads of its own */
#endif
	signer = open_key("object=main");
	assert_int_equal(test_in_process(open_in_the_child, signer), 7);
	assert_signs_after(signer, "", 0);
	exs_signer_free(signer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_token_that_is_pulled_out_and_put_back_costs_one_login, faulty_quiet),
		cmocka_unit_test_setup(a_token_that_comes_back_in_another_slot_is_found_there, faulty_quiet),
		cmocka_unit_test_setup(another_program_that_logs_out_costs_one_login, faulty_quiet),
		cmocka_unit_test_setup(a_key_with_a_pin_of_its_own_survives_all_of_it, faulty_quiet),
		cmocka_unit_test_setup(a_module_that_was_closed_under_us_is_told_and_not_tried_again, faulty_quiet),
		cmocka_unit_test_setup(a_forked_child_is_told_and_the_parent_goes_on, faulty_quiet),
		cmocka_unit_test_setup(a_forked_child_may_open_the_device_for_itself, faulty_quiet),
		cmocka_unit_test_setup(another_token_in_the_slot_is_not_taken_for_the_one_that_left, faulty_quiet),
		/* Last: it leaves a wrong PIN behind. */
		cmocka_unit_test_setup(the_module_is_finalised_once_on_every_way_out, faulty_quiet),
	};

	return cmocka_run_group_tests_name("signer_recovery", tests, make, NULL);
}
