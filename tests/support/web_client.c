/* Our own HTTP client against servers of the test. */
#include "support/web_client.h"

#include "support/fake_signer.h"
#include "support/test.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

web_client
web_client_to(const tls_server *server, const exs_network *network)
{
	web_client  c = {.host = fake_host_new(), .port = tls_server_port(server)};
	exs_network how = network != NULL ? *network : (exs_network){0};
	char        authority[64];
	const char *hosts[] = {authority, NULL};

	snprintf(authority, sizeof authority, "localhost:%u", c.port);
	how.size = sizeof how;
	if (how.ca_file == NULL)
		how.ca_file = tls_server_ca_file(server);
	if (how.deadline_ms == 0)
		how.deadline_ms = 20000;
	if (http_client_new(c.host->context, &how, hosts, &c.client, NULL) != EXS_OK)
		abort();
	return c;
}

void
web_client_end(web_client *c)
{
	http_client_free(c->client);
	fake_host_free(c->host);
}

exs_status
web_open(web_client *c, const char *method, const char *path, http_response **ret, exs_error *error)
{
	char url[256];

	snprintf(url, sizeof url, "https://localhost:%u%s", c->port, path);
	return http_open(c->client, &(http_request){.method = method, .url = url}, ret, error);
}

exs_status
web_get(web_client *c, const char *path, int *ret_status, buf *body, exs_error *error)
{
	EXS_AUTO(http_response) *response = NULL;

	EXS_TRY(web_open(c, "GET", path, &response, error));
	*ret_status = http_status(response);
	return http_read_all(response, body, error);
}

exs_error *
web_fails(web_client *c, error_id id)
{
	exs_error      *error = test_error();
	EXS_SCOPED(buf) body = BUF(1024);
	int             status;
	exs_status      got = web_get(c, "/x?who=anna", &status, &body, error);

	print_message("%s: %s\n  why: %s\n  fix: %s\n", exs_error_code(error), exs_error_message(error),
	              exs_error_why(error), exs_error_fix(error));
	if (!error_is(error, id))
		fail_msg("%s", exs_error_code(error));
	assert_int_equal(got, error_row_of(id)->status);
	assert_false(http_may_have_arrived(c->client));
	assert_int_equal(fake_host_logged(c->host, "anna"), 0);
	return error;
}

/* Bound, never listened on. */
unsigned
web_dead_port(int *ret_fd)
{
	struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t          len = sizeof here;

	*ret_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(*ret_fd, (const struct sockaddr *)&here, sizeof here), 0);
	assert_int_equal(getsockname(*ret_fd, (struct sockaddr *)&here, &len), 0);
	return ntohs(here.sin_port);
}

exs_error *
web_refuses(const exs_network *how, const char *authority, error_id id)
{
	fake_host      *host = fake_host_new();
	http_client    *client = NULL;
	http_response  *response = NULL;
	exs_error      *error = test_error();
	const char     *hosts[] = {authority, NULL};
	char            url[256];
	exs_status      status;

	snprintf(url, sizeof url, "https://%s/", authority);
	assert_ok(http_client_new(host->context, how, hosts, &client, error));
	status = http_open(client, &(http_request){.method = "GET", .url = url}, &response, error);
	print_message("%s: %s\n  why: %s\n", exs_error_code(error), exs_error_message(error),
	              exs_error_why(error));
	if (!error_is(error, id))
		fail_msg("%s", exs_error_code(error));
	assert_int_equal(status, error_row_of(id)->status);
	assert_false(http_may_have_arrived(client));
	http_client_free(client);
	fake_host_free(host);
	return error;
}

const char *
web_another_root(void)
{
	static char path[512];

	if (path[0] == '\0') {
		fake_host   *host = fake_host_new();
		fake_signer *signer = fake_signer_new(host->context, EXS_ALG_ES256, true);

		snprintf(path, sizeof path, "%s", test_path("another.pem"));
		fake_signer_write_pem(signer, path);
		fake_signer_free(signer);
		fake_host_free(host);
	}
	return path;
}
