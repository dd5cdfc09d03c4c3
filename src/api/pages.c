/* A long answer as one stream of rows. */
#include "api/pages.h"

#include "api/links.h"
#include "api/page.h"
#include "api/plain.h"
#include "api/replay.h"
#include "api/row.h"
#include "base/moment.h"

struct pages {
	api_session  *session;
	pages_options options;
	exs_error    *error; /* why it failed; what was overcome is cleared from it */
	page          page;
	retry         budget;
	links         links;
	replay        replay;
	notes         warnings;
	buf           confirmation;
	buf           row;
	row_names     names;
	char         *link; /* of the current page; NULL for the first */
	uint64_t      pages, retries;
	int64_t       given_ms; /* when the last row was handed out */
	bool          finished, failed, restarted;
};

void
pages_free(pages *p)
{
	if (p == NULL)
		return;
	page_done(&p->page);
	replay_done(&p->replay);
	notes_done(&p->warnings);
	buf_done(&p->confirmation);
	buf_done(&p->row);
	exs_error_free(p->error);
	mem_free(p->link);
	mem_free(p);
}

static void
set_link(pages *p, char *link)
{
	mem_free(p->link);
	p->link = link;
	p->retries += p->budget.made;
	p->budget = call_budget(p->session, &p->options.request);
}

/* The link was not accepted: the whole list again, once, passing over what was handed out. */
static exs_status
begin_again(pages *p)
{
	if (p->restarted || !p->options.request.reads) {
		error_status(p->error, EXS_INCOMPLETE);
		error_fix(p->error, p->session->organization[0] == '\0'
		          ? "set organization in the profile to the tenant's onmicrosoft.com domain: "
		            "it keeps the pages of a list on one server"
		          : "run it again, into a file: links live some minutes, and a slow reader "
		            "outlives them");
		return EXS_INCOMPLETE;
	}
	LOG(p->session->context, EXS_LOG_NOTICE, "api", "list asked for again",
	    LOG_TEXT("cmdlet", p->options.request.aim), LOG_NUMBER("rows", p->replay.rows),
	    LOG_TEXT("why", exs_error_message(p->error)));
	exs_error_clear(p->error);
	p->restarted = true;
	set_link(p, NULL);
	links_begin(&p->links);
	return replay_again(&p->replay, true, p->error);
}

static exs_status
open_page(pages *p)
{
	call_request request = p->options.request;
	exs_status   status;

	if (p->link != NULL) {
		request.url = p->link;
		request.event = "page asked";
	}
	status = page_open(&p->page, p->session, &request, &p->budget, p->error);
	if (status != EXS_OK && p->link != NULL && p->page.call.answered &&
	    p->page.call.fault.kind == FAULT_EXPIRED_LINK)
		return begin_again(p);
	if (status != EXS_OK)
		return status;
	return replay_page(&p->replay, p->error);
}

/* A write was answered, and the answer cannot be read. */
static exs_status
fate_unknown(pages *p, exs_status status)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();

	if (status == EXS_CANCELLED || cause == NULL) {
		error_why(p->error, "%s was sent: it is not known whether the change was made",
		          p->options.request.aim);
		return status;
	}
	error_copy(cause, p->error);
	exs_error_clear(p->error);
	return call_unknown(&p->page.call, p->options.request.aim, cause, p->error);
}

/* What stands in p->error was overcome: wait, then the current page again. */
static exs_status
ask_again(pages *p, int64_t retry_after)
{
	char why[200];

	plain_copy(why, sizeof why, span_of(exs_error_message(p->error)));
	exs_error_clear(p->error);
	page_close(&p->page);
	EXS_TRY(retry_wait(&p->budget, p->session->context, why, retry_after, p->error));
	return replay_again(&p->replay, false, p->error);
}

/* The answer broke off or is not what it should be; the cause stands in p->error. */
static exs_status
recover(pages *p, exs_status status)
{
	bool passing = call_is_passing(p->error) || cutter_ended_early(&p->page.cutter);

	if (status == EXS_INTERNAL)
		return status;
	if (!p->options.request.reads)
		return fate_unknown(p, status);
	if (status == EXS_CANCELLED)
		return status;
	error_ref(p->error, "client-request-id", p->page.call.client_request_id.at);
	if (!passing || !call_may_repeat(&p->budget, -1))
		return status;
	return ask_again(p, -1);
}

