/*
 * The listener. See server.h.
 *
 * A thread a connection, because faults sleep: a pool would let one trickling answer hold up
 * strangers. A session of a client is one connection, so a thousand pages still cost one thread.
 * libmicrohttpd is known here and in server_answer.c only.
 */
#include "server.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "entra.h"
#include "exchange.h"
#include "graph.h"
#include "server_answer.h"
#include "server_fault.h"
#include "tenant.h"
#include "vault.h"

enum {
	CONNECTIONS_MAX = 4000,
	CONNECTION_MEMORY = 128 * 1024, /* request line and headers; a next link can be long */
	IDLE_SECONDS = 300,
};

/* One request while it arrives. */
struct conversation {
	char       *uri; /* as sent */
	struct text body;
	bool        begun;
	bool        too_long;
};

static struct MHD_Daemon *daemons[2];

static pthread_mutex_t stop_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t stop_news;
static bool stopping;

bool
server_wait(unsigned milliseconds)
{
	struct timespec until;
	bool stopped;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += milliseconds / 1000;
	until.tv_nsec += (long)(milliseconds % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&stop_lock);
	while (!stopping && pthread_cond_timedwait(&stop_news, &stop_lock, &until) != ETIMEDOUT)
		continue;
	stopped = stopping;
	pthread_mutex_unlock(&stop_lock);
	return !stopped;
}

const char *
web_header(const struct web_request *request, const char *name)
{
	if (request->own_headers != NULL)
		return cJSON_GetStringValue(cJSON_GetObjectItem(request->own_headers, name));
	if (request->connection == NULL)
		return NULL;
	return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

static void
route(const struct web_request *request, struct web_answer *answer)
{
	if (graph_serve(request, answer) || vault_serve(request, answer) ||
	    entra_serve(request, answer) || exchange_serve(request, answer))
		return;
	ledger_count("http.unknown");
	web_json(answer, 404, "{\"error\":{\"code\":\"NotFound\",\"message\":"
	         "\"The sandbox has nothing at this path.\"}}");
}

static enum MHD_Result
answer_request(struct MHD_Connection *connection, struct conversation *talk, const char *method)
{
	struct web_answer *answer = calloc(1, sizeof(*answer));
	struct web_request request = {
		.method = method,
		.path = talk->uri,
		.query = "",
		.body = talk->body.at != NULL ? talk->body.at : "",
		.body_len = talk->body.len,
		.connection = connection,
	};
	char *mark = strchr(talk->uri, '?');
	enum MHD_Result result;

	if (answer == NULL)
		abort();
	if (mark != NULL) {
		*mark = '\0';
		request.query = mark + 1;
	}
	ledger_count("http.request");
	if (talk->too_long)
		web_json(answer, 413, "{\"error\":{\"code\":\"RequestEntityTooLarge\"}}");
	else if (!wire_faults_before(&request, answer)) {
		route(&request, answer);
		wire_faults_after(&request, answer);
	}
	result = server_send(connection, answer);
	text_done(&answer->body);
	free(answer);
	return result;
}

static void *
hear_uri(void *self, const char *uri, struct MHD_Connection *connection)
{
	struct conversation *talk = calloc(1, sizeof(*talk));

	(void)self;
	(void)connection;
	if (talk == NULL || (talk->uri = strdup(uri)) == NULL)
		abort();
	return talk;
}

static enum MHD_Result
hear_request(void *self, struct MHD_Connection *connection, const char *url, const char *method,
             const char *version, const char *upload, size_t *upload_len, void **state)
{
	struct conversation *talk = *state;

	(void)self;
	(void)url;
	(void)version;
	if (!talk->begun) {
		talk->begun = true;
		return MHD_YES;
	}
	if (*upload_len != 0) {
		if (talk->body.len + *upload_len > WEB_BODY_MAX)
			talk->too_long = true;
		else
			text_add(&talk->body, upload, *upload_len);
		*upload_len = 0;
		return MHD_YES;
	}
	return answer_request(connection, talk, method);
}

static void
forget_request(void *self, struct MHD_Connection *connection, void **state,
               enum MHD_RequestTerminationCode why)
{
	struct conversation *talk = *state;

	(void)self;
	(void)connection;
	(void)why;
	if (talk == NULL)
		return;
	text_done(&talk->body);
	free(talk->uri);
	free(talk);
	*state = NULL;
}

static void
count_connection(void *self, struct MHD_Connection *connection, void **state,
                 enum MHD_ConnectionNotificationCode what)
{
	(void)self;
	(void)connection;
	(void)state;
	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		ledger_count("http.connection");
}

static struct MHD_Daemon *
serve_socket(int listener, const struct server_options *options)
{
	/* Date is ours: its absence and its errors are faults one can switch on. */
	return MHD_start_daemon(
		MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_TLS |
			MHD_USE_SUPPRESS_DATE_NO_CLOCK,
		0, NULL, NULL, hear_request, NULL,
		MHD_OPTION_LISTEN_SOCKET, listener,
		MHD_OPTION_HTTPS_MEM_KEY, options->key_pem,
		MHD_OPTION_HTTPS_MEM_CERT, options->certificate_pem,
		MHD_OPTION_HTTPS_PRIORITIES, options->priorities,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
		MHD_OPTION_URI_LOG_CALLBACK, hear_uri, NULL,
		MHD_OPTION_NOTIFY_COMPLETED, forget_request, NULL,
		MHD_OPTION_NOTIFY_CONNECTION, count_connection, NULL,
		MHD_OPTION_END);
}

bool
server_start(const struct server_options *options, char *why, size_t why_size)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&stop_news, &monotonic);
	pthread_condattr_destroy(&monotonic);

	for (size_t i = 0; i < 2; i++) {
		if (options->listeners[i] < 0)
			continue;
		daemons[i] = serve_socket(options->listeners[i], options);
		if (daemons[i] == NULL) {
			snprintf(why, why_size, "the TLS listener did not start");
			server_stop();
			return false;
		}
	}
	return true;
}

void
server_stop(void)
{
	pthread_mutex_lock(&stop_lock);
	stopping = true;
	pthread_cond_broadcast(&stop_news);
	pthread_mutex_unlock(&stop_lock);
	for (size_t i = 0; i < 2; i++) {
		if (daemons[i] != NULL)
			MHD_stop_daemon(daemons[i]);
		daemons[i] = NULL;
	}
}
