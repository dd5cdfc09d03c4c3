/*
 * A signed JWT. See jwt.h.
 */
#include "jwt.h"

#include <ctype.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "encoding.h"

enum { PSS_SALT = 32 };

static cJSON *
read_object(const char *part, size_t len)
{
	struct text json = { 0 };
	cJSON *object = NULL;

	if (base64url_read(part, len, &json) && json.len != 0 && strlen(json.at) == json.len)
		object = cJSON_ParseWithOpts(json.at, NULL, true);
	text_done(&json);
	if (object != NULL && !cJSON_IsObject(object)) {
		cJSON_Delete(object);
		object = NULL;
	}
	return object;
}

bool
jwt_read(const char *compact, struct jwt *jwt)
{
	const char *first = strchr(compact, '.');
	const char *second = first != NULL ? strchr(first + 1, '.') : NULL;

	*jwt = (struct jwt){ 0 };
	if (second == NULL || strchr(second + 1, '.') != NULL)
		return false;
	jwt->header = read_object(compact, (size_t)(first - compact));
	jwt->claims = read_object(first + 1, (size_t)(second - first - 1));
	jwt->signed_part = compact;
	jwt->signed_len = (size_t)(second - compact);
	if (jwt->header != NULL && jwt->claims != NULL &&
	    base64url_read(second + 1, strlen(second + 1), &jwt->signature) &&
	    jwt->signature.len != 0)
		return true;
	jwt_done(jwt);
	return false;
}

void
jwt_done(struct jwt *jwt)
{
	cJSON_Delete(jwt->header);
	cJSON_Delete(jwt->claims);
	text_done(&jwt->signature);
	*jwt = (struct jwt){ 0 };
}

const char *
jwt_string(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

bool
jwt_date(const cJSON *claims, const char *name, double *ret_seconds)
{
	const cJSON *member = cJSON_GetObjectItemCaseSensitive(claims, name);
	const char *digits = cJSON_GetStringValue(member);

	if (cJSON_IsNumber(member)) {
		*ret_seconds = member->valuedouble;
		return true;
	}
	if (digits == NULL || digits[0] == '\0' || strlen(digits) > 12)
		return false;
	for (const char *at = digits; *at != '\0'; at++) {
		if (!isdigit((unsigned char)*at))
			return false;
	}
	*ret_seconds = strtod(digits, NULL);
	return true;
}

/* r and s side by side, as JOSE has them, into the DER that OpenSSL reads. */
static bool
ecdsa_der(const struct text *raw, size_t half, struct text *der)
{
	const unsigned char *bytes = (const unsigned char *)raw->at;
	ECDSA_SIG *pair = ECDSA_SIG_new();
	unsigned char *out = NULL;
	BIGNUM *r, *s;
	int len = -1;

	if (raw->len == 2 * half && pair != NULL) {
		r = BN_bin2bn(bytes, (int)half, NULL);
		s = BN_bin2bn(bytes + half, (int)half, NULL);
		if (ECDSA_SIG_set0(pair, r, s) == 1)
			len = i2d_ECDSA_SIG(pair, &out);
	}
	if (len > 0)
		text_add(der, (const char *)out, (size_t)len);
	OPENSSL_free(out);
	ECDSA_SIG_free(pair);
	return len > 0;
}

struct algorithm {
	const char *name;
	const char *key;   /* "RSA" or a group's name */
	bool        pss;
	size_t      half;  /* bytes of r and of s; 0: not ECDSA */
	const EVP_MD *(*digest)(void);
};

static const struct algorithm algorithms[] = {
	{ "PS256", "RSA", true, 0, EVP_sha256 },
	{ "RS256", "RSA", false, 0, EVP_sha256 },
	{ "ES256", "prime256v1", false, 32, EVP_sha256 },
	{ "ES384", "secp384r1", false, 48, EVP_sha384 },
};

static bool
key_fits(EVP_PKEY *key, const struct algorithm *algorithm)
{
	char group[64];

	if (strcmp(algorithm->key, "RSA") == 0)
		return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
	return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
	       EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) == 1 &&
	       strcmp(group, algorithm->key) == 0;
}

static bool
signature_fits(const struct jwt *jwt, EVP_PKEY *key, const struct algorithm *algorithm,
               const struct text *signature)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *how = NULL;
	bool good = context != NULL &&
	            EVP_DigestVerifyInit(context, &how, algorithm->digest(), NULL, key) == 1;

	if (good && algorithm->pss)
		good = EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1 &&
		       EVP_PKEY_CTX_set_rsa_mgf1_md(how, EVP_sha256()) == 1 &&
		       EVP_PKEY_CTX_set_rsa_pss_saltlen(how, PSS_SALT) == 1;
	good = good && EVP_DigestVerify(context, (const unsigned char *)signature->at,
	                                signature->len, (const unsigned char *)jwt->signed_part,
	                                jwt->signed_len) == 1;
	EVP_MD_CTX_free(context);
	return good;
}

enum jwt_verdict
jwt_verify(const struct jwt *jwt, EVP_PKEY *key)
{
	const char *name = jwt_string(jwt->header, "alg");
	const struct algorithm *algorithm = NULL;
	struct text der = { 0 };
	bool good;

	for (size_t i = 0; name != NULL && i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
		if (strcmp(algorithms[i].name, name) == 0)
			algorithm = &algorithms[i];
	}
	if (algorithm == NULL)
		return JWT_UNKNOWN;
	if (!key_fits(key, algorithm))
		return JWT_WRONG_KEY;
	if (algorithm->half == 0)
		return signature_fits(jwt, key, algorithm, &jwt->signature) ? JWT_GOOD
		                                                            : JWT_MISMATCH;
	good = ecdsa_der(&jwt->signature, algorithm->half, &der) &&
	       signature_fits(jwt, key, algorithm, &der);
	text_done(&der);
	return good ? JWT_GOOD : JWT_MISMATCH;
}

void
jwt_make(struct text *compact, const char *header, const char *claims, EVP_PKEY *key)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t start = compact->len;
	unsigned char signature[1024];
	size_t len = sizeof(signature);

	base64url_add(compact, header, strlen(header));
	text_puts(compact, ".");
	base64url_add(compact, claims, strlen(claims));
	if (context == NULL || EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) != 1 ||
	    EVP_DigestSign(context, signature, &len,
	                   (const unsigned char *)compact->at + start, compact->len - start) != 1)
		abort();
	EVP_MD_CTX_free(context);
	text_puts(compact, ".");
	base64url_add(compact, signature, len);
}
