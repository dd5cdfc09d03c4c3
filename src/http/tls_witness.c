/* Who stood at the other end when verification failed. */
#include "http/tls_witness.h"

#include <dlfcn.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "base/span.h"

/* SSL_CTX_set_cert_verify_callback(3): replaces the call of X509_verify_cert(), which we then make ourselves. */
typedef int (*verify_hook)(X509_STORE_CTX *store, void *witness);
typedef void (*set_verify_hook)(void *ssl_ctx, verify_hook hook, void *witness);

static void
write_name(char room[WITNESS_NAME_MAX], const X509_NAME *name)
{
	BIO *text = BIO_new(BIO_s_mem());
	int  len;

	if (text == NULL)
		return;
	if (X509_NAME_print_ex(text, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0) {
		len = BIO_read(text, room, WITNESS_NAME_MAX - 1);
		room[len > 0 ? len : 0] = '\0';
	}
	BIO_free(text);
}

static int64_t
seconds_of(const ASN1_TIME *time)
{
	struct tm broken;

	return ASN1_TIME_to_tm(time, &broken) == 1 ? (int64_t)timegm(&broken) : 0;
}

static void
write_host_names(char room[WITNESS_NAME_MAX], X509 *certificate)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	size_t         used = 0;

	room[0] = '\0';
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		int                 len;

		if (name->type != GEN_DNS)
			continue;
		len = ASN1_STRING_length(name->d.dNSName);
		if (len < 0 || used + (size_t)len + 3 > WITNESS_NAME_MAX)
			break;
		used += (size_t)snprintf(room + used, WITNESS_NAME_MAX - used, "%s%.*s",
		                         used > 0 ? ", " : "", len,
		                         (const char *)ASN1_STRING_get0_data(name->d.dNSName));
	}
	GENERAL_NAMES_free(names);
}

static void
write_root(char room[WITNESS_NAME_MAX], X509_STORE_CTX *store)
{
	const STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(store);
	int                   n = sk_X509_num(chain);

	if (n > 0)
		write_name(room, X509_get_subject_name(sk_X509_value(chain, n - 1)));
}

static int
watch(X509_STORE_CTX *store, void *self)
{
	tls_witness *witness = self;
	int          verdict = X509_verify_cert(store);
	X509        *leaf = X509_STORE_CTX_get0_cert(store);
	X509        *certificate = X509_STORE_CTX_get_current_cert(store);

	*witness = (tls_witness){.saw_peer = true, .problem = X509_STORE_CTX_get_error(store)};
	if (verdict > 0)
		certificate = leaf;
	else
		witness->depth = X509_STORE_CTX_get_error_depth(store);
	if (certificate != NULL) {
		write_name(witness->subject, X509_get_subject_name(certificate));
		write_name(witness->issuer, X509_get_issuer_name(certificate));
		witness->not_before = seconds_of(X509_get0_notBefore(certificate));
		witness->not_after = seconds_of(X509_get0_notAfter(certificate));
	}
	if (leaf != NULL)
		write_host_names(witness->names, leaf);
	if (verdict > 0)
		write_root(witness->root, store);
	return verdict;
}

void
tls_witness_attach(tls_witness *witness, void *ssl_ctx)
{
	/* the libssl that libcurl brought along, if it is the one that goes with our libcrypto */
	void           *library = dlopen("libssl.so.3", RTLD_NOW | RTLD_NOLOAD);
	void           *symbol;
	set_verify_hook set = NULL;

	if (library == NULL)
		return;
	symbol = dlsym(library, "SSL_CTX_set_cert_verify_callback");
	memcpy(&set, &symbol, sizeof set);
	if (set != NULL)
		set(ssl_ctx, watch, witness);
	dlclose(library);
}
