/* How an error reads, as text and as JSON; how the tables read as help, completions and manual. */
#include "cli/complete.h"
#include "cli/help.h"
#include "cli/manual.h"
#include "cli/progress.h"
#include "cli/report.h"

#include "base/json.h"
#include "support/test.h"

#include <stdlib.h>

static exs_error *
filled(void)
{
	exs_error *error = test_error();

	exs_error_clear(error);
	assert_int_equal(exs_fail(error, E_ENTRA, "the directory does not know the certificate"),
	                 EXS_DIRECTORY);
	error_subcode(error, "700027");
	error_why(error, "thumbprint sent 3F9A; the app has 2 certificates");
	error_fix(error, "upload it");
	error_native(error, "AADSTS700027");
	error_ref(error, "trace", "t-1");
	return error;
}

static void
an_error_reads_as_its_parts(void **state)
{
	EXS_SCOPED(buf) text = BUF(4096);

	(void)state;
	report_text(filled(), 7, 0, &text);
	assert_string_equal(buf_text(&text),
	                    "exosign: error[E-ENTRA-700027]: the directory does not know the certificate\n"
	                    "  why:  thumbprint sent 3F9A; the app has 2 certificates\n"
	                    "  fix:  upload it\n"
	                    "  ref:  AADSTS700027, trace t-1  (exit 7)\n");
}

static void
an_error_without_parts_has_no_empty_lines(void **state)
{
	EXS_SCOPED(buf) text = BUF(4096);
	exs_error *error = test_error();

	(void)state;
	exs_error_clear(error);
	assert_int_equal(exs_fail(error, E_INTERRUPTED, "interrupted"), EXS_CANCELLED);
	report_text(error, exs_error_status(error), 0, &text);
	assert_string_equal(buf_text(&text), "exosign: error[E-INTERRUPTED]: interrupted\n  (exit 130)\n");
}

static void
long_parts_are_wrapped_at_the_terminal_s_width(void **state)
{
	EXS_SCOPED(buf) text = BUF(4096);
	span rest;

	(void)state;
	report_text(filled(), 7, 50, &text);
	rest = buf_span(&text);
	(void)span_cut(&rest, '\n');
	while (rest.len > 0)
		assert_true(span_cut(&rest, '\n').len <= 50);
	assert_non_null(strstr(buf_text(&text), "\n        "));
}

static void
a_message_of_the_service_cannot_drive_the_terminal(void **state)
{
	EXS_SCOPED(buf) text = BUF(4096);
	exs_error *error = test_error();

	(void)state;
	exs_error_clear(error);
	assert_int_equal(exs_fail(error, E_EXO_CMDLET, "a\033[2Jb\xC2\x9B" "2Jc\xE2\x80\xAE"), EXS_CMDLET);
	report_text(error, exs_error_status(error), 0, &text);
	assert_null(strchr(buf_text(&text), 033));
	assert_null(strstr(buf_text(&text), "\xC2\x9B"));
	assert_null(strstr(buf_text(&text), "\xE2\x80\xAE"));
}

static void
as_json_the_same_is_one_object_on_one_line(void **state)
{
	EXS_SCOPED(buf) text = BUF(4096);
	EXS_AUTO(json) *tree = NULL;
	int64_t code = 0;

	(void)state;
	report_json(filled(), 7, &text);
	assert_ptr_equal(strchr(buf_text(&text), '\n'), buf_text(&text) + text.len - 1);
	assert_ok(json_parse(buf_span(&text), "the report", &tree, test_error()));
	assert_string_equal(json_string(json_at(tree, "error.code")), "E-ENTRA-700027");
	assert_string_equal(json_string(json_at(tree, "error.status")), "directory");
	assert_string_equal(json_string(json_at(tree, "error.native")), "AADSTS700027");
	assert_string_equal(json_string(json_at(tree, "error.fix")), "upload it");
	assert_true(json_whole(json_at(tree, "error.exit"), &code));
	assert_int_equal(code, 7);
}

