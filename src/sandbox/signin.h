/*
 * The sign-ins of people, from the question to the answer: device codes, sign-ins in a browser,
 * consents. Approved from the command line:
 *
 *   exosign sandbox approve [CODE] [--user admin] [--deny]    the one that waits, or the only one
 *   exosign sandbox signin --auto USER|deny|off               every one that is begun from now on
 *
 * They are kept in DIR/signin.json, so that a restart loses none.
 */
#ifndef SANDBOX_SIGNIN_H
#define SANDBOX_SIGNIN_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <time.h>

#include "encoding.h"
#include "users.h"

enum {
	SIGNIN_WORD_SIZE = 96,
	SIGNIN_TEXT_SIZE = 2048,
	SIGNIN_LIFETIME_SECONDS = 900,
	SIGNIN_CODE_SECONDS = 60, /* an authorisation code is to be redeemed at once */
};

struct signin {
	char   kind[16];  /* "device", "browser", "consent" */
	char   state[16]; /* "pending", "approved", "denied", "redeemed" */
	char   code[16];  /* what a person types: ABCD-EFGH; names the sign-in */
	char   secret[SIGNIN_WORD_SIZE]; /* the device code, or the authorisation code */
	char   user[SIGNIN_WORD_SIZE];   /* who approved */
	char   client_id[GUID_SIZE];
	char   scopes[SIGNIN_TEXT_SIZE];
	char   redirect[SIGNIN_TEXT_SIZE];
	char   echo[SIGNIN_TEXT_SIZE];   /* the state parameter */
	char   challenge[SIGNIN_WORD_SIZE];
	time_t until;
	double polled; /* when it was last asked for, in seconds */
};

/*
 * Begins one: fills in code, secret, time and state, which is the auto answer when there is one. The
 * sixty-fifth makes the first forgotten.
 */
void signin_begin(struct signin *signin);

/* By the code a person types, or by the secret. */
bool signin_of_code(const char *code, struct signin *ret_signin);
bool signin_of_secret(const char *kind, const char *secret, struct signin *ret_signin);

/* Moves it from one state to the next, if it is still in the first. False: somebody was quicker. */
bool signin_move(const char *code, const char *from, const char *to);

/* Notes when it was last asked for. */
void signin_polled(const char *code, double when);

/* For the command line: decides about the one of that code (NULL: the only one). */
bool signin_decide(const char *code, const char *user, bool deny, char *why, size_t why_size);
/* USER, "deny", or "off". */
bool signin_set_auto(const char *answer, char *why, size_t why_size);

/* Appends {"auto":...,"signins":[...]}, without the secrets. */
void signin_json(struct text *text);

void signin_forget(void); /* when the server ends */

#endif
