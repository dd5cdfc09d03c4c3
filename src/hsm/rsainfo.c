/* SubjectPublicKeyInfo of RSA keys. */
#include "hsm/rsainfo.h"

#include <openssl/asn1t.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

enum { MODULUS_MAX = 2048, EXPONENT_MAX = 64 };

typedef struct rsa_numbers {
	ASN1_INTEGER *n, *e;
} rsa_numbers;

typedef struct key_info {
	X509_ALGOR      *algorithm;
	ASN1_BIT_STRING *key;
} key_info;

ASN1_SEQUENCE(rsa_numbers) = {
	ASN1_SIMPLE(rsa_numbers, n, ASN1_INTEGER),
	ASN1_SIMPLE(rsa_numbers, e, ASN1_INTEGER),
} static_ASN1_SEQUENCE_END(rsa_numbers)

ASN1_SEQUENCE(key_info) = {
	ASN1_SIMPLE(key_info, algorithm, X509_ALGOR),
	ASN1_SIMPLE(key_info, key, ASN1_BIT_STRING),
} static_ASN1_SEQUENCE_END(key_info)

static void
rsa_numbers_free(rsa_numbers *numbers)
{
	ASN1_item_free((ASN1_VALUE *)numbers, ASN1_ITEM_rptr(rsa_numbers));
}
EXS_DEFINE_AUTO(rsa_numbers)

static void
key_info_free(key_info *info)
{
	ASN1_item_free((ASN1_VALUE *)info, ASN1_ITEM_rptr(key_info));
}
EXS_DEFINE_AUTO(key_info)

/* The whole of the bytes or nothing. */
static void *
read_item(const ASN1_ITEM *item, const unsigned char *at, long len)
{
	const unsigned char *end = at;
	ASN1_VALUE *value = len <= 0 ? NULL : ASN1_item_d2i(NULL, &end, len, item);

	if (value != NULL && end != at + len) {
		ASN1_item_free(value, item);
		value = NULL;
	}
	return value;
}

static bool
write_item(const void *value, const ASN1_ITEM *item, buf *to)
{
	unsigned char *der = NULL;
	int            len = ASN1_item_i2d(value, &der, item);

	if (len > 0)
		buf_add(to, span_from((const char *)der, (size_t)len));
	OPENSSL_free(der);
	return len > 0;
}

static bool
put_number(ASN1_INTEGER *to, span bytes)
{
	BIGNUM *number = BN_bin2bn((const unsigned char *)bytes.at, (int)bytes.len, NULL);
	bool    is_put = number != NULL && !BN_is_zero(number) && BN_to_ASN1_INTEGER(number, to) != NULL;

	BN_free(number);
	return is_put;
}

/* The inner sequence becomes the content of the bit string, whole octets. */
static bool
put_key(key_info *info, const rsa_numbers *numbers)
{
	EXS_SCOPED(buf) inner = BUF(MODULUS_MAX + EXPONENT_MAX + 64);

	if (!write_item(numbers, ASN1_ITEM_rptr(rsa_numbers), &inner) ||
	    buf_check(&inner, "a public key", NULL) != EXS_OK ||
	    ASN1_BIT_STRING_set(info->key, (unsigned char *)inner.at, (int)inner.len) != 1)
		return false;
	info->key->flags &= ~(ASN1_STRING_FLAG_BITS_LEFT | 7);
	info->key->flags |= ASN1_STRING_FLAG_BITS_LEFT;
	return X509_ALGOR_set0(info->algorithm, OBJ_nid2obj(NID_rsaEncryption), V_ASN1_NULL, NULL) == 1;
}

static bool
write_numbers(const rsa_numbers *numbers, buf *to)
{
	EXS_AUTO(key_info) *info = (key_info *)ASN1_item_new(ASN1_ITEM_rptr(key_info));

	return info != NULL && put_key(info, numbers) &&
	       write_item(info, ASN1_ITEM_rptr(key_info), to);
}

static rsa_numbers *
read_numbers(span der)
{
	EXS_AUTO(key_info) *info = NULL;
	EXS_AUTO(rsa_numbers) *numbers = NULL;
	rsa_numbers *found;
	int nid;

	if (der.len == 0 || der.len > 16 * 1024)
		return NULL;
	info = read_item(ASN1_ITEM_rptr(key_info), (const unsigned char *)der.at, (long)der.len);
	nid = info == NULL ? NID_undef : OBJ_obj2nid(info->algorithm->algorithm);
	if (nid != NID_rsaEncryption && nid != NID_rsassaPss)
		return NULL;
	numbers = read_item(ASN1_ITEM_rptr(rsa_numbers), ASN1_STRING_get0_data(info->key),
	                    ASN1_STRING_length(info->key));
	if (numbers == NULL || ASN1_STRING_type(numbers->n) == V_ASN1_NEG_INTEGER ||
	    ASN1_STRING_type(numbers->e) == V_ASN1_NEG_INTEGER)
		return NULL;
	found = numbers;
	numbers = NULL;
	return found;
}

bool
rsainfo_write(span modulus, span exponent, buf *to)
{
	EXS_AUTO(rsa_numbers) *numbers = NULL;

	if (modulus.len == 0 || modulus.len > MODULUS_MAX || exponent.len == 0 ||
	    exponent.len > EXPONENT_MAX)
		return false;
	numbers = (rsa_numbers *)ASN1_item_new(ASN1_ITEM_rptr(rsa_numbers));
	return numbers != NULL && put_number(numbers->n, modulus) && put_number(numbers->e, exponent) &&
	       write_numbers(numbers, to);
}

bool
rsainfo_rewrite(span der, buf *to)
{
	EXS_AUTO(rsa_numbers) *numbers = read_numbers(der);
	bool is_written = numbers != NULL && write_numbers(numbers, to);

	if (!is_written)
		ERR_clear_error();
	return is_written;
}

unsigned
rsainfo_bits(span der)
{
	EXS_AUTO(rsa_numbers) *numbers = read_numbers(der);
	BIGNUM  *n = numbers == NULL ? NULL : ASN1_INTEGER_to_BN(numbers->n, NULL);
	unsigned bits = n == NULL ? 0 : (unsigned)BN_num_bits(n);

	BN_free(n);
	if (bits == 0)
		ERR_clear_error();
	return bits;
}
