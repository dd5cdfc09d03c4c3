/* The steps of a setup that are done in the directory (entra-graph.md 3.2 to 3.4). */
#include "lifecycle/setup.h"

#include "base/error.h"

#include <stdio.h>

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

exs_status
setup_look_application(void *self, step_sight *sight, exs_error *error)
{
	work    *w = self;
	bool     found = false;
	bool     again = !w->app_awaited &&
	             (w->client_id[0] != '\0' || step_was_begun(&w->journal, "application"));
	unsigned namesakes = 0;

	EXS_TRY(find_app(w, &found, &namesakes, error));
	/* made before, by us or by an interrupted run: then it is only not everywhere yet */
	w->app_awaited = true; /* once a run: what this run makes is looked for by who made it */
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
	if (w->client_id[0] != '\0' && !w->made_app)
		return exs_fail(error, E_GRAPH_NOT_FOUND, "the tenant has no application with the client id %s",
		                w->client_id);
	sight_is(sight, EXS_STEP_NEEDED, "\"%s\", for this tenant alone%s", w->options->name,
	         namesakes > 0 ? "; another one of this name was not made by exosign and is left alone" : "");
	return EXS_OK;
}

exs_status
setup_make_application(void *self, exs_error *error)
{
	work       *w = self;
	application made = {0};
	exs_status  status = application_create(w->graph, w->options->name, WORK_TAG, &made, error);

	if (status == EXS_OK) {
		w->made_app = true;
		(void)snprintf(w->client_id, sizeof w->client_id, "%s", made.app_id);
		(void)snprintf(w->object_id, sizeof w->object_id, "%s", made.object_id);
		status = logbook_set_all(&w->journal,
		                         (logbook_wish[]){{"client_id", w->client_id}, {"object_id", w->object_id}},
		                         2, error);
	}
	application_done(&made);
	return status;
}

exs_status
setup_look_principal(void *self, step_sight *sight, exs_error *error)
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

exs_status
setup_make_principal(void *self, exs_error *error)
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
exs_status
setup_reload(work *w, exs_error *error)
{
	bool found = false;

	EXS_TRY(work_load_app(w, &found, error));
	return found ? EXS_OK
	             : exs_fail(error, E_GRAPH_NOT_FOUND, "the application %s is not there any more", w->client_id);
}

exs_status
setup_ask_permission(void *self, exs_error *error)
{
	work *w = self;

	EXS_TRY(setup_reload(w, error));
	EXS_TRY(application_ask_for(w->graph, &w->app, EXCHANGE_APP_ID, w->permission_id, error));
	return EXS_OK;
}

exs_status
setup_look_permission_anew(void *self, step_sight *sight, exs_error *error)
{
	work *w = self;

	if (w->has_app && !w->plan)
		EXS_TRY(setup_reload(w, error));
	return look_permission(w, sight, error);
}

exs_status
setup_look_grant(void *self, step_sight *sight, exs_error *error)
{
	work *w = self;
	bool  has = false;

	if (w->has_own)
		EXS_TRY(grants_have(w->graph, w->own.object_id, w->exchange.object_id, w->permission_id, &has, error));
	sight_is(sight, has ? EXS_STEP_DONE : EXS_STEP_NEEDED, "administrator's consent to %s", permission_of(w));
	return EXS_OK;
}

exs_status
setup_make_grant(void *self, exs_error *error)
{
	work *w = self;

	w->rights_fresh = true;
	return grant_create(w->graph, w->own.object_id, w->exchange.object_id, w->permission_id, error);
}

exs_status
setup_look_role(void *self, step_sight *sight, exs_error *error)
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

exs_status
setup_assign_role(void *self, exs_error *error)
{
	work *w = self;

	w->rights_fresh = true;
	if (w->options->justification != NULL)
		EXS_TRY(logbook_set(&w->journal, "justification", w->options->justification, error));
	return role_assign(w->graph, w->own.object_id, w->role->template_id, error);
}
