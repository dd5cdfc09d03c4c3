/*
 * Every option of a request, in one place.
 *
 * What libcurl would read from the environment (proxies) or do by itself (redirects, other protocols, decoding) is
 * switched off by name.
 */
#include "http/transport_curl.h"

#include "base/error.h"
#include "http/presence.h"
#include "http/url.h"

enum { KEEPALIVE_S = 60, IDLE_CONNECTION_S = 100, RECEIVE_ROOM = 128 * 1024 };

/* One entry of no_proxy: "*", a host, or the suffix of one with or without its dot. */
static bool
is_excepted(span host, span entry)
{
	if (entry.len == 0)
		return false;
	if (span_is(entry, "*") || span_same_nocase(host, entry))
		return true;
	if (entry.at[0] == '.')
		entry = span_from(entry.at + 1, entry.len - 1);
	return host.len > entry.len && host.at[host.len - entry.len - 1] == '.' &&
	       span_same_nocase(span_from(host.at + host.len - entry.len, entry.len), entry);
}

static bool
is_proxied(const transport_curl *t, const url *where)
{
	span rest = span_of(t->no_proxy);

	if (t->proxy == NULL || t->proxy[0] == '\0')
		return false;
	while (rest.len > 0)
		if (is_excepted(where->host, span_trim(span_cut(&rest, ','))))
			return false;
	return true;
}

/* What later errors will say of the address, which is gone by then. */
static exs_status
note_host(curl_exchange *x, exs_error *error)
{
	url where;

	EXS_TRY(url_parse(x->request->url, &where, error));
	if (where.port == 443)
		snprintf(x->host.at, sizeof x->host.at, "%.*s", (int)where.host.len, where.host.at);
	else
		snprintf(x->host.at, sizeof x->host.at, "%.*s:%u", (int)where.host.len, where.host.at,
		         where.port);
	snprintf(x->name, sizeof x->name, "%.*s", (int)where.host.len, where.host.at);
	x->proxied = is_proxied(x->owner, &where);
	return EXS_OK;
}

/* A reader that is behind pauses the connection; libcurl keeps the refused piece and offers it again. */
static size_t
take_body(char *bytes, size_t size, size_t n, void *self)
{
	curl_exchange *x = self;
	size_t         len = size * n;

	if (x->arrived.len > 0 && x->arrived.len + len > ARRIVED_MAX) {
		x->paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	buf_add(&x->arrived, span_from(bytes, len));
	return x->arrived.no_memory || x->arrived.over_ceiling ? 0 : len;
}

/* "HTTP/1.1 200 OK" or "HTTP/2 200 " */
static int
status_of(span line)
{
	uint64_t status = 0;

	(void)span_cut(&line, ' ');
	return span_unsigned(span_trim(span_cut(&line, ' ')), &status) && status < 1000 ? (int)status
	                                                                               : 0;
}

static size_t
take_head(char *bytes, size_t size, size_t n, void *self)
{
	curl_exchange *x = self;
	span           line = span_from(bytes, size * n);

	if (x->head_complete)
		return line.len; /* trailers say nothing we use */
	if (span_starts(line, "HTTP/")) {
		buf_clear(&x->head);
		x->status = status_of(line);
		return line.len;
	}
	if (span_trim(line).len == 0) {
		x->head_complete = x->status >= 200;
		return line.len;
	}
	buf_add(&x->head, line);
	x->head_too_large = x->head.over_ceiling;
	return x->head.over_ceiling || x->head.no_memory ? 0 : line.len;
}

/*
 * libcurl repeats a request by itself when a kept connection turns out to be dead. Whether the first one was executed
 * is then unknown, so the decision is not libcurl's: the second attempt is stopped here, before it is sent.
 */
static int
may_send(void *self, char *to, char *from, int to_port, int from_port)
{
	curl_exchange *x = self;

	(void)to, (void)from, (void)to_port, (void)from_port;
	return ++x->attempts == 1 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

static CURLcode
attach_witness(CURL *easy, void *ssl_ctx, void *self)
{
	transport_curl *t = self;

	(void)easy;
	tls_witness_attach(&t->witness, ssl_ctx);
	return CURLE_OK;
}

#define SET(option, value)                                                                         \
	do {                                                                                       \
		if (code == CURLE_OK)                                                              \
			code = curl->easy_setopt(x->easy, (option), (value));                      \
	} while (0)

static CURLcode
set_request(curl_exchange *x, CURLcode code)
{
	const curl_library      *curl = x->owner->curl;
	const transport_request *request = x->request;

	for (size_t i = 0; i < request->n_lines; i++) {
		/* the line is only read; the struct is libcurl's and knows no const */
		memcpy(&x->lines[i].data, &request->lines[i], sizeof x->lines[i].data);
		x->lines[i].next = i + 1 < request->n_lines ? &x->lines[i + 1] : NULL;
	}
	SET(CURLOPT_URL, request->url);
	SET(CURLOPT_PATH_AS_IS, 1L);
	SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	SET(CURLOPT_HTTPHEADER, request->n_lines > 0 ? x->lines : NULL);
	if (request->body.len > 0 || strcmp(request->method, "POST") == 0) {
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
		SET(CURLOPT_POSTFIELDS, request->body.len > 0 ? request->body.at : "");
	}
	if (strcmp(request->method, "HEAD") == 0)
		SET(CURLOPT_NOBODY, 1L);
	SET(CURLOPT_CUSTOMREQUEST, request->method);
	return code;
}

static CURLcode
set_wire(curl_exchange *x, CURLcode code)
{
	const transport_curl *t = x->owner;
	const curl_library   *curl = t->curl;
	int64_t               ms = x->request->connect_ms;

	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_SHARE, t->share);
	SET(CURLOPT_COOKIEFILE, ""); /* keeps cookies in memory, reads none */
	SET(CURLOPT_PROTOCOLS_STR, "https");
	SET(CURLOPT_REDIR_PROTOCOLS_STR, "https");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	SET(CURLOPT_HTTP_CONTENT_DECODING, 0L);
	SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)ms);
	SET(CURLOPT_MAXAGE_CONN, (long)IDLE_CONNECTION_S);
	SET(CURLOPT_BUFFERSIZE, (long)RECEIVE_ROOM);
	SET(CURLOPT_TCP_KEEPALIVE, 1L); /* a cmdlet may be silent for minutes */
	SET(CURLOPT_TCP_KEEPIDLE, (long)KEEPALIVE_S);
	SET(CURLOPT_TCP_KEEPINTVL, (long)KEEPALIVE_S);
	/* an empty string, not NULL: NULL would make libcurl look at the environment */
	SET(CURLOPT_PROXY, t->proxy == NULL ? "" : t->proxy);
	SET(CURLOPT_NOPROXY, t->no_proxy == NULL ? "" : t->no_proxy);
	return code;
}

