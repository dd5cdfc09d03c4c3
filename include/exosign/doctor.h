/*
 * Everything that can be wrong between a profile and a cmdlet, a finding a check: module, token, PIN, key, certificate, network,
 * clock, access token, rights.
 *
 * Without `live` nobody logs in, nothing is signed and no secret leaves the machine: services are asked for what they tell everybody.
 * With it there is one login, under the same rules as everywhere, an access token, and a cmdlet that only reads. No finding holds a
 * secret, so that all of them can be mailed; they do name hosts, tenant, token and certificate.
 */
#ifndef EXOSIGN_DOCTOR_H
#define EXOSIGN_DOCTOR_H

#include <exosign/check.h>
#include <exosign/exchange.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* Texts are never NULL and live during the call. */
typedef struct exs_doctor_finding {
	const char       *name;    /* stable: "module", "tls", "access-token" */
	exs_check_verdict verdict;
	const char       *found;   /* what was found, one line */
	const char       *why;     /* why that is the verdict, or "" */
	const char       *fix;     /* the command or the act that mends it, or "" */
	const char       *code;    /* the error that use would end with: "E-TLS-CA", or "" */
	exs_status        status;  /* its status; EXS_OK for what is fine or was not tried */
} exs_doctor_finding;

/* Called for each finding as it is made, in the order of exs_doctor_check_name(); EXS_OK goes on. */
typedef exs_status (*exs_doctor_visit)(void *self, const exs_doctor_finding *finding,
                                       exs_error *error);

typedef struct exs_doctor_options {
	size_t                      size;     /* sizeof(exs_doctor_options) */
	const exs_signer_options   *signer;   /* NULL, or without key_uri: no key is configured */
	const exs_identity         *identity; /* NULL: no directory is configured */
	const exs_network          *network;  /* may be NULL */
	const exs_exchange_options *exchange; /* may be NULL */
	bool                        live;
	int64_t                     due_seconds; /* a certificate that ends sooner is doubtful; 0: 30 days */
} exs_doctor_options;

/* Tells every finding, one a check. EXS_OK says that all checks were made or told as not tried, whatever they found. */
EXS_MUST_USE exs_status exs_doctor_walk(const exs_context *context, const exs_doctor_options *options,
                                        exs_doctor_visit visit, void *self, exs_error *error);

/* The names of the checks in their order, for lists and for tests; NULL past the last. */
const char *exs_doctor_check_name(size_t index);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
