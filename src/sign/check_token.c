/* The check's chapters on module, token and PIN: what they say of themselves before anybody logs in. */
#include "hsm/pinmemory.h"
#include "hsm/pintries.h"
#include "sign/check.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 1024 };

/* The padded fields of CK_INFO have the sizes of a token's. */
static token_names
print_module(const CK_INFO *info)
{
	CK_TOKEN_INFO as_token = {0};

	memcpy(as_token.label, info->libraryDescription, sizeof as_token.label);
	memcpy(as_token.manufacturerID, info->manufacturerID, sizeof as_token.manufacturerID);
	as_token.firmwareVersion = info->libraryVersion;
	return token_print(&as_token);
}

static exs_status
fine(check *c, exs_check_area area, const char *name, const char *value, exs_error *error)
{
	return check_tell(c, (exs_check_finding){.area = area, .name = name, .value = value}, error);
}

exs_status
check_module(check *c, exs_error *error)
{
	const module *m = hold_token(c->hold)->module;
	token_names   names = print_module(module_info(m));
	bool          alone = module_is_single_file(m), logs = module_logs_calls(m);
	char          interface[32];

	(void)snprintf(interface, sizeof interface, "%u.%u", module_info(m)->cryptokiVersion.major,
	               module_info(m)->cryptokiVersion.minor);
	EXS_TRY(fine(c, EXS_CHECK_MODULE, "path", module_path(m), error));
	EXS_TRY(fine(c, EXS_CHECK_MODULE, "description", names.label, error));
	EXS_TRY(fine(c, EXS_CHECK_MODULE, "maker", names.manufacturer, error));
	EXS_TRY(fine(c, EXS_CHECK_MODULE, "version", names.firmware, error));
	EXS_TRY(fine(c, EXS_CHECK_MODULE, "PKCS#11 version", interface, error));
	EXS_TRY(check_tell(c,
	                   (exs_check_finding){
				   .area = EXS_CHECK_MODULE,
				   .name = "side by side",
				   .value = alone ? "no" : "yes",
				   .why = alone ? "this module is known not to be safe with several "
	                                          "sessions at once, so exosign uses one"
	                                        : "signatures may run in several sessions at once",
			   },
	                   error));
	return check_tell(
		c,
		(exs_check_finding){
			.area = EXS_CHECK_MODULE,
			.verdict = logs ? EXS_CHECK_BROKEN : EXS_CHECK_FINE,
			.name = "log-calls",
			.value = logs ? "yes" : "no",
			.why = logs ? "p11-kit writes every call down, the PIN with it; no login is made" : NULL,
			.fix = logs ? error_row_of(E_MODULE_LOGS)->fix : NULL,
			.status = logs ? EXS_POLICY : EXS_OK,
		},
		error);
}

static bool
is_blank(const char *serial)
{
	return serial[strspn(serial, "0 ")] == '\0';
}

exs_status
check_token(check *c, exs_error *error)
{
	const token *t = hold_token(c->hold);
	token_names  names = token_print(&t->info);
	bool         blank = is_blank(names.serial);
	bool         initialised = (t->info.flags & CKF_TOKEN_INITIALIZED) != 0;

	EXS_TRY(fine(c, EXS_CHECK_TOKEN, "label", names.label, error));
	EXS_TRY(check_tell(c,
	                   (exs_check_finding){
				   .area = EXS_CHECK_TOKEN,
				   .verdict = blank ? EXS_CHECK_DOUBTFUL : EXS_CHECK_FINE,
				   .name = "serial",
				   .value = names.serial,
				   .why = blank ? "without a serial two such tokens cannot be told apart, and the "
	                                          "memory of failed PINs goes by the label" : NULL,
				   .fix = blank ? "give each token a label of its own and name it in the URI" : NULL,
			   },
	                   error));
	EXS_TRY(fine(c, EXS_CHECK_TOKEN, "model", names.model, error));
	EXS_TRY(fine(c, EXS_CHECK_TOKEN, "maker", names.manufacturer, error));
	EXS_TRY(fine(c, EXS_CHECK_TOKEN, "firmware", names.firmware, error));
	return check_tell(c,
	                  (exs_check_finding){
				  .area = EXS_CHECK_TOKEN,
				  .verdict = initialised ? EXS_CHECK_FINE : EXS_CHECK_DOUBTFUL,
				  .name = "initialised",
				  .value = initialised ? "yes" : "not told",
				  .why = initialised ? NULL : "the module does not set CKF_TOKEN_INITIALIZED",
			  },
	                  error);
}

