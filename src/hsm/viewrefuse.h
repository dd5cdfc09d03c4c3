/*
 * A PKCS#11 function list that answers everything with CKR_FUNCTION_NOT_SUPPORTED; what a key that only signs needs is put
 * over it (viewcalls.c).
 */
#ifndef HSM_VIEWREFUSE_H
#define HSM_VIEWREFUSE_H

#include <p11-kit/pkcs11.h>

extern const CK_FUNCTION_LIST viewrefuse_functions;

#endif
