/*
 * What a query says about an answer: $select, $filter, $top, $skiptoken. Anything else is refused, as
 * Graph refuses what it cannot do, so that a client does not believe in a filter that was not applied.
 */
#ifndef SANDBOX_GRAPH_QUERY_H
#define SANDBOX_GRAPH_QUERY_H

#include "graph_call.h"

/* False: refused. Looked at before a handler runs. */
bool query_check(struct graph *graph);

/* Was the property asked for by name? */
bool query_selects(const struct graph *graph, const char *property);

/* Answers with one object, of which $select leaves what it names. Takes the object. */
void query_answer_one(struct graph *graph, const char *context, cJSON *object);

/* Answers with the page that $filter, $top and $skiptoken ask for. Takes the array. */
void query_answer_list(struct graph *graph, const char *context, cJSON *array);

/* Internal to the query's two files: keeps what $filter says. False: refused. */
bool filter_apply(struct graph *graph, const char *filter, cJSON *array);

#endif
