/*
 * A device that is open for one key: module, token, login, key, sessions. Made from a URI; found again when the token was away.
 */
#ifndef HSM_DEVICE_H
#define HSM_DEVICE_H

#include "hsm/certobject.h"
#include "hsm/hold.h"
#include "hsm/mechanism.h"
#include "hsm/pool.h"

#include <pthread.h>

typedef struct device_options {
	hold_options hold;
	unsigned     max_sessions;
	bool         pss_in_token; /* no PSS padding made here */
} device_options;

typedef struct device device;

/*
 * Finds the module, the token and exactly one private key; searches without a login first and logs in once when the key
 * is hidden or private.
 */
EXS_MUST_USE exs_status device_open(const exs_context *context, const device_options *options,
                                    device **ret, exs_error *error);
/* The same on a token that is held already; takes over the hold, also on failure. */
EXS_MUST_USE exs_status device_open_on(hold **h, unsigned max_sessions, device **ret,
                                       exs_error *error);
/* Closes the sessions and lets go of the module. Takes NULL. */
void device_free(device *d);
EXS_DEFINE_AUTO(device)

const exs_context *device_context(const device *d);
const key         *device_key(const device *d);
const token       *device_token(const device *d); /* as it was when the device was opened */
hold              *device_hold(device *d);
/* The URI through which it was found. */
const key_uri     *device_origin(const device *d);
/* The key as a URI to paste. */
const char        *device_key_uri(const device *d);

/* X.509 certificates on the token with this CKA_ID, or all when id.at is NULL. */
EXS_MUST_USE exs_status device_certificates(device *d, span id, certobject_list *ret,
                                            exs_error *error);

/*
 * One JOSE signature of the message; from any thread. *length is the room, then the length. *ret_mechanism is a name that lives for
 * ever. Recovers once when the token or the login was lost.
 */
EXS_MUST_USE exs_status device_sign(device *d, exs_alg alg, span message, unsigned char *signature,
                                    size_t *length, const char **ret_mechanism, exs_error *error);

/* Bytes that were prepared outside (a DigestInfo, a padded block), and the mechanism to sign them with. */
typedef struct device_block {
	way                    way;
	CK_RSA_PKCS_PSS_PARAMS pss; /* when the way has them */
	span                   input;
} device_block;

/* The same with blocks instead of a message, the first that the device takes; for those who bring their own encoding (viewport.h). */
EXS_MUST_USE exs_status device_sign_block(device *d, const device_block *blocks, size_t n,
                                          unsigned char *signature, size_t *length,
                                          exs_error *error);

/* For device_sign.c: begins anew after a loss, unless another thread did so since `generation`. */
EXS_MUST_USE exs_status device_renew(device *d, unsigned generation, exs_error *error);
pool *device_pool(device *d);
/* The PIN of an always-authenticate key, one at a time; hold device_login_lock() until it is settled. */
EXS_MUST_USE exs_status device_prepare_login(device *d, login_attempt *ret, exs_error *error);
pthread_mutex_t *device_login_lock(device *d);
int64_t device_deadline_ms(const device *d);
bool device_wants_pss_in_token(const device *d);
/* Which way won for an algorithm: an index into mechanism_ways(), or -1. */
_Atomic int *device_winner(device *d, exs_alg alg);

#endif
