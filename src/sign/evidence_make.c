/*
 * Evidence about a key, made: what the module claims, what is proved, and the key's own signature over both.
 */
#include "base/encode.h"
#include "base/error.h"
#include "base/jsontext.h"
#include "base/moment.h"
#include "hsm/device.h"
#include "hsm/keypolicy.h"
#include "sign/evidence.h"
#include "sign/jwk.h"
#include "sign/keyalg.h"
#include "sign/keycert.h"
#include "sign/keyfacts.h"
#include "sign/keyjson.h"
#include "sign/verify.h"

#include <exosign/version.h>

enum { SIGNATURE_ROOM = 2048 };

/* A document on its way. */
typedef struct making {
	const exs_context   *context;
	exs_evidence_options options;
	device              *device;
	certobject_list      on_token;
	exs_key             *facts;
	certificate         *certificate; /* NULL: none */
	buf                  public_der;
	char                 public_sha256[65];
	exs_alg              alg;
	span                 chain[ATTESTATION_CHAIN_MAX]; /* into on_token */
	size_t               n_chain;
	buf                  payload, protected;
} making;

static void
making_done(making *m)
{
	device_free(m->device);
	certobject_list_done(&m->on_token);
	exs_key_free(m->facts);
	certificate_free(m->certificate);
	buf_done(&m->public_der);
	buf_done(&m->payload);
	buf_done(&m->protected);
}

static exs_status
find_certificate(making *m, exs_error *error)
{
	const char *from = m->options.certificate;
	span        public_der = buf_span(&device_key(m->device)->public_der);
	const certobject *best;

	if (from != NULL && strcmp(from, "token") != 0) {
		EXS_TRY(certificate_read(from, public_der, &m->certificate, error));
		return public_der.len == 0 ? EXS_OK
		                           : certificate_check_key(m->certificate, public_der, error);
	}
	best = keycert_choose(&m->on_token, device_key(m->device), NULL, context_now(m->context));
	return best == NULL ? EXS_OK
	                    : certificate_parse(buf_span(&best->der), "the token", &m->certificate, error);
}

static exs_status
find_public_half(making *m, exs_error *error)
{
	const key      *k = device_key(m->device);
	publickey_facts public = {0};

	m->public_der = BUF(PUBLICKEY_MAX);
	if (k->public_der.len > 0)
		buf_add(&m->public_der, buf_span(&k->public_der));
	else if (m->certificate != NULL)
		buf_add(&m->public_der, buf_span(&m->certificate->public_der));
	EXS_TRY(buf_check(&m->public_der, "a public key", error));
	if (!publickey_describe(buf_span(&m->public_der), &public))
		return exs_fail(error, E_KEY_UNFIT, "the public half of the key is nowhere to be found");
	certificate_sha256(buf_span(&m->public_der), m->public_sha256);
	return keyalg_choose(&public, m->options.alg, &m->alg, error);
}

/* at is NULL when nobody on the token signed it. */
static span
issuer_of(span der, const certobject_list *all)
{
	for (size_t i = 0; i < all->n; i++) {
		span other = buf_span(&all->at[i].der);

		if (!span_same(der, other) && attestation_is_issued_by(der, other))
			return other;
	}
	return span_from(NULL, 0);
}

/* The device's statement about this very key, and above it whatever on the token signed it. */
static void
find_attestation(making *m)
{
	const certobject_list *all = &m->on_token;
	span next = span_from(NULL, 0);

	for (size_t i = 0; i < all->n && next.at == NULL; i++)
		if (publickey_same(buf_span(&all->at[i].public_der), buf_span(&m->public_der)) &&
		    attestation_is_one(buf_span(&all->at[i].der)))
			next = buf_span(&all->at[i].der);
	while (next.at != NULL && m->n_chain < ATTESTATION_CHAIN_MAX) {
		m->chain[m->n_chain++] = next;
		next = issuer_of(next, all);
	}
}

static exs_status
check_policy(making *m, exs_error *error)
{
	bool is_excepted = false;

	EXS_TRY(keypolicy_check(device_key(m->device), m->options.allow_extractable, &is_excepted,
	                        error));
	if (is_excepted)
		LOG(m->context, EXS_LOG_WARNING, "hsm", "extractable-key-used",
		    LOG_TEXT("key", device_key_uri(m->device)),
		    LOG_TEXT("why", "the profile names the exception"));
	return EXS_OK;
}

