/* The Get-EXO cmdlets as addresses: what is asked of which entity, and what is refused unsent. */
#include "support/fake_service.h"
#include "support/test.h"

#include "base/encode.h"
#include "exchange/invoke.h"
#include "exchange/native.h"

#include <stdio.h>

#define BASE FAKE_ORIGIN "/adminapi/beta/" FAKE_TENANT "/"
#define MINIMUM "PropertySet=Minimum"

/* base64 of a@b.example */
#define KEY "('YUBiLmV4YW1wbGU%3D')"

static exs_status
run_line(const char *line, const char *selected, const fake_step *step, fake_service **ret_service, char *url, size_t size,
         exs_error *error)
{
	fake_service *s = fake_service_new(step, 1);
	EXS_AUTO(exs_command) *command = NULL;
	exs_exchange *exchange = NULL;
	exs_rows     *rows = NULL;
	exs_status    status;

	assert_ok(exs_command_parse(line, strlen(line), &command, test_error()));
	if (selected != NULL)
		assert_ok(exs_command_select(command, selected, test_error()));
	assert_ok(exchange_over(&s->session, NULL, &exchange, test_error()));
	status = exs_exchange_run(exchange, command, &rows, error);
	url[0] = '\0';
	if (fake_wire_requests(s->wire) > 0) {
		assert_string_equal(fake_wire_request(s->wire, 0)->method, "GET");
		assert_string_equal(fake_wire_request(s->wire, 0)->body, "");
		snprintf(url, size, "%s", fake_wire_request(s->wire, 0)->url);
	}
	exs_rows_free(rows);
	exs_exchange_free(exchange);
	*ret_service = s;
	return status;
}

