/*
 * One look at a service without showing it anything: does it answer, who is it in TLS, and what does its clock say? No bearer and
 * no assertion is sent.
 */
#ifndef OAUTH_PROBE_H
#define OAUTH_PROBE_H

#include "http/tls_witness.h"
#include "oauth/access.h"

enum { PROBE_DEADLINE_MS = 20 * 1000 };

typedef struct probe {
	char        origin[300];  /* "https://login.microsoftonline.com"; "": there is no such service, nothing was asked */
	exs_error  *problem;      /* why no answer came; NULL: one came */
	int         status;       /* of the answer */
	int64_t     aadsts;       /* the directory's number in the answer; 0: none */
	bool        dated;        /* the answer has a Date, and skew counts */
	int64_t     skew;         /* seconds that the service's clock is ahead of ours */
	bool        seen;         /* peer counts */
	tls_witness peer;
} probe;

void probe_done(probe *p);

/* The directory is asked for the tenant's own description, others for their first page. Fails without memory or when given up. */
EXS_MUST_USE exs_status probe_service(const exs_context *context, const exs_credential *credential,
                                      cloud_endpoint endpoint, probe *ret, exs_error *error);

#endif
