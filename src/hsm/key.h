/*
 * A key pair on a token: what the device says about the private half, and the public half wherever it was told.
 */
#ifndef HSM_KEY_H
#define HSM_KEY_H

#include "base/buf.h"
#include "hsm/object.h"
#include "hsm/publickey.h"

enum { KEY_ALLOWED_MAX = 32 };

typedef struct key {
	CK_OBJECT_HANDLE  handle;
	buf               id, label;
	CK_KEY_TYPE       type;
	bool              type_known; /* RSA or EC */
	bool              is_private; /* the private object; else only the public one was seen */
	buf               public_der; /* empty when the device did not tell the public half */
	publickey_facts   public;
	exs_tristate      sign, login_wanted; /* CKA_SIGN, CKA_PRIVATE */
	exs_tristate      sensitive, always_sensitive, extractable, never_extractable, local;
	exs_tristate      always_authenticate;
	CK_MECHANISM_TYPE allowed[KEY_ALLOWED_MAX]; /* CKA_ALLOWED_MECHANISMS */
	size_t            n_allowed;
	CK_MECHANISM_TYPE made_by; /* CKA_KEY_GEN_MECHANISM; CK_UNAVAILABLE_INFORMATION when not told */
} key;
void key_done(key *k);

typedef struct key_list {
	key   *at;
	size_t n;
} key_list;
void key_list_done(key_list *list);

/* Keys of the class (private or public) that match id and label where they are given. */
EXS_MUST_USE exs_status key_list_read(session *s, const object_query *query, key_list *ret,
                                      exs_error *error);

/* The one key behind a handle. */
EXS_MUST_USE exs_status key_read(session *s, CK_OBJECT_HANDLE handle, bool is_private, key *ret,
                                 exs_error *error);

/* Looks for the public half in the public object of the same id, when the private one did not tell it. */
EXS_MUST_USE exs_status key_complete(session *s, key *k, exs_error *error);

/* "RSA-2048", "EC P-256", "EC", "key type 0x40". */
typedef struct key_type_text {
	char at[32];
} key_type_text;
key_type_text key_print_type(const key *k);

/* The URI to paste for it. Free with mem_free(). */
EXS_MUST_USE exs_status key_print_uri(const key *k, const token *t, const key_uri *origin,
                                      char **ret, exs_error *error);

#endif
