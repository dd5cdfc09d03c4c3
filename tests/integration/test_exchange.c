/* Cmdlets run on the sandbox's Exchange over real TLS, with assertions it verifies. */
#include "base/json.h"
#include "base/moment.h"
#include "support/fake_host.h"
#include "support/fake_signer.h"
#include "support/local_tenant.h"
#include "support/test.h"

#include <exosign/exchange.h>
#include <stdio.h>
#include <stdlib.h>

EXS_DEFINE_AUTO(exs_credential)
EXS_DEFINE_AUTO(exs_exchange)
EXS_DEFINE_AUTO(exs_rows)
EXS_DEFINE_AUTO(exs_command)

enum { MAILBOXES = 2500 };

typedef struct scene {
	local_tenant *tenant;
	fake_host    *host;
	fake_signer  *signer;
	char          somebody[200]; /* the address of a mailbox */
} scene;

static scene the_scene;

static int
set_up(void **state)
{
	static const char *const options[] = {"--mailboxes", "2500", NULL};

	(void)state;
	the_scene.tenant = local_tenant_up("exchange", options);
	the_scene.host = fake_host_new();
	atomic_store(&the_scene.host->now, moment_now_ms() / 1000);
	the_scene.signer = fake_signer_new(the_scene.host->context, EXS_ALG_PS256, true);
	fake_signer_write_pem(the_scene.signer, test_path("app.pem"));
	local_tenant_register(the_scene.tenant, test_path("app.pem"));
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	fake_signer_free(the_scene.signer);
	fake_host_free(the_scene.host);
	local_tenant_down(the_scene.tenant);
	return 0;
}

static int
heal(void **state)
{
	(void)state;
	local_tenant_heal(the_scene.tenant);
	buf_clear(&the_scene.host->log);
	return 0;
}

/* What a command came to. */
typedef struct outcome {
	exs_status status;
	error_id   id;
	char       message[1024], why[1024], reference[512];
	uint64_t   rows, pages, retries;
	char       first[4096], last[4096], warnings[1024], confirmation[512];
} outcome;

static void
copy(char *room, size_t size, const char *text)
{
	snprintf(room, size, "%s", text == NULL ? "" : text);
}

static exs_status
walk(exs_exchange *exchange, const char *line, outcome *o, exs_error *error)
{
	EXS_AUTO(exs_command) *command = NULL;
	EXS_AUTO(exs_rows)    *rows = NULL;
	const char            *row = "", *warning;
	size_t                 length;
	exs_status             status = EXS_OK;

	EXS_TRY(exs_command_parse(line, strlen(line), &command, error));
	EXS_TRY(exs_exchange_run(exchange, command, &rows, error));
	while (status == EXS_OK && row != NULL) {
		status = exs_rows_next(rows, &row, &length, error);
		if (status == EXS_OK && row != NULL) {
			assert_int_equal(strlen(row), length);
			copy(o->rows++ == 0 ? o->first : o->last, sizeof o->first, row);
		}
		while ((warning = exs_rows_warning(rows)) != NULL)
			copy(o->warnings, sizeof o->warnings, warning);
	}
	copy(o->confirmation, sizeof o->confirmation, exs_rows_confirmation(rows));
	exs_rows_progress(rows, &o->pages, &o->retries);
	return status;
}

static outcome
run_with(const char *line, const exs_exchange_options *options)
{
	EXS_AUTO(exs_credential) *credential = NULL;
	EXS_AUTO(exs_exchange)   *exchange = NULL;
	exs_identity              who = local_tenant_identity(the_scene.tenant);
	exs_network               how = local_tenant_network(the_scene.tenant);
	exs_error                *error = test_error();
	outcome                   o = {.status = EXS_OK};

	how.attempts = 2;
	how.deadline_ms = 5000;
	assert_ok(exs_credential_new(the_scene.host->context, fake_signer_signer(the_scene.signer), &who,
	                             &how, &credential, error));
	assert_ok(exs_exchange_new(the_scene.host->context, credential, options, &exchange, error));
	o.status = walk(exchange, line, &o, error);
	o.id = error_identity(error);
	copy(o.message, sizeof o.message, exs_error_message(error));
	copy(o.why, sizeof o.why, exs_error_why(error));
	copy(o.reference, sizeof o.reference, exs_error_reference(error));
	return o;
}

static outcome
run(const char *line)
{
	return run_with(line, NULL);
}

