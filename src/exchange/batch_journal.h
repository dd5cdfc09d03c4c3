/*
 * A batch's journal: written ahead, by several threads, and on the disk before what it tells is done (batch_record.h says
 * what is in it).
 *
 * One process has it at a time. A last line that was torn by a crash is taken away when it is opened; any other damage is
 * refused with its place. Threads that wait for the disk share one flush. Room on the disk is reserved ahead, so that a full
 * disk is met before a change is sent and not when its outcome is to be kept.
 */
#ifndef EXCHANGE_BATCH_JOURNAL_H
#define EXCHANGE_BATCH_JOURNAL_H

#include "exchange/batch_record.h"
#include "exchange/batch_source.h"

#include <stdbool.h>

typedef struct batch_journal batch_journal;

/* The first line. */
typedef struct batch_head {
	char     input[BATCH_DIGEST_MAX], plan[BATCH_DIGEST_MAX];
	uint64_t items;
	char    *target; /* owned when it was read */
} batch_head;
void batch_head_done(batch_head *head);

/* Told of each line about an item; false refuses it as damage. */
typedef bool (*journal_reader)(void *self, const batch_record *record);

/*
 * Opens (0600) and locks it: E_BATCH_LOCKED. *ret_old tells that lines were there; then *ret_head is its first one and read()
 * was told of all others, else it waits for journal_begin(). path is copied.
 */
EXS_MUST_USE exs_status journal_open(const char *path, journal_reader read, void *self,
                                     batch_head *ret_head, bool *ret_old, batch_journal **ret,
                                     exs_error *error);
/* Ends a journal that nothing was written to as if it had never been made. */
void batch_journal_free(batch_journal *j);
EXS_DEFINE_AUTO(batch_journal)

/* The first line of a new one, flushed. */
EXS_MUST_USE exs_status journal_begin(batch_journal *j, const batch_head *head, int64_t seconds,
                                      exs_error *error);

/* Puts a line (record_begun() and its kin wrote it) behind the others; *ret_place is for journal_flush(). Any thread. */
EXS_MUST_USE exs_status journal_add(batch_journal *j, span line, uint64_t *ret_place,
                                    exs_error *error);
/* Makes sure that there is room on the disk for so many more bytes: E_BATCH_RECORD. Any thread. */
EXS_MUST_USE exs_status journal_reserve(batch_journal *j, uint64_t bytes, exs_error *error);
/* Returns when all up to that place (UINT64_MAX: all there is) is on the disk: E_BATCH_RECORD when it cannot be. Any thread. */
EXS_MUST_USE exs_status journal_flush(batch_journal *j, uint64_t place, exs_error *error);

/* Walks the lines that are on the disk from the beginning; while nobody writes. */
EXS_MUST_USE exs_status journal_walk(batch_journal *j, journal_reader read, void *self,
                                     exs_error *error);

#endif
