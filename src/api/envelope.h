/*
 * What an answer says beside its rows: the next link, warnings, a question, an error (exchange-rest.md 2.6).
 */
#ifndef API_ENVELOPE_H
#define API_ENVELOPE_H

#include "api/cutter.h"
#include "api/notes.h"

enum { ENVELOPE_LINK_MAX = 64 * 1024 };

typedef struct envelope {
	buf   next_link;
	notes warnings;
	buf   more;         /* the warning that there is more than came */
	buf   confirmation; /* plain */
	buf   error;        /* {"error": ...} when there is one */
} envelope;

void envelope_begin(envelope *e);
void envelope_done(envelope *e);
/* Empties it for the next page. */
void envelope_clear(envelope *e);

/* Takes a member that was cut. E_ANSWER when one it knows is not what it should be. */
EXS_MUST_USE exs_status envelope_take(envelope *e, const cut *member, exs_error *error);

#endif
