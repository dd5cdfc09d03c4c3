/*
 * Signing with a device: the ways in their order, the key's own PIN, and what is done when something was lost.
 */
#include "base/error.h"
#include "hsm/ckr.h"
#include "hsm/device.h"

#include <stdatomic.h>
#include <stdio.h>

enum { NOTICE_MS = 1500, SLOW_MS = 1000 };

/* One request, on its way through sessions and ways. */
typedef struct request {
	device        *device;
	exs_alg        alg;
	span           message;
	const device_block *blocks; /* instead of algorithm and message */
	size_t         n_blocks;
	unsigned char *signature;
	size_t        *length;
	const char    *mechanism;
	CK_RV          rv;       /* the device's last answer */
	const char    *call;
	bool           inited, is_slow, pin_spent;
	bool           is_pss_withheld; /* pss_in_token left a way untried */
	char           tried[400]; /* "CKM_RSA_PKCS_PSS: CKR_MECHANISM_INVALID, ..." */
} request;

/* What to do next after an answer of the device. */
typedef enum verdict {
	DONE,      /* signed, or failed for good: the status tells */
	ANEW,      /* this session is spoilt, another one will do */
	LOST,      /* token, login or handles are gone: find them again */
} verdict;

static void
say_touch(void *self)
{
	const device *d = self;
	token_names   names = token_print(&device_token(d)->info);

	LOG(device_context(d), EXS_LOG_NOTICE, "hsm", "touch the token", LOG_TEXT("token", names.label),
	    LOG_TEXT("serial", names.serial));
}

static void
note_try(request *r, const way *w, CK_RV rv)
{
	size_t used = strlen(r->tried);

	snprintf(r->tried + used, sizeof r->tried - used, "%s%s: %s", used > 0 ? ", " : "", w->name,
	         ckr_print(rv).at);
}

/* Another way is tried only while neither a PIN nor a touch was spent on this one. */
static bool
may_try_another(const request *r)
{
	return ckr_is_unfit_mechanism(r->rv) && !r->pin_spent && (!r->inited || !r->is_slow);
}

static exs_status
fail_room(size_t needed, exs_error *error)
{
	return exs_fail(error, E_USAGE, "the signature has %zu bytes, which is more than the room for it",
	                needed);
}

/* What the device gets to sign, into the job. */
static exs_status
feed_job(const request *r, const way *w, size_t index, sign_job *j, exs_error *error)
{
	j->mechanism = w->type;
	j->has_pss = w->has_pss_parameters;
	if (r->blocks == NULL) {
		j->pss = mechanism_pss_parameters(r->alg);
		return mechanism_feed(r->alg, w->feed, device_key(r->device), r->message, &j->input,
		                      error);
	}
	j->pss = r->blocks[index].pss;
	buf_clear(&j->input);
	buf_add(&j->input, r->blocks[index].input);
	return buf_check(&j->input, "what is to be signed", error);
}

static exs_status
run(request *r, seat *s, const way *w, size_t index, login_attempt *attempt, exs_error *error)
{
	device  *d = r->device;
	patience p = {.context = device_context(d),
	              .deadline_ms = device_deadline_ms(d),
	              .notice_ms = NOTICE_MS,
	              .notice = say_touch,
	              .self = d};
	sign_job  *j = s->job;
	job       *running = &j->base;
	exs_status status;

	EXS_TRY(feed_job(r, w, index, j, error));
	j->key = s->key;
	j->wants_login = attempt != NULL;
	if (attempt != NULL) {
		j->pin = attempt->pin;
		attempt->pin = NULL;
	}
	status = session_run_patiently(s->session, &p, &running, error);
	if (running == NULL)
		s->job = NULL; /* the stuck thread keeps it */
	if (status != EXS_OK)
		return status;
	if (attempt != NULL) {
		attempt->pin = j->pin; /* back, when it was not sent */
		j->pin = NULL;
	}
	r->rv = sign_job_rv(j);
	r->call = sign_job_call(j);
	r->inited = j->inited;
	r->is_slow = j->signed_called && j->sign_ms > SLOW_MS;
	r->pin_spent = j->logged_in_called;
	return EXS_OK;
}

