/* A device that is open for one key. */
#include "hsm/device.h"

#include "base/error.h"
#include "hsm/hold.h"

#include <stdatomic.h>

enum { ALGS = EXS_ALG_ES384 + 1 };

struct device {
	hold            *hold;
	char            *printed_uri;
	pool            *pool;
	pthread_mutex_t  login_lock; /* one login or renewal at a time; guards the hold's token */
	token            token_at_opening;
	key              key;
	bool             pss_in_token;
	_Atomic int      winners[ALGS];
};

const exs_context *
device_context(const device *d)
{
	return hold_context(d->hold);
}

const key *
device_key(const device *d)
{
	return &d->key;
}

const token *
device_token(const device *d)
{
	return &d->token_at_opening;
}

hold *
device_hold(device *d)
{
	return d->hold;
}

const key_uri *
device_origin(const device *d)
{
	return hold_uri(d->hold);
}

const char *
device_key_uri(const device *d)
{
	return d->printed_uri;
}

pool *
device_pool(device *d)
{
	return d->pool;
}

pthread_mutex_t *
device_login_lock(device *d)
{
	return &d->login_lock;
}

int64_t
device_deadline_ms(const device *d)
{
	return hold_deadline_ms(d->hold);
}

bool
device_wants_pss_in_token(const device *d)
{
	return d->pss_in_token;
}

_Atomic int *
device_winner(device *d, exs_alg alg)
{
	return &d->winners[alg];
}

void
device_free(device *d)
{
	if (d == NULL)
		return;
	pool_free(d->pool);
	hold_free(d->hold);
	key_done(&d->key);
	mem_free(d->printed_uri);
	pthread_mutex_destroy(&d->login_lock);
	mem_free(d);
}

static exs_status
open_key(device *d, exs_error *error)
{
	EXS_AUTO(session) *s = NULL;
	const token *t = hold_token(d->hold);

	EXS_TRY(session_open(t, SESSION_READ, &s, error));
	EXS_TRY(hold_find_key(d->hold, s, &d->key, error));
	EXS_TRY(key_print_uri(&d->key, t, hold_uri(d->hold), &d->printed_uri, error));
	d->token_at_opening = *t;
	pool_renew(d->pool, t, d->key.handle);
	return pool_add(d->pool, &s, error);
}

exs_status
device_open_on(hold **h, unsigned max_sessions, device **ret, exs_error *error)
{
	EXS_AUTO(hold) *held = *h;
	EXS_AUTO(device) *d = mem_new(1, sizeof *d);

	*h = NULL;
	if (d == NULL)
		return mem_fail(error);
	pthread_mutex_init(&d->login_lock, NULL);
	for (size_t i = 0; i < ALGS; i++)
		atomic_init(&d->winners[i], -1);
	EXS_GIVE(&d->hold, held);
	EXS_TRY(pool_new(hold_context(d->hold), max_sessions, &d->pool, error));
	EXS_TRY(open_key(d, error));
	EXS_GIVE(ret, d);
	return EXS_OK;
}

exs_status
device_open(const exs_context *context, const device_options *options, device **ret,
            exs_error *error)
{
	EXS_AUTO(device) *d = NULL;
	hold *h = NULL;

	EXS_TRY(hold_open(context, &options->hold, &h, error));
	EXS_TRY(device_open_on(&h, options->max_sessions, &d, error));
	d->pss_in_token = options->pss_in_token;
	EXS_GIVE(ret, d);
	return EXS_OK;
}

exs_status
device_certificates(device *d, span id, certobject_list *ret, exs_error *error)
{
	seat       s = {0};
	exs_status status;

	EXS_TRY(pool_take(d->pool, hold_deadline_ms(d->hold), &s, error));
	status = certobject_list_read(s.session, id, span_from(NULL, 0), ret, error);
	pool_give(d->pool, &s, status == EXS_OK ? SEAT_KEEP : SEAT_DROP);
	return status;
}

/* With the login lock held. The key must be the very same one, not another that now answers to the URI. */
static exs_status
renew(device *d, exs_error *error)
{
	EXS_AUTO(session) *s = NULL;
	EXS_SCOPED(key) found = {0};
	const token *t = hold_token(d->hold);

	EXS_TRY(module_check(t->module, error));
	pool_renew(d->pool, t, d->key.handle);
	EXS_TRY(hold_find_again(d->hold, error));
	EXS_TRY(session_open(t, SESSION_READ, &s, error));
	EXS_TRY(hold_find_key(d->hold, s, &found, error));
	if (!span_same(buf_span(&found.public_der), buf_span(&d->key.public_der)))
		return exs_fail(error, E_KEY_ABSENT, "after the token came back, %s is another key",
		                d->printed_uri);
	LOG(device_context(d), EXS_LOG_WARNING, "hsm", "reopened", LOG_TEXT("key", d->printed_uri));
	pool_renew(d->pool, t, found.handle);
	return pool_add(d->pool, &s, error);
}

exs_status
device_renew(device *d, unsigned generation, exs_error *error)
{
	exs_status status = EXS_OK;

	pthread_mutex_lock(&d->login_lock);
	if (pool_generation(d->pool) == generation)
		status = renew(d, error);
	pthread_mutex_unlock(&d->login_lock);
	return status;
}

exs_status
device_prepare_login(device *d, login_attempt *ret, exs_error *error)
{
	return login_prepare(hold_rules(d->hold), hold_token(d->hold), buf_text(&d->key.label), ret, error);
}
