/*
 * A key on a token and the place beside it, where its certificates are kept.
 */
#ifndef SIGN_KEYPLACE_H
#define SIGN_KEYPLACE_H

#include "hsm/device.h"
#include "sign/issued.h"

typedef struct keyplace {
	device         *device;
	buf             public_der; /* of the key, from the device or from a certificate beside it */
	certobject_list own;        /* the certificates on the token for this key */
	certobject_list all;        /* and every other, where it was wanted */
	session        *writing;    /* NULL until keyplace_write() */
} keyplace;
void keyplace_done(keyplace *p);

/* E_KEY_UNFIT when the public half is nowhere; what the policy for keys refuses. */
EXS_MUST_USE exs_status keyplace_open(const exs_context *context, const exs_token_access *access,
                                      bool allow_extractable, keyplace *ret, exs_error *error);

/* Writes a certificate object with this id (empty: none) and label, reads it back. */
EXS_MUST_USE exs_status keyplace_write(keyplace *p, X509 *x, span id, span label,
                                       exs_error *error);
/* Writes the key's certificate beside it, deletes `own` when told to, and tells. */
EXS_MUST_USE exs_status keyplace_settle(keyplace *p, X509 *x, bool replace,
                                        exs_issued **ret, exs_error *error);

/* DER of it, into `to`. */
EXS_MUST_USE exs_status keyplace_der(X509 *x, buf *to, exs_error *error);

#endif
