/* The key's certificate instead of an assertion, shown in TLS to the token endpoint (RFC 8705 section 2.1). Against SoftHSM. */
#include "oauth/access.h"
#include "sign/tlskey.h"
#include "support/opening.h"
#include "support/tls_server.h"

#include <exosign/credential.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

EXS_DEFINE_AUTO(exs_credential)

enum { SEEN_MAX = 16 };

/* What a server saw: for each request its text and the certificate behind it. */
typedef struct seen {
	pthread_mutex_t lock;
	char            requests[SEEN_MAX][4096], certificates[SEEN_MAX][65];
	size_t          n;
} seen;

static softhsm hsm, noraw;

static int
make(void **state)
{
	static const char *const keys[] = {"label=main,id=01", "label=curve,id=02,type=p256",
	                                   "label=careful,id=03,type=p256,always-auth", NULL};
	static const char *const rsa[] = {"label=main,id=01", NULL};

	(void)state;
	softhsm_make(&noraw, "noraw", "CKM_RSA_PKCS_KEY_PAIR_GEN,CKM_RSA_PKCS", rsa);
	softhsm_make(&hsm, "alpha", NULL, keys);
	return 0;
}

static void
issue(tls_peer *peer, void *self)
{
	seen       *s = self;
	const char *request;

	while (tls_read_request(peer, &request)) {
		pthread_mutex_lock(&s->lock);
		assert_true(s->n < SEEN_MAX);
		snprintf(s->requests[s->n], sizeof s->requests[0], "%s", request);
		tls_peer_certificate(peer, s->certificates[s->n]);
		s->n++;
		pthread_mutex_unlock(&s->lock);
		tls_answer(peer, 200, "Content-Type: application/json\r\n",
		           "{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"one\"}");
	}
}

#define SEEN {.lock = PTHREAD_MUTEX_INITIALIZER}

typedef struct asking {
	tls_server *server;
	exs_signer *signer;
	char        endpoint[64], graph[64];
	bool        by_assertion;
	const char *proxy, *ca_file;
} asking;

static exs_credential *
credential_for(asking *a)
{
	exs_credential *credential = NULL;
	exs_identity    who = {.size = sizeof who, .cloud = "public", .client_id = "a-client",
	                       .tls_client_auth = !a->by_assertion};
	exs_network     how = {.size = sizeof how, .attempts = 1, .proxy = a->proxy};

	snprintf(a->endpoint, sizeof a->endpoint, "https://localhost:%u/token",
	         tls_server_port(a->server));
	who.token_endpoint = a->endpoint;
	who.endpoint_graph = a->graph[0] == '\0' ? NULL : a->graph;
	how.ca_file = a->ca_file == NULL ? tls_server_ca_file(a->server) : a->ca_file;
	assert_ok(exs_credential_new(test_context(), a->signer, &who, &how, &credential, test_error()));
	return credential;
}

static exs_status
ask(asking *a, exs_error *error)
{
	EXS_AUTO(exs_credential) *credential = credential_for(a);
	exs_bearer *bearer = NULL;
	exs_status  status = exs_credential_bearer(credential, "api", EXS_FETCH_NEW, &bearer, error);

	exs_bearer_free(bearer);
	return status;
}

static void
ask_well(asking *a)
{
	exs_error *error = test_error();

	if (ask(a, error) != EXS_OK)
		fail_msg("%s: %s (%s)", exs_error_code(error), exs_error_message(error),
		         exs_error_why(error));
}

/* What the error says. */
static exs_error *
ask_in_vain(asking *a, error_id id)
{
	exs_error *error = test_error();

	if (ask(a, error) == EXS_OK || !error_is(error, id))
		fail_msg("%s: %s (%s)", exs_error_code(error), exs_error_message(error),
		         exs_error_why(error));
	return error;
}

static void
use(const softhsm *on)
{
	char conf[400];

	snprintf(conf, sizeof conf, "%s/softhsm2.conf", on->store);
	setenv("SOFTHSM2_CONF", conf, 1);
}

static exs_signer *
signer_of(softhsm *on, const char *words)
{
	use(on);
	return opened(on, (wish){.uri = softhsm_uri(on, words)});
}

