/*
 * Why the service refused: every generation of error body as one value (exchange-rest.md 2.8).
 *
 * The envelope says little ("Invalid Operation"); the truth stands in details[0].message, as Ex6F9304|Full.Type|text,
 * |Full.Type|text, plain text or JSON in a string, or in innererror.internalexception. Bodies that are no JSON happen: NUL
 * bytes, a gateway's HTML, nothing.
 */
#ifndef API_FAULT_H
#define API_FAULT_H

#include "api/saying.h"
#include "api/session.h"
#include "base/error.h"

typedef struct fault {
	fault_kind kind;
	int        status;
	bool       reasoned;       /* the service said why, in the body or in x-ms-diagnostics */
	char       message[1024];  /* "" when it did not */
	char       type[96];       /* "ManagementObjectNotFoundException", or "" */
	char       code[64];       /* error.code */
	char       detail[64];     /* a closer code of plain REST services (rest.h), or "" */
	char       diagnostics[512];
	char       request_id[80];
	char       date[48];
	int64_t    retry_after;    /* seconds; -1: not told */
} fault;

/* What a body says, and the status with it. */
void fault_read(fault *f, int status, span body);
/* The same for an answer; reads its body to the end, as far as it can. */
void fault_read_response(fault *f, http_response *response);

/* The ids, the time, and when to come back, which every service says alike; once the kind is known. */
void fault_read_headers(fault *f, const http_response *response);

/* Writes the error. aim names what was tried ("Set-Mailbox"); bearer's claims explain refusals and may be NULL. */
EXS_MUST_USE exs_status fault_fail(const fault *f, const char *aim, const char *client_request_id,
                                   const exs_bearer *bearer, exs_error *error);

/* How one service's refusals are read and said; a session has one. The kinds decide what is repeated (call.h). */
typedef struct fault_dialect {
	void (*read)(fault *f, int status, span body);
	void (*read_response)(fault *f, http_response *response);
	exs_status (*fail)(const fault *f, const char *aim, const char *client_request_id,
	                   const exs_bearer *bearer, exs_error *error);
	error_id unknown; /* the code of a write whose fate is not known */
} fault_dialect;

/* v2: the API v2.0, which wants another permission; compliance: Security & Compliance. */
extern const fault_dialect fault_of_exchange, fault_of_exchange_v2, fault_of_compliance;

/* The error a kind becomes. */
error_id fault_error(fault_kind kind);

#endif
