/*
 * A session with a scripted service: bearers "first", "second", ... and answers from a fake wire.
 */
#ifndef SUPPORT_FAKE_SERVICE_H
#define SUPPORT_FAKE_SERVICE_H

#include "api/session.h"
#include "support/fake_host.h"
#include "support/fake_transport.h"

#define FAKE_ORIGIN       "https://outlook.office365.com"
#define FAKE_TENANT       "11111111-2222-3333-4444-555555555555"
#define FAKE_ORGANIZATION "contoso.onmicrosoft.com"
#define FAKE_INVOKE       FAKE_ORIGIN "/adminapi/beta/" FAKE_TENANT "/InvokeCommand"

typedef struct fake_service {
	fake_host   *host;
	fake_wire   *wire;
	api_session *session;
	const char  *claims;        /* of the bearers, as JSON; NULL: they are opaque */
	unsigned     bearers;       /* handed out */
	char         challenge[1024]; /* what the last bearer was asked for with */
	bool         had_refused;   /* the last bearer was asked for in place of a refused one */
} fake_service;

/* Waits between attempts take a millisecond. Fails the program when there is no memory. */
fake_service *fake_service_new(const fake_step *steps, size_t n);
/* Checks that nothing was left open. */
void fake_service_free(fake_service *service);

#endif
