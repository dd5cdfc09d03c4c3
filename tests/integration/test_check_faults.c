/* What hsm check finds on modules that lie, fail, dawdle and hang. Against the faulty module. */
#include "support/faulty.h"
#include "support/findings.h"

#include <dirent.h>
#include <stdlib.h>
#include <time.h>

/* Static: too large for a stack under sanitizers. */
static findings all;

static softhsm hsm_of_faults;

static int
use_faulty(void **state)
{
	(void)state;
	faulty_script("");
	faulty_forget();
	return 0;
}

static exs_status
checked_with(const char *script, exs_error *error)
{
	pin_giver         giver = {0};
	exs_check_options options;

	faulty_script(script);
	options = findings_options(&hsm_of_faults, faulty_uri(&hsm_of_faults, ""), &giver);
	options.access.deadline_ms = 4000;
	return findings_make(&all, &options, error);
}

static void
a_wrong_signature_is_broken(void **state)
{
	(void)state;
	assert_ok(checked_with("C_Sign 0 spoil\n", test_error()));
	assert_string_equal(
		assert_finding(&all, EXS_CHECK_SIGNATURE, "ES256 CKM_ECDSA", EXS_CHECK_BROKEN)->value,
		"WRONG SIGNATURE");
	assert_finding(&all, EXS_CHECK_SIGNATURE, "ES256", EXS_CHECK_BROKEN);
	assert_finding(&all, EXS_CHECK_SESSIONS, "speed with 1", EXS_CHECK_NOT_TRIED);
}

static void
a_mechanism_that_is_listed_and_refused_is_doubtful(void **state)
{
	(void)state;
	assert_ok(checked_with("C_SignInit 1 fail 0x70\n", test_error()));
	assert_non_null(strstr(
		assert_finding(&all, EXS_CHECK_SIGNATURE, "ES256 CKM_ECDSA", EXS_CHECK_DOUBTFUL)->why,
		"lists the mechanism"));
	assert_finding(&all, EXS_CHECK_SIGNATURE, "ES256", EXS_CHECK_BROKEN);
}

static void
a_failed_signature_does_not_hold_up_the_next(void **state)
{
	(void)state;
	assert_ok(checked_with("C_Sign 1 fail 0x5\n", test_error()));
	assert_string_equal(
		assert_finding(&all, EXS_CHECK_SIGNATURE, "ES256 CKM_ECDSA", EXS_CHECK_DOUBTFUL)->value,
		"CKR_GENERAL_ERROR");
	assert_finding(&all, EXS_CHECK_SIGNATURE, "ES256 CKM_ECDSA_SHA256", EXS_CHECK_FINE);
	assert_finding(&all, EXS_CHECK_SIGNATURE, "ES256", EXS_CHECK_BROKEN);
	assert_finding(&all, EXS_CHECK_SESSIONS, "at once", EXS_CHECK_FINE);
}

static void
a_slow_signature_looks_like_a_touch_and_is_not_repeated(void **state)
{
	(void)state;
	test_log_clear();
	assert_ok(checked_with("C_Sign 0 delay 1700\n", test_error()));
	assert_finding(&all, EXS_CHECK_SIGNATURE, "touch", EXS_CHECK_DOUBTFUL);
	assert_int_equal(test_log_count("touch the token"), 1);
	assert_finding(&all, EXS_CHECK_SIGNATURE, "ES256 CKM_ECDSA_SHA256", EXS_CHECK_NOT_TRIED);
	assert_int_equal(faulty_calls("C_Sign"), 1);
}

static void
few_sessions_are_enough(void **state)
{
	(void)state;
	assert_ok(checked_with("C_GetTokenInfo 0 sessions 3\n", test_error()));
	assert_string_equal(assert_finding(&all, EXS_CHECK_SESSIONS, "limit", EXS_CHECK_FINE)->value, "3");
	assert_string_equal(assert_finding(&all, EXS_CHECK_SESSIONS, "at once", EXS_CHECK_FINE)->value,
	                    "3 of 3");
	/* One session only: signatures are made in the one that is logged in. */
	assert_ok(checked_with("C_OpenSession 2 fail 0xb1\nC_OpenSession 3 fail 0xb1\n", test_error()));
	assert_finding(&all, EXS_CHECK_SIGNATURE, "ES256", EXS_CHECK_FINE);
	assert_string_equal(
		assert_finding(&all, EXS_CHECK_SESSIONS, "at once", EXS_CHECK_DOUBTFUL)->value, "1 of 8");
}

