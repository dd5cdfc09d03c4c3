/* The command line: what it means, and what is refused with a suggestion. */
#include "cli/commands.h"
#include "support/test.h"

#include <stdio.h>

enum { WORDS_MAX = 32 };

typedef struct line {
	char *argv[WORDS_MAX];
	char *room[WORDS_MAX];
	char  text[1024];
	given given;
} line;

static const char *variable_name, *variable_value;

static const char *
one_variable(const char *name)
{
	return variable_name != NULL && strcmp(name, variable_name) == 0 ? variable_value : NULL;
}

/* Words are separated by '|'. */
static exs_status
parse(line *l, const char *words, exs_error *error)
{
	int   argc = 1;
	char *at = l->text;

	snprintf(l->text, sizeof l->text, "exosign|%s", words);
	l->argv[0] = at;
	for (; *at != '\0'; at++) {
		if (*at != '|')
			continue;
		*at = '\0';
		l->argv[argc++] = at + 1;
	}
	l->given = (given){0};
	return options_parse(argc, l->argv, one_variable, l->room, &l->given, error);
}

static void
options_may_stand_before_and_behind_the_command(void **state)
{
	line l;

	(void)state;
	assert_ok(parse(&l, "-o|json|--profile=prod|token|get|--scope|graph|-vv|--raw", test_error()));
	assert_ptr_equal(l.given.command, command_find("token", "get"));
	assert_string_equal(l.given.values[OPT_OUTPUT], "json");
	assert_string_equal(l.given.values[OPT_PROFILE], "prod");
	assert_string_equal(l.given.places[OPT_PROFILE], "--profile");
	assert_string_equal(l.given.values[OPT_SCOPE], "graph");
	assert_int_equal(l.given.counts[OPT_VERBOSE], 2);
	assert_true(has(&l.given, OPT_RAW));
	assert_false(has(&l.given, OPT_YES));
}

static void
every_setting_is_an_option(void **state)
{
	line l;

	(void)state;
	assert_ok(parse(&l, "config|show|--tenant|a|--endpoint-login=https://x", test_error()));
	assert_string_equal(l.given.values[OPT_SETTINGS + SETTING_TENANT], "a");
	assert_string_equal(l.given.values[OPT_SETTINGS + SETTING_ENDPOINT_LOGIN], "https://x");
}

static void
behind_a_cmdlet_one_dash_is_the_cmdlet_s_and_two_are_ours(void **state)
{
	line l;

	(void)state;
	assert_ok(parse(&l, "run|-q|Get-Mailbox|-Identity|a|--select|A,B|-Filter:x|-5", test_error()));
	assert_true(has(&l.given, OPT_QUIET));
	assert_string_equal(l.given.values[OPT_SELECT], "A,B");
	assert_int_equal(l.given.n_words, 5);
	assert_string_equal(l.given.words[0], "Get-Mailbox");
	assert_string_equal(l.given.words[1], "-Identity");
	assert_string_equal(l.given.words[4], "-5");
}

static void
two_dashes_alone_end_the_options(void **state)
{
	line l;

	(void)state;
	assert_ok(parse(&l, "run|--|Get-Mailbox|--select|x", test_error()));
	assert_int_equal(l.given.n_words, 3);
	assert_string_equal(l.given.words[1], "--select");
}

static void
a_value_that_begins_with_two_dashes_needs_an_equals_sign(void **state)
{
	exs_error *error = test_error();
	line       l;

	(void)state;
	assert_fails(parse(&l, "config|show|--tenant|--quiet", error), error, E_USAGE);
	assert_ok(parse(&l, "config|show|--tenant=--quiet", error));
	assert_string_equal(l.given.values[OPT_SETTINGS + SETTING_TENANT], "--quiet");
	assert_ok(parse(&l, "config|show|--tenant=", error));
	assert_string_equal(l.given.values[OPT_SETTINGS + SETTING_TENANT], "");
}

static void
everything_behind_sandbox_goes_on_as_it_is(void **state)
{
	line l;

	(void)state;
	assert_ok(parse(&l, "sandbox|up|--mailboxes|5|--help|-x", test_error()));
	assert_int_equal(l.given.n_words, 5);
	assert_false(has(&l.given, OPT_HELP));
}

static void
a_command_may_have_three_words(void **state)
{
	const command c = {.name = "app", .sub = "key add"};
	char          word[GROUP_MAX];

	(void)state;
	assert_true(command_is_in(&c, ""));
	assert_true(command_is_in(&c, "app"));
	assert_true(command_is_in(&c, "app key"));
	assert_false(command_is_in(&c, "ap"));
	assert_false(command_is_in(&c, "app ke"));
	assert_false(command_is_in(&c, "app key add"));
	assert_string_equal(command_word(&c, "", word, sizeof word), "app");
	assert_string_equal(command_word(&c, "app", word, sizeof word), "key");
	assert_string_equal(command_word(&c, "app key", word, sizeof word), "add");
	assert_string_equal(command_word(&c, "cert", word, sizeof word), "");
}

