/*
 * One request to Graph while it is answered: what came in, who asks, the registry under its lock, and
 * the two ways to end, an answer or an error in Graph's form.
 */
#ifndef SANDBOX_GRAPH_CALL_H
#define SANDBOX_GRAPH_CALL_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "apps.h"
#include "entra.h"
#include "web.h"

enum { GRAPH_SEGMENTS = 7, GRAPH_SEGMENT_SIZE = 512, GRAPH_WORD_SIZE = 4096 };

struct graph_route;

struct graph {
	const struct web_request *request;
	struct web_answer        *answer;
	const struct graph_route *route;
	struct bearer_facts       bearer;
	char        segments[GRAPH_SEGMENTS][GRAPH_SEGMENT_SIZE]; /* after the version, decoded */
	size_t      n_segments;
	cJSON      *body;    /* an object; NULL when the request has none */
	struct apps apps;    /* under the lock while a handler runs */
	bool        changed; /* by the handler: written before the answer leaves */
	bool        failed;
	char        request_id[GUID_SIZE];
	char        client_request_id[GUID_SIZE];
};

/* Refuses, in Graph's form. Always false, so that a check can return it. */
bool graph_fail(struct graph *graph, int status, const char *code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The errors that come from many places. */
bool graph_fail_missing(struct graph *graph, const char *id); /* 404 Request_ResourceNotFound */
bool graph_fail_denied(struct graph *graph);                  /* 403 Authorization_RequestDenied */
bool graph_fail_bad(struct graph *graph, const char *format, ...) /* 400 Request_BadRequest */
	__attribute__((format(printf, 2, 3)));

/* 400 Request_BadRequest with this code among the details. */
bool graph_fail_detailed(struct graph *graph, const char *detail, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Answers with the object, which becomes the call's. */
void graph_answer(struct graph *graph, int status, cJSON *object);
void graph_answer_nothing(struct graph *graph); /* 204 */

/* "https://localhost:PORT/v1.0/$metadata#WHAT" as @odata.context. */
void graph_context(cJSON *object, const char *what);

/* Is the segment "(appId='GUID')"? */
bool graph_key_app_id(const char *segment, char id[GUID_SIZE]);

/* A string member of the body; NULL when it is absent or no string. */
const char *graph_body_string(const struct graph *graph, const char *name);

/* Moments as Graph writes them. False: not one. */
void graph_moment(time_t when, char to[32]);
bool graph_moment_read(const char *text, time_t *ret_when);

#endif
