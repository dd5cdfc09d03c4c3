/*
 * StartDate and EndDate of the cmdlets that look back: read, and cut into pieces the service takes.
 *
 * Dates are read as the service reads them: ISO 8601 with or without a time and a zone, or month/day/year with or without a
 * time; without a zone they are UTC. What the user wrote goes to the service as it was written; only the cuts between pieces
 * are ours, on whole seconds. Neighbours share a second, because nothing says whether the ends of a piece belong to it: rows
 * that come twice are dropped by who walks.
 */
#ifndef EXCHANGE_PERIOD_H
#define EXCHANGE_PERIOD_H

#include "exchange/command.h"

enum { PERIOD_DAY = 86400, PERIOD_SHARED = 1 };

typedef struct period {
	int64_t start, end; /* seconds since 1970 */
} period;

bool period_read_date(span text, int64_t *ret_seconds);

/* The whole period a command names. */
typedef struct period_asked {
	period whole;
	buf    start, end; /* as JSON: the user's own, or made from whole */
} period_asked;

void period_asked_done(period_asked *p);

/*
 * From StartDate and EndDate; without EndDate up to `now`, without StartDate `usual` seconds before the end. E_PARAMETER when
 * one cannot be read or the start is behind the end.
 */
EXS_MUST_USE exs_status period_of_command(const exs_command *command, int64_t now, int64_t usual,
                                          period_asked *ret, exs_error *error);

/* How many pieces of at most `longest` seconds it is cut into, and the nth, counted from the newest. */
unsigned period_pieces(const period *whole, int64_t longest);
period   period_piece(const period *whole, unsigned pieces, unsigned nth);

/* Cuts in two; false when it is too short for that. */
bool period_halve(const period *p, period *ret_older, period *ret_newer);

/* Puts the piece's StartDate or EndDate into a command that has none. */
EXS_MUST_USE exs_status period_put_start(const period_asked *asked, const period *piece,
                                         exs_command *command, exs_error *error);
EXS_MUST_USE exs_status period_put_end(const period_asked *asked, const period *piece,
                                       exs_command *command, exs_error *error);

#endif
