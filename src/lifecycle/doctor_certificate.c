/*
 * The checks of the certificate: whether there is one for the key, how long it lives, whether the directory takes it. Nobody logs
 * in for them; where a login was made anyway, what it said counts.
 */
#include "base/moment.h"
#include "lifecycle/doctor.h"

#include <exosign/certificate.h>
#include <stdio.h>

enum { RSA_LEAST_BITS = 2048, LIFETIME_MOST_S = 2 * 366 * 86400 };

static bool
is_about_certificate(const exs_error *problem)
{
	static const error_id ids[] = {E_CERT_ABSENT, E_CERT_AMBIGUOUS, E_CERT_MISMATCH, E_CERT_UNREADABLE};

	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
		if (error_is(problem, ids[i]))
			return true;
	return false;
}

/* Of several the one that ends last, as the signer takes it. */
static exs_status
take_certificate(void *self, const exs_certificate_facts *facts, exs_error *error)
{
	doctor_certificate *c = self;

	if (facts->attestation)
		return EXS_OK;
	c->n++;
	if (c->there && c->not_after >= facts->not_after)
		return EXS_OK;
	c->there = true;
	c->key_seen = facts->key_seen;
	c->not_before = facts->not_before;
	c->not_after = facts->not_after;
	(void)snprintf(c->sha1, sizeof c->sha1, "%s", facts->sha1);
	(void)snprintf(c->sha256, sizeof c->sha256, "%s", facts->sha256);
	(void)snprintf(c->public_sha256, sizeof c->public_sha256, "%s", facts->public_key_sha256);
	(void)snprintf(c->key_type, sizeof c->key_type, "%s", facts->key_type);
	(void)snprintf(c->signature_alg, sizeof c->signature_alg, "%s", facts->signature_alg);
	buf_clear(&c->subject);
	buf_clear(&c->issuer);
	buf_clear(&c->where);
	buf_puts(&c->subject, facts->subject);
	buf_puts(&c->issuer, facts->issuer);
	buf_puts(&c->where, facts->where);
	return buf_check(&c->subject, "a certificate's name", error);
}

/* At the places that could be held; the first that fails ends it, unless another has one. */
static exs_status
look_beside_keys(doctor *d, exs_error *error)
{
	exs_status status = EXS_OK;

	for (size_t i = 0; i < d->views.n && status != EXS_CANCELLED; i++)
		if (d->views.at[i].problem == NULL)
			status = exs_certificate_walk(d->context, d->views.at[i].uri, d->signer_options.deadline_ms,
			                              take_certificate, &d->certificate, error);
	return d->certificate.there && status != EXS_CANCELLED ? EXS_OK : status;
}

static exs_status
look(doctor *d, exs_error *error)
{
	const char *named = d->signer_options.certificate;

	if (named == NULL || strcmp(named, "token") == 0)
		return look_beside_keys(d, error);
	if (span_starts_nocase(span_of(named), "thumbprint:"))
		return exs_certificate_walk(d->context, named, d->signer_options.deadline_ms, take_certificate,
		                            &d->certificate, error);
	return exs_certificate_read(named, take_certificate, &d->certificate, error);
}

/* The key's public half, when it shows. */
static const char *
public_half(const doctor *d)
{
	if (d->signer != NULL)
		return exs_signer_describe(d->signer)->public_key_sha256;
	for (size_t i = 0; i < d->views.n; i++)
		if (d->views.at[i].public_sha256[0] != '\0')
			return d->views.at[i].public_sha256;
	return "";
}

static bool
belongs_to_a_view(const doctor *d)
{
	for (size_t i = 0; i < d->views.n; i++)
		if (strcmp(d->views.at[i].public_sha256, d->certificate.public_sha256) == 0)
			return true;
	return false;
}

static void
judge_match(const doctor *d, doctor_finding *f)
{
	const doctor_certificate *c = &d->certificate;
	const char *key = public_half(d);

	buf_addf(&f->found, "%s, SHA-1 %s", buf_text(&c->subject), c->sha1);
	if (key[0] == '\0' && !c->key_seen) {
		buf_puts(&f->why, "whether it belongs to the key shows after a login: --live");
	} else if (c->key_seen || belongs_to_a_view(d) || strcmp(key, c->public_sha256) == 0) {
		buf_puts(&f->found, "; it is the key's by its public half");
	} else {
		doctor_broken(f, E_CERT_MISMATCH);
		buf_addf(&f->why, "the key's public half has SHA-256 %.16s..., the certificate's %.16s...", key,
		         c->public_sha256);
	}
}

