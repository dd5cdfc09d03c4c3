/* Which service a command goes to: addresses, anchors, regions, the API v2.0 and its list, $select and its limits. */
#include "support/fake_service.h"
#include "support/test.h"

#include "api/redirect.h"
#include "exchange/invoke.h"

#include <stdio.h>

#define SERVICE(...)                                                                               \
	fake_service_new((const fake_step[]){__VA_ARGS__},                                         \
	                 sizeof((const fake_step[]){__VA_ARGS__}) / sizeof(fake_step))
#define EMPTY   {.status = 200, .body = "{\"value\":[]}"}
#define SYSTEM  "SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@"
#define REGION  "https://nam12b.outlook.office365.com"
#define LEADS(location) {.status = 302, .fields = "Location: " location "\n"}

/* Runs a line and reads its rows to the end; *ret_first is the first one's text, valid until the next call. */
static exs_status
run(exs_exchange *exchange, const char *line, const char *selected, const char **ret_first, exs_error *error)
{
	static char first[1000];
	EXS_AUTO(exs_command) *command = NULL;
	EXS_AUTO(exs_rows) *rows = NULL;
	const char *row = "";
	size_t      length;

	first[0] = '\0';
	if (ret_first != NULL)
		*ret_first = first;
	EXS_TRY(exs_command_parse(line, strlen(line), &command, error));
	EXS_TRY(exs_command_select(command, selected, error));
	EXS_TRY(exs_exchange_run(exchange, command, &rows, error));
	while (row != NULL) {
		EXS_TRY(exs_rows_next(rows, &row, &length, error));
		if (row != NULL && first[0] == '\0')
			snprintf(first, sizeof first, "%s", row);
	}
	return EXS_OK;
}

static exs_exchange *
speak(fake_service *s, const char *name, const char *api)
{
	exs_exchange_options options = {.size = sizeof options, .service = name, .api = api};
	exs_exchange *exchange = NULL;

	assert_ok(exchange_over(&s->session, &options, &exchange, test_error()));
	return exchange;
}

typedef struct address_row {
	const char *name, *api, *line, *url, *anchor;
} address_row;

#define V2 FAKE_ORIGIN "/adminapi/v2.0/" FAKE_TENANT

static const address_row addresses[] = {
	{NULL, NULL, "Get-Mailbox", FAKE_INVOKE, "UPN:" SYSTEM FAKE_ORGANIZATION},
	{"exchange", "beta", "Get-InboxRule -Mailbox a@b.example", FAKE_INVOKE, "UPN:a@b.example"},
	{"compliance", NULL, "Get-Label", FAKE_INVOKE, "UPN:" SYSTEM FAKE_ORGANIZATION},
	{"compliance", NULL, "Get-MailboxStatistics -Identity a@b.example", FAKE_INVOKE, "UPN:" SYSTEM FAKE_ORGANIZATION},
	{NULL, "v2", "Get-OrganizationConfig", V2 "/OrganizationConfig", "APP:" SYSTEM FAKE_ORGANIZATION},
	{NULL, "v2", "get-accepteddomain", V2 "/AcceptedDomain", "APP:" SYSTEM FAKE_ORGANIZATION},
	{NULL, "v2", "Get-Mailbox -Identity a@b.example", V2 "/Mailbox", "UPN:a@b.example"},
	{NULL, "v2", "Set-Mailbox -Identity 'Adele Vance' -GrantSendOnBehalfTo b", V2 "/Mailbox", "APP:" SYSTEM FAKE_ORGANIZATION},
	{NULL, "v2", "Get-MailboxFolderPermission -Identity a@b.example:\\Calendar", V2 "/MailboxFolderPermission", "UPN:a@b.example"},
	{NULL, "v2", "Add-MailboxFolderPermission -Identity a@b.example:\\X -User c -AccessRights Reviewer", V2 "/MailboxFolderPermission", "UPN:a@b.example"},
	{NULL, "v2", "Get-DistributionGroupMember -Identity ops@b.example", V2 "/DistributionGroupMember", "APP:" SYSTEM FAKE_ORGANIZATION},
	{NULL, "v2", "Get-DynamicDistributionGroupMember -Identity all", V2 "/DynamicDistributionGroupMember", "APP:" SYSTEM FAKE_ORGANIZATION},
};

