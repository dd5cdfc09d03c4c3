/*
 * Microsoft Graph as a set-up and a rotation meet it: /v1.0/...
 *
 * It acts on the registrations that the token endpoint reads (apps.h), so that a certificate added
 * here signs in there, and a role granted here is in the next token.
 */
#ifndef SANDBOX_GRAPH_H
#define SANDBOX_GRAPH_H

#include "web.h"

/* False when the path is not below /v1.0/. */
bool graph_serve(const struct web_request *request, struct web_answer *answer);

#endif
