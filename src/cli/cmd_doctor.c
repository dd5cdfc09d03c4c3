/*
 * exosign doctor. The library looks at device, network and service; what is the program's own, configuration and PIN source, is
 * looked at here and told in the same rows.
 */
#include "cli/cmd_doctor.h"

#include "base/error.h"
#include "base/file.h"
#include "base/jsonobject.h"
#include "base/moment.h"
#include "cli/environment.h"
#include "cli/logger.h"
#include "cli/prompt.h"
#include "cli/show.h"
#include "output/cell.h"

#include <unistd.h>

enum { LINE_INDENT = 26, LINES_MAX = 64 * 1024 };
enum { VERDICTS = EXS_CHECK_NOT_TRIED + 1, BROKEN_TEXT_MAX = 2000, FOUND_MAX = 8192, SECRET_MAX = 4096 };

/* The rows on their way out, and what is summed up of them. */
typedef struct tally {
	writer    *out; /* NULL: lines for a person */
	bool       strict;
	int64_t    due_seconds;
	unsigned   counts[VERDICTS];
	exs_status first; /* of the first that counts as broken */
	buf        broken; /* their names */
} tally;

static void
tally_done(tally *t)
{
	writer_free(t->out);
	buf_done(&t->broken);
}

static void
add_part(buf *to, const char *name, const char *text)
{
	if (text[0] == '\0')
		return;
	buf_addf(to, "%*s%s", LINE_INDENT, "", name);
	cell_visible(to, span_of(text));
	buf_byte(to, '\n');
}

/* A line a check; what is not fine has its reason and its remedy below it, whole. */
static exs_status
show_line(const exs_doctor_finding *f, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(LINES_MAX);
	bool tried = f->verdict != EXS_CHECK_NOT_TRIED;

	buf_addf(&text, "%-10s %-14s ", exs_check_verdict_name(f->verdict), f->name);
	cell_visible(&text, span_of(tried ? f->found : f->why));
	buf_byte(&text, '\n');
	if (tried)
		add_part(&text, f->verdict == EXS_CHECK_FINE ? "" : "why: ", f->why);
	add_part(&text, "fix: ", f->fix);
	EXS_TRY(buf_check(&text, "a finding", error));
	return show_text(buf_span(&text), error);
}

static exs_status
show_finding(void *self, const exs_doctor_finding *f, exs_error *error)
{
	tally *t = self;
	EXS_SCOPED(jsonobject) row = {0};
	span json;

	t->counts[f->verdict]++;
	if (f->verdict == EXS_CHECK_BROKEN || (t->strict && f->verdict == EXS_CHECK_DOUBTFUL)) {
		t->first = t->first == EXS_OK ? f->status : t->first;
		buf_addf(&t->broken, "%s%s", t->broken.len > 0 ? ", " : "", f->name);
	}
	if (t->out == NULL)
		return show_line(f, error);
	jsonobject_init(&row);
	jsonobject_text(&row, "check", f->name);
	jsonobject_text(&row, "verdict", exs_check_verdict_name(f->verdict));
	jsonobject_text(&row, "found", f->found);
	jsonobject_text(&row, "why", f->why);
	jsonobject_text(&row, "fix", f->fix);
	jsonobject_text(&row, "code", f->code);
	jsonobject_number(&row, "exit", f->status);
	json = jsonobject_end(&row);
	return writer_row(t->out, json.at, json.len, error);
}

/* The configuration's problems: the first is told whole, the others are counted. */
typedef struct critique {
	exs_error *first;
	unsigned   n;
} critique;

static void
critique_done(critique *c)
{
	exs_error_free(c->first);
}

static void
take_problem(void *self, const exs_error *problem)
{
	critique *c = self;

	if (c->n++ > 0)
		return;
	c->first = exs_error_new();
	if (c->first != NULL)
		error_copy(c->first, problem);
}

