/*
 * A key and its certificate inside a device. See device_key.h.
 *
 * Three turns, because libp11 ends the module when it is done: keys are made with raw calls, then
 * libp11 signs the certificates, then raw calls store them.
 */
#include "device_key.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "certificate.h"
#include "device_public.h"
#include "device_sign.h"
#include "options.h"

enum { TEMPLATE_MAX = 20 };

/* What became of one spec on its way through the three turns. */
struct work {
	const struct key_spec *spec;
	EVP_PKEY              *public_key;
	X509                  *certificate;
};

struct template {
	CK_ATTRIBUTE attributes[TEMPLATE_MAX];
	CK_ULONG     n;
};

static CK_BBOOL yes = CK_TRUE;
static CK_BBOOL no = CK_FALSE;

static void
put(struct template *template, CK_ATTRIBUTE_TYPE type, void *value, size_t len)
{
	template->attributes[template->n++] = (CK_ATTRIBUTE){ type, value, len };
}

static void
put_flag(struct template *template, CK_ATTRIBUTE_TYPE type, bool on)
{
	put(template, type, on ? &yes : &no, sizeof(CK_BBOOL));
}

static bool
make_pair(struct device *device, struct work *work)
{
	struct key_spec spec = *work->spec; /* PKCS#11 wants to be able to write to it */
	struct key_type type = *spec.type;
	unsigned char exponent[] = { 1, 0, 1 };
	CK_MECHANISM mechanism = { type.mechanism, NULL, 0 };
	CK_OBJECT_HANDLE public_object, private_object;
	struct template public = { .n = 0 }, private = { .n = 0 };

	put_flag(&public, CKA_TOKEN, !spec.no_public);
	put_flag(&public, CKA_VERIFY, true);
	put(&public, CKA_LABEL, spec.label, strlen(spec.label));
	put(&public, CKA_ID, spec.id, spec.id_len);
	if (type.bits != 0) {
		put(&public, CKA_MODULUS_BITS, &type.bits, sizeof(type.bits));
		put(&public, CKA_PUBLIC_EXPONENT, exponent, sizeof(exponent));
	} else {
		put(&public, CKA_EC_PARAMS, type.curve, type.curve_len);
	}

	put_flag(&private, CKA_TOKEN, true);
	put_flag(&private, CKA_PRIVATE, true);
	put_flag(&private, CKA_SENSITIVE, !spec.not_sensitive);
	put_flag(&private, CKA_EXTRACTABLE, spec.extractable);
	put_flag(&private, CKA_SIGN, true);
	put_flag(&private, CKA_DECRYPT, false);
	put_flag(&private, CKA_UNWRAP, false);
	put_flag(&private, CKA_DERIVE, false);
	put_flag(&private, CKA_SIGN_RECOVER, false);
	put(&private, CKA_LABEL, spec.label, strlen(spec.label));
	put(&private, CKA_ID, spec.id, spec.id_len);
	if (spec.always_authenticate)
		put_flag(&private, CKA_ALWAYS_AUTHENTICATE, true);
	if (spec.n_allowed != 0)
		put(&private, CKA_ALLOWED_MECHANISMS, spec.allowed,
		    spec.n_allowed * sizeof(spec.allowed[0]));

	if (!device_did(device->f->C_GenerateKeyPair(device->session, &mechanism,
	                                             public.attributes, public.n,
	                                             private.attributes, private.n,
	                                             &public_object, &private_object),
	                "C_GenerateKeyPair"))
		return false;
	work->public_key = device_public_key(device, public_object, spec.type);
	return work->public_key != NULL;
}

/* A certificate from outside the device: over another key, or from an issuer that passes by. */
static X509 *
certify_in_software(const struct work *work)
{
	bool other = work->spec->certificate == CERTIFICATE_OTHER;
	EVP_PKEY *signer = software_key(other ? work->spec->type->twin : "P-256");
	struct certificate_wish issuer_wish = {
		.common_name = "exosign sandbox passing issuer",
		.public_key = signer,
		.signer = signer,
		.not_before = work->spec->not_before,
		.not_after = work->spec->not_after,
	};
	struct certificate_wish wish = issuer_wish;
	X509 *certificate = NULL;

	wish.common_name = work->spec->common_name;
	wish.public_key = other ? signer : work->public_key;
	if (signer != NULL && !other)
		wish.issuer = certificate_make(&issuer_wish);
	if (signer != NULL && (other || wish.issuer != NULL))
		certificate = certificate_make(&wish);
	X509_free(wish.issuer);
	EVP_PKEY_free(signer);
	if (certificate == NULL)
		complain("cannot make a certificate for '%s'", work->spec->label);
	return certificate;
}

static bool
certify(const char *module, const char *label, const char *pin, struct work *work)
{
	const struct key_spec *spec = work->spec;
	/* libp11 would ask the terminal for a PIN a signature, and knows neither the key's own list of
	   mechanisms nor Edwards curves; a token that has an Edwards key shows it no key at all. */
	bool inside = spec->certificate == CERTIFICATE_SELF && spec->type->libp11 &&
	              !spec->always_authenticate && spec->n_allowed == 0;

	if (spec->certificate == CERTIFICATE_NONE)
		return true;
	if (inside)
		work->certificate = device_self_sign(module, label, pin, spec, work->public_key);
	if (work->certificate == NULL)
		work->certificate = certify_in_software(work);
	return work->certificate != NULL;
}

