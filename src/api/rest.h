/*
 * How Microsoft Graph, Key Vault and other plain REST services refuse (entra-graph.md 3.9):
 * {"error":{"code","message","details"?,"innerError":{"date","request-id","client-request-id"}}}, also with innererror.
 *
 * What the service is called in messages is the only thing that differs between them.
 */
#ifndef API_REST_H
#define API_REST_H

#include "api/fault.h"

/* Microsoft Graph. */
extern const fault_dialect fault_of_graph;
/* Any other: Key Vault, whatever `exosign api` calls. */
extern const fault_dialect fault_of_rest;

void rest_read(fault *f, int status, span body);

#endif
