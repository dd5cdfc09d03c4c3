/*
 * Return codes of PKCS#11 as names, sentences and statuses of ours. The rows stand in ckr.def.
 */
#ifndef HSM_CKR_H
#define HSM_CKR_H

#include "base/error.h"

#include <p11-kit/pkcs11.h>

/* "CKR_PIN_LOCKED", or "0x80000001" for what has no name here. */
typedef struct ckr_text {
	char at[48];
} ckr_text;
ckr_text ckr_print(CK_RV rv);

/* "the device has locked the PIN" without its first two words, or NULL for an unknown code. */
const char *ckr_sentence(CK_RV rv);

/*
 * Fails with the code's own status: "the device DID-SENTENCE while DOING", the CKR name as native code. `doing` says what
 * we wanted: "signing with key 01".
 */
EXS_MUST_USE exs_status ckr_fail(exs_error *error, CK_RV rv, const char *doing);

/* The session, the token or its handles are gone, but may come back (pkcs11.md 3.4). */
bool ckr_is_loss(CK_RV rv);

/* This way of signing will not do, another may (pkcs11.md 3.3). */
bool ckr_is_unfit_mechanism(CK_RV rv);

#endif
