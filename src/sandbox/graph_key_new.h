/*
 * A credential that is to be added: read from JSON, held against what the directory demands.
 */
#ifndef SANDBOX_GRAPH_KEY_NEW_H
#define SANDBOX_GRAPH_KEY_NEW_H

#include "graph_call.h"

struct key_wishes {
	struct app_certificate list[APP_CERTIFICATES_MAX];
	size_t                 n;
};

/* Reads one entry and adds it to the wishes. False: refused. */
bool key_wish_read(struct graph *graph, const struct app *app, const cJSON *entry,
                   struct key_wishes *wishes);

/* Gives the wishes to the application. False: refused, there is no room. */
bool key_wishes_grant(struct graph *graph, struct app *app, struct key_wishes *wishes);

void key_wishes_done(struct key_wishes *wishes);

#endif
