/*
 * An app registration from nothing to a working app, and through every renewal (entra-graph.md 3): as steps that can be shown
 * before they are done, resumed after an interruption, and repeated without harm.
 *
 * Each step looks first whether it is done already, wherever that can be seen: in the device, in the directory, in the
 * profile. What cannot be seen stands in a journal in the state directory, written before and after each step, private and
 * without secrets. At every instant of a renewal the profile names a key that the directory knows.
 */
#ifndef EXOSIGN_APP_H
#define EXOSIGN_APP_H

#include <exosign/exchange.h>
#include <exosign/keys.h>
#include <exosign/signin.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

typedef enum exs_step_state {
	EXS_STEP_DONE,     /* nothing to do: it was so before */
	EXS_STEP_NEEDED,   /* a plan: it would be done */
	EXS_STEP_BEGUN,    /* it is being done */
	EXS_STEP_MADE,     /* it was done now, and looked at afterwards */
	EXS_STEP_LEFT_OUT, /* not wanted, or not possible with these rights; the detail says why */
	EXS_STEP_WAITING,  /* somebody else, or time, must do something first; the detail says what */
} exs_step_state;

/* "done", "needed" ...; never NULL. */
const char *exs_step_state_name(exs_step_state state);

/* Texts live during the visit. */
typedef struct exs_step {
	const char    *name;   /* stable: "application", "upload" */
	const char    *title;  /* a sentence for people */
	exs_step_state state;
	const char    *detail; /* ids, names, dates; or "" */
} exs_step;

/* EXS_OK goes on. Anything else ends it there: nothing further is done. */
typedef exs_status (*exs_step_visit)(void *self, const exs_step *step, exs_error *error);

/* What is to stand in the profile. NULL: unchanged. */
typedef struct exs_profile_values {
	const char *client_id, *key;
} exs_profile_values;

/* The profile is the program's: it says whether these values stand there, and puts them there in one step (all or nothing). */
typedef struct exs_profile_store {
	void *self;
	exs_status (*holds)(void *self, const exs_profile_values *values, bool *ret, exs_error *error);
	exs_status (*put)(void *self, const exs_profile_values *values, exs_error *error);
} exs_profile_store;

typedef enum exs_key_method {
	EXS_KEY_BY_PROOF, /* addKey and removeKey, proved by a key the app has: no permission is needed */
	EXS_KEY_BY_PATCH, /* the whole list of certificates: Application.ReadWrite.OwnedBy, or an administrator */
} exs_key_method;

typedef struct exs_app_options {
	size_t                    size;     /* sizeof(exs_app_options) */
	const exs_identity       *identity; /* client_id NULL or "": none is known yet */
	const exs_network        *network;
	const exs_signer_options *signer;   /* of the profile's key, with PIN source and state directory */
	const exs_exchange_options *exchange;
	const exs_bearer         *administrator; /* NULL: the app's own token does what it may */
	const char               *state_directory; /* the journal's place; needed for everything but status */
	const char               *profile;  /* its name: names the journal of a setup */
	exs_profile_store         store;    /* holds NULL: the profile is left alone */
	/* setup */
	const char *name;        /* of the application */
	const char *permission;  /* NULL: Exchange.ManageAsApp */
	const char *role;        /* directory role by name or template id; NULL or "none": none is assigned */
	const char *justification; /* NULL; goes to the journal and the log */
	const char *subject;     /* of the certificate; NULL: CN= and the application's name */
	/* keys and certificates */
	exs_key_kind kind;
	unsigned     days;        /* of a self-signed certificate; 0: 365, or less when the tenant's policy says so */
	const char  *object_id;   /* of the application; NULL: from the journal or the directory */
	/* renewal */
	const char    *new_key;   /* URI of the key that takes over */
	exs_key_method method;
	int64_t        overlap_s; /* how long the old certificate stays registered; 0: removed at once */
	bool           authority; /* the certificate comes from an authority: request out, certificate in */
	const char    *issued;    /* its file, when there is one already */
	/* called with the request, PEM, when one is made */
	exs_status (*take_request)(void *self, const char *pem, exs_error *error);
	void *take_self;
	const char    *retire;    /* thumbprint or key id of what is to go; NULL: what a renewal left */
} exs_app_options;

/*
 * Makes what is missing between a tenant and a working app; with plan only says what that is. EXS_INCOMPLETE when rights have
 * not arrived everywhere in time: run it again. E_APP_BUSY when another one runs.
 */
EXS_MUST_USE exs_status exs_app_setup(const exs_context *context, const exs_app_options *options,
                                      bool plan, exs_step_visit visit, void *self, exs_error *error);

/* Registers the certificate of new_key beside the others; nothing else changes. */
EXS_MUST_USE exs_status exs_app_key_add(const exs_context *context, const exs_app_options *options,
                                        bool plan, exs_step_visit visit, void *self, exs_error *error);

/* A new key takes over from the profile's: made, registered, proved, put into the profile; the old one goes after the overlap. */
EXS_MUST_USE exs_status exs_app_key_rotate(const exs_context *context, const exs_app_options *options,
                                           bool plan, exs_step_visit visit, void *self,
                                           exs_error *error);

/* Takes a certificate away from the app. Never the last that is valid, never the one the profile signs with. */
EXS_MUST_USE exs_status exs_app_key_retire(const exs_context *context, const exs_app_options *options,
                                           bool plan, exs_step_visit visit, void *self,
                                           exs_error *error);

/* One row of the status: {"kind":..., "name":..., "state":..., ...} as JSON. It lives during the visit. */
typedef exs_status (*exs_status_visit)(void *self, const char *row, size_t length, exs_error *error);

/*
 * Application, service principal, permissions, roles, policy, and certificates in the directory side by side with those on the
 * token: matched, expiring, expired, unknown (in the directory only), orphaned (on the token only). What the token may not
 * read is a row that says so.
 */
EXS_MUST_USE exs_status exs_app_status(const exs_context *context, const exs_app_options *options,
                                       int64_t due_seconds, exs_status_visit visit, void *self,
                                       exs_error *error);

/*
 * The address at which an administrator consents to what the app asks for. redirect NULL: the older address, which needs none.
 * Free it with exs_text_free() (credential.h).
 */
EXS_MUST_USE exs_status exs_app_consent_url(const exs_context *context, const exs_identity *identity,
                                            const exs_network *network, const char *redirect,
                                            char **ret_url, exs_error *error);

/* The directory roles that make sense for an app, least first; false past the last. */
typedef struct exs_app_role {
	const char *name, *template_id;
	const char *can;
	bool        compliance, broad;
} exs_app_role;
bool exs_app_role_at(size_t index, exs_app_role *ret);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
