/*
 * A cmdlet and its parameters from the words of a command line, as PowerShell would take them:
 *
 *   -Name VALUE    a literal; a,b may be several words around the comma
 *   -Name:VALUE    the same in one word
 *   -Name          a switch, when another parameter or nothing follows
 *   -Name:=JSON    JSON as it is
 *   -Name@FILE     the text of a file; -Name@bytes:FILE its bytes
 *
 * A parameter that is a secret takes -Name@FILE and -Name@fd:N, and -Name alone asks for it (secret_source.h); written out it is
 * refused, but for $null.
 *
 * The dashes that word processors write (U+2013 to U+2015) begin a parameter too. A word that begins with a dash and a
 * digit or a dot is a value.
 */
#ifndef CLI_PARAMETERS_H
#define CLI_PARAMETERS_H

#include "base/mem.h"

#include <exosign/cmdlets.h>

#include <stdbool.h>

enum { PARAMETER_FILE_MAX = 32 * 1024 * 1024 };

/* How they are read. */
typedef struct parameter_rules {
	const exs_cmdlets *cmdlets;  /* what is known of the cmdlet; NULL: nothing */
	bool               no_input; /* nobody may be asked */
} parameter_rules;

/* words[0] is the cmdlet. On success *ret_command is the caller's. */
EXS_MUST_USE exs_status parameters_read(char *const *words, size_t n, const parameter_rules *rules,
                                        exs_command **ret_command, exs_error *error);

#endif
