/* JOSE algorithms by name. */
#include "base/span.h"

#include <exosign/signer.h>

static const char *const names[] = {
	[EXS_ALG_DEFAULT] = "default", [EXS_ALG_PS256] = "PS256", [EXS_ALG_PS384] = "PS384",
	[EXS_ALG_PS512] = "PS512",     [EXS_ALG_RS256] = "RS256", [EXS_ALG_RS384] = "RS384",
	[EXS_ALG_RS512] = "RS512",     [EXS_ALG_ES256] = "ES256", [EXS_ALG_ES384] = "ES384",
};

enum { N_NAMES = sizeof names / sizeof names[0] };

const char *
exs_alg_name(exs_alg alg)
{
	return (size_t)alg < N_NAMES ? names[alg] : "unknown";
}

bool
exs_alg_parse(const char *name, size_t length, exs_alg *ret_alg)
{
	for (size_t i = 0; i < N_NAMES; i++) {
		if (span_is(span_from(name, length), names[i])) {
			*ret_alg = (exs_alg)i;
			return true;
		}
	}
	return false;
}
