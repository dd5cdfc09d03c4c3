/*
 * SoftHSM tokens for tests, made by `exosign-sandbox device`, and signer options that use them. What the hooks saw is kept:
 * events of the log, questions for a PIN.
 */
#ifndef SUPPORT_SOFTHSM_H
#define SUPPORT_SOFTHSM_H

#include "support/test.h"

#include <exosign/signer.h>

#include <stdatomic.h>

#define SOFTHSM_MODULE "/usr/lib/softhsm/libsofthsm2.so"

typedef struct softhsm {
	char store[300];
	char token[33];
	char pin[64];
	char state[320];      /* where failed PINs are remembered */
	char uri[8][700];
	unsigned next_uri;
} softhsm;

/* A fresh token called `name` with these keys (NULL-terminated; see exosign-sandbox device --help). mechanisms NULL: all. */
void softhsm_make(softhsm *hsm, const char *name, const char *mechanisms, const char *const *keys);
/* One more token or more keys in a store that exists. */
void softhsm_add_token(const softhsm *hsm, const char *name, const char *const *keys);
void softhsm_add_keys(const softhsm *hsm, const char *const *keys);
/* The certificate with this label, PEM, as a file beside the store. */
const char *softhsm_certificate(softhsm *hsm, const char *label);

/* pkcs11:token=NAME;ATTRIBUTES?module-path=...; valid until the 8th call from now. */
const char *softhsm_uri(softhsm *hsm, const char *attributes);
const char *softhsm_uri_of(softhsm *hsm, const char *attributes, const char *module);

/* A PIN source that counts. */
typedef struct pin_giver {
	const char     *pin;
	atomic_int      asked;
	exs_pin_request last;
	exs_status      refuse; /* EXS_OK: gives the PIN */
} pin_giver;
exs_pin_source pin_giver_source(pin_giver *giver, bool attended);

/* A context whose hooks remember; one for the whole program. */
exs_context *test_context(void);
/* How many events of this name were logged since test_log_clear(), and the last one as "name=value ...". */
unsigned    test_log_count(const char *event);
const char *test_log_last(const char *event);
void        test_log_clear(void);
/* What the clock says, in milliseconds from the system's; and whether the host gave up. */
void test_clock_shift(int64_t ms);
void test_cancel(bool cancelled);

/* Options for the key, with the right PIN from `giver`. */
exs_signer_options softhsm_options(softhsm *hsm, const char *uri, pin_giver *giver);

/* Runs a function in a process of its own; its return value (0-255), or -1 when it crashed. */
int test_in_process(int (*run)(void *self), void *self);

#endif
