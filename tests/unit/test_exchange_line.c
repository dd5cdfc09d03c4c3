/* Lines of PowerShell and the JSON they become; and lines that are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/span.h"

#include <exosign/exchange.h>
#include <stdio.h>

/* What stands between "Parameters":{ and the end, without the Confirm that writes get. */
static void
expect_parameters(const char *line, const char *expected)
{
	exs_error   *error = exs_error_new();
	exs_command *command = NULL;
	char        *body = NULL, wanted[4096];

	if (exs_command_parse(line, strlen(line), &command, error) != EXS_OK)
		fail_msg("%s\n  %s", line, exs_error_message(error));
	assert_int_equal(exs_command_body(command, &body, error), EXS_OK);
	snprintf(wanted, sizeof wanted, "{\"CmdletInput\":{\"CmdletName\":\"%s\",\"Parameters\":{%s}}}",
	         exs_command_name(command), expected);
	if (strcmp(body, wanted) != 0)
		fail_msg("%s\n  is     %s\n  wanted %s", line, body, wanted);
	mem_free(body);
	exs_command_free(command);
	exs_error_free(error);
}

typedef struct pair {
	const char *line, *json;
} pair;

#define TABLE  "\"@odata.type\":\"#Exchange.GenericHashTable\""
#define TABLES "@odata.type\":\"#Collection(Exchange.GenericHashTable)\""

