/* A session with a scripted service. */
#include "support/fake_service.h"

#include "base/encode.h"
#include "oauth/bearer.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

/* A JWT with these claims and no signature worth the name, numbered so that each is another one. */
static void
write_token(const fake_service *service, buf *to)
{
	static const char *const numbers[] = {"first", "second", "third", "fourth"};
	const char *number = numbers[(service->bearers - 1) % 4];

	if (service->claims == NULL) {
		buf_puts(to, number);
		return;
	}
	encode_base64url(to, span_of("{\"alg\":\"RS256\"}"));
	buf_byte(to, '.');
	encode_base64url(to, span_of(service->claims));
	buf_addf(to, ".%s", number);
}

static exs_status
bearer(void *self, const exs_bearer *refused, const char *claims, exs_bearer **ret, exs_error *error)
{
	fake_service *service = self;
	EXS_SCOPED(buf) token = BUF(4096);

	service->bearers++;
	service->had_refused = refused != NULL;
	snprintf(service->challenge, sizeof service->challenge, "%s", claims == NULL ? "" : claims);
	write_token(service, &token);
	return bearer_new("scope", buf_span(&token), 0, 0, INT64_MAX, ret, error);
}

fake_service *
fake_service_new(const fake_step *steps, size_t n)
{
	static const char *const hosts[] = {"outlook.office365.com", "*.outlook.office365.com", NULL};
	fake_service *service = calloc(1, sizeof *service);
	http_client  *client = NULL;
	void         *transport = NULL;

	assert_non_null(service);
	service->host = fake_host_new();
	service->wire = fake_wire_new(steps, n);
	assert_ok(fake_transport_make(service->wire, &transport, NULL));
	assert_ok(http_client_over(service->host->context, NULL, hosts, &fake_transport_ops, transport,
	                           &client, NULL));
	assert_ok(api_session_over(service->host->context, &client, (api_source){service, bearer},
	                           FAKE_ORIGIN, FAKE_TENANT, FAKE_ORGANIZATION, &service->session,
	                           NULL));
	service->session->first_wait_ms = 1;
	return service;
}

void
fake_service_free(fake_service *service)
{
	api_session_free(service->session);
	assert_int_equal(fake_wire_open_ends(service->wire), 0);
	fake_wire_free(service->wire);
	fake_host_free(service->host);
	free(service);
}
