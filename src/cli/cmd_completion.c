/* exosign completion bash|zsh|fish. */
#include "base/error.h"
#include "cli/complete.h"
#include "cli/show.h"

exs_status
run_completion(invocation *inv, exs_error *error)
{
	EXS_SCOPED(buf) script = BUF(COMPLETE_MAX);
	exs_status status;

	if (!complete_script(inv->given->words[0], &script)) {
		status = exs_fail(error, E_USAGE, "there are no completions for \"%.60s\"",
		                  inv->given->words[0]);
		error_fix(error, "exosign completion bash, zsh or fish");
		return status;
	}
	return show_text(buf_span(&script), error);
}
