/* A command on its way: address, headers, anchor, page size, Confirm. */
#include "support/fake_service.h"
#include "support/test.h"

#include "exchange/invoke.h"
#include "exchange/command.h"

#define SERVICE(...)                                                                               \
	fake_service_new((const fake_step[]){__VA_ARGS__},                                         \
	                 sizeof((const fake_step[]){__VA_ARGS__}) / sizeof(fake_step))
#define EMPTY {.status = 200, .body = "{\"value\":[]}"}

/* Runs a line against the service; the session with Exchange lives as long as the rows. */
static exs_status
run_line(fake_service *service, const char *line, const exs_exchange_options *options,
         exs_exchange **ret_exchange, exs_rows **ret_rows, exs_error *error)
{
	EXS_AUTO(exs_command) *command = NULL;

	EXS_TRY(exs_command_parse(line, strlen(line), &command, error));
	if (*ret_exchange == NULL)
		EXS_TRY(exchange_over(&service->session, options, ret_exchange, error));
	return exs_exchange_run(*ret_exchange, command, ret_rows, error);
}

static void
expect_header(const char *line, const exs_exchange_options *options, const char *name,
              const char *value)
{
	fake_service *s = SERVICE(EMPTY);
	exs_exchange *exchange = NULL;
	exs_rows     *rows = NULL;
	const char   *sent;

	assert_ok(run_line(s, line, options, &exchange, &rows, test_error()));
	sent = fake_header(fake_wire_request(s->wire, 0), name);
	if (value == NULL ? sent != NULL : sent == NULL || strcmp(sent, value) != 0)
		fail_msg("%s: %s is %s", line, name, sent == NULL ? "not there" : sent);
	exs_rows_free(rows);
	exs_exchange_free(exchange);
	fake_service_free(s);
}

#define SYSTEM "SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@"

static void
requests_carry_what_the_service_routes_and_formats_by(void **state)
{
	static const char *const headers[][2] = {
		{"X-CmdletName", "Get-Mailbox"},         {"X-ResponseFormat", "json"},
		{"X-SerializationLevel", "Partial"},     {"X-ClientApplication", "exosign"},
		{"Prefer", "odata.maxpagesize=1000"},    {"parameter-based-routing", NULL},
		{"X-AnchorMailbox", "UPN:" SYSTEM FAKE_ORGANIZATION},
	};

	(void)state;
	for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
		expect_header("Get-Mailbox", NULL, headers[i][0], headers[i][1]);
}

static void
a_preview_shows_the_request_and_sends_nothing(void **state)
{
	EXS_AUTO(exs_command) *command = NULL;
	fake_service *s = SERVICE(EMPTY);
	exs_exchange *exchange = NULL;
	char         *request = NULL;

	(void)state;
	assert_ok(exs_command_new("Get-Mailbox", &command, test_error()));
	assert_ok(exchange_over(&s->session, NULL, &exchange, test_error()));
	assert_ok(exs_exchange_preview(exchange, command, &request, test_error()));
	assert_non_null(strstr(request, "/InvokeCommand\",\"headers\":{"));
	assert_non_null(strstr(request, "\"X-AnchorMailbox\":\"UPN:" SYSTEM FAKE_ORGANIZATION "\""));
	assert_non_null(strstr(request, "\"body\":{\"CmdletInput\":{\"CmdletName\":\"Get-Mailbox\""));
	assert_int_equal(fake_wire_requests(s->wire), 0);
	exs_text_free(request);
	exs_exchange_free(exchange);
	fake_service_free(s);
}

static void
the_page_is_no_larger_than_what_is_wanted(void **state)
{
	exs_exchange_options ten = {.size = sizeof ten, .page_size = 10};

	(void)state;
	expect_header("Get-Mailbox -ResultSize 5", NULL, "Prefer", "odata.maxpagesize=5");
	expect_header("Get-Mailbox -resultsize '5'", NULL, "Prefer", "odata.maxpagesize=5");
	expect_header("Get-Mailbox -ResultSize 5000", NULL, "Prefer", "odata.maxpagesize=1000");
	expect_header("Get-Mailbox -ResultSize Unlimited", &ten, "Prefer", "odata.maxpagesize=10");
	expect_header("Get-Mailbox -ResultSize 0", NULL, "Prefer", "odata.maxpagesize=1000");
}

typedef struct anchor_row {
	const char *line, *anchor;
	bool        from_parameter;
} anchor_row;