static void
each_service_has_its_address_and_its_anchor(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
		const address_row *row = &addresses[i];
		fake_service *s = SERVICE(EMPTY);
		exs_exchange *exchange = speak(s, row->name, row->api);
		bool          v2 = row->api != NULL && strcmp(row->api, "v2") == 0;
		const fake_request *sent;

		assert_ok(run(exchange, row->line, NULL, NULL, test_error()));
		sent = fake_wire_request(s->wire, 0);
		assert_string_equal(sent->url, row->url);
		assert_string_equal(sent->method, "POST");
		assert_string_equal(fake_header(sent, "X-AnchorMailbox"), row->anchor);
		assert_non_null(fake_header(sent, "connection-id"));
		/* its documentation knows no other headers, and Confirm is on none of its pages */
		if (v2 && (fake_header(sent, "Prefer") != NULL || fake_header(sent, "X-CmdletName") != NULL ||
		           fake_header(sent, "parameter-based-routing") != NULL || strstr(sent->body, "Confirm") != NULL))
			fail_msg("%s: too much is sent", row->line);
		exs_exchange_free(exchange);
		fake_service_free(s);
	}
}

typedef struct refusal_row {
	const char *name, *api, *line;
	exs_status  status;
	const char *code, *says;
} refusal_row;

static const refusal_row refusals[] = {
	{NULL, "v2", "Get-TransportRule", EXS_USAGE, "E-USAGE", "not among the cmdlets"},
	{NULL, "v2", "Set-OrganizationConfig -X 1", EXS_USAGE, "E-USAGE", "not among the cmdlets"},
	{NULL, "v2", "Get-Mailbox -Filter x", EXS_USAGE, "E-PARAMETER", "-Filter"},
	{NULL, "v2", "Get-OrganizationConfig -ErrorAction Stop", EXS_USAGE, "E-PARAMETER", "-ErrorAction"},
	{NULL, "v2", "Set-Mailbox -Identity a", EXS_USAGE, "E-PARAMETER", "GrantSendOnBehalfTo"},
	{NULL, "v2", "Get-DistributionGroupMember", EXS_USAGE, "E-PARAMETER", "-Identity"},
	{"compliance", NULL, "Get-ComplianceSearch", EXS_DENIED, "E-EXO-APP-ONLY", "application"},
	{"compliance", NULL, "start-compliancesearch -Identity x", EXS_DENIED, "E-EXO-APP-ONLY", "application"},
	{"compliance", NULL, "New-ComplianceSearchAction -SearchName x", EXS_DENIED, "E-EXO-APP-ONLY", "application"},
	{"compliance", NULL, "Invoke-HoldRemovalAction", EXS_DENIED, "E-EXO-APP-ONLY", "application"},
	{NULL, NULL, "Add-UnifiedGroupLinks -Identity x", EXS_DENIED, "E-EXO-APP-ONLY", "application"},
};

static void
what_a_service_does_not_run_is_refused_before_it_is_sent(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		const refusal_row *row = &refusals[i];
		fake_service *s = SERVICE(EMPTY);
		exs_exchange *exchange = speak(s, row->name, row->api);
		exs_error    *error = test_error();

		assert_int_equal(run(exchange, row->line, NULL, NULL, error), row->status);
		assert_string_equal(exs_error_code(error), row->code);
		assert_non_null(strstr(exs_error_message(error), row->says));
		assert_string_not_equal(exs_error_fix(error), "");
		assert_int_equal(fake_wire_requests(s->wire), 0);
		exs_exchange_free(exchange);
		fake_service_free(s);
	}
}

static void
services_and_apis_go_together_or_are_refused(void **state)
{
	static const char *const pairs[][2] = {{"compliance", "v2"}, {"teams", NULL}, {NULL, "v3"}, {"", ""}};

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		exs_exchange_options options = {.size = sizeof options, .service = pairs[i][0], .api = pairs[i][1]};
		fake_service *s = SERVICE(EMPTY);
		exs_exchange *exchange = NULL;

		assert_int_equal(exchange_over(&s->session, &options, &exchange, test_error()), EXS_USAGE);
		fake_service_free(s);
	}
}

static void
compliance_is_not_opened_without_an_organization(void **state)
{
	exs_exchange_options options = {.size = sizeof options, .service = "compliance"};
	fake_service *s = SERVICE(EMPTY);
	exs_exchange *exchange = NULL;

	(void)state;
	s->session->organization[0] = '\0';
	assert_int_equal(exchange_over(&s->session, &options, &exchange, test_error()), EXS_CONFIG);
	fake_service_free(s);
	/* but with an anchor of the caller's own it is */
	options.anchor = "UPN:x@y.example";
	s = SERVICE(EMPTY);
	s->session->organization[0] = '\0';
	assert_ok(exchange_over(&s->session, &options, &exchange, test_error()));
	exs_exchange_free(exchange);
	fake_service_free(s);
}

