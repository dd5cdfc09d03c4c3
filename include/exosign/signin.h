/*
 * A person who signs in: an administrator, for what an app may not do for itself (setup). The bearer that comes of it lives in
 * memory and is never kept.
 */
#ifndef EXOSIGN_SIGNIN_H
#define EXOSIGN_SIGNIN_H

#include <exosign/credential.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* Microsoft Graph Command Line Tools: the public client that is used unless the tenant has one of its own (entra-graph.md 3.1). */
#define EXS_SIGNIN_CLIENT_ID "14d82eec-204b-4c2f-b7e8-296a70dab67e"

typedef enum exs_signin_kind {
	EXS_SIGNIN_DEVICE_CODE, /* RFC 8628: the person types a code on any device */
	EXS_SIGNIN_BROWSER,     /* RFC 8252: authorisation code with PKCE, back to a port of this machine */
} exs_signin_kind;

/* What the person must do. Texts live during the call. */
typedef struct exs_signin_prompt {
	const char *url;     /* to be opened */
	const char *code;    /* to be typed there; "" with EXS_SIGNIN_BROWSER */
	int64_t     seconds; /* how long there is for it */
} exs_signin_prompt;

typedef struct exs_signin_options {
	size_t          size; /* sizeof(exs_signin_options) */
	exs_signin_kind kind;
	const char     *permissions; /* of Microsoft Graph, parted by blanks: "Application.ReadWrite.All" */
	int64_t         deadline_ms; /* for the person; 0: 900,000 */
	/* Called once. Anything but EXS_OK ends it. */
	exs_status (*show)(void *self, const exs_signin_prompt *prompt, exs_error *error);
	void *self;
} exs_signin_options;

/*
 * Signs a person in to the credential's tenant, with the credential's client id, for Microsoft Graph. The credential needs no
 * signer. E_SIGNIN when the person declined or let the time pass. On success *ret_bearer is the caller's.
 */
EXS_MUST_USE exs_status exs_signin(const exs_context *context, exs_credential *credential,
                                   const exs_signin_options *options, exs_bearer **ret_bearer,
                                   exs_error *error);

/* A bearer that came from elsewhere. The bytes are copied; the caller wipes its own. */
EXS_MUST_USE exs_status exs_bearer_adopt(const exs_context *context, const char *token, size_t length,
                                         exs_bearer **ret_bearer, exs_error *error);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
