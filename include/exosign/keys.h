/*
 * Key pairs in a token: made there, looked at, removed, and vouched for.
 *
 * What a device says of a key are claims of a library in our own process. They are handed on as such, each of them yes,
 * no or not told; evidence (below) keeps them apart from what is proved.
 */
#ifndef EXOSIGN_KEYS_H
#define EXOSIGN_KEYS_H

#include <exosign/token.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* Kinds of key pairs that are made. */
typedef enum exs_key_kind {
	EXS_KEY_RSA2048,
	EXS_KEY_RSA3072,
	EXS_KEY_RSA4096,
	EXS_KEY_P256,
	EXS_KEY_P384,
} exs_key_kind;

/* "rsa2048"; never NULL. */
const char *exs_key_kind_name(exs_key_kind kind);
/* The other way; false when the name is none. */
bool exs_key_kind_parse(const char *name, exs_key_kind *ret_kind);

/* One claim: "sensitive", EXS_YES. */
typedef struct exs_key_attribute {
	const char  *name;
	exs_tristate value;
} exs_key_attribute;

/* A certificate on the token whose public key is the key's. */
typedef struct exs_key_certificate {
	const char *uri; /* ready to paste */
	const char *label;
	const char *subject, *issuer; /* RFC 2253 */
	const char *serial;           /* upper-case hexadecimal, as are the thumbprints */
	const char *sha1, *sha256;
	int64_t     not_before, not_after; /* seconds since 1970 */
	bool        attestation; /* the device made it to say where the key comes from; no credential */
} exs_key_certificate;

/* What is known of a key pair. Texts are "" when there is nothing to say; they belong to the exs_key. */
typedef struct exs_key_facts {
	const char *uri;   /* ready to paste, names the private key */
	const char *label;
	const char *id;    /* CKA_ID, hexadecimal */
	const char *type;  /* "RSA-2048", "EC P-256" */
	const char *public_key_sha256; /* of the SubjectPublicKeyInfo, upper-case hexadecimal; "" when not told */
	const char *token_uri, *token_label, *token_serial, *token_model, *token_manufacturer;
	const char *token_firmware;
	const char *module_path, *module_description, *module_version;
	const exs_key_attribute *attributes; /* CKA_SENSITIVE and so on, in a fixed order */
	size_t      n_attributes;
	const char *key_gen_mechanism; /* "CKM_RSA_PKCS_KEY_PAIR_GEN"; "" when not told */
	const char *const *allowed_mechanisms; /* CKA_ALLOWED_MECHANISMS */
	size_t      n_allowed_mechanisms; /* 0: all, or not told */
	const exs_key_certificate *certificates; /* by public key, whatever their labels and ids are */
	size_t      n_certificates;
} exs_key_facts;

/* What was learnt of a key pair; holds nothing of the device. */
typedef struct exs_key exs_key;
/* The facts live as long as the key. */
const exs_key_facts *exs_key_describe(const exs_key *key);
/* Takes NULL. */
void exs_key_free(exs_key *key);

/*
 * The facts as one JSON object, attributes as "yes", "no" and "not told". The text is the caller's: exs_text_free()
 * (credential.h).
 */
EXS_MUST_USE exs_status exs_key_print(const exs_key *key, bool with_certificates, char **ret_json,
                                      exs_error *error);

/*
 * Would this URI lead to the key: its token, its id and label where it gives them (a label may be one of its certificates')?
 * False also for a text that is no PKCS#11 URI. A "thumbprint:..." names it by one of its certificates.
 */
bool exs_key_is_named_by(const exs_key *key, const char *name);

typedef struct exs_key_wish {
	size_t       size; /* sizeof(exs_key_wish) */
	exs_key_kind kind;
	bool         always_authenticate; /* the device wants the PIN for each signature */
} exs_key_wish;

/*
 * Makes a key pair in the token that the URI names. The URI gives the label (object=) and may give the id; else the id is the
 * SHA-1 of the public key's bits where the module lets it be set, or random.
 *
 * The private key is sensitive, cannot be extracted and may sign, nothing else; its attributes are read back. E_KEY_EXISTS
 * when something on the token has the label or id already; E_KEY_EXTRACTABLE when the device made a key that could
 * leave it. After any failure, and when the host gave up meanwhile, the pair is destroyed again. A device has at least five
 * minutes to make a key; giving up (exs_hooks.cancelled) is noticed when the device is done.
 * On success *ret_key is the caller's.
 */
EXS_MUST_USE exs_status exs_key_generate(const exs_context *context, const exs_token_access *access,
                                         const exs_key_wish *wish, exs_key **ret_key,
                                         exs_error *error);

/*
 * Looks at the private key that the URI names, after a login when it takes one. E_KEY_ABSENT, E_KEY_AMBIGUOUS with the
 * candidates. On success *ret_key is the caller's.
 */
EXS_MUST_USE exs_status exs_key_show(const exs_context *context, const exs_token_access *access,
                                     exs_key **ret_key, exs_error *error);

/* Is asked once, before anything is removed; anything but EXS_OK ends it there with that status. */
typedef exs_status (*exs_key_confirm)(void *self, const exs_key *key, exs_error *error);

/*
 * Destroys the private key that the URI names and its public object. Certificates stay. *ret_key, when not NULL, is what
 * was destroyed and the caller's.
 */
EXS_MUST_USE exs_status exs_key_delete(const exs_context *context, const exs_token_access *access,
                                       exs_key_confirm confirm, void *self, exs_key **ret_key,
                                       exs_error *error);

typedef struct exs_evidence_options {
	size_t      size; /* sizeof(exs_evidence_options) */
	const char *certificate; /* NULL or "token": the best one beside the key, if there is one; else a PEM or DER file */
	const char *attestation_root; /* PEM or DER file with the root of the device's maker, or NULL */
	exs_alg     alg;
	bool        allow_extractable; /* as in exs_signer_options */
} exs_evidence_options;

/*
 * One document that says what is known of the private key that the URI names, signed by that key: a JWS in flattened JSON
 * (RFC 7515 section 7.2.2) whose payload keeps "claimed_by_module" apart from "proved". The header carries the certificate
 * (x5c), or the public key (jwk) when there is none.
 *
 * An attestation on the token (a YubiKey's certificate about its PIV key) is carried along; with attestation_root it is
 * verified and then among what is proved, and E_ATTESTATION when it does not lead to that root or there is none. E_KEY_EXTRACTABLE as
 * for any use of a key. The text is the caller's: exs_text_free().
 */
EXS_MUST_USE exs_status exs_evidence_make(const exs_context *context, const exs_token_access *access,
                                          const exs_evidence_options *options, char **ret_document,
                                          exs_error *error);

/*
 * Checks such a document without a device and without the network, and says as a JSON object what it proves and by what:
 * possession of the private key at the time of signing by its signature; where the key was made by its attestation, when
 * attestation_root (a file, or NULL) is the root it leads to. What the document itself calls proved counts for nothing.
 * E_EVIDENCE when it is malformed or its signature is wrong, E_ATTESTATION when attestation_root does not fit. The text is the
 * caller's: exs_text_free().
 */
EXS_MUST_USE exs_status exs_evidence_check(const char *document, size_t length,
                                           const char *attestation_root, char **ret_report,
                                           exs_error *error);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
