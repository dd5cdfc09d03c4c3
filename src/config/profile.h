/*
 * Settings as the library takes them. Borrows every text from the settings, which must live longer.
 */
#ifndef CONFIG_PROFILE_H
#define CONFIG_PROFILE_H

#include "config/resolve.h"

#include <exosign/credential.h>
#include <exosign/exchange.h>

/* What the command at hand cannot do without. */
enum { PROFILE_KEY = 1, PROFILE_DIRECTORY = 2 };

typedef struct profile {
	exs_identity         identity;
	exs_network          network;
	exs_signer_options   signer; /* without PIN, state directory and the flags of the day */
	exs_exchange_options exchange;
	const char          *pin_source;   /* NULL: none */
	const char          *softhsm_conf; /* NULL: none */
} profile;

/* Is what the command needs there, and does it go together? With a critic all of it is looked at. */
EXS_MUST_USE exs_status profile_check(const settings *settings, unsigned needs,
                                      const config_critic *critic, exs_error *error);

EXS_MUST_USE exs_status profile_from(const settings *settings, unsigned needs, profile *ret,
                                     exs_error *error);

#endif
