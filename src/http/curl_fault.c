/*
 * What libcurl's result means to a person: which of name, network, proxy, TLS or server it was, and what to do.
 */
#include "http/transport_curl.h"

#include "base/error.h"
#include "base/file.h"
#include "base/moment.h"
#include "http/presence.h"

#include <openssl/x509_vfy.h>

enum { CA_FILE_MAX = 16 * 1024 * 1024 };

/* "http://proxy.example:3128": never what may stand before its '@'. */
static host_text
proxy_name(const curl_exchange *x)
{
	host_text text;
	span      rest = span_of(x->owner->proxy);
	ptrdiff_t scheme = span_find(rest, "://"), at;
	span      prefix = {"", 0};

	if (scheme >= 0) {
		prefix = span_from(rest.at, (size_t)scheme + 3);
		rest = span_from(rest.at + prefix.len, rest.len - prefix.len);
	}
	while ((at = span_find(rest, "@")) >= 0)
		rest = span_from(rest.at + at + 1, rest.len - (size_t)at - 1);
	snprintf(text.at, sizeof text.at, "%.*s%.*s", (int)(prefix.len > 12 ? 12 : prefix.len),
	         prefix.at, (int)(rest.len > 250 ? 250 : rest.len), rest.at);
	return text;
}

/* libcurl's own words, as the cause when nothing better is known. */
static void
say_cause(const curl_exchange *x, exs_error *error)
{
	const char *words = x->problem[0] != '\0' ? x->problem
	                                          : x->owner->curl->easy_strerror(x->result);

	if (x->proxied)
		error_why(error, "%s (through the proxy %s)", words, proxy_name(x).at);
	else
		error_why(error, "%s", words);
	error_native(error, "CURLE_%d", (int)x->result);
}

static exs_status
plain_fault(const curl_exchange *x, error_id id, const char *what, const char *fix,
            exs_error *error)
{
	exs_status status = exs_fail(error, id, "%s: %s", x->host.at, what);

	say_cause(x, error);
	if (fix != NULL)
		error_fix(error, "%s", fix);
	return status;
}

static exs_status
proxy_fault(const curl_exchange *x, exs_error *error)
{
	host_text  proxy = proxy_name(x);
	long       answered = 0;
	exs_status status;

	(void)x->owner->curl->easy_getinfo(x->easy, CURLINFO_HTTP_CONNECTCODE, &answered);
	if (answered == 407)
		status = exs_fail(error, E_PROXY, "the proxy %s wants a user name and a password",
		                  proxy.at);
	else if (answered >= 300)
		status = exs_fail(error, E_PROXY, "the proxy %s refuses to connect to %s (status %ld)",
		                  proxy.at, x->host.at, answered);
	else if (x->result == CURLE_COULDNT_RESOLVE_PROXY)
		status = exs_fail(error, E_PROXY, "the name of the proxy %s cannot be resolved",
		                  proxy.at);
	else
		status = exs_fail(error, E_PROXY, "the proxy %s cannot be used", proxy.at);
	error_why(error, "%s", x->problem[0] != '\0' ? x->problem
	                                             : x->owner->curl->easy_strerror(x->result));
	error_native(error, "CURLE_%d", (int)x->result);
	return status;
}

static bool
is_about_date(int problem)
{
	return problem == X509_V_ERR_CERT_HAS_EXPIRED || problem == X509_V_ERR_CERT_NOT_YET_VALID;
}

static exs_status
date_fault(const curl_exchange *x, exs_error *error)
{
	const tls_witness *w = &x->owner->witness;
	bool               expired = w->problem == X509_V_ERR_CERT_HAS_EXPIRED;
	exs_status         status;

	status = exs_fail(error, E_TLS, "%s of %s %s",
	                  w->depth == 0 ? "the certificate" : "an issuer's certificate in the chain",
	                  x->host.at, expired ? "has expired" : "is not valid yet");
	error_why(error, "\"%s\" is valid from %s to %s; this machine's clock says %s", w->subject,
	          moment_print(w->not_before).at, moment_print(w->not_after).at,
	          moment_print(moment_now_ms() / 1000).at);
	error_fix(error, "compare this machine's clock with the dates; if it is right, the owner of "
	                 "the server must renew");
	return status;
}