static void
all_mailboxes_come_over_all_pages(void **state)
{
	outcome o = run("Get-Mailbox -ResultSize Unlimited");

	(void)state;
	assert_int_equal(o.status, EXS_OK);
	assert_int_equal(o.rows, MAILBOXES);
	assert_int_equal(o.pages, 3);
	assert_non_null(strstr(o.first, "\"Guid\":\""));
	assert_null(strstr(o.first, "@odata.type"));
	assert_string_not_equal(o.first, o.last);
	assert_int_equal(fake_host_logged(the_scene.host, "cmdlet done"), 1);
}

static void
small_pages_give_the_same_list(void **state)
{
	exs_exchange_options options = {.size = sizeof options, .page_size = 99};
	outcome              whole = run("Get-Mailbox"), o = run_with("Get-Mailbox", &options);

	(void)state;
	assert_int_equal(o.status, EXS_OK);
	assert_int_equal(o.pages, 26);
	assert_int_equal(o.rows, MAILBOXES);
	assert_string_equal(o.first, whole.first);
	assert_string_equal(o.last, whole.last);
}

static void
a_result_size_is_kept_to_the_row(void **state)
{
	exs_exchange_options options = {.size = sizeof options, .page_size = 10};
	outcome              o = run_with("Get-Mailbox -ResultSize 25", &options);

	(void)state;
	assert_int_equal(o.status, EXS_OK);
	assert_int_equal(o.rows, 25);
	assert_int_equal(run("Get-Mailbox -ResultSize 1").rows, 1);
}

static void
a_change_is_made_and_read_back(void **state)
{
	outcome o;

	(void)state;
	o = run("New-DistributionGroup -Name 'Ops team' -PrimarySmtpAddress ops-it@contoso.onmicrosoft.com");
	if (o.status != EXS_OK)
		fail_msg("%s", o.message);
	o = run("Get-DistributionGroup -Identity 'Ops team'");
	assert_int_equal(o.rows, 1);
	assert_non_null(strstr(o.first, "ops-it@contoso.onmicrosoft.com"));
	o = run("New-DistributionGroup -Name 'Ops team'");
	assert_int_equal(o.status, EXS_CMDLET);
	o = run("Remove-DistributionGroup -Identity 'Ops team' -Confirm");
	assert_int_equal(o.status, EXS_OK);
	assert_string_not_equal(o.confirmation, "");
	assert_int_equal(run("Get-DistributionGroup -Identity 'Ops team'").rows, 1);
	assert_int_equal(run("Remove-DistributionGroup -Identity 'Ops team'").status, EXS_OK);
	o = run("Get-DistributionGroup -Identity 'Ops team'");
	assert_int_equal(o.status, EXS_CMDLET);
	assert_int_equal(o.id, E_EXO_NOT_FOUND);
	assert_non_null(strstr(o.reference, "client-request-id"));
}

/* A line about somebody; it lives until the next. */
static const char *
about(const char *cmdlet, const char *rest)
{
	static char line[512];

	snprintf(line, sizeof line, "%s -Identity %s %s", cmdlet, the_scene.somebody, rest);
	return line;
}

static void
hashtables_lists_and_null_bind(void **state)
{
	outcome o;

	(void)state;
	o = run(about("Set-Mailbox", "-EmailAddresses @{Add='smtp:one@contoso.onmicrosoft.com',"
	              "'smtp:two@contoso.onmicrosoft.com'} -ForwardingSmtpAddress $null"));
	if (o.status != EXS_OK)
		fail_msg("%s", o.message);
	o = run(about("Get-Mailbox", ""));
	assert_non_null(strstr(o.first, "smtp:two@contoso.onmicrosoft.com"));
	assert_non_null(strstr(o.first, "\"ForwardingSmtpAddress\":null"));
}

static void
a_filter_with_true_is_understood(void **state)
{
	outcome o;

	(void)state;
	assert_int_equal(run(about("Set-Mailbox", "-HiddenFromAddressListsEnabled $true")).status, EXS_OK);
	o = run("Get-Mailbox -Filter {HiddenFromAddressListsEnabled -eq $true}");
	if (o.status != EXS_OK)
		fail_msg("%s", o.message);
	assert_int_equal(o.rows, 1);
	assert_non_null(strstr(o.first, the_scene.somebody));
}

