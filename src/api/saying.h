/*
 * What Exchange says when it refuses: exception types and parts of sentences, with what they mean, why they usually come and
 * what to do (exchange-rest.md 2.8, 2.9, 4, 5.2). Errors are judged and worded by these rows, and `exosign explain` reads
 * them.
 */
#ifndef API_SAYING_H
#define API_SAYING_H

#include "base/span.h"

#include <stddef.h>

typedef enum fault_kind {
	FAULT_CMDLET,       /* the cmdlet failed */
	FAULT_NOT_FOUND,
	FAULT_EXISTS,
	FAULT_PARAMETER,
	FAULT_UNAUTHORIZED,
	FAULT_FORBIDDEN,
	FAULT_THROTTLED,    /* 429, 503 with Retry-After, the text about concurrent requests: surely not executed */
	FAULT_TRANSIENT,    /* the service failed in a way that passes */
	FAULT_EXPIRED_LINK, /* "Expired or Invalid pagination request" */
	FAULT_STRANGE,      /* an answer that is not Exchange's */
} fault_kind;

typedef struct saying {
	const char *text; /* the end of a type's name, or part of a sentence */
	fault_kind  kind;
	const char *meaning, *why, *fix; /* "" where the kind's own words say it all */
} saying;

/* The first row whose text stands in the message, or NULL. */
const saying *saying_in_message(span message);
/* The first row whose text the exception's type ends with, or NULL. */
const saying *saying_of_type(span type);

#endif
