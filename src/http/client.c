/*
 * One HTTPS request at a time: checked, sent, and read as it arrives.
 *
 * Everything that could send a bearer astray is decided here, before a carrier hears of it: the address, the list of hosts,
 * and header lines that cannot become two.
 */
#include "http/client.h"

#include "base/error.h"
#include "base/moment.h"
#include "http/response.h"
#include "http/transport_curl.h"
#include "http/url.h"

#include <exosign/version.h>

enum { CONNECT_MS = 30 * 1000, DEADLINE_MS = 960 * 1000, STALL_MS = 120 * 1000, AGENT_MAX = 300 };

struct http_client {
	const exs_context   *context;
	const transport_ops *ops;
	void                *transport;
	char               **hosts;
	int64_t              connect_ms, deadline_ms;
	char                 agent[AGENT_MAX];
	bool                 may_have_arrived;
	const http_presence *proxy_presence;
};

void
http_client_free(http_client *client)
{
	if (client == NULL)
		return;
	if (client->transport != NULL)
		client->ops->close(client->transport);
	for (size_t i = 0; client->hosts != NULL && client->hosts[i] != NULL; i++)
		mem_free(client->hosts[i]);
	mem_free(client->hosts);
	mem_free(client);
}

static exs_status
copy_hosts(http_client *client, const char *const *hosts, exs_error *error)
{
	size_t n = 0;

	while (hosts[n] != NULL)
		n++;
	client->hosts = mem_new(n + 1, sizeof *client->hosts);
	if (client->hosts == NULL)
		return mem_fail(error);
	for (size_t i = 0; i < n; i++)
		EXS_TRY(mem_copy(hosts[i], &client->hosts[i], error));
	return EXS_OK;
}

exs_status
http_client_over(const exs_context *context, const exs_network *network, const char *const *hosts,
                 const transport_ops *ops, void *self, http_client **ret, exs_error *error)
{
	EXS_AUTO(http_client) *client = mem_new(1, sizeof *client);
	const char            *more = network == NULL ? NULL : network->user_agent;

	if (client == NULL)
		return mem_fail(error);
	client->context = context;
	client->connect_ms = network != NULL && network->connect_ms > 0 ? network->connect_ms
	                                                                : CONNECT_MS;
	client->deadline_ms = network != NULL && network->deadline_ms > 0 ? network->deadline_ms
	                                                                  : DEADLINE_MS;
	snprintf(client->agent, sizeof client->agent, "exosign/" EXS_VERSION "%s%s",
	         more == NULL ? "" : " ", more == NULL ? "" : more);
	EXS_TRY(copy_hosts(client, hosts, error));
	client->ops = ops;
	client->transport = self;
	EXS_GIVE(ret, client);
	return EXS_OK;
}

exs_status
http_client_new(const exs_context *context, const exs_network *network, const char *const *hosts,
                http_client **ret, exs_error *error)
{
	transport_curl *transport = NULL;
	exs_status      status;

	EXS_TRY(transport_curl_new(context, network, &transport, error));
	status = http_client_over(context, network, hosts, &transport_curl_ops, transport, ret, error);
	if (status != EXS_OK)
		transport_curl_ops.close(transport);
	return status;
}

static exs_status
check_host(const http_client *client, const url *where, exs_error *error)
{
	exs_status status;

	for (size_t i = 0; client->hosts[i] != NULL; i++)
		if (url_matches(where, client->hosts[i]))
			return EXS_OK;
	status = exs_fail(error, E_HOST, "nothing was sent to " SPAN_FORMAT ", port %u",
	                  SPAN_PRINT(where->host), where->port);
	error_why(error, "it is not among the hosts of this cloud, and a bearer goes nowhere else");
	error_fix(error, "if it is yours, name it in the profile as endpoint.login, endpoint.graph, "
	                 "endpoint.exchange, endpoint.compliance or endpoint.vault");
	return status;
}

static bool
is_name(const char *name)
{
	for (const char *c = name; *c != '\0'; c++)
		if (*c <= 0x20 || *c >= 0x7F || strchr("()<>@,;:\\\"/[]?={}", *c) != NULL)
			return false;
	return name[0] != '\0';
}

static bool
is_value(span value)
{
	for (size_t i = 0; i < value.len; i++)
		if (((unsigned char)value.at[i] < 0x20 && value.at[i] != '\t') || value.at[i] == 0x7F)
			return false;
	return true;
}

/* One "Name: value", or libcurl's "Name;" for an empty one. A line break would make two headers of one. */
static exs_status
add_line(http_response *response, size_t starts[], const char *name, span value, exs_error *error)
{
	if (!is_name(name))
		return exs_fail(error, E_USAGE, "\"%.40s\" is no name of a header", name);
	if (!is_value(value))
		return exs_fail(error, E_USAGE, "the value of the header %s has a line break or another "
		                                "control character", name);
	starts[response->request.n_lines++] = response->lines.len;
	buf_puts(&response->lines, name);
	buf_puts(&response->lines, value.len == 0 ? ";" : ": ");
	buf_add(&response->lines, value);
	buf_byte(&response->lines, '\0');
	return EXS_OK;
}

