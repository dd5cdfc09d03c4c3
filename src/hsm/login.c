/* Logging in without ever burning a PIN. */
#include "hsm/login.h"

#include "base/error.h"
#include "hsm/ckr.h"
#include "hsm/pintries.h"

#include <pthread.h>

enum {
	REFUSED_MAX = 64,    /* tokens whose PIN this process got wrong */
	TYPING_MS = 120000,  /* for a person at the reader's keys */
	FAILURES_BLIND = 2,  /* wrong PINs by our count after which a stored one is not risked */
};

typedef struct login_job {
	job               base;
	CK_FUNCTION_LIST *functions;
	CK_SESSION_HANDLE session;
	secret           *pin;
	CK_RV             rv;
} login_job;

/* Tokens that refused a PIN of this process (DESIGN.md promise 2: one wrong try per process). */
static pthread_mutex_t refused_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned char   refused[REFUSED_MAX][32];
static size_t          n_refused;

static bool
was_refused(const token_identity *identity)
{
	bool found = false;

	pthread_mutex_lock(&refused_lock);
	for (size_t i = 0; i < n_refused && i < REFUSED_MAX; i++)
		found = found || memcmp(refused[i], identity->hash, sizeof refused[i]) == 0;
	/* A process that got more PINs wrong than we can list gets no further try at all. */
	found = found || n_refused > REFUSED_MAX;
	pthread_mutex_unlock(&refused_lock);
	return found;
}

static void
remember_refusal(const token_identity *identity)
{
	pthread_mutex_lock(&refused_lock);
	if (n_refused < REFUSED_MAX)
		memcpy(refused[n_refused], identity->hash, sizeof refused[0]);
	n_refused++;
	pthread_mutex_unlock(&refused_lock);
}

void
login_attempt_done(login_attempt *attempt)
{
	pinmemory_free(attempt->memory);
	secret_free(attempt->pin);
	*attempt = (login_attempt){0};
}

static const char *
source_name(const login_rules *rules)
{
	return rules->source.name == NULL ? "its source" : rules->source.name;
}

static bool
is_attended(const login_attempt *a)
{
	return a->at_device || a->rules->source.attended;
}

static exs_status
fail_last_try(const login_attempt *a, exs_error *error)
{
	exs_status status = exs_fail(error, E_PIN_LAST_TRY,
	                             "one try is left before the token locks its PIN");

	error_why(error, is_attended(a) ? "%snobody confirmed that the last try may be used; %s"
	                                : "the PIN comes from %s, where no person can check it; %s",
	          is_attended(a) ? "" : source_name(a->rules),
	          pintries_print(a->token, a->failures_before).at);
	return status;
}

static exs_status
fail_count_low(const login_attempt *a, exs_error *error)
{
	exs_status status = exs_fail(error, E_PIN_COUNT_LOW,
	                             "a wrong PIN was entered before, so the one from %s is not risked",
	                             source_name(a->rules));

	error_why(error, "%s", pintries_print(a->token, a->failures_before).at);
	error_fix(error, "make sure that the PIN is right, then run it once by hand with --forget-pin-failure, "
	                 "or at a terminal without pin-source");
	return status;
}

/* Each way the token (or our memory, where flags tell nothing) can say that a try is too dear. */
static exs_status
check_flags(const login_attempt *a, exs_error *error)
{
	CK_FLAGS    flags = a->token->info.flags;
	token_names names = token_print(&a->token->info);

	if ((flags & CKF_USER_PIN_LOCKED) != 0)
		return exs_fail(error, E_PIN_LOCKED, "the PIN of the token \"%s\" is locked", names.label);
	if ((flags & CKF_USER_PIN_INITIALIZED) == 0)
		return exs_fail(error, E_PIN_UNSET, "the token \"%s\" has no user PIN yet", names.label);
	if ((flags & CKF_USER_PIN_TO_BE_CHANGED) != 0)
		return exs_fail(error, E_PIN_EXPIRED, "the PIN of the token \"%s\" must be changed first",
		                names.label);
	if ((flags & CKF_USER_PIN_FINAL_TRY) != 0 && !(a->rules->last_try && is_attended(a)))
		return fail_last_try(a, error);
	if (is_attended(a))
		return EXS_OK;
	/* Who asks us to forget a failure has looked at the PIN; the last try stays out of reach even so. */
	if (a->rules->forget_pin_failure)
		return EXS_OK;
	if ((flags & CKF_USER_PIN_COUNT_LOW) != 0)
		return fail_count_low(a, error);
	if (a->failures_before >= FAILURES_BLIND)
		return fail_count_low(a, error);
	return EXS_OK;
}