exs_status
doctor_certificate_found(doctor *d, doctor_finding *f, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();

	if (cause == NULL)
		return mem_fail(error);
	if (d->signer_options.without_certificate) {
		buf_puts(&f->found, "none is used: certificate = none");
		return EXS_OK;
	}
	if (d->signer_problem != NULL && is_about_certificate(d->signer_problem)) {
		doctor_take(f, d->signer_problem);
		return EXS_OK;
	}
	if (look(d, cause) != EXS_OK) {
		doctor_take(f, cause);
		if (exs_error_status(cause) != EXS_CANCELLED)
			return EXS_OK;
		error_copy(error, cause);
		return EXS_CANCELLED;
	}
	if (d->certificate.there)
		judge_match(d, f);
	else
		doctor_broken(f, E_CERT_ABSENT);
	return EXS_OK;
}

static void
print_period(const doctor_certificate *c, int64_t now, buf *to)
{
	int64_t left = c->not_after - now;

	buf_addf(to, "valid from %s to %s, %s %s%s", moment_print(c->not_before).at,
	         moment_print(c->not_after).at, left < 0 ? "ended" : "ends in",
	         moment_print_duration(left < 0 ? -left : left).at, left < 0 ? " ago" : "");
}

static const char renew_fix[] = "exosign app key rotate (or exosign cert create --replace, and register the new one)";

exs_status
doctor_expiry(doctor *d, doctor_finding *f, exs_error *error)
{
	const doctor_certificate *c = &d->certificate;
	int64_t now = context_now(d->context);

	(void)error;
	if (!c->there) {
		doctor_not_tried(f, "no certificate is used");
		return EXS_OK;
	}
	print_period(c, now, &f->found);
	if (now > c->not_after) {
		doctor_broken(f, E_CERT_EXPIRED);
		doctor_fix(f, renew_fix);
	} else if (now < c->not_before) {
		doctor_broken(f, E_CERT_NOT_YET);
	} else if (c->not_after - now < d->options.due_seconds) {
		doctor_doubtful(f, E_CERT_EXPIRED);
		buf_addf(&f->why, "it ends within %s", moment_print_duration(d->options.due_seconds).at);
		doctor_fix(f, renew_fix);
	}
	return EXS_OK;
}

/* "RSA-2048" -> 2048; 0 for what is no RSA. */
static uint64_t
rsa_bits(const char *key_type)
{
	uint64_t bits = 0;
	span     text = span_of(key_type);

	if (!span_starts(text, "RSA-") || !span_unsigned(span_from(text.at + 4, text.len - 4), &bits))
		return 0;
	return bits;
}

static bool
is_for_entra(const doctor *d)
{
	return d->options.identity == NULL || d->options.identity->token_endpoint == NULL;
}

exs_status
doctor_strength(doctor *d, doctor_finding *f, exs_error *error)
{
	const doctor_certificate *c = &d->certificate;
	uint64_t bits = rsa_bits(c->key_type);
	int64_t  lifetime = c->not_after - c->not_before;

	(void)error;
	if (!c->there) {
		doctor_not_tried(f, "no certificate is used");
		return EXS_OK;
	}
	buf_addf(&f->found, "%s, signed with %s, made for %s", c->key_type, c->signature_alg,
	         moment_print_duration(lifetime).at);
	if (bits == 0 && is_for_entra(d)) {
		doctor_broken(f, E_KEY_UNFIT);
		buf_puts(&f->why, "the directory takes RSA keys only");
		doctor_fix(f, "exosign key generate --type rsa2048, then exosign cert create");
	} else if (bits > 0 && bits < RSA_LEAST_BITS) {
		doctor_broken(f, E_KEY_UNFIT);
		buf_puts(&f->why, "the directory holds RSA keys below 2048 bits for weak");
		doctor_fix(f, "exosign key generate --type rsa2048, then exosign cert create");
	} else if (span_find(span_of(c->signature_alg), "SHA1") >= 0 ||
	           span_find(span_of(c->signature_alg), "MD5") >= 0) {
		doctor_doubtful(f, E_KEY_UNFIT);
		buf_puts(&f->why, "it is signed with a digest that is broken");
		doctor_fix(f, "exosign cert create --replace, and register the new one");
	} else if (lifetime > LIFETIME_MOST_S) {
		doctor_doubtful(f, E_KEY_UNFIT);
		buf_puts(&f->why, "it lives longer than two years, which many tenants' policies forbid");
		doctor_fix(f, "exosign cert create --replace --days 365, and register the new one");
	}
	return EXS_OK;
}
