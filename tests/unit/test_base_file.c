/* Files that matter: opened with care, read with a ceiling, replaced whole. */
#include "base/file.h"
#include "support/canary.h"
#include "support/test.h"
#include "support/torture.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static exs_status
read_with(const char *path, file_trust trust, exs_error *error)
{
	EXS_SCOPED(buf) to = BUF(100);

	return file_read(path, trust, &to, error);
}

static void
a_file_is_read_up_to_its_ceiling(void **state)
{
	char        big[50000];
	const char *path;
	exs_error  *error = test_error();

	(void)state;
	memset(big, 'x', sizeof big);
	path = test_file("big", span_from(big, sizeof big), 0644);
	{
		EXS_SCOPED(buf) fits = BUF(sizeof big);
		EXS_SCOPED(buf) short_by_one = BUF(sizeof big - 1);

		assert_ok(file_read(path, FILE_ANY, &fits, error));
		assert_true(span_same(buf_span(&fits), span_from(big, sizeof big)));
		assert_fails(file_read(path, FILE_ANY, &short_by_one, error), error, E_FILE);
	}
}

static void
an_empty_file_is_no_error(void **state)
{
	EXS_SCOPED(buf) to = BUF(10);

	(void)state;
	assert_ok(file_read(test_file("empty", span_of(""), 0600), FILE_PRIVATE, &to, NULL));
	assert_span(buf_span(&to), "");
}

static void
a_missing_file_is_named_and_can_be_asked_for(void **state)
{
	exs_error  *error = test_error();
	const char *path = test_path("nowhere/file");

	(void)state;
	assert_true(file_is_missing(path));
	assert_int_equal(read_with(path, FILE_ANY, error), EXS_CONFIG);
	assert_non_null(strstr(exs_error_message(error), path));
	assert_fails(EXS_CONFIG, error, E_FILE);
	assert_false(file_is_missing(test_file("there", span_of("x"), 0600)));
}

static void
a_private_file_others_may_read_is_refused_with_the_fix(void **state)
{
	exs_error  *error = test_error();
	const char *path = test_file("pin", span_of("1234"), 0640);

	(void)state;
	assert_int_equal(read_with(path, FILE_PRIVATE, error), EXS_CONFIG);
	assert_non_null(strstr(exs_error_fix(error), "chmod 600"));
	assert_fails(EXS_CONFIG, error, E_FILE_MODE);
	assert_fails(read_with(test_file("pin", span_of("1"), 0604), FILE_PRIVATE, error), error, E_FILE_MODE);
	assert_fails(read_with(test_file("pin", span_of("1"), 0601), FILE_PRIVATE, error), error, E_FILE_MODE);
	assert_ok(read_with(test_file("pin", span_of("1"), 0600), FILE_PRIVATE, error));
	assert_ok(read_with(test_file("pin", span_of("1"), 0400), FILE_PRIVATE, error));
}

static void
a_setting_others_may_write_is_refused_and_one_they_may_read_is_not(void **state)
{
	exs_error *error = test_error();

	(void)state;
	assert_ok(read_with(test_file("conf", span_of("x"), 0644), FILE_SETTING, error));
	assert_int_equal(read_with(test_file("conf", span_of("x"), 0664), FILE_SETTING, error), EXS_CONFIG);
	assert_non_null(strstr(exs_error_fix(error), "chmod go-w"));
	assert_fails(EXS_CONFIG, error, E_FILE_MODE);
	assert_fails(read_with(test_file("conf", span_of("x"), 0646), FILE_SETTING, error), error, E_FILE_MODE);
	assert_ok(read_with(test_file("ca.pem", span_of("x"), 0666), FILE_ANY, error));
	assert_ok(read_with(test_file("announced", span_of("x"), 0444), FILE_ANNOUNCED, error));
}

