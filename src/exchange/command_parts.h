/*
 * A command from inside: its parameters, each kept as JSON without tags, or as a secret.
 */
#ifndef EXCHANGE_COMMAND_PARTS_H
#define EXCHANGE_COMMAND_PARTS_H

#include "exchange/command.h"

typedef struct parameter {
	char   *name;
	char   *json; /* of a secret: "(encrypted)", and once it is sealed the ciphertext */
	size_t  len;
	secret *plain; /* NULL: the value is no secret */
	bool    sealed;
} parameter;

struct exs_command {
	char      *name, *selected;
	parameter *parameters;
	size_t     n, room;
};

/* What people see of a secret. */
#define COMMAND_NOT_SHOWN "\"(encrypted)\""

const parameter *command_lookup(const exs_command *command, span name);
/* Can another parameter have this name? */
EXS_MUST_USE exs_status command_check_name(const exs_command *command, const char *name,
                                           exs_error *error);
/* Keeps the finished JSON; the name was checked. */
EXS_MUST_USE exs_status command_keep(exs_command *command, const char *name, buf *value,
                                     exs_error *error);
/* E_SECRET_KEY when a secret would go out as it is. */
EXS_MUST_USE exs_status command_check_sealed(const exs_command *command, exs_error *error);

#endif
