/*
 * Which certificate is shown in which TLS connection of an exchange.
 *
 * libcurl calls one function for the SSL_CTX of a proxy and for the server's, in the order in which it connects, and does not
 * say which is which. So the order decides what is put in, and the name that each handshake is for (SNI) must agree before
 * anything is shown: a certificate that would go to the other side ends the handshake instead.
 */
#include "http/presence.h"

#include "http/url.h"

#include <openssl/ssl.h>
#include <string.h>
#include <strings.h>

static bool
is_address(const char *host)
{
	return host[0] == '[' || strspn(host, "0123456789.") == strlen(host);
}

/* SSL_CTX_set_cert_cb(3): called when the other side asks for a certificate. An address is named by no SNI. */
static int
is_for(SSL *ssl, void *host)
{
	const char *named = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

	return named == NULL ? is_address(host) : strcasecmp(named, host) == 0;
}

bool
presence_is_tls_proxied(const curl_exchange *x)
{
	return x->proxied && span_starts_nocase(span_of(x->owner->proxy), "https://");
}

bool
presence_ended_at_proxy(const curl_exchange *x)
{
	return presence_is_tls_proxied(x) && x->tls_contexts == 1;
}

CURLcode
presence_attach(CURL *easy, void *ssl_ctx, void *self)
{
	curl_exchange       *x = self;
	bool                 to_proxy = presence_is_tls_proxied(x) && x->tls_contexts == 0;
	const http_presence *shown = to_proxy ? x->request->proxy_presence : x->request->presence;

	(void)easy;
	x->tls_contexts++;
	tls_witness_attach(&x->owner->witness, ssl_ctx);
	if (shown == NULL)
		return CURLE_OK;
	/* connections to a proxy outlive the exchange, and so does the proxy's name */
	SSL_CTX_set_cert_cb(ssl_ctx, is_for, to_proxy ? x->owner->proxy_host : x->name);
	return shown->show(shown->self, ssl_ctx) ? CURLE_OK : CURLE_SSL_CERTPROBLEM;
}
