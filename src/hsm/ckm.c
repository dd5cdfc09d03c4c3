/* Names of mechanisms: those of key pairs that can sign, and their neighbours on the same tokens. */
#include "hsm/ckm.h"

#include <stdio.h>

#define ROW(name) {CKM_##name, "CKM_" #name}

static const struct {
	CK_MECHANISM_TYPE type;
	const char       *name;
} rows[] = {
	ROW(RSA_PKCS_KEY_PAIR_GEN), ROW(RSA_X9_31_KEY_PAIR_GEN), ROW(EC_KEY_PAIR_GEN),
	ROW(EC_EDWARDS_KEY_PAIR_GEN), ROW(DSA_KEY_PAIR_GEN),
	ROW(RSA_PKCS), ROW(RSA_X_509), ROW(RSA_X9_31), ROW(RSA_9796), ROW(RSA_PKCS_OAEP),
	ROW(RSA_PKCS_PSS),
	ROW(MD5_RSA_PKCS), ROW(SHA1_RSA_PKCS), ROW(SHA224_RSA_PKCS), ROW(SHA256_RSA_PKCS),
	ROW(SHA384_RSA_PKCS), ROW(SHA512_RSA_PKCS),
	ROW(SHA1_RSA_PKCS_PSS), ROW(SHA224_RSA_PKCS_PSS), ROW(SHA256_RSA_PKCS_PSS),
	ROW(SHA384_RSA_PKCS_PSS), ROW(SHA512_RSA_PKCS_PSS),
	ROW(ECDSA), ROW(ECDSA_SHA1), ROW(ECDSA_SHA224), ROW(ECDSA_SHA256), ROW(ECDSA_SHA384),
	ROW(ECDSA_SHA512), ROW(EDDSA), ROW(ECDH1_DERIVE), ROW(ECDH1_COFACTOR_DERIVE),
};

ckm_text
ckm_print(CK_MECHANISM_TYPE type)
{
	ckm_text text;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (rows[i].type == type) {
			snprintf(text.at, sizeof text.at, "%s", rows[i].name);
			return text;
		}
	}
	snprintf(text.at, sizeof text.at, "0x%lX", type);
	return text;
}
