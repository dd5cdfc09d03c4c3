/*
 * What became of an item, and the line that tells it.
 */
#ifndef EXCHANGE_BATCH_FATE_H
#define EXCHANGE_BATCH_FATE_H

#include "base/id.h"
#include "exchange/batch_item.h"
#include "exchange/batch_record.h"

enum { FATE_TEXT_MAX = 2048, FATE_ROWS_MAX = 1024 * 1024 };

typedef struct batch_fate {
	batch_state state;    /* BATCH_OPEN: surely not made, and it is not the item's fault */
	unsigned    attempts; /* requests it went into */
	uuid_text   client_request_id;
	char        request_id[80];
	char        code[64];
	buf         message;
	buf         rows;     /* with commas between them */
	bool        has_rows; /* the caller wants them, none included */
} batch_fate;

void batch_fate_begin(batch_fate *fate);
void batch_fate_done(batch_fate *fate);

/* Says in the fate what the error is. begun: a change was on its way when it happened. */
void fate_of_error(batch_fate *fate, const exs_error *error, bool begun);
/* Does this error concern the whole batch and not one item? */
bool fate_is_everybodys(const exs_error *error);

/* Unknown, because an earlier try may have been made, and what became of the last one does not settle that. */
void fate_doubt(batch_fate *fate, const char *cmdlet);
/* Unknown since an earlier run, and not to be tried. */
void fate_stays_unknown(batch_fate *fate, const char *cmdlet);

/* Appends {"id":...,"line":...,"cmdlet":...,"outcome":...}; what is empty is left out. */
void fate_print(const batch_fate *fate, const batch_item *item, buf *to);
/* Appends {"id":...,"line":...,"cmdlet":...,"request":REQUEST}, for an item that is not run. */
void fate_print_request(const batch_item *item, span request, buf *to);

#endif