static const anchor_row anchors[] = {
	{"Get-Mailbox -Identity a@b.example", "UPN:" SYSTEM FAKE_ORGANIZATION, false},
	{"Get-MailboxStatistics -Identity a@b.example", "UPN:a@b.example", true},
	{"get-mailboxstatistics -identity a@b.example", "UPN:a@b.example", true},
	{"Get-MailboxStatistics -Identity 0f0e0d0c-1111-2222-3333-444455556666",
	 "MBX:0f0e0d0c-1111-2222-3333-444455556666@" FAKE_TENANT, true},
	{"Get-MailboxStatistics -Identity 'Adele Vance'", "UPN:" SYSTEM FAKE_ORGANIZATION, false},
	{"Get-MailboxStatistics -Identity 'a b@c.example'", "UPN:" SYSTEM FAKE_ORGANIZATION, false},
	{"Get-MailboxStatistics -Identity a@b@c", "UPN:" SYSTEM FAKE_ORGANIZATION, false},
	{"Get-MailboxStatistics -Identity \"a@b`r`nX-Evil: 1\"", "UPN:" SYSTEM FAKE_ORGANIZATION, false},
	{"Get-MailboxFolderPermission -Identity 'a@b.example:\\Calendar'", "UPN:a@b.example", true},
	{"Get-InboxRule -Mailbox a@b.example", "UPN:a@b.example", true},
	{"Get-MailboxPermission", "UPN:" SYSTEM FAKE_ORGANIZATION, false},
};

static void
the_anchor_names_the_organization_or_the_mailbox(void **state)
{
	exs_exchange_options own = {.size = sizeof own, .anchor = "TID:x"};

	(void)state;
	for (size_t i = 0; i < sizeof anchors / sizeof anchors[0]; i++) {
		expect_header(anchors[i].line, NULL, "X-AnchorMailbox", anchors[i].anchor);
		expect_header(anchors[i].line, NULL, "parameter-based-routing",
		              anchors[i].from_parameter ? "true" : NULL);
	}
	expect_header("Get-MailboxStatistics -Identity a@b.example", &own, "X-AnchorMailbox", "TID:x");
}

static void
without_an_organization_the_tenant_is_the_anchor(void **state)
{
	fake_service *s = SERVICE(EMPTY);
	exs_exchange *exchange = NULL;
	exs_rows     *rows = NULL;

	(void)state;
	s->session->organization[0] = '\0';
	assert_ok(run_line(s, "Get-Mailbox", NULL, &exchange, &rows, test_error()));
	assert_string_equal(fake_header(fake_wire_request(s->wire, 0), "X-AnchorMailbox"),
	                    "APP:" SYSTEM FAKE_TENANT);
	exs_rows_free(rows);
	exs_exchange_free(exchange);
	fake_service_free(s);
}

static void
the_log_has_the_parameters_names_and_never_their_values(void **state)
{
	fake_service *s = SERVICE(EMPTY);
	exs_exchange *exchange = NULL;
	exs_rows     *rows = NULL;

	(void)state;
	assert_ok(run_line(s, "Set-Mailbox -Identity secret@b.example -Foo hidden", NULL, &exchange,
	                   &rows, test_error()));
	assert_int_equal(fake_host_logged(s->host, "parameters=Identity Foo"), 1);
	assert_int_equal(fake_host_logged(s->host, "secret@"), 0);
	assert_int_equal(fake_host_logged(s->host, "hidden"), 0);
	exs_rows_free(rows);
	exs_exchange_free(exchange);
	fake_service_free(s);
}

#define NO_CONFIRM {.status = 400, .body = "{\"error\":{\"code\":\"BadRequest\",\"message\":\"x\",\"details\":[{\"message\":\"|A.AmbiguousParameterSetException|Parameter set cannot be resolved. Confirm\"}]}}"}

static void
a_cmdlet_that_knows_no_confirm_is_run_without_the_one_we_put_in(void **state)
{
	fake_service *s = SERVICE(NO_CONFIRM, EMPTY), *own = SERVICE(NO_CONFIRM, EMPTY);
	exs_exchange *exchange = NULL, *other = NULL;
	exs_rows     *rows = NULL, *none = NULL;

	(void)state;
	assert_ok(run_line(s, "Set-Clutter -Identity a", NULL, &exchange, &rows, test_error()));
	assert_non_null(strstr(fake_wire_request(s->wire, 0)->body, "\"Confirm\":false"));
	assert_null(strstr(fake_wire_request(s->wire, 1)->body, "Confirm"));
	/* but the user's own is theirs to take away */
	assert_int_equal(run_line(own, "Set-Clutter -Identity a -Confirm", NULL, &other, &none, test_error()),
	                 EXS_CMDLET);
	assert_int_equal(fake_wire_requests(own->wire), 1);
	exs_rows_free(rows);
	exs_exchange_free(exchange);
	exs_exchange_free(other);
	fake_service_free(s);
	fake_service_free(own);
}