static exs_status
tell_configuration(const invocation *inv, tally *t, const critique *c, exs_error *error)
{
	EXS_SCOPED(buf) found = BUF(FOUND_MAX);
	exs_doctor_finding f = {.name = "configuration", .why = "", .fix = "", .code = ""};

	if (c->n == 0) {
		buf_addf(&found, "profile %s (%s)", inv->settings.profile[0] == '\0' ? "(none)" : inv->settings.profile,
		         inv->settings.profile_place == NULL ? "no file" : inv->settings.profile_place);
	} else if (c->first != NULL) {
		buf_puts(&found, exs_error_message(c->first));
		if (c->n > 1)
			buf_addf(&found, " (and %u more: exosign config check)", c->n - 1);
		f.verdict = EXS_CHECK_BROKEN;
		f.why = exs_error_why(c->first);
		f.fix = exs_error_fix(c->first);
		f.code = exs_error_code(c->first);
		f.status = exs_error_status(c->first);
	}
	f.found = buf_text(&found);
	return show_finding(t, &f, error);
}

/* As far as the settings reach; what is missing is the critic's to tell. */
static exs_status
resolve(invocation *inv, critique *c, bool *ret_usable, exs_error *error)
{
	const config_critic critic = {take_problem, c};
	config_overrides    overrides = open_overrides(inv);
	EXS_SCOPED(error_scratch) problem = exs_error_new();

	if (problem == NULL)
		return mem_fail(error);
	overrides.critic = &critic;
	EXS_TRY(open_files(inv, &critic, error));
	if (settings_resolve(&inv->files, &overrides, &inv->settings, problem) != EXS_OK) {
		take_problem(c, problem);
		return EXS_OK;
	}
	EXS_TRY(profile_check(&inv->settings, PROFILE_KEY | PROFILE_DIRECTORY, &critic, error));
	*ret_usable = profile_from(&inv->settings, 0, &inv->profile, problem) == EXS_OK;
	if (*ret_usable && inv->profile.softhsm_conf != NULL)
		EXS_TRY(environment_set_softhsm(inv->profile.softhsm_conf, error));
	return EXS_OK;
}

/* Can the PIN be had? It is read and forgotten; the terminal and a descriptor are not touched. */
static void
judge_pin_source(const invocation *inv, exs_doctor_finding *f, exs_error *problem)
{
	const char *source = inv->profile.pin_source;
	EXS_AUTO(secret) *pin = NULL;

	if (has(inv->given, OPT_PIN_FD)) {
		f->found = "--pin-fd";
	} else if (source == NULL) {
		f->found = "none is set: the terminal is asked";
		if (has(inv->given, OPT_NO_INPUT) || !prompt_possible()) {
			f->found = "none is set, and there is no terminal";
			f->verdict = EXS_CHECK_DOUBTFUL;
			f->why = "an unattended run has no PIN; a token with a PIN pad or without a login needs none";
			f->fix = error_row_of(E_PIN_NONE)->fix;
			f->code = error_row_of(E_PIN_NONE)->code;
			f->status = EXS_PIN;
		}
	} else {
		f->found = source;
		if (span_starts(span_of(source), "file:"))
			(void)!file_read_secret(source + strlen("file:"), FILE_PRIVATE, SECRET_MAX, &pin, problem);
		else if (environment_variable("CREDENTIALS_DIRECTORY") == NULL)
			f->why = "only a unit of systemd has this credential: it was not looked at";
	}
	if (exs_error_status(problem) == EXS_OK)
		return;
	f->found = exs_error_message(problem);
	f->verdict = EXS_CHECK_BROKEN;
	f->why = exs_error_why(problem);
	f->fix = exs_error_fix(problem);
	f->code = error_row_of(E_PIN_SOURCE)->code;
	f->status = EXS_PIN;
}