static const pair lines[] = {
	/* words and numbers */
	{"Get-Mailbox", ""},
	{"Get-Mailbox -Identity a@b.example", "\"Identity\":\"a@b.example\""},
	{"  Get-Mailbox   -Identity\ta@b.example  ", "\"Identity\":\"a@b.example\""},
	{"Get-Mailbox -ResultSize 5", "\"ResultSize\":5"},
	{"Get-Mailbox -ResultSize Unlimited", "\"ResultSize\":\"Unlimited\""},
	{"Get-X -A -5", "\"A\":-5"},
	{"Get-X -A 0", "\"A\":0"},
	{"Get-X -A -0", "\"A\":\"-0\""},
	{"Get-X -A 0.25 -B -1.5", "\"A\":0.25,\"B\":-1.5"},
	{"Get-X -A 1.50", "\"A\":\"1.50\""},
	{"Get-X -A 1e5", "\"A\":\"1e5\""},
	{"Get-X -A 007", "\"A\":\"007\""},
	{"Get-X -A +49301234567", "\"A\":\"+49301234567\""},
	{"Get-X -A 030-1234", "\"A\":\"030-1234\""},
	{"Get-X -A 15394007230974001153", "\"A\":15394007230974001153"},
	{"Get-X -A '5'", "\"A\":\"5\""},
	{"Get-X -A \"5\"", "\"A\":\"5\""},
	{"Get-X -A 0x1F -B -0x10", "\"A\":31,\"B\":-16"},
	{"Get-X -A 0xFFFFFFFFF", "\"A\":68719476735"},
	{"Get-X -A 0xZZ", "\"A\":\"0xZZ\""},
	{"Get-X -A 2KB -B 10mb -C 1.5GB -D 1TB", "\"A\":2048,\"B\":10485760,\"C\":1610612736,\"D\":1099511627776"},
	{"Get-X -A 10XB", "\"A\":\"10XB\""},
	{"Get-X -A 2026-01-02", "\"A\":\"2026-01-02\""},
	{"Get-X -A 2026-01-02T03:04:05Z", "\"A\":\"2026-01-02T03:04:05Z\""},
	{"Get-X -A 12:30", "\"A\":\"12:30\""},
	{"Get-X -A 14.00:00:00", "\"A\":\"14.00:00:00\""},
	{"Get-X -A 192.0.2.1", "\"A\":\"192.0.2.1\""},
	{"Get-X -A 0f0e0d0c-1111-2222-3333-444455556666", "\"A\":\"0f0e0d0c-1111-2222-3333-444455556666\""},
	{"Get-X -A true -B True", "\"A\":\"true\",\"B\":\"True\""},
	{"Get-MailboxFolderPermission -Identity adele@contoso.com:\\Calendar", "\"Identity\":\"adele@contoso.com:\\\\Calendar\""},
	{"Get-X -A *ops*", "\"A\":\"*ops*\""},
	{"Get-X -A a=b;", NULL},
	{"Get-X -A a`,b", "\"A\":\"a,b\""},
	{"Get-X -A a` b", "\"A\":\"a b\""},
	{"Get-X -A a\"b c\"d", "\"A\":\"ab cd\""},
	{"Get-X -A J\xC3\xBCrgen", "\"A\":\"J\xC3\xBCrgen\""},
	{"Get-X -A 5$", "\"A\":\"5$\""},
	/* constants and switches */
	{"Get-X -A $true -B $False -C $NULL", "\"A\":true,\"B\":false,\"C\":null"},
	{"Get-X -A:$false", "\"A\":false"},
	{"Get-X -A: $false", "\"A\":false"},
	{"Get-X -IncludeHidden", "\"IncludeHidden\":true"},
	{"Get-X -IncludeHidden -A 1 -Force", "\"IncludeHidden\":true,\"A\":1,\"Force\":true"},
	{"Get-X -A:-b", "\"A\":\"-b\""},
	/* quotes */
	{"Get-X -A 'O''Brien'", "\"A\":\"O'Brien\""},
	{"Get-X -A 'a \"b\" $c `n'", "\"A\":\"a \\\"b\\\" $c `n\""},
	{"Get-X -A \"a`tb`nc`\"d`$e`\\f\"", "\"A\":\"a\\tb\\nc\\\"d$e\\\\f\""},
	{"Get-X -A \"say \"\"hi\"\"\"", "\"A\":\"say \\\"hi\\\"\""},
	{"Get-X -A \"`u{1F600}`u{e9}\"", "\"A\":\"\xF0\x9F\x98\x80\xC3\xA9\""},
	{"Get-X -A \"`0`e`a\"", "\"A\":\"\\u0000\\u001b\\u0007\""},
	{"Get-X -A \"costs 5$ or $ 5\"", "\"A\":\"costs 5$ or $ 5\""},
	{"Get-X -A ''", "\"A\":\"\""},
	{"Get-X -A \xE2\x80\x9CHi there\xE2\x80\x9D -B \xE2\x80\x98x\xE2\x80\x99", "\"A\":\"Hi there\",\"B\":\"x\""},
	{"Get-X \xE2\x80\x93""A 1", "\"A\":1"},
	{"Get-X -A @'\nit's \"raw\" $x\nline 2\n'@ -B 1", "\"A\":\"it's \\\"raw\\\" $x\\nline 2\",\"B\":1"},
	{"Get-X -A @\"\na`tb\n\"@", "\"A\":\"a\\tb\""},
	{"Get-X -A @'\n'@", "\"A\":\"\""},
	/* arrays */
	{"Get-X -A a,b,'c d'", "\"A\":[\"a\",\"b\",\"c d\"]"},
	{"Get-X -A a, b , c", "\"A\":[\"a\",\"b\",\"c\"]"},
	{"Get-X -A 1,$null,$true", "\"A\":[1,null,true]"},
	{"Get-X -A @('a','b')", "\"A\":[\"a\",\"b\"]"},
	{"Get-X -A @()", "\"A\":[]"},
	{"Get-X -A @('a')", "\"A\":[\"a\"]"},
	{"Get-X -A @(\n  'a'\n  'b'; 'c' # last\n)", "\"A\":[\"a\",\"b\",\"c\"]"},
	{"Get-X -A @(@('a','b'))", "\"A\":[\"a\",\"b\"]"},
	{"Get-X -A @(1,2),@(3)", "\"A\":[[1,2],[3]]"},
	{"Get-X -A ('a','b') -B (5)", "\"A\":[\"a\",\"b\"],\"B\":5"},
	/* hashtables */
	{"Get-X -A @{Add='x';Remove='y'}", "\"A\":{" TABLE ",\"Add\":\"x\",\"Remove\":\"y\"}"},
	{"Get-X -A @{}", "\"A\":{" TABLE "}"},
	{"Get-X -A @{ Add = 'a@b.example', 'c@d.example' }", "\"A\":{" TABLE ",\"Add\":[\"a@b.example\",\"c@d.example\"]}"},
	{"Get-X -A @{Add=a@b.example,c@d.example}", "\"A\":{" TABLE ",\"Add\":[\"a@b.example\",\"c@d.example\"]}"},
	{"Get-X -A @{\n  Add = 'a'\n  Remove = @('b')\n}", "\"A\":{" TABLE ",\"Add\":\"a\",\"Remove\":[\"b\"]}"},
	{"Get-X -A @{a=@{b=@{c=1}}}", "\"A\":{" TABLE ",\"a\":{" TABLE ",\"b\":{" TABLE ",\"c\":1}}}"},
	{"Get-X -A @{n=1},@{n=2}", "\"A" TABLES ",\"A\":[{\"n\":1},{\"n\":2}]"},
	{"Get-X -A @{L=@{n=1},@{m=@{o=2}}}", "\"A\":{" TABLE ",\"L" TABLES ",\"L\":[{\"n\":1},{\"m\":{" TABLE ",\"o\":2}}]}"},
	{"Get-X -A @{'a b'=1;\"c\"=2;3=4}", "\"A\":{" TABLE ",\"a b\":1,\"c\":2,\"3\":4}"},
	/* casts */
	{"Get-X -A [guid]'0F0E0D0C-1111-2222-3333-444455556666'", "\"A\":\"0F0E0D0C-1111-2222-3333-444455556666\""},
	{"Get-X -A ([guid]'{0f0e0d0c-1111-2222-3333-444455556666}')", "\"A\":\"0f0e0d0c-1111-2222-3333-444455556666\""},
	{"Get-X -A [datetime]'2026-01-02T03:04:05.12+01:00'", "\"A\":\"2026-01-02T02:04:05.1200000Z\""},
	{"Get-X -A ([System.DateTime] '2026-01-02T03:04:05Z')", "\"A\":\"2026-01-02T03:04:05.0000000Z\""},
	{"Get-X -A [int]'5' -B [string]5 -C [bool]1", "\"A\":5,\"B\":\"5\",\"C\":true"},
	{"Get-X -A [double]'1.50'", "\"A\":1.50"},
	{"Get-X -A [byte[]](1,2,255)", "\"A\":{\"@odata.type\":\"#Exchange.ByteArrayType\",\"Data\":[1,2,255]}"},
	{"Get-X -A [byte[]]1,2", "\"A\":{\"@odata.type\":\"#Exchange.ByteArrayType\",\"Data\":[1,2]}"},
	{"Get-X -A [byte[]](1),[byte[]](2,3)", "\"A@odata.type\":\"#Collection(Exchange.ByteArrayType)\",\"A\":[{\"Data\":[1]},{\"Data\":[2,3]}]"},
	{"Get-X -A [string[]](1,'b')", "\"A\":[\"1\",\"b\"]"},
	{"Get-X -A [timespan]'14.00:00:00'", "\"A\":\"14.00:00:00\""},
	{"Get-X -A '[EXT] '", "\"A\":\"[EXT] \""},
	{"Get-X -A [EXT]", "\"A\":\"[EXT]\""},
	/* filters */
	{"Get-Mailbox -Filter {IsMailboxEnabled -eq $true}", "\"Filter\":\"IsMailboxEnabled -eq 'True'\""},
	{"Get-Mailbox -Filter 'A -eq $true -and B -eq $False'", "\"Filter\":\"A -eq 'True' -and B -eq 'False'\""},
	{"Get-Mailbox -Filter \"A -eq '`$true'\"", "\"Filter\":\"A -eq 'True'\""},
	{"Get-Recipient -RecipientPreviewFilter '$trueish'", "\"RecipientPreviewFilter\":\"$trueish\""},
	{"Get-X -Other 'A -eq $true'", "\"Other\":\"A -eq $true\""},
	{"Get-Mailbox -Filter {Name -eq 'a}b'}", "\"Filter\":\"Name -eq 'a}b'\""},
	/* lines */
	{"Get-X -A 1 `\n  -B 2 `\r\n  -C 3", "\"A\":1,\"B\":2,\"C\":3"},
	{"# a comment\nGet-X -A 1 # another\n\n", "\"A\":1"},
	{"Get-X -A a#b", "\"A\":\"a#b\""},
	/* writes get Confirm unless the user gave it */
	{"Set-X -A 1", "\"A\":1,\"Confirm\":false"},
	{"New-X", "\"Confirm\":false"},
	{"Remove-X -confirm", "\"confirm\":true"},
	{"Remove-X -Confirm:$false -A 1", "\"Confirm\":false,\"A\":1"},
	{"Search-Mailbox -A 1", "\"A\":1,\"Confirm\":false"},
	{"Search-UnifiedAuditLog -A 1", "\"A\":1"},
	/* exchange-rest.md 7 */
	{"Get-Mailbox -ResultSize Unlimited -RecipientTypeDetails @('SharedMailbox')", "\"ResultSize\":\"Unlimited\",\"RecipientTypeDetails\":[\"SharedMailbox\"]"},
	{"Set-Mailbox -Identity a@contoso.com -ForwardingSmtpAddress $null -DeliverToMailboxAndForward $false", "\"Identity\":\"a@contoso.com\",\"ForwardingSmtpAddress\":null,\"DeliverToMailboxAndForward\":false,\"Confirm\":false"},
	{"Get-MailboxPermission -Identity shared@contoso.com -ResultSize Unlimited", "\"Identity\":\"shared@contoso.com\",\"ResultSize\":\"Unlimited\""},
	{"Add-MailboxPermission -Identity shared@contoso.com -User adele@contoso.com -AccessRights @('FullAccess') -InheritanceType All -AutoMapping $false -Confirm:$false", "\"Identity\":\"shared@contoso.com\",\"User\":\"adele@contoso.com\",\"AccessRights\":[\"FullAccess\"],\"InheritanceType\":\"All\",\"AutoMapping\":false,\"Confirm\":false"},
	{"Add-RecipientPermission -Identity shared@contoso.com -Trustee adele@contoso.com -AccessRights @('SendAs') -Confirm:$false", "\"Identity\":\"shared@contoso.com\",\"Trustee\":\"adele@contoso.com\",\"AccessRights\":[\"SendAs\"],\"Confirm\":false"},
	{"Get-MailboxFolderPermission -Identity 'adele@contoso.com:\\Calendar'", "\"Identity\":\"adele@contoso.com:\\\\Calendar\""},
	{"Set-OrganizationConfig -MailTipsLargeAudienceThreshold 50", "\"MailTipsLargeAudienceThreshold\":50,\"Confirm\":false"},
	{"New-DistributionGroup -Name Ops -Members @('adele@contoso.com') -ManagedBy @('boss@contoso.com') -PrimarySmtpAddress ops@contoso.com -MemberJoinRestriction Closed", "\"Name\":\"Ops\",\"Members\":[\"adele@contoso.com\"],\"ManagedBy\":[\"boss@contoso.com\"],\"PrimarySmtpAddress\":\"ops@contoso.com\",\"MemberJoinRestriction\":\"Closed\",\"Confirm\":false"},
	{"Add-DistributionGroupMember -Identity ops@contoso.com -Member adele@contoso.com", "\"Identity\":\"ops@contoso.com\",\"Member\":\"adele@contoso.com\",\"Confirm\":false"},
	{"Get-Recipient -Filter \"EmailAddresses -eq 'smtp:x@contoso.com'\" -ResultSize 10", "\"Filter\":\"EmailAddresses -eq 'smtp:x@contoso.com'\",\"ResultSize\":10"},
	{"Get-InboxRule -Mailbox adele@contoso.com -IncludeHidden", "\"Mailbox\":\"adele@contoso.com\",\"IncludeHidden\":true"},
	{"New-TransportRule -Name 'Tag external' -FromScope NotInOrganization -PrependSubject '[EXT] ' -Mode Audit", "\"Name\":\"Tag external\",\"FromScope\":\"NotInOrganization\",\"PrependSubject\":\"[EXT] \",\"Mode\":\"Audit\",\"Confirm\":false"},
	{"Get-QuarantineMessage -Page 1 -PageSize 1000", "\"Page\":1,\"PageSize\":1000"},
	{"New-TenantAllowBlockListItems -ListType Sender -Block -Entries @('bad@evil.example') -NoExpiration", "\"ListType\":\"Sender\",\"Block\":true,\"Entries\":[\"bad@evil.example\"],\"NoExpiration\":true,\"Confirm\":false"},
	{"Set-Mailbox -Identity adele@contoso.com -EmailAddresses @{Add=@('smtp:a.vance@contoso.com');Remove=@('smtp:old@contoso.com')}", "\"Identity\":\"adele@contoso.com\",\"EmailAddresses\":{" TABLE ",\"Add\":[\"smtp:a.vance@contoso.com\"],\"Remove\":[\"smtp:old@contoso.com\"]},\"Confirm\":false"},
	{"Get-MessageTraceV2 -StartDate 2026-09-01T00:00:00.0000000Z -EndDate 2026-09-02T00:00:00.0000000Z -ResultSize 5000", "\"StartDate\":\"2026-09-01T00:00:00.0000000Z\",\"EndDate\":\"2026-09-02T00:00:00.0000000Z\",\"ResultSize\":5000"},
};

