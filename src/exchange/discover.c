/* Asking the service what an identity may run. */
#include "exchange/discover.h"

#include "api/pages.h"
#include "base/encode.h"
#include "base/error.h"
#include "base/jsontext.h"
#include "exchange/modulefile.h"

#include <stdio.h>

/* The version of the module whose script is asked for; the service wants one (exchange-rest.md 2.3, 2.12). */
#define MODULE_VERSION "3.9.2"

enum { URL_MAX = 1024 };

typedef struct question {
	const exs_exchange *exchange;
	api_session *session;
	char         url[URL_MAX];
	anchor       anchor;
	call_request request;
} question;

void
discovery_begin(discovery *d)
{
	*d = (discovery){.records = BUF(FUNCTIONS_RECORDS_MAX)};
}

void
discovery_done(discovery *d)
{
	buf_done(&d->records);
	seal_free(d->key);
	d->key = NULL;
}

static exs_status
choose_anchor(question *q, exs_error *error)
{
	EXS_AUTO(exs_command) *any = NULL;

	EXS_TRY(exs_command_new("Get-OrganizationConfig", &any, error));
	service_anchor(q->exchange->service, any, q->session->tenant, q->session->organization, &q->anchor);
	if (q->exchange->anchor != NULL)
		(void)snprintf(q->anchor.value, sizeof q->anchor.value, "%s", q->exchange->anchor);
	return EXS_OK;
}

static exs_status
prepare(question *q, const char *version, const char *what, exs_error *error)
{
	EXS_SCOPED(buf) tenant = BUF(URL_MAX);
	int length;

	EXS_TRY(choose_anchor(q, error));
	encode_percent(&tenant, span_of(q->session->tenant));
	length = snprintf(q->url, sizeof q->url, "%s/adminapi/%s/%s/%s", api_session_origin(q->session), version,
	                  buf_text(&tenant), what);
	if (length < 0 || (size_t)length >= sizeof q->url)
		return exs_fail(error, E_URL, "the tenant's address is too long");
	q->request = (call_request){.aim = "the list of cmdlets",
	                            .event = "cmdlets asked for",
	                            .about = what,
	                            .url = q->url,
	                            .method = "GET",
	                            .reads = true,
	                            .headers = {{"X-AnchorMailbox", q->anchor.value},
	                                        {"CommandName", "*"},
	                                        {"X-ClientApplication", "exosign"}},
	                            .n_headers = 3};
	return EXS_OK;
}

static exs_status
read_answer(http_response *response, modulefile *m, exs_error *error)
{
	span piece;

	for (;;) {
		EXS_TRY(http_read(response, &piece, error));
		if (piece.len == 0)
			return modulefile_end(m, error);
		EXS_TRY(modulefile_feed(m, piece, error));
	}
}

static exs_status
take_key(discovery *d, const api_session *session, span xml, exs_error *error)
{
	if (xml.len > 0)
		return seal_from_xml(xml, &d->key, error);
	LOG(session->context, EXS_LOG_INFO, "exchange", "no key for secrets",
	    LOG_TEXT("source", "EXOModuleFile"));
	return EXS_OK;
}

/* One try of all of it. *ret_again: the connection broke, and there is time for another. */
static exs_status
ask_once(discovery *d, const question *q, retry *budget, bool *ret_again, exs_error *error)
{
	EXS_SCOPED(call) c = {0};
	EXS_SCOPED(modulefile) m;
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	exs_status status;

	modulefile_begin(&m);
	if (cause == NULL)
		return mem_fail(error);
	EXS_TRY(call_open(&c, q->session, &q->request, budget, error));
	status = read_answer(c.response, &m, cause);
	if (status != EXS_OK && call_is_passing(cause) && call_may_repeat(budget, -1)) {
		*ret_again = true;
		return retry_wait(budget, q->session->context, exs_error_message(cause), -1, error);
	}
	error_copy(error, cause);
	if (status != EXS_OK)
		return status;
	if (m.unread)
		LOG(q->session->context, EXS_LOG_WARNING, "exchange", "script not understood",
		    LOG_TEXT("left", "names of cmdlets without their parameters"));
	EXS_TRY(take_key(d, q->session, buf_span(&m.functions.key), error));
	return catalogue_select(buf_span(&m.functions.records), buf_span(&m.names), &d->records, error);
}

