/*
 * The Exchange half: routes, and the way of a request through the house. See exchange.h.
 */
#include "exchange.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "exchange_authorise.h"
#include "exchange_call.h"
#include "exchange_faults.h"
#include "exchange_generator.h"
#include "exchange_group.h"
#include "exchange_mailbox.h"
#include "exchange_page.h"
#include "exchange_store.h"
#include "fault.h"
#include "tenant.h"

enum { RATE_LIMIT = 3000, RATE_SECONDS = 300, SEGMENTS = 4 };

void
exchange_start(void)
{
	page_start();
	generator_start();
	mailbox_start();
	group_start();
}

void
exchange_stop(void)
{
	mailbox_stop();
	store_clear();
}

/* What the service says about its budget; this tenant never runs out of it (x-429 does). */
static void
tell_rate(struct web_answer *answer)
{
	static atomic_llong window;
	static atomic_uint spent;
	long long now = time(NULL) / RATE_SECONDS;
	time_t reset = (time_t)((now + 1) * RATE_SECONDS);
	unsigned used;
	struct tm tm;

	if (atomic_exchange(&window, now) != now)
		atomic_store(&spent, 0);
	used = atomic_fetch_add(&spent, 1) + 1;
	gmtime_r(&reset, &tm);
	web_set(answer, "Rate-Limit-Limit", "%d", RATE_LIMIT);
	web_set(answer, "Rate-Limit-Remaining", "%u", used < RATE_LIMIT ? RATE_LIMIT - used : 0);
	web_set(answer, "Rate-Limit-Reset", "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
	        tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
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
invoke(const struct web_request *request, struct web_answer *answer)
{
	struct call call;

	call_open(&call, request, answer);
	tell_rate(answer);
	if (strcmp(request->method, "POST") != 0 && call.own_body == NULL) {
		call_fail(&call, FAILURE_METHOD,
		          "The requested resource does not support http method '%s'.",
		          request->method);
		web_set(answer, "Allow", "POST");
	} else if (!faults_refuse(&call) && authorise_bearer(&call) && check_envelope(&call) &&
	           authorise_cmdlet(&call) && parameters_bind(&call) && page_open(&call)) {
		faults_prepare(&call);
		execute(&call);
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

bool
exchange_serve(const struct web_request *request, struct web_answer *answer)
{
	struct segment segments[SEGMENTS];

	if (strncasecmp(request->path, "/adminapi/", 10) != 0)
		return false;
	ledger_count("exchange.request");
	if (cut(request->path, segments) && tenant_is(segments[2].at, segments[2].len)) {
		for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
			if (is_among(&segments[1], routes[i].versions) &&
			    segment_is(&segments[3], routes[i].name)) {
				routes[i].serve(request, answer);
				return true;
			}
		}
	}
	ledger_count("exchange.refused");
	failure_write(answer, FAILURE_ROUTE, FORM_USUAL,
	              "Resource not found for the segment asked for.");
	return true;
}