static void
what_the_service_refuses_is_said(void **state)
{
	static const struct {
		const char *line;
		exs_status  status;
		error_id    id;
	} rows[] = {
		{"Get-Mailbox -NoSuchParameter 1", EXS_CMDLET, E_EXO_PARAMETER},
		{"Get-Mailbox -Identity nobody@contoso.onmicrosoft.com", EXS_CMDLET, E_EXO_NOT_FOUND},
		{"Get-NoSuchThing", EXS_DENIED, E_EXO_FORBIDDEN},
		{"Set-Mailbox -DisplayName x", EXS_CMDLET, E_EXO_PARAMETER},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		outcome o = run(rows[i].line);

		if (o.status != rows[i].status || o.id != rows[i].id)
			fail_msg("%s: %d %s", rows[i].line, (int)o.status, o.message);
		assert_non_null(strstr(o.reference, "client-request-id"));
	}
}

typedef struct faulty {
	const char *fault, *count, *line;
	exs_status  status;
	error_id    id;
	uint64_t    rows;
} faulty;

#define LIST   "Get-Mailbox"
#define CHANGE "Set-Mailbox"

static const faulty faults[] = {
	/* overcome */
	{"x-401", "1", LIST, EXS_OK, E_NONE, MAILBOXES},
	{"x-401-claims", "1", LIST, EXS_OK, E_NONE, MAILBOXES},
	{"x-401", "1", CHANGE, EXS_OK, E_NONE, 0},
	{"x-429=1", "1", LIST, EXS_OK, E_NONE, MAILBOXES},
	{"x-429=1", "1", CHANGE, EXS_OK, E_NONE, 0},
	{"x-503=1", "1", CHANGE, EXS_OK, E_NONE, 0},
	{"x-503", "1", LIST, EXS_OK, E_NONE, MAILBOXES},
	{"x-500", "1", LIST, EXS_OK, E_NONE, MAILBOXES},
	{"x-400-concurrency", "1", CHANGE, EXS_OK, E_NONE, 0},
	{"x-link-expired", "1", LIST, EXS_OK, E_NONE, MAILBOXES},
	{"x-truncate=300000", "1", LIST, EXS_OK, E_NONE, MAILBOXES},
	{"half-chunked", "1", LIST, EXS_OK, E_NONE, MAILBOXES},
	{"reset", "1", LIST, EXS_OK, E_NONE, MAILBOXES},
	{"gzip", "0", LIST, EXS_OK, E_NONE, MAILBOXES},
	{"x-204", "1", CHANGE, EXS_OK, E_NONE, 0},
	{"x-empty-200", "1", CHANGE, EXS_OK, E_NONE, 0},
	{"x-value-null", "1", CHANGE, EXS_OK, E_NONE, 0},
	{"x-bare-object", "1", "Get-OrganizationConfig", EXS_OK, E_NONE, 1},
	{"x-5mb-string", "1", "Get-OrganizationConfig", EXS_OK, E_NONE, UINT64_MAX},
	{"x-big-integer", "1", "Get-OrganizationConfig", EXS_OK, E_NONE, UINT64_MAX},
	{"x-bad-key", "1", "Get-OrganizationConfig", EXS_OK, E_NONE, UINT64_MAX},
	{"x-nul-escape", "1", "Get-OrganizationConfig", EXS_OK, E_NONE, UINT64_MAX},
	/* refused */
	{"x-401", "0", LIST, EXS_DENIED, E_EXO_UNAUTHORIZED, 0},
	{"x-403-nul", "0", LIST, EXS_DENIED, E_EXO_FORBIDDEN, 0},
	{"x-403-empty", "0", LIST, EXS_DENIED, E_EXO_FORBIDDEN, 0},
	{"x-403-json", "0", LIST, EXS_DENIED, E_EXO_FORBIDDEN, 0},
	{"x-403-diagnostics=because", "0", LIST, EXS_DENIED, E_EXO_FORBIDDEN, 0},
	{"x-404", "0", LIST, EXS_CMDLET, E_EXO_NOT_FOUND, 0},
	{"x-400-details=pipe3", "0", LIST, EXS_CMDLET, E_EXO_EXISTS, 0},
	{"x-400-details=pipe2", "0", LIST, EXS_CMDLET, E_EXO_EXISTS, 0},
	{"x-400-details=plain", "0", LIST, EXS_CMDLET, E_EXO_CMDLET, 0},
	{"x-400-details=json", "0", LIST, EXS_CMDLET, E_EXO_EXISTS, 0},
	{"x-400-details=internal", "0", LIST, EXS_CMDLET, E_EXO_EXISTS, 0},
	{"x-200-error", "0", LIST, EXS_NETWORK, E_SERVICE, 0},
	{"x-200-error", "1", LIST, EXS_OK, E_NONE, MAILBOXES},
	{"x-400-concurrency", "0", LIST, EXS_THROTTLED, E_THROTTLED, 0},
	{"x-500", "0", CHANGE, EXS_NETWORK, E_SERVICE, 0},
	{"html=502", "0", LIST, EXS_NETWORK, E_SERVICE, 0},
	/* never a short list, never a guess about a change */
	{"x-link-never", "0", LIST, EXS_INCOMPLETE, E_EXO_PAGING, 1000},
	{"x-link-loop", "0", LIST, EXS_INCOMPLETE, E_EXO_PAGING, UINT64_MAX},
	{"x-link-foreign=https://evil.example/x", "0", LIST, EXS_POLICY, E_HOST, 1000},
	{"x-redirect-foreign=https://evil.example/x", "0", LIST, EXS_POLICY, E_HOST, 0},
	{"x-warning-more", "0", "Get-AcceptedDomain", EXS_INCOMPLETE, E_EXO_INCOMPLETE, UINT64_MAX},
	{"x-truncate=300000", "0", LIST, EXS_INCOMPLETE, E_ANSWER, UINT64_MAX},
	{"x-bad-utf8", "0", "Get-OrganizationConfig", EXS_NETWORK, E_ANSWER, UINT64_MAX},
	{"x-deep-json", "0", "Get-OrganizationConfig", EXS_NETWORK, E_ANSWER, UINT64_MAX},
	{"gzip-lie", "0", LIST, EXS_NETWORK, E_ANSWER, 0},
	{"x-503", "0", CHANGE, EXS_INCOMPLETE, E_EXO_UNKNOWN, 0},
	{"reset", "0", CHANGE, EXS_INCOMPLETE, E_EXO_UNKNOWN, 0},
	{"half-body", "0", CHANGE, EXS_INCOMPLETE, E_EXO_UNKNOWN, 0},
	{"hang", "0", CHANGE, EXS_INCOMPLETE, E_EXO_UNKNOWN, 0},
};

