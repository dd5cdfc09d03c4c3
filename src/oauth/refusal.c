/* A token endpoint's "no", as an error a person can act on. */
#include "oauth/refusal.h"

#include "base/error.h"
#include "base/json.h"
#include "base/moment.h"
#include "http/url.h"
#include "oauth/aadsts.h"

#include <stdio.h>

enum { WORDS_MAX = 600, JWT_AT_LEAST = 20 };

/* The members of an error answer (RFC 6749 section 5.2, entra-graph.md 2.2); all point into tree. */
typedef struct account {
	json       *tree;
	const char *name;    /* "invalid_client" */
	int64_t     code;    /* AADSTS, 0: none */
	const aadsts_row *row;
	buf         words;   /* the description's first line, without the code */
} account;

static void
account_done(account *a)
{
	json_free(a->tree);
	buf_done(&a->words);
}

static int64_t
code_of(const json *tree, span description)
{
	const json *codes = json_member(tree, "error_codes");
	int64_t     code = 0;
	uint64_t    digits = 0;
	size_t      n = 0;

	if (json_is_array(codes) && json_whole(json_first(codes), &code) && code > 0)
		return code;
	if (!span_starts(description, "AADSTS"))
		return 0;
	description = span_from(description.at + 6, description.len - 6);
	while (n < description.len && description.at[n] >= '0' && description.at[n] <= '9')
		n++;
	return n < 12 && span_unsigned(span_from(description.at, n), &digits) ? (int64_t)digits : 0;
}

static bool
is_jwt_byte(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	       c == '_' || c == '.';
}

/* Ids stand in members of their own; and nothing that looks like a token is passed on, whoever wrote it. */
static void
add_words(buf *to, span text)
{
	ptrdiff_t ids = span_find(text, "Trace ID:");

	if (ids >= 0)
		text.len = (size_t)ids;
	text = span_trim(text);
	for (size_t i = 0; i < text.len && to->len < WORDS_MAX;) {
		size_t n = 0;

		if (span_starts(span_from(text.at + i, text.len - i), "eyJ"))
			while (i + n < text.len && is_jwt_byte(text.at[i + n]))
				n++;
		if (n >= JWT_AT_LEAST)
			buf_puts(to, "[token left out]");
		else
			buf_byte(to, text.at[i]);
		i += n >= JWT_AT_LEAST ? n : 1;
	}
}

static void
read_account(const refusal *r, account *a)
{
	span description;

	a->words = BUF(2 * WORDS_MAX);
	a->name = "";
	if (json_parse(r->body, "the token endpoint's answer", &a->tree, NULL) != EXS_OK)
		return;
	a->name = json_string(json_member(a->tree, "error"));
	description = span_of(json_string(json_member(a->tree, "error_description")));
	a->code = code_of(a->tree, description);
	a->row = aadsts_find(a->code);
	if (a->code > 0 && span_starts(description, "AADSTS")) {
		(void)span_cut(&description, ':');
	}
	add_words(&a->words, description);
}

static bool
is_passing(const refusal *r, const account *a)
{
	return r->status == 429 || r->status >= 500 || r->status == 408 ||
	       strcmp(a->name, "temporarily_unavailable") == 0 ||
	       (a->row != NULL &&
	        (a->row->kind == AADSTS_TRANSIENT || a->row->kind == AADSTS_THROTTLED));
}

bool
refusal_is_passing(const refusal *r)
{
	EXS_SCOPED(account) a = {0};

	read_account(r, &a);
	return is_passing(r, &a);
}

static void
add_ids(const refusal *r, const account *a, exs_error *error)
{
	const char *correlation = json_string(json_member(a->tree, "correlation_id"));

	error_ref(error, "trace", json_string(json_member(a->tree, "trace_id")));
	error_ref(error, "correlation", correlation[0] != '\0' ? correlation : r->request_id);
	error_ref(error, "time", json_string(json_member(a->tree, "timestamp")));
	if (a->code > 0)
		error_native(error, "AADSTS%lld", (long long)a->code);
	else if (a->name[0] != '\0')
		error_native(error, "%s", a->name);
	else
		error_native(error, "HTTP %d", r->status);
}

/* "an HTML page", "an empty body": a body that says nothing in JSON. */
static const char *
describe_body(const refusal *r)
{
	span body = span_trim(r->body), type = span_of(r->content_type);

	if (body.len == 0)
		return "an empty body";
	if (span_starts_nocase(type, "text/html") || span_starts_nocase(body, "<!doctype") ||
	    span_starts_nocase(body, "<html"))
		return "an HTML page, probably from a gateway or proxy";
	return "a body that is not JSON";
}

static exs_status
report_passing(const refusal *r, const account *a, exs_error *error)
{
	bool throttled = r->status == 429 || (a->row != NULL && a->row->kind == AADSTS_THROTTLED);
	exs_status status;

	if (throttled)
		status = exs_fail(error, E_THROTTLED, "the token endpoint throttles (status %d)", r->status);
	else
		status = exs_fail(error, E_SERVICE, "the token endpoint is not available now (status %d)",
		                  r->status);
	if (a->words.len > 0)
		error_why(error, "%s", buf_text(&a->words));
	else if (a->name[0] == '\0')
		error_why(error, "it answered with %s", describe_body(r));
	if (r->retry_after > 0) {
		error_retry_after(error, r->retry_after);
		error_fix(error, "wait %s, then try again", moment_print_duration(r->retry_after).at);
	}
	return status;
}

static int64_t
distance(const refusal *r)
{
	return r->ahead < 0 ? -r->ahead : r->ahead;
}

