/* What is known of the identity's cmdlets. */
#include "cli/discovery.h"

#include "base/context.h"
#include "base/error.h"
#include "cli/environment.h"
#include "cli/interrupt.h"
#include "cli/logger.h"
#include "cli/owned.h"

static exs_status
find_place(invocation *inv, exs_cmdlets_place *ret, char **ret_directory, exs_error *error)
{
	EXS_TRY(open_profile(inv, PROFILE_DIRECTORY, error));
	EXS_TRY(environment_cache_directory(ret_directory, error));
	*ret = (exs_cmdlets_place){.size = sizeof *ret,
	                           .directory = *ret_directory,
	                           .identity = &inv->profile.identity,
	                           .service = inv->profile.exchange.service};
	return EXS_OK;
}

/* It has six endpoints of its own (exchange-rest.md 1.4), and its requests are checked against their table. */
static bool
is_v2(const invocation *inv)
{
	return strcmp(inv->profile.exchange.api, "v2") == 0;
}

exs_status
discovery_kept(invocation *inv, exs_cmdlets **ret, exs_error *error)
{
	EXS_AUTO(chars) *directory = NULL;
	exs_cmdlets_place place;

	EXS_TRY(find_place(inv, &place, &directory, error));
	if (is_v2(inv))
		return EXS_OK;
	return exs_cmdlets_read(inv->context, &place, ret, error);
}

static exs_status
fetch(invocation *inv, exs_cmdlets **ret, exs_error *error)
{
	EXS_AUTO(chars) *directory = NULL;
	EXS_AUTO(exs_cmdlets) *fresh = NULL;
	exs_cmdlets_place place;

	EXS_TRY(find_place(inv, &place, &directory, error));
	EXS_TRY(exs_cmdlets_fetch(inv->exchange, &place, &fresh, error));
	exs_cmdlets_free(*ret);
	EXS_GIVE(ret, fresh);
	return EXS_OK;
}

exs_status
discovery_fetch(invocation *inv, exs_cmdlets **ret, exs_error *error)
{
	exs_status status;

	EXS_TRY(open_profile(inv, PROFILE_DIRECTORY, error));
	if (is_v2(inv)) {
		status = exs_fail(error, E_USAGE, "the API v2.0 does not tell which cmdlets there are");
		error_fix(error, "without --api v2 (setting api)");
		return status;
	}
	EXS_TRY(open_exchange(inv, error));
	return fetch(inv, ret, error);
}

int64_t
discovery_age(const invocation *inv, const exs_cmdlets *cmdlets)
{
	return context_now(inv->context) - exs_cmdlets_fetched(cmdlets);
}

/* A list from the future is not fresh either: somebody's clock was wrong. */
static bool
is_younger(const invocation *inv, const exs_cmdlets *cmdlets, int64_t seconds)
{
	int64_t age = discovery_age(inv, cmdlets);

	return age >= 0 && age < seconds;
}

static void
warn_with(const char *what, const exs_error *why)
{
	EXS_SCOPED(buf) text = BUF(4096);

	buf_addf(&text, "%s: %s", what, exs_error_message(why));
	logger_warn(buf_text(&text));
}

/* The service's answer decides; without one the command goes out as it is. */
static exs_status
bind_anew(invocation *inv, exs_command *cmdlet, exs_cmdlets **cmdlets, const exs_error *unknown,
          exs_error *error)
{
	EXS_SCOPED(error_scratch) why = exs_error_new();

	if (why == NULL)
		return mem_fail(error);
	EXS_TRY(open_exchange(inv, error));
	if (fetch(inv, cmdlets, why) == EXS_OK)
		return exs_command_bind(cmdlet, *cmdlets, error);
	if (interrupt_met()) {
		error_copy(error, why);
		return exs_error_status(why);
	}
	warn_with("sent although the kept list of cmdlets does not have it", unknown);
	warn_with("the list could not be asked for anew", why);
	return EXS_OK;
}

static bool
is_unknown(const exs_error *error)
{
	return error_is(error, E_CMDLET_UNKNOWN) || error_is(error, E_PARAMETER_UNKNOWN);
}

static exs_status
bind(invocation *inv, exs_command *cmdlet, exs_cmdlets **cmdlets, exs_error *error)
{
	EXS_SCOPED(error_scratch) why = exs_error_new();
	exs_status status;

	if (why == NULL)
		return mem_fail(error);
	status = exs_command_bind(cmdlet, has(inv->given, OPT_NO_CHECK) ? NULL : *cmdlets, why);
	if (status == EXS_OK)
		return EXS_OK;
	if (!is_unknown(why) || is_younger(inv, *cmdlets, DISCOVERY_FRESH_S)) {
		error_copy(error, why);
		return status;
	}
	if (!has(inv->given, OPT_DRY_RUN))
		return bind_anew(inv, cmdlet, cmdlets, why, error);
	warn_with("the kept list of cmdlets does not have it", why);
	return EXS_OK;
}

static bool
has_key(const exs_cmdlets *cmdlets)
{
	return cmdlets != NULL && exs_cmdlets_key(cmdlets)[0] != '\0';
}

/* The key before the current one still works, so an old key is better than none (exchange-rest.md 2.5). */
static exs_status
encrypt(invocation *inv, exs_command *cmdlet, exs_cmdlets **cmdlets, exs_error *error)
{
	EXS_SCOPED(error_scratch) why = exs_error_new();

	if (why == NULL)
		return mem_fail(error);
	if (!has_key(*cmdlets) || !is_younger(inv, *cmdlets, DISCOVERY_STALE_S)) {
		EXS_TRY(open_exchange(inv, error));
		if (discovery_fetch(inv, cmdlets, why) != EXS_OK) {
			if (!has_key(*cmdlets) || interrupt_met()) {
				error_copy(error, why);
				return exs_error_status(why);
			}
			warn_with("a secret is encrypted with the key that is kept", why);
		}
		/* it may know now that the parameter is none */
		EXS_TRY(bind(inv, cmdlet, cmdlets, error));
	}
	return exs_command_seal(cmdlet, *cmdlets, error);
}

exs_status
discovery_apply(invocation *inv, exs_command *cmdlet, exs_cmdlets **cmdlets, exs_error *error)
{
	EXS_TRY(bind(inv, cmdlet, cmdlets, error));
	if (has(inv->given, OPT_DRY_RUN) || !exs_command_has_secrets(cmdlet))
		return EXS_OK;
	return encrypt(inv, cmdlet, cmdlets, error);
}
