/*
 * One item of a batch: a command, where it came from and what it is about.
 */
#ifndef EXCHANGE_BATCH_ITEM_H
#define EXCHANGE_BATCH_ITEM_H

#include "exchange/command.h"

#include <stdbool.h>

enum { BATCH_ID_MAX = 256 };

typedef struct batch_item {
	uint64_t     number; /* 0, 1, ... in the order of the input */
	uint64_t     line;   /* where it begins */
	char        *id;     /* the input's own, or NULL */
	exs_command *command;
	char        *cmdlet;
	const char  *why_not; /* it is skipped; NULL: it is not */
	bool         unsure;  /* an earlier run may have made it, and nobody knows */
	uint64_t     object; /* stands for what it is about: items of one object run in the order of the input */
	size_t       weight; /* bytes of its text, about */
} batch_item;

void batch_item_free(batch_item *item);
EXS_DEFINE_AUTO(batch_item)

/* The number of the object a command is about. */
uint64_t batch_item_object(const exs_command *command);

#endif
