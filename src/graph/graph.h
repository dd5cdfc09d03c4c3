/*
 * A session with Microsoft Graph: small calls, lists, and writes that wait until the directory knows what was just made.
 *
 * The directory is many machines. What one of them has made another does not know yet for seconds or minutes, and says so in
 * several ways (entra-graph.md 3.9). So a call about something fresh is repeated with growing waits; one about something old
 * is not.
 */
#ifndef GRAPH_GRAPH_H
#define GRAPH_GRAPH_H

#include "api/small.h"

enum {
	GRAPH_SETTLE_ROUNDS = 10, /* 1, 2, 4 ... seconds, at most GRAPH_SETTLE_WAIT_MAX_S each: about six minutes */
	GRAPH_SETTLE_WAIT_MAX_S = 60,
	GRAPH_ID_MAX = 64,
};

typedef struct graph {
	const exs_context *context;
	api_session       *session;
	unsigned           rounds;
	int64_t            first_wait_ms; /* between two rounds; doubles */
} graph;

/* Takes over *session and makes its refusals Graph's. */
EXS_MUST_USE exs_status graph_over(const exs_context *context, api_session **session, graph **ret,
                                   exs_error *error);
/* With the app's own bearers; the credential must outlive it. */
EXS_MUST_USE exs_status graph_of_app(const exs_context *context, exs_credential *credential,
                                     graph **ret, exs_error *error);
void graph_free(graph *g);
EXS_DEFINE_AUTO(graph)

/* Is this id one that may stand in a path: letters, digits and dashes, no more? */
bool graph_is_id(const char *id);

/* *to = the answer's JSON. path: "/v1.0/...", written by graph_path() where it holds foreign text. */
EXS_MUST_USE exs_status graph_get(graph *g, const char *aim, const char *path, buf *to,
                                  exs_error *error);
/* The same for what may not be there: *ret_found. Any other refusal fails. */
EXS_MUST_USE exs_status graph_look(graph *g, const char *aim, const char *path, buf *to,
                                   bool *ret_found, exs_error *error);

/* What is written; `fresh`: about something made just now, so that "not found" is asked again. */
typedef struct graph_write {
	const char *aim, *method, *path;
	span        body;
	bool        fresh;
} graph_write;

/* to may be NULL; else the answer's JSON, "" for none. E_GRAPH_UNKNOWN: look before it is repeated. */
EXS_MUST_USE exs_status graph_send(graph *g, const graph_write *write, buf *to, exs_error *error);

/* Each element of a list, all pages. The row lives during the visit; EXS_OK goes on. */
typedef exs_status (*graph_visit)(void *self, span row, exs_error *error);
EXS_MUST_USE exs_status graph_list(graph *g, const char *aim, const char *path, graph_visit visit,
                                   void *self, exs_error *error);

/* Waits before round n (from 0) of something that settles; false: there is no further round. */
EXS_MUST_USE exs_status graph_wait(const graph *g, unsigned round, const char *why, bool *ret_again,
                                   exs_error *error);

/* Appends a string of an OData filter in a query: 'O''Brien', percent-encoded. */
void graph_quote(buf *to, const char *text);

/* The text of a member that is a string, "" for anything else; appended to `to`. */
void graph_text(buf *to, span object, const char *member);
/* The same into room; false when it does not fit or holds what no id holds. */
bool graph_id(span object, const char *member, char ret[GRAPH_ID_MAX]);

#endif
