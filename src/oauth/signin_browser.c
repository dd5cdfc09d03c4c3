/*
 * Signing in with a browser on this machine: authorisation code with PKCE (RFC 7636) and a redirect to a port that is ours
 * (RFC 8252). Where tenants block device codes, this is the way.
 */
#include "oauth/signin.h"

#include "base/encode.h"
#include "base/error.h"
#include "base/moment.h"
#include "oauth/listener.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>

enum { RANDOM_LEN = 32, URL_MAX = 8 * 1024 };

/* What belongs together: the request, the redirect and the exchange. */
typedef struct pkce {
	buf  verifier, challenge, state;
	char redirect[64];
} pkce;

static void
pkce_done(pkce *p)
{
	buf_done(&p->verifier);
	buf_done(&p->challenge);
	buf_done(&p->state);
}

static exs_status
add_random(buf *to, exs_error *error)
{
	unsigned char bytes[RANDOM_LEN];

	if (RAND_bytes(bytes, sizeof bytes) != 1)
		return exs_fail(error, E_BUG, "there are no random numbers");
	encode_base64url(to, span_from((const char *)bytes, sizeof bytes));
	return buf_check(to, "a random word", error);
}

static exs_status
pkce_begin(pkce *p, unsigned port, exs_error *error)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned      len = 0;

	p->verifier = p->challenge = p->state = BUF(128);
	EXS_TRY(add_random(&p->verifier, error));
	EXS_TRY(add_random(&p->state, error));
	if (EVP_Digest(buf_text(&p->verifier), p->verifier.len, digest, &len, EVP_sha256(), NULL) != 1)
		return exs_fail(error, E_BUG, "a word could not be hashed");
	encode_base64url(&p->challenge, span_from((const char *)digest, len));
	(void)snprintf(p->redirect, sizeof p->redirect, "http://localhost:%u/", port);
	return buf_check(&p->challenge, "a random word", error);
}

static exs_status
write_url(const signin *s, const pkce *p, buf *url, exs_error *error)
{
	EXS_SCOPED(buf) query = BUF(URL_MAX);

	encode_form(&query, "client_id", span_of(s->identity->client_id));
	encode_form(&query, "response_type", span_of("code"));
	encode_form(&query, "redirect_uri", span_of(p->redirect));
	encode_form(&query, "response_mode", span_of("query"));
	encode_form(&query, "scope", span_of(s->scope));
	encode_form(&query, "state", buf_span(&p->state));
	encode_form(&query, "code_challenge", buf_span(&p->challenge));
	encode_form(&query, "code_challenge_method", span_of("S256"));
	encode_form(&query, "prompt", span_of("select_account"));
	EXS_TRY(buf_check(&query, "the address", error));
	buf_puts(url, s->base);
	buf_puts(url, "/authorize?");
	buf_add(url, buf_span(&query));
	return buf_check(url, "the address", error);
}

static exs_status
redeem(const signin *s, const pkce *p, const secret *code, exs_bearer **ret, exs_error *error)
{
	EXS_SCOPED(buf) form = BUF(SIGNIN_FORM_MAX);
	EXS_SCOPED(signin_answer) answer = {0};

	encode_form(&form, "grant_type", span_of("authorization_code"));
	encode_form(&form, "client_id", span_of(s->identity->client_id));
	encode_form(&form, "code", secret_reveal(code));
	encode_form(&form, "redirect_uri", span_of(p->redirect));
	encode_form(&form, "code_verifier", buf_span(&p->verifier));
	encode_form(&form, "scope", span_of(s->scope));
	EXS_TRY(buf_check(&form, "the request", error));
	EXS_TRY(signin_post(s, "/token", buf_span(&form), &answer, error));
	return answer.status == 200 ? signin_bearer(s, &answer, ret, error) : signin_refused(s, &answer, error);
}

exs_status
signin_by_browser(const signin *s, exs_bearer **ret, exs_error *error)
{
	EXS_SCOPED(listener) l = {.fd = -1};
	EXS_SCOPED(pkce) p = {0};
	EXS_SCOPED(buf) url = BUF(URL_MAX);
	EXS_AUTO(secret) *code = NULL;
	exs_signin_prompt prompt = {.code = "", .seconds = (s->ends_ms - moment_steady_ms()) / 1000};

	EXS_TRY(listener_open(&l, error));
	EXS_TRY(pkce_begin(&p, l.port, error));
	EXS_TRY(write_url(s, &p, &url, error));
	prompt.url = buf_text(&url);
	EXS_TRY(s->options->show(s->options->self, &prompt, error));
	EXS_TRY(listener_wait(&l, s->context, buf_text(&p.state), s->ends_ms, &code, error));
	return redeem(s, &p, code, ret, error);
}
