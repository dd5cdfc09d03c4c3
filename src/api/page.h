/*
 * One page of a list while it arrives: the call, what was cut from it, what it says beside its rows.
 */
#ifndef API_PAGE_H
#define API_PAGE_H

#include "api/call.h"
#include "api/envelope.h"

typedef struct page {
	call     call;
	cutter   cutter;
	envelope envelope;
	uint64_t rows; /* that came so far */
	bool     open;
} page;

void page_begin(page *p);
void page_done(page *p);

/* As call_open(); what is left of the page before is forgotten. */
EXS_MUST_USE exs_status page_open(page *p, api_session *session, const call_request *request,
                                  retry *budget, exs_error *error);
/* Lets go of the answer. The envelope stays, for who wants to know what the page said. */
void page_close(page *p);

/* The next cut of the answer, never CUT_MORE. */
EXS_MUST_USE exs_status page_cut(page *p, cut *ret, exs_error *error);

#endif
