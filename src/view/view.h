/*
 * The plug-in that libp11 loads as a PKCS#11 module (pkcs11.md 3.2). It holds nothing and knows nothing: it hands out the
 * function list that the library gave it (hsm/viewport.h).
 */
#ifndef VIEW_VIEW_H
#define VIEW_VIEW_H

#include <p11-kit/pkcs11.h>

/* The one call besides C_GetFunctionList that the plug-in exports; the list must outlive every use. NULL takes it back. */
#define VIEW_SETTER "exosign_view_show"
typedef void (*view_setter)(CK_FUNCTION_LIST *list);

__attribute__((visibility("default"))) void exosign_view_show(CK_FUNCTION_LIST *list);

#endif
