/*
 * A session with one service of the cloud: its address, a client with connections and cookies, and where its bearers
 * come from. One thread at a time.
 */
#ifndef API_SESSION_H
#define API_SESSION_H

#include "base/id.h"
#include "http/client.h"
#include "oauth/access.h"

/* Where bearers come from; as credential_bearer() without the scope. Tests bring one of their own. */
typedef struct api_source {
	void *self;
	exs_status (*bearer)(void *self, const exs_bearer *refused, const char *claims,
	                     exs_bearer **ret, exs_error *error);
} api_source;

struct fault_dialect;
struct fault;

/*
 * Who is asked before each attempt of each call, and told of each answer: to keep a record ahead of a change, and to pace
 * many sessions as one.
 */
typedef struct api_witness {
	void *self;
	/* Anything but EXS_OK and the attempt is not made: the call fails with it. */
	exs_status (*begins)(void *self, const char *client_request_id, exs_error *error);
	/* f is NULL for a good answer (its header is read, its body is not). */
	void (*answered)(void *self, const http_response *response, const struct fault *f);
} api_witness;

typedef struct api_session {
	const exs_context *context;
	http_client       *client;
	api_source         source;
	exs_credential    *credential; /* the source's, and which endpoint's scope it asks for */
	cloud_endpoint     endpoint;
	const struct fault_dialect *dialect; /* how the service's refusals are read: Exchange's unless changed */
	const api_witness *witness; /* NULL: nobody; must outlive the session */
	char              *origin, *tenant, *organization;
	bool               regional; /* the service's own host only leads to a region's (redirect.h) */
	char              *region;   /* that one's origin once it answered; NULL before */
	uuid_text          connection_id;
	unsigned           attempts;      /* for one call, the first included */
	int64_t            first_wait_ms; /* between two of them; 0: as http/retry.h says */
	int64_t            deadline_ms;   /* for one call and its repetitions, slow cmdlets too; 0: the caller set none */
} api_session;

/* The context and the credential stay the caller's and must outlive the session. */
EXS_MUST_USE exs_status api_session_new(const exs_context *context, exs_credential *credential,
                                        cloud_endpoint endpoint, api_session **ret,
                                        exs_error *error);

/*
 * A session over another client and source. Strings are copied; the client becomes the session's, on failure too when
 * *client was set to NULL.
 */
EXS_MUST_USE exs_status api_session_over(const exs_context *context, http_client **client,
                                         api_source source, const char *origin, const char *tenant,
                                         const char *organization, api_session **ret,
                                         exs_error *error);
/* Where requests begin: the region's origin once it is known. */
const char *api_session_origin(const api_session *session);
void api_session_free(api_session *session);
EXS_DEFINE_AUTO(api_session)

#endif
