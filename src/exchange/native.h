/*
 * The Get-EXO cmdlets of the PowerShell module: names that do not exist behind InvokeCommand, but GETs of the service's
 * entities (exchange-rest.md 3).
 *
 * A table says which cmdlet reads which entity and what becomes of each parameter: a query option, part of the path, or a
 * refusal with the cmdlet behind InvokeCommand that can do it, where nothing is known that the service would understand:
 * an option it ignores would be a wrong answer. Identities travel base64-encoded (isEncoded), so that no character of
 * theirs is ever part of an address.
 */
#ifndef EXCHANGE_NATIVE_H
#define EXCHANGE_NATIVE_H

#include "exchange/anchor.h"
#include "exchange/native_sets.h"

typedef enum native_use {
	NATIVE_KEY,     /* names the object in the path */
	NATIVE_OPTION,  /* a query option of the service, `as` its name */
	NATIVE_SWITCH,  /* the same, true or absent */
	NATIVE_LIST,    /* the same, values between commas */
	NATIVE_TYPES,   /* values of the property `as`, any of which will do: into $filter */
	NATIVE_FILTER,
	NATIVE_SETS,
	NATIVE_SELECT,
	NATIVE_SIZE,
	NATIVE_PATH,    /* the kind's own path asks for it */
	NATIVE_OURS,    /* how the module behaves, nothing for the service */
	NATIVE_REFUSED, /* the twin can do it */
} native_use;

typedef struct native_parameter {
	const char *name;
	native_use  use;
	const char *as;
} native_parameter;

typedef struct native_kind native_kind;

struct native_kind {
	const char *cmdlet, *twin; /* "Get-EXOMailbox", "Get-Mailbox" */
	const char *entity;
	const char *nested;        /* rows are the elements of this member of the answer's; NULL: they are the answer's */
	bool        needs_key;
	bool        about_mailbox; /* the request is led to the mailbox it names */
	const native_set *sets;    /* NULL: it has none */
	/* What stands in the path behind the entity (and its key). May be NULL. */
	exs_status (*behind)(const exs_command *command, span key, buf *path, exs_error *error);
	const native_parameter *parameters;
};

/* NULL when the name is none of these. */
const native_kind *native_find(const char *cmdlet);

/* E_USAGE for Get-EXO names there are none of; with the nearest. */
EXS_MUST_USE exs_status native_check_name(const char *cmdlet, exs_error *error);

/*
 * Appends the path and query below adminapi/beta/TENANT/. Everything the command says is in it, or it fails.
 * *ret_whole: the length without a $select that stands for what the caller wants to see (exs_command_select), 0 when there is none.
 */
EXS_MUST_USE exs_status native_address(const native_kind *kind, const exs_command *command,
                                       buf *address, size_t *ret_whole, exs_error *error);

/* The mailbox or recipient a command names, decoded into `to`; false when it names none. */
bool native_key(const native_kind *kind, const exs_command *command, buf *to);

/* Does it have each parameter, and REST a form of it? */
EXS_MUST_USE exs_status native_check(const native_kind *kind, const exs_command *command, exs_error *error);

/* The query of a command that was checked, appended to a path (native_query.c). */
EXS_MUST_USE exs_status native_query(const native_kind *kind, const exs_command *command,
                                     bool has_key, buf *address, size_t *ret_whole, exs_error *error);

/* A filter of PowerShell's (OPATH) or of OData's as OData's (native_filter.c). */
EXS_MUST_USE exs_status native_filter(span filter, buf *to, exs_error *error);

#endif
