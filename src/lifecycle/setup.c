/*
 * From nothing to a working app, as a table of steps (entra-graph.md 3.2 to 3.6).
 *
 * An application is never made twice: it is looked for by its client id, else by its name together with the tag that a setup
 * gives it, and after an interruption long enough for the directory to show it.
 */
#include "lifecycle/probe.h"
#include "lifecycle/work.h"

#include "base/error.h"
#include "base/moment.h"

#include <stdio.h>

enum { BODY_MAX = 3 * 1024 * 1024, NAME_ROOM = 128 };

static const char *
permission_of(const work *w)
{
	return w->options->permission != NULL ? w->options->permission : MANAGE_AS_APP;
}

static exs_status
find_by_tag(work *w, bool *ret_found, unsigned *ret_namesakes, exs_error *error)
{
	application_done(&w->app);
	w->app = (application){0};
	w->has_app = false;
	EXS_TRY(application_by_tag(w->graph, w->options->name, WORK_TAG, &w->app, ret_found, ret_namesakes, error));
	w->has_app = *ret_found;
	return EXS_OK;
}

static void
take_ids(work *w)
{
	(void)snprintf(w->client_id, sizeof w->client_id, "%s", w->app.app_id);
	(void)snprintf(w->object_id, sizeof w->object_id, "%s", w->app.object_id);
}

/* Known ids come first; a name is only looked for when there are none. */
static exs_status
find_app(work *w, bool *ret_found, unsigned *ret_namesakes, exs_error *error)
{
	*ret_namesakes = 0;
	EXS_TRY(work_graph(w, error));
	if (w->client_id[0] == '\0' && graph_is_id(logbook_get(&w->journal, "client_id")))
		(void)snprintf(w->client_id, sizeof w->client_id, "%s", logbook_get(&w->journal, "client_id"));
	if (w->client_id[0] != '\0')
		return work_load_app(w, ret_found, error);
	return find_by_tag(w, ret_found, ret_namesakes, error);
}

static exs_status
look_application(void *self, step_sight *sight, exs_error *error)
{
	work    *w = self;
	bool     found = false, again = w->client_id[0] != '\0' || step_was_begun(&w->journal, "application");
	unsigned namesakes = 0;

	EXS_TRY(find_app(w, &found, &namesakes, error));
	/* made before, by us or by an interrupted run: then it is only not everywhere yet */
	for (unsigned round = 0; !found && again && !w->plan; round++) {
		EXS_TRY(graph_wait(w->graph, round + 4 < w->graph->rounds ? round : w->graph->rounds,
		                   "the application", &again, error));
		EXS_TRY(find_app(w, &found, &namesakes, error));
	}
	if (found) {
		take_ids(w);
		sight_is(sight, EXS_STEP_DONE, "client id %s, object id %s", w->client_id, w->object_id);
		return w->journal.kept ? logbook_set_all(&w->journal,
		                                         (logbook_wish[]){{"client_id", w->client_id},
		                                                          {"object_id", w->object_id}},
		                                         2, error)
		                       : EXS_OK;
	}
	if (w->client_id[0] != '\0')
		return exs_fail(error, E_GRAPH_NOT_FOUND, "the tenant has no application with the client id %s",
		                w->client_id);
	sight_is(sight, EXS_STEP_NEEDED, "\"%s\", for this tenant alone%s", w->options->name,
	         namesakes > 0 ? "; another one of this name was not made by exosign and is left alone" : "");
	return EXS_OK;
}

static exs_status
make_application(void *self, exs_error *error)
{
	work       *w = self;
	application made = {0};
	exs_status  status = application_create(w->graph, w->options->name, WORK_TAG, &made, error);

	if (status == EXS_OK) {
		(void)snprintf(w->client_id, sizeof w->client_id, "%s", made.app_id);
		(void)snprintf(w->object_id, sizeof w->object_id, "%s", made.object_id);
		status = logbook_set_all(&w->journal,
		                         (logbook_wish[]){{"client_id", w->client_id}, {"object_id", w->object_id}},
		                         2, error);
	}
	application_done(&made);
	return status;
}

static exs_status
look_principal(void *self, step_sight *sight, exs_error *error)
{
	work *w = self;

	if (!w->has_app) {
		sight_is(sight, EXS_STEP_NEEDED, "of the application");
		return EXS_OK;
	}
	principal_done(&w->own);
	w->own = (principal){0};
	EXS_TRY(principal_by_app_id(w->graph, w->client_id, &w->own, &w->has_own, error));
	if (w->has_own)
		sight_is(sight, EXS_STEP_DONE, "object id %s", w->own.object_id);
	else
		sight_is(sight, EXS_STEP_NEEDED, "of the application %s", w->client_id);
	return EXS_OK;
}

static exs_status
make_principal(void *self, exs_error *error)
{
	work      *w = self;
	principal  made = {0};
	exs_status status = principal_create(w->graph, w->client_id, &made, error);

	principal_done(&made);
	return status;
}

