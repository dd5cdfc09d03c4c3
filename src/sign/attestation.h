/*
 * Attestation by a YubiKey's PIV application: a certificate that the device makes itself, which says that the key was made in
 * it and what policies it has (developers.yubico.com/PIV/Introduction/PIV_attestation.html).
 *
 * The certificate for the key is signed by the device's own (slot f9), and that by the maker's root. Only a chain to a root
 * that the user names proves anything: anybody can write such a certificate to a token.
 */
#ifndef SIGN_ATTESTATION_H
#define SIGN_ATTESTATION_H

#include "base/buf.h"

#include <exosign/error.h>

enum { ATTESTATION_CHAIN_MAX = 4 };

/* What the certificate says. Texts are "" when it does not. */
typedef struct attestation_facts {
	char firmware[16];    /* "5.4.3" */
	char serial[24];      /* decimal, as printed on the device */
	char pin_policy[16], touch_policy[16], form_factor[40];
	bool fips;
} attestation_facts;

/* Does this certificate (DER) carry a YubiKey's statements? */
bool attestation_is_one(span der);

/* E_ATTESTATION when it carries none, or one that cannot be. */
EXS_MUST_USE exs_status attestation_read(span der, attestation_facts *ret, exs_error *error);

/* What a verified chain rests on. */
typedef struct attestation_proof {
	attestation_facts facts;
	char root_subject[256]; /* RFC 2253 */
	char root_sha256[65];   /* upper-case hexadecimal */
} attestation_proof;

/*
 * Verifies a chain, the key's own certificate first, to a self-signed certificate in the PEM or DER file; other certificates in
 * that file may help on the way. The first certificate must be for the public key. E_ATTESTATION, E_CERT_UNREADABLE, E_FILE.
 */
EXS_MUST_USE exs_status attestation_verify(const span *chain, size_t n, span public_der,
                                           const char *root_file, attestation_proof *ret,
                                           exs_error *error);

/* Did the holder of the second certificate's key sign the first (DER)? */
bool attestation_is_issued_by(span der, span issuer_der);

#endif
