/*
 * One request to run a cmdlet, from the bytes that came to the answer that goes.
 *
 * A call is born in exchange.c, fails at most once (after that nothing else is written) and is
 * gone when the answer is complete. Cmdlets see only this.
 */
#ifndef SANDBOX_EXCHANGE_CALL_H
#define SANDBOX_EXCHANGE_CALL_H

#include "entra.h"
#include "exchange_cmdlets.h"
#include "exchange_errors.h"
#include "exchange_row.h"
#include "exchange_surface.h"

enum { COOKIE_MAX = 128, CURSOR_MAX = 128 };

struct call {
	const struct web_request *request;
	struct web_answer        *answer;
	const char               *body;   /* usually the request's; a GET on a next link brings its own */
	size_t                    body_len;
	char                     *own_body; /* freed with the call */

	cJSON               *document; /* the body, NULL when it is not JSON */
	const char          *name;     /* CmdletName as sent, NULL when there is none */
	const struct cmdlet *cmdlet;   /* NULL until known */
	cJSON               *bound;    /* the cmdlet's parameters by their own names */
	struct bearer_facts  bearer;
	enum surface         surface;
	const char          *endpoint; /* of v2.0 */
	bool                 may_write; /* in the cmdlet's area */

	struct selection selection;

	/* Where this page begins and how long it may be; the cursor to the next one. */
	uint64_t page_from;
	unsigned page_limit;
	bool     page_continues; /* the request came with a good cursor */
	bool     page_more;      /* the walk left rows for another page, from page_next */
	uint64_t page_next;
	const char *link_query;  /* what the next link repeats, each field with its &; NULL: the selection */
	char     cookie[COOKIE_MAX];
	char     cursor[CURSOR_MAX]; /* as sent, when page_continues */

	struct text rows;
	size_t      n_rows;
	struct text warnings; /* JSON strings, with commas between them */
	struct text hazards;  /* members that a fault puts into the first row, each with its comma */
	bool        twice;    /* a fault sends every row twice */
	bool        failed;
	const char *confirmation; /* asks instead of acting */
};

/* Reads what can be read of the request without judging it. */
void call_open(struct call *call, const struct web_request *request, struct web_answer *answer);
void call_done(struct call *call);

/* Makes the answer a failure. Later failures are ignored: the first cause is the cause. */
void call_fail(struct call *call, enum failure failure, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void call_fail_missing(struct call *call, const char *identity);

void call_warn(struct call *call, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A row of the answer. Between the two the row belongs to the cmdlet. */
void call_row(struct call *call, struct row *row);
void call_row_end(struct call *call, struct row *row);

/* Writes the whole answer from rows, warnings and cursor. */
void call_compose(struct call *call);

#endif
