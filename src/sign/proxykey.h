/*
 * A signer as the client of a proxy that speaks TLS and asks who we are.
 *
 * Other than with a token endpoint (tlskey.h), connections to a proxy are kept and used again, so nothing but the signer stands
 * behind the certificate that is shown: it must outlive them. Any thread.
 */
#ifndef SIGN_PROXYKEY_H
#define SIGN_PROXYKEY_H

#include "sign/signer.h"

/* The same as http_presence (http/client.h): the room http is not known here. */
bool       proxykey_show(void *signer, void *ssl_ctx);
exs_status proxykey_failure(void *signer, exs_error *error);

#endif
