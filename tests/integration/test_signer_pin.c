/* A PIN is never burnt: against SoftHSM, each case with a token of its own. */
#include "support/softhsm.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const one_key[] = {"label=main,id=01,type=p256", NULL};
static const char        wrong[] = "999999";

/* Opens a signer in this process; the code of the error, E_NONE for success. */
static error_id
open_once(softhsm *hsm, pin_giver *giver, const exs_signer_options *options)
{
	exs_signer *signer = NULL;
	exs_error  *error = test_error();
	error_id    id = E_NONE;

	(void)hsm;
	(void)giver;
	if (exs_signer_open(test_context(), options, &signer, error) != EXS_OK)
		id = error_identity(error);
	exs_signer_free(signer);
	return id;
}

/* What one process does. */
typedef struct attempt {
	softhsm    *hsm;
	const char *pin;
	bool        attended, forget, last_try, no_state;
	int         asked; /* only in this process */
} attempt;

static error_id
run(const attempt *a)
{
	pin_giver giver = {.pin = a->pin == NULL ? a->hsm->pin : a->pin};
	exs_signer_options options = softhsm_options(a->hsm, softhsm_uri(a->hsm, "object=main"), &giver);

	options.alg = EXS_ALG_ES256;
	options.pin.attended = a->attended;
	options.forget_pin_failure = a->forget;
	options.last_try = a->last_try;
	if (a->no_state)
		options.state_directory = NULL;
	return open_once(a->hsm, &giver, &options);
}

static int
run_process(void *self)
{
	return (int)run(self);
}

static error_id
in_process(attempt a)
{
	int code = test_in_process(run_process, &a);

	assert_true(code >= 0);
	return (error_id)code;
}

static unsigned
failures_on_file(const softhsm *hsm)
{
	char     command[900], line[64] = "";
	unsigned failures = 0;
	FILE    *found;

	snprintf(command, sizeof command, "cat %s/pin-*[0-9a-f] 2>/dev/null | grep failures", hsm->state);
	found = popen(command, "r");
	assert_non_null(found);
	if (fgets(line, sizeof line, found) == NULL)
		snprintf(line, sizeof line, "failures 0"); /* nothing to remember is no file */
	pclose(found);
	assert_int_equal(sscanf(line, "failures %u", &failures), 1);
	return failures;
}

static void
a_wrong_pin_is_sent_once_and_then_refused_unsent(void **state)
{
	softhsm hsm;

	(void)state;
	softhsm_make(&hsm, "wrong", NULL, one_key);
	assert_int_equal(in_process((attempt){.hsm = &hsm, .pin = wrong}), E_PIN_WRONG);
	assert_int_equal(failures_on_file(&hsm), 1);
	for (int i = 0; i < 3; i++)
		assert_int_equal(in_process((attempt){.hsm = &hsm, .pin = wrong}), E_PIN_KNOWN_BAD);
	assert_int_equal(in_process((attempt){.hsm = &hsm, .pin = wrong, .attended = true}),
	                 E_PIN_KNOWN_BAD);
	assert_int_equal(failures_on_file(&hsm), 1);
}

static void
a_good_login_by_a_person_clears_the_memory(void **state)
{
	softhsm hsm;

	(void)state;
	softhsm_make(&hsm, "clears", NULL, one_key);
	assert_int_equal(in_process((attempt){.hsm = &hsm, .pin = wrong}), E_PIN_WRONG);
	/* SoftHSM shows CKF_USER_PIN_COUNT_LOW now: a stored PIN is not risked, be it the right one. */
	assert_int_equal(in_process((attempt){.hsm = &hsm}), E_PIN_COUNT_LOW);
	assert_int_equal(in_process((attempt){.hsm = &hsm, .attended = true}), E_NONE);
	assert_int_equal(failures_on_file(&hsm), 0);
	assert_int_equal(in_process((attempt){.hsm = &hsm}), E_NONE);
	assert_int_equal(in_process((attempt){.hsm = &hsm, .pin = wrong}), E_PIN_WRONG);
}

static void
a_person_may_say_that_a_failed_pin_is_right_now(void **state)
{
	softhsm hsm;

	(void)state;
	softhsm_make(&hsm, "forget", NULL, one_key);
	assert_int_equal(in_process((attempt){.hsm = &hsm, .pin = wrong}), E_PIN_WRONG);
	assert_int_equal(in_process((attempt){.hsm = &hsm, .pin = wrong, .attended = true}),
	                 E_PIN_KNOWN_BAD);
	assert_int_equal(in_process((attempt){.hsm = &hsm, .pin = wrong, .attended = true,
	                                      .forget = true}), E_PIN_WRONG);
	assert_int_equal(failures_on_file(&hsm), 2);
}

