/*
 * Several calls in one request: POST adminapi/beta/TENANT/$batch.
 *
 * What is wrong with the request as a whole (no JSON, more than ten items, an id twice) refuses it whole, and
 * nothing is run. Each item is then a call of its own, with its own headers, faults and answer; one that fails
 * leaves the others alone. The answers come in an order of their own.
 */
#ifndef SANDBOX_EXCHANGE_BATCH_H
#define SANDBOX_EXCHANGE_BATCH_H

#include "web.h"

void exchange_batch(const struct web_request *request, struct web_answer *answer);

#endif
