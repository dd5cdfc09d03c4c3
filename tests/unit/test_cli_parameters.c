/* A cmdlet's parameters from the words of a command line. */
#include "cli/owned.h"
#include "cli/parameters.h"
#include "support/test.h"

#include <stdio.h>

enum { WORDS_MAX = 32 };

static exs_status
read_words(const char *words, exs_command **ret, exs_error *error)
{
	static char text[4096];
	char       *list[WORDS_MAX];
	size_t      n = 1;

	snprintf(text, sizeof text, "%s", words);
	list[0] = text;
	for (char *at = text; *at != '\0'; at++) {
		if (*at != '~')
			continue;
		*at = '\0';
		list[n++] = at + 1;
	}
	return parameters_read(list, n, &(parameter_rules){.no_input = true}, ret, error);
}

/* Words are separated by '~'; the parameters' JSON is compared. */
static void
assert_body(const char *words, const char *parameters)
{
	EXS_AUTO(exs_command) *cmdlet = NULL;
	EXS_AUTO(library_text) *body = NULL;
	char wanted[4096];

	snprintf(wanted, sizeof wanted,
	         "{\"CmdletInput\":{\"CmdletName\":\"Get-Mailbox\",\"Parameters\":{%s}}}", parameters);
	assert_ok(read_words(words, &cmdlet, test_error()));
	assert_ok(exs_command_body(cmdlet, &body, test_error()));
	assert_string_equal(body, wanted);
}

static void
parameters_read_as_powershell_reads_them(void **state)
{
	(void)state;
	assert_body("Get-Mailbox", "");
	assert_body("Get-Mailbox~-Identity~ann@x.example", "\"Identity\":\"ann@x.example\"");
	assert_body("Get-Mailbox~-Identity:ann", "\"Identity\":\"ann\"");
	assert_body("Get-Mailbox~-Identity:~ann", "\"Identity\":\"ann\"");
	assert_body("Get-Mailbox~-Archive", "\"Archive\":true");
	assert_body("Get-Mailbox~-Archive~-Anr~x", "\"Archive\":true,\"Anr\":\"x\"");
	assert_body("Get-Mailbox~-Archive:$false", "\"Archive\":false");
	assert_body("Get-Mailbox~-X~Ann Smith", "\"X\":\"Ann Smith\"");
	assert_body("Get-Mailbox~-X~-5", "\"X\":-5");
	assert_body("Get-Mailbox~-X~", "\"X\":\"\"");
}

static void
a_comma_joins_words(void **state)
{
	static const char *const same[] = {
		"Get-Mailbox~-X~a,b", "Get-Mailbox~-X~a,~b", "Get-Mailbox~-X~a~,b", "Get-Mailbox~-X~a~,~b",
	};

	(void)state;
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
		assert_body(same[i], "\"X\":[\"a\",\"b\"]");
}

static void
json_goes_through_as_it_is(void **state)
{
	(void)state;
	assert_body("Get-Mailbox~-X:=12345678901234567890", "\"X\":12345678901234567890");
	assert_body("Get-Mailbox~-X:=\"-dash\"", "\"X\":\"-dash\"");
	assert_body("Get-Mailbox~-X:=[1,null]", "\"X\":[1,null]");
}

static void
the_dashes_of_word_processors_begin_a_parameter_too(void **state)
{
	(void)state;
	assert_body("Get-Mailbox~\xE2\x80\x93Identity~ann", "\"Identity\":\"ann\"");
	assert_body("Get-Mailbox~-A~\xE2\x80\x94" "B", "\"A\":true,\"B\":true");
}

static void
a_file_s_contents_are_sent_as_text_or_bytes(void **state)
{
	char words[1024];

	(void)state;
	snprintf(words, sizeof words, "Get-Mailbox~-X@%s", test_file("text", span_of("$true\n"), 0600));
	assert_body(words, "\"X\":\"$true\\n\"");
	snprintf(words, sizeof words, "Get-Mailbox~-X@bytes:%s",
	         test_file("bytes", span_from("\0\xFF", 2), 0600));
	assert_body(words, "\"X\":{\"@odata.type\":\"#Exchange.ByteArrayType\",\"Data\":[0,255]}");
}

static void
what_belongs_to_no_parameter_is_refused_with_a_way_on(void **state)
{
	exs_error   *error = test_error();
	exs_command *cmdlet = NULL;

	(void)state;
	assert_int_equal(read_words("Get-Mailbox~ann", &cmdlet, error), EXS_USAGE);
	assert_string_equal(exs_error_fix(error), "Get-Mailbox -Identity ann");
	assert_fails(EXS_USAGE, error, E_USAGE);
	assert_fails(read_words("Get-Mailbox~-X~a~b", &cmdlet, error), error, E_USAGE);
	assert_fails(read_words("Get-Mailbox~-X=5", &cmdlet, error), error, E_USAGE);
	assert_fails(read_words("Get-Mailbox~-X:", &cmdlet, error), error, E_USAGE);
	assert_fails(read_words("Get-Mailbox~-X@", &cmdlet, error), error, E_USAGE);
	assert_fails(read_words("Get-Mailbox~-X@/nonexistent", &cmdlet, error), error, E_FILE);
	assert_fails(read_words("Get-Mailbox~-X:={", &cmdlet, error), error, E_PARAMETER);
	assert_fails(read_words("Get-Mailbox~-X~$(whoami)", &cmdlet, error), error,
	             E_EXPRESSION);
	assert_null(cmdlet);
}

static void
what_a_person_confirmed_is_not_asked_again(void **state)
{
	EXS_AUTO(exs_command) *cmdlet = NULL;
	EXS_AUTO(library_text) *body = NULL;

	(void)state;
	assert_ok(read_words("Get-Mailbox~-confirm~-A~b", &cmdlet, test_error()));
	exs_command_remove(cmdlet, "Confirm");
	assert_ok(exs_command_body(cmdlet, &body, test_error()));
	assert_null(strstr(body, "onfirm"));
	assert_non_null(strstr(body, "\"A\":\"b\""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parameters_read_as_powershell_reads_them),
		cmocka_unit_test(a_comma_joins_words),
		cmocka_unit_test(json_goes_through_as_it_is),
		cmocka_unit_test(the_dashes_of_word_processors_begin_a_parameter_too),
		cmocka_unit_test(a_file_s_contents_are_sent_as_text_or_bytes),
		cmocka_unit_test(what_belongs_to_no_parameter_is_refused_with_a_way_on),
		cmocka_unit_test(what_a_person_confirmed_is_not_asked_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
