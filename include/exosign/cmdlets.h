/*
 * What an identity may run: cmdlets and their parameters, as the service tells them (exchange-rest.md 2.12), and what follows
 * from knowing them: names and values checked before they are sent, secrets encrypted for the service.
 *
 * The knowledge is fetched over the authenticated connection and kept in a file per cloud, tenant, client and service. What the
 * service sends is a script; it is read as data, nothing of it is run and nothing of it is kept.
 */
#ifndef EXOSIGN_CMDLETS_H
#define EXOSIGN_CMDLETS_H

#include <exosign/exchange.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

typedef struct exs_cmdlets exs_cmdlets;

/* Where it is kept, and for whom. Strings are borrowed for the call. */
typedef struct exs_cmdlets_place {
	size_t              size;      /* sizeof(exs_cmdlets_place) */
	const char         *directory; /* of this user alone; made when it is missing; NULL: kept nowhere */
	const exs_identity *identity;
	const char         *service;   /* "exchange" or "compliance" */
} exs_cmdlets_place;

/*
 * What is kept; *ret_cmdlets is NULL when nothing is. A file that is damaged, of another version or open to others counts as
 * nothing and is told to the log. Needs no device and no network.
 */
EXS_MUST_USE exs_status exs_cmdlets_read(const exs_context *context,
                                         const exs_cmdlets_place *place,
                                         exs_cmdlets **ret_cmdlets, exs_error *error);

/*
 * Asks the service, and keeps the answer. The key for secrets is pinned: another one than was kept is taken, because it came
 * over the authenticated connection, and told to the log as a notice with both fingerprints. That the answer cannot be kept
 * is a warning in the log and no failure.
 */
EXS_MUST_USE exs_status exs_cmdlets_fetch(exs_exchange *exchange, const exs_cmdlets_place *place,
                                          exs_cmdlets **ret_cmdlets, exs_error *error);
void exs_cmdlets_free(exs_cmdlets *cmdlets);

/* When it was fetched: seconds since 1970, our clock. */
int64_t exs_cmdlets_fetched(const exs_cmdlets *cmdlets);
/* SHA-256 of the public key (its SubjectPublicKeyInfo) that secrets are encrypted with, hexadecimal; "": none is known. */
const char *exs_cmdlets_key(const exs_cmdlets *cmdlets);

/* Strings belong to the cmdlets. */
typedef struct exs_cmdlet {
	const char *name;
	size_t      parameters;
	bool        parameters_known; /* else the service told the name alone */
} exs_cmdlet;

typedef struct exs_cmdlet_parameter {
	const char *name;
	const char *type;    /* "string", "switch", "securestring", "byte[]" ...; "": not told */
	const char *aliases; /* "A,B", or "" */
	bool        mandatory;       /* in every parameter set */
	bool        mandatory_often; /* in some */
} exs_cmdlet_parameter;

/* By name, in alphabetical order; false behind the last. */
bool exs_cmdlets_at(const exs_cmdlets *cmdlets, size_t index, exs_cmdlet *ret_cmdlet);
/* Any case; false when there is none. */
bool exs_cmdlets_find(const exs_cmdlets *cmdlets, const char *name, exs_cmdlet *ret_cmdlet);
/* In the service's order; false behind the last. */
bool exs_cmdlet_parameter_at(const exs_cmdlets *cmdlets, const exs_cmdlet *cmdlet, size_t index,
                             exs_cmdlet_parameter *ret_parameter);
/* The name nearest to a mistyped one, or NULL. */
const char *exs_cmdlets_nearest(const exs_cmdlets *cmdlets, const char *name);

/* Does the name match the pattern, in any case? * stands for anything, ? for one character. */
bool exs_cmdlet_matches(const char *name, const char *pattern);

/*
 * Holds a command against what is known: its names become the service's own, abbreviated parameters are completed where only one
 * begins so (as PowerShell binds them), and values that cannot be of their parameter's type are refused. E_CMDLET_UNKNOWN,
 * E_PARAMETER_UNKNOWN, E_PARAMETER or, for a secret that was written out, E_SECRET_ARGUMENT. With cmdlets NULL only the last,
 * by the parameter's name (exs_command_is_secret()).
 */
EXS_MUST_USE exs_status exs_command_bind(exs_command *command, const exs_cmdlets *cmdlets,
                                         exs_error *error);

/*
 * Is this a parameter whose value is a secret? Known from its type (securestring); where nothing is known (cmdlets NULL, the
 * cmdlet or the parameter is not there, no types) a name that ends in Password, or abbreviates it (Pass), counts as one.
 */
bool exs_command_is_secret(const char *cmdlet, const char *parameter, const exs_cmdlets *cmdlets);

/* -Name with a secret (UTF-8, 1 to 1024 bytes), which is copied into locked memory and shown nowhere. */
EXS_MUST_USE exs_status exs_command_secret(exs_command *command, const char *name,
                                           const char *text, size_t length, exs_error *error);
/* The name of a secret parameter that was given as a switch, so that its value is still to be asked for; NULL: none. */
const char *exs_command_secret_wanted(const exs_command *command, const exs_cmdlets *cmdlets);
bool exs_command_has_secrets(const exs_command *command);

/*
 * Encrypts the command's secrets with the service's public key: RSA, PKCS#1 v1.5 (RFC 8017 section 7.2), of the text as UTF-8,
 * in base64 (exchange-rest.md 2.5). Until then the command cannot be run. E_SECRET_KEY without a key.
 */
EXS_MUST_USE exs_status exs_command_seal(exs_command *command, const exs_cmdlets *cmdlets,
                                         exs_error *error);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
