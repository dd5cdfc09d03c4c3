/*
 * A person's sign-in, step by step: what the two ways have in common.
 */
#ifndef OAUTH_SIGNIN_H
#define OAUTH_SIGNIN_H

#include "http/client.h"
#include "oauth/identity.h"

#include <exosign/signin.h>

enum { SIGNIN_ANSWER_MAX = 1024 * 1024, SIGNIN_FORM_MAX = 64 * 1024 };

typedef struct signin {
	const exs_context        *context;
	const identity           *identity;
	http_client              *client;
	const exs_signin_options *options;
	const char               *scope;
	char                      base[1024]; /* ".../oauth2/v2.0" */
	int64_t                   ends_ms;    /* on the steady clock */
} signin;

/* One form and its whole answer. */
typedef struct signin_answer {
	int     status;
	int64_t retry_after, sent, received;
	buf     body;
	char    request_id[40];
} signin_answer;
void signin_answer_done(signin_answer *answer);

/* *ret must be zero. leaf: "/token". */
EXS_MUST_USE exs_status signin_post(const signin *s, const char *leaf, span form, signin_answer *ret,
                                    exs_error *error);
/* The bearer of a good answer. */
EXS_MUST_USE exs_status signin_bearer(const signin *s, const signin_answer *answer, exs_bearer **ret,
                                      exs_error *error);
/* The OAuth error's name, "" when there is none. */
void signin_error_name(const signin_answer *answer, char *room, size_t size);
/* Always fails, in the directory's words. */
EXS_MUST_USE exs_status signin_refused(const signin *s, const signin_answer *answer, exs_error *error);

EXS_MUST_USE exs_status signin_by_code(const signin *s, exs_bearer **ret, exs_error *error);
EXS_MUST_USE exs_status signin_by_browser(const signin *s, exs_bearer **ret, exs_error *error);

#endif
