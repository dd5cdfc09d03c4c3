/*
 * The checks that take a login: signature, access token, what it may, and a cmdlet that only reads. The signer is opened once and
 * closed with the run, so that a PIN is asked for once and tried at most once.
 */
#include "base/json.h"
#include "base/moment.h"
#include "graph/principal.h"
#include "lifecycle/doctor.h"

#define PERMISSION "Exchange.ManageAsApp"
/* Every role that Exchange knows may run it, and one row is enough. */
#define CMDLET "Get-Recipient"

EXS_DEFINE_AUTO(exs_command)
EXS_DEFINE_AUTO(exs_rows)
EXS_DEFINE_AUTO(exs_exchange)
EXS_DEFINE_AUTO(exs_assertion)

static bool
is_end(const exs_error *cause)
{
	return exs_error_status(cause) == EXS_CANCELLED || error_is(cause, E_NO_MEMORY);
}

static exs_status
end_with(const exs_error *cause, exs_error *error)
{
	error_copy(error, cause);
	return exs_error_status(cause);
}

/* What the signer's opening says of key and certificate is theirs to tell; to get there the login was good. */
exs_status
doctor_login(doctor *d, doctor_finding *f, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	exs_signer_options options = d->signer_options;
	exs_status status;

	if (cause == NULL)
		return mem_fail(error);
	options.size = sizeof options;
	status = exs_signer_open(d->context, &options, &d->signer, cause);
	if (status == EXS_OK) {
		const exs_signer_facts *facts = exs_signer_describe(d->signer);

		buf_addf(&f->found, "%s, serial %s, gave access to %s", facts->token_label, facts->token_serial,
		         facts->key_uri);
		return EXS_OK;
	}
	if (is_end(cause))
		return end_with(cause, error);
	d->signer_problem = doctor_keep(cause);
	if (d->signer_problem == NULL)
		return mem_fail(error);
	if (status == EXS_KEY)
		buf_puts(&f->found, "the token let us in");
	else
		doctor_take(f, cause);
	return EXS_OK;
}

/* The first signature is verified against the public half by the signer itself. */
static void
describe_signature(const doctor *d, doctor_finding *f)
{
	const exs_signer_facts *facts = exs_signer_describe(d->signer);

	buf_addf(&f->found, "%s by %s, verified", exs_alg_name(facts->alg),
	         facts->mechanism[0] == '\0' ? "the device" : facts->mechanism);
}

static bool
is_of_device(const exs_error *cause)
{
	exs_status status = exs_error_status(cause);

	return status == EXS_PIN || status == EXS_DEVICE || status == EXS_KEY;
}

static exs_status
sign_for(doctor *d, exs_error *cause)
{
	EXS_AUTO(exs_assertion) *proof = NULL;
	exs_status status;

	EXS_TRY(exs_credential_new(d->context, d->signer, d->options.identity, d->options.network,
	                           &d->credential, cause));
	/* a key may want a touch for each signature: one serves both, where there is a directory to show it to */
	if (d->probes[CLOUD_LOGIN].problem != NULL)
		return exs_assertion_create(d->credential, NULL, &proof, cause);
	status = exs_credential_bearer(d->credential, "exchange", EXS_FETCH_NEW, &d->bearer, cause);
	if (status == EXS_OK || is_of_device(cause) || is_end(cause))
		return status;
	d->bearer_problem = doctor_keep(cause);
	return d->bearer_problem == NULL ? mem_fail(cause) : EXS_OK;
}

exs_status
doctor_signature(doctor *d, doctor_finding *f, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();

	if (cause == NULL)
		return mem_fail(error);
	if (d->signer == NULL) {
		doctor_not_tried(f, "the key could not be opened");
		return EXS_OK;
	}
	if (sign_for(d, cause) == EXS_OK) {
		describe_signature(d, f);
		return EXS_OK;
	}
	if (is_end(cause))
		return end_with(cause, error);
	doctor_take(f, cause);
	return EXS_OK;
}

exs_status
doctor_access_token(doctor *d, doctor_finding *f, exs_error *error)
{
	int64_t left;

	(void)error;
	if (d->probes[CLOUD_LOGIN].problem != NULL || d->signer == NULL) {
		doctor_not_tried(f, d->signer == NULL ? "the key could not be opened"
		                                      : "the directory was not reached");
	} else if (d->bearer == NULL) {
		if (d->bearer_problem != NULL)
			doctor_take(f, d->bearer_problem);
		else
			doctor_not_tried(f, "nothing was signed");
	} else {
		left = exs_bearer_expires(d->bearer) - context_now(d->context);
		buf_addf(&f->found, "for %s, valid for %s, fingerprint %s", exs_bearer_scope(d->bearer),
		         moment_print_duration(left).at, exs_bearer_fingerprint(d->bearer));
	}
	return EXS_OK;
}

