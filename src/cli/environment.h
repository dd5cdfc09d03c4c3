/*
 * The environment: variables, standard directories, terminals. The only place that reads (or, for SoftHSM, writes) it.
 */
#ifndef CLI_ENVIRONMENT_H
#define CLI_ENVIRONMENT_H

#include "base/mem.h"

#include <stdbool.h>

/* NULL when it is not set. Belongs to the environment. */
const char *environment_variable(const char *name);
/* The i-th variable whose name begins with EXOSIGN_: its name alone, as long as `to` has room. False: no more. */
bool environment_own(size_t i, char *to, size_t room);

/* Paths are the caller's; *ret is NULL when there is no home to put them in. */
EXS_MUST_USE exs_status environment_user_config(char **ret, exs_error *error);
EXS_MUST_USE exs_status environment_sandbox_config(char **ret, exs_error *error);
/* $CACHE_DIRECTORY (systemd), else $XDG_CACHE_HOME/exosign, else ~/.cache/exosign. */
EXS_MUST_USE exs_status environment_cache_directory(char **ret, exs_error *error);
/* $STATE_DIRECTORY (systemd), else $XDG_STATE_HOME/exosign, else ~/.local/state/exosign. */
EXS_MUST_USE exs_status environment_state_directory(char **ret, exs_error *error);

/* SOFTHSM2_CONF for the module that will be loaded; call before any thread runs. */
EXS_MUST_USE exs_status environment_set_softhsm(const char *path, exs_error *error);

/* Columns of the terminal behind fd; 0 when it is none or does not say. */
unsigned environment_width(int fd);
bool     environment_is_terminal(int fd);

/*
 * A TPM's libraries (tpm2-tss, below tpm2-pkcs11) print a dozen lines on stderr wherever there is no TPM, and every command
 * that looks at all modules loads them. What is wrong with a module we say ourselves. Who set TSS2_LOG keeps it.
 */
void environment_quiet_libraries(void);

#endif