/* An error inside a good answer. */
static exs_status
refused_inside(pages *p)
{
	const call_request *request = &p->options.request;
	exs_status          status;
	fault               f;

	p->session->dialect->read(&f, http_status(p->page.call.response), buf_span(&p->page.envelope.error));
	status = p->session->dialect->fail(&f, request->aim, p->page.call.client_request_id.at,
	                                   p->page.call.bearer, p->error);
	if (f.kind == FAULT_EXPIRED_LINK && p->link != NULL) {
		page_close(&p->page);
		return begin_again(p);
	}
	if ((f.kind != FAULT_THROTTLED && !(f.kind == FAULT_TRANSIENT && request->reads)) ||
	    !call_may_repeat(&p->budget, -1))
		return status;
	return ask_again(p, -1);
}

static bool
has_enough(const pages *p)
{
	return p->options.limited && p->replay.rows >= p->options.rows;
}

/* p->row holds a row of the page: is it one to hand out? */
static exs_status
take_printed(pages *p, span identity, bool *ret_new)
{
	*ret_new = false;
	p->page.rows++;
	EXS_TRY(buf_check(&p->row, "a row", p->error));
	if (has_enough(p) && !replay_is_on(&p->replay))
		return EXS_OK;
	return replay_row(&p->replay, identity, ret_new, p->error);
}

static exs_status
take_row(pages *p, span raw, bool *ret_new)
{
	span   identity;
	size_t at;

	p->row.len = 0; /* no secret: not wiped for every row */
	if (!row_print(raw, p->options.keep_annotations, &p->row, &identity, &at))
		return exs_fail(p->error, E_ANSWER, "row %llu of the page %s (byte %zu of %zu)",
		                (unsigned long long)p->page.rows + 1, row_problem(raw), at, raw.len);
	return take_printed(p, identity, ret_new);
}

static exs_status
take_offer(pages *p, span rest, bool *ret_new)
{
	span   identity;
	size_t length;

	p->row.len = 0;
	if (!row_take(rest, p->options.keep_annotations, &p->names, &p->row, &identity, &length))
		return EXS_OK; /* it will be cut */
	cutter_took(&p->page.cutter, length);
	return take_printed(p, identity, ret_new);
}

bool
pages_told_more(const pages *p)
{
	return p->page.envelope.more.len > 0;
}

static exs_status
finish(pages *p)
{
	if (replay_is_on(&p->replay))
		return exs_fail(p->error, E_EXO_INCOMPLETE,
		                "the list was asked for again, and came back shorter than it was");
	if (pages_told_more(p) && !p->options.limited && !p->options.walked) {
		exs_status status = exs_fail(p->error, E_EXO_INCOMPLETE,
		                             "%s: the service has more rows and no link to them",
		                             p->options.request.aim);

		error_why(p->error, "%s", buf_text(&p->page.envelope.more));
		error_fix(p->error, "ask for less at a time, or say with -ResultSize how many are enough");
		return status;
	}
	if (!p->options.walked)
		notes_add(&p->warnings, buf_span(&p->page.envelope.more));
	p->finished = true;
	LOG(p->session->context, EXS_LOG_INFO, "api", "cmdlet done",
	    LOG_TEXT("cmdlet", p->options.request.aim), LOG_NUMBER("rows", p->replay.rows),
	    LOG_NUMBER("pages", p->pages), LOG_NUMBER("retries", p->retries + p->budget.made));
	return EXS_OK;
}

static exs_status
follow_link(pages *p, const char *from)
{
	const char *found = buf_text(&p->page.envelope.next_link);
	char       *link = NULL;

	EXS_TRY(links_check(&p->links, from, found, p->page.rows, p->error));
	EXS_TRY(mem_copy(found, &link, p->error));
	set_link(p, link);
	return EXS_OK;
}