static exs_status
deliver(request *r, const sign_job *j, const way *w, size_t index, exs_error *error)
{
	if (j->signature_len == 0 || j->signature_len > *r->length)
		return fail_room(j->signature_len, error);
	memcpy(r->signature, j->signature, j->signature_len);
	*r->length = j->signature_len;
	r->mechanism = w->name;
	if (r->blocks == NULL)
		atomic_store_explicit(device_winner(r->device, r->alg), (int)index,
		                      memory_order_relaxed);
	return EXS_OK;
}

static exs_status
fail_all_ways(const request *r, exs_error *error)
{
	exs_status status = exs_fail(error, E_KEY_MECHANISM, "the key %s cannot sign with %s",
	                             device_key_uri(r->device),
	                             r->blocks == NULL ? exs_alg_name(r->alg) : "the mechanism asked for");

	error_why(error, "tried: %s%s", r->tried[0] == '\0' ? "nothing" : r->tried,
	          r->is_pss_withheld ? "; pss = token-only forbids to pad here and let the device sign with "
	                               "CKM_RSA_X_509"
	                             : "");
	error_native(error, "%s", ckr_print(r->rv).at);
	return status;
}

/* The winner of an earlier signature is the only way then; else all of them in the key's order. */
static size_t
plan(request *r, size_t order[WAYS_MAX])
{
	size_t n;
	int    winner;

	if (r->blocks != NULL)
		return r->n_blocks;
	winner = atomic_load_explicit(device_winner(r->device, r->alg), memory_order_relaxed);
	(void)mechanism_ways(r->alg, &n);
	mechanism_order(r->alg, device_key(r->device), order);
	if (winner >= 0) {
		order[0] = (size_t)winner;
		n = 1;
	}
	return n;
}

static exs_status
try_ways(request *r, seat *s, login_attempt *attempt, exs_error *error)
{
	size_t     n_ways, order[WAYS_MAX] = {0}, n = plan(r, order);
	const way *ways = mechanism_ways(r->alg, &n_ways);

	r->tried[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		const way *w = r->blocks != NULL ? &r->blocks[i].way : &ways[order[i]];
		exs_error  cause;
		exs_status status;

		if (w->feed == FEED_PSS && device_wants_pss_in_token(r->device)) {
			r->is_pss_withheld = true;
			continue;
		}
		exs_error_clear(&cause);
		status = run(r, s, w, i, attempt, &cause);
		if (error_is(&cause, E_KEY_MECHANISM)) {
			note_try(r, w, CKR_KEY_SIZE_RANGE);
			continue;
		}
		if (status != EXS_OK) {
			error_copy(error, &cause);
			return status;
		}
		if (r->rv == CKR_OK)
			return deliver(r, s->job, w, order[i], error);
		note_try(r, w, r->rv);
		if (!may_try_another(r))
			return EXS_OK;
	}
	return fail_all_ways(r, error);
}

/* Keys that want their PIN for each signature: one at a time, the PIN at hand before the operation begins. */
static exs_status
try_with_pin(request *r, seat *s, exs_error *error)
{
	EXS_SCOPED(login_attempt) attempt = {0};
	exs_status status;

	EXS_TRY(device_prepare_login(r->device, &attempt, error));
	status = try_ways(r, s, &attempt, error);
	if (s->job == NULL)
		return status; /* the thread is stuck with the PIN: it counts as failed */
	if (!r->pin_spent)
		EXS_TRY(login_withdraw(&attempt, error));
	else
		EXS_TRY(login_settle(&attempt, s->job->login_rv, error));
	return status;
}

static exs_status
fail_untouched(const request *r, exs_error *error)
{
	exs_status status = exs_fail(error, E_TOUCH,
	                             "the token was not touched in time, or wants its PIN again");

	error_why(error, "%s answered %s after more than a second", r->call, ckr_print(r->rv).at);
	error_native(error, "%s", ckr_print(r->rv).at);
	return status;
}