static void
what_is_not_understood_is_refused_with_a_way_on(void **state)
{
	static const struct {
		const char *words, *fix;
	} cases[] = {
		{"rnu", "perhaps: exosign run"},
		{"tokn|get", "perhaps: exosign token"},
		{"token|gett", "perhaps: exosign token get"},
		{"token", "exosign token --help"},
		{"app|kei", "perhaps: exosign app key"},
		{"app|key", "exosign app key --help"},
		{"app|key|rotat", "perhaps: exosign app key rotate"},
		{"app|key add|x", "exosign app --help"},
		{"token|get|--profle|x", "perhaps --profile was meant"},
		{"version|--raw", "exosign version --help"},
		{"token|get|extra", "exosign token get --help"},
		{"completion", "exosign completion --help"},
		{"-o|jsno|version", "it is one of: table json ndjson csv tsv list none"},
		{"run|Get-Mailbox|-o|json", "write --output, or put -o before the cmdlet"},
		{"run|Get-Mailbox|-h", "write --help, or put -h before the cmdlet"},
	};
	exs_error *error = test_error();
	line       l;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		exs_status status = parse(&l, cases[i].words, error);

		assert_string_equal(exs_error_fix(error), cases[i].fix);
		assert_fails(status, error, E_USAGE);
	}
}

static void
options_are_never_abbreviated_and_single_ones_come_once(void **state)
{
	exs_error *error = test_error();
	line       l;

	(void)state;
	assert_fails(parse(&l, "--prof|x|version", error), error, E_USAGE);
	assert_fails(parse(&l, "--profile|x|--profile|y|version", error), error, E_USAGE);
	assert_fails(parse(&l, "--quiet=yes|version", error), error, E_USAGE);
	assert_fails(parse(&l, "version|--profile", error), error, E_USAGE);
	assert_fails(parse(&l, "-z|version", error), error, E_USAGE);
	assert_fails(parse(&l, "--pin|1234|version", error), error, E_USAGE);
}

static void
with_help_whatever_is_missing_is_forgiven(void **state)
{
	line l;

	(void)state;
	assert_ok(parse(&l, "token|--help", test_error()));
	assert_string_equal(l.given.group, "token");
	assert_null(l.given.command);
	assert_ok(parse(&l, "completion|-h", test_error()));
	assert_ok(parse(&l, "--version", test_error()));
	assert_true(has(&l.given, OPT_VERSION));
}

static void
a_variable_stands_in_for_an_option_that_is_not_given(void **state)
{
	exs_error *error = test_error();
	line       l;

	(void)state;
	variable_name = "EXOSIGN_OUTPUT";
	variable_value = "csv";
	assert_ok(parse(&l, "version", error));
	assert_string_equal(l.given.values[OPT_OUTPUT], "csv");
	assert_string_equal(l.given.places[OPT_OUTPUT], "EXOSIGN_OUTPUT");
	assert_ok(parse(&l, "version|-o|json", error));
	assert_string_equal(l.given.values[OPT_OUTPUT], "json");
	variable_value = "xml";
	assert_fails(parse(&l, "version", error), error, E_USAGE);
	variable_name = "EXOSIGN_NO_INPUT";
	variable_value = "1";
	assert_ok(parse(&l, "version", error));
	assert_true(has(&l.given, OPT_NO_INPUT));
	variable_value = "0";
	assert_ok(parse(&l, "version", error));
	assert_false(has(&l.given, OPT_NO_INPUT));
	variable_name = NULL;
}

static void
the_tables_are_whole(void **state)
{
	(void)state;
	for (size_t i = 0; command_at(i) != NULL; i++) {
		assert_non_null(command_at(i)->run);
		assert_true(command_at(i)->summary[0] != '\0' && strlen(command_at(i)->summary) < 70);
		assert_ptr_equal(command_find(command_at(i)->name, command_at(i)->sub), command_at(i));
	}
	for (size_t i = 0; i < OPTIONS; i++) {
		const option_row *row = option_row_of((option_id)i);

		assert_int_equal(strncmp(row->name, "--", 2), 0);
		assert_true(row->help[0] != '\0');
		for (size_t j = 0; j < i; j++) {
			assert_string_not_equal(option_row_of((option_id)j)->name, row->name);
			assert_true(row->letter == 0 || row->letter != option_row_of((option_id)j)->letter);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_may_stand_before_and_behind_the_command),
		cmocka_unit_test(every_setting_is_an_option),
		cmocka_unit_test(behind_a_cmdlet_one_dash_is_the_cmdlet_s_and_two_are_ours),
		cmocka_unit_test(two_dashes_alone_end_the_options),
		cmocka_unit_test(a_value_that_begins_with_two_dashes_needs_an_equals_sign),
		cmocka_unit_test(everything_behind_sandbox_goes_on_as_it_is),
		cmocka_unit_test(a_command_may_have_three_words),
		cmocka_unit_test(what_is_not_understood_is_refused_with_a_way_on),
		cmocka_unit_test(options_are_never_abbreviated_and_single_ones_come_once),
		cmocka_unit_test(with_help_whatever_is_missing_is_forgiven),
		cmocka_unit_test(a_variable_stands_in_for_an_option_that_is_not_given),
		cmocka_unit_test(the_tables_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
