/* What a new profile is made of. */
#include "cli/init_answers.h"

#include "base/error.h"
#include "cli/environment.h"
#include "cli/init_key.h"
#include "cli/prompt.h"
#include "config/ini.h"
#include "config/value.h"

#include <unistd.h>

enum { PATH_ROOM = 4200, ASKED_MOST = 3 };

void
init_answers_done(init_answers *a)
{
	mem_free(a->profile);
	for (size_t i = 0; i < SETTINGS; i++)
		mem_free(a->at[i]);
}

/* A password in a proxy's address, say: value_show() blots out what must not be seen. */
static exs_status
refuse_secret(setting_id id, const char *value, exs_error *error)
{
	EXS_SCOPED(buf) shown = BUF(VALUE_MAX + PATH_ROOM);
	exs_status status;

	value_show(id, value, &shown);
	if (strcmp(buf_text(&shown), value) == 0)
		return EXS_OK;
	status = exs_fail(error, E_CONFIG_VALUE, "%s holds a secret, and none is written into a file",
	                  setting_row_of(id)->flag);
	error_fix(error, "leave it out here; give it with %s when it is needed", setting_row_of(id)->variable);
	return status;
}

static exs_status
keep(init_answers *a, setting_id id, const char *value, const char *place, exs_error *error)
{
	EXS_SCOPED(buf) anchored = BUF(VALUE_MAX + PATH_ROOM);
	char directory[PATH_ROOM];

	EXS_TRY(value_check(id, span_of(value), place, error));
	EXS_TRY(refuse_secret(id, value, error));
	if (getcwd(directory, sizeof directory) == NULL)
		return exs_fail(error, E_FILE, "the working directory cannot be told");
	value_anchor(id, span_of(value), directory, &anchored);
	mem_free(a->at[id]);
	a->at[id] = NULL;
	return buf_take(&anchored, "a setting", &a->at[id], error);
}

exs_status
init_take_options(const given *g, init_answers *a, exs_error *error)
{
	a->attended = !has(g, OPT_NO_INPUT) && prompt_possible();
	a->generate = has(g, OPT_GENERATE);
	for (size_t i = 0; i < SETTINGS; i++)
		if (g->values[OPT_SETTINGS + i] != NULL)
			EXS_TRY(keep(a, (setting_id)i, g->values[OPT_SETTINGS + i],
			             setting_row_of((setting_id)i)->flag, error));
	return EXS_OK;
}

exs_status
init_ask_profile(const given *g, init_answers *a, exs_error *error)
{
	exs_status status;

	if (g->values[OPT_PROFILE] != NULL)
		EXS_TRY(mem_copy(g->values[OPT_PROFILE], &a->profile, error));
	else if (a->attended)
		EXS_TRY(prompt_line("name of the new profile", "default", &a->profile, error));
	else
		EXS_TRY(mem_copy("default", &a->profile, error));
	if (ini_is_name(span_of(a->profile)) && a->profile[0] != '\0')
		return EXS_OK;
	status = exs_fail(error, E_USAGE, "a profile cannot be called \"%.80s\"", a->profile);
	error_fix(error, "letters, digits, '.', '-' and '_', at most %d of them", (int)INI_NAME_MAX);
	return status;
}

/* What is asked for, in this order. */
static const struct question {
	setting_id  id;
	bool        needed;
	bool        later; /* a person may leave it to app setup */
	const char *text;
	const char *variable; /* of other programs, offered as the answer */
} questions[] = {
	{SETTING_TENANT, true, false, "tenant (the directory's GUID or a domain of it)", "AZURE_TENANT_ID"},
	{SETTING_CLIENT_ID, true, true,
	 "client-id (the app registration's Application ID; empty: none yet, exosign app setup makes one)", "AZURE_CLIENT_ID"},
	{SETTING_ORGANIZATION, false, false, "organization (NAME.onmicrosoft.com; empty: none)", ""},
	{SETTING_PIN_SOURCE, false, false, "pin-source (credential:NAME or file:PATH; empty: the terminal is asked)", ""},
};

