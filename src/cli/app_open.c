/* What the commands of `exosign app` run with. */
#include "cli/app_open.h"

#include "base/error.h"
#include "base/file.h"
#include "base/moment.h"
#include "cli/environment.h"
#include "cli/logger.h"
#include "cli/secret_fd.h"
#include "config/edit.h"

enum { TOKEN_MAX = 64 * 1024, DAYS_MAX = 36500, CHANGES_MAX = SETTINGS };

void
app_run_done(app_run *run)
{
	exs_bearer_free(run->administrator);
	exs_credential_free(run->person);
	mem_free(run->file);
	mem_free(run->name);
	mem_free(run->new_key);
}

/* The profile as its files have it, whatever this command line says. */
static exs_status
read_stored(const app_run *run, settings *ret, exs_error *error)
{
	EXS_SCOPED(invocation) again = {.given = run->inv->given};
	config_overrides plain = {.profile = run->inv->settings.profile,
	                          .profile_place = run->inv->settings.profile_place};

	EXS_TRY(open_files(&again, NULL, error));
	if (config_files_profile(&again.files, run->inv->settings.profile) == NULL)
		return EXS_OK; /* it is to be made */
	return settings_resolve(&again.files, &plain, ret, error);
}

static bool
is_stored(const settings *stored, setting_id id, const char *value)
{
	const char *is = stored->at[id].value;

	return value == NULL || (is != NULL && strcmp(is, value) == 0);
}

static exs_status
profile_holds(void *self, const exs_profile_values *values, bool *ret, exs_error *error)
{
	const app_run *run = self;
	EXS_SCOPED(settings) stored = {0};

	EXS_TRY(read_stored(run, &stored, error));
	*ret = is_stored(&stored, SETTING_CLIENT_ID, values->client_id) &&
	       is_stored(&stored, SETTING_KEY, values->key);
	return EXS_OK;
}

/* Besides what is new, what this command line said about the profile: it is to work without it. */
static exs_status
profile_put(void *self, const exs_profile_values *values, exs_error *error)
{
	app_run      *run = self;
	config_change changes[CHANGES_MAX];
	size_t        n = 0;

	for (size_t i = 0; i < SETTINGS; i++) {
		const setting *s = &run->inv->settings.at[i];
		const char    *value = s->layer == LAYER_FLAG ? s->value : NULL;

		if (i == SETTING_CLIENT_ID && values->client_id != NULL)
			value = values->client_id;
		if (i == SETTING_KEY && values->key != NULL)
			value = values->key;
		if (value != NULL)
			changes[n++] = (config_change){(setting_id)i, value};
	}
	EXS_TRY(config_edit_file(run->file, run->inv->settings.profile, changes, n, false, error));
	run->put = true;
	return EXS_OK;
}

/* The file where the profile's key stands; for a new profile the one that was named, or the user's. */
static exs_status
choose_file(app_run *run, exs_error *error)
{
	const invocation *inv = run->inv;

	for (size_t i = inv->files.n_entries; i > 0; i--) {
		const config_entry *e = &inv->files.entries[i - 1];
		const char         *colon = strrchr(e->place, ':');

		if (e->id != SETTING_KEY || strcmp(e->profile, inv->settings.profile) != 0 || colon == NULL)
			continue;
		run->file = mem_text(e->place, (size_t)(colon - e->place));
		return run->file == NULL ? mem_fail(error) : EXS_OK;
	}
	if (has(inv->given, OPT_CONFIG))
		return mem_copy(inv->given->values[OPT_CONFIG], &run->file, error);
	EXS_TRY(environment_user_config(&run->file, error));
	return run->file != NULL ? EXS_OK
	                         : exs_fail(error, E_FILE, "there is no home for a configuration file");
}

static exs_status
take_number(const given *g, option_id id, uint64_t most, uint64_t *ret, exs_error *error)
{
	if (has(g, id) && (!span_unsigned(span_of(g->values[id]), ret) || *ret == 0 || *ret > most))
		return exs_fail(error, E_USAGE, "%s is a number from 1 to %llu", option_row_of(id)->name,
		                (unsigned long long)most);
	return EXS_OK;
}

static exs_status
take_flags(app_run *run, exs_error *error)
{
	const given     *g = run->inv->given;
	exs_app_options *o = &run->options;
	uint64_t         days = 0;

	EXS_TRY(take_number(g, OPT_DAYS, DAYS_MAX, &days, error));
	o->days = (unsigned)days;
	o->name = has(g, OPT_NAME) ? g->values[OPT_NAME] : run->name;
	o->permission = g->values[OPT_PERMISSION];
	o->role = g->values[OPT_ROLE];
	o->justification = g->values[OPT_JUSTIFICATION];
	o->subject = g->values[OPT_SUBJECT];
	o->object_id = g->values[OPT_OBJECT_ID];
	o->issued = g->values[OPT_ISSUED];
	o->authority = has(g, OPT_REQUEST) || has(g, OPT_ISSUED);
	o->kind = EXS_KEY_RSA2048;
	if (has(g, OPT_TYPE) && !exs_key_kind_parse(g->values[OPT_TYPE], &o->kind))
		return exs_fail(error, E_USAGE, "--type is no kind of key");
	if (has(g, OPT_METHOD) && strcmp(g->values[OPT_METHOD], "patch") == 0)
		o->method = EXS_KEY_BY_PATCH;
	if (has(g, OPT_OVERLAP) && !moment_parse_duration(span_of(g->values[OPT_OVERLAP]), &o->overlap_s))
		return exs_fail(error, E_USAGE, "--overlap is a time: 7d, 12h, or seconds");
	return EXS_OK;
}

