/*
 * The Exchange half: routes, and the way of a request through the house. See exchange.h.
 */
#include "exchange.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "exchange_authorise.h"
#include "exchange_batch.h"
#include "exchange_call.h"
#include "exchange_faults.h"
#include "exchange_generator.h"
#include "exchange_group.h"
#include "exchange_mailbox.h"
#include "exchange_module.h"
#include "exchange_native.h"
#include "exchange_page.h"
#include "exchange_store.h"
#include "exchange_throttle.h"
#include "exchange_writes.h"
#include "fault.h"
#include "tenant.h"

enum { SEGMENTS = 4 };

void
exchange_start(void)
{
	page_start();
	generator_start();
	mailbox_start();
	group_start();
	writes_open();
	throttle_open();
}

void
exchange_stop(void)
{
	writes_close();
	mailbox_stop();
	store_clear();
}

/* CmdletInput must be an object with a text CmdletName; Parameters, when there, an object. */
static bool
check_envelope(struct call *call)
{
	const cJSON *input = cJSON_GetObjectItemCaseSensitive(call->document, "CmdletInput");
	const cJSON *parameters = cJSON_GetObjectItemCaseSensitive(input, "Parameters");

	if (call->document == NULL)
		call_fail(call, FAILURE_BODY, "The request body is not valid JSON.");
	else if (!cJSON_IsObject(input))
		call_fail(call, FAILURE_BODY,
		          "The parameter 'CmdletInput' is missing or is not an object.");
	else if (call->name == NULL || call->name[0] == '\0')
		call_fail(call, FAILURE_BODY, "The property 'CmdletName' must be a text.");
	else if (parameters != NULL && !cJSON_IsObject(parameters))
		call_fail(call, FAILURE_BODY, "The property 'Parameters' must be an object.");
	return !call->failed;
}

static const char *
ask(const struct call *call)
{
	const cJSON *confirm = parameter_value(call, "Confirm");
	bool asks = confirm != NULL ? cJSON_IsTrue(confirm)
	                            : (call->cmdlet->flags & CMDLET_CONFIRMS) != 0;

	return asks ? "Are you sure you want to perform this action?" : NULL;
}

static void
execute(struct call *call)
{
	char executed[96];

	if (call->confirmation == NULL)
		call->confirmation = ask(call);
	if (call->confirmation == NULL && !parameter_true(call, "WhatIf")) {
		store_lock((call->cmdlet->flags & CMDLET_WRITES) != 0);
		call->cmdlet->run(call);
		if (!call->failed && (call->cmdlet->flags & CMDLET_WRITES) != 0)
			writes_add(call);
		store_unlock();
		if (call->failed)
			return;
		snprintf(executed, sizeof(executed), "executed.%s", call->cmdlet->name);
		if (!call->page_continues)
			ledger_count(executed);
	}
	if ((call->cmdlet->flags & CMDLET_PAGED) != 0)
		ledger_count("exchange.page");
	call_compose(call);
	faults_spoil(call);
}

static void
handle(struct call *call)
{
	if (strcmp(call->request->method, "POST") != 0 && call->own_body == NULL) {
		call_fail(call, FAILURE_METHOD,
		          "The requested resource does not support http method '%s'.",
		          call->request->method);
		web_set(call->answer, "Allow", "POST");
	} else if (!faults_refuse(call) && surface_enter(call) && authorise_bearer(call) &&
	           check_envelope(call) && surface_allows(call) && authorise_cmdlet(call) &&
	           parameters_bind(call) && page_open(call)) {
		faults_prepare(call);
		execute(call);
	}
}

static void
invoke(const struct web_request *request, struct web_answer *answer)
{
	enum throttled as = request->item != NULL ? THROTTLE_ITEM : THROTTLE_CALL;
	struct call call;

	call_open(&call, request, answer);
	if (throttle_enter(&call, as)) {
		handle(&call);
		throttle_leave(&call, as);
	}
	if (call.failed)
		ledger_count("exchange.refused");
	call_done(&call);
}

/* Below adminapi/VERSION/TENANT: more rows as more of the service is emulated. */
static const struct route {
	const char *versions; /* between bars */
	const char *name;
	void (*serve)(const struct web_request *request, struct web_answer *answer);
} routes[] = {
	{ "|beta|v1.0|", "InvokeCommand", invoke },
	{ "|beta|", "$batch", exchange_batch },
	{ "|beta|", "%24batch", exchange_batch },
	{ "|v2.0|", "OrganizationConfig", invoke },
	{ "|v2.0|", "AcceptedDomain", invoke },
	{ "|v2.0|", "Mailbox", invoke },
	{ "|v2.0|", "MailboxFolderPermission", invoke },
	{ "|v2.0|", "DistributionGroupMember", invoke },
	{ "|v2.0|", "DynamicDistributionGroupMember", invoke },
	{ "|beta|v1.0|", "EXOModuleFile", module_serve_file },
	{ "|beta|v1.0|", "CmdletInfo", module_serve_info },
};

struct segment {
	const char *at;
	size_t      len;
};

static bool
segment_is(const struct segment *segment, const char *name)
{
	return segment->len == strlen(name) && strncasecmp(segment->at, name, segment->len) == 0;
}

static bool
is_among(const struct segment *segment, const char *versions)
{
	char wanted[16];

	if (segment->len + 3 > sizeof(wanted))
		return false;
	snprintf(wanted, sizeof(wanted), "|%.*s|", (int)segment->len, segment->at);
	return strcasestr(versions, wanted) != NULL;
}

/* Cuts a path at its slashes; false when it has another number of segments. */
static bool
cut(const char *path, struct segment segments[SEGMENTS])
{
	size_t count = 0;

	while (*path == '/') {
		path++;
		if (count == SEGMENTS)
			return false;
		segments[count].at = path;
		segments[count].len = strcspn(path, "/");
		path += segments[count++].len;
	}
	return count == SEGMENTS;
}

/* What stands below adminapi/beta/TENANT/; NULL when it is not there. */
static const char *
below_tenant(const char *path)
{
	const char *tenant = path + strlen("/adminapi/beta/"), *end;

	if (strncasecmp(path, "/adminapi/beta/", strlen("/adminapi/beta/")) != 0)
		return NULL;
	end = strchr(tenant, '/');
	return end != NULL && tenant_is(tenant, (size_t)(end - tenant)) ? end + 1 : NULL;
}

bool
exchange_serve(const struct web_request *request, struct web_answer *answer)
{
	struct segment segments[SEGMENTS];
	const char *below = below_tenant(request->path);

	if (strncasecmp(request->path, "/adminapi/", 10) != 0)
		return false;
	ledger_count("exchange.request");
	if (cut(request->path, segments) && tenant_is(segments[2].at, segments[2].len) &&
	    (!segment_is(&segments[1], "v2.0") || segment_is(&segments[2], the_tenant.id))) {
		for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
			if (is_among(&segments[1], routes[i].versions) &&
			    segment_is(&segments[3], routes[i].name)) {
				routes[i].serve(request, answer);
				return true;
			}
		}
	}
	if (below != NULL && native_serve(request, answer, below))
		return true;
	ledger_count("exchange.refused");
	failure_write(answer, FAILURE_ROUTE, FORM_USUAL,
	              "Resource not found for the segment asked for.");
	return true;
}
