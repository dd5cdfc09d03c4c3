/*
 * The check's chapter on sessions: how many the token grants, how many open at once, and how fast they sign side by side. A
 * loop of half a second a step; left out where each signature costs a person something.
 */
#include "base/error.h"
#include "base/moment.h"
#include "hsm/ckr.h"
#include "sign/checktrial.h"
#include "sign/verify.h"

#include <pthread.h>
#include <stdio.h>

enum { AT_ONCE_MAX = 8, STEP_MS = 500 };

/* Sessions beside the one that holds the login. */
typedef struct sessions {
	session *at[AT_ONCE_MAX];
	size_t   n;
} sessions;

static void
sessions_done(sessions *s)
{
	while (s->n > 0)
		session_free(s->at[--s->n]);
}

static exs_status
tell(check *c, const char *name, exs_check_verdict verdict, const char *value, const char *why,
     const char *fix, exs_error *error)
{
	return check_tell(c,
	                  (exs_check_finding){.area = EXS_CHECK_SESSIONS,
	                                      .verdict = verdict,
	                                      .name = name,
	                                      .value = value,
	                                      .why = why,
	                                      .fix = fix},
	                  error);
}

static bool
is_finite(CK_ULONG most)
{
	return most != CK_EFFECTIVELY_INFINITE && most != CK_UNAVAILABLE_INFORMATION;
}

static exs_status
tell_limit(check *c, exs_error *error)
{
	CK_ULONG most = hold_token(c->hold)->info.ulMaxSessionCount;
	char     value[32];

	(void)snprintf(value, sizeof value, "%lu", most);
	return tell(c, "limit", EXS_CHECK_FINE,
	            most == CK_EFFECTIVELY_INFINITE      ? "none"
	            : most == CK_UNAVAILABLE_INFORMATION ? "not told"
	                                                 : value,
	            "ulMaxSessionCount", NULL, error);
}

/* Up to eight with the one that is open; told is what was promised. */
static exs_status
open_many(check *c, sessions *ret, exs_error *error)
{
	const token *t = hold_token(c->hold);
	CK_ULONG     most = t->info.ulMaxSessionCount;
	size_t       wanted = is_finite(most) && most < AT_ONCE_MAX ? (size_t)most : AT_ONCE_MAX;
	EXS_SCOPED(error_scratch) none = exs_error_new();
	char value[48];
	bool all;

	while (ret->n + 1 < wanted && session_open(t, SESSION_READ, &ret->at[ret->n], none) == EXS_OK)
		ret->n++;
	if (exs_error_status(none) == EXS_CANCELLED || error_is(none, E_DEVICE_DEADLINE)) {
		error_copy(error, none);
		return exs_error_status(none);
	}
	all = ret->n + 1 >= wanted;
	(void)snprintf(value, sizeof value, "%zu of %zu", ret->n + 1, wanted);
	return tell(c, "at once", all ? EXS_CHECK_FINE : EXS_CHECK_DOUBTFUL, value,
	            all ? "opened side by side" : exs_error_message(none),
	            all ? NULL : "end other programs that use the token, or set max-sessions", error);
}

/* One thread that signs as long as the step lasts. */
typedef struct runner {
	const check *check;
	session     *session;
	sign_job    *job;
	pthread_t    thread;
	bool         is_started;
	int64_t      until;
	unsigned     n;
	exs_error   *error; /* why it ended early */
} runner;

static void
runner_done(runner *r)
{
	if (r->job != NULL)
		job_free(&r->job->base);
	exs_error_free(r->error);
}

typedef struct runners {
	runner at[4];
	size_t n;
} runners;

static void
runners_done(runners *all)
{
	for (size_t i = 0; i < all->n; i++)
		runner_done(&all->at[i]);
}

static void *
sign_on(void *self)
{
	runner  *r = self;
	patience p = check_patience(r->check);

	do {
		job *running = &r->job->base;

		if (session_run_patiently(r->session, &p, &running, r->error) != EXS_OK) {
			if (running == NULL)
				r->job = NULL;
			break;
		}
		if (sign_job_rv(r->job) != CKR_OK) {
			exs_status failed = ckr_fail(r->error, sign_job_rv(r->job), "signing side by side");

			(void)failed;
			break;
		}
		r->n++;
	} while (moment_steady_ms() < r->until);
	return NULL;
}

