/*
 * What the tenant demands of apps' certificates: app management policies (entra-graph.md 3.8).
 */
#ifndef GRAPH_POLICY_H
#define GRAPH_POLICY_H

#include "graph/application.h"

enum { POLICY_OTHERS_MAX = 200 };

typedef struct policy {
	bool    known;       /* false: who asks may not read policies */
	int64_t lifetime_s;  /* the longest a certificate may live; 0: no limit */
	char    from[64];    /* "the tenant's policy", "a policy of the app" */
	char    others[POLICY_OTHERS_MAX]; /* restrictions we cannot judge, by name; "" */
} policy;

/* Reads the tenant's default policy and those of the application (NULL: none yet). Refusals to read leave known = false. */
EXS_MUST_USE exs_status policy_read(graph *g, const application *a, policy *ret, exs_error *error);

/* "P365D", "P1Y6M", "PT12H" (ISO 8601, a year 365 days, a month 30) in seconds; false for anything else. */
bool policy_duration(span text, int64_t *ret_seconds);

/* A policy object's restrictions, as policy_read() takes them; created: of the application, seconds since 1970. */
void policy_take(policy *p, span object, const char *member, int64_t created, const char *from);

#endif
