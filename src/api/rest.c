/* How plain REST services refuse. */
#include "api/rest.h"

#include "api/plain.h"
#include "api/restcode.h"
#include "base/json.h"

#include <stdio.h>

static void
copy(char *room, size_t size, const json *text)
{
	plain_copy(room, size, span_of(json_string(text)));
}

/* Ids and time stand inside for Graph, in headers for others. */
static void
read_inner(fault *f, const json *error)
{
	const json *inner = json_member_nocase(error, "innerError");

	copy(f->request_id, sizeof f->request_id, json_member_nocase(inner, "request-id"));
	copy(f->date, sizeof f->date, json_member_nocase(inner, "date"));
	copy(f->detail, sizeof f->detail, json_member_nocase(inner, "code"));
}

static void
read_error(fault *f, const json *error)
{
	const json *details = json_member_nocase(error, "details");
	const json *first = json_is_array(details) ? json_first(details) : NULL;

	f->reasoned = true;
	copy(f->code, sizeof f->code, json_member_nocase(error, "code"));
	copy(f->message, sizeof f->message, json_member_nocase(error, "message"));
	read_inner(f, error);
	if (first != NULL)
		copy(f->detail, sizeof f->detail, json_member_nocase(first, "code"));
	if (f->message[0] == '\0')
		copy(f->message, sizeof f->message, json_member_nocase(first, "message"));
}

static fault_kind
kind_by_status(const fault *f)
{
	switch (f->status) {
	case 401:
		return FAULT_UNAUTHORIZED;
	case 403:
		return FAULT_FORBIDDEN;
	case 404:
		return f->reasoned ? FAULT_NOT_FOUND : FAULT_STRANGE;
	case 410:
		return FAULT_EXPIRED_LINK;
	case 429:
		return FAULT_THROTTLED;
	case 408:
	case 500:
	case 502:
	case 503:
	case 504:
		return FAULT_TRANSIENT;
	default:
		return f->reasoned ? FAULT_PARAMETER : FAULT_STRANGE;
	}
}

/* The closer code decides: a 400 may mean "not there yet". A status that is plain by itself is not talked over. */
static fault_kind
judge(const fault *f)
{
	const restcode_row *row = restcode_find(f->detail);

	if (f->status == 401 || f->status == 429 || f->status >= 500)
		return kind_by_status(f);
	if (row == NULL)
		row = restcode_find(f->code);
	/* the general code of a 404 or 403 says no more than the status */
	if (row == NULL || (row->kind == FAULT_PARAMETER && f->status != 400))
		return kind_by_status(f);
	return row->kind;
}

void
rest_read(fault *f, int status, span body)
{
	EXS_AUTO(json) *tree = NULL;
	const json *error;

	*f = (fault){.status = status, .retry_after = -1};
	if (json_parse(body, "the error", &tree, NULL) == EXS_OK) {
		error = json_member_nocase(tree, "error");
		if (json_is_object(error))
			read_error(f, error);
	}
	f->kind = judge(f);
}

static void
read_response(fault *f, http_response *response)
{
	EXS_SCOPED(buf) body = BUF(HTTP_ERROR_BODY_MAX);
	int  status = http_status(response);
	bool whole = http_read_all(response, &body, NULL) == EXS_OK;

	rest_read(f, status, whole ? buf_span(&body) : span_from("", 0));
	if (!whole && f->kind == FAULT_STRANGE)
		f->kind = FAULT_TRANSIENT; /* half of a refusal: the other half may come the next time */
	fault_read_headers(f, response);
}

typedef struct wording {
	error_id    id;
	const char *unreasoned; /* "%s" is the service */
} wording;

static const wording wordings[] = {
	[FAULT_CMDLET] = {E_GRAPH_REFUSED, "refuses the request"},
	[FAULT_NOT_FOUND] = {E_GRAPH_NOT_FOUND, "does not find it"},
	[FAULT_PARAMETER] = {E_GRAPH_REFUSED, "refuses the request"},
	[FAULT_UNAUTHORIZED] = {E_GRAPH_UNAUTHORIZED, "does not accept the token"},
	[FAULT_FORBIDDEN] = {E_GRAPH_FORBIDDEN, "does not let this identity do it"},
	[FAULT_THROTTLED] = {E_THROTTLED, "throttles"},
	[FAULT_TRANSIENT] = {E_SERVICE, "failed"},
	[FAULT_EXPIRED_LINK] = {E_EXO_PAGING, "no longer has the next page"},
	[FAULT_STRANGE] = {E_ANSWER, "sent an answer that is not one of its own"},
};

/* What the token may do, for refusals: application permissions, or those a person passed on. */
static void
add_rights(const exs_bearer *bearer, exs_error *error)
{
	EXS_AUTO(json) *claims = NULL;
	EXS_SCOPED(buf) rights = BUF(600);
	const json *roles;
	const char *text = bearer == NULL ? "" : exs_bearer_claims(bearer);

	if (json_parse(span_of(text), "the claims", &claims, NULL) != EXS_OK)
		return;
	plain_add(&rights, span_of(json_string(json_member(claims, "scp"))), 400);
	roles = json_member(claims, "roles");
	for (const json *e = json_is_array(roles) ? json_first(roles) : NULL; e != NULL; e = json_next(e)) {
		if (rights.len > 0)
			buf_puts(&rights, " ");
		plain_add(&rights, span_of(json_string(e)), 80);
	}
	error_why(error, "the token carries: %s", rights.len == 0 ? "no permission at all" : buf_text(&rights));
}

static exs_status
fail(const char *service, const fault *f, const char *aim, const char *client_request_id,
     const exs_bearer *bearer, exs_error *error)
{
	const wording      *w = &wordings[f->kind];
	const restcode_row *row = restcode_find(f->detail);
	exs_status          status;

	if (row == NULL)
		row = restcode_find(f->code);
	if (f->message[0] != '\0')
		status = exs_fail(error, w->id, "%s: %s", aim, f->message);
	else
		status = exs_fail(error, w->id, "%s: %s %s (HTTP %d)", aim, service, w->unreasoned, f->status);
	if (row != NULL)
		error_fix(error, "%s", row->fix);
	if (f->kind == FAULT_UNAUTHORIZED || f->kind == FAULT_FORBIDDEN)
		add_rights(bearer, error);
	else if (row != NULL && f->message[0] != '\0')
		error_why(error, "%s", row->sentence);
	if (f->code[0] != '\0')
		error_native(error, "%s", f->detail[0] != '\0' ? f->detail : f->code);
	else
		error_native(error, "HTTP %d", f->status);
	if (f->retry_after > 0)
		error_retry_after(error, f->retry_after);
	error_ref(error, "request-id", f->request_id);
	error_ref(error, "client-request-id", client_request_id);
	error_ref(error, "at", f->date);
	return status;
}

static exs_status
fail_graph(const fault *f, const char *aim, const char *client_request_id, const exs_bearer *bearer,
           exs_error *error)
{
	return fail("the directory", f, aim, client_request_id, bearer, error);
}

static exs_status
fail_rest(const fault *f, const char *aim, const char *client_request_id, const exs_bearer *bearer,
          exs_error *error)
{
	return fail("the service", f, aim, client_request_id, bearer, error);
}

const fault_dialect fault_of_graph = {rest_read, read_response, fail_graph, E_GRAPH_UNKNOWN};
const fault_dialect fault_of_rest = {rest_read, read_response, fail_rest, E_GRAPH_UNKNOWN};
