/*
 * Who stood at the other end.
 *
 * OpenSSL verifies; the witness only watches and remembers the certificate that did not pass, because libcurl's
 * own message names neither issuer nor date; and of a good chain the server's own and the root it ends in. Without OpenSSL below libcurl there is no witness and
 * messages are poorer.
 */
#ifndef HTTP_TLS_WITNESS_H
#define HTTP_TLS_WITNESS_H

#include <stdbool.h>
#include <stdint.h>

enum { WITNESS_NAME_MAX = 256 };

typedef struct tls_witness {
	bool    saw_peer;
	int     problem; /* X509_V_ERR_*, 0 when the chain was good */
	int     depth;   /* of the certificate below; 0 is the server's own */
	char    subject[WITNESS_NAME_MAX], issuer[WITNESS_NAME_MAX];
	char    names[WITNESS_NAME_MAX]; /* host names in the server's own certificate */
	char    root[WITNESS_NAME_MAX];  /* where a good chain ends, "" else */
	int64_t not_before, not_after;   /* seconds since 1970, of the certificate at depth */
} tls_witness;

/*
 * For CURLOPT_SSL_CTX_FUNCTION: ssl_ctx is the SSL_CTX. The witness must outlive the connection: a server may renegotiate
 * at any time.
 */
void tls_witness_attach(tls_witness *witness, void *ssl_ctx);

#endif
