/* The Exchange Admin API v2.0. */
#include "exchange/v2.h"

#include "base/error.h"

enum { PARAMETERS = 4 };

/* A ! before a name: it must be given. */
typedef struct v2_row {
	const char *cmdlet, *endpoint;
	const char *parameters[PARAMETERS + 1];
	bool        about_mailbox; /* Identity names the mailbox it is routed to */
} v2_row;

static const v2_row rows[] = {
	{"Get-OrganizationConfig", "OrganizationConfig", {NULL}, false},
	{"Get-AcceptedDomain", "AcceptedDomain", {"Identity", "ResultSize"}, false},
	{"Get-Mailbox", "Mailbox", {"Identity", "ResultSize", "IncludeGrantSendOnBehalfToWithDisplayNames"}, true},
	{"Set-Mailbox", "Mailbox", {"!Identity", "!GrantSendOnBehalfTo"}, true},
	{"Get-MailboxFolderPermission", "MailboxFolderPermission", {"!Identity", "User", "ResultSize"}, true},
	{"Add-MailboxFolderPermission", "MailboxFolderPermission", {"!Identity", "User", "AccessRights"}, true},
	{"Set-MailboxFolderPermission", "MailboxFolderPermission", {"!Identity", "User", "AccessRights"}, true},
	{"Remove-MailboxFolderPermission", "MailboxFolderPermission", {"!Identity", "User", "AccessRights"}, true},
	{"Get-DistributionGroupMember", "DistributionGroupMember", {"!Identity", "ResultSize"}, false},
	{"Get-DynamicDistributionGroupMember", "DynamicDistributionGroupMember", {"!Identity", "ResultSize"}, false},
};

static const v2_row *
find(const exs_command *command)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (span_is_nocase(span_of(exs_command_name(command)), rows[i].cmdlet))
			return &rows[i];
	return NULL;
}

static const char *
plain(const char *name)
{
	return name[0] == '!' ? name + 1 : name;
}

static bool
takes(const v2_row *row, span parameter)
{
	for (size_t i = 0; row->parameters[i] != NULL; i++)
		if (span_is_nocase(parameter, plain(row->parameters[i])))
			return true;
	return false;
}

static void
list_parameters(const v2_row *row, buf *to)
{
	for (size_t i = 0; row->parameters[i] != NULL; i++)
		buf_addf(to, "%s-%s", i == 0 ? "" : ", ", plain(row->parameters[i]));
	if (to->len == 0)
		buf_puts(to, "none");
}

static exs_status
refuse_parameter(const v2_row *row, const char *what, span parameter, exs_error *error)
{
	EXS_SCOPED(buf) list = BUF(400);
	exs_status status = exs_fail(error, E_PARAMETER, "%s -" SPAN_FORMAT ": the API v2.0 %s it",
	                             row->cmdlet, SPAN_PRINT(parameter), what);

	list_parameters(row, &list);
	error_why(error, "%s takes there: %s", row->cmdlet, buf_text(&list));
	error_fix(error, "leave --api v2 out: the usual API takes every parameter of the cmdlet");
	return status;
}

exs_status
v2_check(const exs_command *command, exs_error *error)
{
	const v2_row   *row = find(command);
	EXS_SCOPED(buf) names = BUF(64 * 1024);
	exs_status      status;
	span            rest;

	if (row == NULL) {
		status = exs_fail(error, E_USAGE, "%s is not among the cmdlets of the API v2.0",
		                  exs_command_name(command));
		error_why(error, "it has ten cmdlets: Get-OrganizationConfig, Get-AcceptedDomain, Get- and "
		                 "Set-Mailbox, Get-, Add-, Set- and Remove-MailboxFolderPermission, "
		                 "Get-DistributionGroupMember and Get-DynamicDistributionGroupMember");
		error_fix(error, "leave --api v2 out: the usual API (beta) runs every cmdlet");
		return status;
	}
	command_names(command, &names);
	for (rest = buf_span(&names); rest.len > 0;) {
		span name = span_cut(&rest, ' ');

		if (!takes(row, name))
			return refuse_parameter(row, "does not take", name, error);
	}
	for (size_t i = 0; row->parameters[i] != NULL; i++)
		if (row->parameters[i][0] == '!' &&
		    command_value(command, plain(row->parameters[i])).at == NULL)
			return refuse_parameter(row, "needs", span_of(plain(row->parameters[i])), error);
	return EXS_OK;
}

const char *
v2_endpoint(const exs_command *command)
{
	const v2_row *row = find(command);

	return row == NULL ? "" : row->endpoint;
}

void
v2_anchor(const exs_command *command, const char *tenant, const char *organization, anchor *ret)
{
	const v2_row *row = find(command);

	*ret = (anchor){.from_parameter = false};
	if (row != NULL && row->about_mailbox &&
	    anchor_mailbox(command, "Identity", tenant, ret)) {
		/* a header of the module, not of this API */
		ret->from_parameter = false;
		return;
	}
	anchor_system("APP:", tenant, organization, ret);
}