static bool
store_certificate(struct device *device, const struct work *work)
{
	struct key_spec spec = *work->spec;
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_CERTIFICATE_TYPE type = CKC_X_509;
	unsigned char *subject = NULL, *issuer = NULL, *serial = NULL, *value = NULL;
	int subject_len = i2d_X509_NAME(X509_get_subject_name(work->certificate), &subject);
	int issuer_len = i2d_X509_NAME(X509_get_issuer_name(work->certificate), &issuer);
	int serial_len = i2d_ASN1_INTEGER(X509_get_serialNumber(work->certificate), &serial);
	int value_len = i2d_X509(work->certificate, &value);
	struct template object = { .n = 0 };
	CK_OBJECT_HANDLE made;
	bool good;

	if (subject_len < 0 || issuer_len < 0 || serial_len < 0 || value_len < 0)
		abort();
	put(&object, CKA_CLASS, &class, sizeof(class));
	put(&object, CKA_CERTIFICATE_TYPE, &type, sizeof(type));
	put_flag(&object, CKA_TOKEN, true);
	put_flag(&object, CKA_PRIVATE, spec.private_certificate);
	put(&object, CKA_SUBJECT, subject, (size_t)subject_len);
	put(&object, CKA_ISSUER, issuer, (size_t)issuer_len);
	put(&object, CKA_SERIAL_NUMBER, serial, (size_t)serial_len);
	put(&object, CKA_ID, spec.id, spec.id_len);
	put(&object, CKA_LABEL, spec.label, strlen(spec.label));
	put(&object, CKA_VALUE, value, (size_t)value_len);
	good = device_did(device->f->C_CreateObject(device->session, object.attributes, object.n,
	                                            &made), "C_CreateObject");
	OPENSSL_free(subject);
	OPENSSL_free(issuer);
	OPENSSL_free(serial);
	OPENSSL_free(value);
	return good;
}

/* One turn with raw calls over everything that is to be done. */
static bool
turn(const char *module, const char *conf, const char *label, const char *pin, struct work *works,
     size_t n, bool (*act)(struct device *device, struct work *work))
{
	struct device device;
	bool good = device_open(&device, module, conf) && device_login(&device, label, pin);

	for (size_t i = 0; good && i < n; i++)
		good = act(&device, &works[i]);
	device_close(&device);
	return good;
}

static bool
store(struct device *device, struct work *work)
{
	return work->certificate == NULL || store_certificate(device, work);
}

/* The keys whose kind libp11 knows, or those it does not. */
static bool
make_keys(const char *module, const char *conf, const char *label, const char *pin,
          const struct key_spec *specs, size_t n, bool libp11)
{
	struct work *works = calloc(n + 1, sizeof(*works));
	size_t n_works = 0;
	bool good;

	if (works == NULL)
		abort();
	for (size_t i = 0; i < n; i++) {
		if (specs[i].type->libp11 == libp11)
			works[n_works++].spec = &specs[i];
	}
	good = turn(module, conf, label, pin, works, n_works, make_pair);
	for (size_t i = 0; good && i < n_works; i++)
		good = certify(module, label, pin, &works[i]);
	good = good && turn(module, conf, label, pin, works, n_works, store);
	for (size_t i = 0; i < n_works; i++) {
		EVP_PKEY_free(works[i].public_key);
		X509_free(works[i].certificate);
	}
	free(works);
	return good;
}

bool
device_make_keys(const char *module, const char *conf, const char *label, const char *pin,
                 const struct key_spec *specs, size_t n)
{
	return make_keys(module, conf, label, pin, specs, n, true) &&
	       make_keys(module, conf, label, pin, specs, n, false);
}

static X509 *
find_certificate(struct device *device, const char *label)
{
	static unsigned char value[64 * 1024];
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	char copy[KEY_NAME_SIZE];
	CK_ATTRIBUTE wanted = { CKA_VALUE, value, sizeof(value) };
	struct template match = { .n = 0 };
	const unsigned char *at = value;
	CK_OBJECT_HANDLE found;
	CK_ULONG n = 0;

	snprintf(copy, sizeof(copy), "%s", label);
	put(&match, CKA_CLASS, &class, sizeof(class));
	put(&match, CKA_LABEL, copy, strlen(copy));
	if (!device_did(device->f->C_FindObjectsInit(device->session, match.attributes, match.n),
	                "C_FindObjectsInit"))
		return NULL;
	device->f->C_FindObjects(device->session, &found, 1, &n);
	device->f->C_FindObjectsFinal(device->session);
	if (n == 0) {
		complain("there is no certificate called '%s' (a private one needs --pin-file)", label);
		return NULL;
	}
	if (!device_did(device->f->C_GetAttributeValue(device->session, found, &wanted, 1),
	                "C_GetAttributeValue"))
		return NULL;
	return d2i_X509(NULL, &at, (long)wanted.ulValueLen);
}

X509 *
device_certificate(const char *module, const char *conf, const char *label, const char *pin,
                   const char *certificate_label)
{
	struct device device;
	X509 *certificate = NULL;

	if (device_open(&device, module, conf) && device_login(&device, label, pin))
		certificate = find_certificate(&device, certificate_label);
	device_close(&device);
	return certificate;
}
