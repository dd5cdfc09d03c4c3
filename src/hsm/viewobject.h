/*
 * The key as libp11 sees it: the attributes of one private key, from what we know of it already. Nothing is asked of the
 * device, so that one which hides or misspells half of them still makes an OpenSSL key.
 */
#ifndef HSM_VIEWOBJECT_H
#define HSM_VIEWOBJECT_H

#include "base/buf.h"
#include "hsm/key.h"

typedef struct viewobject {
	object object;
} viewobject;
void viewobject_done(viewobject *o);

/* public_der: its SubjectPublicKeyInfo. E_KEY_UNFIT for what is neither RSA nor a named curve. */
EXS_MUST_USE exs_status viewobject_make(const key *k, span public_der, viewobject *ret,
                                        exs_error *error);

/* C_GetAttributeValue. */
CK_RV viewobject_read(const viewobject *o, CK_ATTRIBUTE *template, CK_ULONG n);

#endif
