/*
 * How Exchange says no. See exchange_errors.h.
 */
#include "exchange_errors.h"

#include <stdint.h>
#include <string.h>

struct failure_row {
	int         status;
	const char *code;    /* error.code */
	const char *details; /* details[0].code: Client before the cmdlet ran, Context from within it */
	const char *type;
	const char *text;    /* where it is always the same */
};

#define ADMIN_API "Microsoft.Exchange.AdminApi."
#define TASKS     "Microsoft.Exchange.Configuration.Tasks."
#define DIRECTORY "Microsoft.Exchange.Data.Directory."
#define RECIPIENT "Microsoft.Exchange.Management.RecipientTasks."
#define STORE     "Microsoft.Exchange.Management.StoreTasks."
#define POWERSHELL "System.Management.Automation."

static const struct failure_row rows[FAILURES] = {
	[FAILURE_BODY] = { 400, "BadRequest", "Client",
	                   ADMIN_API "CommandInvocation.InvalidCmdletInputException", NULL },
	[FAILURE_PARAMETER] = { 400, "BadRequest", "Client",
	                        ADMIN_API "CommandInvocation.AmbiguousParameterSetException", NULL },
	[FAILURE_BINDING] = { 400, "BadRequest", "Client",
	                      POWERSHELL "ParameterBindingException", NULL },
	[FAILURE_ARGUMENT] = { 400, "BadRequest", "Context",
	                       "Microsoft.Exchange.Management.Tasks.InvalidArgumentException", NULL },
	[FAILURE_FILTER] = { 400, "BadRequest", "Context",
	                     "Microsoft.Exchange.Data.ParsingException", NULL },
	[FAILURE_NOT_FOUND] = { 404, "NotFound", "Context",
	                        TASKS "ManagementObjectNotFoundException", NULL },
	[FAILURE_EXISTS] = { 400, "BadRequest", "Context",
	                     DIRECTORY "ADObjectAlreadyExistsException", NULL },
	[FAILURE_ADDRESS_TAKEN] = { 400, "BadRequest", "Context",
	                            DIRECTORY "Recipient.ProxyAddressExistsException", NULL },
	[FAILURE_MEMBER_EXISTS] = { 400, "BadRequest", "Context",
	                            RECIPIENT "MemberAlreadyExistsException", NULL },
	[FAILURE_MEMBER_MISSING] = { 400, "BadRequest", "Context",
	                             RECIPIENT "MemberNotFoundException", NULL },
	[FAILURE_ENTRY_EXISTS] = { 400, "BadRequest", "Context",
	                           STORE "UserAlreadyExistsInPermissionEntryException", NULL },
	[FAILURE_ENTRY_MISSING] = { 400, "BadRequest", "Context",
	                            STORE "UserNotFoundInPermissionEntryException", NULL },
	[FAILURE_QUERY] = { 400, "BadRequest", "Client",
	                    "Microsoft.Exchange.Admin.OData.Core.ODataServiceException", NULL },
	[FAILURE_PAGE] = { 400, "BadRequest", "Client",
	                   ADMIN_API "CommandInvocation.InvalidPaginationRequestException",
	                   "Expired or Invalid pagination request. Default Expiry time is 00:30:00" },
	[FAILURE_CMDLET_DENIED] = { 403, "Forbidden", "Client",
	                            TASKS "CmdletAccessDeniedException", NULL },
	[FAILURE_SCENARIO] = { 403, "Forbidden", "Client", "System.UnauthorizedAccessException",
	                       "The role assigned to the application isn't supported in this "
	                       "scenario. Assign one of the directory roles that app-only "
	                       "authentication supports." },
	[FAILURE_CONCURRENCY] = { 400, "BadRequest", "Client",
	                          ADMIN_API "CommandInvocation.ConcurrencyLimitException",
	                          "You have reached the maximum number of concurrent requests per "
	                          "tenant. Please wait and try again" },
	[FAILURE_TRACE_BUDGET] = { 429, "TooManyRequests", "Context",
	                           "Microsoft.Exchange.Management.Tasks.ThrottlingException", NULL },
	[FAILURE_TRANSIENT] = { 500, "InternalServerError", "ServerOperation",
	                        DIRECTORY "SuitabilityDirectoryException",
	                        "The directory server could not be reached; the issue may be "
	                        "transient. Try the operation again." },
	[FAILURE_ROUTING] = { 400, "ErrorIncorrectRoutingHint", "Client",
	                      "Microsoft.Exchange.HttpProxy.HttpProxyException", NULL },
	[FAILURE_METHOD] = { 405, "MethodNotAllowed", "Client",
	                     "Microsoft.Exchange.Admin.OData.Core.ODataServiceException", NULL },
	[FAILURE_ROUTE] = { 404, "NotFound", "Client",
	                    "Microsoft.Exchange.Admin.OData.Core.ODataServiceException", NULL },
};