static void
every_cmdlet_is_a_get_of_its_entity(void **state)
{
	static const fake_step empty = {.status = 200, .body = "{\"value\":[]}"};
	static const struct {
		const char *line, *url;
	} rows[] = {
		{"Get-EXOMailbox", "Mailbox?" MINIMUM},
		{"get-exomailbox -PropertySets all", "Mailbox?PropertySet=All"},
		{"Get-EXOMailbox -PropertySets archive,Minimum,Quota", "Mailbox?" MINIMUM ",Archive,Quota"},
		{"Get-EXOMailbox -ResultSize 5", "Mailbox?$top=5&" MINIMUM},
		{"Get-EXOMailbox -ResultSize Unlimited", "Mailbox?" MINIMUM},
		{"Get-EXOMailbox -Identity a@b.example", "Mailbox" KEY "?isEncoded=true&" MINIMUM},
		{"Get-EXOMailbox -UserPrincipalName a@b.example", "Mailbox" KEY "?isEncoded=true&" MINIMUM},
		{"Get-EXOMailbox -PrimarySmtpAddress a@b.example", "Mailbox" KEY "?isEncoded=true&" MINIMUM},
		{"Get-EXOMailbox -Identity \"o'brien\"", "Mailbox('bydicmllbg%3D%3D')?isEncoded=true&" MINIMUM},
		{"Get-EXOMailbox -Identity 'Gülay Yıldız'", "Mailbox('R8O8bGF5IFnEsWxkxLF6')?isEncoded=true&" MINIMUM},
		{"Get-EXOMailbox -Identity '?a>~'", "Mailbox('P2E%2Bfg%3D%3D')?isEncoded=true&" MINIMUM},
		{"Get-EXOMailbox -Anr 'a&b=c d'", "Mailbox?Anr=a%26b%3Dc%20d&" MINIMUM},
		{"Get-EXOMailbox -Archive -SoftDeletedMailbox:$false", "Mailbox?Archive=true&" MINIMUM},
		{"Get-EXOMailbox -InactiveMailboxOnly -IncludeInactiveMailbox",
		 "Mailbox?InactiveMailboxOnly=true&IncludeInactiveMailbox=true&" MINIMUM},
		{"Get-EXOMailbox -RecipientTypeDetails SharedMailbox,RoomMailbox",
		 "Mailbox?RecipientTypeDetails=SharedMailbox%2CRoomMailbox&" MINIMUM},
		{"Get-EXOMailbox -Filter \"RecipientTypeDetails -eq 'SharedMailbox'\" -ErrorAction Stop",
		 "Mailbox?$filter=RecipientTypeDetails%20eq%20%27SharedMailbox%27&" MINIMUM},
		{"Get-EXORecipient -RecipientType MailUser,MailContact -Filter 'A -eq 1'",
		 "Recipient?$filter=%28RecipientType%20eq%20%27MailUser%27%20or%20RecipientType%20eq%20%27MailContact%27%29%20and%20"
		 "%28A%20eq%201%29&" MINIMUM},
		{"Get-EXORecipient -Properties CustomAttribute1,name",
		 "Recipient?$select=ExchangeVersion,ExternalDirectoryObjectID,Name,OrganizationId,RecipientType,"
		 "RecipientTypeDetails,CustomAttribute1"},
		{"Get-EXOCasMailbox -Identity a@b.example -PropertySets Imap", "CasMailbox" KEY "?isEncoded=true&" MINIMUM ",Imap"},
		{"Get-EXOMailboxPermission -Identity a@b.example", "Mailbox" KEY "/MailboxPermission?isEncoded=true"},
		{"Get-EXOMailboxPermission -Identity a@b.example -SoftDeletedMailbox",
		 "Mailbox" KEY "/MailboxPermission?SoftDeletedMailbox=true&isEncoded=true"},
		{"Get-EXOMailboxStatistics -UserPrincipalName a@b.example",
		 "Mailbox" KEY "/Exchange.GetMailboxStatistics()?isEncoded=true"},
		{"Get-EXOMailboxStatistics -Identity a@b.example -PropertySets All",
		 "Mailbox" KEY "/Exchange.GetMailboxStatistics()?isEncoded=true&PropertySet=All"},
		{"Get-EXOMailboxStatistics -ExchangeGuid 0f0e0d0c-1111-2222-3333-444455556666 -DatabaseGuid "
		 "0f0e0d0c-1111-2222-3333-444455557777",
		 "Mailbox/Exchange.GetMailboxStatisticsV2(mailboxGuid=0f0e0d0c-1111-2222-3333-444455556666,"
		 "databaseGuid=0f0e0d0c-1111-2222-3333-444455557777)"},
		{"Get-EXOMailboxFolderStatistics -Identity a@b.example",
		 "Mailbox" KEY "/MailboxFolder/Exchange.GetMailboxFolderStatistics(folderscope=Exchange.ElcFolderType'All')?isEncoded=true"},
		{"Get-EXOMailboxFolderStatistics -Identity a@b.example -FolderScope Inbox",
		 "Mailbox" KEY "/MailboxFolder/Exchange.GetMailboxFolderStatistics(folderscope=Exchange.ElcFolderType'Inbox')?isEncoded=true"},
		{"Get-EXOMailboxFolderPermission -Identity 'a@b.example:\\Calendar'",
		 "Mailbox" KEY "/MailboxFolder('XENhbGVuZGFy')/MailboxFolderPermission?isEncoded=true"},
		{"Get-EXOMailboxFolderPermission -Identity a@b.example",
		 "Mailbox" KEY "/MailboxFolder('XA%3D%3D')/MailboxFolderPermission?isEncoded=true"},
		{"Get-EXORecipientPermission -Identity a@b.example",
		 "Recipient" KEY "?isEncoded=true&$expand=RecipientPermission"},
		{"Get-EXORecipientPermission -Identity a@b.example -Trustee \"o'brien\" -AccessRights SendAs",
		 "Recipient/Exchange.GetRecipientPermissionByFilters(identity='a%40b.example',trustee='o%27%27brien',"
		 "accessRights='SendAs')"},
		{"Get-EXOMobileDeviceStatistics -Mailbox a@b.example",
		 "Mailbox" KEY "/MobileDevice/Exchange.GetMobileDeviceStatistics()?isEncoded=true"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		fake_service *s;
		char          url[4096], wanted[4096];

		assert_ok(run_line(rows[i].line, NULL, &empty, &s, url, sizeof url, test_error()));
		snprintf(wanted, sizeof wanted, BASE "%s", rows[i].url);
		if (strcmp(url, wanted) != 0)
			fail_msg("%s\n  is     %s\n  wanted %s", rows[i].line, url, wanted);
		fake_service_free(s);
	}
}

static void
what_is_shown_alone_is_selected(void **state)
{
	static const fake_step one = {.status = 200, .body = "{\"value\":[{\"Name\":\"x\",\"Alias\":\"y\"}]}"};
	fake_service *s;
	char          url[4096];

	(void)state;
	assert_ok(run_line("Get-EXOMailbox", "Name,Alias", &one, &s, url, sizeof url, test_error()));
	assert_string_equal(url, BASE "Mailbox?$select=Name,Alias");
	fake_service_free(s);
	assert_ok(run_line("Get-EXOMailbox -PropertySets All", "Name", &one, &s, url, sizeof url, test_error()));
	assert_string_equal(url, BASE "Mailbox?PropertySet=All");
	fake_service_free(s);
}

static void
what_cannot_be_said_is_refused_unsent(void **state)
{
	static const fake_step empty = {.status = 200, .body = "{\"value\":[]}"};
	static const struct {
		const char *line, *fix;
	} rows[] = {
		{"Get-EXOMailbox -Identitty a", "-Identity"},
		{"Get-EXOMailbox -PropertySets Qota", "Quota"},
		{"Get-EXOMailbox -Migration", "Get-Mailbox"},
		{"Get-EXOMailbox -Properties 'a b'", ""},
		{"Get-EXOMailbox -Properties 5", ""},
		{"Get-EXOMailbox -Identity ''", ""},
		{"Get-EXOMailbox -Identity a -PrimarySmtpAddress b", ""},
		{"Get-EXOMailbox -ResultSize some", ""},
		{"Get-EXOMailbox -ResultSize 0", ""},
		{"Get-EXOMailbox -Archive perhaps", ""},
		{"Get-EXOMailbox -RecipientTypeDetails \"a' or 1 eq 1\" -Filter 5", ""},
		{"Get-EXORecipient -RecipientType \"a' or 1 eq 1\"", ""},
		{"Get-EXORecipient -Anr a", "Get-Recipient"},
		{"Get-EXOMailboxPermission", "-Identity"},
		{"Get-EXOMailboxStatistics -ExchangeGuid a -DatabaseGuid b", ""},
		{"Get-EXOMailboxFolderStatistics -Identity a -FolderScope \"All')\"", ""},
		{"Get-EXORecipientPermission -Trustee a", ""},
		{"Get-EXORecipientPermission -Identity a -AccessRights Everything", ""},
		{"Get-EXOMobileDeviceStatistics -Identity device", "Get-MobileDeviceStatistics"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		exs_error    *error = test_error();
		fake_service *s;
		char          url[4096];
		exs_status    status = run_line(rows[i].line, NULL, &empty, &s, url, sizeof url, error);

		if (status != EXS_USAGE || url[0] != '\0' || strstr(exs_error_fix(error), rows[i].fix) == NULL)
			fail_msg("%s: %d %s (%s) %s", rows[i].line, (int)status, exs_error_message(error),
			         exs_error_fix(error), url);
		fake_service_free(s);
	}
}

static void
filters_are_said_in_odata(void **state)
{
	static const struct {
		const char *opath, *odata; /* NULL: refused */
	} rows[] = {
		{"Name -eq 'x'", "Name eq 'x'"},
		{"Name -EQ \"o'brien\"", "Name eq 'o''brien'"},
		{"Name -eq 'o''brien'", "Name eq 'o''brien'"},
		{"Name eq 'x'", "Name eq 'x'"},
		{"  Name  -ne  'x'  ", "Name ne 'x'"},
		{"A -gt 5 -and B -lt -3 -or C -ge 1.5", "A gt 5 and B lt -3 or C ge 1.5"},
		{"-not (A -eq 1) -and !(B -le 2)", "not (A eq 1) and not (B le 2)"},
		{"((A -eq 1) -or (B -eq 2)) -and C -eq 3", "((A eq 1) or (B eq 2)) and C eq 3"},
		{"A -eq $true", "A eq true"},
		{"A -eq 'True'", "A eq true"},
		{"A -eq $NULL", "A eq null"},
		{"A -like 'x*'", "startswith(A,'x')"},
		{"A -like '*x'", "endswith(A,'x')"},
		{"A -like '*x''y*'", "contains(A,'x''y')"},
		{"A -like 'x'", "A eq 'x'"},
		{"A -like '*'", "A ne null"},
		{"A -notlike 'x*'", "not (startswith(A,'x'))"},
		{"startswith(A,'x) y') and B eq 1", "startswith(A,'x) y') and B eq 1"},
		{"A -eq 'ü 会議'", "A eq 'ü 会議'"},
		{"A -like 'a*b'", NULL}, {"", NULL}, {"A", NULL}, {"A -eq", NULL}, {"A -eq 'x", NULL},
		{"(A -eq 1", NULL}, {"A -eq 1)", NULL}, {"A -eq 1 B -eq 2", NULL}, {"A -match 'x'", NULL},
		{"A -eq $user", NULL}, {"A -like 5", NULL}, {"-and A -eq 1", NULL}, {"startswith(A", NULL},
		{"A -eq 1 -and", NULL}, {"$a -eq 1", NULL}, {"'A' -eq 1", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		EXS_SCOPED(buf) odata = BUF(4096);
		exs_status status = native_filter(span_of(rows[i].opath), &odata, test_error());

		if (rows[i].odata == NULL ? status == EXS_OK
		                          : status != EXS_OK || strcmp(buf_text(&odata), rows[i].odata) != 0)
			fail_msg("%s is %s", rows[i].opath, buf_text(&odata));
	}
}

static void
permissions_that_come_with_their_recipient_are_rows(void **state)
{
	static const fake_step steps[] = {
		{.status = 200, .body = "{\"@odata.nextLink\":\"" BASE "Recipient?$skiptoken=2\",\"value\":[{\"Name\":\"a\","
		                        "\"RecipientPermission\":[{\"T\":1},{\"T\":2}]},{\"Name\":\"b\",\"RecipientPermission\":[]}]}"},
		{.status = 200, .body = "{\"value\":[{\"Name\":\"c\",\"RecipientPermission\":[{\"T\":3}]}]}"},
		{.status = 200, .body = "{\"value\":[{\"Name\":\"c\",\"RecipientPermission\":5}]}"},
	};
	EXS_AUTO(exs_command) *command = NULL;
	fake_service *s = fake_service_new(steps, 3);
	exs_exchange *exchange = NULL;
	exs_rows     *rows = NULL;
	const char   *row;
	size_t        length;
	char          text[24];

	(void)state;
	assert_ok(exs_command_new("Get-EXORecipientPermission", &command, test_error()));
	assert_ok(exchange_over(&s->session, NULL, &exchange, test_error()));
	assert_ok(exs_exchange_run(exchange, command, &rows, test_error()));
	for (int i = 1; i <= 3; i++) {
		assert_ok(exs_rows_next(rows, &row, &length, test_error()));
		snprintf(text, sizeof text, "{\"T\":%d}", i);
		assert_int_equal(length, strlen(text));
		assert_memory_equal(row, text, length);
	}
	assert_ok(exs_rows_next(rows, &row, &length, test_error()));
	assert_null(row);
	assert_string_equal(fake_wire_request(s->wire, 1)->method, "GET");
	exs_rows_free(rows);
	rows = NULL;
	assert_ok(exs_exchange_run(exchange, command, &rows, test_error()));
	assert_int_equal(exs_rows_next(rows, &row, &length, test_error()), EXS_NETWORK);
	exs_rows_free(rows);
	exs_exchange_free(exchange);
	fake_service_free(s);
}

static void
what_is_about_a_mailbox_is_led_to_it(void **state)
{
	static const fake_step empty = {.status = 200, .body = "{\"value\":[]}"};
	static const struct {
		const char *line, *anchor;
	} rows[] = {
		{"Get-EXOMailboxStatistics -UserPrincipalName a@b.example", "UPN:a@b.example"},
		{"Get-EXOMailboxFolderPermission -Identity 'a@b.example:\\Inbox'", "UPN:a@b.example"},
		{"Get-EXOMailbox -Identity a@b.example",
		 "UPN:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@" FAKE_ORGANIZATION},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		fake_service *s;
		char          url[4096];

		assert_ok(run_line(rows[i].line, NULL, &empty, &s, url, sizeof url, test_error()));
		assert_string_equal(fake_header(fake_wire_request(s->wire, 0), "X-AnchorMailbox"), rows[i].anchor);
		fake_service_free(s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cmdlet_is_a_get_of_its_entity),
		cmocka_unit_test(what_is_shown_alone_is_selected),
		cmocka_unit_test(what_cannot_be_said_is_refused_unsent),
		cmocka_unit_test(filters_are_said_in_odata),
		cmocka_unit_test(permissions_that_come_with_their_recipient_are_rows),
		cmocka_unit_test(what_is_about_a_mailbox_is_led_to_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
