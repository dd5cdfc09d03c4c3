/*
 * InvokeCommand: a command's body to the tenant's endpoint, and the rows of its answer (exchange-rest.md 2).
 */
#include "exchange/invoke.h"

#include "base/encode.h"
#include "base/jsontext.h"
#include "exchange/anchor.h"
#include "exchange/command.h"

#include <inttypes.h>
#include <stdio.h>

enum { PAGE_SIZE_MAX = 1000, URL_MAX = 1024, NAMES_MAX = 64 * 1024 };

struct exs_exchange {
	api_session *session;
	unsigned     page_size;
	char        *anchor;
	bool         annotations;
};

/* What the requests of one command are made of; it lives as long as they do. */
struct exs_rows {
	pages *pages;
	buf    body, names;
	char  *cmdlet;
	char   url[URL_MAX], prefer[48];
	anchor anchor;
};

exs_status
exchange_over(api_session **session, const exs_exchange_options *options,
              exs_exchange **ret_exchange, exs_error *error)
{
	EXS_AUTO(exs_exchange) *exchange = mem_new(1, sizeof *exchange);
	exs_exchange_options given = {.size = sizeof given};

	if (exchange == NULL)
		return mem_fail(error);
	EXS_GIVE(&exchange->session, *session);
	if (options != NULL)
		memcpy(&given, options, options->size < sizeof given ? options->size : sizeof given);
	if (given.page_size > PAGE_SIZE_MAX)
		return exs_fail(error, E_USAGE, "a page has 1 to %d rows, not %u", PAGE_SIZE_MAX,
		                given.page_size);
	exchange->page_size = given.page_size == 0 ? PAGE_SIZE_MAX : given.page_size;
	exchange->annotations = given.annotations;
	EXS_TRY(mem_copy(given.anchor, &exchange->anchor, error));
	EXS_GIVE(ret_exchange, exchange);
	return EXS_OK;
}

exs_status
exs_exchange_new(const exs_context *context, exs_credential *credential,
                 const exs_exchange_options *options, exs_exchange **ret_exchange, exs_error *error)
{
	EXS_AUTO(api_session) *session = NULL;

	EXS_TRY(api_session_new(context, credential, CLOUD_EXCHANGE, &session, error));
	return exchange_over(&session, options, ret_exchange, error);
}

void
exs_exchange_free(exs_exchange *exchange)
{
	if (exchange == NULL)
		return;
	api_session_free(exchange->session);
	mem_free(exchange->anchor);
	mem_free(exchange);
}

/* -ResultSize N; false for none, Unlimited, or what only the service can judge. */
static bool
wanted_rows(const exs_command *command, uint64_t *ret)
{
	EXS_SCOPED(buf) text = BUF(32);
	span value = command_value(command, "ResultSize");

	if (value.at == NULL)
		return false;
	if (value.at[0] == '"') {
		if (!command_string(command, "ResultSize", &text))
			return false;
		value = buf_span(&text);
	}
	return span_unsigned(span_trim(value), ret) && *ret > 0;
}

/* Cmdlets the service runs for longer than its usual 15 minutes (exchange-rest.md 2.9), and a minute more. */
static int64_t
deadline_of(const char *cmdlet)
{
	static const struct {
		const char *cmdlet;
		int64_t     seconds;
	} slow[] = {
		{"Get-DistributionGroupMember", 3660},    {"Import-TransportRuleCollection", 3660},
		{"Set-UnifiedGroup", 3660},               {"Update-DistributionGroupMember", 3660},
		{"Set-OrganizationConfig", 1860},         {"Update-RoleGroupMember", 1860},
	};

	for (size_t i = 0; i < sizeof slow / sizeof slow[0]; i++)
		if (span_is_nocase(span_of(cmdlet), slow[i].cmdlet))
			return slow[i].seconds * 1000;
	return 0;
}

static void
add_header(call_request *request, const char *name, const char *value)
{
	request->headers[request->n_headers++] = (http_header){name, value};
}

static void
add_headers(call_request *request, const exs_rows *rows)
{
	add_header(request, "X-CmdletName", rows->cmdlet);
	add_header(request, "X-ResponseFormat", "json");
	add_header(request, "X-SerializationLevel", "Partial");
	add_header(request, "X-ClientApplication", "exosign");
	add_header(request, "X-AnchorMailbox", rows->anchor.value);
	if (rows->anchor.from_parameter)
		add_header(request, "parameter-based-routing", "true");
	add_header(request, "Prefer", rows->prefer);
}

static exs_status
choose_anchor(const exs_exchange *exchange, const exs_command *command, exs_rows *rows,
              exs_error *error)
{
	if (exchange->anchor == NULL) {
		anchor_choose(command, exchange->session->tenant, exchange->session->organization,
		              &rows->anchor);
		return EXS_OK;
	}
	if (strlen(exchange->anchor) >= ANCHOR_MAX)
		return exs_fail(error, E_USAGE, "the anchor is too long");
	snprintf(rows->anchor.value, ANCHOR_MAX, "%s", exchange->anchor);
	return EXS_OK;
}

