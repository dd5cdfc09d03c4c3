/* A public key as a JSON Web Key. */
#include "sign/jwk.h"

#include "base/encode.h"
#include "hsm/publickey.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>

enum { PART_MAX = 2048, POINT_MAX = 200, POINT_PLAIN = 4 };

typedef struct curve_row {
	const char *group, *name; /* OpenSSL's and JOSE's */
	size_t      half;         /* bytes of a coordinate */
	char        oid[11];      /* ECParameters, DER */
	size_t      oid_len;
} curve_row;

static const curve_row curves[] = {
	{"prime256v1", "P-256", 32, "\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x07", 10},
	{"secp384r1", "P-384", 48, "\x06\x05\x2B\x81\x04\x00\x22", 7},
};

enum { N_CURVES = sizeof curves / sizeof curves[0] };

typedef BIGNUM bignum;
static void
bignum_free(bignum *n)
{
	BN_free(n);
}
EXS_DEFINE_AUTO(bignum)

static bool
add_number(buf *to, const char *name, const EVP_PKEY *key, const char *part)
{
	EXS_AUTO(bignum) *n = NULL;
	unsigned char bytes[PART_MAX];
	int           len;

	if (EVP_PKEY_get_bn_param(key, part, &n) != 1 || BN_num_bytes(n) > PART_MAX)
		return false;
	len = BN_bn2bin(n, bytes);
	buf_addf(to, ",\"%s\":\"", name);
	encode_base64url(to, span_from((const char *)bytes, (size_t)len));
	buf_byte(to, '"');
	return true;
}

static bool
write_rsa(buf *to, const EVP_PKEY *key)
{
	bool good;

	buf_puts(to, "{\"kty\":\"RSA\"");
	good = add_number(to, "n", key, OSSL_PKEY_PARAM_RSA_N) &&
	       add_number(to, "e", key, OSSL_PKEY_PARAM_RSA_E);
	buf_byte(to, '}');
	return good;
}

static bool
write_ec(buf *to, const EVP_PKEY *key)
{
	char          group[64] = "", point[POINT_MAX];
	size_t        len = 0;
	const curve_row *row = NULL;

	if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, NULL) != 1 ||
	    EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, (unsigned char *)point,
	                                    sizeof point, &len) != 1)
		return false;
	for (size_t i = 0; i < N_CURVES; i++)
		if (strcmp(curves[i].group, group) == 0)
			row = &curves[i];
	if (row == NULL || len != 1 + 2 * row->half || point[0] != POINT_PLAIN)
		return false;
	buf_addf(to, "{\"kty\":\"EC\",\"crv\":\"%s\",\"x\":\"", row->name);
	encode_base64url(to, span_from(point + 1, row->half));
	buf_puts(to, "\",\"y\":\"");
	encode_base64url(to, span_from(point + 1 + row->half, row->half));
	buf_puts(to, "\"}");
	return true;
}

bool
jwk_write(buf *to, span public_der)
{
	EXS_AUTO(evp_pkey) *key = publickey_load(public_der);
	bool good = key != NULL && (EVP_PKEY_is_a(key, "RSA") ? write_rsa(to, key) : write_ec(to, key));

	ERR_clear_error();
	return good;
}

static bool
read_part(const json *jwk, const char *name, buf *to)
{
	const char *text = json_string(json_member(jwk, name));

	return text[0] != '\0' && decode_base64url(to, span_of(text));
}

static bool
read_rsa(const json *jwk, buf *to)
{
	EXS_SCOPED(buf) n = BUF(PART_MAX), e = BUF(PART_MAX);

	return read_part(jwk, "n", &n) && read_part(jwk, "e", &e) &&
	       publickey_from_rsa(buf_span(&n), buf_span(&e), to);
}

static bool
read_ec(const json *jwk, buf *to)
{
	const char *crv = json_string(json_member(jwk, "crv"));
	EXS_SCOPED(buf) point = BUF(POINT_MAX);

	buf_byte(&point, POINT_PLAIN);
	for (size_t i = 0; i < N_CURVES; i++)
		if (strcmp(curves[i].name, crv) == 0)
			return read_part(jwk, "x", &point) && point.len == 1 + curves[i].half &&
			       read_part(jwk, "y", &point) && point.len == 1 + 2 * curves[i].half &&
			       publickey_from_ec(span_from(curves[i].oid, curves[i].oid_len),
			                         buf_span(&point), to);
	return false;
}

bool
jwk_read(const json *jwk, buf *to)
{
	const char *type = json_string(json_member(jwk, "kty"));

	if (json_member(jwk, "d") != NULL)
		return false;
	return strcmp(type, "RSA") == 0 ? read_rsa(jwk, to)
	                                : strcmp(type, "EC") == 0 && read_ec(jwk, to);
}
