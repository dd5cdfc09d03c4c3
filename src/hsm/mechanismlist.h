/*
 * What a module says its token can do (C_GetMechanismList, C_GetMechanismInfo). These lists lie in both directions (pkcs11.md
 * fact 9): they are for reports, never for decisions.
 */
#ifndef HSM_MECHANISMLIST_H
#define HSM_MECHANISMLIST_H

#include "hsm/token.h"

enum { MECHANISMS_MAX = 1024 };

typedef struct mechanismlist {
	CK_RV             rv; /* what C_GetMechanismList answered */
	CK_ULONG          n;
	CK_MECHANISM_TYPE at[MECHANISMS_MAX];
} mechanismlist;
void mechanismlist_free(mechanismlist *list);
EXS_DEFINE_AUTO(mechanismlist)

/* A module that refuses to tell leaves an empty list with its answer. */
EXS_MUST_USE exs_status mechanismlist_read(const token *t, mechanismlist **ret, exs_error *error);

/* Is it listed, and does its information say that it signs? */
typedef struct mechanism_claim {
	bool  listed, signs;
	CK_RV rv; /* what C_GetMechanismInfo answered */
	CK_ULONG least, most; /* of the key's size, in units of the mechanism */
} mechanism_claim;
EXS_MUST_USE exs_status mechanismlist_ask(const token *t, const mechanismlist *list,
                                          CK_MECHANISM_TYPE type, mechanism_claim *ret,
                                          exs_error *error);

#endif
