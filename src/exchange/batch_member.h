/*
 * One item's part of an answer to several.
 */
#ifndef EXCHANGE_BATCH_MEMBER_H
#define EXCHANGE_BATCH_MEMBER_H

#include "exchange/batch_pace.h"
#include "exchange/batch_turn.h"
#include "exchange/invoke.h"

/* Reads {"id","status","headers","body"}: the member gets its fate, or is to go alone. */
EXS_MUST_USE exs_status member_take(batch_member *m, exs_exchange *exchange, span response,
                                    const exs_bearer *bearer, batch_pace *pace, exs_error *error);
/* The answer has nothing for it. */
void member_is_missing(batch_member *m);

#endif