static void
lines_become_the_documented_json(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		if (lines[i].json != NULL)
			expect_parameters(lines[i].line, lines[i].json);
}

typedef struct refused {
	const char *line;
	error_id    id;
	const char *says; /* a part of the message */
} refused;

static const refused refusals[] = {
	{"", E_PARAMETER, "Verb-Noun"},
	{"Mailbox", E_USAGE, "Verb-Noun"},
	{"Get-Mail_box", E_PARAMETER, "Verb-Noun"},
	{"Get-Mailbox | Out-File x", E_EXPRESSION, "column 13: a pipe"},
	{"Get-Mailbox -A 1|Select-Object Name", E_EXPRESSION, "column 17: a pipe"},
	{"Get-Mailbox; Get-Recipient", E_EXPRESSION, "column 12: a second command"},
	{"Get-X -A a=b;", E_EXPRESSION, "a second command"},
	{"Get-Mailbox\nGet-Recipient", E_EXPRESSION, "line 2, column 1: a second command"},
	{"$m = Get-Mailbox", E_EXPRESSION, "column 1: variables"},
	{"& Get-Mailbox", E_EXPRESSION, "column 1"},
	{"Get-Mailbox && Get-Recipient", E_EXPRESSION, "&"},
	{"Get-Mailbox > out.txt", E_EXPRESSION, "a redirection"},
	{"Get-Mailbox -A 1 2>&1", E_EXPRESSION, "a redirection"},
	{"Get-Mailbox @splat", E_EXPRESSION, "splatting"},
	{"Get-Mailbox -A @splat", E_EXPRESSION, "splat"},
	{"Get-Mailbox -Identity $user", E_EXPRESSION, "column 23: $ begins a variable"},
	{"Get-Mailbox -Identity $user.Name", E_EXPRESSION, "a variable"},
	{"Get-Mailbox -Identity a$b", E_EXPRESSION, "a variable"},
	{"Get-Mailbox -Identity \"a $b\"", E_EXPRESSION, "variable"},
	{"Get-Mailbox -Identity \"${b}\"", E_EXPRESSION, "variable"},
	{"Get-Mailbox -Identity \"$(Get-Date)\"", E_EXPRESSION, "column 24"},
	{"Get-Mailbox -Identity $(Get-Date)", E_EXPRESSION, "sub-expression"},
	{"Get-X -A (Get-Date)", E_EXPRESSION, "a command"},
	{"Get-X -A (1+1)", E_EXPRESSION, "compute"},
	{"Get-X -A @(1..5)", E_EXPRESSION, "compute"},
	{"Get-X -A @(2026-01-02)", E_EXPRESSION, "compute"},
	{"Get-X -A ('a'+'b')", E_EXPRESSION, "more than a value"},
	{"Get-X -A 'a'+'b'", E_EXPRESSION, "computing"},
	{"Get-X -A @('a' -join 'b')", E_EXPRESSION, "computing"},
	{"Get-X -A @{a='x' -f 1}", E_EXPRESSION, "computing"},
	{"Get-X -A [datetime]::Now", E_EXPRESSION, "code"},
	{"Get-X -A [DateTime]'2026-01-02'", E_PARAMETER, "zone"},
	{"Get-X -A [datetime]'01/02/2026 10:00Z'", E_PARAMETER, "date"},
	{"Get-X -A [guid]'x'", E_PARAMETER, "GUID"},
	{"Get-X -A [int]'5.5'", E_PARAMETER, "whole number"},
	{"Get-X -A [bool]'false'", E_PARAMETER, "$true or $false"},
	{"Get-X -A [byte[]](1,256)", E_PARAMETER, "bytes"},
	{"Get-X -A [xml]'<a/>'", E_PARAMETER, "not known"},
	{"Get-X -A {a}", E_EXPRESSION, "script block"},
	{"Get-Mailbox -Filter {Name -eq $x}", E_EXPRESSION, "variable"},
	{"Get-Mailbox -Filter {Name -eq 'x'", E_PARAMETER, "not closed"},
	{"Get-X -A a(b)", E_EXPRESSION, "quotes"},
	{"Get-X -A 'open", E_PARAMETER, "column 10: the quotation mark"},
	{"Get-X -A \"open", E_PARAMETER, "not closed"},
	{"Get-X -A @'\nopen", E_PARAMETER, "here-string"},
	{"Get-X -A @('a'", E_PARAMETER, "column 10"},
	{"Get-X -A @{a=1", E_PARAMETER, "not closed"},
	{"Get-X -A @{a=1;A=2}", E_PARAMETER, "twice"},
	{"Get-X -A @{=1}", E_PARAMETER, "key"},
	{"Get-X -A @{a}", E_PARAMETER, "="},
	{"Get-X -A @{a=}", E_PARAMETER, "missing"},
	{"Get-X -A a,", E_PARAMETER, "missing"},
	{"Get-X -A ,,a", E_PARAMETER, "missing"},
	{"Get-X -A:", E_PARAMETER, "lacks its value"},
	{"Get-X -A 1 -a 2", E_PARAMETER, "twice"},
	{"Get-X a@b.example", E_PARAMETER, "without a parameter's name"},
	{"Get-X -A/b", E_PARAMETER, "no name has"},
	{"Get-X --% -A", E_EXPRESSION, "--%"},
	{"Get-X -A 0xFFFFFFFF", E_PARAMETER, "negative"},
	{"Get-X -A 99999999999PB", E_PARAMETER, "too large"},
	{"Get-X -A 0.3KB", E_PARAMETER, "whole number of bytes"},
	{"Get-X -A \"`u{110000}\"", E_PARAMETER, "no Unicode"},
	{"Get-X -A \"`u{D800}\"", E_PARAMETER, "no Unicode"},
	{"Get-X -A x`", E_PARAMETER, "backtick"},
	{"Get-X -A \xFF", E_PARAMETER, "UTF-8"},
	{"Get-X -A (((((((((((((((((((((1)))))))))))))))))))))", E_PARAMETER, "levels"},
};

static void
lines_that_are_more_than_literals_are_refused_with_their_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		exs_error   *error = exs_error_new();
		exs_command *command = NULL;
		const char  *line = refusals[i].line;

		if (exs_command_parse(line, strlen(line), &command, error) == EXS_OK)
			fail_msg("accepted: %s", line);
		if (!error_is(error, refusals[i].id) ||
		    strstr(exs_error_message(error), refusals[i].says) == NULL)
			fail_msg("%s\n  %s %s\n  wanted: %s", line, exs_error_code(error),
			         exs_error_message(error), refusals[i].says);
		assert_null(command);
		exs_error_free(error);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_become_the_documented_json),
		cmocka_unit_test(lines_that_are_more_than_literals_are_refused_with_their_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