static void
help_names_every_command_and_option(void **state)
{
	EXS_SCOPED(buf) all = BUF(COMPLETE_MAX);
	char title[64];

	(void)state;
	help_all(&all);
	assert_ok(buf_check(&all, "help", test_error()));
	for (size_t i = 0; command_at(i) != NULL; i++) {
		EXS_SCOPED(buf) one = BUF(COMPLETE_MAX);
		bool hidden = (command_at(i)->bits & COMMAND_HIDDEN) != 0;

		command_title(command_at(i), title, sizeof title);
		assert_int_equal(strstr(buf_text(&all), command_at(i)->summary) == NULL, hidden);
		help_command(command_at(i), &one);
		assert_non_null(strstr(buf_text(&one), title));
		for (const option_id *own = command_at(i)->options; own != NULL && *own != OPTIONS; own++)
			assert_non_null(strstr(buf_text(&one), option_row_of(*own)->name));
	}
}

/* A shell, if it is installed, reads the script without complaint. */
static void
assert_shell_reads(const char *shell, const char *check)
{
	EXS_SCOPED(buf) script = BUF(COMPLETE_MAX);
	EXS_SCOPED(buf) command_line = BUF(8192);

	assert_true(complete_script(shell, &script));
	assert_ok(buf_check(&script, "completions", test_error()));
	buf_addf(&command_line, "command -v %s >/dev/null || exit 0; %s %s", shell, check,
	         test_file(shell, buf_span(&script), 0600));
	assert_int_equal(system(buf_text(&command_line)), 0);
	for (size_t i = 0; i < OPT_SETTINGS; i++) {
		const option_row *row = option_row_of((option_id)i);

		if ((row->bits & OPTION_HIDDEN) == 0)
			assert_non_null(strstr(buf_text(&script), row->name + 2));
	}
}

static void
completions_are_scripts_their_shells_can_read(void **state)
{
	EXS_SCOPED(buf) script = BUF(COMPLETE_MAX);

	(void)state;
	assert_shell_reads("bash", "bash -n");
	assert_shell_reads("zsh", "zsh -n");
	assert_shell_reads("fish", "fish -n");
	assert_false(complete_script("tcsh", &script));
}

static void
the_manual_s_parts_hold_every_setting_and_code(void **state)
{
	EXS_SCOPED(buf) page = BUF(1024 * 1024);
	exs_error *error = test_error();

	(void)state;
	assert_ok(manual_fill(span_of(".Dd x\n%SETTINGS%\n%EXIT%\n%ERRORS%\n%OPTIONS%\n%COMMANDS%\n"
	                              "%SETTING_OPTIONS%\n"),
	                      &page, error));
	for (size_t i = 0; i < SETTINGS; i++)
		assert_non_null(strstr(buf_text(&page), setting_row_of((setting_id)i)->variable));
	assert_non_null(strstr(buf_text(&page), "E\\-PIN\\-WRONG"));
	assert_non_null(strstr(buf_text(&page), ".It 130\n"));
	assert_fails(manual_fill(span_of("%NONSENSE%\n"), &page, error), error, E_USAGE);
}

static void
counts_are_grouped_by_thousands(void **state)
{
	(void)state;
	assert_string_equal(progress_count(0).at, "0");
	assert_string_equal(progress_count(999).at, "999");
	assert_string_equal(progress_count(12400).at, "12,400");
	assert_string_equal(progress_count(UINT64_MAX).at, "18,446,744,073,709,551,615");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_reads_as_its_parts),
		cmocka_unit_test(an_error_without_parts_has_no_empty_lines),
		cmocka_unit_test(long_parts_are_wrapped_at_the_terminal_s_width),
		cmocka_unit_test(a_message_of_the_service_cannot_drive_the_terminal),
		cmocka_unit_test(as_json_the_same_is_one_object_on_one_line),
		cmocka_unit_test(help_names_every_command_and_option),
		cmocka_unit_test(completions_are_scripts_their_shells_can_read),
		cmocka_unit_test(the_manual_s_parts_hold_every_setting_and_code),
		cmocka_unit_test(counts_are_grouped_by_thousands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
