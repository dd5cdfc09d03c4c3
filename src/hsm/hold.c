/* A hold on one token. */
#include "hsm/hold.h"

#include "base/error.h"
#include "hsm/keyfind.h"

enum { DEADLINE_DEFAULT_MS = 30000, ANEW_PAUSE_MS = 100 };

struct hold {
	const exs_context *context;
	int64_t            deadline_ms;
	key_uri           *uri;
	char              *state_directory, *source_name;
	login_rules        rules;
	module_set         modules;
	token              token;
};

const exs_context *
hold_context(const hold *h)
{
	return h->context;
}

const key_uri *
hold_uri(const hold *h)
{
	return h->uri;
}

const login_rules *
hold_rules(const hold *h)
{
	return &h->rules;
}

int64_t
hold_deadline_ms(const hold *h)
{
	return h->deadline_ms;
}

token *
hold_token(hold *h)
{
	return &h->token;
}

void
hold_free(hold *h)
{
	if (h == NULL)
		return;
	module_set_done(&h->modules);
	key_uri_free(h->uri);
	mem_free(h->state_directory);
	mem_free(h->source_name);
	mem_free(h);
}

static exs_status
take_options(hold *h, const hold_options *options, exs_error *error)
{
	h->deadline_ms = options->deadline_ms > 0 ? options->deadline_ms : DEADLINE_DEFAULT_MS;
	EXS_TRY(key_uri_parse(options->uri, &h->uri, error));
	EXS_TRY(mem_copy(options->rules.state_directory, &h->state_directory, error));
	EXS_TRY(mem_copy(options->rules.source.name, &h->source_name, error));
	h->rules = options->rules;
	h->rules.context = h->context;
	h->rules.state_directory = h->state_directory;
	h->rules.source.name = h->source_name;
	h->rules.lock_wait_ms = h->deadline_ms;
	return EXS_OK;
}

static exs_status
find_token(hold *h, exs_error *error)
{
	EXS_TRY(module_set_open(h->context, h->uri, h->deadline_ms, &h->modules, error));
	return token_find(&h->modules, h->uri, &h->token, error);
}

/* A module that started while another process wrote to the token (SoftHSM, after a wrong PIN) misses it until it starts anew. */
static exs_status
find_token_patiently(hold *h, exs_error *error)
{
	EXS_SCOPED(error_scratch) absent = exs_error_new();
	exs_status status = find_token(h, absent);

	if (!error_is(absent, E_TOKEN_ABSENT)) {
		error_copy(error, absent);
		return status;
	}
	module_set_done(&h->modules);
	EXS_TRY(context_sleep(h->context, ANEW_PAUSE_MS, error));
	return find_token(h, error);
}

exs_status
hold_open(const exs_context *context, const hold_options *options, hold **ret, exs_error *error)
{
	EXS_AUTO(hold) *h = mem_new(1, sizeof *h);

	if (h == NULL)
		return mem_fail(error);
	h->context = context;
	EXS_TRY(take_options(h, options, error));
	EXS_TRY(find_token_patiently(h, error));
	module_set_keep(&h->modules, h->token.module);
	EXS_GIVE(ret, h);
	return EXS_OK;
}

exs_status
hold_options_from(const exs_context *context, const exs_token_access *access, hold_options *ret,
                  exs_error *error)
{
	exs_token_access mine = {0};

	if (access->size == 0)
		return exs_fail(error, E_USAGE, "exs_token_access.size is not set");
	memcpy(&mine, access, access->size < sizeof mine ? access->size : sizeof mine);
	if (mine.uri == NULL || mine.uri[0] == '\0')
		return exs_fail(error, E_URI, "no token is named");
	*ret = (hold_options){
		.uri = mine.uri,
		.rules = {.context = context,
	                  .source = mine.pin,
	                  .last_try = mine.last_try,
	                  .forget_pin_failure = mine.forget_pin_failure,
	                  .state_directory = mine.state_directory},
		.deadline_ms = mine.deadline_ms,
	};
	return EXS_OK;
}

exs_status
hold_access(const exs_context *context, const exs_token_access *access, hold **ret,
            exs_error *error)
{
	hold_options options;

	EXS_TRY(hold_options_from(context, access, &options, error));
	return hold_open(context, &options, ret, error);
}

static bool
wants_login(const hold *h)
{
	return (h->token.info.flags & CKF_LOGIN_REQUIRED) != 0;
}

exs_status
hold_login(hold *h, session *s, exs_error *error)
{
	return wants_login(h) ? login_user(&h->rules, s, &h->token, error) : EXS_OK;
}

/* A private object that shows without a login (ykcs11, PIV's 9e) may still need one to be used. */
static bool
is_enough(const hold *h, const key *found)
{
	return !wants_login(h) || found->login_wanted == EXS_NO;
}

static exs_status
find_logged_in(hold *h, session *s, key *ret, exs_error *error)
{
	bool found = false;

	EXS_TRY(login_user(&h->rules, s, &h->token, error));
	EXS_TRY(keyfind_visible(s, &h->token, h->uri, ret, &found, error));
	return found ? EXS_OK : keyfind_fail_absent(s, &h->token, h->uri, error);
}

exs_status
hold_find_key(hold *h, session *s, key *ret, exs_error *error)
{
	EXS_SCOPED(key) visible = {0};
	bool found = false, any = true;

	/* A label may be a certificate's: two searches, each through all objects of some tokens, and mostly for nothing. */
	if (wants_login(h) && key_uri_id(h->uri).at == NULL)
		EXS_TRY(keyfind_any_visible(s, h->uri, &any, error));
	if (!any)
		return find_logged_in(h, s, ret, error);
	EXS_TRY(keyfind_visible(s, &h->token, h->uri, &visible, &found, error));
	if (found && is_enough(h, &visible)) {
		*ret = visible;
		visible = (key){0};
		return EXS_OK;
	}
	/* A token that asks for no login and shows nothing: a PIN helps only if there is one. */
	if (!found && !wants_login(h) && h->rules.source.ask == NULL)
		return keyfind_fail_absent(s, &h->token, h->uri, error);
	return find_logged_in(h, s, ret, error);
}

exs_status
hold_find_again(hold *h, exs_error *error)
{
	return token_find_again(&h->token, error);
}
