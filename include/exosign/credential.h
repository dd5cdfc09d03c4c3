/*
 * A credential: what turns a signer into bearers.
 *
 * A bearer is an OAuth 2.0 access token (RFC 6750). A credential signs a client assertion
 * (RFC 7523, entra-graph.md 1), redeems it at the token endpoint with the client credentials grant
 * (RFC 6749 section 4.4), and keeps the bearer in memory until shortly before it expires. It may be used from
 * several threads: one of them fetches while the others wait for the same bearer.
 */
#ifndef EXOSIGN_CREDENTIAL_H
#define EXOSIGN_CREDENTIAL_H

#include <exosign/signer.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* How to reach the network. All strings may be NULL; they are copied. */
typedef struct exs_network {
	size_t      size;         /* sizeof(exs_network) */
	const char *ca_file;      /* PEM roots instead of the system's */
	const char *proxy;        /* URL of a proxy; "" means none; NULL: none */
	const char *no_proxy;     /* hosts reached without it, comma separated */
	const char *user_agent;   /* appended to ours */
	int64_t     connect_ms;   /* 0: 30,000 */
	int64_t     deadline_ms;  /* a whole request; 0: 960,000 (exchange-rest.md 2.9) */
	unsigned    attempts;     /* 0: 5 */
	/* an https:// proxy that asks for a client certificate is shown the signer's; its key signs in each new connection */
	bool        proxy_tls_auth;
} exs_network;

/* The hosts of a cloud and what the profile overrides. All strings may be NULL; they are copied. */
typedef struct exs_identity {
	size_t      size;              /* sizeof(exs_identity) */
	const char *cloud;             /* "public", "usgov", "usgovdod", "china", "sandbox" */
	const char *tenant;            /* GUID or domain */
	const char *organization;      /* initial onmicrosoft.com domain, for routing */
	const char *client_id;
	const char *endpoint_login;    /* overrides, "https://host[:port]" */
	const char *endpoint_graph;
	const char *endpoint_exchange;
	const char *endpoint_compliance;
	const char *endpoint_vault;
	/* other issuers than Entra (RFC 7523) */
	const char *token_endpoint;    /* NULL: the cloud's v2.0 endpoint of the tenant */
	const char *assertion_audience; /* NULL: the token endpoint */
	const char *kid;               /* header `kid`; NULL: none */
	bool        x5c;               /* send the certificate in the header */
	int64_t     assertion_lifetime; /* seconds; 0: 600 */
	/* instead of an assertion, the certificate in TLS with the token endpoint (RFC 8705 section 2.1); with token_endpoint only */
	bool        tls_client_auth;
} exs_identity;

/*
 * Loads what the first request needs (libcurl and the libraries behind it) in a thread of its own, so that it happens while a
 * device thinks or a person types. Optional. Free the preparation before the process ends: that waits for the thread.
 */
typedef struct exs_preparation exs_preparation;
EXS_MUST_USE exs_status exs_network_prepare(exs_preparation **ret_preparation, exs_error *error);
void exs_preparation_free(exs_preparation *preparation);

typedef struct exs_credential exs_credential;

/*
 * The signer stays the caller's and must outlive the credential. Without one (NULL) the credential can tell addresses but
 * neither sign nor get a bearer.
 */
EXS_MUST_USE exs_status exs_credential_new(const exs_context *context, exs_signer *signer,
                                           const exs_identity *identity,
                                           const exs_network *network,
                                           exs_credential **ret_credential, exs_error *error);
void exs_credential_free(exs_credential *credential);

/* An immutable, counted value. */
typedef struct exs_bearer exs_bearer;

typedef enum exs_fetch {
	EXS_FETCH_CACHED, /* the kept one when it is fresh */
	EXS_FETCH_NEW,    /* past the cache */
} exs_fetch;

/*
 * A bearer for the scope ("https://outlook.office365.com/.default"; the short names "exchange", "graph",
 * "vault", "compliance" mean the cloud's). Free it with exs_bearer_free().
 */
EXS_MUST_USE exs_status exs_credential_bearer(exs_credential *credential, const char *scope,
                                              exs_fetch fetch, exs_bearer **ret_bearer,
                                              exs_error *error);
void exs_bearer_free(exs_bearer *bearer);

/* The secret itself, for the wire. Not NUL-terminated; lives as long as the bearer. */
const char *exs_bearer_reveal(const exs_bearer *bearer, size_t *ret_length);
const char *exs_bearer_scope(const exs_bearer *bearer);
int64_t     exs_bearer_issued(const exs_bearer *bearer);  /* seconds since 1970, our clock */
int64_t     exs_bearer_expires(const exs_bearer *bearer); /* seconds since 1970, our clock */
/* First bytes of the SHA-256 of the bearer, hexadecimal: names it without showing it. */
const char *exs_bearer_fingerprint(const exs_bearer *bearer);
/* The claims as JSON text when the bearer is a JWT, else "". Claims are not secret; they are not verified. */
const char *exs_bearer_claims(const exs_bearer *bearer);

/* A fresh assertion for an audience (NULL: the identity's). The text is a credential until it expires. */
typedef struct exs_assertion exs_assertion;
EXS_MUST_USE exs_status exs_assertion_create(exs_credential *credential, const char *audience,
                                             exs_assertion **ret_assertion, exs_error *error);
const char *exs_assertion_reveal(const exs_assertion *assertion, size_t *ret_length);
int64_t     exs_assertion_expires(const exs_assertion *assertion);
void        exs_assertion_free(exs_assertion *assertion);

/*
 * Splits a JWS in compact form (RFC 7515 section 7.1) and returns its header and payload as JSON text, each to be
 * freed with exs_text_free(). Nothing is verified.
 */
EXS_MUST_USE exs_status exs_assertion_decode(const char *jws, size_t length, char **ret_header,
                                             char **ret_payload, exs_error *error);
void exs_text_free(char *text);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
