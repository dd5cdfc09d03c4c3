/* A person's sign-in: what the two ways have in common. */
#include "oauth/signin.h"

#include "base/error.h"
#include "base/id.h"
#include "base/json.h"
#include "base/moment.h"
#include "oauth/access.h"
#include "oauth/answer.h"
#include "oauth/bearer.h"
#include "oauth/refusal.h"

#include <stdio.h>

enum { DEADLINE_MS = 900 * 1000, POST_DEADLINE_MS = 60 * 1000, SCOPE_MAX = 2048, ADOPTED_MAX = 64 * 1024 };

void
signin_answer_done(signin_answer *answer)
{
	buf_done(&answer->body);
}

exs_status
signin_post(const signin *s, const char *leaf, span form, signin_answer *ret, exs_error *error)
{
	EXS_AUTO(http_response) *response = NULL;
	http_request request = {.method = "POST", .body = form, .deadline_ms = POST_DEADLINE_MS};
	char         url[1100];
	uuid_text    id;

	EXS_TRY(uuid_new(&id, error));
	(void)snprintf(url, sizeof url, "%s%s", s->base, leaf);
	(void)snprintf(ret->request_id, sizeof ret->request_id, "%s", id.at);
	request.url = url;
	request.headers[0] = (http_header){"Content-Type", "application/x-www-form-urlencoded"};
	request.headers[1] = (http_header){"Accept", "application/json"};
	request.headers[2] = (http_header){"client-request-id", id.at};
	request.n_headers = 3;
	ret->body = BUF(SIGNIN_ANSWER_MAX);
	ret->sent = context_now(s->context);
	EXS_TRY(http_open(s->client, &request, &response, error));
	ret->status = http_status(response);
	ret->retry_after = http_retry_after(response);
	EXS_TRY(http_read_all(response, &ret->body, error));
	ret->received = context_now(s->context);
	return EXS_OK;
}

exs_status
signin_bearer(const signin *s, const signin_answer *answer, exs_bearer **ret, exs_error *error)
{
	answer_times times = {answer->sent, answer->received};

	return answer_read(buf_span(&answer->body), s->scope, &times, ret, error);
}

void
signin_error_name(const signin_answer *answer, char *room, size_t size)
{
	EXS_AUTO(json) *tree = NULL;

	room[0] = '\0';
	if (json_parse(buf_span(&answer->body), "the answer", &tree, NULL) == EXS_OK)
		(void)snprintf(room, size, "%s", json_string(json_member(tree, "error")));
}

exs_status
signin_refused(const signin *s, const signin_answer *answer, exs_error *error)
{
	refusal r = {.status = answer->status,
	             .retry_after = answer->retry_after,
	             .body = buf_span(&answer->body),
	             .request_id = answer->request_id};

	return refusal_report(&r, s->identity, NULL, error);
}

/* ".../oauth2/v2.0" out of ".../oauth2/v2.0/token". */
static exs_status
find_base(signin *s, exs_error *error)
{
	span endpoint = span_of(s->identity->token_endpoint);

	if (!s->identity->entra || !span_ends_nocase(endpoint, "/token"))
		return exs_fail(error, E_CONFIG_VALUE, "people sign in to Entra only, and token-endpoint is another issuer's");
	if (endpoint.len >= sizeof s->base)
		return exs_fail(error, E_URL, "the token endpoint's address is too long");
	memcpy(s->base, endpoint.at, endpoint.len - strlen("/token"));
	s->base[endpoint.len - strlen("/token")] = '\0';
	return EXS_OK;
}

/* "https://graph.microsoft.com/A https://graph.microsoft.com/B" */
static exs_status
write_scope(const char *graph_scope, const char *permissions, buf *to, exs_error *error)
{
	span resource = span_of(graph_scope), rest = span_of(permissions);

	resource.len -= strlen(".default");
	while (rest.len > 0) {
		if (to->len > 0)
			buf_byte(to, ' ');
		buf_add(to, resource);
		buf_add(to, span_cut(&rest, ' '));
	}
	return buf_check(to, "the permissions", error);
}

exs_status
exs_signin(const exs_context *context, exs_credential *credential, const exs_signin_options *options,
           exs_bearer **ret_bearer, exs_error *error)
{
	EXS_AUTO(http_client) *client = NULL;
	EXS_SCOPED(buf) scope = BUF(SCOPE_MAX);
	signin s = {.context = context,
	            .identity = credential_identity(credential),
	            .options = options,
	            .ends_ms = moment_steady_ms() +
	                       (options->deadline_ms > 0 ? options->deadline_ms : DEADLINE_MS)};

	EXS_TRY(find_base(&s, error));
	EXS_TRY(write_scope(credential_scope(credential, CLOUD_GRAPH), options->permissions, &scope, error));
	s.scope = buf_text(&scope);
	EXS_TRY(credential_client(credential, &client, error));
	s.client = client;
	EXS_TRY(options->kind == EXS_SIGNIN_DEVICE_CODE ? signin_by_code(&s, ret_bearer, error)
	                                                : signin_by_browser(&s, ret_bearer, error));
	LOG(context, EXS_LOG_INFO, "oauth", "administrator signed in",
	    LOG_TEXT("fingerprint", exs_bearer_fingerprint(*ret_bearer)),
	    LOG_NUMBER("expires", exs_bearer_expires(*ret_bearer)));
	return EXS_OK;
}

exs_status
exs_bearer_adopt(const exs_context *context, const char *token, size_t length,
                 exs_bearer **ret_bearer, exs_error *error)
{
	span    text = span_trim(span_from(token, length));
	int64_t now = context_now(context);

	if (text.len == 0 || text.len > ADOPTED_MAX)
		return exs_fail(error, E_USAGE, "an access token has 1 to %d bytes", ADOPTED_MAX);
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] <= 0x20 || text.at[i] > 0x7E)
			return exs_fail(error, E_USAGE, "the access token holds a byte that cannot be in one (byte %zu)", i);
	return bearer_new("", text, now, 0, INT64_MAX, ret_bearer, error);
}
