/*
 * One item as one request (and its pages), and what the answer says.
 */
#ifndef EXCHANGE_BATCH_CALL_H
#define EXCHANGE_BATCH_CALL_H

#include "exchange/batch_fate.h"

/* EXS_OK: the fate's state, message and rows are filled. Else error says why there is no good answer. */
EXS_MUST_USE exs_status batch_call(exs_exchange *exchange, const batch_item *item, const exs_cmdlets *cmdlets,
                                   batch_fate *fate, exs_error *error);

#endif