exs_status
app_open(app_run *run, invocation *inv, exs_error *error)
{
	exs_token_access access = {0};
	exs_app_options *o = &run->options;
	EXS_SCOPED(buf)  name = BUF(300);

	run->inv = inv;
	EXS_TRY(open_access(inv, NULL, &access, error));
	inv->profile.signer.pin = access.pin;
	inv->profile.signer.state_directory = inv->state_directory;
	inv->profile.signer.last_try = access.last_try;
	inv->profile.signer.forget_pin_failure = access.forget_pin_failure;
	buf_addf(&name, "exosign %.200s", inv->settings.profile);
	EXS_TRY(buf_take(&name, "the name", &run->name, error));
	EXS_TRY(choose_file(run, error));
	*o = (exs_app_options){.size = sizeof *o,
	                       .identity = &inv->profile.identity,
	                       .network = &inv->profile.network,
	                       .signer = &inv->profile.signer,
	                       .exchange = &inv->profile.exchange,
	                       .state_directory = inv->state_directory,
	                       .profile = inv->settings.profile};
	if (!has(inv->given, OPT_NO_PROFILE))
		o->store = (exs_profile_store){run, profile_holds, profile_put};
	return take_flags(run, error);
}

static exs_status
show_prompt(void *self, const exs_signin_prompt *prompt, exs_error *error)
{
	(void)self;
	(void)error;
	if (prompt->code[0] != '\0') {
		const exs_field fields[] = {{"open", prompt->url, 0}, {"code", prompt->code, 0}};

		logger_event(NULL, EXS_LOG_NOTICE, "oauth", "sign in as an administrator", fields, 2);
	} else {
		const exs_field fields[] = {{"open", prompt->url, 0}};

		logger_event(NULL, EXS_LOG_NOTICE, "oauth", "sign in as an administrator", fields, 1);
	}
	return EXS_OK;
}

static exs_status
take_token(app_run *run, exs_error *error)
{
	const given *g = run->inv->given;
	EXS_AUTO(secret) *token = NULL;
	int  fd = -1;
	span text;

	EXS_TRY(secret_fd_parse("--access-token-fd", g->values[OPT_ACCESS_TOKEN_FD], &fd, error));
	EXS_TRY(secret_fd_read(fd, "the descriptor of --access-token-fd", TOKEN_MAX, SECRET_FD_WAIT_MS, &token, error));
	text = secret_reveal(token);
	return exs_bearer_adopt(run->inv->context, text.at, text.len, &run->administrator, error);
}

/* A sign-in asks a person, who has a quarter of an hour for it. */
static exs_status
check_attended(const given *g, exs_error *error)
{
	exs_status status;

	if (!has(g, OPT_NO_INPUT))
		return EXS_OK;
	status = exs_fail(error, E_SIGNIN, "an administrator would have to sign in, and --no-input lets nobody be asked");
	error_fix(error, "--access-token-fd N with a token for Graph; or leave --no-input out");
	return status;
}

exs_status
app_sign_in(app_run *run, app_asker otherwise, const char *permissions, exs_error *error)
{
	const given       *g = run->inv->given;
	exs_identity       identity = run->inv->profile.identity;
	exs_signin_options options = {.size = sizeof options,
	                              .kind = has(g, OPT_BROWSER) ? EXS_SIGNIN_BROWSER : EXS_SIGNIN_DEVICE_CODE,
	                              .permissions = permissions,
	                              .show = show_prompt};

	if (has(g, OPT_ACCESS_TOKEN_FD)) {
		EXS_TRY(take_token(run, error));
	} else if (otherwise == APP_ADMINISTRATOR || has(g, OPT_ADMINISTRATOR) || has(g, OPT_BROWSER)) {
		EXS_TRY(check_attended(g, error));
		identity.client_id = has(g, OPT_SIGNIN_CLIENT) ? g->values[OPT_SIGNIN_CLIENT] : EXS_SIGNIN_CLIENT_ID;
		EXS_TRY(exs_credential_new(run->inv->context, NULL, &identity, &run->inv->profile.network, &run->person,
		                           error));
		EXS_TRY(exs_signin(run->inv->context, run->person, &options, &run->administrator, error));
	}
	run->options.administrator = run->administrator;
	return EXS_OK;
}
