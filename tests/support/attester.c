/* A maker of devices that attest keys. */
#include "support/attester.h"

#include "hsm/hold.h"
#include "hsm/objectwrite.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

enum { LIFE_SECONDS = 86400 };

#define WORDS(text) {(text), sizeof(text) - 1}
const attester_words attester_usual = {
	.firmware = WORDS("\x05\x04\x03"),
	.serial = WORDS("\x02\x04\x01\xB3\x7E\xF6"),
	.policies = WORDS("\x03\x01"),
	.form = WORDS("\x81"),
};

static X509 *
start(const char *subject, X509 *issuer, EVP_PKEY *public)
{
	X509      *x = X509_new();
	X509_NAME *name = X509_NAME_new();

	assert_non_null(x);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)subject, -1, -1, 0);
	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 4711);
	X509_set_subject_name(x, name);
	X509_set_issuer_name(x, issuer == NULL ? name : X509_get_subject_name(issuer));
	/* The device has no clock: its dates are long past. */
	X509_gmtime_adj(X509_getm_notBefore(x), -3 * LIFE_SECONDS);
	X509_gmtime_adj(X509_getm_notAfter(x), -LIFE_SECONDS);
	X509_set_pubkey(x, public);
	X509_NAME_free(name);
	return x;
}

static void
say(X509 *x, const char *oid, span value)
{
	ASN1_OBJECT       *name = OBJ_txt2obj(oid, 1);
	ASN1_OCTET_STRING *bytes = ASN1_OCTET_STRING_new();
	X509_EXTENSION    *extension = NULL;

	if (value.at != NULL) {
		ASN1_OCTET_STRING_set(bytes, (const unsigned char *)value.at, (int)value.len);
		extension = X509_EXTENSION_create_by_OBJ(NULL, name, 0, bytes);
		X509_add_ext(x, extension, -1);
	}
	X509_EXTENSION_free(extension);
	ASN1_OCTET_STRING_free(bytes);
	ASN1_OBJECT_free(name);
}

static void
allow_issuing(X509 *x)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints,
	                                                "critical,CA:TRUE");

	X509_add_ext(x, extension, -1);
	X509_EXTENSION_free(extension);
}

void
attester_make(attester *a, const char *name)
{
	FILE *file;

	*a = (attester){.root_key = EVP_EC_gen("P-256"), .device_key = EVP_EC_gen("P-256")};
	a->root = start(name, NULL, a->root_key);
	allow_issuing(a->root);
	assert_true(X509_sign(a->root, a->root_key, EVP_sha256()) > 0);
	a->device = start("a device", a->root, a->device_key);
	allow_issuing(a->device);
	assert_true(X509_sign(a->device, a->root_key, EVP_sha256()) > 0);
	snprintf(a->root_file, sizeof a->root_file, "%s", test_path(name));
	file = fopen(a->root_file, "w");
	assert_non_null(file);
	assert_int_equal(PEM_write_X509(file, a->root), 1);
	fclose(file);
}

void
attester_done(attester *a)
{
	EVP_PKEY_free(a->root_key);
	EVP_PKEY_free(a->device_key);
	X509_free(a->root);
	X509_free(a->device);
}

X509 *
attester_state(const attester *a, EVP_PKEY *public, const attester_words *words)
{
	X509 *x = start("attestation of a slot", a->device, public);

	say(x, "1.3.6.1.4.1.41482.3.3", words->firmware);
	say(x, "1.3.6.1.4.1.41482.3.7", words->serial);
	say(x, "1.3.6.1.4.1.41482.3.8", words->policies);
	say(x, "1.3.6.1.4.1.41482.3.9", words->form);
	assert_true(X509_sign(x, a->device_key, EVP_sha256()) > 0);
	return x;
}

EVP_PKEY *
attester_public_of(const char *path)
{
	FILE     *file = fopen(path, "r");
	X509     *x = file == NULL ? NULL : PEM_read_X509(file, NULL, NULL, NULL);
	EVP_PKEY *public;

	assert_non_null(x);
	public = X509_get_pubkey(x);
	X509_free(x);
	fclose(file);
	return public;
}

void
attester_der(X509 *x, buf *to)
{
	unsigned char *der = NULL;
	int            len = i2d_X509(x, &der);

	assert_true(len > 0);
	buf_add(to, span_from((const char *)der, (size_t)len));
	OPENSSL_free(der);
}

static void
name_der(const X509_NAME *name, buf *to)
{
	unsigned char *der = NULL;
	int            len = i2d_X509_NAME(name, &der);

	buf_add(to, span_from((const char *)der, (size_t)len));
	OPENSSL_free(der);
}

void
attester_store(softhsm *hsm, X509 *x, const char *label, span id)
{
	pin_giver giver = {.pin = hsm->pin};
	const hold_options options = {.uri = softhsm_uri(hsm, ""),
	                              .rules = {.source = pin_giver_source(&giver, false),
	                                        .state_directory = hsm->state}};
	EXS_AUTO(hold) *held = NULL;
	EXS_AUTO(session) *s = NULL;
	EXS_SCOPED(buf) der = BUF(65536), subject = BUF(4096), text = BUF(256), id_bytes = BUF(256);
	CK_OBJECT_CLASS     class = CKO_CERTIFICATE;
	CK_CERTIFICATE_TYPE type = CKC_X_509;
	CK_BBOOL            yes = CK_TRUE, no = CK_FALSE;
	CK_OBJECT_HANDLE    handle;

	attester_der(x, &der);
	name_der(X509_get_subject_name(x), &subject);
	buf_puts(&text, label);
	buf_add(&id_bytes, id);
	assert_ok(hold_open(test_context(), &options, &held, test_error()));
	assert_ok(session_open(hold_token(held), SESSION_WRITE, &s, test_error()));
	assert_ok(hold_login(held, s, test_error()));
	{
		const CK_ATTRIBUTE template[] = {
			{CKA_CLASS, &class, sizeof class}, {CKA_CERTIFICATE_TYPE, &type, sizeof type},
			{CKA_TOKEN, &yes, sizeof yes},     {CKA_PRIVATE, &no, sizeof no},
			{CKA_LABEL, text.at, text.len},    {CKA_ID, id_bytes.at, id_bytes.len},
			{CKA_SUBJECT, subject.at, subject.len}, {CKA_VALUE, der.at, der.len},
		};

		assert_ok(object_create(s, template, sizeof template / sizeof template[0], &handle,
		                        test_error()));
	}
}
