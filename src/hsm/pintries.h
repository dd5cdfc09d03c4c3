/*
 * How many tries a token's PIN has left, as far as anybody knows: what its flags say and what we counted ourselves. Modules
 * differ in which flags they set (pkcs11.md 4.1), so both are told with their source.
 */
#ifndef HSM_PINTRIES_H
#define HSM_PINTRIES_H

#include "hsm/token.h"

typedef enum pintries_state {
	PINTRIES_ALL,    /* nothing says otherwise; many modules never do */
	PINTRIES_FEWER,  /* CKF_USER_PIN_COUNT_LOW, or our own count */
	PINTRIES_ONE,    /* CKF_USER_PIN_FINAL_TRY */
	PINTRIES_LOCKED, /* CKF_USER_PIN_LOCKED */
} pintries_state;

pintries_state pintries_of(const token *t, unsigned failures);

/* "one try is left (the token's flag); logins failed by our count: 2". */
typedef struct pintries_text {
	char at[160];
} pintries_text;
pintries_text pintries_print(const token *t, unsigned failures);

#endif
