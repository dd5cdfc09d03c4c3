/*
 * The way of a request through Graph. See graph.h.
 *
 * Faults first, then the bearer, then what it may do, then the query and the body, then the handler
 * under the registry's lock. What the handler changed is on disk before the answer leaves.
 */
#include "graph.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "graph_authorise.h"
#include "graph_call.h"
#include "graph_faults.h"
#include "graph_query.h"
#include "graph_route.h"
#include "tenant.h"

enum { BODY_MAX = 1024 * 1024 };

static void
begin(struct graph *graph, const struct web_request *request, struct web_answer *answer)
{
	const char *id = web_header(request, "client-request-id");

	*graph = (struct graph){ .request = request, .answer = answer };
	guid_make(graph->request_id);
	snprintf(graph->client_request_id, sizeof(graph->client_request_id), "%s",
	         id != NULL && guid_is(id) ? id : graph->request_id);
}

static bool
read_body(struct graph *graph)
{
	const char *type = web_header(graph->request, "Content-Type");
	bool wanted = strcmp(graph->request->method, "GET") != 0 &&
	              strcmp(graph->request->method, "DELETE") != 0;

	if (!wanted)
		return true;
	if (type == NULL || strncasecmp(type, "application/json", 16) != 0)
		return graph_fail(graph, 400, "BadRequest", "Write requests (excluding DELETE) must "
		                  "contain the Content-Type header declaration.");
	if (graph->request->body_len > BODY_MAX)
		return graph_fail(graph, 413, "RequestEntityTooLarge",
		                  "The request body has more than %d bytes.", BODY_MAX);
	graph->body = cJSON_ParseWithOpts(graph->request->body, NULL, true);
	if (cJSON_IsObject(graph->body))
		return true;
	return graph_fail(graph, 400, "BadRequest",
	                  "Unable to read JSON request payload. Please ensure Content-Type header is "
	                  "set and payload is of valid JSON format.");
}

/* The handler with the registry to itself. */
static void
handle(struct graph *graph)
{
	int lock = apps_lock(the_tenant.directory);
	char why[256];

	if (lock < 0 || !apps_read(the_tenant.directory, &graph->apps, why, sizeof(why))) {
		graph_fail(graph, 500, "InternalServerError", "%s", lock < 0 ? strerror(errno) : why);
	} else {
		graph->route->answer(graph);
		if (graph->changed && !graph->failed && !faults_forget(graph) &&
		    !apps_write(the_tenant.directory, &graph->apps))
			graph_fail(graph, 507, "InsufficientStorage", "apps.json: %s", strerror(errno));
	}
	apps_free(&graph->apps);
	apps_unlock(lock);
}

bool
graph_serve(const struct web_request *request, struct web_answer *answer)
{
	struct graph graph;
	char counted[96];

	if (strncasecmp(request->path, "/v1.0/", 6) != 0)
		return false;
	ledger_count("graph.request");
	begin(&graph, request, answer);
	if (!route_cut(&graph)) {
		graph_fail(&graph, 400, "BadRequest", "The request URI is not valid.");
		return true;
	}
	graph.route = route_find(&graph);
	if (graph.route == NULL)
		return true;
	snprintf(counted, sizeof(counted), "graph.%s", graph.route->name);
	ledger_count(counted);
	if (graph_faults_before(&graph))
		return true;
	if (authorise_caller(&graph) && authorise_route(&graph, graph.route->need) &&
	    query_check(&graph) && read_body(&graph))
		handle(&graph);
	cJSON_Delete(graph.body);
	graph_faults_after(&graph);
	return true;
}
