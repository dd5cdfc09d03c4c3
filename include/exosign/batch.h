/*
 * Many cmdlets from one file: each item is run once, its fate is written down before and after, and told.
 *
 * A batch reads CSV or NDJSON, keeps a journal, and can be ended at any moment, also by kill -9 or a full disk: the next
 * run over the same input and journal goes on where this one ended. A change whose answer was lost is `unknown`; it
 * is made again only when that does no harm or a read proves that it was not made. Memory does not grow with the input but
 * for one byte an item.
 */
#ifndef EXOSIGN_BATCH_H
#define EXOSIGN_BATCH_H

#include <exosign/cmdlets.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

typedef struct exs_batch exs_batch;

/*
 * Which items a run takes up. One that would undo a later item which was made since is not made again unless repeat says so:
 * it is told with the outcome it had and E-BATCH-ORDER.
 */
typedef enum exs_batch_only {
	EXS_BATCH_REST,      /* those without an outcome, and unknown ones that may be repeated */
	EXS_BATCH_FAILED,    /* those that failed */
	EXS_BATCH_RETRYABLE, /* those that failed in a way that may have passed */
	EXS_BATCH_UNKNOWN,   /* those whose fate is unknown */
} exs_batch_only;

typedef struct exs_batch_options {
	size_t      size;         /* sizeof(exs_batch_options) */
	const char *input;        /* path of the items; NULL: input_fd is read to its end first and kept beside the journal */
	int         input_fd;
	const char *journal;      /* path; NULL: none is kept, and nothing can be resumed */
	bool        resume;       /* go on with the journal when there is one; else one that is there is refused */
	bool        report;       /* the journal alone is read, for exs_batch_report(): input and pattern may be missing */
	exs_batch_only only;      /* anything but EXS_BATCH_REST goes on with the journal too */
	bool        repeat;       /* with EXS_BATCH_UNKNOWN: also what might be done twice by it */
	const char *cmdlet;       /* for items that name none; NULL: every item does */
	const exs_command *pattern; /* a command with columns in its texts (exs_batch_columns()), filled in from each line; NULL: none. Copied */
	const exs_cmdlets *cmdlets; /* what is known of them, and the key for secrets; NULL: nothing. Must outlive the batch */
	bool        checks;       /* names and values are held against cmdlets */
	const char *target;       /* who the items are for ("contoso at public"): kept, and compared on resume */
} exs_batch_options;

/*
 * Reads the whole input once and checks every item, so that nothing is done when a line is wrong (E_BATCH_INPUT tells which);
 * then locks and reads the journal: E_BATCH_LOCKED when another process has it, E_BATCH_BEGUN when it is there and
 * nobody said resume, E_BATCH_CHANGED when it was kept for another input, E_BATCH_JOURNAL when it is damaged anywhere but in
 * its last line. Nothing is sent. The context must outlive the batch.
 */
EXS_MUST_USE exs_status exs_batch_open(const exs_context *context, const exs_batch_options *options,
                                       exs_batch **ret_batch, exs_error *error);
void exs_batch_free(exs_batch *batch);

/*
 * Text in which {column} is marked, to be given to exs_command_literal(), exs_command_text() or exs_command_json() of a pattern;
 * {column:bool} and its like say what the cell is, {{x}} stands for {x}, and @{ opens a hashtable. What is filled in later is
 * text whatever it holds: it was no part of what was read as a literal. Free with exs_text_free().
 */
EXS_MUST_USE exs_status exs_batch_columns(const char *text, size_t length, char **ret_marked,
                                          exs_error *error);

/* How the items stand. The sum of all but items is items, always. */
typedef struct exs_batch_tally {
	uint64_t items;
	uint64_t done, failed, skipped, unknown;
	uint64_t left;      /* no outcome yet */
	uint64_t retryable; /* of those that failed */
	uint64_t before;    /* had their outcome before this run */
	uint64_t throttled; /* times the service held us back */
	uint64_t requests;  /* sent, repetitions included */
	unsigned at_once;   /* requests allowed side by side now */
} exs_batch_tally;

void exs_batch_count(const exs_batch *batch, exs_batch_tally *ret);

/* What the host is told. Both are called from the thread that runs the batch. */
typedef struct exs_batch_listener {
	size_t size; /* sizeof(exs_batch_listener) */
	void  *self;
	/* The outcome of one item as a JSON object, once, when the journal has it. A failure ends the run. */
	exs_status (*outcome)(void *self, const char *json, size_t length, exs_error *error);
	/* Several times a second. May be NULL. */
	void (*progress)(void *self, const exs_batch_tally *tally);
} exs_batch_listener;

typedef struct exs_batch_run_options {
	size_t      size;         /* sizeof(exs_batch_run_options) */
	unsigned    concurrency;  /* requests side by side at most; 0: 8 */
	double      rate;         /* items a second at most; 0: no limit of ours */
	uint64_t    max_failures; /* no new item is begun when so many failed or are unknown; 0: no limit */
	bool        rows;         /* put the rows of an item into its outcome, up to 1 MiB */
	bool        no_groups;    /* a request for each item, even where ten could share one */
	exs_exchange_options exchange; /* size 0: the defaults */
} exs_batch_run_options;

/*
 * Runs the items. EXS_OK: every one of them is done. E_BATCH_PARTIAL (EXS_INCOMPLETE): every item was taken up, and some
 * failed, were skipped or are unknown. Anything else ended the run early; the journal is consistent, and what was begun is in it.
 * Once a batch.
 */
EXS_MUST_USE exs_status exs_batch_run(exs_batch *batch, exs_credential *credential,
                                      const exs_batch_run_options *options,
                                      const exs_batch_listener *listener, exs_error *error);

/* The requests that a run would send, one JSON object an item to listener->outcome; nothing is sent. */
EXS_MUST_USE exs_status exs_batch_preview(exs_batch *batch, exs_credential *credential,
                                          const exs_batch_run_options *options,
                                          const exs_batch_listener *listener, exs_error *error);

/* The outcomes that are in the journal, the last one of each item, in the order in which they came; nothing is sent. */
EXS_MUST_USE exs_status exs_batch_report(exs_batch *batch, const exs_batch_listener *listener,
                                         exs_error *error);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
