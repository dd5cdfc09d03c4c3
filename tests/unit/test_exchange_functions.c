/* The service's script read as data: what is a cmdlet and a parameter in it, and what only looks like one. */
#include "exchange/modulefile.h"
#include "support/test.h"

#include "base/jsontext.h"

/* The records of a script that arrives in pieces of this size. */
static void
expect_pieces(const char *source, const char *records, size_t piece)
{
	EXS_SCOPED(functions) f;
	span rest = span_of(source);

	functions_begin(&f);
	while (rest.len > 0) {
		size_t n = rest.len < piece ? rest.len : piece;

		functions_feed(&f, span_from(rest.at, n));
		rest = span_from(rest.at + n, rest.len - n);
	}
	assert_ok(functions_end(&f, test_error()));
	if (strcmp(buf_text(&f.records), records) != 0)
		fail_msg("%s\n  is     %s\n  wanted %s", source, buf_text(&f.records), records);
}

static void
expect(const char *source, const char *records)
{
	expect_pieces(source, records, 1);
	expect_pieces(source, records, 7);
	expect_pieces(source, records, 100000);
}

static void
functions_and_their_parameters_are_found(void **state)
{
	(void)state;
	expect("function script:Get-Mailbox { param([Parameter(Mandatory=$true)] [string] ${Identity}, [switch] $Archive) }",
	       "c\tGet-Mailbox\np\tIdentity\tstring\tm\t\np\tArchive\tswitch\t-\t\n");
	expect("Function global:Get-X\n{\n  Param\n  (\n  )\n}", "c\tGet-X\n");
	expect("function Get-X { }", "c\tGet-X\n");
	expect("function Get-X { 'no block' }\nfunction Get-Y([int] $A) { }", "c\tGet-X\nc\tGet-Y\np\tA\tint\t-\t\n");
	expect("function Get-X { [CmdletBinding(DefaultParameterSetName='It''s)')] param($A) function Get-Y { param($B) } }",
	       "c\tGet-X\np\tA\tobject\t-\t\nc\tGet-Y\np\tB\tobject\t-\t\n");
	expect("function script:Join-Words { }\nfunction NotACmdlet { param($A) }", "c\tJoin-Words\n");
}

static void
attributes_tell_what_is_required_and_its_other_names(void **state)
{
	(void)state;
	expect("function Get-X { param([Parameter(ParameterSetName='A', Mandatory)] [Parameter(ParameterSetName='B')] $A) }",
	       "c\tGet-X\np\tA\tobject\ts\t\n");
	expect("function Get-X { param([Parameter(Mandatory=$false, HelpMessage='Mandatory')] $A,"
	       " [Parameter(ValueFromPipeline=($true -and (1 -eq 1)), Mandatory = 1)] $B) }",
	       "c\tGet-X\np\tA\tobject\t-\t\np\tB\tobject\tm\t\n");
	expect("function Get-X { param([Alias('One', \"Two\")] [ValidateSet('a)', 'b]')] [string] $A) }",
	       "c\tGet-X\np\tA\tstring\t-\tOne,Two\n");
	expect("function Get-X { param([string] [ValidateNotNull()] $A) }", "c\tGet-X\np\tA\tstring\t-\t\n");
}

static void
types_are_written_as_people_write_them(void **state)
{
	static const char *const types[][2] = {
		{"System.String", "string"},
		{"System.Management.Automation.SwitchParameter", "switch"},
		{"SwitchParameter", "switch"},
		{"System.Nullable[bool]", "bool"},
		{"Nullable[System.Boolean]", "bool"},
		{"byte[]", "byte[]"},
		{"System.Byte[]", "byte[]"},
		{"byte[][]", "byte[][]"},
		{"System.Security.SecureString", "securestring"},
		{"securestring", "securestring"},
		{"System.Management.Automation.PSCredential", "pscredential"},
		{"Microsoft.Exchange.Data.Unlimited`1[System.UInt32]", "Microsoft.Exchange.Data.Unlimited`1[System.UInt32]"},
		{"Nullable[", "Nullable["},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		EXS_SCOPED(buf) to = BUF(200);

		functions_add_type(&to, span_of(types[i][0]));
		assert_string_equal(buf_text(&to), types[i][1]);
	}
}

static void
what_stands_in_comments_and_strings_is_no_code(void **state)
{
	(void)state;
	expect("<# function Get-X { param($A) } #>\n# function Get-Y { }\nfunction Get-Z { param($A) } # }",
	       "c\tGet-Z\np\tA\tobject\t-\t\n");
	expect("$a = @'\nfunction Get-X { }\n '@\n'@\nfunction Get-Z { }", "c\tGet-Z\n");
	expect("$a = @\"\nfunction Get-X { $( \"}\" ) \"\n\"@\nfunction Get-Z { }", "c\tGet-Z\n");
	expect("$a = 'it''s { ( '; $b = \"`\" { $(foo \"a )\" 'b \"') ( \"\nfunction Get-Z { }", "c\tGet-Z\n");
	expect("$a = \xE2\x80\x98 function Get-X { } \xE2\x80\x99\nfunction Get-Z { }", "c\tGet-Z\n");
	expect("$a = 'function\nGet-X { }\n'\nfunction Get-Z { }", "c\tGet-Z\n");
	expect("function Get-Z { param($A = ')', [int] $B = (@(1,2) | foo { ) } ).Count) }",
	       "c\tGet-Z\np\tA\tobject\t-\t\np\tB\tint\t-\t\n");
	expect("function Get-Z { param($A <# , $B #>, # $C,\n $D) }",
	       "c\tGet-Z\np\tA\tobject\t-\t\np\tD\tobject\t-\t\n");
	expect("function Get-Z { param([string] `\n  $A) }", "c\tGet-Z\np\tA\tstring\t-\t\n");
}

