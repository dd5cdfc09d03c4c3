/* Where PINs come from: descriptors, files, credentials, a person at a terminal; and nobody. */
#include "cli/pin.h"
#include "cli/prompt.h"

#include "hsm/pin.h"
#include "support/test.h"

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static const exs_pin_request request = {
	.token_label = "prod-hsm", .token_serial = "00A1", .key_label = "", .count_low = true,
	.failures_known = 2,
};

/* Asks once; the PIN is compared with `wanted`. */
static exs_status
ask(pin_choice choice, const char *wanted, exs_error *error)
{
	EXS_AUTO(secret) *pin = NULL;
	exs_pin_source source;

	EXS_TRY(pin_source_choose(&choice, &source, error));
	EXS_TRY(pin_ask(&source, &request, &pin, error));
	assert_false(source.attended);
	assert_true(span_is(secret_reveal(pin), wanted));
	return EXS_OK;
}

/* A descriptor from which the text can be read; the writing end is closed unless it is kept. */
static int
pipe_with(const char *text, int *keep)
{
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(write(ends[1], text, strlen(text)), (ssize_t)strlen(text));
	if (keep != NULL)
		*keep = ends[1];
	else
		close(ends[1]);
	return ends[0];
}

static void
a_descriptor_gives_the_pin_up_to_its_end_or_newline(void **state)
{
	static const char *const texts[] = {"123456", "123456\n", "123456\r\n", "123456\nmore"};
	exs_error *error = test_error();
	int        fd, kept = -1;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		fd = pipe_with(texts[i], NULL);
		assert_ok(ask((pin_choice){.fd = fd}, "123456", error));
		close(fd);
	}
	/* the writer may stay */
	fd = pipe_with("123456\n", &kept);
	assert_ok(ask((pin_choice){.fd = fd}, "123456", error));
	close(kept);
	close(fd);
}

static void
a_descriptor_without_a_pin_is_refused(void **state)
{
	exs_error *error = test_error();
	char       long_text[2048];
	int        fd = pipe_with("", NULL), parsed;

	(void)state;
	assert_fails(ask((pin_choice){.fd = fd}, "", error), error, E_PIN_SOURCE);
	close(fd);
	memset(long_text, '1', sizeof long_text - 1);
	long_text[sizeof long_text - 1] = '\0';
	fd = pipe_with(long_text, NULL);
	assert_fails(ask((pin_choice){.fd = fd}, "", error), error, E_PIN_LENGTH);
	close(fd);
	assert_fails(pin_fd_parse("0", &parsed, error), error, E_USAGE);
	assert_fails(pin_fd_parse("three", &parsed, error), error, E_USAGE);
	assert_fails(pin_fd_parse("-1", &parsed, error), error, E_USAGE);
	assert_fails(pin_fd_parse("60000", &parsed, error), error, E_PIN_SOURCE);
}

static void
a_file_must_be_its_owner_s_alone(void **state)
{
	exs_error *error = test_error();
	char       source[1024], link[1024];

	(void)state;
	snprintf(source, sizeof source, "file:%s", test_file("pin", span_of("secret\n"), 0600));
	assert_ok(ask((pin_choice){.fd = -1, .source = source}, "secret", error));
	snprintf(link, sizeof link, "file:%s", test_path("link"));
	assert_int_equal(symlink(source + 5, link + 5), 0);
	assert_fails(ask((pin_choice){.fd = -1, .source = link}, "", error), error, E_PIN_SOURCE);
	assert_int_equal(chmod(source + 5, 0640), 0);
	assert_fails(ask((pin_choice){.fd = -1, .source = source}, "", error), error, E_FILE_MODE);
	snprintf(source, sizeof source, "file:%s", test_file("empty", span_of("\n"), 0600));
	assert_fails(ask((pin_choice){.fd = -1, .source = source}, "", error), error, E_PIN_SOURCE);
	assert_fails(ask((pin_choice){.fd = -1, .source = "file:/nonexistent"}, "", error), error,
	             E_PIN_SOURCE);
}