static void
the_region_is_learned_once_and_asked_first_afterwards(void **state)
{
	fake_service *s = SERVICE(LEADS("https://nam12b.admin.protection.outlook.com:446/adminapi/beta/x/InvokeCommand"), EMPTY, EMPTY,
	                          {.failure = E_NETWORK}, EMPTY);
	exs_exchange *exchange = speak(s, "compliance", NULL);

	(void)state;
	assert_ok(run(exchange, "Set-Label -Identity a", NULL, NULL, test_error()));
	assert_string_equal(fake_wire_request(s->wire, 0)->url, FAKE_INVOKE);
	assert_string_equal(fake_wire_request(s->wire, 1)->url, REGION "/adminapi/beta/x/InvokeCommand");
	assert_string_equal(fake_wire_request(s->wire, 1)->method, "POST");
	assert_string_equal(fake_wire_request(s->wire, 1)->body, fake_wire_request(s->wire, 0)->body);
	assert_ok(run(exchange, "Get-Label", NULL, NULL, test_error()));
	assert_string_equal(fake_wire_request(s->wire, 2)->url, REGION "/adminapi/beta/" FAKE_TENANT "/InvokeCommand");
	/* a region that does not answer may have moved: the next command begins at the service's own host */
	assert_ok(run(exchange, "Get-Label", NULL, NULL, test_error()));
	assert_ok(run(exchange, "Get-Label", NULL, NULL, test_error()));
	assert_string_equal(fake_wire_request(s->wire, fake_wire_requests(s->wire) - 1)->url, FAKE_INVOKE);
	exs_exchange_free(exchange);
	fake_service_free(s);
}

static void
a_region_that_refuses_is_not_remembered(void **state)
{
	fake_service *s = SERVICE(LEADS("https://nam12b.admin.protection.outlook.com:446/x"), {.status = 403}, EMPTY);
	exs_exchange *exchange = speak(s, "compliance", NULL);

	(void)state;
	assert_int_equal(run(exchange, "Get-Label", NULL, NULL, test_error()), EXS_DENIED);
	assert_ok(run(exchange, "Get-Label", NULL, NULL, test_error()));
	assert_string_equal(fake_wire_request(s->wire, 2)->url, FAKE_INVOKE);
	exs_exchange_free(exchange);
	fake_service_free(s);
}

typedef struct region_row {
	const char *location, *target; /* NULL: refused */
} region_row;

#define OWN "https://ps.compliance.protection.outlook.com"

static const region_row regions[] = {
	{"https://deu01b.admin.protection.outlook.com:446/a?b=c", "https://deu01b.ps.compliance.protection.outlook.com/a?b=c"},
	{"https://GCC02B.admin.protection.outlook.com/a", "https://GCC02B.ps.compliance.protection.outlook.com/a"},
	/* the label alone counts: where the rest leads does not matter */
	{"https://nam12b.admin.evil.example/a", "https://nam12b.ps.compliance.protection.outlook.com/a"},
	{"https://eur02b.ps.compliance.protection.outlook.com:446/a", "https://eur02b.ps.compliance.protection.outlook.com/a"},
	{"https://evil.example/a", "https://evil.example/a"}, /* for the list of hosts to refuse */
	{"/a", OWN ":443/a"},
	{"http://nam12b.admin.protection.outlook.com/a", NULL},
	{"https://a_b.admin.protection.outlook.com/a", "https://a_b.admin.protection.outlook.com/a"},
	{"", NULL},
	{NULL, NULL},
};

static void
only_the_label_of_a_region_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof regions / sizeof regions[0]; i++) {
		EXS_AUTO(chars) *target = NULL;
		exs_status status = redirect_region(OWN, OWN "/from", regions[i].location, &target, test_error());

		assert_int_equal(status == EXS_OK, regions[i].target != NULL);
		if (status == EXS_OK)
			assert_string_equal(target, regions[i].target);
	}
}

static void
the_tenant_s_guid_comes_from_the_bearer_where_the_profile_has_a_domain(void **state)
{
	static const char *const claims[] = {"{\"tid\":\"" FAKE_TENANT "\"}", "{}", NULL};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		fake_service *s = SERVICE(EMPTY);
		exs_exchange *exchange;

		s->claims = claims[i];
		snprintf(s->session->tenant, sizeof FAKE_TENANT, "contoso.example");
		exchange = speak(s, NULL, "v2");
		if (i == 0) {
			assert_ok(run(exchange, "Get-OrganizationConfig", NULL, NULL, test_error()));
			assert_string_equal(fake_wire_request(s->wire, 0)->url, V2 "/OrganizationConfig");
		} else {
			assert_int_equal(run(exchange, "Get-OrganizationConfig", NULL, NULL, test_error()), EXS_CONFIG);
			assert_int_equal(fake_wire_requests(s->wire), 0);
		}
		exs_exchange_free(exchange);
		fake_service_free(s);
	}
}

