/* Which JOSE algorithm a key signs with. */
#include "sign/keyalg.h"

#include "base/error.h"

#include <string.h>

typedef struct curve_row {
	const char *name;
	exs_alg     alg;
} curve_row;

static const curve_row curves[] = {{"EC P-256", EXS_ALG_ES256}, {"EC P-384", EXS_ALG_ES384}};

static exs_status
fail_alg(const char *key_type, exs_alg wanted, exs_error *error)
{
	exs_status status = exs_fail(error, E_KEY_UNFIT, "a key of type %s cannot sign with %s", key_type,
	                             wanted == EXS_ALG_DEFAULT ? "any algorithm of ours"
	                                                       : exs_alg_name(wanted));

	error_fix(error, "RSA-2048 and larger: PS256, RS256; EC P-256: ES256; EC P-384: ES384");
	return status;
}

exs_status
keyalg_choose(const publickey_facts *public, exs_alg wanted, exs_alg *ret, exs_error *error)
{
	bool is_ec_alg = wanted == EXS_ALG_ES256 || wanted == EXS_ALG_ES384;

	if (public->kind == PUBLICKEY_RSA && !is_ec_alg) {
		*ret = wanted == EXS_ALG_DEFAULT ? EXS_ALG_PS256 : wanted;
		return EXS_OK;
	}
	for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++) {
		if (strcmp(curves[i].name, public->name) == 0 &&
		    (wanted == EXS_ALG_DEFAULT || wanted == curves[i].alg)) {
			*ret = curves[i].alg;
			return EXS_OK;
		}
	}
	return fail_alg(public->name, wanted, error);
}
