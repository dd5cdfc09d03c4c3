/* The checks of module, token and PIN: what shows before anybody logs in. Of several places for one key, a good one suffices. */
#include "lifecycle/doctor.h"

/* What one place says to a check. */
typedef exs_check_verdict view_check(const device_view *v, doctor_finding *f);

static bool
is_about_token(const exs_error *problem)
{
	static const error_id ids[] = {E_TOKEN_ABSENT, E_TOKEN_AMBIGUOUS, E_CERT_ABSENT, E_CERT_AMBIGUOUS,
	                               E_CERT_EXPIRED, E_KEY_ABSENT, E_KEY_AMBIGUOUS};

	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
		if (error_is(problem, ids[i]))
			return true;
	return false;
}

static void
begin_next(buf *text)
{
	if (text->len > 0)
		buf_puts(text, "; ");
}

static void
finding_begin(doctor_finding *f)
{
	begin_next(&f->found);
	begin_next(&f->why);
}

/*
 * Every place is heard. Broken is what all of them are; where one is in order, trouble with another is doubtful: the first that
 * is there signs.
 */
static exs_status
ask_views(doctor *d, view_check *check, doctor_finding *f, exs_error *error)
{
	unsigned counts[EXS_CHECK_NOT_TRIED + 1] = {0};

	EXS_TRY(device_views_look(d->context, &d->signer_options, &d->views, error));
	for (size_t i = 0; i < d->views.n; i++) {
		if (i > 0)
			finding_begin(f);
		f->verdict = EXS_CHECK_FINE;
		counts[check(&d->views.at[i], f)]++;
	}
	if (d->views.n == 0 || counts[EXS_CHECK_NOT_TRIED] == d->views.n) {
		f->verdict = EXS_CHECK_NOT_TRIED;
		return EXS_OK;
	}
	if (counts[EXS_CHECK_BROKEN] > 0)
		f->verdict = counts[EXS_CHECK_FINE] + counts[EXS_CHECK_DOUBTFUL] > 0 ? EXS_CHECK_DOUBTFUL
		                                                                    : EXS_CHECK_BROKEN;
	else
		f->verdict = counts[EXS_CHECK_DOUBTFUL] > 0 ? EXS_CHECK_DOUBTFUL : EXS_CHECK_FINE;
	return EXS_OK;
}

static exs_check_verdict
module_of(const device_view *v, doctor_finding *f)
{
	if (v->problem == NULL) {
		buf_addf(&f->found, "%s (%s)", v->module, v->description);
		return EXS_CHECK_FINE;
	}
	if (is_about_token(v->problem)) {
		buf_puts(&f->found, "what the key's name asks for could be loaded");
		return EXS_CHECK_FINE;
	}
	doctor_take(f, v->problem);
	return EXS_CHECK_BROKEN;
}

exs_status
doctor_module(doctor *d, doctor_finding *f, exs_error *error)
{
	return ask_views(d, module_of, f, error);
}

static exs_check_verdict
token_of(const device_view *v, doctor_finding *f)
{
	if (v->problem != NULL && !is_about_token(v->problem))
		return EXS_CHECK_NOT_TRIED;
	if (v->problem != NULL) {
		doctor_take(f, v->problem);
		return EXS_CHECK_BROKEN;
	}
	buf_addf(&f->found, "%s, serial %s, %s %s, firmware %s", v->names.label, v->names.serial,
	         v->names.manufacturer, v->names.model, v->names.firmware);
	if (v->initialised)
		return EXS_CHECK_FINE;
	doctor_doubtful(f, E_DEVICE);
	buf_puts(&f->why, "the module does not say that the token is initialised");
	return EXS_CHECK_DOUBTFUL;
}

exs_status
doctor_token(doctor *d, doctor_finding *f, exs_error *error)
{
	return ask_views(d, token_of, f, error);
}

/* The state of tries as one code each; the sentence is pintries.h's, as in errors. */
static const struct {
	exs_check_verdict verdict;
	error_id          id;
} tries[] = {
	[PINTRIES_ALL] = {EXS_CHECK_FINE, E_NONE},
	[PINTRIES_FEWER] = {EXS_CHECK_DOUBTFUL, E_PIN_COUNT_LOW},
	[PINTRIES_ONE] = {EXS_CHECK_BROKEN, E_PIN_LAST_TRY},
	[PINTRIES_LOCKED] = {EXS_CHECK_BROKEN, E_PIN_LOCKED},
};

static exs_check_verdict
judge_pin(doctor_finding *f, exs_check_verdict verdict, error_id id)
{
	if (verdict == EXS_CHECK_BROKEN)
		doctor_broken(f, id);
	else
		doctor_doubtful(f, id);
	if (f->why.len == 0)
		buf_puts(&f->why, error_row_of(id)->meaning);
	return verdict;
}

