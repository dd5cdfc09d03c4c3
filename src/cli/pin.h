/*
 * Where the PIN of this run comes from; the first that is configured: --pin-fd, the profile's pin-source
 * (credential:NAME, file:PATH), the terminal. With none of them a login is refused, never waited for.
 */
#ifndef CLI_PIN_H
#define CLI_PIN_H

#include "base/mem.h"

#include <exosign/signer.h>

typedef struct pin_choice {
	int         fd;       /* --pin-fd; -1: none */
	const char *source;   /* pin-source of the profile; NULL: none */
	bool        no_input; /* the terminal is not to be asked */
	char        name[256]; /* written by pin_source_choose() */
} pin_choice;

enum { PIN_FD_WAIT_MS = 10000 };

/* The source borrows `choice`, which must outlive it. */
EXS_MUST_USE exs_status pin_source_choose(pin_choice *choice, exs_pin_source *ret,
                                          exs_error *error);

/* "3" of --pin-fd as an open descriptor. */
EXS_MUST_USE exs_status pin_fd_parse(const char *text, int *ret, exs_error *error);

#endif