static void
a_file_of_another_user_is_refused(void **state)
{
	exs_error  *error = test_error();
	const char *path = test_file("theirs", span_of("x"), 0600);

	(void)state;
	if (geteuid() != 0) {
		print_message("only root can give a file away\n");
		skip();
	}
	assert_int_equal(chown(path, 12345, 0), 0);
	assert_fails(read_with(path, FILE_PRIVATE, error), error, E_FILE_MODE);
	assert_fails(read_with(path, FILE_SETTING, error), error, E_FILE_MODE);
	assert_ok(read_with(path, FILE_ANNOUNCED, error));
}

static void
a_private_file_is_not_reached_through_a_link(void **state)
{
	exs_error  *error = test_error();
	const char *target = test_file("target", span_of("x"), 0600), *link_ = test_path("link");

	(void)state;
	assert_int_equal(symlink(target, link_), 0);
	assert_fails(read_with(link_, FILE_PRIVATE, error), error, E_FILE);
	assert_fails(read_with(link_, FILE_ANNOUNCED, error), error, E_FILE);
	assert_ok(read_with(link_, FILE_SETTING, error));
	assert_ok(read_with(link_, FILE_ANY, error));
}

static void
directories_and_pipes_are_no_files_and_nothing_waits_for_them(void **state)
{
	exs_error  *error = test_error();
	const char *directory = test_path("directory"), *pipe_ = test_path("pipe");

	(void)state;
	assert_int_equal(mkdir(directory, 0700), 0);
	assert_int_equal(mkfifo(pipe_, 0600), 0);
	assert_fails(read_with(directory, FILE_ANY, error), error, E_FILE);
	assert_fails(read_with(directory, FILE_PRIVATE, error), error, E_FILE);
	assert_fails(read_with(pipe_, FILE_PRIVATE, error), error, E_FILE);
	assert_fails(read_with(pipe_, FILE_SETTING, error), error, E_FILE);
}

static void
assert_secret(const char *contents, size_t len, const char *value)
{
	EXS_AUTO(secret) *s = NULL;

	assert_ok(file_read_secret(test_file("secret", span_from(contents, len), 0600), FILE_PRIVATE, 64,
	                           &s, NULL));
	support_assert_span(secret_reveal(s), value, strlen(value), __FILE__, __LINE__);
}

static void
one_newline_at_the_end_is_no_part_of_a_secret(void **state)
{
	(void)state;
	assert_secret("1234", 4, "1234");
	assert_secret("1234\n", 5, "1234");
	assert_secret("1234\r\n", 6, "1234");
	assert_secret("1234\n\n", 6, "1234\n");
	assert_secret(" 1234 ", 6, " 1234 ");
	assert_secret("\n", 1, "");
	assert_secret("", 0, "");
}

static size_t
entries(const char *directory)
{
	DIR   *d = opendir(directory);
	size_t n = 0;

	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2;
}

static void
a_replaced_file_is_whole_and_has_its_mode(void **state)
{
	const char *directory = test_path("replaced"), *path = test_path("replaced/file");
	struct stat st;

	(void)state;
	assert_int_equal(mkdir(directory, 0700), 0);
	for (int i = 0; i < 2; i++) {
		EXS_SCOPED(buf) to = BUF(100);

		assert_ok(file_replace(path, span_of(i == 0 ? "first" : "second one"), 0640, NULL));
		assert_ok(file_read(path, FILE_ANY, &to, NULL));
		assert_string_equal(buf_text(&to), i == 0 ? "first" : "second one");
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0640);
		assert_int_equal(entries(directory), 1);
	}
}

