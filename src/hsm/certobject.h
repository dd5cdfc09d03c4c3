/*
 * Certificate objects on a token, as far as they help to tell keys apart. What a certificate says in full is
 * sign/certificate.h's business.
 */
#ifndef HSM_CERTOBJECT_H
#define HSM_CERTOBJECT_H

#include "base/buf.h"
#include "hsm/object.h"

typedef struct certobject {
	CK_OBJECT_HANDLE handle;
	buf     id, label, der;
	buf     public_der; /* empty when the certificate cannot be read */
	int64_t not_before, not_after;
} certobject;

typedef struct certobject_list {
	certobject *at;
	size_t      n;
} certobject_list;
void certobject_list_done(certobject_list *list);

/* X.509 certificates that match id and label where they are given. */
EXS_MUST_USE exs_status certobject_list_read(session *s, span id, span label, certobject_list *ret,
                                             exs_error *error);

#endif
