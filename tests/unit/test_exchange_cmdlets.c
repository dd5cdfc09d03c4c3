/* What is known of an identity's cmdlets: kept, believed, and held against commands. */
#include "exchange/catalogue.h"
#include "exchange/command.h"
#include "support/fake_host.h"
#include "support/test.h"

#include <stdio.h>
#include <strings.h>

static const char records[] =
	"c\tSet-Mailbox\np\tIdentity\tobject\tm\t\np\tHiddenFromAddressListsEnabled\tbool\t-\t\n"
	"p\tPassword\tsecurestring\t-\t\np\tRoomMailboxPassword\tsecurestring\t-\t\np\tResourceCapacity\tint\t-\tCapacity,Seats\n"
	"p\tPicture\tbyte[]\t-\t\np\tForce\tswitch\t-\t\np\tExchangeGuid\tguid\t-\t\np\tCredential\tpscredential\t-\t\n"
	"p\tFilter\tstring\t-\t\nc\tget-Mailbox\np\tIdentity\tobject\ts\t\np\tResultSize\tobject\t-\t\n"
	"p\tRecipientTypeDetails\tobject\t-\t\nc\tGet-Mailbox\nc\tGet-Only\t-\n";

static exs_cmdlets *
make_list(const seal *key)
{
	EXS_SCOPED(buf) text = BUF(CATALOGUE_FILE_MAX);
	catalogue_head head = {"abc", FAKE_NOW, key};
	exs_cmdlets   *list = NULL;

	assert_ok(catalogue_write(&head, span_of(records), &text, test_error()));
	assert_ok(catalogue_read(&text, "abc", &list, test_error()));
	return list;
}

static void
the_list_is_in_order_and_has_each_name_once(void **state)
{
	static const char *const names[] = {"get-Mailbox", "Get-Only", "Set-Mailbox"};
	EXS_AUTO(exs_cmdlets) *list = make_list(NULL);
	exs_cmdlet_parameter p;
	exs_cmdlet           c;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_true(exs_cmdlets_at(list, i, &c));
		assert_int_equal(strcasecmp(c.name, names[i]), 0);
		assert_int_equal(c.parameters_known, i != 1);
	}
	assert_false(exs_cmdlets_at(list, 3, &c));
	assert_true(exs_cmdlets_find(list, "SET-MAILBOX", &c));
	assert_true(exs_cmdlet_parameter_at(list, &c, 4, &p));
	assert_string_equal(p.name, "ResourceCapacity");
	assert_string_equal(p.type, "int");
	assert_string_equal(p.aliases, "Capacity,Seats");
	assert_true(exs_cmdlet_parameter_at(list, &c, 0, &p) && p.mandatory && p.mandatory_often);
	assert_false(exs_cmdlet_parameter_at(list, &c, 10, &p));
	assert_string_equal(exs_cmdlets_nearest(list, "Set-Malibox"), "Set-Mailbox");
	assert_int_equal(exs_cmdlets_fetched(list), FAKE_NOW);
	assert_string_equal(exs_cmdlets_key(list), "");
}

static void
a_changed_byte_or_another_owner_is_not_believed(void **state)
{
	EXS_SCOPED(buf) good = BUF(CATALOGUE_FILE_MAX);
	catalogue_head head = {"abc", FAKE_NOW, NULL};
	exs_cmdlets   *list = NULL;

	(void)state;
	assert_ok(catalogue_write(&head, span_of(records), &good, test_error()));
	for (size_t i = 0; i <= good.len; i += 7) {
		EXS_SCOPED(buf) bad = BUF(CATALOGUE_FILE_MAX);
		exs_error *error = test_error();

		buf_add(&bad, span_from(good.at, i)); /* cut short, or with a bit turned */
		if (i % 2 == 0 && i < good.len) {
			buf_clear(&bad);
			buf_add(&bad, buf_span(&good));
			bad.at[i] ^= 4;
		}
		if (i < good.len)
			assert_fails(catalogue_read(&bad, "abc", &list, error), error, E_CMDLETS);
	}
	assert_fails(catalogue_read(&good, "abd", &list, test_error()), test_error(), E_CMDLETS);
}

