/* What a token claims and what really works: the order of the chapters. */
#include "sign/check.h"

#include "base/error.h"

#include <string.h>

static const char *const area_names[] = {
	[EXS_CHECK_MODULE] = "module",           [EXS_CHECK_TOKEN] = "token",
	[EXS_CHECK_PIN] = "pin",                 [EXS_CHECK_KEY] = "key",
	[EXS_CHECK_CERTIFICATE] = "certificate", [EXS_CHECK_SIGNATURE] = "signature",
	[EXS_CHECK_SESSIONS] = "sessions",
};
static const char *const verdict_names[] = {
	[EXS_CHECK_FINE] = "fine",
	[EXS_CHECK_DOUBTFUL] = "doubtful",
	[EXS_CHECK_BROKEN] = "broken",
	[EXS_CHECK_NOT_TRIED] = "not-tried",
};
/* What a broken one of each area ends a program with. */
static const exs_status statuses[] = {
	[EXS_CHECK_MODULE] = EXS_DEVICE,   [EXS_CHECK_TOKEN] = EXS_DEVICE,
	[EXS_CHECK_PIN] = EXS_PIN,         [EXS_CHECK_KEY] = EXS_KEY,
	[EXS_CHECK_CERTIFICATE] = EXS_KEY, [EXS_CHECK_SIGNATURE] = EXS_KEY,
	[EXS_CHECK_SESSIONS] = EXS_DEVICE,
};
static const exs_check_area last_area = EXS_CHECK_SESSIONS;

const char *
exs_check_area_name(exs_check_area area)
{
	return area <= last_area ? area_names[area] : "unknown";
}

const char *
exs_check_verdict_name(exs_check_verdict verdict)
{
	return verdict <= EXS_CHECK_NOT_TRIED ? verdict_names[verdict] : "unknown";
}

void
check_done(check *c)
{
	key_done(&c->key);
	session_free(c->home);
	hold_free(c->hold);
}

bool
check_is_costly(const check *c)
{
	return c->key.always_authenticate == EXS_YES || c->has_touch;
}

span
check_text(void)
{
	return span_of("exosign hsm check: this text is signed to see whether signing works. It is no assertion.");
}

static const char *
text_or_nothing(const char *text)
{
	return text == NULL ? "" : text;
}

exs_status
check_tell(check *c, exs_check_finding finding, exs_error *error)
{
	exs_status status;

	finding.value = text_or_nothing(finding.value);
	finding.why = text_or_nothing(finding.why);
	finding.fix = text_or_nothing(finding.fix);
	if (finding.verdict == EXS_CHECK_BROKEN && finding.status == EXS_OK)
		finding.status = statuses[finding.area];
	status = c->visit(c->self, &finding, error);
	c->stopped_by_visitor = status != EXS_OK;
	return status;
}

static exs_status
open_key(check *c, exs_error *error)
{
	EXS_TRY(session_open(hold_token(c->hold), SESSION_READ, &c->home, error));
	EXS_TRY(hold_find_key(c->hold, c->home, &c->key, error));
	c->key_known = true;
	return EXS_OK;
}

static exs_status
run_chapters(check *c, exs_error *error)
{
	EXS_TRY(hold_access(c->context, &c->options.access, &c->hold, error));
	EXS_TRY(check_module(c, error));
	EXS_TRY(check_token(c, error));
	EXS_TRY(check_pin(c, error));
	EXS_TRY(open_key(c, error));
	EXS_TRY(check_key(c, error));
	EXS_TRY(check_certificate(c, error));
	EXS_TRY(check_signatures(c, error));
	return check_sessions(c, error);
}

/* Where it ended, told as the last finding for those who collect rows. */
static exs_status
tell_end(check *c, exs_status status, const exs_error *cause)
{
	exs_check_area area = status == EXS_PIN     ? EXS_CHECK_PIN
	                      : status == EXS_KEY   ? EXS_CHECK_KEY
	                      : c->hold == NULL     ? EXS_CHECK_MODULE
	                                            : EXS_CHECK_TOKEN;

	return check_tell(c,
	                  (exs_check_finding){.area = area,
	                                      .verdict = EXS_CHECK_BROKEN,
	                                      .name = "the check ended here",
	                                      .value = exs_error_code(cause),
	                                      .why = exs_error_message(cause),
	                                      .fix = exs_error_fix(cause),
	                                      .status = status},
	                  NULL);
}

static exs_status
take_options(const exs_check_options *from, exs_check_options *to, exs_error *error)
{
	if (from->size == 0)
		return exs_fail(error, E_USAGE, "exs_check_options.size is not set");
	memcpy(to, from, from->size < sizeof *to ? from->size : sizeof *to);
	return EXS_OK;
}

exs_status
exs_check_walk(const exs_context *context, const exs_check_options *options, exs_check_visit visit,
               void *self, exs_error *error)
{
	EXS_SCOPED(check) c = {.context = context, .visit = visit, .self = self};
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	exs_status status;

	if (cause == NULL)
		return mem_fail(error);
	EXS_TRY(take_options(options, &c.options, error));
	status = run_chapters(&c, cause);
	if (status == EXS_OK)
		return EXS_OK;
	if (!c.stopped_by_visitor && status != EXS_CANCELLED) {
		exs_status ignored = tell_end(&c, status, cause);

		(void)ignored; /* the cause is what counts */
	}
	error_copy(error, cause);
	return status;
}
