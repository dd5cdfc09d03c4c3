/*
 * Any REST call with the right bearer, inside the library: a session whose scope is found by the host.
 */
#ifndef API_RESOURCE_H
#define API_RESOURCE_H

#include "api/pages.h"

#include <exosign/resource.h>

/* What a URL leads to. */
typedef struct resource {
	char       *url;
	const char *scope;
} resource;
void resource_done(resource *r);

/* The URL made absolute and allowed, and its scope. */
EXS_MUST_USE exs_status resource_find(exs_credential *credential, const char *url, const char *scope, resource *ret,
                                      exs_error *error);

/* A session with the origin of a resource. credential, scope and dialect must outlive it. */
typedef struct resource_session {
	exs_credential *credential;
	const char     *scope;
	api_session    *session;
} resource_session;
void resource_session_done(resource_session *s);
EXS_MUST_USE exs_status resource_session_begin(resource_session *s, const exs_context *context,
                                               exs_credential *credential, const resource *r,
                                               const struct fault_dialect *dialect, exs_error *error);

/* Every row of a list to the visitor. */
EXS_MUST_USE exs_status resource_walk(api_session *session, const pages_options *options, exs_resource_visit visit,
                                      void *self, exs_error *error);

#endif
