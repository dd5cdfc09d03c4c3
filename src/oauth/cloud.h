/*
 * The clouds and their hosts, as a table (entra-graph.md 1.11, exchange-rest.md 1.2, 5.1).
 */
#ifndef OAUTH_CLOUD_H
#define OAUTH_CLOUD_H

#include "base/span.h"

typedef enum cloud_endpoint {
	CLOUD_LOGIN,
	CLOUD_GRAPH,
	CLOUD_EXCHANGE,
	CLOUD_COMPLIANCE,
	CLOUD_VAULT,
	CLOUD_ENDPOINTS
} cloud_endpoint;

typedef struct cloud {
	const char *name;                     /* "public" */
	const char *origins[CLOUD_ENDPOINTS]; /* "https://outlook.office365.com"; "" where it must be set */
	const char *scopes[CLOUD_ENDPOINTS];  /* "https://outlook.office365.com/.default" */
	const char *hosts[24];                /* where a bearer may go, NULL-terminated */
} cloud;

/* NULL when there is no such cloud. */
const cloud *cloud_find(const char *name);
/* The names, for messages and completion; NULL-terminated. */
const char *const *cloud_names(void);

/* "exchange": the endpoint as profiles (endpoint.exchange) and short scopes name it. */
const char *cloud_endpoint_name(cloud_endpoint endpoint);

#endif
