/*
 * One item as one request (and its pages), and what the answer says.
 */
#ifndef EXCHANGE_BATCH_CALL_H
#define EXCHANGE_BATCH_CALL_H

#include "exchange/batch_fate.h"

/* EXS_OK: the fate's state, message and rows are filled. Else error says why there is no good answer. */
EXS_MUST_USE exs_status batch_call(exs_exchange *exchange, const batch_item *item, const exs_cmdlets *cmdlets,
                                   batch_fate *fate, exs_error *error);

/* The same for an answer that was read otherwise (batch_member.c). */
void batch_call_clear(batch_fate *fate);
void batch_call_add_message(batch_fate *fate, const char *text);
void batch_call_add_row(batch_fate *fate, span row);
/* All was read; asks: the service wants a confirmation. */
void batch_call_conclude(const batch_item *item, bool asks, batch_fate *fate);

#endif
