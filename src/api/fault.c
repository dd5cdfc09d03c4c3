/* Why the service refused. */
#include "api/fault.h"

#include "api/advice.h"
#include "api/plain.h"
#include "api/saying.h"
#include "base/json.h"

#include <stdio.h>

/* What the service said, before anybody judged it. */
typedef struct telling {
	const char *code, *outer;
	buf         message, type;
} telling;

/* "The.Full.TypeName" to "TypeName". */
static span
last_part(span type)
{
	for (size_t i = type.len; i > 0; i--)
		if (type.at[i - 1] == '.')
			return span_from(type.at + i, type.len - i);
	return type;
}

static bool
is_type_name(span s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '.' || c == '_' || c == '+' || c == '`'))
			return false;
	}
	return s.len > 0;
}

/* Ex6F9304|Full.Type|text and |Full.Type|text; false when it is neither. */
static bool
read_piped(telling *t, span message)
{
	span rest = message, tag, type;

	if (memchr(message.at, '|', message.len) == NULL)
		return false;
	tag = span_cut(&rest, '|');
	if (tag.len > 0 && !span_starts(tag, "Ex"))
		return false;
	if (rest.len == 0 || memchr(rest.at, '|', rest.len) == NULL)
		return false;
	type = span_cut(&rest, '|');
	if (!is_type_name(type))
		return false;
	buf_add(&t->type, type);
	buf_add(&t->message, rest);
	return true;
}

/* Says what "Exception of type 'X' was thrown." does: nothing. */
static bool
is_empty_talk(const char *message)
{
	return message[0] == '\0' || (span_starts(span_of(message), "Exception of type") &&
	                              span_find(span_of(message), "was thrown") >= 0);
}

/* The form of 2026: JSON in a string, with Message and TypeName. */
static bool
read_nested(telling *t, span message)
{
	EXS_AUTO(json) *tree = NULL;
	const json *at;
	const char *text;

	if (span_trim(message).len == 0 || span_trim(message).at[0] != '{')
		return false;
	if (json_parse(message, "details", &tree, NULL) != EXS_OK)
		return false;
	at = tree;
	if (is_empty_talk(json_string(json_member_nocase(at, "Message"))) &&
	    json_is_object(json_member_nocase(at, "InnerError")))
		at = json_member_nocase(at, "InnerError");
	text = json_string(json_member_nocase(at, "Message"));
	if (text[0] == '\0')
		return false;
	buf_puts(&t->message, text);
	buf_puts(&t->type, json_string(json_member_nocase(at, "TypeName")));
	return true;
}

static void
read_details(telling *t, const json *error)
{
	const json *e = json_first(json_member_nocase(error, "details"));
	span        message = span_of("");

	/* the first that says something */
	for (; e != NULL && message.len == 0; e = json_next(e))
		message = span_of(json_string(json_member_nocase(e, "message")));
	if (message.len == 0)
		return;
	if (!read_piped(t, message) && !read_nested(t, message))
		buf_add(&t->message, message);
}

static void
read_internal(telling *t, const json *error)
{
	const json *inner = json_member_nocase(error, "innererror");
	const json *internal = json_member_nocase(inner, "internalexception");
	const char *message = json_string(json_member_nocase(internal, "message"));

	if (t->message.len == 0 && !is_empty_talk(message))
		buf_puts(&t->message, message);
	if (t->type.len == 0)
		buf_puts(&t->type, json_string(json_member_nocase(internal, "type")));
}

/* Without the envelope: what ASP.NET, PowerShell and gateways put at the top. */
static bool
read_bare(telling *t, const json *top)
{
	static const char *const members[] = {"ExceptionMessage", "error", "Message", "Exception", "ErrorRecord"};

	for (size_t i = 0; i < sizeof members / sizeof members[0] && t->message.len == 0; i++) {
		const json *e = json_member_nocase(top, members[i]);

		if (json_is_object(e))
			e = json_member_nocase(e, "Message");
		if (!is_empty_talk(json_string(e)) && !read_piped(t, span_of(json_string(e))))
			buf_puts(&t->message, json_string(e));
	}
	if (t->type.len == 0)
		buf_puts(&t->type, json_string(json_member_nocase(top, "ExceptionType")));
	return t->message.len > 0 || t->type.len > 0;
}

