/*
 * One identity with several devices: the first that is there signs.
 *
 * Members are opened when they are first needed and stay open until the end, so that whoever uses one never loses it. A
 * member whose device failed is left alone for a while; it recovers by itself when its token is back (device_sign.c). What
 * is no trouble of the device ends the use: a PIN that was refused here is not tried elsewhere by surprise.
 */
#include "base/error.h"
#include "base/moment.h"
#include "sign/signer_open.h"

#include <pthread.h>
#include <stdatomic.h>

enum { REST_MS = 60000, TROUBLES_MAX = 1600 };

typedef struct member {
	char                  *name;
	pthread_mutex_t        opening;
	_Atomic(exs_signer *)  signer;  /* NULL: not opened yet */
	_Atomic int64_t        rest_until; /* steady clock; 0: nothing is known against it */
	bool                   by_thumbprint;
} member;

typedef struct many {
	const exs_context *context;
	exs_signer_options options;
	char              *certificate, *state_directory, *source_name;
	pthread_mutex_t    admitting; /* one opened member at a time joins the others */
	member             members[KEYNAMES_MAX];
	size_t             n;
	_Atomic int        used; /* which one was used last, or -1 */
} many;

static void
many_free(many *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->n; i++) {
		exs_signer_free(atomic_load(&m->members[i].signer));
		pthread_mutex_destroy(&m->members[i].opening);
		mem_free(m->members[i].name);
	}
	pthread_mutex_destroy(&m->admitting);
	mem_free(m->certificate);
	mem_free(m->state_directory);
	mem_free(m->source_name);
	mem_free(m);
}
EXS_DEFINE_AUTO(many)

static void
close_all(void *self)
{
	many_free(self);
}

/* Without certificates a key goes by its kid alone, which is one for all. */
static exs_status
check_same_key(const many *m, const exs_signer *opened, exs_error *error)
{
	const char *own = exs_signer_describe(opened)->public_key_sha256;

	for (size_t i = 0; i < m->n && m->options.without_certificate; i++) {
		const exs_signer *other = atomic_load(&m->members[i].signer);
		exs_status        status;

		if (other == NULL || strcmp(exs_signer_describe(other)->public_key_sha256, own) == 0)
			continue;
		status = exs_fail(error, E_KEY_UNFIT, "%s and %s are different keys",
		                  exs_signer_describe(other)->key_uri, exs_signer_describe(opened)->key_uri);
		error_why(error, "without certificates the issuer cannot tell them apart");
		error_fix(error, "give each a certificate of its own, or name devices that hold the same key");
		return status;
	}
	return EXS_OK;
}

static exs_status
open_locked(many *m, member *one, exs_error *error)
{
	EXS_AUTO(exs_signer) *opened = NULL;
	span    rest = span_of(one->name);
	keyname name;
	exs_status status;

	(void)keyname_next(&rest, &name);
	EXS_TRY(signer_named_open(m->context, &name, &m->options, &opened, error));
	pthread_mutex_lock(&m->admitting);
	status = check_same_key(m, opened, error);
	if (status == EXS_OK) {
		atomic_store(&one->signer, opened);
		opened = NULL;
	}
	pthread_mutex_unlock(&m->admitting);
	return status;
}

static exs_status
open_member(many *m, member *one, exs_error *error)
{
	exs_status status = EXS_OK;

	if (atomic_load(&one->signer) != NULL)
		return EXS_OK;
	pthread_mutex_lock(&one->opening);
	if (atomic_load(&one->signer) == NULL)
		status = open_locked(m, one, error);
	pthread_mutex_unlock(&one->opening);
	return status;
}

/* what: "device-used", or "device-opened" when nothing was signed yet. */
static void
note_use(many *m, size_t i, const char *what)
{
	int                     before = atomic_exchange(&m->used, (int)i);
	const exs_signer_facts *facts = exs_signer_describe(atomic_load(&m->members[i].signer));

	atomic_store(&m->members[i].rest_until, 0);
	LOG(m->context, EXS_LOG_INFO, "hsm", what, LOG_TEXT("key", facts->key_uri),
	    LOG_TEXT("serial", facts->token_serial), LOG_TEXT("certificate", facts->certificate_sha1));
	if (before >= 0 && before != (int)i)
		LOG(m->context, EXS_LOG_WARNING, "hsm", "device-switched",
		    LOG_TEXT("from", m->members[before].name), LOG_TEXT("to", m->members[i].name));
}

static void
note_trouble(many *m, size_t i, const exs_error *cause, buf *troubles)
{
	member *one = &m->members[i];

	atomic_store(&one->rest_until, moment_steady_ms() + REST_MS);
	LOG(m->context, EXS_LOG_WARNING, "hsm", "device-failed", LOG_TEXT("key", one->name),
	    LOG_TEXT("code", exs_error_code(cause)), LOG_TEXT("why", exs_error_message(cause)));
	buf_addf(troubles, "%s%s: %s", troubles->len > 0 ? "; " : "", one->name,
	         exs_error_message(cause));
}

