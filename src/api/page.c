/* One page of a list while it arrives. */
#include "api/page.h"

void
page_begin(page *p)
{
	*p = (page){.open = false};
	envelope_begin(&p->envelope);
}

void
page_close(page *p)
{
	if (!p->open)
		return;
	p->open = false;
	call_done(&p->call);
	cutter_done(&p->cutter);
}

void
page_done(page *p)
{
	page_close(p);
	call_done(&p->call);
	envelope_done(&p->envelope);
}

exs_status
page_open(page *p, api_session *session, const call_request *request, retry *budget,
          exs_error *error)
{
	page_close(p);
	EXS_TRY(call_open(&p->call, session, request, budget, error));
	p->open = true;
	p->rows = 0;
	cutter_begin(&p->cutter);
	p->cutter.offers = true;
	envelope_clear(&p->envelope);
	return EXS_OK;
}

exs_status
page_cut(page *p, cut *ret, exs_error *error)
{
	span piece;

	for (;;) {
		EXS_TRY(cutter_next(&p->cutter, ret, error));
		if (ret->kind != CUT_MORE)
			return EXS_OK;
		EXS_TRY(http_read(p->call.response, &piece, error));
		if (piece.len == 0)
			cutter_end(&p->cutter);
		else
			cutter_feed(&p->cutter, piece);
	}
}
