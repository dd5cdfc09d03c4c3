/* A bearer: an access token with what we know of it. */
#include "oauth/bearer.h"

#include "base/error.h"
#include "oauth/access.h"
#include "oauth/jws.h"

#include <stdatomic.h>

struct exs_bearer {
	atomic_uint owners;
	secret     *token;
	char       *scope;
	char       *claims;
	char        fingerprint[17];
	int64_t     issued, refresh_at, expires;
};

void
exs_bearer_free(exs_bearer *bearer)
{
	if (bearer == NULL || atomic_fetch_sub_explicit(&bearer->owners, 1, memory_order_acq_rel) > 1)
		return;
	secret_free(bearer->token);
	mem_free(bearer->scope);
	mem_free(bearer->claims);
	mem_free(bearer);
}

exs_bearer *
bearer_share(exs_bearer *bearer)
{
	atomic_fetch_add_explicit(&bearer->owners, 1, memory_order_relaxed);
	return bearer;
}

/* Access tokens are opaque to clients; when one can be read all the same, it explains a refusal. */
static exs_status
read_claims(span token, char **ret, exs_error *error)
{
	EXS_SCOPED(buf) claims = BUF(JWS_MAX);
	jws_parts       parts;

	if (!jws_split(token, &parts) || !jws_decode(&claims, parts.payload)) {
		EXS_TRY(buf_check(&claims, "the claims of a bearer", error));
		buf_clear(&claims);
	}
	return buf_take(&claims, "the claims of a bearer", ret, error);
}

exs_status
bearer_new(const char *scope, span token, int64_t issued, int64_t refresh_at, int64_t expires,
           exs_bearer **ret, exs_error *error)
{
	EXS_AUTO(exs_bearer) *bearer = mem_new(1, sizeof *bearer);

	if (bearer == NULL)
		return mem_fail(error);
	atomic_init(&bearer->owners, 1);
	bearer->issued = issued;
	bearer->refresh_at = refresh_at;
	bearer->expires = expires;
	EXS_TRY(secret_new(token, &bearer->token, error));
	EXS_TRY(mem_copy(scope, &bearer->scope, error));
	EXS_TRY(read_claims(token, &bearer->claims, error));
	secret_fingerprint(bearer->token, bearer->fingerprint);
	EXS_GIVE(ret, bearer);
	return EXS_OK;
}

const char *
exs_bearer_reveal(const exs_bearer *bearer, size_t *ret_length)
{
	span token = secret_reveal(bearer->token);

	*ret_length = token.len;
	return token.at;
}

const secret *
bearer_secret(const exs_bearer *bearer)
{
	return bearer->token;
}

const char *
exs_bearer_scope(const exs_bearer *bearer)
{
	return bearer->scope;
}

int64_t
exs_bearer_issued(const exs_bearer *bearer)
{
	return bearer->issued;
}

int64_t
exs_bearer_expires(const exs_bearer *bearer)
{
	return bearer->expires;
}

int64_t
bearer_refresh_at(const exs_bearer *bearer)
{
	return bearer->refresh_at;
}

const char *
exs_bearer_fingerprint(const exs_bearer *bearer)
{
	return bearer->fingerprint;
}

const char *
exs_bearer_claims(const exs_bearer *bearer)
{
	return bearer->claims;
}
