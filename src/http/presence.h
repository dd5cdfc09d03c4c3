/*
 * Which certificate is shown in which TLS connection of an exchange: one may be the server's alone, another one an https://
 * proxy's alone.
 */
#ifndef HTTP_PRESENCE_H
#define HTTP_PRESENCE_H

#include "http/transport_curl.h"

/* Does the exchange go through a proxy that itself speaks TLS? */
bool presence_is_tls_proxied(const curl_exchange *x);

/* Did TLS get no further than the proxy? Only to be asked when something failed. */
bool presence_ended_at_proxy(const curl_exchange *x);

/* libcurl's CURLOPT_SSL_CTX_FUNCTION; self is the curl_exchange. */
CURLcode presence_attach(CURL *easy, void *ssl_ctx, void *self);

#endif
