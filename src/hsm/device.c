/* A device that is open for one key. */
#include "hsm/device.h"

#include "base/error.h"
#include "hsm/keyfind.h"

#include <stdatomic.h>

enum { DEADLINE_DEFAULT_MS = 30000, ANEW_PAUSE_MS = 100, ALGS = EXS_ALG_ES384 + 1 };

struct device {
	const exs_context *context;
	int64_t            deadline_ms;
	key_uri           *uri;
	char              *state_directory, *source_name, *printed_uri;
	login_rules        rules;
	module_set         modules;
	pool              *pool;
	pthread_mutex_t    login_lock; /* one login or renewal at a time; guards `token` */
	token              token, token_at_opening;
	key                key;
	_Atomic int        winners[ALGS];
};

const exs_context *
device_context(const device *d)
{
	return d->context;
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
	return d->deadline_ms;
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
	module_set_done(&d->modules);
	key_done(&d->key);
	key_uri_free(d->uri);
	mem_free(d->state_directory);
	mem_free(d->source_name);
	mem_free(d->printed_uri);
	pthread_mutex_destroy(&d->login_lock);
	mem_free(d);
}

static exs_status
take_options(device *d, const device_options *options, exs_error *error)
{
	d->deadline_ms = options->deadline_ms > 0 ? options->deadline_ms : DEADLINE_DEFAULT_MS;
	EXS_TRY(key_uri_parse(options->key_uri, &d->uri, error));
	EXS_TRY(mem_copy(options->rules.state_directory, &d->state_directory, error));
	EXS_TRY(mem_copy(options->rules.source.name, &d->source_name, error));
	d->rules = options->rules;
	d->rules.context = d->context;
	d->rules.state_directory = d->state_directory;
	d->rules.source.name = d->source_name;
	d->rules.lock_wait_ms = d->deadline_ms;
	for (size_t i = 0; i < ALGS; i++)
		atomic_init(&d->winners[i], -1);
	return pool_new(d->context, options->max_sessions, &d->pool, error);
}

static bool
wants_login(const device *d)
{
	return (d->token.info.flags & CKF_LOGIN_REQUIRED) != 0;
}

/* A private object that shows without a login (ykcs11, PIV's 9e) may still need one to be used. */
static bool
is_enough(const device *d, const key *found)
{
	return !wants_login(d) || found->login_wanted == EXS_NO;
}

static exs_status
find_logged_in(device *d, session *s, key *ret, exs_error *error)
{
	bool found = false;

	EXS_TRY(login_user(&d->rules, s, &d->token, error));
	EXS_TRY(keyfind_visible(s, &d->token, d->uri, ret, &found, error));
	return found ? EXS_OK : keyfind_fail_absent(s, &d->token, d->uri, error);
}

static exs_status
find_key(device *d, session *s, key *ret, exs_error *error)
{
	EXS_SCOPED(key) visible = {0};
	bool found = false;

	EXS_TRY(keyfind_visible(s, &d->token, d->uri, &visible, &found, error));
	if (found && is_enough(d, &visible)) {
		*ret = visible;
		visible = (key){0};
		return EXS_OK;
	}
	/* A token that asks for no login and shows nothing: a PIN helps only if there is one. */
	if (!found && !wants_login(d) && d->rules.source.ask == NULL)
		return keyfind_fail_absent(s, &d->token, d->uri, error);
	return find_logged_in(d, s, ret, error);
}

static exs_status
open_token(device *d, exs_error *error)
{
	EXS_TRY(module_set_open(d->context, d->uri, d->deadline_ms, &d->modules, error));
	return token_find(&d->modules, d->uri, &d->token, error);
}

/* A module that started while another process wrote to the token (SoftHSM, after a wrong PIN) misses it until it starts anew. */
static exs_status
open_token_patiently(device *d, exs_error *error)
{
	EXS_SCOPED(error_scratch) absent = exs_error_new();
	exs_status status = open_token(d, absent);

	if (!error_is(absent, E_TOKEN_ABSENT)) {
		error_copy(error, absent);
		return status;
	}
	module_set_done(&d->modules);
	EXS_TRY(context_sleep(d->context, ANEW_PAUSE_MS, error));
	return open_token(d, error);
}

static exs_status
open_key(device *d, exs_error *error)
{
	EXS_AUTO(session) *s = NULL;

	EXS_TRY(open_token_patiently(d, error));
	module_set_keep(&d->modules, d->token.module);
	EXS_TRY(session_open(&d->token, SESSION_READ, &s, error));
	EXS_TRY(find_key(d, s, &d->key, error));
	EXS_TRY(key_print_uri(&d->key, &d->token, d->uri, &d->printed_uri, error));
	d->token_at_opening = d->token;
	pool_renew(d->pool, &d->token, d->key.handle);
	return pool_add(d->pool, &s, error);
}

exs_status
device_open(const exs_context *context, const device_options *options, device **ret,
            exs_error *error)
{
	EXS_AUTO(device) *d = mem_new(1, sizeof *d);

	if (d == NULL)
		return mem_fail(error);
	d->context = context;
	pthread_mutex_init(&d->login_lock, NULL);
	EXS_TRY(take_options(d, options, error));
	EXS_TRY(open_key(d, error));
	EXS_GIVE(ret, d);
	return EXS_OK;
}

exs_status
device_certificates(device *d, span id, certobject_list *ret, exs_error *error)
{
	seat       s = {0};
	exs_status status;

	EXS_TRY(pool_take(d->pool, d->deadline_ms, &s, error));
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

	EXS_TRY(module_check(d->token.module, error));
	pool_renew(d->pool, &d->token, d->key.handle);
	EXS_TRY(token_find_again(&d->token, error));
	EXS_TRY(session_open(&d->token, SESSION_READ, &s, error));
	EXS_TRY(find_key(d, s, &found, error));
	if (!span_same(buf_span(&found.public_der), buf_span(&d->key.public_der)))
		return exs_fail(error, E_KEY_ABSENT, "after the token came back, %s is another key",
		                d->printed_uri);
	LOG(d->context, EXS_LOG_WARNING, "hsm", "reopened", LOG_TEXT("key", d->printed_uri));
	pool_renew(d->pool, &d->token, found.handle);
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
	return login_prepare(&d->rules, &d->token, buf_text(&d->key.label), ret, error);
}
