/*
 * The checks between here and the services: proxy, names, connections, TLS, tenant, clock. Each service is asked once, for what it
 * tells everybody; the one answer, or what kept it away, turns the one line it belongs to.
 */
#include "base/moment.h"
#include "lifecycle/doctor.h"
#include "oauth/aadsts.h"

#include <stdio.h>

enum { SKEW_DOUBTFUL_S = 120, SKEW_BROKEN_S = 300, PEER_DUE_S = 7 * 86400 };

static const cloud_endpoint asked[] = {CLOUD_LOGIN, CLOUD_EXCHANGE, CLOUD_GRAPH};
enum { ASKED = sizeof asked / sizeof asked[0] };

/* How far a look came; each check is about one stage. */
typedef enum stage { STAGE_PROXY, STAGE_NAMES, STAGE_NETWORK, STAGE_TLS, STAGE_ANSWERED } stage;

static stage
stage_of(const exs_error *problem)
{
	if (problem == NULL)
		return STAGE_ANSWERED;
	if (error_is(problem, E_PROXY))
		return STAGE_PROXY;
	if (error_is(problem, E_TLS) || error_is(problem, E_TLS_CA) || error_is(problem, E_FILE))
		return STAGE_TLS;
	/* CURLE_COULDNT_RESOLVE_HOST */
	return strcmp(exs_error_native(problem), "CURLE_6") == 0 ? STAGE_NAMES : STAGE_NETWORK;
}

/* One host is asked once, whatever it serves. */
static bool
is_asked_already(const doctor *d, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(credential_origin(d->blind, asked[i]), credential_origin(d->blind, asked[n])) == 0)
			return true;
	return false;
}

/* The probes are made by whoever is first. */
static exs_status
probe_all(doctor *d, exs_error *error)
{
	for (size_t i = 0; i < ASKED; i++) {
		probe *p = &d->probes[asked[i]];

		if (p->origin[0] == '\0' && !is_asked_already(d, i))
			EXS_TRY(probe_service(d->context, d->blind, asked[i], p, error));
	}
	return EXS_OK;
}

typedef void stage_say(const doctor *d, const probe *p, doctor_finding *f);

/* Broken when a look ended at this stage; fine when all that came so far went on; else nothing came so far. */
static exs_status
judge_stage(doctor *d, stage at, stage_say *say, doctor_finding *f, exs_error *error)
{
	unsigned passed = 0, ended = 0;

	EXS_TRY(probe_all(d, error));
	for (size_t i = 0; i < ASKED; i++) {
		const probe *p = &d->probes[asked[i]];
		stage        reached = stage_of(p->problem);

		if (p->origin[0] == '\0' || reached < at)
			continue;
		if (reached > at) {
			passed++;
			if (ended == 0)
				say(d, p, f);
		} else if (ended++ == 0) {
			buf_clear(&f->found);
			buf_clear(&f->why);
			doctor_take(f, p->problem);
		}
	}
	if (ended > 0)
		f->verdict = EXS_CHECK_BROKEN;
	else if (passed == 0)
		doctor_not_tried(f, "no service was reached so far");
	return EXS_OK;
}

static span
host_of(const probe *p)
{
	return span_from(p->origin + strlen("https://"), strlen(p->origin) - strlen("https://"));
}

static void
add_host(const probe *p, doctor_finding *f)
{
	if (f->found.len > 0)
		buf_puts(&f->found, ", ");
	buf_add(&f->found, host_of(p));
}

exs_status
doctor_identity(doctor *d, doctor_finding *f, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	const exs_identity *id = d->options.identity;

	if (cause == NULL)
		return mem_fail(error);
	if (exs_credential_new(d->context, NULL, id, d->options.network, &d->blind, cause) != EXS_OK) {
		doctor_take(f, cause);
		return EXS_OK;
	}
	buf_addf(&f->found, "app %s in tenant %s, cloud %s", credential_client_id(d->blind),
	         credential_tenant(d->blind)[0] == '\0' ? "(none)" : credential_tenant(d->blind),
	         id->cloud == NULL ? "public" : id->cloud);
	return EXS_OK;
}

static void
say_nothing(const doctor *d, const probe *p, doctor_finding *f)
{
	(void)d;
	(void)p;
	(void)f;
}

