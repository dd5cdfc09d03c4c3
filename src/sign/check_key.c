/* The check's chapters on the key and its certificate: what the module claims of them, and whether they belong together. */
#include "sign/certificate.h"
#include "sign/check.h"

#include "base/error.h"
#include "base/moment.h"

#include <stddef.h>
#include <stdio.h>

enum { RSA_BITS_MIN = 2048, SOON_S = 30 * 24 * 3600, ALLOWED_TEXT_MAX = 1024 };

typedef struct opinion {
	exs_check_verdict verdict;
	const char       *why;
} opinion;

#define IS_FINE {EXS_CHECK_FINE, NULL}
#define NOT_TOLD(what) {EXS_CHECK_DOUBTFUL, "the module does not say whether " what}

/* What each answer is worth; by exs_tristate: no, yes, not told. */
typedef struct attribute_row {
	const char *name;
	size_t      at; /* of the exs_tristate in struct key */
	opinion     opinions[3];
	const char *fix;
} attribute_row;

static const char make_new[] = "make a new key in the device: exosign key generate";

static const attribute_row attributes[] = {
	{"CKA_SIGN", offsetof(key, sign),
         {{EXS_CHECK_BROKEN, "the key may not sign"}, IS_FINE, IS_FINE},
         "a key made for signing"},
	{"CKA_EXTRACTABLE", offsetof(key, extractable),
         {IS_FINE, {EXS_CHECK_BROKEN, "the private key could leave the device"}, NOT_TOLD("the key could leave it")},
         make_new},
	{"CKA_SENSITIVE", offsetof(key, sensitive),
         {{EXS_CHECK_BROKEN, "the private key can be read"}, IS_FINE, NOT_TOLD("the key can be read")},
         make_new},
	{"CKA_NEVER_EXTRACTABLE", offsetof(key, never_extractable),
         {{EXS_CHECK_DOUBTFUL, "the key could leave at some time: there may be a copy"}, IS_FINE,
          NOT_TOLD("the key could ever leave it")},
         make_new},
	{"CKA_ALWAYS_SENSITIVE", offsetof(key, always_sensitive),
         {{EXS_CHECK_DOUBTFUL, "the key could be read at some time: there may be a copy"}, IS_FINE,
          NOT_TOLD("the key could ever be read")},
         make_new},
	{"CKA_LOCAL", offsetof(key, local),
         {{EXS_CHECK_DOUBTFUL, "the key was brought in from outside: there may be a copy"}, IS_FINE,
          NOT_TOLD("the key was made inside")},
         make_new},
	{"CKA_PRIVATE", offsetof(key, login_wanted),
         {{EXS_CHECK_DOUBTFUL, "who reaches the token uses the key without a PIN"}, IS_FINE, IS_FINE},
         "another key, unless this one is meant to be used without a PIN"},
	{"CKA_ALWAYS_AUTHENTICATE", offsetof(key, always_authenticate),
         {IS_FINE, {EXS_CHECK_FINE, "each signature costs a PIN"}, IS_FINE}, NULL},
};

static const char *const tristate_names[] = {
	[EXS_NO] = "no", [EXS_YES] = "yes", [EXS_NOT_TOLD] = "not told"};

static exs_status
tell_attribute(check *c, const attribute_row *row, exs_error *error)
{
	exs_tristate is;
	opinion      o;

	memcpy(&is, (const char *)&c->key + row->at, sizeof is);
	o = row->opinions[is];
	if (o.verdict == EXS_CHECK_BROKEN && c->options.allow_extractable && row->fix == make_new)
		o.verdict = EXS_CHECK_DOUBTFUL; /* the exception is named */
	return check_tell(c,
	                  (exs_check_finding){.area = EXS_CHECK_KEY,
	                                      .verdict = o.verdict,
	                                      .name = row->name,
	                                      .value = tristate_names[is],
	                                      .why = o.why,
	                                      .fix = o.verdict == EXS_CHECK_FINE ? NULL : row->fix},
	                  error);
}

static exs_status
tell_found(check *c, exs_error *error)
{
	EXS_AUTO(chars) *uri = NULL;

	EXS_TRY(key_print_uri(&c->key, hold_token(c->hold), hold_uri(c->hold), &uri, error));
	EXS_TRY(check_tell(c,
	                   (exs_check_finding){.area = EXS_CHECK_KEY, .name = "found", .value = uri},
	                   error));
	return check_tell(c,
	                  (exs_check_finding){
				  .area = EXS_CHECK_KEY,
				  .name = "attributes",
				  .value = "claims",
				  .why = "what follows is what the module claims; it proves nothing",
			  },
	                  error);
}

static exs_status
tell_type(check *c, exs_error *error)
{
	const key        *k = &c->key;
	key_type_text     type = key_print_type(k);
	exs_check_finding f = {.area = EXS_CHECK_KEY, .name = "type", .value = type.at};

	if (!k->type_known || (k->public_der.len > 0 && k->public.kind == PUBLICKEY_OTHER)) {
		f.verdict = EXS_CHECK_BROKEN;
		f.why = "exosign signs with RSA keys and with EC keys on P-256 and P-384";
		f.fix = make_new;
	} else if (k->public_der.len == 0) {
		f.verdict = EXS_CHECK_DOUBTFUL;
		f.why = "the device shows no public half, neither as an object nor in a certificate";
		f.fix = "store the certificate beside the key";
	} else if (k->type == CKK_RSA && k->public.bits < RSA_BITS_MIN) {
		f.verdict = EXS_CHECK_BROKEN;
		f.why = "an RSA key needs 2048 bits or more";
		f.fix = make_new;
	}
	return check_tell(c, f, error);
}

