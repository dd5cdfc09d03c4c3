/*
 * Certificates signed inside a device. See device_sign.h.
 */
#include "device_sign.h"

#include <libp11.h>
#include <string.h>

#include "certificate.h"

static PKCS11_KEY *
find_key(PKCS11_TOKEN *token, const struct key_spec *spec)
{
	PKCS11_KEY *keys = NULL;
	unsigned n = 0;

	if (PKCS11_enumerate_keys(token, &keys, &n) != 0)
		return NULL;
	for (unsigned i = 0; i < n; i++) {
		if (keys[i].isPrivate != 0 && keys[i].id_len == spec->id_len &&
		    memcmp(keys[i].id, spec->id, spec->id_len) == 0 &&
		    strcmp(keys[i].label, spec->label) == 0)
			return &keys[i];
	}
	return NULL;
}

static X509 *
sign_with(PKCS11_SLOT *slot, const char *pin, const struct key_spec *spec, EVP_PKEY *public_key)
{
	struct certificate_wish wish = {
		.common_name = spec->common_name,
		.public_key = public_key,
		.not_before = spec->not_before,
		.not_after = spec->not_after,
	};
	X509 *certificate = NULL;
	PKCS11_KEY *key;

	if (PKCS11_login(slot, 0, pin) != 0 || (key = find_key(slot->token, spec)) == NULL)
		return NULL;
	wish.signer = PKCS11_get_private_key(key);
	if (wish.signer != NULL)
		certificate = certificate_make(&wish);
	EVP_PKEY_free(wish.signer);
	return certificate;
}

X509 *
device_self_sign(const char *module, const char *label, const char *pin,
                 const struct key_spec *spec, EVP_PKEY *public_key)
{
	PKCS11_CTX *context = PKCS11_CTX_new();
	X509 *certificate = NULL;
	PKCS11_SLOT *slots = NULL;
	unsigned n = 0;

	if (context != NULL && PKCS11_CTX_load(context, module) == 0) {
		if (PKCS11_enumerate_slots(context, &slots, &n) == 0) {
			for (unsigned i = 0; i < n && certificate == NULL; i++) {
				if (slots[i].token != NULL && slots[i].token->label != NULL &&
				    strcmp(slots[i].token->label, label) == 0)
					certificate = sign_with(&slots[i], pin, spec, public_key);
			}
			PKCS11_release_all_slots(context, slots, n);
		}
		PKCS11_CTX_unload(context);
	}
	PKCS11_CTX_free(context);
	return certificate;
}
