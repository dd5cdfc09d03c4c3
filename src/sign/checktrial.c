/* One test signature in one way. */
#include "sign/checktrial.h"

#include "base/error.h"
#include "hsm/ckr.h"
#include "sign/verify.h"

enum { NOTICE_MS = 1500 };

void
bench_done(bench *b)
{
	login_attempt_done(&b->attempt);
	if (b->job != NULL)
		job_free(&b->job->base);
	session_free(b->session);
}

static session *
session_of(const bench *b)
{
	return b->session == NULL ? b->check->home : b->session;
}

/* A token that has one session only gives us none for tests. */
static exs_status
furnish(bench *b, exs_error *error)
{
	EXS_SCOPED(error_scratch) none = exs_error_new();

	if (session_open(hold_token(b->check->hold), SESSION_READ, &b->session, none) != EXS_OK &&
	    !error_is(none, E_DEVICE_SESSIONS)) {
		error_copy(error, none);
		return exs_error_status(none);
	}
	b->job = sign_job_new(session_functions(session_of(b)), session_handle(session_of(b)));
	return b->job == NULL ? mem_fail(error) : EXS_OK;
}

exs_status
bench_open(check *c, bench *ret, exs_error *error)
{
	EXS_SCOPED(bench) b = {.check = c};

	EXS_TRY(furnish(&b, error));
	*ret = b;
	b = (bench){.check = c};
	return EXS_OK;
}

exs_status
bench_close(bench *b, exs_error *error)
{
	if (b->has_attempt)
		EXS_TRY(login_withdraw(&b->attempt, error));
	b->has_attempt = false;
	return EXS_OK;
}

/* Only closing the session ends an operation that was begun and not finished; ours keeps the login meanwhile. */
static exs_status
renew(bench *b, exs_error *error)
{
	check *c = b->check;

	if (b->session == NULL) {
		b->is_spoilt = true;
		return EXS_OK;
	}
	job_free(&b->job->base);
	b->job = NULL;
	session_free(b->session);
	b->session = NULL;
	*b = (bench){.check = c, .attempt = b->attempt, .has_attempt = b->has_attempt};
	return furnish(b, error);
}

static void
say_touch(void *self)
{
	const check *c = self;
	token_names  names = token_print(&hold_token(c->hold)->info);

	LOG(c->context, EXS_LOG_NOTICE, "hsm", "touch the token", LOG_TEXT("token", names.label),
	    LOG_TEXT("serial", names.serial));
}

patience
check_patience(const check *c)
{
	return (patience){.context = c->context,
	                  .deadline_ms = hold_deadline_ms(c->hold),
	                  .notice_ms = NOTICE_MS,
	                  .notice = say_touch,
	                  .self = (void *)(uintptr_t)c};
}

static exs_status
prepare_pin(bench *b, exs_error *error)
{
	check *c = b->check;

	if (c->key.always_authenticate != EXS_YES || b->has_attempt)
		return EXS_OK;
	EXS_TRY(login_prepare(hold_rules(c->hold), hold_token(c->hold), buf_text(&c->key.label),
	                      &b->attempt, error));
	b->has_attempt = true;
	return EXS_OK;
}

/* The PIN was sent: what the device said of it decides whether the check goes on. */
static exs_status
settle_pin(bench *b, exs_error *error)
{
	exs_status status = login_settle(&b->attempt, b->job->login_rv, error);

	login_attempt_done(&b->attempt);
	b->has_attempt = false;
	return status;
}

static exs_status
run(bench *b, exs_error *error)
{
	check     *c = b->check;
	patience   p = check_patience(c);
	job       *running = &b->job->base;
	exs_status status;

	b->job->wants_login = b->has_attempt;
	b->job->pin = b->attempt.pin;
	b->attempt.pin = NULL;
	status = session_run_patiently(session_of(b), &p, &running, error);
	if (running == NULL)
		b->job = NULL; /* the stuck thread keeps it, and a PIN with it counts as failed */
	if (status != EXS_OK)
		return status;
	b->attempt.pin = b->job->pin; /* back, when it was not sent */
	b->job->pin = NULL;
	return b->job->logged_in_called ? settle_pin(b, error) : EXS_OK;
}

static void
judge(const bench *b, exs_alg alg, trial *ret)
{
	const sign_job *j = b->job;

	ret->rv = sign_job_rv(j);
	ret->call = sign_job_call(j);
	ret->pin_spent = j->logged_in_called;
	ret->is_signed = ret->rv == CKR_OK && j->signature_len > 0;
	ret->ms = j->signed_called ? j->sign_ms : 0;
	ret->is_verified =
		ret->is_signed &&
		verify_signature(buf_span(&b->check->key.public_der), alg, check_text(),
	                         span_from((const char *)j->signature, j->signature_len));
}

exs_status
bench_try(bench *b, exs_alg alg, const way *w, trial *ret, exs_error *error)
{
	const key *k = &b->check->key;
	trial      t = {.fits = false};

	if (mechanism_feed(alg, w->feed, k, check_text(), &b->job->input, NULL) != EXS_OK) {
		*ret = t;
		return EXS_OK;
	}
	EXS_TRY(prepare_pin(b, error));
	b->job->key = k->handle;
	b->job->mechanism = w->type;
	b->job->has_pss = w->has_pss_parameters;
	b->job->pss = mechanism_pss_parameters(alg);
	EXS_TRY(run(b, error));
	t.fits = true;
	judge(b, alg, &t);
	if (ckr_is_loss(t.rv))
		return ckr_fail(error, t.rv, "making a test signature");
	if (!t.is_signed && b->job->inited)
		EXS_TRY(renew(b, error));
	*ret = t;
	return EXS_OK;
}
