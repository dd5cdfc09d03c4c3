/*
 * The binding of one value while it goes on, shared by exchange_values.c (scalars and lists) and
 * exchange_binding.c (values that carry their type).
 */
#ifndef SANDBOX_EXCHANGE_BINDING_H
#define SANDBOX_EXCHANGE_BINDING_H

#include "exchange_values.h"

#define TAG_TABLE "#Exchange.GenericHashTable"

struct binding {
	const struct parameter *parameter;
	const char             *collection_type; /* of the sibling "X@odata.type", or NULL */
	bool                    cut_enums;
	char                   *why;
};

/* Say why; always NULL. */
cJSON *binding_refuse(struct binding *to, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
cJSON *binding_refuse_type(struct binding *to, const cJSON *value);

bool binding_is_tagged(const cJSON *object, const char *tag);

/* Puts item, which the list then owns, at its end; false when it is NULL. */
bool binding_append(cJSON *list, cJSON *item);

/* tagged: something outside has already said what the value is. */
cJSON *binding_bytes(struct binding *to, const cJSON *value, bool tagged);
cJSON *binding_table(struct binding *to, const cJSON *value, bool tagged);

/* A list of hashtables or of byte arrays; one alone may stand for a list of one. */
cJSON *binding_collection(struct binding *to, const cJSON *value);

#endif
