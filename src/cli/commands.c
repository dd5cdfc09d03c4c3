/* The commands, group after group. */
#include "cli/commands.h"

#include <stdio.h>

enum { TITLE_MAX = 80 };

static const command *const groups[] = {
	exchange_commands, token_commands, device_commands, certificate_commands, operate_commands, program_commands, app_commands,
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

const char *
command_title(const command *c, char *to, size_t room)
{
	(void)snprintf(to, room, "exosign %s%s%s", c->name, c->sub == NULL ? "" : " ",
	               c->sub == NULL ? "" : c->sub);
	return to;
}

/* "app key add" */
static span
words_of(const command *c, char *to, size_t room)
{
	return span_of(command_title(c, to, room) + strlen("exosign "));
}

const command *
command_named(const char *words)
{
	const command *c;
	char           title[TITLE_MAX];

	for (size_t i = 0; (c = command_at(i)) != NULL; i++)
		if (span_is(words_of(c, title, sizeof title), words))
			return c;
	return NULL;
}

/* What stands behind the words of the group; empty when it is not in it. */
static span
behind(const command *c, const char *group, char *to, size_t room)
{
	span   words = words_of(c, to, room);
	size_t length = strlen(group);

	if (length == 0)
		return words;
	if (!span_starts(words, group) || words.len <= length || words.at[length] != ' ')
		return span_from("", 0);
	return span_from(words.at + length + 1, words.len - length - 1);
}

bool
command_is_in(const command *c, const char *group)
{
	char title[TITLE_MAX];

	return behind(c, group, title, sizeof title).len > 0;
}

bool
command_is_group(const char *words)
{
	const command *c;

	for (size_t i = 0; (c = command_at(i)) != NULL; i++)
		if (command_is_in(c, words))
			return true;
	return false;
}

const char *
command_word(const command *c, const char *group, char *to, size_t room)
{
	char title[TITLE_MAX];
	span rest = behind(c, group, title, sizeof title), word = span_cut(&rest, ' ');

	(void)snprintf(to, room, "%.*s", (int)word.len, word.at);
	return to;
}
