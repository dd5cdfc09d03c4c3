/* The word that destroying something in a device needs. */
#include "cli/confirm.h"

#include "base/error.h"
#include "cli/logger.h"
#include "cli/prompt.h"

exs_status
confirm_check(const given *g, const char *message, const char *fix, exs_error *error)
{
	exs_status status;

	if (has(g, OPT_YES) || (!has(g, OPT_NO_INPUT) && prompt_possible()))
		return EXS_OK;
	status = exs_fail(error, E_UNCONFIRMED, "%s", message);
	error_why(error, "%s", has(g, OPT_NO_INPUT) ? "--no-input forbids the question"
	                                            : "there is no terminal to ask at");
	error_fix(error, "%s", fix);
	return status;
}

bool
confirm_is_given(const given *g, buf *use)
{
	if (!has(g, OPT_YES))
		return false;
	if (use->len > 0)
		logger_warn(buf_text(use));
	return true;
}
