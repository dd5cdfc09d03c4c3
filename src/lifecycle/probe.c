/* The proof that something works. */
#include "lifecycle/probe.h"

#include "base/error.h"

enum { ROUNDS = 10, SETTLED_ROUNDS = 3, FIRST_WAIT_MS = 1000, WAIT_MAX_MS = 60 * 1000 };

/* What the directory says of a certificate or an app it does not know yet, or not everywhere. */
static bool
is_unknown_yet(const exs_error *cause)
{
	static const char *const codes[] = {
		"AADSTS700027",  /* the certificate */
		"AADSTS700016",  /* the app in this tenant */
		"AADSTS7000229", /* its service principal */
		"AADSTS7000215",
	};

	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		if (strcmp(exs_error_native(cause), codes[i]) == 0)
			return true;
	return false;
}

static exs_status
wait(const work *w, unsigned round, const exs_error *cause, exs_error *error)
{
	int64_t ms = FIRST_WAIT_MS;

	for (unsigned i = 0; i < round && ms < WAIT_MAX_MS; i++)
		ms *= 2;
	LOG(w->context, round == 2 ? EXS_LOG_NOTICE : EXS_LOG_INFO, "lifecycle", "waiting for the directory",
	    LOG_TEXT("why", exs_error_message(cause)), LOG_NUMBER("ms", ms));
	return context_sleep(w->context, ms, error);
}

exs_status
probe_token(work *w, exs_signer *signer, unsigned rounds, bool *ret_good, exs_error *error)
{
	bool bounded = rounds > 0;

	*ret_good = false;
	for (unsigned round = 0;; round++) {
		EXS_SCOPED(error_scratch) cause = exs_error_new();
		EXS_AUTO(exs_credential) *credential = NULL;
		EXS_AUTO(exs_bearer) *bearer = NULL;
		exs_status status;

		if (cause == NULL)
			return mem_fail(error);
		EXS_TRY(work_credential(w, signer, &credential, error));
		status = exs_credential_bearer(credential, "exchange", EXS_FETCH_NEW, &bearer, cause);
		*ret_good = status == EXS_OK;
		if (status == EXS_OK)
			return EXS_OK;
		if (is_unknown_yet(cause) && round + 1 < (bounded ? rounds : ROUNDS)) {
			EXS_TRY(wait(w, round, cause, error));
			continue;
		}
		if (bounded && is_unknown_yet(cause))
			return EXS_OK;
		error_copy(error, cause);
		return status;
	}
}

static exs_status
run_once(work *w, exs_signer *signer, exs_error *error)
{
	EXS_AUTO(exs_credential) *credential = NULL;
	EXS_AUTO(exs_exchange) *exchange = NULL;
	EXS_AUTO(exs_command) *command = NULL;
	EXS_AUTO(exs_rows) *rows = NULL;
	const char *row;
	size_t      length;

	EXS_TRY(work_credential(w, signer, &credential, error));
	EXS_TRY(exs_exchange_new(w->context, credential, w->options->exchange, &exchange, error));
	EXS_TRY(exs_command_new("Get-AcceptedDomain", &command, error));
	EXS_TRY(exs_exchange_run(exchange, command, &rows, error));
	do
		EXS_TRY(exs_rows_next(rows, &row, &length, error));
	while (row != NULL);
	return EXS_OK;
}

exs_status
probe_cmdlet(work *w, exs_signer *signer, exs_error *error)
{
	unsigned rounds = w->rights_fresh ? ROUNDS : SETTLED_ROUNDS;

	for (unsigned round = 0;; round++) {
		EXS_SCOPED(error_scratch) cause = exs_error_new();
		exs_status status;

		if (cause == NULL)
			return mem_fail(error);
		status = run_once(w, signer, cause);
		if (status == EXS_OK)
			return EXS_OK;
		if (status == EXS_DENIED && round + 1 < rounds) {
			EXS_TRY(wait(w, round, cause, error));
			continue;
		}
		if (status != EXS_DENIED) {
			error_copy(error, cause);
			return status;
		}
		status = exs_fail(error, E_APP_RIGHTS, "Exchange does not let the app in yet: %.300s",
		                  exs_error_message(cause));
		error_why(error, "%s", exs_error_why(cause));
		error_native(error, "%s", exs_error_native(cause));
		return status;
	}
}
