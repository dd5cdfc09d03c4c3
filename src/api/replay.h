/*
 * Rows that were handed out already and come again, because a page broke or its link expired: are they the same?
 *
 * Not the rows are kept but one rolling SHA-256 over what identifies each (row_print()). When as many rows have come again
 * as were handed out, both sums must agree; only then may the walk go on where it was. Guid and ExchangeGuid identify a
 * row whatever else changed in it meanwhile; rows without one must be the same in every byte, because Identity alone is
 * shared by many rows of some cmdlets (permissions).
 */
#ifndef API_REPLAY_H
#define API_REPLAY_H

#include "base/mem.h"
#include "base/span.h"

#include <openssl/types.h>

typedef struct replay {
	EVP_MD_CTX *out;     /* over all rows handed out */
	EVP_MD_CTX *again;   /* over what came again, while something does */
	EVP_MD_CTX *page;    /* whichever counted when the current page began */
	uint64_t    rows;    /* handed out */
	uint64_t    at;      /* where in the list the next row stands */
	uint64_t    page_at; /* where the current page began */
} replay;

EXS_MUST_USE exs_status replay_begin(replay *r, exs_error *error);
void replay_done(replay *r);

/* A page begins. */
EXS_MUST_USE exs_status replay_page(replay *r, exs_error *error);
/* The current page, or the whole list, comes again. */
EXS_MUST_USE exs_status replay_again(replay *r, bool whole_list, exs_error *error);

/*
 * A row came. *ret_new: it is to be handed out (and is counted); else it was one that came again. E_EXO_INCOMPLETE
 * when those were others than before.
 */
EXS_MUST_USE exs_status replay_row(replay *r, span identity, bool *ret_new, exs_error *error);

/* Are there rows that are still to come again? */
bool replay_is_on(const replay *r);

#endif