static exs_status
fail_all(const many *m, const buf *troubles, const exs_error *last, exs_error *error)
{
	exs_status status = exs_fail(error, E_DEVICE, "none of the %zu devices for this identity can be used",
	                             m->n);

	error_why(error, "%s", buf_text(troubles));
	error_fix(error, "exosign hsm list shows which devices are there");
	if (exs_error_native(last)[0] != '\0')
		error_native(error, "%s", exs_error_native(last));
	return status;
}

/* Those nothing is known against come first, each group in the order of the profile. */
static size_t
plan(many *m, size_t order[KEYNAMES_MAX])
{
	int64_t now = moment_steady_ms();
	bool    rests[KEYNAMES_MAX];
	size_t  n = 0;

	for (size_t i = 0; i < m->n; i++)
		rests[i] = atomic_load(&m->members[i].rest_until) > now;
	for (int resting = 0; resting <= 1; resting++)
		for (size_t i = 0; i < m->n; i++)
			if (rests[i] == (resting != 0))
				order[n++] = i;
	return n;
}

/* A certificate that is looked for by its thumbprint goes away with its device. */
static bool
is_gone(const member *one, exs_status status, const exs_error *cause)
{
	return status == EXS_DEVICE || (one->by_thumbprint && atomic_load(&one->signer) == NULL &&
	                                error_is(cause, E_CERT_ABSENT));
}

/* The act of opening. */
static exs_status
nothing(void *self, exs_signer *one, exs_error *error)
{
	(void)self;
	(void)one;
	(void)error;
	return EXS_OK;
}

static exs_status
use(void *self, signer_act act, void *act_self, exs_error *error)
{
	many  *m = self;
	size_t order[KEYNAMES_MAX], n = plan(m, order);
	EXS_SCOPED(buf) troubles = BUF(TROUBLES_MAX);
	EXS_SCOPED(error_scratch) cause = exs_error_new();

	if (cause == NULL)
		return mem_fail(error);
	for (size_t i = 0; i < n; i++) {
		member    *one = &m->members[order[i]];
		exs_status status;

		exs_error_clear(cause);
		status = open_member(m, one, cause);
		if (status == EXS_OK)
			status = act(act_self, atomic_load(&one->signer), cause);
		if (status == EXS_OK) {
			note_use(m, order[i], act == nothing ? "device-opened" : "device-used");
			return EXS_OK;
		}
		if (!is_gone(one, status, cause)) {
			error_copy(error, cause);
			return status;
		}
		note_trouble(m, order[i], cause, &troubles);
	}
	return fail_all(m, &troubles, cause, error);
}

typedef struct signing {
	span           message;
	unsigned char *signature;
	size_t        *signature_len;
} signing;

static exs_status
sign_with(void *self, exs_signer *one, exs_error *error)
{
	const signing *s = self;

	return exs_signer_sign(one, (const unsigned char *)s->message.at, s->message.len, s->signature,
	                       s->signature_len, error);
}

/* Each member knows its own algorithm. */
static exs_status
sign(void *self, exs_alg alg, span message, unsigned char *signature, size_t *signature_len,
     exs_error *error)
{
	signing s = {message, signature, signature_len};

	(void)alg;
	return use(self, sign_with, &s, error);
}

static const exs_signer_facts *
describe(void *self)
{
	many *m = self;
	int   used = atomic_load(&m->used);

	return exs_signer_describe(atomic_load(&m->members[used < 0 ? 0 : used].signer));
}

static const signer_ops ops = {
	.sign = sign, .close = close_all, .describe = describe, .use = use};

static exs_status
take_names(many *m, const char *names, exs_error *error)
{
	span    rest = span_of(names);
	keyname name;

	while (m->n < KEYNAMES_MAX && keyname_next(&rest, &name)) {
		member *one = &m->members[m->n];

		one->by_thumbprint = name.kind == KEYNAME_THUMBPRINT;
		one->name = mem_text(name.text.at, name.text.len);
		if (one->name == NULL)
			return mem_fail(error);
		pthread_mutex_init(&one->opening, NULL);
		m->n++;
	}
	return EXS_OK;
}

exs_status
signer_many_open(const exs_context *context, const exs_signer_options *options, exs_signer **ret,
                 exs_error *error)
{
	EXS_AUTO(many) *m = mem_new(1, sizeof *m);
	many *given;

	if (m == NULL)
		return mem_fail(error);
	pthread_mutex_init(&m->admitting, NULL);
	m->context = context;
	m->options = *options;
	atomic_init(&m->used, -1);
	EXS_TRY(mem_copy(options->certificate, &m->certificate, error));
	EXS_TRY(mem_copy(options->state_directory, &m->state_directory, error));
	EXS_TRY(mem_copy(options->pin.name, &m->source_name, error));
	m->options.certificate = m->certificate;
	m->options.state_directory = m->state_directory;
	m->options.pin.name = m->source_name;
	EXS_TRY(take_names(m, options->key_uri, error));
	EXS_TRY(use(m, nothing, NULL, error));
	EXS_GIVE(&given, m);
	return signer_new(context, &ops, given, describe(given), span_from("", 0), span_from("", 0), ret,
	                  error);
}
