/*
 * Names of mechanisms, for people and for documents.
 */
#ifndef HSM_CKM_H
#define HSM_CKM_H

#include <p11-kit/pkcs11.h>

/* "CKM_RSA_PKCS_PSS", or "0x80000001" for what has no name here. */
typedef struct ckm_text {
	char at[48];
} ckm_text;
ckm_text ckm_print(CK_MECHANISM_TYPE type);

#endif
