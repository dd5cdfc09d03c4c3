/*
 * The certificate for a device's key: from the token or from a file, matched by public key, valid now.
 */
#ifndef SIGN_KEYCERT_H
#define SIGN_KEYCERT_H

#include "hsm/device.h"
#include "sign/certificate.h"

/*
 * from: NULL or "token", "thumbprint:HEX" for that one on the token, else a file. Of several on the token the one that is
 * valid longest counts. E_CERT_ABSENT, E_CERT_MISMATCH, E_CERT_EXPIRED, E_CERT_NOT_YET.
 */
EXS_MUST_USE exs_status keycert_find(device *d, const char *from, int64_t now, certificate **ret,
                                     exs_error *error);

/*
 * The best certificate for the key among these, whether valid now or not; NULL when none fits. What a device says of its keys
 * in the form of a certificate (those outlive all others) is no credential. wanted: only the one with this thumbprint, or NULL.
 */
const certobject *keycert_choose(const certobject_list *list, const key *k, const keyname *wanted,
                                 int64_t now);

#endif
