/* Opening signers on a SoftHSM token in one line. */
#include "support/opening.h"

static exs_status
open_signer(softhsm *hsm, const wish *w, exs_signer **ret, exs_error *error)
{
	static pin_giver giver; /* a signer asks again when the token was away */
	exs_signer_options options;

	giver = (pin_giver){.pin = w->pin};
	options = softhsm_options(hsm, w->uri, &giver);

	options.certificate = w->certificate;
	options.alg = w->alg;
	options.without_certificate = w->without_certificate;
	options.allow_extractable = w->allow_extractable;
	options.max_sessions = w->max_sessions;
	options.pss_in_token = w->pss_in_token;
	if (w->deadline_ms > 0)
		options.deadline_ms = w->deadline_ms;
	return exs_signer_open(test_context(), &options, ret, error);
}

exs_signer *
opened(softhsm *hsm, wish w)
{
	exs_signer *signer = NULL;
	exs_error  *error = test_error();

	if (open_signer(hsm, &w, &signer, error) != EXS_OK)
		fail_msg("%s: %s: %s (%s)", w.uri, exs_error_code(error), exs_error_message(error),
		         exs_error_why(error));
	return signer;
}

size_t
signed_length(exs_signer *signer)
{
	unsigned char signature[1024];
	size_t        len = sizeof signature;
	exs_error    *error = test_error();

	if (exs_signer_sign(signer, (const unsigned char *)"a.b", 3, signature, &len, error) != EXS_OK)
		fail_msg("%s %s (%s)", exs_error_code(error), exs_error_message(error),
		         exs_error_why(error));
	return len;
}

const exs_error *
refused(softhsm *hsm, wish w, error_id id, const char *file, int line)
{
	exs_signer *signer = NULL;
	exs_error  *error = test_error();

	if (open_signer(hsm, &w, &signer, error) == EXS_OK || !error_is(error, id)) {
		print_error("%s: %s: %s (%s)\n", w.uri, exs_error_code(error), exs_error_message(error),
		            exs_error_why(error));
		_fail(file, line);
	}
	assert_null(signer);
	return error;
}