static void
a_process_that_was_refused_once_sends_no_other_pin(void **state)
{
	softhsm hsm;

	(void)state;
	softhsm_make(&hsm, "once", NULL, one_key);
	assert_int_equal(run(&(attempt){.hsm = &hsm, .pin = wrong}), E_PIN_WRONG);
	assert_int_equal(run(&(attempt){.hsm = &hsm, .attended = true}), E_PIN_KNOWN_BAD);
	assert_int_equal(in_process((attempt){.hsm = &hsm, .attended = true}), E_PIN_KNOWN_BAD);
}

static void
many_processes_at_once_cost_one_try(void **state)
{
	enum { PROCESSES = 100 };
	softhsm  hsm;
	attempt  a = {.hsm = &hsm, .pin = wrong};
	pid_t    children[PROCESSES];
	unsigned tried = 0, refused = 0;

	(void)state;
	softhsm_make(&hsm, "many", NULL, one_key);
	for (int i = 0; i < PROCESSES; i++) {
		children[i] = fork();
		if (children[i] == 0)
			exit((int)run(&a));
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status;

		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_true(WIFEXITED(status));
		tried += WEXITSTATUS(status) == E_PIN_WRONG;
		refused += WEXITSTATUS(status) == E_PIN_KNOWN_BAD;
	}
	assert_int_equal(tried, 1);
	assert_int_equal(refused, PROCESSES - 1);
	assert_int_equal(failures_on_file(&hsm), 1);
}

static void
a_service_that_restarts_a_hundred_times_costs_one_try(void **state)
{
	softhsm hsm;

	(void)state;
	softhsm_make(&hsm, "restarts", NULL, one_key);
	assert_int_equal(in_process((attempt){.hsm = &hsm, .pin = wrong}), E_PIN_WRONG);
	for (int i = 1; i < 100; i++)
		assert_int_equal(in_process((attempt){.hsm = &hsm, .pin = wrong}), E_PIN_KNOWN_BAD);
	assert_int_equal(failures_on_file(&hsm), 1);
}

static void
an_unattended_source_needs_a_memory(void **state)
{
	softhsm hsm;

	(void)state;
	softhsm_make(&hsm, "memory", NULL, one_key);
	assert_int_equal(in_process((attempt){.hsm = &hsm, .no_state = true}), E_PIN_MEMORY);
	assert_int_equal(in_process((attempt){.hsm = &hsm, .no_state = true, .attended = true}), E_NONE);
	assert_int_equal(mkdir(hsm.state, 0700), 0);
	assert_int_equal(chmod(hsm.state, 0777), 0);
	assert_int_equal(in_process((attempt){.hsm = &hsm}), E_PIN_MEMORY);
	assert_int_equal(in_process((attempt){.hsm = &hsm, .attended = true}), E_NONE);
	assert_int_equal(chmod(hsm.state, 0700), 0);
	assert_int_equal(in_process((attempt){.hsm = &hsm}), E_NONE);
}

