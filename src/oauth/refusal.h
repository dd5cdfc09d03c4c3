/*
 * A token endpoint's "no": from status, header and body to an error a person can act on.
 */
#ifndef OAUTH_REFUSAL_H
#define OAUTH_REFUSAL_H

#include "base/buf.h"
#include "oauth/identity.h"
#include "sign/signer.h"

enum { REFUSAL_SKEW_S = 120 }; /* from here on a clock is held for the cause; Entra tolerates about 300 */

typedef struct refusal {
	int         status;
	int64_t     retry_after;   /* seconds; -1: not said */
	bool        server_clock_known;
	int64_t     ahead;         /* seconds our clock is ahead of the server's */
	span        body;          /* "" when it was not readable */
	const char *content_type;  /* may be NULL */
	const char *location;      /* where it redirects to; may be NULL */
	const char *request_id;    /* the client-request-id we sent */
} refusal;

/* Is this "not now" rather than "no"? Decided by status and OAuth error. */
bool refusal_is_passing(const refusal *r);

/* Always fails: E_ENTRA (with the directory's code), E_CLOCK, E_SERVICE, E_THROTTLED, E_ENTRA_ANSWER. */
EXS_MUST_USE exs_status refusal_report(const refusal *r, const identity *id,
                                       const exs_signer *signer, exs_error *error);

#endif
