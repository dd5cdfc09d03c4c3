/*
 * The check of the app's registration: does the directory hold the certificate that we sign with, until when, what else is there,
 * and does the tenant's policy let the next one live as long? An app may read its own registration only with a permission of Graph, so
 * that a refusal is no fault.
 */
#include "base/moment.h"
#include "graph/keycred.h"
#include "graph/policy.h"
#include "lifecycle/doctor.h"

#include <stdio.h>

/* What stands beside our certificate. */
typedef struct census {
	unsigned n, expired, useless;
	bool     ours;
	int64_t  ends;
} census;

static exs_status
count(const doctor *d, const application *a, census *ret, exs_error *error)
{
	int64_t  now = context_now(d->context);
	keycreds all;
	keycred  k;

	EXS_TRY(keycreds_of(application_span(a), &all, error));
	while (keycreds_next(&all, &k)) {
		bool ours = keycred_is(&k, d->certificate.sha1, d->certificate.sha256);

		ret->n++;
		ret->ours = ret->ours || ours;
		if (ours)
			ret->ends = k.end;
		ret->expired += k.end > 0 && k.end < now;
		ret->useless += !k.verifies;
	}
	return EXS_OK;
}

static void
judge_registration(const census *c, doctor_finding *f)
{
	buf_addf(&f->found, "%u certificate%s registered, %u of them expired", c->n, c->n == 1 ? "" : "s", c->expired);
	if (c->ours) {
		buf_addf(&f->found, "; ours is there, until %.10s", c->ends == 0 ? "no end" : moment_print(c->ends).at);
		return;
	}
	doctor_broken(f, E_ENTRA);
	(void)snprintf(f->code, sizeof f->code, "%s-700027", error_row_of(E_ENTRA)->code);
	buf_puts(&f->why, "the certificate that we sign with is not among them");
	doctor_fix(f, "exosign app key add (or upload it: exosign cert show --pem)");
}

static void
judge_policy(const doctor *d, const policy *p, doctor_finding *f)
{
	int64_t lifetime = d->certificate.not_after - d->certificate.not_before;
	char    fix[200];

	if (!p->known || p->lifetime_s == 0)
		return;
	buf_addf(&f->found, "; %s allows %s", p->from, moment_print_duration(p->lifetime_s).at);
	if (lifetime <= p->lifetime_s || f->verdict != EXS_CHECK_FINE)
		return;
	doctor_doubtful(f, E_GRAPH_FORBIDDEN);
	buf_addf(&f->why, "ours is made for %s: the next one like it will be refused", moment_print_duration(lifetime).at);
	(void)snprintf(fix, sizeof fix, "exosign app key rotate --days %lld", (long long)(p->lifetime_s / 86400));
	doctor_fix(f, fix);
}

static exs_status
look(doctor *d, doctor_finding *f, exs_error *error)
{
	EXS_AUTO(graph) *g = NULL;
	EXS_SCOPED(application) a = {0};
	policy p = {0};
	census c = {0};
	bool   found = false;

	EXS_TRY(graph_of_app(d->context, d->credential, &g, error));
	EXS_TRY(application_by_app_id(g, credential_client_id(d->credential), &a, &found, error));
	if (!found) {
		doctor_not_tried(f, "the app is registered in another tenant, which alone knows its certificates");
		return EXS_OK;
	}
	EXS_TRY(count(d, &a, &c, error));
	judge_registration(&c, f);
	EXS_TRY(policy_read(g, &a, &p, error));
	judge_policy(d, &p, f);
	return EXS_OK;
}

/* Neither says anything about the registration. */
static bool
is_no_finding(const exs_error *cause)
{
	return error_is(cause, E_GRAPH_FORBIDDEN) || error_is(cause, E_GRAPH_UNAUTHORIZED) ||
	       error_is(cause, E_CONFIG_MISSING) || exs_error_status(cause) == EXS_NETWORK ||
	       exs_error_status(cause) == EXS_THROTTLED;
}

static exs_status
say_why_not(const exs_error *cause, doctor_finding *f, exs_error *error)
{
	EXS_SCOPED(buf) why = BUF(2000);

	if (exs_error_status(cause) == EXS_CANCELLED || error_is(cause, E_NO_MEMORY)) {
		error_copy(error, cause);
		return exs_error_status(cause);
	}
	if (!is_no_finding(cause)) {
		doctor_take(f, cause);
		return EXS_OK;
	}
	if (error_is(cause, E_GRAPH_FORBIDDEN))
		buf_puts(&why, "the app may not read its own registration (Application.Read.All); as an administrator: exosign app status");
	else
		buf_addf(&why, "Graph did not tell: %s", exs_error_message(cause));
	buf_clear(&f->found);
	doctor_not_tried(f, buf_text(&why));
	return EXS_OK;
}

exs_status
doctor_app(doctor *d, doctor_finding *f, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();

	if (cause == NULL)
		return mem_fail(error);
	if (d->bearer == NULL || !credential_is_entra(d->credential) || !d->certificate.there) {
		doctor_not_tried(f, d->bearer == NULL ? "there is no access token" : "the token comes from an issuer of your own");
		return EXS_OK;
	}
	return look(d, f, cause) == EXS_OK ? EXS_OK : say_why_not(cause, f, error);
}
