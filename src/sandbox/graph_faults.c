/*
 * What can go wrong in Graph. See graph_faults.h.
 */
#include "graph_faults.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "fault.h"
#include "graph_route.h"

static void
throttled(struct graph *graph, const struct fault_hit *hit)
{
	graph_fail(graph, 429, "TooManyRequests", "Too many requests.");
	if (hit->number > 0)
		web_set(graph->answer, "Retry-After", "%ld", hit->number);
}

static void
unavailable(struct graph *graph, const struct fault_hit *hit)
{
	graph_fail(graph, 503, "ServiceUnavailable", "The service is temporarily unavailable.");
	if (hit->number > 0)
		web_set(graph->answer, "Retry-After", "%ld", hit->number);
}

static void
timed_out(struct graph *graph, const struct fault_hit *hit)
{
	(void)hit;
	graph_fail(graph, 504, "UnknownError", "%s", "");
}

static void
broken(struct graph *graph, const struct fault_hit *hit)
{
	(void)hit;
	graph_fail(graph, 500, "InternalServerError", "An internal server error occurred.");
}

static void
denied(struct graph *graph, const struct fault_hit *hit)
{
	(void)hit;
	graph_fail_denied(graph);
}

static void
missing(struct graph *graph, const struct fault_hit *hit)
{
	(void)hit;
	graph_fail_missing(graph, graph->n_segments > 1 ? graph->segments[1] : "");
}

static void
reset(struct graph *graph, const struct fault_hit *hit)
{
	(void)hit;
	graph->answer->ending = WEB_RESET;
}

static void
gateway(struct graph *graph, const struct fault_hit *hit)
{
	web_html(graph->answer, (int)hit->number);
}

/* As if the machine lost power; nothing of the request is heard of again. */
static void
die(void)
{
	kill(getpid(), SIGKILL);
	pause();
}

bool
graph_faults_before(struct graph *graph)
{
	static const struct {
		const char *name;
		void (*strike)(struct graph *graph, const struct fault_hit *hit);
	} strikes[] = {
		{ "graph-429", throttled },  { "graph-503", unavailable }, { "graph-504", timed_out },
		{ "graph-500", broken },     { "graph-403", denied },      { "graph-404", missing },
		{ "graph-lost-early", reset }, { "graph-html", gateway },
	};
	const char *name = graph->route->name;
	struct fault_hit hit;

	if (fault_acts("graph-die-early", name, NULL))
		die();
	for (size_t i = 0; i < sizeof(strikes) / sizeof(strikes[0]); i++) {
		if (fault_acts(strikes[i].name, name, &hit)) {
			strikes[i].strike(graph, &hit);
			return true;
		}
	}
	return false;
}

/* The body is not what it should be. */
static void
spoil(struct graph *graph)
{
	struct text *body = &graph->answer->body;
	const char *name = graph->route->name;
	struct fault_hit hit;
	char block[4096];

	if (fault_acts("graph-not-json", name, NULL)) {
		text_done(body);
		text_puts(body, "{\"value\":[oops");
	}
	if (fault_acts("graph-huge", name, &hit)) {
		size_t blocks = (size_t)(hit.number > 0 ? hit.number : 1) * 1024 * 1024 / sizeof(block);

		memset(block, 'A', sizeof(block));
		text_done(body);
		text_puts(body, "{\"value\":[],\"id\":\"");
		for (size_t i = 0; i < blocks; i++)
			text_add(body, block, sizeof(block));
		text_puts(body, "\"}");
	}
}

void
graph_faults_after(struct graph *graph)
{
	const char *name = graph->route->name;

	if (fault_acts("graph-die", name, NULL))
		die();
	spoil(graph);
	if (fault_acts("graph-lost", name, NULL))
		graph->answer->ending = WEB_RESET;
	if (fault_acts("graph-half", name, NULL)) {
		graph->answer->ending = WEB_CUT;
		graph->answer->cut_at = graph->answer->body.len / 2;
	}
}

bool
faults_forget(struct graph *graph)
{
	return fault_acts("graph-forget", graph->route->name, NULL);
}
