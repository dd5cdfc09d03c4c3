/*
 * The lines of a batch's journal. Each is a JSON object, written once and never changed:
 *
 *   {"exosign-batch":1,"at":"2026-11-21T21:30:02Z","input":"sha256:...","plan":"sha256:...","items":3,"target":"...","sum":"0a1b2c3d"}
 *   {"item":0,"at":"...","begun":"CLIENT-REQUEST-ID","sum":"..."}    a change is sent next
 *   {"item":0,"at":"...","returned":"E-DEVICE-GONE","sum":"..."}     it was surely not made: as if never begun
 *   {"item":0,"at":"...","settled":"done","outcome":{...},"sum":"..."}
 *
 * Items count from 0. What only reads is not begun in the journal, only settled. settled is one of done, failed, retryable
 * (failed too, but it may have passed), skipped, unknown; the last one of an item counts. outcome is what the host was
 * told. sum is the CRC-32 of the line up to the comma before it, begun with that of the line before: a line that was lost or
 * moved is seen as well as one that was changed. Values of parameters are in no line.
 */
#ifndef EXCHANGE_BATCH_RECORD_H
#define EXCHANGE_BATCH_RECORD_H

#include "base/buf.h"

enum { RECORD_MAX = 4 * 1024 * 1024 };

typedef enum batch_state {
	BATCH_OPEN,
	BATCH_SENT, /* begun and nothing more is known */
	BATCH_DONE,
	BATCH_FAILED,
	BATCH_RETRYABLE,
	BATCH_SKIPPED,
	BATCH_UNKNOWN,
	BATCH_STATES,
} batch_state;

/* "failed" for BATCH_RETRYABLE too; "" for what is no outcome. */
const char *batch_state_outcome(batch_state state);

typedef struct batch_record {
	uint64_t    item;
	batch_state state;
	span        outcome; /* of what is settled */
	span        request; /* of what was begun: its client-request-id */
} batch_record;

/* Each appends a line without its sum and newline. seconds: since 1970. */
void record_begun(buf *to, uint64_t item, int64_t seconds, const char *client_request_id);
void record_returned(buf *to, uint64_t item, int64_t seconds, const char *code);
void record_settled(buf *to, uint64_t item, int64_t seconds, batch_state state, span outcome);

/* Ends the line that begins at `from` in `to` with its sum. *chain is the sum of the line before, and then this one's. */
void record_seal(buf *to, size_t from, uint32_t *chain);

/* Is the sum of the line (without newline) right? Then *chain is moved on. */
bool record_sound(span line, uint32_t *chain);
/* Reads a sound line about an item; false when it is none. */
bool record_read(span line, batch_record *ret);

#endif
