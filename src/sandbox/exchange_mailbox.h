/*
 * Mailboxes: Get-Mailbox, Set-Mailbox, Get-MailboxStatistics.
 */
#ifndef SANDBOX_EXCHANGE_MAILBOX_H
#define SANDBOX_EXCHANGE_MAILBOX_H

#include "exchange_generator.h"
#include "exchange_settings.h"

/* The settings of a mailbox, which Set-Mailbox takes as parameters. */
extern const struct setting mailbox_settings[];

/* Once, before the first row and after the last. */
void mailbox_start(void);
void mailbox_stop(void);

/* RecipientTypeDetails, as generated or as set. */
const char *mailbox_type(uint64_t index);

enum {
	MAILBOX_WIDE = 1,      /* the three hundred keys of the real one */
	MAILBOX_DELEGATES = 2, /* GrantSendOnBehalfToWithDisplayNames */
};

/* A row of Get-Mailbox, with more of it where wanted. */
void mailbox_write(struct row *row, uint64_t index, unsigned more);
void mailbox_write_addresses(struct row *row, const struct mailbox *mailbox);

/* The properties that make a row wide. */
void mailbox_write_rest(struct row *row);

extern const struct parameter get_mailbox_parameters[], set_mailbox_parameters[],
	get_mailbox_statistics_parameters[];
void run_get_mailbox(struct call *call);
void run_set_mailbox(struct call *call);
void run_get_mailbox_statistics(struct call *call);

#endif
