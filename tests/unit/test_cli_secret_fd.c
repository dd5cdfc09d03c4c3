/* A secret from an open descriptor: one line, not waited for for ever. */
#include "support/test.h"

#include "cli/secret_fd.h"

#include <stdio.h>
#include <unistd.h>

static void
a_descriptor_gives_one_line_and_stays_open(void **state)
{
	exs_error *error = test_error();
	int ends[2];
	EXS_AUTO(secret) *first = NULL;
	EXS_AUTO(secret) *second = NULL;
	secret *none = NULL;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "one\r\ntwo", 8), 8);
	close(ends[1]);
	assert_ok(secret_fd_read(ends[0], "descriptor 3", 64, SECRET_FD_WAIT_MS, &first, error));
	assert_span(secret_reveal(first), "one");
	assert_ok(secret_fd_read(ends[0], "descriptor 3", 64, SECRET_FD_WAIT_MS, &second, error));
	assert_span(secret_reveal(second), "two");
	close(ends[0]);
	assert_fails(secret_fd_read(ends[0], "descriptor 3", 64, SECRET_FD_WAIT_MS, &none, error), error, E_FILE);
	assert_null(none);
}

static void
a_descriptor_that_gives_too_much_is_refused(void **state)
{
	exs_error *error = test_error();
	int ends[2];
	secret *none = NULL;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "123456789", 9), 9);
	close(ends[1]);
	assert_fails(secret_fd_read(ends[0], "descriptor 3", 8, SECRET_FD_WAIT_MS, &none, error), error, E_FILE);
	assert_null(none);
	close(ends[0]);
}

static void
one_that_stays_silent_is_not_waited_for_for_ever(void **state)
{
	int ends[2];
	secret *none = NULL;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "half", 4), 4);
	assert_fails(secret_fd_read(ends[0], "descriptor 3", 64, 20, &none, test_error()), test_error(), E_FILE);
	assert_null(none);
	close(ends[0]);
	close(ends[1]);
}

static void
what_is_no_open_descriptor_is_named_by_its_option(void **state)
{
	static const char *const wrong[] = {"", "-1", "three", "0", "1", "2", "65536", "60000"};
	exs_error *error = test_error();
	int fd = -1, ends[2];
	char text[16];

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		exs_error_clear(error);
		assert_int_equal(secret_fd_parse("--token-fd", wrong[i], &fd, error), EXS_USAGE);
		assert_non_null(strstr(exs_error_message(error), "--token-fd"));
	}
	exs_error_clear(error);
	assert_int_equal(pipe(ends), 0);
	(void)snprintf(text, sizeof text, "%d", ends[0]);
	assert_ok(secret_fd_parse("--token-fd", text, &fd, error));
	assert_int_equal(fd, ends[0]);
	close(ends[0]);
	close(ends[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_descriptor_gives_one_line_and_stays_open),
		cmocka_unit_test(a_descriptor_that_gives_too_much_is_refused),
		cmocka_unit_test(one_that_stays_silent_is_not_waited_for_for_ever),
		cmocka_unit_test(what_is_no_open_descriptor_is_named_by_its_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
