/* Which keys we sign with. */
#include "hsm/keypolicy.h"

#include "base/error.h"

enum { RSA_BITS_MIN = 2048 }; /* RFC 7518 sections 3.3 and 3.5 */

static exs_status
check_kind(const key *k, exs_error *error)
{
	exs_status status = EXS_OK;

	if (!k->type_known) {
		status = exs_fail(error, E_KEY_UNFIT, "the key is of a kind we cannot sign with: %s",
		                  key_print_type(k).at);
		error_fix(error, "an RSA key of 2048 bits or more, or an EC key on P-256 or P-384");
	} else if (k->sign == EXS_NO) {
		status = exs_fail(error, E_KEY_UNFIT, "the key may not sign (CKA_SIGN is false)");
		error_fix(error, "a key made for signing: exosign hsm list");
	} else if (k->type == CKK_RSA && k->public_der.len > 0 && k->public.bits < RSA_BITS_MIN) {
		status = exs_fail(error, E_KEY_UNFIT, "the RSA key has %u bits; 2048 is the least",
		                  k->public.bits);
		error_fix(error, "make a new key in the device");
	}
	return status;
}

exs_status
keypolicy_check(const key *k, bool allow_extractable, bool *ret_excepted, exs_error *error)
{
	bool        can_leave = k->extractable == EXS_YES || k->sensitive == EXS_NO;
	exs_status  status;

	EXS_TRY(check_kind(k, error));
	if (!can_leave || allow_extractable) {
		*ret_excepted = can_leave;
		return EXS_OK;
	}
	status = exs_fail(error, E_KEY_EXTRACTABLE, "the private key could leave the device");
	error_why(error, "%s%s%s", k->extractable == EXS_YES ? "CKA_EXTRACTABLE is true" : "",
	          k->extractable == EXS_YES && k->sensitive == EXS_NO ? ", " : "",
	          k->sensitive == EXS_NO ? "CKA_SENSITIVE is false" : "");
	return status;
}
