/*
 * The one source of signatures we ship: a private key behind a PKCS#11 URI.
 *
 * Opening is a list of things that must be true, cheapest and most telling first; nothing is signed for a test, because that may
 * cost a touch or a PIN.
 */
#include "base/error.h"
#include "base/moment.h"
#include "hsm/device.h"
#include "hsm/keypolicy.h"
#include "hsm/viewkey.h"
#include "sign/issuers.h"
#include "sign/keyalg.h"
#include "sign/keycert.h"
#include "sign/signer_open.h"

#include <stdatomic.h>

typedef struct pkcs11_signer {
	device          *device;
	certificate     *certificate; /* NULL: without_certificate */
	buf              public_der;
	key_type_text    key_type;
	token_names      token;
	char             public_sha256[65];
	bool             is_excepted;  /* allow_extractable was needed */
	exs_signer_facts facts, facts_after; /* before and after the first signature */
	_Atomic(const exs_signer_facts *) known;
	pthread_mutex_t  first;
	pthread_mutex_t  viewing;
	viewkey         *view; /* NULL until it is asked for */
	issuers          above; /* the certificate; looked for once */
	bool             looked_above;
} pkcs11_signer;

static void
pkcs11_signer_free(pkcs11_signer *p)
{
	if (p == NULL)
		return;
	viewkey_free(p->view);
	issuers_done(&p->above);
	device_free(p->device);
	certificate_free(p->certificate);
	buf_done(&p->public_der);
	pthread_mutex_destroy(&p->first);
	pthread_mutex_destroy(&p->viewing);
	mem_free(p);
}
EXS_DEFINE_AUTO(pkcs11_signer)

static void
close_it(void *self)
{
	pkcs11_signer_free(self);
}

static const exs_signer_facts *
describe(void *self)
{
	pkcs11_signer *p = self;

	return atomic_load(&p->known);
}

/* Facts are handed out as pointers, so that they are never changed: a second copy takes over. */
static void
learn_mechanism(pkcs11_signer *p, const char *mechanism)
{
	if (atomic_load(&p->known) == &p->facts_after)
		return;
	pthread_mutex_lock(&p->first);
	if (atomic_load(&p->known) == &p->facts) {
		p->facts_after = p->facts;
		p->facts_after.mechanism = mechanism;
		atomic_store(&p->known, &p->facts_after);
	}
	pthread_mutex_unlock(&p->first);
}

static void
warn_of_exception(const pkcs11_signer *p)
{
	if (p->is_excepted)
		LOG(device_context(p->device), EXS_LOG_WARNING, "hsm", "extractable-key-used",
		    LOG_TEXT("key", p->facts.key_uri), LOG_TEXT("why", "the profile names the exception"));
}

static exs_status
sign(void *self, exs_alg alg, span message, unsigned char *signature, size_t *signature_len,
     exs_error *error)
{
	pkcs11_signer     *p = self;
	const exs_context *context = device_context(p->device);
	int64_t     started = moment_steady_ms();
	const char *mechanism = "";

	warn_of_exception(p);
	EXS_TRY(device_sign(p->device, alg, message, signature, signature_len, &mechanism, error));
	learn_mechanism(p, mechanism);
	LOG(context, EXS_LOG_INFO, "hsm", "signed", LOG_TEXT("alg", exs_alg_name(alg)),
	    LOG_TEXT("mechanism", mechanism), LOG_TEXT("key", p->facts.key_uri),
	    LOG_TEXT("serial", p->facts.token_serial),
	    LOG_NUMBER("ms", moment_steady_ms() - started));
	return EXS_OK;
}

static exs_status
view(void *self, viewkey **ret, exs_error *error)
{
	pkcs11_signer *p = self;
	exs_status     status = EXS_OK;

	warn_of_exception(p);
	pthread_mutex_lock(&p->viewing);
	if (p->view == NULL)
		status = viewkey_open(p->device, buf_span(&p->public_der), &p->view, error);
	pthread_mutex_unlock(&p->viewing);
	if (status == EXS_OK)
		*ret = p->view;
	return status;
}

/* With the lock `viewing` held. */
static exs_status
look_above(pkcs11_signer *p, exs_error *error)
{
	EXS_SCOPED(certobject_list) held = {0};

	if (p->looked_above || p->certificate == NULL)
		return EXS_OK;
	EXS_TRY(device_certificates(p->device, span_from(NULL, 0), &held, error));
	EXS_TRY(issuers_find(buf_span(&p->certificate->der), &held, &p->above, error));
	p->looked_above = true;
	return EXS_OK;
}

