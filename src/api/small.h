/*
 * One small JSON call: sent, and its whole answer in memory under a ceiling. For Graph, Key Vault and the like; long lists
 * go through pages.h.
 *
 * An answer that breaks off is asked for again when the call reads; when it writes, the fate of the write is known by the
 * status that came before, and the missing body is the error.
 */
#ifndef API_SMALL_H
#define API_SMALL_H

#include "api/call.h"

enum { SMALL_MAX = 4 * 1024 * 1024, SMALL_URL_MAX = 8 * 1024 };

typedef struct small_request {
	const char *aim;    /* "read the application": in messages and the log */
	const char *method; /* "GET", "PATCH" ... */
	const char *url;    /* absolute, or a path on the session's origin: "/v1.0/applications" */
	span        body;   /* JSON; empty: none */
	bool        writes; /* a POST that only reads says false */
	http_header headers[CALL_HEADERS_MAX];
	size_t      n_headers;
} small_request;

typedef struct small_answer {
	int        status;   /* 200 to 299 after EXS_OK */
	buf        body;     /* checked: one JSON value, or empty (204) */
	bool       refused;  /* the service answered with a refusal, and `fault` is it */
	fault      fault;
	uuid_text  client_request_id;
} small_answer;

/* For EXS_SCOPED(small_answer). */
void small_answer_done(small_answer *answer);

/* *ret is begun anew, on failure too: what stood in it must be done before, or zero. */
EXS_MUST_USE exs_status small_call(api_session *session, const small_request *request,
                                   small_answer *ret, exs_error *error);

#endif