static exs_check_verdict
pin_of(const device_view *v, doctor_finding *f)
{
	if (v->problem != NULL)
		return EXS_CHECK_NOT_TRIED;
	if (!v->login_required) {
		buf_puts(&f->found, "the token wants no login");
		buf_puts(&f->why, "it gives its keys to everybody who reaches it");
		doctor_doubtful(f, E_DEVICE);
		doctor_fix(f, "set a PIN with the token's own tool");
		return EXS_CHECK_DOUBTFUL;
	}
	buf_addf(&f->found, "%s%s", v->tries_text.at, v->pin_pad ? "; it is typed at the device" : "");
	if (tries[v->tries].id != E_NONE)
		return judge_pin(f, tries[v->tries].verdict, tries[v->tries].id);
	if (!v->pin_set)
		return judge_pin(f, EXS_CHECK_BROKEN, E_PIN_UNSET);
	if (v->pin_to_be_changed)
		return judge_pin(f, EXS_CHECK_BROKEN, E_PIN_EXPIRED);
	return EXS_CHECK_FINE;
}

exs_status
doctor_pin(doctor *d, doctor_finding *f, exs_error *error)
{
	return ask_views(d, pin_of, f, error);
}

static const char extractable_fix[] =
	"make a key that cannot leave its device: exosign key generate, then register its certificate";

/* What the key's public face says of its policy; most tokens show the private half to nobody before a login. */
static exs_check_verdict
key_of(const device_view *v, doctor_finding *f)
{
	if (v->problem != NULL)
		return EXS_CHECK_NOT_TRIED;
	if (v->key_problem != NULL) {
		doctor_take(f, v->key_problem);
		return EXS_CHECK_BROKEN;
	}
	if (v->n_keys == 0 || v->n_private == 0) {
		buf_addf(&f->found, "%s%s", v->n_keys == 0 ? "no part of it shows" : v->key_type,
		         v->n_keys == 0 ? " before a login" : "; its private half shows after a login");
		buf_puts(&f->why, "--live logs in and looks at its attributes");
		return v->n_keys == 0 ? EXS_CHECK_NOT_TRIED : EXS_CHECK_FINE;
	}
	if (v->n_private > 1) {
		buf_addf(&f->found, "%u private keys match", v->n_private);
		doctor_broken(f, E_KEY_AMBIGUOUS);
		return EXS_CHECK_BROKEN;
	}
	buf_addf(&f->found, "%s%s", v->key_type, v->extractable == EXS_YES ? ", and it could leave the device" : "");
	if (v->extractable != EXS_YES && v->sensitive != EXS_NO)
		return EXS_CHECK_FINE;
	doctor_broken(f, E_KEY_EXTRACTABLE);
	doctor_fix(f, extractable_fix);
	return EXS_CHECK_BROKEN;
}

static bool
is_about_key(const exs_error *problem)
{
	static const error_id ids[] = {E_KEY_ABSENT, E_KEY_AMBIGUOUS, E_KEY_EXTRACTABLE, E_KEY_UNFIT,
	                               E_KEY_MECHANISM};

	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
		if (error_is(problem, ids[i]))
			return true;
	return false;
}

static const char *
tristate(exs_tristate value)
{
	return value == EXS_YES ? "yes" : value == EXS_NO ? "no" : "not told";
}

static void
describe_key(const exs_signer_facts *facts, bool excused, doctor_finding *f)
{
	bool loose = facts->extractable == EXS_YES || facts->sensitive == EXS_NO;

	buf_addf(&f->found, "%s; sensitive: %s, extractable: %s, made in the device: %s", facts->key_type,
	         tristate(facts->sensitive), tristate(facts->extractable), tristate(facts->local));
	if (!loose)
		return;
	doctor_doubtful(f, E_KEY_EXTRACTABLE);
	doctor_fix(f, extractable_fix);
	buf_addf(&f->why, "the private key could leave the device%s",
	         excused ? ", and the profile allows it: allow-extractable = yes" : "");
}

exs_status
doctor_key(doctor *d, doctor_finding *f, exs_error *error)
{
	exs_status status;

	if (d->signer != NULL) {
		describe_key(exs_signer_describe(d->signer), d->signer_options.allow_extractable, f);
		return EXS_OK;
	}
	if (d->signer_problem != NULL && is_about_key(d->signer_problem)) {
		doctor_take(f, d->signer_problem);
		return EXS_OK;
	}
	status = ask_views(d, key_of, f, error);
	if (status == EXS_OK && f->verdict == EXS_CHECK_BROKEN && d->signer_options.allow_extractable &&
	    strcmp(f->code, error_row_of(E_KEY_EXTRACTABLE)->code) == 0) {
		f->verdict = EXS_CHECK_DOUBTFUL;
		buf_puts(&f->why, "the profile allows it: allow-extractable = yes");
	}
	return status;
}