static void
only_what_is_exported_counts_and_names_alone_do_too(void **state)
{
	EXS_SCOPED(buf) to = BUF(4096);

	(void)state;
	assert_ok(catalogue_select(span_of("c\tGet-A\np\tX\tint\t-\t\nc\tJoin-Words\np\tY\tint\t-\t\nc\tGet-B\n"),
	                           span_of("get-b, Get-A,Get-C,,Bad Name-x,Get-A"), &to, test_error()));
	assert_string_equal(buf_text(&to), "c\tGet-A\np\tX\tint\t-\t\nc\tGet-B\nc\tGet-C\t-\n");
	buf_clear(&to);
	assert_ok(catalogue_select(span_of("c\tGet-A\n"), span_of(" "), &to, test_error()));
	assert_string_equal(buf_text(&to), "c\tGet-A\n");
}

static void
patterns_match_as_powershell_s_do(void **state)
{
	static const struct {
		const char *name, *pattern;
		bool        matches;
	} rows[] = {
		{"Get-Mailbox", "*", true},           {"Get-Mailbox", "get-mailbox", true},
		{"Get-Mailbox", "*mailbox", true},    {"Get-MailboxPermission", "*mailbox", false},
		{"Get-MailboxPermission", "*mail*perm*", true}, {"Get-Mailbox", "?et-*", true},
		{"Get-Mailbox", "Get-Mailbo", false}, {"Get-Mailbox", "", false},
		{"Get-Mailbox", "Get-Mailbox?", false}, {"Set-Mailbox", "*e*-*x*", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (exs_cmdlet_matches(rows[i].name, rows[i].pattern) != rows[i].matches)
			fail_msg("%s and %s", rows[i].name, rows[i].pattern);
}

/* What a line becomes when it is held against the list; NULL: `fails` tells. */
typedef struct bind_row {
	const char *line, *parameters;
	error_id    fails;
} bind_row;

static const bind_row binds[] = {
	{"set-mailbox -identity a", "\"Identity\":\"a\"", E_NONE},
	{"Set-Mailbox -Ident a -Hid $true", "\"Identity\":\"a\",\"HiddenFromAddressListsEnabled\":true", E_NONE},
	{"Set-Mailbox -Identity a -Seats 5", "\"Identity\":\"a\",\"ResourceCapacity\":5", E_NONE},
	{"Set-Mailbox -Identity a -Sea 5", "\"Identity\":\"a\",\"ResourceCapacity\":5", E_NONE},
	{"Set-Mailbox -Identity a -ResourceCapacity '5'", "\"Identity\":\"a\",\"ResourceCapacity\":\"5\"", E_NONE},
	{"Set-Mailbox -Fil 'x -eq $true'", "\"Filter\":\"x -eq 'True'\"", E_NONE},
	{"Set-Mailbox -Filt {x -eq $true}", "\"Filter\":\"x -eq 'True'\"", E_NONE},
	{"Set-Mailbox -Identity a -ErrorAction Stop -Verb", "\"Identity\":\"a\",\"ErrorAction\":\"Stop\",\"Verbose\":true", E_NONE},
	{"Set-Mailbox -Identity a -Password $null", "\"Identity\":\"a\",\"Password\":null", E_NONE},
	{"Set-Mailbox -ExchangeGuid 0f0e0d0c-1111-2222-3333-444455556666", "\"ExchangeGuid\":\"0f0e0d0c-1111-2222-3333-444455556666\"", E_NONE},
	{"Get-Only -Whatever x", "\"Whatever\":\"x\"", E_NONE},
	{"Get-Mailbox -R 5", NULL, E_PARAMETER},
	{"Get-Mailbox -Res 5", "\"ResultSize\":5", E_NONE}, /* the first of two get-Mailbox counts */
	{"Set-Malibox -Identity a", NULL, E_CMDLET_UNKNOWN},
	{"Set-Mailbox -Idendity a", NULL, E_PARAMETER_UNKNOWN},
	{"Set-Mailbox -Identityy a", NULL, E_PARAMETER_UNKNOWN},
	{"Set-Mailbox -P x", NULL, E_PARAMETER},
	{"Set-Mailbox -Identity a -Iden b", NULL, E_PARAMETER},
	{"Set-Mailbox -HiddenFromAddressListsEnabled true", NULL, E_PARAMETER},
	{"Set-Mailbox -Force:yes", NULL, E_PARAMETER},
	{"Set-Mailbox -ResourceCapacity many", NULL, E_PARAMETER},
	{"Set-Mailbox -ExchangeGuid me", NULL, E_PARAMETER},
	{"Set-Mailbox -Picture x", NULL, E_PARAMETER},
	{"Set-Mailbox -Credential x", NULL, E_PARAMETER},
	{"Set-Mailbox -Password x", NULL, E_SECRET_ARGUMENT},
	{"Set-Mailbox -passw x", NULL, E_SECRET_ARGUMENT},
	{"Get-Only -AdminPassword x", NULL, E_SECRET_ARGUMENT},
	{"Get-Only -Pass x", NULL, E_SECRET_ARGUMENT},
};

static void
bind_line(const bind_row *row)
{
	EXS_AUTO(exs_cmdlets) *list = make_list(NULL);
	EXS_AUTO(exs_command) *command = NULL;
	EXS_AUTO(chars) *body = NULL;
	exs_error *error = test_error();
	exs_status status;
	char       wanted[1024];

	if (exs_command_parse(row->line, strlen(row->line), &command, error) != EXS_OK)
		fail_msg("%s: %s", row->line, exs_error_message(error));
	status = exs_command_bind(command, list, error);
	if (row->parameters == NULL) {
		if (status == EXS_OK || !error_is(error, row->fails))
			fail_msg("%s: %s", row->line, exs_error_code(error));
		return;
	}
	if (status != EXS_OK)
		fail_msg("%s: %s", row->line, exs_error_message(error));
	assert_ok(exs_command_body(command, &body, error));
	snprintf(wanted, sizeof wanted, "\"Parameters\":{%s", row->parameters);
	if (strstr(body, wanted) == NULL)
		fail_msg("%s: %s", row->line, body);
}

static void
commands_are_held_against_the_list(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof binds / sizeof binds[0]; i++)
		bind_line(&binds[i]);
}

static void
without_a_list_only_written_out_passwords_are_refused(void **state)
{
	EXS_AUTO(exs_command) *command = NULL;
	static const char line[] = "New-Mailbox -Name a -ResetPasswordOnNextLogon $true -Anything b";
	static const char password[] = "New-Mailbox -Name a -Password b";
	exs_command *second = NULL;

	(void)state;
	assert_ok(exs_command_parse(line, strlen(line), &command, test_error()));
	assert_ok(exs_command_bind(command, NULL, test_error()));
	assert_ok(exs_command_parse(password, strlen(password), &second, test_error()));
	assert_fails(exs_command_bind(second, NULL, test_error()), test_error(), E_SECRET_ARGUMENT);
	exs_command_free(second);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_is_in_order_and_has_each_name_once),
		cmocka_unit_test(a_changed_byte_or_another_owner_is_not_believed),
		cmocka_unit_test(only_what_is_exported_counts_and_names_alone_do_too),
		cmocka_unit_test(patterns_match_as_powershell_s_do),
		cmocka_unit_test(commands_are_held_against_the_list),
		cmocka_unit_test(without_a_list_only_written_out_passwords_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
