/* The barest way to a key in a token. */
#include "token.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
must(CK_RV rv, const char *what)
{
	if (rv != CKR_OK) {
		fprintf(stderr, "%s: 0x%lx\n", what, rv);
		exit(1);
	}
}

CK_SESSION_HANDLE
token_session(CK_FUNCTION_LIST *p11, CK_SLOT_ID slot)
{
	CK_SESSION_HANDLE session;

	must(p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &session), "C_OpenSession");
	return session;
}

CK_FUNCTION_LIST *
token_open(const char *module, const char *label, const char *pin_file, CK_SLOT_ID *ret_slot,
           CK_SESSION_HANDLE *ret_session)
{
	void                *library = dlopen(module, RTLD_NOW);
	CK_C_GetFunctionList get;
	CK_FUNCTION_LIST    *p11;
	CK_C_INITIALIZE_ARGS threads = {.flags = CKF_OS_LOCKING_OK};
	CK_SLOT_ID           slots[32];
	CK_ULONG             n = 32;
	char                 pin[128] = "";
	FILE                *file = fopen(pin_file, "r");

	if (library == NULL || file == NULL || fgets(pin, sizeof pin, file) == NULL) {
		fprintf(stderr, "no module or no PIN\n");
		exit(1);
	}
	fclose(file);
	*(void **)&get = dlsym(library, "C_GetFunctionList");
	must(get(&p11), "C_GetFunctionList");
	must(p11->C_Initialize(&threads), "C_Initialize");
	must(p11->C_GetSlotList(CK_TRUE, slots, &n), "C_GetSlotList");
	for (CK_ULONG i = 0; i < n; i++) {
		CK_TOKEN_INFO info;

		must(p11->C_GetTokenInfo(slots[i], &info), "C_GetTokenInfo");
		if (strncmp((char *)info.label, label, strlen(label)) == 0 && info.label[strlen(label)] == ' ') {
			*ret_slot = slots[i];
			*ret_session = token_session(p11, slots[i]);
			must(p11->C_Login(*ret_session, CKU_USER, (CK_UTF8CHAR *)pin, strcspn(pin, "\r\n")),
			     "C_Login");
			return p11;
		}
	}
	fprintf(stderr, "no token %s\n", label);
	exit(1);
}

CK_OBJECT_HANDLE
token_find(CK_FUNCTION_LIST *p11, CK_SESSION_HANDLE session, CK_OBJECT_CLASS class_,
           const char *label)
{
	char             name[64];
	CK_ATTRIBUTE     what[] = {{CKA_CLASS, &class_, sizeof class_}, {CKA_LABEL, name, 0}};
	CK_OBJECT_HANDLE found;
	CK_ULONG         n = 0;

	what[1].ulValueLen = (CK_ULONG)snprintf(name, sizeof name, "%s", label);
	must(p11->C_FindObjectsInit(session, what, 2), "C_FindObjectsInit");
	must(p11->C_FindObjects(session, &found, 1, &n), "C_FindObjects");
	must(p11->C_FindObjectsFinal(session), "C_FindObjectsFinal");
	must(n == 1 ? CKR_OK : CKR_KEY_HANDLE_INVALID, "no such object");
	return found;
}

void
token_sign(CK_FUNCTION_LIST *p11, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key,
           unsigned char digest[32], unsigned char *signature, CK_ULONG *length)
{
	CK_RSA_PKCS_PSS_PARAMS pss = {CKM_SHA256, CKG_MGF1_SHA256, 32};
	CK_MECHANISM           mechanism = {CKM_RSA_PKCS_PSS, &pss, sizeof pss};

	must(p11->C_SignInit(session, &mechanism, key), "C_SignInit");
	must(p11->C_Sign(session, digest, 32, signature, length), "C_Sign");
}

void
token_sign_with(CK_FUNCTION_LIST *p11, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key,
                const char *alg, unsigned char *signature, CK_ULONG *length)
{
	/* A digest of ones, behind what RSASSA-PKCS1-v1_5 wants before it. */
	static unsigned char input[51] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
	                                  0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20, 1};
	CK_MECHANISM mechanism = {strcmp(alg, "RS256") == 0 ? CKM_RSA_PKCS : CKM_ECDSA, NULL, 0};

	if (strcmp(alg, "PS256") == 0) {
		token_sign(p11, session, key, input + 19, signature, length);
		return;
	}
	must(p11->C_SignInit(session, &mechanism, key), "C_SignInit");
	must(strcmp(alg, "RS256") == 0 ? p11->C_Sign(session, input, 51, signature, length)
	                               : p11->C_Sign(session, input + 19, 32, signature, length), "C_Sign");
}
