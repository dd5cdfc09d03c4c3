/* exosign token get|show. */
#include "base/error.h"
#include "base/jsonobject.h"
#include "base/jsontext.h"
#include "base/moment.h"
#include "cli/owned.h"
#include "cli/show.h"

/* What a person asks first: for whom, by whom, what it may. */
static const char *const claims_shown[] = {"aud", "appid", "azp", "tid", "roles", "iss"};

static exs_status
get_bearer(invocation *inv, exs_bearer **ret, exs_error *error)
{
	const char *scope = inv->given->values[OPT_SCOPE];

	EXS_TRY(open_online(inv, error));
	/* the services' names are those of their scopes */
	return exs_credential_bearer(inv->credential, scope == NULL ? inv->profile.exchange.service : scope,
	                             EXS_FETCH_CACHED, ret, error);
}

static void
add_claims(jsonobject *o, const char *claims)
{
	span   text = span_of(claims);
	size_t at;

	if (!jsontext_check(text, &at) || jsontext_kind_of(span_trim(text)) != JSONTEXT_OBJECT)
		return;
	for (size_t i = 0; i < sizeof claims_shown / sizeof claims_shown[0]; i++) {
		span value = jsontext_member(text, claims_shown[i]);

		if (value.at != NULL)
			jsonobject_json(o, claims_shown[i], value);
	}
}

static exs_status
show_bearer(invocation *inv, const exs_bearer *bearer, exs_error *error)
{
	EXS_SCOPED(jsonobject) answer = {0};

	jsonobject_init(&answer);
	jsonobject_text(&answer, "scope", exs_bearer_scope(bearer));
	jsonobject_text(&answer, "issued", moment_print(exs_bearer_issued(bearer)).at);
	jsonobject_text(&answer, "expires", moment_print(exs_bearer_expires(bearer)).at);
	jsonobject_text(&answer, "fingerprint", exs_bearer_fingerprint(bearer));
	add_claims(&answer, exs_bearer_claims(bearer));
	return show_object(inv, jsonobject_end(&answer), error);
}

exs_status
run_token_get(invocation *inv, exs_error *error)
{
	EXS_AUTO(exs_bearer) *bearer = NULL;
	const char *text;
	size_t      length;

	EXS_TRY(get_bearer(inv, &bearer, error));
	if (!has(inv->given, OPT_RAW))
		return show_bearer(inv, bearer, error);
	text = exs_bearer_reveal(bearer, &length);
	return show_secret(span_from(text, length),
	                   "this is a secret: whoever has it is the application", error);
}

exs_status
run_token_show(invocation *inv, exs_error *error)
{
	EXS_AUTO(exs_bearer) *bearer = NULL;
	span   claims;
	size_t at;

	EXS_TRY(get_bearer(inv, &bearer, error));
	claims = span_trim(span_of(exs_bearer_claims(bearer)));
	if (claims.len == 0 || !jsontext_check(claims, &at))
		return exs_fail(error, E_NOT_JWT, "the token shows no claims: it is no JWT");
	return show_object(inv, claims, error);
}
