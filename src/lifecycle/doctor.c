/* Everything that can be wrong: the rows, in the order in which a person would look. */
#include "lifecycle/doctor.h"

#include <stdio.h>

#define AFTER(check) (1u << (check))

enum {
	DEVICE = AFTER(DOCTOR_MODULE) | AFTER(DOCTOR_TOKEN),
	OPENED = DEVICE | AFTER(DOCTOR_PIN) | AFTER(DOCTOR_LOGIN) | AFTER(DOCTOR_KEY) |
	         AFTER(DOCTOR_CERTIFICATE) | AFTER(DOCTOR_EXPIRY),
	DIRECTORY = AFTER(DOCTOR_TENANT) | AFTER(DOCTOR_CLOCK),
};
enum { KEY = 1, IDENTITY = 2, LIVE = 4 };

static const struct row {
	const char *name;
	unsigned    needs;
	unsigned    after; /* none of these may be broken */
	exs_status (*check)(doctor *d, doctor_finding *f, exs_error *error);
} rows[] = {
	[DOCTOR_MODULE] = {"module", KEY, 0, doctor_module},
	[DOCTOR_TOKEN] = {"token", KEY, AFTER(DOCTOR_MODULE), doctor_token},
	[DOCTOR_PIN] = {"pin", KEY, DEVICE, doctor_pin},
	[DOCTOR_LOGIN] = {"login", KEY | LIVE, DEVICE | AFTER(DOCTOR_PIN), doctor_login},
	[DOCTOR_KEY] = {"key", KEY, DEVICE, doctor_key},
	[DOCTOR_CERTIFICATE] = {"certificate", KEY, DEVICE, doctor_certificate_found},
	[DOCTOR_EXPIRY] = {"expiry", KEY, DEVICE | AFTER(DOCTOR_CERTIFICATE), doctor_expiry},
	[DOCTOR_STRENGTH] = {"strength", KEY, DEVICE | AFTER(DOCTOR_CERTIFICATE), doctor_strength},
	[DOCTOR_IDENTITY] = {"identity", IDENTITY, 0, doctor_identity},
	[DOCTOR_PROXY] = {"proxy", IDENTITY, AFTER(DOCTOR_IDENTITY), doctor_proxy},
	[DOCTOR_NAMES] = {"names", IDENTITY, AFTER(DOCTOR_IDENTITY), doctor_names},
	[DOCTOR_NETWORK] = {"network", IDENTITY, AFTER(DOCTOR_IDENTITY), doctor_network},
	[DOCTOR_TLS] = {"tls", IDENTITY, AFTER(DOCTOR_IDENTITY), doctor_tls},
	[DOCTOR_TENANT] = {"tenant", IDENTITY, AFTER(DOCTOR_IDENTITY), doctor_tenant},
	[DOCTOR_CLOCK] = {"clock", IDENTITY, AFTER(DOCTOR_IDENTITY), doctor_clock},
	[DOCTOR_SIGNATURE] = {"signature", KEY | IDENTITY | LIVE, OPENED | AFTER(DOCTOR_IDENTITY),
                              doctor_signature},
	[DOCTOR_ACCESS_TOKEN] = {"access-token", KEY | IDENTITY | LIVE,
                                 OPENED | DIRECTORY | AFTER(DOCTOR_IDENTITY) | AFTER(DOCTOR_SIGNATURE),
                                 doctor_access_token},
	[DOCTOR_PERMISSION] = {"permission", KEY | IDENTITY | LIVE, AFTER(DOCTOR_ACCESS_TOKEN),
                               doctor_permission},
	[DOCTOR_ROLE] = {"role", KEY | IDENTITY | LIVE, AFTER(DOCTOR_ACCESS_TOKEN), doctor_role},
	[DOCTOR_APP] = {"app", KEY | IDENTITY | LIVE, AFTER(DOCTOR_ACCESS_TOKEN), doctor_app},
	[DOCTOR_CMDLET] = {"cmdlet", KEY | IDENTITY | LIVE,
                           AFTER(DOCTOR_ACCESS_TOKEN) | AFTER(DOCTOR_PERMISSION), doctor_cmdlet},
};

const char *
exs_doctor_check_name(size_t index)
{
	return index < DOCTOR_CHECKS ? rows[index].name : NULL;
}

static void
finding_done(doctor_finding *f)
{
	buf_done(&f->found);
	buf_done(&f->why);
	buf_done(&f->fix);
}
typedef doctor_finding finding;

static void
judge(doctor_finding *f, exs_check_verdict verdict, error_id id)
{
	const error_row *row = error_row_of(id);

	f->verdict = verdict;
	f->status = row->status;
	(void)snprintf(f->code, sizeof f->code, "%s", row->code);
	if (f->fix.len == 0)
		buf_puts(&f->fix, row->fix);
}

void
doctor_broken(doctor_finding *f, error_id id)
{
	judge(f, EXS_CHECK_BROKEN, id);
}

void
doctor_doubtful(doctor_finding *f, error_id id)
{
	judge(f, EXS_CHECK_DOUBTFUL, id);
}

