/*
 * Evidence about a key, checked without the key: everything comes from the document, and nothing of it is believed before the
 * signature holds.
 */
#include "base/encode.h"
#include "base/error.h"
#include "base/json.h"
#include "base/jsontext.h"
#include "hsm/publickey.h"
#include "sign/certificate.h"
#include "sign/evidence.h"
#include "sign/jwk.h"
#include "sign/verify.h"

#include <exosign/keys.h>

enum { SIGNATURE_MAX = 2048, RSA_BITS_MIN = 2048 };

/* A document under examination. */
typedef struct checking {
	json        *outer, *header, *payload;
	buf          header_text, payload_text, signature;
	certificate *certificate; /* NULL: a bare public key */
	buf          public_der;
	char         public_sha256[65];
	exs_alg      alg;
	buf          chain[ATTESTATION_CHAIN_MAX];
	size_t       n_chain;
} checking;

static void
checking_done(checking *c)
{
	json_free(c->outer);
	json_free(c->header);
	json_free(c->payload);
	buf_done(&c->header_text);
	buf_done(&c->payload_text);
	buf_done(&c->signature);
	buf_done(&c->public_der);
	certificate_free(c->certificate);
	for (size_t i = 0; i < ATTESTATION_CHAIN_MAX; i++)
		buf_done(&c->chain[i]);
}

static exs_status
fail(exs_error *error, const char *why)
{
	exs_status status = exs_fail(error, E_EVIDENCE, "this is no evidence that holds");

	error_why(error, "%s", why);
	return status;
}

/* A foreign parser's fault is a fault of the document, but for lack of memory. */
static exs_status
parse(span text, const char *what, json **ret, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	EXS_SCOPED(buf) why = BUF(200);
	size_t where;

	if (json_parse(text, what, ret, cause) == EXS_OK) {
		if (json_is_object(*ret) && jsontext_check(text, &where))
			return EXS_OK;
	} else if (error_is(cause, E_NO_MEMORY)) {
		return mem_fail(error);
	}
	buf_addf(&why, "%s is no JSON object", what);
	return fail(error, buf_text(&why));
}

static exs_status
decode(const json *outer, const char *name, size_t ceiling, buf *to, exs_error *error)
{
	const char *text = json_string(json_member(outer, name));
	EXS_SCOPED(buf) why = BUF(200);

	*to = BUF(ceiling);
	if (text[0] != '\0' && decode_base64url(to, span_of(text)) && to->len > 0)
		return buf_check(to, name, error);
	buf_addf(&why, "its member \"%s\" is missing, or no base64url", name);
	return fail(error, buf_text(&why));
}

static exs_status
take_apart(checking *c, span document, exs_error *error)
{
	if (document.len > EVIDENCE_MAX)
		return fail(error, "it is longer than any evidence");
	EXS_TRY(parse(document, "the document", &c->outer, error));
	EXS_TRY(decode(c->outer, "protected", EVIDENCE_MAX, &c->header_text, error));
	EXS_TRY(decode(c->outer, "payload", EVIDENCE_MAX, &c->payload_text, error));
	EXS_TRY(decode(c->outer, "signature", SIGNATURE_MAX, &c->signature, error));
	EXS_TRY(parse(buf_span(&c->header_text), "its header", &c->header, error));
	return parse(buf_span(&c->payload_text), "its payload", &c->payload, error);
}

/* Of a chain the first certificate is the key's (RFC 7515 section 4.1.6). */
static exs_status
take_x5c(checking *c, const json *x5c, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	EXS_SCOPED(buf) der = BUF(EVIDENCE_MAX);

	if (!decode_base64(&der, span_of(json_string(json_first(x5c)))) || der.len == 0)
		return fail(error, "its certificate (x5c) is no base64");
	if (certificate_parse(buf_span(&der), "the document", &c->certificate, cause) != EXS_OK)
		return error_is(cause, E_NO_MEMORY) ? mem_fail(error)
		                                    : fail(error, "its certificate (x5c) cannot be read");
	buf_add(&c->public_der, buf_span(&c->certificate->public_der));
	return EXS_OK;
}

/* A short key is anybody's (RFC 7518 sections 3.3 and 3.5). */
static exs_status
check_size(const checking *c, exs_error *error)
{
	publickey_facts public = {0};

	EXS_TRY(buf_check(&c->public_der, "a public key", error));
	if (!publickey_describe(buf_span(&c->public_der), &public))
		return fail(error, "its public key is of a kind that we do not know");
	if (public.kind == PUBLICKEY_RSA && public.bits < RSA_BITS_MIN)
		return fail(error, "its RSA key has less than 2048 bits");
	return EXS_OK;
}

static exs_status
take_header(checking *c, exs_error *error)
{
	const json *x5c = json_member(c->header, "x5c"), *jwk = json_member(c->header, "jwk");
	const char *alg = json_string(json_member(c->header, "alg"));

	c->public_der = BUF(PUBLICKEY_MAX);
	if (strcmp(json_string(json_member(c->header, "typ")), EVIDENCE_TYPE) != 0)
		return fail(error, "its header is not that of evidence about a key");
	if (json_member(c->header, "crit") != NULL)
		return fail(error, "its header wants something that we do not know (crit)");
	if (!exs_alg_parse(alg, strlen(alg), &c->alg) || c->alg == EXS_ALG_DEFAULT)
		return fail(error, "its header names no algorithm of ours");
	if ((x5c == NULL) == (jwk == NULL))
		return fail(error, "its header has not one public key: x5c or jwk");
	if (x5c != NULL)
		EXS_TRY(take_x5c(c, x5c, error));
	else if (!jwk_read(jwk, &c->public_der))
		return fail(error, "its public key (jwk) cannot be read");
	certificate_sha256(buf_span(&c->public_der), c->public_sha256);
	return check_size(c, error);
}

