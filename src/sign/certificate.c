/* What a certificate says. */
#include "sign/certificate.h"

#include "base/encode.h"
#include "base/error.h"
#include "base/file.h"
#include "base/moment.h"
#include "hsm/publickey.h"
#include "sign/x509own.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <time.h>

enum { FILE_MAX = 1024 * 1024, TEXT_MAX = 8192 };

typedef PKCS12 pfx;

X509OWN(pfx, PKCS12_free)

void
certificate_free(certificate *c)
{
	if (c == NULL)
		return;
	buf_done(&c->der);
	buf_done(&c->public_der);
	mem_free(c->subject);
	mem_free(c->issuer);
	mem_free(c->serial);
	mem_free(c);
}

static void
hex_digest(const char *hash, span bytes, char *ret, size_t room)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned      len = 0;
	EXS_SCOPED(buf) hex = BUF(2 * EVP_MAX_MD_SIZE);

	ret[0] = '\0';
	if (EVP_Digest(bytes.at, bytes.len, digest, &len, EVP_get_digestbyname(hash), NULL) != 1)
		return;
	encode_hex(&hex, span_from((const char *)digest, len), true);
	if (hex.len < room)
		memcpy(ret, buf_text(&hex), hex.len + 1);
}

void
certificate_sha256(span bytes, char ret[65])
{
	hex_digest("SHA256", bytes, ret, 65);
}

bool
certificate_has_digest(span der, const keyname *thumbprint)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned      len = 0;
	const EVP_MD *md = thumbprint->digest_len == KEYNAME_SHA1 ? EVP_sha1() : EVP_sha256();

	return thumbprint->digest_len > 0 && EVP_Digest(der.at, der.len, digest, &len, md, NULL) == 1 &&
	       len == thumbprint->digest_len && memcmp(digest, thumbprint->digest, len) == 0;
}

static int64_t
seconds_of(const ASN1_TIME *time)
{
	struct tm tm;

	return ASN1_TIME_to_tm(time, &tm) == 1 ? (int64_t)timegm(&tm) : 0;
}

static exs_status
print_name(const X509_NAME *name, char **ret, exs_error *error)
{
	EXS_AUTO(bio) *out = BIO_new(BIO_s_mem());
	char *at = NULL;
	long  len;

	if (out == NULL ||
	    X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0)
		return mem_fail(error);
	len = BIO_get_mem_data(out, &at);
	*ret = mem_text(at, len < 0 ? 0 : (size_t)len);
	return *ret == NULL ? mem_fail(error) : EXS_OK;
}

static exs_status
print_serial(const ASN1_INTEGER *serial, char **ret, exs_error *error)
{
	EXS_SCOPED(buf) hex = BUF(TEXT_MAX);

	encode_hex(&hex,
	           span_from((const char *)ASN1_STRING_get0_data(serial),
	                     (size_t)ASN1_STRING_length(serial)), true);
	return buf_take(&hex, "a serial number", ret, error);
}

static exs_status
fail_unreadable(const char *where, const char *why, exs_error *error)
{
	exs_status status = exs_fail(error, E_CERT_UNREADABLE, "the certificate in %s cannot be read",
	                             where);

	error_why(error, "%s", why);
	return status;
}

static exs_status
take(X509 *x, const char *where, certificate **ret, exs_error *error)
{
	EXS_AUTO(certificate) *c = mem_new(1, sizeof *c);
	EXS_AUTO(der_bytes) *der = NULL, *info = NULL;
	int der_len = i2d_X509(x, &der);
	int info_len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &info);

	if (c == NULL)
		return mem_fail(error);
	c->der = BUF(FILE_MAX);
	c->public_der = BUF(PUBLICKEY_MAX);
	if (der_len <= 0 || info_len <= 0 ||
	    !publickey_from_info(span_from((const char *)info, (size_t)info_len), &c->public_der))
		return fail_unreadable(where, "its public key is of a kind we do not know", error);
	buf_add(&c->der, span_from((const char *)der, (size_t)der_len));
	EXS_TRY(buf_check(&c->der, "a certificate", error));
	EXS_TRY(print_name(X509_get_subject_name(x), &c->subject, error));
	EXS_TRY(print_name(X509_get_issuer_name(x), &c->issuer, error));
	EXS_TRY(print_serial(X509_get0_serialNumber(x), &c->serial, error));
	c->not_before = seconds_of(X509_get0_notBefore(x));
	c->not_after = seconds_of(X509_get0_notAfter(x));
	hex_digest("SHA1", buf_span(&c->der), c->sha1, sizeof c->sha1);
	certificate_sha256(buf_span(&c->der), c->sha256);
	certificate_sha256(buf_span(&c->public_der), c->public_sha256);
	EXS_GIVE(ret, c);
	return EXS_OK;
}

