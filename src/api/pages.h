/*
 * A long answer as one stream of rows: page after page, and never less than the whole list (exchange-rest.md 2.7).
 *
 * The same body goes to each next link; a link leads nowhere but where the page came from (links.h). A page that
 * broke is asked for again and its rows that were handed out are passed over (replay.h); a link that expired means
 * the whole list once more, the same way. What cannot be finished ends in an error, never in a short list.
 * Memory stays that of one row.
 */
#ifndef API_PAGES_H
#define API_PAGES_H

#include "api/call.h"

typedef struct pages pages;

typedef struct pages_options {
	call_request request;          /* of every page; its strings and body must outlive the pages */
	bool         limited;          /* the caller wants `rows` rows and no more */
	uint64_t     rows;
	bool         keep_annotations; /* in the rows */
	bool         walked;           /* the caller asks on by itself: that there is more is told, and no failure */
} pages_options;

/* Sends the first request and waits for its answer to begin. The session must outlive the pages. */
EXS_MUST_USE exs_status pages_open(api_session *session, const pages_options *options, pages **ret,
                                   exs_error *error);
void pages_free(pages *p);
EXS_DEFINE_AUTO(pages)

/* The next row; at is NULL after the last. It lives until the next call. After a failure every call fails alike. */
EXS_MUST_USE exs_status pages_next(pages *p, span *ret_row, exs_error *error);

/* Did the answer, which has ended, say that there is more than came? For who set options.walked. */
bool pages_told_more(const pages *p);

/* As the public header says of exs_rows. */
const char *pages_warning(pages *p);
const char *pages_confirmation(const pages *p);
void pages_progress(const pages *p, uint64_t *ret_pages, uint64_t *ret_retries);

#endif
