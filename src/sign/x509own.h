/*
 * Lets locals own what OpenSSL hands out: EXS_AUTO(x509) *x.
 */
#ifndef SIGN_X509OWN_H
#define SIGN_X509OWN_H

#include "base/mem.h"

#include <openssl/bio.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

typedef X509           x509;
typedef X509_STORE     x509_store;
typedef X509_STORE_CTX x509_store_ctx;
typedef STACK_OF(X509) x509_stack;
typedef BIO            bio;
typedef ASN1_OBJECT    asn1_object;
typedef ASN1_INTEGER   asn1_integer;
typedef unsigned char  der_bytes;

#define X509OWN(type, free_it)                                                                     \
	static inline void type##_free(type *it)                                                   \
	{                                                                                          \
		free_it(it);                                                                       \
	}                                                                                          \
	EXS_DEFINE_AUTO(type)

static inline void
x509own_pop(STACK_OF(X509) *stack)
{
	sk_X509_pop_free(stack, X509_free);
}

X509OWN(x509, X509_free)
X509OWN(x509_store, X509_STORE_free)
X509OWN(x509_store_ctx, X509_STORE_CTX_free)
X509OWN(x509_stack, x509own_pop)
X509OWN(bio, (void)BIO_free)
X509OWN(asn1_object, ASN1_OBJECT_free)
X509OWN(asn1_integer, ASN1_INTEGER_free)
X509OWN(der_bytes, OPENSSL_free)

#endif
