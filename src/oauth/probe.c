/*
 * One look at a service without showing it anything.
 *
 * Each look uses a client of its own, so that there is a handshake to watch. An answer of any status is an answer: services say
 * 401 or 404 to somebody without a token.
 */
#include "oauth/probe.h"

#include "base/error.h"
#include "base/json.h"

#include <stdio.h>

enum { BODY_MAX = 64 * 1024, URL_ROOM = 2048 };

void
probe_done(probe *p)
{
	exs_error_free(p->problem);
	*p = (probe){0};
}

/* An issuer of one's own has no discovery document that we know of; its token endpoint answers a GET too, if with a refusal. */
static void
choose_url(const exs_credential *credential, cloud_endpoint endpoint, buf *to)
{
	const char *origin = credential_origin(credential, endpoint);

	if (endpoint == CLOUD_LOGIN && !credential_is_entra(credential))
		buf_puts(to, credential_token_endpoint(credential));
	else if (endpoint == CLOUD_LOGIN)
		buf_addf(to, "%s/%s/v2.0/.well-known/openid-configuration", origin,
		         credential_tenant(credential));
	else if (origin[0] != '\0')
		buf_addf(to, "%s/", origin);
}

static void
keep_origin(probe *p, const buf *url)
{
	const char *text = buf_text(url), *path = strchr(text + strlen("https://"), '/');

	(void)snprintf(p->origin, sizeof p->origin, "%.*s", path == NULL ? (int)url->len : (int)(path - text),
	               text);
}

/* The directory names the reason in error_codes; half a body names none. */
static void
read_refusal(probe *p, http_response *response)
{
	EXS_SCOPED(buf) body = BUF(BODY_MAX);
	EXS_AUTO(json) *tree = NULL;

	if (http_read_all(response, &body, NULL) != EXS_OK ||
	    json_parse(buf_span(&body), "the answer", &tree, NULL) != EXS_OK)
		return;
	(void)json_whole(json_first(json_member(tree, "error_codes")), &p->aadsts);
}

static void
read_answer(probe *p, const exs_context *context, int64_t began_ms, cloud_endpoint endpoint,
            http_response *response)
{
	int64_t ended_ms = context_now_ms(context), theirs;

	p->status = http_status(response);
	p->dated = http_date(response, &theirs);
	if (p->dated)
		p->skew = theirs - (began_ms + ended_ms) / 2000;
	if (endpoint == CLOUD_LOGIN && p->status >= 400 && p->status < 500)
		read_refusal(p, response);
}

static exs_status
keep_problem(probe *p, const exs_error *cause, exs_error *error)
{
	if (exs_error_status(cause) == EXS_CANCELLED) {
		error_copy(error, cause);
		return EXS_CANCELLED;
	}
	p->problem = exs_error_new();
	if (p->problem == NULL)
		return mem_fail(error);
	error_copy(p->problem, cause);
	return EXS_OK;
}

exs_status
probe_service(const exs_context *context, const exs_credential *credential,
              cloud_endpoint endpoint, probe *ret, exs_error *error)
{
	EXS_AUTO(http_client) *client = NULL;
	EXS_AUTO(http_response) *response = NULL;
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	EXS_SCOPED(buf) url = BUF(URL_ROOM);
	http_request    request = {.method = "GET", .deadline_ms = PROBE_DEADLINE_MS};
	int64_t         began_ms = context_now_ms(context);
	bool            foreign = endpoint == CLOUD_LOGIN && !credential_is_entra(credential);
	const tls_witness *peer;

	if (cause == NULL)
		return mem_fail(error);
	choose_url(credential, endpoint, &url);
	EXS_TRY(buf_check(&url, "an address", error));
	if (url.len == 0)
		return EXS_OK;
	keep_origin(ret, &url);
	request.url = buf_text(&url);
	EXS_TRY(foreign ? credential_grant_client(credential, &client, error)
	                : credential_client(credential, &client, error));
	if (http_open(client, &request, &response, cause) == EXS_OK)
		read_answer(ret, context, began_ms, endpoint, response);
	else
		EXS_TRY(keep_problem(ret, cause, error));
	peer = http_witness(client);
	ret->seen = peer != NULL;
	if (peer != NULL)
		ret->peer = *peer;
	return EXS_OK;
}
