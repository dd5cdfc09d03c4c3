/* Asking a token endpoint of the test for a token. */
#include "support/asking.h"

#include <stdio.h>
#include <stdlib.h>

void
asking_issue(tls_peer *peer, void *self)
{
	seen       *s = self;
	const char *request;

	while (tls_read_request(peer, &request)) {
		pthread_mutex_lock(&s->lock);
		assert_true(s->n < SEEN_MAX);
		snprintf(s->requests[s->n], sizeof s->requests[0], "%s", request);
		tls_peer_certificate(peer, s->certificates[s->n]);
		s->issuers[s->n] = tls_peer_issuers(peer);
		s->n++;
		pthread_mutex_unlock(&s->lock);
		tls_answer(peer, 200, "Content-Type: application/json\r\n",
		           "{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"one\"}");
	}
}

exs_credential *
asking_credential(asking *a)
{
	exs_credential *credential = NULL;
	exs_identity    who = {.size = sizeof who, .cloud = "public", .client_id = "a-client",
	                       .tls_client_auth = !a->by_assertion};
	exs_network     how = {.size = sizeof how, .attempts = 1, .proxy = a->proxy,
	                       .proxy_tls_auth = a->proxy_asks};

	snprintf(a->endpoint, sizeof a->endpoint, "https://localhost:%u/token",
	         tls_server_port(a->server));
	who.token_endpoint = a->endpoint;
	who.endpoint_graph = a->graph[0] == '\0' ? NULL : a->graph;
	how.ca_file = a->ca_file == NULL ? tls_server_ca_file(a->server) : a->ca_file;
	assert_ok(exs_credential_new(test_context(), a->signer, &who, &how, &credential, test_error()));
	return credential;
}

exs_status
asking_ask(asking *a, exs_error *error)
{
	EXS_AUTO(exs_credential) *credential = asking_credential(a);
	exs_bearer *bearer = NULL;
	exs_status  status = exs_credential_bearer(credential, "api", EXS_FETCH_NEW, &bearer, error);

	exs_bearer_free(bearer);
	return status;
}

void
asking_well(asking *a)
{
	exs_error *error = test_error();

	if (asking_ask(a, error) != EXS_OK)
		fail_msg("%s: %s (%s)", exs_error_code(error), exs_error_message(error),
		         exs_error_why(error));
}

/* What the error says. */
exs_error *
asking_in_vain(asking *a, error_id id)
{
	exs_error *error = test_error();

	if (asking_ask(a, error) == EXS_OK || !error_is(error, id))
		fail_msg("%s: %s (%s)", exs_error_code(error), exs_error_message(error),
		         exs_error_why(error));
	return error;
}

static void
append(const char *path, FILE *to)
{
	char   piece[4096];
	FILE  *from = fopen(path, "r");
	size_t n;

	assert_non_null(from);
	while ((n = fread(piece, 1, sizeof piece, from)) > 0)
		assert_int_equal(fwrite(piece, 1, n, to), n);
	fclose(from);
}

void
asking_use(const softhsm *on)
{
	char conf[400];

	snprintf(conf, sizeof conf, "%s/softhsm2.conf", on->store);
	setenv("SOFTHSM2_CONF", conf, 1);
}

exs_signer *
asking_signer(softhsm *on, const char *words)
{
	asking_use(on);
	return opened(on, (wish){.uri = softhsm_uri(on, words)});
}

const char *
asking_roots(const char *name, const tls_server *one, const tls_server *other)
{
	const char *path = test_path(name);
	FILE       *both = fopen(path, "w");

	assert_non_null(both);
	append(tls_server_ca_file(one), both);
	append(tls_server_ca_file(other), both);
	fclose(both);
	return path;
}
