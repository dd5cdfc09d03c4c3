/* The memory of failed PINs: what it knows, what it forgets, what it refuses to be. */
#include "base/context.h"
#include "base/file.h"
#include "hsm/pinmemory.h"
#include "support/softhsm.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static secret *
pin(const char *text)
{
	secret *s = NULL;

	assert_ok(secret_new(span_of(text), &s, test_error()));
	return s;
}

static token_identity
identity(const char *name)
{
	token_identity i = {.hash = {1}};

	snprintf(i.name, sizeof i.name, "%s", name);
	memcpy(i.hash, name, strlen(name));
	return i;
}

static pinmemory *
opened_memory(const char *directory, const char *name)
{
	pinmemory     *m = NULL;
	token_identity i = identity(name);
	exs_error     *error = test_error();

	if (pinmemory_open(test_context(), directory, &i, 1000, &m, error) != EXS_OK)
		fail_msg("%s: %s", exs_error_message(error), exs_error_why(error));
	return m;
}

static void
a_failed_pin_is_known_to_the_next_process(void **state)
{
	const char *directory = test_path("known");
	EXS_AUTO(secret) *bad = pin("4711"), *other = pin("4712");

	(void)state;
	{
		EXS_AUTO(pinmemory) *m = opened_memory(directory, "one");

		assert_int_equal(pinmemory_failures(m), 0);
		assert_false(pinmemory_knows(m, bad));
		assert_ok(pinmemory_note(m, bad, test_error()));
	}
	{
		EXS_AUTO(pinmemory) *m = opened_memory(directory, "one");
		EXS_AUTO(pinmemory) *stranger = opened_memory(directory, "two");
		token_identity i = identity("one");

		assert_true(pinmemory_knows(m, bad));
		assert_false(pinmemory_knows(m, other));
		assert_int_equal(pinmemory_failures(m), 1);
		assert_int_equal(pinmemory_peek(directory, &i), 1);
		assert_false(pinmemory_knows(stranger, bad));
	}
}

static void
several_failed_pins_are_known_and_each_failure_counts(void **state)
{
	EXS_AUTO(pinmemory) *m = opened_memory(test_path("several"), "one");
	EXS_AUTO(secret) *first = pin("0");
	char text[16];

	(void)state;
	for (int i = 0; i < 8; i++) {
		EXS_AUTO(secret) *bad = NULL;

		snprintf(text, sizeof text, "%d", i);
		bad = pin(text);
		assert_ok(pinmemory_note(m, bad, test_error()));
	}
	assert_ok(pinmemory_note(m, first, test_error()));
	assert_ok(pinmemory_note(m, NULL, test_error()));
	assert_true(pinmemory_knows(m, first));
	assert_int_equal(pinmemory_failures(m), 10);
}

static void
success_forgets_and_an_untried_pin_is_restored(void **state)
{
	EXS_AUTO(pinmemory) *m = opened_memory(test_path("forgets"), "one");
	EXS_AUTO(secret) *bad = pin("4711"), *untried = pin("4712");

	(void)state;
	assert_ok(pinmemory_note(m, bad, test_error()));
	assert_ok(pinmemory_note(m, untried, test_error()));
	assert_ok(pinmemory_restore(m, test_error()));
	assert_true(pinmemory_knows(m, bad));
	assert_false(pinmemory_knows(m, untried));
	assert_int_equal(pinmemory_failures(m), 1);
	assert_ok(pinmemory_clear(m, test_error()));
	assert_false(pinmemory_knows(m, bad));
	assert_int_equal(pinmemory_failures(m), 0);
}

static void
only_one_at_a_time_may_log_in(void **state)
{
	const char    *directory = test_path("one-at-a-time");
	EXS_AUTO(pinmemory) *m = opened_memory(directory, "one");
	pinmemory     *second = NULL;
	token_identity i = identity("one");
	exs_error     *error = test_error();

	(void)state;
	assert_non_null(m);
	assert_fails(pinmemory_open(test_context(), directory, &i, 0, &second, error), error, E_PIN_MEMORY);
	test_cancel(true);
	assert_fails(pinmemory_open(test_context(), directory, &i, 60000, &second, error), error,
	             E_INTERRUPTED);
	test_cancel(false);
	assert_null(second);
}

static void
what_is_damaged_or_open_to_others_is_refused(void **state)
{
	static const char *const contents[] = {
		"", "exosign-pin-memory 2\n", "exosign-pin-memory 1\nkey 00\nfailures 0\n",
		"exosign-pin-memory 1\nkey "
		"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\nfailures x\n",
		"exosign-pin-memory 1\nkey "
		"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\nfailures 1\nmac 1\n",
	};
	const char    *directory = test_path("damaged");
	char           path[600];
	token_identity i = identity("one");
	pinmemory     *m = NULL;
	exs_error     *error = test_error();

	(void)state;
	pinmemory_free(opened_memory(directory, "one"));
	snprintf(path, sizeof path, "%s/pin-one", directory);
	for (size_t n = 0; n < sizeof contents / sizeof contents[0]; n++) {
		assert_ok(file_replace(path, span_of(contents[n]), 0600, error));
		assert_fails(pinmemory_open(test_context(), directory, &i, 0, &m, error), error, E_PIN_MEMORY);
		assert_int_equal(pinmemory_peek(directory, &i), 0);
	}
	assert_int_equal(unlink(path), 0);
	assert_int_equal(chmod(directory, 0770), 0);
	assert_fails(pinmemory_open(test_context(), directory, &i, 0, &m, error), error, E_PIN_MEMORY);
	assert_fails(pinmemory_open(test_context(), "/proc/nowhere", &i, 0, &m, error), error,
	             E_PIN_MEMORY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failed_pin_is_known_to_the_next_process),
		cmocka_unit_test(several_failed_pins_are_known_and_each_failure_counts),
		cmocka_unit_test(success_forgets_and_an_untried_pin_is_restored),
		cmocka_unit_test(only_one_at_a_time_may_log_in),
		cmocka_unit_test(what_is_damaged_or_open_to_others_is_refused),
	};

	return cmocka_run_group_tests_name("hsm_pinmemory", tests, NULL, NULL);
}
