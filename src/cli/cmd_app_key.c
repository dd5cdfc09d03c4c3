/* exosign app key add|rotate|retire. */
#include "base/error.h"
#include "base/file.h"
#include "cli/app_open.h"
#include "cli/confirm.h"

#define PERMISSIONS "Application.ReadWrite.All Policy.Read.All"

/* The request goes where it was asked for. */
static exs_status
take_request(void *self, const char *pem, exs_error *error)
{
	const app_run *run = self;
	const char    *path = run->inv->given->values[OPT_REQUEST];

	if (path == NULL)
		return exs_fail(error, E_USAGE, "where is the request to go? --request FILE");
	return file_replace(path, span_of(pem), 0644, error);
}

static exs_status
act(app_run *run, invocation *inv, app_act what, exs_error *error)
{
	bool plan = has(inv->given, OPT_DRY_RUN);

	run->options.take_request = take_request;
	run->options.take_self = run;
	if (!plan)
		EXS_TRY(confirm_check(inv->given, "the app's certificates would change, and nobody said yes",
		                      "see what would be done with --dry-run; then add --yes", error));
	EXS_TRY(app_sign_in(run, APP_ITSELF, PERMISSIONS, error));
	if (run->administrator != NULL)
		run->options.method = EXS_KEY_BY_PATCH;
	return app_steps(run, what, plan, error);
}

exs_status
run_app_key_add(invocation *inv, exs_error *error)
{
	EXS_SCOPED(app_run) run = {0};

	EXS_TRY(app_open(&run, inv, error));
	run.options.new_key = inv->given->words[0];
	return act(&run, inv, exs_app_key_add, error);
}

exs_status
run_app_key_rotate(invocation *inv, exs_error *error)
{
	EXS_SCOPED(app_run) run = {0};

	EXS_TRY(app_open(&run, inv, error));
	run.options.new_key = inv->given->n_words > 0 ? inv->given->words[0] : NULL;
	return act(&run, inv, exs_app_key_rotate, error);
}

exs_status
run_app_key_retire(invocation *inv, exs_error *error)
{
	EXS_SCOPED(app_run) run = {0};

	EXS_TRY(app_open(&run, inv, error));
	run.options.retire = inv->given->n_words > 0 ? inv->given->words[0] : NULL;
	return act(&run, inv, exs_app_key_retire, error);
}
