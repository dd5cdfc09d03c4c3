/*
 * What a certificate says: whose, until when, for which public key. Public contents only: a file that holds a private key
 * is refused, so that nobody keeps one beside us.
 */
#ifndef SIGN_CERTIFICATE_H
#define SIGN_CERTIFICATE_H

#include "base/buf.h"
#include "base/keyname.h"

#include <exosign/error.h>

typedef struct certificate {
	buf     der, public_der;
	char   *subject, *issuer; /* RFC 2253 */
	char   *serial;           /* upper-case hexadecimal */
	char    sha1[41], sha256[65]; /* upper-case hexadecimal */
	char    public_sha256[65];
	int64_t not_before, not_after;
} certificate;

void certificate_free(certificate *c);
EXS_DEFINE_AUTO(certificate)

/* `where` names it in errors: a path, "the token". E_CERT_UNREADABLE. */
EXS_MUST_USE exs_status certificate_parse(span der, const char *where, certificate **ret,
                                          exs_error *error);

/*
 * From a PEM or DER file; of several, the one for the public key, or the first when none is. Refuses files with a private key
 * (PEM, PFX) and names the way out.
 */
EXS_MUST_USE exs_status certificate_read(const char *path, span public_der, certificate **ret,
                                         exs_error *error);

/* E_CERT_UNREADABLE, with the way out, for bytes that hold a private key in PEM, DER or PFX. */
EXS_MUST_USE exs_status certificate_refuse_private(span bytes, const char *where, exs_error *error);

/* E_CERT_EXPIRED or E_CERT_NOT_YET, with dates and by how much. now: seconds since 1970. */
EXS_MUST_USE exs_status certificate_check_time(const certificate *c, int64_t now, exs_error *error);

/* E_CERT_MISMATCH with both fingerprints when it belongs to another key. */
EXS_MUST_USE exs_status certificate_check_key(const certificate *c, span public_der,
                                              exs_error *error);

/* Is this its SHA-1 or SHA-256 thumbprint? */
bool certificate_has_digest(span der, const keyname *thumbprint);

/* SHA-256 in upper-case hexadecimal. */
void certificate_sha256(span bytes, char ret[65]);

#endif