static exs_status
judge(const request *r, verdict *ret, exs_error *error)
{
	bool always = device_key(r->device)->always_authenticate == EXS_YES;

	if (r->rv == CKR_OPERATION_ACTIVE) {
		*ret = ANEW;
		return EXS_OK;
	}
	if (r->rv == CKR_USER_NOT_LOGGED_IN && (r->is_slow || (always && r->pin_spent)))
		return fail_untouched(r, error);
	/* A PIN that was spent on this signature is not spent again on the same one. */
	if ((ckr_is_loss(r->rv) || r->rv == CKR_USER_NOT_LOGGED_IN) && !r->pin_spent) {
		*ret = LOST;
		return EXS_OK;
	}
	return ckr_fail(error, r->rv, "signing");
}

/* A session that cannot be opened for lack of a token is a loss like one that ended. */
static exs_status
take_seat(request *r, seat *s, verdict *ret, exs_error *error)
{
	pool      *p = device_pool(r->device);
	exs_error  cause;
	exs_status status;

	exs_error_clear(&cause);
	status = pool_take(p, device_deadline_ms(r->device), s, &cause);
	if (error_is(&cause, E_TOKEN_ABSENT) || error_is(&cause, E_DEVICE)) {
		s->generation = pool_generation(p);
		r->call = "C_OpenSession";
		r->rv = CKR_TOKEN_NOT_PRESENT;
		*ret = LOST;
		return EXS_OK;
	}
	error_copy(error, &cause);
	return status;
}

/* Only closing the session ends an operation that was begun and not finished. */
static seat_fate
fate_of(const request *r, verdict v)
{
	if (v == LOST)
		return SEAT_DROP;
	return r->rv == CKR_OK || (!r->inited && v == DONE) ? SEAT_KEEP : SEAT_RENEW;
}

static exs_status
sign_once(request *r, verdict *ret, unsigned *ret_generation, exs_error *error)
{
	device *d = r->device;
	bool    always = device_key(d)->always_authenticate == EXS_YES;
	seat    s = {0};
	exs_status status;

	*ret = DONE;
	EXS_TRY(take_seat(r, &s, ret, error));
	*ret_generation = s.generation;
	if (*ret == LOST)
		return EXS_OK;
	r->rv = CKR_OK;
	r->pin_spent = r->is_slow = false;
	if (always)
		pthread_mutex_lock(device_login_lock(d));
	status = always ? try_with_pin(r, &s, error) : try_ways(r, &s, NULL, error);
	if (always)
		pthread_mutex_unlock(device_login_lock(d));
	if (status == EXS_OK && r->rv != CKR_OK)
		status = judge(r, ret, error);
	pool_give(device_pool(d), &s, fate_of(r, *ret));
	return status;
}

static exs_status
sign_request(request *r, exs_error *error)
{
	device  *d = r->device;
	verdict  next = DONE;
	unsigned generation = 0;

	EXS_TRY(module_check(device_token(d)->module, error));
	EXS_TRY(sign_once(r, &next, &generation, error));
	if (next == LOST) {
		LOG(device_context(d), EXS_LOG_WARNING, "hsm", "lost", LOG_TEXT("call", r->call),
		    LOG_TEXT("answer", ckr_print(r->rv).at));
		EXS_TRY(device_renew(d, generation, error));
	}
	if (next != DONE)
		EXS_TRY(sign_once(r, &next, &generation, error));
	return next == DONE ? EXS_OK : ckr_fail(error, r->rv, "signing");
}

exs_status
device_sign(device *d, exs_alg alg, span message, unsigned char *signature, size_t *length,
            const char **ret_mechanism, exs_error *error)
{
	request r = {.device = d, .alg = alg, .message = message, .signature = signature,
	             .length = length};

	EXS_TRY(sign_request(&r, error));
	*ret_mechanism = r.mechanism;
	return EXS_OK;
}

exs_status
device_sign_block(device *d, const device_block *blocks, size_t n, unsigned char *signature,
                  size_t *length, exs_error *error)
{
	request r = {.device = d, .blocks = blocks, .n_blocks = n, .signature = signature,
	             .length = length};

	return sign_request(&r, error);
}