static exs_status
prepare(const exs_exchange *exchange, const exs_command *command, exs_rows *rows,
        pages_options *options, exs_error *error)
{
	EXS_SCOPED(buf) tenant = BUF(URL_MAX);
	uint64_t size = exchange->page_size;
	int      length;

	EXS_TRY(command_check(command, error));
	EXS_TRY(mem_copy(exs_command_name(command), &rows->cmdlet, error));
	EXS_TRY(choose_anchor(exchange, command, rows, error));
	command_names(command, &rows->names);
	encode_percent(&tenant, span_of(exchange->session->tenant));
	length = snprintf(rows->url, URL_MAX, "%s/adminapi/beta/%s/InvokeCommand",
	                  exchange->session->origin, buf_text(&tenant));
	if (length < 0 || length >= URL_MAX)
		return exs_fail(error, E_URL, "the tenant's address is too long");
	options->limited = wanted_rows(command, &options->rows);
	if (options->limited && options->rows < size)
		size = options->rows;
	snprintf(rows->prefer, sizeof rows->prefer, "odata.maxpagesize=%" PRIu64, size);
	options->keep_annotations = exchange->annotations;
	options->request = (call_request){.aim = rows->cmdlet,
	                                  .event = "cmdlet sent",
	                                  .about = buf_text(&rows->names),
	                                  .url = rows->url,
	                                  .reads = exs_command_reads(command)};
	if (exchange->session->deadline_ms == 0)
		options->request.deadline_ms = deadline_of(rows->cmdlet);
	add_headers(&options->request, rows);
	return EXS_OK;
}

static void
print_request(const call_request *request, span body, buf *to)
{
	buf_puts(to, "{\"method\":\"POST\",\"url\":");
	jsontext_quote(to, span_of(request->url));
	buf_puts(to, ",\"headers\":{\"Authorization\":\"Bearer (not shown)\"");
	for (size_t i = 0; i < request->n_headers; i++) {
		buf_byte(to, ',');
		jsontext_quote(to, span_of(request->headers[i].name));
		buf_byte(to, ':');
		jsontext_quote(to, span_of(request->headers[i].value));
	}
	buf_puts(to, "},\"body\":");
	buf_add(to, body);
	buf_byte(to, '}');
}

exs_status
exs_exchange_preview(const exs_exchange *exchange, const exs_command *command,
                     char **ret_request, exs_error *error)
{
	EXS_AUTO(exs_rows) *rows = mem_new(1, sizeof *rows);
	EXS_SCOPED(buf) body = BUF(COMMAND_BODY_MAX);
	EXS_SCOPED(buf) request = BUF(COMMAND_BODY_MAX + URL_MAX + 4 * ANCHOR_MAX);
	pages_options options = {.limited = false};

	if (rows == NULL)
		return mem_fail(error);
	rows->names = BUF(NAMES_MAX);
	EXS_TRY(prepare(exchange, command, rows, &options, error));
	EXS_TRY(command_body(command, true, &body, error));
	print_request(&options.request, buf_span(&body), &request);
	return buf_take(&request, "the request", ret_request, error);
}

static exs_status
send(exs_exchange *exchange, const exs_command *command, bool confirm_default, exs_rows *rows,
     pages_options *options, exs_error *error)
{
	buf_clear(&rows->body);
	EXS_TRY(command_body(command, confirm_default, &rows->body, error));
	options->request.body = buf_span(&rows->body);
	return pages_open(exchange->session, options, &rows->pages, error);
}

/*
 * Cmdlets that know no -Confirm refuse the one we put in, before they do anything: then it goes without. Nothing tells
 * beforehand which they are.
 */
static bool
is_about_confirm(const exs_command *command, const exs_error *refused)
{
	return command_wants_confirm(command) && error_is(refused, E_EXO_PARAMETER) &&
	       span_find(span_of(exs_error_message(refused)), "Confirm") >= 0;
}

exs_status
exs_exchange_run(exs_exchange *exchange, const exs_command *command, exs_rows **ret_rows,
                 exs_error *error)
{
	EXS_AUTO(exs_rows) *rows = mem_new(1, sizeof *rows);
	EXS_SCOPED(error_scratch) refused = exs_error_new();
	pages_options options = {.limited = false};
	exs_status    status;

	if (rows == NULL || refused == NULL)
		return mem_fail(error);
	rows->body = BUF(COMMAND_BODY_MAX);
	rows->names = BUF(NAMES_MAX);
	EXS_TRY(prepare(exchange, command, rows, &options, error));
	status = send(exchange, command, true, rows, &options, refused);
	if (status != EXS_OK && is_about_confirm(command, refused))
		status = send(exchange, command, false, rows, &options, error);
	else
		error_copy(error, refused);
	if (status == EXS_OK)
		EXS_GIVE(ret_rows, rows);
	return status;
}

void
exs_rows_free(exs_rows *rows)
{
	if (rows == NULL)
		return;
	pages_free(rows->pages);
	buf_done(&rows->body);
	buf_done(&rows->names);
	mem_free(rows->cmdlet);
	mem_free(rows);
}

exs_status
exs_rows_next(exs_rows *rows, const char **ret_row, size_t *ret_length, exs_error *error)
{
	span row;

	EXS_TRY(pages_next(rows->pages, &row, error));
	*ret_row = row.at;
	*ret_length = row.len;
	return EXS_OK;
}

const char *
exs_rows_warning(exs_rows *rows)
{
	return pages_warning(rows->pages);
}

const char *
exs_rows_confirmation(exs_rows *rows)
{
	return pages_confirmation(rows->pages);
}

void
exs_rows_progress(const exs_rows *rows, uint64_t *ret_pages, uint64_t *ret_retries)
{
	pages_progress(rows->pages, ret_pages, ret_retries);
}
