/* A proof of possession for Graph's addKey and removeKey. */
#include "oauth/proof.h"

#include "base/encode.h"
#include "base/error.h"
#include "base/jsontext.h"

#include <openssl/evp.h>

/* The directory's own resource id of old; Graph's newer one is refused (entra-graph.md 3.7). */
#define AUDIENCE "00000002-0000-0000-c000-000000000000"

enum { TEXT_MAX = 16 * 1024, SIGNATURE_MAX = 1024 };

typedef struct proving {
	const char *issuer;
	int64_t     now;
	exs_alg     alg;
	secret     *text;
} proving;

static exs_status
write_header(buf *to, const exs_signer *signer, exs_alg alg, exs_error *error)
{
	span            certificate = signer_certificate(signer);
	unsigned char   digest[EVP_MAX_MD_SIZE];
	unsigned        len = 0;
	EXS_SCOPED(buf) hex = BUF(128);
	EXS_SCOPED(buf) thumbprint = BUF(128);

	if (certificate.len == 0)
		return exs_fail(error, E_CERT_ABSENT, "the key has no certificate to prove itself with");
	if (EVP_Digest(certificate.at, certificate.len, digest, &len, EVP_sha1(), NULL) != 1)
		return exs_fail(error, E_BUG, "a certificate could not be hashed");
	encode_hex(&hex, span_from((const char *)digest, len), true);
	encode_base64url(&thumbprint, span_from((const char *)digest, len));
	buf_addf(to, "{\"alg\":\"%s\",\"kid\":\"%s\",\"x5t\":\"%s\",\"typ\":\"JWT\"}", exs_alg_name(alg),
	         buf_text(&hex), buf_text(&thumbprint));
	return buf_check(to, "the header of a proof", error);
}

static exs_status
write_signed(void *self, exs_signer *signer, exs_error *error)
{
	proving        *p = self;
	EXS_SCOPED(buf) header = BUF(TEXT_MAX);
	EXS_SCOPED(buf) claims = BUF(TEXT_MAX);
	EXS_SCOPED(buf) text = BUF(2 * TEXT_MAX);
	unsigned char   signature[SIGNATURE_MAX];
	size_t          len = sizeof signature;

	EXS_TRY(write_header(&header, signer, p->alg, error));
	buf_puts(&claims, "{\"aud\":\"" AUDIENCE "\",\"iss\":");
	jsontext_quote(&claims, span_of(p->issuer));
	buf_addf(&claims, ",\"nbf\":%lld,\"exp\":%lld}", (long long)p->now,
	         (long long)(p->now + PROOF_LIFETIME_S));
	EXS_TRY(buf_check(&claims, "the claims of a proof", error));
	encode_base64url(&text, buf_span(&header));
	buf_byte(&text, '.');
	encode_base64url(&text, buf_span(&claims));
	EXS_TRY(buf_check(&text, "a proof", error));
	EXS_TRY(signer_sign_as(signer, p->alg, buf_span(&text), signature, &len, error));
	buf_byte(&text, '.');
	encode_base64url(&text, span_from((const char *)signature, len));
	EXS_TRY(buf_check(&text, "a proof", error));
	return secret_new(buf_span(&text), &p->text, error);
}

exs_status
proof_new(const exs_context *context, exs_signer *signer, const char *issuer, secret **ret,
          exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	proving    p = {.issuer = issuer, .now = context_now(context), .alg = EXS_ALG_RS256};
	exs_status status;

	if (cause == NULL)
		return mem_fail(error);
	status = signer_use(signer, write_signed, &p, cause);
	if (status != EXS_OK && error_is(cause, E_KEY_MECHANISM)) {
		exs_error_clear(cause);
		p.alg = signer_alg(signer);
		status = signer_use(signer, write_signed, &p, cause);
	}
	if (status != EXS_OK) {
		error_copy(error, cause);
		return status;
	}
	EXS_GIVE(ret, p.text);
	return EXS_OK;
}