static exs_status
look(making *m, exs_error *error)
{
	device *d = m->device;

	EXS_TRY(check_policy(m, error));
	EXS_TRY(device_certificates(d, span_from(NULL, 0), &m->on_token, error));
	EXS_TRY(keyfacts_new(device_key(d), device_token(d), device_origin(d), &m->on_token, &m->facts,
	                     error));
	EXS_TRY(find_certificate(m, error));
	EXS_TRY(find_public_half(m, error));
	find_attestation(m);
	return EXS_OK;
}

static void
add_module(jsonobject *o, const exs_key_facts *f)
{
	EXS_SCOPED(jsonobject) library = {0};

	jsonobject_init(&library);
	jsonobject_text(&library, "path", f->module_path);
	jsonobject_text(&library, "description", f->module_description);
	jsonobject_text(&library, "version", f->module_version);
	jsonobject_text(o, "token_manufacturer", f->token_manufacturer);
	jsonobject_text(o, "token_firmware", f->token_firmware);
	jsonobject_json(o, "module", jsonobject_end(&library));
}

/* What is proved, and what stays a claim: an attestation is either. */
static exs_status
add_statements(const making *m, jsonobject *o, exs_error *error)
{
	EXS_SCOPED(jsonobject) claimed = {0}, proved = {0};
	const char       *root = m->options.attestation_root;
	attestation_proof proof = {.root_subject = ""};

	jsonobject_init(&claimed);
	jsonobject_init(&proved);
	EXS_TRY(keyjson_add(&claimed, exs_key_describe(m->facts), error));
	add_module(&claimed, exs_key_describe(m->facts));
	evidence_add_possession(&proved, exs_alg_name(m->alg), "the signature of this document",
	                        m->public_sha256);
	if (root != NULL) {
		EXS_TRY(attestation_verify(m->chain, m->n_chain, buf_span(&m->public_der), root, &proof,
		                           error));
		EXS_TRY(evidence_add_attestation(&proved, &proof.facts, &proof, error));
	} else if (m->n_chain > 0) {
		EXS_TRY(attestation_read(m->chain[0], &proof.facts, error));
		EXS_TRY(evidence_add_attestation(&claimed, &proof.facts, NULL, error));
	}
	jsonobject_json(o, "claimed_by_module", jsonobject_end(&claimed));
	jsonobject_json(o, "proved", jsonobject_end(&proved));
	return buf_check(&claimed.text, "what the module claims", error);
}

/* RFC 7468 section 5: base64 in lines of 64. */
static void
add_pem(jsonobject *o, span der)
{
	EXS_SCOPED(buf) text = BUF(EVIDENCE_MAX), pem = BUF(EVIDENCE_MAX);

	encode_base64(&text, der);
	buf_puts(&pem, "-----BEGIN CERTIFICATE-----\n");
	for (size_t at = 0; at < text.len; at += 64) {
		buf_add(&pem, span_from(text.at + at, text.len - at < 64 ? text.len - at : 64));
		buf_byte(&pem, '\n');
	}
	buf_puts(&pem, "-----END CERTIFICATE-----\n");
	jsonobject_text(o, "pem", buf_text(&pem));
}

static void
add_certificate(const certificate *c, jsonobject *o)
{
	EXS_SCOPED(jsonobject) shown = {0};

	jsonobject_init(&shown);
	jsonobject_text(&shown, "subject", c->subject);
	jsonobject_text(&shown, "issuer", c->issuer);
	jsonobject_text(&shown, "serial", c->serial);
	jsonobject_text(&shown, "sha1", c->sha1);
	jsonobject_text(&shown, "sha256", c->sha256);
	jsonobject_text(&shown, "not_before", moment_print(c->not_before).at);
	jsonobject_text(&shown, "not_after", moment_print(c->not_after).at);
	add_pem(&shown, buf_span(&c->der));
	jsonobject_json(o, "certificate", jsonobject_end(&shown));
}

/* A JSON array of DER in base64, as in x5c (RFC 7515 section 4.1.6). */
static void
add_chain(jsonobject *o, const char *name, const span *chain, size_t n)
{
	EXS_SCOPED(buf) list = BUF(EVIDENCE_MAX);

	buf_byte(&list, '[');
	for (size_t i = 0; i < n; i++) {
		buf_puts(&list, i > 0 ? ",\"" : "\"");
		encode_base64(&list, chain[i]);
		buf_byte(&list, '"');
	}
	buf_byte(&list, ']');
	jsonobject_json(o, name, buf_span(&list));
}

