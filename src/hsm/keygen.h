/*
 * Making a key pair in a token: the template, the one concession to modules that do not know all of it, and the pair's id.
 * Raw calls, because no library above them says whether the private key may be read out (pkcs11.md 1.6, 3.5).
 */
#ifndef HSM_KEYGEN_H
#define HSM_KEYGEN_H

#include "hsm/session.h"

#include <exosign/keys.h>

typedef struct keygen_wish {
	exs_key_kind kind;
	span         label, id;
	bool         always_authenticate;
} keygen_wish;

typedef struct keygen_pair {
	CK_OBJECT_HANDLE private, public;
} keygen_pair;

/*
 * C_GenerateKeyPair in a session that may write and is logged in where that is wanted. A pair that the device finishes after
 * nobody waits any longer is destroyed by the thread that still does, if the process lives that long.
 */
EXS_MUST_USE exs_status keygen_make(session *s, const patience *p, const keygen_wish *wish,
                                    keygen_pair *ret, exs_error *error);

/* Gives both halves another CKA_ID. False when the module does not let it be set: then both have their old one. */
EXS_MUST_USE exs_status keygen_rename(session *s, const keygen_pair *pair, span old_id, span new_id,
                                      bool *ret, exs_error *error);

/* Destroys both halves, the second also when the first could not be. */
EXS_MUST_USE exs_status keygen_discard(session *s, const keygen_pair *pair, exs_error *error);

#endif