static exs_status
trust_fault(const curl_exchange *x, exs_error *error)
{
	const transport_curl *t = x->owner;
	exs_status status = exs_fail(error, E_TLS_CA, "cannot verify %s", x->host.at);
	const char *store = t->ca_file == NULL ? "the system's store" : t->ca_file;

	error_why(error, "the chain ends in \"%s\", which %s does not know (certificate \"%s\")%s%s",
	          t->witness.issuer, store, t->witness.subject,
	          x->proxied ? "; proxy in use: " : "",
	          x->proxied ? proxy_name(x).at : "");
	if (t->ca_file != NULL)
		error_fix(error, "put that root into the file that ca-file names, if you trust it; "
		                 "verification cannot be switched off");
	return status;
}

/* A root that was made anew under its old name, as sandboxes and inspecting proxies do. */
static exs_status
other_key_fault(const curl_exchange *x, exs_error *error)
{
	const transport_curl *t = x->owner;
	exs_status status = exs_fail(error, E_TLS_CA, "cannot verify %s", x->host.at);

	error_why(error, "%s knows \"%s\", but with another key than the one that signed \"%s\"%s%s",
	          t->ca_file == NULL ? "the system's store" : t->ca_file, t->witness.issuer,
	          t->witness.subject, x->proxied ? "; proxy in use: " : "",
	          x->proxied ? proxy_name(x).at : "");
	error_fix(error, "get the authority's present certificate and name it as ca-file");
	return status;
}

static exs_status
verify_fault(const curl_exchange *x, exs_error *error)
{
	const tls_witness *w = &x->owner->witness;
	exs_status         status;

	if (!w->saw_peer)
		return plain_fault(x, E_TLS_CA, "the server's certificate was not accepted", NULL, error);
	if (w->problem == X509_V_OK) {
		status = exs_fail(error, E_TLS, "the certificate shown is not for %s", x->host.at);
		error_why(error, "it is for %s (\"%s\", issued by \"%s\")",
		          w->names[0] != '\0' ? w->names : "no host", w->subject, w->issuer);
		error_fix(error, "check the endpoint in the profile; or something between here and the "
		                 "service answers in its place");
		return status;
	}
	if (is_about_date(w->problem))
		status = date_fault(x, error);
	else if (w->problem == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
	         w->problem == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT ||
	         w->problem == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN ||
	         w->problem == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT ||
	         w->problem == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE)
		status = trust_fault(x, error);
	else if (w->problem == X509_V_ERR_CERT_SIGNATURE_FAILURE)
		status = other_key_fault(x, error);
	else {
		status = exs_fail(error, E_TLS_CA, "cannot verify %s: %s", x->host.at,
		                  X509_verify_cert_error_string(w->problem));
		error_why(error, "certificate \"%s\", issued by \"%s\"", w->subject, w->issuer);
	}
	error_native(error, "X509_V_ERR_%d", w->problem);
	return status;
}

/* What a server's alert says about a client's certificate (RFC 8446 section 6.2), in OpenSSL's words. */
static const struct {
	const char *words, *what;
} alerts[] = {
	{"alert certificate required", "it wants a client certificate"},
	{"alert bad certificate", "it refuses the client's certificate"},
	{"alert unsupported certificate", "it refuses the client's certificate"},
	{"alert certificate revoked", "it says that the client's certificate is revoked"},
	{"alert certificate expired", "it says that the client's certificate has expired"},
	{"alert certificate unknown", "it refuses the client's certificate"},
	{"alert unknown ca", "it does not know who issued the client's certificate"},
};

/* [is it the proxy?][was a certificate shown?] */
static const char *const presence_fixes[2][2] = {
	{"an issuer that identifies clients by certificate needs client-auth = tls in the profile",
     "register the key's certificate with the issuer: exosign cert show"},
	{"a proxy that identifies clients by certificate needs proxy-auth = tls in the profile",
     "give the key's certificate, or its issuer's, to who runs the proxy: exosign cert show --pem"},
};

static const char *
presence_fix(const curl_exchange *x)
{
	bool at_proxy = presence_ended_at_proxy(x);

	return presence_fixes[at_proxy][(at_proxy ? x->request->proxy_presence
	                                          : x->request->presence) != NULL];
}

static bool
is_about_presence(const curl_exchange *x, exs_status *ret, exs_error *error)
{
	for (size_t i = 0; i < sizeof alerts / sizeof alerts[0]; i++) {
		if (span_find(span_of(x->problem), alerts[i].words) < 0)
			continue;
		if (presence_ended_at_proxy(x)) {
			*ret = exs_fail(error, E_PROXY, "the proxy %s: %s", proxy_name(x).at,
			                alerts[i].what);
			say_cause(x, error);
			error_fix(error, "%s", presence_fix(x));
		} else {
			*ret = plain_fault(x, E_TLS, alerts[i].what, presence_fix(x), error);
		}
		return true;
	}
	return false;
}