static exs_status
write_payload(making *m, exs_error *error)
{
	EXS_SCOPED(jsonobject) o = {0};

	jsonobject_init(&o);
	jsonobject_text(&o, "type", EVIDENCE_TYPE);
	jsonobject_number(&o, "version", EVIDENCE_VERSION);
	jsonobject_text(&o, "time", moment_print(context_now(m->context)).at);
	jsonobject_text(&o, "tool", "exosign " EXS_VERSION);
	jsonobject_text(&o, "public_key_sha256", m->public_sha256);
	EXS_TRY(add_statements(m, &o, error));
	if (m->certificate != NULL)
		add_certificate(m->certificate, &o);
	if (m->n_chain > 0)
		add_chain(&o, "attestation_chain", m->chain, m->n_chain);
	m->payload = BUF(EVIDENCE_MAX);
	encode_base64url(&m->payload, jsonobject_end(&o));
	EXS_TRY(buf_check(&o.text, "the evidence", error));
	return buf_check(&m->payload, "the evidence", error);
}

static exs_status
write_header(making *m, exs_error *error)
{
	EXS_SCOPED(jsonobject) o = {0};
	EXS_SCOPED(buf) jwk = BUF(EVIDENCE_MAX);

	jsonobject_init(&o);
	jsonobject_text(&o, "alg", exs_alg_name(m->alg));
	jsonobject_text(&o, "typ", EVIDENCE_TYPE);
	if (m->certificate != NULL) {
		const span der = buf_span(&m->certificate->der);

		add_chain(&o, "x5c", &der, 1);
	} else if (jwk_write(&jwk, buf_span(&m->public_der))) {
		jsonobject_json(&o, "jwk", buf_span(&jwk));
	} else {
		return exs_fail(error, E_KEY_UNFIT, "the public key cannot be written as a JWK");
	}
	m->protected = BUF(EVIDENCE_MAX);
	encode_base64url(&m->protected, jsonobject_end(&o));
	EXS_TRY(buf_check(&o.text, "the header of the evidence", error));
	return buf_check(&m->protected, "the header of the evidence", error);
}

static exs_status
sign(making *m, unsigned char *signature, size_t *len, exs_error *error)
{
	EXS_SCOPED(buf) input = BUF(2 * EVIDENCE_MAX + 1);
	const char *mechanism = "";

	buf_add(&input, buf_span(&m->protected));
	buf_byte(&input, '.');
	buf_add(&input, buf_span(&m->payload));
	EXS_TRY(buf_check(&input, "the evidence", error));
	EXS_TRY(device_sign(m->device, m->alg, buf_span(&input), signature, len, &mechanism, error));
	if (!verify_signature(buf_span(&m->public_der), m->alg, buf_span(&input),
	                      span_from((const char *)signature, *len)))
		return exs_fail(error, E_SIGNATURE, "the device signed, but the signature does not verify");
	LOG(m->context, EXS_LOG_INFO, "hsm", "evidence-signed",
	    LOG_TEXT("key", device_key_uri(m->device)), LOG_TEXT("mechanism", mechanism));
	return EXS_OK;
}

static exs_status
finish(making *m, char **ret, exs_error *error)
{
	unsigned char signature[SIGNATURE_ROOM];
	size_t        len = sizeof signature;
	EXS_SCOPED(jsonobject) o = {0};
	EXS_SCOPED(buf) encoded = BUF(2 * SIGNATURE_ROOM);

	EXS_TRY(sign(m, signature, &len, error));
	encode_base64url(&encoded, span_from((const char *)signature, len));
	jsonobject_init(&o);
	jsonobject_text(&o, "payload", buf_text(&m->payload));
	jsonobject_text(&o, "protected", buf_text(&m->protected));
	jsonobject_text(&o, "signature", buf_text(&encoded));
	(void)jsonobject_end(&o);
	return buf_take(&o.text, "the evidence", ret, error);
}

exs_status
exs_evidence_make(const exs_context *context, const exs_token_access *access,
                  const exs_evidence_options *options, char **ret_document, exs_error *error)
{
	EXS_SCOPED(making) m = {.context = context};
	hold *held = NULL;

	if (options->size == 0)
		return exs_fail(error, E_USAGE, "exs_evidence_options.size is not set");
	memcpy(&m.options, options,
	       options->size < sizeof m.options ? options->size : sizeof m.options);
	EXS_TRY(hold_access(context, access, &held, error));
	EXS_TRY(device_open_on(&held, 1, &m.device, error));
	EXS_TRY(look(&m, error));
	EXS_TRY(write_payload(&m, error));
	EXS_TRY(write_header(&m, error));
	return finish(&m, ret_document, error);
}
