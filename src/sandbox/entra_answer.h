/*
 * How the token endpoint speaks: its headers, its errors, and the clock it goes by.
 */
#ifndef SANDBOX_ENTRA_ANSWER_H
#define SANDBOX_ENTRA_ANSWER_H

#include <time.h>

#include "encoding.h"
#include "web.h"

/* One request to the token endpoint. */
struct grant {
	const struct web_request *request;
	struct web_answer        *answer;
	time_t now;                        /* the directory's clock, faults included */
	bool   skewed;
	char   trace_id[GUID_SIZE];
	char   correlation_id[GUID_SIZE];
};

/* Reads the clock and the client's request id. */
void grant_begin(struct grant *grant, const struct web_request *request,
                 struct web_answer *answer);

/* The headers every answer of the login service has. code: AADSTS number, 0 for success. */
void grant_headers(struct grant *grant, int code);

/*
 * Refuses: the code's row says which OAuth error and status that is; the text is what follows
 * "AADSTSn: ". Always false, so that a check can return it.
 */
bool grant_refuse(struct grant *grant, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
