/* Our own HTTP client against servers of the test. */
#include "support/web_client.h"

#include <stdio.h>
#include <stdlib.h>

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
