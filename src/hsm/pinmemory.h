/*
 * The memory of PINs that failed, kept per token across processes.
 *
 * Flags of a token do not tell enough (pkcs11.md 4.1), and a timer with a stale PIN would burn a try per run. So a file per
 * token remembers how many logins failed since the last good one, and a keyed hash of each PIN that failed: it can
 * recognise a PIN and not give one back. While a memory is open no other process can log in to the token.
 */
#ifndef HSM_PINMEMORY_H
#define HSM_PINMEMORY_H

#include "base/secret.h"
#include "hsm/token.h"

typedef struct pinmemory pinmemory;

/* Whose PIN: module and token. Serials may be blank or all zeros; then the label counts too. */
typedef struct token_identity {
	char name[64];          /* for file names */
	unsigned char hash[32]; /* SHA-256 over all that identifies it */
} token_identity;
EXS_MUST_USE exs_status token_identify(const token *t, token_identity *ret, exs_error *error);

/* Locks and reads. E_PIN_MEMORY when the directory or the file cannot be trusted or used. */
EXS_MUST_USE exs_status pinmemory_open(const exs_context *context, const char *directory,
                                       const token_identity *identity, int64_t wait_ms,
                                       pinmemory **ret, exs_error *error);
/* Unlocks. What was noted stays noted. Takes NULL. */
void pinmemory_free(pinmemory *m);
EXS_DEFINE_AUTO(pinmemory)

/* Failures since the last good login, as of now and without the lock; 0 when nothing can be read. */
unsigned pinmemory_peek(const char *directory, const token_identity *identity);

unsigned pinmemory_failures(const pinmemory *m);
bool     pinmemory_knows(const pinmemory *m, const secret *pin);

/* Counts one more failure, of this PIN (NULL: typed at the device), and writes it down: before the PIN is sent. */
EXS_MUST_USE exs_status pinmemory_note(pinmemory *m, const secret *pin, exs_error *error);
/* The login was good: forgets everything. */
EXS_MUST_USE exs_status pinmemory_clear(pinmemory *m, exs_error *error);
/* The PIN was not looked at: as it was before the note. */
EXS_MUST_USE exs_status pinmemory_restore(pinmemory *m, exs_error *error);

#endif
