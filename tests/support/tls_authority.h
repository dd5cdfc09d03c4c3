/* A certificate authority of a test's own, and a server's TLS settings by flavour. */
#ifndef SUPPORT_TLS_AUTHORITY_H
#define SUPPORT_TLS_AUTHORITY_H

#include "support/tls_server.h"

#include <openssl/ssl.h>

/* Its CA, "CN=Test Authority", is written to ca_file as PEM. Aborts when OpenSSL cannot. */
SSL_CTX *tls_authority_context(tls_flavour flavour, const char *ca_file);

#endif