static exs_status
end_page(pages *p)
{
	EXS_AUTO(chars) *from = p->page.call.url;
	const uuid_text  asked = p->page.call.client_request_id;
	exs_status       status;

	p->page.call.url = NULL;
	page_close(&p->page);
	p->pages++;
	LOG(p->session->context, EXS_LOG_INFO, "api", "page",
	    LOG_TEXT("cmdlet", p->options.request.aim), LOG_NUMBER("number", p->pages),
	    LOG_NUMBER("rows", p->page.rows));
	/* the warnings of pages that only came again were given before */
	if (!replay_is_on(&p->replay))
		notes_move(&p->warnings, &p->page.envelope.warnings);
	buf_add(&p->confirmation, buf_span(&p->page.envelope.confirmation));
	if (p->page.envelope.next_link.len == 0 || (has_enough(p) && !replay_is_on(&p->replay)))
		status = finish(p);
	else
		status = follow_link(p, from);
	if (status != EXS_OK)
		error_ref(p->error, "client-request-id", asked.at);
	return status;
}

static exs_status
take_cut(pages *p, const cut *found, bool *ret_row)
{
	switch (found->kind) {
	case CUT_OFFER:
		return take_offer(p, found->value, ret_row);
	case CUT_ROW:
		return take_row(p, found->value, ret_row);
	case CUT_MEMBER:
		return envelope_take(&p->page.envelope, found, p->error);
	default:
		return EXS_OK;
	}
}

/* One step on; *ret_row tells that p->row is one to hand out. */
static exs_status
step(pages *p, bool *ret_row)
{
	cut        found;
	exs_status status;

	EXS_TRY(context_check(p->session->context, p->error));
	if (!p->page.open)
		return open_page(p);
	status = page_cut(&p->page, &found, p->error);
	if (status == EXS_OK)
		status = take_cut(p, &found, ret_row);
	if (status != EXS_OK)
		return error_is(p->error, E_EXO_INCOMPLETE) ? status : recover(p, status);
	if (p->page.envelope.error.len > 0)
		return refused_inside(p);
	return found.kind == CUT_END ? end_page(p) : EXS_OK;
}

/* Rows were handed out and the rest will not come: that is an incomplete list, whatever the cause. */
static exs_status
give_up(pages *p, exs_status status)
{
	p->failed = true;
	page_close(&p->page);
	if (p->replay.rows == 0 || status == EXS_CANCELLED || status == EXS_INTERNAL ||
	    error_is(p->error, E_EXO_INCOMPLETE))
		return status;
	error_aim(p->error, "the list could not be finished, %llu rows came",
	          (unsigned long long)p->replay.rows);
	if (status == EXS_POLICY)
		return status;
	error_status(p->error, EXS_INCOMPLETE);
	return EXS_INCOMPLETE;
}

exs_status
pages_next(pages *p, span *ret_row, exs_error *error)
{
	bool has_row = false;

	/* what the reader takes for a row is not the service's time */
	if (p->given_ms > 0)
		p->budget.ends_ms += moment_steady_ms() - p->given_ms;
	while (!has_row && !p->finished && !p->failed) {
		exs_status status = step(p, &has_row);

		if (status != EXS_OK)
			(void)give_up(p, status);
	}
	if (p->failed) {
		error_copy(error, p->error);
		return exs_error_status(p->error);
	}
	p->given_ms = moment_steady_ms();
	*ret_row = has_row ? buf_span(&p->row) : span_from(NULL, 0);
	return EXS_OK;
}

exs_status
pages_open(api_session *session, const pages_options *options, pages **ret, exs_error *error)
{
	EXS_AUTO(pages) *p = mem_new(1, sizeof *p);
	exs_status status;

	if (p == NULL)
		return mem_fail(error);
	p->session = session;
	p->options = *options;
	p->budget = call_budget(session, &options->request);
	p->row = BUF(CUTTER_ROW_MAX);
	p->confirmation = BUF(NOTE_MAX);
	p->warnings = NOTES;
	page_begin(&p->page);
	links_begin(&p->links);
	p->error = exs_error_new();
	if (p->error == NULL)
		return mem_fail(error);
	EXS_TRY(replay_begin(&p->replay, error));
	status = open_page(p);
	if (status != EXS_OK)
		error_copy(error, p->error);
	EXS_TRY(status);
	EXS_GIVE(ret, p);
	return EXS_OK;
}

const char *
pages_warning(pages *p)
{
	return notes_next(&p->warnings);
}

const char *
pages_confirmation(const pages *p)
{
	return p->confirmation.len == 0 ? NULL : buf_text(&p->confirmation);
}

void
pages_progress(const pages *p, uint64_t *ret_pages, uint64_t *ret_retries)
{
	*ret_pages = p->pages;
	*ret_retries = p->retries + p->budget.made;
}
