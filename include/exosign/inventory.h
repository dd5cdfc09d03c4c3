/*
 * What devices there are: modules, tokens, keys, certificates. Never asks for a PIN and never logs in: what is
 * not public is counted as hidden.
 */
#ifndef EXOSIGN_INVENTORY_H
#define EXOSIGN_INVENTORY_H

#include <exosign/signer.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

typedef enum exs_inventory_kind {
	EXS_INVENTORY_MODULE,
	EXS_INVENTORY_TOKEN,
	EXS_INVENTORY_KEY,         /* a key pair seen through its private or public object */
	EXS_INVENTORY_CERTIFICATE,
} exs_inventory_kind;

/* One finding; members that do not apply to its kind are "" or EXS_NOT_TOLD. */
typedef struct exs_inventory_item {
	exs_inventory_kind kind;
	const char *uri;          /* ready to paste */
	const char *label;
	const char *module_name;  /* as p11-kit registers it, or "" */
	const char *module_path;
	const char *problem;      /* why this module or token could not be read, or "" */
	/* modules and tokens */
	const char *manufacturer, *model, *serial, *firmware;
	bool        login_required, pin_pad, pin_count_low, pin_final_try, pin_locked, initialised;
	/* keys and certificates */
	const char *id;           /* CKA_ID, hexadecimal */
	const char *key_type;     /* "RSA-2048" */
	bool        private_visible; /* the private half can be seen without a login */
	exs_tristate sensitive, extractable, never_extractable, local, always_authenticate;
	const char *subject, *issuer, *certificate_serial;
	const char *sha1, *sha256, *public_key_sha256;
	const char *matches;      /* a certificate: the id of the key it belongs to by public key, or "" */
	int64_t     not_before, not_after;
	const char *key_uri;      /* a certificate: the private key it belongs to; when that does not show
	                             without a login (matches is ""), the one that goes with it by its id */
	const unsigned char *der; /* a certificate itself, or NULL */
	size_t      der_len;
} exs_inventory_item;

/* Called for each finding, a module before its tokens, a token before its objects; EXS_OK goes on. */
typedef exs_status (*exs_inventory_visit)(void *self, const exs_inventory_item *item,
                                          exs_error *error);

/* uri may be NULL (everything) or narrow the search. deadline_ms as in exs_signer_options. */
EXS_MUST_USE exs_status exs_inventory_walk(const exs_context *context, const char *uri,
                                           int64_t deadline_ms, exs_inventory_visit visit,
                                           void *self, exs_error *error);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
