/*
 * One authorised call: sent with a bearer, repeated where that is safe, refused in words.
 *
 * 401: a claims challenge is answered once with a new token, a plain 401 once too. Redirects are followed by hand, at most
 * CALL_REDIRECTS of them, same method and body, to hosts the client knows. What reads may be repeated after any
 * passing failure; what writes only when it surely was not executed (429, 503 with Retry-After, the concurrency text, a
 * request that never arrived), and else the answer is the dialect's unknown (E_EXO_UNKNOWN): nobody knows whether the change was made.
 */
#ifndef API_CALL_H
#define API_CALL_H

#include "api/fault.h"
#include "http/retry.h"

enum { CALL_REDIRECTS = 4, CALL_HEADERS_MAX = 12, CALL_DEADLINE_MS = 960 * 1000 };

typedef struct call_request {
	const char *aim;   /* "Set-Mailbox": in messages and the log */
	const char *event; /* "cmdlet sent": the log event of each attempt */
	const char *about; /* more for the event, never a value: "Identity HiddenFromAddressListsEnabled" */
	const char *url;
	const char *method; /* "GET", "PATCH" ...; NULL: POST, as the next links of a POST are too */
	span        body;  /* JSON; must outlive the call; empty: none is sent, nor its type */
	bool        reads;
	http_header headers[CALL_HEADERS_MAX];
	size_t      n_headers;
	int64_t     deadline_ms; /* of all attempts and the waits between them; 0: the session's */
} call_request;

/* A call whose answer is being read. */
typedef struct call {
	http_response *response;
	exs_bearer    *bearer;
	char          *url; /* where the answer came from, redirects followed */
	uuid_text      client_request_id;
	fault          fault;    /* why the last attempt failed, when an answer said so */
	bool           answered; /* fault counts */
	error_id       unknown;  /* the code for a fate that is not known */
} call;

void call_done(call *c);

/*
 * Sends until there is an answer of status 200 to 299 whose body is still to be read, or no way on. `budget` counts the
 * attempts across several calls for the same thing. On failure c->fault and c->answered tell what the service said last.
 */
EXS_MUST_USE exs_status call_open(call *c, api_session *session, const call_request *request,
                                  retry *budget, exs_error *error);

/* The retry budget of a session's call, which begins now. */
retry call_budget(const api_session *session, const call_request *request);

/* Is there another attempt, and time for it behind the wait that comes first (retry_after as for retry_wait())? */
bool call_may_repeat(const retry *budget, int64_t retry_after);

/* May this failure pass when the same is asked again? Network trouble, not refusals. */
bool call_is_passing(const exs_error *error);

/* The service's code for a fate that is not known, with the cause in its why. */
EXS_MUST_USE exs_status call_unknown(const call *c, const char *aim, const exs_error *cause,
                                     exs_error *error);

#endif
