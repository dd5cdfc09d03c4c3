/*
 * The Exchange half's faults. See exchange_faults.h.
 */
#include "exchange_faults.h"

#include <stdlib.h>
#include <string.h>

#include "exchange_authorise.h"
#include "exchange_call.h"
#include "exchange_page.h"
#include "fault.h"
#include "tenant.h"

enum { LONG_STRING = 5 * 1024 * 1024, DEEP = 3000 };

struct fault_act {
	const char *name;
	void (*act)(struct call *call, const struct fault_hit *hit);
};

static void
act_401(struct call *call, const struct fault_hit *hit)
{
	(void)hit;
	refuse_unauthorised(call);
}

static void
act_401_claims(struct call *call, const struct fault_hit *hit)
{
	(void)hit;
	refuse_with_claims(call);
}

static void
act_403_nul(struct call *call, const struct fault_hit *hit)
{
	(void)hit;
	refuse_with_nul(call);
}

static void
act_403_empty(struct call *call, const struct fault_hit *hit)
{
	(void)hit;
	refuse_silently(call);
}

static void
act_403_diagnostics(struct call *call, const struct fault_hit *hit)
{
	refuse_silently(call);
	web_set(call->answer, "x-ms-diagnostics", "2000003;reason=\"%s\";error_category=\"invalid_grant\"",
	        hit->argument[0] != '\0' ? hit->argument
	                                 : "The application is not allowed to use this API.");
}

static void
act_403_json(struct call *call, const struct fault_hit *hit)
{
	(void)hit;
	call_fail(call, FAILURE_SCENARIO, "%s", failure_text(FAILURE_SCENARIO));
}

static void
act_404(struct call *call, const struct fault_hit *hit)
{
	(void)hit;
	call_fail_missing(call, "nobody");
}

static void
act_400_details(struct call *call, const struct fault_hit *hit)
{
	static const struct {
		const char       *name;
		enum failure_form form;
	} forms[] = {
		{ "pipe3", FORM_PIPE3 },       { "pipe2", FORM_PIPE2 }, { "plain", FORM_PLAIN },
		{ "json", FORM_JSON },         { "internal", FORM_INTERNAL },
		{ "inner", FORM_INNER },       { "second", FORM_SECOND }, { "bare", FORM_BARE },
	};
	enum failure_form form = FORM_USUAL;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strcmp(forms[i].name, hit->argument) == 0)
			form = forms[i].form;
	}
	call->failed = true;
	failure_write(call->answer, FAILURE_EXISTS, form,
	              "The object 'Ops' already exists; choose another name.");
}

static void
act_400_concurrency(struct call *call, const struct fault_hit *hit)
{
	(void)hit;
	call_fail(call, FAILURE_CONCURRENCY, "%s", failure_text(FAILURE_CONCURRENCY));
}

void
refuse_busy(struct call *call, int status, const char *code, long wait)
{
	call->failed = true;
	web_json(call->answer, status,
	         "{\"error\":{\"code\":\"%s\",\"message\":\"The server is busy. Try again later.\"}}",
	         code);
	if (wait > 0)
		web_set(call->answer, "Retry-After", "%ld", wait);
}

static void
act_429(struct call *call, const struct fault_hit *hit)
{
	refuse_busy(call, 429, "TooManyRequests", hit->number);
}

static void
act_503(struct call *call, const struct fault_hit *hit)
{
	refuse_busy(call, 503, "ServiceUnavailable", hit->number);
}

static void
act_500(struct call *call, const struct fault_hit *hit)
{
	(void)hit;
	call_fail(call, FAILURE_TRANSIENT, "%s", failure_text(FAILURE_TRANSIENT));
}

static void
act_200_error(struct call *call, const struct fault_hit *hit)
{
	(void)hit;
	call_fail(call, FAILURE_TRANSIENT, "%s", failure_text(FAILURE_TRANSIENT));
	call->answer->status = 200;
}

static void
act_lost_early(struct call *call, const struct fault_hit *hit)
{
	(void)hit;
	call->failed = true;
	call->answer->ending = WEB_RESET;
}

/* An argument without a path stands for another host: the path goes along. */
static void
act_redirect(struct call *call, const struct fault_hit *hit)
{
	const char *host = strstr(hit->argument, "://");
	bool whole = host != NULL && strchr(host + 3, '/') != NULL;
	const char *query = call->request->query;

	call->failed = true;
	call->answer->status = 302;
	if (whole)
		web_set(call->answer, "Location", "%s", hit->argument);
	else
		web_set(call->answer, "Location", "%s%s%s%s", hit->argument, call->request->path,
		        *query != '\0' ? "?" : "", query);
}

