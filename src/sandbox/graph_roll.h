/*
 * addKey and removeKey: an application changes its own keys, without any permission, by proving that
 * it holds one of them.
 */
#ifndef SANDBOX_GRAPH_ROLL_H
#define SANDBOX_GRAPH_ROLL_H

#include "graph_call.h"

void key_roll_add(struct graph *graph);
void key_roll_remove(struct graph *graph);

/*
 * Does the proof come from a key of the application that is valid now? False: refused; the header
 * x-ms-sandbox-why says what Graph would keep to itself.
 */
bool proof_accept(struct graph *graph, const struct app *app, const char *proof);

#endif
