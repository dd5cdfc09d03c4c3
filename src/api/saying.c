/* What Exchange says when it refuses. */
#include "api/saying.h"

#include "api/fault.h"

#include <exosign/explain.h>
#include <stdio.h>

#define AGAIN      "exosign repeats what only reads by itself; run a change again, or later"
#define DIRECTORY  "a directory server behind Exchange was busy or not there for a moment"

/* Parts of messages, in the order in which they are looked for. */
static const saying in_message[] = {
	{"Expired or Invalid pagination request", FAULT_EXPIRED_LINK,
     "the link to the next page was not accepted",
     "links live 5 to 30 minutes and belong to one server of the service; a request that was led to another, "
     "or came too late, loses its place",
     "set organization in the profile to the initial onmicrosoft.com domain; read lists into a file, then work "
     "on the file"},
	{"maximum number of concurrent requests per tenant", FAULT_THROTTLED,
     "too many requests of this tenant run at once",
     "Exchange counts all applications and administrators of a tenant together",
     "run fewer jobs at the same time; exosign waits and repeats by itself"},
	{"recent queries have surpassed the permitted limit", FAULT_THROTTLED,
     "the message trace's budget is spent", "Get-MessageTraceV2 may be asked 100 times in five minutes",
     "wait five minutes, or ask for more rows (-ResultSize 5000) with fewer requests"},
	{"isn't supported in this scenario", FAULT_FORBIDDEN,
     "a directory role of the application is none that Exchange accepts from applications",
     "Exchange takes Exchange, Global, Compliance, Security, Helpdesk and Exchange Recipient Administrator, "
     "Global Reader and Security Reader; any other role is refused whatever it may do elsewhere",
     "assign the app's service principal one of these roles, or a role group of Exchange, then take a new token"},
	{"is not present in the role definition of the current user", FAULT_FORBIDDEN,
     "the cmdlet is not among those the identity may run",
     "Exchange shows an identity only what its roles may run, so a cmdlet it lacks and one that does not exist "
     "look the same",
     "check the cmdlet's spelling; cmdlets of Security & Compliance need --service compliance"},
	{"A parameter cannot be found that matches parameter name", FAULT_PARAMETER,
     "the cmdlet has no parameter of this name, or none for this identity",
     "a parameter that the roles do not allow looks like one that does not exist",
     "compare the spelling with the cmdlet's documentation"},
	{"Could not find a property named", FAULT_PARAMETER, "a property in the request is unknown to the service",
     "names in $select and $filter are matched as the service writes them",
     "take the name from a row that came without --select"},
};

