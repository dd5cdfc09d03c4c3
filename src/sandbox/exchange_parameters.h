/*
 * What a cmdlet may be given, and what it was given.
 *
 * Names are matched in any case and values become the parameter's type by PowerShell's rules as they
 * are seen from outside: a number may stand for a string, one string for a list of one, an enum may
 * be cut short; a nested object that does not carry its type is an error.
 */
#ifndef SANDBOX_EXCHANGE_PARAMETERS_H
#define SANDBOX_EXCHANGE_PARAMETERS_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "exchange_time.h"

struct call;
struct cmdlet;

enum parameter_kind {
	PARAMETER_STRING,
	PARAMETER_SWITCH,
	PARAMETER_BOOL,
	PARAMETER_INT,
	PARAMETER_RESULT_SIZE, /* a whole number or "Unlimited" */
	PARAMETER_STRINGS,
	PARAMETER_DELTA,       /* a list, or what to add to one and remove from it */
	PARAMETER_ENUM,
	PARAMETER_ENUMS,
	PARAMETER_DATE,
	PARAMETER_SIZE,        /* a number of bytes with a unit, or "Unlimited" */
	PARAMETER_TABLE,       /* a hashtable */
	PARAMETER_TABLES,      /* an array of hashtables */
	PARAMETER_BYTES,
	PARAMETER_BYTES_LIST,
	PARAMETER_SECRET,      /* a SecureString: bound as the SHA-256 of its text */
};

enum {
	PARAMETER_MUST = 1,     /* mandatory */
	PARAMETER_WITHHELD = 2, /* exists only for those who may also write in the cmdlet's area */
};

struct parameter {
	const char         *name; /* NULL ends a table */
	enum parameter_kind kind;
	unsigned            flags;
	const char *const  *members; /* of an enum, NULL ends them */
};

/*
 * Binds the request's Parameters to the cmdlet's, into call->bound. On false the answer says which one
 * was wrong.
 */
bool parameters_bind(struct call *call);

/* Every parameter a cmdlet takes from somebody who may, or may not, also write in its area. */
void parameters_each(const struct cmdlet *cmdlet, bool may_write,
                     void (*take)(void *context, const struct parameter *parameter), void *context);

/* The parameter of that name (any case) as the call's cmdlet has it for this caller; NULL when it has none. */
const struct parameter *parameter_named(const struct call *call, const char *name);

/* A bound value; NULL when the parameter was not given. A given null is a cJSON null. */
const cJSON *parameter_value(const struct call *call, const char *name);

/* NULL when absent or null. */
const char *parameter_string(const struct call *call, const char *name);
bool parameter_true(const struct call *call, const char *name);
long parameter_number(const struct call *call, const char *name, long fallback);
bool parameter_ticks(const struct call *call, const char *name, ticks *ret_moment);

/* True when the list was not given or holds the text (any case). */
bool parameter_allows(const struct call *call, const char *name, const char *text);

#endif