const char *
failure_text(enum failure failure)
{
	return rows[failure].text;
}

/* Six hex digits that stay the same for a type, as the service's own tags do. */
static unsigned
tag_of(const char *type)
{
	uint32_t tag = 2166136261u;

	for (; *type != '\0'; type++)
		tag = (tag ^ (unsigned char)*type) * 16777619u;
	return tag & 0xffffffu;
}

static void
write_details(struct text *out, const struct failure_row *row, enum failure_form form,
              const char *text)
{
	struct text message = { 0 };

	switch (form) {
	case FORM_PIPE3:
		text_addf(&message, "Ex%06X|%s|%s", tag_of(row->type), row->type, text);
		break;
	case FORM_JSON:
		text_puts(&message, "{");
		text_member(&message, "Message", text);
		text_puts(&message, ",");
		text_member(&message, "TypeName", row->type);
		text_puts(&message, ",\"StackTrace\":\"\",\"InnerError\":null}");
		break;
	case FORM_INNER:
		text_addf(&message, "{\"Message\":\"Exception of type '%s' was thrown.\",\"TypeName\":\"%s\","
		          "\"InnerError\":{", row->type, row->type);
		text_member(&message, "Message", text);
		text_puts(&message, ",");
		text_member(&message, "TypeName", row->type);
		text_puts(&message, "}}");
		break;
	case FORM_PLAIN:
		text_puts(&message, text);
		break;
	case FORM_INTERNAL:
		text_puts(&message, "");
		break;
	default:
		text_addf(&message, "|%s|%s", row->type, text);
		break;
	}
	text_json_n(out, message.at, message.len);
	text_done(&message);
}

static void
write_bare(struct text *out, const struct failure_row *row, const char *text)
{
	text_puts(out, "{\"Message\":\"An error has occurred.\",");
	text_member(out, "ExceptionMessage", text);
	text_puts(out, ",");
	text_member(out, "ExceptionType", row->type);
	text_puts(out, "}");
}

void
failure_write(struct web_answer *answer, enum failure failure, enum failure_form form,
              const char *text)
{
	const struct failure_row *row = &rows[failure];
	bool client = strcmp(row->details, "Client") == 0;
	const char *outer = client ? "Invalid Operation" : "Error executing cmdlet";
	struct text *out = &answer->body;

	if (form == FORM_USUAL)
		form = client ? FORM_PIPE2 : FORM_PIPE3;
	answer->status = row->status;
	answer->content_type = "application/json; charset=utf-8";
	text_done(out);
	if (form == FORM_BARE) {
		write_bare(out, row, text);
		return;
	}
	text_puts(out, "{\"error\":{");
	text_member(out, "code", row->code);
	text_puts(out, ",");
	text_member(out, "message", outer);
	text_puts(out, ",\"details\":[");
	text_puts(out, form == FORM_SECOND ? "{\"code\":\"\",\"target\":\"\",\"message\":\"\"},{" : "{");
	text_member(out, "code", row->details);
	text_puts(out, ",\"target\":\"\",\"message\":");
	write_details(out, row, form, text);
	text_puts(out, "}]");
	if (client || form == FORM_INTERNAL) {
		text_puts(out, ",\"innererror\":{");
		text_member(out, "message", outer);
		text_puts(out, ",\"type\":\"Microsoft.Exchange.Admin.OData.Core.ODataServiceException\","
		               "\"stacktrace\":\"\",\"internalexception\":{");
		text_member(out, "message", text);
		text_puts(out, ",");
		text_member(out, "type", row->type);
		text_puts(out, ",\"stacktrace\":\"\"}}");
	}
	text_puts(out, "}," WARNINGS_LEAD "]}");
}