/* Ends of exception types. */
static const saying in_type[] = {
	{"ManagementObjectNotFoundException", FAULT_NOT_FOUND, "the object was not found",
     "it has another name, was deleted, or was made moments ago on another server",
     "look for it: exosign run Get-Recipient -Anr NAME; after a creation wait a minute"},
	{"ADObjectAlreadyExistsException", FAULT_EXISTS, "an object of this name exists already",
     "names, aliases and addresses must be free in the whole tenant, deleted objects included",
     "look at it: exosign run Get-Recipient -Identity NAME; then change it, or take another name"},
	{"ProxyAddressExistsException", FAULT_EXISTS, "another object has this address already",
     "an address belongs to one object of the tenant, soft-deleted mailboxes included",
     "find its owner: exosign run Get-Recipient -Filter \"EmailAddresses -eq 'smtp:ADDRESS'\""},
	{"MemberAlreadyExistsException", FAULT_EXISTS, "the recipient is a member already", "",
     "nothing needs to be done"},
	{"UserAlreadyExistsInPermissionEntryException", FAULT_EXISTS, "the user has an entry on this folder already",
     "one entry a user is possible", "change it with Set-MailboxFolderPermission"},
	{"MemberNotFoundException", FAULT_NOT_FOUND, "the recipient is no member", "", "nothing needs to be done"},
	{"UserNotFoundInPermissionEntryException", FAULT_NOT_FOUND, "the user has no entry on this folder", "",
     "make one with Add-MailboxFolderPermission"},
	{"AmbiguousParameterSetException", FAULT_PARAMETER,
     "a parameter is unknown, or those given do not go together",
     "the service says this for a name it does not know, for one the roles do not allow, and for parameters of "
     "different sets",
     "compare names and combinations with the cmdlet's documentation"},
	{"ParameterBindingException", FAULT_PARAMETER, "a parameter's value cannot be used as it is",
     "the value does not become the type the parameter wants, or one that must be given is missing",
     "compare the value with the cmdlet's documentation; exosign help run shows how values are written"},
	{"ParameterBindingValidationException", FAULT_PARAMETER, "a parameter's value is not allowed",
     "it is empty, too long or not one of the allowed words", "compare the value with the cmdlet's documentation"},
	{"CmdletAccessDeniedException", FAULT_FORBIDDEN, "the identity may not run this cmdlet or parameter",
     "no role of the application holds it",
     "assign a role that does: exosign run Get-ManagementRole -Cmdlet NAME lists them"},
	{"CommandNotFoundException", FAULT_FORBIDDEN, "the cmdlet is not among those the identity may run",
     "Exchange shows an identity only what its roles may run",
     "check the cmdlet's spelling, or assign a role that may run it"},
	{"UnauthorizedAccessException", FAULT_FORBIDDEN, "Exchange refuses the identity",
     "permission or directory role are missing, or the role is none that Exchange accepts from applications",
     "exosign token show: roles and wids are what the application has"},
	{"ThrottlingException", FAULT_THROTTLED, "the service throttles", "", "wait, then try again"},
	{"ConcurrencyLimitException", FAULT_THROTTLED, "too many requests of this tenant run at once", "",
     "run fewer jobs at the same time"},
	{"DCOverloadedException", FAULT_TRANSIENT, "a directory server is overloaded", DIRECTORY, AGAIN},
	{"SuitabilityDirectoryException", FAULT_TRANSIENT, "no suitable directory server was found", DIRECTORY, AGAIN},
	{"ServerInMMException", FAULT_TRANSIENT, "the server is in maintenance", "the mailbox's server was being moved",
     AGAIN},
	{"ADServerSettingsChangedException", FAULT_TRANSIENT, "the directory server changed during the call",
     DIRECTORY, AGAIN},
	{"UnableToWriteToAadException", FAULT_CMDLET, "the change could not be written to the directory",
     "Exchange writes to Entra first; that failed, often for a moment, and the change was not made",
     "run it again after a minute; if it stays, look at the object in Entra"},
	{"StorageTransientException", FAULT_TRANSIENT, "the mailbox store failed for a moment", "", AGAIN},
	{"TransientException", FAULT_TRANSIENT, "the service failed for a moment", "", AGAIN},
	{"CmdletProxyNotAvailableFailure", FAULT_TRANSIENT, "the machine that runs the cmdlets is not available", "",
     AGAIN},
	{"ServerBusyException", FAULT_TRANSIENT, "the server is busy", "", AGAIN},
	{"BackendCommunicationException", FAULT_TRANSIENT, "the service could not reach its own back end", "", AGAIN},
	{"InvalidPaginationRequestException", FAULT_EXPIRED_LINK, "the link to the next page was not accepted",
     "it is too old, or was led to another server", "set organization in the profile"},
	{"ODataServiceException", FAULT_CMDLET, "the outer wrapping of every error; it says nothing",
     "what happened stands in details or internalexception, which exosign prints", ""},
};

enum {
	MESSAGE_MAX = 1024,
	MESSAGES = sizeof in_message / sizeof in_message[0],
	TYPES = sizeof in_type / sizeof in_type[0],
};

/* The service writes isn't with either apostrophe. */
static span
with_plain_apostrophes(span message, char room[MESSAGE_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < message.len && n < MESSAGE_MAX; i++) {
		bool curled = span_starts(span_from(message.at + i, message.len - i), "\xE2\x80\x99");

		room[n++] = curled ? '\'' : message.at[i];
		i += curled ? 2 : 0;
	}
	return span_from(room, n);
}

const saying *
saying_in_message(span message)
{
	char room[MESSAGE_MAX];
	span text = with_plain_apostrophes(message, room);

	for (size_t i = 0; i < MESSAGES; i++)
		if (span_find(text, in_message[i].text) >= 0)
			return &in_message[i];
	return NULL;
}

const saying *
saying_of_type(span type)
{
	for (size_t i = 0; i < TYPES; i++)
		if (span_ends_nocase(type, in_type[i].text))
			return &in_type[i];
	return NULL;
}

bool
exs_explain_exchange(size_t index, exs_explanation *ret)
{
	const saying    *row;
	const error_row *ours;

	if (index >= MESSAGES + TYPES)
		return false;
	row = index < MESSAGES ? &in_message[index] : &in_type[index - MESSAGES];
	ours = error_row_of(fault_error(row->kind));
	*ret = (exs_explanation){.meaning = row->meaning,
	                         .why = row->why,
	                         .fix = row->fix[0] != '\0' ? row->fix : ours->fix,
	                         .status = ours->status};
	(void)snprintf(ret->code, sizeof ret->code, "%s", row->text);
	(void)snprintf(ret->error, sizeof ret->error, "%s", ours->code);
	return true;
}