static unsigned
told_length(CK_ULONG length)
{
	return length > PIN_MAX ? 0 : (unsigned)length;
}

static exs_status
ask(login_attempt *a, const char *key_label, exs_error *error)
{
	const CK_TOKEN_INFO *info = &a->token->info;
	token_names names = token_print(info);
	const exs_pin_request request = {
		.token_label = names.label,
		.token_serial = names.serial,
		.key_label = key_label == NULL ? "" : key_label,
		.context_specific = a->context_specific,
		.count_low = (info->flags & CKF_USER_PIN_COUNT_LOW) != 0,
		.final_try = (info->flags & CKF_USER_PIN_FINAL_TRY) != 0,
		.failures_known = (int)a->failures_before,
		.minimum_length = told_length(info->ulMinPinLen),
		.maximum_length = told_length(info->ulMaxPinLen),
	};

	if (a->at_device) {
		LOG(a->rules->context, EXS_LOG_NOTICE, "hsm", "enter the PIN on the reader",
		    LOG_TEXT("token", names.label), LOG_TEXT("serial", names.serial));
		return EXS_OK;
	}
	EXS_TRY(pin_ask(&a->rules->source, &request, &a->pin, error));
	return pin_check(a->pin, &request, source_name(a->rules), error);
}

/* A person may log in without a memory, a stored PIN may not. */
static exs_status
open_memory(login_attempt *a, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	const login_rules *rules = a->rules;
	exs_status status;

	if (rules->state_directory == NULL) {
		if (is_attended(a))
			return EXS_OK;
		return exs_fail(error, E_PIN_MEMORY,
		                "there is no state directory to remember a failed PIN in");
	}
	status = pinmemory_open(rules->context, rules->state_directory, &a->identity,
	                        rules->lock_wait_ms, &a->memory, cause);
	if (status == EXS_OK)
		return EXS_OK;
	if (!is_attended(a) || status == EXS_CANCELLED) {
		error_copy(error, cause);
		return status;
	}
	LOG(rules->context, EXS_LOG_WARNING, "hsm", "no-pin-memory",
	    LOG_TEXT("why", exs_error_message(cause)));
	return EXS_OK;
}

static exs_status
fail_known(const login_attempt *a, exs_error *error)
{
	token_names names = token_print(&a->token->info);
	exs_status  status = exs_fail(error, E_PIN_KNOWN_BAD,
	                              "the PIN from %s failed before and was not sent again",
	                              source_name(a->rules));

	error_why(error, "token \"%s\" (serial %s): %s", names.label, names.serial,
	          pintries_print(a->token, a->failures_before).at);
	error_fix(error, "correct the PIN at its source; or, if it is right by now: --forget-pin-failure");
	return status;
}

static exs_status
fail_refused_here(const login_attempt *a, exs_error *error)
{
	token_names names = token_print(&a->token->info);
	exs_status  status = exs_fail(error, E_PIN_KNOWN_BAD,
	                              "this process had a PIN refused by the token \"%s\" and sends no "
	                              "other", names.label);

	error_fix(error, "correct the PIN at its source, then start again");
	return status;
}

static exs_status
check_memory(login_attempt *a, exs_error *error)
{
	if (a->memory == NULL)
		return EXS_OK;
	a->failures_before = pinmemory_failures(a->memory);
	if (a->pin != NULL && !a->rules->forget_pin_failure && pinmemory_knows(a->memory, a->pin))
		return fail_known(a, error);
	return EXS_OK;
}