static const struct fault_act refusals[] = {
	{ "x-lost-early", act_lost_early },
	{ "x-401", act_401 },
	{ "x-401-claims", act_401_claims },
	{ "x-403-nul", act_403_nul },
	{ "x-403-diagnostics", act_403_diagnostics },
	{ "x-403-json", act_403_json },
	{ "x-403-empty", act_403_empty },
	{ "x-404", act_404 },
	{ "x-400-details", act_400_details },
	{ "x-400-concurrency", act_400_concurrency },
	{ "x-429", act_429 },
	{ "x-503", act_503 },
	{ "x-500", act_500 },
	{ "x-200-error", act_200_error },
	{ "x-redirect", act_redirect },
	{ "x-redirect-foreign", act_redirect },
};

bool
faults_refuse(struct call *call)
{
	struct fault_hit hit;

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]) && !call->failed; i++) {
		if (fault_acts(refusals[i].name, call->name, &hit))
			refusals[i].act(call, &hit);
	}
	return call->failed;
}

static void
repeat(struct text *text, const char *piece, size_t times)
{
	for (size_t i = 0; i < times; i++)
		text_puts(text, piece);
}

/* Members for the first row of the answer; a call without rows cannot show them. */
static void
prepare_hazards(struct call *call)
{
	const char *name = call->cmdlet->name;
	struct text *hazards = &call->hazards;

	if (fault_acts("x-big-integer", name, NULL))
		text_puts(hazards, ",\"RuleIdentity\":15394007230974001153");
	if (fault_acts("x-nul-escape", name, NULL))
		text_puts(hazards, ",\"Notes\":\"before\\u0000after\"");
	if (fault_acts("x-bad-key", name, NULL))
		text_puts(hazards, ",\"LastUsedDate(DateTime])\":\"2026-01-02T03:04:05.0000000Z\"");
	if (fault_acts("x-bad-utf8", name, NULL))
		text_puts(hazards, ",\"BrokenText\":\"caf\xe9 \xc0\xaf \xed\xa0\x80 end\"");
	if (fault_acts("x-deep-json", name, NULL)) {
		text_puts(hazards, ",\"Deep\":");
		repeat(hazards, "[", DEEP);
		repeat(hazards, "]", DEEP);
	}
	if (fault_acts("x-5mb-string", name, NULL)) {
		text_puts(hazards, ",\"LongText\":\"");
		repeat(hazards, "exchange", LONG_STRING / 8);
		text_puts(hazards, "\"");
	}
	call->twice = fault_acts("x-duplicate-rows", name, NULL);
}

void
faults_prepare(struct call *call)
{
	const char *name = call->cmdlet->name;
	struct fault_hit hit;

	if ((call->cmdlet->flags & CMDLET_VOID) == 0)
		prepare_hazards(call);
	if (fault_acts("x-warning", name, &hit))
		call_warn(call, "%s", hit.argument);
	if (fault_acts("x-warning-more", name, NULL))
		call_warn(call, PAGE_MORE_RESULTS);
	if (fault_acts("x-confirm", name, NULL))
		call->confirmation = "Are you sure you want to perform this action?";
}

/* The first row alone, as single-object cmdlets have been seen to answer. */
static void
spoil_bare_object(struct call *call)
{
	cJSON *answer = cJSON_Parse(call->answer->body.at);
	const cJSON *rows = cJSON_GetObjectItemCaseSensitive(answer, "value");
	char *printed = cJSON_PrintUnformatted(cJSON_GetArrayItem(rows, 0));

	text_done(&call->answer->body);
	text_puts(&call->answer->body, printed != NULL ? printed : "{}");
	cJSON_free(printed);
	cJSON_Delete(answer);
}

void
faults_spoil(struct call *call)
{
	struct web_answer *answer = call->answer;
	const char *name = call->cmdlet != NULL ? call->cmdlet->name : NULL; /* NULL: a batch */
	struct fault_hit hit;

	if (fault_acts("x-lost", name, NULL))
		answer->ending = WEB_RESET;
	if (fault_acts("x-hang", name, NULL))
		answer->ending = WEB_HANG;
	if (fault_acts("x-half", name, NULL)) {
		answer->ending = WEB_CUT;
		answer->cut_at = answer->body.len / 2;
	}
	if (fault_acts("x-slow-row", name, &hit))
		answer->delay_ms += (unsigned)hit.number * (unsigned)call->n_rows;
	if (fault_acts("x-bare-object", name, NULL))
		spoil_bare_object(call);
	if (fault_acts("x-value-null", name, NULL)) {
		text_done(&answer->body);
		text_puts(&answer->body, "{" WARNINGS_LEAD "],\"value\":null}");
	}
	if (fault_acts("x-empty-200", name, NULL))
		text_done(&answer->body);
	if (fault_acts("x-204", name, NULL)) {
		answer->status = 204;
		answer->content_type = NULL;
		text_done(&answer->body);
	}
	if (fault_acts("x-truncate", name, &hit) && hit.number >= 0 &&
	    (size_t)hit.number < answer->body.len)
		answer->body.len = (size_t)hit.number;
}