static void
a_replacement_that_fails_leaves_nothing_beside(void **state)
{
	exs_error  *error = test_error();
	const char *directory = test_path("kept"), *path = test_path("kept/occupied");

	(void)state;
	assert_int_equal(mkdir(directory, 0700), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_fails(file_replace(path, span_of("x"), 0600, error), error, E_FILE);
	assert_int_equal(entries(directory), 1);
	assert_fails(file_replace(test_path("nowhere/file"), span_of("x"), 0600, error), error, E_FILE);
}

static void
a_private_directory_is_made_with_its_parents(void **state)
{
	exs_error  *error = test_error();
	const char *path = test_path("a/b/c");
	struct stat st;

	(void)state;
	assert_ok(file_private_directory(path, error));
	assert_ok(file_private_directory(path, error));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(stat(test_path("a"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
}

static void
a_directory_others_may_write_to_is_refused(void **state)
{
	exs_error  *error = test_error();
	const char *path = test_path("open"), *file = test_file("no-directory", span_of(""), 0600);

	(void)state;
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(chmod(path, 01777), 0);
	assert_int_equal(file_private_directory(path, error), EXS_CONFIG);
	assert_non_null(strstr(exs_error_fix(error), "chmod 700"));
	assert_fails(EXS_CONFIG, error, E_FILE_MODE);
	assert_fails(file_private_directory(file, error), error, E_FILE);
}

static void
a_lock_is_held_by_one_and_let_go_by_closing(void **state)
{
	exs_error  *error = test_error();
	const char *path = test_path("lock");
	int first = -1, second = -1;

	(void)state;
	assert_ok(file_lock(path, 0, &first, error));
	assert_fails(file_lock(path, 30, &second, error), error, E_FILE);
	assert_int_equal(second, -1);
	close(first);
	assert_ok(file_lock(path, 0, &second, error));
	close(second);
	assert_int_equal(symlink("elsewhere", test_path("lock-link")), 0);
	assert_fails(file_lock(test_path("lock-link"), 0, &second, error), error, E_FILE);
}

static void
a_secret_read_from_a_file_is_nowhere_once_freed(void **state)
{
	canary  c = canary_new();
	secret *s = NULL;
	char    value[CANARY_LENGTH + 2];
	const char *path;

	(void)state;
	canary_write(&c, value);
	value[CANARY_LENGTH] = '\n';
	path = test_file("canary", span_from(value, CANARY_LENGTH + 1), 0600);
	explicit_bzero(value, sizeof value);
	assert_ok(file_read_secret(path, FILE_PRIVATE, 100, &s, NULL));
	assert_int_equal(canary_in_memory(&c), 1);
	secret_free(s);
	assert_int_equal(canary_in_memory(&c), 0);
}

static exs_status
step(void *self, exs_error *error)
{
	EXS_AUTO(secret) *s = NULL;

	EXS_TRY(file_replace(self, span_of("1234\n"), 0600, error));
	return file_read_secret(self, FILE_PRIVATE, 64, &s, error);
}

static void
without_memory_it_is_said_and_no_descriptor_is_lost(void **state)
{
	char path[512];
	int  before = dup(0), after;

	(void)state;
	close(before);
	snprintf(path, sizeof path, "%s", test_path("tortured"));
	assert_true(torture(step, path) >= 3);
	after = dup(0);
	close(after);
	assert_int_equal(before, after);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_read_up_to_its_ceiling),
		cmocka_unit_test(an_empty_file_is_no_error),
		cmocka_unit_test(a_missing_file_is_named_and_can_be_asked_for),
		cmocka_unit_test(a_private_file_others_may_read_is_refused_with_the_fix),
		cmocka_unit_test(a_setting_others_may_write_is_refused_and_one_they_may_read_is_not),
		cmocka_unit_test(a_file_of_another_user_is_refused),
		cmocka_unit_test(a_private_file_is_not_reached_through_a_link),
		cmocka_unit_test(directories_and_pipes_are_no_files_and_nothing_waits_for_them),
		cmocka_unit_test(one_newline_at_the_end_is_no_part_of_a_secret),
		cmocka_unit_test(a_replaced_file_is_whole_and_has_its_mode),
		cmocka_unit_test(a_replacement_that_fails_leaves_nothing_beside),
		cmocka_unit_test(a_private_directory_is_made_with_its_parents),
		cmocka_unit_test(a_directory_others_may_write_to_is_refused),
		cmocka_unit_test(a_lock_is_held_by_one_and_let_go_by_closing),
		cmocka_unit_test(a_secret_read_from_a_file_is_nowhere_once_freed),
		cmocka_unit_test(without_memory_it_is_said_and_no_descriptor_is_lost),
	};

	return cmocka_run_group_tests_name("base/file", tests, NULL, NULL);
}