/* Each state with its verdict; the sentence comes from pintries.h, as in errors. */
static const struct {
	const char       *value;
	exs_check_verdict verdict;
	const char       *fix;
} tries[] = {
	[PINTRIES_ALL] = {"not told", EXS_CHECK_FINE, NULL},
	[PINTRIES_FEWER] = {"fewer than usual", EXS_CHECK_DOUBTFUL,
                            "make sure that the PIN is right and log in once by hand"},
	[PINTRIES_ONE] = {"one", EXS_CHECK_DOUBTFUL, "type it yourself at a terminal with --last-try"},
	[PINTRIES_LOCKED] = {"none", EXS_CHECK_BROKEN,
                             "only the token's security officer (SO PIN, PUK) can unlock it"},
};

static exs_status
tell_tries(check *c, exs_error *error)
{
	const token *t = hold_token(c->hold);
	const char  *directory = hold_rules(c->hold)->state_directory;
	token_identity identity;
	unsigned       failures = 0;
	pintries_state state;
	char           counted[32];

	EXS_TRY(token_identify(t, &identity, error));
	if (directory != NULL)
		failures = pinmemory_peek(directory, &identity);
	state = pintries_of(t, failures);
	EXS_TRY(check_tell(c,
	                   (exs_check_finding){.area = EXS_CHECK_PIN,
	                                       .verdict = tries[state].verdict,
	                                       .name = "tries left",
	                                       .value = tries[state].value,
	                                       .why = pintries_print(t, failures).at,
	                                       .fix = tries[state].fix},
	                   error));
	(void)snprintf(counted, sizeof counted, "%u", failures);
	return check_tell(
		c,
		(exs_check_finding){.area = EXS_CHECK_PIN,
	                            .verdict = failures > 0 || directory == NULL ? EXS_CHECK_DOUBTFUL : EXS_CHECK_FINE,
	                            .name = "failed logins",
	                            .value = directory == NULL ? "not counted" : counted,
	                            .why = directory == NULL
	                                           ? "there is no state directory to count in"
	                                           : "by our own count, since the last good login from this account"},
		error);
}

static exs_status
tell_limits(check *c, exs_error *error)
{
	const CK_TOKEN_INFO *info = &hold_token(c->hold)->info;
	char limits[64];

	(void)snprintf(limits, sizeof limits, "%lu to %lu bytes", info->ulMinPinLen, info->ulMaxPinLen);
	return fine(c, EXS_CHECK_PIN, "length", limits, error);
}

exs_status
check_pin(check *c, exs_error *error)
{
	token   *t = hold_token(c->hold);
	CK_FLAGS flags;
	bool     pad, required;

	/* Flags of the PIN are only true at the moment they are asked for. */
	EXS_TRY(token_refresh(t, error));
	flags = t->info.flags;
	pad = (flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
	required = (flags & CKF_LOGIN_REQUIRED) != 0;
	EXS_TRY(check_tell(c,
	                   (exs_check_finding){
				   .area = EXS_CHECK_PIN,
				   .verdict = required ? EXS_CHECK_FINE : EXS_CHECK_DOUBTFUL,
				   .name = "login required",
				   .value = required ? "yes" : "no",
				   .why = required ? NULL : "the token gives its keys to everybody who reaches it",
			   },
	                   error));
	EXS_TRY(check_tell(c,
	                   (exs_check_finding){
				   .area = EXS_CHECK_PIN,
				   .name = "PIN pad",
				   .value = pad ? "yes" : "no",
				   .why = pad ? "the PIN is typed at the device; exosign never sees it" : NULL,
			   },
	                   error));
	if ((flags & CKF_USER_PIN_INITIALIZED) == 0 && required)
		EXS_TRY(check_tell(c,
		                   (exs_check_finding){.area = EXS_CHECK_PIN,
		                                       .verdict = EXS_CHECK_BROKEN,
		                                       .name = "user PIN",
		                                       .value = "not set",
		                                       .why = error_row_of(E_PIN_UNSET)->meaning,
		                                       .fix = error_row_of(E_PIN_UNSET)->fix},
		                   error));
	if ((flags & CKF_USER_PIN_TO_BE_CHANGED) != 0)
		EXS_TRY(check_tell(c,
		                   (exs_check_finding){.area = EXS_CHECK_PIN,
		                                       .verdict = EXS_CHECK_BROKEN,
		                                       .name = "user PIN",
		                                       .value = "to be changed",
		                                       .why = error_row_of(E_PIN_EXPIRED)->meaning,
		                                       .fix = error_row_of(E_PIN_EXPIRED)->fix},
		                   error));
	EXS_TRY(tell_tries(c, error));
	return tell_limits(c, error);
}
