/*
 * Long answers, a page at a time.
 *
 * A next link carries where the next page begins, sealed with a key that lives as long as the process
 * and bound to everything that must stay the same: the body, the anchor, the affinity cookie, the
 * selection and the application. Nothing is kept between pages, so a walk of a million rows costs no
 * memory and the same link always gives the same page.
 */
#ifndef SANDBOX_EXCHANGE_PAGE_H
#define SANDBOX_EXCHANGE_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "exchange_row.h"

struct call;

/* The warning that goes with a page whose ResultSize left rows behind. */
#define PAGE_MORE_RESULTS \
	"There are more results available than are currently displayed. To view them, increase the " \
	"value for the ResultSize parameter."

/* Makes the sealing key. Once, before the first request. */
void page_start(void);

/* Where rows come from: places in ascending order, each holding a row or nothing. */
struct source {
	/* Moves *at to the first row at or after it; false when there is none. */
	bool (*next)(struct call *call, void *context, uint64_t *at);
	void (*write)(struct row *row, void *context, uint64_t at);
	void *context;
};

/* Reads page size and cursor of the request. On false the answer says what was wrong. */
bool page_open(struct call *call);

/* Writes this page's rows from the source, those that the bound Filter lets through. */
void page_walk(struct call *call, const struct source *source);

/* The next link as a member, with the comma before it. */
void page_write_link(struct call *call, struct text *out);

/* A link made for GET brings the body of the request it continues. */
void page_bring_body(struct call *call);

/* Everything a source writes at one place, as JSON; the caller's. */
cJSON *source_read(const struct source *source, uint64_t at, const struct selection *selection);

#endif
