/*
 * Several items as one request to $batch (exchange-rest.md 2.10), and its answer taken apart: by id, in whatever order.
 */
#ifndef EXCHANGE_BATCH_GROUP_H
#define EXCHANGE_BATCH_GROUP_H

#include "exchange/batch_pace.h"
#include "exchange/batch_turn.h"
#include "exchange/invoke.h"

enum { GROUP_ANSWER_MAX = 2 * 1024 * 1024 };

/* Does the session's service take such requests, as far as anybody knows? */
bool group_is_possible(const exs_exchange *exchange);

/*
 * Sends the members of a turn, which have their ids. EXS_OK: each has a state or is to go alone; the pace was told of those that
 * were throttled. Else nothing is known of any; *ret_refused: the service does not take such requests, and nothing was done.
 */
EXS_MUST_USE exs_status group_call(exs_exchange *exchange, batch_turn *turn, batch_pace *pace,
                                   bool *ret_refused, exs_error *error);

#endif
