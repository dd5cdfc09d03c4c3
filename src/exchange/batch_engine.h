/*
 * A batch while it runs: one thread reads items and tells outcomes, the others carry them out.
 */
#ifndef EXCHANGE_BATCH_ENGINE_H
#define EXCHANGE_BATCH_ENGINE_H

#include "exchange/batch_fate.h"
#include "exchange/batch_journal.h"
#include "exchange/batch_pace.h"
#include "exchange/batch_reader.h"
#include "exchange/batch_standing.h"
#include "exchange/batch_turn.h"
#include "exchange/batch_window.h"
#include "exchange/invoke.h"

/* What was opened; the public handle. */
struct exs_batch {
	const exs_context *context;
	char              *path;  /* of the input, or of what standard input was kept in */
	char              *name;  /* of it, in messages */
	descriptor         kept;  /* what standard input was kept in, when that has no name; else -1 */
	char              *cmdlet;
	exs_command       *pattern;
	batch_shape        shape; /* borrows the two, and the host's cmdlets */
	exs_batch_only     only;
	bool               repeat;
	batch_journal     *journal; /* NULL: none */
	bool               old;     /* the journal had lines */
	batch_head         head;
	batch_standing     standing;
	exs_batch_tally    tally;   /* what is not the standing's */
	bool               ran;
};

/* The input from its first item on. */
EXS_MUST_USE exs_status batch_open_reader(const exs_batch *batch, batch_reader **ret, exs_error *error);

/* An outcome on its way to the host. */
typedef struct batch_news {
	struct batch_news *next;
	uint64_t           item, place; /* in the journal */
	batch_state        state;
	unsigned           attempts;
	char              *line;
	size_t             length;
} batch_news;

typedef struct batch_engine {
	exs_batch            *batch;
	exs_batch_run_options options;
	pthread_mutex_t       lock;
	pthread_cond_t        work; /* there is some, or no more will come */
	pthread_cond_t        news; /* there are some, or the window has room */
	batch_window          window;
	batch_news           *first, **last;
	size_t                news_bytes;
	uint64_t              failures;   /* of this run, unknown ones too */
	unsigned              busy;       /* entries at the threads */
	unsigned              at_once;    /* requests side by side that the pace allows, as last seen */
	bool                  input_ended, stopping;
	bool                  no_groups;  /* the service takes none, or the host wants none */
	exs_error            *why;        /* of stopping, when it is an error */
	batch_pace            pace;
} batch_engine;

/* Where sessions come from; tests bring one of their own. The session must stay with the context. */
typedef struct batch_sessions {
	void *self;
	exs_status (*make)(void *self, const exs_context *context, exs_exchange **ret, exs_error *error);
} batch_sessions;

/* As exs_batch_run(), over other sessions. */
EXS_MUST_USE exs_status batch_run_over(exs_batch *batch, const batch_sessions *sessions,
                                       const exs_batch_run_options *options,
                                       const exs_batch_listener *listener, exs_error *error);

/*
 * For the threads (batch_worker.c). The next entries, which share a request when there are several; none when there are none any
 * more. Waits. shares: may they?
 */
size_t engine_take(batch_engine *e, bool shares, batch_entry *entries[TURN_MAX]);
/* An outcome is kept in the journal and is news for the host. Any thread. */
void engine_tell(batch_engine *e, const batch_item *item, const batch_fate *fate);
/* It has its outcome: kept in the journal, told, and settled. */
void engine_settle(batch_engine *e, batch_entry *entry, const batch_fate *fate);
/* It was not made and is left for another run; a change that was begun is taken back in the journal. */
void engine_leave(batch_engine *e, batch_entry *entry, const batch_fate *fate, bool begun);
/* Ends the run as soon as what is on its way has come back. error may be NULL. The first one counts. */
void engine_stop(batch_engine *e, const exs_error *error);
/* From now on each item has a request of its own. */
void engine_share_no_more(batch_engine *e);
bool engine_is_stopping(batch_engine *e);

#endif
