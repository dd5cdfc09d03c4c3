/*
 * Cuts an answer into its members and rows while it arrives.
 *
 * What the service calls an answer comes in several shapes (exchange-rest.md 1.5, 2.6): an object whose `value` is an array,
 * one object or null, with the other members in any order; a bare object; a bare array; nothing at all. The cutter
 * gives each row as the bytes the service wrote, cut by its brackets (row_print() checks it), and each other member of the
 * envelope, checked. It keeps no more than the row it is at.
 */
#ifndef API_CUTTER_H
#define API_CUTTER_H

#include "api/skip.h"
#include "base/buf.h"

enum {
	CUTTER_ROW_MAX = 32 * 1024 * 1024,
	CUTTER_ENVELOPE_MAX = 4 * 1024 * 1024, /* all members that are not rows */
};

typedef enum cut_kind {
	CUT_MORE,   /* give the next piece, or say that there is none */
	CUT_OFFER,  /* a row begins: value is all that is at hand from its first byte on */
	CUT_ROW,
	CUT_MEMBER, /* of the envelope */
	CUT_END,
} cut_kind;

typedef struct cut {
	cut_kind kind;
	span     name; /* of a member, quotes included */
	span     value;
} cut;

typedef struct cutter {
	span     piece; /* what has not been looked at */
	int      where, after;
	skip     value;
	buf      name, held, bare;
	size_t   envelope;
	uint64_t offset; /* of the piece's first byte in the answer */
	bool     offers, offered;
	bool     at_end, has_value, single, has_properties, held_is_out, ended_early;
} cutter;

void cutter_begin(cutter *c);
void cutter_done(cutter *c);

/* After CUT_MORE. The piece stays the caller's and must live until the next CUT_MORE. */
void cutter_feed(cutter *c, span piece);
/* After CUT_MORE: there is no more. */
void cutter_end(cutter *c);

/*
 * The next cut; its spans live until the next call. E_ANSWER when the answer is not what it should be, E_ANSWER_SIZE over a
 * ceiling. After that, cutter_ended_early() tells whether the answer was good as far as it went.
 */
EXS_MUST_USE exs_status cutter_next(cutter *c, cut *ret, exs_error *error);
/*
 * With c->offers set, each object that is a row is offered before it is cut. Who finds where it ends says so; else the next
 * cutter_next() cuts it. So a row that is whole in a piece need not be walked over twice.
 */
void cutter_took(cutter *c, size_t n);
bool cutter_ended_early(const cutter *c);

#endif