/* The claims, or why they are not looked at. */
static exs_status
read_claims(const doctor *d, doctor_finding *f, json **ret, exs_error *error)
{
	(void)error;
	if (d->bearer == NULL) {
		doctor_not_tried(f, "there is no access token");
	} else if (!credential_is_entra(d->credential) || exs_bearer_claims(d->bearer)[0] == '\0' ||
	           json_parse(span_of(exs_bearer_claims(d->bearer)), "the claims", ret, NULL) != EXS_OK) {
		doctor_not_tried(f, "the token shows no claims of Entra");
	}
	return EXS_OK;
}

/* Lists a claim's words; is this one among them? */
static bool
list_claim(const json *claim, const char *wanted, const char *(*print)(const char *word), buf *to)
{
	bool found = false;

	for (const json *e = json_is_array(claim) ? json_first(claim) : NULL; e != NULL; e = json_next(e)) {
		const char *word = json_string(e);

		found = found || (wanted != NULL && strcmp(word, wanted) == 0);
		if (to->len < DOCTOR_TEXT_MAX / 2)
			buf_addf(to, "%s%.80s", to->len > 0 ? ", " : "", print(word));
	}
	return found;
}

static const char *
as_it_is(const char *word)
{
	return word;
}

static const char *
role_name(const char *template_id)
{
	const directory_role *role = directory_role_find(template_id);

	return role == NULL ? template_id : role->name;
}

exs_status
doctor_permission(doctor *d, doctor_finding *f, exs_error *error)
{
	EXS_AUTO(json) *claims = NULL;

	EXS_TRY(read_claims(d, f, &claims, error));
	if (claims == NULL)
		return EXS_OK;
	if (list_claim(json_member(claims, "roles"), PERMISSION, as_it_is, &f->found))
		return EXS_OK;
	if (f->found.len == 0)
		buf_puts(&f->found, "none");
	doctor_broken(f, E_EXO_UNAUTHORIZED);
	buf_puts(&f->why, "the token does not carry the permission " PERMISSION);
	doctor_fix(f, "grant the app " PERMISSION " of Office 365 Exchange Online, with admin consent: exosign app setup");
	return EXS_OK;
}

exs_status
doctor_role(doctor *d, doctor_finding *f, exs_error *error)
{
	EXS_AUTO(json) *claims = NULL;

	EXS_TRY(read_claims(d, f, &claims, error));
	if (claims == NULL)
		return EXS_OK;
	(void)list_claim(json_member(claims, "wids"), NULL, role_name, &f->found);
	if (f->found.len > 0)
		return EXS_OK;
	buf_puts(&f->found, "none");
	doctor_doubtful(f, E_EXO_FORBIDDEN);
	buf_puts(&f->why, "the token names no directory role; a role group of Exchange would not show in it");
	doctor_fix(f, "assign the app's service principal a role such as Exchange Recipient Administrator or Global Reader: "
	              "exosign app setup --role; it can take an hour to arrive in new tokens");
	return EXS_OK;
}

static exs_status
run_cmdlet(doctor *d, bool *ret_row, exs_error *cause)
{
	EXS_AUTO(exs_exchange) *exchange = NULL;
	EXS_AUTO(exs_command) *command = NULL;
	EXS_AUTO(exs_rows) *rows = NULL;
	const char *row = NULL;
	size_t      length;

	EXS_TRY(exs_exchange_new(d->context, d->credential, d->options.exchange, &exchange, cause));
	EXS_TRY(exs_command_new(CMDLET, &command, cause));
	EXS_TRY(exs_command_literal(command, "ResultSize", "1", 1, cause));
	EXS_TRY(exs_exchange_run(exchange, command, &rows, cause));
	do {
		EXS_TRY(exs_rows_next(rows, &row, &length, cause));
		*ret_row = *ret_row || row != NULL;
	} while (row != NULL);
	return EXS_OK;
}

exs_status
doctor_cmdlet(doctor *d, doctor_finding *f, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	bool row = false;

	if (cause == NULL)
		return mem_fail(error);
	if (d->bearer == NULL || d->probes[CLOUD_EXCHANGE].problem != NULL) {
		doctor_not_tried(f, d->bearer == NULL ? "there is no access token" : "Exchange was not reached");
		return EXS_OK;
	}
	if (run_cmdlet(d, &row, cause) == EXS_OK) {
		buf_addf(&f->found, CMDLET " -ResultSize 1 gave %s", row ? "a row" : "no row");
		return EXS_OK;
	}
	if (is_end(cause))
		return end_with(cause, error);
	doctor_take(f, cause);
	return EXS_OK;
}
