/* What a command runs with. */
#include "cli/open.h"

#include "base/error.h"
#include "base/keyname.h"
#include "cli/environment.h"
#include "cli/logger.h"

void
invocation_done(invocation *inv)
{
	jq_filter_free(inv->jq);
	exs_exchange_free(inv->exchange);
	exs_credential_free(inv->credential);
	exs_signer_free(inv->signer);
	exs_preparation_free(inv->preparation);
	exs_context_free(inv->context);
	settings_done(&inv->settings);
	config_files_done(&inv->files);
	mem_free(inv->state_directory);
	exs_text_free(inv->key_uri);
}

/* A variable with a typing error would otherwise be a setting that is silently not set. */
static void
warn_of_variable(const char *name)
{
	const char *known[SETTINGS + OPTIONS], *nearest;
	size_t      n = 0;
	EXS_SCOPED(buf) text = BUF(512);

	for (size_t i = 0; i < SETTINGS; i++)
		known[n++] = setting_row_of((setting_id)i)->variable;
	for (size_t i = 0; i < OPTIONS; i++)
		if (option_row_of((option_id)i)->variable[0] != '\0')
			known[n++] = option_row_of((option_id)i)->variable;
	for (size_t i = 0; i < n; i++)
		if (strcmp(known[i], name) == 0)
			return;
	nearest = span_nearest(span_of(name), known, n);
	buf_addf(&text, "the variable %s is not used", name);
	if (nearest != NULL)
		buf_addf(&text, "; perhaps %s was meant", nearest);
	logger_warn(buf_text(&text));
}

static void
warn_of_variables(void)
{
	char name[128];

	for (size_t i = 0; environment_own(i, name, sizeof name); i++)
		warn_of_variable(name);
}

exs_status
open_files(invocation *inv, const config_critic *critic, exs_error *error)
{
	EXS_AUTO(chars) *user = NULL;
	EXS_AUTO(chars) *sandbox = NULL;
	config_paths paths = {
		.system_directory = EXS_SYSCONFDIR "/exosign",
		.named_file = inv->given->values[OPT_CONFIG],
		.profile = inv->given->values[OPT_PROFILE],
		.critic = critic,
	};

	EXS_TRY(environment_user_config(&user, error));
	EXS_TRY(environment_sandbox_config(&sandbox, error));
	paths.user_file = user;
	paths.sandbox_file = sandbox;
	warn_of_variables();
	return config_files_read(&paths, &inv->files, error);
}

config_overrides
open_overrides(const invocation *inv)
{
	config_overrides overrides = {
		.profile = inv->given->values[OPT_PROFILE],
		.profile_place = inv->given->places[OPT_PROFILE],
		.variable = environment_variable,
	};

	for (size_t i = 0; i < SETTINGS; i++)
		overrides.flags[i] = inv->given->values[OPT_SETTINGS + i];
	return overrides;
}

exs_status
open_settings(invocation *inv, exs_error *error)
{
	config_overrides overrides = open_overrides(inv);

	if (inv->settings_read)
		return EXS_OK;
	EXS_TRY(open_files(inv, NULL, error));
	EXS_TRY(settings_resolve(&inv->files, &overrides, &inv->settings, error));
	inv->settings_read = true;
	return EXS_OK;
}

exs_status
open_profile(invocation *inv, unsigned needs, exs_error *error)
{
	EXS_TRY(open_settings(inv, error));
	EXS_TRY(profile_from(&inv->settings, needs, &inv->profile, error));
	if (inv->profile.softhsm_conf != NULL)
		EXS_TRY(environment_set_softhsm(inv->profile.softhsm_conf, error));
	return EXS_OK;
}

/* A person will type now, or the device will look at the PIN: time enough to get the network ready. */
static exs_status
ask_and_prepare(void *self, const exs_pin_request *request, exs_pin_sink *sink, exs_error *error)
{
	invocation *inv = self;

	if (inv->preparation == NULL && exs_network_prepare(&inv->preparation, NULL) != EXS_OK)
		inv->preparation = NULL; /* it will be loaded when it is needed */
	return inv->pin_source.ask(inv->pin_source.self, request, sink, error);
}