/* Some keys are bound to a scheme by their maker. */
static exs_status
tell_allowed(check *c, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(ALLOWED_TEXT_MAX);

	for (size_t i = 0; i < c->key.n_allowed; i++)
		buf_addf(&text, "%s0x%lX", i == 0 ? "" : " ", c->key.allowed[i]);
	return c->key.n_allowed == 0
	               ? EXS_OK
	               : check_tell(c,
	                            (exs_check_finding){.area = EXS_CHECK_KEY,
	                                                .name = "CKA_ALLOWED_MECHANISMS",
	                                                .value = buf_text(&text),
	                                                .why = "these mechanisms are tried first"},
	                            error);
}

exs_status
check_key(check *c, exs_error *error)
{
	EXS_TRY(tell_found(c, error));
	EXS_TRY(tell_type(c, error));
	for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++)
		EXS_TRY(tell_attribute(c, &attributes[i], error));
	return tell_allowed(c, error);
}

/* A key whose public half nobody tells: the certificate with its id must do. */
static bool
belongs(const key *k, const certobject *at)
{
	return k->public_der.len > 0 ? publickey_same(buf_span(&at->public_der), buf_span(&k->public_der))
	                             : k->id.len > 0 && span_same(buf_span(&at->id), buf_span(&k->id));
}

static exs_status
tell_validity(check *c, const certificate *cert, exs_error *error)
{
	EXS_SCOPED(error_scratch) late = exs_error_new();
	int64_t           now = context_now(c->context);
	exs_check_finding f = {.area = EXS_CHECK_CERTIFICATE, .name = "validity"};
	moment_text       until = moment_print(cert->not_after);

	f.value = until.at;
	if (certificate_check_time(cert, now, late) != EXS_OK) {
		f.verdict = EXS_CHECK_BROKEN;
		f.why = exs_error_message(late);
		f.fix = exs_error_fix(late);
	} else if (cert->not_after - now < SOON_S) {
		f.verdict = EXS_CHECK_DOUBTFUL;
		f.why = "it expires within 30 days";
		f.fix = error_row_of(E_CERT_EXPIRED)->fix;
	}
	return check_tell(c, f, error);
}

static exs_status
tell_certificate(check *c, const certificate *cert, const char *where, exs_error *error)
{
	EXS_SCOPED(error_scratch) other = exs_error_new();
	exs_check_finding f = {.area = EXS_CHECK_CERTIFICATE, .name = "found", .value = cert->sha1,
	                       .why = where};

	if (c->key.public_der.len > 0 &&
	    certificate_check_key(cert, buf_span(&c->key.public_der), other) != EXS_OK) {
		f.verdict = EXS_CHECK_BROKEN;
		f.why = exs_error_message(other);
		f.fix = exs_error_fix(other);
	}
	EXS_TRY(check_tell(c, f, error));
	EXS_TRY(check_tell(c,
	                   (exs_check_finding){.area = EXS_CHECK_CERTIFICATE, .name = "subject",
	                                       .value = cert->subject},
	                   error));
	return tell_validity(c, cert, error);
}

/* What the device does not tell of the key, the certificate does. */
static exs_status
learn_public(check *c, const certobject *from, exs_error *error)
{
	if (c->key.public_der.len > 0 || from->public_der.len == 0)
		return EXS_OK;
	c->key.public_der = BUF(PUBLICKEY_MAX);
	buf_add(&c->key.public_der, buf_span(&from->public_der));
	(void)publickey_describe(buf_span(&c->key.public_der), &c->key.public);
	return buf_check(&c->key.public_der, "a public key", error);
}

static exs_status
check_on_token(check *c, exs_error *error)
{
	EXS_SCOPED(certobject_list) list = {0};
	size_t n = 0;

	EXS_TRY(certobject_list_read(c->home, span_from(NULL, 0), span_from(NULL, 0), &list, error));
	for (size_t i = 0; i < list.n; i++) {
		EXS_AUTO(certificate) *cert = NULL;

		if (!belongs(&c->key, &list.at[i]))
			continue;
		n++;
		EXS_TRY(learn_public(c, &list.at[i], error));
		if (certificate_parse(buf_span(&list.at[i].der), "the token", &cert, NULL) == EXS_OK)
			EXS_TRY(tell_certificate(c, cert, "on the token, by public key", error));
	}
	if (n > 0)
		return EXS_OK;
	return check_tell(c,
	                  (exs_check_finding){.area = EXS_CHECK_CERTIFICATE,
	                                      .verdict = EXS_CHECK_DOUBTFUL,
	                                      .name = "found",
	                                      .value = "none",
	                                      .why = "without one no token can be had with this key",
	                                      .fix = "exosign cert create; or name a file: certificate = FILE"},
	                  error);
}

static exs_status
check_in_file(check *c, exs_error *error)
{
	EXS_AUTO(certificate) *cert = NULL;
	EXS_SCOPED(error_scratch) cause = exs_error_new();

	if (certificate_read(c->options.certificate, buf_span(&c->key.public_der), &cert, cause) == EXS_OK)
		return tell_certificate(c, cert, c->options.certificate, error);
	return check_tell(c,
	                  (exs_check_finding){.area = EXS_CHECK_CERTIFICATE,
	                                      .verdict = EXS_CHECK_BROKEN,
	                                      .name = "found",
	                                      .value = "none",
	                                      .why = exs_error_message(cause),
	                                      .fix = exs_error_fix(cause)},
	                  error);
}

exs_status
check_certificate(check *c, exs_error *error)
{
	span from = span_of(c->options.certificate == NULL ? "token" : c->options.certificate);

	return span_is(from, "token") || span_starts_nocase(from, "thumbprint:") ? check_on_token(c, error)
	                                                                         : check_in_file(c, error);
}
