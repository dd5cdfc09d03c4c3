/* The request of one command. */
#include "exchange/request.h"

#include "base/encode.h"
#include "base/error.h"
#include "base/json.h"
#include "base/jsontext.h"
#include "exchange/cast.h"
#include "exchange/select.h"

#include <inttypes.h>
#include <stdio.h>

enum { URL_MAX = 64 * 1024, NAMES_MAX = 64 * 1024 };

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
add_header(call_request *to, const char *name, const char *value)
{
	to->headers[to->n_headers++] = (http_header){name, value};
}

static void
add_headers(command_request *r, const service_kind *speaks)
{
	call_request *to = &r->options.request;

	add_header(to, "X-AnchorMailbox", r->anchor.value);
	if (speaks->v2)
		return; /* its documentation knows no others */
	add_header(to, "X-CmdletName", r->cmdlet);
	if (r->native == NULL) {
		add_header(to, "X-ResponseFormat", "json");
		add_header(to, "X-SerializationLevel", "Partial");
	}
	add_header(to, "X-ClientApplication", "exosign");
	if (r->anchor.from_parameter)
		add_header(to, "parameter-based-routing", "true");
	if (!r->walked)
		add_header(to, "Prefer", r->prefer);
}

/* What a GET is about is named like the parameter of the cmdlet that is led to a mailbox. */
static exs_status
choose_native_anchor(command_request *r, const exs_exchange *exchange, const exs_command *command, exs_error *error)
{
	const native_kind *kind = r->native;
	EXS_AUTO(exs_command) *about = NULL;
	EXS_SCOPED(buf) key = BUF(ANCHOR_MAX);

	EXS_TRY(exs_command_new(kind->about_mailbox ? kind->twin : "Get-Mailbox", &about, error));
	if (kind->about_mailbox && native_key(kind, command, &key))
		EXS_TRY(exs_command_text(about, "Identity", buf_text(&key), key.len, error));
	anchor_choose(about, exchange->session->tenant, exchange->session->organization, &r->anchor);
	return EXS_OK;
}

static exs_status
choose_anchor(command_request *r, const exs_exchange *exchange, const exs_command *command, exs_error *error)
{
	if (exchange->anchor == NULL && r->native != NULL)
		return choose_native_anchor(r, exchange, command, error);
	if (exchange->anchor == NULL) {
		service_anchor(exchange->service, command, exchange->session->tenant,
		               exchange->session->organization, &r->anchor);
		return EXS_OK;
	}
	if (strlen(exchange->anchor) >= ANCHOR_MAX)
		return exs_fail(error, E_USAGE, "the anchor is too long");
	snprintf(r->anchor.value, ANCHOR_MAX, "%s", exchange->anchor);
	return EXS_OK;
}

/* The API v2.0 wants the tenant's GUID; where the profile has a domain, the bearer knows it. */
static exs_status
find_guid(api_session *session, exs_error *error)
{
	EXS_AUTO(exs_bearer) *bearer = NULL;
	EXS_AUTO(json) *claims = NULL;
	const char *tid = "";
	exs_status  status;

	if (cast_is_guid(span_of(session->tenant)))
		return EXS_OK;
	/* without a signer nothing is asked of anybody: a preview */
	if (session->credential == NULL || credential_can_sign(session->credential))
		EXS_TRY(session->source.bearer(session->source.self, NULL, NULL, &bearer, error));
	if (bearer != NULL &&
	    json_parse(span_of(exs_bearer_claims(bearer)), "the claims", &claims, NULL) == EXS_OK)
		tid = json_string(json_member(claims, "tid"));
	if (cast_is_guid(span_of(tid))) {
		mem_free(session->tenant);
		session->tenant = NULL;
		return mem_copy(tid, &session->tenant, error);
	}
	status = exs_fail(error, E_CONFIG_VALUE, "the API v2.0 wants the tenant's GUID, and \"%s\" is none",
	                  session->tenant);
	error_fix(error, "tenant = the Directory (tenant) ID of the directory's overview page");
	return status;
}

