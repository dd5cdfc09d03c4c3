/*
 * The entities that are read by GET: Mailbox, CasMailbox, Recipient and what hangs on them.
 *
 *   Mailbox?PropertySet=Minimum&$filter=...        Mailbox('id')/MailboxPermission
 *   Mailbox('aWQ=')?isEncoded=true                 Mailbox('id')/Exchange.GetMailboxStatistics()
 *
 * A query option that the entity does not have is an error: a client must not believe that it was heard. Next pages are
 * read by GET on the link.
 */
#ifndef SANDBOX_EXCHANGE_NATIVE_H
#define SANDBOX_EXCHANGE_NATIVE_H

#include <stdbool.h>

#include "exchange_cmdlets.h"
#include "web.h"

/* Answers when the path below adminapi/beta/TENANT/ is an entity's; false when it is not. */
bool native_serve(const struct web_request *request, struct web_answer *answer, const char *below);

/* One way of asking. Captures of the pattern and query options become parameters of these names. */
struct native {
	struct cmdlet cmdlet;   /* for roles, parameters, faults and the ledger */
	const char   *entity;
	const char   *pattern;  /* of the path behind the entity and its key; * stands for a capture */
	const char   *captures[3];
	unsigned      key;      /* NATIVE_KEY_... */
	const char   *options;  /* the query options it has, between blanks */
	const char   *sets;     /* the name of its property sets (exchange_native_sets.c), or NULL */
};

enum { NATIVE_KEY_NONE, NATIVE_KEY_MAY, NATIVE_KEY_MUST };

extern const struct native natives[]; /* exchange_native_table.c; an entity of NULL ends it */

/* Their answers (exchange_native_rows.c, exchange_native_functions.c). */
void run_native_mailbox(struct call *call);
void run_native_cas(struct call *call);
void run_native_recipient(struct call *call);
void run_native_trustee(struct call *call);
void run_native_statistics(struct call *call);
void run_native_statistics_by_guid(struct call *call);
void run_native_folders(struct call *call);
void run_native_devices(struct call *call);

/* An integer of 64 bits, which entities have and rows of cmdlets do not. */
#define KEY_LONG(name) KEY_OF(name, ",\"" name "@odata.type\":\"#Int64\"" KEY_LEAD(name))

/* The properties of a set, between commas; NULL when there is no such set. */
const char *native_set_find(const char *of, const char *set);

/* Appends a $filter as a cmdlet's Filter says it. */
struct text;
void native_filter(const char *filter, struct text *out);

#endif