static size_t
count_threads(void)
{
	DIR   *tasks = opendir("/proc/self/task");
	size_t n = 0;

	assert_non_null(tasks);
	while (readdir(tasks) != NULL)
		n++;
	closedir(tasks);
	return n;
}

/* A thread that came back from the module cleans up behind itself; that must be over when the process ends. */
static void
wait_for_threads(size_t until)
{
	for (int i = 0; i < 1000 && count_threads() > until; i++)
		nanosleep(&(struct timespec){.tv_nsec = 10 * 1000000}, NULL);
	assert_true(count_threads() <= until);
}

static void
a_module_that_hangs_is_reported_and_the_check_ends(void **state)
{
	exs_error *error = test_error();
	size_t     threads = count_threads();

	(void)state;
	assert_fails(checked_with("C_Sign 1 hang\n", error), error, E_DEVICE_DEADLINE);
	assert_string_equal(
		assert_finding(&all, EXS_CHECK_TOKEN, "the check ended here", EXS_CHECK_BROKEN)->value,
		"E-DEVICE-DEADLINE");
	faulty_script("");
	wait_for_threads(threads);
}

static void
a_locked_pin_is_told_and_nothing_is_sent(void **state)
{
	exs_error *error = test_error();

	(void)state;
	assert_fails(checked_with("C_GetTokenInfo 0 flags 0x40000\n", error), error, E_PIN_LOCKED);
	assert_string_equal(assert_finding(&all, EXS_CHECK_PIN, "tries left", EXS_CHECK_BROKEN)->value,
	                    "none");
	assert_fails(checked_with("C_GetTokenInfo 0 flags 0x20000\n", error), error, E_PIN_LAST_TRY);
	assert_string_equal(assert_finding(&all, EXS_CHECK_PIN, "tries left", EXS_CHECK_DOUBTFUL)->value,
	                    "one");
	assert_int_equal(faulty_calls("C_Login"), 0);
}

static void
signatures_per_second_are_measured(void **state)
{
	pin_giver         giver = {0};
	exs_check_options options =
		findings_options(&hsm_of_faults, faulty_uri(&hsm_of_faults, ""), &giver);

	(void)state;
	options.without_speed = false;
	assert_ok(findings_make(&all, &options, test_error()));
	for (const char *const *name = (const char *const[]){"speed with 1", "speed with 2", "speed with 4", NULL};
	     *name != NULL; name++) {
		const finding *f = assert_finding(&all, EXS_CHECK_SESSIONS, *name, EXS_CHECK_FINE);

		assert_true(strtol(f->value, NULL, 10) > 0);
	}
}

int
main(void)
{
	static const char *const keys[] = {"label=main,id=01,type=p256", NULL};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_wrong_signature_is_broken, use_faulty),
		cmocka_unit_test_setup(a_mechanism_that_is_listed_and_refused_is_doubtful, use_faulty),
		cmocka_unit_test_setup(a_failed_signature_does_not_hold_up_the_next, use_faulty),
		cmocka_unit_test_setup(a_slow_signature_looks_like_a_touch_and_is_not_repeated, use_faulty),
		cmocka_unit_test_setup(few_sessions_are_enough, use_faulty),
		cmocka_unit_test_setup(a_locked_pin_is_told_and_nothing_is_sent, use_faulty),
		cmocka_unit_test_setup(signatures_per_second_are_measured, use_faulty),
		cmocka_unit_test_setup(a_module_that_hangs_is_reported_and_the_check_ends, use_faulty),
	};

	softhsm_make(&hsm_of_faults, "faulty", NULL, keys);
	faulty_use(&hsm_of_faults);
	return cmocka_run_group_tests_name("check_faults", tests, NULL, NULL);
}
