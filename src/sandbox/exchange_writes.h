/*
 * Every write that was really run, in the order in which it was: writes.ndjson in the tenant's directory.
 *
 *   {"n":1,"at":"2026-02-03T04:05:06.789Z","cmdlet":"Set-Mailbox","identity":"ada","clientRequestId":"...",
 *    "item":"id in its batch, or null","parameters":{"Identity":"ada","Office":"12"}}
 *
 * A line is there before the answer goes, and stays when the server is killed. When it starts again the writes are
 * run once more in silence, so that groups, members, permissions and settings are as they were; their dates of
 * creation are of the start. Secrets are kept as they were
 * encrypted, and never in clear.
 */
#ifndef SANDBOX_EXCHANGE_WRITES_H
#define SANDBOX_EXCHANGE_WRITES_H

struct call;

#define WRITES_FILE "writes.ndjson"

/* Opens the file and runs what is in it. Ends the program when that cannot be. */
void writes_open(void);
void writes_close(void);

/* One more, under the store's lock. Ends the program when it cannot be written down. */
void writes_add(struct call *call);

#endif