static void
the_memory_holds_no_pin_and_is_private(void **state)
{
	softhsm     hsm;
	struct stat st;
	char        command[900];

	(void)state;
	softhsm_make(&hsm, "private", NULL, one_key);
	assert_int_equal(in_process((attempt){.hsm = &hsm, .pin = wrong}), E_PIN_WRONG);
	assert_int_equal(stat(hsm.state, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	snprintf(command, sizeof command, "! grep -rq %s %s && ! find %s -type f -perm /077 | grep -q .",
	         wrong, hsm.state, hsm.state);
	assert_int_equal(system(command), 0);
}

static void
a_damaged_memory_is_not_trusted(void **state)
{
	softhsm hsm;
	char    command[900];

	(void)state;
	softhsm_make(&hsm, "damaged", NULL, one_key);
	assert_int_equal(in_process((attempt){.hsm = &hsm, .pin = wrong}), E_PIN_WRONG);
	snprintf(command, sizeof command, "for f in %s/pin-*[0-9a-f]; do echo nonsense > $f; done",
	         hsm.state);
	assert_int_equal(system(command), 0);
	assert_int_equal(in_process((attempt){.hsm = &hsm}), E_PIN_MEMORY);
	assert_int_equal(in_process((attempt){.hsm = &hsm, .attended = true}), E_NONE);
}

static void
a_pin_of_a_wrong_length_or_with_a_nul_is_not_sent(void **state)
{
	softhsm   hsm;
	pin_giver giver = {0};
	exs_signer_options options;
	exs_signer *signer = NULL;
	exs_error  *error = test_error();

	(void)state;
	softhsm_make(&hsm, "length", NULL, one_key);
	options = softhsm_options(&hsm, softhsm_uri(&hsm, "object=main"), &giver);
	giver.pin = "123";
	assert_fails(exs_signer_open(test_context(), &options, &signer, error), error, E_PIN_LENGTH);
	giver.pin = "";
	assert_fails(exs_signer_open(test_context(), &options, &signer, error), error, E_PIN_LENGTH);
	giver.refuse = EXS_PIN;
	assert_fails(exs_signer_open(test_context(), &options, &signer, error), error, E_PIN_NONE);
	options.pin.ask = NULL;
	assert_fails(exs_signer_open(test_context(), &options, &signer, error), error, E_PIN_NONE);
	assert_null(signer);
	assert_int_equal(test_log_count("login"), 0);
}

static void
the_source_is_told_what_the_pin_is_for(void **state)
{
	softhsm   hsm;
	pin_giver giver = {0};
	exs_signer_options options;
	exs_signer *signer = NULL;

	(void)state;
	softhsm_make(&hsm, "told", NULL, one_key);
	assert_int_equal(in_process((attempt){.hsm = &hsm, .pin = wrong}), E_PIN_WRONG);
	options = softhsm_options(&hsm, softhsm_uri(&hsm, "object=main"), &giver);
	options.pin.attended = true;
	assert_ok(exs_signer_open(test_context(), &options, &signer, test_error()));
	assert_int_equal(giver.asked, 1);
	assert_true(giver.last.count_low);
	assert_false(giver.last.final_try);
	assert_int_equal(giver.last.failures_known, 1);
	assert_int_equal(giver.last.minimum_length, 4);
	assert_int_equal(giver.last.maximum_length, 255);
	exs_signer_free(signer);
}

static void
a_second_signer_of_the_process_needs_no_second_login(void **state)
{
	softhsm   hsm;
	pin_giver giver = {0};
	exs_signer_options options;
	exs_signer *one = NULL, *two = NULL;
	unsigned char signature[1024];
	size_t len = sizeof signature;

	(void)state;
	softhsm_make(&hsm, "second", NULL, one_key);
	options = softhsm_options(&hsm, softhsm_uri(&hsm, "object=main"), &giver);
	assert_ok(exs_signer_open(test_context(), &options, &one, test_error()));
	assert_ok(exs_signer_open(test_context(), &options, &two, test_error()));
	assert_int_equal(giver.asked, 1);
	exs_signer_free(one);
	assert_ok(exs_signer_sign(two, (const unsigned char *)"x", 1, signature, &len, test_error()));
	assert_int_equal(len, 64);
	exs_signer_free(two);
}

static void
a_pin_in_the_uri_is_refused(void **state)
{
	exs_signer_options options = {.size = sizeof options};
	exs_signer *signer = NULL;
	exs_error  *error = test_error();

	(void)state;
	options.key_uri = "pkcs11:token=x?pin-value=123456";
	assert_int_equal(exs_signer_open(test_context(), &options, &signer, error), EXS_CONFIG);
	assert_null(strstr(exs_error_message(error), "123456"));
	assert_fails(EXS_CONFIG, error, E_PIN_IN_URI);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wrong_pin_is_sent_once_and_then_refused_unsent),
		cmocka_unit_test(a_good_login_by_a_person_clears_the_memory),
		cmocka_unit_test(a_person_may_say_that_a_failed_pin_is_right_now),
		cmocka_unit_test(a_process_that_was_refused_once_sends_no_other_pin),
		cmocka_unit_test(many_processes_at_once_cost_one_try),
		cmocka_unit_test(a_service_that_restarts_a_hundred_times_costs_one_try),
		cmocka_unit_test(an_unattended_source_needs_a_memory),
		cmocka_unit_test(the_memory_holds_no_pin_and_is_private),
		cmocka_unit_test(a_damaged_memory_is_not_trusted),
		cmocka_unit_test(a_pin_of_a_wrong_length_or_with_a_nul_is_not_sent),
		cmocka_unit_test(the_source_is_told_what_the_pin_is_for),
		cmocka_unit_test(a_second_signer_of_the_process_needs_no_second_login),
		cmocka_unit_test(a_pin_in_the_uri_is_refused),
	};

	return cmocka_run_group_tests_name("signer_pin", tests, NULL, NULL);
}
