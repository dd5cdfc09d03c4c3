/*
 * Key credentials: how they are shown, and how a list of them replaces another.
 */
#ifndef SANDBOX_GRAPH_KEY_H
#define SANDBOX_GRAPH_KEY_H

#include "graph_call.h"

/* One credential; without the key itself unless it is wanted. */
cJSON *key_render(const struct app_certificate *certificate, bool with_key);

/* keyCredentials of an application. */
cJSON *keys_render(const struct app *app, bool with_key);

/*
 * Makes the list the application's: what is in it by keyId must be as it is, what is not in it goes,
 * what is new comes. False: refused, nothing was changed.
 */
bool keys_replace(struct graph *graph, struct app *app, const cJSON *list);

/* Adds one new credential. NULL: refused. */
const struct app_certificate *key_add(struct graph *graph, struct app *app, const cJSON *credential);

#endif