/* The permission's id is Exchange's to say: it is resolved in this tenant, each time. */
static exs_status
resolve_permission(work *w, exs_error *error)
{
	exs_status status;

	if (w->permission_id[0] != '\0')
		return EXS_OK;
	if (!w->has_exchange)
		EXS_TRY(principal_by_app_id(w->graph, EXCHANGE_APP_ID, &w->exchange, &w->has_exchange, error));
	if (!w->has_exchange) {
		status = exs_fail(error, E_GRAPH_NOT_FOUND, "the tenant has no service principal of Exchange Online");
		error_fix(error, "the tenant needs a licence with Exchange Online first");
		return status;
	}
	if (principal_role_id(&w->exchange, permission_of(w), w->permission_id))
		return EXS_OK;
	status = exs_fail(error, E_USAGE, "Exchange Online offers no application permission \"%.100s\"",
	                  permission_of(w));
	error_fix(error, "leave --permission out for " MANAGE_AS_APP);
	return status;
}

static exs_status
look_permission(void *self, step_sight *sight, exs_error *error)
{
	work *w = self;

	EXS_TRY(resolve_permission(w, error));
	sight_is(sight, w->has_app && application_asks_for(&w->app, EXCHANGE_APP_ID, w->permission_id)
	                        ? EXS_STEP_DONE : EXS_STEP_NEEDED,
	         "%s of Office 365 Exchange Online", permission_of(w));
	return EXS_OK;
}

/* What was read before may be old: the list is read and written in one go. */
static exs_status
reload(work *w, exs_error *error)
{
	bool found = false;

	EXS_TRY(work_load_app(w, &found, error));
	return found ? EXS_OK
	             : exs_fail(error, E_GRAPH_NOT_FOUND, "the application %s is not there any more", w->client_id);
}

static exs_status
ask_permission(void *self, exs_error *error)
{
	work *w = self;

	EXS_TRY(reload(w, error));
	EXS_TRY(application_ask_for(w->graph, &w->app, EXCHANGE_APP_ID, w->permission_id, error));
	return EXS_OK;
}

static exs_status
look_permission_anew(void *self, step_sight *sight, exs_error *error)
{
	work *w = self;

	if (w->has_app && !w->plan)
		EXS_TRY(reload(w, error));
	return look_permission(w, sight, error);
}

static exs_status
look_grant(void *self, step_sight *sight, exs_error *error)
{
	work *w = self;
	bool  has = false;

	if (w->has_own)
		EXS_TRY(grants_have(w->graph, w->own.object_id, w->exchange.object_id, w->permission_id, &has, error));
	sight_is(sight, has ? EXS_STEP_DONE : EXS_STEP_NEEDED, "administrator's consent to %s", permission_of(w));
	return EXS_OK;
}

static exs_status
make_grant(void *self, exs_error *error)
{
	work *w = self;

	w->rights_fresh = true;
	return grant_create(w->graph, w->own.object_id, w->exchange.object_id, w->permission_id, error);
}

static exs_status
look_role(void *self, step_sight *sight, exs_error *error)
{
	work *w = self;
	bool  has = false;

	if (w->role == NULL) {
		sight_is(sight, EXS_STEP_LEFT_OUT,
		         "none is wanted: what the app may do comes from role groups inside Exchange");
		return EXS_OK;
	}
	if (w->has_own)
		EXS_TRY(roles_have(w->graph, w->own.object_id, w->role->template_id, &has, error));
	sight_is(sight, has ? EXS_STEP_DONE : EXS_STEP_NEEDED, "%s: %s", w->role->name, w->role->can);
	return EXS_OK;
}

static exs_status
assign_role(void *self, exs_error *error)
{
	work *w = self;

	w->rights_fresh = true;
	if (w->options->justification != NULL)
		EXS_TRY(logbook_set(&w->journal, "justification", w->options->justification, error));
	return role_assign(w->graph, w->own.object_id, w->role->template_id, error);
}

static exs_status
look_key(void *self, step_sight *sight, exs_error *error)
{
	work *w = self;

	EXS_TRY(held_look(w->context, w->old_uri, w->options->signer->certificate,
	                  w->options->signer->deadline_ms, &w->held, error));
	sight_is(sight, w->held.has_key ? EXS_STEP_DONE : EXS_STEP_NEEDED, "%s%s%s", w->old_uri,
	         w->held.has_key ? "" : ", ", w->held.has_key ? "" : exs_key_kind_name(w->options->kind));
	return EXS_OK;
}

static exs_status
make_key(void *self, exs_error *error)
{
	work *w = self;

	return work_make_key(w, w->old_uri, error);
}

static exs_status
look_certificate(void *self, step_sight *sight, exs_error *error)
{
	work    *w = self;
	unsigned days = 0;

	EXS_TRY(held_look(w->context, w->old_uri, w->options->signer->certificate,
	                  w->options->signer->deadline_ms, &w->held, error));
	if (w->held.has_certificate) {
		EXS_TRY(work_check_lifetime(w, &w->held, error));
		sight_is(sight, EXS_STEP_DONE, "%s, until %.10s", w->held.sha1, moment_print(w->held.not_after).at);
		return EXS_OK;
	}
	EXS_TRY(work_days(w, &days, error));
	sight_is(sight, EXS_STEP_NEEDED, "self-signed, %u days", days);
	return EXS_OK;
}

