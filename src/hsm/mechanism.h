/*
 * The ways in which a device can make one JOSE signature, in the order we try them (pkcs11.md 3.3).
 *
 * Lists of mechanisms lie in both directions, so the order is tried on the real signature: first raw mechanisms over a
 * digest made here, then mechanisms that hash in the device, last raw RSA over padding made here.
 */
#ifndef HSM_MECHANISM_H
#define HSM_MECHANISM_H

#include "base/buf.h"
#include "hsm/key.h"

#include <exosign/signer.h>

enum { WAYS_MAX = 3 };

/* What the device is given to sign. */
typedef enum feed {
	FEED_DIGEST,      /* the hash */
	FEED_DIGEST_INFO, /* the hash with its algorithm, DER (RFC 8017 section 9.2) */
	FEED_MESSAGE,     /* everything; the device hashes */
	FEED_PKCS1,       /* a block as long as the modulus, EMSA-PKCS1-v1_5 */
	FEED_PSS,         /* a block as long as the modulus, EMSA-PSS */
} feed;

typedef struct way {
	CK_MECHANISM_TYPE type;
	const char       *name; /* "CKM_RSA_PKCS_PSS" */
	feed              feed;
	bool              has_pss_parameters;
} way;

/* The rows for an algorithm, best first; *ret_n is at most WAYS_MAX. NULL for EXS_ALG_DEFAULT. */
const way *mechanism_ways(exs_alg alg, size_t *ret_n);
/* The indices of the rows in the order for this key: those it allows come first. */
void mechanism_order(exs_alg alg, const key *k, size_t order[WAYS_MAX]);
CK_RSA_PKCS_PSS_PARAMS mechanism_pss_parameters(exs_alg alg);

/* Replaces `to` by what the device is to sign. E_KEY_MECHANISM when the key does not allow the padding. */
EXS_MUST_USE exs_status mechanism_feed(exs_alg alg, feed what, const key *k, span message, buf *to,
                                       exs_error *error);

#endif
