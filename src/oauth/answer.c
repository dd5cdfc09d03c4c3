/* A token endpoint's "yes", read with distrust. */
#include "oauth/answer.h"

#include "base/error.h"
#include "base/json.h"
#include "oauth/bearer.h"

enum { LIFETIME_MAX_S = 10 * 366 * 86400, TOKEN_MAX = 60 * 1024 };

static exs_status
nonsense(const char *what, exs_error *error)
{
	exs_status status = exs_fail(error, E_ENTRA_ANSWER, "the token endpoint's answer %s", what);

	error_fix(error, "check endpoint.login (or token-endpoint) and proxy in the profile");
	return status;
}

/* It goes into a header line, so nothing but visible ASCII may be in it (RFC 6750 section 2.1). */
static bool
is_token(span token)
{
	if (token.len == 0 || token.len > TOKEN_MAX)
		return false;
	for (size_t i = 0; i < token.len; i++)
		if (token.at[i] <= 0x20 || token.at[i] > 0x7E)
			return false;
	return true;
}

static exs_status
parse(span body, json **ret, exs_error *error)
{
	span text = span_trim(body);

	if (text.len == 0)
		return nonsense("is empty", error);
	if (text.at[0] == '<')
		return nonsense("is an HTML page, probably of a gateway or proxy", error);
	if (json_parse(text, "the token endpoint's answer", ret, NULL) != EXS_OK)
		return nonsense("is not JSON", error);
	if (!json_is_object(*ret))
		return nonsense("is no JSON object", error);
	return EXS_OK;
}

exs_status
answer_read(span body, const char *scope, const answer_times *times, exs_bearer **ret,
            exs_error *error)
{
	EXS_AUTO(json) *tree = NULL;
	span            token;
	int64_t         lifetime, refresh = 0;

	EXS_TRY(parse(body, &tree, error));
	token = span_of(json_string(json_member(tree, "access_token")));
	if (token.len == 0)
		return nonsense("holds no access_token", error);
	if (!is_token(token))
		return nonsense("holds an access_token that cannot be one", error);
	if (!span_is_nocase(span_of(json_string(json_member(tree, "token_type"))), "Bearer"))
		return nonsense("has a token_type other than Bearer", error);
	if (!json_whole(json_member(tree, "expires_in"), &lifetime) || lifetime < 1 ||
	    lifetime > LIFETIME_MAX_S)
		return nonsense("does not say in how many seconds the token expires", error);
	if (json_whole(json_member(tree, "refresh_in"), &refresh) &&
	    (refresh < 1 || refresh >= lifetime))
		refresh = 0;
	/* the life began somewhere between sending and receiving: the earlier end is safe */
	return bearer_new(scope, token, times->sent, refresh > 0 ? times->sent + refresh : 0,
	                  times->sent + lifetime, ret, error);
}