static exs_status
handshake_fault(const curl_exchange *x, exs_error *error)
{
	span words = span_of(x->problem);

	if (x->owner->witness.problem != X509_V_OK)
		return verify_fault(x, error);
	if (span_find(words, "protocol version") >= 0 || span_find(words, "unsupported protocol") >= 0)
		return plain_fault(x, E_TLS, "the server offers no TLS 1.2 or newer",
		                   "the server, or an inspecting proxy before it, must learn TLS 1.2",
		                   error);
	return plain_fault(x, E_TLS, "TLS could not be set up",
	                   span_find(words, "alert handshake failure") >= 0 ? presence_fix(x) : NULL,
	                   error);
}

/* libcurl says no more than that it failed. */
static exs_status
ca_file_fault(const curl_exchange *x, exs_error *error)
{
	const char     *path = x->owner->ca_file;
	EXS_SCOPED(buf) contents = BUF(CA_FILE_MAX);
	exs_status      status;

	if (path == NULL) {
		status = exs_fail(error, E_FILE, "the system's file of trusted roots cannot be used");
		error_why(error, "%s", x->problem);
		error_fix(error, "install the package ca-certificates, or set ca-file in the profile");
		return status;
	}
	status = file_read(path, FILE_ANY, &contents, error);
	if (status == EXS_OK)
		status = exs_fail(error, E_FILE, "%s holds no certificate in PEM form", path);
	error_aim(error, "ca-file");
	error_fix(error, "ca-file must name a readable file of PEM certificates");
	return status;
}

/* What went wrong, by libcurl's code; what is not here is a broken connection. */
static const struct {
	CURLcode    code;
	error_id    id;
	const char *what, *fix;
} rows[] = {
	{CURLE_COULDNT_RESOLVE_HOST, E_NETWORK, "the name cannot be resolved",
     "check the host's spelling and this machine's name service"},
	{CURLE_COULDNT_CONNECT, E_NETWORK, "no connection can be made",
     "check the network, a firewall, or whether a proxy must be used"},
	{CURLE_OPERATION_TIMEDOUT, E_TIMEOUT, "no connection could be made in time",
     "check the network, a firewall, or whether a proxy must be used"},
	{CURLE_GOT_NOTHING, E_NETWORK, "the connection was closed without an answer", NULL},
	{CURLE_ABORTED_BY_CALLBACK, E_NETWORK, "the connection was closed before an answer came", NULL},
	{CURLE_PARTIAL_FILE, E_NETWORK,
     "the connection was closed before the whole answer had arrived", NULL},
	{CURLE_WEIRD_SERVER_REPLY, E_ANSWER, "the answer is not HTTP", NULL},
	{CURLE_UNSUPPORTED_PROTOCOL, E_ANSWER, "the answer is not HTTP", NULL},
	{CURLE_SSL_CERTPROBLEM, E_TLS, "the client's certificate cannot be used", NULL},
	{CURLE_URL_MALFORMAT, E_URL, "libcurl does not take the address", NULL},
};

exs_status
curl_fault(const curl_exchange *x, exs_error *error)
{
	CURLcode code = x->result;
	bool     before_sending = x->attempts == 0;
	exs_status status = EXS_OK;
	const http_presence *shown = x->request->proxy_presence;

	if (code == CURLE_OUT_OF_MEMORY)
		return mem_fail(error);
	if (shown != NULL && shown->failure != NULL && presence_ended_at_proxy(x))
		EXS_TRY(shown->failure(shown->self, error));
	if (x->head_too_large)
		return exs_fail(error, E_ANSWER_SIZE, "%s sent a header of more than %d bytes",
		                x->host.at, HEAD_MAX);
	if (is_about_presence(x, &status, error))
		return status;
	if (code == CURLE_PEER_FAILED_VERIFICATION)
		return verify_fault(x, error);
	if (code == CURLE_SSL_CACERT_BADFILE)
		return ca_file_fault(x, error);
	if (code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_PROXY ||
	    (before_sending && x->proxied &&
	     (code == CURLE_COULDNT_CONNECT || code == CURLE_RECV_ERROR ||
	      code == CURLE_OPERATION_TIMEDOUT)))
		return proxy_fault(x, error);
	if (code == CURLE_SSL_CONNECT_ERROR || code == CURLE_SSL_CIPHER)
		return handshake_fault(x, error);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].code == code)
			return plain_fault(x, rows[i].id, rows[i].what, rows[i].fix, error);
	return plain_fault(x, E_NETWORK, "the connection broke", NULL, error);
}