static exs_status
find_issuers(void *self, const issuers **ret, exs_error *error)
{
	pkcs11_signer *p = self;
	exs_status     status;

	pthread_mutex_lock(&p->viewing);
	status = look_above(p, error);
	pthread_mutex_unlock(&p->viewing);
	if (status == EXS_OK)
		*ret = &p->above;
	return status;
}

static const signer_ops ops = {
	.sign = sign, .close = close_it, .describe = describe, .issuers = find_issuers, .view = view};

static exs_status
find_public_half(pkcs11_signer *p, publickey_facts *ret, exs_error *error)
{
	const key *k = device_key(p->device);
	exs_status status;

	p->public_der = BUF(PUBLICKEY_MAX);
	buf_add(&p->public_der, k->public_der.len > 0 ? buf_span(&k->public_der)
	                        : p->certificate != NULL ? buf_span(&p->certificate->public_der)
	                                                 : span_from(NULL, 0));
	EXS_TRY(buf_check(&p->public_der, "a public key", error));
	if (publickey_describe(buf_span(&p->public_der), ret))
		return EXS_OK;
	status = exs_fail(error, E_KEY_UNFIT, "the public half of the key is nowhere to be found");
	error_why(error, "the device shows neither a public key object nor a certificate for it");
	error_fix(error, "store the certificate beside the key, or name its file: certificate = FILE");
	return status;
}

static void
fill_facts(pkcs11_signer *p, const publickey_facts *public, exs_alg alg)
{
	const device      *d = p->device;
	const key         *k = device_key(d);
	const certificate *c = p->certificate;

	p->token = token_print(&device_token(d)->info);
	snprintf(p->key_type.at, sizeof p->key_type.at, "%s", public->name);
	certificate_sha256(buf_span(&p->public_der), p->public_sha256);
	p->facts = (exs_signer_facts){
		.key_uri = device_key_uri(d),
		.token_label = p->token.label,
		.token_serial = p->token.serial,
		.token_model = p->token.model,
		.module_path = module_path(device_token(d)->module),
		.key_type = p->key_type.at,
		.alg = alg,
		.mechanism = "",
		.sensitive = k->sensitive,
		.always_sensitive = k->always_sensitive,
		.extractable = k->extractable,
		.never_extractable = k->never_extractable,
		.local = k->local,
		.always_authenticate = k->always_authenticate,
		.certificate_subject = c == NULL ? "" : c->subject,
		.certificate_serial = c == NULL ? "" : c->serial,
		.certificate_sha1 = c == NULL ? "" : c->sha1,
		.certificate_sha256 = c == NULL ? "" : c->sha256,
		.certificate_not_before = c == NULL ? 0 : c->not_before,
		.certificate_not_after = c == NULL ? 0 : c->not_after,
		.public_key_sha256 = p->public_sha256,
	};
	atomic_store(&p->known, &p->facts);
}

static exs_status
open_parts(pkcs11_signer *p, const exs_context *context, const exs_signer_options *options,
           exs_error *error)
{
	const device_options wanted = {
		.hold = {.uri = options->key_uri,
	                 .rules = {.context = context,
	                           .source = options->pin,
	                           .last_try = options->last_try,
	                           .forget_pin_failure = options->forget_pin_failure,
	                           .state_directory = options->state_directory},
	                 .deadline_ms = options->deadline_ms},
		.max_sessions = options->max_sessions,
		.pss_in_token = options->pss_in_token,
	};
	publickey_facts public = {0};
	exs_alg alg = EXS_ALG_DEFAULT;

	EXS_TRY(device_open(context, &wanted, &p->device, error));
	EXS_TRY(keypolicy_check(device_key(p->device), options->allow_extractable, &p->is_excepted,
	                        error));
	if (!options->without_certificate)
		EXS_TRY(keycert_find(p->device, options->certificate, context_now(context),
		                     &p->certificate, error));
	EXS_TRY(find_public_half(p, &public, error));
	EXS_TRY(keyalg_choose(&public, options->alg, &alg, error));
	fill_facts(p, &public, alg);
	return EXS_OK;
}

exs_status
signer_pkcs11_open(const exs_context *context, const exs_signer_options *options, exs_signer **ret,
                   exs_error *error)
{
	EXS_AUTO(pkcs11_signer) *p = mem_new(1, sizeof *p);
	span certificate_der, public_der;
	pkcs11_signer *given;

	if (p == NULL)
		return mem_fail(error);
	pthread_mutex_init(&p->first, NULL);
	pthread_mutex_init(&p->viewing, NULL);
	EXS_TRY(open_parts(p, context, options, error));
	certificate_der = p->certificate == NULL ? span_from("", 0) : buf_span(&p->certificate->der);
	public_der = buf_span(&p->public_der);
	EXS_GIVE(&given, p);
	return signer_new(context, &ops, given, &given->facts, certificate_der, public_der, ret, error);
}
