/*
 * A client assertion: header and claims as entra-graph.md sections 1.1 to 1.7 and RFC 7523 want them.
 *
 * The header names the certificate by its SHA-256 thumbprint with RS256 as with PS256: shipping clients send both, and
 * the SHA-1 name has no use of its own.
 */
#include "oauth/assertion.h"

#include "base/encode.h"
#include "base/error.h"
#include "base/id.h"
#include "base/jsontext.h"

#include <openssl/evp.h>

enum { TEXT_MAX = 64 * 1024, SIGNATURE_MAX = 1024, BEFORE_NOW_S = 60 };

struct exs_assertion {
	secret *text;
	int64_t expires;
};

void
exs_assertion_free(exs_assertion *assertion)
{
	if (assertion == NULL)
		return;
	secret_free(assertion->text);
	mem_free(assertion);
}

span
assertion_text(const exs_assertion *assertion)
{
	return secret_reveal(assertion->text);
}

const char *
exs_assertion_reveal(const exs_assertion *assertion, size_t *ret_length)
{
	span text = secret_reveal(assertion->text);

	*ret_length = text.len;
	return text.at;
}

int64_t
exs_assertion_expires(const exs_assertion *assertion)
{
	return assertion->expires;
}

/* What Entra does not take is refused here, where the remedy can be said, and not after a signature. */
static exs_status
check_fit(const identity *id, const exs_signer *signer, exs_error *error)
{
	exs_alg    alg = signer_alg(signer);
	exs_status status;

	if (id->entra && alg != EXS_ALG_PS256 && alg != EXS_ALG_RS256) {
		status = exs_fail(error, E_KEY_UNFIT, "Entra takes PS256 and RS256, not %s",
		                  exs_alg_name(alg));
		error_why(error, "it verifies an application's RSA certificate with these two alone");
		error_fix(error, alg == EXS_ALG_ES256 || alg == EXS_ALG_ES384
		                         ? "use an RSA key, or for another issuer set token-endpoint"
		                         : "remove alg from the profile, or for another issuer set "
		                           "token-endpoint");
		return status;
	}
	if ((id->entra || id->x5c) && signer_certificate(signer).len == 0)
		return exs_fail(error, E_CERT_ABSENT, "the key has no certificate, and %s",
		                id->entra ? "Entra knows keys by their certificates only"
		                          : "x5c wants to send one");
	return EXS_OK;
}

static void
add_member(buf *to, const char *name, span value)
{
	buf_byte(to, to->len > 1 ? ',' : '{');
	jsontext_quote(to, span_of(name));
	buf_byte(to, ':');
	jsontext_quote(to, value);
}

static exs_status
write_header(buf *to, const identity *id, const exs_signer *signer, exs_error *error)
{
	span            certificate = signer_certificate(signer);
	unsigned char   digest[EVP_MAX_MD_SIZE];
	unsigned        len = 0;
	EXS_SCOPED(buf) thumbprint = BUF(128);

	add_member(to, "alg", span_of(exs_alg_name(signer_alg(signer))));
	add_member(to, "typ", span_of("JWT"));
	if (certificate.len > 0) {
		if (EVP_Digest(certificate.at, certificate.len, digest, &len, EVP_sha256(), NULL) != 1)
			return exs_fail(error, E_BUG, "a certificate could not be hashed");
		encode_base64url(&thumbprint, span_from((const char *)digest, len));
		EXS_TRY(buf_check(&thumbprint, "a thumbprint", error));
		add_member(to, "x5t#S256", buf_span(&thumbprint));
	}
	if (id->kid != NULL)
		add_member(to, "kid", span_of(id->kid));
	if (id->x5c) {
		buf_puts(to, ",\"x5c\":[\"");
		encode_base64(to, certificate);
		buf_puts(to, "\"]");
	}
	buf_byte(to, '}');
	return buf_check(to, "the header of an assertion", error);
}

static exs_status
write_claims(buf *to, const identity *id, const char *audience, int64_t now, exs_error *error)
{
	uuid_text jti;

	EXS_TRY(uuid_new(&jti, error));
	add_member(to, "aud", span_of(audience));
	add_member(to, "iss", span_of(id->client_id));
	add_member(to, "sub", span_of(id->client_id));
	add_member(to, "jti", span_of(jti.at));
	buf_addf(to, ",\"iat\":%lld,\"nbf\":%lld,\"exp\":%lld}", (long long)now,
	         (long long)(now - BEFORE_NOW_S), (long long)(now + id->lifetime));
	return buf_check(to, "the claims of an assertion", error);
}

typedef struct writing {
	const identity *id;
	const char     *audience;
	int64_t         now;
	exs_assertion  *assertion;
} writing;

/* With one device's signer: the header names the certificate of the key that signs. */
static exs_status
write_signed(void *self, exs_signer *signer, exs_error *error)
{
	const writing  *w = self;
	EXS_SCOPED(buf) header = BUF(TEXT_MAX);
	EXS_SCOPED(buf) claims = BUF(TEXT_MAX);
	EXS_SCOPED(buf) text = BUF(2 * TEXT_MAX);
	unsigned char   signature[SIGNATURE_MAX];
	size_t          len = sizeof signature;

	EXS_TRY(check_fit(w->id, signer, error));
	EXS_TRY(write_header(&header, w->id, signer, error));
	EXS_TRY(write_claims(&claims, w->id, w->audience, w->now, error));
	encode_base64url(&text, buf_span(&header));
	buf_byte(&text, '.');
	encode_base64url(&text, buf_span(&claims));
	EXS_TRY(buf_check(&text, "an assertion", error));
	EXS_TRY(exs_signer_sign(signer, (const unsigned char *)buf_text(&text), text.len, signature, &len,
	                        error));
	buf_byte(&text, '.');
	encode_base64url(&text, span_from((const char *)signature, len));
	EXS_TRY(buf_check(&text, "an assertion", error));
	return secret_new(buf_span(&text), &w->assertion->text, error);
}

exs_status
assertion_new(const exs_context *context, const identity *id, exs_signer *signer,
              const char *audience, exs_assertion **ret, exs_error *error)
{
	EXS_AUTO(exs_assertion) *assertion = mem_new(1, sizeof *assertion);
	writing w = {id, audience == NULL ? id->audience : audience, context_now(context), assertion};

	if (assertion == NULL)
		return mem_fail(error);
	if (signer == NULL)
		return exs_fail(error, E_USAGE, "the credential has no signer");
	EXS_TRY(signer_use(signer, write_signed, &w, error));
	assertion->expires = w.now + id->lifetime;
	EXS_GIVE(ret, assertion);
	return EXS_OK;
}