static exs_status
report_clock(const refusal *r, const account *a, exs_error *error)
{
	exs_status status = exs_fail(error, E_CLOCK, "%s",
	                             a->row != NULL && a->row->kind == AADSTS_TIME
	                                     ? a->row->sentence
	                                     : "the token endpoint refused, and the clocks disagree");

	if (r->server_clock_known)
		error_why(error, "this machine is %s %s the server (its Date header)%s%s",
		          moment_print_duration(distance(r)).at, r->ahead > 0 ? "ahead of" : "behind",
		          a->words.len > 0 ? "; it says: " : "", buf_text(&a->words));
	else
		error_why(error, "the server did not tell its time; it says: %s", buf_text(&a->words));
	return status;
}

/* 700027 has three causes under one number; the directory's words tell them apart. */
static const char *
certificate_sentence(span words)
{
	if (span_find(words, "not found") >= 0)
		return "the directory does not know the certificate that signed the assertion";
	if (span_find(words, "expired") >= 0)
		return "the directory holds the certificate that signed the assertion for expired";
	if (span_find(words, "signature") >= 0 || span_find(words, "Signature") >= 0)
		return "the directory cannot verify the assertion's signature with the certificate it knows";
	return "the directory does not accept the certificate that signed the assertion";
}

/* E-ENTRA-INVALID-CLIENT: what stands for a number where there is none. */
static void
write_subcode(const char *name, exs_error *error)
{
	char sub[40];
	size_t n = 0;

	for (; name[n] != '\0' && n + 1 < sizeof sub; n++) {
		char c = name[n];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		sub[n] = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '-';
	}
	sub[n] = '\0';
	if (n > 0)
		error_subcode(error, "%s", sub);
}

static void
add_reason(const refusal *r, const account *a, const exs_signer *signer, exs_error *error)
{
	EXS_SCOPED(buf)         why = BUF(2048);
	const exs_signer_facts *facts = exs_signer_describe(signer);

	if (a->row != NULL && a->row->kind == AADSTS_ASSERTION && facts->certificate_sha1[0] != '\0')
		buf_addf(&why, "thumbprint sent: SHA-256 %s (portals show SHA-1 %s); ",
		         facts->certificate_sha256, facts->certificate_sha1);
	if (r->server_clock_known && distance(r) > REFUSAL_SKEW_S)
		buf_addf(&why, "this machine's clock is %s %s the server's; ",
		         moment_print_duration(distance(r)).at, r->ahead > 0 ? "ahead of" : "behind");
	if (a->words.len > 0)
		buf_addf(&why, "its words: %s", buf_text(&a->words));
	error_why(error, "%s", buf_text(&why));
}

static exs_status
report_no(const refusal *r, const account *a, const identity *id, const exs_signer *signer,
          exs_error *error)
{
	exs_status status;

	if (a->code == 700027)
		status = exs_fail(error, E_ENTRA, "%s", certificate_sentence(buf_span(&a->words)));
	else if (a->row != NULL)
		status = exs_fail(error, E_ENTRA, "%s", a->row->sentence);
	else
		status = exs_fail(error, E_ENTRA, "the token endpoint refused the app %s: %s",
		                  id->client_id, a->name[0] != '\0' ? a->name : "no reason given");
	add_reason(r, a, signer, error);
	if (a->row != NULL)
		error_fix(error, "%s", a->row->fix);
	else if (a->code > 0)
		error_fix(error, "look it up: https://login.microsoftonline.com/error?code=%lld",
		          (long long)a->code);
	if (a->code > 0)
		error_subcode(error, "%lld", (long long)a->code);
	else
		write_subcode(a->name, error);
	return status;
}

/* An assertion is made for one endpoint; whoever stands at the other is not given it. */
static exs_status
report_redirect(const refusal *r, exs_error *error)
{
	url        to;
	bool       known = url_parse(r->location, &to, NULL) == EXS_OK;
	exs_status status = exs_fail(error, E_ENTRA_ANSWER,
	                             "the token endpoint redirects (status %d), which it never should",
	                             r->status);

	if (known)
		error_why(error, "it points to " SPAN_FORMAT ", port %u; nothing was sent there",
		          SPAN_PRINT(to.host), to.port);
	else
		error_why(error, "it points to no address of https; nothing was sent there");
	error_fix(error, "check endpoint.login (or token-endpoint) and proxy in the profile: a gateway "
	                 "that wants a log-in answers like this");
	return status;
}

static exs_status
report_nonsense(const refusal *r, exs_error *error)
{
	exs_status status;

	if (r->status >= 300 && r->status < 400 && r->location != NULL)
		return report_redirect(r, error);
	status = exs_fail(error, E_ENTRA_ANSWER, "the token endpoint answered with status %d and %s",
	                  r->status, describe_body(r));

	error_fix(error, "check endpoint.login (or token-endpoint) and proxy in the profile");
	return status;
}

exs_status
refusal_report(const refusal *r, const identity *id, const exs_signer *signer, exs_error *error)
{
	EXS_SCOPED(account) a = {0};
	bool                time, skewed, about_assertion;
	exs_status          status;

	read_account(r, &a);
	time = a.row != NULL && a.row->kind == AADSTS_TIME;
	skewed = r->server_clock_known && distance(r) > REFUSAL_SKEW_S;
	/* an unknown app is unknown at any hour: only what a clock can cause is blamed on it */
	about_assertion = a.row == NULL || time || a.row->kind == AADSTS_ASSERTION;
	if (is_passing(r, &a))
		status = report_passing(r, &a, error);
	else if ((skewed && about_assertion) || (time && !r->server_clock_known))
		status = report_clock(r, &a, error);
	else if (a.name[0] == '\0' && a.code == 0)
		status = report_nonsense(r, error);
	else
		status = report_no(r, &a, id, signer, error);
	add_ids(r, &a, error);
	return status;
}
