/*
 * Every fault the sandbox knows. See fault_table.h.
 *
 * "any" rows are applied by server.c to whatever route was asked for; the others are asked for by
 * name in the half they belong to.
 */
#include "fault_table.h"

#include <string.h>

const struct fault_row fault_table[] = {
	/* The wire, whatever the route. */
	{ "delay", "any", FAULT_NUMBER, 1000, "MS", "handles the request, answers late" },
	{ "reset", "any", FAULT_PLAIN, 0, NULL,
	  "handles the request, then resets the connection instead of answering" },
	{ "reset-early", "any", FAULT_PLAIN, 0, NULL, "resets the connection, nothing is handled" },
	{ "half-body", "any", FAULT_PLAIN, 0, NULL,
	  "promises the whole body in Content-Length, closes after half of it" },
	{ "half-chunked", "any", FAULT_PLAIN, 0, NULL, "sends half of a chunked body, then closes" },
	{ "trickle", "any", FAULT_NUMBER, 100, "MS", "sends the body a byte at a time" },
	{ "hang", "any", FAULT_PLAIN, 0, NULL, "sends the headers and then nothing, for 120 s" },
	{ "html", "any", FAULT_NUMBER, 200, "STATUS", "a gateway's HTML page, nothing is handled" },
	{ "status", "any", FAULT_NUMBER_MUST, 0, "NNN", "this status with an empty body" },
	{ "redirect", "any", FAULT_TEXT_MUST, 0, "URL", "302 to URL, nothing is handled" },
	{ "gzip", "any", FAULT_PLAIN, 0, NULL, "compresses when the client accepts it" },
	{ "gzip-unlabelled", "any", FAULT_PLAIN, 0, NULL, "compresses without saying so" },
	{ "gzip-lie", "any", FAULT_PLAIN, 0, NULL, "says gzip, sends plain text" },
	{ "no-date", "any", FAULT_PLAIN, 0, NULL, "leaves the Date header out" },

	/* The token endpoint. */
	{ "token-429", "token", FAULT_NUMBER, 2, "RETRY_AFTER", "429 with Retry-After and a body "
	  "that is not JSON; 0: without Retry-After" },
	{ "token-503", "token", FAULT_NUMBER, 0, "RETRY_AFTER", "503, by default no Retry-After" },
	{ "token-html", "token", FAULT_NUMBER, 200, "STATUS", "an HTML page" },
	{ "token-half", "token", FAULT_PLAIN, 0, NULL, "half of a good answer" },
	{ "token-slow", "token", FAULT_NUMBER, 30000, "MS", "answers late" },
	{ "token-reset", "token", FAULT_PLAIN, 0, NULL, "resets the connection" },
	{ "token-90024", "token", FAULT_PLAIN, 0, NULL, "temporarily_unavailable, AADSTS90024" },
	{ "token-skew", "token", FAULT_NUMBER_MUST, 0, "SECONDS",
	  "the directory's clock is off by so much, Date header included" },
	{ "token-late-key", "token", FAULT_PLAIN, 0, NULL,
	  "the registered certificate has not reached this server yet (AADSTS700027)" },
	{ "token-empty", "token", FAULT_PLAIN, 0, NULL, "200 with an empty body" },
	{ "token-not-json", "token", FAULT_PLAIN, 0, NULL, "200 labelled JSON that is not" },
	{ "token-huge", "token", FAULT_NUMBER, 64, "MIB", "200 with an answer of this size" },
	{ "signin-interval", "token", FAULT_NUMBER, 5, "S", "device codes are to be asked for so rarely" },
	{ "signin-slow-down", "token", FAULT_PLAIN, 0, NULL, "who asks for a device code is told slow_down" },
	{ "signin-expired", "token", FAULT_PLAIN, 0, NULL, "the device code or the code has expired" },
	{ "signin-blocked", "token", FAULT_PLAIN, 0, NULL,
	  "Conditional Access blocks device codes (AADSTS53003)" },
	{ "revoke", "token", FAULT_PLAIN, 0, NULL,
	  "tokens issued before now earn a claims challenge while this is on" },

	/* Graph; --cmdlet takes an operation's name (`status` counts them): application.update ... */
	{ "graph-429", "graph", FAULT_NUMBER, 2, "S", "429 with Retry-After; 0: without" },
	{ "graph-503", "graph", FAULT_NUMBER, 0, "S", "503, by default no Retry-After" },
	{ "graph-504", "graph", FAULT_PLAIN, 0, NULL, "504 with an empty message" },
	{ "graph-500", "graph", FAULT_PLAIN, 0, NULL, "500" },
	{ "graph-403", "graph", FAULT_PLAIN, 0, NULL, "Authorization_RequestDenied" },
	{ "graph-404", "graph", FAULT_PLAIN, 0, NULL, "Request_ResourceNotFound" },
	{ "graph-html", "graph", FAULT_NUMBER, 502, "STATUS", "an HTML page, nothing is done" },
	{ "graph-lost-early", "graph", FAULT_PLAIN, 0, NULL, "resets the connection, nothing is done" },
	{ "graph-lost", "graph", FAULT_PLAIN, 0, NULL, "does it, then resets the connection" },
	{ "graph-half", "graph", FAULT_PLAIN, 0, NULL, "does it, sends half of the answer" },
	{ "graph-die-early", "graph", FAULT_PLAIN, 0, NULL, "the sandbox kills itself, nothing is done" },
	{ "graph-die", "graph", FAULT_PLAIN, 0, NULL, "does it, then the sandbox kills itself" },
	{ "graph-forget", "graph", FAULT_PLAIN, 0, NULL, "says that it was done, and did nothing" },
	{ "graph-late", "graph", FAULT_NUMBER, 3, "LOOKS",
	  "an object made from now on is not found by its first LOOKS looks" },
	{ "graph-late-key", "graph", FAULT_NUMBER, 3, "TRIES",
	  "a key added from now on is unknown (AADSTS700027) to its first TRIES tokens" },
	{ "graph-late-grant", "graph", FAULT_NUMBER, 3, "TOKENS",
	  "a role given from now on is missing from the first TOKENS tokens" },
	{ "graph-stale-keys", "graph", FAULT_PLAIN, 0, NULL,
	  "key credentials are shown without the newest" },
	{ "graph-null-keys", "graph", FAULT_PLAIN, 0, NULL, "key credentials are shown as null" },
	{ "graph-not-json", "graph", FAULT_PLAIN, 0, NULL, "does it, answers what is not JSON" },
	{ "graph-huge", "graph", FAULT_NUMBER, 64, "MIB", "does it, answers with JSON of this size" },
	{ "graph-link-foreign", "graph", FAULT_TEXT_MUST, 0, "URL", "the next link leads to URL" },
	{ "graph-link-loop", "graph", FAULT_PLAIN, 0, NULL, "the next link leads to its own page" },
	{ "graph-page", "graph", FAULT_NUMBER, 2, "ROWS", "lists come in pages this small" },

	/* The key vault. */
	{ "vault-429", "vault", FAULT_NUMBER, 0, "S", "429, by default no Retry-After" },
	{ "vault-503", "vault", FAULT_PLAIN, 0, NULL, "503" },
	{ "vault-403", "vault", FAULT_PLAIN, 0, NULL, "403, the firewall" },
	{ "vault-page", "vault", FAULT_NUMBER, 2, "ROWS", "lists come in pages this small" },
	{ "vault-link-foreign", "vault", FAULT_TEXT_MUST, 0, "URL", "the next link leads to URL" },
	{ "vault-challenge", "vault", FAULT_TEXT_MUST, 0, "URL",
	  "the challenge names another login service" },
	{ "vault-challenge-resource", "vault", FAULT_TEXT_MUST, 0, "URL",
	  "the challenge names another resource" },

	/* The Exchange half. */
	{ "x-lost", "exchange", FAULT_PLAIN, 0, NULL, "runs the cmdlet, the answer is lost (reset)" },
	{ "x-lost-early", "exchange", FAULT_PLAIN, 0, NULL, "the connection is reset, nothing is run" },
	{ "x-hang", "exchange", FAULT_PLAIN, 0, NULL, "runs the cmdlet, sends headers and nothing more" },
	{ "x-half", "exchange", FAULT_PLAIN, 0, NULL, "runs the cmdlet, sends half of the answer" },
	{ "batch-missing", "exchange", FAULT_NUMBER, 1, "N", "a batch's answer lacks N of its items" },
	{ "batch-twice", "exchange", FAULT_PLAIN, 0, NULL, "a batch answers one item twice" },
	{ "batch-foreign", "exchange", FAULT_PLAIN, 0, NULL, "a batch answers an item nobody sent" },
	{ "x-401", "exchange", FAULT_PLAIN, 0, NULL, "401 as for a token of another audience" },
	{ "x-401-claims", "exchange", FAULT_PLAIN, 0, NULL, "401 with a claims challenge" },
	{ "x-403-nul", "exchange", FAULT_PLAIN, 0, NULL, "403 with 4096 NUL bytes" },
	{ "x-403-diagnostics", "exchange", FAULT_TEXT, 0, "REASON",
	  "403 without a body, the reason in x-ms-diagnostics" },
	{ "x-403-json", "exchange", FAULT_PLAIN, 0, NULL, "403, not supported in this scenario" },
	{ "x-403-empty", "exchange", FAULT_PLAIN, 0, NULL, "403 with an empty body" },
	{ "x-404", "exchange", FAULT_PLAIN, 0, NULL, "404, the object was not found" },
	{ "x-400-details", "exchange", FAULT_WORD_MUST, 0, "pipe3|pipe2|plain|json|internal|inner|second|bare",
	  "400 with the cmdlet's error in this form" },
	{ "x-400-concurrency", "exchange", FAULT_PLAIN, 0, NULL, "400, too many at once" },
	{ "x-429", "exchange", FAULT_NUMBER, 2, "S", "429 with Retry-After" },
	{ "x-503", "exchange", FAULT_NUMBER, 0, "S", "503, by default no Retry-After" },
	{ "x-500", "exchange", FAULT_PLAIN, 0, NULL, "500, a transient directory error" },
	{ "x-200-error", "exchange", FAULT_PLAIN, 0, NULL, "200 with an error inside" },
	{ "x-204", "exchange", FAULT_PLAIN, 0, NULL, "204" },
	{ "x-empty-200", "exchange", FAULT_PLAIN, 0, NULL, "200 with an empty body" },
	{ "x-value-null", "exchange", FAULT_PLAIN, 0, NULL, "\"value\": null" },
	{ "x-bare-object", "exchange", FAULT_PLAIN, 0, NULL, "one object without \"value\"" },
	{ "x-link-expired", "exchange", FAULT_PLAIN, 0, NULL, "the next link has expired" },
	{ "x-link-never", "exchange", FAULT_PLAIN, 0, NULL, "no next link is ever accepted" },
	{ "x-link-foreign", "exchange", FAULT_TEXT_MUST, 0, "URL", "the next link leads to URL" },
	{ "x-link-loop", "exchange", FAULT_PLAIN, 0, NULL, "the next link leads to its own page" },
	{ "x-link-get", "exchange", FAULT_PLAIN, 0, NULL, "next links are accepted with GET too" },
	{ "x-redirect", "exchange", FAULT_TEXT_MUST, 0, "URL", "302 to URL" },
	{ "x-redirect-foreign", "exchange", FAULT_TEXT_MUST, 0, "URL", "302 to another host" },
	{ "x-truncate", "exchange", FAULT_NUMBER_MUST, 0, "BYTES", "JSON ends after so many bytes" },
	{ "x-5mb-string", "exchange", FAULT_PLAIN, 0, NULL, "a row with a string of 5 MB" },
	{ "x-big-integer", "exchange", FAULT_PLAIN, 0, NULL, "a row with an integer of 20 digits" },
	{ "x-nul-escape", "exchange", FAULT_PLAIN, 0, NULL, "a row with \\u0000 in a string" },
	{ "x-bad-key", "exchange", FAULT_PLAIN, 0, NULL, "a row with a malformed property name" },
	{ "x-duplicate-rows", "exchange", FAULT_PLAIN, 0, NULL, "rows come twice" },
	{ "x-warning", "exchange", FAULT_TEXT_MUST, 0, "TEXT", "a warning beside the rows" },
	{ "x-warning-more", "exchange", FAULT_PLAIN, 0, NULL,
	  "the warning that more results are available" },
	{ "x-slow-row", "exchange", FAULT_NUMBER, 100, "MS", "waits between rows" },
	{ "x-deep-json", "exchange", FAULT_PLAIN, 0, NULL, "a row nested very deep" },
	{ "x-bad-utf8", "exchange", FAULT_PLAIN, 0, NULL, "a row with bytes that are not UTF-8" },
	{ "x-wide", "exchange", FAULT_PLAIN, 0, NULL,
	  "Get-Mailbox shows its three hundred properties" },
	{ "x-script", "exchange", FAULT_WORD_MUST, 0,
	  "refused|truncated|malformed|oversized|keyless|empty", "what becomes of EXOModuleFile" },
	{ "x-new-key", "exchange", FAULT_PLAIN, 0, NULL,
	  "EXOModuleFile brings another key for secrets; the one before keeps working" },
	{ "x-trace-crowd", "exchange", FAULT_NUMBER, 3600, "S", "messages of S seconds share one Received" },
	{ "x-trace-cap", "exchange", FAULT_NUMBER_MUST, 0, "ROWS",
	  "a message trace ends after ROWS rows, without a warning" },
	{ "x-trace-lose", "exchange", FAULT_PLAIN, 0, NULL,
	  "a message trace that goes on leaves its first row out" },
	{ "x-trace-throttle", "exchange", FAULT_PLAIN, 0, NULL,
	  "400, recent queries have surpassed the limit; no Retry-After" },
	{ "x-trace-free", "exchange", FAULT_PLAIN, 0, NULL,
	  "more than 100 message traces in 5 minutes are answered" },
	{ "x-audit-lose", "exchange", FAULT_PLAIN, 0, NULL, "an answer of the audit log lacks a record" },
	{ "x-audit-count", "exchange", FAULT_PLAIN, 0, NULL, "ResultCount is another in every answer" },
	{ "x-audit-fail", "exchange", FAULT_PLAIN, 0, NULL, "ResultIndex is -1 and ResultCount 0" },
	{ "x-quarantine-release", "exchange", FAULT_NUMBER, 1, "N", "N messages leave before every page" },
	{ "x-quarantine-arrive", "exchange", FAULT_NUMBER, 1, "N", "N messages arrive before every page" },
	{ "x-confirm", "exchange", FAULT_PLAIN, 0, NULL, "asks for confirmation, does nothing" },
};

const size_t fault_table_rows = sizeof(fault_table) / sizeof(fault_table[0]);

const struct fault_row *
fault_find(const char *name)
{
	for (size_t i = 0; i < fault_table_rows; i++) {
		if (strcmp(fault_table[i].name, name) == 0)
			return &fault_table[i];
	}
	return NULL;
}