static bool
read_body(telling *t, span body, json **ret_tree)
{
	const json *error;

	if (json_parse(body, "the error", ret_tree, NULL) != EXS_OK)
		return false;
	error = json_member_nocase(*ret_tree, "error");
	if (!json_is_object(error))
		return json_is_object(*ret_tree) && read_bare(t, *ret_tree);
	t->code = json_string(json_member_nocase(error, "code"));
	t->outer = json_string(json_member_nocase(error, "message"));
	read_details(t, error);
	read_internal(t, error);
	return true;
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
	case 429:
		return FAULT_THROTTLED;
	case 408:
	case 502:
	case 503:
	case 504:
		return FAULT_TRANSIENT;
	case 500:
		return f->reasoned ? FAULT_CMDLET : FAULT_TRANSIENT;
	default:
		return f->reasoned ? FAULT_CMDLET : FAULT_STRANGE;
	}
}

static fault_kind
judge(const fault *f)
{
	const saying *said = saying_in_message(span_of(f->message));
	const saying *thrown = saying_of_type(span_of(f->type));

	if (said != NULL)
		return said->kind;
	if (f->status == 401)
		return FAULT_UNAUTHORIZED;
	if (f->status == 429)
		return FAULT_THROTTLED;
	/* types that only wrap others judge nothing */
	return thrown != NULL && thrown->kind != FAULT_CMDLET ? thrown->kind : kind_by_status(f);
}

void
fault_read(fault *f, int status, span body)
{
	EXS_AUTO(json) *tree = NULL;
	telling t = {"", "", BUF(HTTP_ERROR_BODY_MAX), BUF(HTTP_ERROR_BODY_MAX)};

	*f = (fault){.status = status, .retry_after = -1};
	if (read_body(&t, body, &tree)) {
		f->reasoned = true;
		if (t.message.len == 0)
			buf_puts(&t.message, t.outer);
		plain_copy(f->message, sizeof f->message, buf_span(&t.message));
		plain_copy(f->type, sizeof f->type, last_part(buf_span(&t.type)));
		plain_copy(f->code, sizeof f->code, span_of(t.code));
	}
	f->kind = judge(f);
	buf_done(&t.message);
	buf_done(&t.type);
}

/* Into room that is empty yet. */
static void
copy_header(char *room, size_t size, const http_response *response, const char *name)
{
	const char *value = http_header_value(response, name);

	if (room[0] == '\0')
		plain_copy(room, size, span_of(value == NULL ? "" : value));
}

/* 2000003;reason="...";error_category="..." */
static void
read_diagnostics(fault *f, const http_response *response)
{
	const char *value = http_header_value(response, "x-ms-diagnostics");
	span        rest = span_of(value == NULL ? "" : value);
	ptrdiff_t   reason = span_find(rest, "reason=\"");

	if (reason >= 0) {
		rest = span_from(rest.at + reason + 8, rest.len - (size_t)reason - 8);
		rest = span_cut(&rest, '"');
	}
	plain_copy(f->diagnostics, sizeof f->diagnostics, rest);
	if (rest.len > 0)
		f->reasoned = true;
}

void
fault_read_headers(fault *f, const http_response *response)
{
	/* what the body said of them stays */
	copy_header(f->request_id, sizeof f->request_id, response, "request-id");
	copy_header(f->request_id, sizeof f->request_id, response, "x-ms-request-id");
	copy_header(f->date, sizeof f->date, response, "Date");
	f->retry_after = http_retry_after(response);
	/* who says when to come back did not begin */
	if (f->kind == FAULT_TRANSIENT && f->status == 503 && f->retry_after >= 0)
		f->kind = FAULT_THROTTLED;
}

void
fault_read_response(fault *f, http_response *response)
{
	EXS_SCOPED(buf) body = BUF(HTTP_ERROR_BODY_MAX);
	int  status = http_status(response);
	bool whole = http_read_all(response, &body, NULL) == EXS_OK;

	/* half a body explains nothing, but the status still counts */
	fault_read(f, status, whole ? buf_span(&body) : span_from("", 0));
	copy_header(f->type, sizeof f->type, response, "X-ExceptionType");
	read_diagnostics(f, response);
	f->kind = judge(f);
	fault_read_headers(f, response);
}

typedef struct wording {
	error_id    id;
	const char *unreasoned; /* "Get-Mailbox: ..." when the service said nothing */
} wording;

