/* The ways in which a device can make one JOSE signature. */
#include "hsm/mechanism.h"

#include "base/error.h"
#include "hsm/hostpad.h"

#include <openssl/evp.h>

#include <stdatomic.h>

#define CKM(name) CKM_##name, "CKM_" #name

typedef struct alg_row {
	exs_alg             alg;
	const char         *hash;
	CK_MECHANISM_TYPE   hash_type;
	CK_RSA_PKCS_MGF_TYPE mgf;
	size_t              n_ways;
	way                 ways[WAYS_MAX];
} alg_row;

#define RSA_ROW(bits)                                                                              \
	{                                                                                          \
		EXS_ALG_RS##bits, "SHA" #bits, CKM_SHA##bits, CKG_MGF1_SHA##bits, 3,               \
		{                                                                                  \
			{CKM(RSA_PKCS), FEED_DIGEST_INFO, false},                                  \
			{CKM(SHA##bits##_RSA_PKCS), FEED_MESSAGE, false},                          \
			{CKM(RSA_X_509), FEED_PKCS1, false},                                       \
		}                                                                                  \
	}
#define PSS_ROW(bits)                                                                              \
	{                                                                                          \
		EXS_ALG_PS##bits, "SHA" #bits, CKM_SHA##bits, CKG_MGF1_SHA##bits, 3,               \
		{                                                                                  \
			{CKM(RSA_PKCS_PSS), FEED_DIGEST, true},                                    \
			{CKM(SHA##bits##_RSA_PKCS_PSS), FEED_MESSAGE, true},                       \
			{CKM(RSA_X_509), FEED_PSS, false},                                         \
		}                                                                                  \
	}
#define EC_ROW(bits)                                                                               \
	{                                                                                          \
		EXS_ALG_ES##bits, "SHA" #bits, CKM_SHA##bits, CKG_MGF1_SHA##bits, 2,               \
		{                                                                                  \
			{CKM(ECDSA), FEED_DIGEST, false},                                          \
			{CKM(ECDSA_SHA##bits), FEED_MESSAGE, false},                               \
		}                                                                                  \
	}

enum { ROWS = 8 };
static const alg_row rows[ROWS] = {
	PSS_ROW(256), PSS_ROW(384), PSS_ROW(512), RSA_ROW(256),
	RSA_ROW(384), RSA_ROW(512), EC_ROW(256),  EC_ROW(384),
};

static const alg_row *
row_of(exs_alg alg)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].alg == alg)
			return &rows[i];
	return NULL;
}

const way *
mechanism_ways(exs_alg alg, size_t *ret_n)
{
	const alg_row *row = row_of(alg);

	*ret_n = row == NULL ? 0 : row->n_ways;
	return row == NULL ? NULL : row->ways;
}

static bool
allows(const key *k, CK_MECHANISM_TYPE type)
{
	for (size_t i = 0; i < k->n_allowed; i++)
		if (k->allowed[i] == type)
			return true;
	return k->n_allowed == 0;
}

void
mechanism_order(exs_alg alg, const key *k, size_t order[WAYS_MAX])
{
	size_t     n_ways, n = 0;
	const way *ways = mechanism_ways(alg, &n_ways);

	for (size_t i = 0; i < n_ways; i++)
		if (allows(k, ways[i].type))
			order[n++] = i;
	for (size_t i = 0; i < n_ways; i++)
		if (!allows(k, ways[i].type))
			order[n++] = i;
}

CK_RSA_PKCS_PSS_PARAMS
mechanism_pss_parameters(exs_alg alg)
{
	const alg_row         *row = row_of(alg);
	CK_RSA_PKCS_PSS_PARAMS parameters = {0};

	if (row != NULL) {
		parameters.hashAlg = row->hash_type;
		parameters.mgf = row->mgf;
		parameters.sLen = (CK_ULONG)EVP_MD_get_size(EVP_get_digestbyname(row->hash));
	}
	return parameters;
}

/*
 * The row's hash, looked up once in a process: OpenSSL's own look-up takes longer than hashing what is signed, and the
 * providers keep it anyway. NULL when there is none.
 */
static const EVP_MD *
digest_of(const alg_row *row)
{
	static _Atomic(EVP_MD *) kept[ROWS];
	_Atomic(EVP_MD *) *place = &kept[row - rows];
	EVP_MD *md = atomic_load(place), *none = NULL;

	if (md != NULL)
		return md;
	md = EVP_MD_fetch(NULL, row->hash, NULL);
	if (md != NULL && !atomic_compare_exchange_strong(place, &none, md)) {
		EVP_MD_free(md);
		md = none;
	}
	return md;
}

/* The fixed part of a DigestInfo, RFC 8017 section 9.2 note 1, differs in three bytes among these hashes. */
static void
add_digest_info(span digest, buf *to)
{
	static const unsigned char prefix[] = {0x30, 0,    0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
	                                       0x65, 0x03, 0x04, 0x02, 0,    0x05, 0x00, 0x04, 0};
	char der[sizeof prefix];

	memcpy(der, prefix, sizeof prefix);
	der[1] = (char)(sizeof prefix - 2 + digest.len);
	der[14] = (char)(digest.len == 32 ? 1 : digest.len == 48 ? 2 : 3);
	der[18] = (char)digest.len;
	buf_add(to, span_from(der, sizeof der));
	buf_add(to, digest);
}

static bool
write_feed(const alg_row *row, feed what, const key *k, span message, buf *to)
{
	const EVP_MD *md = digest_of(row);
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned      len = 0;
	span          digest, public_der = buf_span(&k->public_der);
	EXS_SCOPED(buf) info = BUF(256);

	if (what == FEED_MESSAGE) {
		buf_add(to, message);
		return true;
	}
	if (md == NULL || EVP_Digest(message.at, message.len, hash, &len, md, NULL) != 1)
		return false;
	digest = span_from((const char *)hash, len);
	add_digest_info(digest, &info);
	switch (what) {
	case FEED_DIGEST:      buf_add(to, digest); return true;
	case FEED_DIGEST_INFO: buf_add(to, buf_span(&info)); return true;
	case FEED_PKCS1:       return hostpad_pkcs1(public_der, buf_span(&info), to);
	default:               return hostpad_pss(public_der, md, digest, to);
	}
}

exs_status
mechanism_feed(exs_alg alg, feed what, const key *k, span message, buf *to, exs_error *error)
{
	const alg_row *row = row_of(alg);

	buf_clear(to);
	if (row == NULL || !write_feed(row, what, k, message, to))
		return exs_fail(error, E_KEY_MECHANISM, "the padding does not fit the key");
	return buf_check(to, "what is to be signed", error);
}
