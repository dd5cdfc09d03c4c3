/*
 * What a caller may run. See exchange_module.h.
 */
#include "exchange_module.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "exchange_authorise.h"
#include "exchange_call.h"
#include "exchange_faults.h"
#include "exchange_script.h"
#include "exchange_secret.h"
#include "fault.h"
#include "tenant.h"

enum { OVERSIZE = 80 * 1024 * 1024 };

/* Reads the request, and refuses it where the service would. */
static bool
open_question(struct call *call, const struct web_request *request, struct web_answer *answer)
{
	call_open(call, request, answer);
	if (strcmp(request->method, "GET") != 0) {
		call_fail(call, FAILURE_METHOD,
		          "The requested resource does not support http method '%s'.",
		          request->method);
		web_set(answer, "Allow", "GET");
	}
	return !call->failed && !faults_refuse(call) && surface_enter(call) && authorise_bearer(call);
}

static void
close_question(struct call *call)
{
	if (call->failed)
		ledger_count("exchange.refused");
	call_done(call);
}

static void
add_name(struct text *names, const char *name)
{
	text_addf(names, "%s%s", names->len != 0 ? "," : "", name);
}

static void
write_script(const struct call *call, bool with_key, struct text *script, struct text *names)
{
	const struct cmdlet *cmdlet;
	struct text key = { 0 };
	bool may_write;

	script_open(script, with_key && secret_key_write(&key) ? key.at : NULL);
	for (size_t i = 0; (cmdlet = cmdlet_at(i)) != NULL; i++) {
		if (!authorise_may(call, cmdlet, &may_write))
			continue;
		script_add(script, cmdlet, may_write);
		add_name(names, cmdlet->name);
	}
	script_close(script);
	text_done(&key);
}

/* A script without end, sent as it is made. */
static void
make_oversized(struct text *script)
{
	static const char line[] = "# a comment among very many of its kind, each as long as this one is\n";

	while (script->len < OVERSIZE)
		text_add(script, line, sizeof(line) - 1);
}

static void
spoil(struct web_answer *answer, const char *how)
{
	if (strcmp(how, "truncated") == 0)
		answer->body.len /= 2;
	else if (strcmp(how, "malformed") == 0)
		answer->body.at[answer->body.len / 2] = '\n'; /* no string may hold one */
	else if (strcmp(how, "empty") == 0) {
		text_done(&answer->body);
		text_puts(&answer->body, "{\"value\":[]}");
	}
}

void
module_serve_file(const struct web_request *request, struct web_answer *answer)
{
	struct text script = { 0 }, names = { 0 };
	struct fault_hit hit = { .argument = "" };
	struct call call;

	if (!open_question(&call, request, answer)) {
		close_question(&call);
		return;
	}
	fault_acts("x-script", NULL, &hit);
	if (strcmp(hit.argument, "refused") == 0) {
		call_fail(&call, FAILURE_SCENARIO, "%s", failure_text(FAILURE_SCENARIO));
		close_question(&call);
		return;
	}
	if (fault_acts("x-new-key", NULL, NULL))
		secret_key_rotate();
	write_script(&call, strcmp(hit.argument, "keyless") != 0, &script, &names);
	if (strcmp(hit.argument, "oversized") == 0)
		make_oversized(&script);
	answer->status = 200;
	answer->content_type = "application/json; charset=utf-8";
	text_puts(&answer->body, "{\"value\":[{\"fileName\":\"ExchangeOnline.psm1\",\"fileContent\":");
	text_json_n(&answer->body, script.at, script.len);
	text_puts(&answer->body, ",\"exportedCmdlets\":");
	text_json(&answer->body, names.at != NULL ? names.at : "");
	text_puts(&answer->body, "}]}");
	spoil(answer, hit.argument);
	ledger_count("exchange.script");
	text_done(&script);
	text_done(&names);
	close_question(&call);
}

struct listing {
	struct text *out;
	size_t       n;
};

static void
list_parameter(void *context, const struct parameter *parameter)
{
	struct listing *listing = context;

	if (listing->n++ != 0)
		text_puts(listing->out, ",");
	text_json(listing->out, parameter->name);
}

void
module_serve_info(const struct web_request *request, struct web_answer *answer)
{
	struct text *out = &answer->body;
	const struct cmdlet *cmdlet;
	struct call call;
	bool may_write, first = true;

	if (!open_question(&call, request, answer)) {
		close_question(&call);
		return;
	}
	answer->status = 200;
	answer->content_type = "application/json; odata.metadata=minimal; charset=utf-8";
	text_addf(out, "{\"@odata.context\":\"%s/adminapi/beta/%s/$metadata#CmdletInfo\",\"value\":[",
	          tenant_origin(), the_tenant.id);
	for (size_t i = 0; (cmdlet = cmdlet_at(i)) != NULL; i++) {
		struct listing listing = { out, 0 };

		if (!authorise_may(&call, cmdlet, &may_write))
			continue;
		text_addf(out, "%s{\"CmdletName\":", first ? "" : ",");
		first = false;
		text_json(out, cmdlet->name);
		text_puts(out, ",\"Parameters@odata.type\":\"#Collection(String)\",\"Parameters\":[");
		parameters_each(cmdlet, may_write, list_parameter, &listing);
		text_puts(out, "]}");
	}
	text_puts(out, "]}");
	ledger_count("exchange.cmdletinfo");
	close_question(&call);
}
