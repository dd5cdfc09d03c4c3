/* A whole list walked over a scripted service. */
#include "support/walk.h"

#include "api/pages.h"
#include "support/test.h"

#include <stdio.h>

walked
walk_as(fake_service *service, bool reads, uint64_t limit)
{
	pages_options options = {.request = {.aim = reads ? "Get-Mailbox" : "Set-Mailbox",
	                                     .event = "cmdlet sent",
	                                     .about = "",
	                                     .url = FAKE_INVOKE,
	                                     .body = span_of("{}"),
	                                     .reads = reads},
	                         .limited = limit > 0,
	                         .rows = limit};
	walked        w = {.status = EXS_OK};
	exs_error    *error = test_error();
	pages        *p = NULL;
	span          row = {"", 0};
	const char   *warning;

	w.status = pages_open(service->session, &options, &p, error);
	while (w.status == EXS_OK && row.at != NULL) {
		w.status = pages_next(p, &row, error);
		if (w.status == EXS_OK && row.at != NULL)
			snprintf(w.rows + strlen(w.rows), sizeof w.rows - strlen(w.rows), "%.*s;",
			         (int)row.len, row.at);
		while ((warning = pages_warning(p)) != NULL)
			snprintf(w.warnings + strlen(w.warnings), sizeof w.warnings - strlen(w.warnings),
			         "%s;", warning);
	}
	if (p != NULL)
		pages_progress(p, &w.pages, &w.retries);
	if (p != NULL && w.status != EXS_OK) /* and it stays failed */
		assert_int_equal(pages_next(p, &row, NULL), w.status);
	pages_free(p);
	return w;
}

walked
walk(fake_service *service)
{
	return walk_as(service, true, 0);
}
