/*
 * How the token endpoint speaks. See entra_answer.h.
 *
 * Status: 401 goes with invalid_client, 400 with everything else. Where no answer of the real
 * service was on record for a code, the row follows what the code means in OAuth's terms.
 */
#include "entra_answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "tenant.h"

static const struct {
	int         code;
	const char *error;
} codes[] = {
	{ 50027, "invalid_request" },       /* the assertion is not a usable JWT */
	{ 50032, "invalid_client" },        /* weak RSA key */
	{ 50048, "invalid_client" },        /* sub is not iss */
	{ 50194, "invalid_request" },       /* single-tenant app through /common */
	{ 50011, "invalid_request" },       /* redirect URI */
	{ 50196, "slow_down" },             /* the client loops; the pairing with slow_down is ours */
	{ 53003, "interaction_required" },  /* Conditional Access */
	{ 54005, "invalid_grant" },         /* code redeemed before */
	{ 65002, "invalid_request" },       /* first-party client without that scope */
	{ 70000, "invalid_grant" },         /* no such code */
	{ 70003, "unsupported_grant_type" },
	{ 70008, "invalid_grant" },         /* code expired */
	{ 70011, "invalid_scope" },
	{ 70016, "authorization_pending" },
	{ 70017, "authorization_declined" }, /* no number is on record for it */
	{ 70018, "bad_verification_code" },
	{ 70019, "expired_token" },
	{ 90002, "invalid_request" },       /* tenant not found */
	{ 90013, "invalid_request" },       /* malformed parameter */
	{ 90024, "temporarily_unavailable" },
	{ 500011, "invalid_resource" },
	{ 500112, "invalid_grant" },        /* another redirect URI */
	{ 501481, "invalid_grant" },        /* code_verifier */
	{ 501491, "invalid_request" },      /* code_challenge */
	{ 650053, "invalid_scope" },        /* no such permission */
	{ 700016, "unauthorized_client" },  /* no such application */
	{ 700021, "invalid_client" },       /* client_id is not the assertion's */
	{ 700022, "invalid_scope" },        /* several resources */
	{ 700054, "unsupported_response_type" },
	{ 700023, "invalid_client" },       /* audience */
	{ 700024, "invalid_client" },       /* times */
	{ 700027, "invalid_client" },       /* certificate or signature */
	{ 900144, "invalid_request" },      /* missing parameter */
	{ 900561, "invalid_request" },      /* POST only */
	{ 901002, "invalid_request" },      /* resource at the v2.0 endpoint */
	{ 1002012, "invalid_scope" },       /* not .default */
	{ 7000112, "unauthorized_client" }, /* application disabled */
	{ 7000229, "unauthorized_client" }, /* no service principal */
	{ 7000215, "invalid_client" },      /* wrong secret */
	{ 7000218, "invalid_client" },      /* no credential */
};

static const char *
error_of(int code)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (codes[i].code == code)
			return codes[i].error;
	}
	abort(); /* every code that is used has its row */
}

void
grant_begin(struct grant *grant, const struct web_request *request, struct web_answer *answer)
{
	const char *id = web_header(request, "client-request-id");
	char field[GUID_SIZE];
	struct fault_hit hit;

	*grant = (struct grant){ .request = request, .answer = answer, .now = time(NULL) };
	if (fault_acts("token-skew", NULL, &hit)) {
		grant->now += hit.number;
		grant->skewed = true;
	}
	/* Some libraries send their request id among the fields. */
	if (id == NULL && web_field(request->body, "client-request-id", field, sizeof(field)))
		id = field;
	guid_make(grant->trace_id);
	if (id != NULL && guid_is(id))
		memcpy(grant->correlation_id, id, GUID_SIZE);
	else
		guid_make(grant->correlation_id);
}

void
grant_headers(struct grant *grant, int code)
{
	struct web_answer *answer = grant->answer;
	struct tm utc;
	char date[40];

	web_set(answer, "Cache-Control", "no-store, no-cache");
	web_set(answer, "Pragma", "no-cache");
	web_set(answer, "Expires", "-1");
	web_set(answer, "Strict-Transport-Security", "max-age=31536000; includeSubDomains");
	web_set(answer, "X-Content-Type-Options", "nosniff");
	web_set(answer, "client-request-id", "%s", grant->correlation_id);
	web_set(answer, "x-ms-request-id", "%s", grant->trace_id);
	web_set(answer, "x-ms-ests-server", "2.1.0 - SANDBOX ProdSlices");
	web_set(answer, "x-ms-clitelem", "1,%d,0,,", code);
	if (grant->skewed) {
		gmtime_r(&grant->now, &utc);
		strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &utc);
		web_set(answer, "Date", "%s", date);
	}
}

bool
grant_refuse(struct grant *grant, int code, const char *format, ...)
{
	struct text text = { 0 };
	struct text description = { 0 };
	const char *error = error_of(code);
	char timestamp[24], counted[32];
	va_list arguments;
	struct tm utc;

	gmtime_r(&grant->now, &utc);
	strftime(timestamp, sizeof(timestamp), "%Y-%m-%d %H:%M:%SZ", &utc);
	text_addf(&text, "AADSTS%d: ", code);
	va_start(arguments, format);
	text_addv(&text, format, arguments);
	va_end(arguments);
	text_addf(&text, "\r\nTrace ID: %s\r\nCorrelation ID: %s\r\nTimestamp: %s",
	          grant->trace_id, grant->correlation_id, timestamp);
	text_json_n(&description, text.at, text.len);

	web_json(grant->answer, strcmp(error, "invalid_client") == 0 ? 401 : 400,
	         "{\"error\":\"%s\",\"error_description\":%s,\"error_codes\":[%d],"
	         "\"timestamp\":\"%s\",\"trace_id\":\"%s\",\"correlation_id\":\"%s\","
	         "\"error_uri\":\"%s/error?code=%d\"}",
	         error, description.at, code, timestamp, grant->trace_id, grant->correlation_id,
	         tenant_origin(), code);
	grant_headers(grant, code);
	text_done(&description);
	text_done(&text);

	snprintf(counted, sizeof(counted), "token.AADSTS%d", code);
	ledger_count(counted);
	ledger_count("token.refused");
	return false;
}