exs_status
doctor_proxy(doctor *d, doctor_finding *f, exs_error *error)
{
	const exs_network *network = d->options.network;
	const char        *proxy = network == NULL ? NULL : network->proxy;

	EXS_TRY(judge_stage(d, STAGE_PROXY, say_nothing, f, error));
	if (f->verdict == EXS_CHECK_FINE)
		buf_puts(&f->found, proxy == NULL || proxy[0] == '\0' ? "none is set"
		                                                      : "the one that is set lets us through");
	return EXS_OK;
}

static void
say_name(const doctor *d, const probe *p, doctor_finding *f)
{
	(void)d;
	add_host(p, f);
}

exs_status
doctor_names(doctor *d, doctor_finding *f, exs_error *error)
{
	return judge_stage(d, STAGE_NAMES, say_name, f, error);
}

exs_status
doctor_network(doctor *d, doctor_finding *f, exs_error *error)
{
	return judge_stage(d, STAGE_NETWORK, say_name, f, error);
}

static void
say_peer(const doctor *d, const probe *p, doctor_finding *f)
{
	add_host(p, f);
	if (!p->seen)
		return;
	buf_addf(&f->found, " by %s until %.10s, root %s", p->peer.issuer, moment_print(p->peer.not_after).at,
	         p->peer.root);
	if (p->peer.not_after - context_now(d->context) >= PEER_DUE_S)
		return;
	doctor_doubtful(f, E_TLS);
	doctor_fix(f, "the owner of the server, or of the proxy in its place, must renew its certificate");
	buf_addf(&f->why, "the certificate of " SPAN_FORMAT " ends within a week", SPAN_PRINT(host_of(p)));
}

exs_status
doctor_tls(doctor *d, doctor_finding *f, exs_error *error)
{
	return judge_stage(d, STAGE_TLS, say_peer, f, error);
}

exs_status
doctor_tenant(doctor *d, doctor_finding *f, exs_error *error)
{
	const probe      *p = &d->probes[CLOUD_LOGIN];
	const aadsts_row *row;

	EXS_TRY(probe_all(d, error));
	if (!credential_is_entra(d->blind)) {
		doctor_not_tried(f, "the token comes from an issuer of your own");
		return EXS_OK;
	}
	if (p->problem != NULL) {
		doctor_not_tried(f, "the directory was not reached");
		return EXS_OK;
	}
	buf_addf(&f->found, "%s answers %d for %s", p->origin, p->status, credential_tenant(d->blind));
	if (p->status == 200)
		return EXS_OK;
	row = aadsts_find(p->aadsts);
	if (row == NULL) {
		doctor_broken(f, p->status >= 500 ? E_SERVICE : E_ENTRA_ANSWER);
		return EXS_OK;
	}
	doctor_broken(f, E_ENTRA);
	(void)snprintf(f->code, sizeof f->code, "%s-%lld", error_row_of(E_ENTRA)->code, (long long)row->code);
	buf_puts(&f->why, row->sentence);
	doctor_fix(f, row->fix);
	return EXS_OK;
}

exs_status
doctor_clock(doctor *d, doctor_finding *f, exs_error *error)
{
	const probe *p = NULL;
	int64_t      skew;

	EXS_TRY(probe_all(d, error));
	for (size_t i = 0; i < ASKED && p == NULL; i++)
		if (d->probes[asked[i]].problem == NULL && d->probes[asked[i]].dated)
			p = &d->probes[asked[i]];
	if (p == NULL) {
		doctor_not_tried(f, "no service told the time");
		return EXS_OK;
	}
	skew = p->skew < 0 ? -p->skew : p->skew;
	buf_addf(&f->found, "%s %s " SPAN_FORMAT, skew < 2 ? "this machine agrees" : moment_print_duration(skew).at,
	         skew < 2      ? "with"
	         : p->skew > 0 ? "behind"
	                       : "ahead of",
	         SPAN_PRINT(host_of(p)));
	if (skew > SKEW_BROKEN_S)
		doctor_broken(f, E_CLOCK);
	else if (skew > SKEW_DOUBTFUL_S)
		doctor_doubtful(f, E_CLOCK);
	return EXS_OK;
}
