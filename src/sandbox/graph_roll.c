/*
 * addKey and removeKey. See graph_roll.h.
 */
#include "graph_roll.h"

#include <strings.h>

#include "graph_application.h"
#include "graph_authorise.h"
#include "graph_key.h"

/* In the application's own name, or in that of one which may change it anyhow; never in a person's. */
static bool
may_roll(struct graph *graph, const struct app *app)
{
	const struct bearer_facts *bearer = &graph->bearer;

	if (bearer->delegated)
		return graph_fail_denied(graph);
	if (strcasecmp(bearer->appid, app->id) == 0)
		return true;
	return authorise_route(graph, NEED_APP_WRITE) && authorise_object(graph, app);
}

/* The application, once the caller and the proof were found good. NULL: refused. */
static struct app *
begin(struct graph *graph)
{
	struct app *app = application_named(graph);
	const char *proof = graph_body_string(graph, "proof");

	if (app == NULL || !may_roll(graph, app))
		return NULL;
	if (proof == NULL) {
		graph_fail_bad(graph, "Property proof is required but is missing.");
		return NULL;
	}
	return proof_accept(graph, app, proof) ? app : NULL;
}

void
key_roll_add(struct graph *graph)
{
	const cJSON *credential = cJSON_GetObjectItemCaseSensitive(graph->body, "keyCredential");
	const cJSON *password = cJSON_GetObjectItemCaseSensitive(graph->body, "passwordCredential");
	struct app *app = begin(graph);
	const struct app_certificate *added;
	cJSON *made;

	if (app == NULL)
		return;
	if (!cJSON_IsObject(credential) || (password != NULL && !cJSON_IsNull(password))) {
		graph_fail_bad(graph, "addKey needs a keyCredential, and a passwordCredential only "
		               "for X509CertAndPassword.");
		return;
	}
	added = key_add(graph, app, credential);
	if (added == NULL)
		return;
	made = key_render(added, false);
	graph_context(made, "microsoft.graph.keyCredential");
	graph_answer(graph, 200, made);
}

void
key_roll_remove(struct graph *graph)
{
	const char *id = graph_body_string(graph, "keyId");
	struct app *app = begin(graph);

	if (app == NULL)
		return;
	for (size_t i = 0; id != NULL && i < app->n_certificates; i++) {
		if (strcasecmp(app->certificates[i].key_id, id) != 0)
			continue;
		app_drop_certificate(app, i);
		graph->changed = true;
		graph_answer_nothing(graph);
		return;
	}
	graph_fail_bad(graph, "No credentials found to be removed with KeyId '%s'.",
	               id != NULL ? id : "");
}
