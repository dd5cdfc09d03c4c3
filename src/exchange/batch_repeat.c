/* May a change whose answer was lost be made again? */
#include "exchange/batch_repeat.h"

#include "base/jsontext.h"
#include "exchange/cast.h"
#include "exchange/literal.h"

/* Parameters by which a Set- changes what an address, or any other Identity but a GUID, finds. */
static const char *const addresses[] = {
	"Alias", "PrimarySmtpAddress", "WindowsEmailAddress", "EmailAddresses", "UserPrincipalName",
	"MicrosoftOnlineServicesID", "ExternalEmailAddress", "WindowsLiveID",
};
static const char *const names[] = {"Name", "DisplayName", "SamAccountName", "LegacyExchangeDN"};

/* Set- that does more than to set. */
static const char *const doing[] = {
	"Set-MailboxImportRequest", "Set-MigrationBatch", "Set-MoveRequest", "Set-UserPhoto",
	"Set-MailboxRestoreRequest", "Set-MailboxExportRequest",
};

/* Nouns whose Enable- and Disable- only turn a switch. */
static const char *const switches[] = {
	"InboxRule", "TransportRule", "JournalRule", "HostedContentFilterRule", "AntiPhishRule",
	"MalwareFilterRule", "SafeLinksRule", "SafeAttachmentRule", "HostedOutboundSpamFilterRule",
	"EOPProtectionPolicyRule", "ATPProtectionPolicyRule", "ReportSubmissionRule", "SweepRule",
};

static bool
has_one_of(const exs_command *command, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (command_value(command, list[i]).at != NULL)
			return true;
	return false;
}

/* Might the second time not find the object any more? */
static bool
moves(const exs_command *command)
{
	EXS_SCOPED(buf) identity = BUF(LITERAL_TEXT_MAX);

	if (!command_string(command, "Identity", &identity))
		return command_value(command, "Identity").at != NULL;
	if (cast_is_guid(buf_span(&identity)))
		return false;
	return has_one_of(command, addresses, sizeof addresses / sizeof addresses[0]) ||
	       (memchr(buf_text(&identity), '@', identity.len) == NULL &&
	        has_one_of(command, names, sizeof names / sizeof names[0]));
}

static bool
is_one_of(const char *name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_is_nocase(span_of(name), list[i]))
			return true;
	return false;
}

static bool
has_table(span value)
{
	jsontext_walk walk;
	span          name, element;

	if (value.len == 0 || jsontext_kind_of(value) == JSONTEXT_OBJECT)
		return value.len > 0;
	if (jsontext_kind_of(value) != JSONTEXT_ARRAY)
		return false;
	walk = jsontext_open(value);
	while (jsontext_next(&walk, &name, &element))
		if (has_table(element))
			return true;
	return false;
}

/* Is any value a hashtable, or has one in it: @{Add='x'}? */
static bool
edits(const exs_command *command)
{
	command_part part;

	for (size_t i = 0; command_part_at(command, i, &part); i++)
		if (has_table(part.value))
			return true;
	return false;
}

bool
repeat_is_harmless(const exs_command *command)
{
	const char *name = exs_command_name(command);
	span        verb = span_of(name), noun = verb;

	if (exs_command_reads(command))
		return true;
	verb = span_cut(&noun, '-');
	if (span_is_nocase(verb, "Enable") || span_is_nocase(verb, "Disable"))
		return is_one_of(noun.at, switches, sizeof switches / sizeof switches[0]);
	if (!span_is_nocase(verb, "Set") || is_one_of(name, doing, sizeof doing / sizeof doing[0]))
		return false;
	return !edits(command) && !moves(command);
}
