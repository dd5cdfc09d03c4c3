/*
 * exosign init: from a token to a profile, and straight to the doctor.
 *
 * Nothing is written before all is known, and a key is made before the profile that names it, so that what stands in the file is there.
 */
#include "base/context.h"
#include "base/error.h"
#include "base/file.h"
#include "cli/cmd_doctor.h"
#include "cli/environment.h"
#include "cli/init_answers.h"
#include "cli/owned.h"
#include "cli/prompt.h"
#include "config/edit.h"

/* Where the profile goes: --config FILE, else the user's own file. */
static exs_status
choose_file(const given *g, char **ret, exs_error *error)
{
	exs_status status;

	if (g->values[OPT_CONFIG] != NULL)
		return mem_copy(g->values[OPT_CONFIG], ret, error);
	EXS_TRY(environment_user_config(ret, error));
	if (*ret != NULL)
		return EXS_OK;
	status = exs_fail(error, E_CONFIG_FILE, "there is no home to keep a configuration file in");
	error_fix(error, "set HOME, or name a file: --config FILE");
	return status;
}

/* The files as they are; the one that is to be made need not be there. */
static exs_status
read_files(invocation *inv, given *seen, const char *path, exs_error *error)
{
	*seen = *inv->given;
	if (file_is_missing(path))
		seen->values[OPT_CONFIG] = NULL;
	inv->given = seen;
	return open_files(inv, NULL, error);
}

/* A profile that is there, wherever, is not replaced by accident. */
static exs_status
check_free(const invocation *inv, const init_answers *a, exs_error *error)
{
	const config_profile *there = config_files_profile(&inv->files, a->profile);
	EXS_SCOPED(buf) question = BUF(1024);
	bool       yes = has(inv->given, OPT_YES);
	exs_status status;

	if (there == NULL || yes)
		return EXS_OK;
	buf_addf(&question, "replace the profile \"%s\" (%s)?", a->profile, there->place);
	if (a->attended)
		EXS_TRY(prompt_yes(buf_text(&question), &yes, error));
	if (yes)
		return EXS_OK;
	status = exs_fail(error, E_UNCONFIRMED, "there is a profile \"%s\" already (%s)", a->profile, there->place);
	error_fix(error, "another name: --profile NAME; or --yes to replace it");
	return status;
}

/* SoftHSM is told where its tokens are before anybody looks for them. */
static exs_status
prepare_module(const init_answers *a, exs_error *error)
{
	const char *path = a->at[SETTING_SOFTHSM_CONF];

	return path == NULL ? EXS_OK : environment_set_softhsm(path, error);
}

static exs_status
make_key(invocation *inv, const init_answers *a, exs_error *error)
{
	const given *g = inv->given;
	exs_key_wish wish = {.size = sizeof wish};
	exs_token_access access = {.size = sizeof access,
	                           .uri = a->at[SETTING_KEY],
	                           .last_try = has(g, OPT_LAST_TRY),
	                           .forget_pin_failure = has(g, OPT_FORGET_PIN_FAILURE)};
	EXS_AUTO(exs_key) *made = NULL;

	if (has(g, OPT_TYPE) && !exs_key_kind_parse(g->values[OPT_TYPE], &wish.kind))
		return exs_fail(error, E_USAGE, "--type cannot be %s", g->values[OPT_TYPE]);
	inv->profile.pin_source = a->at[SETTING_PIN_SOURCE];
	EXS_TRY(open_pin(inv, &access.pin, error));
	access.state_directory = inv->state_directory;
	EXS_TRY(exs_key_generate(inv->context, &access, &wish, &made, error));
	LOG(inv->context, EXS_LOG_NOTICE, "init", "key made", LOG_TEXT("key", exs_key_describe(made)->uri));
	return EXS_OK;
}

static exs_status
write_profile(const invocation *inv, const init_answers *a, const char *path, exs_error *error)
{
	config_change changes[SETTINGS];
	size_t        n = 0;

	for (size_t i = 0; i < SETTINGS; i++)
		if (a->at[i] != NULL)
			changes[n++] = (config_change){(setting_id)i, a->at[i]};
	EXS_TRY(config_edit_file(path, a->profile, changes, n, true, error));
	LOG(inv->context, EXS_LOG_NOTICE, "init", "profile written", LOG_TEXT("profile", a->profile),
	    LOG_TEXT("file", path));
	return EXS_OK;
}

/* As if it had been asked for with the new profile; what was read and opened so far is read anew. */
static exs_status
examine(invocation *inv, const given *original, given *seen, const init_answers *a, exs_error *error)
{
	*seen = *original;
	seen->values[OPT_PROFILE] = a->profile;
	seen->places[OPT_PROFILE] = "--profile";
	inv->given = seen;
	inv->profile = (profile){0};
	config_files_done(&inv->files);
	settings_done(&inv->settings);
	mem_free(inv->state_directory);
	inv->state_directory = NULL;
	return doctor_examine(inv, has(original, OPT_LIVE), error);
}

static exs_status
init(invocation *inv, const given *original, given *seen, init_answers *a, exs_error *error)
{
	EXS_AUTO(chars) *path = NULL;

	EXS_TRY(choose_file(original, &path, error));
	EXS_TRY(read_files(inv, seen, path, error));
	EXS_TRY(init_take_options(original, a, error));
	EXS_TRY(init_ask_profile(original, a, error));
	EXS_TRY(check_free(inv, a, error));
	EXS_TRY(prepare_module(a, error));
	EXS_TRY(init_ask_rest(inv, a, error));
	if (a->generate)
		EXS_TRY(make_key(inv, a, error));
	EXS_TRY(write_profile(inv, a, path, error));
	return examine(inv, original, seen, a, error);
}

exs_status
run_init(invocation *inv, exs_error *error)
{
	EXS_SCOPED(init_answers) answers = {0};
	const given *original = inv->given;
	given        seen;
	exs_status   status = init(inv, original, &seen, &answers, error);

	inv->given = original;
	return status;
}