static bool
has_header(const http_request *request, const char *name)
{
	for (size_t i = 0; i < request->n_headers; i++)
		if (span_is_nocase(span_of(request->headers[i].name), name))
			return true;
	return false;
}

static exs_status
write_lines(const http_client *client, const http_request *request, http_response *response,
            exs_error *error)
{
	size_t          starts[HTTP_HEADERS_MAX + 4];
	EXS_SCOPED(buf) bearer = BUF(64 * 1024);

	if (request->n_headers > HTTP_HEADERS_MAX || has_header(request, "Authorization"))
		return exs_fail(error, E_BUG, "a request has too many headers, or brings Authorization");
	for (size_t i = 0; i < request->n_headers; i++)
		EXS_TRY(add_line(response, starts, request->headers[i].name,
		                 span_of(request->headers[i].value), error));
	if (!has_header(request, "User-Agent"))
		EXS_TRY(add_line(response, starts, "User-Agent", span_of(client->agent), error));
	if (!has_header(request, "Accept-Encoding"))
		EXS_TRY(add_line(response, starts, "Accept-Encoding", span_of("gzip"), error));
	if (request->bearer != NULL) {
		buf_puts(&bearer, "Bearer ");
		buf_add(&bearer, secret_reveal(request->bearer));
		EXS_TRY(buf_check(&bearer, "a bearer", error));
		EXS_TRY(add_line(response, starts, "Authorization", buf_span(&bearer), error));
	}
	/* libcurl would wait a second for a "100 Continue" that nobody sends */
	response->line[response->request.n_lines] = "Expect:";
	EXS_TRY(buf_check(&response->lines, "the header of a request", error));
	for (size_t i = 0; i < response->request.n_lines; i++)
		response->line[i] = response->lines.at + starts[i];
	response->request.n_lines++;
	return EXS_OK;
}

static void
log_answer(const http_client *client, const http_request *request, const url *where, int status,
           const exs_error *error, int64_t ms)
{
	EXS_SCOPED(buf) path = BUF(2048);
	EXS_SCOPED(buf) host = BUF(512);

	buf_add(&host, where->host);
	buf_add(&path, where->path); /* never the query: it may say whom it is about */
	if (status > 0)
		LOG(client->context, EXS_LOG_DEBUG, "http", "answered", LOG_TEXT("method", request->method),
		    LOG_TEXT("host", buf_text(&host)), LOG_TEXT("path", buf_text(&path)),
		    LOG_NUMBER("status", status), LOG_NUMBER("ms", ms));
	else
		LOG(client->context, EXS_LOG_DEBUG, "http", "failed", LOG_TEXT("method", request->method),
		    LOG_TEXT("host", buf_text(&host)), LOG_TEXT("path", buf_text(&path)),
		    LOG_TEXT("code", exs_error_code(error)), LOG_NUMBER("ms", ms));
}

static int64_t
smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void
set_times(const http_client *client, const http_request *asked, transport_request *request)
{
	request->deadline_ms = asked->deadline_ms > 0 ? asked->deadline_ms : client->deadline_ms;
	request->connect_ms = smaller(client->connect_ms, request->deadline_ms);
	request->stall_ms = smaller(STALL_MS, request->deadline_ms);
}

exs_status
http_open(http_client *client, const http_request *request, http_response **ret, exs_error *error)
{
	EXS_AUTO(http_response) *response = NULL;
	transport_head           head = {0};
	url                      where;
	int64_t                  began = moment_steady_ms();
	exs_status               status;

	client->may_have_arrived = false;
	EXS_TRY(url_parse(request->url, &where, error));
	EXS_TRY(check_host(client, &where, error));
	EXS_TRY(response_new(client->ops, client->transport, client->context,
	                     &client->may_have_arrived, &response, error));
	snprintf(response->whence, sizeof response->whence, SPAN_FORMAT, SPAN_PRINT(where.host));
	EXS_TRY(write_lines(client, request, response, error));
	response->request.method = request->method;
	response->request.url = request->url;
	response->request.lines = response->line;
	response->request.body = request->body;
	response->request.presence = request->presence;
	response->request.proxy_presence = client->proxy_presence;
	set_times(client, request, &response->request);
	status = client->ops->open(client->transport, &response->request, &response->exchange, &head,
	                           error);
	log_answer(client, request, &where, head.status, error, moment_steady_ms() - began);
	client->may_have_arrived = client->ops->may_have_arrived(client->transport);
	EXS_TRY(status);
	EXS_TRY(response_begin(response, &head, error));
	EXS_GIVE(ret, response);
	return EXS_OK;
}

void
http_client_present_to_proxy(http_client *client, const http_presence *presence)
{
	client->proxy_presence = presence;
}

bool
http_may_have_arrived(const http_client *client)
{
	return client->may_have_arrived;
}

const tls_witness *
http_witness(const http_client *client)
{
	const tls_witness *witness = client->ops->witness == NULL ? NULL
	                                                          : client->ops->witness(client->transport);

	return witness == NULL || !witness->saw_peer ? NULL : witness;
}
