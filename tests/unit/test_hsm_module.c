/* Modules: which paths are trusted, what p11-kit's configuration names, what codes say. */
#include "hsm/ckr.h"
#include "hsm/modulepath.h"
#include "hsm/registry.h"
#include "support/test.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void
a_privileged_process_loads_no_module_that_others_can_change(void **state)
{
	char       path[600];
	exs_error *error = test_error();

	(void)state;
	snprintf(path, sizeof path, "%s", test_file("module.so", span_of("x"), 0755));
	assert_ok(modulepath_check(path, true, error));
	assert_int_equal(chmod(path, 0777), 0);
	assert_fails(modulepath_check(path, true, error), error, E_MODULE);
	assert_ok(modulepath_check(path, false, error));
	assert_int_equal(chmod(path, 0755), 0);
	/* The directory counts as well, and what a link points to. */
	assert_int_equal(chmod(test_path(""), 0777), 0);
	assert_fails(modulepath_check(path, true, error), error, E_MODULE);
	assert_int_equal(chmod(test_path(""), 0700), 0);
	assert_ok(modulepath_check(path, true, error));
}

static void
a_path_is_whole_or_a_bare_name(void **state)
{
	exs_error *error = test_error();

	(void)state;
	assert_ok(modulepath_check("opensc-pkcs11.so", true, error));
	assert_fails(modulepath_check("../evil.so", true, error), error, E_MODULE);
	assert_fails(modulepath_check("lib/x.so", false, error), error, E_MODULE);
	assert_int_equal(modulepath_check("/nowhere/x.so", false, error), EXS_DEVICE);
	assert_string_equal(exs_error_why(error), "No such file or directory");
}

static void
the_configuration_names_modules_once(void **state)
{
	EXS_SCOPED(registry) r = {0};
	char first[512], second[512];
	const char *directories[] = {first, second, "/nowhere/at/all", NULL};

	(void)state;
	snprintf(first, sizeof first, "%s", test_path("first"));
	snprintf(second, sizeof second, "%s", test_path("second"));
	assert_int_equal(mkdir(first, 0700), 0);
	assert_int_equal(mkdir(second, 0700), 0);
	test_file("first/a.module", span_of("# a comment\n module :  /usr/lib/a.so \ncritical: no\n"), 0644);
	test_file("first/empty.module", span_of("# nothing\n"), 0644);
	test_file("first/a.conf", span_of("module: x\n"), 0644);
	test_file("second/a.module", span_of("module: other.so\n"), 0644);
	test_file("second/b.module", span_of("module: b.so"), 0644);
	assert_ok(registry_read(directories, &r, test_error()));
	assert_int_equal(r.n, 2);
	assert_string_equal(r.at[0].name, "a");
	assert_string_equal(r.at[0].file, "/usr/lib/a.so");
	assert_string_equal(r.at[1].name, "b");
}

static void
every_code_has_a_name_a_sentence_and_a_status(void **state)
{
	exs_error *error = test_error();

	(void)state;
	assert_string_equal(ckr_print(CKR_PIN_LOCKED).at, "CKR_PIN_LOCKED");
	assert_string_equal(ckr_print(CKR_OK).at, "CKR_OK");
	assert_string_equal(ckr_print(0x80000001UL).at, "0x80000001");
	assert_int_equal(ckr_fail(error, CKR_PIN_LOCKED, "logging in"), EXS_PIN);
	assert_string_equal(exs_error_message(error), "the device has locked the PIN while logging in");
	assert_string_equal(exs_error_native(error), "CKR_PIN_LOCKED");
	exs_error_clear(error);
	assert_int_equal(ckr_fail(error, 0x80000001UL, "signing"), EXS_DEVICE);
	assert_non_null(strstr(exs_error_message(error), "0x80000001"));
	assert_null(ckr_sentence(0x80000001UL));
}

static void
losses_and_unfit_mechanisms_are_told_apart(void **state)
{
	(void)state;
	assert_true(ckr_is_loss(CKR_DEVICE_REMOVED));
	assert_false(ckr_is_loss(CKR_PIN_INCORRECT));
	assert_false(ckr_is_loss(CKR_CRYPTOKI_NOT_INITIALIZED));
	assert_true(ckr_is_unfit_mechanism(CKR_MECHANISM_INVALID));
	assert_false(ckr_is_unfit_mechanism(CKR_USER_NOT_LOGGED_IN));
	assert_false(ckr_is_unfit_mechanism(CKR_OK));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_privileged_process_loads_no_module_that_others_can_change),
		cmocka_unit_test(a_path_is_whole_or_a_bare_name),
		cmocka_unit_test(the_configuration_names_modules_once),
		cmocka_unit_test(every_code_has_a_name_a_sentence_and_a_status),
		cmocka_unit_test(losses_and_unfit_mechanisms_are_told_apart),
	};

	return cmocka_run_group_tests_name("hsm_module", tests, NULL, NULL);
}
