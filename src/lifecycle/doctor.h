/*
 * One run of exs_doctor_walk(): what it holds, its rows, and what a check writes.
 *
 * A check fills in a finding and returns EXS_OK whatever it found; only want of memory and giving up end the run. A row that stands
 * on another one that is broken is not tried, so that the one cause turns one line.
 */
#ifndef LIFECYCLE_DOCTOR_H
#define LIFECYCLE_DOCTOR_H

#include "base/context.h"
#include "base/error.h"
#include "lifecycle/doctor_device.h"
#include "oauth/probe.h"

#include <exosign/doctor.h>

enum { DOCTOR_TEXT_MAX = 8 * 1024, DOCTOR_DUE_S = 30 * 86400 };

typedef struct doctor_finding {
	exs_check_verdict verdict;
	buf        found, why, fix;
	char       code[64];
	exs_status status;
} doctor_finding;

typedef enum doctor_check {
	DOCTOR_MODULE,
	DOCTOR_TOKEN,
	DOCTOR_PIN,
	DOCTOR_LOGIN,
	DOCTOR_KEY,
	DOCTOR_CERTIFICATE,
	DOCTOR_EXPIRY,
	DOCTOR_STRENGTH,
	DOCTOR_IDENTITY,
	DOCTOR_PROXY,
	DOCTOR_NAMES,
	DOCTOR_NETWORK,
	DOCTOR_TLS,
	DOCTOR_TENANT,
	DOCTOR_CLOCK,
	DOCTOR_SIGNATURE,
	DOCTOR_ACCESS_TOKEN,
	DOCTOR_PERMISSION,
	DOCTOR_ROLE,
	DOCTOR_APP,
	DOCTOR_CMDLET,
	DOCTOR_CHECKS
} doctor_check;

/* The certificate that would be used, as far as it can be told without a login. */
typedef struct doctor_certificate {
	bool     there, key_seen;
	unsigned n; /* that were found */
	char     sha1[41], sha256[65], public_sha256[65], key_type[32], signature_alg[64];
	buf      subject, issuer, where;
	int64_t  not_before, not_after;
} doctor_certificate;

typedef struct doctor {
	const exs_context *context;
	exs_doctor_options options;
	exs_signer_options signer_options; /* copies of what was given, zero where nothing was */
	exs_doctor_visit   visit;
	void              *self;
	exs_check_verdict  verdicts[DOCTOR_CHECKS];
	device_views       views;
	doctor_certificate certificate;
	exs_credential    *blind; /* addresses only */
	probe              probes[CLOUD_ENDPOINTS];
	exs_signer        *signer;
	exs_error         *signer_problem; /* why there is none */
	exs_credential    *credential;     /* with the signer */
	exs_bearer        *bearer;
	exs_error         *bearer_problem;
} doctor;

/* The checks, each named as its row. */
exs_status doctor_module(doctor *d, doctor_finding *f, exs_error *error);
exs_status doctor_token(doctor *d, doctor_finding *f, exs_error *error);
exs_status doctor_pin(doctor *d, doctor_finding *f, exs_error *error);
exs_status doctor_login(doctor *d, doctor_finding *f, exs_error *error);
exs_status doctor_key(doctor *d, doctor_finding *f, exs_error *error);
exs_status doctor_certificate_found(doctor *d, doctor_finding *f, exs_error *error);
exs_status doctor_expiry(doctor *d, doctor_finding *f, exs_error *error);
exs_status doctor_strength(doctor *d, doctor_finding *f, exs_error *error);
exs_status doctor_identity(doctor *d, doctor_finding *f, exs_error *error);
exs_status doctor_proxy(doctor *d, doctor_finding *f, exs_error *error);
exs_status doctor_names(doctor *d, doctor_finding *f, exs_error *error);
exs_status doctor_network(doctor *d, doctor_finding *f, exs_error *error);
exs_status doctor_tls(doctor *d, doctor_finding *f, exs_error *error);
exs_status doctor_tenant(doctor *d, doctor_finding *f, exs_error *error);
exs_status doctor_clock(doctor *d, doctor_finding *f, exs_error *error);
exs_status doctor_signature(doctor *d, doctor_finding *f, exs_error *error);
exs_status doctor_access_token(doctor *d, doctor_finding *f, exs_error *error);
exs_status doctor_permission(doctor *d, doctor_finding *f, exs_error *error);
exs_status doctor_role(doctor *d, doctor_finding *f, exs_error *error);
exs_status doctor_app(doctor *d, doctor_finding *f, exs_error *error);
exs_status doctor_cmdlet(doctor *d, doctor_finding *f, exs_error *error);

/* What a finding says, for checks. Texts are appended; broken and doubtful take the code's status and its default fix. */
void doctor_broken(doctor_finding *f, error_id id);
void doctor_doubtful(doctor_finding *f, error_id id);
void doctor_not_tried(doctor_finding *f, const char *why);
/* Broken as the error says: its message, why, fix, code and status. */
void doctor_take(doctor_finding *f, const exs_error *cause);
/* Instead of the fix that is there. */
void doctor_fix(doctor_finding *f, const char *text);

/* An error of one's own with a copy of this one; NULL without memory. */
exs_error *doctor_keep(const exs_error *cause);

#endif
