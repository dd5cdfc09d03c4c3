/*
 * The file of a batch's journal: opened with care, locked, and read to its last good line.
 */
#ifndef EXCHANGE_BATCH_JOURNAL_FILE_H
#define EXCHANGE_BATCH_JOURNAL_FILE_H

#include "exchange/batch_journal.h"

/* Where the good lines end. */
typedef struct journal_end {
	uint64_t size, lines;
	uint32_t chain;
	bool     torn; /* something that is no whole line stands behind them */
} journal_end;

/* For this user alone; E_BATCH_LOCKED when another process has it. */
EXS_MUST_USE exs_status journal_file_open(const char *path, int *ret_fd, exs_error *error);
/* Reads from the beginning. E_BATCH_JOURNAL names the line where it is damaged. */
EXS_MUST_USE exs_status journal_file_read(int fd, const char *path, journal_reader read, void *self,
                                          batch_head *ret_head, journal_end *ret, exs_error *error);
/* Takes what stands behind that size away. */
EXS_MUST_USE exs_status journal_file_cut(int fd, const char *path, uint64_t size, exs_error *error);
/* Makes sure that the file's name outlives a crash too. */
EXS_MUST_USE exs_status journal_file_keep(int fd, const char *path, exs_error *error);

#endif
