/* What a YubiKey's attestation certificate says. */
#include "sign/attestation.h"

#include "base/error.h"
#include "sign/x509own.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include <stdio.h>

/* Yubico's arc; what stands below it is bare bytes, but the serial number, which is an INTEGER. */
#define ARC "1.3.6.1.4.1.41482.3."

enum { FIPS_BIT = 0x80, FORM_BITS = 0x3F };

static const char *const pin_policies[] = {[1] = "never", [2] = "once", [3] = "always"};
static const char *const touch_policies[] = {[1] = "never", [2] = "always", [3] = "cached"};
static const char *const form_factors[] = {
	[0] = "not told", [1] = "USB-A keychain", [2] = "USB-A nano", [3] = "USB-C keychain",
	[4] = "USB-C nano", [5] = "USB-C and Lightning", [6] = "USB-A biometric", [7] = "USB-C biometric",
};

#define NAMED(names, value, to)                                                                    \
	name_of((names), sizeof(names) / sizeof(names)[0], (value), (to), sizeof(to))

static void
name_of(const char *const *names, size_t n, unsigned char value, char *to, size_t room)
{
	if (value < n && names[value] != NULL)
		snprintf(to, room, "%s", names[value]);
	else
		snprintf(to, room, "0x%02X", value);
}

/* at is NULL when the certificate has no such extension. */
static span
statement(const X509 *x, const char *oid)
{
	EXS_AUTO(asn1_object) *object = OBJ_txt2obj(oid, 1);
	int at = object == NULL ? -1 : X509_get_ext_by_OBJ(x, object, -1);
	const ASN1_OCTET_STRING *value;

	if (at < 0)
		return span_from(NULL, 0);
	value = X509_EXTENSION_get_data(X509_get_ext(x, at));
	return span_from((const char *)ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
}

static bool
take_firmware(span value, attestation_facts *to)
{
	const unsigned char *at = (const unsigned char *)value.at;

	if (value.len != 3)
		return false;
	snprintf(to->firmware, sizeof to->firmware, "%u.%u.%u", at[0], at[1], at[2]);
	return true;
}

static bool
take_serial(span value, attestation_facts *to)
{
	const unsigned char *at = (const unsigned char *)value.at;
	EXS_AUTO(asn1_integer) *number = d2i_ASN1_INTEGER(NULL, &at, (long)value.len);
	uint64_t serial = 0;

	if (number == NULL || at != (const unsigned char *)value.at + value.len ||
	    ASN1_INTEGER_get_uint64(&serial, number) != 1)
		return false;
	snprintf(to->serial, sizeof to->serial, "%llu", (unsigned long long)serial);
	return true;
}

static bool
take_policies(span value, attestation_facts *to)
{
	const unsigned char *at = (const unsigned char *)value.at;

	if (value.len != 2)
		return false;
	NAMED(pin_policies, at[0], to->pin_policy);
	NAMED(touch_policies, at[1], to->touch_policy);
	return true;
}

static bool
take_form(span value, attestation_facts *to)
{
	unsigned char form;

	if (value.len != 1)
		return false;
	form = (unsigned char)value.at[0];
	to->fips = (form & FIPS_BIT) != 0;
	NAMED(form_factors, form & FORM_BITS, to->form_factor);
	return true;
}

static const struct {
	const char *oid, *what;
	bool (*take)(span value, attestation_facts *to);
} statements[] = {
	{ARC "3", "firmware", take_firmware},
	{ARC "7", "serial number", take_serial},
	{ARC "8", "PIN and touch policy", take_policies},
	{ARC "9", "form factor", take_form},
};

static X509 *
parse(span der)
{
	const unsigned char *at = (const unsigned char *)der.at;
	X509 *x = der.len == 0 ? NULL : d2i_X509(NULL, &at, (long)der.len);

	if (x != NULL && at == (const unsigned char *)der.at + der.len)
		return x;
	X509_free(x);
	ERR_clear_error();
	return NULL;
}

/* The policies are what the device says of a key; its own certificate may have the others. */
bool
attestation_is_one(span der)
{
	EXS_AUTO(x509) *x = parse(der);

	return x != NULL && statement(x, ARC "8").at != NULL;
}

exs_status
attestation_read(span der, attestation_facts *ret, exs_error *error)
{
	EXS_AUTO(x509) *x = parse(der);
	attestation_facts facts = {.firmware = ""};

	if (x == NULL || statement(x, ARC "8").at == NULL)
		return exs_fail(error, E_ATTESTATION, "the certificate is no attestation of a key");
	for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
		span value = statement(x, statements[i].oid);

		if (value.at != NULL && !statements[i].take(value, &facts)) {
			ERR_clear_error();
			return exs_fail(error, E_ATTESTATION, "the attestation's %s (%s) is malformed",
			                statements[i].what, statements[i].oid);
		}
	}
	*ret = facts;
	return EXS_OK;
}

bool
attestation_is_issued_by(span der, span issuer_der)
{
	EXS_AUTO(x509) *x = parse(der), *issuer = parse(issuer_der);
	bool good = x != NULL && issuer != NULL && X509_check_issued(issuer, x) == X509_V_OK &&
	            X509_verify(x, X509_get0_pubkey(issuer)) == 1;

	ERR_clear_error();
	return good;
}