static exs_status
tell_pin_source(const invocation *inv, tally *t, bool usable, exs_error *error)
{
	EXS_SCOPED(error_scratch) problem = exs_error_new();
	exs_doctor_finding f = {.name = "pin-source", .found = "", .why = "", .fix = "", .code = ""};

	if (problem == NULL)
		return mem_fail(error);
	if (usable) {
		judge_pin_source(inv, &f, problem);
	} else {
		f.verdict = EXS_CHECK_NOT_TRIED;
		f.why = "it stands on what is broken: configuration";
	}
	return show_finding(t, &f, error);
}

static exs_status
read_within(const given *g, int64_t *ret, exs_error *error)
{
	const char *text = g->values[OPT_WITHIN];
	exs_status  status;

	if (text == NULL || (moment_parse_duration(span_of(text), ret) && *ret > 0))
		return EXS_OK;
	status = exs_fail(error, E_USAGE, "--within cannot be \"%.200s\"", text);
	error_fix(error, "30d, 12h, 90m, or seconds");
	return status;
}

static exs_status
walk(invocation *inv, tally *t, bool usable, bool live, exs_error *error)
{
	profile           *p = &inv->profile;
	exs_doctor_options options = {.size = sizeof options, .live = live, .due_seconds = t->due_seconds};

	if (usable) {
		EXS_TRY(open_pin(inv, &p->signer.pin, error));
		p->signer.state_directory = inv->state_directory;
		p->signer.last_try = has(inv->given, OPT_LAST_TRY);
		p->signer.forget_pin_failure = has(inv->given, OPT_FORGET_PIN_FAILURE);
		options.signer = &p->signer;
		options.network = &p->network;
		options.exchange = &p->exchange;
		options.identity = p->identity.client_id == NULL && p->identity.tenant == NULL ? NULL : &p->identity;
	}
	return exs_doctor_walk(inv->context, &options, show_finding, t, error);
}

static exs_status
examine(invocation *inv, tally *t, bool live, exs_error *error)
{
	EXS_SCOPED(critique) c = {0};
	bool usable = false;

	EXS_TRY(resolve(inv, &c, &usable, error));
	EXS_TRY(tell_configuration(inv, t, &c, error));
	EXS_TRY(tell_pin_source(inv, t, usable, error));
	return walk(inv, t, usable, live, error);
}

static exs_status
fail_broken(tally *t, exs_error *error)
{
	exs_status status = exs_fail(error, E_DOCTOR, "not all is well: %s", buf_text(&t->broken));

	error_status(error, t->first);
	return status == t->first ? status : t->first;
}

/* A table would cut what matters most off. */
static bool
wants_lines(const given *g)
{
	return environment_is_terminal(STDOUT_FILENO) && !has(g, OPT_OUTPUT) && !has(g, OPT_SELECT);
}

exs_status
doctor_examine(invocation *inv, bool live, exs_error *error)
{
	EXS_SCOPED(tally) t = {.broken = BUF(BROKEN_TEXT_MAX), .strict = has(inv->given, OPT_STRICT)};

	EXS_TRY(read_within(inv->given, &t.due_seconds, error));
	if (wants_lines(inv->given)) {
		EXS_TRY(examine(inv, &t, live, error));
	} else {
		EXS_TRY(show_list(inv, "check,verdict,found,why,fix", &t.out, error));
		EXS_TRY(show_end(t.out, examine(inv, &t, live, error), error));
	}
	if (!has(inv->given, OPT_QUIET))
		LOG(inv->context, EXS_LOG_NOTICE, "doctor", "examined", LOG_NUMBER("fine", t.counts[EXS_CHECK_FINE]),
		    LOG_NUMBER("doubtful", t.counts[EXS_CHECK_DOUBTFUL]),
		    LOG_NUMBER("broken", t.counts[EXS_CHECK_BROKEN]),
		    LOG_NUMBER("not-tried", t.counts[EXS_CHECK_NOT_TRIED]));
	return t.first == EXS_OK ? EXS_OK : fail_broken(&t, error);
}

exs_status
run_doctor(invocation *inv, exs_error *error)
{
	return doctor_examine(inv, has(inv->given, OPT_LIVE), error);
}
