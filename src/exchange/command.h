/*
 * What the exchange room knows of a command beyond the public header.
 */
#ifndef EXCHANGE_COMMAND_H
#define EXCHANGE_COMMAND_H

#include "base/buf.h"
#include "base/secret.h"

#include <exosign/cmdlets.h>

EXS_DEFINE_AUTO(exs_command)

struct literal;

enum {
	COMMAND_NAME_MAX = 128,
	COMMAND_PARAMETERS_MAX = 500, /* the largest cmdlet known has 173 (exchange-rest.md 7) */
	COMMAND_BODY_MAX = 64 * 1024 * 1024,
	COMMAND_SECRET_MAX = 1024,
};

/* A copy without the parameters of these names (any case; NULL ends them). */
EXS_MUST_USE exs_status command_copy(const exs_command *command, const char *const *without,
                                     exs_command **ret_copy, exs_error *error);

/* How many parameters it has, and the nth one's name. */
size_t command_count(const exs_command *command);
const char *command_parameter(const exs_command *command, size_t nth);

/* A parameter's value as JSON without tags; at is NULL when it was not given. Any case of the name matches. */
span command_value(const exs_command *command, const char *name);
/* The value when it is a string, decoded into `to`; false when it is not given or no string. */
bool command_string(const exs_command *command, const char *name, buf *to);

/* Can this name be run at all? Names that are not the service's are refused with what to use instead. */
EXS_MUST_USE exs_status command_check(const exs_command *command, exs_error *error);

/*
 * The request body. confirm_default puts "Confirm":false in where the user said nothing and the cmdlet changes things
 * (exchange-rest.md 2.5).
 */
EXS_MUST_USE exs_status command_body(const exs_command *command, bool confirm_default, buf *to,
                                     exs_error *error);
/* The same for people: a secret is "(encrypted)", whether it is or not. */
EXS_MUST_USE exs_status command_show(const exs_command *command, bool confirm_default, buf *to,
                                     exs_error *error);
/* Would confirm_default put it in? */
bool command_wants_confirm(const exs_command *command);

/* What exs_command_select() was given; NULL: all properties. */
const char *command_selected(const exs_command *command);

/* -Name with the value that stands at the reader in a line. */
EXS_MUST_USE exs_status command_read_in_line(exs_command *command, const char *name,
                                             struct literal *line, exs_error *error);

/* One parameter; false behind the last. plain NULL: it is no secret. */
typedef struct command_part {
	const char   *name;
	span          value; /* JSON */
	const secret *plain;
} command_part;
bool command_part_at(const exs_command *command, size_t i, command_part *ret);

/* Other names for the same; what a filter needs is done to a value that turns out to be one. */
EXS_MUST_USE exs_status command_rename(exs_command *command, const char *cmdlet, exs_error *error);
EXS_MUST_USE exs_status command_rename_part(exs_command *command, size_t i, const char *name,
                                            exs_error *error);
/* Another value; of a secret: its ciphertext. Empties json. */
EXS_MUST_USE exs_status command_set_part(exs_command *command, size_t i, buf *json,
                                         exs_error *error);

/* Names of the parameters, separated by blanks, for the log: never the values. */
void command_names(const exs_command *command, buf *to);

#endif