static void
the_key_in_the_token_proves_itself_and_nothing_is_signed_besides(void **state)
{
	static const char *const keys[] = {"object=main", "object=curve"};
	static const tls_flavour flavours[] = {TLS_DEMANDING, TLS_DEMANDING_12};

	(void)state;
	for (size_t k = 0; k < 4; k++) {
		seen   s = SEEN;
		asking a = {.server = tls_server_new(flavours[k / 2], issue, &s),
		            .signer = signer_of(&hsm, keys[k % 2])};

		ask_well(&a);
		assert_int_equal(s.n, 1);
		assert_string_equal(s.certificates[0],
		                    exs_signer_describe(a.signer)->certificate_sha256);
		assert_non_null(strstr(s.requests[0], "POST /token HTTP/1.1"));
		assert_non_null(strstr(s.requests[0],
		                       "\r\n\r\nclient_id=a-client&grant_type=client_credentials&scope=api"));
		assert_null(strstr(s.requests[0], "client_assertion"));
		tls_server_free(a.server);
		exs_signer_free(a.signer);
	}
}

static void
with_an_assertion_alone_the_error_says_what_the_server_wants(void **state)
{
	(void)state;
	for (int old = 0; old <= 1; old++) {
		seen       s = SEEN;
		asking     a = {.server = tls_server_new(old ? TLS_DEMANDING_12 : TLS_DEMANDING, issue, &s),
		                .signer = signer_of(&hsm, "object=main"),
		                .by_assertion = true};

		assert_non_null(strstr(exs_error_fix(ask_in_vain(&a, E_TLS)), "client-auth = tls"));
		assert_int_equal(s.n, 0);
		tls_server_free(a.server);
		exs_signer_free(a.signer);
	}
}

