/*
 * Recipients: a mailbox or a group, found by whatever names it.
 */
#ifndef SANDBOX_EXCHANGE_RECIPIENT_H
#define SANDBOX_EXCHANGE_RECIPIENT_H

#include "exchange_generator.h"
#include "exchange_parameters.h"
#include "exchange_row.h"

struct call;

/* A mailbox's number is its index; a group's is its place in the store. */
struct recipient {
	bool     is_group;
	uint64_t id;
};

/* By GUID, address (also one that was added), alias, name or distinguished name. */
bool recipient_find(const char *identity, struct recipient *ret_recipient);

/* The same, but a mailbox; the call fails with "couldn't be found" otherwise. */
bool mailbox_find(struct call *call, const char *identity, uint64_t *ret_index);

/* Its primary address and what it is called; the text is the caller's room. */
void recipient_address(const struct recipient *recipient, char address[ADDRESS_MAX]);
void recipient_display(const struct recipient *recipient, char display[DISPLAY_MAX]);

/* The RecipientTypeDetails of it. */
const char *recipient_type(const struct recipient *recipient);

/* Its row as Get-Recipient and Get-DistributionGroupMember show it. */
void recipient_write(struct row *row, const struct recipient *recipient);

/*
 * Replaces every identity in a bound list (or delta) by the recipient's name, as it is stored. One that names
 * nobody fails the call.
 */
bool recipient_resolve_list(struct call *call, const char *parameter);

/* What it is stored as wherever a list names it. */
void recipient_name(const struct recipient *recipient, char name[ADDRESS_MAX]);

/* Every value RecipientTypeDetails may be asked for; NULL ends them. */
extern const char *const recipient_types[];

/* Does the name (display name, alias, address) begin with the ambiguous name? */
bool recipient_is_meant(const struct recipient *recipient, const char *anr);

/* Ends with the address when the list holds "SMTP:address"; false otherwise. */
bool address_primary(const cJSON *addresses, char address[ADDRESS_MAX]);

void run_get_recipient(struct call *call);
extern const struct parameter get_recipient_parameters[];

#endif
