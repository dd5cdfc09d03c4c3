/*
 * What libp11 sees of a device: one slot, one private key, nobody to log in (pkcs11.md 3.2).
 *
 * The function list is ours from end to end. Slots, sessions and the key's attributes are told from memory; only C_Sign
 * reaches the device, as a signature of device_sign_block(): in the device's own thread with its deadline, by our rules for
 * PINs, and found again when the token was away. So libp11 never sees a PIN, cannot finalise the module under
 * us, cannot close a session of ours, and cannot hang in the module.
 *
 * A function list has no self pointer, so the ports of a process stand in one table; each is a slot of its own. libp11 is shown
 * one slot at a time: the port that is being opened.
 */
#ifndef HSM_VIEWPORT_H
#define HSM_VIEWPORT_H

#include "hsm/device.h"

enum { VIEWPORTS_MAX = 16 };

typedef struct viewport viewport;

/* device must outlive it. public_der: the key's SubjectPublicKeyInfo, copied. E_USAGE when VIEWPORTS_MAX are open. */
EXS_MUST_USE exs_status viewport_open(device *d, span public_der, viewport **ret,
                                      exs_error *error);
/* Takes NULL. libp11 must be done with it. */
void viewport_free(viewport *v);
EXS_DEFINE_AUTO(viewport)

/* Holds back others that open one; until viewport_hide() libp11 finds this port's slot and no other. */
void viewport_show(viewport *v);
void viewport_hide(viewport *v);

/* The list for the plug-in. It is the same for all ports. */
CK_FUNCTION_LIST *viewport_functions(void);

/* What the last failed C_Sign of this port failed with; EXS_OK when none did. Forgets it. */
exs_status viewport_failure(viewport *v, exs_error *error);

#endif