static const wording wordings[] = {
	[FAULT_CMDLET] = {E_EXO_CMDLET, "the cmdlet failed"},
	[FAULT_NOT_FOUND] = {E_EXO_NOT_FOUND, "the object was not found"},
	[FAULT_EXISTS] = {E_EXO_EXISTS, "the object exists already"},
	[FAULT_PARAMETER] = {E_EXO_PARAMETER, "a parameter was refused"},
	[FAULT_UNAUTHORIZED] = {E_EXO_UNAUTHORIZED, "Exchange does not accept the token"},
	[FAULT_FORBIDDEN] = {E_EXO_FORBIDDEN, "Exchange answered 403 without a reason"},
	[FAULT_THROTTLED] = {E_THROTTLED, "the service throttles"},
	[FAULT_TRANSIENT] = {E_SERVICE, "the service failed"},
	[FAULT_EXPIRED_LINK] = {E_EXO_PAGING, "the link to the next page was not accepted"},
	[FAULT_STRANGE] = {E_ANSWER, "the answer is not one of Exchange's"},
};

error_id
fault_error(fault_kind kind)
{
	return wordings[kind].id;
}

/* What is known of the type or the text, where the service did not give a reason of its own. */
static void
explain(const fault *f, exs_error *error)
{
	const saying *known = saying_in_message(span_of(f->message));

	if (known == NULL)
		known = saying_of_type(span_of(f->type));
	if (f->message[0] != '\0' && f->diagnostics[0] != '\0')
		error_why(error, "%s", f->diagnostics);
	else if (known != NULL && known->why[0] != '\0')
		error_why(error, "%s", known->why);
	if (known != NULL && known->fix[0] != '\0')
		error_fix(error, "%s", known->fix);
	if (f->kind == FAULT_STRANGE && f->status == 404)
		error_fix(error, "check tenant and endpoint.exchange in the profile: exosign config show");
}

static exs_status
fail(const fault *f, const char *aim, const char *client_request_id, const exs_bearer *bearer,
     advice_service service, exs_error *error)
{
	const wording *w = &wordings[f->kind];
	exs_status     status;

	if (f->message[0] != '\0' || f->diagnostics[0] != '\0')
		status = exs_fail(error, w->id, "%s: %s", aim,
		                  f->message[0] != '\0' ? f->message : f->diagnostics);
	else
		status = exs_fail(error, w->id, "%s: %s (HTTP %d)", aim, w->unreasoned, f->status);
	explain(f, error);
	if (f->type[0] != '\0')
		error_native(error, "%s", f->type);
	else if (f->code[0] != '\0')
		error_native(error, "%s", f->code);
	else
		error_native(error, "HTTP %d", f->status);
	if (f->kind == FAULT_FORBIDDEN && !f->reasoned)
		error_subcode(error, "NOREASON");
	if (f->kind == FAULT_UNAUTHORIZED || f->kind == FAULT_FORBIDDEN)
		advice_add(f, bearer, service, error);
	if (f->retry_after > 0)
		error_retry_after(error, f->retry_after);
	error_ref(error, "request-id", f->request_id);
	error_ref(error, "client-request-id", client_request_id);
	error_ref(error, "at", f->date);
	return status;
}

exs_status
fault_fail(const fault *f, const char *aim, const char *client_request_id, const exs_bearer *bearer,
           exs_error *error)
{
	return fail(f, aim, client_request_id, bearer, ADVICE_EXCHANGE, error);
}

static exs_status
fail_v2(const fault *f, const char *aim, const char *client_request_id, const exs_bearer *bearer,
        exs_error *error)
{
	return fail(f, aim, client_request_id, bearer, ADVICE_V2, error);
}

static exs_status
fail_compliance(const fault *f, const char *aim, const char *client_request_id,
                const exs_bearer *bearer, exs_error *error)
{
	return fail(f, aim, client_request_id, bearer, ADVICE_COMPLIANCE, error);
}

const fault_dialect fault_of_exchange = {fault_read, fault_read_response, fault_fail, E_EXO_UNKNOWN};
const fault_dialect fault_of_exchange_v2 = {fault_read, fault_read_response, fail_v2, E_EXO_UNKNOWN};
const fault_dialect fault_of_compliance = {fault_read, fault_read_response, fail_compliance, E_EXO_UNKNOWN};
