/*
 * What was changed: the only objects the tenant keeps.
 *
 * Everything else is generated. An object is JSON, found by what it is and a number; the numbers of
 * mailboxes are the generator's, those of groups are given out here.
 */
#ifndef SANDBOX_EXCHANGE_STORE_H
#define SANDBOX_EXCHANGE_STORE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

enum store_kind {
	STORE_MAILBOX,    /* an object: the settings that differ */
	STORE_PERMISSION, /* an array: all entries of a mailbox */
	STORE_FOLDER,     /* an object: folder name to an array of all its entries */
	STORE_GROUP,      /* an object: settings and "Members" */
	STORE_KINDS,
};

/* Held by exchange.c around every cmdlet: many may read at once, one may write. */
void store_lock(bool to_write);
void store_unlock(void);

/* The store's; NULL when there is none. Whoever only reads does not change it. */
cJSON *store_find(enum store_kind kind, uint64_t id);

/* Takes over object and replaces what was there. */
void store_put(enum store_kind kind, uint64_t id, cJSON *object);

void store_remove(enum store_kind kind, uint64_t id);

/* Moves *id to the first kept one at or after it; false when there is none. */
bool store_next(enum store_kind kind, uint64_t *id);

/* Forgets everything. */
void store_clear(void);

#endif
