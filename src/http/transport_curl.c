/* The carrier we ship: libcurl's multi interface, pumped by whoever reads. */
#include "http/transport_curl.h"

#include "base/error.h"
#include "base/moment.h"
#include "http/pipe_guard.h"

static void
transport_curl_free(transport_curl *t)
{
	if (t == NULL)
		return;
	if (t->multi != NULL) {
		PIPE_GUARDED;

		(void)t->curl->multi_cleanup(t->multi);
	}
	if (t->share != NULL)
		(void)t->curl->share_cleanup(t->share);
	mem_free(t->ca_file);
	mem_wipe_free(t->proxy, t->proxy == NULL ? 0 : strlen(t->proxy)); /* may hold a password */
	mem_free(t->proxy_host);
	mem_free(t->no_proxy);
	mem_free(t);
}
EXS_DEFINE_AUTO(transport_curl)

/* The host of "https://user:password@proxy.example:3128"; of "[::1]:3128", which no certificate names by SNI, the address. */
static exs_status
copy_proxy_host(const char *proxy, char **ret, exs_error *error)
{
	span      rest = span_of(proxy);
	ptrdiff_t at = span_find(rest, "://");
	bool      bracket;

	if (at >= 0)
		rest = span_from(rest.at + at + 3, rest.len - (size_t)at - 3);
	rest = span_cut(&rest, '/');
	while ((at = span_find(rest, "@")) >= 0)
		rest = span_from(rest.at + at + 1, rest.len - (size_t)at - 1);
	bracket = rest.len > 0 && rest.at[0] == '[';
	rest = span_cut(&rest, bracket ? ']' : ':');
	*ret = mem_text(rest.at, rest.len);
	return *ret == NULL ? mem_fail(error) : EXS_OK;
}

exs_status
transport_curl_new(const exs_context *context, const exs_network *network, transport_curl **ret,
                   exs_error *error)
{
	EXS_AUTO(transport_curl) *t = mem_new(1, sizeof *t);

	if (t == NULL)
		return mem_fail(error);
	t->context = context;
	if (network != NULL) {
		EXS_TRY(mem_copy(network->ca_file, &t->ca_file, error));
		EXS_TRY(mem_copy(network->proxy, &t->proxy, error));
		EXS_TRY(mem_copy(network->no_proxy, &t->no_proxy, error));
		if (t->proxy != NULL)
			EXS_TRY(copy_proxy_host(t->proxy, &t->proxy_host, error));
	}
	EXS_GIVE(ret, t);
	return EXS_OK;
}

static exs_status
start(transport_curl *t, exs_error *error)
{
	if (t->multi != NULL && t->share != NULL)
		return EXS_OK;
	EXS_TRY(curl_library_get(&t->curl, error));
	t->multi = t->multi == NULL ? t->curl->multi_init() : t->multi;
	t->share = t->share == NULL ? t->curl->share_init() : t->share;
	if (t->multi == NULL || t->share == NULL)
		return mem_fail(error);
	if (t->curl->share_setopt(t->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE) != CURLSHE_OK ||
	    t->curl->share_setopt(t->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) !=
	            CURLSHE_OK)
		return exs_fail(error, E_CURL, "libcurl cannot keep cookies");
	return EXS_OK;
}

static void
curl_exchange_free(curl_exchange *x)
{
	if (x == NULL)
		return;
	if (x->easy != NULL) {
		const curl_library *curl = x->owner->curl;
		PIPE_GUARDED;

		/* a name that is still being looked up is left behind, not waited for */
		if (!x->done && x->attempts == 0)
			(void)curl->easy_setopt(x->easy, CURLOPT_QUICK_EXIT, 1L);
		(void)curl->multi_remove_handle(x->owner->multi, x->easy);
		curl->easy_cleanup(x->easy);
	}
	buf_done(&x->head);
	buf_done(&x->arrived);
	mem_free(x);
}
EXS_DEFINE_AUTO(curl_exchange)

static void
collect_results(transport_curl *t)
{
	const CURLMsg *message;
	int            left;

	while ((message = t->curl->multi_info_read(t->multi, &left)) != NULL) {
		curl_exchange *x = NULL;
		char          *private = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		(void)t->curl->easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
		memcpy(&x, &private, sizeof x);
		x->done = true;
		x->result = message->data.result;
	}
}

static bool
head_is_there(const curl_exchange *x)
{
	return x->head_complete;
}

static bool
body_is_there(const curl_exchange *x)
{
	return x->arrived.len > 0;
}

