/*
 * Public keys of a device. See device_public.h.
 */
#include "device_public.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <string.h>

#include "options.h"

enum { NUMBER_BYTES = 1024 };

static EVP_PKEY *
from_parameters(const char *kind, OSSL_PARAM_BLD *builder)
{
	OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
	EVP_PKEY *key = NULL;

	if (parameters == NULL || context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
	    EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(context);
	OSSL_PARAM_free(parameters);
	return key;
}

static EVP_PKEY *
rsa_key(const CK_ATTRIBUTE *modulus, const CK_ATTRIBUTE *exponent)
{
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	BIGNUM *n = BN_bin2bn(modulus->pValue, (int)modulus->ulValueLen, NULL);
	BIGNUM *e = BN_bin2bn(exponent->pValue, (int)exponent->ulValueLen, NULL);
	EVP_PKEY *key = NULL;

	if (builder != NULL && n != NULL && e != NULL &&
	    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
	    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) == 1)
		key = from_parameters("RSA", builder);
	OSSL_PARAM_BLD_free(builder);
	BN_free(n);
	BN_free(e);
	return key;
}

/* CKA_EC_POINT is the point inside a DER octet string; all of ours have a one-byte length. */
static EVP_PKEY *
curve_key(const struct key_type *type, const CK_ATTRIBUTE *point)
{
	const unsigned char *bytes = (const unsigned char *)point->pValue + 2;
	size_t len = point->ulValueLen - 2;
	OSSL_PARAM_BLD *builder;
	EVP_PKEY *key = NULL;

	if (point->ulValueLen < 3 || bytes[-2] != 0x04 || bytes[-1] != len)
		return NULL;
	if (type->mechanism == CKM_EC_EDWARDS_KEY_PAIR_GEN)
		return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, bytes, len);
	builder = OSSL_PARAM_BLD_new();
	if (builder != NULL &&
	    OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, type->twin, 0) &&
	    OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, bytes, len))
		key = from_parameters("EC", builder);
	OSSL_PARAM_BLD_free(builder);
	return key;
}

EVP_PKEY *
device_public_key(struct device *device, CK_OBJECT_HANDLE object, const struct key_type *type)
{
	unsigned char first[NUMBER_BYTES], second[NUMBER_BYTES];
	CK_ATTRIBUTE wanted[2] = {
		{ type->bits != 0 ? CKA_MODULUS : CKA_EC_POINT, first, sizeof(first) },
		{ CKA_PUBLIC_EXPONENT, second, sizeof(second) },
	};
	EVP_PKEY *key;

	if (!device_did(device->f->C_GetAttributeValue(device->session, object, wanted,
	                                               type->bits != 0 ? 2 : 1),
	                "C_GetAttributeValue"))
		return NULL;
	key = type->bits != 0 ? rsa_key(&wanted[0], &wanted[1]) : curve_key(type, &wanted[0]);
	if (key == NULL)
		complain("the device's public key makes no sense to OpenSSL");
	return key;
}
