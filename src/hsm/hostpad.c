/*
 * RSA padding made on the host.
 *
 * OpenSSL's EMSA-PSS encoder wants its old RSA object, which holds nothing but the public modulus here.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "hsm/hostpad.h"

#include "hsm/publickey.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

typedef RSA rsa;

static void
rsa_free(rsa *key)
{
	RSA_free(key);
}
EXS_DEFINE_AUTO(rsa)

static RSA *
load(span public_der)
{
	EXS_AUTO(evp_pkey) *key = publickey_load(public_der);
	EXS_AUTO(rsa) *copy = RSA_new();
	RSA    *loaded = NULL;
	BIGNUM *n = NULL, *e = NULL;

	if (key != NULL && copy != NULL &&
	    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
	    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) == 1 &&
	    RSA_set0_key(copy, n, e, NULL) == 1) {
		EXS_GIVE(&loaded, copy);
		return loaded;
	}
	BN_free(n);
	BN_free(e);
	return NULL;
}

bool
hostpad_pkcs1(span public_der, span digest_info, buf *to)
{
	EXS_AUTO(rsa) *key = load(public_der);
	size_t size = key == NULL ? 0 : (size_t)RSA_size(key);

	if (size < digest_info.len + 11)
		return false;
	buf_byte(to, 0);
	buf_byte(to, 1);
	for (size_t i = 0; i < size - digest_info.len - 3; i++)
		buf_byte(to, (char)0xFF);
	buf_byte(to, 0);
	buf_add(to, digest_info);
	return true;
}

bool
hostpad_pss(span public_der, const EVP_MD *md, span digest, buf *to)
{
	EXS_AUTO(rsa) *key = load(public_der);
	size_t size = key == NULL ? 0 : (size_t)RSA_size(key);
	char  *room = size == 0 ? NULL : buf_grow(to, size);

	if (room == NULL || RSA_padding_add_PKCS1_PSS_mgf1(key, (unsigned char *)room,
	                                                   (const unsigned char *)digest.at, md, md,
	                                                   RSA_PSS_SALTLEN_DIGEST) != 1) {
		ERR_clear_error();
		return false;
	}
	buf_grew(to, size);
	return true;
}