/* Every shape of answer the API has been seen to give. */
static void
rows_come_out_of_every_shape_of_answer(void **state)
{
	static const struct {
		const char *body, *first;
	} shapes[] = {
		{"{\"value\":[{\"A\":1},{\"A\":2}]}", "{\"A\":1}"}, {"{\"value\":{\"A\":1}}", "{\"A\":1}"},
		{"{\"A\":1,\"B\":2}", "{\"A\":1,\"B\":2}"},         {"[{\"A\":1}]", "{\"A\":1}"},
		{"", ""},                                           {"{\"value\":null}", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
		fake_service *s = SERVICE({.status = 200, .body = shapes[i].body});
		exs_exchange *exchange = speak(s, NULL, "v2");
		const char   *first;

		assert_ok(run(exchange, "Get-OrganizationConfig", NULL, &first, test_error()));
		assert_string_equal(first, shapes[i].first);
		exs_exchange_free(exchange);
		fake_service_free(s);
	}
}

typedef struct select_row {
	const char *line, *selected, *query; /* "" : none is sent */
} select_row;

static const select_row selections[] = {
	{"Get-Mailbox", "Name,DisplayName", "?$select=Name,DisplayName"},
	{"Get-Mailbox", " Name , X_1 ", "?$select=Name,X_1"},
	{"Get-Mailbox", NULL, ""},
	{"Get-Mailbox", "Name,LastUsedDate(DateTime])", ""},
	{"Get-Mailbox", "Name,1x", ""},
	{"Get-Mailbox", "Name&evil=1", ""},
	{"Get-Mailbox", "Name,", "?$select=Name"},
	{"Set-Mailbox -Identity a", "Name", ""},
	{"New-DistributionGroup -Name a", "Name", ""},
	{"Get-QuarantineMessage -Page 1", "Subject", ""},
};

static void
the_selection_is_sent_where_it_can_be(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof selections / sizeof selections[0]; i++) {
		fake_service *s = SERVICE(EMPTY);
		exs_exchange *exchange = speak(s, NULL, NULL);
		char          url[500];

		snprintf(url, sizeof url, "%s%s", FAKE_INVOKE, selections[i].query);
		assert_ok(run(exchange, selections[i].line, selections[i].selected, NULL, test_error()));
		assert_string_equal(fake_wire_request(s->wire, 0)->url, url);
		exs_exchange_free(exchange);
		fake_service_free(s);
	}
}

#define ROW(text) {.status = 200, .body = "{\"value\":[" text "]}"}

static void
a_selection_that_misses_in_the_first_row_costs_a_request_and_no_value(void **state)
{
	fake_service *s = SERVICE(ROW("{\"Name\":\"a\"}"), ROW("{\"name\":1,\"Name\":\"a\",\"Alias\":\"b\"}"));
	fake_service *good = SERVICE(ROW("{\"NAME\":\"a\",\"Alias\":null},{\"Name\":\"c\"}"));
	exs_exchange *exchange = speak(s, NULL, NULL), *other = speak(good, NULL, NULL);
	const char   *first;

	(void)state;
	assert_ok(run(exchange, "Get-Mailbox", "Name,Alias", &first, test_error()));
	assert_string_equal(first, "{\"name\":1,\"Name\":\"a\",\"Alias\":\"b\"}");
	assert_int_equal(fake_wire_requests(s->wire), 2);
	assert_string_equal(fake_wire_request(s->wire, 1)->url, FAKE_INVOKE);
	/* case does not matter, nor what later rows lack */
	assert_ok(run(other, "Get-Mailbox", "name,ALIAS", &first, test_error()));
	assert_int_equal(fake_wire_requests(good->wire), 1);
	exs_exchange_free(exchange);
	exs_exchange_free(other);
	fake_service_free(s);
	fake_service_free(good);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_service_has_its_address_and_its_anchor),
		cmocka_unit_test(what_a_service_does_not_run_is_refused_before_it_is_sent),
		cmocka_unit_test(services_and_apis_go_together_or_are_refused),
		cmocka_unit_test(compliance_is_not_opened_without_an_organization),
		cmocka_unit_test(the_region_is_learned_once_and_asked_first_afterwards),
		cmocka_unit_test(a_region_that_refuses_is_not_remembered),
		cmocka_unit_test(only_the_label_of_a_region_counts),
		cmocka_unit_test(the_tenant_s_guid_comes_from_the_bearer_where_the_profile_has_a_domain),
		cmocka_unit_test(rows_come_out_of_every_shape_of_answer),
		cmocka_unit_test(the_selection_is_sent_where_it_can_be),
		cmocka_unit_test(a_selection_that_misses_in_the_first_row_costs_a_request_and_no_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
