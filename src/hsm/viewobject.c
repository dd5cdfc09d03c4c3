/* The key as libp11 sees it. */
#include "hsm/viewobject.h"

#include "base/error.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/objects.h>

enum { PART_MAX = 4096, OCTET_STRING = 0x04 };

typedef BIGNUM   bignum;
typedef EC_GROUP group;

#define OWNED(type, free_it)                                                                       \
	static void type##_free(type *it)                                                          \
	{                                                                                          \
		free_it(it);                                                                       \
	}                                                                                          \
	EXS_DEFINE_AUTO(type)

OWNED(bignum, BN_free)
OWNED(group, EC_GROUP_free)

void
viewobject_done(viewobject *o)
{
	object_done(&o->object);
}

static bool
put(viewobject *o, CK_ATTRIBUTE_TYPE type, const void *value, size_t len)
{
	char *copy = mem_text(value, len);

	if (copy == NULL || o->object.n == OBJECT_ATTRIBUTES_MAX) {
		mem_free(copy);
		return false;
	}
	o->object.attributes[o->object.n++] = (CK_ATTRIBUTE){type, copy, len};
	return true;
}

static bool
put_flag(viewobject *o, CK_ATTRIBUTE_TYPE type, CK_BBOOL value)
{
	return put(o, type, &value, sizeof value);
}

static bool
put_number(viewobject *o, const EVP_PKEY *from, const char *name, CK_ATTRIBUTE_TYPE type)
{
	EXS_AUTO(bignum) *number = NULL;
	unsigned char     bytes[PART_MAX];
	int               len;

	if (EVP_PKEY_get_bn_param(from, name, &number) != 1 || BN_num_bytes(number) > PART_MAX)
		return false;
	len = BN_bn2bin(number, bytes);
	return put(o, type, bytes, (size_t)len);
}

static bool
put_rsa(viewobject *o, const EVP_PKEY *from)
{
	CK_KEY_TYPE type = CKK_RSA;

	return put(o, CKA_KEY_TYPE, &type, sizeof type) &&
	       put_number(o, from, OSSL_PKEY_PARAM_RSA_N, CKA_MODULUS) &&
	       put_number(o, from, OSSL_PKEY_PARAM_RSA_E, CKA_PUBLIC_EXPONENT);
}

/* CKA_EC_POINT is the uncompressed point within an OCTET STRING (PKCS#11 2.40, 2.3.3). */
static bool
put_point(viewobject *o, const EVP_PKEY *from)
{
	unsigned char point[PART_MAX];
	size_t        len = 0;
	EXS_SCOPED(buf) der = BUF(PART_MAX);

	if (EVP_PKEY_get_octet_string_param(from, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point,
	                                    &len) != 1 || len > 255)
		return false;
	buf_byte(&der, OCTET_STRING);
	if (len > 127)
		buf_byte(&der, (char)0x81);
	buf_byte(&der, (char)len);
	buf_add(&der, span_from((const char *)point, len));
	return !der.no_memory && put(o, CKA_EC_POINT, der.at, der.len);
}

static bool
put_ec(viewobject *o, const EVP_PKEY *from)
{
	CK_KEY_TYPE      type = CKK_EC;
	char             name[64] = "";
	unsigned char   *der = NULL;
	int              len;
	bool             done;
	EXS_AUTO(group) *curve = NULL;

	if (EVP_PKEY_get_group_name(from, name, sizeof name, NULL) != 1)
		return false;
	curve = EC_GROUP_new_by_curve_name(OBJ_txt2nid(name));
	len = curve == NULL ? 0 : i2d_ECPKParameters(curve, &der);
	done = len > 0 && put(o, CKA_KEY_TYPE, &type, sizeof type) &&
	       put(o, CKA_EC_PARAMS, der, (size_t)len) && put_point(o, from);
	OPENSSL_free(der);
	return done;
}

exs_status
viewobject_make(const key *k, span public_der, viewobject *ret, exs_error *error)
{
	EXS_SCOPED(viewobject) o = {0};
	EXS_AUTO(evp_pkey) *public = publickey_load(public_der);
	CK_OBJECT_CLASS     class = CKO_PRIVATE_KEY;
	bool                made;

	if (public == NULL)
		return exs_fail(error, E_KEY_UNFIT, "the public half of the key is nowhere to be found");
	/* A PIN for each signature is our business: libp11 would ask for it at the terminal. */
	made = put(&o, CKA_CLASS, &class, sizeof class) && put_flag(&o, CKA_TOKEN, CK_TRUE) &&
	       put_flag(&o, CKA_PRIVATE, CK_TRUE) && put_flag(&o, CKA_SENSITIVE, CK_TRUE) &&
	       put_flag(&o, CKA_EXTRACTABLE, CK_FALSE) && put_flag(&o, CKA_SIGN, CK_TRUE) &&
	       put_flag(&o, CKA_ALWAYS_AUTHENTICATE, CK_FALSE) &&
	       put(&o, CKA_ID, k->id.at, k->id.len) && put(&o, CKA_LABEL, k->label.at, k->label.len) &&
	       (EVP_PKEY_get_base_id(public) == EVP_PKEY_RSA ? put_rsa(&o, public)
	                                                     : put_ec(&o, public));
	ERR_clear_error();
	if (!made)
		return exs_fail(error, E_KEY_UNFIT, "OpenSSL cannot use a key of this type");
	*ret = o;
	o = (viewobject){0};
	return EXS_OK;
}

static CK_RV
read_one(const viewobject *o, CK_ATTRIBUTE *a)
{
	span value = object_value(&o->object, a->type);

	if (value.at == NULL) {
		a->ulValueLen = CK_UNAVAILABLE_INFORMATION;
		return CKR_ATTRIBUTE_TYPE_INVALID;
	}
	if (a->pValue != NULL && a->ulValueLen < value.len) {
		a->ulValueLen = CK_UNAVAILABLE_INFORMATION;
		return CKR_BUFFER_TOO_SMALL;
	}
	if (a->pValue != NULL && value.len > 0)
		memcpy(a->pValue, value.at, value.len);
	a->ulValueLen = value.len;
	return CKR_OK;
}

CK_RV
viewobject_read(const viewobject *o, CK_ATTRIBUTE *template, CK_ULONG n)
{
	CK_RV rv = CKR_OK;

	for (CK_ULONG i = 0; i < n; i++) {
		CK_RV one = read_one(o, &template[i]);

		rv = rv == CKR_OK ? one : rv;
	}
	return rv;
}
