/*
 * A hold on one token: its module loaded, the token found by URI, the rules for its PIN at hand. Sessions are opened on it.
 */
#ifndef HSM_HOLD_H
#define HSM_HOLD_H

#include "hsm/key.h"
#include "hsm/login.h"

#include <exosign/token.h>

typedef struct hold_options {
	const char *uri;
	login_rules rules; /* its strings are copied */
	int64_t     deadline_ms; /* 0: 30,000 */
} hold_options;

typedef struct hold hold;

/* E_URI, E_MODULE, E_TOKEN_ABSENT, E_TOKEN_AMBIGUOUS. Nobody logs in yet. */
EXS_MUST_USE exs_status hold_open(const exs_context *context, const hold_options *options,
                                  hold **ret, exs_error *error);
/* From the public options of a host that may be older; E_USAGE without their size. Strings are borrowed. */
EXS_MUST_USE exs_status hold_options_from(const exs_context *context, const exs_token_access *access,
                                          hold_options *ret, exs_error *error);
/* Both in one. */
EXS_MUST_USE exs_status hold_access(const exs_context *context, const exs_token_access *access,
                                    hold **ret, exs_error *error);
/* Finalises the module; sessions must be closed by then. Takes NULL. */
void hold_free(hold *h);
EXS_DEFINE_AUTO(hold)

const exs_context *hold_context(const hold *h);
const key_uri     *hold_uri(const hold *h);
const login_rules *hold_rules(const hold *h);
int64_t            hold_deadline_ms(const hold *h);
/* As it was told last; a login and hold_find_again() renew it. */
token             *hold_token(hold *h);

/* Logs the session's user in when the token wants a login; one that is logged in stays so. */
EXS_MUST_USE exs_status hold_login(hold *h, session *s, exs_error *error);

/*
 * The one private key that the URI names: looked for without a login first, which is made when the key is hidden or private.
 * E_KEY_ABSENT, E_KEY_AMBIGUOUS. End it with key_done().
 */
EXS_MUST_USE exs_status hold_find_key(hold *h, session *s, key *ret, exs_error *error);

/* The same token after it was away, whatever its slot is now. */
EXS_MUST_USE exs_status hold_find_again(hold *h, exs_error *error);

#endif
