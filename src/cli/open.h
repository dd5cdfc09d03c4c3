/*
 * What a command runs with: its words, the settings, and what it opened; closed in the right order when it ends.
 */
#ifndef CLI_OPEN_H
#define CLI_OPEN_H

#include "cli/commands.h"
#include "cli/pin.h"
#include "config/profile.h"
#include "output/jq.h"

#include <exosign/exosign.h>

struct invocation {
	const given    *given;
	exs_context    *context;
	config_files    files;
	settings        settings;
	profile         profile;
	pin_choice      pin;
	exs_pin_source  pin_source;
	exs_preparation *preparation; /* of the network, while the device takes its time */
	char           *state_directory;
	char           *key_uri; /* what a thumbprint stood for */
	exs_signer     *signer;
	exs_credential *credential;
	exs_exchange   *exchange;
	bool            settings_read;
	jq_filter      *jq; /* of --jq, compiled before anything else happens */
	int             answer; /* the exit status of a command with COMMAND_ANSWERS that did not fail */
};

void invocation_done(invocation *inv);

/* Reads the files only. critic: told of every problem, or NULL. */
EXS_MUST_USE exs_status open_files(invocation *inv, const config_critic *critic, exs_error *error);
/* Reads the files and resolves the profile's settings. */
EXS_MUST_USE exs_status open_settings(invocation *inv, exs_error *error);
/* The settings as the library takes them; needs: PROFILE_KEY, PROFILE_DIRECTORY. Made known to SoftHSM. */
EXS_MUST_USE exs_status open_profile(invocation *inv, unsigned needs, exs_error *error);
/*
 * How the token of a key or of a URI given as a word is reached: settings, PIN source, memory of failed PINs. uri NULL: the
 * profile's key. Borrows from inv.
 */
EXS_MUST_USE exs_status open_access(invocation *inv, const char *uri, exs_token_access *ret,
                                    exs_error *error);
/* The profile's PIN source, and where failed PINs are remembered (inv->state_directory). */
EXS_MUST_USE exs_status open_pin(invocation *inv, exs_pin_source *ret, exs_error *error);
/* Each opens what it stands on. */
EXS_MUST_USE exs_status open_credential(invocation *inv, exs_error *error);
/* The same for a command that will speak to the network. */
EXS_MUST_USE exs_status open_online(invocation *inv, exs_error *error);
EXS_MUST_USE exs_status open_exchange(invocation *inv, exs_error *error);
/* Without device: enough to see what would be sent. */
EXS_MUST_USE exs_status open_preview(invocation *inv, exs_error *error);

/* The overrides of this command line and its environment. */
config_overrides open_overrides(const invocation *inv);

#endif
