/* The commands, group after group. */
#include "cli/commands.h"

#include <stdio.h>

static const command *const groups[] = {
	exchange_commands, token_commands, device_commands, certificate_commands, operate_commands, program_commands,
};

const command *
command_at(size_t i)
{
	for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++)
		for (const command *c = groups[g]; c->name != NULL; c++)
			if (i-- == 0)
				return c;
	return NULL;
}

const command *
command_find(const char *name, const char *sub)
{
	const command *c;

	for (size_t i = 0; (c = command_at(i)) != NULL; i++) {
		if (strcmp(c->name, name) != 0 || (c->sub == NULL) != (sub == NULL))
			continue;
		if (sub == NULL || strcmp(c->sub, sub) == 0)
			return c;
	}
	return NULL;
}

bool
command_is_group(const char *name)
{
	const command *c;

	for (size_t i = 0; (c = command_at(i)) != NULL; i++)
		if (c->sub != NULL && strcmp(c->name, name) == 0)
			return true;
	return false;
}

const char *
command_title(const command *c, char *to, size_t room)
{
	(void)snprintf(to, room, "exosign %s%s%s", c->name, c->sub == NULL ? "" : " ",
	               c->sub == NULL ? "" : c->sub);
	return to;
}