/* libcurl takes connections and TLS sessions with and without a certificate for the same: this one is kept apart. */
static CURLcode
set_presence(curl_exchange *x, CURLcode code)
{
	const curl_library *curl = x->owner->curl;

	SET(CURLOPT_FRESH_CONNECT, 1L);
	SET(CURLOPT_FORBID_REUSE, 1L);
	SET(CURLOPT_SSL_SESSIONID_CACHE, 0L);
	return code;
}

static CURLcode
set_tls(curl_exchange *x, CURLcode code)
{
	const transport_curl *t = x->owner;
	const curl_library   *curl = t->curl;

	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
	if (t->ca_file != NULL) {
		/* instead of the system's roots, so their directory has to go too */
		SET(CURLOPT_CAINFO, t->ca_file);
		SET(CURLOPT_CAPATH, NULL);
		SET(CURLOPT_PROXY_CAINFO, t->ca_file);
		SET(CURLOPT_PROXY_CAPATH, NULL);
	}
	if (x->request->presence != NULL || presence_is_tls_proxied(x)) {
		SET(CURLOPT_SSL_CTX_FUNCTION, presence_attach);
		SET(CURLOPT_SSL_CTX_DATA, x);
		return x->request->presence == NULL ? code : set_presence(x, code);
	}
	if (code == CURLE_OK && curl->easy_setopt(x->easy, CURLOPT_SSL_CTX_FUNCTION,
	                                          attach_witness) == CURLE_OK)
		SET(CURLOPT_SSL_CTX_DATA, x->owner);
	return code;
}

exs_status
curl_options_set(curl_exchange *x, exs_error *error)
{
	const curl_library *curl = x->owner->curl;
	CURLcode            code = CURLE_OK;

	EXS_TRY(note_host(x, error));
	SET(CURLOPT_ERRORBUFFER, x->problem);
	SET(CURLOPT_PRIVATE, x);
	SET(CURLOPT_WRITEFUNCTION, take_body);
	SET(CURLOPT_WRITEDATA, x);
	SET(CURLOPT_HEADERFUNCTION, take_head);
	SET(CURLOPT_HEADERDATA, x);
	SET(CURLOPT_PREREQFUNCTION, may_send);
	SET(CURLOPT_PREREQDATA, x);
	code = set_tls(x, set_wire(x, set_request(x, code)));
	if (code == CURLE_OUT_OF_MEMORY)
		return mem_fail(error);
	if (code != CURLE_OK)
		return exs_fail(error, E_CURL, "libcurl cannot be set up: %s",
		                curl->easy_strerror(code));
	return EXS_OK;
}
