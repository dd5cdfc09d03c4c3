/* The plug-in that libp11 loads as a PKCS#11 module. */
#include "view/view.h"

#include <stdatomic.h>
#include <stddef.h>

static _Atomic(CK_FUNCTION_LIST *) shown;

void
exosign_view_show(CK_FUNCTION_LIST *list)
{
	atomic_store(&shown, list);
}

__attribute__((visibility("default"))) CK_RV
C_GetFunctionList(CK_FUNCTION_LIST **list)
{
	*list = atomic_load(&shown);
	return *list == NULL ? CKR_GENERAL_ERROR : CKR_OK;
}