exs_status
certificate_parse(span der, const char *where, certificate **ret, exs_error *error)
{
	const unsigned char *at = (const unsigned char *)der.at;
	EXS_AUTO(x509) *x = der.len == 0 ? NULL : d2i_X509(NULL, &at, (long)der.len);

	if (x != NULL && at == (const unsigned char *)der.at + der.len)
		return take(x, where, ret, error);
	ERR_clear_error();
	return fail_unreadable(where, "it is no X.509 certificate in DER", error);
}

static exs_status
fail_private(const char *path, const char *what, exs_error *error)
{
	exs_status status = exs_fail(error, E_CERT_UNREADABLE, "%s holds %s", path, what);

	error_why(error, "we sign with keys that cannot leave their device, and with no others");
	error_fix(error, "make a key in the device, register its certificate with the app, then destroy "
	                 "this file; of the certificate alone keep a copy without the key");
	return status;
}

static bool
is_pfx(span bytes)
{
	const unsigned char *at = (const unsigned char *)bytes.at;
	EXS_AUTO(pfx) *parsed = d2i_PKCS12(NULL, &at, (long)bytes.len);

	ERR_clear_error();
	return parsed != NULL;
}

static bool
is_private_der(span bytes)
{
	const unsigned char *at = (const unsigned char *)bytes.at;
	EXS_AUTO(evp_pkey) *parsed = d2i_AutoPrivateKey(NULL, &at, (long)bytes.len);

	ERR_clear_error();
	return parsed != NULL;
}

/* The certificate that belongs to the key, or else the first. */
static exs_status
choose_pem(span text, const char *path, span public_der, certificate **ret, exs_error *error)
{
	EXS_AUTO(bio) *in = BIO_new_mem_buf(text.at, (int)text.len);
	EXS_AUTO(certificate) *chosen = NULL;

	if (in == NULL)
		return mem_fail(error);
	for (;;) {
		EXS_AUTO(x509) *x = PEM_read_bio_X509(in, NULL, NULL, NULL);
		EXS_AUTO(certificate) *c = NULL;

		if (x == NULL)
			break;
		EXS_TRY(take(x, path, &c, error));
		if (chosen == NULL || publickey_same(buf_span(&c->public_der), public_der)) {
			certificate_free(chosen);
			EXS_GIVE(&chosen, c);
			if (publickey_same(buf_span(&chosen->public_der), public_der))
				break;
		}
	}
	ERR_clear_error();
	if (chosen == NULL)
		return fail_unreadable(path, "there is no CERTIFICATE block in it that is whole", error);
	EXS_GIVE(ret, chosen);
	return EXS_OK;
}

exs_status
certificate_refuse_private(span bytes, const char *where, exs_error *error)
{
	if (span_find(bytes, "PRIVATE KEY-----") >= 0)
		return fail_private(where, "a private key", error);
	if (span_find(bytes, "-----BEGIN ") >= 0)
		return EXS_OK;
	if (is_pfx(bytes))
		return fail_private(where, "a PFX (PKCS#12) with a private key", error);
	if (is_private_der(bytes))
		return fail_private(where, "a private key in DER", error);
	return EXS_OK;
}

exs_status
certificate_read(const char *path, span public_der, certificate **ret, exs_error *error)
{
	EXS_SCOPED(buf) file = BUF(FILE_MAX);
	span bytes;

	EXS_TRY(file_read(path, FILE_ANY, &file, error));
	bytes = buf_span(&file);
	EXS_TRY(certificate_refuse_private(bytes, path, error));
	if (span_find(bytes, "-----BEGIN ") >= 0)
		return choose_pem(bytes, path, public_der, ret, error);
	return certificate_parse(bytes, path, ret, error);
}

exs_status
certificate_check_time(const certificate *c, int64_t now, exs_error *error)
{
	exs_status status;

	if (now > c->not_after) {
		status = exs_fail(error, E_CERT_EXPIRED, "the certificate expired on %s",
		                  moment_print(c->not_after).at);
		error_why(error, "that was %s ago (now %s); %s, SHA-1 %s",
		          moment_print_duration(now - c->not_after).at, moment_print(now).at, c->subject,
		          c->sha1);
		return status;
	}
	if (now < c->not_before) {
		status = exs_fail(error, E_CERT_NOT_YET, "the certificate is not valid before %s",
		                  moment_print(c->not_before).at);
		error_why(error, "that is in %s (now %s); %s, SHA-1 %s",
		          moment_print_duration(c->not_before - now).at, moment_print(now).at, c->subject,
		          c->sha1);
		return status;
	}
	return EXS_OK;
}

exs_status
certificate_check_key(const certificate *c, span public_der, exs_error *error)
{
	char       key_hash[65];
	exs_status status;

	if (publickey_same(buf_span(&c->public_der), public_der))
		return EXS_OK;
	certificate_sha256(public_der, key_hash);
	status = exs_fail(error, E_CERT_MISMATCH, "the certificate %s belongs to another key", c->sha1);
	error_why(error, "SHA-256 of the public keys: certificate %s, device %s", c->public_sha256,
	          key_hash);
	error_fix(error, "store the certificate that was made for this key, or name its file: "
	                 "certificate = FILE");
	return status;
}