static void
a_question_is_handed_on_and_plain(void **state)
{
	fake_service *s = SERVICE({.status = 200, .body = "{\"@adminapi.confirmationmessage\":\"Are you\\u001b sure?\",\"value\":[]}"});
	exs_exchange *exchange = NULL;
	exs_rows     *rows = NULL;
	const char   *row = "";
	size_t        length;
	uint64_t      n_pages, n_retries;

	(void)state;
	assert_ok(run_line(s, "Remove-Mailbox -Identity a -Confirm", NULL, &exchange, &rows, test_error()));
	assert_ok(exs_rows_next(rows, &row, &length, test_error()));
	assert_null(row);
	assert_string_equal(exs_rows_confirmation(rows), "Are you sure?");
	assert_null(exs_rows_warning(rows));
	exs_rows_progress(rows, &n_pages, &n_retries);
	assert_int_equal(n_pages, 1);
	exs_rows_free(rows);
	exs_exchange_free(exchange);
	fake_service_free(s);
}

static void
annotations_are_kept_when_asked_for(void **state)
{
	static const fake_step answer = {.status = 200, .body = "{\"value\":[{\"A@data.type\":\"x\",\"A\":1}]}"};

	(void)state;
	for (int keep = 0; keep < 2; keep++) {
		exs_exchange_options options = {.size = sizeof options, .annotations = keep == 1};
		fake_service *s = SERVICE(answer);
		exs_exchange *exchange = NULL;
		exs_rows     *rows = NULL;
		const char   *row = NULL;
		size_t        length;

		assert_ok(run_line(s, "Get-X", &options, &exchange, &rows, test_error()));
		assert_ok(exs_rows_next(rows, &row, &length, test_error()));
		assert_string_equal(row, keep == 1 ? "{\"A@data.type\":\"x\",\"A\":1}" : "{\"A\":1}");
		exs_rows_free(rows);
		exs_exchange_free(exchange);
		fake_service_free(s);
	}
}

static void
names_of_the_module_are_refused_with_what_to_use(void **state)
{
	static const char *const lines[] = {"Get-EXOMailboxes -Identity a", "get-exogroup",
	                                    "Connect-ExchangeOnline -AppId x"};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		fake_service *s = SERVICE(EMPTY);
		exs_exchange *exchange = NULL;
		exs_rows     *rows = NULL;
		exs_error    *error = test_error();

		assert_int_equal(run_line(s, lines[i], NULL, &exchange, &rows, error), EXS_USAGE);
		assert_string_not_equal(exs_error_fix(error), "");
		assert_int_equal(fake_wire_requests(s->wire), 0);
		exs_exchange_free(exchange);
		fake_service_free(s);
	}
}

static void
a_page_size_out_of_range_is_refused(void **state)
{
	exs_exchange_options options = {.size = sizeof options, .page_size = 1001};
	fake_service *s = SERVICE(EMPTY);
	exs_exchange *exchange = NULL;

	(void)state;
	assert_int_equal(exchange_over(&s->session, &options, &exchange, test_error()), EXS_USAGE);
	assert_null(exchange);
	fake_service_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_carry_what_the_service_routes_and_formats_by),
		cmocka_unit_test(a_preview_shows_the_request_and_sends_nothing),
		cmocka_unit_test(the_page_is_no_larger_than_what_is_wanted),
		cmocka_unit_test(the_anchor_names_the_organization_or_the_mailbox),
		cmocka_unit_test(without_an_organization_the_tenant_is_the_anchor),
		cmocka_unit_test(the_log_has_the_parameters_names_and_never_their_values),
		cmocka_unit_test(a_cmdlet_that_knows_no_confirm_is_run_without_the_one_we_put_in),
		cmocka_unit_test(a_question_is_handed_on_and_plain),
		cmocka_unit_test(annotations_are_kept_when_asked_for),
		cmocka_unit_test(names_of_the_module_are_refused_with_what_to_use),
		cmocka_unit_test(a_page_size_out_of_range_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