exs_status
login_prepare(const login_rules *rules, token *t, const char *key_label, login_attempt *ret,
              exs_error *error)
{
	EXS_SCOPED(login_attempt) a = {
		.rules = rules, .token = t, .context_specific = key_label != NULL};

	if (module_logs_calls(t->module))
		return exs_fail(error, E_MODULE_LOGS, "calls of %s are logged, and a PIN would be with them",
		                module_path(t->module));
	EXS_TRY(token_identify(t, &a.identity, error));
	if (was_refused(&a.identity))
		return fail_refused_here(&a, error);
	EXS_TRY(token_refresh(t, error));
	a.at_device = (t->info.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
	if (rules->state_directory != NULL)
		a.failures_before = pinmemory_peek(rules->state_directory, &a.identity);
	/* Before the question, so that nobody types a PIN in vain; the stored-PIN rules come after it. */
	if (is_attended(&a))
		EXS_TRY(check_flags(&a, error));
	EXS_TRY(ask(&a, key_label, error));
	EXS_TRY(open_memory(&a, error));
	if (was_refused(&a.identity))
		return fail_refused_here(&a, error);
	EXS_TRY(check_memory(&a, error));
	EXS_TRY(token_refresh(t, error));
	EXS_TRY(check_flags(&a, error));
	if (a.memory != NULL)
		EXS_TRY(pinmemory_note(a.memory, a.pin, error));
	*ret = a;
	a = (login_attempt){0};
	return EXS_OK;
}

/* The device said no before it looked at the PIN. */
static bool
was_not_tried(CK_RV rv)
{
	static const CK_RV codes[] = {
		CKR_USER_ALREADY_LOGGED_IN,  CKR_USER_ANOTHER_ALREADY_LOGGED_IN,
		CKR_USER_TOO_MANY_TYPES,     CKR_USER_PIN_NOT_INITIALIZED,
		CKR_USER_TYPE_INVALID,       CKR_SESSION_HANDLE_INVALID,
		CKR_SESSION_CLOSED,          CKR_SESSION_READ_ONLY_EXISTS,
		CKR_CRYPTOKI_NOT_INITIALIZED, CKR_TOKEN_NOT_PRESENT,
		CKR_HOST_MEMORY,             CKR_ARGUMENTS_BAD,
		CKR_OPERATION_NOT_INITIALIZED, CKR_FUNCTION_CANCELED,
	};

	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		if (codes[i] == rv)
			return true;
	return false;
}

static exs_status
fail_login(login_attempt *a, CK_RV rv, exs_error *error)
{
	token_names names = token_print(&a->token->info);
	exs_status  status = ckr_fail(error, rv, a->context_specific ? "logging in for the signature"
	                                                             : "logging in");

	if (was_not_tried(rv))
		return status;
	remember_refusal(&a->identity);
	if (token_refresh(a->token, NULL) == EXS_OK)
		error_why(error, "token \"%s\" (serial %s), PIN from %s; it was sent once; %s", names.label,
		          names.serial, a->at_device ? "the reader" : source_name(a->rules),
		          pintries_print(a->token, a->failures_before + 1).at);
	return status;
}

exs_status
login_withdraw(login_attempt *a, exs_error *error)
{
	return a->memory == NULL ? EXS_OK : pinmemory_restore(a->memory, error);
}

exs_status
login_settle(login_attempt *a, CK_RV rv, exs_error *error)
{
	token_names names = token_print(&a->token->info);

	if (rv == CKR_OK) {
		if (a->memory != NULL)
			EXS_TRY(pinmemory_clear(a->memory, error));
		LOG(a->rules->context, EXS_LOG_INFO, "hsm", "login", LOG_TEXT("token", names.label),
		    LOG_TEXT("serial", names.serial),
		    LOG_TEXT("for", a->context_specific ? "one signature" : "the session"),
		    LOG_TEXT("pin", a->at_device ? "the reader" : source_name(a->rules)));
		return EXS_OK;
	}
	if (was_not_tried(rv) && a->memory != NULL)
		EXS_TRY(pinmemory_restore(a->memory, error));
	if (rv == CKR_USER_ALREADY_LOGGED_IN)
		return EXS_OK;
	return fail_login(a, rv, error);
}

static void
release(job *self)
{
	secret_free(((login_job *)self)->pin);
	mem_free(self);
}

static void
login(job *self)
{
	login_job *j = (login_job *)self;
	span pin = j->pin == NULL ? span_from(NULL, 0) : secret_reveal(j->pin);
	/* C_Login takes a pointer to bytes it does not change. */
	CK_UTF8CHAR *bytes = (CK_UTF8CHAR *)(uintptr_t)pin.at;

	j->rv = j->functions->C_Login(j->session, CKU_USER, bytes, pin.len);
	secret_free(j->pin);
	j->pin = NULL;
}

exs_status
login_user(const login_rules *rules, session *s, token *t, exs_error *error)
{
	EXS_SCOPED(login_attempt) attempt = {0};
	EXS_AUTO(job) *j = NULL;
	login_job *mine;
	patience   p = module_patience(session_module(s));
	bool       is_in = false;

	EXS_TRY(session_is_user(s, &is_in, error));
	if (is_in)
		return EXS_OK;
	mine = mem_new(1, sizeof *mine);
	if (mine == NULL)
		return mem_fail(error);
	mine->base = (job){"C_Login", login, release};
	j = &mine->base;
	EXS_TRY(login_prepare(rules, t, NULL, &attempt, error));
	mine->functions = session_functions(s);
	mine->session = session_handle(s);
	mine->pin = attempt.pin;
	attempt.pin = NULL;
	if (attempt.at_device && p.deadline_ms < TYPING_MS)
		p.deadline_ms = TYPING_MS;
	EXS_TRY(session_run_patiently(s, &p, &j, error));
	return login_settle(&attempt, mine->rv, error);
}