static exs_status
check_times(const curl_exchange *x, int64_t left_ms, int64_t quiet_ms, exs_error *error)
{
	const char *what = x->attempts == 0   ? "the connection was not set up"
	                   : x->head_complete ? "the answer was not complete"
	                                      : "no answer came";

	if (left_ms <= 0)
		return exs_fail(error, E_TIMEOUT, "%s: %s within %lld s", x->host.at, what,
		                (long long)((x->request->deadline_ms + 999) / 1000));
	/* before the header a cmdlet may well be working for minutes; within a body silence is a fault */
	if (x->head_complete && quiet_ms >= x->request->stall_ms)
		return exs_fail(error, E_TIMEOUT, "%s stopped in the middle of its answer for %lld s",
		                x->host.at, (long long)((x->request->stall_ms + 999) / 1000));
	return EXS_OK;
}

/* Drives all of the client's exchanges until this one has enough or is over. */
static exs_status
pump(curl_exchange *x, bool (*enough)(const curl_exchange *x), exs_error *error)
{
	const transport_curl *t = x->owner;
	PIPE_GUARDED;
	int64_t               began = moment_steady_ms(), spent = 0;
	int                   running;

	while (!enough(x) && !x->done) {
		int64_t left = x->left_ms - spent;

		EXS_TRY(context_check(t->context, error));
		EXS_TRY(check_times(x, left, spent, error));
		if (t->curl->multi_perform(t->multi, &running) != CURLM_OK)
			return exs_fail(error, E_CURL, "libcurl failed in a way that should be impossible");
		collect_results(x->owner);
		if (enough(x) || x->done)
			break;
		(void)t->curl->multi_poll(t->multi, NULL, 0, left < SLICE_MS ? (int)left : SLICE_MS,
		                          NULL);
		spent = moment_steady_ms() - began;
	}
	x->left_ms -= spent;
	if (x->arrived.no_memory || x->head.no_memory)
		return mem_fail(error);
	if (x->done && x->result != CURLE_OK && !enough(x))
		return curl_fault(x, error);
	return EXS_OK;
}

static exs_status
open_exchange(transport_curl *t, const transport_request *request, curl_exchange **ret,
              exs_error *error)
{
	EXS_AUTO(curl_exchange) *x = NULL;

	EXS_TRY(start(t, error));
	t->witness = (tls_witness){0};
	x = mem_new(1, sizeof *x);
	if (x == NULL)
		return mem_fail(error);
	x->owner = t;
	x->request = request;
	x->head = BUF(HEAD_MAX);
	x->arrived = BUF(ARRIVED_MAX + 2 * CURL_MAX_WRITE_SIZE);
	x->left_ms = request->deadline_ms;
	x->easy = t->curl->easy_init();
	if (x->easy == NULL)
		return mem_fail(error);
	EXS_TRY(curl_options_set(x, error));
	if (t->curl->multi_add_handle(t->multi, x->easy) != CURLM_OK)
		return mem_fail(error);
	EXS_GIVE(ret, x);
	return EXS_OK;
}

static exs_status
open_request(void *self, const transport_request *request, void **ret_exchange,
             transport_head *ret_head, exs_error *error)
{
	transport_curl          *t = self;
	EXS_AUTO(curl_exchange) *x = NULL;
	exs_status               status;

	t->may_have_arrived = false;
	EXS_TRY(open_exchange(t, request, &x, error));
	status = pump(x, head_is_there, error);
	t->may_have_arrived = x->attempts > 0;
	EXS_TRY(status);
	if (!x->head_complete)
		return exs_fail(error, E_ANSWER, "%s closed the connection without an HTTP answer",
		                x->host.at);
	*ret_head = (transport_head){x->status, buf_span(&x->head)};
	*ret_exchange = x;
	x = NULL;
	return EXS_OK;
}

static exs_status
read_body(void *self, void *exchange, span *ret_piece, exs_error *error)
{
	curl_exchange *x = exchange;

	(void)self;
	if (x->handed)
		x->arrived.len = 0; /* wiped with its room at the end, not once a piece */
	x->handed = false;
	if (x->paused) {
		PIPE_GUARDED;

		x->paused = false;
		(void)x->owner->curl->easy_pause(x->easy, CURLPAUSE_CONT);
	}
	EXS_TRY(pump(x, body_is_there, error));
	x->handed = true;
	*ret_piece = buf_span(&x->arrived);
	return EXS_OK;
}

static void
end_exchange(void *self, void *exchange)
{
	(void)self;
	curl_exchange_free(exchange);
}

static bool
may_have_arrived(const void *self)
{
	const transport_curl *t = self;

	return t->may_have_arrived;
}

static const tls_witness *
witness_of(const void *self)
{
	const transport_curl *t = self;

	return &t->witness;
}

static void
close_transport(void *self)
{
	transport_curl_free(self);
}

const transport_ops transport_curl_ops = {
	.open = open_request,
	.read = read_body,
	.end = end_exchange,
	.may_have_arrived = may_have_arrived,
	.close = close_transport,
	.witness = witness_of,
};
