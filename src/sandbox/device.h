/*
 * A SoftHSM token, driven by raw PKCS#11: made, opened, filled.
 *
 * Functions that fail have said why on stderr. One device at a time: the module is named by a
 * process-wide variable (SOFTHSM2_CONF), which device_open sets.
 */
#ifndef SANDBOX_DEVICE_H
#define SANDBOX_DEVICE_H

#include <p11-kit/pkcs11.h>
#include <stdbool.h>
#include <stddef.h>

enum { PIN_SIZE = 64, LABEL_SIZE = 33 };

struct device {
	void              *library;
	CK_FUNCTION_LIST  *f;
	CK_SESSION_HANDLE  session; /* CK_INVALID_HANDLE while there is none */
};

/* Where SoftHSM's library is on this machine, or NULL. */
const char *device_module(void);

/*
 * Writes STORE/softhsm2.conf (or STORE/NAME) for the tokens in STORE/tokens, which is made. mechanisms
 * restricts what the token offers, in SoftHSM's words; NULL: everything.
 */
bool device_write_conf(const char *store, const char *name, const char *mechanisms);

/* Loads and initialises the module over that configuration file. */
bool device_open(struct device *device, const char *module, const char *conf);
/* Ends the session and the module; the library stays mapped. */
void device_close(struct device *device);

/* The slot of a token by label; *ret_found says whether there is one. */
bool device_find(struct device *device, const char *label, bool *ret_found, CK_SLOT_ID *ret_slot);

/* Makes a token in a free slot and gives it its PINs. */
bool device_make_token(struct device *device, const char *label, const char *so_pin,
                       const char *pin);

/* Opens a read-write session at the token; pin NULL: without logging in. */
bool device_login(struct device *device, const char *label, const char *pin);

/* True when rv is CKR_OK; otherwise says what failed. */
bool device_did(CK_RV rv, const char *what);

/* The PIN in a file; made from random digits (0600) when the file is absent and make is set. */
bool pin_read(const char *path, bool make, char pin[PIN_SIZE]);

#endif
