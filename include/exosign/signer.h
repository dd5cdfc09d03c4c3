/*
 * A key inside a device that signs.
 *
 * There is one kind of signer: a private key behind a PKCS#11 URI (RFC 7512). No constructor takes a
 * key as bytes, a PFX, a PEM file or a client secret (DESIGN.md promise 1).
 */
#ifndef EXOSIGN_SIGNER_H
#define EXOSIGN_SIGNER_H

#include <exosign/context.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* JOSE algorithms (RFC 7518 section 3.1). Entra takes RSA only (entra-graph.md 1.3). */
typedef enum exs_alg {
	EXS_ALG_DEFAULT, /* PS256 for an RSA key, ES256/ES384 for an EC key by its curve */
	EXS_ALG_PS256,
	EXS_ALG_PS384,
	EXS_ALG_PS512,
	EXS_ALG_RS256,
	EXS_ALG_RS384,
	EXS_ALG_RS512,
	EXS_ALG_ES256,
	EXS_ALG_ES384,
} exs_alg;

/* "PS256"; "default" for EXS_ALG_DEFAULT; never NULL. */
const char *exs_alg_name(exs_alg alg);
/* The other way; false when the name (length bytes) is no algorithm of ours. */
bool exs_alg_parse(const char *name, size_t length, exs_alg *ret_alg);

/* What a PIN is wanted for; all text is UTF-8, lives only during the call. */
typedef struct exs_pin_request {
	const char *token_label;
	const char *token_serial;
	const char *key_label;       /* "" when it is the token's PIN and no key's */
	bool        context_specific; /* for one signature (CKA_ALWAYS_AUTHENTICATE), not for login */
	bool        count_low;       /* CKF_USER_PIN_COUNT_LOW: a wrong PIN was entered before */
	bool        final_try;       /* CKF_USER_PIN_FINAL_TRY: the next wrong PIN locks */
	int         failures_known;  /* wrong PINs counted by us since the last good one */
	unsigned    minimum_length;  /* bytes, from the token; 0: not told */
	unsigned    maximum_length;
} exs_pin_request;

/* Where the PIN went: hand it over with exs_pin_sink_put(), at most once. */
typedef struct exs_pin_sink exs_pin_sink;
/* Copies length bytes into locked memory that wipes itself. The caller wipes its own copy. */
EXS_MUST_USE exs_status exs_pin_sink_put(exs_pin_sink *sink, const char *pin, size_t length,
                                         exs_error *error);

/*
 * Where PINs come from. ask() is called at most once for each login; it puts the PIN into the sink
 * and returns EXS_OK, or says why there is none (EXS_PIN, EXS_CONFIG, EXS_CANCELLED). `attended` tells
 * whether a person answers: a stored PIN is not sent when the token says that a try was lost.
 */
typedef struct exs_pin_source {
	void *self; /* must outlive the signer: after the token was away it is asked again */
	bool  attended;
	const char *name; /* for messages: "file /etc/...", "credential exo-pin", "the terminal" */
	exs_status (*ask)(void *self, const exs_pin_request *request, exs_pin_sink *sink,
	                  exs_error *error);
} exs_pin_source;

typedef struct exs_signer_options {
	size_t      size;          /* sizeof(exs_signer_options) */
	/*
	 * RFC 7512; may name the module with module-name or module-path. Or "thumbprint:HEX": the key to which the certificate with
	 * this SHA-1 or SHA-256 thumbprint belongs. Several, parted by blanks, are devices for one identity: the first that
	 * is there signs, another when it is gone. They hold the same key, or each has a certificate of its own.
	 */
	const char *key_uri;
	const char *certificate;   /* NULL or "token": the one beside the key; "thumbprint:HEX": that one on
	                              the token; else a PEM or DER file */
	exs_alg     alg;
	bool        without_certificate; /* sign without one (issuers that go by kid alone) */
	bool        allow_extractable; /* the named exception of promise 1; every use is logged */
	exs_pin_source pin;        /* ask NULL: there is no PIN and a login is refused */
	bool        last_try;      /* a person confirmed that the token's last try may be used */
	bool        forget_pin_failure; /* send a PIN although one failed before; never the last try */
	const char *state_directory; /* memory of failed PINs (0700); NULL: none, logins are refused
	                                for sources that are not attended */
	int64_t     deadline_ms;   /* for each step in the device; 0: 30,000 */
	unsigned    max_sessions;  /* at most so many signatures at once; 0: 4 */
	bool        pss_in_token;  /* PS256 and its kin only where the device pads; else we may, over raw RSA */
} exs_signer_options;

typedef struct exs_signer exs_signer;

/*
 * Finds exactly one private key, logs in once if the device wants it, checks the key's attributes
 * (refused: extractable, not sensitive, may not sign) and that the certificate belongs to it by public
 * key and is valid now. On success *ret_signer is the caller's and may sign from any thread.
 */
EXS_MUST_USE exs_status exs_signer_open(const exs_context *context,
                                        const exs_signer_options *options,
                                        exs_signer **ret_signer, exs_error *error);

/* Logs out and lets go of the device. Takes NULL. */
void exs_signer_free(exs_signer *signer);

/* A fact the device could say, deny, or not tell. */
typedef enum exs_tristate { EXS_NO, EXS_YES, EXS_NOT_TOLD } exs_tristate;

/* What is known of the key. Strings belong to the signer. */
typedef struct exs_signer_facts {
	const char *key_uri;        /* ready to paste, without any PIN */
	const char *token_label;
	const char *token_serial;
	const char *token_model;
	const char *module_path;
	const char *key_type;       /* "RSA-2048", "EC P-256" */
	exs_alg     alg;            /* the one that will be used */
	const char *mechanism;      /* "CKM_RSA_PKCS_PSS" after the first signature, else "" */
	exs_tristate sensitive, always_sensitive, extractable, never_extractable, local;
	exs_tristate always_authenticate;
	const char *certificate_subject; /* RFC 2253; "" without a certificate, as are the next */
	const char *certificate_serial;  /* hexadecimal */
	const char *certificate_sha1;    /* upper-case hexadecimal, as portals print it */
	const char *certificate_sha256;
	int64_t     certificate_not_before; /* seconds since 1970 */
	int64_t     certificate_not_after;
	const char *public_key_sha256;   /* of the SubjectPublicKeyInfo, hexadecimal */
} exs_signer_facts;

/* The facts live as long as the signer; of several devices, those of the one that was used last. */
const exs_signer_facts *exs_signer_describe(const exs_signer *signer);

/*
 * Signs message_len bytes and writes the JOSE signature (RFC 7518 sections 3.3-3.5: for EC r and s
 * side by side). *signature_len is the room on the way in (1024 suffices) and the length on the
 * way out. The first signature of a signer is verified against the public half.
 */
EXS_MUST_USE exs_status exs_signer_sign(exs_signer *signer, const unsigned char *message,
                                        size_t message_len, unsigned char *signature,
                                        size_t *signature_len, exs_error *error);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
