/*
 * The rest of PKCS#11, which a key that only signs does not have. A function for each shape of arguments.
 */
#include "hsm/viewrefuse.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"

#define SESSION   CK_SESSION_HANDLE session
#define MECHANISM CK_MECHANISM *mechanism
#define REFUSE(name, ...)                                                                          \
	static CK_RV name(__VA_ARGS__)                                                             \
	{                                                                                          \
		return CKR_FUNCTION_NOT_SUPPORTED;                                                 \
	}

REFUSE(whole, SESSION)
REFUSE(begin, SESSION, MECHANISM, CK_OBJECT_HANDLE key)
REFUSE(begin_digest, SESSION, MECHANISM)
REFUSE(convert, SESSION, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *out_len)
REFUSE(take, SESSION, CK_BYTE *in, CK_ULONG in_len)
REFUSE(give, SESSION, CK_BYTE *out, CK_ULONG *out_len)
REFUSE(touch, SESSION, CK_OBJECT_HANDLE object)
REFUSE(compare, SESSION, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *other, CK_ULONG other_len)
REFUSE(restore, SESSION, CK_BYTE *in, CK_ULONG in_len, CK_OBJECT_HANDLE a, CK_OBJECT_HANDLE b)
REFUSE(create, SESSION, CK_ATTRIBUTE *template, CK_ULONG n, CK_OBJECT_HANDLE *ret)
REFUSE(copy, SESSION, CK_OBJECT_HANDLE from, CK_ATTRIBUTE *template, CK_ULONG n, CK_OBJECT_HANDLE *ret)
REFUSE(measure, SESSION, CK_OBJECT_HANDLE object, CK_ULONG *size)
REFUSE(change, SESSION, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *template, CK_ULONG n)
REFUSE(generate, SESSION, MECHANISM, CK_ATTRIBUTE *template, CK_ULONG n, CK_OBJECT_HANDLE *ret)
REFUSE(generate_pair, SESSION, MECHANISM, CK_ATTRIBUTE *publics, CK_ULONG n, CK_ATTRIBUTE *privates,
       CK_ULONG m, CK_OBJECT_HANDLE *public, CK_OBJECT_HANDLE *private)
REFUSE(wrap, SESSION, MECHANISM, CK_OBJECT_HANDLE by, CK_OBJECT_HANDLE key, CK_BYTE *out, CK_ULONG *out_len)
REFUSE(unwrap, SESSION, MECHANISM, CK_OBJECT_HANDLE by, CK_BYTE *in, CK_ULONG in_len,
       CK_ATTRIBUTE *template, CK_ULONG n, CK_OBJECT_HANDLE *ret)
REFUSE(derive, SESSION, MECHANISM, CK_OBJECT_HANDLE from, CK_ATTRIBUTE *template, CK_ULONG n,
       CK_OBJECT_HANDLE *ret)
REFUSE(init_token, CK_SLOT_ID slot, CK_BYTE *pin, CK_ULONG len, CK_BYTE *label)
REFUSE(list_mechanisms, CK_SLOT_ID slot, CK_MECHANISM_TYPE *list, CK_ULONG *n)
REFUSE(tell_mechanism, CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)
REFUSE(wait_for_event, CK_FLAGS flags, CK_SLOT_ID *slot, void *reserved)

const CK_FUNCTION_LIST viewrefuse_functions = {
	.version = {2, 40},
	.C_GetMechanismList = list_mechanisms,
	.C_GetMechanismInfo = tell_mechanism,
	.C_InitToken = init_token,
	.C_InitPIN = take,
	.C_SetPIN = compare,
	.C_GetOperationState = give,
	.C_SetOperationState = restore,
	.C_CreateObject = create,
	.C_CopyObject = copy,
	.C_DestroyObject = touch,
	.C_GetObjectSize = measure,
	.C_SetAttributeValue = change,
	.C_EncryptInit = begin,
	.C_Encrypt = convert,
	.C_EncryptUpdate = convert,
	.C_EncryptFinal = give,
	.C_DecryptInit = begin,
	.C_Decrypt = convert,
	.C_DecryptUpdate = convert,
	.C_DecryptFinal = give,
	.C_DigestInit = begin_digest,
	.C_Digest = convert,
	.C_DigestUpdate = take,
	.C_DigestKey = touch,
	.C_DigestFinal = give,
	.C_SignUpdate = take,
	.C_SignFinal = give,
	.C_SignRecoverInit = begin,
	.C_SignRecover = convert,
	.C_VerifyInit = begin,
	.C_Verify = compare,
	.C_VerifyUpdate = take,
	.C_VerifyFinal = take,
	.C_VerifyRecoverInit = begin,
	.C_VerifyRecover = convert,
	.C_DigestEncryptUpdate = convert,
	.C_DecryptDigestUpdate = convert,
	.C_SignEncryptUpdate = convert,
	.C_DecryptVerifyUpdate = convert,
	.C_GenerateKey = generate,
	.C_GenerateKeyPair = generate_pair,
	.C_WrapKey = wrap,
	.C_UnwrapKey = unwrap,
	.C_DeriveKey = derive,
	.C_SeedRandom = take,
	.C_GenerateRandom = take,
	.C_GetFunctionStatus = whole,
	.C_CancelFunction = whole,
	.C_WaitForSlotEvent = wait_for_event,
};
