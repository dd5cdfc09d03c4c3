/*
 * A batch as it is seen: outcomes on standard output, and how far it is on stderr.
 */
#ifndef CLI_BATCHSHOW_H
#define CLI_BATCHSHOW_H

#include "cli/progress.h"
#include "cli/show.h"

#include <exosign/batch.h>

typedef struct batchshow {
	const invocation *inv;
	writer           *writer;
	progress          progress;
	exs_batch_tally   last;
	int64_t           began_ms, beat_ms;
	uint64_t          began_settled;
} batchshow;

EXS_MUST_USE exs_status batchshow_begin(batchshow *b, const invocation *inv, const exs_batch *opened,
                                        exs_batch_listener *ret, exs_error *error);
/* As show_end(), and the sums for who wants them (-v). */
EXS_MUST_USE exs_status batchshow_end(batchshow *b, exs_status so_far, exs_error *error);
void batchshow_done(batchshow *b);

#endif