static void
each_token_is_asked_for_with_a_proof_of_its_own(void **state)
{
	seen   s = SEEN;
	asking a = {.server = tls_server_new(TLS_DEMANDING, issue, &s),
	            .signer = signer_of(&hsm, "object=curve")};
	EXS_AUTO(exs_credential) *credential = credential_for(&a);

	(void)state;
	for (unsigned i = 1; i <= 3; i++) {
		exs_bearer *bearer = NULL;

		assert_ok(exs_credential_bearer(credential, "api", EXS_FETCH_NEW, &bearer, test_error()));
		exs_bearer_free(bearer);
		assert_int_equal(tls_server_connections(a.server), i);
	}
	exs_credential_free(credential);
	credential = NULL;
	tls_server_free(a.server);
	exs_signer_free(a.signer);
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

static void
get(http_client *client, unsigned port, const http_presence *presence)
{
	http_response *response = NULL;
	EXS_SCOPED(buf) body = BUF(4096);
	char           address[64];
	http_request   request = {.method = "GET", .url = address, .presence = presence};

	snprintf(address, sizeof address, "https://localhost:%u/", port);
	assert_ok(http_open(client, &request, &response, test_error()));
	assert_ok(http_read_all(response, &body, test_error()));
	http_response_free(response);
}

static void
another_host_that_asks_is_not_shown_the_certificate(void **state)
{
	seen   s = SEEN, other = SEEN;
	asking a = {.server = tls_server_new(TLS_DEMANDING, issue, &s),
	            .signer = signer_of(&hsm, "object=main"), .ca_file = test_path("both.pem")};
	tls_server *graph = tls_server_new(TLS_ASKING, issue, &other);
	FILE        *both = fopen(a.ca_file, "w");
	http_client *client = NULL;
	EXS_AUTO(exs_credential) *credential = NULL;
	exs_bearer *bearer = NULL;

	(void)state;
	append(tls_server_ca_file(a.server), both);
	append(tls_server_ca_file(graph), both);
	fclose(both);
	snprintf(a.graph, sizeof a.graph, "https://localhost:%u", tls_server_port(graph));
	credential = credential_for(&a);
	assert_ok(exs_credential_bearer(credential, "api", EXS_FETCH_NEW, &bearer, test_error()));
	exs_bearer_free(bearer);
	assert_ok(credential_client(credential, &client, test_error()));
	get(client, tls_server_port(graph), NULL);
	assert_int_equal(other.n, 1);
	assert_string_equal(other.certificates[0], "");
	assert_int_equal(strlen(s.certificates[0]), 64);
	http_client_free(client);
	tls_server_free(graph);
	tls_server_free(a.server);
	exs_credential_free(credential);
	credential = NULL;
	exs_signer_free(a.signer);
}

static void
a_connection_with_the_certificate_is_never_used_again(void **state)
{
	seen          s = SEEN;
	tls_server   *server = tls_server_new(TLS_ASKING, issue, &s);
	exs_signer   *signer = signer_of(&hsm, "object=curve");
	exs_network   how = {.size = sizeof how, .ca_file = tls_server_ca_file(server)};
	char          host[32];
	const char   *hosts[] = {host, NULL};
	http_client  *client = NULL;
	tlskey        key = {0};
	http_presence presence = {tlskey_show, &key};

	(void)state;
	snprintf(host, sizeof host, "localhost:%u", tls_server_port(server));
	assert_ok(http_client_new(test_context(), &how, hosts, &client, test_error()));
	assert_ok(tlskey_open(signer, &key, test_error()));
	for (size_t i = 0; i < 5; i++) {
		bool shown = i == 1 || i == 2;

		get(client, tls_server_port(server), shown ? &presence : NULL);
		assert_int_equal(strlen(s.certificates[i]), shown ? 64 : 0);
	}
	/* those without keep theirs */
	assert_int_equal(tls_server_connections(server), 3);
	http_client_free(client);
	tlskey_done(&key);
	tls_server_free(server);
	exs_signer_free(signer);
}

static void
what_the_device_refuses_is_the_cause_and_not_the_handshake(void **state)
{
	seen             s = SEEN;
	pin_giver        giver = {.pin = hsm.pin};
	exs_signer_options options = softhsm_options(&hsm, softhsm_uri(&hsm, "object=careful"), &giver);
	asking           a = {.server = tls_server_new(TLS_DEMANDING, issue, &s)};

	(void)state;
	assert_ok(exs_signer_open(test_context(), &options, &a.signer, test_error()));
	giver.refuse = EXS_CANCELLED;
	assert_int_equal(ask(&a, test_error()), EXS_CANCELLED);
	giver.refuse = EXS_OK;
	ask_well(&a);
	assert_int_equal(s.n, 1);
	tls_server_free(a.server);
	exs_signer_free(a.signer);
}

static void
a_device_without_pss_is_told_as_such_and_with_rs256_serves_tls_1_2(void **state)
{
	seen   s = SEEN;
	asking a = {.server = tls_server_new(TLS_DEMANDING, issue, &s),
	            .signer = signer_of(&noraw, "object=main")};

	(void)state;
	(void)ask_in_vain(&a, E_KEY_MECHANISM);
	assert_int_equal(s.n, 0);
	exs_signer_free(a.signer);
	a.signer = opened(&noraw, (wish){.uri = softhsm_uri(&noraw, "object=main"),
	                                 .alg = EXS_ALG_RS256});
	ask_well(&a);
	assert_int_equal(s.n, 1);
	tls_server_free(a.server);
	exs_signer_free(a.signer);
}

static void
without_a_certificate_nothing_is_sent(void **state)
{
	seen   s = SEEN;
	asking a = {.server = tls_server_new(TLS_DEMANDING, issue, &s)};

	(void)state;
	use(&hsm);
	a.signer = opened(&hsm, (wish){.uri = softhsm_uri(&hsm, "object=main"),
	                               .without_certificate = true});
	(void)ask_in_vain(&a, E_CERT_ABSENT);
	assert_int_equal(tls_server_connections(a.server), 0);
	tls_server_free(a.server);
	exs_signer_free(a.signer);
}

static void
a_proxy_that_speaks_tls_itself_is_not_shown_it_either(void **state)
{
	seen       s = SEEN;
	asking     a = {.server = tls_server_new(TLS_DEMANDING, issue, &s),
	                .signer = signer_of(&hsm, "object=main")};

	(void)state;
	a.proxy = "HTTPS://localhost:1";
	assert_non_null(strstr(exs_error_message(ask_in_vain(&a, E_PROXY)), "client certificate"));
	tls_server_free(a.server);
	exs_signer_free(a.signer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_key_in_the_token_proves_itself_and_nothing_is_signed_besides),
		cmocka_unit_test(with_an_assertion_alone_the_error_says_what_the_server_wants),
		cmocka_unit_test(each_token_is_asked_for_with_a_proof_of_its_own),
		cmocka_unit_test(another_host_that_asks_is_not_shown_the_certificate),
		cmocka_unit_test(a_connection_with_the_certificate_is_never_used_again),
		cmocka_unit_test(what_the_device_refuses_is_the_cause_and_not_the_handshake),
		cmocka_unit_test(a_device_without_pss_is_told_as_such_and_with_rs256_serves_tls_1_2),
		cmocka_unit_test(without_a_certificate_nothing_is_sent),
		cmocka_unit_test(a_proxy_that_speaks_tls_itself_is_not_shown_it_either),
	};

	return cmocka_run_group_tests_name("grant_tls", tests, make, NULL);
}