static void
prepare_meanwhile(invocation *inv, exs_pin_source *source)
{
	if (source->ask == NULL)
		return;
	inv->pin_source = *source;
	source->self = inv;
	source->ask = ask_and_prepare;
}

/* Where the PIN comes from, and where failed ones are remembered. */
exs_status
open_pin(invocation *inv, exs_pin_source *ret, exs_error *error)
{
	const given *g = inv->given;

	inv->pin = (pin_choice){.fd = -1, .source = inv->profile.pin_source,
	                        .no_input = has(g, OPT_NO_INPUT)};
	if (has(g, OPT_PIN_FD))
		EXS_TRY(pin_fd_parse(g->values[OPT_PIN_FD], &inv->pin.fd, error));
	EXS_TRY(pin_source_choose(&inv->pin, ret, error));
	return environment_state_directory(&inv->state_directory, error);
}

/* A key may be named by a thumbprint; a token is named by a URI, which is what all else needs. */
static exs_status
find_uri(invocation *inv, const char *name, const char **ret, exs_error *error)
{
	span    rest = span_of(name);
	keyname first;

	*ret = name;
	if (keyname_next(&rest, &first) && first.kind == KEYNAME_URI && span_trim(rest).len == 0)
		return EXS_OK;
	EXS_TRY(exs_key_find(inv->context, name, inv->profile.signer.deadline_ms, &inv->key_uri, error));
	*ret = inv->key_uri;
	return EXS_OK;
}

exs_status
open_access(invocation *inv, const char *uri, exs_token_access *ret, exs_error *error)
{
	exs_token_access access = {.size = sizeof access,
	                           .last_try = has(inv->given, OPT_LAST_TRY),
	                           .forget_pin_failure = has(inv->given, OPT_FORGET_PIN_FAILURE)};

	EXS_TRY(open_profile(inv, uri == NULL ? PROFILE_KEY : 0, error));
	EXS_TRY(open_pin(inv, &access.pin, error));
	EXS_TRY(find_uri(inv, uri == NULL ? inv->profile.signer.key_uri : uri, &access.uri, error));
	access.state_directory = inv->state_directory;
	access.deadline_ms = inv->profile.signer.deadline_ms;
	*ret = access;
	return EXS_OK;
}

static exs_status
open_signer(invocation *inv, bool online, exs_error *error)
{
	const given        *g = inv->given;
	exs_signer_options *options = &inv->profile.signer;

	EXS_TRY(open_profile(inv, PROFILE_DIRECTORY | PROFILE_KEY, error));
	EXS_TRY(open_pin(inv, &options->pin, error));
	if (online)
		prepare_meanwhile(inv, &options->pin);
	options->state_directory = inv->state_directory;
	options->last_try = has(g, OPT_LAST_TRY);
	options->forget_pin_failure = has(g, OPT_FORGET_PIN_FAILURE);
	return exs_signer_open(inv->context, options, &inv->signer, error);
}

static exs_status
make_credential(invocation *inv, exs_error *error)
{
	return exs_credential_new(inv->context, inv->signer, &inv->profile.identity,
	                          &inv->profile.network, &inv->credential, error);
}

static exs_status
make_exchange(invocation *inv, exs_error *error)
{
	return exs_exchange_new(inv->context, inv->credential, &inv->profile.exchange,
	                        &inv->exchange, error);
}

exs_status
open_credential(invocation *inv, exs_error *error)
{
	EXS_TRY(open_signer(inv, false, error));
	return make_credential(inv, error);
}

exs_status
open_online(invocation *inv, exs_error *error)
{
	EXS_TRY(open_signer(inv, true, error));
	return make_credential(inv, error);
}

exs_status
open_exchange(invocation *inv, exs_error *error)
{
	if (inv->exchange != NULL)
		return EXS_OK;
	EXS_TRY(open_online(inv, error));
	return make_exchange(inv, error);
}

exs_status
open_preview(invocation *inv, exs_error *error)
{
	EXS_TRY(open_profile(inv, PROFILE_DIRECTORY, error));
	EXS_TRY(make_credential(inv, error));
	return make_exchange(inv, error);
}
