/* A read that proves that a change was not made. */
#include "exchange/batch_proof.h"

#include "base/error.h"
#include "exchange/literal.h"

#include <stdio.h>

/* Nouns with a Get- that finds one object by what New- calls Name and Remove- calls Identity, each name being there once. */
static const char *const nouns[] = {
	"Mailbox",       "MailUser",      "MailContact",   "DistributionGroup", "DynamicDistributionGroup",
	"UnifiedGroup",  "TransportRule", "RoleGroup",     "RetentionPolicy",   "RetentionPolicyTag",
	"JournalRule",   "AcceptedDomain", "RemoteDomain", "InboundConnector",  "OutboundConnector",
	"ManagementScope", "AddressBookPolicy", "EmailAddressPolicy", "AddressList",
};

typedef struct way {
	const char *verb, *parameter;
	bool        when_found;
} way;

static const way ways[] = {{"New", "Name", false}, {"Remove", "Identity", true}};

static const way *
find_way(const exs_command *change, const char **ret_noun)
{
	span noun = span_of(exs_command_name(change)), verb = span_cut(&noun, '-');

	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		EXS_SCOPED(buf) value = BUF(LITERAL_TEXT_MAX);

		if (!span_is_nocase(verb, ways[i].verb) ||
		    !command_string(change, ways[i].parameter, &value) || value.len == 0)
			continue;
		for (size_t n = 0; n < sizeof nouns / sizeof nouns[0]; n++) {
			if (!span_is_nocase(noun, nouns[n]))
				continue;
			*ret_noun = nouns[n];
			return &ways[i];
		}
	}
	return NULL;
}

bool
proof_exists(const exs_command *change)
{
	const char *noun;

	return find_way(change, &noun) != NULL;
}

exs_status
proof_read(const exs_command *change, exs_command **ret, bool *ret_when_found, exs_error *error)
{
	EXS_AUTO(exs_command) *read = NULL;
	EXS_SCOPED(buf) value = BUF(LITERAL_TEXT_MAX);
	const char *noun = "";
	const way  *w = find_way(change, &noun);
	char        name[COMMAND_NAME_MAX];

	if (w == NULL || !command_string(change, w->parameter, &value))
		return exs_fail(error, E_BUG, "no read proves anything about %s", exs_command_name(change));
	(void)snprintf(name, sizeof name, "Get-%s", noun);
	EXS_TRY(exs_command_new(name, &read, error));
	EXS_TRY(exs_command_text(read, "Identity", buf_text(&value), value.len, error));
	*ret_when_found = w->when_found;
	EXS_GIVE(ret, read);
	return EXS_OK;
}
