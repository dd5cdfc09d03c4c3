/*
 * The functions of the service's script as records: each cmdlet and its parameters with their types.
 *
 *   function script:Verb-Noun { [CmdletBinding(...)] param( [Parameter(...)] [type] ${Name}, ... ) ... }
 *
 * Records are lines, fields parted by tabs, as the cache keeps them (catalogue.h):
 *
 *   c NAME                        a cmdlet
 *   p NAME TYPE MANDATORY ALIASES its parameters: m in every parameter set, s in some, - in none; A,B or nothing
 *
 * Types are written as people write them: string, switch, bool, int, securestring, byte[] ... Everything else in the script is
 * passed over, but for the service's public key for SecureStrings.
 */
#ifndef EXCHANGE_FUNCTIONS_H
#define EXCHANGE_FUNCTIONS_H

#include "exchange/script.h"

enum {
	FUNCTIONS_NAME_MAX = 128,
	FUNCTIONS_TYPE_MAX = 96,
	FUNCTIONS_RECORDS_MAX = 16 * 1024 * 1024,
	FUNCTIONS_KEY_MAX = 8 * 1024,
};

/* One parameter while it is being read. */
typedef struct functions_parameter {
	char     type[FUNCTIONS_TYPE_MAX];
	size_t   type_length;
	unsigned attributes, mandatory; /* [Parameter()] so often, of them mandatory */
	buf      aliases;
} functions_parameter;

typedef struct functions {
	script              script;
	buf                 records;
	buf                 key; /* <RSAKeyValue>...</RSAKeyValue>, or nothing */
	int                 state;
	char                bracket[FUNCTIONS_TYPE_MAX]; /* what stands in [ ] */
	size_t              bracket_length;
	unsigned            braces, brackets, parentheses; /* within the function, its parameter, its attribute */
	functions_parameter parameter;
	bool                is_attribute; /* the [ ] has arguments */
	bool                wants_mandatory, is_on;
} functions;

void functions_begin(functions *f);
void functions_done(functions *f);
void functions_feed(functions *f, span piece);
/* The records and the key are complete. */
EXS_MUST_USE exs_status functions_end(functions *f, exs_error *error);

/* Verb-Noun, and a parameter's name: ASCII letters and digits. */
bool functions_is_cmdlet(span s);
bool functions_is_name(span s);

/* "System.Management.Automation.SwitchParameter" to "switch"; appended. */
void functions_add_type(buf *to, span type);

#endif
