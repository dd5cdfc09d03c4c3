/*
 * One signature in the device: C_SignInit, the key's own login when it wants one, C_Sign; nothing between them, because some
 * modules lose the verification of the PIN on any other call (pkcs11.md 4.2 rule 6).
 */
#ifndef HSM_SIGNJOB_H
#define HSM_SIGNJOB_H

#include "base/secret.h"
#include "hsm/mechanism.h"
#include "hsm/worker.h"

enum { SIGNATURE_MAX = 2048, SIGN_INPUT_MAX = 16 * 1024 * 1024 };

/* Made once for a session and used again for each signature. */
typedef struct sign_job {
	job                    base;
	CK_FUNCTION_LIST      *functions;
	CK_SESSION_HANDLE      session;
	CK_OBJECT_HANDLE       key;
	CK_MECHANISM_TYPE      mechanism;
	bool                   has_pss;
	CK_RSA_PKCS_PSS_PARAMS pss;
	buf                    input;
	bool                   wants_login; /* CKU_CONTEXT_SPECIFIC */
	secret                *pin;         /* NULL: typed at the device */
	/* what came of it */
	bool          inited, logged_in_called, signed_called;
	CK_RV         init_rv, login_rv, sign_rv;
	int64_t       sign_ms;
	unsigned char signature[SIGNATURE_MAX];
	size_t        signature_len;
} sign_job;

/* NULL without memory; freed as a job. */
sign_job *sign_job_new(CK_FUNCTION_LIST *functions, CK_SESSION_HANDLE handle);

/* The first answer that was not CKR_OK. */
CK_RV sign_job_rv(const sign_job *j);
const char *sign_job_call(const sign_job *j);

#endif