static exs_status
make_native_address(command_request *r, const exs_exchange *exchange, const exs_command *command, exs_error *error)
{
	if (!exchange->service->natives)
		return exs_fail(error, E_USAGE, "%s reads Exchange's entities, which this service does not have",
		                r->native->cmdlet);
	buf_addf(&r->url, "%s/adminapi/beta/", api_session_origin(exchange->session));
	encode_percent(&r->url, span_of(exchange->session->tenant));
	buf_byte(&r->url, '/');
	EXS_TRY(native_address(r->native, command, &r->url, &r->whole_url, error));
	if (r->whole_url > 0)
		EXS_TRY(mem_copy(command_selected(command), &r->selected, error));
	return buf_check(&r->url, "the request's address", error);
}

static exs_status
make_address(command_request *r, const exs_exchange *exchange, const exs_command *command, exs_error *error)
{
	api_session *session = exchange->session;

	if (r->native != NULL)
		return make_native_address(r, exchange, command, error);
	if (exchange->service->v2)
		EXS_TRY(find_guid(session, error));
	service_address(exchange->service, api_session_origin(session), session->tenant, command, &r->url);
	r->whole_url = r->url.len;
	if (select_add(command, &r->url))
		EXS_TRY(mem_copy(command_selected(command), &r->selected, error));
	return buf_check(&r->url, "the request's address", error);
}

exs_status
request_make(command_request *r, const exs_exchange *exchange, const exs_command *command, exs_error *error)
{
	pages_options *options = &r->options;
	uint64_t       size = exchange->page_size;

	r->names = BUF(NAMES_MAX);
	r->url = BUF(URL_MAX);
	r->native = native_find(exs_command_name(command));
	if (r->native == NULL)
		EXS_TRY(service_check(exchange->service, command, error));
	EXS_TRY(mem_copy(exs_command_name(command), &r->cmdlet, error));
	EXS_TRY(make_address(r, exchange, command, error));
	EXS_TRY(choose_anchor(r, exchange, command, error));
	command_names(command, &r->names);
	options->walked = r->walked;
	options->limited = !r->walked && wanted_rows(command, &options->rows);
	if (options->limited && options->rows < size)
		size = options->rows;
	/* the permissions of a recipient come with it, unless the service looks for a trustee's */
	if (r->native != NULL && r->native->nested != NULL && command_value(command, "Trustee").at == NULL) {
		r->nested = (nested){.member = r->native->nested, .limited = options->limited,
		                     .limit = options->rows};
		options->limited = false;
	}
	snprintf(r->prefer, sizeof r->prefer, "odata.maxpagesize=%" PRIu64, size);
	options->keep_annotations = exchange->annotations;
	options->request = (call_request){.aim = r->cmdlet,
	                                  .event = "cmdlet sent",
	                                  .about = buf_text(&r->names),
	                                  .url = buf_text(&r->url),
	                                  .method = r->native != NULL ? "GET" : NULL,
	                                  .reads = exs_command_reads(command)};
	if (exchange->session->deadline_ms == 0)
		options->request.deadline_ms = deadline_of(r->cmdlet);
	add_headers(r, exchange->service);
	return EXS_OK;
}

void
request_done(command_request *r)
{
	buf_done(&r->names);
	buf_done(&r->url);
	mem_free(r->cmdlet);
	mem_free(r->selected);
}

void
request_forget_select(command_request *r)
{
	mem_free(r->selected);
	r->selected = NULL;
}

void
request_drop_select(command_request *r)
{
	request_forget_select(r);
	r->url.at[r->url.len = r->whole_url] = '\0';
}

static void
print(const call_request *asked, span body, buf *to)
{
	buf_addf(to, "{\"method\":\"%s\",\"url\":", asked->method == NULL ? "POST" : asked->method);
	jsontext_quote(to, span_of(asked->url));
	buf_puts(to, ",\"headers\":{\"Authorization\":\"Bearer (not shown)\"");
	for (size_t i = 0; i < asked->n_headers; i++) {
		buf_byte(to, ',');
		jsontext_quote(to, span_of(asked->headers[i].name));
		buf_byte(to, ':');
		jsontext_quote(to, span_of(asked->headers[i].value));
	}
	buf_puts(to, "},\"body\":");
	buf_add(to, body.len > 0 ? body : span_of("null"));
	buf_byte(to, '}');
}

exs_status
request_print(const command_request *r, span body, char **ret_text, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(COMMAND_BODY_MAX + URL_MAX + 4 * ANCHOR_MAX);

	print(&r->options.request, body, &text);
	return buf_take(&text, "the request", ret_text, error);
}
