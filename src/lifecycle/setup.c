/*
 * From nothing to a working app, as a table of steps (entra-graph.md 3.2 to 3.6).
 *
 * An application is never made twice: it is looked for by its client id, else by its name together with the tag that a setup
 * gives it, and after an interruption long enough for the directory to show it.
 */
#include "lifecycle/setup.h"

#include "base/error.h"

#include <stdio.h>

enum { NAME_ROOM = 128 };

static const step setup_steps[] = {
	{"application", "the application", setup_look_application, setup_make_application, true},
	{"principal", "its service principal", setup_look_principal, setup_make_principal, false},
	{"permission", "the permission it asks for", setup_look_permission_anew, setup_ask_permission, false},
	{"grant", "the permission granted", setup_look_grant, setup_make_grant, false},
	{"role", "its directory role", setup_look_role, setup_assign_role, false},
	{"key", "the key in the device", setup_look_key, setup_make_key, false},
	{"certificate", "the key's certificate", setup_look_certificate, setup_make_certificate, false},
	{"upload", "the certificate registered with the app", setup_look_upload, setup_upload, false},
	{"profile", "the profile", setup_look_profile, setup_write_profile, false},
	{"token", "a real token", setup_look_token, setup_prove_token, false},
	{"cmdlet", "a real cmdlet", setup_look_cmdlet, setup_prove_cmdlet, false},
};

static exs_status
choose_role(work *w, exs_error *error)
{
	const char *name = w->options->role;
	exs_status  status;

	if (name == NULL || strcmp(name, "none") == 0)
		return EXS_OK;
	w->role = directory_role_find(name);
	if (w->role != NULL)
		return EXS_OK;
	status = exs_fail(error, E_USAGE, "\"%.100s\" is no directory role that Exchange knows for apps", name);
	error_fix(error, "exosign app plan --emit checklist lists them with what each can do; or --role none");
	return status;
}

/* The directory's id of the certificate, which its end will need. */
static void
find_key_id(const work *w, char ret[GRAPH_ID_MAX])
{
	keycreds all;
	keycred  one;

	ret[0] = '\0';
	if (keycreds_of(application_span(&w->app), &all, NULL) != EXS_OK)
		return;
	while (keycreds_next(&all, &one))
		if (keycred_is(&one, w->held.sha1, w->held.sha256))
			(void)snprintf(ret, GRAPH_ID_MAX, "%s", one.key_id);
}

/* The renewal's journal begins with what the setup knows. */
static exs_status
pass_on(const work *w, exs_error *error)
{
	EXS_SCOPED(logbook) renewal = LOGBOOK;
	char name[GRAPH_ID_MAX + 8], key[NAME_ROOM], key_id[GRAPH_ID_MAX];

	(void)snprintf(name, sizeof name, "app-%s", w->client_id);
	EXS_TRY(logbook_open(w->options->state_directory, name, true, &renewal, error));
	find_key_id(w, key_id);
	(void)snprintf(key, sizeof key, "key.%.40s", w->held.sha1);
	return logbook_set_all(&renewal,
	                       (logbook_wish[]){{"object_id", w->object_id}, {key, key_id[0] != '\0' ? key_id : "?"}},
	                       2, error);
}

exs_status
exs_app_setup(const exs_context *context, const exs_app_options *options, bool plan,
              exs_step_visit visit, void *self, exs_error *error)
{
	EXS_SCOPED(work) w = {0};
	EXS_SCOPED(buf) name = BUF(300);
	steps all = {.context = context,
	             .at = setup_steps,
	             .n = sizeof setup_steps / sizeof setup_steps[0],
	             .self = &w,
	             .journal = &w.journal,
	             .visit = visit,
	             .visit_self = self,
	             .rounds = STEP_ROUNDS,
	             .first_wait_ms = STEP_FIRST_WAIT_MS};

	if (options->signer->key_uri == NULL)
		return exs_fail(error, E_CONFIG_MISSING, "key is not set: the URI of the key, or of the one to be made");
	if (options->name == NULL || options->name[0] == '\0')
		return exs_fail(error, E_USAGE, "the application needs a name: --name NAME");
	buf_addf(&name, "setup-%.200s", options->profile);
	EXS_TRY(buf_check(&name, "the profile's name", error));
	EXS_TRY(work_begin(&w, context, options, plan, buf_text(&name), error));
	EXS_TRY(choose_role(&w, error));
	if (plan)
		return steps_plan(&all, error);
	EXS_TRY(steps_run(&all, error));
	return pass_on(&w, error);
}

bool
exs_app_role_at(size_t index, exs_app_role *ret)
{
	size_t n;
	const directory_role *roles = directory_roles(&n);

	if (index >= n)
		return false;
	*ret = (exs_app_role){roles[index].name, roles[index].template_id, roles[index].can,
	                      roles[index].compliance, roles[index].broad};
	return true;
}
