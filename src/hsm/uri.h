/*
 * A PKCS#11 URI (RFC 7512) that names a module, a token or a key, and never holds a PIN.
 *
 * p11-kit parses, matches and prints. We add what it leaves open: an unknown attribute is an error that names it (p11-kit
 * would match nothing), pin-value and pin-source are refused, and printing cannot show a PIN.
 */
#ifndef HSM_URI_H
#define HSM_URI_H

#include "base/mem.h"
#include "base/span.h"

#include <p11-kit/pkcs11.h>

enum { KEY_URI_MAX = 4096 };

typedef struct key_uri key_uri;

/* E_URI, or E_PIN_IN_URI for a URI that carries a PIN; neither shows the PIN. */
EXS_MUST_USE exs_status key_uri_parse(const char *text, key_uri **ret, exs_error *error);
void key_uri_free(key_uri *uri);
EXS_DEFINE_AUTO(key_uri)

/* As it can be pasted again. Belongs to the URI. */
const char *key_uri_text(const key_uri *uri);

/* NULL when the URI does not say. */
const char *key_uri_module_path(const key_uri *uri);
const char *key_uri_module_name(const key_uri *uri);

bool key_uri_matches_module(const key_uri *uri, const CK_INFO *module);
bool key_uri_matches_slot(const key_uri *uri, CK_SLOT_ID id, const CK_SLOT_INFO *slot);
bool key_uri_matches_token(const key_uri *uri, const CK_TOKEN_INFO *token);
/* Does it say anything about which token? */
bool key_uri_names_token(const key_uri *uri);

/* at is NULL when the URI does not say. */
span key_uri_id(const key_uri *uri);
span key_uri_label(const key_uri *uri);
bool key_uri_class(const key_uri *uri, CK_OBJECT_CLASS *ret);

/* What an object's URI is made of; members may be empty. */
typedef struct uri_parts {
	const CK_TOKEN_INFO *token;
	const char          *module_path, *module_name; /* NULL: left out */
	span                 id, label;
	const char          *type; /* "private", "cert", NULL */
} uri_parts;

/* "pkcs11:token=...;id=...": free with mem_free(). */
EXS_MUST_USE exs_status key_uri_make(const uri_parts *parts, char **ret, exs_error *error);

#endif
