/*
 * The session with Exchange as this room sees it.
 */
#ifndef EXCHANGE_INVOKE_H
#define EXCHANGE_INVOKE_H

#include "api/pages.h"
#include "exchange/service.h"

#include <exosign/exchange.h>

enum { EXCHANGE_UNCONFIRMED_MAX = 16 };

struct exs_exchange {
	api_session   *session;
	const service_kind *service;
	unsigned       page_size;
	unsigned       page_wish; /* smaller pages than there can be; 0: no */
	char          *anchor; /* the caller's own, or NULL */
	bool           annotations;
	char          *unconfirmed[EXCHANGE_UNCONFIRMED_MAX]; /* cmdlets that have shown that they know no Confirm */
	size_t         n_unconfirmed;
};

EXS_DEFINE_AUTO(exs_exchange)
EXS_DEFINE_AUTO(exs_rows)

/* As exs_exchange_new(), over a session that is there; *session becomes its own and NULL. */
EXS_MUST_USE exs_status exchange_over(api_session **session, const exs_exchange_options *options,
                                      exs_exchange **ret_exchange, exs_error *error);

/* Is "Confirm":false put in where the user said nothing? */
bool exchange_confirms(const exs_exchange *exchange, const exs_command *command);
/* Does the refusal complain about it? */
bool exchange_is_about_confirm(const exs_command *command, const exs_error *refused);

#endif
