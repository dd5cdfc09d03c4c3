/*
 * The faults of the wire. See server_fault.h.
 */
#include "server_fault.h"

#include "fault.h"

/* Faults can be kept to one cmdlet; on the wire its name is in this header. */
static const char *
cmdlet_of(const struct web_request *request)
{
	return web_header(request, "X-CmdletName");
}

bool
wire_faults_before(const struct web_request *request, struct web_answer *answer)
{
	const char *cmdlet = cmdlet_of(request);
	struct fault_hit hit;

	if (fault_acts("delay", cmdlet, &hit))
		answer->delay_ms = (unsigned)hit.number;
	if (fault_acts("reset-early", cmdlet, NULL)) {
		answer->ending = WEB_RESET;
		return true;
	}
	if (fault_acts("html", cmdlet, &hit)) {
		web_html(answer, (int)hit.number);
		return true;
	}
	if (fault_acts("status", cmdlet, &hit)) {
		answer->status = (int)hit.number;
		return true;
	}
	if (fault_acts("redirect", cmdlet, &hit)) {
		answer->status = 302;
		web_set(answer, "Location", "%s", hit.argument);
		return true;
	}
	return false;
}

void
wire_faults_after(const struct web_request *request, struct web_answer *answer)
{
	static const struct {
		const char     *name;
		enum web_ending ending;
	} endings[] = {
		{ "reset", WEB_RESET },       { "half-body", WEB_CUT },
		{ "half-chunked", WEB_CUT_CHUNKED }, { "trickle", WEB_TRICKLE },
		{ "hang", WEB_HANG },
	};
	static const struct {
		const char     *name;
		enum web_coding coding;
	} codings[] = {
		{ "gzip", WEB_GZIP },
		{ "gzip-unlabelled", WEB_GZIP_UNLABELLED },
		{ "gzip-lie", WEB_GZIP_LIE },
	};
	const char *cmdlet = cmdlet_of(request);
	struct fault_hit hit;

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		if (!fault_acts(endings[i].name, cmdlet, &hit))
			continue;
		answer->ending = endings[i].ending;
		answer->cut_at = answer->body.len / 2;
		answer->trickle_ms = (unsigned)hit.number;
	}
	for (size_t i = 0; i < sizeof(codings) / sizeof(codings[0]); i++) {
		if (fault_acts(codings[i].name, cmdlet, NULL))
			answer->coding = codings[i].coding;
	}
}
