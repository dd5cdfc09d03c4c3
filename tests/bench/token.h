/*
 * The barest way to a key in a token: what a program would write that needs one key and nothing else. It is what
 * the library is measured against, so it checks nothing that can be left out.
 */
#ifndef BENCH_TOKEN_H
#define BENCH_TOKEN_H

#include <p11-kit/pkcs11.h>

/* Loads the module, finds the token by its label and logs in. Ends the process when it cannot. */
CK_FUNCTION_LIST *token_open(const char *module, const char *label, const char *pin_file,
                             CK_SLOT_ID *ret_slot, CK_SESSION_HANDLE *ret_session);
/* A further session of the same login. */
CK_SESSION_HANDLE token_session(CK_FUNCTION_LIST *p11, CK_SLOT_ID slot);
/* The first object of the class with this label. */
CK_OBJECT_HANDLE token_find(CK_FUNCTION_LIST *p11, CK_SESSION_HANDLE session,
                            CK_OBJECT_CLASS class_, const char *label);
/* Signs a SHA-256 digest with RSASSA-PSS, salt as long as the digest. */
void token_sign(CK_FUNCTION_LIST *p11, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key,
                unsigned char digest[32], unsigned char *signature, CK_ULONG *length);
/* Signs something the size of a digest with RS256, PS256 or ES256. */
void token_sign_with(CK_FUNCTION_LIST *p11, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key,
                     const char *alg, unsigned char *signature, CK_ULONG *length);

#endif
