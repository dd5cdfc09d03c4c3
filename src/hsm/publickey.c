/* Public keys as SubjectPublicKeyInfo. */
#include "hsm/publickey.h"

#include "hsm/rsainfo.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <stdio.h>

typedef OSSL_PARAM_BLD  param_bld;
typedef OSSL_PARAM      params;
typedef EVP_PKEY_CTX    pkey_ctx;
typedef EC_GROUP        ec_group;
typedef ASN1_OCTET_STRING octets;

#define OWNED(type, free_it)                                                                       \
	static void type##_free(type *it)                                                          \
	{                                                                                          \
		free_it(it);                                                                       \
	}                                                                                          \
	EXS_DEFINE_AUTO(type)

OWNED(param_bld, OSSL_PARAM_BLD_free)
OWNED(params, OSSL_PARAM_free)
OWNED(pkey_ctx, EVP_PKEY_CTX_free)
OWNED(ec_group, EC_GROUP_free)
OWNED(octets, ASN1_OCTET_STRING_free)

static const unsigned char *
bytes_of(span s)
{
	return (const unsigned char *)s.at;
}

static bool
write_info(EVP_PKEY *key, buf *to)
{
	int            len = i2d_PUBKEY(key, NULL);
	unsigned char *at;
	char          *room = len > 0 ? buf_grow(to, (size_t)len) : NULL;

	if (room == NULL)
		return false;
	at = (unsigned char *)room;
	if (i2d_PUBKEY(key, &at) != len)
		return false;
	buf_grew(to, (size_t)len);
	return true;
}

static bool
make(const char *type, OSSL_PARAM *parts, buf *to)
{
	EXS_AUTO(pkey_ctx) *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EXS_AUTO(evp_pkey) *key = NULL;

	return ctx != NULL && parts != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
	       EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, parts) == 1 && write_info(key, to);
}

/* What does not parse is an answer, not an error that the host should find in its queue. */
static bool
quietly(bool result)
{
	if (!result)
		ERR_clear_error();
	return result;
}

bool
publickey_from_rsa(span modulus, span exponent, buf *to)
{
	return quietly(rsainfo_write(modulus, exponent, to));
}

static const char *const curves[] = {"P-256", "P-384", "P-521"};
static const int curve_nids[] = {NID_X9_62_prime256v1, NID_secp384r1, NID_secp521r1};

enum { N_CURVES = 3 };

/* Some modules (ykcs11 from metadata) spell a named curve out: compare groups, not object identifiers. */
static const char *
curve_of(span der)
{
	const unsigned char *at = bytes_of(der);
	EXS_AUTO(ec_group) *told = d2i_ECPKParameters(NULL, &at, (long)der.len);

	for (size_t i = 0; told != NULL && i < N_CURVES; i++) {
		EXS_AUTO(ec_group) *known = EC_GROUP_new_by_curve_name(curve_nids[i]);

		if (known != NULL && EC_GROUP_cmp(told, known, NULL) == 0)
			return curves[i];
	}
	return NULL;
}

bool
publickey_from_ec(span ec_params, span point, buf *to)
{
	const unsigned char *at = bytes_of(point);
	EXS_AUTO(octets) *wrapped = NULL;
	EXS_AUTO(param_bld) *bld = OSSL_PARAM_BLD_new();
	EXS_AUTO(params) *parts = NULL;
	const char *curve = ec_params.len > 0 ? curve_of(ec_params) : NULL;

	if (bld == NULL || curve == NULL || point.len == 0)
		return quietly(false);
	/* PKCS#11 2.20 was read both ways: the point is wrapped in an OCTET STRING, or bare. */
	wrapped = d2i_ASN1_OCTET_STRING(NULL, &at, (long)point.len);
	if (wrapped != NULL && at == bytes_of(point) + point.len)
		point = span_from((const char *)ASN1_STRING_get0_data(wrapped),
		                  (size_t)ASN1_STRING_length(wrapped));
	if (!OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, curve, 0) ||
	    !OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, point.at, point.len))
		return quietly(false);
	parts = OSSL_PARAM_BLD_to_param(bld);
	return quietly(make("EC", parts, to));
}

bool
publickey_from_info(span der, buf *to)
{
	EXS_AUTO(evp_pkey) *key = NULL;

	if (rsainfo_rewrite(der, to))
		return true;
	key = publickey_load(der);
	return quietly(key != NULL && write_info(key, to));
}

EVP_PKEY *
publickey_load(span der)
{
	const unsigned char *at = bytes_of(der);
	EVP_PKEY *key = der.len == 0 ? NULL : d2i_PUBKEY(NULL, &at, (long)der.len);

	(void)quietly(key != NULL);
	return key;
}

static void
describe_ec(EVP_PKEY *key, publickey_facts *facts)
{
	char   group[64] = "";
	size_t len = 0;

	facts->kind = PUBLICKEY_EC;
	(void)EVP_PKEY_get_group_name(key, group, sizeof group, &len);
	snprintf(facts->name, sizeof facts->name, "EC %.24s", group);
	for (size_t i = 0; i < N_CURVES; i++)
		if (strcmp(group, OBJ_nid2sn(curve_nids[i])) == 0 || strcmp(group, curves[i]) == 0)
			snprintf(facts->name, sizeof facts->name, "EC %s", curves[i]);
}

static void
describe_other(EVP_PKEY *key, publickey_facts *facts)
{
	const char *name = EVP_PKEY_get0_type_name(key);

	snprintf(facts->name, sizeof facts->name, "%.30s", name == NULL ? "unknown" : name);
}

bool
publickey_describe(span der, publickey_facts *ret)
{
	publickey_facts facts = {.kind = PUBLICKEY_RSA, .bits = rsainfo_bits(der)};
	EXS_AUTO(evp_pkey) *key = NULL;

	if (facts.bits > 0) {
		snprintf(facts.name, sizeof facts.name, "RSA-%u", facts.bits);
		*ret = facts;
		return true;
	}
	key = publickey_load(der);
	if (key == NULL)
		return false;
	facts = (publickey_facts){.kind = PUBLICKEY_OTHER, .bits = (unsigned)EVP_PKEY_get_bits(key)};
	if (EVP_PKEY_is_a(key, "EC"))
		describe_ec(key, &facts);
	else
		describe_other(key, &facts);
	*ret = facts;
	return true;
}

bool
publickey_same(span a, span b)
{
	return a.len > 0 && span_same(a, b);
}
