/*
 * Certificates and requests for keys in a device: made, imported and deleted. What is signed is signed in the device.
 */
#ifndef EXOSIGN_ISSUE_H
#define EXOSIGN_ISSUE_H

#include <exosign/token.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* A certificate that was made, imported or is to be deleted; or a request. */
typedef struct exs_issued exs_issued;

typedef struct exs_issued_facts {
	const char *uri;     /* of the certificate on the token; "" for a request */
	const char *key_uri; /* "" when its key was not looked for */
	const char *token_label, *token_serial;
	const char *subject; /* RFC 2253 */
	const char *issuer, *serial, *sha1, *sha256; /* hexadecimal in upper case; "" for a request */
	const char *sha1_base64url, *sha256_base64url;
	const char *public_key_sha256;
	const char *signature; /* "RSA-SHA256", "RSASSA-PSS", "ecdsa-with-SHA256" */
	int64_t     not_before, not_after; /* seconds since 1970 */
	const char *pem;
	bool        was_there;    /* imported, but the token held it already */
	unsigned    replaced;     /* certificates of the key that were deleted */
	unsigned    chain;        /* issuers' certificates that were written */
	bool        last_of_key;  /* to be deleted: the token has no other certificate for its key */
} exs_issued_facts;

/* The facts live as long as the object. */
const exs_issued_facts *exs_issued_describe(const exs_issued *issued);
/* Would a profile with this key URI use the certificate: its token, and its id or label where the URI has them? */
bool exs_issued_is_used_by(const exs_issued *issued, const char *key_uri);
/* Takes NULL. */
void exs_issued_free(exs_issued *issued);

typedef enum exs_name_kind { EXS_NAME_DNS, EXS_NAME_URI, EXS_NAME_EMAIL, EXS_NAME_IP } exs_name_kind;

/* One subjectAltName. */
typedef struct exs_alternative_name {
	exs_name_kind kind;
	const char   *value;
} exs_alternative_name;

typedef struct exs_issue_wish {
	size_t      size;    /* sizeof(exs_issue_wish) */
	const char *subject; /* RFC 4514: "CN=exo,O=Contoso\\, Inc." */
	unsigned    days;    /* 0: 365; requests have none */
	bool        pss;     /* RSASSA-PSS with SHA-256; else PKCS #1 v1.5 with SHA-256 for RSA keys */
	bool        replace; /* a certificate of the key is deleted once the new one stands */
	bool        allow_extractable; /* the named exception of promise 1 */
	const exs_alternative_name *names;
	size_t      n_names;
} exs_issue_wish;

/*
 * A self-signed certificate for the key that the access names, written beside it. E_CERT_EXISTS when it has one and replace is not
 * set. On success *ret_issued is the caller's.
 */
EXS_MUST_USE exs_status exs_certificate_create(const exs_context *context,
                                               const exs_token_access *access,
                                               const exs_issue_wish *wish, exs_issued **ret_issued,
                                               exs_error *error);

/* A PKCS #10 request for the key; nothing is written to the token. */
EXS_MUST_USE exs_status exs_request_create(const exs_context *context,
                                           const exs_token_access *access,
                                           const exs_issue_wish *wish, exs_issued **ret_issued,
                                           exs_error *error);

typedef struct exs_import {
	size_t      size;  /* sizeof(exs_import) */
	const char *bytes; /* PEM, DER or PKCS #7 */
	size_t      length; /* at most 1 MiB */
	const char *name;  /* of the file, for messages */
	bool        without_chain; /* else issuers' certificates are written too */
	bool        replace;
} exs_import;

/* Writes the certificate that belongs to the key beside it; E_CERT_MISMATCH when none of them does. */
EXS_MUST_USE exs_status exs_certificate_import(const exs_context *context,
                                               const exs_token_access *access,
                                               const exs_import *import, exs_issued **ret_issued,
                                               exs_error *error);

/* Asked before anything is lost; anything but EXS_OK, with the error filled, keeps the certificate. */
typedef exs_status (*exs_issued_confirm)(void *self, const exs_issued *issued, exs_error *error);

/* Deletes the one certificate that the access names by id or label. *ret_issued is what is gone. */
EXS_MUST_USE exs_status exs_certificate_delete(const exs_context *context,
                                               const exs_token_access *access,
                                               exs_issued_confirm confirm, void *self,
                                               exs_issued **ret_issued, exs_error *error);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
