/* A configuration file changed by the program: what is asked for changes, and not a byte else. */
#include "support/test.h"

#include "base/file.h"
#include "config/edit.h"
#include "config/ini.h"

#include <sys/stat.h>
#include <unistd.h>

static const char before[] = "# ours\r\n"
			     "[exosign]\n"
			     "default-profile = a\n"
			     "\n"
			     "[profile \"a\"]\n"
			     "# the old one\n"
			     "  tenant=old.example\n"
			     "client-id = 1\n"
			     "\n"
			     "# about b\n"
			     "[ profile \"b\" ]\n"
			     "tenant = b.example\n";

static const config_change tenant[] = {{SETTING_TENANT, "new.example"}};

static void
check_edit(const char *text, const char *profile, const config_change *changes, size_t n, bool alone, const char *after)
{
	EXS_SCOPED(buf) to = BUF(INI_FILE_MAX);

	assert_ok(config_edit(span_of(text), profile, changes, n, alone, &to, test_error()));
	assert_string_equal(buf_text(&to), after);
}

static void
a_setting_changes_where_it_stands(void **state)
{
	(void)state;
	check_edit(before, "a", tenant, 1, false,
	           "# ours\r\n[exosign]\ndefault-profile = a\n\n[profile \"a\"]\n# the old one\n"
	           "tenant = new.example\nclient-id = 1\n\n# about b\n[ profile \"b\" ]\ntenant = b.example\n");
	check_edit(before, "b", tenant, 1, false,
	           "# ours\r\n[exosign]\ndefault-profile = a\n\n[profile \"a\"]\n# the old one\n"
	           "  tenant=old.example\nclient-id = 1\n\n# about b\n[ profile \"b\" ]\ntenant = new.example\n");
}

static void
a_new_setting_stands_behind_the_last_line_of_its_profile(void **state)
{
	static const config_change kid[] = {{SETTING_KID, "k1"}, {SETTING_CLIENT_ID, NULL}};

	(void)state;
	/* the comment above the next section counts as the profile's: it is only a comment */
	check_edit("[profile \"a\"]\nclient-id = 1\ntenant = x\n\n[profile \"b\"]\n", "a", kid, 2, false,
	           "[profile \"a\"]\ntenant = x\nkid = k1\n\n[profile \"b\"]\n");
	check_edit("[profile \"a\"]\ntenant = x", "a", kid, 1, false, "[profile \"a\"]\ntenant = x\nkid = k1\n");
}

static void
a_new_profile_is_a_section_at_the_end(void **state)
{
	(void)state;
	check_edit("", "a", tenant, 1, true, "[profile \"a\"]\ntenant = new.example\n");
	check_edit("# x", "c", tenant, 1, true, "# x\n\n[profile \"c\"]\ntenant = new.example\n");
	check_edit("[exosign]\n", "a", tenant, 1, true, "[exosign]\n\n[profile \"a\"]\ntenant = new.example\n");
}

static void
a_profile_that_is_replaced_keeps_its_comments_alone(void **state)
{
	(void)state;
	check_edit(before, "a", tenant, 1, true,
	           "# ours\r\n[exosign]\ndefault-profile = a\n\n[profile \"a\"]\n# the old one\n"
	           "tenant = new.example\n\n# about b\n[ profile \"b\" ]\ntenant = b.example\n");
}

static void
a_profile_in_two_pieces_is_one(void **state)
{
	(void)state;
	check_edit("[profile \"a\"]\ntenant = 1\n[profile \"b\"]\n[profile \"a\"]\nclient-id = 2\n", "a", tenant, 1, true,
	           "[profile \"a\"]\ntenant = new.example\n[profile \"b\"]\n[profile \"a\"]\n");
}

static void
a_name_that_cannot_be_is_refused(void **state)
{
	EXS_SCOPED(buf) to = BUF(INI_FILE_MAX);

	(void)state;
	assert_fails(config_edit(span_of(""), "a\"]\nkey = x", tenant, 1, true, &to, test_error()), test_error(), E_USAGE);
	assert_fails(config_edit(span_of(""), "", tenant, 1, true, &to, test_error()), test_error(), E_USAGE);
}

static void
the_file_is_private_and_a_link_to_it_stays_one(void **state)
{
	const char *link = test_path("link"), *real = test_path("new/config");
	struct stat st;
	EXS_SCOPED(buf) text = BUF(INI_FILE_MAX);

	(void)state;
	assert_ok(config_edit_file(real, "a", tenant, 1, true, test_error()));
	assert_int_equal(stat(real, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(symlink(real, link), 0);
	assert_ok(config_edit_file(link, "b", tenant, 1, true, test_error()));
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_ok(file_read(real, FILE_SETTING, &text, test_error()));
	assert_string_equal(buf_text(&text),
	                    "[profile \"a\"]\ntenant = new.example\n\n[profile \"b\"]\ntenant = new.example\n");
}

static void
a_file_that_others_may_read_stays_so(void **state)
{
	const char *path = test_file("shared", span_of("[profile \"a\"]\ntenant = x\n"), 0640);
	struct stat st;

	(void)state;
	assert_int_equal(chmod(path, 0640), 0);
	assert_ok(config_edit_file(path, "a", tenant, 1, true, test_error()));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
}

static void
a_value_that_cannot_be_read_back_changes_nothing(void **state)
{
	static const char *const values[] = {"/tmp/a #b", "\"quoted\"", "two\nlines", "\x01"};
	static const char text[] = "[profile \"b\"]\ntenant = b.example\n";
	const char *path = test_file("sound", span_of(text), 0600);

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		const config_change change = {SETTING_CA_FILE, values[i]};
		EXS_SCOPED(buf) after = BUF(INI_FILE_MAX);

		assert_fails(config_edit_file(path, "a", &change, 1, true, test_error()), test_error(), E_CONFIG_VALUE);
		assert_ok(file_read(path, FILE_SETTING, &after, test_error()));
		assert_string_equal(buf_text(&after), text);
	}
}

static void
a_file_that_is_not_understood_or_not_ours_is_left_alone(void **state)
{
	const char *broken = test_file("broken", span_of("what is this\n"), 0600);
	const char *open = test_file("open", span_of(""), 0666);
	EXS_SCOPED(buf) text = BUF(INI_FILE_MAX);

	(void)state;
	assert_int_equal(chmod(open, 0666), 0);
	assert_fails(config_edit_file(broken, "a", tenant, 1, true, test_error()), test_error(), E_CONFIG_SYNTAX);
	assert_fails(config_edit_file(open, "a", tenant, 1, true, test_error()), test_error(), E_FILE_MODE);
	assert_ok(file_read(broken, FILE_SETTING, &text, test_error()));
	assert_string_equal(buf_text(&text), "what is this\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_setting_changes_where_it_stands),
		cmocka_unit_test(a_new_setting_stands_behind_the_last_line_of_its_profile),
		cmocka_unit_test(a_new_profile_is_a_section_at_the_end),
		cmocka_unit_test(a_profile_that_is_replaced_keeps_its_comments_alone),
		cmocka_unit_test(a_profile_in_two_pieces_is_one),
		cmocka_unit_test(a_name_that_cannot_be_is_refused),
		cmocka_unit_test(the_file_is_private_and_a_link_to_it_stays_one),
		cmocka_unit_test(a_file_that_others_may_read_stays_so),
		cmocka_unit_test(a_value_that_cannot_be_read_back_changes_nothing),
		cmocka_unit_test(a_file_that_is_not_understood_or_not_ours_is_left_alone),
	};

	return cmocka_run_group_tests_name("edit", tests, NULL, NULL);
}