static void
a_credential_is_read_where_systemd_announced_it(void **state)
{
	pin_choice choice = {.fd = -1, .source = "credential:exo-pin"};
	exs_error *error = test_error();
	char       directory[1024];

	(void)state;
	unsetenv("CREDENTIALS_DIRECTORY");
	assert_fails(ask(choice, "", error), error, E_PIN_SOURCE);
	test_file("exo-pin", span_of("pin-of-systemd"), 0440);
	snprintf(directory, sizeof directory, "%s", test_path(""));
	setenv("CREDENTIALS_DIRECTORY", directory, 1);
	assert_ok(ask(choice, "pin-of-systemd", error));
	choice.source = "credential:absent";
	assert_fails(ask(choice, "", error), error, E_PIN_SOURCE);
}

static void
a_descriptor_comes_before_the_profile_s_source(void **state)
{
	int fd = pipe_with("from-fd", NULL);

	(void)state;
	assert_ok(ask((pin_choice){.fd = fd, .source = "file:/nonexistent"}, "from-fd", test_error()));
	close(fd);
}

static void
without_a_source_and_a_terminal_nobody_is_asked(void **state)
{
	exs_error *error = test_error();

	(void)state;
	assert_int_equal(ask((pin_choice){.fd = -1, .no_input = true}, "", error), EXS_PIN);
	assert_non_null(strstr(exs_error_message(error), "prod-hsm"));
	assert_non_null(strstr(exs_error_why(error), "--no-input"));
	assert_fails(EXS_PIN, error, E_PIN_NONE);
}

/* The child's side of a terminal: asks and tells by its exit status whether the PIN was right. */
static int
child_asks(void)
{
	EXS_AUTO(secret) *pin = NULL;
	pin_choice     choice = {.fd = -1};
	exs_pin_source source;

	if (pin_source_choose(&choice, &source, NULL) != EXS_OK || !source.attended)
		return 10;
	if (pin_ask(&source, &request, &pin, NULL) != EXS_OK)
		return 11;
	return span_is(secret_reveal(pin), "typed-pin") ? 0 : 12;
}

/* Reads what the terminal shows until it holds `wanted` or the child is gone. */
static void
read_until(int terminal, char *shown, size_t room, const char *wanted)
{
	size_t len = strlen(shown);

	while (wanted == NULL || strstr(shown, wanted) == NULL) {
		ssize_t n = read(terminal, shown + len, room - len - 1);

		if (n <= 0)
			return;
		len += (size_t)n;
		shown[len] = '\0';
	}
}

static void
a_person_types_the_pin_unseen_and_gets_the_terminal_back(void **state)
{
	static const char typed[] = "typed-pin\n";
	struct termios    settings;
	char              shown[4096] = "";
	int               terminal, status;
	pid_t             child = forkpty(&terminal, NULL, NULL, NULL);

	(void)state;
	assert_true(child >= 0);
	if (child == 0) {
		int code = child_asks();
		/* the terminal must be as before when we leave it */
		bool echoes = tcgetattr(STDIN_FILENO, &settings) == 0 && (settings.c_lflag & ECHO) != 0;

		_exit(code != 0 ? code : echoes ? 0 : 13);
	}
	read_until(terminal, shown, sizeof shown, "): ");
	assert_non_null(strstr(shown, "PIN for token \"prod-hsm\" (serial 00A1): "));
	assert_non_null(strstr(shown, "A wrong PIN was entered"));
	assert_non_null(strstr(shown, "2 wrong PINs from exosign"));
	assert_int_equal(write(terminal, typed, strlen(typed)), (ssize_t)strlen(typed));
	read_until(terminal, shown, sizeof shown, NULL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_null(strstr(shown, "typed-pin"));
	close(terminal);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_descriptor_gives_the_pin_up_to_its_end_or_newline),
		cmocka_unit_test(a_descriptor_without_a_pin_is_refused),
		cmocka_unit_test(a_file_must_be_its_owner_s_alone),
		cmocka_unit_test(a_credential_is_read_where_systemd_announced_it),
		cmocka_unit_test(a_descriptor_comes_before_the_profile_s_source),
		cmocka_unit_test(without_a_source_and_a_terminal_nobody_is_asked),
		cmocka_unit_test(a_person_types_the_pin_unseen_and_gets_the_terminal_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