static exs_status
check_signature(const checking *c, exs_error *error)
{
	const char *protected = json_string(json_member(c->outer, "protected"));
	const char *payload = json_string(json_member(c->outer, "payload"));
	EXS_SCOPED(buf) input = BUF(2 * EVIDENCE_MAX + 1);

	buf_puts(&input, protected);
	buf_byte(&input, '.');
	buf_puts(&input, payload);
	EXS_TRY(buf_check(&input, "the evidence", error));
	if (!verify_signature(buf_span(&c->public_der), c->alg, buf_span(&input), buf_span(&c->signature)))
		return fail(error, "the signature is wrong: the document was changed, or another key signed it");
	return EXS_OK;
}

static exs_status
check_payload(const checking *c, exs_error *error)
{
	int64_t version = 0;

	if (strcmp(json_string(json_member(c->payload, "type")), EVIDENCE_TYPE) != 0)
		return fail(error, "what is signed is no evidence about a key");
	if (!json_whole(json_member(c->payload, "version"), &version) || version != EVIDENCE_VERSION)
		return fail(error, "it has a version that this exosign does not know");
	if (strcmp(json_string(json_member(c->payload, "public_key_sha256")), c->public_sha256) != 0)
		return fail(error, "it is about another key than the one that signed it");
	return EXS_OK;
}

static exs_status
take_chain(checking *c, exs_error *error)
{
	const json *chain = json_member(c->payload, "attestation_chain");

	if (chain != NULL && !json_is_array(chain))
		return fail(error, "its attestation is no list of certificates");
	for (const json *e = chain == NULL ? NULL : json_first(chain); e != NULL; e = json_next(e)) {
		buf *to = &c->chain[c->n_chain];

		if (c->n_chain == ATTESTATION_CHAIN_MAX)
			return fail(error, "its attestation has too many certificates");
		*to = BUF(EVIDENCE_MAX);
		if (!decode_base64(to, span_of(json_string(e))) || to->len == 0)
			return fail(error, "a certificate of its attestation is no base64");
		EXS_TRY(buf_check(to, "a certificate", error));
		c->n_chain++;
	}
	return EXS_OK;
}

static exs_status
add_proved(const checking *c, const char *root, jsonobject *o, exs_error *error)
{
	EXS_SCOPED(jsonobject) proved = {0};
	attestation_proof proof = {.root_subject = ""};
	span chain[ATTESTATION_CHAIN_MAX];

	for (size_t i = 0; i < c->n_chain; i++)
		chain[i] = buf_span(&c->chain[i]);
	jsonobject_init(&proved);
	evidence_add_possession(&proved, exs_alg_name(c->alg),
	                        c->certificate != NULL ? "a good signature with the key of the certificate"
	                                               : "a good signature with the public key in it",
	                        c->public_sha256);
	if (root != NULL) {
		EXS_TRY(attestation_verify(chain, c->n_chain, buf_span(&c->public_der), root, &proof, error));
		EXS_TRY(evidence_add_attestation(&proved, &proof.facts, &proof, error));
	}
	jsonobject_json(o, "proved", jsonobject_end(&proved));
	if (root == NULL && c->n_chain > 0)
		jsonobject_text(o, "not_checked", "it carries an attestation by the device: name the root "
		                                  "certificate of the device's maker to have it verified");
	return buf_check(&proved.text, "what is proved", error);
}

/* As it was signed, byte for byte; left out when it is not there. */
static void
add_member(jsonobject *o, const checking *c, const char *name)
{
	span value = jsontext_member(buf_span(&c->payload_text), name);

	if (value.at != NULL)
		jsonobject_json(o, name, value);
}

static exs_status
report(const checking *c, const char *root, char **ret, exs_error *error)
{
	EXS_SCOPED(jsonobject) o = {0};

	jsonobject_init(&o);
	jsonobject_text(&o, "result", "good");
	add_member(&o, c, "time");
	add_member(&o, c, "tool");
	jsonobject_text(&o, "public_key_sha256", c->public_sha256);
	if (c->certificate != NULL) {
		jsonobject_text(&o, "certificate_subject", c->certificate->subject);
		jsonobject_text(&o, "certificate_sha1", c->certificate->sha1);
		jsonobject_text(&o, "certificate_sha256", c->certificate->sha256);
	}
	EXS_TRY(add_proved(c, root, &o, error));
	add_member(&o, c, "claimed_by_module");
	(void)jsonobject_end(&o);
	return buf_take(&o.text, "the report", ret, error);
}

exs_status
exs_evidence_check(const char *document, size_t length, const char *attestation_root,
                   char **ret_report, exs_error *error)
{
	EXS_SCOPED(checking) c = {0};

	EXS_TRY(take_apart(&c, span_from(document, length), error));
	EXS_TRY(take_header(&c, error));
	EXS_TRY(check_signature(&c, error));
	EXS_TRY(check_payload(&c, error));
	EXS_TRY(take_chain(&c, error));
	return report(&c, attestation_root, ret_report, error);
}
