/* What becomes an item of a batch: lines of JSON, lines of a table, patterns filled in; and what is refused with its line. */
#include "support/fake_host.h"
#include "support/test.h"

#include "exchange/batch_reader.h"

#include <exosign/batch.h>

/* The bodies of all items, a line each; a skipped one is "skipped: why". */
static exs_status
read_items(const char *text, size_t length, const char *cmdlet, const exs_command *pattern, buf *to,
           exs_error *error)
{
	const char *path = test_file("items", span_from(text, length), 0600);
	batch_shape shape = {.cmdlet = cmdlet, .pattern = pattern};
	EXS_AUTO(batch_reader) *reader = NULL;
	bool more = true;

	EXS_TRY(batch_reader_new(path, "items", &shape, &reader, error));
	while (more) {
		EXS_AUTO(batch_item) *item = NULL;
		char *body = NULL;

		EXS_TRY(batch_reader_step(reader, &more, error));
		if (!more)
			break;
		EXS_TRY(batch_reader_item(reader, &item, error));
		buf_addf(to, "%llu ", (unsigned long long)item->line);
		if (item->id != NULL)
			buf_addf(to, "%s ", item->id);
		if (item->why_not != NULL) {
			buf_addf(to, "skipped: %s\n", item->why_not);
			continue;
		}
		EXS_TRY(exs_command_body(item->command, &body, error));
		buf_addf(to, "%s\n", body);
		exs_text_free(body);
	}
	return EXS_OK;
}

static void
expect(const char *text, const char *cmdlet, const exs_command *pattern, const char *wanted)
{
	EXS_SCOPED(buf) got = BUF(1024 * 1024);

	assert_ok(read_items(text, strlen(text), cmdlet, pattern, &got, test_error()));
	assert_string_equal(buf_text(&got), wanted);
}

