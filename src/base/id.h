/* Random ids for assertions, requests and connections. */
#ifndef BASE_ID_H
#define BASE_ID_H

#include "base/mem.h"

typedef struct uuid_text {
	char at[37];
} uuid_text;

/* A random UUID (RFC 9562 version 4). */
EXS_MUST_USE exs_status uuid_new(uuid_text *ret, exs_error *error);

#endif