void
doctor_not_tried(doctor_finding *f, const char *why)
{
	f->verdict = EXS_CHECK_NOT_TRIED;
	buf_clear(&f->why);
	buf_puts(&f->why, why);
}

void
doctor_take(doctor_finding *f, const exs_error *cause)
{
	f->verdict = EXS_CHECK_BROKEN;
	f->status = exs_error_status(cause);
	(void)snprintf(f->code, sizeof f->code, "%s", exs_error_code(cause));
	buf_puts(&f->found, exs_error_message(cause));
	buf_puts(&f->why, exs_error_why(cause));
	buf_puts(&f->fix, exs_error_fix(cause));
}

void
doctor_fix(doctor_finding *f, const char *text)
{
	buf_clear(&f->fix);
	buf_puts(&f->fix, text);
}

exs_error *
doctor_keep(const exs_error *cause)
{
	exs_error *kept = exs_error_new();

	if (kept != NULL)
		error_copy(kept, cause);
	return kept;
}

/* Why this row is not tried, or NULL. */
static const char *
reason_against(const doctor *d, const struct row *r, buf *room)
{
	if ((r->needs & KEY) != 0 && d->signer_options.key_uri == NULL)
		return "the profile names no key";
	if ((r->needs & IDENTITY) != 0 && d->options.identity == NULL)
		return "the profile names no directory";
	if ((r->needs & LIVE) != 0 && !d->options.live)
		return "it takes a login and the network: --live tries it";
	for (size_t i = 0; i < DOCTOR_CHECKS; i++) {
		if ((r->after & AFTER(i)) == 0 || d->verdicts[i] != EXS_CHECK_BROKEN)
			continue;
		buf_addf(room, "it stands on what is broken: %s", rows[i].name);
		return buf_text(room);
	}
	return NULL;
}

static exs_status
tell(doctor *d, const char *name, const doctor_finding *f, exs_error *error)
{
	const exs_doctor_finding told = {.name = name,
	                                 .verdict = f->verdict,
	                                 .found = buf_text(&f->found),
	                                 .why = buf_text(&f->why),
	                                 .fix = buf_text(&f->fix),
	                                 .code = f->code,
	                                 .status = f->status};

	return d->visit(d->self, &told, error);
}

static exs_status
run_row(doctor *d, size_t i, exs_error *error)
{
	EXS_SCOPED(finding) f = {
		.found = BUF(DOCTOR_TEXT_MAX), .why = BUF(DOCTOR_TEXT_MAX), .fix = BUF(DOCTOR_TEXT_MAX)};
	EXS_SCOPED(buf) room = BUF(200);
	const char *against = reason_against(d, &rows[i], &room);

	EXS_TRY(context_check(d->context, error));
	if (against != NULL)
		doctor_not_tried(&f, against);
	else
		EXS_TRY(rows[i].check(d, &f, error));
	if (f.verdict == EXS_CHECK_FINE || f.verdict == EXS_CHECK_NOT_TRIED) {
		f.code[0] = '\0';
		f.status = EXS_OK;
		buf_clear(&f.fix);
	}
	d->verdicts[i] = f.verdict;
	return tell(d, rows[i].name, &f, error);
}

static void
doctor_done(doctor *d)
{
	exs_bearer_free(d->bearer);
	exs_credential_free(d->credential);
	exs_signer_free(d->signer);
	exs_credential_free(d->blind);
	exs_error_free(d->signer_problem);
	exs_error_free(d->bearer_problem);
	for (size_t i = 0; i < CLOUD_ENDPOINTS; i++)
		probe_done(&d->probes[i]);
	device_views_done(&d->views);
	buf_done(&d->certificate.subject);
	buf_done(&d->certificate.issuer);
	buf_done(&d->certificate.where);
}

static exs_status
take_options(doctor *d, const exs_doctor_options *given, exs_error *error)
{
	const exs_signer_options *signer;

	if (given->size == 0)
		return exs_fail(error, E_USAGE, "exs_doctor_options.size is not set");
	memcpy(&d->options, given, given->size < sizeof d->options ? given->size : sizeof d->options);
	if (d->options.due_seconds <= 0)
		d->options.due_seconds = DOCTOR_DUE_S;
	signer = d->options.signer;
	if (signer != NULL)
		memcpy(&d->signer_options, signer,
		       signer->size < sizeof d->signer_options ? signer->size : sizeof d->signer_options);
	return EXS_OK;
}

exs_status
exs_doctor_walk(const exs_context *context, const exs_doctor_options *options,
                exs_doctor_visit visit, void *self, exs_error *error)
{
	EXS_SCOPED(doctor) d = {.context = context, .visit = visit, .self = self};

	EXS_TRY(take_options(&d, options, error));
	d.certificate.subject = BUF(DOCTOR_TEXT_MAX);
	d.certificate.issuer = BUF(DOCTOR_TEXT_MAX);
	d.certificate.where = BUF(DOCTOR_TEXT_MAX);
	for (size_t i = 0; i < DOCTOR_CHECKS; i++)
		EXS_TRY(run_row(&d, i, error));
	return EXS_OK;
}