static void
expect_refused(const char *text, const char *cmdlet, const char *message)
{
	EXS_SCOPED(buf) got = BUF(1024 * 1024);
	exs_error *error = test_error();

	assert_int_equal(read_items(text, strlen(text), cmdlet, NULL, &got, error), EXS_USAGE);
	assert_string_equal(exs_error_code(error), "E-BATCH-INPUT");
	if (strstr(exs_error_message(error), message) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", exs_error_message(error), message);
}

#define BODY(cmdlet, parameters) "{\"CmdletInput\":{\"CmdletName\":\"" cmdlet "\",\"Parameters\":{" parameters "}}}\n"

static void
a_line_of_json_is_an_item(void **state)
{
	(void)state;
	expect("{\"cmdlet\":\"Get-Mailbox\",\"parameters\":{\"Identity\":\"a\",\"ResultSize\":5},\"id\":\"x\"}\n"
	       "\r\n"
	       "  {\"id\":7,\"cmdlet\":\"Get-User\"}\r\n"
	       "{\"parameters\":{\"Identity\":\"b\\u00e9\"}}",
	       "Get-Recipient", NULL,
	       "1 x " BODY("Get-Mailbox", "\"Identity\":\"a\",\"ResultSize\":5")
	       "3 7 " BODY("Get-User", "")
	       "4 " BODY("Get-Recipient", "\"Identity\":\"b\\u00e9\""));
}

static void
lines_of_json_that_are_none_are_refused_with_their_place(void **state)
{
	static const char *const wrong[][2] = {
		{"{\"cmdlet\":\"Get-A\"}\n{\"cmdlet\":\n", "line 2: this is not JSON"},
		{"{\"cmdlet\":\"Get-A\",\"x\":1}", "line 1: \"x\" is no member"},
		{"{\"cmdlet\":\"Get-A\",\"cmdlet\":\"Get-B\"}", "there twice"},
		{"{\"parameters\":{}}", "names no cmdlet"},
		{"{\"cmdlet\":\"rm -rf\"}", "named Verb-Noun"},
		{"{\"cmdlet\":7}", "cmdlet is a text"},
		{"{\"cmdlet\":\"Get-A\\u0000B\"}", "no name of a cmdlet"},
		{"{\"cmdlet\":\"Get-A\",\"parameters\":[]}", "parameters is an object"},
		{"{\"cmdlet\":\"Get-A\",\"parameters\":{\"a b\":1}}", "letters and digits"},
		{"{\"cmdlet\":\"Get-A\",\"parameters\":{\"A\":1,\"a\":2}}", "given twice"},
		{"{\"cmdlet\":\"Get-A\",\"id\":[]}", "id is a text or a number"},
		{"{\"cmdlet\":\"Get-A\"} {}", "not JSON"},
		{"{\"cmdlet\":\"Get-A\",\"parameters\":{\"A\":\"\xFF\"}}", "not JSON"},
		{"{\"cmdlet\":\"Connect-ExchangeOnline\"}", "not needed"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		expect_refused(wrong[i][0], NULL, wrong[i][1]);
}

static void
a_line_of_a_table_is_an_item(void **state)
{
	(void)state;
	expect("\xEF\xBB\xBFIdentity,CustomAttribute1,id,Hidden:bool,Max:int,Tags:list,Raw:json\r\n"
	       "ann,\"O'Hara, \"\"A\"\"\r\nsecond\",n1,yes,-5,a; b;,\"{\"\"x\"\":[1]}\"\r\n"
	       "bob,$(x) `n $true x,,,,,\r\n",
	       "Get-Mailbox", NULL,
	       "2 n1 " BODY("Get-Mailbox", "\"Identity\":\"ann\",\"CustomAttribute1\":\"O'Hara, \\\"A\\\"\\r\\nsecond\","
	                    "\"Hidden\":true,\"Max\":-5,\"Tags\":[\"a\",\"b\"],"
	                    "\"Raw\":{\"@odata.type\":\"#Exchange.GenericHashTable\",\"x\":[1]}")
	       "4 " BODY("Get-Mailbox", "\"Identity\":\"bob\",\"CustomAttribute1\":\"$(x) `n $true x\""));
}

static void
literals_semicolons_and_types_above_the_header_are_understood(void **state)
{
	(void)state;
	expect("#TYPE System.Object\n\nIdentity;A;B\nann;$True;$null\n", "Get-Mailbox", NULL,
	       "4 " BODY("Get-Mailbox", "\"Identity\":\"ann\",\"A\":true,\"B\":null"));
	expect("cmdlet\tIdentity\nGet-User\tann\n", NULL, NULL, "2 " BODY("Get-User", "\"Identity\":\"ann\""));
	expect("Identity,A\n,x\nann,\n", "Get-User", NULL,
	       "2 skipped: its Identity is empty\n3 " BODY("Get-User", "\"Identity\":\"ann\""));
}

static void
tables_that_are_none_are_refused_with_their_place(void **state)
{
	static const char *const wrong[][2] = {
		{"", "there is nothing in it"},
		{"Identity,Identity\na,b\n", "line 1: the header: two columns"},
		{"Identity,,A\na,b,c\n", "a column without a name"},
		{"Identity,Job Title\na,b\n", "letters and digits"},
		{"Identity,A\na\n", "line 2: fewer cells"},
		{"Identity,A\na,b\nc,d,e\n", "line 3: more cells"},
		{"Identity,A\na,\"b\nc,d\n", "line 2: a quote that is opened here is never closed"},
		{"Identity,A\na,b\"c\"\n", "line 2: a quote stands within"},
		{"Identity,A\na,\"b\"c\n", "line 2: a quote stands within"},
		{"Identity,A:bool\na,maybe\n", "line 2: -A: \"maybe\" is not what"},
		{"Identity,A:int\na,1.5\n", "is not what its column"},
		{"Identity,A\na,\xFF\n", "not UTF-8"},
		{"\xFF\xFEI\0", "UTF-16"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		expect_refused(wrong[i][0], "Get-Mailbox", wrong[i][1]);
	expect_refused("Identity\nann\n", NULL, "no column is named cmdlet");
}

static void
add(exs_command *pattern, const char *name, const char *literal)
{
	char *marked = NULL;

	assert_ok(exs_batch_columns(literal, strlen(literal), &marked, test_error()));
	assert_ok(exs_command_literal(pattern, name, marked, strlen(marked), test_error()));
	exs_text_free(marked);
}

static void
what_is_filled_in_stays_text(void **state)
{
	EXS_AUTO(exs_command) *pattern = NULL;

	(void)state;
	assert_ok(exs_command_new("Get-Mailbox", &pattern, test_error()));
	add(pattern, "Identity", "{upn}");
	add(pattern, "A", "{dept}");
	add(pattern, "B", "'in {dept} {{not}} @{x}'");
	add(pattern, "C", "@{Add='{dept}','y';Remove=@('{Job Title}')}");
	add(pattern, "D", "{on:bool}");
	add(pattern, "E", "$true");
	expect("upn,dept,Job Title,on\n"
	       "ann,\"'; $x @{a=1} \"\"q\"\" {upn}\",boss,no\n"
	       "bob,,,\n"
	       ",x,y,yes\n",
	       NULL, pattern,
	       "2 " BODY("Get-Mailbox", "\"Identity\":\"ann\",\"A\":\"'; $x @{a=1} \\\"q\\\" {upn}\","
	                 "\"B\":\"in '; $x @{a=1} \\\"q\\\" {upn} {not} @{x}\","
	                 "\"C\":{\"@odata.type\":\"#Exchange.GenericHashTable\",\"Add\":[\"'; $x @{a=1} \\\"q\\\" {upn}\",\"y\"],"
	                 "\"Remove\":[\"boss\"]},\"D\":false,\"E\":true")
	       "3 " BODY("Get-Mailbox", "\"Identity\":\"bob\",\"B\":\"in  {not} @{x}\","
	                 "\"C\":{\"@odata.type\":\"#Exchange.GenericHashTable\",\"Add\":[\"\",\"y\"],\"Remove\":[\"\"]},\"E\":true")
	       "4 skipped: the cell that names the object is empty\n");
}

static void
a_pattern_names_columns_that_are_there(void **state)
{
	EXS_AUTO(exs_command) *pattern = NULL;
	EXS_AUTO(exs_command) *constant = NULL;
	EXS_SCOPED(buf) got = BUF(1024);
	static const char table[] = "upn\nann\n";

	(void)state;
	assert_ok(exs_command_new("Get-Mailbox", &pattern, test_error()));
	add(pattern, "Identity", "{name}");
	assert_fails(read_items(table, sizeof table - 1, NULL, pattern, &got, test_error()), test_error(), E_USAGE);
	assert_ok(exs_command_new("Get-Mailbox", &constant, test_error()));
	add(constant, "Identity", "ann");
	assert_fails(read_items(table, sizeof table - 1, NULL, constant, &got, test_error()), test_error(), E_USAGE);
}

static void
items_of_one_object_are_known_by_it(void **state)
{
	static const struct {
		const char *a, *b;
		bool        same;
	} pairs[] = {
		{"Set-Mailbox -Identity Ann@x.example", "Remove-Mailbox -Identity ann@X.example", true},
		{"Set-MailboxFolderPermission -Identity 'ann:\\Calendar'", "Set-Mailbox -Identity ann", true},
		{"Set-Mailbox -Identity ann", "Set-Mailbox -Identity anna", false},
		{"Set-OrganizationConfig -A 1", "Get-OrganizationConfig", true},
		{"Set-OrganizationConfig -A 1", "Get-AcceptedDomain", false},
		{"New-Mailbox -Name ann", "Set-Mailbox -Identity ann", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		EXS_AUTO(exs_command) *a = NULL;
		EXS_AUTO(exs_command) *b = NULL;

		assert_ok(exs_command_parse(pairs[i].a, strlen(pairs[i].a), &a, test_error()));
		assert_ok(exs_command_parse(pairs[i].b, strlen(pairs[i].b), &b, test_error()));
		assert_int_equal(batch_item_object(a) == batch_item_object(b), pairs[i].same);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_of_json_is_an_item),
		cmocka_unit_test(lines_of_json_that_are_none_are_refused_with_their_place),
		cmocka_unit_test(a_line_of_a_table_is_an_item),
		cmocka_unit_test(literals_semicolons_and_types_above_the_header_are_understood),
		cmocka_unit_test(tables_that_are_none_are_refused_with_their_place),
		cmocka_unit_test(what_is_filled_in_stays_text),
		cmocka_unit_test(a_pattern_names_columns_that_are_there),
		cmocka_unit_test(items_of_one_object_are_known_by_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