static void
the_first_key_in_a_string_counts(void **state)
{
	static const char source[] =
		"# <RSAKeyValue>no</RSAKeyValue>\n$k = '<RSAKeyValue><Modulus>x</Modulus></RSAKeyValue>'\n"
		"$l = '<RSAKeyValue>other</RSAKeyValue>'\nfunction Get-X { }\n";
	EXS_SCOPED(functions) f;

	(void)state;
	functions_begin(&f);
	functions_feed(&f, span_of(source));
	assert_ok(functions_end(&f, test_error()));
	assert_string_equal(buf_text(&f.key), "<RSAKeyValue><Modulus>x</Modulus></RSAKeyValue>");
}

static void
what_cannot_be_read_is_said(void **state)
{
	EXS_SCOPED(functions) f;
	exs_error *error = test_error();

	(void)state;
	functions_begin(&f);
	functions_feed(&f, span_of("function Get-X { }\n$a = 'no end\nfunction Get-Y { }\n"));
	assert_fails(functions_end(&f, error), error, E_ANSWER);
	functions_done(&f);
	functions_begin(&f);
	for (size_t i = 0; i < 2 * SCRIPT_NEST_MAX; i++)
		functions_feed(&f, span_of("\"$("));
	assert_fails(functions_end(&f, error), error, E_ANSWER);
	functions_done(&f);
	functions_begin(&f);
	for (size_t i = 0; i <= SCRIPT_LINE_MAX / 16; i++)
		functions_feed(&f, span_of("0123456789abcdef"));
	assert_fails(functions_end(&f, error), error, E_ANSWER);
}

/* An answer in pieces of every size up to 40 bytes. */
static exs_status
read_answer(modulefile *m, const char *json, size_t piece, exs_error *error)
{
	span rest = span_of(json);

	modulefile_begin(m);
	while (rest.len > 0) {
		size_t n = rest.len < piece ? rest.len : piece;

		EXS_TRY(modulefile_feed(m, span_from(rest.at, n), error));
		rest = span_from(rest.at + n, rest.len - n);
	}
	return modulefile_end(m, error);
}

static void
the_script_is_taken_out_of_the_answer_as_it_arrives(void **state)
{
	static const char json[] =
		"{\"@odata.context\":\"x\",\"n\":-1.5e3,\"t\":[true,{},[]],\"value\":[{\"exportedCmdlets\":\"Get-X,Get-Y\","
		"\"fileName\":\"a\",\"fileContent\":\"function Get-X { param(\\n[string] $A\\u002c\\t$B) } # \\ud83d\\ude00 \\ud83d\"},"
		"{\"fileContent\":\"function Get-Z { }\",\"exportedCmdlets\":\"Get-Z\"}]} \n";

	(void)state;
	for (size_t piece = 1; piece < 40; piece++) {
		EXS_SCOPED(modulefile) m;

		assert_ok(read_answer(&m, json, piece, test_error()));
		assert_string_equal(buf_text(&m.names), "Get-X,Get-Y,Get-Z");
		assert_string_equal(buf_text(&m.functions.records),
		                    "c\tGet-X\np\tA\tstring\t-\t\np\tB\tobject\t-\t\nc\tGet-Z\n");
	}
}

static void
a_script_that_is_not_understood_leaves_the_names(void **state)
{
	EXS_SCOPED(modulefile) m;
	EXS_SCOPED(modulefile) without;

	(void)state;
	assert_ok(read_answer(&m, "{\"fileContent\":\"function Get-X { param($A) } <#\",\"exportedCmdlets\":\"Get-X\"}", 9,
	                      test_error()));
	assert_true(m.unread);
	assert_string_equal(buf_text(&m.names), "Get-X");
	assert_int_equal(m.functions.records.len, 0);
	assert_fails(read_answer(&without, "{\"fileContent\":\"function Get-X { } <#\",\"exportedCmdlets\":\" \"}", 9,
	                         test_error()), test_error(), E_ANSWER);
}

static void
an_answer_that_is_no_list_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "{", "{}", "[]", "null", "\"fileContent\"", "{\"value\":[{\"fileContent\":\"x\"}]",
		"{\"fileContent\":\"x\"", "{\"fileContent\":\"x\n\"}", "{\"fileContent\":\"\\x\"}", "{\"fileContent\":\"\\u12g4\"}",
		"{\"fileContent\":\"x\"}}", "{\"fileContent\":\"x\",}", "{\"fileContent\" \"x\"}", "{\"fileContent\":tru}",
		"{\"fileContent\":\"x\"]", "<html>", "{\"a\":[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]],\"fileContent\":\"\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		EXS_SCOPED(modulefile) m;
		exs_error *error = test_error();

		if (read_answer(&m, bad[i], 3, error) == EXS_OK)
			fail_msg("taken: %s", bad[i]);
		assert_true(error_is(error, E_ANSWER));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_and_their_parameters_are_found),
		cmocka_unit_test(attributes_tell_what_is_required_and_its_other_names),
		cmocka_unit_test(types_are_written_as_people_write_them),
		cmocka_unit_test(what_stands_in_comments_and_strings_is_no_code),
		cmocka_unit_test(the_first_key_in_a_string_counts),
		cmocka_unit_test(what_cannot_be_read_is_said),
		cmocka_unit_test(the_script_is_taken_out_of_the_answer_as_it_arrives),
		cmocka_unit_test(a_script_that_is_not_understood_leaves_the_names),
		cmocka_unit_test(an_answer_that_is_no_list_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
