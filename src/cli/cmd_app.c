/* exosign app setup|plan|status|consent-url. */
#include "base/error.h"
#include "base/moment.h"
#include "cli/app_emit.h"
#include "cli/app_open.h"
#include "cli/confirm.h"
#include "cli/environment.h"
#include "cli/show.h"

#include <spawn.h>
#include <sys/wait.h>

enum { DUE_S = 30 * 86400 };

/* What a setup changes, and no more: the role only when one is wanted. */
static const char *
setup_permissions(const app_run *run)
{
	const char *role = run->options.role;

	return role == NULL || strcmp(role, "none") == 0
	               ? "Application.ReadWrite.All AppRoleAssignment.ReadWrite.All Policy.Read.All"
	               : "Application.ReadWrite.All AppRoleAssignment.ReadWrite.All "
	                 "RoleManagement.ReadWrite.Directory Policy.Read.All";
}

static exs_status
setup(invocation *inv, bool plan_only, exs_error *error)
{
	const given *g = inv->given;
	EXS_SCOPED(app_run) run = {0};

	EXS_TRY(app_open(&run, inv, error));
	if (has(g, OPT_EMIT))
		return app_emit(&run, g->values[OPT_EMIT], error);
	if (!plan_only)
		EXS_TRY(confirm_check(g, "a setup changes the tenant, and nobody said yes", "see it with: exosign app plan; then add --yes",
		                      error));
	EXS_TRY(app_sign_in(&run, APP_ADMINISTRATOR, setup_permissions(&run), error));
	return app_steps(&run, exs_app_setup, plan_only, error);
}

exs_status
run_app_setup(invocation *inv, exs_error *error)
{
	return setup(inv, has(inv->given, OPT_DRY_RUN), error);
}

exs_status
run_app_plan(invocation *inv, exs_error *error)
{
	return setup(inv, true, error);
}

static exs_status
show_row(void *self, const char *row, size_t length, exs_error *error)
{
	return writer_row(self, row, length, error);
}

exs_status
run_app_status(invocation *inv, exs_error *error)
{
	const given *g = inv->given;
	EXS_SCOPED(app_run) run = {0};
	EXS_AUTO(writer) *w = NULL;
	int64_t    due = DUE_S;
	exs_status status;

	if (has(g, OPT_WITHIN) && !moment_parse_duration(span_of(g->values[OPT_WITHIN]), &due))
		return exs_fail(error, E_USAGE, "--within is a time: 30d, 12h, or seconds");
	EXS_TRY(app_open(&run, inv, error));
	EXS_TRY(app_sign_in(&run, APP_ITSELF, "Application.Read.All RoleManagement.Read.Directory Policy.Read.All", error));
	EXS_TRY(show_list(inv, "kind,name,state,detail", &w, error));
	status = exs_app_status(inv->context, &run.options, due, show_row, w, error);
	return show_end(w, status, error);
}

/* The desktop's own way to open an address; it must be there and must not be searched for. */
static exs_status
open_browser(const char *url, exs_error *error)
{
	char *const arguments[] = {(char[]){"xdg-open"}, (char *)(uintptr_t)url, NULL};
	char *const nothing[] = {NULL};
	pid_t child;
	int   how = 0;
	exs_status status;

	if (posix_spawn(&child, "/usr/bin/xdg-open", NULL, NULL, arguments, nothing) == 0 &&
	    waitpid(child, &how, 0) == child && how == 0)
		return EXS_OK;
	status = exs_fail(error, E_OUTPUT, "no browser could be opened");
	error_fix(error, "open the address yourself: exosign app consent-url");
	return status;
}

exs_status
run_app_consent_url(invocation *inv, exs_error *error)
{
	EXS_SCOPED(buf) line = BUF(8192);
	char      *url = NULL;
	exs_status status;

	EXS_TRY(open_profile(inv, PROFILE_DIRECTORY, error));
	EXS_TRY(exs_app_consent_url(inv->context, &inv->profile.identity, &inv->profile.network,
	                            inv->given->values[OPT_REDIRECT], &url, error));
	buf_addf(&line, "%s\n", url);
	status = show_text(buf_span(&line), error);
	if (status == EXS_OK && has(inv->given, OPT_OPEN))
		status = open_browser(url, error);
	exs_text_free(url);
	return status;
}