static exs_status
make_certificate(void *self, exs_error *error)
{
	work *w = self;

	return work_make_certificate(w, w->old_uri, error);
}

/* Is the held certificate among the app's? *ret_others: how many other entries there are. */
static exs_status
find_uploaded(work *w, bool *ret, unsigned *ret_others, exs_error *error)
{
	keycreds all;
	keycred  one;

	*ret = false;
	*ret_others = 0;
	EXS_TRY(keycreds_of(application_span(&w->app), &all, error));
	while (keycreds_next(&all, &one)) {
		if (keycred_is(&one, w->held.sha1, w->held.sha256))
			*ret = true;
		else
			++*ret_others;
	}
	return EXS_OK;
}

static exs_status
look_upload(void *self, step_sight *sight, exs_error *error)
{
	work    *w = self;
	bool     has = false;
	unsigned others = 0;

	if (w->has_app && !w->plan)
		EXS_TRY(reload(w, error));
	if (w->has_app)
		EXS_TRY(find_uploaded(w, &has, &others, error));
	if (others > 0)
		sight_is(sight, has ? EXS_STEP_DONE : EXS_STEP_NEEDED,
		         "beside %u other%s, which stay%s byte for byte", others, others == 1 ? "" : "s",
		         others == 1 ? "s" : "");
	else
		sight_is(sight, has ? EXS_STEP_DONE : EXS_STEP_NEEDED, "the app's only certificate");
	return EXS_OK;
}

static exs_status
upload(void *self, exs_error *error)
{
	work *w = self;
	EXS_SCOPED(buf) entry = BUF(HELD_DER_MAX * 2);
	EXS_SCOPED(buf) body = BUF(BODY_MAX);
	char     name[NAME_ROOM];
	keycreds all;

	EXS_TRY(reload(w, error));
	EXS_TRY(keycreds_of(application_span(&w->app), &all, error));
	(void)snprintf(name, sizeof name, "exosign %.16s", w->held.sha1);
	keycred_write(&entry, buf_span(&w->held.der), name);
	EXS_TRY(buf_check(&entry, "the certificate", error));
	EXS_TRY(keycreds_patch(&all, NULL, buf_span(&entry), &body, error));
	return application_patch(w->graph, &w->app, "add the certificate", buf_span(&body), error);
}

static exs_status
look_profile(void *self, step_sight *sight, exs_error *error)
{
	work *w = self;
	const exs_profile_store *store = &w->options->store;
	exs_profile_values values = {w->client_id, w->old_uri};
	bool has = false;

	if (store->holds == NULL) {
		sight_is(sight, EXS_STEP_LEFT_OUT, "not asked for");
		return EXS_OK;
	}
	if (w->client_id[0] != '\0')
		EXS_TRY(store->holds(store->self, &values, &has, error));
	sight_is(sight, has ? EXS_STEP_DONE : EXS_STEP_NEEDED, "profile %s: client-id and key",
	         w->options->profile);
	return EXS_OK;
}

static exs_status
write_profile(void *self, exs_error *error)
{
	work *w = self;
	exs_profile_values values = {w->client_id, w->old_uri};

	return w->options->store.put(w->options->store.self, &values, error);
}

static exs_status
look_token(void *self, step_sight *sight, exs_error *error)
{
	const work *w = self;

	(void)error;
	sight_is(sight, w->token_proved ? EXS_STEP_DONE : EXS_STEP_NEEDED, "signed in the device, from the directory");
	return EXS_OK;
}

static exs_status
prove_token(void *self, exs_error *error)
{
	work *w = self;

	EXS_TRY(work_signer(w, error));
	return probe_token(w, w->signer, 0, &w->token_proved, error);
}

static exs_status
look_cmdlet(void *self, step_sight *sight, exs_error *error)
{
	const work *w = self;

	(void)error;
	sight_is(sight, w->cmdlet_proved ? EXS_STEP_DONE : EXS_STEP_NEEDED, "Get-AcceptedDomain, which only reads");
	return EXS_OK;
}

static exs_status
prove_cmdlet(void *self, exs_error *error)
{
	work *w = self;

	EXS_TRY(probe_cmdlet(w, w->signer, error));
	w->cmdlet_proved = true;
	return EXS_OK;
}

static const step setup_steps[] = {
	{"application", "the application", look_application, make_application, false},
	{"principal", "its service principal", look_principal, make_principal, false},
	{"permission", "the permission it asks for", look_permission_anew, ask_permission, false},
	{"grant", "the permission granted", look_grant, make_grant, false},
	{"role", "its directory role", look_role, assign_role, false},
	{"key", "the key in the device", look_key, make_key, false},
	{"certificate", "the key's certificate", look_certificate, make_certificate, false},
	{"upload", "the certificate registered with the app", look_upload, upload, false},
	{"profile", "the profile", look_profile, write_profile, false},
	{"token", "a real token", look_token, prove_token, false},
	{"cmdlet", "a real cmdlet", look_cmdlet, prove_cmdlet, false},
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
