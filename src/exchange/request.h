/*
 * The request of one command, and how its answer is read: address, headers, anchor, page size, deadline, $select
 * (exchange-rest.md 1, 2, 4). Its body is put in by who sends it.
 */
#ifndef EXCHANGE_REQUEST_H
#define EXCHANGE_REQUEST_H

#include "exchange/invoke.h"
#include "exchange/native.h"
#include "exchange/nested.h"

enum { REQUEST_PAGE_MAX = 1000 };

/* The options borrow from it, so it stays where it is while they are used. Zeroed before, but for walked. */
typedef struct command_request {
	pages_options options;
	buf           names, url;
	size_t        whole_url; /* its length without $select */
	char         *cmdlet;
	char         *selected;  /* what $select asks for; NULL: everything, or a row has shown that it works */
	const native_kind *native; /* a GET of an entity; NULL: a cmdlet that is invoked */
	nested        nested;
	bool          walked;    /* one of a walk, which asks for pages by the cmdlet's own parameters */
	char          prefer[48];
	anchor        anchor;
} command_request;

EXS_MUST_USE exs_status request_make(command_request *r, const exs_exchange *exchange,
                                     const exs_command *command, exs_error *error);
void request_done(command_request *r);

/* It works: nothing is looked at any more. */
void request_forget_select(command_request *r);
/* It does not: from now on the request goes without. */
void request_drop_select(command_request *r);

/* As a JSON object of method, url, headers and body; of the bearer only the word is there. */
EXS_MUST_USE exs_status request_print(const command_request *r, span body, char **ret_text,
                                      exs_error *error);

#endif
