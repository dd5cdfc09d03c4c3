/*
 * Get-QuarantineMessage (exchange-rest.md 7): pages counted from one, without a total; a short page is the last.
 *
 * Messages come and go while the pages are read, and every page after that begins somewhere else. So pages overlap: the next
 * one is asked for with a PageSize, a little below a thousand, at which some page begins just before where the last one
 * ended, and its first rows must be ones that were seen. New messages push others down: they come twice, and the second time
 * is dropped (by Identity). Released ones pull others up, by at most the overlap unnoticed and without loss; when the
 * first row is one nobody saw, the page before is read again.
 */
#include "exchange/walk.h"

#include "base/error.h"
#include "exchange/seen.h"

#include <stdio.h>

enum {
	PAGE_MAX = 1000,
	PAGE_MIN = 20, /* below, no page need hold both the last row and a new one */
	REMEMBERED = 64 * 1024,
	BACK_MAX = 50, /* times the walk goes back a page */
	TEXT_MAX = 4096,
};

typedef struct quarantine {
	walk     base;
	uint64_t covered;     /* rows from the top that were read */
	uint64_t page, size;  /* of the request */
	uint64_t came;
	bool     first_known; /* the first row of this answer was seen before */
	bool     over;
	unsigned back;
	buf      identity;
	seen     seen;
} quarantine;

static bool
is_wanted(const exs_command *asked)
{
	return command_value(asked, "Page").at == NULL && command_value(asked, "PageSize").at == NULL &&
	       command_value(asked, "Identity").at == NULL &&
	       command_value(asked, "ResultSize").at == NULL;
}

static exs_status
begin(walk *w, exs_error *error)
{
	quarantine *q = (quarantine *)w;

	(void)error;
	q->identity = BUF(TEXT_MAX);
	seen_begin(&q->seen, REMEMBERED);
	return EXS_OK;
}

static void
done(walk *w)
{
	quarantine *q = (quarantine *)w;

	buf_done(&q->identity);
	seen_done(&q->seen);
}

/* Of the pages that hold the last row that was read, the one that gains the most behind it. */
static void
choose_page(quarantine *q, uint64_t most)
{
	uint64_t last = q->covered - 1, best = 0;

	q->page = 1;
	q->size = most;
	for (uint64_t size = most; q->covered > 0 && size > best + 1; size--) {
		uint64_t gained = size - last % size - 1;

		if (gained <= best)
			continue;
		best = gained;
		q->size = size;
		q->page = last / size + 1;
	}
}

static exs_status
ask(walk *w, exs_command **ret_command, exs_error *error)
{
	quarantine *q = (quarantine *)w;
	static const char *const none[] = {NULL};
	EXS_AUTO(exs_command) *command = NULL;
	char     text[24];
	unsigned most;

	if (q->over)
		return EXS_OK;
	most = walk_page(w, PAGE_MAX);
	choose_page(q, most < PAGE_MIN ? PAGE_MIN : most);
	q->came = 0;
	q->first_known = false;
	EXS_TRY(command_copy(w->asked, none, &command, error));
	snprintf(text, sizeof text, "%llu", (unsigned long long)q->page);
	EXS_TRY(exs_command_json(command, "Page", text, strlen(text), error));
	snprintf(text, sizeof text, "%llu", (unsigned long long)q->size);
	EXS_TRY(exs_command_json(command, "PageSize", text, strlen(text), error));
	EXS_GIVE(ret_command, command);
	return EXS_OK;
}

static exs_status
row(walk *w, span text, walk_verdict *ret, exs_error *error)
{
	quarantine *q = (quarantine *)w;
	bool        fresh;

	if (!walk_text(text, "Identity", &q->identity) || q->identity.len == 0)
		return exs_fail(error, E_ANSWER, "row %llu of the quarantine has no Identity",
		                (unsigned long long)w->rows + 1);
	EXS_TRY(seen_add(&q->seen, buf_span(&q->identity), &fresh, error));
	if (q->came++ == 0)
		q->first_known = !fresh;
	*ret = fresh ? WALK_GIVE : WALK_DROP;
	return EXS_OK;
}

/* What stood behind the last page moved up into it, or out of the quarantine. */
static exs_status
go_back(quarantine *q, exs_error *error)
{
	exs_status status;

	q->covered -= q->covered > q->size ? q->size : q->covered;
	LOG(q->base.context, EXS_LOG_INFO, "exchange", "the quarantine moved: a page is read again",
	    LOG_NUMBER("from_row", q->covered), LOG_NUMBER("time", q->back + 1));
	if (++q->back <= BACK_MAX)
		return EXS_OK;
	status = exs_fail(error, E_EXO_INCOMPLETE,
	                  "the quarantine changes faster than it can be read");
	error_why(error, "%d times messages moved from a page that was to be read to one that had been",
	          BACK_MAX);
	error_fix(error, "narrow it down: -StartReceivedDate, -EndReceivedDate, -QuarantineTypes");
	return status;
}

static exs_status
end(walk *w, bool more, exs_error *error)
{
	quarantine *q = (quarantine *)w;

	(void)more;
	if (q->covered > 0 && !q->first_known)
		return go_back(q, error);
	q->covered = (q->page - 1) * q->size + q->came;
	q->over = q->came < q->size;
	return EXS_OK;
}

const walk_kind walk_of_quarantine = {
	.cmdlet = "Get-QuarantineMessage",
	.size = sizeof(quarantine),
	.wanted = is_wanted,
	.begin = begin,
	.done = done,
	.ask = ask,
	.row = row,
	.end = end,
};