static void
every_fault_is_overcome_or_said(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		const faulty *f = &faults[i];
		char          cmdlet[64];
		outcome       o;

		snprintf(cmdlet, sizeof cmdlet, "%.*s", (int)strcspn(f->line, " "), f->line);
		local_tenant_heal(the_scene.tenant);
		/* faults of the wire would meet the token's request too */
		local_tenant_fault(the_scene.tenant, f->fault, "--count", f->count, "--cmdlet", cmdlet, NULL);
		o = run(strcmp(f->line, CHANGE) == 0 ? about(CHANGE, "-MailTip hello") : f->line);
		if (o.status == f->status && o.id == f->id && (f->rows == UINT64_MAX || o.rows == f->rows))
			continue;
		wrong++;
		print_error("%s x%s, %s: status %d after %llu rows, %s %s\n", f->fault, f->count, f->line,
		            (int)o.status, (unsigned long long)o.rows, o.message, o.why);
	}
	assert_int_equal(wrong, 0);
}

static int
set_up_somebody(void **state)
{
	outcome     o;
	const char *at;

	if (set_up(state) != 0)
		return -1;
	o = run("Get-Mailbox -ResultSize 1");
	at = strstr(o.first, "\"PrimarySmtpAddress\":\"");
	assert_non_null(at);
	snprintf(the_scene.somebody, sizeof the_scene.somebody, "%.*s", (int)strcspn(at + 22, "\""), at + 22);
	return heal(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(all_mailboxes_come_over_all_pages, heal),
		cmocka_unit_test_teardown(small_pages_give_the_same_list, heal),
		cmocka_unit_test_teardown(a_result_size_is_kept_to_the_row, heal),
		cmocka_unit_test_teardown(a_change_is_made_and_read_back, heal),
		cmocka_unit_test_teardown(hashtables_lists_and_null_bind, heal),
		cmocka_unit_test_teardown(a_filter_with_true_is_understood, heal),
		cmocka_unit_test_teardown(what_the_service_refuses_is_said, heal),
		cmocka_unit_test_teardown(every_fault_is_overcome_or_said, heal),
	};

	return cmocka_run_group_tests(tests, set_up_somebody, tear_down);
}
