/*
 * Certificates: those on tokens, by the names of their keys, and those in files. Nobody logs in and no PIN is asked for.
 */
#ifndef EXOSIGN_CERTIFICATE_H
#define EXOSIGN_CERTIFICATE_H

#include <exosign/signer.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* What a certificate says. All text is UTF-8 and "" where there is nothing to say; it lives only during the visit. */
typedef struct exs_certificate_facts {
	const char *where;        /* its URI on the token, or the path of its file */
	const char *label;        /* on the token */
	const char *key_uri;      /* the private key that goes with it; "" for a file */
	bool        key_seen;     /* a key on the token has the same public half; false also when it only shows
	                             after a login */
	bool        attestation;  /* the device made it to say where the key comes from; no credential */
	const char *subject, *issuer;  /* RFC 2253 */
	const char *serial;            /* upper-case hexadecimal */
	const char *key_type;          /* "RSA-2048", "EC P-256" */
	const char *signature_alg;     /* "RSA SHA256", "RSASSA-PSS SHA256", "ECDSA SHA384" */
	const char *sha1, *sha256;     /* thumbprints, upper-case hexadecimal */
	const char *x5t, *x5t_s256;    /* the same, base64url without padding (RFC 7515 sections 4.1.7, 4.1.8) */
	const char *public_key_sha256; /* of the SubjectPublicKeyInfo */
	const char *const *names;      /* subjectAltName, "DNS:a.example"; n_names of them */
	size_t      n_names;
	int64_t     not_before, not_after; /* seconds since 1970 */
	const unsigned char *der;
	size_t      der_len;
} exs_certificate_facts;

/* EXS_OK goes on. */
typedef exs_status (*exs_certificate_visit)(void *self, const exs_certificate_facts *facts,
                                            exs_error *error);

/*
 * Visits the certificates of the keys that are named as in exs_signer_options.key_uri: by URI (with type=cert it names
 * certificates themselves, without id and object all of a token) or by thumbprint. names NULL: every certificate there is.
 * When there is none, E-CERT-ABSENT says what was looked at. deadline_ms as in exs_signer_options.
 */
EXS_MUST_USE exs_status exs_certificate_walk(const exs_context *context, const char *names,
                                             int64_t deadline_ms, exs_certificate_visit visit,
                                             void *self, exs_error *error);

/* Visits the certificate in a DER or PEM file, the first when there are several. A file with a private key is refused. */
EXS_MUST_USE exs_status exs_certificate_read(const char *path, exs_certificate_visit visit,
                                             void *self, exs_error *error);

/*
 * The one key that is named, as a PKCS#11 URI: by a URI as it is, by a thumbprint as exs_signer_open() would find it, whether
 * its certificate is still valid or not. EXS_USAGE when several are named. Free it with exs_text_free() (credential.h).
 */
EXS_MUST_USE exs_status exs_key_find(const exs_context *context, const char *name,
                                     int64_t deadline_ms, char **ret_uri, exs_error *error);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