static exs_status
prepare(runner *r, const check *c, session *s, exs_error *error)
{
	*r = (runner){.check = c, .session = s, .error = exs_error_new()};
	r->job = sign_job_new(session_functions(s), session_handle(s));
	if (r->job == NULL || r->error == NULL)
		return mem_fail(error);
	r->job->key = c->key.handle;
	r->job->mechanism = c->way->type;
	r->job->has_pss = c->way->has_pss_parameters;
	r->job->pss = mechanism_pss_parameters(c->alg);
	r->until = moment_steady_ms() + STEP_MS;
	return mechanism_feed(c->alg, c->way->feed, &c->key, check_text(), &r->job->input, error);
}

static void
run_all(runners *all)
{
	for (size_t i = 0; i < all->n; i++)
		all->at[i].is_started = pthread_create(&all->at[i].thread, NULL, sign_on, &all->at[i]) == 0;
	for (size_t i = 0; i < all->n; i++)
		if (all->at[i].is_started)
			pthread_join(all->at[i].thread, NULL);
}

static const char *
first_problem(const runners *all)
{
	for (size_t i = 0; i < all->n; i++)
		if (exs_error_status(all->at[i].error) != EXS_OK)
			return exs_error_message(all->at[i].error);
	return NULL;
}

static bool
all_good(const check *c, const runners *all)
{
	for (size_t i = 0; i < all->n; i++) {
		const sign_job *j = all->at[i].job;

		if (j == NULL ||
		    !verify_signature(buf_span(&c->key.public_der), c->alg, check_text(),
		                      span_from((const char *)j->signature, j->signature_len)))
			return false;
	}
	return true;
}

/* n sessions for half a second; the one that holds the login signs too. */
static exs_status
measure(check *c, const sessions *open, size_t n, const char *name, exs_error *error)
{
	EXS_SCOPED(runners) all = {.n = 0};
	int64_t     started = moment_steady_ms(), ms;
	unsigned    made = 0;
	const char *problem;
	char        value[48];

	for (; all.n < n; all.n++) {
		exs_status status = prepare(&all.at[all.n], c, all.n == 0 ? c->home : open->at[all.n - 1],
		                            error);

		if (status != EXS_OK) {
			all.n++;
			return status;
		}
	}
	run_all(&all);
	ms = moment_steady_ms() - started;
	for (size_t i = 0; i < n; i++)
		made += all.at[i].n;
	problem = first_problem(&all);
	if (problem == NULL && !all_good(c, &all))
		problem = "a signature does not verify";
	(void)snprintf(value, sizeof value, "%lld/s", (long long)made * 1000 / (ms > 0 ? ms : 1));
	return tell(c, name, problem == NULL ? EXS_CHECK_FINE : EXS_CHECK_DOUBTFUL, value,
	            problem == NULL ? "signatures per second" : problem,
	            problem == NULL ? NULL : "max-sessions = 1 in the profile", error);
}

/* Why a step is left out, or NULL. */
static const char *
why_not(const check *c, const sessions *open, size_t n)
{
	if (c->options.without_speed)
		return "left out on request";
	if (c->way == NULL)
		return "there is no way of signing that works";
	if (check_is_costly(c))
		return "each signature costs a PIN or a touch";
	if (n > 1 && module_is_single_file(hold_token(c->hold)->module))
		return "the module is not safe with several sessions at once";
	if (open->n + 1 < n)
		return "so many sessions do not open";
	return NULL;
}

exs_status
check_sessions(check *c, exs_error *error)
{
	static const struct {
		size_t      n;
		const char *name;
	} steps[] = {{1, "speed with 1"}, {2, "speed with 2"}, {4, "speed with 4"}};
	EXS_SCOPED(sessions) open = {.n = 0};

	EXS_TRY(tell_limit(c, error));
	EXS_TRY(open_many(c, &open, error));
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		const char *reason = why_not(c, &open, steps[i].n);

		EXS_TRY(reason == NULL ? measure(c, &open, steps[i].n, steps[i].name, error)
		                       : tell(c, steps[i].name, EXS_CHECK_NOT_TRIED, NULL, reason, NULL, error));
	}
	return EXS_OK;
}
