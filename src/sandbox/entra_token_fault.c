/*
 * What can go wrong at a token endpoint. See entra_token.h and the "token" rows of fault_table.c.
 */
#include "entra_token.h"

#include <string.h>

#include "fault.h"

static void
answer_plain(struct web_answer *answer, int status, const char *body)
{
	answer->status = status;
	answer->content_type = "text/plain";
	text_puts(&answer->body, body);
}

static void
throttled(struct web_answer *answer, const struct fault_hit *hit)
{
	answer_plain(answer, 429, "Too many requests");
	if (hit->number > 0)
		web_set(answer, "Retry-After", "%ld", hit->number);
}

static void
unavailable(struct web_answer *answer, const struct fault_hit *hit)
{
	answer_plain(answer, 503, "Service Unavailable");
	if (hit->number > 0)
		web_set(answer, "Retry-After", "%ld", hit->number);
}

static void
gateway(struct web_answer *answer, const struct fault_hit *hit)
{
	web_html(answer, (int)hit->number);
}

static void
reset(struct web_answer *answer, const struct fault_hit *hit)
{
	(void)hit;
	answer->ending = WEB_RESET;
}

static void
empty(struct web_answer *answer, const struct fault_hit *hit)
{
	(void)hit;
	answer->status = 200;
	answer->content_type = "application/json; charset=utf-8";
}

static void
not_json(struct web_answer *answer, const struct fault_hit *hit)
{
	(void)hit;
	web_json(answer, 200, "{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":oops");
}

/* Valid to its end, so that only a ceiling stops a reader. */
static void
huge(struct web_answer *answer, const struct fault_hit *hit)
{
	char block[4096];
	size_t blocks = (size_t)(hit->number > 0 ? hit->number : 1) * 1024 * 1024 / sizeof(block);

	memset(block, 'A', sizeof(block));
	web_json(answer, 200, "{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"");
	for (size_t i = 0; i < blocks; i++)
		text_add(&answer->body, block, sizeof(block));
	text_puts(&answer->body, "\"}");
}

bool
token_faults_before(struct web_answer *answer)
{
	static const struct {
		const char *name;
		void (*strike)(struct web_answer *answer, const struct fault_hit *hit);
	} strikes[] = {
		{ "token-429", throttled }, { "token-503", unavailable },
		{ "token-html", gateway },  { "token-reset", reset },
		{ "token-empty", empty },   { "token-not-json", not_json },
		{ "token-huge", huge },
	};
	struct fault_hit hit;

	if (fault_acts("token-slow", NULL, &hit))
		answer->delay_ms = (unsigned)hit.number;
	for (size_t i = 0; i < sizeof(strikes) / sizeof(strikes[0]); i++) {
		if (fault_acts(strikes[i].name, NULL, &hit)) {
			strikes[i].strike(answer, &hit);
			return true;
		}
	}
	return false;
}

void
token_faults_after(struct web_answer *answer)
{
	if (!fault_acts("token-half", NULL, NULL))
		return;
	answer->ending = WEB_CUT;
	answer->cut_at = answer->body.len / 2;
}