/* What the library would say of such an identity, before it stands in a file. */
static exs_status
check_identity(const invocation *inv, const init_answers *a, exs_error *error)
{
	static const char nobody[] = "00000000-0000-0000-0000-000000000000";
	const char *const *at = (const char *const *)a->at;
	const exs_identity id = {.size = sizeof id,
	                         .tenant = at[SETTING_TENANT] != NULL ? at[SETTING_TENANT] : nobody,
	                         .client_id = at[SETTING_CLIENT_ID] != NULL ? at[SETTING_CLIENT_ID] : nobody,
	                         .organization = at[SETTING_ORGANIZATION],
	                         .token_endpoint = at[SETTING_TOKEN_ENDPOINT]};
	exs_credential *credential = NULL;

	if (id.token_endpoint != NULL)
		return EXS_OK;
	EXS_TRY(exs_credential_new(inv->context, NULL, &id, NULL, &credential, error));
	exs_credential_free(credential);
	return EXS_OK;
}

static exs_status
take_answer(const invocation *inv, init_answers *a, setting_id id, const char *answer, exs_error *error)
{
	exs_status status = keep(a, id, answer, setting_row_of(id)->key, error);

	if (status == EXS_OK)
		status = check_identity(inv, a, error);
	if (status != EXS_OK) {
		mem_free(a->at[id]);
		a->at[id] = NULL;
	}
	return status;
}

static exs_status
ask_setting(const invocation *inv, init_answers *a, const struct question *q, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();

	if (cause == NULL)
		return mem_fail(error);
	for (int i = 0; i < ASKED_MOST; i++) {
		EXS_AUTO(chars) *answer = NULL;

		EXS_TRY(prompt_line(q->text, environment_variable(q->variable), &answer, error));
		if (answer[0] == '\0' && (!q->needed || q->later))
			return EXS_OK;
		exs_error_clear(cause);
		if (answer[0] == '\0')
			continue;
		if (take_answer(inv, a, q->id, answer, cause) == EXS_OK)
			return EXS_OK;
		EXS_TRY(prompt_show(exs_error_message(cause), error));
	}
	if (exs_error_status(cause) == EXS_OK)
		return exs_fail(error, E_CONFIG_MISSING, "%s was not given", setting_row_of(q->id)->key);
	error_copy(error, cause);
	return exs_error_status(cause);
}

/* All that is missing is named at once. */
static exs_status
check_complete(const init_answers *a, exs_error *error)
{
	EXS_SCOPED(buf) missing = BUF(512);
	exs_status status;

	if (a->at[SETTING_KEY] == NULL)
		buf_puts(&missing, "--key");
	for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
		if (questions[i].needed && !(questions[i].later && a->attended) && a->at[questions[i].id] == NULL &&
		    (questions[i].id != SETTING_TENANT || a->at[SETTING_TOKEN_ENDPOINT] == NULL))
			buf_addf(&missing, "%s%s", missing.len > 0 ? ", " : "", setting_row_of(questions[i].id)->flag);
	if (missing.len == 0)
		return EXS_OK;
	status = exs_fail(error, E_CONFIG_MISSING, "a profile needs %s", buf_text(&missing));
	error_why(error, "there is nobody to ask");
	error_fix(error, "give them as options, or run it at a terminal; exosign hsm list shows the keys");
	return status;
}

exs_status
init_ask_rest(const invocation *inv, init_answers *a, exs_error *error)
{
	if (a->attended && a->at[SETTING_KEY] == NULL) {
		EXS_AUTO(chars) *key = NULL;

		EXS_TRY(init_pick_key(inv, a->profile, &key, &a->generate, error));
		EXS_TRY(keep(a, SETTING_KEY, key, "key", error));
	}
	for (size_t i = 0; a->attended && i < sizeof questions / sizeof questions[0]; i++)
		if (a->at[questions[i].id] == NULL)
			EXS_TRY(ask_setting(inv, a, &questions[i], error));
	EXS_TRY(check_complete(a, error));
	return check_identity(inv, a, error);
}