static exs_status
ask_for_script(discovery *d, const exs_exchange *exchange, exs_error *error)
{
	question q = {.exchange = exchange, .session = exchange->session};
	bool     again = true;
	retry    budget;

	EXS_TRY(prepare(&q, "v1.0", "EXOModuleFile?Version=" MODULE_VERSION, error));
	budget = call_budget(q.session, &q.request);
	while (again) {
		again = false;
		EXS_TRY(ask_once(d, &q, &budget, &again, error));
	}
	return EXS_OK;
}

/* A name of the service's, as a line of ours. */
static void
add_name(buf *to, span json, bool parameter)
{
	EXS_SCOPED(buf) text = BUF(2 * FUNCTIONS_NAME_MAX);

	if (json.at == NULL || jsontext_kind_of(json) != JSONTEXT_STRING)
		return;
	jsontext_decode(&text, json);
	if (parameter && functions_is_name(buf_span(&text)))
		buf_addf(to, "p\t%s\t\t-\t\n", buf_text(&text));
	else if (!parameter && functions_is_cmdlet(buf_span(&text)))
		buf_addf(to, "c\t%s\n", buf_text(&text));
}

static void
add_row(buf *to, span row)
{
	span          parameters, name, value;
	jsontext_walk walk;

	if (jsontext_kind_of(row) != JSONTEXT_OBJECT)
		return;
	add_name(to, jsontext_member(row, "CmdletName"), false);
	parameters = jsontext_member(row, "Parameters");
	if (parameters.at == NULL || jsontext_kind_of(parameters) != JSONTEXT_ARRAY)
		return;
	walk = jsontext_open(parameters);
	while (jsontext_next(&walk, &name, &value))
		add_name(to, value, true);
}

static exs_status
ask_for_names(discovery *d, const exs_exchange *exchange, exs_error *error)
{
	EXS_AUTO(pages) *list = NULL;
	question      q = {.exchange = exchange, .session = exchange->session};
	pages_options options = {.limited = false};
	span          row;

	EXS_TRY(prepare(&q, "beta", "CmdletInfo", error));
	options.request = q.request;
	EXS_TRY(pages_open(q.session, &options, &list, error));
	for (;;) {
		EXS_TRY(pages_next(list, &row, error));
		if (row.at == NULL)
			return buf_check(&d->records, "the list of cmdlets", error);
		add_row(&d->records, row);
	}
}

/* What the service says to a request it does not serve; trouble on the way is something else. */
static bool
is_refused(const exs_error *error)
{
	return exs_error_status(error) == EXS_DENIED || exs_error_status(error) == EXS_CMDLET;
}

exs_status
discovery_ask(discovery *d, const exs_exchange *exchange, exs_error *error)
{
	EXS_SCOPED(error_scratch) refused = exs_error_new();
	exs_status status;

	if (refused == NULL)
		return mem_fail(error);
	status = ask_for_script(d, exchange, refused);
	if (status != EXS_OK && is_refused(refused)) {
		LOG(exchange->session->context, EXS_LOG_INFO, "exchange", "script refused",
		    LOG_TEXT("why", exs_error_message(refused)));
		buf_clear(&d->records);
		if (ask_for_names(d, exchange, NULL) == EXS_OK)
			status = EXS_OK;
	}
	if (status != EXS_OK) {
		error_copy(error, refused);
		return status;
	}
	if (d->records.len == 0)
		return exs_fail(error, E_ANSWER, "the service names no cmdlet that this identity may run");
	return EXS_OK;
}
