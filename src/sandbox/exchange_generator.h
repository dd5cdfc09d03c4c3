/*
 * Mailbox i of N, made from the seed and i whenever somebody asks.
 *
 * Nothing is kept. Addresses and GUIDs are made so that i can be read back from them, which is how an
 * identity is looked up among a million mailboxes without an index.
 */
#ifndef SANDBOX_EXCHANGE_GENERATOR_H
#define SANDBOX_EXCHANGE_GENERATOR_H

#include <stdbool.h>
#include <stdint.h>

#include "exchange_time.h"

enum { GUID_TEXT = 37, ALIAS_MAX = 64, ADDRESS_MAX = 384, DISPLAY_MAX = 192 };

/* What GUIDs are for; each kind of a mailbox differs. */
enum guid_kind {
	GUID_MAILBOX,  /* Guid */
	GUID_EXCHANGE, /* ExchangeGuid */
	GUID_OBJECT,   /* ExternalDirectoryObjectId */
	GUID_GROUP,
	GUID_MESSAGE,
	GUID_AUDIT,
	GUID_RULE,
	GUID_QUARANTINE,
	GUID_KINDS,
};

enum mailbox_kind { MAILBOX_USER, MAILBOX_SHARED, MAILBOX_ROOM, MAILBOX_EQUIPMENT, MAILBOX_KINDS };

struct mailbox {
	uint64_t          index;
	uint64_t          roll; /* a random number of its own, for whatever else is made up about it */
	enum mailbox_kind kind;
	char              alias[ALIAS_MAX];
	char              address[ADDRESS_MAX]; /* alias@domain */
	char              display[DISPLAY_MAX];
	ticks             created, changed;
};

extern const char *const mailbox_kind_names[MAILBOX_KINDS + 1];

/* Once, when the_tenant is set. */
void generator_start(void);

void mailbox_make(uint64_t index, struct mailbox *mailbox);
enum mailbox_kind mailbox_kind_of(uint64_t index);

/* The mailbox an alias, address, distinguished name or GUID was made for. */
bool mailbox_find_made(const char *identity, uint64_t *ret_index);

void guid_write(enum guid_kind kind, uint64_t index, char text[GUID_TEXT]);
bool guid_read(enum guid_kind kind, const char *text, uint64_t *ret_index);

/* A number that looks random and always is the same for (seed, purpose, index). */
uint64_t roll(unsigned purpose, uint64_t index);

#endif
